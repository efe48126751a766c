"""Accounts in compiled code: every business instant of a case falls in one class, summed up as it goes.

The account of a case is closed at each of its own events, which is whenever a state of one of its tokens
begins or ends; between two of them the class follows from calendars. Of several tokens the smallest class
counts. At the end of a case its account must come to its lead time: that is checked.
Not here: the class of one token (stretches), what becomes of an account (tallies).
"""

from __future__ import annotations

from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.calendars import open_before, open_between, opening_before
from sim.engines.compiled_engine.memory import Words, kernel, question, stop
from sim.engines.compiled_engine.owners import settle_owner_of
from sim.engines.compiled_engine.stretches import (
    CHANGES,
    INTERRUPTED,
    NON_ADDING,
    PEOPLE_TOGETHER,
    PERSON_BUSY,
    PERSON_OFF_SHIFT,
    business_now,
    calendar_record,
    class_at,
    last_start,
    opening_number,
)


@kernel
def open_account(m: Words, case: int) -> None:
    """A case arrives."""
    m[case + sums.CASE_SETTLED] = m[at.NOW]
    m[case + sums.CASE_SETTLED_B] = business_now(m)
    m[case + sums.CASE_ARRIVE_B] = business_now(m)
    m[case + sums.CASE_HAND_STEP] = -1


@question
def settle(m: Words, case: int) -> None:
    """Close the account of a case up to now, before anything about its tokens changes."""
    if m[case + sums.CASE_SETTLED] != m[at.NOW]:
        settle_stretch(m, case)


@kernel
def settle_stretch(m: Words, case: int) -> None:
    """The time since the last event."""
    if m[case + at.CASE_OWNER] >= 0:
        settle_owner_of(m, case)
    b = business_now(m)
    if b != m[case + sums.CASE_SETTLED_B]:
        token, smallest = m[case + at.CASE_FIRST], sums.NO_CLASS
        while token:
            smallest = min(smallest, m[token + sums.TOKEN_ONE_CLASS])
            token = m[token + at.TOKEN_NEXT]
        if smallest == CHANGES:
            settle_pieces(m, case, b)
        else:
            m[case + sums.CASE_ACCOUNT + smallest] += b - m[case + sums.CASE_SETTLED_B]
    m[case + sums.CASE_SETTLED], m[case + sums.CASE_SETTLED_B] = m[at.NOW], b


@kernel
def settle_pieces(m: Words, case: int, b: int) -> None:
    """Time in which the class of a token changes: told at once for one token, piece by piece for several."""
    alone, token = 0, m[case + at.CASE_FIRST]
    while token:
        if m[token + at.TOKEN_SPAN] >= 0:
            if alone:
                settle_together(m, case, b)
                return
            alone = token
        token = m[token + at.TOKEN_NEXT]
    if m[alone + at.TOKEN_SPAN] == at.SPAN_WORK:
        settle_work(m, case, alone, b)
    else:
        settle_queue(m, case, alone, b)


@kernel
def settle_together(m: Words, case: int, b: int) -> None:
    """Several tokens: from each change of a class to the next one."""
    t, before = m[case + sums.CASE_SETTLED], m[case + sums.CASE_SETTLED_B]
    while t < m[at.NOW]:
        m[sums.CHANGE] = m[at.NOW]
        smallest, token = sums.NO_CLASS, m[case + at.CASE_FIRST]
        while token:
            one = m[token + sums.TOKEN_ONE_CLASS]
            smallest = min(smallest, one if one >= 0 else class_at(m, token, t))
            token = m[token + at.TOKEN_NEXT]
        t = m[sums.CHANGE]
        after = b if t == m[at.NOW] else open_before(m, m[sums.PAST], t)
        m[case + sums.CASE_ACCOUNT + smallest] += after - before
        before = after


@kernel
def settle_work(m: Words, case: int, token: int, b: int) -> None:
    """Switching, the work, what is beyond it; whatever of that lies off the calendar is interrupted."""
    begin, end = m[case + sums.CASE_SETTLED], m[at.NOW]
    switched = min(max(m[token + sums.TOKEN_SWITCHED], begin), end)
    worked = min(max(m[token + sums.TOKEN_WORKED], begin), end)
    index = m[token + at.TOKEN_SPAN_CALENDAR]
    switching = business_on(m, index, begin, switched)
    working = business_on(m, index, switched, worked)
    account = case + sums.CASE_ACCOUNT
    m[account + NON_ADDING] += switching
    m[account + m[token + at.TOKEN_SPAN_CLASS]] += working
    m[account + INTERRUPTED] += b - m[case + sums.CASE_SETTLED_B] - switching - working


@kernel
def business_on(m: Words, index: int, a: int, b: int) -> int:
    """Business time between two instants while a calendar (-1: none) is open."""
    if a == b:
        return 0
    calendar = m[sums.PAST]
    if index >= 0 and m[calendar_record(m, index) + sums.CAL_BUSINESS]:
        calendar = m[calendar_record(m, index) + sums.CAL_BUSINESS]
    return open_between(m, calendar, a, b)


@kernel
def settle_queue(m: Words, case: int, token: int, b: int) -> None:
    """In a queue: whoever is needed is busy, or is off shift."""
    begin, end = m[case + sums.CASE_SETTLED], m[at.NOW]
    index = m[token + at.TOKEN_SPAN_CALENDAR]
    if m[token + at.TOKEN_SPAN_MS] > 1:
        busy = business_to_begin(m, token, begin, end)
    else:
        busy = business_on(m, index, begin, end)
    account = case + sums.CASE_ACCOUNT
    m[account + (PERSON_BUSY if m[token + at.TOKEN_SPAN] == at.SPAN_QUEUE else PEOPLE_TOGETHER)] += busy
    m[account + PERSON_OFF_SHIFT] += b - m[case + sums.CASE_SETTLED_B] - busy


@kernel
def business_to_begin(m: Words, token: int, begin: int, end: int) -> int:
    """Business time in which the work could begin and still end before closing (`fit`)."""
    calendar = m[calendar_record(m, m[token + at.TOKEN_SPAN_CALENDAR]) + sums.CAL_SELF]
    i, total = max(0, opening_before(m, calendar, begin)), 0
    while opening_number(m, calendar, i) < end:
        a = max(begin, m[m[calendar + at.CAL_OPENS] + i])
        b = min(end, last_start(m, calendar, i, m[token + at.TOKEN_SPAN_MS]))
        if a < b:
            total += open_between(m, m[sums.PAST], a, b)
        i += 1
    return total


@kernel
def check_account(m: Words, case: int) -> None:
    """The account of a case, which ends now, comes to its lead time."""
    total = 0
    for i in range(sums.N_CLASSES):
        total += m[case + sums.CASE_ACCOUNT + i]
    if total != business_now(m) - m[case + sums.CASE_ARRIVE_B]:
        stop(m, at.STOP_ACCOUNT, case, total)
