"""Teams: resources with one queue each, whose dispatch starts what can start.

A class of its own on SimPy events, because `simpy.Resource` grants at once, cannot take all or none, and
cannot pass over who cannot start. All work of a team stands in one queue: pooled work, personal work of
owners, batches, and appointments, which stand in the queue of each team they need.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import simpy

from sim.calendars import FOREVER
from sim.engines.common import MAX_QUEUE
from sim.engines.simpy_engine.case import Case, Token
from sim.engines.simpy_engine.clock import ENDS, PATIENCE, Item, dispatch_key
from sim.plan.arrays import NONE, ActRow, Closing, Need, Order, TeamRow
from sim.randomness import Purpose
from sim.records import AccountClass, Event, SpanState, WorkRow

if TYPE_CHECKING:
    from sim.calendars import Calendar
    from sim.engines.simpy_engine.clock import Clock
    from sim.engines.simpy_engine.luck import Luck
    from sim.engines.simpy_engine.recorder import Recorder
    from sim.plan.arrays import Plan

QueueKey = tuple[int, float, int, tuple[int, int, int], int]

DONE, DROPPED = "done", "dropped"


@dataclass(slots=True, eq=False)
class Member:
    """One person of a team, numbered from 0."""

    number: int
    is_free: bool = True
    last_case: Case | None = None


@dataclass(slots=True, eq=False)
class Batch:
    """The works that wait for each other at one step as defined."""

    act: ActRow
    waiting: list[Work] = field(default_factory=list)
    n_started: int = 0
    was_ready: bool = False


@dataclass(slots=True, eq=False)
class Work:
    """Work of one token at one step: in the queue, or begun."""

    world: Dispatching
    token: Token
    act: ActRow
    step: int
    visit: int
    ms: int  # the drawn work
    left: int
    enqueued: int
    over: simpy.Event | None  # happens with DONE or DROPPED; other work has nobody who waits for it
    batch: Batch | None = None
    person: Member | None = None  # who goes on with it after a pause
    patience: Item | None = None
    stretch: Stretch | None = None

    is_joint: bool = field(init=False)  # an appointment of several people

    def __post_init__(self) -> None:
        self.is_joint = sum(need.n for need in self.act.needs) > 1

    def withdraw(self) -> None:
        """The token is taken out of the queue, or its work is broken off."""
        if self.stretch is not None:
            self.stretch.lose(self)
        else:
            self.world.leave_queues(self)


@dataclass(slots=True, eq=False)
class Stretch:
    """Work in progress, from a start to its completion, pause or breaking off."""

    world: Dispatching
    works: list[Work]  # the leader first; more than one in a batch
    people: list[tuple[Team, Member]]
    begin: int
    calendar: int
    switching: int
    ms: int
    occupied: int
    number: int  # of the batch, else 0
    end: Item | None = None

    def lose(self, work: Work) -> None:
        """One of its cases is over; a batch goes on for the others, anything else is broken off."""
        self.works.remove(work)
        work.stretch = None
        if not self.works:
            assert self.end is not None
            self.end.call_off()
            self.free_people(work, complete=False)

    def free_people(self, leader: Work, complete: bool) -> None:
        now = int(self.world.clock.now)
        case = leader.token.case
        for team, member in self.people:
            self.world.recorder.work(
                WorkRow(
                    case.index,
                    leader.step,
                    team.index,
                    member.number,
                    self.begin,
                    now,
                    self.calendar,
                    account_class(leader),
                    self.switching,
                    self.ms,
                    self.occupied,
                    complete,
                )
            )
            member.is_free = True
            member.last_case = case
            team.n_free += 1
            team.running.pop(self, None)
            team.changed()


def account_class(work: Work) -> int:
    if work.step in work.token.case.completed:
        return AccountClass.REWORK
    return work.act.account_class


def path_of(plan: Plan, work: Work) -> str:
    """The path of the step that this is the work of; other work has none but its source's name."""
    return work.act.path if work.step == NONE else plan.steps[work.step].path


