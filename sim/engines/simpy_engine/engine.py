"""The reference engine: one replication of a plan, with SimPy.

`run` sets up a `World` (clock, luck, teams, lines, arrivals), lets the clock run to the end of the horizon
and gives the facts. Here are the beginnings and ends of cases; what they do between stands in `flow`, how
work is dispatched in `teams`.
"""

from __future__ import annotations

import gc
import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sim.calendars import FOREVER
from sim.engines.common import act_of_other_work
from sim.engines.simpy_engine import flow
from sim.engines.simpy_engine.arrivals import arrivals
from sim.engines.simpy_engine.case import Case, Token
from sim.engines.simpy_engine.clock import ARRIVALS, PATIENCE, Clock, dispatch_key, item_key
from sim.engines.simpy_engine.luck import Luck
from sim.engines.simpy_engine.recorder import Recorder
from sim.engines.simpy_engine.rooms import Line
from sim.engines.simpy_engine.teams import Batch, Dispatching, Team, Work
from sim.errors import EngineError
from sim.plan.arrays import NONE, ActRow, ArrivalKind, Need, Plan, TargetKind
from sim.randomness import Purpose
from sim.records import Event, Facts

_NEW_OBJECTS = 50_000
"""After so many more, garbage is looked for; Python would look after every 700."""


