"""Arithmetic with units checked, and whether a number fits the place where it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from sim.scenario.numbers.algebra import WIDENED, NumberSyntaxError, Operator, result_dimension
from sim.scenario.numbers.describe import describe
from sim.scenario.numbers.tree import (
    Arithmetic,
    Constant,
    DistributionCall,
    Number,
    Ramp,
    Reference,
    Steps,
    count_distributions,
)
from sim.units.dimensions import Dimension


def calculate(op: Operator, left: Number, right: Number) -> Number:
    """`left op right`: units checked, folded if both are constants (of the same `per`)."""
    dimension = result_dimension(op, left.dimension, right.dimension)
    if op == "/" and isinstance(right, Constant) and right.value == 0:
        raise NumberSyntaxError("division by zero")
    if isinstance(left, Constant) and isinstance(right, Constant):
        folded = _fold(op, left, right, dimension)
        if folded is not None:
            return folded
    for side in (left, right):
        if isinstance(side, (Constant, Reference, Arithmetic, DistributionCall, Steps, Ramp)):
            continue
        raise NumberSyntaxError(f"found arithmetic with {describe(side)}; calculate inside the map instead")
    return Arithmetic(op, left, right)


def negate(number: Number) -> Number:
    """The number with its sign changed."""
    if isinstance(number, Constant):
        return Constant(-number.value, number.kind, number.per)
    return calculate("*", Constant(-1.0), number)


def _fold(op: Operator, left: Constant, right: Constant, dimension: Dimension) -> Constant | None:
    if left.per and right.per and left.per != right.per:
        return None
    per = None if dimension in (Dimension.NUMBER, Dimension.SHARE) else left.per or right.per
    return constant(_OPERATIONS[op](left.value, right.value), dimension, per)


_OPERATIONS: Mapping[Operator, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def constant(value: float, kind: Dimension, per: str | None = None) -> Constant:
    # rounded to 15 digits, so that 10% + 20% is 30% and not 30.000000000000004%
    if not math.isfinite(value):
        raise NumberSyntaxError("the result is not finite")
    return Constant(float(f"{value:.15g}"), kind, per)


def check_one_distribution(number: Number) -> None:
    if isinstance(number, Arithmetic) and count_distributions(number) > 1:
        raise NumberSyntaxError(
            "found more than one distribution in arithmetic; one is admissible, as in 1 h + "
            "exponential mean 2 h"
        )


def read_as(number: Number, dimension: Dimension) -> Number:
    """The number as a place wants it: a plain number as money, a plain rate as a price, else unchanged.

    Raises
    ------
    NumberSyntaxError
        It measures something else.

    Notes
    -----
    Only a constant is turned; arithmetic, maps and the like keep saying RATE where a price is wanted, since a
    plain rate and a price differ in nothing but this word.
    """
    found = number.dimension
    if found in (dimension, Dimension.ANY) or Dimension.ANY is dimension:
        return number
    if (found, dimension) in WIDENED:
        return Constant(number.value, dimension, number.per) if isinstance(number, Constant) else number
    hint = ""
    if dimension is Dimension.SHARE and isinstance(number, Constant) and found is Dimension.NUMBER:
        hint = f" {number.value:g} is written {number.value * 100:g}%."
    raise NumberSyntaxError(
        f"found {describe(number)} ({found.value}) where {dimension.value} belongs, for example "
        f"{dimension.example}.{hint}"
    )


def suggest_working_unit(text: str) -> str | None:
    """'1 d' for '1 day', '2 w' for '2 weeks': the working time that may be meant; else None."""
    short = re.sub(r"(\d\s*)(day|week)s?\b", lambda found: found[1] + found[2][0], text)
    return None if short == text else short
