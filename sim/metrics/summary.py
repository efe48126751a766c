"""The figures of one replication: what `summarise` tells of cases, outcomes, flows, steps, environments.

Case statistics are over cases that left in the window, whenever they arrived (`start_with` cases excepted:
their age is unknown); time averages and throughput are over business time in the window and count every case.
Hours are business hours unless the name says elapsed; every percentage names its denominator below.
Not here: figures about people (teams), intervals over replications (experiment).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.accounts import classify_windows
from sim.metrics.groups import groups_of_flow
from sim.metrics.growth import growth
from sim.metrics.outcomes import possible_outcomes
from sim.metrics.teams import hand_overs, owner_measures, team_measures
from sim.metrics.view import (
    HOUR_MS,
    QUEUEING,
    BoolArray,
    Measure,
    View,
    ratio,
    summed,
    view,
)
from sim.plan.arrays import Plan
from sim.records import AccountClass, Facts

PERCENTILES = (50, 85, 95)


def summarise(facts: Facts, plan: Plan) -> list[Measure]:
    """Every figure of a replication, in order of kind and of the plan's tables.

    Raises
    ------
    EngineError
        The account of a case does not sum to its lead time.
    """
    seen = view(facts, plan)
    return [
        *_case_measures(seen),
        *_flow_measures(seen),
        *_step_measures(seen),
        *team_measures(seen),
        *owner_measures(seen),
        *_environment_measures(seen),
    ]


@dataclass(frozen=True, slots=True)
class _Teller:
    """Writes measures about one thing."""

    kind: str
    of: str

    def __call__(self, metric: str, unit: str, value: float | None) -> Measure:
        return Measure(metric, self.kind, self.of, unit, value)


def _case_measures(seen: View) -> Iterator[Measure]:
    worked = _by_case(seen, seen.works["case"], seen.worked)
    visits = _by_case(seen, seen.visits["case"], np.ones_like(seen.visits["case"]))
    changes = hand_overs(seen)
    for index, row in enumerate(seen.plan.case_types):
        tell = _Teller("case", row.name)
        mine = seen.case_type == index
        counted = np.flatnonzero(seen.is_counted & mine)
        begin, end = seen.arrive[counted], seen.leave[counted]
        n = len(counted)
        yield tell("cases", "cases", float(n))
        yield from _lead_times(tell, seen, begin, end)
        yield from _account_measures(tell, seen.account[counted])
        yield from _flow_rates(tell, seen, mine, seen.has_left, seen.arrive, seen.leave)
        yield tell("wip_growth", "per h", growth(seen, seen.arrive[mine], seen.leave[mine]))
        yield tell("share_in_production", "%", _share_in_production(seen, counted, row.value_from))
        gave_up = sum(seen.facts.cases[i].by_patience for i in counted.tolist())
        yield tell("abandonment", "%", ratio(gave_up, n, 100))
        yield from _open_cases(tell, seen, mine)
        yield tell("visits", "visits per case", ratio(visits[counted].sum(), n))
        yield tell("hand_overs", "hand-overs per case", ratio(changes[counted].sum(), n))
        touch = float(worked[counted].sum())
        yield tell("touch_time", "person h", ratio(touch / HOUR_MS, n))
        yield tell("touch_over_elapsed", "%", ratio(touch, float((end - begin).sum()), 100))
        yield from _outcome_measures(seen, index, counted)


def _by_case(seen: View, case: Int64Array, values: Int64Array) -> Int64Array:
    """Sum per case; rows of no case (other work) are left out."""
    return summed(case[case >= 0], values[case >= 0], len(seen.facts.cases))


def _lead_times(tell: _Teller, seen: View, begin: Int64Array, end: Int64Array) -> Iterator[Measure]:
    for name, ms in (("lead_time", seen.lead_time(begin, end)), ("elapsed_lead_time", end - begin)):
        yield tell(name, "h", ratio(ms.sum() / HOUR_MS, len(ms)))
        for p in PERCENTILES:
            value = float(np.percentile(ms, p)) / HOUR_MS if len(ms) else None
            yield tell(f"{name}_p{p}", "h", value)


def _account_measures(tell: _Teller, account: Int64Array) -> Iterator[Measure]:
    """Process efficiency is the ratio of sums: value-adding over business lead time."""
    n, by_class = len(account), account.sum(axis=0)
    total, adding = int(by_class.sum()), int(by_class[AccountClass.VALUE_ADDING])
    yield tell("process_efficiency", "%", ratio(adding, total, 100))
    yield tell("value_adding_time", "h", ratio(adding / HOUR_MS, n))
    yield tell("non_value_adding_time", "h", ratio((total - adding) / HOUR_MS, n))
    for each in AccountClass:
        yield tell(f"time_{each.name.lower()}", "h", ratio(by_class[each] / HOUR_MS, n))


def _flow_rates(
    tell: _Teller, seen: View, mine: BoolArray, has_left: BoolArray, begin: Int64Array, end: Int64Array
) -> Iterator[Measure]:
    n_left = int((mine & has_left).sum())
    inside = int(seen.in_window(begin[mine], end[mine]).sum())
    yield tell("throughput", "per h", ratio(n_left * HOUR_MS, seen.open_ms))
    yield tell("wip", "cases", ratio(inside, seen.open_ms))


def _share_in_production(seen: View, counted: Int64Array, milestone: str) -> float | None:
    """Of the counted cases, those that reached the milestone their value flows from."""
    if not milestone:
        return None
    reached = sum(milestone in seen.facts.cases[i].milestones for i in counted)
    return ratio(reached, len(counted), 100)


def _open_cases(tell: _Teller, seen: View, mine: BoolArray) -> Iterator[Measure]:
    is_open = mine & (seen.leave >= seen.plan.end)
    aged = is_open & ~seen.is_started_with
    age = seen.lead_time(seen.arrive[aged], seen.leave[aged])
    n_open = float(is_open.sum())
    yield tell("open_cases", "cases", n_open)
    yield tell("open_share", "%", ratio(n_open, n_open + float((mine & seen.has_left).sum()), 100))
    yield tell("open_age", "h", ratio(age.sum() / HOUR_MS, len(age)))


def _outcome_measures(seen: View, case_type: int, counted: Int64Array) -> Iterator[Measure]:
    """Shares are of the counted cases of the type; outcomes that no case had are listed with 0."""
    name = seen.plan.case_types[case_type].name
    outcomes = np.array([seen.facts.cases[i].outcome for i in counted], dtype=np.str_)
    for outcome in sorted({*outcomes.tolist(), *possible_outcomes(seen.plan, case_type)}):
        tell = _Teller("outcome", f"{name}:{outcome}")
        here = counted[outcomes == outcome]
        yield tell("cases", "cases", float(len(here)))
        yield tell("outcome_share", "%", ratio(len(here), len(counted), 100))
        yield from _lead_times(tell, seen, seen.arrive[here], seen.leave[here])


def _flow_measures(seen: View) -> Iterator[Measure]:
    """Per passage that left in the window; those of `start_with` cases only in rates."""
    rows = seen.passages
    left = rows["leave"]
    has_left = (left >= seen.plan.warm_up) & (left < seen.plan.end)
    begin, end = rows["enter"], np.where(left < 0, seen.facts.end, left)
    is_counted = has_left & ~seen.is_started_with[rows["case"]]
    for index, row in enumerate(seen.plan.flows):
        tell = _Teller("flow", row.name)
        mine = rows["flow"] == index
        counted = np.flatnonzero(mine & is_counted)
        stretches = rows["case"][counted], begin[counted], end[counted]
        yield tell("passages", "passages", float(len(counted)))
        yield from _lead_times(tell, seen, begin[counted], end[counted])
        yield from _account_measures(tell, classify_windows(seen.tiles, seen.plan, *stretches))
        yield from _flow_rates(tell, seen, mine, has_left, begin, end)
        n_open = float((mine & (left < 0)).sum())
        yield tell("open_share", "%", ratio(n_open, n_open + float((mine & has_left).sum()), 100))
        for group, passages in groups_of_flow(seen, index, counted):
            tell = _Teller("group", f"{row.name}:{group}")
            yield tell("passages", "passages", float(len(passages)))
            yield from _lead_times(tell, seen, begin[passages], end[passages])


def _step_measures(seen: View) -> Iterator[Measure]:
    """Means are over visits of the counted cases; %C&A over those visits that were completed."""
    n = len(seen.plan.steps)
    visits, works, spans = seen.visits, seen.works, seen.spans
    counted = seen.is_counted[visits["case"]]
    complete = counted & (visits["complete"] >= 0)
    accurate = complete & (visits["sent_back"] == 0)
    n_visits, n_complete, n_accurate = (
        np.bincount(visits["step"][chosen], minlength=n) for chosen in (counted, complete, accurate)
    )
    through = summed(
        visits["step"][complete],
        seen.lead_time(visits["enter"][complete], visits["complete"][complete]),
        n,
    )
    own = np.flatnonzero(works["case"] >= 0)
    own = own[seen.is_counted[works["case"][own]]]
    worked = summed(works["step"][own], seen.worked[own], n)
    queueing = np.flatnonzero(np.isin(spans["state"], QUEUEING) & (spans["step"] >= 0))
    begin, end, step = (spans[name][queueing] for name in ("begin", "end", "step"))
    standing = summed(step, seen.in_window(begin, end), n)
    waited = seen.lead_time(begin, end) * seen.is_counted[spans["case"][queueing]]
    waiting = summed(step, waited, n)
    for i, row in enumerate(seen.plan.steps):
        tell = _Teller("step", row.path)
        visited = float(n_visits[i])
        yield tell("visits", "visits per case", ratio(visited, float(seen.n_counted_by_type[row.case_type])))
        yield tell("lead_time", "h", ratio(through[i] / HOUR_MS, float(n_complete[i])))
        yield tell("wait", "h", ratio(waiting[i] / HOUR_MS, visited))
        yield tell("queue_length", "cases", ratio(float(standing[i]), seen.open_ms))
        yield tell("complete_and_accurate", "%", ratio(n_accurate[i], n_complete[i], 100))
        yield tell("work_time", "person h", ratio(worked[i] / HOUR_MS, visited))


def _environment_measures(seen: View) -> Iterator[Measure]:
    """Held hours are wall clock, as they are paid; utilisation is of the pool, in the window."""
    rows, plan = seen.holds, seen.plan
    held = np.minimum(rows["end"], plan.end) - np.maximum(rows["begin"], plan.warm_up)
    total = summed(rows["environment"], np.maximum(held, 0), len(plan.environments))
    for i, row in enumerate(plan.environments):
        tell = _Teller("environment", row.name)
        yield tell("held_hours", "h", float(total[i]) / HOUR_MS)
        yield tell("held", "environments", ratio(float(total[i]), plan.end - plan.warm_up))
        yield tell("utilisation", "%", ratio(float(total[i]), row.pool * (plan.end - plan.warm_up), 100))
