"""Traits of cases as columns of the table of cases: `trait:NAME`, one for each trait of any case type.

Not here: the table itself (tables), how a trait is drawn (engines).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.plan.arrays import Plan, TraitKind
from sim.plan.measured import place_of_trait

if TYPE_CHECKING:
    import polars

    from sim.calendars import Int64Array

Floats = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PREFIX = "trait:"


def trait_columns(plan: Plan) -> dict[str, TraitKind | None]:
    """The columns in the order of the case types; None where case types differ in a trait's kind."""
    columns: dict[str, TraitKind | None] = {}
    for case_type in plan.case_types:
        for row in (plan.traits[trait] for trait in case_type.traits):
            name = f"{PREFIX}{row.name}"
            columns[name] = row.kind if columns.get(name, row.kind) is row.kind else None
    return columns


def told_traits(plan: Plan, case_type: Int64Array, traits: Floats) -> dict[str, polars.Series]:
    """What the traits turned out to be: true or false, a level's name, a number; null: never asked.

    Where case types differ in a trait's kind, all of them tell it as text.

    Parameters
    ----------
    case_type, traits : shape (n_cases,), (n_cases, n_traits)
        The type of each case, and its traits in the order of that type; NaN: never asked.
    """
    return {name: _told(plan, name, kind, case_type, traits) for name, kind in trait_columns(plan).items()}


def _told(
    plan: Plan, name: str, kind: TraitKind | None, case_type: Int64Array, traits: Floats
) -> polars.Series:
    if kind in (TraitKind.SHARE, TraitKind.NUMBER):
        values = np.full(len(case_type), np.nan)
        for index, place in _places(plan, name):
            here = case_type == index
            values[here] = traits[here, place]
        return nullable(values > 0 if kind is TraitKind.SHARE else values, ~np.isnan(values))
    codes = np.full(len(case_type), -1, dtype=np.int64)
    texts: list[str] = []
    for index, place in _places(plan, name):
        here = np.flatnonzero((case_type == index) & ~np.isnan(traits[:, place]))
        found, codes_here = np.unique(traits[here, place], return_inverse=True)
        codes[here] = len(texts) + codes_here
        texts += [_in_words(plan, index, place, value) for value in found.tolist()]
    return words(texts, codes)


def _places(plan: Plan, name: str) -> list[tuple[int, int]]:
    """(case type, place among its traits) of those that have the trait."""
    trait = name.removeprefix(PREFIX)
    places = [(index, place_of_trait(plan, index, trait)) for index in range(len(plan.case_types))]
    return [(index, place) for index, place in places if place >= 0]


def _in_words(plan: Plan, case_type: int, place: int, value: float) -> str:
    row = plan.traits[plan.case_types[case_type].traits[place]]
    if row.kind is TraitKind.LEVELS:
        return row.levels[int(value)]
    return str(bool(value) if row.kind is TraitKind.SHARE else value)


def nullable(values: NDArray[np.generic], is_told: BoolArray) -> polars.Series:
    """A column of these values, null where they are not told."""
    import polars

    series = polars.Series(values)
    return series if is_told.all() else series.scatter(np.flatnonzero(~is_told), None)


def words(texts: list[str], codes: Int64Array) -> polars.Series:
    """A column of texts by their indices; null where that is below 0."""
    import polars

    known = codes >= 0
    column = polars.Series([*texts, ""], dtype=polars.String).gather(np.where(known, codes, len(texts)))
    return column if known.all() else column.scatter(np.flatnonzero(~known), None)
