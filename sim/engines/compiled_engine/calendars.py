"""Working time in compiled code: `sim.calendars.Calendar`, one instant at a time.

What is asked is mostly the present, and the present only moves forward, so each calendar remembers where it
looked last and moves on from there; only a question about the past searches.
"""

from __future__ import annotations

from sim.engines.compiled_engine.layout import (
    CAL_BEFORE,
    CAL_CLOSE,
    CAL_CLOSES,
    CAL_CURSOR,
    CAL_DONE,
    CAL_LONGEST,
    CAL_N,
    CAL_OPEN,
    CAL_OPENS,
    CAL_TOTAL,
    FOREVER,
)
from sim.engines.compiled_engine.memory import Words, kernel, question
from sim.plan.arrays import NONE

NEAR = 8


@kernel
def opening_before(m: Words, calendar: int, t: int) -> int:
    """The number of the last opening that begins at `t` or before; -1: none. Moves the cursor there."""
    n, opens = m[calendar + CAL_N], m[calendar + CAL_OPENS]
    i = m[calendar + CAL_CURSOR]
    if i < 0 or m[opens + i] <= t:
        for _ in range(NEAR):
            if i + 1 >= n or m[opens + i + 1] > t:
                return look_at(m, calendar, i)
            i += 1
    low, high = -1, n - 1  # the last that is not later lies in low .. high
    while low < high:
        middle = (low + high + 1) >> 1
        if m[opens + middle] <= t:
            low = middle
        else:
            high = middle - 1
    return look_at(m, calendar, low)


@kernel
def look_at(m: Words, calendar: int, i: int) -> int:
    """Remember the opening that has been found."""
    m[calendar + CAL_CURSOR] = i
    if i >= 0:
        m[calendar + CAL_OPEN] = m[m[calendar + CAL_OPENS] + i]
        m[calendar + CAL_CLOSE] = m[m[calendar + CAL_CLOSES] + i]
        m[calendar + CAL_DONE] = m[m[calendar + CAL_BEFORE] + i]
    else:
        m[calendar + CAL_CLOSE] = NONE
    return i


@kernel
def is_open(m: Words, calendar: int, t: int) -> bool:
    if m[calendar + CAL_OPEN] <= t < m[calendar + CAL_CLOSE]:
        return True
    i = opening_before(m, calendar, t)
    return i >= 0 and t < m[calendar + CAL_CLOSE]


@kernel
def is_opening_instant(m: Words, calendar: int, t: int) -> bool:
    i = opening_before(m, calendar, t)
    return i >= 0 and t == m[m[calendar + CAL_OPENS] + i]


@kernel
def next_opening(m: Words, calendar: int, t: int) -> int:
    """`t` itself if open, else the next opening instant, FOREVER where there is none."""
    i = opening_before(m, calendar, t)
    if i >= 0 and t < m[m[calendar + CAL_CLOSES] + i]:
        return t
    return m[m[calendar + CAL_OPENS] + i + 1] if i + 1 < m[calendar + CAL_N] else FOREVER


@kernel
def closing_after(m: Words, calendar: int, t: int) -> int:
    """The first closing later than `t`, FOREVER where there is none."""
    i = opening_before(m, calendar, t)
    if i < 0 or t >= m[m[calendar + CAL_CLOSES] + i]:
        i += 1
    return m[m[calendar + CAL_CLOSES] + i] if i < m[calendar + CAL_N] else FOREVER


@kernel
def longest_opening(m: Words, calendar: int) -> int:
    return m[calendar + CAL_LONGEST]


@question
def open_before(m: Words, calendar: int, t: int) -> int:
    """Open ms before `t`."""
    if m[calendar + CAL_OPEN] <= t < m[calendar + CAL_CLOSE]:
        return m[calendar + CAL_DONE] + t - m[calendar + CAL_OPEN]
    return open_elsewhere(m, calendar, t)


@kernel
def open_elsewhere(m: Words, calendar: int, t: int) -> int:
    """The same where `t` does not lie in the opening that was looked at last."""
    i = opening_before(m, calendar, t)
    if i < 0:
        return 0
    close = m[m[calendar + CAL_CLOSES] + i]
    return m[m[calendar + CAL_BEFORE] + i] + min(t, close) - m[m[calendar + CAL_OPENS] + i]


@kernel
def open_between(m: Words, calendar: int, a: int, b: int) -> int:
    before = open_before(m, calendar, a)
    return open_before(m, calendar, b) - before


@question
def add(m: Words, calendar: int, t: int, d: int) -> int:
    """When work of `d` open ms that begins at `t` ends; FOREVER if the calendar has not that much left."""
    if m[calendar + CAL_OPEN] <= t and t + d <= m[calendar + CAL_CLOSE]:
        return t + d
    return add_elsewhere(m, calendar, t, d)


@kernel
def add_elsewhere(m: Words, calendar: int, t: int, d: int) -> int:
    """The same where that does not lie in the opening that was looked at last."""
    if d == 0:
        return t
    i = opening_before(m, calendar, t)
    if i >= 0 and t + d <= m[m[calendar + CAL_CLOSES] + i]:
        return t + d
    wanted = open_before(m, calendar, t) + d
    if wanted > m[calendar + CAL_TOTAL]:
        return FOREVER
    j = opening_with(m, calendar, max(i, 0), wanted)
    return m[m[calendar + CAL_OPENS] + j] + wanted - m[m[calendar + CAL_BEFORE] + j]


@kernel
def opening_with(m: Words, calendar: int, low: int, wanted: int) -> int:
    """The last opening from `low` on before which fewer than `wanted` open ms lie."""
    before, n = m[calendar + CAL_BEFORE], m[calendar + CAL_N]
    for _ in range(NEAR):
        if low + 1 >= n or m[before + low + 1] >= wanted:
            return low
        low += 1
    high = n - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if m[before + middle] < wanted:
            low = middle
        else:
            high = middle - 1
    return low
