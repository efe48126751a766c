"""The curve is the distribution of the cases given, and only of those that count."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.calendars import always
from sim.charts.lead_time import plot_lead_time_ecdf
from sim.experiment import tables
from sim.experiment.replicate import Replication, Result
from sim.records import CaseRow

DAY = 86_400_000
PLAN: Any = SimpleNamespace(
    warm_up=10 * DAY,
    end=100 * DAY,
    sources=(SimpleNamespace(name="idea"), SimpleNamespace(name="idea@build")),
    case_types=(SimpleNamespace(name="idea", traits=()),),
    calendars=(always(200 * DAY),),
    business=0,
    traits=(),
)


def case(arrive: float, leave: float | None, source: int = 0) -> CaseRow:
    """A case that arrives and leaves on these days."""
    left = -1 if leave is None else round(leave * DAY)
    return CaseRow(source, 0, 1, 0, round(arrive * DAY), left, "done", False, -1, {}, 0.0)


def result(name: str, *runs: list[CaseRow]) -> Result:
    frames = [tables.cases_of(PLAN, i, cases) for i, cases in enumerate(runs)]
    return Result(name, PLAN, 7, "simpy", tuple(Replication(i, [], cases) for i, cases in enumerate(frames)))


def words(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.texts)


def curve(figure: Figure, i: int = 1) -> tuple[list[float], list[float]]:
    line = next(line for line in figure.axes[0].lines if line.get_label() == f"curve {i}")
    return list(np.asarray(line.get_xdata())), list(np.asarray(line.get_ydata()))


def test_curve_rises_by_one_case_at_its_lead_time() -> None:
    figure = plot_lead_time_ecdf(
        [result("now", [case(10, 14), case(10, 12)], [case(11, 20), case(9, 17)])], "idea"
    )
    x, y = curve(figure)
    assert x[1:-1] == [2, 4, 8, 9]
    assert y[1:-1] == [25, 50, 75, 100]


def test_only_cases_of_the_case_statistics_count() -> None:
    cases = [case(20, 25), case(1, 5), case(20, None), case(0, 30, source=1), case(90, 100)]
    figure = plot_lead_time_ecdf([result("now", cases)], "idea")
    assert curve(figure)[0][1:-1] == [5]
    assert "still open at the end: now 2" in words(figure)


def test_percentiles_are_marked_and_written() -> None:
    days = range(1, 42)
    figure = plot_lead_time_ecdf([result("now", [case(20, 20 + d) for d in days])], "idea")
    marked = [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]))  # type: ignore[index]
        for line in figure.axes[0].lines
        if line.get_marker() in ("o", "s", "^")
    ]
    assert marked == [(21, 50), (35, 85), (39, 95)]
    text = words(figure)
    assert "21.0 d 35.0 d 39.0 d" in text and "Seed 7" in text
    assert "Half of the idea cases are done within 21.0 days, 85 % within 35.0" in text


def test_title_of_two_scenarios_gives_both_numbers() -> None:
    figure = plot_lead_time_ecdf([result("now", [case(20, 30)]), result("then", [case(20, 25)])], "idea")
    assert "within 5.0 days in then, within 10.0 in now" in words(figure)


def test_a_scenario_without_finished_cases_has_no_curve() -> None:
    figure = plot_lead_time_ecdf([result("now", [case(20, 30)]), result("never", [case(20, None)])], "idea")
    assert not [line for line in figure.axes[0].lines if line.get_label() == "curve 2"]


@pytest.mark.parametrize("cases", [[], [case(20, None)], [case(1, 5)]])
def test_no_finished_case_at_all_gives_a_page_that_says_so(cases: list[CaseRow]) -> None:
    figure = plot_lead_time_ecdf([result("now", cases)], "idea")
    assert not figure.axes
    assert "No idea case was finished" in words(figure)


def test_cases_that_take_no_time_can_be_drawn(tmp_path: Any) -> None:
    plot_lead_time_ecdf([result("now", [case(20, 20)])], "idea").savefig(tmp_path / "x.png")


def test_without_cases_it_says_so_and_runs_nothing_again() -> None:
    without = Result("large", PLAN, 7, "simpy", (Replication(0, []),))
    with pytest.raises(ValueError, match=r"the cases of 'large' were not kept.*keep_cases=True"):
        plot_lead_time_ecdf([result("now", [case(1, 2)]), without], "idea")
