"""Figures as flat rows, the same in files and in the JSON of the command."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from sim.experiment.aims import Aim
from sim.experiment.compare import Difference, Row
from sim.experiment.stability import Growth

SUMMARY_COLUMNS = ("scenario", "metric", "kind", "of", "unit", "mean", "low", "high", "n", "censored")
DIFFERENCE_COLUMNS = (
    "scenario",
    "metric",
    "kind",
    "of",
    "unit",
    "baseline",
    "mean",
    "low",
    "high",
    "n",
    "probability_of_improvement",
    "verdict",
    "censored",
)


def row_entry(row: Row) -> dict[str, object]:
    """A measure of a scenario, by `SUMMARY_COLUMNS`."""
    found = row.interval
    names = (row.scenario, row.metric, row.kind, row.of, row.unit)
    values = (*names, found.mean, found.low, found.high, found.n, row.censored)
    return dict(zip(SUMMARY_COLUMNS, values, strict=True))


def aim_entry(aim: Aim) -> dict[str, object]:
    """A figure whose precision was asked for: how sure it is, and how many replications it needs."""
    return {**asdict(aim), "met": aim.is_met}


def aim_of(entry: dict[str, Any]) -> Aim:
    """The figure of such an entry.

    Raises
    ------
    TypeError
        It has other columns.
    """
    return Aim(**{name: value for name, value in entry.items() if name != "met"})


def growth_entry(scenario: str, growth: Growth) -> dict[str, object]:
    """A queue or number of cases that grows to the end of the run, in cases a week; `load` in percent."""
    found, load = growth.per_week, growth.load
    return {
        "scenario": scenario,
        "kind": growth.kind,
        "of": growth.of,
        "verdict": growth.verdict,
        "unit": "cases per week",
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "load": None if load is None or math.isinf(load) else 100 * load,
    }


def difference_entry(row: Difference) -> dict[str, object]:
    """A paired difference, by `DIFFERENCE_COLUMNS`."""
    found = row.interval
    names = (row.scenario, row.metric, row.kind, row.of, row.unit)
    chance = None if row.improvement is None else row.improvement.mean
    values = (*names, row.baseline, found.mean, found.low, found.high, found.n)
    return dict(zip(DIFFERENCE_COLUMNS, (*values, chance, row.verdict, row.censored), strict=True))
