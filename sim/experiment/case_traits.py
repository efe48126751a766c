"""Traits of cases as columns of the table of cases: `trait:NAME`, one for each trait of any case type.

Not here: the table itself (tables), how a trait is drawn (engines).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.plan.arrays import Plan, TraitKind, TraitRow
from sim.records import CaseRow

Told = bool | float | str | None
Columns = Mapping[str, TraitKind | None]


def trait_columns(plan: Plan) -> dict[str, TraitKind | None]:
    """The columns in the order of the case types; None where case types differ in a trait's kind."""
    columns: dict[str, TraitKind | None] = {}
    for case_type in plan.case_types:
        for row in (plan.traits[trait] for trait in case_type.traits):
            name = f"trait:{row.name}"
            columns[name] = row.kind if columns.get(name, row.kind) is row.kind else None
    return columns


def told_traits(plan: Plan, case: CaseRow, columns: Columns) -> list[Told]:
    """What a case's traits turned out to be: true or false, a level's name, a number; None: never asked.

    Where case types differ in a trait's kind, all of them tell it as text.
    """
    rows = [plan.traits[trait] for trait in plan.case_types[case.case_type].traits]
    told = {f"trait:{row.name}": _in_words(row, value) for row, value in zip(rows, case.traits, strict=False)}
    cells = [(told.get(name), kind) for name, kind in columns.items()]
    return [cell if kind is not None or cell is None else str(cell) for cell, kind in cells]


def _in_words(row: TraitRow, value: float) -> Told:
    if math.isnan(value):
        return None
    if row.kind is TraitKind.LEVELS:
        return row.levels[int(value)]
    return bool(value) if row.kind is TraitKind.SHARE else value
