"""What can be known of a staffing without a run: how many members of each team its work takes at least.

    members_needed(plan)["compliance"].surely   # 2.6: with 2 it can never keep up

A team whose offered load is 100 % or more falls behind without end, so a staffing with such a team has no
lead time that could be promised; whatever a run of some years says of it depends on when it is stopped. That
is certain only of work that comes in any case: of everybody else, and of cases that neither lose patience nor
are turned away, nor come from such as do.
Not here: offered load (plan.offered_load), what is done with it (space, local).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.plan.arrays import Plan
from sim.plan.offered_load import OTHER_WORK, last_year, mean_load, stretches
from sim.plan.staffing import with_staffing


@dataclass(frozen=True, slots=True)
class Needed:
    """Members that the work of a team takes on average over the last year, at their focus.

    `surely`: for work that comes in any case. `in_all`: for all that is offered, if nobody gave up.
    """

    surely: float
    in_all: float


def members_needed(plan: Plan) -> dict[str, Needed]:
    """Of each team, by its name."""
    of_one = with_staffing(plan, sizes={team.name: 1 for team in plan.teams})
    parts = stretches(of_one)
    begin, end = last_year(parts)
    sure = {OTHER_WORK, *_sure_case_types(plan)} - {name for part in parts for name in part.load.unknown}
    found = {}
    for index, team in enumerate(plan.teams):
        load = mean_load(parts, index, begin, end)
        if load.capacity > 0:
            surely = sum(ms for name, ms in load.asked.items() if name in sure)
            found[team.name] = Needed(surely / load.capacity, sum(load.asked.values()) / load.capacity)
    return found


def _sure_case_types(plan: Plan) -> set[str]:
    """Case types whose every case does its work: none gives up, is turned away, or comes from such."""
    unsure = {i for i, row in enumerate(plan.case_types) if row.patience is not None}
    for step in plan.steps:
        acts = [plan.acts[act] for act in (step.act, *(one.act for one in step.alternatives))]
        if any(act.patience is not None for act in acts):
            unsure.add(step.case_type)
    refusing = [call.path for call in plan.calls if call.when_full is not None]
    unsure |= {
        i
        for i, row in enumerate(plan.case_types)
        if any(path == row.name or path.startswith(f"{row.name}/") for path in refusing)
    }
    starts = {
        (step.case_type, successor.case_type)
        for step in plan.steps
        for act in (step.act, *(one.act for one in step.alternatives))
        if (successor := plan.acts[act].successor) is not None
    }
    while more := {to for of, to in starts if of in unsure} - unsure:
        unsure |= more
    return {row.name for i, row in enumerate(plan.case_types) if i not in unsure}
