"""Small words about tables of rows: names to indices, optional numbers, rows that must be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from sim.errors import PlanError
from sim.plan.arrays import NONE

T = TypeVar("T")


def optional(raw: object | None, lower: Callable[..., int]) -> int:
    """The row of an optional number, NONE where it is not written."""
    return NONE if raw is None else lower(raw)


def indexed(names: Iterable[str]) -> dict[str, int]:
    return {name: index for index, name in enumerate(sorted(names))}


def find(index: Mapping[str, int], name: str, what: str, where: str) -> int:
    if name not in index:
        raise PlanError(f"{where}: no {what} is called '{name}'. Here: {', '.join(index) or 'none'}.")
    return index[name]


def filled(rows: Iterable[T | None]) -> Iterator[T]:
    for row in rows:
        assert row is not None
        yield row
