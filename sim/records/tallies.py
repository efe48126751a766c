"""Tallies: what the figures of one replication are made of, as sums of whole numbers.

An engine may keep them while it runs (the compiled one does: its memory then does not grow with the cases
that are over), or `metrics` takes them from the facts of a run; both give the same, to the last millisecond.

The *window* is [warm_up, end). *Counted* are cases that left in the window and did not come from
`start_with`; passages are counted if they ended in the window and their case did not come from `start_with`
(its successors count). Times are business time unless they say elapsed; all are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.records.durations import Durations
from sim.records.facts import CaseRow, HoldRow


@dataclass(frozen=True, slots=True)
class Stays:
    """How long those that are counted stayed: business time and elapsed time of the same stays."""

    lead_time: Durations = field(default_factory=Durations)
    elapsed: Durations = field(default_factory=Durations)

    @property
    def n(self) -> int:
        """How many."""
        return self.lead_time.count


@dataclass(frozen=True, slots=True)
class CaseTally:
    """The cases of a type.

    Attributes
    ----------
    counted
        Their stays, from arrival to leaving.
    account
        Time of the counted ones by `AccountClass` (11).
    left
        How many left in the window, counted or not.
    inside_ms
        Time in the window of all cases.
    growth
        Sum of (y − x)(x + y − L) over all cases: x and y are where a case begins and ends, clipped to the
        later half of the window, in business time from its beginning; L is the length of that half [ms²].
    by_patience, in_production
        How many of the counted ones their patience ended; how many reached the milestone their value flows
        from.
    open, open_known, open_age_ms
        How many are open at the end; of those, how many did not come from `start_with`, and their age.
    visits, hand_overs, worked_ms
        Of the counted ones: visits to steps, changes of team, and people's working time (switching included).
    outcomes
        Stays of the counted ones by outcome; only outcomes that occurred.
    """

    counted: Stays
    account: tuple[int, ...]
    left: int
    inside_ms: int
    growth: int
    by_patience: int
    in_production: int
    open: int
    open_known: int
    open_age_ms: int
    visits: int
    hand_overs: int
    worked_ms: int
    outcomes: dict[str, Stays]


@dataclass(frozen=True, slots=True)
class FlowTally:
    """The passages through a flow; `open` are those not ended. See `CaseTally`.

    `groups` are stays of counted passages by trait, as `plan.measured.groups_of_flow` names them;
    empty ones too.
    """

    counted: Stays
    account: tuple[int, ...]
    left: int
    inside_ms: int
    open: int
    groups: dict[str, Stays]


@dataclass(frozen=True, slots=True)
class StepTally:
    """Visits to a step by counted cases, and how many of those were completed, and were accurate.

    `through_ms` is from entering to completing, `waited_ms` in its queues and `worked_ms` people's working
    time, all of counted cases; `standing_ms` is time in the window in its queues, of all cases.
    """

    visits: int
    complete: int
    accurate: int
    through_ms: int
    waited_ms: int
    worked_ms: int
    standing_ms: int


@dataclass(frozen=True, slots=True)
class TeamTally:
    """A team: its people, and its queue.

    `busy_ms` and `overtime_ms` are working time in the window, inside the team's calendar and outside it;
    `leaving_ms` is open time in the window that members worked on after the size no longer had them. An
    unlimited team has neither overtime nor leaving members. Of its queue: `visits` and `waited_ms` of counted
    cases, `standing_ms` in the window and `growth` of all (see `CaseTally.growth`).
    """

    busy_ms: int
    overtime_ms: int
    leaving_ms: int
    visits: int
    waited_ms: int
    standing_ms: int
    growth: int


@dataclass(frozen=True, slots=True)
class OwnerTally:
    """Where the open time of a team that owns cases goes, in the window, over its members.

    `work_ms` is time worked on cases by class (value-adding, necessary, non-adding, rework); `taken_ms` is
    time with work in hand; `waiting_ms` is time without, while a case of theirs waits.
    """

    work_ms: tuple[int, int, int, int]
    switching_ms: int
    other_work_ms: int
    taken_ms: int
    waiting_ms: int


@dataclass(frozen=True, slots=True)
class MoneyTally:
    """The hours that money is made of, where the scenario has economics.

    Attributes
    ----------
    edges
        Instants between which hours are summed: where years begin and prices change, ascending.
    worked_ms, overtime_ms, waste_ms
        For each team, between each two edges: time worked, that outside the team's calendar, and that on
        cases which adds nothing (rework and switching too). Unlimited teams have no overtime.
    """

    edges: tuple[int, ...]
    worked_ms: tuple[tuple[int, ...], ...]
    overtime_ms: tuple[tuple[int, ...], ...]
    waste_ms: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Tallies:
    """All of them, each in the order of the plan's table; `owners` has None for teams that own nothing.

    `held_ms` is for each environment the elapsed time in the window that it was held.
    """

    cases: tuple[CaseTally, ...]
    flows: tuple[FlowTally, ...]
    steps: tuple[StepTally, ...]
    teams: tuple[TeamTally, ...]
    owners: tuple[OwnerTally | None, ...]
    held_ms: tuple[int, ...]
    money: MoneyTally | None = None


@dataclass(frozen=True, slots=True)
class Tallied:
    """One replication, tallied, with those rows that were asked for; see `Facts` for them.

    Attributes
    ----------
    cases
        All cases, if they were asked for or money is made of them; else none.
    holds
        Environments held, if money is made of them; else none.
    events
        The event log, if it was kept.
    """

    tallies: Tallies
    cases: Sequence[CaseRow] = ()
    holds: Sequence[HoldRow] = ()
    events: Sequence[tuple[object, ...]] = ()
