"""Comparison of scenarios with a baseline: paired by replication, because both ran on the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.experiment.intervals import Interval, mean_interval
from sim.experiment.replicate import Result

if TYPE_CHECKING:
    from sim.experiment.appraisal import Appraisal

Key = tuple[str, str, str, str]  # metric, kind, of, unit


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one scenario, over its replications."""

    scenario: str
    metric: str
    kind: str
    of: str
    unit: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Difference:
    """A scenario's measure less the baseline's, replication by replication."""

    scenario: str
    metric: str
    kind: str
    of: str
    unit: str
    baseline: float
    interval: Interval


@dataclass(frozen=True)
class Comparison:
    """A baseline and other scenarios on the same luck."""

    baseline: Result
    others: tuple[Result, ...]
    appraisals: tuple[Appraisal | None, ...] = ()  # as `others`; empty without economics
    currency: str = ""

    @property
    def differences(self) -> list[Difference]:
        return [row for other in self.others for row in differences(self.baseline, other)]


def values_of(result: Result) -> dict[Key, dict[int, float]]:
    """Each measure's values by replication; undefined ones are left out."""
    values: dict[Key, dict[int, float]] = {}
    for run in result.runs:
        for metric, kind, of, unit, value in run.measures:
            if value is not None:
                values.setdefault((metric, kind, of, unit), {})[run.number] = value
    return values


def summary(result: Result) -> list[Row]:
    """Each measure's mean over replications with its 95 % interval."""
    return [
        Row(result.name, *key, mean_interval(list(by_run.values())))
        for key, by_run in values_of(result).items()
    ]


def differences(baseline: Result, other: Result) -> list[Difference]:
    """Paired differences of every measure that both have, with 95 % intervals."""
    before, after = values_of(baseline), values_of(other)
    rows = []
    for key, by_run in after.items():
        shared = sorted(by_run.keys() & before.get(key, {}).keys())
        if shared:
            deltas = [by_run[r] - before[key][r] for r in shared]
            mean = sum(before[key][r] for r in shared) / len(shared)
            rows.append(Difference(other.name, *key, mean, mean_interval(deltas)))
    return rows


def compare(baseline: Result, others: Sequence[Result]) -> Comparison:
    """Pair results with a baseline. They must have run with the same seed."""
    for other in others:
        if other.seed != baseline.seed:
            raise ValueError(
                f"{other.name} ran with seed {other.seed}, the baseline with {baseline.seed}: "
                "only runs on the same luck can be paired"
            )
    return Comparison(baseline, tuple(others))


def business_rows(comparison: Comparison) -> list[Row]:
    """The business case of each scenario against the baseline, in the currency and in percent.

    Cost and benefit are present values; payback and internal rate are of the mean flows and have no interval.
    """
    rows = []
    for other, appraisal in zip(comparison.others, comparison.appraisals, strict=False):
        if appraisal is None:
            continue
        n = len(appraisal.cases)
        roi = appraisal.roi or Interval(None, None, None, n)
        chance = appraisal.probability
        for metric, unit, interval, scale in (
            ("cost", comparison.currency, appraisal.pv_costs, 1.0),
            ("benefit", comparison.currency, appraisal.pv_benefits, 1.0),
            ("npv", comparison.currency, appraisal.npv, 1.0),
            ("roi", "%", roi, 100.0),
            ("payback", "months", Interval(appraisal.payback_months, None, None, n), 1.0),
            ("irr", "%", Interval(appraisal.irr, None, None, n), 100.0),
            ("probability_of_gain", "%", chance, 100.0),
        ):
            rows.append(Row(other.name, metric, "business", "all", unit, _scaled(interval, scale)))
    return rows


def _scaled(interval: Interval, scale: float) -> Interval:
    mean, low, high = (
        None if value is None else value * scale for value in (interval.mean, interval.low, interval.high)
    )
    return Interval(mean, low, high, interval.n)
