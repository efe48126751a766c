"""Tallies of a replication, taken from its facts: the reference for engines that keep them while they run.

    cases     cases by type and outcome
    flows     passages through flows, and their groups
    steps     visits to steps, environments held
    teams     people, and queues
    owners    where the open time of owners goes
    hours     hours worked between instants: what money is made of
    stretches sums that several of them take

What each sum means stands in records.tallies. Not here: figures made of them (measures, people).
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.metrics.tallying.cases import tally_cases
from sim.metrics.tallying.flows import tally_flows
from sim.metrics.tallying.hours import tally_hours
from sim.metrics.tallying.owners import tally_owners
from sim.metrics.tallying.steps import tally_holds, tally_steps
from sim.metrics.tallying.teams import tally_teams
from sim.metrics.view import view
from sim.plan.arrays import Plan
from sim.records import Facts
from sim.records.tallies import Tallies

__all__ = ["tally"]


def tally(facts: Facts, plan: Plan, money_edges: Sequence[int] = ()) -> Tallies:
    """The tallies of a replication; hours of people between the `money_edges` [ms], where there are any.

    Raises
    ------
    EngineError
        The account of a case does not sum to its lead time.
    """
    seen = view(facts, plan)
    return Tallies(
        cases=tally_cases(seen),
        flows=tally_flows(seen),
        steps=tally_steps(seen),
        teams=tally_teams(seen),
        owners=tally_owners(seen),
        held_ms=tally_holds(seen),
        money=tally_hours(seen.works, tuple(money_edges)) if money_edges else None,
    )
