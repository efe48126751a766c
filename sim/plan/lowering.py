"""Lowering: numbers, conditions and traits of a scenario become rows of the plan's tables.

Assumptions are put in, constants folded, units converted to those of the plan (ms, shares 0 .. 1, money),
points in time shifted by the warm-up. Equal rows are kept once, so case types that share a trait
share its row.

Not here: flows and steps (compiler), what a draw gives (randomness), how rows are read in a run (engines).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import randomness
from sim.errors import PlanError
from sim.plan.arrays import (
    NONE,
    ConditionRow,
    NumberKind,
    NumberRow,
    TestKind,
    TraitKind,
    TraitRow,
)
from sim.plan.scales import Scale, as_written, located
from sim.randomness import Distribution
from sim.scenario import conditions as ask
from sim.scenario.files import CsvError, read_csv
from sim.scenario.numbers import (
    Arithmetic,
    ByTrait,
    Constant,
    DistributionCall,
    FirstAgain,
    Mixture,
    Number,
    Ramp,
    Steps,
    parse_number,
    parse_value,
    read_as,
    substitute,
)
from sim.units.dimensions import Dimension, WorkingTime

if TYPE_CHECKING:
    pass

_OPERATIONS = {
    "+": NumberKind.ADD,
    "-": NumberKind.SUBTRACT,
    "*": NumberKind.MULTIPLY,
    "/": NumberKind.DIVIDE,
}
_TRUE, _FALSE = ("true", "yes"), ("false", "no")
_LEVEL_WORDS = ("by", "mix", "first", "again")


@dataclass(slots=True)
class Tables:
    """The growing tables of numbers, conditions and traits, and what is needed to fill them.

    `case_types` are the names of all case types, `traits` the definitions of each, overrides applied.
    """

    folder: Path
    assumptions: Mapping[str, Number]
    working_time: WorkingTime
    warm_up: int
    case_types: tuple[str, ...]
    trait_definitions: Mapping[str, Mapping[str, Any]]
    numbers: list[NumberRow] = field(default_factory=list)
    conditions: list[ConditionRow] = field(default_factory=list)
    traits: list[TraitRow] = field(default_factory=list)
    _number_index: dict[NumberRow, int] = field(default_factory=dict)
    _condition_index: dict[ConditionRow, int] = field(default_factory=dict)
    _trait_index: dict[TraitRow, int] = field(default_factory=dict)
    _trait_of: dict[tuple[str, str], int] = field(default_factory=dict)
    _being_read: list[str] = field(default_factory=list)

    # --- numbers

    def parse(self, raw: object, where: str) -> Number:
        """A number with its assumptions put in."""
        with located(where):
            return substitute(parse_value(raw, self.working_time), self.assumptions)

    def number(
        self,
        raw: object,
        where: str,
        case_type: str | None = None,
        *,
        dimension: Dimension = Dimension.ANY,
        scale: Scale = as_written,
    ) -> int:
        """The row of a number as it was written; `case_type` says whose traits it may ask about."""
        return self.lower(self.parse(raw, where), where, case_type, dimension=dimension, scale=scale)

    def lower(
        self,
        number: Number,
        where: str,
        case_type: str | None = None,
        *,
        dimension: Dimension = Dimension.ANY,
        scale: Scale = as_written,
    ) -> int:
        """The row of a number whose assumptions are put in."""
        with located(where):
            return self._row(read_as(number, dimension), scale, where, case_type)

    def number_of_any_case(self, raw: object, where: str, *, dimension: Dimension, scale: Scale) -> int:
        """The row of a number that is read for cases of every type, such as the cost of an environment."""
        number = self.parse(raw, where)
        rows = [
            self.lower(number, where, case_type, dimension=dimension, scale=scale)
            for case_type in self.case_types
        ]
        if len(set(rows)) == 1:
            return rows[0]
        return self.add_number(NumberRow(NumberKind.BY_CASE, children=tuple(rows)))

    def constant(self, value: float) -> int:
        return self.add_number(NumberRow(NumberKind.CONSTANT, value=float(value)))

    def fixed(
        self, raw: object, where: str, *, dimension: Dimension = Dimension.ANY, scale: Scale = as_written
    ) -> float:
        """A number that must be one constant value, such as a count or a slice."""
        number = self.parse(raw, where)
        with located(where):
            number = read_as(number, dimension)
        if not isinstance(number, Constant):
            raise PlanError(f"{where}: this number must be one value; found '{raw}', which varies")
        return scale(number)

    def fixed_ms(self, raw: object, where: str, dimension: Dimension) -> int:
        """A constant time [ms]."""
        return round(self.fixed(raw, where, dimension=dimension))

    def count(self, raw: object, where: str, *, least: int = 1) -> int:
        """A constant whole number."""
        value = self.fixed(raw, where, dimension=Dimension.NUMBER)
        if value != round(value) or value < least:
            raise PlanError(f"{where}: found {value:g}; admissible is a whole number, {least} or more")
        return round(value)

    def add_number(self, row: NumberRow) -> int:
        if row not in self._number_index:
            self._number_index[row] = len(self.numbers)
            self.numbers.append(row)
        return self._number_index[row]

    def _row(self, number: Number, scale: Scale, where: str, case_type: str | None) -> int:
        match number:
            case Constant():
                return self.constant(scale(number))
            case Arithmetic(op=op, left=left, right=right):
                children = tuple(self._row(side, scale, where, case_type) for side in (left, right))
                return self.add_number(NumberRow(_OPERATIONS[op], children=children))
            case DistributionCall():
                drawn = self._distribution(number, scale, where)
                return self.add_number(NumberRow(NumberKind.DISTRIBUTION, distribution=drawn))
            case Steps(points=points):
                children = tuple(self._row(value, scale, where, case_type) for _, value in points)
                instants = tuple(instant + self.warm_up for instant, _ in points)
                return self.add_number(NumberRow(NumberKind.STEPS, children=children, points=instants))
            case Ramp(points=points):
                weights = tuple(_constant_value(value, scale, where) for _, value in points)
                instants = tuple(instant + self.warm_up for instant, _ in points)
                return self.add_number(NumberRow(NumberKind.RAMP, points=instants, weights=weights))
            case ByTrait():
                return self._by_trait(number, scale, where, case_type)
            case Mixture(parts=parts):
                weights = tuple(_constant_value(share, as_written, where) for _, share, _ in parts)
                children = tuple(self._row(value, scale, where, case_type) for _, _, value in parts)
                return self.add_number(NumberRow(NumberKind.MIXTURE, children=children, weights=weights))
            case FirstAgain():
                raise PlanError(f"{where}: first and again are for work only")
            case _:
                raise PlanError(f"{where}: {number!r} is no number of a plan")

    def _by_trait(self, number: ByTrait, scale: Scale, where: str, case_type: str | None) -> int:
        if case_type is None:
            raise PlanError(f"{where}: 'by: {number.trait}' has no meaning here, where no case is")
        if number.trait == "case":
            if case_type not in number.levels:
                raise PlanError(f"{where}: 'by: case' has no number for the case type '{case_type}'")
            return self._row(number.levels[case_type], scale, where, case_type)
        trait = self.trait(case_type, number.trait, where)
        children = tuple(
            self._row(_level(number, words, where), scale, where, case_type)
            for words in _level_words(self.traits[trait])
        )
        return self.add_number(NumberRow(NumberKind.BY_TRAIT, children=children, trait=trait))

    def _distribution(self, call: DistributionCall, scale: Scale, where: str) -> Distribution:
        if call.family == "empirical":
            return randomness.empirical(self._column(call, scale, where))
        values = {name: _constant_value(value, scale, where) for name, value in call.parameters.items()}
        match call.family:
            case "constant":
                return randomness.constant(values["value"])
            case "uniform":
                return randomness.uniform(values["low"], values["high"])
            case "triangular":
                return randomness.triangular(values["low"], values["mode"], values["high"])
            case "pert":
                return randomness.pert(values["low"], values["mode"], values["high"])
            case "exponential":
                return randomness.exponential(values["mean"])
            case "erlang":
                return randomness.erlang(round(values["k"]), values["mean"])
            case "gamma":
                return randomness.gamma(**values)
            case "lognormal":
                return randomness.lognormal(**values)
            case "weibull":
                return randomness.weibull(**values)
            case "normal":
                return randomness.normal(values["mean"], values["sd"], values["from"], values["to"])
            case _:
                raise PlanError(f"{where}: no distribution is called '{call.family}'")

    def _column(self, call: DistributionCall, scale: Scale, where: str) -> list[float]:
        """The values of one column of a CSV file, each written as a number of the language."""
        with located(where):
            header, rows = read_csv(self.folder, call.file)
            if call.column not in header:
                raise CsvError(f"'{call.file}' has no column '{call.column}'. Columns: {', '.join(header)}.")
            place = header.index(call.column)
            numbers = [parse_number(cells[place], self.working_time) for _, cells in rows]
        return [_constant_value(number, scale, where) for number in numbers]

    # --- work and waits

    def work(self, raw: object, where: str, case_type: str | None) -> tuple[int, int, int]:
        """Work [ms]: rows of the first visit, of later ones, of the share that later ones are (or NONE)."""
        number = self.parse(raw, where)
        if not isinstance(number, FirstAgain):
            return self.lower(number, where, case_type, dimension=Dimension.WORK_TIME), NONE, NONE
        first = self.lower(number.first, where, case_type, dimension=Dimension.WORK_TIME)
        if number.again.dimension is Dimension.SHARE:
            return first, NONE, self.lower(number.again, where, case_type)
        return first, self.lower(number.again, where, case_type, dimension=Dimension.WORK_TIME), NONE

    def wait(self, raw: object, where: str, case_type: str) -> tuple[int, bool]:
        """A wait [ms], and whether it is written in working units."""
        number = self.parse(raw, where)
        dimension = number.dimension
        if not dimension.is_time and dimension is not Dimension.ANY:
            raise PlanError(f"{where}: found '{raw}', which is no time; for example 2 d or 10 days")
        return self.lower(number, where, case_type), dimension is not Dimension.WALL_TIME

    # --- traits and conditions

    def trait(self, case_type: str, name: str, where: str) -> int:
        """The row of a trait of a case type."""
        key = (case_type, name)
        if key in self._trait_of:
            return self._trait_of[key]
        definitions = self.trait_definitions[case_type]
        if name not in definitions:
            known = ", ".join(sorted(definitions)) or "none"
            raise PlanError(f"{where}: no trait is called '{name}'. Traits here: {known}.")
        if name in self._being_read:
            raise PlanError(f"traits.{name}: traits refer to each other in a circle")
        self._being_read.append(name)
        row = self._trait_row(case_type, name, definitions[name])
        self._being_read.pop()
        if row not in self._trait_index:
            self._trait_index[row] = len(self.traits)
            self.traits.append(row)
        self._trait_of[key] = self._trait_index[row]
        return self._trait_of[key]

    def _trait_row(self, case_type: str, name: str, raw: Any) -> TraitRow:
        where = f"traits.{name}"
        if _is_levels(raw):
            numbers = tuple(
                NONE if share == "rest" else self.number(share, f"{where}.{level}", case_type)
                for level, share in raw.items()
            )
            return TraitRow(name, TraitKind.LEVELS, tuple(str(level) for level in raw), numbers)
        number = self.parse(raw, where)
        is_share = number.dimension is Dimension.SHARE and not _draws(number)
        kind = TraitKind.SHARE if is_share else TraitKind.NUMBER
        return TraitRow(name, kind, numbers=(self.lower(number, where, case_type),))

    def condition(self, text: str | None, where: str, case_type: str) -> int:
        """The row of a condition; NONE where there is none."""
        if text is None:
            return NONE
        with located(where):
            return self._condition_row(ask.parse_condition(text), where, case_type)

    def _condition_row(self, condition: ask.Condition, where: str, case_type: str) -> int:
        match condition:
            case ask.Holds(trait=name):
                trait = self._trait_of_kind(name, (TraitKind.SHARE,), where, case_type)
                return self._add_condition(ConditionRow(TestKind.HOLDS, trait))
            case ask.Is(trait=name, level=level):
                return self._is(name, level, where, case_type)
            case ask.AtLeast(trait=name, n=bound):
                trait = self._trait_of_kind(name, (TraitKind.NUMBER,), where, case_type)
                return self._add_condition(ConditionRow(TestKind.AT_LEAST, trait, bound=bound))
            case ask.Below(trait=name, n=bound):
                trait = self._trait_of_kind(name, (TraitKind.NUMBER,), where, case_type)
                return self._add_condition(ConditionRow(TestKind.BELOW, trait, bound=bound))
            case ask.Not(condition=inner):
                negated = self._condition_row(inner, where, case_type)
                return self._add_condition(ConditionRow(TestKind.NOT, children=(negated,)))
            case ask.And(conditions=parts) | ask.Or(conditions=parts):
                kind = TestKind.AND if isinstance(condition, ask.And) else TestKind.OR
                children = tuple(self._condition_row(part, where, case_type) for part in parts)
                return self._add_condition(ConditionRow(kind, children=children))
            case _:
                raise PlanError(f"{where}: {condition!r} is no condition of a plan")

    def _is(self, name: str, level: str, where: str, case_type: str) -> int:
        trait = self._trait_of_kind(name, (TraitKind.LEVELS,), where, case_type)
        levels = self.traits[trait].levels
        if level not in levels:
            raise PlanError(f"{where}: '{name}' has no level '{level}'. Levels: {', '.join(levels)}.")
        return self._add_condition(ConditionRow(TestKind.IS, trait, level=levels.index(level)))

    def _trait_of_kind(self, name: str, kinds: tuple[TraitKind, ...], where: str, case_type: str) -> int:
        trait = self.trait(case_type, name, where)
        if self.traits[trait].kind not in kinds:
            forms = {
                TraitKind.SHARE: f"'{name}'",
                TraitKind.LEVELS: f"'{name} is x'",
                TraitKind.NUMBER: f"'{name} at least 3'",
            }
            raise PlanError(f"{where}: '{name}' is asked about as {forms[self.traits[trait].kind]}")
        return trait

    def _add_condition(self, row: ConditionRow) -> int:
        if row not in self._condition_index:
            self._condition_index[row] = len(self.conditions)
            self.conditions.append(row)
        return self._condition_index[row]


def _constant_value(number: Number, scale: Scale, where: str) -> float:
    if not isinstance(number, Constant):
        raise PlanError(
            f"{where}: a parameter of a distribution, a share of a mix and a point of a ramp must be one "
            "value; this one varies over time"
        )
    return scale(number)


def _draws(number: Number) -> bool:
    match number:
        case DistributionCall() | Mixture():
            return True
        case Arithmetic(left=left, right=right):
            return _draws(left) or _draws(right)
        case Steps(points=points):
            return any(_draws(value) for _, value in points)
        case ByTrait(levels=levels):
            return any(_draws(value) for value in levels.values())
        case _:
            return False


def _is_levels(raw: object) -> bool:
    """Whether a trait is written as levels with shares, `{large: 50%, standard: rest}`."""
    if not isinstance(raw, Mapping) or any(word in raw for word in _LEVEL_WORDS):
        return False
    return not all(str(key)[:1].isdigit() for key in raw)


def _level_words(row: TraitRow) -> list[tuple[str, ...]]:
    """How each value of a trait may be written after `by`, in the order of the plan's children."""
    if row.kind is TraitKind.LEVELS:
        return [(level,) for level in row.levels]
    if row.kind is TraitKind.SHARE:
        return [_FALSE, _TRUE]
    raise PlanError(f"'by: {row.name}' needs a trait with levels or a share; '{row.name}' is a number")


def _level(number: ByTrait, words: tuple[str, ...], where: str) -> Number:
    for level, value in number.levels.items():
        if level in words or level.lower() in words:
            return value
    raise PlanError(f"{where}: 'by: {number.trait}' has no number for '{words[0]}'")
