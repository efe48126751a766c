"""One replication as arrays: what several metrics ask of the same facts, computed once.

All times are integer milliseconds since the beginning of the warm-up.
Not here: any metric.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, Int64Array
from sim.metrics.accounts import Tiles, add_time, case_column, classify, make_tiles, open_time, table_of
from sim.plan.arrays import ActKind, Plan
from sim.records import Facts, HoldRow, PassageRow, Span, SpanState, VisitRow, WorkRow
from sim.records.facts import Table

BoolArray = NDArray[np.bool_]
Float64Array = NDArray[np.float64]
Rows = dict[str, Int64Array]

HOUR_MS = 3.6e6
QUEUEING = (SpanState.QUEUE, SpanState.QUEUE_TOGETHER, SpanState.BATCH, SpanState.PAUSED)


class Measure(NamedTuple):
    """One figure. `value` is None where it is not defined; `of` is what it is about."""

    metric: str
    kind: str  # 'case', 'outcome', 'flow', 'group', 'step', 'team', 'owner' or 'environment'
    of: str
    unit: str
    value: float | None


@dataclass(frozen=True, slots=True)
class View:
    """The facts of a replication as columns, with the accounts of its cases.

    `is_counted` are the cases of case statistics: they left in the window and did not come from `start_with`.
    `leave` is the end of the run for open cases.
    """

    facts: Facts
    plan: Plan
    business: Calendar
    open_ms: int  # business time in the window
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
    works: Rows
    visits: Rows
    passages: Rows
    holds: Rows
    worked: Int64Array  # per work: working ms, switching included, without interruptions, on its calendar
    work_end: Int64Array  # per work: instant at which those ms are done
    n_counted_by_type: Int64Array

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
    started = np.array(["@" in row.name for row in plan.sources], dtype=np.bool_)[source] & first
    has_left = (left >= plan.warm_up) & (left < plan.end)
    is_counted = has_left & ~started
    works = columns(facts.works, WorkRow._fields)
    worked, work_end = _worked(works, plan.calendars)
    return View(
        facts,
        plan,
        plan.calendars[plan.business],
        plan.calendars[plan.business].open_between(plan.warm_up, plan.end),
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
        works,
        columns(facts.visits, VisitRow._fields),
        _passages(facts),
        columns(facts.holds, HoldRow._fields),
        worked,
        work_end,
        np.bincount(case_type[is_counted], minlength=len(plan.case_types)),
    )


def _passages(facts: Facts) -> Rows:
    """Passages without the names under which flows were left."""
    rows = facts.passages if isinstance(facts.passages, Table) else (row[:-1] for row in facts.passages)
    return columns(rows, PassageRow._fields[:-1])


def columns(rows: Iterable[tuple[object, ...]], names: tuple[str, ...]) -> Rows:
    """Named columns of rows of whole numbers."""
    table = table_of(rows, len(names))
    return {name: np.ascontiguousarray(table[:, i]) for i, name in enumerate(names)}


def teams_of_steps(plan: Plan) -> list[tuple[int, ...]]:
    """The teams that the ordinary act of each step needs; none where it is not work."""
    return [
        tuple(dict.fromkeys(need.team for need in act.needs)) if act.kind == ActKind.WORK else ()
        for act in (plan.acts[step.act] for step in plan.steps)
    ]


def ratio(above: float, below: float, factor: float = 1.0) -> float | None:
    """A ratio, None ("not defined") where the denominator is 0."""
    return None if below == 0 else float(factor * above / below)


def summed(index: Int64Array, values: Int64Array, n: int) -> Int64Array:
    """Sum of whole numbers by index, exactly."""
    result = np.zeros(n, dtype=np.int64)
    np.add.at(result, index, values)
    return result


def _worked(works: Rows, calendars: tuple[Calendar, ...]) -> tuple[Int64Array, Int64Array]:
    begin, calendar = works["begin"], works["calendar"]
    done = add_time(calendar, calendars, begin, works["switching"] + works["ms"])
    end = np.minimum(done, works["end"])
    return open_time(calendar, calendars, begin, end), end
