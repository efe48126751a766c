"""Comparison of scenarios with a baseline: paired by replication, because both ran on the same luck."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sim.experiment.intervals import Interval, mean_interval, probability_of_improvement
from sim.experiment.replicate import Result
from sim.experiment.tables import by_names
from sim.records import CLASS_WORDS, GROUPS
from sim.records.classes import AccountClass

if TYPE_CHECKING:
    from sim.experiment.appraisal import Appraisal

Key = tuple[str, str, str, str]  # metric, kind, of, unit
Better = Literal["lower", "higher"]
Verdict = Literal["the same", "sure", "may be chance"]

OPEN_SHARE = 5.0
"""Percent of cases still open at the end above which figures of the finished ones are marked as censored."""

_HIGHER = {"process_efficiency", "throughput", "share_in_production", "complete_and_accurate"}
_LOWER = {
    "non_value_adding_time",
    "abandonment",
    "wip",
    "wait",
    "queue_length",
    "open_cases",
    "open_age",
    "open_share",
    "hand_overs",
    "overtime_hours",
    "time_non_adding",
    "time_rework",
    "time_interrupted",
    "time_person_busy",
    "time_people_together",
    "time_person_off_shift",
    "time_batch_or_date",
    "time_limit_or_owner",
    "time_outside",
}
_CENSORED_KINDS = ("case", "outcome", "flow")


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one scenario, over its replications.

    `censored`: more than 5 % of the cases (passages) it is about were still open at the end of the run, so
    what is said of the finished ones may be too favourable.
    """

    scenario: str
    metric: str
    kind: str
    of: str
    unit: str
    interval: Interval
    censored: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A scenario's measure less the baseline's, replication by replication.

    `baseline` is the baseline's mean over the replications that are paired; `improvement` the share of
    replications in which the scenario is better, None where neither direction is.
    """

    scenario: str
    metric: str
    kind: str
    of: str
    unit: str
    baseline: float
    interval: Interval
    improvement: Interval | None = None
    censored: bool = False

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        return verdict(self.interval)


@dataclass(frozen=True)
class Comparison:
    """A baseline and other scenarios on the same luck."""

    baseline: Result
    others: tuple[Result, ...]
    appraisals: tuple[Appraisal | None, ...] = ()  # as `others`; empty without economics
    currency: str = ""

    @property
    def differences(self) -> list[Difference]:
        """Every measure's paired difference, scenario by scenario."""
        return [row for other in self.others for row in differences(self.baseline, other)]


def verdict(difference: Interval) -> Verdict:
    """What may be said of a difference: its interval excludes 0, or not; "the same" in every replication."""
    low, high = difference.low, difference.high
    if low is not None and high is not None:
        if low == high == 0:
            return "the same"
        return "sure" if low > 0 or high < 0 else "may be chance"
    return "the same" if difference.mean == 0 else "may be chance"


def better(metric: str) -> Better | None:
    """Which direction of a measure is an improvement; None where that depends."""
    stem = re.sub(r"_p\d+$", "", metric)
    if stem in _HIGHER:
        return "higher"
    if stem in _LOWER or stem in ("lead_time", "elapsed_lead_time"):
        return "lower"
    return None


def values_of(result: Result) -> dict[Key, dict[int, float]]:
    """Each measure's values by replication; undefined ones are left out."""
    values: dict[Key, dict[int, float]] = {}
    for names, rows in by_names(result.runs):
        numbers = [number for number, _ in rows]
        for key, column in zip(names, zip(*(told for _, told in rows), strict=True), strict=True):
            found = {
                number: value for number, value in zip(numbers, column, strict=True) if value is not None
            }
            if found:
                values.setdefault(key, {}).update(found)
    return values


