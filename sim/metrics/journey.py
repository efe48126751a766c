"""The journey of one case: what happened to it, day by day, who acted, and what it waited for.

Everything is read from the facts of a replication. All times are integer milliseconds since the beginning of
the warm-up; a day is 24 h of the wall clock from midnight, and day 1 is the day of arrival. Hours are of the
business calendar, so the night of a wait counts nothing.
Not here: dates and words for people (cli), pictures (charts).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.accounts import classify_windows, make_tiles
from sim.plan.arrays import NONE, ActKind, Plan
from sim.records import Facts, Span, SpanState

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Activity:
    """What one token of the case did during a part of a day.

    Attributes
    ----------
    step
        The name of the step; empty before the first.
    teams
        Who worked, or who was waited for, the step's team first.
    why
        What a wait outside is for, as the scenario says; else empty.
    business_ms
        Business time of the part.
    adds
        The `AccountClass` of work; -1 where nobody works.
    """

    begin: int
    end: int
    token: int
    step: str
    state: SpanState
    teams: tuple[str, ...]
    why: str
    business_ms: int
    adds: int = NONE

    @property
    def is_work(self) -> bool:
        """Whether somebody had it in hand."""
        return self.state == SpanState.WORK


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a case. `account` is business ms by `AccountClass`, shape (11,)."""

    number: int
    begin: int
    open_ms: int
    activities: tuple[Activity, ...]
    account: Int64Array


@dataclass(frozen=True, slots=True)
class Journey:
    """One case from arrival to leaving, or to the end of the run (`is_open`)."""

    case_type: str
    source: str
    number: int
    generation: int
    arrive: int
    leave: int
    is_open: bool
    outcome: str
    days: tuple[Day, ...]

    @property
    def account(self) -> Int64Array:
        """Business ms by `AccountClass` of the whole journey, shape (11,)."""
        total: Int64Array = np.sum([day.account for day in self.days], axis=0)
        return total


def journey(facts: Facts, plan: Plan, case: int) -> Journey:
    """The journey of a case, by its index in `facts.cases`."""
    row = facts.cases[case]
    leave = facts.end if row.leave < 0 else row.leave
    midnights = np.arange(row.arrive - row.arrive % DAY_MS, max(leave, row.arrive + 1), DAY_MS)
    begins, ends = np.maximum(midnights, row.arrive), np.minimum(midnights + DAY_MS, leave)
    which = np.full(len(midnights), case, dtype=np.int64)
    accounts = classify_windows(make_tiles(facts, plan), plan, which, begins, ends)
    spans = sorted(
        (span for span in facts.spans if span.case == case), key=lambda span: (span.begin, span.token)
    )
    workers = _workers(facts, plan, case)
    business = plan.calendars[plan.business]
    days = tuple(
        Day(
            number,
            int(midnight),
            business.open_between(int(midnight), int(midnight) + DAY_MS),
            _activities(plan, spans, workers, int(midnight)),
            account,
        )
        for number, (midnight, account) in enumerate(zip(midnights, accounts, strict=True), start=1)
    )
    types, sources = plan.case_types, plan.sources
    names = types[row.case_type].name, sources[row.source].name
    is_open = row.leave < 0
    return Journey(*names, row.number, row.generation, row.arrive, leave, is_open, row.outcome, days)


Workers = dict[tuple[int, int], list[str]]  # who began work at (step, instant)


def _workers(facts: Facts, plan: Plan, case: int) -> Workers:
    """The teams of each work of a case, the one recorded first (the step's own) first."""
    found: Workers = defaultdict(list)
    for work in facts.works:
        if work.case == case:
            name = plan.teams[work.team].name
            if name not in found[work.step, work.begin]:
                found[work.step, work.begin].append(name)
    return found


def _activities(plan: Plan, spans: list[Span], workers: Workers, midnight: int) -> tuple[Activity, ...]:
    """What fills business time on a day; nights and closed days hold nothing."""
    business = plan.calendars[plan.business]
    found = []
    for span in spans:
        begin, end = max(span.begin, midnight), min(span.end, midnight + DAY_MS)
        open_ms = business.open_between(begin, end) if begin < end else 0
        if open_ms or (begin < end and span.state == SpanState.WORK):
            name = "" if span.step == NONE else plan.steps[span.step].name
            teams, why = _teams(plan, span, workers), _why(plan, span)
            adds = span.account_class if span.state == SpanState.WORK else NONE
            found.append(Activity(begin, end, span.token, name, span.state, teams, why, open_ms, adds))
    return tuple(found)


def _teams(plan: Plan, span: Span, workers: Workers) -> tuple[str, ...]:
    if span.step == NONE:
        return ()
    known = workers.get((span.step, span.begin))
    if span.state == SpanState.WORK and known:
        return tuple(known)
    act = plan.acts[plan.steps[span.step].act]
    needs = act.needs if act.kind == ActKind.WORK else ()
    return tuple(dict.fromkeys(plan.teams[need.team].name for need in needs))


def _why(plan: Plan, span: Span) -> str:
    if span.state != SpanState.OUTSIDE or span.step == NONE:
        return ""
    step = plan.steps[span.step]
    acts = (step.act, *(each.act for each in step.alternatives))
    return next((plan.acts[act].why for act in acts if plan.acts[act].why), "")
