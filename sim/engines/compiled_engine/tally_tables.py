"""From a plan to the memory of its sums: where they stand, and what is known of calendars, sizes and groups.

It is written behind the records of a plan (`tables`), and refers to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from sim.calendars import Calendar, intersect
from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine import tally_layout as sums
from sim.plan.arrays import NONE, ActKind, Closing, Plan
from sim.plan.measured import (
    Group,
    groups_of_flow,
    is_started_with,
    later_half,
    place_of_trait,
    size_pieces,
    teams_of_steps,
)


class Builder(Protocol):
    """What `tables` offers for writing words."""

    plan: Plan
    words: list[int]
    steps: list[int]
    sources: list[int]
    milestones: list[dict[str, int]]

    def room(self, n: int) -> int:
        """The address of n words of zeros."""

    def array(self, values: Iterable[int]) -> int:
        """The address of these words; 0 if there are none."""

    def calendar(self, index: int, row: Calendar) -> int:
        """The address of a calendar."""


def write_sums(b: Builder, money_edges: Sequence[int], bits: Callable[[float], int]) -> None:
    """Write all sums of a plan, with hours between the `money_edges`."""
    _Sums(b, bits).write(money_edges)


class _Sums:
    """Writes the sums of a plan, and finds out which calendars cover which."""

    def __init__(self, b: Builder, bits: Callable[[float], int]) -> None:
        self.b, self.plan, self.bits = b, b.plan, bits
        self.calendars = b.plan.calendars

    def write(self, money_edges: Sequence[int]) -> None:
        b, plan = self.b, self.plan
        self._head(money_edges)
        self._calendars()
        self._set(0, TYPES=b.room(sums.TYPE_SUMS * len(plan.case_types)))
        self._set(0, FLOWS=b.room(sums.FLOW_SUMS * len(plan.flows)))
        self._set(0, STEPS=b.room(sums.STEP_SUMS * len(plan.steps)))
        self._set(0, TEAMS_SUMS=b.room(sums.TEAM_SUMS * len(plan.teams)))
        self._set(0, HELD=b.room(len(plan.environments)))
        for index, row in enumerate(plan.case_types):
            place = b.milestones[index].get(row.value_from, 0)
            self._set(b.words[sums.TYPES] + sums.TYPE_SUMS * index, TYPE_VALUE_FROM=place)
        for source, address in zip(plan.sources, b.sources, strict=True):
            b.words[address + at.SOURCE_IS_START] = is_started_with(source)
        self._flows()
        self._steps()
        for index in range(len(plan.teams)):
            self._team(index)

    def _set(self, address: int, **fields: int) -> None:
        for name, value in fields.items():
            self.b.words[address + getattr(sums, name)] = int(value)

    def _head(self, money_edges: Sequence[int]) -> None:
        plan = self.plan
        business, half = self.calendars[plan.business], later_half(plan)
        self._set(
            0,
            WARM_UP=plan.warm_up,
            WARM_UP_B=business.open_between(0, plan.warm_up),
            HALF_B=business.open_between(0, half),
            HALF_LENGTH=business.open_between(half, plan.end),
            PAST=self.b.calendar(plan.business, business),
            EDGES=self.b.array(money_edges),
            N_PIECES=max(0, len(money_edges) - 1),
            STEP_ROWS=self.b.steps[0] if self.b.steps else 0,
        )

    def _calendars(self) -> None:
        """Each once more, and its open business time where that is not all business time."""
        business = self.calendars[self.plan.business]
        rows: list[int] = []
        for index, calendar in enumerate(self.calendars):
            common = 0
            if not _covers(calendar, business):
                common = self.b.calendar(index, intersect(calendar, business))
            rows += [self.b.calendar(index, calendar), common]
        self._set(0, CALENDARS=self.b.array(rows))

    # -- flows: the groups of their passages

    def _flows(self) -> None:
        n_groups = 0
        for index in range(len(self.plan.flows)):
            by_trait: dict[str, list[Group]] = {}
            for group in groups_of_flow(self.plan, index):
                by_trait.setdefault(group.trait, []).append(group)
            rows: list[int] = []
            for trait, groups in by_trait.items():
                values = self.b.array(self.bits(float(group.value)) for group in groups)
                rows += [self._traits_by_type(trait), len(groups), values, n_groups]
                n_groups += len(groups)
            address = self.b.words[sums.FLOWS] + sums.FLOW_SUMS * index
            self._set(address, FLOW_GROUPS=self.b.array(rows), FLOW_N_TRAITS=len(by_trait))

    def _traits_by_type(self, name: str) -> int:
        """Where a case of each type keeps the trait of that name; -1: nowhere."""
        found = []
        for index, row in enumerate(self.plan.case_types):
            place = place_of_trait(self.plan, index, name)
            found.append(NONE if place == NONE else row.traits[place])
        return self.b.array(found)

    # -- steps: whose queue it is where there are alternatives

    def _steps(self) -> None:
        ordinary = teams_of_steps(self.plan)
        for index, teams in enumerate(candidates(self.plan)):
            if not teams:
                continue
            rows: list[int] = []
            for team in teams:
                rows += [team, *[0] * (sums.CANDIDATE_SIZE - 1)]
            self._set(
                self.b.words[sums.STEPS] + sums.STEP_SUMS * index,
                STEP_CANDIDATES=self.b.array(rows),
                STEP_N_CANDIDATES=len(teams),
                STEP_DEFAULT=sum(1 << teams.index(team) for team in ordinary[index]),
            )

    # -- teams

    def _team(self, index: int) -> None:
        row, b = self.plan.teams[index], self.b
        address = b.words[sums.TEAMS_SUMS] + sums.TEAM_SUMS * index
        self._set(
            address,
            TEAM_HOURS=b.room(sums.HOURS_SIZE * max(1, b.words[sums.N_PIECES])),
            TEAM_OPEN=b.calendar(row.calendar, self.calendars[row.calendar]),
        )
        if row.unlimited:
            return
        pieces = size_pieces(self.plan, row)
        self._set(
            address,
            TEAM_SIZES=b.array(word for piece in pieces for word in piece),
            TEAM_N_SIZES=len(pieces),
            TEAM_SHRINKS=min(size for _, _, size in pieces) < row.max_size,
            TEAM_COMMON=self._common(index),
        )
        if row.owns > 0:
            self._owner(address, index)

    def _common(self, team: int) -> int:
        """By calendar of a work of theirs, first that of none: what is open on both; 0: all of it."""
        row = self.plan.teams[team]
        theirs = self.calendars[row.calendar]
        used = _calendars_of_work(self.plan, team)
        found = [0] * (1 + len(self.calendars))
        if NONE in used:
            found[0] = self.b.calendar(row.calendar, theirs)
        for index in used - {NONE}:
            if not _covers(theirs, self.calendars[index]):
                common = intersect(self.calendars[index], theirs)
                found[1 + index] = self.b.calendar(row.calendar, common)
        return self.b.array(found) if any(found) else 0

    def _owner(self, address: int, team: int) -> None:
        row, b = self.plan.teams[team], self.b
        theirs, owner = self.calendars[row.calendar], b.room(sums.OWNER_SUMS)
        covers = [True, *(_covers(calendar, theirs) for calendar in self.calendars)]
        members = b.room(sums.OWNS_SIZE * (row.max_size + 1))
        self._set(owner, OWNER_COVERS=b.array(map(int, covers)), OWNER_MEMBERS=members)
        self._set(address, TEAM_OWNER=owner)


def candidates(plan: Plan) -> list[list[int]]:
    """For each step the teams that it or one of its alternatives needs; none where it has no alternatives."""
    return [
        sorted(
            {
                need.team
                for act in (step.act, *(other.act for other in step.alternatives))
                if plan.acts[act].kind is ActKind.WORK
                for need in plan.acts[act].needs
            }
        )
        if step.alternatives
        else []
        for step in plan.steps
    ]


def can_tally(plan: Plan) -> bool:
    """Whether a plan is within the limits of what is summed up while it runs."""
    return plan.end < sums.MOST_HALF and all(len(teams) <= sums.MOST_TEAMS for teams in candidates(plan))


def _calendars_of_work(plan: Plan, team: int) -> set[int]:
    """The calendars on which work of a team's people may run, NONE among them if it runs through closing."""
    found = {plan.teams[team].calendar}
    if plan.teams[team].closing is Closing.FINISH:
        found.add(NONE)
    for act in plan.acts:
        if act.kind is ActKind.WORK and any(need.team == team for need in act.needs):
            finishes = plan.teams[act.needs[0].team].closing is Closing.FINISH
            found.add(NONE if finishes else act.calendar)
    return found


def _covers(one: Calendar, other: Calendar) -> bool:
    """Whether a calendar is open whenever another one is."""
    return one is other or intersect(one, other).total == other.total
