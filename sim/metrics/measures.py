"""The figures of one replication, made of its tallies: of cases, outcomes, flows, steps, environments.

Case statistics are over cases that left in the window, whenever they arrived (`start_with` cases excepted:
their age is unknown); time averages and throughput are over business time in the window and count every case.
Hours are business hours unless the name says elapsed; every percentage names its denominator below.
Not here: what the sums mean and how they are taken (records.tallies, tallying), figures about people
(people), intervals over replications (experiment).
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.metrics.figures import Measure, Teller, ratio
from sim.metrics.outcomes import possible_outcomes
from sim.metrics.people import owner_measures, slope, team_measures
from sim.metrics.tallying import tally
from sim.plan.arrays import Plan
from sim.records import AccountClass, Facts
from sim.records.durations import Durations
from sim.records.tallies import CaseTally, FlowTally, Stays, Tallies
from sim.units.dimensions import HOUR_MS

PERCENTILES = (50, 85, 95)

_LEAD_TIMES = tuple(
    (name, *(f"{name}_p{p}" for p in PERCENTILES)) for name in ("lead_time", "elapsed_lead_time")
)
_TIMES = tuple(f"time_{each.name.lower()}" for each in AccountClass)


def summarise(facts: Facts, plan: Plan) -> list[Measure]:
    """Every figure of a replication, from its facts; see `tally` and `measures`."""
    return measures(tally(facts, plan), plan)


def measures(tallies: Tallies, plan: Plan) -> list[Measure]:
    """Every figure of a replication, in order of kind and of the plan's tables."""
    open_ms, lead_times = plan.calendars[plan.business].open_between(plan.warm_up, plan.end), _LeadTimes()
    return [
        *_case_measures(tallies, plan, open_ms, lead_times),
        *_flow_measures(tallies, plan, open_ms, lead_times),
        *_step_measures(tallies, plan, open_ms),
        *team_measures(tallies, plan, open_ms),
        *owner_measures(tallies, plan),
        *_environment_measures(tallies, plan),
    ]