def summary(result: Result) -> list[Row]:
    """Each measure's mean over replications with its 95 % interval; undefined ones have no mean."""
    values = values_of(result)
    marked = _marked(values)
    keys = dict.fromkeys(name for names, _ in by_names(result.runs) for name in names)
    return [
        Row(result.name, *key, mean_interval(list(values.get(key, {}).values())), _root(key) in marked)
        for key in keys
    ]


def differences(baseline: Result, other: Result) -> list[Difference]:
    """Paired differences of every measure that both have, with 95 % intervals."""
    before, after = values_of(baseline), values_of(other)
    marked = _marked(before) | _marked(after)
    rows = []
    for key, by_run in after.items():
        found = paired(before.get(key, {}), by_run)
        if found is not None:
            mean, deltas = found
            rows.append(_difference(other.name, key, mean, deltas, _root(key) in marked))
    return rows


def group_differences(baseline: Result, other: Result, case_type: str) -> list[Difference]:
    """Paired differences of the six groups of a case type's lead time, whose sum is that of the lead time."""
    return _time_differences(baseline, other, case_type, GROUPS)


def class_differences(baseline: Result, other: Result, case_type: str) -> list[Difference]:
    """The same of the account's classes, by their words, in the order of the groups."""
    classes = {CLASS_WORDS[each]: (each,) for group in GROUPS.values() for each in group}
    return _time_differences(baseline, other, case_type, classes)


def _time_differences(
    baseline: Result, other: Result, case_type: str, groups: Mapping[str, tuple[AccountClass, ...]]
) -> list[Difference]:
    before, after = values_of(baseline), values_of(other)
    adding = (AccountClass.VALUE_ADDING, AccountClass.NECESSARY)
    rows = []
    for group, classes in groups.items():
        keys = [(f"time_{each.name.lower()}", "case", case_type, "h") for each in classes]
        found = paired(_total(before, keys), _total(after, keys))
        if found is not None:
            direction: Better | None = None if classes[0] in adding else "lower"
            rows.append(_difference(other.name, (group, "case", case_type, "h"), *found, False, direction))
    return rows


def paired(before: dict[int, float], after: dict[int, float]) -> tuple[float, list[float]] | None:
    """The baseline's mean and the differences, over the replications that both have; None without any."""
    shared = sorted(after.keys() & before.keys())
    if not shared:
        return None
    return math.fsum(before[r] for r in shared) / len(shared), [after[r] - before[r] for r in shared]


def compare(baseline: Result, others: Sequence[Result]) -> Comparison:
    """Pair results with a baseline. They must have run with the same seed."""
    for other in others:
        if other.seed != baseline.seed:
            raise ValueError(
                f"{other.name} ran with seed {other.seed}, the baseline with {baseline.seed}: "
                "only runs on the same luck can be paired"
            )
    return Comparison(baseline, tuple(others))


def _difference(
    scenario: str,
    key: Key,
    mean: float,
    deltas: list[float],
    censored: bool,
    direction: Better | None = None,
) -> Difference:
    direction = direction or better(key[0])
    chance = probability_of_improvement(deltas, better=direction) if direction else None
    return Difference(scenario, *key, mean, mean_interval(deltas), chance, censored)


def _total(values: dict[Key, dict[int, float]], keys: list[Key]) -> dict[int, float]:
    runs = {run for key in keys for run in values.get(key, {})}
    return {run: math.fsum(values.get(key, {}).get(run, 0.0) for key in keys) for run in runs}


def _root(key: Key) -> tuple[str, str]:
    """What a measure is about as far as open cases go: an outcome's is its case type."""
    _, kind, of, _ = key
    return ("case", of.split(":")[0]) if kind == "outcome" else (kind, of)


def _marked(values: dict[Key, dict[int, float]]) -> set[tuple[str, str]]:
    """The case types and flows of which more than 5 % were still open at the end."""
    return {
        (kind, of)
        for (metric, kind, of, _), by_run in values.items()
        if metric == "open_share" and sum(by_run.values()) > OPEN_SHARE * len(by_run)
    }
