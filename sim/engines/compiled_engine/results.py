"""From the tables that a run has written to facts and an event log in words. Columns stay columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.calendars import Int64Array
from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine.stays import ROWS_BETWEEN, StayBook
from sim.engines.compiled_engine.tables import Tables
from sim.plan.arrays import Plan
from sim.records import CaseRow, Event, Facts, HoldRow, PassageRow, Span, SpanState, VisitRow, WorkRow
from sim.records.event_log import EventLog
from sim.records.facts import Table


class Written:
    """The rows of each table, drained from the memory of a run as it goes on."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.pieces: list[list[Int64Array]] = [[] for _ in range(at.N_TABLES)]
        self.stays = StayBook(tables.texts)

    def drain(self, words: Int64Array) -> None:
        """Copy out what has been written, and give its room back."""
        for table, width in enumerate(self.tables.widths):
            out = at.OUT + 4 * table
            chunk, used = int(words[out + at.OUT_FIRST]), int(words[out + at.OUT_USED])
            per_chunk = ((1 << at.CHUNK_CLASS) - 1) // width * width
            while chunk:
                following = int(words[chunk])
                n = per_chunk if following else used - 1
                self.pieces[table].append(words[chunk + 1 : chunk + 1 + n].copy())
                words[chunk] = words[at.FREE + at.CHUNK_CLASS]
                words[at.FREE + at.CHUNK_CLASS] = chunk
                chunk = following
            words[out : out + 3] = 0
        if self.n_rows(at.T_STAY) >= ROWS_BETWEEN:
            self.book_stays()

    def book_stays(self) -> None:
        """Put what has been written of stays into their series."""
        self.stays.add(self.table(at.T_STAY))
        self.pieces[at.T_STAY].clear()

    def n_rows(self, number: int) -> int:
        """How many rows a table has."""
        return sum(map(len, self.pieces[number])) // self.tables.widths[number]

    def table(self, number: int) -> Int64Array:
        """All rows of a table, shape (n_rows, width)."""
        pieces = self.pieces[number] or [np.empty(0, dtype=np.int64)]
        return np.concatenate(pieces).reshape(-1, self.tables.widths[number])


def facts_of(written: Written, plan: Plan, seed: int, replication: int) -> Facts:
    """The facts of a run; rows become tuples only when somebody asks for them."""
    return Facts(
        replication,
        seed,
        plan.end,
        cases_of(written, plan),
        Table(written.table(at.T_SPAN), _span),
        Table(written.table(at.T_WORK), _work),
        Table(written.table(at.T_VISIT), _visit),
        Table(written.table(at.T_PASSAGE), _passage_maker(written.tables.texts)),
        holds_of(written),
        events_of(written, plan, replication),
    )


def cases_of(written: Written, plan: Plan) -> Table[CaseRow]:
    """The cases of a run in the order in which they came, if they were kept."""
    rows = written.table(at.T_CASE)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    make = _case_maker(rows, written.table(at.T_MILESTONE), plan, written.tables.texts)
    return Table(rows[:, 1:], make, written.tables.texts)


def holds_of(written: Written) -> Table[HoldRow]:
    """Environments held, if that was kept."""
    return Table(written.table(at.T_HOLD), _hold)


def events_of(written: Written, plan: Plan, replication: int) -> EventLog:
    """The event log of a run, if it was kept."""
    texts = _texts(plan, written.tables.texts)
    return EventLog(written.n_rows(at.T_EVENT), texts, lambda: _columns(written, replication))


def _span(_: int, row: Any) -> Span:
    return Span(row[0], row[1], SpanState(row[2]), *row[3:])


def _work(_: int, row: Any) -> WorkRow:
    return WorkRow._make((*row[:11], bool(row[11])))


def _visit(_: int, row: Any) -> VisitRow:
    return VisitRow._make((*row[:5], bool(row[5])))


def _hold(_: int, row: Any) -> HoldRow:
    return HoldRow(*row)


def _passage_maker(texts: list[str]) -> Callable[[int, Any], PassageRow]:
    return lambda _, row: PassageRow._make((*row[:5], texts[row[5]]))


def _case_maker(
    cases: Int64Array, milestones: Int64Array, plan: Plan, texts: list[str]
) -> Callable[[int, Any], CaseRow]:
    reached = milestones[np.argsort(milestones[:, 0], kind="stable")]
    begins = np.searchsorted(reached[:, 0], np.arange(len(cases) + 1))
    reals = np.ascontiguousarray(cases[:, 10:]).view(np.float64)
    n_traits = [len(row.traits) for row in plan.case_types]

    def make(index: int, row: Any) -> CaseRow:
        mine = reached[begins[index] : begins[index + 1], 1:].tolist()
        value, *traits = reals[index].tolist()
        reached_at = {texts[name]: instant for name, instant in mine}
        mine_traits = tuple(traits[: n_traits[row[1]]])
        return CaseRow._make((*row[:6], texts[row[6]], bool(row[7]), row[8], reached_at, value, mine_traits))

    return make


def _columns(written: Written, replication: int) -> dict[str, Int64Array]:
    """The columns of the event log, from its packed rows; texts are numbers of them, as in `_texts`."""
    words = written.table(at.T_EVENT)
    what, who = words[:, at.LOG_WHAT], words[:, at.LOG_WHO]
    serial = (words[:, at.LOG_CASE] >> at.VISIT_BITS) - 1
    source, number, generation = written.table(at.T_LOGGED)[serial].T
    n_texts = len(written.tables.texts)
    return {
        "replication": np.full(len(words), replication),
        "time": words[:, at.LOG_TIME],
        "source": n_texts + len(Event) + source,
        "number": number,
        "generation": generation,
        "n": _count_within(serial),
        "token": what >> (at.EVENT_BITS + 2 * at.TEXT_BITS),
        "path": _bits_of(what, at.EVENT_BITS + at.TEXT_BITS, at.TEXT_BITS),
        "visit": _bits_of(words[:, at.LOG_CASE], 0, at.VISIT_BITS),
        "event": n_texts + _bits_of(what, 0, at.EVENT_BITS),
        "team": who >> (at.MEMBER_BITS + at.BATCH_BITS),
        "member": _bits_of(who, at.BATCH_BITS, at.MEMBER_BITS),
        "batch": _bits_of(who, 0, at.BATCH_BITS),
        "ms": words[:, at.LOG_MS],
        "info": _bits_of(what, at.EVENT_BITS, at.TEXT_BITS),
    }


def _texts(plan: Plan, texts: list[str]) -> list[str]:
    """What the numbers in text columns of the event log stand for."""
    return [*texts, *(event.value for event in Event), *(source.name for source in plan.sources)]


def _bits_of(words: Int64Array, first: int, n: int) -> Int64Array:
    return (words >> first) & ((1 << n) - 1)


def _count_within(groups: Int64Array) -> Int64Array:
    """Of each row, how many rows of its group there are up to it. Shape as `groups`, from 1."""
    order = np.argsort(groups, kind="stable")
    arranged = groups[order]
    begins = np.searchsorted(arranged, arranged)
    count = np.empty_like(groups)
    count[order] = np.arange(1, len(groups) + 1) - begins
    return count
