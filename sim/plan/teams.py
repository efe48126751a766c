"""Rows of teams, environments and flows as defined: what stands in a plan whoever calls it.

Not here: steps and paths (expand), other work as a source of cases (sources).
"""

from __future__ import annotations

from sim.plan.arrays import NONE, Closing, EnvironmentRow, FlowRow, Order, TeamRow
from sim.plan.draft import Draft
from sim.plan.over_time import expected, floor_changes
from sim.plan.scales import as_written, money_per_month, money_per_open_hour
from sim.plan.tables import optional
from sim.scenario import schema
from sim.units.dimensions import Dimension

ANY_NUMBER = 2**31 - 1
"""Of open cases: what a member may own where `owns` sets no limit."""


def team_row(draft: Draft, name: str) -> TeamRow:
    team, where = draft.file.teams[name], f"teams.{name}"
    unlimited = team.size == "unlimited"
    calendar_name = team_calendar(draft, name)
    size, max_size = NONE, 0
    changes: tuple[int, ...] = ()
    if not unlimited:
        size = draft.tables.number(team.size, f"{where}.size", dimension=Dimension.NUMBER)
        changes, max_size = _size_over_time(draft, size)
    price = money_per_open_hour(draft.calendars.week_ms(calendar_name), draft.scenario.working_time)
    return TeamRow(
        name=name,
        size=size,
        max_size=max_size,
        size_changes=changes,
        calendar=draft.calendars.find(calendar_name, f"{where}.calendar"),
        unlimited=unlimited,
        focus=optional(
            team.focus, lambda raw: draft.tables.number(raw, f"{where}.focus", dimension=Dimension.SHARE)
        ),
        closing=Closing[team.closing.upper()],
        order=Order[team.order.upper()],
        owns=_owns(draft, name, team.owns),
        switching=_fixed_work(draft, team.switching, f"{where}.switching"),
        slice=_fixed_work(draft, team.slice, f"{where}.slice"),
        cost=optional(
            team.cost,
            lambda raw: draft.tables.number(
                raw, f"{where}.cost", dimension=Dimension.MONEY_RATE, scale=price
            ),
        ),
        other_priority=optional(
            team.other_work and team.other_work.priority,
            lambda raw: draft.tables.number(raw, f"{where}.other_work.priority"),
        ),
    )


def _size_over_time(draft: Draft, size: int) -> tuple[tuple[int, ...], int]:
    changes = floor_changes(draft.tables.numbers, size, draft.end)
    values = [int(expected(draft.tables.numbers, size, instant) + 1e-9) for instant in (0, *changes)]
    return changes, max(values)


def _owns(draft: Draft, name: str, owns: schema.Raw | None) -> int:
    """How many open cases a member may own; 0 for a team that owns none."""
    if owns is not None:
        return draft.tables.count(owns, f"teams.{name}.owns")
    return ANY_NUMBER if any(case.owner == name for case in draft.file.cases.values()) else 0


def team_calendar(draft: Draft, name: str) -> str:
    return draft.file.teams[name].calendar or draft.scenario.business


def _fixed_work(draft: Draft, raw: schema.Raw | None, where: str) -> int:
    return 0 if raw is None else draft.tables.fixed_ms(raw, where, Dimension.WORK_TIME)


def environment_row(draft: Draft, name: str) -> EnvironmentRow:
    environment, where = draft.file.environments[name], f"environments.{name}"
    cost = draft.tables.number_of_any_case(
        environment.cost if environment.cost is not None else 0,
        f"{where}.cost",
        dimension=Dimension.ANY,
        scale=money_per_month,
    )
    lingers = optional(
        environment.lingers,
        lambda raw: draft.tables.number_of_any_case(
            raw, f"{where}.lingers", dimension=Dimension.WALL_TIME, scale=as_written
        ),
    )
    pool = 0 if environment.pool is None else draft.tables.count(environment.pool, f"{where}.pool")
    return EnvironmentRow(name, cost, pool, lingers)


def flow_row(draft: Draft, name: str) -> FlowRow:
    flow = draft.file.flows.get(name)  # None: a branch that is one step
    if flow is None or flow.limit is None:
        return FlowRow(name)
    return FlowRow(name, draft.tables.count(flow.limit.cases, f"flows.{name}.limit.cases"))
