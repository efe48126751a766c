"""Accounts: the class of every business instant of every case.

The spans of a run become *tiles*: stretches of a case with one calendar, whose business time is of the class
`inside` while that calendar is open and of the class `outside` while it is not. Tiles of a case do not overlap
(parallel branches are swept, the smallest class counts), so any stretch of a case is a sum over clipped tiles.
All times are integer milliseconds since the beginning of the warm-up.
Not here: which class a work has (engines), statistics over cases (summary).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar
from sim.errors import EngineError
from sim.plan.arrays import NONE, Plan
from sim.records import AccountClass, Facts, SpanState
from sim.records.facts import Span

Int64Array = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

N_CLASSES = len(AccountClass)

_SPAN = {name: i for i, name in enumerate(Span._fields)}
_CLASSES = {
    SpanState.PAUSED: (AccountClass.INTERRUPTED, AccountClass.INTERRUPTED),
    SpanState.QUEUE: (AccountClass.PERSON_BUSY, AccountClass.PERSON_OFF_SHIFT),
    SpanState.QUEUE_TOGETHER: (AccountClass.PEOPLE_TOGETHER, AccountClass.PERSON_OFF_SHIFT),
    SpanState.BATCH: (AccountClass.BATCH_OR_DATE, AccountClass.BATCH_OR_DATE),
    SpanState.DATE: (AccountClass.BATCH_OR_DATE, AccountClass.BATCH_OR_DATE),
    SpanState.LIMIT: (AccountClass.LIMIT_OR_OWNER, AccountClass.LIMIT_OR_OWNER),
    SpanState.OUTSIDE: (AccountClass.OUTSIDE, AccountClass.OUTSIDE),
}


@dataclass(frozen=True, slots=True)
class Tiles:
    """Stretches of cases, shape (n_tiles,), sorted by (case, begin), disjoint within a case.

    `calendar` is an index into `calendars` (the plan's, then those shrunk for `fit`), -1: always open.
    """

    case: Int64Array
    begin: Int64Array
    end: Int64Array
    calendar: Int64Array
    inside: Int64Array
    outside: Int64Array
    calendars: tuple[Calendar, ...]


def classify(facts: Facts, plan: Plan, tiles: Tiles | None = None) -> Int64Array:
    """Business ms of each case in each `AccountClass`, shape (n_cases, 11).

    Raises
    ------
    EngineError
        The classes of a case do not sum to its lead time exactly.
    """
    tiles = make_tiles(facts, plan) if tiles is None else tiles
    account = account_of_tiles(tiles, plan, len(facts.cases))
    _check_conservation(facts, plan, account)
    return account


def classify_windows(
    tiles: Tiles, plan: Plan, case: Int64Array, begin: Int64Array, end: Int64Array
) -> Int64Array:
    """Business ms in each class of stretches [begin, end) of cases, shape (n_stretches, 11)."""
    ends_by_case = _case_key(tiles.case, tiles.end)
    begins_by_case = _case_key(tiles.case, tiles.begin)
    first = np.searchsorted(ends_by_case, _case_key(case, begin), side="right")
    last = np.searchsorted(begins_by_case, _case_key(case, end), side="left")
    counts = np.maximum(last - first, 0)
    window = np.repeat(np.arange(len(case)), counts)
    tile = concatenated_ranges(first, counts)
    clipped = Tiles(
        window,
        np.maximum(tiles.begin[tile], begin[window]),
        np.minimum(tiles.end[tile], end[window]),
        tiles.calendar[tile],
        tiles.inside[tile],
        tiles.outside[tile],
        tiles.calendars,
    )
    return account_of_tiles(clipped, plan, len(case))


def classify_window(facts: Facts, plan: Plan, case: int, begin: int, end: int) -> Int64Array:
    """Business ms of one case in each class during [begin, end), shape (11,)."""
    one = [np.array([x], dtype=np.int64) for x in (case, begin, end)]
    result: Int64Array = classify_windows(make_tiles(facts, plan), plan, one[0], one[1], one[2])[0]
    return result


def account_of_tiles(tiles: Tiles, plan: Plan, n_rows: int) -> Int64Array:
    """Business ms by (tile.case, class), shape (n_rows, 11)."""
    business = plan.calendars[plan.business]
    whole = np.asarray(business.open_between_array(tiles.begin, tiles.end), dtype=np.int64)
    inside = whole.copy()
    split = np.where(tiles.inside != tiles.outside, tiles.calendar, NONE)
    for index, here in by_value(split):
        both = _intersection(business, tiles.calendars[index])
        inside[here] = both.open_between_array(tiles.begin[here], tiles.end[here])
    account = np.zeros((n_rows, N_CLASSES), dtype=np.int64)
    np.add.at(account, (tiles.case, tiles.inside), inside)
    np.add.at(account, (tiles.case, tiles.outside), whole - inside)
    return account


def make_tiles(facts: Facts, plan: Plan) -> Tiles:
    """The spans of a run as disjoint tiles."""
    spans = np.array(facts.spans, dtype=np.int64).reshape(len(facts.spans), len(_SPAN))
    alone = spans[:, _SPAN["token"]] == 0
    calendars = list(plan.calendars)
    rows = _tile_rows(spans[alone], calendars)
    branches = _tile_rows(spans[~alone], calendars)
    rows = np.concatenate((rows, _flatten(branches, calendars)))
    rows = rows[rows[:, 1] < rows[:, 2]]
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    return Tiles(*(np.ascontiguousarray(column) for column in rows.T), calendars=tuple(calendars))


def sweep(key: Int64Array, begin: Int64Array, end: Int64Array, rank: Int64Array, n_ranks: int) -> Int64Array:
    """Of overlapping stretches with the same key the smallest rank at each instant.

    Returns
    -------
    Rows (key, begin, end, rank), shape (n, 4), disjoint within a key; instants without a stretch have no row.
    """
    keys = np.concatenate((key, key))
    times = np.concatenate((begin, end))
    active = np.zeros((len(keys), n_ranks), dtype=np.int32)
    active[np.arange(len(keys)), np.concatenate((rank, rank))] = np.repeat((1, -1), len(key))
    order = np.lexsort((times, keys))
    keys, times = keys[order], times[order]
    # what begins also ends, so the counts are 0 again where the next key begins
    active = np.cumsum(active[order], axis=0) > 0
    kept = np.flatnonzero(active.any(axis=1)[:-1] & (times[:-1] < times[1:])) if len(keys) else order
    smallest = np.argmax(active[kept], axis=1)
    return np.stack((keys[kept], times[kept], times[kept + 1], smallest), axis=1).astype(np.int64)


def open_time(calendar: Int64Array, calendars: tuple[Calendar, ...], a: Int64Array, b: Int64Array) -> Int64Array:
    """Open ms in [a, b) of the calendar each row names (-1: always open); 0 where b <= a."""
    b = np.maximum(a, b)
    result = b - a
    for index, here in by_value(calendar):
        result[here] = calendars[index].open_between_array(a[here], b[here])
    return result


def add_time(calendar: Int64Array, calendars: tuple[Calendar, ...], t: Int64Array, d: Int64Array) -> Int64Array:
    """The instant at which `d` ms are done that begin at `t`, on the calendar each row names."""
    result = t + d
    for index, here in by_value(calendar):
        result[here] = calendars[index].add_array(t[here], d[here])
    return result


def by_value(values: Int64Array) -> list[tuple[int, Int64Array]]:
    """The positions of each value that occurs, but -1."""
    order = np.argsort(values, kind="stable")
    found, starts = np.unique(values[order], return_index=True)
    groups = np.split(order, starts[1:]) if len(found) else []
    return [(int(value), group) for value, group in zip(found, groups, strict=True) if value != NONE]


def concatenated_ranges(first: Int64Array, counts: Int64Array) -> Int64Array:
    """first[0], first[0]+1, ... (counts[0] of them), then from first[1], and so on."""
    offsets = np.cumsum(counts) - counts
    result: Int64Array = np.arange(counts.sum()) + np.repeat(first - offsets, counts)
    return result


def _tile_rows(spans: Int64Array, calendars: list[Calendar]) -> Int64Array:
    """Rows (case, begin, end, calendar, inside, outside); appends shrunk calendars to `calendars`."""
    state = spans[:, _SPAN["state"]]
    parts = [_work_rows(spans[state == SpanState.WORK], tuple(calendars))]
    for kind, (inside, outside) in _CLASSES.items():
        chosen = spans[state == kind]
        calendar = chosen[:, _SPAN["calendar"]].copy()
        if inside != outside:
            calendar = _shrink(calendar, chosen[:, _SPAN["ms"]], calendars)
        parts.append(_rows(chosen, _column(chosen, "begin"), _column(chosen, "end"), calendar, inside, outside))
    return np.concatenate(parts)


def _work_rows(spans: Int64Array, calendars: tuple[Calendar, ...]) -> Int64Array:
    """Switching, then the work, then what is beyond it (focus); interrupted while the calendar is closed."""
    begin, end, calendar = (_column(spans, name) for name in ("begin", "end", "calendar"))
    switching = _column(spans, "switching")
    switched = np.minimum(add_time(calendar, calendars, begin, switching), end)
    worked = np.minimum(add_time(calendar, calendars, begin, switching + _column(spans, "ms")), end)
    stopped = AccountClass.INTERRUPTED
    return np.concatenate(
        (
            _rows(spans, begin, switched, calendar, AccountClass.NON_ADDING, stopped),
            _rows(spans, switched, worked, calendar, _column(spans, "account_class"), stopped),
            _rows(spans, worked, end, np.full_like(calendar, NONE), stopped, stopped),
        )
    )


def _rows(
    spans: Int64Array,
    begin: Int64Array,
    end: Int64Array,
    calendar: Int64Array,
    inside: Int64Array | AccountClass,
    outside: AccountClass,
) -> Int64Array:
    classes = (np.broadcast_to(np.asarray(x, dtype=np.int64), begin.shape) for x in (inside, outside))
    return np.stack((_column(spans, "case"), begin, end, calendar, *classes), axis=1)


def _shrink(calendar: Int64Array, fits: Int64Array, calendars: list[Calendar]) -> Int64Array:
    """Calendars of queues under `fit`: open while the work would still end before closing."""
    result = calendar.copy()
    needed = np.flatnonzero((fits > 0) & (calendar != NONE))
    known: dict[tuple[int, int], int] = {}
    for i in needed:
        key = (int(calendar[i]), int(fits[i]))
        if key not in known:
            known[key] = len(calendars)
            calendars.append(calendars[key[0]].shrunk(key[1]))
        result[i] = known[key]
    return result


def _flatten(rows: Int64Array, calendars: list[Calendar]) -> Int64Array:
    """Tiles that may overlap within a case, as tiles of one class each that do not.

    A tile's `inside` is never greater than its `outside`, so the whole tile enters the sweep with `outside`
    and its openings with `inside`: the smaller one wins.
    """
    rows = rows[rows[:, 1] < rows[:, 2]]
    whole = np.stack((rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 5]), axis=1)
    always = rows[(rows[:, 3] == NONE)]
    parts = [whole, np.stack((always[:, 0], always[:, 1], always[:, 2], always[:, 4]), axis=1)]
    split = np.where(rows[:, 4] != rows[:, 5], rows[:, 3], NONE)
    parts += [_openings(rows[here], calendars[index]) for index, here in by_value(split)]
    pieces = np.concatenate(parts)
    flat = sweep(pieces[:, 0], pieces[:, 1], pieces[:, 2], pieces[:, 3], N_CLASSES)
    return np.column_stack((flat[:, :3], np.full(len(flat), NONE), flat[:, 3], flat[:, 3])).astype(np.int64)


def _openings(rows: Int64Array, calendar: Calendar) -> Int64Array:
    """The parts of tiles in which their calendar is open, as rows (case, begin, end, inside)."""
    opens, closes = (np.asarray(x, dtype=np.int64) for x in (calendar.opens, calendar.closes))
    first = np.searchsorted(closes, rows[:, 1], side="right")
    counts = np.maximum(np.searchsorted(opens, rows[:, 2], side="left") - first, 0)
    opening, row = concatenated_ranges(first, counts), np.repeat(np.arange(len(rows)), counts)
    begin = np.maximum(opens[opening], rows[row, 1])
    end = np.minimum(closes[opening], rows[row, 2])
    return np.stack((rows[row, 0], begin, end, rows[row, 4]), axis=1)


def _check_conservation(facts: Facts, plan: Plan, account: Int64Array) -> None:
    arrive = np.array([case.arrive for case in facts.cases], dtype=np.int64)
    leave = np.array([facts.end if case.leave < 0 else case.leave for case in facts.cases], dtype=np.int64)
    lead = np.asarray(plan.calendars[plan.business].open_between_array(arrive, leave))
    wrong = np.flatnonzero(account.sum(axis=1) != lead)
    if len(wrong):
        case = facts.cases[wrong[0]]
        raise EngineError(
            f"replication {facts.replication}: the account of {plan.sources[case.source].name} {case.number} "
            f"generation {case.generation} sums to {account[wrong[0]].sum()} ms, its lead time is "
            f"{lead[wrong[0]]} ms; {len(wrong)} cases are wrong. This is a defect of the engine."
        )


def _intersection(business: Calendar, calendar: Calendar) -> Calendar:
    return business if calendar is business else business.intersect(calendar)


def _case_key(case: Int64Array, instant: Int64Array) -> NDArray[np.void]:
    """Sortable by (case, instant)."""
    key = np.empty(len(case), dtype=[("case", np.int64), ("instant", np.int64)])
    key["case"], key["instant"] = case, instant
    return key


def _column(spans: Int64Array, name: str) -> Int64Array:
    result: Int64Array = spans[:, _SPAN[name]]
    return result