class _LeadTimes:
    """Tells lead times of one replication.

    The cases of a type, those of its one outcome and the passages of its flow are often the same: then their
    percentiles are not looked for again, which is most of what figures cost.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], tuple[Durations, list[float]]] = {}

    def __call__(self, tell: Teller, stays: Stays) -> Iterator[Measure]:
        for names, found in zip(_LEAD_TIMES, (stays.lead_time, stays.elapsed), strict=True):
            yield tell(names[0], "h", ratio(found.total / HOUR_MS, found.count))
            percentiles = self._percentiles(found) if found.count else (None,) * len(PERCENTILES)
            for name, value in zip(names[1:], percentiles, strict=True):
                yield tell(name, "h", value)

    def _percentiles(self, durations: Durations) -> list[float]:
        """In hours."""
        before = self._found.get((durations.count, durations.total))
        if before is not None and durations.is_like(before[0]):
            return before[1]
        told = [ms / HOUR_MS for ms in durations.percentiles(PERCENTILES)]
        self._found[durations.count, durations.total] = durations, told
        return told


def _case_measures(tallies: Tallies, plan: Plan, open_ms: int, lead_times: _LeadTimes) -> Iterator[Measure]:
    for index, (row, found) in enumerate(zip(plan.case_types, tallies.cases, strict=True)):
        tell, n = Teller("case", row.name), found.counted.n
        yield tell("cases", "cases", float(n))
        yield from lead_times(tell, found.counted)
        yield from _account_measures(tell, found.account, n)
        yield from _flow_rates(tell, found, open_ms)
        yield tell("wip_growth", "per h", slope(plan, found.growth))
        share = ratio(found.in_production, n, 100) if row.value_from else None
        yield tell("share_in_production", "%", share)
        yield tell("abandonment", "%", ratio(found.by_patience, n, 100))
        yield tell("open_cases", "cases", float(found.open))
        yield tell("open_share", "%", _open_share(found))
        yield tell("open_age", "h", ratio(found.open_age_ms / HOUR_MS, found.open_known))
        yield tell("visits", "visits per case", ratio(found.visits, n))
        yield tell("hand_overs", "hand-overs per case", ratio(found.hand_overs, n))
        yield tell("touch_time", "person h", ratio(found.worked_ms / HOUR_MS, n))
        elapsed = found.counted.elapsed.total
        yield tell("touch_over_elapsed", "%", ratio(float(found.worked_ms), float(elapsed), 100))
        yield from _outcome_measures(plan, index, found, lead_times)


def _account_measures(tell: Teller, account: tuple[int, ...], n: int) -> Iterator[Measure]:
    """Process efficiency is the ratio of sums: value-adding over business lead time."""
    total, adding = sum(account), account[AccountClass.VALUE_ADDING]
    yield tell("process_efficiency", "%", ratio(adding, total, 100))
    yield tell("value_adding_time", "h", ratio(adding / HOUR_MS, n))
    yield tell("non_value_adding_time", "h", ratio((total - adding) / HOUR_MS, n))
    for name, ms in zip(_TIMES, account, strict=True):
        yield tell(name, "h", ratio(ms / HOUR_MS, n))


def _flow_rates(tell: Teller, found: CaseTally | FlowTally, open_ms: int) -> Iterator[Measure]:
    yield tell("throughput", "per h", ratio(found.left * HOUR_MS, open_ms))
    yield tell("wip", "cases", ratio(found.inside_ms, open_ms))


def _open_share(found: CaseTally | FlowTally) -> float | None:
    """Of those that left in the window or are open at the end, the open ones."""
    return ratio(float(found.open), float(found.open + found.left), 100)


def _outcome_measures(
    plan: Plan, case_type: int, found: CaseTally, lead_times: _LeadTimes
) -> Iterator[Measure]:
    """Shares are of the counted cases of the type; outcomes that no case had are listed with 0."""
    name, nobody = plan.case_types[case_type].name, Stays()
    for outcome in sorted({*found.outcomes, *possible_outcomes(plan, case_type)}):
        tell, stays = Teller("outcome", f"{name}:{outcome}"), found.outcomes.get(outcome, nobody)
        yield tell("cases", "cases", float(stays.n))
        yield tell("outcome_share", "%", ratio(stays.n, found.counted.n, 100))
        yield from lead_times(tell, stays)


def _flow_measures(tallies: Tallies, plan: Plan, open_ms: int, lead_times: _LeadTimes) -> Iterator[Measure]:
    """Per passage that ended in the window; those of `start_with` cases only in rates."""
    for row, found in zip(plan.flows, tallies.flows, strict=True):
        tell, n = Teller("flow", row.name), found.counted.n
        yield tell("passages", "passages", float(n))
        yield from lead_times(tell, found.counted)
        yield from _account_measures(tell, found.account, n)
        yield from _flow_rates(tell, found, open_ms)
        yield tell("open_share", "%", _open_share(found))
        for group, stays in found.groups.items():
            tell = Teller("group", f"{row.name}:{group}")
            yield tell("passages", "passages", float(stays.n))
            yield from lead_times(tell, stays)


def _step_measures(tallies: Tallies, plan: Plan, open_ms: int) -> Iterator[Measure]:
    """Means are over visits of the counted cases; %C&A over those visits that were completed."""
    for row, found in zip(plan.steps, tallies.steps, strict=True):
        tell, visits = Teller("step", row.path), float(found.visits)
        n_cases = float(tallies.cases[row.case_type].counted.n)
        yield tell("visits", "visits per case", ratio(visits, n_cases))
        yield tell("lead_time", "h", ratio(found.through_ms / HOUR_MS, float(found.complete)))
        yield tell("wait", "h", ratio(found.waited_ms / HOUR_MS, visits))
        yield tell("queue_length", "cases", ratio(float(found.standing_ms), open_ms))
        yield tell("complete_and_accurate", "%", ratio(found.accurate, found.complete, 100))
        yield tell("work_time", "person h", ratio(found.worked_ms / HOUR_MS, visits))


def _environment_measures(tallies: Tallies, plan: Plan) -> Iterator[Measure]:
    """Held hours are wall clock, as they are paid; utilisation is of the pool, in the window."""
    window = plan.end - plan.warm_up
    for row, held in zip(plan.environments, map(float, tallies.held_ms), strict=True):
        tell = Teller("environment", row.name)
        yield tell("held_hours", "h", held / HOUR_MS)
        yield tell("held", "environments", ratio(held, window))
        yield tell("utilisation", "%", ratio(held, row.pool * window, 100))
