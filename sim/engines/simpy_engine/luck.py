"""Luck and numbers: what a number of the plan is worth for a case at an instant.

Every draw is a function of (seed, replication, case, path, visit, purpose); nothing here remembers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import EngineError
from sim.plan.arrays import NONE, NumberKind, Plan, TestKind, TraitKind
from sim.randomness import Purpose, path_hash, to_ticks, uniforms

if TYPE_CHECKING:
    from sim.engines.simpy_engine.case import Case

Uniforms = tuple[float, float]


@dataclass(slots=True)
class Luck:
    """Draws of one replication, and the reading of numbers and conditions with them."""

    plan: Plan
    seed: int
    replication: int
    _hashes: dict[tuple[str, str], int] = field(default_factory=dict)

    def draw(self, case: Case, path: str, visit: int, purpose: Purpose) -> Uniforms:
        """The two uniforms that decide `purpose` for this case at this path and visit."""
        return self.draw_for(case.source_name, case.number, case.generation, path, visit, purpose)

    def draw_for(
        self, source: str, number: int, generation: int, path: str, visit: int, purpose: Purpose
    ) -> Uniforms:
        key = (source, path)
        code = self._hashes.get(key)
        if code is None:
            code = self._hashes[key] = path_hash(source, path)
        return uniforms(self.seed, self.replication, number, code, visit, generation, purpose)

    def ticks(self, number: int, now: int, case: Case | None, luck: Uniforms | None = None) -> int:
        """A number that is a time, in whole milliseconds."""
        return to_ticks(self.read(number, now, case, luck))

    def read(self, number: int, now: int, case: Case | None, luck: Uniforms | None = None) -> float:
        """The value of `plan.numbers[number]` at an instant, for a case."""
        row = self.plan.numbers[number]
        kind = row.kind
        if kind is NumberKind.CONSTANT:
            return row.value
        if kind is NumberKind.DISTRIBUTION:
            assert row.distribution is not None
            if luck is None:
                raise EngineError("a distribution stands where nothing is drawn")
            return row.distribution.quantile(luck[0])
        if kind is NumberKind.STEPS:
            return self.read(row.children[_piece(row.points, now)], now, case, luck)
        if kind is NumberKind.RAMP:
            return _on_ramp(row.points, row.weights, now)
        if kind is NumberKind.BY_TRAIT:
            assert case is not None
            return self.read(row.children[int(self.trait(case, row.trait, now))], now, case, luck)
        if kind is NumberKind.BY_CASE:
            assert case is not None
            return self.read(row.children[case.type_index], now, case, luck)
        if kind is NumberKind.MIXTURE:
            assert luck is not None
            return self.read(row.children[_part(row.weights, luck[0])], now, case, (luck[1], luck[1]))
        left, right = (self.read(child, now, case, luck) for child in row.children)
        if kind is NumberKind.ADD:
            return left + right
        if kind is NumberKind.SUBTRACT:
            return left - right
        return left * right if kind is NumberKind.MULTIPLY else left / right

    def trait(self, case: Case, trait: int, now: int) -> float:
        """A trait of a case: 1 or 0, the index of its level, or its number; drawn when first asked."""
        if trait not in case.traits:
            case.traits[trait] = self._draw_trait(case, trait, now)
        return case.traits[trait]

    def settle(self, number: int, now: int, case: Case) -> None:
        """Ask for every trait that this number may ask for, such as the price of what a case takes."""
        row = self.plan.numbers[number]
        children = row.children
        if row.kind is NumberKind.BY_TRAIT:
            children = (children[int(self.trait(case, row.trait, now))],)
        elif row.kind is NumberKind.BY_CASE:
            children = (children[case.type_index],)
        for child in children:
            self.settle(child, now, case)

    def _draw_trait(self, case: Case, trait: int, now: int) -> float:
        row = self.plan.traits[trait]
        luck = self.draw(case, row.name, 0, Purpose.TRAIT)
        if row.kind is TraitKind.SHARE:
            return float(luck[0] < self.read(row.numbers[0], now, case))
        if row.kind is TraitKind.NUMBER:
            return self.read(row.numbers[0], now, case, luck)
        return float(self.choose([self._share(n, now, case) for n in row.numbers], luck[0]))

    def _share(self, number: int, now: int, case: Case) -> float | None:
        return None if number == NONE else self.read(number, now, case)

    @staticmethod
    def choose(shares: list[float | None], u: float) -> int:
        """The first whose cumulated share exceeds u; the one without a share is the rest."""
        total = 0.0  # added one by one: `sum` of Python 3.12 on would round otherwise than compiled code
        for share in shares:
            total += 0.0 if share is None else share
        rest = max(0.0, 1.0 - total)
        cumulated = 0.0
        for index, share in enumerate(shares):
            cumulated += rest if share is None else share
            if u < cumulated:
                return index
        return len(shares) - 1

    def holds(self, condition: int, case: Case, now: int) -> bool:
        """Whether a condition on traits holds; no condition always does."""
        if condition == NONE:
            return True
        row = self.plan.conditions[condition]
        if row.kind is TestKind.NOT:
            return not self.holds(row.children[0], case, now)
        if row.kind is TestKind.AND:
            return all(self.holds(child, case, now) for child in row.children)
        if row.kind is TestKind.OR:
            return any(self.holds(child, case, now) for child in row.children)
        value = self.trait(case, row.trait, now)
        if row.kind is TestKind.HOLDS:
            return value != 0.0
        if row.kind is TestKind.IS:
            return value == row.level
        return value >= row.bound if row.kind is TestKind.AT_LEAST else value < row.bound


def _piece(points: tuple[int, ...], now: int) -> int:
    index = 0
    while index + 1 < len(points) and points[index + 1] <= now:
        index += 1
    return index


def _on_ramp(points: tuple[int, ...], values: tuple[float, ...], now: int) -> float:
    if now <= points[0]:
        return values[0]
    for left in range(len(points) - 1):
        if now < points[left + 1]:
            share = (now - points[left]) / (points[left + 1] - points[left])
            return values[left] + share * (values[left + 1] - values[left])
    return values[-1]


def _part(weights: tuple[float, ...], u: float) -> int:
    cumulated = 0.0
    for index, weight in enumerate(weights):
        cumulated += weight
        if u < cumulated:
            return index
    return len(weights) - 1
