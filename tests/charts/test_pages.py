"""Every chart, on everything that may come: legible, inert, and sensible where there is nothing to draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from matplotlib.figure import Figure

from sim import charts
from sim.experiment.compare import Comparison
from tests.charts.conftest import assert_legible, cut, several, words

LONG = "A name that goes on and on, " * 11
NASTY = ["<script>alert(1)</script> $x_{", "=SUM(A1) \\frac{", "مرحبا بالعالم والمنصة", LONG]

Draw = Callable[[Comparison], Figure]
CHARTS: dict[str, Draw] = {
    "time spent": lambda c: charts.plot_time_spent(_results(c), "idea"),
    "lead time": lambda c: charts.plot_lead_time_ecdf(_results(c), "idea"),
    "owner time": lambda c: charts.plot_owner_time(_results(c)),
    "days": lambda c: charts.plot_days_waterfall(c.baseline, _results(c)[-1], "idea"),
    "money": charts.plot_money_waterfall,
    "money by scenario": charts.plot_money_by_scenario,
    "net benefit": charts.plot_net_benefit,
    "npv": charts.plot_npv,
    "load": lambda c: charts.plot_heat_map(_results(c)[-1]),
    "cumulative flow": lambda c: charts.plot_cumulative_flow(_results(c)[-1], "idea"),
}


def _results(comparison: Comparison) -> list[Any]:
    return [comparison.baseline, *comparison.others]


@pytest.fixture(params=CHARTS)
def draw(request: pytest.FixtureRequest) -> Draw:
    return CHARTS[request.param]


def test_two_scenarios_make_a_legible_page(comparison: Comparison, draw: Draw) -> None:
    figure = draw(comparison)
    assert_legible(figure)
    assert "Seed 1" in words(figure) and "Tomorrow (5 replications)" in words(figure)


def test_eight_scenarios_with_names_of_any_kind_make_a_legible_page(
    comparison: Comparison, draw: Draw
) -> None:
    names = ["Self-service sandboxes, established", "f", "g", *NASTY]
    assert_legible(draw(several(comparison, names)))


def test_a_title_speaks_of_the_scenario_it_is_told_to(comparison: Comparison) -> None:
    many = several(comparison, ["First", "Second", "Third"])
    results = _results(many)
    for figure in (
        charts.plot_time_spent(results, "idea", about="Second"),
        charts.plot_lead_time_ecdf(results, "idea", about="Second"),
        charts.plot_owner_time(results, about="Second"),
        charts.plot_net_benefit(many, about="Second"),
        charts.plot_npv(many, about="Second"),
    ):
        title = figure.get_label()
        assert "Second" in title and "First" not in title and "Third" not in title


def test_one_replication_makes_a_page_without_intervals(comparison: Comparison, draw: Draw) -> None:
    one = [cut(result, 1) for result in _results(comparison)]
    appraisal = comparison.appraisals[0]
    assert appraisal is not None
    alone = _of_one_replication(appraisal)
    assert_legible(draw(replace(comparison, baseline=one[0], others=(one[1],), appraisals=(alone,))))


def test_a_scenario_alone_makes_a_page(comparison: Comparison, draw: Draw) -> None:
    assert_legible(draw(replace(comparison, others=(), appraisals=())))


def test_a_comparison_without_economics_makes_a_page(comparison: Comparison, draw: Draw) -> None:
    assert_legible(draw(replace(comparison, appraisals=())))


def test_without_a_finished_replication_the_page_says_so(comparison: Comparison, draw: Draw) -> None:
    none = [cut(result, 0) for result in _results(comparison)]
    figure = draw(replace(comparison, baseline=none[0], others=(none[1],), appraisals=(None,)))
    assert_legible(figure)
    assert not figure.axes


@pytest.mark.parametrize(
    "draw_none",
    [
        lambda c: charts.plot_time_spent(_results(c), "never"),
        lambda c: charts.plot_lead_time_ecdf(_results(c), "never"),
        lambda c: charts.plot_days_waterfall(c.baseline, c.others[0], "never"),
        lambda c: charts.plot_cumulative_flow(c.baseline, "never"),
    ],
)
def test_a_case_type_without_cases_makes_a_page_that_says_so(comparison: Comparison, draw_none: Draw) -> None:
    figure = draw_none(comparison)
    assert_legible(figure)
    assert not figure.axes and "No never case" in words(figure)


def _of_one_replication(appraisal: Any) -> Any:
    from sim.experiment.appraisal import _over_replications

    case = appraisal.cases[0]
    parts = tuple(replace(part, cases=part.cases[:1]) for part in appraisal.parts)
    return _over_replications((case,), case, parts)
