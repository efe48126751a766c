"""Paired differences, what may be said of them, and what is marked."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import polars
import pytest

from sim.experiment.compare import (
    better,
    compare,
    differences,
    group_differences,
    summary,
)
from sim.experiment.replicate import Replication, Result
from sim.metrics import Measure

PLAN: Any = SimpleNamespace(name="x")


def result(name: str, *rows: dict[str, float | None], kind: str = "case", of: str = "idea") -> Result:
    """Replication i has the measures of row i."""
    runs = tuple(
        Replication(
            i, [Measure(metric, kind, of, "h", value) for metric, value in row.items()], polars.DataFrame()
        )
        for i, row in enumerate(rows)
    )
    return Result(name, PLAN, 1, "simpy", runs)


def test_differences_are_taken_in_each_replication():
    before = result("a", {"lead_time": 10.0}, {"lead_time": 20.0}, {"lead_time": 30.0})
    after = result("b", {"lead_time": 9.0}, {"lead_time": 18.5}, {"lead_time": 29.5})
    (row,) = differences(before, after)
    # differences −1, −1.5, −0.5: mean −1, standard deviation 0.5, t(2) = 4.3027
    half = 4.3027 * 0.5 / 3**0.5
    assert (row.baseline, row.interval.mean) == (20, -1)
    assert row.interval.low == pytest.approx(-1 - half, abs=1e-4)
    assert row.verdict == "may be chance"
    assert row.improvement.mean == 1.0


def test_replications_that_only_one_scenario_finished_are_left_out():
    before = result("a", {"lead_time": 10.0}, {"lead_time": None}, {"lead_time": 30.0})
    after = result("b", {"lead_time": 9.0}, {"lead_time": 1.0})
    (row,) = differences(before, after)
    assert (row.baseline, row.interval.mean, row.interval.n) == (10, -1, 1)


@pytest.mark.parametrize(
    ("deltas", "verdict"),
    [
        ((0, 0, 0), "the same"),
        ((-1, -1, -1.1), "sure"),
        ((-1, 1, 0), "may be chance"),
        ((-1,), "may be chance"),
        ((0,), "the same"),
    ],
)
def test_what_may_be_said(deltas, verdict):
    before = result("a", *({"lead_time": 10.0} for _ in deltas))
    after = result("b", *({"lead_time": 10.0 + delta} for delta in deltas))
    assert differences(before, after)[0].verdict == verdict


def test_groups_sum_to_the_difference_of_the_lead_time():
    parts = ("value_adding", "non_adding", "rework", "person_busy", "outside")
    before = result("a", *({f"time_{part}": float(i + r) for i, part in enumerate(parts)} for r in range(3)))
    after = result("b", *({f"time_{part}": float(2 * i) for i, part in enumerate(parts)} for _ in range(3)))
    rows = {row.metric: row for row in group_differences(before, after, "idea")}
    assert rows["waste"].baseline == 5  # 1 + 2, 2 + 3, 3 + 4
    assert rows["waste"].interval.mean == 1
    assert sum(row.interval.mean for row in rows.values()) == sum(2 * i for i in range(5)) - sum(range(5)) - 5


@pytest.mark.parametrize(
    ("metric", "direction"),
    [
        ("lead_time_p95", "lower"),
        ("elapsed_lead_time", "lower"),
        ("share_in_production", "higher"),
        ("throughput", "higher"),
        ("time_person_busy", "lower"),
        ("utilisation", None),
        ("value_adding_time", None),
    ],
)
def test_which_direction_is_better(metric, direction):
    assert better(metric) == direction


def test_figures_are_marked_when_more_than_5_percent_are_still_open():
    rows = summary(result("a", {"lead_time": 1.0, "open_share": 5.0}, {"lead_time": 1.0, "open_share": 5.2}))
    assert all(row.censored for row in rows)
    rows = summary(result("a", {"lead_time": 1.0, "open_share": 5.0}))
    assert not any(row.censored for row in rows)


def test_an_undefined_figure_has_a_row_without_a_mean():
    (row,) = summary(result("a", {"lead_time": None}, {"lead_time": None}))
    assert (row.metric, row.interval.mean, row.interval.n) == ("lead_time", None, 0)


def test_results_on_other_luck_are_not_paired():
    a = result("a", {"lead_time": 1.0})
    with pytest.raises(ValueError, match="b ran with seed 2, the baseline with 1"):
        compare(a, [replace(a, name="b", seed=2)])
