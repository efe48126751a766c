"""Passages through flows by trait: how long those with a trait take, and those without.

The traits are those that a condition in the flow asks about, so a group is a way through it: who uses the new
path and who goes the old one. A passage is counted as in the figures of flows; one whose case was never
asked about a trait is in no group of it.
Not here: flows as a whole (summary).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.view import BoolArray, Float64Array, View
from sim.plan.arrays import NONE, ConditionRow, Plan, TraitKind

Group = tuple[str, BoolArray]


def groups_of_flow(seen: View, flow: int, counted: Int64Array) -> Iterator[tuple[str, Int64Array]]:
    """Each group of the counted passages of a flow: its name, such as `adopts`, and the passages in it."""
    for name in _traits_asked(seen.plan, flow):
        values = _values(seen, name, counted)
        for label, chosen in _split(seen.plan, name, values):
            yield label, counted[chosen]


def _split(plan: Plan, name: str, values: Float64Array) -> Iterator[Group]:
    row = next(row for row in plan.traits if row.name == name)
    if row.kind is TraitKind.SHARE:
        yield name, values == 1.0
        yield f"not {name}", values == 0.0
        return
    for level, label in enumerate(row.levels):
        yield f"{name} is {label}", values == level


def _values(seen: View, name: str, counted: Int64Array) -> Float64Array:
    """What the trait turned out to be for the case of each passage; NaN where it was never asked."""
    places = [
        next((i for i, trait in enumerate(each.traits) if seen.plan.traits[trait].name == name), NONE)
        for each in seen.plan.case_types
    ]
    found = np.full(len(counted), np.nan)
    for i, case in enumerate(seen.passages["case"][counted]):
        row = seen.facts.cases[case]
        place = places[row.case_type]
        if 0 <= place < len(row.traits):
            found[i] = row.traits[place]
    return found


def _traits_asked(plan: Plan, flow: int) -> list[str]:
    """Names of the traits, but numbers, that conditions in a flow, or in what it calls, ask about."""
    within = tuple(f"{call.path}/" for call in plan.calls if call.flow == flow)
    asked: set[int] = set()
    for step in plan.steps:
        if step.path.startswith(within):
            for condition in (step.when, *(each.when for each in step.alternatives)):
                asked |= _read_by(plan, condition)
    rows = [plan.traits[trait] for trait in asked]
    return sorted({row.name for row in rows if row.kind is not TraitKind.NUMBER})


def _read_by(plan: Plan, condition: int) -> set[int]:
    if condition == NONE:
        return set()
    row: ConditionRow = plan.conditions[condition]
    own = set() if row.trait == NONE else {row.trait}
    return own.union(*(_read_by(plan, child) for child in row.children))
