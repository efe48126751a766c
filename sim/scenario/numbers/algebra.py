"""Units of results: what two numbers that are added, multiplied or stand side by side measure together.

The lowest module of the room; everything else that speaks of numbers may import it, it imports none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from sim.units.dimensions import Dimension

Operator = Literal["+", "-", "*", "/"]

WIDENED = {(Dimension.NUMBER, Dimension.MONEY), (Dimension.RATE, Dimension.MONEY_RATE)}
"""(found, wanted): a plain number may stand for money, a plain rate for a price."""


class Measured(Protocol):
    """Anything that knows what it measures."""

    @property
    def dimension(self) -> Dimension: ...


class NumberSyntaxError(ValueError):
    """A number cannot be understood; the message says what was found, what is admissible, and an example."""


def result_dimension(op: Operator, left: Dimension, right: Dimension) -> Dimension:
    if op in ("+", "-"):
        return _sum_dimension(op, left, right)
    return _product_dimension(left, right) if op == "*" else _quotient_dimension(left, right)


def _sum_dimension(op: Operator, left: Dimension, right: Dimension) -> Dimension:
    if left is right or right is Dimension.ANY:
        return left
    if left is Dimension.ANY or (left, right) in WIDENED:
        return right
    if (right, left) in WIDENED:
        return left
    hint = ""
    if left.is_time and right.is_time:
        hint = " Working time (s min h d w) and the wall clock (days weeks months years) do not add up."
    elif {left, right} == {Dimension.SHARE, Dimension.NUMBER}:
        hint = " A share is written with %: 100% + $growth."
    raise NumberSyntaxError(
        f"{left.value} {op} {right.value} has no meaning: both sides must measure the same.{hint}"
    )


def _product_dimension(left: Dimension, right: Dimension) -> Dimension:
    scalars = (Dimension.SHARE, Dimension.NUMBER)
    if left is Dimension.SHARE:
        return right
    if right is Dimension.SHARE:
        return left
    if Dimension.ANY in (left, right):
        other = right if left is Dimension.ANY else left
        return Dimension.ANY if other in (*scalars, Dimension.ANY) else other
    if left in scalars:
        return right
    if right in scalars:
        return left
    raise NumberSyntaxError(
        f"{left.value} * {right.value} has no meaning: one side must be a plain number or a "
        "share, as in 2 * 3 h"
    )


def _quotient_dimension(left: Dimension, right: Dimension) -> Dimension:
    if right in (Dimension.NUMBER, Dimension.SHARE):
        return Dimension.NUMBER if left is right else left
    if Dimension.ANY in (left, right):
        return Dimension.ANY
    if left is right and left not in (Dimension.RATE, Dimension.MONEY_RATE):
        return Dimension.NUMBER
    raise NumberSyntaxError(
        f"{left.value} / {right.value} has no meaning: divide by a plain number, a share or the "
        "same unit, as in 3 h / 2"
    )


def common(numbers: Sequence[Measured], where: str) -> Dimension:
    """The one dimension of several numbers; ANY where none of them knows."""
    dimension = Dimension.ANY
    for number in numbers:
        found = number.dimension
        if found in (dimension, Dimension.ANY) or (found, dimension) in WIDENED:
            continue
        if dimension is not Dimension.ANY and (dimension, found) not in WIDENED:
            raise NumberSyntaxError(
                f"{where} mixes {dimension.value} and {found.value}; its values must measure the same"
            )
        dimension = found
    return dimension