class Team:
    """A team: its members, its queue, its dispatch."""

    def __init__(self, world: Dispatching, index: int, row: TeamRow, rank: int) -> None:
        self.world = world
        self.index = index
        self.row = row
        self.rank = rank
        self.calendar: Calendar = world.plan.calendars[row.calendar]
        self.members = [Member(number) for number in range(0 if row.unlimited else row.max_size)]
        self.n_free = len(self.members)
        self.queue: list[tuple[QueueKey, Work]] = []
        self.running: dict[Stretch, None] = {}  # in order of start
        self.kept_for: Work | None = None  # an appointment that waits for others
        self.is_pending = False
        self.wakes_at = NONE
        for instant in row.size_changes:
            world.clock.call(instant, dispatch_key(rank), row.name, self._dispatch_at_change)

    # -- what makes its dispatch pending

    def changed(self) -> None:
        """Something its dispatch looks at has changed; so has it for those it shares appointments with."""
        self.pend()
        for _, work in self.queue:
            if not work.is_joint:
                break  # appointments stand first
            for need in work.act.needs:
                self.world.teams[need.team].pend()

    def pend(self) -> None:
        if not self.is_pending and self.queue:
            self.is_pending = True
            clock = self.world.clock
            clock.call(int(clock.now), dispatch_key(self.rank), f"team {self.row.name}", self.dispatch)

    def wake_at(self, instant: int) -> None:
        """Look again at an instant (an opening, a batch's date) at the latest."""
        now = int(self.world.clock.now)
        if instant < FOREVER and not now < self.wakes_at <= instant:
            self.wakes_at = instant
            self.world.clock.call(instant, dispatch_key(self.rank), self.row.name, self.dispatch)

    def _dispatch_at_change(self) -> None:
        if self.queue:
            self.dispatch()

    # -- dispatch

    def dispatch(self) -> None:
        """Go once through the queue and start each work that can start."""
        self.is_pending = False
        self.kept_for = None
        now = int(self.world.clock.now)
        if not self.calendar.is_open(now):
            if self.queue:
                self.wake_at(self.calendar.next_opening(now))
            return
        if self.queue and self._is_busy_for(self.queue[0][1]):
            return  # before the queue is copied: it may be long
        stuck: set[Batch] = set()  # ready, but cannot start now: its other members need not be asked
        for _, work in list(self.queue):
            if self._is_busy_for(work):
                break
            if work.stretch is not None or work.batch in stuck:
                continue
            unit = self.world.unit_of(work)
            if (unit is None or not self._can_start(unit, now)) and work.batch is not None:
                stuck.add(work.batch)

    def _is_busy_for(self, work: Work) -> bool:
        """Whether nobody is free. Appointments stand first, and may keep people of other teams."""
        return self.n_free == 0 and not self.row.unlimited and not work.is_joint

    def _can_start(self, unit: list[Work], now: int) -> bool:
        """Start a work or a batch if it can start; else see to it that it is looked at again."""
        leader = unit[0]
        calendar = self.world.plan.calendars[leader.act.calendar]
        if not calendar.is_open(now):
            self.wake_at(calendar.next_opening(now))
            return False
        people = self.world.find_people(leader, now)
        if people is not None and self.world.fits(unit, people, now):
            self.world.start(unit, people, now)
            return True
        if people is not None:
            self.wake_at(calendar.next_opening(calendar.closing_after(now)))
        if leader.is_joint and self._stands_first(leader):
            self.kept_for = leader
            self.wake_at(calendar.closing_after(now))  # from then on nobody is kept for it
        return False

    def _stands_first(self, work: Work) -> bool:
        """Whether an appointment stands first in the queue of each team it needs."""
        return all(self.world.teams[need.team].first_in_line() is work for need in work.act.needs)

    def first_in_line(self) -> Work | None:
        """The first work in the queue; a batch that is not ready stands nowhere yet."""
        return next((work for _, work in self.queue if self.world.unit_of(work) is not None), None)

    def kept(self, now: int) -> Member | None:
        """Who takes no one-person work while an appointment waits for the others."""
        work = self.kept_for
        if work is None or self.row.unlimited:  # of an unlimited team there is always somebody else
            return None
        for need in work.act.needs:
            if need.team == self.index and need.is_owner:
                owner = self.members[work.token.case.owner]
                return owner if owner.is_free else None
        return next((m for m in self.members if m.is_free and m.number < self.size(now)), None)

    # -- people

    def size(self, now: int) -> int:
        return int(self.world.luck.read(self.row.size, now, None) + 1e-9)

    def focus(self, now: int) -> int:
        """Focus as an integer percent."""
        if self.row.focus == NONE:
            return 100
        return max(1, round(100 * self.world.luck.read(self.row.focus, now, None)))

    def free_members(self, n: int, besides: list[Member], is_joint: bool, now: int) -> list[Member] | None:
        """The n lowest-numbered free members, or None."""
        size = len(self.members) if self.row.unlimited else self.size(now)
        kept = None if is_joint else self.kept(now)
        found: list[Member] = []
        for member in self.members[:size]:
            if member.is_free and member is not kept and member not in besides:
                found.append(member)
                if len(found) == n:
                    return found
        return found + self._hire(n - len(found)) if self.row.unlimited else None

    def _hire(self, n: int) -> list[Member]:
        """More members of an unlimited team."""
        new = [Member(len(self.members) + i) for i in range(n)]
        self.members += new
        self.n_free += n
        return new

    # -- queue

    def enqueue(self, work: Work) -> None:
        insort(self.queue, (self._queue_key(work), work), key=lambda entry: entry[0])
        self.changed()

    def remove(self, work: Work) -> None:
        for index, (_, other) in enumerate(self.queue):
            if other is work:
                del self.queue[index]
                break
        self.changed()

    def _queue_key(self, work: Work) -> QueueKey:
        case = work.token.case
        return (
            0 if work.is_joint else 1,
            self._order_value(work, case),
            work.enqueued,
            case.order,
            work.token.number,
        )

    def _order_value(self, work: Work, case: Case) -> float:
        order = self.row.order
        if order is Order.FIFO:
            return 0.0
        if order is Order.SHORTEST:
            return float(work.ms)
        if order is Order.PRIORITY:
            return self._priority(case)
        if order is Order.DUE:
            return float(case.due) if case.due else float("inf")
        value = self.world.value_of(case)
        return -value if order is Order.VALUE else -value / max(1, work.ms)

    def _priority(self, case: Case) -> float:
        number = self.row.other_priority if case.type is None else case.type.priority
        return 0.0 if number == NONE else self.world.luck.read(number, int(self.world.clock.now), case)


