"""Worlds: every combination of traits that the steps of a case type ask about, with its probability.

A trait is drawn once per case, so two steps that ask about the same trait agree; in a world all traits are
known, conditions hold or do not, and numbers have means. Everything is read at one instant, as if time stood
still there.
Not here: how often a step is visited (visits).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sim.plan.arrays import NONE, ConditionRow, NumberKind, NumberRow, Plan, TestKind, TraitKind
from sim.plan.over_time import combine, draws, expected

MAX_WORLDS = 4_096
GRID = 2_000
"""Points at which a number is read whose distribution has no closed form."""


class TooManyWorlds(ValueError):
    """So many combinations of traits cannot be gone through."""


@dataclass(frozen=True, slots=True)
class World:
    """One combination of traits, by index into `Plan.traits`: 1 or 0, a level, or a number."""

    plan: Plan
    instant: int
    probability: float
    traits: dict[int, float]

    def mean(self, number: int) -> float:
        """The mean of a number in this world."""
        row = self.plan.numbers[number]
        if row.kind in (NumberKind.BY_TRAIT, NumberKind.BY_CASE):
            return self.mean(self._chosen(row))
        if row.kind is NumberKind.DIVIDE and draws(self.plan.numbers, row.children[1]):
            points = ((i + 0.5) / GRID for i in range(GRID))  # the mean of 1/x is not 1/mean
            return sum(self.at(number, u) for u in points) / GRID
        if row.kind is NumberKind.MIXTURE:
            return sum(w * self.mean(child) for w, child in zip(row.weights, row.children, strict=True))
        if row.kind is NumberKind.STEPS:
            return self.mean(_piece(row, self.instant))
        if row.kind in _ARITHMETIC:
            left, right = (self.mean(child) for child in row.children)
            return combine(row.kind, left, right)
        return expected(self.plan.numbers, number, self.instant)

    def at(self, number: int, u: float) -> float:
        """The value that a draw u gives."""
        row = self.plan.numbers[number]
        if row.distribution is not None:
            return row.distribution.quantile(u)
        if row.kind is NumberKind.BY_TRAIT:
            return self.at(self._chosen(row), u)
        if row.kind is NumberKind.STEPS:
            return self.at(_piece(row, self.instant), u)
        if row.kind in _ARITHMETIC:
            left, right = (self.at(child, u) for child in row.children)
            return combine(row.kind, left, right)
        return self.mean(number)

    def share_below(self, number: int, bound: float) -> float:
        """The probability that a draw is below a bound."""
        row = self.plan.numbers[number]
        if row.kind is NumberKind.MIXTURE:
            parts = zip(row.weights, row.children, strict=True)
            return sum(weight * self.share_below(child, bound) for weight, child in parts)
        if row.distribution is None:
            return sum(self.at(number, (i + 0.5) / GRID) < bound for i in range(GRID)) / GRID
        low, high = 0.0, 1.0
        for _ in range(50):  # the quantile rises with u
            middle = (low + high) / 2
            low, high = (middle, high) if row.distribution.quantile(middle) < bound else (low, middle)
        return 0.0 if low == 0.0 else high

    def holds(self, condition: int) -> bool:
        """Whether a condition holds; no condition always does."""
        if condition == NONE:
            return True
        row = self.plan.conditions[condition]
        if row.kind is TestKind.NOT:
            return not self.holds(row.children[0])
        if row.kind in (TestKind.AND, TestKind.OR):
            found = (self.holds(child) for child in row.children)
            return all(found) if row.kind is TestKind.AND else any(found)
        value = self.traits[row.trait]
        if row.kind is TestKind.HOLDS:
            return value != 0.0
        if row.kind is TestKind.IS:
            return value == row.level
        return value >= row.bound if row.kind is TestKind.AT_LEAST else value < row.bound

    def _chosen(self, row: NumberRow) -> int:
        assert row.kind is NumberKind.BY_TRAIT  # `by: case` is decided while compiling
        return row.children[int(self.traits[row.trait])]


_ARITHMETIC = (NumberKind.ADD, NumberKind.SUBTRACT, NumberKind.MULTIPLY, NumberKind.DIVIDE)


def worlds(plan: Plan, case_type: int, instant: int) -> list[World]:
    """Every world of a case type that can be, at an instant.

    Raises
    ------
    TooManyWorlds
        There are more than 4,096.
    """
    found = [World(plan, instant, 1.0, {})]
    bounds = _bounds(plan)
    for trait in traits_read(plan, case_type):
        found = [world for one in found for world in _split(one, trait, bounds.get(trait, []))]
        if len(found) > MAX_WORLDS:
            name = plan.case_types[case_type].name
            raise TooManyWorlds(f"the traits of '{name}' have more than {MAX_WORLDS:,} combinations")
    return found


def traits_read(plan: Plan, case_type: int) -> list[int]:
    """The traits that the steps of a case type ask about; what one rests on comes first."""
    asked: list[int] = []
    for step in plan.steps:
        if step.case_type == case_type:
            conditions = [step.when, *(one.when for one in step.alternatives)]
            for condition in conditions:
                asked.extend(traits_of_condition(plan, condition))
            for number in _numbers_of_step(plan, step.act, step.alternatives):
                asked.extend(traits_of_number(plan, number))
    ordered: dict[int, None] = {}
    for trait in asked:
        _with_roots(plan, trait, ordered)
    return list(ordered)


def traits_of_condition(plan: Plan, condition: int) -> Iterator[int]:
    """The traits that a condition asks about."""
    if condition != NONE:
        row: ConditionRow = plan.conditions[condition]
        if row.trait != NONE:
            yield row.trait
        for child in row.children:
            yield from traits_of_condition(plan, child)


def traits_of_number(plan: Plan, number: int) -> Iterator[int]:
    """The traits that a number asks about."""
    if number != NONE:
        row = plan.numbers[number]
        if row.trait != NONE:
            yield row.trait
        for child in row.children:
            yield from traits_of_number(plan, child)


def _numbers_of_step(plan: Plan, act: int, alternatives: Iterable[object]) -> Iterator[int]:
    acts = [act]
    for alternative in alternatives:
        acts.append(alternative.act)  # type: ignore[attr-defined]
        yield alternative.falls_back  # type: ignore[attr-defined]
    for row in (plan.acts[index] for index in acts):
        yield from (row.work, row.work_again, row.work_again_share)
        yield from (outcome.p for outcome in row.outcomes)
        if row.successor is not None:
            yield row.successor.p


def _with_roots(plan: Plan, trait: int, ordered: dict[int, None]) -> None:
    if trait in ordered:
        return
    for number in plan.traits[trait].numbers:
        for root in traits_of_number(plan, number):
            _with_roots(plan, root, ordered)
    ordered[trait] = None


def _bounds(plan: Plan) -> dict[int, list[float]]:
    """The bounds to which numeric traits are compared."""
    found: dict[int, set[float]] = {}
    for row in plan.conditions:
        if row.kind in (TestKind.AT_LEAST, TestKind.BELOW):
            found.setdefault(row.trait, set()).add(row.bound)
    return {trait: sorted(bounds) for trait, bounds in found.items()}


def _split(world: World, trait: int, bounds: list[float]) -> Iterator[World]:
    """A world for each value that a trait can have in it."""
    for value, share in _values(world, trait, bounds):
        if share > 0:
            yield World(world.plan, world.instant, world.probability * share, {**world.traits, trait: value})


def _values(world: World, trait: int, bounds: list[float]) -> list[tuple[float, float]]:
    """Values and their probabilities; of a number one value between each two bounds."""
    row = world.plan.traits[trait]
    if row.kind is TraitKind.SHARE:
        p = min(max(world.mean(row.numbers[0]), 0.0), 1.0)
        return [(1.0, p), (0.0, 1.0 - p)]
    if row.kind is TraitKind.LEVELS:
        shares = [None if number == NONE else world.mean(number) for number in row.numbers]
        return list(enumerate(chances(shares)))
    below = [world.share_below(row.numbers[0], bound) for bound in bounds]
    edges = [0.0, *below, 1.0]
    values = [bounds[0] - 1.0 if bounds else 0.0, *bounds]
    return [(value, edges[i + 1] - edges[i]) for i, value in enumerate(values)]


def chances(shares: list[float | None]) -> list[float]:
    """Probabilities as the engine chooses: cumulated in order, None for the rest, cut at 1."""
    rest = max(0.0, 1.0 - sum(share for share in shares if share is not None))
    found, cumulated = [], 0.0
    for share in shares:
        upper = min(1.0, cumulated + (rest if share is None else share))
        found.append(max(0.0, upper - cumulated))
        cumulated = upper
    if found:
        found[-1] += 1.0 - cumulated
    return found


def _piece(row: NumberRow, instant: int) -> int:
    piece = sum(point <= instant for point in row.points)
    return row.children[max(piece - 1, 0)]
