"""Numbers of a scenario: from text and maps to a small tree of frozen values.

Reads every form of the scenario language that stands for an amount: quantities with units, `$name`,
arithmetic with units checked, distributions, ramps, steps over time, by trait, mixtures, first and again.
A `Number` says what was written; constants are folded. Times are milliseconds, shares 0 .. 1, money whole
units of the currency. A rate keeps its `per`, since what a day or month means for it depends on a calendar.
Not here: files, lines and keys (tree), the meaning of a distribution's parameters (plan, randomness).

Every error is a `NumberSyntaxError` whose message can be shown as it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from sim.units.dimensions import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    MONEY_UNITS,
    MONTH_MS,
    PER_UNITS,
    SECOND_MS,
    WALL_SINGULARS,
    WALL_UNITS,
    WEEK_MS,
    WORK_UNITS,
    YEAR_MS,
    Dimension,
    WorkingTime,
    format_money,
)

if TYPE_CHECKING:
    from lark import Lark, Tree

Operator = Literal["+", "-", "*", "/"]
N = TypeVar("N", bound="Number")

MAX_LENGTH = 500
MAX_DEPTH = 20
MAX_VALUE = 1e15
MAX_PARTS = 1_000
OFFICE = WorkingTime(day_ms=8 * HOUR_MS, week_ms=40 * HOUR_MS)

RANGE_FAMILIES = {"uniform": 2, "triangular": 3, "pert": 3}
NAMED_FAMILIES = ("exponential", "erlang", "gamma", "lognormal", "weibull", "normal")
FAMILIES = ("constant", *RANGE_FAMILIES, *NAMED_FAMILIES, "empirical")
PARAMETERS = ("mean", "median", "cv", "sd", "sigma", "shape", "k", "from", "to")
FAMILY_EXAMPLES: Mapping[str, str] = {
    "constant": "constant 2 h",
    "uniform": "uniform 2 h to 6 h",
    "triangular": "triangular 30 min to 1 h to 3 h",
    "pert": "pert 30 min to 1 h to 3 h",
    "exponential": "exponential mean 1 d",
    "erlang": "erlang k 4 mean 2 h",
    "gamma": "gamma mean 2 h cv 0.5",
    "lognormal": "lognormal mean 2 h cv 1",
    "weibull": "weibull mean 2 h shape 1.5",
    "normal": "normal mean 2 h sd 30 min from 0 h to 4 h",
    "empirical": "empirical durations.csv column hours",
}
_POSITIONS = {
    "constant": ("value",),
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"),
}
_SPREADS = {
    "gamma": ("cv", "sd", "shape"),
    "lognormal": ("cv", "sd", "sigma"),
    "weibull": ("cv", "sd", "shape"),
}
_UNIT_SLIPS = {
    "m": "min (minutes) or M (millions of money)",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "hr": "h",
    "hrs": "h",
    "hour": "h",
    "hours": "h",
    "K": "k",
    "percent": "%",
    "mio": "M",
    "million": "M",
}


class NumberSyntaxError(ValueError):
    """A number cannot be understood; the message says what was found, what is admissible, and an example."""


# --- the tree -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """Any number of a scenario. `dimension` is what it measures, `Dimension.ANY` while a `$name` hides it."""

    @property
    def dimension(self) -> Dimension:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Constant(Number):
    """One value: ms for times, 0 .. 1 for shares.

    `per` is h, d, w, month or year for rates and prices, else None.
    """

    value: float
    kind: Dimension = Dimension.NUMBER
    per: str | None = None

    @property
    def dimension(self) -> Dimension:
        return self.kind


@dataclass(frozen=True, slots=True)
class Reference(Number):
    """`$name`: the value of an assumption."""

    name: str

    @property
    def dimension(self) -> Dimension:
        return Dimension.ANY


@dataclass(frozen=True, slots=True)
class Arithmetic(Number):
    """`left op right`, not foldable because one side is no constant.

    Build with `calculate`, which checks units.
    """

    op: Operator
    left: Number
    right: Number

    @property
    def dimension(self) -> Dimension:
        return _result_dimension(self.op, self.left.dimension, self.right.dimension)


@dataclass(frozen=True, slots=True)
class DistributionCall(Number):
    """A family and its parameters by name: `value`; `low mode high`; or as written, `mean cv` and so on.

    `file` and `column` are set for `empirical` alone, whose dimension the file decides (`Dimension.ANY`).
    """

    family: str
    parameters: dict[str, Number]
    file: str = ""
    column: str = ""

    @property
    def dimension(self) -> Dimension:
        return _common(
            [self.parameters[name] for name in _sized_parameters(self.parameters)], _an(self.family)
        )


@dataclass(frozen=True, slots=True)
class Steps(Number):
    """A value that jumps: each number holds from its instant [ms from month 0] on, the first also before."""

    points: tuple[tuple[int, Number], ...]

    @property
    def dimension(self) -> Dimension:
        return _common([number for _, number in self.points], "a value over time")


@dataclass(frozen=True, slots=True)
class Ramp(Number):
    """Linear between its points [ms from month 0], constant outside."""

    points: tuple[tuple[int, Number], ...]

    @property
    def dimension(self) -> Dimension:
        return _common([number for _, number in self.points], "a ramp")


@dataclass(frozen=True, slots=True)
class ByTrait(Number):
    """One number for each level of a trait (or, for `by: case`, for each case type)."""

    trait: str
    levels: dict[str, Number]

    @property
    def dimension(self) -> Dimension:
        return _common(list(self.levels.values()), f"'by: {self.trait}'")


@dataclass(frozen=True, slots=True)
class Mixture(Number):
    """With probability `share`, this part's number: (name, share, number); the shares add up to 100%."""

    parts: tuple[tuple[str, Number, Number], ...]

    @property
    def dimension(self) -> Dimension:
        return _common([number for _, _, number in self.parts], "a mix")


