"""Rows of case types: whose flow is expanded, who owns its cases, how long they wait, what they are worth."""

from __future__ import annotations

from dataclasses import replace

from sim.plan.arrays import CaseTypeRow
from sim.plan.draft import Draft
from sim.plan.expand import Expansion
from sim.plan.outcomes import patience_row
from sim.plan.scales import money_per_month
from sim.plan.tables import find, optional
from sim.scenario import schema
from sim.units.dimensions import Dimension


def read_traits(draft: Draft, name: str) -> None:
    definitions = {**draft.file.traits, **draft.file.cases[name].traits}
    draft.traits_of[name] = tuple(draft.tables.trait(name, trait, f"cases.{name}") for trait in definitions)


def case_type_row(draft: Draft, name: str) -> CaseTypeRow:
    case, where = draft.file.cases[name], f"cases.{name}"
    expansion = Expansion(draft, name)
    call = expansion.call_flow(case.flow, name, None)
    numbers = draft.tables
    row = CaseTypeRow(
        name=name,
        call=call,
        traits=draft.traits_of[name],
        owner_team=optional(case.owner, lambda team: find(draft.team_index, team, "team", f"{where}.owner")),
        priority=optional(case.priority, lambda raw: numbers.number(raw, f"{where}.priority", name)),
        due=optional(case.due, lambda raw: draft.business_time(raw, f"{where}.due", name)),
        population=case.arrive is not None and case.arrive.population is not None,
    )
    if case.patience is not None:
        patience = patience_row(expansion, case.patience, draft.frames[call], f"{where}.patience")
        row = replace(row, patience=replace(patience, until=case.patience.until or ""))
    return _with_value(draft, row, case.value, f"{where}.value")


def _with_value(draft: Draft, row: CaseTypeRow, value: schema.Value | None, where: str) -> CaseTypeRow:
    if value is None:
        return row
    lasts = 0
    if value.lasts is not None:
        lasts = draft.tables.fixed_ms(value.lasts, f"{where}.lasts", Dimension.WALL_TIME)
    return replace(
        row,
        value=draft.tables.number(value.per_month, f"{where}.per_month", row.name, scale=money_per_month),
        value_from=value.from_,
        value_lasts=lasts,
        value_decay=draft.tables.fixed(value.decay, f"{where}.decay", dimension=Dimension.SHARE),
    )
