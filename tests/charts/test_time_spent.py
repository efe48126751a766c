"""Bars show the measures they were given, and the title says what they show."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import polars
import pytest
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure

from sim.calendars.working_time import merged
from sim.charts.page import case_called
from sim.charts.time_spent import plot_time_spent
from sim.experiment.replicate import Replication, Result
from sim.metrics import Measure
from sim.records import GROUPS, AccountClass

HOUR = 3_600_000
PLAN: Any = SimpleNamespace(
    warm_up=0,
    end=10 * 86_400_000,
    calendars=(merged([(d * 24 * HOUR + 9 * HOUR, d * 24 * HOUR + 17 * HOUR) for d in range(5)], "office"),),
    business=0,
    sources=(SimpleNamespace(name="idea"), SimpleNamespace(name="idea@build")),
    case_types=(SimpleNamespace(name="idea"),),
)


HOURS = {each: float(each + 1) for each in AccountClass}  # 1 .. 11, sum 66


def result(name: str, *scales: float | None, seed: int = 1) -> Result:
    """One replication per scale, whose hours are HOURS times it; None: no case finished."""
    runs = []
    for i, scale in enumerate(scales):
        measures = [
            Measure(f"time_{c.name.lower()}", "case", "idea", "h", None if scale is None else scale * hours)
            for c, hours in HOURS.items()
        ]
        measures.append(Measure("time_value_adding", "flow", "idea", "h", 1e6))
        measures.append(Measure("cases", "case", "idea", "cases", 0.0 if scale is None else 4.0))
        runs.append(Replication(i, measures, polars.DataFrame()))
    return Result(name, PLAN, seed, "simpy", tuple(runs))


def drawn(figure: Figure) -> list[list[float]]:
    bars = [each for each in figure.axes[0].containers if isinstance(each, BarContainer)]
    return [[float(width) for width in bar.datavalues] for bar in bars]


def words(figure: Figure) -> str:
    texts = [text.get_text() for text in figure.texts]
    return " ".join(texts + [text.get_text() for axes in figure.axes for text in axes.texts])


def test_bars_are_the_mean_days_of_8_hours_of_each_group() -> None:
    figure = plot_time_spent([result("now", 1.0, 3.0), result("then", 1.0, 1.0)], "idea")
    sums = [sum(HOURS[each] for each in classes) for classes in GROUPS.values()]
    assert drawn(figure) == [[2 * hours / 8, hours / 8] for hours in sums]


def test_total_and_counts_are_written() -> None:
    text = words(plot_time_spent([result("now", 1.0, 3.0)], "idea"))
    assert "16.5 d" in text and "1 d = 8 h" in text
    assert "now 8" in text and "2 replications" in text and "Seed 1" in text


def test_title_of_one_scenario_names_the_largest_group() -> None:
    text = words(plot_time_spent([result("now", 1.0)], "idea"))
    assert "Of the 8.25 working days per idea, 2 % add value" in text
    assert "32 %, is “waiting for people”" in text


def test_title_of_a_clear_change_states_it() -> None:
    text = words(plot_time_spent([result("now", 2.0, 2.2), result("then", 1.0, 1.2)], "idea"))
    assert "Idea: 48 % less lead time in then than in now, 9.1 d instead of 17.3 d; most of the" in text


def test_the_paired_difference_stands_beside_a_bar_and_no_interval_of_its_own() -> None:
    figure = plot_time_spent([result("now", 2.0, 4.0), result("then", 1.0, 3.0)], "idea")
    assert "−8.2 d" in words(figure)  # the same in each replication, whatever the totals vary
    assert not [each for each in figure.axes[0].containers if isinstance(each, ErrorbarContainer)]
    alone = plot_time_spent([result("now", 2.0, 4.0)], "idea")
    assert [each for each in alone.axes[0].containers if isinstance(each, ErrorbarContainer)]


def test_title_does_not_claim_a_change_within_its_interval() -> None:
    text = words(plot_time_spent([result("now", 1.0, 3.0), result("then", 2.0, 1.0)], "idea"))
    assert "no sure difference" in text


def test_scenarios_on_other_luck_are_not_compared() -> None:
    text = words(plot_time_spent([result("now", 2.0, 2.2), result("then", 1.0, 1.2, seed=2)], "idea"))
    assert "instead of" not in text


def test_a_scenario_without_finished_cases_says_so_in_its_row() -> None:
    figure = plot_time_spent([result("now", 1.0), result("never", None)], "idea")
    assert "no finished case" in words(figure)
    assert math.fsum(row[1] for row in drawn(figure)) == 0


@pytest.mark.parametrize("results", [[result("now", None)], [result("now")]])
def test_no_finished_case_at_all_gives_a_page_that_says_so(results: list[Result]) -> None:
    figure = plot_time_spent(results, "idea")
    assert not figure.axes
    assert "No idea case was finished" in words(figure)


def test_names_are_not_read_as_mathematics(tmp_path: Any) -> None:
    plot_time_spent([result("a $x_{ and $", 1.0)], "idea").savefig(tmp_path / "x.png")


def test_no_result_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one result"):
        plot_time_spent([], "idea")


def test_cases_of_a_kind_that_is_called_case_are_not_called_so_twice() -> None:
    assert case_called("use_case") == "use case"
    assert case_called("use_case", several=True) == "use cases"
    assert case_called("request", several=True) == "request cases"