class Dispatching:
    """What the teams do together: queueing, starting, pausing and finishing work.

    `World` inherits this part of itself; what it gives in return is declared here.
    """

    plan: Plan
    clock: Clock
    luck: Luck
    recorder: Recorder
    business: Calendar
    teams: list[Team]
    batches: dict[tuple[str, tuple[Need, ...]], Batch]  # by step as defined, and who does it

    def value_of(self, case: Case) -> float:
        raise NotImplementedError

    def begun(self, case: Case, change: int) -> None:
        raise NotImplementedError

    def give_up(self) -> None:
        raise NotImplementedError

    def join_queues(self, work: Work) -> None:
        """Put work into the queue of each team it needs."""
        for team in self._teams_of(work):
            team.enqueue(work)
            if len(team.queue) > MAX_QUEUE:
                self.give_up()
        if work.act.batch_size:
            self._join_batch(work)

    def leave_queues(self, work: Work) -> None:
        for team in self._teams_of(work):
            team.remove(work)
        if work.patience is not None:
            work.patience.call_off()
        if work.batch is not None:
            work.batch.waiting.remove(work)
            self._judge_batch(work.batch)

    def _teams_of(self, work: Work) -> list[Team]:
        return [self.teams[index] for index in dict.fromkeys(need.team for need in work.act.needs)]

    # -- batches

    def _join_batch(self, work: Work) -> None:
        batch = self.batches.setdefault((work.act.definition, work.act.needs), Batch(work.act))
        work.batch = batch
        batch.waiting.append(work)
        if work.act.batch_or_after != NONE:
            team = self.teams[work.act.needs[0].team]
            at = self.batch_date(work)
            self.clock.call(at, dispatch_key(team.rank), work.act.path, lambda: self._batch_due(batch))
        self._judge_batch(batch)

    def batch_date(self, first: Work) -> int:
        """When a batch whose first member this is goes without being full."""
        after = self.luck.ticks(first.act.batch_or_after, first.enqueued, first.token.case)
        return self.business.add(first.enqueued, after)

    def _batch_due(self, batch: Batch) -> None:
        self._judge_batch(batch)
        team = self.teams[batch.act.needs[0].team]
        if team.queue:
            team.dispatch()

    def in_queue_order(self, batch: Batch) -> list[Work]:
        queue = self.teams[batch.act.needs[0].team].queue
        return [work for _, work in queue if work.batch is batch and work.stretch is None]

    def is_ready(self, batch: Batch) -> bool:
        if not batch.act.batch_exactly:
            return bool(batch.waiting)
        if len(batch.waiting) >= batch.act.batch_size:
            return True
        if batch.act.batch_or_after == NONE or not batch.waiting:
            return False
        return int(self.clock.now) >= self.batch_date(self.in_queue_order(batch)[0])

    def _judge_batch(self, batch: Batch) -> None:
        """Note in the accounts of those who wait whether their batch is ready."""
        ready = self.is_ready(batch)
        if ready != batch.was_ready:
            batch.was_ready = ready
            for work in batch.waiting:
                self.account_queue(work)

    def unit_of(self, work: Work) -> list[Work] | None:
        """What would start together with this work: itself, or its batch if that is ready."""
        if work.batch is None:
            return [work]
        if not self.is_ready(work.batch):
            return None
        return self.in_queue_order(work.batch)[: work.act.batch_size]

    # -- starting

    def find_people(self, work: Work, now: int) -> list[tuple[Team, Member]] | None:
        """Who would do it: the step's team first; None if anybody needed is missing."""
        if work.person is not None:
            team = self.teams[work.act.needs[0].team]
            is_there = work.person.is_free and work.person is not team.kept(now)
            return [(team, work.person)] if is_there else None
        people: list[tuple[Team, Member]] = []
        for need in work.act.needs:
            team = self.teams[need.team]
            members = self._members_for(work, need, team, [member for _, member in people], now)
            if members is None:
                return None
            people += [(team, member) for member in members]
        return people

    def _members_for(
        self, work: Work, need: Need, team: Team, taken: list[Member], now: int
    ) -> list[Member] | None:
        """Free members for one need, besides those taken for others and an owner who is named."""
        owner = self.owner_in(work.token.case, team)
        if not need.is_owner:
            if owner is not None and any(other.is_owner for other in work.act.needs):
                taken = [*taken, owner]
            return team.free_members(need.n, taken, work.is_joint, now)
        assert owner is not None
        return [owner] if owner.is_free and (work.is_joint or owner is not team.kept(now)) else None

    def owner_in(self, case: Case, team: Team) -> Member | None:
        if case.type is None or case.type.owner_team != team.index or case.owner == NONE:
            return None
        return team.members[case.owner]

    def _switching(self, work: Work, people: list[tuple[Team, Member]]) -> int:
        case = work.token.case
        return max(
            (t.row.switching for t, m in people if m.last_case is not None and m.last_case is not case),
            default=0,
        )

    def _stretch_of(self, work: Work) -> int:
        """How much of the work is done before its person looks up again."""
        quantum = self.teams[work.act.needs[0].team].row.slice
        is_sliced = quantum and not work.is_joint and work.batch is None
        return quantum if is_sliced and work.left > quantum else work.left

    def _occupied(self, ms: int, people: list[tuple[Team, Member]], now: int) -> int:
        focus = min(team.focus(now) for team, _ in people)
        return (100 * ms + focus - 1) // focus

    def fits(self, unit: list[Work], people: list[tuple[Team, Member]], now: int) -> bool:
        leader = unit[0]
        if self.teams[leader.act.needs[0].team].row.closing is not Closing.FIT:
            return True
        calendar = self.plan.calendars[leader.act.calendar]
        n = self._occupied(self._switching(leader, people) + self._stretch_of(leader), people, now)
        if n > calendar.longest_opening():
            return calendar.is_opening_instant(now)
        return now + n <= calendar.closing_after(now)

    def start(self, unit: list[Work], people: list[tuple[Team, Member]], now: int) -> None:
        """Start work: its people are busy from now until it is over, or until its slice is."""
        leader = unit[0]
        switching, ms = self._switching(leader, people), self._stretch_of(leader)
        occupied = self._occupied(switching + ms, people, now)
        finishes = self.teams[leader.act.needs[0].team].row.closing is Closing.FINISH
        calendar = NONE if finishes else leader.act.calendar  # NONE: it runs through closing time
        end = now + occupied if finishes else self.plan.calendars[calendar].add(now, occupied)
        number = self._number_batch(leader)
        stretch = Stretch(self, list(unit), people, now, calendar, switching, ms, occupied, number)
        for work in unit:
            self._begin(work, stretch, leader)
        for team, member in people:
            member.is_free = False
            team.n_free -= 1
            team.running[stretch] = None
        key = leader.token.key(ENDS)
        stretch.end = self.clock.call(end, key, leader.act.path, lambda: self._over(stretch))

    def _number_batch(self, leader: Work) -> int:
        if leader.batch is None:
            return 0
        leader.batch.n_started += 1
        return leader.batch.n_started

    def _begin(self, work: Work, stretch: Stretch, leader: Work) -> None:
        self.leave_queues(work)
        is_first = work.person is None
        work.stretch = stretch
        if work.batch is not None:
            work.ms = work.left = leader.ms
        if is_first:
            self.begun(work.token.case, +1)
        self.log_people(work, stretch, Event.START, work.ms if is_first else work.left)
        if work.token.case.type is not None:
            self.recorder.begin_span(
                work.token,
                SpanState.WORK,
                work.step,
                stretch.calendar,
                account_class(work),
                stretch.switching,
                stretch.ms,
            )

    def log_people(self, work: Work, stretch: Stretch, event: Event, ms: int) -> None:
        for team, member in stretch.people:
            self.recorder.log(
                work.token.case,
                event,
                token=work.token.number,
                path=path_of(self.plan, work),
                visit=work.visit,
                team=team.row.name,
                member=member.number + 1,
                batch=stretch.number,
                ms=ms,
                info=work.act.alternative,
            )

    # -- ending

    def _over(self, stretch: Stretch) -> None:
        """A stretch has ended: its work is complete, or pauses until its next slice."""
        works = list(stretch.works)
        leader = works[0]
        complete = leader.left == stretch.ms
        stretch.free_people(leader, complete)
        for work in works:
            if work.stretch is not stretch:
                continue  # its case ended while another of the batch ran on
            work.stretch = None
            work.left -= stretch.ms
            if complete:
                self._complete(work, stretch)
            else:
                self._pause(work, stretch)

    def _pause(self, work: Work, stretch: Stretch) -> None:
        self.log_people(work, stretch, Event.PAUSE, work.left)
        work.person = stretch.people[0][1]
        work.enqueued = int(self.clock.now)
        if work.token.case.type is not None:
            self.recorder.begin_span(work.token, SpanState.PAUSED, work.step)
        for team in self._teams_of(work):
            team.enqueue(work)

    def _complete(self, work: Work, stretch: Stretch) -> None:
        self.log_people(work, stretch, Event.COMPLETE, work.ms)
        case = work.token.case
        self.begun(case, -1)
        if case.type is None:
            self.recorder.log(case, Event.LEAVE)
        else:
            assert work.over is not None
            self.recorder.end_span(work.token)
            self.clock.happen(work.over, DONE)

    # -- patience of a step

    def wait_with_patience(self, work: Work) -> None:
        patience = work.act.patience
        if patience is None:
            return
        at = self.patience_end(work.token, work.act, work.visit)
        work.patience = self.clock.call(at, work.token.key(PATIENCE), work.act.path, lambda: self._drop(work))

    def patience_end(self, token: Token, act: ActRow, visit: int) -> int:
        assert act.patience is not None
        now = int(self.clock.now)
        luck = self.luck.draw(token.case, act.path, visit, Purpose.STEP_PATIENCE)
        return self.business.add(now, self.luck.ticks(act.patience.waiting, now, token.case, luck))

    def _drop(self, work: Work) -> None:
        self.leave_queues(work)
        self.recorder.log(
            work.token.case,
            Event.DROP,
            token=work.token.number,
            path=path_of(self.plan, work),
            visit=work.visit,
        )
        self.recorder.end_span(work.token)
        assert work.over is not None
        self.clock.happen(work.over, DROPPED)

    def account_queue(self, work: Work) -> None:
        """Note what kind of queueing this is, from now on."""
        if work.token.case.type is None or work.stretch is not None:
            return
        if work.batch is not None and not work.batch.was_ready:
            self.recorder.begin_span(work.token, SpanState.BATCH, work.step)
            return
        state = SpanState.QUEUE_TOGETHER if work.is_joint else SpanState.QUEUE
        team = self.teams[work.act.needs[0].team]
        must_fit = 0
        if team.row.closing is Closing.FIT:
            people = [(self.teams[need.team], Member(NONE)) for need in work.act.needs]
            must_fit = self._occupied(self._stretch_of(work), people, int(self.clock.now))
        self.recorder.begin_span(work.token, state, work.step, work.act.calendar, ms=must_fit)
