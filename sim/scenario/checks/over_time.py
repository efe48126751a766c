"""What a number can come to: its parts, and the lowest and highest value it takes over time.

Pure functions of numbers whose assumptions are put in. Arithmetic with values over time is looked at where
they jump or bend and in between; rates per different units are brought to one by nominal lengths, so that of
such a sum the sign is right and the size about right.
Not here: what is admissible (amounts).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sim.scenario.numbers import (
    OFFICE,
    Arithmetic,
    ByTrait,
    Constant,
    DistributionCall,
    FirstAgain,
    Mixture,
    Number,
    Ramp,
    Reference,
    Steps,
)
from sim.units.dimensions import HOUR_MS, WorkingTime

_BETWEEN = 4  # instants looked at between two knots


def below(number: Number) -> list[Number]:
    """The numbers that a number is made of, parameters of distributions and shares of mixes aside."""
    match number:
        case Steps(points=points) | Ramp(points=points):
            return [value for _, value in points]
        case ByTrait(levels=levels):
            return list(levels.values())
        case Mixture(parts=mixed):
            return [value for _, _, value in mixed]
        case FirstAgain(first=first, again=again):
            return [first, again]
        case Arithmetic(left=left, right=right):
            return [left, right]
    return []


def parts(number: Number) -> Iterator[Number]:
    """A number and everything it is made of."""
    yield number
    for child in below(number):
        yield from parts(child)


def leaves(number: Number) -> Iterator[Number]:
    """Constants, distributions and arithmetic that a number comes down to."""
    children = [] if isinstance(number, Arithmetic) else below(number)
    if not children:
        yield number
    for child in children:
        yield from leaves(child)


def is_drawn(number: Number) -> bool:
    """Whether luck has a part in it."""
    return any(isinstance(part, DistributionCall | Mixture) for part in parts(number))


def divides_by_zero(number: Number, working_time: WorkingTime = OFFICE) -> bool:
    """Whether a divisor is drawn, is 0 at some point in time, or changes its sign."""
    for part in parts(number):
        if isinstance(part, Arithmetic) and part.op == "/":
            ends = extremes(part.right, working_time)
            if ends is None or ends[0] <= 0 <= ends[1]:
                return True
    return False


def extremes(number: Number, working_time: WorkingTime = OFFICE) -> tuple[float, float] | None:
    """The lowest and highest value over time; None if it is drawn, depends on a case or cannot be known."""
    values: list[float] = []
    for instant, before in _instants(number):
        value = _value(number, instant, before, working_time)
        if value is None:
            return None
        values.append(value)
    return min(values), max(values)


def _instants(number: Number) -> Iterator[tuple[float, bool]]:
    """Where to look: at every knot from both sides, and between two of them."""
    knots = sorted({t for part in parts(number) if isinstance(part, Steps | Ramp) for t, _ in part.points})
    yield (knots[0] - 1.0 if knots else 0.0), False
    for knot in knots:
        yield from ((knot, True), (knot, False))
    for left, right in pairwise(knots):
        for i in range(1, _BETWEEN + 1):
            yield left + (right - left) * i / (_BETWEEN + 1), False


def _value(number: Number, instant: float, before: bool, working_time: WorkingTime) -> float | None:
    """The value at an instant; with `before` its limit from the left."""
    match number:
        case Constant():
            return _per_hour(number, working_time)
        case Steps(points=points):
            n = sum(t < instant or (t == instant and not before) for t, _ in points)
            return _value(points[max(n - 1, 0)][1], instant, before, working_time)
        case Ramp(points=points):
            return _on_ramp(points, instant, before, working_time)
        case Arithmetic(op=op, left=left, right=right):
            a, b = (_value(side, instant, before, working_time) for side in (left, right))
            return None if a is None or b is None else _calculated(op, a, b)
        case ByTrait() | Mixture() | FirstAgain() | DistributionCall() | Reference():
            return None
    return None


def _per_hour(constant: Constant, working_time: WorkingTime) -> float:
    if constant.per is None:
        return constant.value
    hours = {
        "h": 1.0,
        "d": working_time.day_ms / HOUR_MS,
        "w": working_time.week_ms / HOUR_MS,
        "month": 52 * working_time.week_ms / 12 / HOUR_MS,
        "year": 52 * working_time.week_ms / HOUR_MS,
    }
    return constant.value / hours[constant.per]


def _on_ramp(
    points: tuple[tuple[int, Number], ...], instant: float, before: bool, working_time: WorkingTime
) -> float | None:
    values = [_value(value, instant, before, working_time) for _, value in points]
    if any(value is None for value in values):
        return None
    known = [value for value in values if value is not None]
    for i, ((left, _), (right, _)) in enumerate(pairwise(points)):
        if left <= instant < right:
            return known[i] + (known[i + 1] - known[i]) * (instant - left) / (right - left)
    return known[0] if instant < points[0][0] else known[-1]


def _calculated(op: str, a: float, b: float) -> float | None:
    if op == "/":
        return a / b if b else None
    return {"+": a + b, "-": a - b, "*": a * b}[op]