@dataclass(frozen=True, slots=True)
class FirstAgain(Number):
    """Work of the first visit, and of later ones: a time, or a share of what the first would be."""

    first: Number
    again: Number

    @property
    def dimension(self) -> Dimension:
        return self.first.dimension


# --- reading --------------------------------------------------------------------------------------


def parse_number(text_or_scalar: object, working_time: WorkingTime) -> Number:
    """Read one number from a text, an int or a float.

    Raises
    ------
    NumberSyntaxError
        It cannot be understood, its units do not fit together, or it is not finite.
    """
    if isinstance(text_or_scalar, bool) or not isinstance(text_or_scalar, (int, float, str)):
        raise NumberSyntaxError(f"found {_kind_of(text_or_scalar)} where a number belongs. {_admissible()}")
    if not isinstance(text_or_scalar, str):
        return _constant(_finite(text_or_scalar, _scalar_text(text_or_scalar)), Dimension.NUMBER)
    text = str(text_or_scalar)
    _check_text(text)
    number = _build(_parse_tree(text), working_time)
    _check_one_distribution(number)
    return number


def parse_value(plain: object, working_time: WorkingTime) -> Number:
    """Read a number in any form: a scalar as in `parse_number`, or one of the maps.

    The maps are `{by: trait, level: number ...}`, over time `{0 months: number, 6 months: number}`,
    `{mix: {name: {p: share, is: number}}}` (one `p` may be missing or `rest`) and
    `{first: number, again: number}`.

    Raises
    ------
    NumberSyntaxError
        As for `parse_number`; a map of no known form; shares that do not add up to 100%.
    """
    return _read_value(plain, working_time, 0)


def substitute(number: Number, assumptions: Mapping[str, Number]) -> Number:
    """The same number with every `$name` replaced by its assumption, units checked again, constants folded.

    Raises
    ------
    NumberSyntaxError
        A name is unknown, assumptions refer to each other in a circle, or units do not fit together.
    """
    try:
        return _Substitution(assumptions).apply(number, ())
    except RecursionError:
        raise NumberSyntaxError("assumptions refer to each other too deeply; shorten the chain") from None


def references(number: Number) -> frozenset[str]:
    """Names of the assumptions that a number reads directly."""
    if isinstance(number, Reference):
        return frozenset({number.name})
    return frozenset().union(*(references(child) for child in _children(number)))


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
    if (found, dimension) in _WIDENED:
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


# --- text -----------------------------------------------------------------------------------------

_WORD = re.compile(r"\$?[A-Za-z_][A-Za-z0-9_]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|\S")
_EMPIRICAL = re.compile(
    r"empirical(\s*\(\s*[^\s,()=]+[\s,]+column[\s=]+[^\s,()=]+\s*\)|\s+[^\s,()=]+[\s,]+column[\s=]+[^\s,()=]+)"
)
_QUANTITY = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>%|(?!per\b)[A-Za-z]+)?(?:\s*per\s+(?P<per>[A-Za-z]+))?"
)
_UNITS = (*WORK_UNITS, *WALL_UNITS, *WALL_SINGULARS, *MONEY_UNITS)
_KEYWORDS = frozenset((*FAMILIES, *PARAMETERS, *_UNITS, *PER_UNITS, "ramp", "at", "per", "column"))


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
        raise NumberSyntaxError(_syntax_message(text, None if at_end else error.pos_in_stream)) from None


