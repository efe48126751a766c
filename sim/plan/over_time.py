"""Numbers over time, where no case is: what a row is worth at an instant, and where it jumps.

Not here: draws and traits of a case (engines), making the rows (lowering).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from sim.errors import PlanError
from sim.plan.arrays import NumberKind, NumberRow
from sim.units.dimensions import DAY_MS

Numbers = Sequence[NumberRow]


def expected(numbers: Numbers, number: int, instant: int, *, before: bool = False) -> float:
    """The value of a number at an instant, of a draw its mean; with `before` the limit from the left."""
    row = numbers[number]
    match row.kind:
        case NumberKind.CONSTANT:
            return row.value
        case NumberKind.DISTRIBUTION:
            assert row.distribution is not None
            return row.distribution.mean()
        case NumberKind.STEPS:
            piece = sum(point < instant or (point == instant and not before) for point in row.points)
            return expected(numbers, row.children[max(piece - 1, 0)], instant, before=before)
        case NumberKind.RAMP:
            return _on_ramp(row.points, row.weights, instant)
        case NumberKind.MIXTURE:
            means = (expected(numbers, child, instant, before=before) for child in row.children)
            return sum(share * mean for share, mean in zip(row.weights, means, strict=True))
        case NumberKind.BY_TRAIT | NumberKind.BY_CASE:
            raise PlanError("a number that depends on a case stands where no case is")
    left, right = (expected(numbers, child, instant, before=before) for child in row.children)
    return combine(row.kind, left, right)


def knots(numbers: Numbers, number: int) -> list[int]:
    """The instants at which a number over time jumps or bends, sorted."""
    row = numbers[number]
    inner = (knot for child in row.children for knot in knots(numbers, child))
    return sorted({*row.points, *inner} if row.kind in (NumberKind.STEPS, NumberKind.RAMP) else {*inner})


def is_even(numbers: Numbers, number: int) -> bool:
    """Whether a number stays the same from each of its knots to the next."""
    row = numbers[number]
    return row.kind is not NumberKind.RAMP and all(is_even(numbers, child) for child in row.children)


def draws(numbers: Numbers, number: int) -> bool:
    """Whether a number is drawn."""
    row = numbers[number]
    return row.kind in (NumberKind.DISTRIBUTION, NumberKind.MIXTURE) or any(
        draws(numbers, child) for child in row.children
    )


def floor_changes(numbers: Numbers, number: int, end: int) -> tuple[int, ...]:
    """The instants in (0, end] from which on the rounded-down value of a number is another one.

    Between two knots the value is taken to be monotone; a product of two ramps is looked at day by day.
    """
    edges = sorted({0, end, *(knot for knot in knots(numbers, number) if 0 < knot < end)})
    if _bends(numbers, number):
        edges = sorted({*edges, *range(0, end, DAY_MS)})
    changes: set[int] = set()
    for begin, stop in itertools.pairwise(edges):
        _find_changes(numbers, number, begin, stop - 1, changes)
        if _floor(numbers, number, stop - 1) != _floor(numbers, number, stop):
            changes.add(stop)
    return tuple(sorted(changes))


def _find_changes(numbers: Numbers, number: int, begin: int, stop: int, changes: set[int]) -> None:
    if stop <= begin or _floor(numbers, number, begin) == _floor(numbers, number, stop):
        return
    if stop == begin + 1:
        changes.add(stop)
        return
    middle = (begin + stop) // 2
    _find_changes(numbers, number, begin, middle, changes)
    _find_changes(numbers, number, middle, stop, changes)


def _floor(numbers: Numbers, number: int, instant: int) -> int:
    # 1e-9: a ramp that reaches 3 must be 3 there, whatever the last bit says.
    return int(expected(numbers, number, instant) + 1e-9)


def _bends(numbers: Numbers, number: int) -> bool:
    """Whether two parts that change over time are multiplied or divided."""
    row = numbers[number]
    changing = [child for child in row.children if knots(numbers, child)]
    if row.kind in (NumberKind.MULTIPLY, NumberKind.DIVIDE) and len(changing) > 1:
        return True
    if row.kind is NumberKind.DIVIDE and row.children[1] in changing:
        return True
    return any(_bends(numbers, child) for child in row.children)


def combine(kind: NumberKind, left: float, right: float) -> float:
    if kind is NumberKind.ADD:
        return left + right
    if kind is NumberKind.SUBTRACT:
        return left - right
    return left * right if kind is NumberKind.MULTIPLY else left / right


def _on_ramp(points: tuple[int, ...], values: tuple[float, ...], instant: int) -> float:
    if instant <= points[0]:
        return values[0]
    for left in range(len(points) - 1):
        if instant < points[left + 1]:
            share = (instant - points[left]) / (points[left + 1] - points[left])
            return values[left] + share * (values[left + 1] - values[left])
    return values[-1]
