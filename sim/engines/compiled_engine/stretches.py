"""What a token is doing, as a class of its case's account, and when that changes.

In some states the class is the same all the time, in others it follows from a calendar, from when switching
ends, and from when the work is done. Instants are in ms.
Not here: the accounts of cases (accounts), what they are summed up to (tallies).
"""

from __future__ import annotations

from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.calendars import add, opening_before
from sim.engines.compiled_engine.memory import Words, kernel, question
from sim.records import AccountClass

NON_ADDING = int(AccountClass.NON_ADDING)
INTERRUPTED = int(AccountClass.INTERRUPTED)
PERSON_BUSY = int(AccountClass.PERSON_BUSY)
PEOPLE_TOGETHER = int(AccountClass.PEOPLE_TOGETHER)
PERSON_OFF_SHIFT = int(AccountClass.PERSON_OFF_SHIFT)
BATCH_OR_DATE = int(AccountClass.BATCH_OR_DATE)
LIMIT_OR_OWNER = int(AccountClass.LIMIT_OR_OWNER)
OUTSIDE = int(AccountClass.OUTSIDE)
CHANGES = -1


@question
def business_now(m: Words) -> int:
    """Business time before the present instant."""
    return m[sums.NOW_B]


@kernel
def calendar_record(m: Words, index: int) -> int:
    return m[sums.CALENDARS] + sums.CAL_SIZE * index


@kernel
def covers_business(m: Words, index: int) -> bool:
    """Whether a calendar, or none (-1), is open in all business time."""
    return index < 0 or m[calendar_record(m, index) + sums.CAL_BUSINESS] == 0


@kernel
def state_begins(m: Words, token: int) -> None:
    """Note what is known of the state that a token is in from now on; of work, `work_begins` does."""
    state = m[token + at.TOKEN_SPAN]
    m[token + sums.TOKEN_SPAN_B] = business_now(m)
    one = OUTSIDE
    if state == at.SPAN_QUEUE or state == at.SPAN_TOGETHER:
        one = PERSON_BUSY if state == at.SPAN_QUEUE else PEOPLE_TOGETHER
        if m[token + at.TOKEN_SPAN_MS] > 1 or not covers_business(m, m[token + at.TOKEN_SPAN_CALENDAR]):
            one = CHANGES
    elif state == at.SPAN_PAUSED:
        one = INTERRUPTED
    elif state == at.SPAN_BATCH or state == at.SPAN_DATE:
        one = BATCH_OR_DATE
    elif state == at.SPAN_LIMIT:
        one = LIMIT_OR_OWNER
    m[token + sums.TOKEN_ONE_CLASS] = one


@kernel
def work_begins(m: Words, token: int, occupied: int) -> None:
    """The same of work that takes its people `occupied` ms of working time."""
    now, index = m[at.NOW], m[token + at.TOKEN_SPAN_CALENDAR]
    switching = m[token + at.TOKEN_SPAN_SWITCHING]
    worked = switching + m[token + at.TOKEN_SPAN_MS]
    m[token + sums.TOKEN_SWITCHED] = later_by(m, index, now, switching)
    m[token + sums.TOKEN_WORKED] = later_by(m, index, now, worked) if occupied > worked else at.FOREVER
    one = m[token + at.TOKEN_SPAN_CLASS]
    if switching or occupied > worked or not covers_business(m, index):
        one = CHANGES
    m[token + sums.TOKEN_ONE_CLASS] = one


@kernel
def later_by(m: Words, index: int, t: int, d: int) -> int:
    """When `d` ms of a calendar (-1: none) that begin at `t` are over."""
    if index < 0 or d == 0:
        return t + d
    return add(m, m[calendar_record(m, index) + sums.CAL_SELF], t, d)


# -- the class at an instant


@kernel
def changes_at(m: Words, instant: int) -> None:
    m[sums.CHANGE] = min(m[sums.CHANGE], instant)


@kernel
def class_at(m: Words, token: int, t: int) -> int:
    """The class of a token at an instant of its state; CHANGE becomes when that ends, if that is earlier."""
    state = m[token + at.TOKEN_SPAN]
    if state == at.SPAN_WORK:
        return class_of_work(m, token, t)
    if state == at.SPAN_QUEUE or state == at.SPAN_TOGETHER:
        return class_of_queue(m, token, t)
    return m[token + sums.TOKEN_ONE_CLASS]


@kernel
def class_of_work(m: Words, token: int, t: int) -> int:
    """Switching, then the work, then what is beyond it (focus); interrupted while the calendar is closed."""
    switched, worked = m[token + sums.TOKEN_SWITCHED], m[token + sums.TOKEN_WORKED]
    if t >= worked:
        return INTERRUPTED
    index = m[token + at.TOKEN_SPAN_CALENDAR]
    if index >= 0:
        calendar = m[calendar_record(m, index) + sums.CAL_SELF]
        i = opening_before(m, calendar, t)
        if i < 0 or t >= m[m[calendar + at.CAL_CLOSES] + i]:
            changes_at(m, opening_number(m, calendar, i + 1))
            return INTERRUPTED
        changes_at(m, m[m[calendar + at.CAL_CLOSES] + i])
    changes_at(m, switched if t < switched else worked)
    return NON_ADDING if t < switched else m[token + at.TOKEN_SPAN_CLASS]


@kernel
def class_of_queue(m: Words, token: int, t: int) -> int:
    """Waiting for people who are busy, or for those who are off shift or could not begin it any more."""
    calendar = m[calendar_record(m, m[token + at.TOKEN_SPAN_CALENDAR]) + sums.CAL_SELF]
    i = opening_before(m, calendar, t)
    if i >= 0:
        last = last_start(m, calendar, i, m[token + at.TOKEN_SPAN_MS])
        if t < last:
            changes_at(m, last)
            return PERSON_BUSY if m[token + at.TOKEN_SPAN] == at.SPAN_QUEUE else PEOPLE_TOGETHER
    changes_at(m, opening_number(m, calendar, i + 1))
    return PERSON_OFF_SHIFT


@kernel
def opening_number(m: Words, calendar: int, i: int) -> int:
    return m[m[calendar + at.CAL_OPENS] + i] if i < m[calendar + at.CAL_N] else at.FOREVER


@kernel
def last_start(m: Words, calendar: int, i: int, n: int) -> int:
    """Until when in an opening `n` ms may begin: `Calendar.shrunk`."""
    if n > m[calendar + at.CAL_LONGEST]:
        return m[m[calendar + at.CAL_OPENS] + i] + 1
    return m[m[calendar + at.CAL_CLOSES] + i] - max(n, 1) + 1