def _syntax_message(text: str, position: int | None) -> str:
    rest = "" if position is None or position < 0 else text[position:].strip()
    found = f"'{rest.split()[0]}' is not expected here" if rest else "it ends too early"
    family = next((word for word in re.findall(r"[a-z]+", text) if word in FAMILIES), None)
    if family:
        return f"found '{text}': {found}. {_an(family).capitalize()} is written '{FAMILY_EXAMPLES[family]}'."
    if re.search(r"\bramp\b", text):
        return f"found '{text}': {found}. A ramp is written 'ramp 0% at 9 months to 80% at 21 months'."
    return f"found '{text}': {found}. {_admissible()}"


def _an(family: str) -> str:
    return f"{'an' if family[0] in 'ae' else 'a'} {family}"


def _admissible() -> str:
    return (
        "Admissible: an amount with its unit (3 h, 25%, 42 k, 3 per year), $name, arithmetic "
        "with + - * / ( ), "
        "a distribution (lognormal mean 2 h cv 1), a ramp."
    )


def _check_text(text: str) -> None:
    if not text.strip():
        raise NumberSyntaxError(f"found nothing where a number belongs. {_admissible()}")
    if len(text) > MAX_LENGTH:
        raise NumberSyntaxError(
            f"found a number of {len(text)} characters; at most {MAX_LENGTH}. Give parts of it a "
            "name in `assumptions`."
        )
    _check_depth(text)
    if re.search("-\\s*-\\s*-", text):
        raise NumberSyntaxError(f"found '{text}': three minus signs in a row. For example: 3 h - 1 h")
    bare = _EMPIRICAL.sub("1", text)
    if re.search(r"(?<!\$)\bempirical\b", bare):
        raise NumberSyntaxError(f"found '{text}': an empirical is written '{FAMILY_EXAMPLES['empirical']}'.")
    _check_currency(bare)
    _check_comma(bare)
    _check_words(bare)


def _check_depth(text: str) -> None:
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise NumberSyntaxError(
            f"found parentheses {deepest} deep; at most {MAX_DEPTH}. Give parts of it a name in "
            "`assumptions`."
        )
    if depth:
        missing = "')' is missing" if depth > 0 else "there is a ')' too many"
        raise NumberSyntaxError(f"found '{text}': {missing}. For example: (1 h + 30 min) * 2")


def _check_currency(text: str) -> None:
    slip = re.search(
        r"(?:\$\s*|[€£¥]\s*)(\d[\d.]*)\s*([kKM]?)|(\d[\d.]*)\s*([kKM]?)\s*(?:[€£¥]|[A-Z]{3}\b)", text
    )
    if slip is None:
        return
    amount, suffix = slip[1] or slip[3], (slip[2] or slip[4] or "").replace("K", "k")
    raise NumberSyntaxError(
        f"found '{slip[0].strip()}': money is written {f'{amount} {suffix}'.strip()}, "
        "the currency stands once at the top (currency: USD)"
    )


def _check_comma(text: str) -> None:
    slip = re.search(r"\d[\d.]*(?:,\d[\d.]*)+", text)
    if slip:
        raise NumberSyntaxError(
            f"found '{slip[0]}': a comma inside a number. Write {slip[0].replace(',', '')} for "
            "thousands, a point for "
            "decimals (2.5), and a space after a comma that separates parameters"
        )


def _check_words(text: str) -> None:
    previous = ""
    for word in _WORD.findall(text):
        if word[0].isalpha() or word[0] == "_":
            _check_word(text, word, previous)
        previous = word


def _check_word(text: str, word: str, previous: str) -> None:
    if word.lower() in ("nan", "inf", "infinity"):
        raise NumberSyntaxError(f"found '{text}': '{word}' is no amount. A number is finite, for example 3 h")
    if previous == "per":
        if word not in PER_UNITS:
            raise NumberSyntaxError(_unknown("rate", f"per {word}", [f"per {unit}" for unit in PER_UNITS]))
    elif previous[:1].isdigit() or previous[:1] == ".":
        if word not in _KEYWORDS and word not in FAMILIES:
            raise NumberSyntaxError(_unknown_unit(word, previous))
    elif word not in _KEYWORDS:
        raise NumberSyntaxError(f"found '{text}': {_unknown_word(word)}")


def _unknown_word(word: str) -> str:
    words = sorted((*FAMILIES, *PARAMETERS, "ramp", "at", "per"))
    near = _near(word, words)
    hint = f" Did you mean '{near}'?" if near else f" An assumption is written ${word}."
    return f"the word '{word}' is unknown. Distributions: {', '.join(FAMILIES)}.{hint}"


def _unknown_unit(word: str, number: str) -> str:
    if word in _UNIT_SLIPS:
        return f"found '{number} {word}': the unit is written {_UNIT_SLIPS[word]}. {_unit_list()}"
    near = _near(word, _UNITS)
    near = WALL_SINGULARS.get(near, near) if near and number != "1" else near
    hint = f" Did you mean '{number} {near}'?" if near else ""
    return f"found '{number} {word}': no unit is called '{word}'. {_unit_list()}{hint}"


