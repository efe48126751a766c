"""Figures: one number about one thing, and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Measure(NamedTuple):
    """One figure. `value` is None where it is not defined; `of` is what it is about."""

    metric: str
    kind: str  # 'case', 'outcome', 'flow', 'group', 'step', 'team', 'owner' or 'environment'
    of: str
    unit: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes measures about one thing."""

    kind: str
    of: str

    def __call__(self, metric: str, unit: str, value: float | None) -> Measure:
        return Measure(metric, self.kind, self.of, unit, value)


def ratio(above: float, below: float, factor: float = 1.0) -> float | None:
    """A ratio, None ("not defined") where the denominator is 0."""
    return None if below == 0 else float(factor * above / below)
