"""Waterfalls end where they should, and call a step sure only if it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.charts import plot_days_waterfall, plot_money_by_scenario, plot_money_waterfall
from sim.charts.page import money, working_day_h
from sim.charts.waterfall import Step, ends_of
from sim.experiment.compare import Comparison, class_differences, values_of
from sim.experiment.intervals import Interval, mean_interval
from sim.experiment.parts import shares
from sim.experiment.replicate import Result
from tests.charts.conftest import several, words


def bars(figure: Figure) -> list[tuple[float, float]]:
    """(begin, width) of each bar, from above."""
    found = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [(bar.get_x(), bar.get_width()) for bar in sorted(found, key=lambda bar: bar.get_y())]


def mean_lead_time(result: Result) -> float:
    by_run = values_of(result)["lead_time", "case", "idea", "h"]
    return sum(by_run.values()) / len(by_run)


def test_a_change_begins_where_the_row_above_ends_and_a_total_at_0() -> None:
    steps = [
        Step("a", mean_interval([5.0]), is_total=True),
        Step("b", mean_interval([-2.0])),
        Step("c", mean_interval([3.0])),
        Step("d", mean_interval([6.0]), is_total=True),
    ]
    assert ends_of(steps) == [(0.0, 5.0), (5.0, 3.0), (3.0, 6.0), (0.0, 6.0)]


def test_the_steps_lead_from_one_lead_time_to_the_other(baseline: Result, other: Result) -> None:
    drawn = bars(plot_days_waterfall(baseline, other, "idea"))
    first, *changes, last = drawn
    before, after = (mean_lead_time(result) / working_day_h(baseline) for result in (baseline, other))
    assert first == pytest.approx((0, before)) and last == pytest.approx((0, after))
    assert before + sum(width for _, width in changes) == pytest.approx(after)
    assert changes[-1][0] + changes[-1][1] == pytest.approx(after)


def test_each_step_is_the_mean_paired_difference_of_its_cause(baseline: Result, other: Result) -> None:
    rows = [row for row in class_differences(baseline, other, "idea") if row.interval.mean]
    changes = [width for _, width in bars(plot_days_waterfall(baseline, other, "idea"))[1:-1]]
    assert changes == pytest.approx([(row.interval.mean or 0) / 8 for row in rows])
    assert any(row.metric == "waiting outside" and row.verdict == "sure" for row in rows)


def test_the_title_names_the_cause_that_changed_most(baseline: Result, other: Result) -> None:
    text = words(plot_days_waterfall(baseline, other, "idea"))
    assert "less lead time in Tomorrow than in Today, most of it “waiting outside”" in text
    assert "Whole difference: −" in text


def test_a_difference_within_its_interval_is_not_claimed(baseline: Result) -> None:
    text = words(plot_days_waterfall(baseline, replace(baseline, name="again"), "idea"))
    assert "may be chance" in text and "less lead time" not in text


def test_scenarios_on_other_luck_are_not_compared(baseline: Result, other: Result) -> None:
    figure = plot_days_waterfall(baseline, replace(other, seed=2), "idea")
    assert not figure.axes and "same seed" in words(figure)


def test_a_step_whose_interval_includes_0_is_not_sure() -> None:
    assert Step("a", Interval(1.0, 0.5, 1.5, 4)).is_sure
    assert not Step("a", Interval(1.0, -0.5, 2.5, 4)).is_sure
    assert not Step("a", Interval(1.0, None, None, 1)).is_sure


def test_benefits_and_costs_end_at_the_net_present_value(comparison: Comparison) -> None:
    (appraisal,) = comparison.appraisals
    assert appraisal is not None
    *changes, total = bars(plot_money_waterfall(comparison))
    assert [width for _, width in changes] == pytest.approx(
        [share.worth.mean for share in shares(appraisal.parts)]
    )
    assert sum(width for _, width in changes) == pytest.approx(appraisal.npv.mean)
    assert total == pytest.approx((0, appraisal.npv.mean))


def test_the_money_of_a_scenario_is_asked_for_by_its_name(comparison: Comparison) -> None:
    two = several(comparison, ["first", "second"])
    assert "second (5 replications)" in words(plot_money_waterfall(two, "second"))
    with pytest.raises(ValueError, match=r"no business case of 'third'.*first, second"):
        plot_money_waterfall(two, "third")


def test_every_scenario_has_its_net_present_value_beside_it(comparison: Comparison) -> None:
    (appraisal,) = comparison.appraisals
    assert appraisal is not None and appraisal.npv.mean is not None
    figure = plot_money_by_scenario(several(comparison, ["first", "second"]))
    assert words(figure).count(money(appraisal.npv.mean, "EUR")) >= 2
    marks = [line for line in figure.axes[0].lines if line.get_label() == "_npv"]
    assert [float(line.get_xdata()[0]) for line in marks] == [appraisal.npv.mean] * 2  # type: ignore[index]


def test_of_many_named_costs_the_smallest_are_one() -> None:
    from sim.economics.cash_flow import BusinessCase
    from sim.experiment.parts import Part

    parts = [Part("named cost", f"c{i}", (BusinessCase((), (10.0 * i,), (0.0,), 0.0),)) for i in range(1, 6)]
    found = shares(parts, most=3)
    assert [(each.name, each.worth.mean) for each in found] == [
        ("c4", -40.0),
        ("c5", -50.0),
        ("3 other named costs", -60.0),
    ]
