"""One replication in compiled code: sets up its memory, lets the loop run, and gives the facts.

The loop comes back every so many items, so that what it has written can be taken out, more room be given,
and Ctrl-C be heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.calendars import Int64Array
from sim.engines.common import MAX_ITEMS_AT_ONE_INSTANT, MAX_QUEUE, check_halted
from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.compiling import compiled_loop
from sim.engines.compiled_engine.machine_code import Loop
from sim.engines.compiled_engine.results import Written, cases_of, events_of, facts_of, holds_of
from sim.engines.compiled_engine.stops import check_log_holds, explain, explain_standstill
from sim.engines.compiled_engine.tables import LINE, Tables, build_tables
from sim.engines.compiled_engine.tallied import tallies_of
from sim.errors import EngineError
from sim.plan.arrays import Plan
from sim.randomness import Purpose, uniforms
from sim.records import Facts
from sim.records.tallies import Tallied

FIRST_ROOM = 1 << 20
MOST_ROOM = 1 << 29
"""Words: 8 MiB at first, 4 GiB at most."""
ITEMS_BETWEEN = 1 << 14


class Keeps(NamedTuple):
    """What a run keeps: rows of the event log, of facts, of cases, of environments held; and sums."""

    log: bool = False
    facts: bool = False
    cases: bool = False
    holds: bool = False
    tallies: bool = False


def run(plan: Plan, *, seed: int, replication: int, keep_log: bool = False) -> Facts:
    """One replication. Raises EngineError if the run cannot go on; what was simulated is in its message."""
    keeps = Keeps(keep_log, facts=True, cases=True, holds=True)
    _, written = simulate(plan, seed, replication, keeps)
    return facts_of(written, plan, seed, replication)


def tally(
    plan: Plan,
    *,
    seed: int,
    replication: int,
    keep_log: bool = False,
    keep_cases: bool = False,
    money_edges: Sequence[int] = (),
) -> Tallied:
    """One replication, of which sums are kept while it runs, and only those rows that are asked for.

    Hours are summed between the `money_edges` [ms], if there are any; then cases and environments held are
    kept too, because money is made of them. `can_tally` says whether a plan allows it. Raises EngineError as
    `run` does.
    """
    has_money = len(money_edges) > 0
    keeps = Keeps(keep_log, cases=keep_cases or has_money, holds=has_money, tallies=True)
    words, written = simulate(plan, seed, replication, keeps, money_edges)
    written.book_stays()
    return Tallied(
        tallies_of(words, written.stays, plan),
        cases_of(written, plan),
        holds_of(written),
        events_of(written, plan, replication),
    )


def simulate(
    plan: Plan, seed: int, replication: int, keeps: Keeps, money_edges: Sequence[int] = ()
) -> tuple[Int64Array, Written]:
    """Run a replication: its memory at the end, and the rows that it has written."""
    if max(abs(seed), abs(replication)) >> 63:  # fits no word of the memory either
        uniforms(seed, replication, 1, 0, 0, 0, Purpose.ARRIVAL)
    loop, tables = compiled_loop(), build_tables(plan, tuple(money_edges))
    if keeps.log:
        check_log_holds(tables)
    room = len(tables.words) + FIRST_ROOM
    while True:
        try:
            return _run(loop, tables, plan, seed, replication, keeps, room)
        except MemoryError:  # one item took more than the reserve
            room = _more(8 * room, "one instant")


def _run(
    loop: Loop, tables: Tables, plan: Plan, seed: int, replication: int, keeps: Keeps, room: int
) -> tuple[Int64Array, Written]:
    words, written = _memory(tables, room), Written(tables)
    words[at.SEED], words[at.REPLICATION], words[at.CAPACITY] = seed, replication, room
    words[at.KEEPS_LOG], words[at.KEEPS_FACTS] = keeps.log, keeps.facts
    words[sums.KEEPS_CASES], words[sums.KEEPS_HOLDS] = keeps.cases, keeps.holds
    words[sums.KEEPS_TALLIES] = keeps.tallies
    words[at.KEEPS_ACCOUNTS] = keeps.facts or keeps.tallies
    words[at.MOST_AT_INSTANT], words[at.MOST_IN_QUEUE] = MAX_ITEMS_AT_ONE_INSTANT, MAX_QUEUE

    def carry_out(task: int) -> int:
        """Let the loop do a task; raise if it had to stop."""
        came_back = loop(words.ctypes.data, task, ITEMS_BETWEEN)
        if words[at.STOP] == at.STOP_ROOM:
            raise MemoryError
        if words[at.STOP]:
            raise EngineError(explain(words, tables, plan))
        return came_back

    carry_out(at.BEGIN)
    while carry_out(at.GO_ON) != at.FINISHED:
        check_halted()
        written.drain(words)
        if len(words) - int(words[at.TOP]) < 2 * at.RESERVE:
            words = _grown(words)
    if words[at.N_OPEN] and not words[at.GOES_ON] and not words[at.N_BEYOND]:
        raise EngineError(explain_standstill(words, tables, plan))
    carry_out(at.CLOSE)
    written.drain(words)
    return words, written


def _memory(tables: Tables, room: int) -> Int64Array:
    words = _aligned(room)
    words[: len(tables.words)] = tables.words
    return words


def _aligned(room: int) -> Int64Array:
    """So many words, from the beginning of a line of the processor's cache on.

    Behind them there are as many again, for what is written until a run that has used them up comes to its
    stop (`memory`). Nobody touches those else, so the system has not to find them.
    """
    words = np.empty(2 * room + LINE, dtype=np.int64)
    begin = -(words.ctypes.data // words.itemsize) % LINE
    return words[begin : begin + room]


def _grown(words: Int64Array) -> Int64Array:
    """The same memory with twice the room: addresses stay what they are."""
    grown = _aligned(_more(2 * len(words), "open cases"))
    top = int(words[at.TOP])
    grown[:top] = words[:top]
    grown[at.CAPACITY] = len(grown)
    return grown


def _more(room: int, what: str) -> int:
    if room > MOST_ROOM:
        raise EngineError(
            f"the run needs more than {MOST_ROOM * 8 / 2**30:.0f} GiB for its {what}; "
            "let fewer cases be open at a time, or shorten the horizon"
        )
    return room