def run(plan: Plan, *, seed: int, replication: int, keep_log: bool = False) -> Facts:
    """One replication. Raises EngineError if the run cannot go on; what was simulated is in its message."""
    with collecting_seldom():
        world = World(plan, seed, replication, keep_log)
        world.clock.run_to(plan.end)
        world.close()
        return world.facts


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Meanwhile garbage is looked for less often: every time all open cases are walked through.

    A run whose queue grows to its limit of 100,000 cases spent 3.8 of 10.3 s on it, and spends 1.1 of 7.3.
    """
    often = gc.get_threshold()
    gc.set_threshold(max(often[0], _NEW_OBJECTS) if often[0] else 0, *often[1:])  # 0: not at all, as before
    try:
        yield
    finally:
        gc.set_threshold(*often)


class World(Dispatching):
    """One replication in progress."""

    def __init__(self, plan: Plan, seed: int, replication: int, keep_log: bool) -> None:
        self.plan = plan
        self.clock = Clock()
        self.luck = Luck(plan, seed, replication)
        self.facts = Facts(replication, seed, plan.end)
        self.recorder = Recorder(self.clock, plan, self.facts, keep_log)
        self.business = plan.calendars[plan.business]
        self.batches: dict[tuple[str, tuple[Need, ...]], Batch] = {}
        self.goes_on = False  # something more would happen after the end of the run
        self._rank = 0
        self.flow_inside: dict[int, int] = {}
        self.flow_lines = self._lines_for_flows()
        self.pool_free: dict[int, list[int]] = {}
        self.pool_lines = self._lines_for_pools()
        self.owned: dict[int, list[int]] = {}
        self.owner_lines = self._lines_for_owners()
        self.teams = [Team(self, i, row, self._next_rank()) for i, row in enumerate(plan.teams)]
        self.other_acts: dict[int, ActRow] = {}
        for index, source in enumerate(plan.sources):
            if source.kind is not ArrivalKind.NONE:
                self.clock.process(arrivals(self, index, source))
        self.sources = {source.name: index for index, source in enumerate(plan.sources)}

    def _next_rank(self) -> int:
        self._rank += 1
        return self._rank

    # -- lines: limits of flows, pools, owners

    def _lines_for_flows(self) -> dict[int, Line]:
        return {
            index: Line(
                self.clock,
                self._next_rank(),
                f"flow {row.name}",
                partial(self._has_room_in_flow, index),
                partial(self._let_into_flow, index),
            )
            for index, row in enumerate(self.plan.flows)
            if row.limit != NONE
        }

    def _lines_for_pools(self) -> dict[int, Line]:
        lines = {}
        for index, row in enumerate(self.plan.environments):
            if row.pool:
                self.pool_free[index] = list(range(row.pool))
                lines[index] = Line(
                    self.clock,
                    self._next_rank(),
                    f"pool {row.name}",
                    partial(self._has_free_unit, index),
                    partial(self._let_hold, index),
                    is_equal=False,  # a branch needs no second one of what its case holds
                )
        return lines

    def _lines_for_owners(self) -> dict[int, Line]:
        lines = {}
        for index, row in enumerate(self.plan.teams):
            if row.owns:
                self.owned[index] = [0] * row.max_size
                lines[index] = line = Line(
                    self.clock,
                    self._next_rank(),
                    f"owners {row.name}",
                    partial(self._has_owner_free, index),
                    partial(self._own, index),
                )
                for instant in row.size_changes:
                    self.clock.call(instant, dispatch_key(line.rank), line.name, line.changed)
        return lines

    def _next_owner(self, team: int) -> int:
        """The member with fewer than `owns` open cases who has fewest, then the lowest."""
        size = self.teams[team].size(int(self.clock.now))
        counts = self.owned[team][:size]
        least = min(counts, default=self.plan.teams[team].owns)
        return counts.index(least) if least < self.plan.teams[team].owns else NONE

    def _own(self, team: int, token: Token) -> None:
        token.case.owner = self._next_owner(team)
        self.owned[team][token.case.owner] += 1

    def _has_owner_free(self, team: int, token: Token) -> bool:
        return self._next_owner(team) != NONE

    def _has_room_in_flow(self, flow_index: int, token: Token) -> bool:
        return self.flow_inside.get(flow_index, 0) < self.plan.flows[flow_index].limit

    def _let_into_flow(self, flow_index: int, token: Token) -> None:
        self.claim(token, flow_index)

    def _has_free_unit(self, environment: int, token: Token) -> bool:
        return environment in token.case.held or bool(self.pool_free[environment])

    def _let_hold(self, environment: int, token: Token) -> None:
        if environment not in token.case.held:
            self.hold(token, environment)

    def claim(self, token: Token, flow_index: int) -> None:
        """The token is inside the flow from now on."""
        self.flow_inside[flow_index] = self.flow_inside.get(flow_index, 0) + 1
        token.rooms.append((flow_index, self.recorder.enter_flow(token, flow_index)))

    def leave_room(self, token: Token, outcome: str) -> None:
        """The token leaves the flow it entered last."""
        flow_index, row = token.rooms.pop()
        self.flow_inside[flow_index] -= 1
        self.recorder.leave_flow(row, outcome)
        if flow_index in self.flow_lines:
            self.flow_lines[flow_index].changed()

    # -- environments

    def hold(self, token: Token, environment: int) -> None:
        free = self.pool_free.get(environment)
        token.case.held[environment] = heapq.heappop(free) if free is not None else 0
        token.case.held_since[environment] = now = int(self.clock.now)
        token.case.holders[environment] = token
        # Its price may ask for traits: they are settled here, so that the case's row can tell them.
        self.luck.settle(self.plan.environments[environment].cost, now, token.case)

    def give_back(self, case: Case, environment: int) -> None:
        """The case needs it no longer; it lingers, and then is free for others."""
        if environment not in case.held:
            return
        unit, row = case.held.pop(environment), self.plan.environments[environment]
        now = int(self.clock.now)
        free_at = now if row.lingers == NONE else now + self.luck.ticks(row.lingers, now, case)
        self.recorder.hold(case, environment, unit, case.held_since.pop(environment), free_at)
        self.recorder.log(case, Event.RELEASE, info=row.name)
        if environment in self.pool_lines:
            key = dispatch_key(self.pool_lines[environment].rank)
            self.clock.call(free_at, key, row.name, lambda: self._free_unit(environment, unit))

    def _free_unit(self, environment: int, unit: int) -> None:
        heapq.heappush(self.pool_free[environment], unit)
        self.pool_lines[environment].changed()

    # -- cases

    def arrive(
        self,
        source: int,
        number: int,
        generation: int,
        type_index: int,
        given: dict[int, float] | None = None,
    ) -> None:
        """A case arrives and runs on as far as it goes."""
        row = self.plan.sources[source]
        now = int(self.clock.now)
        case_type = self.plan.case_types[type_index]
        case = Case(source, row.name, number, generation, type_index, case_type, now)
        case.traits.update(given or {})
        if case_type.due != NONE:
            case.due = self.business.add(now, self.luck.ticks(case_type.due, now, case))
        self.recorder.open_case(case)
        case.new_token()
        self.recorder.log(case, Event.ARRIVE)
        if case_type.patience is not None:
            luck = self.luck.draw(case, "", 0, Purpose.CASE_PATIENCE)
            case.patience_left = self.luck.ticks(case_type.patience.waiting, now, case, luck)
            self._run_patience(case)
        entry = row.start_steps if generation == 0 else ()
        self.clock.start(flow.live(self, case, entry))

    def other_work(self, source: int, number: int) -> None:
        """One piece of everybody else's work for a team."""
        row = self.plan.sources[source]
        now = int(self.clock.now)
        act = self.other_acts.get(source) or self._other_act(source)
        case = Case(source, row.name, number, 0, NONE, None, now)
        self.recorder.log(case, Event.ARRIVE)
        luck = self.luck.draw(case, act.path, 1, Purpose.WORK)
        ms = self.luck.ticks(row.work, now, case, luck)
        self.recorder.log(case, Event.ENQUEUE, path=act.path, visit=1, team=self.plan.teams[row.team].name)
        self.join_queues(Work(self, Token(case, 0), act, NONE, 1, ms, ms, now, None))

    def _other_act(self, source: int) -> ActRow:
        act = self.other_acts[source] = act_of_other_work(self.plan, self.plan.sources[source])
        return act

    def value_of(self, case: Case) -> float:
        """Money per month; drawn once per case."""
        if case.type is None or case.type.value == NONE:
            return 0.0
        if case.value is None:
            luck = self.luck.draw(case, "", 0, Purpose.VALUE)
            case.value = self.luck.read(case.type.value, int(self.clock.now), case, luck)
        return case.value

    def reach(self, token: Token, step: int, visit: int, milestone: str) -> None:
        case = token.case
        case.milestones.setdefault(milestone, int(self.clock.now))
        self.recorder.log(
            case,
            Event.MILESTONE,
            token=token.number,
            path=self.plan.steps[step].path,
            visit=visit,
            info=milestone,
        )
        assert case.type is not None
        if case.type.patience is not None and case.type.patience.until == milestone:
            self._stop_patience(case)
            case.patience_left = NONE

    def end_with_successor(self, token: Token, step: int, visit: int, act: ActRow) -> None:
        """An `end`: the case is over, and perhaps its successor begins."""
        case, successor = token.case, act.successor
        self.recorder.complete_step(token, step)
        self.end_case(case, act.name, by_patience=False)
        if successor is None:
            return
        now = int(self.clock.now)
        u, _ = self.luck.draw(case, act.path, visit, Purpose.OUTCOME)
        if successor.p != NONE and u >= self.luck.read(successor.p, now, case):
            return
        at = now
        if successor.after != NONE:
            ms = self.luck.ticks(
                successor.after, now, case, self.luck.draw(case, act.path, visit, Purpose.WAIT)
            )
            calendar = successor.after_calendar
            at = now + ms if calendar == NONE else self.plan.calendars[calendar].add(now, ms)
        self._plan_successor(case, successor.case_type, at)

    def _plan_successor(self, case: Case, case_type: int, at: int) -> None:
        """The successor has the same source and number and the next generation."""
        if at >= self.plan.end:
            self.goes_on = self.goes_on or at < FOREVER
            return
        key = item_key(ARRIVALS, case.source, case.number, case.generation + 1, -1)
        self.clock.call(
            at,
            key,
            case.source_name,
            lambda: self.arrive(case.source, case.number, case.generation + 1, case_type),
        )

    def end_case(self, case: Case, outcome: str, by_patience: bool) -> None:
        """The case is over at this instant: its other tokens are cancelled, what it held is free."""
        now = int(self.clock.now)
        case.is_over = True
        self._stop_patience(case)
        for token in [case.tokens[number] for number in sorted(case.tokens)]:
            self._cancel(token)
        while case.tokens:
            _, token = case.tokens.popitem()
            self.recorder.end_span(token)
            while token.rooms:
                self.leave_room(token, outcome)
        for environment in sorted(case.held):
            self.give_back(case, environment)
        assert case.type is not None
        if case.owner != NONE:
            self.owned[case.type.owner_team][case.owner] -= 1
            self.owner_lines[case.type.owner_team].changed()
        self.value_of(case)
        self.recorder.log(case, Event.LEAVE, info=outcome)
        self.recorder.close_case(case, now, outcome, by_patience)
        if case.type.population:
            self._plan_successor(case, case.type_index, now)

    def _cancel(self, token: Token) -> None:
        if token.standing is not None:
            token.standing.withdraw()
            token.standing = None
            self.recorder.log(token.case, Event.CANCEL, token=token.number)

    # -- patience of a case

    def begun(self, case: Case, change: int) -> None:
        """A token of the case begins (+1) or finishes (−1) work: its patience stops and goes on."""
        if case.type is None:
            return
        was_working = case.n_begun > 0
        case.n_begun += change
        if case.n_begun > 0 and not was_working:
            self._stop_patience(case)
        elif case.n_begun == 0 and was_working:
            self._run_patience(case)

    def _run_patience(self, case: Case) -> None:
        if case.patience_left == NONE or case.is_over:
            return
        case.patience_since = int(self.clock.now)
        at = self.business.add(case.patience_since, case.patience_left)
        case.patience_item = self.clock.call(
            at, case.key(PATIENCE), case.source_name, lambda: self._lose_patience(case)
        )

    def _stop_patience(self, case: Case) -> None:
        if case.patience_item is None:
            return
        case.patience_item.call_off()
        case.patience_item = None
        case.patience_left -= self.business.open_between(case.patience_since, int(self.clock.now))

    def _lose_patience(self, case: Case) -> None:
        assert case.type is not None and case.type.patience is not None
        target = case.type.patience.target
        case.patience_item, case.patience_left = None, NONE
        self.recorder.log(case, Event.DROP)
        if target.kind is not TargetKind.GO_TO:
            outcome = "done" if target.kind is TargetKind.DONE else target.name or "abandoned"
            self.end_case(case, outcome, by_patience=True)
            return
        for number in sorted(case.tokens):
            token = case.tokens[number]
            self._cancel(token)
            self.recorder.end_span(token)
            while len(token.rooms) > (1 if number == 0 else 0):
                self.leave_room(token, "abandoned")
        case.tokens = {0: case.tokens[0]}
        self.clock.start(flow.resume_at(self, case, target.step))

    # -- the end of the run

    def close(self) -> None:
        """The horizon is reached: cut what is going on, and say so if nothing could go on."""
        if self.recorder.open_cases and not self.goes_on and self.clock.is_at_rest():
            raise EngineError(self._describe_standstill())
        now = self.plan.end
        self.clock._now = now
        for team in self.teams:
            for stretch in list(team.running):
                stretch.free_people(stretch.works[0], complete=False)
                for other in self.teams:
                    other.running.pop(stretch, None)
        for case in list(self.recorder.open_cases.values()):
            for token in case.tokens.values():
                self.recorder.end_span(token)
            for environment, unit in case.held.items():
                self.recorder.hold(case, environment, unit, case.held_since[environment], now)
            self.value_of(case)
            self.recorder.close_case(case, NONE, "", False)

    def _describe_standstill(self) -> str:
        lines = [
            f"nothing can happen any more at {int(self.clock.now):,} ms, but cases are open:",
            *(
                f"  {case.source_name} {case.number}: token {token.number} {_standing_of(token)}"
                for case in list(self.recorder.open_cases.values())[:10]
                for token in case.tokens.values()
                if token.standing is not None
            ),
        ]
        return "\n".join(lines)

    def give_up(self) -> None:
        """Too many open cases: name the team behind which they stand."""
        longest = max(self.teams, key=lambda team: len(team.queue))
        days = int(self.clock.now) / 86_400_000
        raise EngineError(
            f"the run was ended after {days:,.0f} days and {len(self.facts.cases):,} cases: "
            f"{len(self.recorder.open_cases):,} cases were open, {len(longest.queue):,} of them in the queue "
            f"of team {longest.row.name}. It gets more work than it can do."
        )


def _standing_of(token: Token) -> str:
    standing = token.standing
    if isinstance(standing, Work):
        return f"waits at {standing.act.path}"
    return "waits for room, an owner or an environment"


__all__ = ["run"]
