"""What figures are about, as far as the plan says: what metrics ask of it, and an engine that keeps tallies.

All times are integer milliseconds since the beginning of the warm-up.
Not here: sums over a run (metrics, or the engine), names of figures (metrics).
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from sim.plan.arrays import NONE, ActKind, Plan, SourceRow, TeamRow, TraitKind
from sim.plan.over_time import expected
from sim.plan.remembered import remembered


class Group(NamedTuple):
    """Cases with a trait: `label` is how figures call them, `value` what the trait turned out to be for them.

    A trait that holds is 1, one that does not 0; a level is its place in the order of levels.
    """

    label: str
    trait: str
    value: int


def groups_of_flow(plan: Plan, flow: int) -> list[Group]:
    """The groups of passages through a flow: by each trait that it, or what it calls, asks about.

    Traits that are numbers make no groups.
    """
    return [group for name in _traits_asked(plan, flow) for group in _groups_of_trait(plan, name)]


def place_of_trait(plan: Plan, case_type: int, name: str) -> int:
    """Where the trait of that name stands among those of a case type; -1 where it has none."""
    traits = plan.case_types[case_type].traits
    return next((i for i, trait in enumerate(traits) if plan.traits[trait].name == name), NONE)


def is_started_with(source: SourceRow) -> bool:
    """Whether the first generation of a source stood in the system from the start: its age is unknown."""
    return "@" in source.name


def teams_of_steps(plan: Plan) -> list[tuple[int, ...]]:
    """The teams that the ordinary act of each step needs; none where it is not work."""
    return [
        tuple(dict.fromkeys(need.team for need in act.needs)) if act.kind == ActKind.WORK else ()
        for act in (plan.acts[step.act] for step in plan.steps)
    ]


@remembered
def later_half(plan: Plan) -> int:
    """The instant from which on half of the window's business time is left."""
    business = plan.calendars[plan.business]
    return business.add(plan.warm_up, business.open_between(plan.warm_up, plan.end) // 2)


def size_pieces(plan: Plan, team: TeamRow) -> list[tuple[int, int, int]]:
    """(begin, end, size) between the changes of a team's rounded-down size in the window."""
    inner = [t for t in team.size_changes if plan.warm_up < t < plan.end]
    return [
        (begin, end, int(expected(plan.numbers, team.size, begin) + 1e-9))
        for begin, end in pairwise((plan.warm_up, *inner, plan.end))
    ]


def _groups_of_trait(plan: Plan, name: str) -> list[Group]:
    row = next(row for row in plan.traits if row.name == name)
    if row.kind is TraitKind.SHARE:
        return [Group(name, name, 1), Group(f"not {name}", name, 0)]
    return [Group(f"{name} is {label}", name, level) for level, label in enumerate(row.levels)]


def _traits_asked(plan: Plan, flow: int) -> list[str]:
    """Names of the traits, but numbers, that conditions in a flow, or in what it calls, ask about."""
    within = tuple(f"{call.path}/" for call in plan.calls if call.flow == flow)
    asked: set[int] = set()
    for step in plan.steps:
        if step.path.startswith(within):
            for condition in (step.when, *(each.when for each in step.alternatives)):
                asked |= _read_by(plan, condition)
    rows = [plan.traits[trait] for trait in asked]
    return sorted({row.name for row in rows if row.kind is not TraitKind.NUMBER})


def _read_by(plan: Plan, condition: int) -> set[int]:
    if condition == NONE:
        return set()
    row = plan.conditions[condition]
    own = set() if row.trait == NONE else {row.trait}
    return own.union(*(_read_by(plan, child) for child in row.children))
