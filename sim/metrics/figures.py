"""Figures: one number about one thing, how it is written down, and many of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload


class Measure(NamedTuple):
    """One figure. `value` is None where it is not defined; `of` is what it is about."""

    metric: str
    kind: str  # 'case', 'outcome', 'flow', 'group', 'step', 'team', 'owner' or 'environment'
    of: str
    unit: str
    value: float | None


Name = tuple[str, str, str, str]
"""Of a figure: metric, kind, of, unit."""


class Measures(Sequence[Measure]):
    """Figures whose names stand apart from their values, so that thousands of replications can share them."""

    __slots__ = ("names", "values")

    def __init__(self, names: tuple[Name, ...], values: tuple[float | None, ...]) -> None:
        if len(names) != len(values):
            raise ValueError(f"every figure has a name; found {len(names)} names and {len(values)} values")
        self.names, self.values = names, values

    @classmethod
    def of(cls, figures: Sequence[Measure]) -> Measures:
        """The same figures."""
        if isinstance(figures, Measures):
            return figures
        return cls(tuple(each[:4] for each in figures), tuple(each[4] for each in figures))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> Measure: ...
    @overload
    def __getitem__(self, index: slice) -> list[Measure]: ...
    def __getitem__(self, index: int | slice) -> Measure | list[Measure]:
        """Return one, or those of a slice."""
        return (
            list(self)[index] if isinstance(index, slice) else Measure(*self.names[index], self.values[index])
        )

    def __iter__(self) -> Iterator[Measure]:
        """Return them one by one."""
        for name, value in zip(self.names, self.values, strict=True):
            yield Measure(*name, value)

    def __eq__(self, other: object) -> bool:
        """Whether another sequence has the same figures."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return what a list of them would say."""
        return repr(list(self))


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
