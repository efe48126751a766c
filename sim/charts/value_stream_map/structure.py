"""What stands on a value-stream map: the steps of a flow as stations, in order, at a chosen depth.

A flow that is used several times (by several case types, or twice by one) is one map: its steps at all those
paths are one station. Milestones and ends take no time and have no station.
Not here: numbers (figures), where a station stands on the page (layout).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sim.plan.arrays import NONE, ActKind, ActRow, OutcomeRow, Plan, TargetKind

BEFORE = "(before)"
ELSEWHERE = "(elsewhere)"


class Kind(StrEnum):
    """What a station is drawn as."""

    WORK = "work"  # a process box
    FLOW = "flow"  # a process box that stands for a whole flow
    WAIT = "wait"  # a triangle: nobody works


@dataclass(frozen=True, slots=True)
class Station:
    """A step, or a folded flow.

    Attributes
    ----------
    key
        Its path from the flow's beginning; the same in every scenario that has it.
    teams
        Who works there, the step's own team first: indices into `Plan.teams`.
    also
        What may be done instead, by name.
    head
        The steps whose visits are its visits, one for each use of the flow.
    steps
        All steps whose time is its time.
    is_owner
        Whether the step's own team is the owner of the case.
    """

    key: str
    kind: Kind
    name: str
    teams: tuple[int, ...]
    also: tuple[str, ...]
    head: tuple[int, ...]
    steps: tuple[int, ...]
    detours: tuple[Station, ...] = ()
    is_owner: bool = False


@dataclass(frozen=True, slots=True)
class Fork:
    """Branches side by side, or (`is_choice`) a step and the flow that may take its place."""

    key: str
    lanes: tuple[Chain, ...]
    is_choice: bool = False


Chain = tuple[Station | Fork, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Where an outcome leads other than on: to another station, or out of the flow (`target` is empty).

    `taken` are the (step, outcome) that count it, `of` the steps whose completed visits it is a share of.
    """

    source: str
    target: str
    name: str
    taken: tuple[tuple[int, str], ...]
    of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """A flow as it stands on the map."""

    sequence: Chain
    ways: tuple[Way, ...]
    is_folded: bool  # whether a greater depth would show more

    def stations(self) -> list[Station]:
        """All stations in order, each followed by its detours."""
        return list(_all(self.sequence))


def structure_of(plan: Plan, of: str, kind: str, depth: int) -> Structure:
    """The stations of a case type or flow; flows called and branches are opened `depth` levels deep."""
    if kind == "case":
        calls = [row.call for row in plan.case_types if row.name == of]
    else:
        flow = [row.name for row in plan.flows].index(of)
        calls = [i for i, row in enumerate(plan.calls) if row.flow == flow]
    building = _Building(plan)
    sequence = building.sequence(calls, "", depth) if calls else ()
    ways = tuple(way for way in building.ways() if way is not None)
    return Structure(sequence, ways, building.is_folded)


def _all(sequence: Chain) -> Iterator[Station]:
    for node in sequence:
        if isinstance(node, Fork):
            for lane in node.lanes:
                yield from _all(lane)
        else:
            yield node
            yield from node.detours