def _unit_list() -> str:
    return (
        f"Working time: {' '.join(WORK_UNITS)}; wall clock: {' '.join(WALL_UNITS)}; share: %; "
        f"money: {' '.join(MONEY_UNITS)}; rates: per h, per d, per w, per month, per year."
    )


def _unknown(kind: str, word: str, words: Iterable[str]) -> str:
    words = list(words)
    near = _near(word, words)
    hint = f" Did you mean '{near}'?" if near else ""
    return f"no {kind} is called '{word}'. Admissible: {', '.join(words) or 'none'}.{hint}"


def _near(word: str, words: Iterable[str]) -> str | None:
    matches = get_close_matches(word.lower(), list(words), n=1, cutoff=0.6) or get_close_matches(
        word, list(words), n=1
    )
    return matches[0] if matches else None


def _kind_of(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"'{value}' ({type(value).__name__})"


# --- from lark's tree to ours ---------------------------------------------------------------------


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
        return _ramp(tuple(_point(_subtree(child), working_time) for child in children))
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
    return _instant(str(instant), working_time), _build(_subtree(value), working_time)


def _instant(text: str, working_time: WorkingTime) -> int:
    number = parse_number(text, working_time)
    if not isinstance(number, Constant) or number.kind is not Dimension.WALL_TIME:
        raise NumberSyntaxError(
            f"found '{text}' where a point in time belongs; it counts from month 0 on the wall clock: "
            "0 months, 9 months, 30 days, 1 year"
        )
    return round(number.value)


def _range(family: str, values: list[Number]) -> Number:
    names = _POSITIONS[family]
    if len(values) != len(names):
        raise NumberSyntaxError(
            f"{_an(family)} has {len(names)} values, found {len(values)}: write '{FAMILY_EXAMPLES[family]}'"
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
    return _constant(amount.value, kind, PER_UNITS[per])


def _amount(value: float, unit: str | None, working_time: WorkingTime, text: str) -> Constant:
    if unit is None:
        return _constant(value, Dimension.NUMBER)
    if unit == "%":
        return _constant(value / 100, Dimension.SHARE)
    if unit in MONEY_UNITS:
        return _constant(value * MONEY_UNITS[unit], Dimension.MONEY)
    if unit in WORK_UNITS:
        return _constant(value * working_time.unit_ms(unit), Dimension.WORK_TIME)
    if unit in WALL_SINGULARS and value != 1:
        raise NumberSyntaxError(f"found '{text}': write {value:g} {WALL_SINGULARS[unit]}")
    return _constant(value * WALL_UNITS[WALL_SINGULARS.get(unit, unit)], Dimension.WALL_TIME)


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


# --- arithmetic -----------------------------------------------------------------------------------

_OPERATORS: Mapping[str, Operator] = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
_WIDENED = {(Dimension.NUMBER, Dimension.MONEY), (Dimension.RATE, Dimension.MONEY_RATE)}


def calculate(op: Operator, left: Number, right: Number) -> Number:
    """`left op right`: units checked, folded if both are constants (of the same `per`)."""
    dimension = _result_dimension(op, left.dimension, right.dimension)
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
    return _constant(_OPERATIONS[op](left.value, right.value), dimension, per)


_OPERATIONS: Mapping[Operator, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def _constant(value: float, kind: Dimension, per: str | None = None) -> Constant:
    # rounded to 15 digits, so that 10% + 20% is 30% and not 30.000000000000004%
    if not math.isfinite(value):
        raise NumberSyntaxError("the result is not finite")
    return Constant(float(f"{value:.15g}"), kind, per)


def _result_dimension(op: Operator, left: Dimension, right: Dimension) -> Dimension:
    if op in ("+", "-"):
        return _sum_dimension(op, left, right)
    return _product_dimension(left, right) if op == "*" else _quotient_dimension(left, right)


def _sum_dimension(op: Operator, left: Dimension, right: Dimension) -> Dimension:
    if left is right or right is Dimension.ANY:
        return left
    if left is Dimension.ANY or (left, right) in _WIDENED:
        return right
    if (right, left) in _WIDENED:
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


def _checked(number: N) -> N:
    """The number itself, after its dimension has been asked for once: parts that do not fit raise here."""
    _ = number.dimension
    return number


def _common(numbers: list[Number], where: str) -> Dimension:
    """The one dimension of several numbers; ANY where none of them knows."""
    dimension = Dimension.ANY
    for number in numbers:
        found = number.dimension
        if found in (dimension, Dimension.ANY) or (found, dimension) in _WIDENED:
            continue
        if dimension is not Dimension.ANY and (dimension, found) not in _WIDENED:
            raise NumberSyntaxError(
                f"{where} mixes {dimension.value} and {found.value}; its values must measure the same"
            )
        dimension = found
    return dimension


# --- distributions and values over time -----------------------------------------------------------


def distribution(family: str, parameters: dict[str, Number]) -> DistributionCall:
    """A distribution with its parameters checked, as far as they are constants already."""
    for name, value in parameters.items():
        _check_no_distribution(value, f"parameter '{name}' of {_an(family)}")
    if family in _POSITIONS:
        _ = DistributionCall(family, parameters).dimension  # units first: 1 h to 3 must not be compared
        _check_rising([parameters[name] for name in _POSITIONS[family]], family)
    elif family == "normal":
        _check_parameters(family, parameters, ("mean", "sd", "from", "to"))
        _ = DistributionCall(family, parameters).dimension
        _check_rising([parameters["from"], parameters["to"]], family)
        _check_positive(family, parameters, ("sd",))
    else:
        _check_spread_family(family, parameters)
        _check_positive(family, parameters, tuple(parameters))
    _check_plain(family, parameters)
    return _checked(DistributionCall(family, parameters))


def _sized_parameters(parameters: Mapping[str, Number]) -> list[str]:
    return [name for name in parameters if name not in ("cv", "sigma", "shape", "k")]


def _check_plain(family: str, parameters: Mapping[str, Number]) -> None:
    for name in ("cv", "sigma", "shape", "k"):
        admissible = (Dimension.NUMBER, Dimension.ANY, *((Dimension.SHARE,) if name == "cv" else ()))
        if name in parameters and parameters[name].dimension not in admissible:
            raise NumberSyntaxError(
                f"'{name}' of {_an(family)} is a plain number, found {describe(parameters[name])}: "
                f"write '{FAMILY_EXAMPLES[family]}'"
            )
    order = parameters.get("k")
    if isinstance(order, Constant) and order.value != round(order.value):
        raise NumberSyntaxError(
            f"'k' of an erlang is a whole number, found {order.value:g}; gamma takes any shape"
        )


def _check_spread_family(family: str, parameters: Mapping[str, Number]) -> None:
    if family in ("exponential", "erlang"):
        _check_parameters(family, parameters, ("mean",) if family == "exponential" else ("k", "mean"))
        return
    spreads = _SPREADS[family]
    middle = [name for name in parameters if name in ("mean", "median")]
    spread = [name for name in parameters if name in spreads]
    if len(middle) != 1 or len(spread) != 1 or len(parameters) != 2:
        raise NumberSyntaxError(
            f"{_an(family)} has one of mean, median and one of {', '.join(spreads)}; found "
            f"{', '.join(parameters)}: "
            f"write '{FAMILY_EXAMPLES[family]}'"
        )


def _check_parameters(family: str, parameters: Mapping[str, Number], wanted: tuple[str, ...]) -> None:
    if set(parameters) != set(wanted):
        raise NumberSyntaxError(
            f"{_an(family)} has {', '.join(wanted)}; found {', '.join(parameters)}: write "
            f"'{FAMILY_EXAMPLES[family]}'"
        )


def _check_positive(family: str, parameters: Mapping[str, Number], names: tuple[str, ...]) -> None:
    for name in names:
        value = parameters[name]
        if isinstance(value, Constant) and value.value <= 0:
            raise NumberSyntaxError(
                f"'{name}' of {_an(family)} must be greater than 0, found {describe(value)}"
            )


def _check_rising(values: list[Number], family: str) -> None:
    known = [value for value in values if isinstance(value, Constant)]
    for low, high in pairwise(known):
        if low.value > high.value:
            raise NumberSyntaxError(
                f"the values of {_an(family)} must not fall, found {describe(low)} before {describe(high)}"
            )
    if len(values) > 1 and len(known) == len(values) and known[0].value == known[-1].value:
        raise NumberSyntaxError(
            f"{_an(family)} from {describe(known[0])} to itself: write 'constant' instead"
        )


def _ramp(points: tuple[tuple[int, Number], ...]) -> Ramp:
    _check_instants(points, "a ramp")
    for _, value in points:
        _check_no_distribution(value, "a value of a ramp")
    return _checked(Ramp(points))


def _check_instants(points: tuple[tuple[int, Number], ...], where: str) -> None:
    for (before, _), (after, _) in pairwise(points):
        if after <= before:
            raise NumberSyntaxError(
                f"the points in time of {where} must rise, found {_wall_text(before)} before "
                f"{_wall_text(after)}"
            )


def _check_no_distribution(number: Number, where: str) -> None:
    if not isinstance(number, (Constant, Reference, Arithmetic, Ramp, Steps)) or _count_distributions(number):
        raise NumberSyntaxError(f"{where} is a plain amount, $name or arithmetic, found {describe(number)}")


def _check_one_distribution(number: Number) -> None:
    if isinstance(number, Arithmetic) and _count_distributions(number) > 1:
        raise NumberSyntaxError(
            "found more than one distribution in arithmetic; one is admissible, as in 1 h + "
            "exponential mean 2 h"
        )


def _count_distributions(number: Number) -> int:
    own = isinstance(number, DistributionCall)
    return own + sum(_count_distributions(child) for child in _children(number))


def _size(number: Number) -> int:
    return 1 + sum(_size(child) for child in _children(number))


def _children(number: Number) -> list[Number]:
    match number:
        case Arithmetic(left=left, right=right):
            return [left, right]
        case DistributionCall(parameters=parameters):
            return list(parameters.values())
        case Steps(points=points) | Ramp(points=points):
            return [value for _, value in points]
        case ByTrait(levels=levels):
            return list(levels.values())
        case Mixture(parts=parts):
            return [child for _, share, value in parts for child in (share, value)]
        case FirstAgain(first=first, again=again):
            return [first, again]
        case _:
            return []


# --- maps -----------------------------------------------------------------------------------------


def _read_value(plain: object, working_time: WorkingTime, depth: int) -> Number:
    if not isinstance(plain, Mapping):
        return parse_number(plain, working_time)
    if depth >= MAX_DEPTH:
        raise NumberSyntaxError(f"found maps more than {MAX_DEPTH} deep")
    keys = [str(key) for key in plain]
    entries = dict(zip(keys, plain.values(), strict=True))
    if "by" in entries:
        return _read_by(entries, working_time, depth + 1)
    if "mix" in entries:
        return _read_mix(entries, working_time, depth + 1)
    if "first" in entries or "again" in entries:
        return _read_first_again(entries, working_time, depth + 1)
    if keys and all(key[:1].isdigit() for key in keys):
        return _read_steps(entries, working_time, depth + 1)
    raise NumberSyntaxError(_map_message(keys))


def _map_message(keys: list[str]) -> str:
    near = next((match for key in keys if (match := _near(key, ("by", "mix", "first", "again")))), None)
    hint = f" Did you mean '{near}'?" if near else ""
    return (
        f"found a map with the keys {', '.join(keys) or '(none)'}. As a number, a map is {{by: "
        f"trait, level: 1 h, ...}}, "
        "over time {0 months: 40, 6 months: 50}, {mix: {name: {p: 20%, is: 1 h}, ...}} or "
        f"{{first: 2 h, again: 50%}}.{hint}"
    )


def _read_by(entries: dict[str, object], working_time: WorkingTime, depth: int) -> Number:
    trait = entries["by"]
    if not isinstance(trait, str) or not trait.isidentifier():
        raise NumberSyntaxError(
            f"'by' names a trait, found {_kind_of(trait)}: {{by: size, large: 2 h, standard: 1 h}}"
        )
    plain = {level: value for level, value in entries.items() if level != "by"}
    if not plain:
        raise NumberSyntaxError(f"'by: {trait}' has no level: {{by: {trait}, large: 2 h, standard: 1 h}}")
    levels = {level: _within(level, value, working_time, depth) for level, value in plain.items()}
    return by_trait(str(trait), levels)


def by_trait(trait: str, levels: dict[str, Number]) -> ByTrait:
    """One number per level, all of one dimension."""
    return _checked(ByTrait(trait, levels))


def _within(key: str, value: object, working_time: WorkingTime, depth: int) -> Number:
    try:
        return _read_value(value, working_time, depth)
    except NumberSyntaxError as error:
        raise NumberSyntaxError(f"{key}: {error}") from None


def _read_steps(entries: dict[str, object], working_time: WorkingTime, depth: int) -> Number:
    points = tuple(
        (_instant(key, working_time), _within(key, value, working_time, depth))
        for key, value in entries.items()
    )
    return _steps(points)


def _steps(points: tuple[tuple[int, Number], ...]) -> Steps:
    _check_instants(points, "a value over time")
    return _checked(Steps(points))


def _read_mix(entries: dict[str, object], working_time: WorkingTime, depth: int) -> Number:
    plain = entries["mix"]
    if len(entries) != 1 or not isinstance(plain, Mapping) or len(plain) < 2:
        raise NumberSyntaxError(
            "a mix has two parts or more and stands alone: {mix: {easy: {p: 80%, is: 1 h}, "
            "hard: {p: rest, is: 1 d}}}"
        )
    shares: dict[str, Number | None] = {}
    numbers: dict[str, Number] = {}
    for key, part in plain.items():
        name = str(key)
        shares[name], numbers[name] = _read_part(name, part, working_time, depth)
    return mixture([(name, share, numbers[name]) for name, share in shares.items()])


def _read_part(
    name: str, part: object, working_time: WorkingTime, depth: int
) -> tuple[Number | None, Number]:
    if not isinstance(part, Mapping) or "is" not in part or not set(part) <= {"p", "is"}:
        raise NumberSyntaxError(f"'{name}' of a mix has the keys p and is: {name}: {{p: 20%, is: 1 h}}")
    share = part.get("p", "rest")
    number = _within(name, part["is"], working_time, depth)
    if share == "rest":
        return None, number
    return read_as(_within(f"{name}.p", share, working_time, depth), Dimension.SHARE), number


def mixture(parts: list[tuple[str, Number | None, Number]]) -> Mixture:
    """A mixture; the one part without a share (None) gets the rest.

    Shares that are constants must make 100%.
    """
    open_parts = [name for name, share, _ in parts if share is None]
    if len(open_parts) > 1:
        raise NumberSyntaxError(f"only one part of a mix may go without p, found {', '.join(open_parts)}")
    total: Number = Constant(0.0, Dimension.SHARE)
    for name, share, _ in parts:
        if share is not None:
            _check_share(share, f"p of '{name}'")
            total = calculate("+", total, share)
    if isinstance(total, Constant) and (
        total.value > 1 + 1e-9 or (not open_parts and total.value < 1 - 1e-9)
    ):
        raise NumberSyntaxError(
            f"the shares of a mix make {describe(total)}; they must make 100% (one may be 'rest')"
        )
    rest = calculate("-", Constant(1.0, Dimension.SHARE), total)
    return _checked(
        Mixture(tuple((name, rest if share is None else share, value) for name, share, value in parts))
    )


def _check_share(share: Number, where: str) -> None:
    read_as(share, Dimension.SHARE)
    _check_no_distribution(share, where)
    if isinstance(share, Constant) and not 0 <= share.value <= 1:
        raise NumberSyntaxError(f"{where} is {describe(share)}; a share lies between 0% and 100%")


def _read_first_again(entries: dict[str, object], working_time: WorkingTime, depth: int) -> Number:
    if set(entries) != {"first", "again"}:
        raise NumberSyntaxError(
            f"found the keys {', '.join(entries)}; first and again belong together: {{first: 2 "
            f"h, again: 50%}}"
        )
    first, again = (_within(key, entries[key], working_time, depth) for key in ("first", "again"))
    return first_again(first, again)


def first_again(first: Number, again: Number) -> FirstAgain:
    """Work of the first and of later visits; `again` measures the same as `first`, or is a share of it."""
    for key, number in (("first", first), ("again", again)):
        if isinstance(number, FirstAgain):
            raise NumberSyntaxError(f"'{key}' cannot hold first and again once more")
    if again.dimension is not Dimension.SHARE:
        _common([first, again], "'first' and 'again'")
    return FirstAgain(first, again)


# --- substitution ---------------------------------------------------------------------------------


class _Substitution:
    """One walk; resolved names are kept, so that a chain of assumptions costs each of them once."""

    def __init__(self, assumptions: Mapping[str, Number]) -> None:
        self._assumptions = assumptions
        self._resolved: dict[str, Number] = {}

    def apply(self, number: Number, path: tuple[str, ...]) -> Number:
        result = self._rebuild(number, path)
        _check_one_distribution(result)
        return result

    def _resolve(self, name: str, path: tuple[str, ...]) -> Number:
        if name in path:
            circle = " -> ".join(f"${step}" for step in (*path[path.index(name) :], name))
            raise NumberSyntaxError(f"assumptions refer to each other in a circle: {circle}")
        if name not in self._assumptions:
            raise NumberSyntaxError(
                _unknown("assumption", f"${name}", [f"${known}" for known in self._assumptions])
            )
        if name not in self._resolved:
            resolved = self.apply(self._assumptions[name], (*path, name))
            if _size(resolved) > MAX_PARTS:
                raise NumberSyntaxError(f"${name} grows to more than {MAX_PARTS} parts; simplify it")
            self._resolved[name] = resolved
        return self._resolved[name]

    def _rebuild(self, number: Number, path: tuple[str, ...]) -> Number:
        def again(child: Number) -> Number:
            return self.apply(child, path)

        match number:
            case Reference(name=name):
                return self._resolve(name, path)
            case Arithmetic(op=op, left=left, right=right):
                return calculate(op, again(left), again(right))
            case DistributionCall(family=family, parameters=parameters) if parameters:
                return distribution(family, {name: again(value) for name, value in parameters.items()})
            case Ramp(points=points):
                return _ramp(tuple((instant, again(value)) for instant, value in points))
            case Steps(points=points):
                return _steps(tuple((instant, again(value)) for instant, value in points))
            case ByTrait(trait=trait, levels=levels):
                return by_trait(trait, {level: again(value) for level, value in levels.items()})
            case Mixture(parts=parts):
                return mixture([(name, again(share), again(value)) for name, share, value in parts])
            case FirstAgain(first=first, again=later):
                return first_again(again(first), again(later))
            case _:
                return number


# --- plain words ----------------------------------------------------------------------------------


def describe(number: Number, working_time: WorkingTime = OFFICE) -> str:
    """The number in plain words; `working_time` says how long a day is, so that 8 h can be called 1 d."""

    def say(child: Number) -> str:
        return describe(child, working_time)

    match number:
        case Constant():
            return _constant_text(number, working_time)
        case Reference(name=name):
            return f"${name}"
        case Arithmetic(op=op, left=left, right=right):
            return f"{_grouped(left, say)} {op} {_grouped(right, say)}"
        case DistributionCall():
            return _distribution_text(number, say)
        case Steps(points=points):
            return ", ".join(f"{say(value)} from {_wall_text(instant)} on" for instant, value in points)
        case Ramp(points=points):
            legs = [f"{say(value)} at {_wall_text(instant)}" for instant, value in points]
            return f"rising or falling evenly from {' to '.join(legs)}"
        case ByTrait(trait=trait, levels=levels):
            return f"by {trait}: " + ", ".join(f"{say(value)} if {level}" for level, value in levels.items())
        case Mixture(parts=parts):
            return "a mix: " + ", ".join(
                f"{say(share)} {name} ({say(value)})" for name, share, value in parts
            )
        case FirstAgain(first=first, again=again):
            later = f"{say(again)} of it" if again.dimension is Dimension.SHARE else say(again)
            return f"{say(first)} the first time, {later} when repeated"
        case _:
            raise TypeError(f"{number!r} is no number of a scenario")


def _grouped(number: Number, say: Callable[[Number], str]) -> str:
    return (
        f"({say(number)})" if isinstance(number, (Arithmetic, DistributionCall, Ramp, Steps)) else say(number)
    )


_PARAMETER_WORDS = {
    "cv": "coefficient of variation",
    "sd": "standard deviation",
    "k": "order",
    "sigma": "sigma",
    "shape": "shape",
}


def _distribution_text(call: DistributionCall, say: Callable[[Number], str]) -> str:
    words = {name: say(value) for name, value in call.parameters.items()}
    if call.family == "empirical":
        return f"a value from column {call.column} of {call.file}"
    if call.family == "constant":
        return f"always {words['value']}"
    if "low" in words:
        middle = f", most likely {words['mode']}" if "mode" in words else ""
        return f"{call.family} between {words['low']} and {words['high']}{middle}"
    ends = f", cut to {words.pop('from')} to {words.pop('to')}" if "from" in words else ""
    return (
        f"{call.family} with "
        + " and ".join(f"{_PARAMETER_WORDS.get(n, n)} {w}" for n, w in words.items())
        + ends
    )


def _constant_text(constant: Constant, working_time: WorkingTime) -> str:
    match constant.kind:
        case Dimension.WORK_TIME:
            return _time_text(constant.value, (("d", working_time.day_ms), *_CLOCK_UNITS))
        case Dimension.WALL_TIME:
            return _wall_text(constant.value)
        case Dimension.SHARE:
            return f"{constant.value * 100:.10g}%"
        case Dimension.MONEY:
            return format_money(constant.value, "")
        case Dimension.RATE:
            return f"{constant.value:.10g} per {constant.per}"
        case Dimension.MONEY_RATE:
            return f"{format_money(constant.value, '')} per {constant.per}"
        case _:
            return f"{constant.value:.10g}"


_CLOCK_UNITS = (("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS))
_WALL_LENGTHS = (("years", YEAR_MS), ("months", MONTH_MS), ("weeks", WEEK_MS), ("days", DAY_MS))


def _time_text(ms: float, units: tuple[tuple[str, int], ...]) -> str:
    """In the largest unit that leaves at most two decimals, otherwise in the smallest that is not 0."""
    for unit, length in units:
        value = ms / length
        if abs(value) >= 1 and abs(value * 100 - round(value * 100)) < 1e-6:
            return f"{value:.10g} {unit}"
    unit, length = next((pair for pair in units if abs(ms) >= pair[1]), units[-1])
    return f"{ms / length:.4g} {unit}"


def _wall_text(ms: float) -> str:
    if ms == 0:
        return "0 months"
    whole = next(((u, n) for u, n in _WALL_LENGTHS if ms % n == 0 and (u != "years" or ms == n)), None)
    text = f"{ms / whole[1]:.10g} {whole[0]}" if whole else _time_text(ms, _WALL_LENGTHS[1:])
    return text[:-1] if text.split()[0] == "1" else text
