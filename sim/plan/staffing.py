"""Staffing of a plan: the same plan with other team sizes, cases per member, and limits.

To compile a scenario takes twice as long as to run a replication of it; where only these differ, a row of the
plan is all that changes. The plan runs as that of the changed scenario does, in every event; the table of
numbers may have other rows than that.
Not here: whether the scenario would be sound (scenario.checks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sim.plan.arrays import NumberKind, NumberRow, Plan, TeamRow


def with_staffing(
    plan: Plan,
    *,
    sizes: Mapping[str, int] | None = None,
    owns: Mapping[str, int] | None = None,
    limits: Mapping[str, int] | None = None,
) -> Plan:
    """The plan with other sizes and open cases per member of teams, and limits of flows, by their names.

    A size is the same at all times from then on.

    Raises
    ------
    KeyError
        No team or flow has that name.
    """
    sizes, owns, limits = sizes or {}, owns or {}, limits or {}
    _check_names({team.name for team in plan.teams}, {*sizes, *owns})
    _check_names({flow.name for flow in plan.flows}, limits)
    numbers = list(plan.numbers)

    def team_row(row: TeamRow) -> TeamRow:
        if row.name in sizes:
            n = sizes[row.name]
            row = replace(row, size=_constant(numbers, n), max_size=n, size_changes=(), unlimited=False)
        return replace(row, owns=owns[row.name]) if row.name in owns else row

    return replace(
        plan,
        teams=tuple(map(team_row, plan.teams)),
        flows=tuple(
            replace(row, limit=limits[row.name]) if row.name in limits else row for row in plan.flows
        ),
        numbers=tuple(numbers),
    )


def _check_names(known: set[str], asked: set[str] | Mapping[str, int]) -> None:
    for name in asked:
        if name not in known:
            raise KeyError(f"the plan has no {name!r}")


def _constant(numbers: list[NumberRow], value: int) -> int:
    """The row of a number; added where there is none."""
    row = NumberRow(NumberKind.CONSTANT, value=float(value))
    if row not in numbers:
        numbers.append(row)
    return numbers.index(row)
