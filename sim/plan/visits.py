"""Visits: how often a case comes to each step on average, worked out from the plan, without luck.

A case's walk is followed as probability: through a flow with so many returns behind it (`weaken` and
`at_most` make them matter), from the flows called inside outwards. What follows a visit is in proportion to
how probable the visit is, so it is worked out once for each step and state. Nobody gives up and nobody is
turned away here; a case that ends in one branch of a fork is counted as if its other branches had gone on.
Not here: at which steps traces are left (traces), traits (worlds), people and arrivals (offered_load).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.plan.arrays import NONE, ActKind, ActRow, OutcomeRow, Plan, StepRow, Target, TargetKind
from sim.plan.traces import Steps, Traces, is_counted
from sim.plan.worlds import World, chances

NEGLIGIBLE = 1e-6
"""Walks through a flow that are less probable than this are left out; the others stand for them."""
SELDOM = 1e-4
"""How often an outcome was taken is no longer counted where so few cases have taken it that often."""
MAX_MOVES = 100_000

Key = tuple[int, str]  # step, outcome taken there; '' = visited before
State = frozenset[tuple[Key, int]]  # what the walk so far has left behind: how often each key
Shares = dict[State, float]
Exit = tuple[str, str]  # how a flow was left: ('', leave name or '' for its normal end) or ('end', name)

CASE_ENDS = "end"


class GoesRound(ValueError):
    """A case of some world goes round and round."""


@dataclass(slots=True)
class Visit:
    """One visit to a step in one state: expected acts and inner passages, and where it leads."""

    acts: dict[tuple[int, bool], float] = field(default_factory=lambda: defaultdict(float))
    inner: dict[tuple[int, State], float] = field(default_factory=lambda: defaultdict(float))
    ways: dict[tuple[int | Exit, State], float] = field(default_factory=lambda: defaultdict(float))


@dataclass(slots=True)
class Passage:
    """One use of a flow, entered in one state: expected acts and inner passages, and how it is left."""

    acts: dict[tuple[int, bool], float] = field(default_factory=lambda: defaultdict(float))
    inner: dict[tuple[int, State], float] = field(default_factory=lambda: defaultdict(float))
    exits: dict[tuple[Exit, State], float] = field(default_factory=lambda: defaultdict(float))

    def note(self, visit: Visit, share: float) -> None:
        """A visit that comes with this probability."""
        for act, times in visit.acts.items():
            self.acts[act] += share * times
        for inner, times in visit.inner.items():
            self.inner[inner] += share * times


@dataclass(frozen=True, slots=True)
class Visits:
    """Of one case on average: how often each act is done, as (act, is it the first visit)."""

    acts: dict[tuple[int, bool], float]
    ends: dict[str, float]  # how the case ends; by patience is not counted

    def of(self, act: int) -> float:
        return self.acts.get((act, True), 0.0) + self.acts.get((act, False), 0.0)


def expected_visits(plan: Plan, case_type: int, world: World) -> Visits:
    """How often a case of a type, in a world, does each act.

    Raises
    ------
    GoesRound
        It does not come to an end.
    """
    return _Walker(plan, world).all(plan.case_types[case_type].call)


class _Walker:
    """Follows the probability of one case through its flows."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.plan = plan
        self.world = world
        self.traces = Traces(plan)
        self.passages: dict[tuple[int, State], Passage] = {}
        self.visits: dict[tuple[int, State], Visit] = {}
        self.chances: dict[int, float] = {}
        self.done: dict[int, tuple[int, float] | None] = {}
        self.ahead: dict[int, Steps] = {}
        self.moves = 0

    def all(self, call: int) -> Visits:
        self.ahead = self.traces.ahead(call)
        self.passage(call, _UNTOUCHED)
        times = {(call, _UNTOUCHED): 1.0}
        acts: dict[tuple[int, bool], float] = defaultdict(float)
        for key in reversed(self.passages):  # a passage is noted after those inside it
            n, one = times.get(key, 0.0), self.passages[key]
            for act, count in one.acts.items():
                acts[act] += n * count
            for inner, count in one.inner.items():
                times[inner] = times.get(inner, 0.0) + n * count
        ends: dict[str, float] = defaultdict(float)
        for (way, _), share in self.passages[call, _UNTOUCHED].exits.items():
            ends[way[1] or "done"] += share
        return Visits(dict(acts), dict(ends))

    def passage(self, call: int, state: State) -> Passage:
        """Through a flow from its first step on."""
        if (call, state) in self.passages:
            return self.passages[call, state]
        passage = Passage()
        pending: dict[int, Shares] = {self.plan.calls[call].first: {state: 1.0}}
        while pending:
            step = min(pending)  # the first one: what returns to it comes along when it goes on
            shares = pending.pop(step)
            self._count_move(call)
            for following, moved in self._moved(step, shares, passage).items():
                if isinstance(following, tuple):
                    for after, part in moved.items():
                        passage.exits[following, after] += part
                else:
                    _join(pending, following, moved)
        followed = sum(passage.exits.values())
        if followed < 0.5:
            raise GoesRound(f"cases go round in '{self.plan.calls[call].path}' and do not come out")
        for way in passage.exits:
            passage.exits[way] /= followed
        self.passages[call, state] = passage
        return passage

    def _moved(self, step: int, shares: Shares, passage: Passage) -> dict[int | Exit, Shares]:
        """Those at a step by where they go."""
        touched = self.traces.touched(step)
        if not touched:  # all alike
            visit = self._visit(step, _UNTOUCHED)
            passage.note(visit, sum(shares.values()))
            return {
                following: shares if part == 1 else {state: share * part for state, share in shares.items()}
                for (following, _), part in visit.ways.items()
            }
        moved: dict[int | Exit, Shares] = defaultdict(lambda: defaultdict(float))
        for state, share in shares.items():
            near = frozenset(item for item in state if item[0][0] in touched)
            rest = state - near
            visit = self._visit(step, near)
            passage.note(visit, share)
            for (following, left), part in visit.ways.items():
                moved[following][rest | left] += share * part
        return {following: self._that_matters(step, following, left) for following, left in moved.items()}

    def _that_matters(self, step: int, following: int | Exit, shares: Shares) -> Shares:
        """The same, without what walks have left behind at steps that are no longer ahead of them.

        Only of the case's own flow is it known what is ahead: another one may be passed through again.
        """
        if step not in self.ahead:
            return shares
        ahead = self.ahead.get(following, _NOTHING) if isinstance(following, int) else _NOTHING
        if ahead >= self.ahead[step]:
            return shares
        found: Shares = defaultdict(float)
        for state, share in shares.items():
            found[frozenset(item for item in state if item[0][0] in ahead)] += share
        return found

    def _count_move(self, call: int) -> None:
        self.moves += 1
        if self.moves > MAX_MOVES:
            raise GoesRound(
                f"cases go round in '{self.plan.calls[call].path}' more often than can be followed"
            )

    def _follow(self, step: int, target: Target) -> int | Exit:
        """The next step, or how the flow is left."""
        if target.kind is TargetKind.NEXT:
            following = self.plan.steps[step].next
            return ("", "") if following == NONE else following
        if target.kind is TargetKind.GO_TO:
            return target.step
        if target.kind is TargetKind.END:
            return (CASE_ENDS, target.name)
        return ("", target.name)

    # --- a step

    def _visit(self, step: int, state: State) -> Visit:
        """A visit to a step in a state, worked out once."""
        if (step, state) not in self.visits:
            visit = Visit()
            for target, left, part in self._paths(step, state, visit):
                visit.ways[self._follow(step, target), left] += part
            self.visits[step, state] = visit
        return self.visits[step, state]

    def _paths(self, step: int, state: State, visit: Visit) -> Iterator[tuple[Target, State, float]]:
        """Where a visit leads, with which probability; a detour leads back to the step."""
        done = self._done(step)
        if done is None:
            yield _NEXT, state, 1.0
            return
        index, falls_back = done
        is_first = ((step, ""), 1) not in state
        if self.traces.remembers(step):
            state = _with(state, (step, ""), 1)
        ordinary = self.plan.steps[step].act
        for way, left, part in self._do(index, state, 1.0, is_first, visit):
            if way[0] == CASE_ENDS or falls_back < 1:
                stays = part if way[0] == CASE_ENDS else part * (1 - falls_back)
                yield from self._turn_out(step, index, way, left, stays, visit)
            if way[0] != CASE_ENDS and falls_back > 0:
                for again, after, rest in self._do(ordinary, left, part * falls_back, is_first, visit):
                    yield from self._turn_out(step, ordinary, again, after, rest, visit)

    def _done(self, step: int) -> tuple[int, float] | None:
        """The act that is done at a step, and how probably the ordinary one too; None: it is passed by."""
        if step not in self.done:
            self.done[step] = self._chosen(self.plan.steps[step])
        return self.done[step]

    def _chosen(self, row: StepRow) -> tuple[int, float] | None:
        if not self.world.holds(row.when):
            return None
        alternative = next((one for one in row.alternatives if self.world.holds(one.when)), None)
        index = row.act if alternative is None else alternative.act
        if self.plan.acts[index].kind is ActKind.SKIP:
            return None
        if alternative is None or alternative.falls_back == NONE:
            return index, 0.0
        return index, self.world.mean(alternative.falls_back)

    def _do(
        self, index: int, state: State, share: float, is_first: bool, visit: Visit
    ) -> Iterator[tuple[Exit, State, float]]:
        """What is done, and how it ends: ('', '') done, a flow by the name it was left with, or the case."""
        act = self.plan.acts[index]
        visit.acts[index, is_first] += share
        if act.kind is ActKind.END:
            yield (CASE_ENDS, act.name), state, share
        elif act.kind is ActKind.FLOW:
            yield from self._through(act.calls[0], state, share, visit)
        elif act.kind is ActKind.FORK:
            yield from self._fork(act, state, share, visit)
        else:
            yield _DONE, state, share

    def _fork(
        self, act: ActRow, state: State, share: float, visit: Visit
    ) -> Iterator[tuple[Exit, State, float]]:
        """Through all branches; what each leaves behind is independent of the others."""
        ways: dict[tuple[Exit, State], float] = {(_DONE, state): share}
        for call in act.calls:
            found: dict[tuple[Exit, State], float] = defaultdict(float)
            for (first, before), part in ways.items():
                for way, left, rest in self._through(call, before, part, visit):
                    over = first if first[0] == CASE_ENDS else way if way[0] == CASE_ENDS else _DONE
                    found[over, left] += rest
            ways = found
        for (way, left), part in ways.items():
            yield way, left, part

    def _through(
        self, call: int, state: State, share: float, visit: Visit
    ) -> Iterator[tuple[Exit, State, float]]:
        """A passage inside this one."""
        steps = self.traces.inside(call)
        inner = frozenset(item for item in state if item[0][0] in steps)
        outer = state - inner
        visit.inner[call, inner] += share
        for (way, left), part in self.passage(call, inner).exits.items():
            yield way, outer | left, share * part

    # --- outcomes

    def _turn_out(
        self, step: int, index: int, way: Exit, state: State, share: float, visit: Visit
    ) -> Iterator[tuple[Target, State, float]]:
        """Where one goes from what was done."""
        if way[0] == CASE_ENDS:
            yield Target(TargetKind.END, name=way[1]), state, share
            return
        act = self.plan.acts[index]
        if act.kind is ActKind.FLOW:
            routed = next((o for o in act.outcomes if (o.name == way[1] if way[1] else o.p == NONE)), None)
            yield (_NEXT if routed is None else routed.target), state, share
            return
        if all(outcome.p != NONE for outcome in act.outcomes):  # none, or names of a flow that was not run
            yield _NEXT, state, share
            return
        counts = {key[1]: count for key, count in state if key[0] == step}
        shares = [self._share(outcome, counts.get(outcome.name, 0)) for outcome in act.outcomes]
        for outcome, chance in zip(act.outcomes, chances(shares), strict=True):
            if chance <= 0:
                continue
            left = state
            if is_counted(outcome):
                left = self._noted(state, step, outcome, counts.get(outcome.name, 0))
            if outcome.target.kind is TargetKind.DO:
                yield from self._detour(step, outcome.target.call, left, share * chance, visit)
            else:
                yield outcome.target, left, share * chance

    def _share(self, outcome: OutcomeRow, times: int) -> float | None:
        if outcome.p == NONE:
            return None
        if outcome.at_most != NONE and times >= outcome.at_most:
            return 0.0
        if outcome.p not in self.chances:
            self.chances[outcome.p] = self.world.mean(outcome.p)
        return self.chances[outcome.p] * outcome.weaken**times

    def _noted(self, state: State, step: int, outcome: OutcomeRow, times: int) -> State:
        """One time more; no longer counted where it makes no difference."""
        reached = 1.0
        for before in range(times + 1):
            reached *= self._share(outcome, before) or 0.0
        if outcome.p != NONE and reached < SELDOM and times > 0:
            return state
        return _with(state, (step, outcome.name), times + 1)

    def _detour(
        self, step: int, call: int, state: State, share: float, visit: Visit
    ) -> Iterator[tuple[Target, State, float]]:
        for (kind, name), left, part in self._through(call, state, share, visit):
            back = Target(TargetKind.GO_TO, step=step)
            yield (Target(TargetKind.END, name=name) if kind == CASE_ENDS else back), left, part


_UNTOUCHED: State = frozenset()
_NOTHING: Steps = frozenset()
_NEXT = Target(TargetKind.NEXT)
_DONE: Exit = ("", "")


def _join(pending: dict[int, Shares], step: int, moved: Shares) -> None:
    """More walks come to a step, but for what can be left out."""
    for state, part in moved.items():
        if part >= NEGLIGIBLE:
            shares = pending.setdefault(step, {})
            shares[state] = shares.get(state, 0.0) + part


def _with(state: State, key: Key, count: int) -> State:
    return frozenset((*(item for item in state if item[0] != key), (key, count)))
