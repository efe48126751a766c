"""Figures as flat rows, the same in files and in the JSON of the command."""

from __future__ import annotations

from sim.experiment.compare import Difference, Row

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


def difference_entry(row: Difference) -> dict[str, object]:
    """A paired difference, by `DIFFERENCE_COLUMNS`."""
    found = row.interval
    names = (row.scenario, row.metric, row.kind, row.of, row.unit)
    chance = None if row.improvement is None else row.improvement.mean
    values = (*names, row.baseline, found.mean, found.low, found.high, found.n)
    return dict(zip(DIFFERENCE_COLUMNS, (*values, chance, row.verdict, row.censored), strict=True))
