"""Deep checks of a scenario before anything runs: names, kinds, numbers, files, and where flows lead.

`check` looks at the whole file and returns every problem it finds; each says what was found, what is
admissible and the nearest word. Whatever passes here can be compiled: the plan is never the first to
complain. Nothing here repairs anything.

desk       what every check works with
names      what a thing may be called
amounts    one number at its place (over_time: what it comes to; draws: distributions; files: CSV)
traits     who may ask about which trait
sections   assumptions, calendars, economics, teams, environments
cases      case types and how they come
steps      flows and their steps (targets: where they lead)
calls      flows that call flows
ways       no dead end, no loop in no time (spots: walking all steps)
joint      what several things together make impossible

Not here: which keys there are (schema), what is sound but odd and only worth a warning (plan).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sim.errors import Problem
from sim.scenario.checks.amounts import as_dimension
from sim.scenario.checks.calls import check_calls
from sim.scenario.checks.cases import check_cases
from sim.scenario.checks.desk import Desk, TooManyProblems
from sim.scenario.checks.joint import check_batches, check_joint_calendars, check_owners, check_populations
from sim.scenario.checks.names import check_names
from sim.scenario.checks.sections import (
    check_assumptions,
    check_calendars,
    check_economics,
    check_environments,
    check_teams,
)
from sim.scenario.checks.steps import check_flows
from sim.scenario.checks.traits import check_traits
from sim.scenario.checks.ways import check_ways

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

__all__ = ["as_dimension", "check"]

_CHECKS = (
    check_names,
    check_assumptions,
    check_calendars,
    check_economics,
    check_teams,
    check_environments,
    check_traits,
    check_cases,
    check_flows,
    check_owners,
    check_batches,
    check_populations,
    check_joint_calendars,
)


def check(scenario: Scenario) -> list[Problem]:
    """Every problem of a scenario whose keys are in order already."""
    desk = Desk(scenario)
    with suppress(TooManyProblems):
        for part in _CHECKS:
            part(desk)
        if check_calls(desk):
            check_ways(desk)
    return desk.problems
