"""The compiler: from a scenario to the plan that engines run, as a table of contents.

Each table of the plan has a module of its own beside this one.
Not here: reading and checking files (scenario).
"""

from __future__ import annotations

from sim.plan.arrays import Plan
from sim.plan.case_types import case_type_row, read_traits
from sim.plan.draft import Draft
from sim.plan.luck import check_luck
from sim.plan.sources import sources
from sim.plan.tables import filled
from sim.plan.teams import environment_row, flow_row, team_row
from sim.scenario.load import Scenario


def compile_plan(scenario: Scenario) -> Plan:
    """The plan of a scenario.

    Raises
    ------
    PlanError
        Flows call each other in a circle, they come to more than 10,000 steps, two draws would share their
        luck, or something is said that a plan cannot hold. The message names it.
    """
    draft = Draft.of(scenario)
    draft.calendars.build()
    business = draft.calendars.find(draft.scenario.business, "clock.business")
    for name in draft.case_type_index:
        read_traits(draft, name)
    case_types = tuple(case_type_row(draft, name) for name in draft.case_type_index)
    teams = tuple(team_row(draft, name) for name in draft.team_index)
    environments = tuple(environment_row(draft, name) for name in draft.environment_index)
    flows = tuple(flow_row(draft, name) for name in draft.flow_index)
    # before the tables are read out: other work adds numbers of its own
    all_sources = tuple(sorted(sources(draft), key=lambda source: source.name))
    plan = Plan(
        name=draft.scenario.name,
        warm_up=draft.warm_up,
        end=draft.end,
        business=business,
        calendars=tuple(draft.calendars.rows),
        numbers=tuple(draft.tables.numbers),
        conditions=tuple(draft.tables.conditions),
        traits=tuple(draft.tables.traits),
        teams=teams,
        environments=environments,
        flows=flows,
        calls=tuple(filled(draft.calls)),
        steps=tuple(filled(draft.steps)),
        acts=tuple(draft.acts),
        case_types=case_types,
        sources=all_sources,
    )
    check_luck(plan)
    return plan
