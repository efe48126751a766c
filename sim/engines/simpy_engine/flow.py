"""What a token does: the life of a case, step by step, one generator per token.

Read from `live` downwards. Every `yield` is a place where a token stands; between two of them it runs on
within one item of the instant. A token that is cancelled is simply never resumed.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simpy

from sim.engines.simpy_engine.case import Case, Token
from sim.engines.simpy_engine.clock import ENDS, PATIENCE, Item
from sim.engines.simpy_engine.rooms import GAVE_UP, Line
from sim.engines.simpy_engine.teams import DROPPED, Work
from sim.plan.arrays import NONE, ActKind, ActRow, Alternative, CallRow, OutcomeRow, Target, TargetKind
from sim.randomness import Purpose, to_ticks
from sim.records import Event, SpanState

if TYPE_CHECKING:
    from sim.engines.simpy_engine.engine import World

Doing = Generator[simpy.Event, Any, Target]
Deed = Generator[simpy.Event, Any, Target | str]
Walking = Generator[simpy.Event, Any, str]

NEXT = Target(TargetKind.NEXT)
DONE = ""


class CaseIsOver(Exception):
    """Unwinds a token whose case has ended."""


@dataclass(slots=True, eq=False)
class Join:
    """Where the branches of a fork meet."""

    event: simpy.Event
    n_left: int


@dataclass(slots=True, eq=False)
class TimedWait:
    """A token in a wait of known end."""

    item: Item

    def withdraw(self) -> None:
        self.item.call_off()


def live(world: World, case: Case, entry: tuple[int, ...] = ()) -> Generator[simpy.Event, Any, None]:
    """A case from its arrival to its end."""
    root = case.tokens[0]
    assert case.type is not None
    call = world.plan.calls[case.type.call]
    try:
        if entry:
            _stand_at(world, root, call, entry)
        else:
            target = yield from _find_room(world, root, call, NONE, None, 0)
            if target is not None:
                world.end_case(case, target.name, by_patience=False)
                return
        yield from _find_owner(world, root)
        outcome = yield from walk(world, root, call, entry)
    except CaseIsOver:
        return
    world.end_case(case, outcome or "done", by_patience=False)


def _stand_at(world: World, root: Token, call: CallRow, entry: tuple[int, ...]) -> None:
    """A case that is there from the beginning is inside every flow around its step, full or not."""
    world.claim(root, call.flow)
    for step in entry[:-1]:
        act = world.plan.acts[world.plan.steps[step].act]
        world.claim(root, world.plan.calls[act.calls[0]].flow)


def resume_at(world: World, case: Case, step: int) -> Generator[simpy.Event, Any, None]:
    """A case whose patience sent it to a step of its own flow."""
    assert case.type is not None
    root, call = case.tokens[0], world.plan.calls[case.type.call]
    try:
        if not root.rooms:
            yield from _find_room(world, root, call, NONE, None, 0)
        if case.owner == NONE:
            yield from _find_owner(world, root)
        world.recorder.send_back(case, step)
        outcome = yield from walk(world, root, call, (), step)
    except CaseIsOver:
        return
    world.end_case(case, outcome or "done", by_patience=False)


def _find_owner(world: World, root: Token) -> Generator[simpy.Event, Any, None]:
    assert root.case.type is not None
    team = root.case.type.owner_team
    if team == NONE:
        return
    yield from _stand_in_line(world, world.owner_lines[team], root, NONE, None, 0)
    row = world.plan.teams[team]
    world.recorder.log(root.case, Event.OWN, team=row.name, member=root.case.owner + 1)


def walk(
    world: World, token: Token, call: CallRow, entry: tuple[int, ...] = (), first: int = NONE
) -> Walking:
    """Through the steps of a flow; gives the outcome it left with, '' for its normal end."""
    step = entry[0] if entry else (call.first if first == NONE else first)
    while step != NONE:
        target = yield from visit_step(world, token, step, entry)
        entry = ()
        if target.kind is TargetKind.NEXT:
            step = world.plan.steps[step].next
        elif target.kind is TargetKind.GO_TO:
            step = target.step
            world.recorder.send_back(token.case, step)
        elif target.kind is TargetKind.END:
            world.end_case(token.case, target.name, by_patience=False)
            raise CaseIsOver
        else:
            return target.name
    return ""


def visit_step(world: World, token: Token, step: int, entry: tuple[int, ...] = ()) -> Doing:
    """One step, with its detours; gives where the token goes next."""
    row, case = world.plan.steps[step], token.case
    while True:
        is_around = len(entry) > 1  # a case that is there from the beginning stands further in
        now = int(world.clock.now)
        if not is_around and not world.luck.holds(row.when, case, now):
            return NEXT
        alternative = None if is_around else _alternative(world, row.alternatives, case, now)
        act = world.plan.acts[row.act if alternative is None else alternative.act]
        if act.kind is ActKind.SKIP:
            return NEXT
        visit = _enter(world, token, step, act)
        done = yield from do_act(world, token, step, visit, act, entry)
        gives_back = act.gives_back
        is_done = isinstance(done, str)
        if alternative is not None and is_done and _falls_back(world, case, act, alternative, visit):
            act = world.plan.acts[row.act]
            gives_back = tuple(dict.fromkeys((*gives_back, *act.gives_back)))
            _log(world, token, step, visit, Event.OUTCOME, info="falls_back")
            done = yield from do_act(world, token, step, visit, act, ())
        if isinstance(done, Target):
            return done
        target = complete(world, token, step, visit, act, done, gives_back)
        if target.kind is not TargetKind.DO:
            return target
        entry = ()
        turned = yield from detour(world, token, step, world.plan.calls[target.call])
        if turned is not None:
            return turned


def detour(
    world: World, token: Token, step: int, call: CallRow
) -> Generator[simpy.Event, Any, Target | None]:
    """Through a flow, and then back to the step; who finds it full goes where `when_full` says."""
    target = yield from _find_room(world, token, call, step, None, 0)
    if target is None:
        outcome = yield from walk(world, token, call)
        world.leave_room(token, outcome or "done")
    return target


def _alternative(
    world: World, alternatives: tuple[Alternative, ...], case: Case, now: int
) -> Alternative | None:
    return next((a for a in alternatives if world.luck.holds(a.when, case, now)), None)


def _falls_back(world: World, case: Case, act: ActRow, alternative: Alternative, visit: int) -> bool:
    if alternative.falls_back == NONE:
        return False
    u, _ = world.luck.draw(case, act.path, visit, Purpose.FALL_BACK)
    return u < world.luck.read(alternative.falls_back, int(world.clock.now), case)


def _enter(world: World, token: Token, step: int, act: ActRow) -> int:
    case = token.case
    world.clock.pass_through(case.order, act.path)
    visit = case.visits[step] = case.visits.get(step, 0) + 1
    world.recorder.enter_step(token, step, visit)
    _log(world, token, step, visit, Event.ENTER, info=act.alternative)
    return visit


def complete(
    world: World, token: Token, step: int, visit: int, act: ActRow, left: str, gives_back: tuple[int, ...]
) -> Target:
    """A step is done (a flow step with the outcome `left`): give back what it gives back, and go on."""
    case = token.case
    case.completed.add(step)
    world.recorder.complete_step(token, step)
    for environment in gives_back:
        world.give_back(case, environment)
    if not act.outcomes:
        return NEXT
    if act.kind is not ActKind.FLOW and all(row.p != NONE for row in act.outcomes):
        return NEXT  # done in place of a flow, it leaves under none of that flow's names
    if act.kind is ActKind.FLOW:
        outcome = _route(act.outcomes, left)
        return NEXT if outcome is None else _take(world, token, step, visit, outcome)
    return _take(world, token, step, visit, _draw_outcome(world, case, step, visit, act))


def _route(outcomes: tuple[OutcomeRow, ...], left: str) -> OutcomeRow | None:
    """The outcome that has the name a flow left with; the rest is for its normal end."""
    return next((row for row in outcomes if (row.name == left if left else row.p == NONE)), None)


def _draw_outcome(world: World, case: Case, step: int, visit: int, act: ActRow) -> OutcomeRow:
    shares = [_share(world, case, step, outcome) for outcome in act.outcomes]
    if len(shares) == 1:
        return act.outcomes[0]
    u, _ = world.luck.draw(case, act.outcome_path, visit, Purpose.OUTCOME)
    return act.outcomes[world.luck.choose(shares, u)]


def _share(world: World, case: Case, step: int, outcome: OutcomeRow) -> float | None:
    """The probability of an outcome now, after how often this case has taken it here."""
    if outcome.p == NONE:
        return None
    times = case.taken.get((step, outcome.name), 0)
    if outcome.at_most != NONE and times >= outcome.at_most:
        return 0.0
    return world.luck.read(outcome.p, int(world.clock.now), case) * outcome.weaken**times


def _take(world: World, token: Token, step: int, visit: int, outcome: OutcomeRow) -> Target:
    case = token.case
    case.taken[step, outcome.name] = case.taken.get((step, outcome.name), 0) + 1
    if outcome.name:
        _log(world, token, step, visit, Event.OUTCOME, info=outcome.name)
    return outcome.target


# -- what is done at a step; each gives "" when it is done (a flow: the name it left with), or where
# -- impatience leads


def do_act(world: World, token: Token, step: int, visit: int, act: ActRow, entry: tuple[int, ...]) -> Deed:
    if act.takes:
        target = yield from take_environments(world, token, step, visit, act)
        if target is not None:
            return target
    if act.kind is ActKind.WORK:
        return (yield from do_work(world, token, step, visit, act))
    if act.kind in (ActKind.WAIT, ActKind.UNTIL):
        return (yield from wait(world, token, step, visit, act))
    if act.kind is ActKind.FLOW:
        return (yield from do_flow(world, token, step, visit, act, entry[1:]))
    if act.kind is ActKind.FORK:
        return (yield from fork(world, token, step, visit, act))
    if act.kind is ActKind.MILESTONE:
        world.reach(token, step, visit, act.name)
        return DONE
    world.end_with_successor(token, step, visit, act)
    raise CaseIsOver


def do_work(world: World, token: Token, step: int, visit: int, act: ActRow) -> Deed:
    """Into the queue of a team, and out when the work is complete."""
    ms = draw_work(world, token.case, visit, act)
    work = Work(world, token, act, step, visit, ms, ms, int(world.clock.now), world.clock.event())
    _log(world, token, step, visit, Event.ENQUEUE, team=world.plan.teams[act.needs[0].team].name)
    token.standing = work
    world.join_queues(work)
    world.account_queue(work)
    world.wait_with_patience(work)
    assert work.over is not None
    verdict = yield work.over
    token.standing = None
    return _impatient(world, token, act) if verdict is DROPPED else DONE


def draw_work(world: World, case: Case, visit: int, act: ActRow) -> int:
    """How much work this visit is [ms]."""
    now = int(world.clock.now)
    luck = world.luck.draw(case, act.path, visit, Purpose.WORK)
    if visit == 1 or (act.work_again == NONE and act.work_again_share == NONE):
        return world.luck.ticks(act.work, now, case, luck)
    if act.work_again != NONE:
        return world.luck.ticks(act.work_again, now, case, luck)
    share = world.luck.read(act.work_again_share, now, case)
    return to_ticks(share * world.luck.read(act.work, now, case, luck))


def _impatient(world: World, token: Token, act: ActRow) -> Target:
    assert act.patience is not None
    target = act.patience.target
    if target.kind is TargetKind.END:
        world.end_case(token.case, target.name, by_patience=True)
        raise CaseIsOver
    return target


def wait(world: World, token: Token, step: int, visit: int, act: ActRow) -> Deed:
    """A wait for something outside, or until a calendar opens."""
    now, case = int(world.clock.now), token.case
    if act.kind is ActKind.UNTIL:
        end, state = world.plan.calendars[act.calendar].next_opening(now), SpanState.DATE
    else:
        luck = world.luck.draw(case, act.path, visit, Purpose.WAIT)
        ms, state = world.luck.ticks(act.wait, now, case, luck), SpanState.OUTSIDE
        end = now + ms if act.calendar == NONE else world.plan.calendars[act.calendar].add(now, ms)
    if end > now:
        world.recorder.begin_span(token, state, step)
        item = world.clock.item(end, token.key(ENDS), act.path)
        token.standing = TimedWait(item)
        yield item
        token.standing = None
        world.recorder.end_span(token)
    _log(world, token, step, visit, Event.COMPLETE, info=act.why)
    return DONE


def do_flow(world: World, token: Token, step: int, visit: int, act: ActRow, entry: tuple[int, ...]) -> Deed:
    """Through another flow; gives the outcome it leaves with."""
    call = world.plan.calls[act.calls[0]]
    if not entry:
        target = yield from _find_room(world, token, call, step, act, visit)
        if target is not None:
            # who is turned away with `leave` has left that flow; any other target is one of this flow
            turned = target is call.when_full and target.kind is TargetKind.LEAVE
            return target.name if turned else target
    outcome = yield from walk(world, token, call, entry)
    world.leave_room(token, outcome or "done")
    _log(world, token, step, visit, Event.COMPLETE, info=outcome)
    return outcome


def _find_room(
    world: World, token: Token, call: CallRow, step: int, act: ActRow | None, visit: int
) -> Generator[simpy.Event, Any, Target | None]:
    """Enter a flow; wait for room if it has a limit. Gives where to go if there was none."""
    line = world.flow_lines.get(call.flow)
    if line is None:
        world.claim(token, call.flow)
        return None
    if call.when_full is not None:
        if line.has_room(token):
            world.claim(token, call.flow)
            return None
        world.recorder.log(token.case, Event.TURNED_AWAY, token=token.number, path=call.path, visit=visit)
        return call.when_full
    return (yield from _stand_in_line(world, line, token, step, act, visit))


def _stand_in_line(
    world: World, line: Line, token: Token, step: int, act: ActRow | None, visit: int
) -> Generator[simpy.Event, Any, Target | None]:
    place = line.join(token)
    token.standing = place
    world.recorder.begin_span(token, SpanState.LIMIT, step)
    if act is not None and act.patience is not None:
        at = world.patience_end(token, act, visit)
        place.patience = world.clock.call(
            at, token.key(PATIENCE), act.path, lambda: _give_up(world, token, step, visit)
        )
    verdict = yield place.entered
    token.standing = None
    world.recorder.end_span(token)
    if verdict is GAVE_UP:
        assert act is not None
        return _impatient(world, token, act)
    return None


def _give_up(world: World, token: Token, step: int, visit: int) -> None:
    place = token.standing
    assert place is not None
    place.withdraw()
    _log(world, token, step, visit, Event.DROP)
    world.clock.happen(place.entered, GAVE_UP)  # type: ignore[attr-defined]


def fork(world: World, token: Token, step: int, visit: int, act: ActRow) -> Deed:
    """Into parallel branches, each a token of its own, and on when the last has come to the join."""
    case = token.case
    join = Join(world.clock.event(), len(act.calls))
    branches = [case.new_token() for _ in act.calls]
    for branch, call in zip(branches, act.calls, strict=True):
        world.clock.start(live_branch(world, branch, world.plan.calls[call], join))
        if case.is_over:
            raise CaseIsOver
    if join.n_left:
        yield join.event
    _log(world, token, step, visit, Event.COMPLETE)
    return DONE


def live_branch(world: World, branch: Token, call: CallRow, join: Join) -> Generator[simpy.Event, Any, None]:
    """A branch of a fork, up to its join."""
    world.claim(branch, call.flow)  # a branch is a flow of one step, which has no limit
    try:
        yield from walk(world, branch, call)
        world.leave_room(branch, "done")
    except CaseIsOver:
        return
    del branch.case.tokens[branch.number]
    join.n_left -= 1
    if join.n_left == 0 and join.event.callbacks:
        world.clock.happen(join.event)


def take_environments(
    world: World, token: Token, step: int, visit: int, act: ActRow
) -> Generator[simpy.Event, Any, Target | None]:
    """Get what the step takes, waiting where a pool is empty."""
    for environment in act.takes:
        if environment in token.case.held:
            continue
        line = world.pool_lines.get(environment)
        if line is None:
            world.hold(token, environment)
        else:
            target = yield from _stand_in_line(world, line, token, step, act, visit)
            if target is not None:
                return target
            if token.case.holders[environment] is not token:
                continue  # another branch of the case got it meanwhile
        name = world.plan.environments[environment].name
        _log(world, token, step, visit, Event.HOLD, info=name)
    return None


def _log(
    world: World, token: Token, step: int, visit: int, event: Event, team: str = "", info: str = ""
) -> None:
    path = "" if step == NONE else world.plan.steps[step].path
    world.recorder.log(token.case, event, token=token.number, path=path, visit=visit, team=team, info=info)
