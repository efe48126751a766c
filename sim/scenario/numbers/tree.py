"""What a number of a scenario is once it has been read: a small tree of frozen values.

A `Number` says what was written; constants are folded. Times are milliseconds, shares 0 .. 1, money whole
units of the currency. A rate keeps its `per`, since what a day or month means for it depends on a calendar.
Not here: reading (text, maps), building with checks (arithmetic, constructors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.scenario.numbers.algebra import Operator, common, result_dimension
from sim.scenario.numbers.vocabulary import an
from sim.units.dimensions import Dimension


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
        return result_dimension(self.op, self.left.dimension, self.right.dimension)


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
        return common([self.parameters[name] for name in sized_parameters(self.parameters)], an(self.family))


@dataclass(frozen=True, slots=True)
class Steps(Number):
    """A value that jumps: each number holds from its instant [ms from month 0] on, the first also before."""

    points: tuple[tuple[int, Number], ...]

    @property
    def dimension(self) -> Dimension:
        return common([number for _, number in self.points], "a value over time")


@dataclass(frozen=True, slots=True)
class Ramp(Number):
    """Linear between its points [ms from month 0], constant outside."""

    points: tuple[tuple[int, Number], ...]

    @property
    def dimension(self) -> Dimension:
        return common([number for _, number in self.points], "a ramp")


@dataclass(frozen=True, slots=True)
class ByTrait(Number):
    """One number for each level of a trait (or, for `by: case`, for each case type)."""

    trait: str
    levels: dict[str, Number]

    @property
    def dimension(self) -> Dimension:
        return common(list(self.levels.values()), f"'by: {self.trait}'")


@dataclass(frozen=True, slots=True)
class Mixture(Number):
    """With probability `share`, this part's number: (name, share, number); the shares add up to 100%."""

    parts: tuple[tuple[str, Number, Number], ...]

    @property
    def dimension(self) -> Dimension:
        return common([number for _, _, number in self.parts], "a mix")


@dataclass(frozen=True, slots=True)
class FirstAgain(Number):
    """Work of the first visit, and of later ones: a time, or a share of what the first would be."""

    first: Number
    again: Number

    @property
    def dimension(self) -> Dimension:
        return self.first.dimension


def references(number: Number) -> frozenset[str]:
    """Names of the assumptions that a number reads directly."""
    if isinstance(number, Reference):
        return frozenset({number.name})
    return frozenset().union(*(references(child) for child in children(number)))


def sized_parameters(parameters: Mapping[str, Number]) -> list[str]:
    return [name for name in parameters if name not in ("cv", "sigma", "shape", "k")]


def count_distributions(number: Number) -> int:
    own = isinstance(number, DistributionCall)
    return own + sum(count_distributions(child) for child in children(number))


def size(number: Number) -> int:
    return 1 + sum(size(child) for child in children(number))


def children(number: Number) -> list[Number]:
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
