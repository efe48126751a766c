"""Conditions of a scenario: `sensitive and not size is large`, read into a small tree and evaluated.

A condition asks about traits of one case. `or` binds weakest, then `and`, then `not`; parentheses group.
Not here: which traits exist and which levels they have (the scenario's checks know).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

MAX_LENGTH = 500
MAX_DEPTH = 20
RESERVED = ("and", "or", "not", "is", "at", "least", "below")
_EXAMPLE = "Admissible: trait, trait is x, trait at least 3, trait below 3, not, and, or, ( )"
_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|-?[0-9]+(?:\.[0-9]+)?(?![A-Za-z_.0-9])|[()])")


class ConditionSyntaxError(ValueError):
    """A condition cannot be understood; the message says what was found and what is admissible."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Any condition."""


@dataclass(frozen=True, slots=True)
class Holds(Condition):
    """`trait`: a trait that is true or false."""

    trait: str


@dataclass(frozen=True, slots=True)
class Is(Condition):
    """`trait is level`."""

    trait: str
    level: str


@dataclass(frozen=True, slots=True)
class AtLeast(Condition):
    """`trait at least n`."""

    trait: str
    n: float


@dataclass(frozen=True, slots=True)
class Below(Condition):
    """`trait below n`."""

    trait: str
    n: float


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """`not condition`."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class And(Condition):
    """All of two conditions or more."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """At least one of two conditions or more."""

    conditions: tuple[Condition, ...]


def parse_condition(text: object) -> Condition:
    """Read a condition.

    Raises
    ------
    ConditionSyntaxError
        It is no text, is empty, too long or nested too deep, or breaks the grammar.
    """
    if not isinstance(text, str):
        raise ConditionSyntaxError(f"found {text!r} where a condition belongs. {_EXAMPLE}")
    if len(text) > MAX_LENGTH:
        raise ConditionSyntaxError(f"found a condition of {len(text)} characters; at most {MAX_LENGTH}")
    return _Reader(text).read()


def traits_read(condition: Condition) -> frozenset[str]:
    """Names of the traits that a condition asks about."""
    match condition:
        case Holds(trait=trait) | Is(trait=trait) | AtLeast(trait=trait) | Below(trait=trait):
            return frozenset({trait})
        case Not(condition=inner):
            return traits_read(inner)
        case And(conditions=parts) | Or(conditions=parts):
            return frozenset().union(*(traits_read(part) for part in parts))
        case _:
            raise TypeError(f"{condition!r} is no condition")


def evaluate(condition: Condition, lookup: Callable[[str], object]) -> bool:
    """Whether a condition holds for the case whose traits `lookup` gives (True or False, a level, a number).

    `and` and `or` stop as soon as the answer is known, so later traits are not looked up.
    """
    match condition:
        case Holds(trait=trait):
            return bool(lookup(trait))
        case Is(trait=trait, level=level):
            return str(lookup(trait)) == level
        case AtLeast(trait=trait, n=n):
            return _amount(trait, lookup(trait)) >= n
        case Below(trait=trait, n=n):
            return _amount(trait, lookup(trait)) < n
        case Not(condition=inner):
            return not evaluate(inner, lookup)
        case And(conditions=parts):
            return all(evaluate(part, lookup) for part in parts)
        case Or(conditions=parts):
            return any(evaluate(part, lookup) for part in parts)
        case _:
            raise TypeError(f"{condition!r} is no condition")


def describe(condition: Condition) -> str:
    """The condition in the words of the language, parentheses only where they matter.

    Parsed again, it gives the same tree.
    """
    match condition:
        case Holds(trait=trait):
            return trait
        case Is(trait=trait, level=level):
            return f"{trait} is {level}"
        case AtLeast(trait=trait, n=n):
            return f"{trait} at least {n:.15g}"
        case Below(trait=trait, n=n):
            return f"{trait} below {n:.15g}"
        case Not(condition=inner):
            return f"not {_grouped(inner, And, Or)}"
        case And(conditions=parts):
            return " and ".join(_grouped(part, And, Or) for part in parts)
        case Or(conditions=parts):
            return " or ".join(_grouped(part, Or) for part in parts)
        case _:
            raise TypeError(f"{condition!r} is no condition")


def _grouped(condition: Condition, *kinds: type[Condition]) -> str:
    return f"({describe(condition)})" if isinstance(condition, kinds) else describe(condition)


def _amount(trait: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"'{trait}' is {value!r}; 'at least' and 'below' compare numbers")
    return float(value)


class _Reader:
    """Recursive descent over the words of one condition."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = _split(text)
        self._position = 0
        self._depth = 0

    def read(self) -> Condition:
        condition = self._any_of()
        if self._peek() is not None:
            raise self._error()
        return condition

    def _any_of(self) -> Condition:
        parts = [self._all_of()]
        while self._take("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all_of(self) -> Condition:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Condition:
        if self._take("not"):
            return Not(self._nested(self._one))
        if self._take("("):
            condition = self._nested(self._any_of)
            if not self._take(")"):
                raise self._error("')' is missing")
            return condition
        return self._about(self._name("a trait"))

    def _nested(self, read: Callable[[], Condition]) -> Condition:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ConditionSyntaxError(f"found a condition more than {MAX_DEPTH} deep")
        condition = read()
        self._depth -= 1
        return condition

    def _about(self, trait: str) -> Condition:
        if self._take("is"):
            return Is(trait, self._level())
        if self._take("at"):
            if not self._take("least"):
                raise self._error("'at' is followed by 'least'")
            return AtLeast(trait, self._bound())
        if self._take("below"):
            return Below(trait, self._bound())
        return Holds(trait)

    def _level(self) -> str:
        word = self._peek()
        if word == "not":
            raise self._error("write 'not trait is x'")
        return self._name("a level")

    def _name(self, what: str) -> str:
        word = self._peek()
        if word is None or word in RESERVED or not (word[0].isalpha() or word[0] == "_"):
            raise self._error(f"{what} is missing")
        self._position += 1
        return word

    def _bound(self) -> float:
        word = self._peek()
        if word is None or not word.lstrip("-")[:1].isdigit():
            raise self._error("a number is missing")
        self._position += 1
        number = float(word)
        if not math.isfinite(number) or abs(number) > 1e15:
            raise ConditionSyntaxError(f"found '{word}': a bound lies within 1e15")
        return number

    def _peek(self) -> str | None:
        return self._words[self._position] if self._position < len(self._words) else None

    def _take(self, word: str) -> bool:
        found = self._peek() == word
        self._position += found
        return found

    def _error(self, why: str = "") -> ConditionSyntaxError:
        word = self._peek()
        place = "at its end" if word is None else f"at '{word}'"
        near = get_close_matches(word.lower(), RESERVED, n=1) if word and word not in RESERVED else []
        hint = f". Did you mean '{near[0]}'?" if near else ""
        return ConditionSyntaxError(
            f"found '{self._text}', not understood {place}{f': {why}' if why else ''}. {_EXAMPLE}{hint}"
        )


def _split(text: str) -> list[str]:
    words, position = [], 0
    stripped = text.rstrip()
    if not stripped:
        raise ConditionSyntaxError(f"found nothing where a condition belongs. {_EXAMPLE}")
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            sign = stripped[position:].strip().split()[0]
            raise ConditionSyntaxError(f"found '{text}': '{sign}' is not part of a condition. {_EXAMPLE}")
        words.append(match[1])
        position = match.end()
    return words
