"""Numbers written as one text: parsed by the grammar in numbers.lark, then turned into our own tree."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sim.scenario.numbers.algebra import NumberSyntaxError, Operator
from sim.scenario.numbers.arithmetic import calculate, check_one_distribution, constant, negate
from sim.scenario.numbers.constructors import distribution, ramp
from sim.scenario.numbers.slips import check_text, syntax_message
from sim.scenario.numbers.tree import Constant, DistributionCall, Number, Reference
from sim.scenario.numbers.vocabulary import FAMILY_EXAMPLES, MAX_VALUE, POSITIONS, admissible, an, kind_of
from sim.units.dimensions import (
    MONEY_UNITS,
    PER_UNITS,
    WALL_SINGULARS,
    WALL_UNITS,
    WORK_UNITS,
    Dimension,
    WorkingTime,
)

if TYPE_CHECKING:
    from lark import Lark, Tree


_QUANTITY = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>%|(?!per\b)[A-Za-z]+)?(?:\s*per\s+(?P<per>[A-Za-z]+))?"
)


_OPERATORS: Mapping[str, Operator] = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


def parse_number(text_or_scalar: object, working_time: WorkingTime) -> Number:
    """Read one number from a text, an int or a float.

    Raises
    ------
    NumberSyntaxError
        It cannot be understood, its units do not fit together, or it is not finite.
    """
    if isinstance(text_or_scalar, bool) or not isinstance(text_or_scalar, (int, float, str)):
        raise NumberSyntaxError(f"found {kind_of(text_or_scalar)} where a number belongs. {admissible()}")
    if not isinstance(text_or_scalar, str):
        return constant(_finite(text_or_scalar, _scalar_text(text_or_scalar)), Dimension.NUMBER)
    text = str(text_or_scalar)
    check_text(text)
    number = _build(_parse_tree(text), working_time)
    check_one_distribution(number)
    return number


@cache
def _parser() -> Lark:
    from lark import Lark  # imported here: commands that read no scenario should not pay for it

    grammar = Path(__file__).with_name("numbers.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr")


def _parse_tree(text: str) -> Tree[str]:
    from lark import UnexpectedInput

    try:
        return _subtree(_parser().parse(text))
    except UnexpectedInput as error:
        at_end = getattr(getattr(error, "token", None), "type", "") == "$END"
        raise NumberSyntaxError(syntax_message(text, None if at_end else error.pos_in_stream)) from None


def _build(tree: Tree[str], working_time: WorkingTime) -> Number:
    rule, children = str(tree.data), tree.children
    if rule in _OPERATORS:
        left, right = (_build(_subtree(child), working_time) for child in children)
        return calculate(_OPERATORS[rule], left, right)
    if rule == "start":
        return _build(_subtree(children[0]), working_time)
    if rule == "negative":
        return negate(_build(_subtree(children[0]), working_time))
    if rule == "quantity":
        return _quantity(str(children[0]), working_time)
    if rule == "reference":
        return Reference(str(children[0])[1:])
    return _build_call(rule, tree, working_time)


def _build_call(rule: str, tree: Tree[str], working_time: WorkingTime) -> Number:
    children = tree.children
    if rule == "empirical":
        words = re.split(r"[\s,()=]+", str(children[0]).rstrip(") "))
        return DistributionCall("empirical", {}, words[1], words[3])
    if rule == "ramp":
        return ramp(tuple(_point(_subtree(child), working_time) for child in children))
    if rule == "constant":
        return distribution("constant", {"value": _build(_subtree(children[0]), working_time)})
    family = str(children[0])
    if rule == "range":
        return _range(family, [_build(_subtree(child), working_time) for child in children[1:]])
    return _named(family, [_subtree(child) for child in children[1:]], working_time)


def _subtree(child: object) -> Tree[str]:
    return cast("Tree[str]", child)


def _point(tree: Tree[str], working_time: WorkingTime) -> tuple[int, Number]:
    value, instant = tree.children
    return read_instant(str(instant), working_time), _build(_subtree(value), working_time)


def read_instant(text: str, working_time: WorkingTime) -> int:
    number = parse_number(text, working_time)
    if not isinstance(number, Constant) or number.kind is not Dimension.WALL_TIME:
        raise NumberSyntaxError(
            f"found '{text}' where a point in time belongs; it counts from month 0 on the wall clock: "
            "0 months, 9 months, 30 days, 1 year"
        )
    return round(number.value)


def _range(family: str, values: list[Number]) -> Number:
    names = POSITIONS[family]
    if len(values) != len(names):
        raise NumberSyntaxError(
            f"{an(family)} has {len(names)} values, found {len(values)}: write '{FAMILY_EXAMPLES[family]}'"
        )
    return distribution(family, dict(zip(names, values, strict=True)))


def _named(family: str, pairs: list[Tree[str]], working_time: WorkingTime) -> Number:
    parameters: dict[str, Number] = {}
    for pair in pairs:
        name = str(pair.children[0])
        if name in parameters:
            raise NumberSyntaxError(f"'{name}' stands twice: write '{FAMILY_EXAMPLES[family]}'")
        parameters[name] = _build(_subtree(pair.children[1]), working_time)
    return distribution(family, parameters)


def _quantity(text: str, working_time: WorkingTime) -> Constant:
    match = _QUANTITY.fullmatch(text)
    assert match is not None, text
    value, unit, per = _finite(match["number"], text), match["unit"], match["per"]
    amount = _amount(value, unit, working_time, text)
    if per is None:
        return amount
    if amount.kind not in (Dimension.NUMBER, Dimension.MONEY):
        raise NumberSyntaxError(
            f"found '{text}': {amount.kind.value} has no 'per'. A rate is written 3 per year"
        )
    kind = Dimension.RATE if amount.kind is Dimension.NUMBER else Dimension.MONEY_RATE
    return constant(amount.value, kind, PER_UNITS[per])


def _amount(value: float, unit: str | None, working_time: WorkingTime, text: str) -> Constant:
    if unit is None:
        return constant(value, Dimension.NUMBER)
    if unit == "%":
        return constant(value / 100, Dimension.SHARE)
    if unit in MONEY_UNITS:
        return constant(value * MONEY_UNITS[unit], Dimension.MONEY)
    if unit in WORK_UNITS:
        return constant(value * working_time.unit_ms(unit), Dimension.WORK_TIME)
    if unit in WALL_SINGULARS and value != 1:
        raise NumberSyntaxError(f"found '{text}': write {value:g} {WALL_SINGULARS[unit]}")
    return constant(value * WALL_UNITS[WALL_SINGULARS.get(unit, unit)], Dimension.WALL_TIME)


def _finite(value: str | float, text: str) -> float:
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise NumberSyntaxError(f"found '{text}': a number is finite, for example 3 h")
    if abs(result) > MAX_VALUE or (isinstance(value, str) and _exponent(value) > 15):
        raise NumberSyntaxError(
            f"found '{text}': beyond {MAX_VALUE:g}, or an exponent beyond 15, is surely a slip"
        )
    return result


def _scalar_text(value: float) -> str:
    # Python refuses to print integers of thousands of digits
    return str(value) if isinstance(value, float) or abs(value) < 10**30 else "an integer beyond 30 digits"


def _exponent(text: str) -> int:
    digits = re.split("[eE]", text)[1:]
    return abs(int(digits[0])) if digits else 0
