"""One replication as arrays: what several tallies ask of the same facts, computed once.

All times are integer milliseconds since the beginning of the warm-up.
Not here: any sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, Int64Array
from sim.metrics.accounts import Tiles, add_time, case_column, classify, make_tiles, open_time, table_of
from sim.plan.arrays import Plan
from sim.plan.measured import is_started_with
from sim.records import Facts, HoldRow, PassageRow, Span, SpanState, VisitRow, WorkRow
from sim.records.facts import Table

BoolArray = NDArray[np.bool_]
Float64Array = NDArray[np.float64]
Rows = dict[str, Int64Array]

QUEUEING = (SpanState.QUEUE, SpanState.QUEUE_TOGETHER, SpanState.BATCH, SpanState.PAUSED)


@dataclass(frozen=True, slots=True)
class Works:
    """Stretches of work as columns, shape (n_works,), by the names of `WorkRow`; and what follows from them.

    Attributes
    ----------
    ready, done
        Instants at which switching is over, and at which the work of the stretch is.
    worked
        Working ms, switching included, without interruptions, on the work's calendar.
    common
        What two calendars have in common, as far as it was asked for.
    """

    plan: Plan
    rows: Rows
    ready: Int64Array
    done: Int64Array
    worked: Int64Array
    common: dict[tuple[int, int], Calendar] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Int64Array:
        return self.rows[name]

    @classmethod
    def of(cls, facts: Facts, plan: Plan) -> Works:
        """The works of a replication."""
        rows = columns(facts.works, WorkRow._fields)
        begin, calendar, switching = rows["begin"], rows["calendar"], rows["switching"]
        ready, done = (
            np.minimum(add_time(calendar, plan.calendars, begin, ms), rows["end"])
            for ms in (switching, switching + rows["ms"])
        )
        return cls(plan, rows, ready, done, open_time(calendar, plan.calendars, begin, done))


@dataclass(frozen=True, slots=True)
class View:
    """The facts of a replication as columns, with the accounts of its cases.

    `is_counted` are the cases of case statistics: they left in the window and did not come from `start_with`.
    `leave` is the end of the run for open cases.
    """

    facts: Facts
    plan: Plan
    business: Calendar
    tiles: Tiles
    account: Int64Array
    source: Int64Array
    case_type: Int64Array
    arrive: Int64Array
    leave: Int64Array
    has_left: BoolArray
    is_started_with: BoolArray
    is_counted: BoolArray
    spans: Rows
    works: Works
    visits: Rows
    passages: Rows
    holds: Rows

    def lead_time(self, begin: Int64Array, end: Int64Array) -> Int64Array:
        """Business ms of stretches."""
        return np.asarray(self.business.open_between_array(begin, end), dtype=np.int64)

    def in_window(self, begin: Int64Array, end: Int64Array) -> Int64Array:
        """Business ms of stretches, clipped to the window."""
        a, b = np.maximum(begin, self.plan.warm_up), np.minimum(end, self.plan.end)
        return self.lead_time(a, np.maximum(a, b))


def view(facts: Facts, plan: Plan) -> View:
    """Turn the facts of a replication into columns and accounts."""
    tiles = make_tiles(facts, plan)
    source, case_type, arrive, left = (
        case_column(facts, name) for name in ("source", "case_type", "arrive", "leave")
    )
    # the age of a successor is known, whoever it follows
    first = case_column(facts, "generation") == 0
    started = np.array([is_started_with(row) for row in plan.sources], dtype=np.bool_)[source] & first
    has_left = (left >= plan.warm_up) & (left < plan.end)
    is_counted = has_left & ~started
    return View(
        facts,
        plan,
        plan.calendars[plan.business],
        tiles,
        classify(facts, plan, tiles),
        source,
        case_type,
        arrive,
        np.where(left < 0, facts.end, left),
        has_left,
        started,
        is_counted,
        columns(facts.spans, Span._fields),
        Works.of(facts, plan),
        columns(facts.visits, VisitRow._fields),
        _passages(facts),
        columns(facts.holds, HoldRow._fields),
    )


def _passages(facts: Facts) -> Rows:
    """Passages without the names under which flows were left."""
    rows = facts.passages if isinstance(facts.passages, Table) else (row[:-1] for row in facts.passages)
    return columns(rows, PassageRow._fields[:-1])


def columns(rows: Iterable[tuple[object, ...]], names: tuple[str, ...]) -> Rows:
    """Named columns of rows of whole numbers."""
    table = table_of(rows, len(names))
    return {name: np.ascontiguousarray(table[:, i]) for i, name in enumerate(names)}


def summed(index: Int64Array, values: Int64Array, n: int) -> Int64Array:
    """Sum of whole numbers by index, exactly."""
    result = np.zeros(n, dtype=np.int64)
    np.add.at(result, index, values)
    return result
