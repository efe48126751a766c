"""Numbers over time: reading them at instants, and integrating them over the open time of a calendar.

Only numbers that depend on nothing but time live here (constants, steps, ramps and arithmetic of them), as
sizes, focus and prices do. Instants are integer milliseconds since the beginning of the warm-up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, Int64Array
from sim.plan.arrays import NumberKind, NumberRow, Plan

Float64Array = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(3)
_ARITHMETIC: dict[NumberKind, Callable[[Float64Array, Float64Array], Float64Array]] = {
    NumberKind.ADD: np.add,
    NumberKind.SUBTRACT: np.subtract,
    NumberKind.MULTIPLY: np.multiply,
    NumberKind.DIVIDE: np.divide,
}


def read_number(plan: Plan, number: int, instants: Float64Array) -> Float64Array:
    """The number at each instant; `instants` are in ms and may have any shape.

    Raises
    ------
    ValueError
        The number depends on more than time.
    """
    row = plan.numbers[number]
    if row.kind == NumberKind.CONSTANT:
        return np.full(instants.shape, row.value)
    if row.kind == NumberKind.RAMP:
        return np.interp(instants, row.points, row.weights).astype(np.float64)
    if row.kind == NumberKind.STEPS:
        return _read_steps(plan, row, instants)
    if row.kind in _ARITHMETIC:
        left, right = (read_number(plan, child, instants) for child in row.children)
        return _ARITHMETIC[row.kind](left, right)
    raise ValueError(f"number {number} is a {row.kind.name}: it depends on more than time")


def _read_steps(plan: Plan, row: NumberRow, instants: Float64Array) -> Float64Array:
    chosen = np.maximum(np.searchsorted(row.points, instants, side="right") - 1, 0)
    values = np.zeros(instants.shape)
    for i, child in enumerate(row.children):
        here = chosen == i
        values[here] = read_number(plan, child, instants[here])
    return values


def breakpoints(plan: Plan, number: int) -> set[int]:
    """Instants [ms] at which the number jumps or bends."""
    row = plan.numbers[number]
    return set(row.points).union(*(breakpoints(plan, child) for child in row.children))


def integrate(plan: Plan, number: int, calendar: Calendar, begin: int, end: int) -> float:
    """The number summed over the open milliseconds of [begin, end).

    Notes
    -----
    Gauss-Legendre with three nodes between breakpoints: exact for products of up to five ramps (Stoer and
    Bulirsch, Introduction to Numerical Analysis, 3.6), an approximation only for a quotient of ramps.
    """
    return integrate_function(
        lambda t: read_number(plan, number, t), breakpoints(plan, number), calendar, begin, end
    )


def integrate_function(
    function: Callable[[Float64Array], Float64Array],
    breaks: Iterable[int],
    calendar: Calendar,
    begin: int,
    end: int,
) -> float:
    """A function of time, smooth between `breaks`, summed over the open milliseconds of [begin, end)."""
    begins, ends = _open_pieces(calendar, begin, end, breaks)
    if not len(begins):
        return 0.0
    half = (ends - begins) / 2.0
    nodes = (begins + ends)[:, None] / 2.0 + half[:, None] * _NODES
    return float(np.sum(half * (function(nodes) @ (_WEIGHTS))))


def _open_pieces(
    calendar: Calendar, begin: int, end: int, breaks: Iterable[int]
) -> tuple[Int64Array, Int64Array]:
    """The openings of a calendar in [begin, end), cut at the breaks."""
    opens = np.clip(np.asarray(calendar.opens, dtype=np.int64), begin, end)
    closes = np.clip(np.asarray(calendar.closes, dtype=np.int64), begin, end)
    inner = np.array(sorted(t for t in breaks if begin < t < end), dtype=np.int64)
    edges = np.unique(np.concatenate((opens, closes, inner)))
    begins, ends = edges[:-1], edges[1:]
    at = np.searchsorted(opens, begins, side="right") - 1
    is_open = (at >= 0) & (begins < closes[np.maximum(at, 0)])
    return begins[is_open], ends[is_open]
