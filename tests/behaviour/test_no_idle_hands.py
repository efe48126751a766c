"""Work conservation: whoever is free and on shift takes work that anybody can do. On random scenarios.

Held against what was recorded, not against the dispatch: the queue as spans of cases, the people as stretches
of work. Appointments keep people and `fit` holds work back, so scenarios have neither here.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from sim import engines
from sim.engines.simpy_engine.luck import Luck
from sim.plan import compile_plan
from sim.plan.arrays import ActKind, Plan
from sim.records import Facts, Span, SpanState
from sim.scenario.load import load
from tests.strategies import scenarios, write

QUICK = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def alone(tree: Any) -> Any:
    """The same scenario without appointments and without `fit`."""
    if isinstance(tree, dict):
        return {
            key: "suspend" if value == "fit" else alone(value) for key, value in tree.items() if key != "with"
        }
    return tree


@QUICK
@given(tree=scenarios())
def test_nobody_is_idle_while_work_that_anybody_can_do_waits(tmp_path, tree):
    plan = compile_plan(load(write(alone(tree), tmp_path)))
    facts = engines.run(plan, seed=1, replication=0)
    for index, team in enumerate(plan.teams):
        if team.unlimited:
            continue
        instants = changes(facts, plan, index)
        free = [has_free_member(facts, plan, index, instant) for instant in instants]
        for span in waiting(facts, plan, index):
            first, last = bisect_left(instants, span.begin), bisect_left(instants, span.end)
            assert not any(free[first:last]), (team.name, plan.steps[span.step].path, span)


def waiting(facts: Facts, plan: Plan, team: int) -> list[Span]:
    """What stands in the queue of a team and can be done by anybody of it."""
    return [
        span
        for span in facts.spans
        if span.state is SpanState.QUEUE
        and plan.acts[plan.steps[span.step].act].kind is ActKind.WORK
        and (need := plan.acts[plan.steps[span.step].act].needs[0]).team == team
        and not need.is_owner
    ]


def changes(facts: Facts, plan: Plan, team: int) -> list[int]:
    """The instants at which somebody may become free or work begin to wait."""
    row = plan.teams[team]
    instants = {span.begin for span in waiting(facts, plan, team)} | set(row.size_changes)
    instants |= {instant for work in facts.works if work.team == team for instant in (work.begin, work.end)}
    instants |= set(plan.calendars[row.calendar].opens.tolist())
    return sorted(instant for instant in instants if instant < plan.end)


def has_free_member(facts: Facts, plan: Plan, team: int, instant: int) -> bool:
    """Whether from this instant on a member is on shift and has no work in hand."""
    row = plan.teams[team]
    if not plan.calendars[row.calendar].is_open(instant):
        return False
    size = int(Luck(plan, 1, 0).read(row.size, instant, None) + 1e-9)
    busy = {
        work.member
        for work in facts.works
        if work.team == team and work.begin <= instant < work.end and work.member < size
    }
    return len(busy) < size
