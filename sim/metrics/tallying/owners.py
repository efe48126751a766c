"""Owners: what members of teams that own cases do in their open time."""

from __future__ import annotations

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.accounts import case_column, cut_tiles, sweep
from sim.metrics.tallying.hours import open_on_both
from sim.metrics.tallying.teams import open_within
from sim.metrics.view import BoolArray, View
from sim.plan.arrays import NONE
from sim.plan.measured import size_pieces
from sim.records import AccountClass, SpanState
from sim.records.tallies import OwnerTally

WORK_CLASSES = (
    AccountClass.VALUE_ADDING,
    AccountClass.NECESSARY,
    AccountClass.NON_ADDING,
    AccountClass.REWORK,
)
_BUSY, _CASE_WAITS = 0, 1


def tally_owners(seen: View) -> tuple[OwnerTally | None, ...]:
    """One for each team; None for those that own nothing."""
    return tuple(
        _tally_owner(seen, index) if row.owns > 0 and not row.unlimited else None
        for index, row in enumerate(seen.plan.teams)
    )


def _tally_owner(seen: View, team: int) -> OwnerTally:
    calendar = seen.plan.teams[team].calendar
    works = np.flatnonzero(seen.works["team"] == team)
    begin, ready, done = seen.works["begin"][works], seen.works.ready[works], seen.works.done[works]
    working = open_on_both(seen.works, works, ready, done, calendar)
    of_case, each = seen.works["case"][works] >= 0, seen.works["account_class"][works]
    adding, necessary, chasing, rework = (
        int(working[of_case & (each == wanted)].sum()) for wanted in WORK_CLASSES
    )
    taken, waiting = _taken_and_waiting(seen, team, works)
    return OwnerTally(
        work_ms=(adding, necessary, chasing, rework),
        switching_ms=int(open_on_both(seen.works, works, begin, ready, calendar).sum()),
        other_work_ms=int(working[~of_case].sum()),
        taken_ms=taken,
        waiting_ms=waiting,
    )


def _taken_and_waiting(seen: View, team: int, works: Int64Array) -> tuple[int, int]:
    """Open ms in the window in which members have work in hand, and in which they have none while a case of
    theirs waits.

    A case waits where its account is not work: interrupted, in a queue, at a limit or outside. Members whom
    the size no longer has are not idle.
    """
    plan = seen.plan
    rows = sweep(*_stretches_of_members(seen, team, works), n_ranks=2)
    member, begin, end, rank = rows.T
    busy = rank == _BUSY
    taken = open_within(seen, team, begin[busy], end[busy], plan.warm_up, plan.end)
    waiting = 0
    for first, last, size in size_pieces(plan, plan.teams[team]):
        here = (rank == _CASE_WAITS) & (member < size)
        waiting += open_within(seen, team, begin[here], end[here], first, last)
    return taken, waiting


def _stretches_of_members(
    seen: View, team: int, works: Int64Array
) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
    """(member, begin, end, rank): work in hand, and waiting of cases they own."""
    owner, begin, end = _waiting(seen, team)
    return (
        np.concatenate((seen.works["member"][works], owner)),
        np.concatenate((seen.works["begin"][works], begin)),
        np.concatenate((seen.works["end"][works], end)),
        np.repeat(np.array((_BUSY, _CASE_WAITS), dtype=np.int64), (len(works), len(owner))),
    )


def _waiting(seen: View, team: int) -> tuple[Int64Array, Int64Array, Int64Array]:
    """(owner, begin, end) of stretches in which a case waits that a member of the team owns."""
    owns = np.array([row.owner_team == team for row in seen.plan.case_types], dtype=np.bool_)
    owner = np.where(owns[seen.case_type], case_column(seen.facts, "owner"), NONE)
    chosen = np.flatnonzero((owner[seen.tiles.case] >= 0) & ~_before_first_step(seen))
    flat = cut_tiles(seen.tiles, chosen, seen.plan.calendars)
    waits = np.flatnonzero(flat.inside >= AccountClass.INTERRUPTED)
    return owner[flat.case[waits]], flat.begin[waits], flat.end[waits]


def _before_first_step(seen: View) -> BoolArray:
    """Which tiles are waits for room or an owner before the first step: nobody owns the case yet."""
    before = (seen.spans["step"] == NONE) & (seen.spans["state"] == SpanState.LIMIT)
    waits = seen.spans["case"][before] * seen.facts.end + seen.spans["begin"][before]
    tiles = seen.tiles.case * seen.facts.end + seen.tiles.begin
    result: BoolArray = (seen.tiles.inside == AccountClass.LIMIT_OR_OWNER) & np.isin(tiles, waits)
    return result
