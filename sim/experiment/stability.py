"""Stability: does the scenario settle, or do queues grow for as long as it is run?

Means of a scenario that never settles are means of its horizon: twice the horizon, and they are others. Such
a scenario is called unstable. Evidence is the slope of each team's queue, and of the number of cases of each
type inside, over the later half of the window (metrics.people.slope), replication by replication; and what
each team is asked for in that half, worked out from the plan (plan.offered_load).

Not here: offered load, slopes, words for people (cli).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sim.experiment.intervals import Interval, mean_interval
from sim.experiment.tables import by_names
from sim.plan.arrays import Plan
from sim.plan.measured import later_half
from sim.plan.offered_load import mean_load, stretches
from sim.units.dimensions import HOUR_MS, WEEK_MS

if TYPE_CHECKING:
    from sim.experiment.replicate import Result

Verdict = Literal["unstable", "still growing"]
Counted = tuple[Literal["team", "case"], str]  # a team's queue, or the cases of a type
Slopes = dict[Counted, list[float]]

CONFIDENCE = 0.95  # of the interval that is told, and of all verdicts "still growing" of a scenario together
HINT = 0.8  # of the interval that is enough where the load says "unstable" too, and the growth is notable
NOTABLE = 0.2  # share of its mean by which what "still grows" must grow in the later half
FULL = 1.0


@dataclass(frozen=True, slots=True)
class Growth:
    """A queue, or the cases of a type inside, that grows to the end of the run.

    `unstable`: its team is asked for as much as it can do, or more (or there is such a team, and the cases
    pile up before it). `still growing`: there is none, and yet the slope is surely above 0: the run is too
    short to settle, or something that the offered load leaves out (switching, appointments, limits) takes the
    rest. `load` is the team's share in the later half of the window; None of a case type.
    """

    kind: Literal["team", "case"]
    of: str
    verdict: Verdict
    per_week: Interval
    load: float | None


def growing(result: Result) -> list[Growth]:
    """Everything that grows to the end of the run, teams first; empty where the scenario settles.

    With one replication there is no interval: only teams that are asked for too much are told.
    """
    slopes = _slopes(result)
    weeks = _weeks_of_later_half(result.plan)
    risen = {key: weeks * _per_week(result.plan, values) for key, values in slopes.items()}
    suspects = [key for key, cases in risen.items() if cases >= 1]
    loads = _loads(result.plan) if any(kind == "team" for kind, _ in suspects) else {}
    found = []
    for kind, of in suspects:
        told = mean_interval([_per_week(result.plan, [slope]) for slope in slopes[kind, of]], CONFIDENCE)
        load = loads.get(of) if kind == "team" else None
        is_notable = risen[kind, of] >= NOTABLE * _mean_of(result, kind, of)
        if load is not None and load >= FULL:
            # theory says that it grows, unless cases give up: little has to be seen of it
            hint = mean_interval(slopes[kind, of], HINT).low if is_notable else told.low
            if hint is None or hint > 0:
                found.append(Growth(kind, of, "unstable", told, load))
        elif is_notable and _is_sure(slopes, (kind, of)):
            found.append(Growth(kind, of, "still growing", told, load))
    if any(growth.verdict == "unstable" for growth in found):
        # cases that pile up do so before the team that cannot keep up
        found = [replace(growth, verdict="unstable") if growth.kind == "case" else growth for growth in found]
    return sorted(found, key=lambda growth: growth.kind != "team")


def _is_sure(slopes: Slopes, key: Counted) -> bool:
    """Whether a slope lies above 0, one-sided; all tests of a scenario together err as `CONFIDENCE` says."""
    low = mean_interval(slopes[key], 1 - 2 * (1 - CONFIDENCE) / len(slopes)).low
    return low is not None and low > 0


def _slopes(result: Result) -> Slopes:
    """The slopes [per h] of each queue and case type, one for each replication."""
    found: Slopes = {}
    for metric, _, of, value in _values(result, ("queue_growth", "wip_growth")):
        found.setdefault(("team" if metric == "queue_growth" else "case", of), []).append(value)
    return found


def _mean_of(result: Result, kind: str, of: str) -> float:
    """The mean queue length of a team, or the mean number of cases of a type."""
    metric = "queue_length" if kind == "team" else "wip"
    values = [value for _, each, name, value in _values(result, (metric,)) if (each, name) == (kind, of)]
    return sum(values) / len(values) if values else 0.0


def _values(result: Result, metrics: Sequence[str]) -> Iterator[tuple[str, str, str, float]]:
    for names, rows in by_names(result.runs):
        wanted = [(i, *name[:3]) for i, name in enumerate(names) if name[0] in metrics]
        for _, told in rows:
            for i, metric, kind, of in wanted:
                if (value := told[i]) is not None:
                    yield metric, kind, of, value


def _loads(plan: Plan) -> dict[str, float]:
    """What each team is asked for in the later half of the window, as a share of what it can do."""
    parts = stretches(plan)
    half = later_half(plan)
    return {row.name: mean_load(parts, index, half, plan.end).share for index, row in enumerate(plan.teams)}


def _per_week(plan: Plan, slopes: Sequence[float]) -> float:
    """The mean of slopes per business hour, in cases per week."""
    open_ms = plan.calendars[plan.business].open_between(plan.warm_up, plan.end)
    hours = open_ms / HOUR_MS / ((plan.end - plan.warm_up) / WEEK_MS)
    return hours * math.fsum(slopes) / len(slopes)


def _weeks_of_later_half(plan: Plan) -> float:
    return (plan.end - later_half(plan)) / WEEK_MS