@dataclass(slots=True)
class _Building:
    plan: Plan
    is_folded: bool = False
    first: dict[int, str] = field(default_factory=dict)  # step -> the station (or fork) one enters there
    last: dict[int, str] = field(default_factory=dict)  # step -> the station one leaves it from
    opened: list[tuple[tuple[int, ...], bool]] = field(default_factory=list)  # steps, as shown

    def sequence(self, calls: Sequence[int], prefix: str, depth: int, *, is_top: bool = True) -> Chain:
        """The stations of a flow, from its uses."""
        found: list[Station | Fork] = []
        pending: list[int] = []
        steps = tuple(self.plan.calls[call].first for call in calls)
        while steps and steps[0] != NONE:
            new = self._step(steps, prefix, depth)
            for step in (*pending, *steps) if new else ():
                self.first.setdefault(step, new[0].key)
            pending = [] if new else [*pending, *steps]
            if new or found:
                for step in steps:
                    self.last.setdefault(step, _last_key(new or found))
            found += new
            self.opened.append((steps, is_top))
            steps = tuple(self.plan.steps[step].next for step in steps)
        for step in pending if found else ():
            self.first.setdefault(step, found[-1].key)
        return tuple(found)

    def _step(self, steps: tuple[int, ...], prefix: str, depth: int) -> list[Station | Fork]:
        row = self.plan.steps[steps[0]]
        act = self._act(row.act)
        key = prefix + row.name
        if act.kind is ActKind.FLOW:
            found = self._flow(steps, key, depth)
        elif act.kind is ActKind.FORK:
            found = [self._fork(steps, key, depth)]
        elif act.kind in (ActKind.MILESTONE, ActKind.END):
            found = []
        else:
            found = self._simple(steps, key)
        return self._with_choice(steps, key, found)

    def _flow(self, steps: tuple[int, ...], key: str, depth: int) -> list[Station | Fork]:
        calls = self._calls(steps, 0)
        if depth == 0:
            return [self._folded(calls, key, self.plan.steps[steps[0]].name, steps)]
        inner = list(self.sequence(calls, f"{key}/", depth - 1, is_top=False))
        return _with_time_of(inner, steps)

    def _fork(self, steps: tuple[int, ...], key: str, depth: int) -> Fork:
        lanes = []
        for branch in range(len(self._act(self.plan.steps[steps[0]].act).calls)):
            calls = self._calls(steps, branch)
            path = self.plan.calls[calls[0]].path
            name = path.rpartition("/")[2]
            first = self.plan.steps[self.plan.calls[calls[0]].first]
            # a branch of one step is named after it: there is nothing to fold
            is_single = first.next == NONE and first.path == path
            if is_single or depth > 0:
                inner = key if is_single else f"{key}/{name}"
                lane = self.sequence(calls, f"{inner}/", depth if is_single else depth - 1, is_top=False)
            else:
                lane = (self._folded(calls, f"{key}/{name}", name, ()),)
            lanes.append(lane)
        lanes[0] = tuple(_with_time_of(list(lanes[0]), steps))
        return Fork(key, tuple(lanes))

    def _simple(self, steps: tuple[int, ...], key: str) -> list[Station | Fork]:
        """A step of work or a wait; one that is left out and never replaced has no station."""
        row = self.plan.steps[steps[0]]
        acts = [self._act(row.act), *(self._act(each.act) for each in row.alternatives)]
        simple = [act for act in acts if act.kind in (ActKind.WORK, ActKind.WAIT, ActKind.UNTIL)]
        if not simple:
            return []
        is_work = any(act.kind is ActKind.WORK for act in simple)
        kind = Kind.WORK if is_work else Kind.WAIT
        own = next((act for act in simple if act.kind is ActKind.WORK), simple[0])
        also = tuple(act.alternative for act in acts if act.alternative and act.kind is not ActKind.SKIP)
        return [
            Station(
                key,
                kind,
                row.name,
                tuple(dict.fromkeys(need.team for need in own.needs)),
                also,
                steps,
                steps,
                self._detours(steps, key),
                bool(own.needs) and own.needs[0].is_owner,
            )
        ]

    def _with_choice(
        self, steps: tuple[int, ...], key: str, found: list[Station | Fork]
    ) -> list[Station | Fork]:
        """Flows that are done in place of a step stand beside it."""
        row = self.plan.steps[steps[0]]
        lanes = [tuple(found)] if found else []
        usual = self._act(row.act).calls
        for place, alternative in enumerate(row.alternatives):
            act = self._act(alternative.act)
            if act.calls and act.calls != usual:
                acts = [self._act(self.plan.steps[step].alternatives[place].act) for step in steps]
                calls = [call for each in acts for call in each.calls]
                lanes.append((self._folded(calls, f"{key}#{act.alternative}", act.alternative, ()),))
        return found if len(lanes) < 2 else [Fork(f"{key}|or", tuple(lanes), is_choice=True)]

    def _folded(
        self, calls: Sequence[int], key: str, name: str, head: tuple[int, ...], *, opens: bool = True
    ) -> Station:
        self.is_folded = self.is_folded or opens
        inside = [step for call in calls for step in self._inside(call)]
        teams: dict[int, None] = {}
        for step in inside:
            teams.update(dict.fromkeys(n.team for n in self._act(self.plan.steps[step].act).needs))
        heads = head or tuple(self.plan.calls[call].first for call in calls)
        return Station(key, Kind.FLOW, name, tuple(teams), (), heads, (*head, *inside))

    def _detours(self, steps: tuple[int, ...], key: str) -> tuple[Station, ...]:
        """The flows a case may be sent through before it does the step again."""
        found = []
        row = self.plan.steps[steps[0]]
        for outcome in self._outcomes(steps[0]):
            if outcome.target.kind is TargetKind.DO:
                calls = [self._same(step, outcome.name).target.call for step in steps]
                station = self._folded(calls, f"{key}/{outcome.name}", outcome.name, (), opens=False)
                names = [self.plan.flows[self.plan.calls[calls[0]].flow].name]
                found.append(replace(station, name=names[0] if names[0] else row.name))
        return tuple(found)

    # --- ways

    def ways(self) -> Iterator[Way | None]:
        """Where the outcomes of the steps shown lead."""
        for steps, is_top in self.opened:
            if steps[0] in self.last:
                for outcome in self._outcomes(steps[0]):
                    yield self._way(steps, outcome, is_top)

    def _way(self, steps: tuple[int, ...], outcome: OutcomeRow, is_top: bool) -> Way | None:
        kind, taken = outcome.target.kind, tuple((step, outcome.name) for step in steps)
        source = self.last[steps[0]]
        if kind is TargetKind.GO_TO:
            target = self.first.get(outcome.target.step, "")
            return Way(source, target, outcome.name, taken, steps) if target else None
        is_out = kind is TargetKind.END or (kind is TargetKind.LEAVE and is_top)
        return Way(source, "", outcome.target.name, taken, steps) if is_out else None

    # --- reading the plan

    def _act(self, index: int) -> ActRow:
        return self.plan.acts[index]

    def _calls(self, steps: tuple[int, ...], branch: int) -> list[int]:
        return [self._act(self.plan.steps[step].act).calls[branch] for step in steps]

    def _outcomes(self, step: int) -> list[OutcomeRow]:
        """The outcomes of a step and of what may be done instead, each name once."""
        row = self.plan.steps[step]
        acts = [self._act(row.act), *(self._act(each.act) for each in row.alternatives)]
        found: dict[str, OutcomeRow] = {}
        for outcome in (each for act in acts for each in act.outcomes):
            found.setdefault(outcome.name, outcome)
        return list(found.values())

    def _same(self, step: int, name: str) -> OutcomeRow:
        return next(outcome for outcome in self._outcomes(step) if outcome.name == name)

    def _inside(self, call: int) -> Iterator[int]:
        """All steps of a use of a flow, with those of the flows it calls."""
        step = self.plan.calls[call].first
        while step != NONE:
            yield step
            row = self.plan.steps[step]
            calls = dict.fromkeys(
                inner
                for index in (row.act, *(each.act for each in row.alternatives))
                for inner in self._act(index).calls
            )
            detours = dict.fromkeys(
                outcome.target.call
                for outcome in self._outcomes(step)
                if outcome.target.kind is TargetKind.DO
            )
            for inner in (*calls, *detours):
                yield from self._inside(inner)
            step = row.next


def _last_key(nodes: Sequence[Station | Fork]) -> str:
    return nodes[-1].key


def _with_time_of(nodes: list[Station | Fork], steps: tuple[int, ...]) -> list[Station | Fork]:
    """The first station takes the time at steps that are opened: waiting for room inside."""
    if nodes:
        first = nodes[0]
        if isinstance(first, Station):
            nodes[0] = replace(first, steps=(*first.steps, *steps))
        else:
            lane = tuple(_with_time_of(list(first.lanes[0]), steps))
            nodes[0] = replace(first, lanes=(lane, *first.lanes[1:]))
    return nodes
