"""Dispatch: a team goes once through its queue and starts each work that can start.

Names and order as in the SimPy engine's `teams`. Who stands where in the queue is for `queues`, who could do
a work for `people`, and how it starts for `work`. Nothing here lets a token run on: that is for `loop`.
"""

from __future__ import annotations

from sim.engines.compiled_engine.calendars import (
    closing_after,
    is_open,
    is_opening_instant,
    longest_opening,
    next_opening,
)
from sim.engines.compiled_engine.layout import (
    ACT_BATCH_SIZE,
    ACT_CALENDAR,
    ACT_IS_PLAIN,
    ACT_N_NEEDS,
    ACT_NEEDS,
    BATCH_STUCK,
    CAL_CLOSE,
    CAL_OPEN,
    ENTRY_NEXT,
    ENTRY_WORK,
    NEED_SIZE,
    NEED_TEAM,
    NOW,
    SERIAL_DISPATCH,
    STOP,
    TEAM_CALENDAR,
    TEAM_CLOSING,
    TEAM_FIRST,
    TEAM_KEPT_FOR,
    TEAM_LOOKS_AT,
    TEAM_N_FREE,
    TEAM_N_JOINT,
    TEAM_PENDING,
    TEAM_UNLIMITED,
    UNIT,
    WORK_ACT,
    WORK_BATCH,
    WORK_IS_JOINT,
    WORK_TOGETHER,
)
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.engines.compiled_engine.people import find_people, occupied_by, switching_of
from sim.engines.compiled_engine.queues import FIT, first_of_batch, is_ready, stretch_of, team_of, wake_at
from sim.engines.compiled_engine.work import start, start_plain


@kernel
def is_in_vain(m: Words, team: int) -> bool:
    """Whether a dispatch would find nobody who could do anything, as every other one does."""
    calendar = m[team + TEAM_CALENDAR]
    return (
        m[team + TEAM_N_FREE] == 0
        and m[team + TEAM_N_JOINT] == 0
        and m[team + TEAM_KEPT_FOR] == 0
        and not m[team + TEAM_UNLIMITED]
        and m[calendar + CAL_OPEN] <= m[NOW] < m[calendar + CAL_CLOSE]
    )


@kernel
def dispatch(m: Words, f: Reals, team: int) -> None:
    """Go once through the queue and start each work that can start."""
    m[team + TEAM_PENDING] = 0
    m[team + TEAM_KEPT_FOR] = 0
    if not is_open(m, m[team + TEAM_CALENDAR], m[NOW]):
        if m[team + TEAM_FIRST]:
            wake_at(m, team, next_opening(m, m[team + TEAM_CALENDAR], m[NOW]))
        return
    m[SERIAL_DISPATCH] += 1
    entry = m[team + TEAM_FIRST]
    while entry and not m[STOP]:
        is_nobody_free = m[team + TEAM_N_FREE] == 0 and not m[team + TEAM_UNLIMITED]
        if is_nobody_free and m[team + TEAM_N_JOINT] == 0:
            break
        m[team + TEAM_LOOKS_AT] = m[entry + ENTRY_NEXT]
        work = m[entry + ENTRY_WORK]
        if is_nobody_free and not m[work + WORK_IS_JOINT]:
            break  # appointments stand first, and may keep people of other teams
        batch = m[work + WORK_BATCH]
        if m[m[work + WORK_ACT] + ACT_IS_PLAIN] and m[team + TEAM_KEPT_FOR] == 0:
            start_plain(m, f, team, work)
        elif batch == 0:
            m[work + WORK_TOGETHER] = 0
            m[UNIT] = work
            can_start(m, f, team)
        elif m[batch + BATCH_STUCK] != m[SERIAL_DISPATCH] and not (
            find_unit(m, f, work) and can_start(m, f, team)
        ):
            # ready, but cannot start now, or not ready: its other members need not be asked
            m[batch + BATCH_STUCK] = m[SERIAL_DISPATCH]
        entry = m[team + TEAM_LOOKS_AT]
    m[team + TEAM_LOOKS_AT] = 0


@kernel
def find_unit(m: Words, f: Reals, work: int) -> bool:
    """What would start together with a work of a batch, from UNIT on; False if the batch is not ready."""
    batch = m[work + WORK_BATCH]
    if not is_ready(m, f, batch):
        return False
    entry = first_of_batch(m, batch, 0)
    last = m[entry + ENTRY_WORK]
    m[UNIT] = last
    for _ in range(m[m[work + WORK_ACT] + ACT_BATCH_SIZE] - 1):
        entry = first_of_batch(m, batch, entry)
        if entry == 0:
            break
        m[last + WORK_TOGETHER] = m[entry + ENTRY_WORK]
        last = m[entry + ENTRY_WORK]
    m[last + WORK_TOGETHER] = 0
    return True


@kernel
def can_start(m: Words, f: Reals, team: int) -> bool:
    """Start the unit if it can start; else see to it that it is looked at again."""
    leader, now = m[UNIT], m[NOW]
    calendar = m[m[leader + WORK_ACT] + ACT_CALENDAR]
    if calendar != m[team + TEAM_CALENDAR] and not is_open(m, calendar, now):
        wake_at(m, team, next_opening(m, calendar, now))
        return False
    are_there = find_people(m, f, leader)
    if are_there and fits(m, f, leader):
        start(m, f)
        return True
    if are_there:
        wake_at(m, team, next_opening(m, calendar, closing_after(m, calendar, now)))
    if m[leader + WORK_IS_JOINT] and stands_first(m, f, leader):
        m[team + TEAM_KEPT_FOR] = leader
        wake_at(m, team, closing_after(m, calendar, now))  # from then on nobody is kept for it
    return False


@kernel
def stands_first(m: Words, f: Reals, work: int) -> bool:
    """Whether an appointment stands first in the queue of each team it needs."""
    act = m[work + WORK_ACT]
    for i in range(m[act + ACT_N_NEEDS]):
        if first_in_line(m, f, m[m[act + ACT_NEEDS] + NEED_SIZE * i + NEED_TEAM]) != work:
            return False
    return True


@kernel
def first_in_line(m: Words, f: Reals, team: int) -> int:
    """The first work in the queue; a batch that is not ready stands nowhere yet."""
    entry = m[team + TEAM_FIRST]
    while entry:
        work = m[entry + ENTRY_WORK]
        if m[work + WORK_BATCH] == 0 or is_ready(m, f, m[work + WORK_BATCH]):
            return work
        entry = m[entry + ENTRY_NEXT]
    return 0


@kernel
def fits(m: Words, f: Reals, leader: int) -> bool:
    """Whether it ends before closing, where that is the rule."""
    act = m[leader + WORK_ACT]
    if m[team_of(m, act) + TEAM_CLOSING] != FIT:
        return True
    calendar, now = m[act + ACT_CALENDAR], m[NOW]
    n = occupied_by(m, f, switching_of(m, leader) + stretch_of(m, leader))
    if n > longest_opening(m, calendar):
        return is_opening_instant(m, calendar, now)
    return now + n <= closing_after(m, calendar, now)
