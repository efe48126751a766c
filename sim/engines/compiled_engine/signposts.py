"""Signposts along a long queue, so that who does not come last finds its place without passing everybody.

A queue is a list of entries in its order. Once it is long, some hundreds of its entries are noted in a row of
words; an entry knows its signpost (from 1) and takes it away when it leaves. Without them, 100,000 works
waiting in an order other than by time took minutes to line up.
Not here: the order itself (queues).
"""

from __future__ import annotations

from sim.engines.compiled_engine.layout import (
    ENTRY_NEXT,
    ENTRY_SIGN,
    TEAM_FIRST,
    TEAM_MOVES,
    TEAM_QUEUE,
    TEAM_SIGNS,
)
from sim.engines.compiled_engine.memory import Words, kernel, take

SIGNS_CLASS = 9
N_SIGNS = 1 << SIGNS_CLASS
SIGNS_FROM = 512
"""A shorter queue is walked along."""


@kernel
def signs_of(m: Words, team: int) -> int:
    """The row of signposts, put up anew where too many came or went; 0 stands where one has left."""
    if m[team + TEAM_SIGNS] == 0:
        m[team + TEAM_SIGNS] = take(m, SIGNS_CLASS)
        put_up_signs(m, team)
    elif 2 * m[team + TEAM_MOVES] > m[team + TEAM_QUEUE]:
        put_up_signs(m, team)
    return m[team + TEAM_SIGNS]


@kernel
def put_up_signs(m: Words, team: int) -> None:
    """At even distances, over all of the queue."""
    signs, distance = m[team + TEAM_SIGNS], m[team + TEAM_QUEUE] // N_SIGNS + 1
    for i in range(N_SIGNS):
        m[signs + i] = 0
    n, entry = 0, m[team + TEAM_FIRST]
    while entry:
        m[entry + ENTRY_SIGN] = 0
        if n % distance == 0:
            m[signs + n // distance] = entry
            m[entry + ENTRY_SIGN] = n // distance + 1
        n += 1
        entry = m[entry + ENTRY_NEXT]
    m[team + TEAM_MOVES] = 0


@kernel
def take_sign(m: Words, team: int, entry: int) -> None:
    """The entry leaves the queue."""
    if m[entry + ENTRY_SIGN]:
        m[m[team + TEAM_SIGNS] + m[entry + ENTRY_SIGN] - 1] = 0
