"""Where cases come from, in compiled code: the instants of each source."""

from __future__ import annotations

from math import log1p, sqrt

from sim.engines.compiled_engine.calendars import add
from sim.engines.compiled_engine.clock import first_key, plan_item, second_key
from sim.engines.compiled_engine.layout import (
    ARRIVALS,
    END,
    GOES_ON,
    I_ARRIVAL,
    SOURCE_CALENDAR,
    SOURCE_CURVE,
    SOURCE_INDEX,
    SOURCE_INSTANTS,
    SOURCE_INTERVAL,
    SOURCE_KIND,
    SOURCE_N_CASES,
    SOURCE_N_INSTANTS,
    SOURCE_N_PIECES,
    SOURCE_NUMBER,
    SOURCE_PIECE,
    SOURCE_REACHED,
)
from sim.engines.compiled_engine.luck import draw_for, to_ticks
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.plan.arrays import ArrivalKind
from sim.randomness import Purpose

RATE, EVERY = int(ArrivalKind.RATE), int(ArrivalKind.EVERY)
INSTANTS, AT_START = int(ArrivalKind.INSTANTS), int(ArrivalKind.AT_START)
OF_ARRIVAL = int(Purpose.ARRIVAL)


@kernel
def plan_arrival(m: Words, f: Reals, source: int) -> None:
    """Plan the next arrival of a source, if there is one before the end."""
    m[source + SOURCE_NUMBER] += 1
    number = m[source + SOURCE_NUMBER]
    at = next_instant(m, f, source, number)
    if at < 0:  # no more
        if m[source + SOURCE_KIND] == RATE:
            m[GOES_ON] = 1
        return
    if at >= m[END]:
        m[GOES_ON] = 1
        return
    key1, key2 = first_key(ARRIVALS, m[source + SOURCE_INDEX], number), second_key(0, -1)
    plan_item(m, at, key1, key2, I_ARRIVAL, source, 0)


@kernel
def next_instant(m: Words, f: Reals, source: int, number: int) -> int:
    """When arrival `number` comes; -1: there is none."""
    kind = m[source + SOURCE_KIND]
    if kind == RATE:
        if m[source + SOURCE_N_PIECES] == 0:
            return -1
        u, _ = draw_for(m, m[source + SOURCE_INDEX], number, 0, 0, 0, OF_ARRIVAL)
        f[source + SOURCE_REACHED] += -log1p(-u)
        return instant_of(m, f, source, f[source + SOURCE_REACHED])
    if kind == EVERY:
        return add(m, m[source + SOURCE_CALENDAR], 0, number * m[source + SOURCE_INTERVAL])
    if kind == INSTANTS:
        n = m[source + SOURCE_N_INSTANTS]
        return m[m[source + SOURCE_INSTANTS] + number - 1] if number <= n else -1
    if kind == AT_START:
        return 0 if number <= m[source + SOURCE_N_CASES] else -1
    return -1


@kernel
def instant_of(m: Words, f: Reals, source: int, reached: float) -> int:
    """When the cumulative rate reaches a value; -1 if never."""
    n, begins = m[source + SOURCE_N_PIECES], m[source + SOURCE_CURVE]
    ends, rates, end_rates, cumulative = begins + n, begins + 2 * n, begins + 3 * n, begins + 4 * n
    piece = m[source + SOURCE_PIECE]
    while piece + 1 < n and f[cumulative + piece + 1] <= reached:
        piece += 1
    m[source + SOURCE_PIECE] = piece
    begin, end = m[begins + piece], m[ends + piece]
    rate, end_rate = f[rates + piece], f[end_rates + piece]
    missing = reached - f[cumulative + piece]
    if piece == n - 1 and missing > 0.5 * (rate + end_rate) * (end - begin):
        return -1
    slope = (end_rate - rate) / (end - begin)
    # where the rate falls to 0, rounding may take the root below 0 and the instant past the end of the piece
    divisor = rate + sqrt(max(0.0, rate * rate + 2.0 * slope * missing))
    offset = to_ticks(2.0 * missing / divisor) if divisor > 0.0 else 0
    return min(begin + offset, end)
