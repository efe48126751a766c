"""What an hour of waste that is freed is worth, and of whose hours that may be said.

Instants are integer milliseconds since the beginning of the warm-up.
Not here: how many hours are freed (economics.flows), the share of them that counts (appraisal).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sim.economics.flows import Yearly, year_edges
from sim.metrics.numbers import breakpoints, integrate, read_number
from sim.plan.arrays import NONE, Plan, TeamRow


def prices_of_freed_hours(plan_base: Plan, plan_other: Plan, years: int) -> dict[str, Yearly]:
    """What an hour costs in the baseline, by year, of each team whose freed hours count.

    They do not count of a team of another size, nor of an unlimited one, which is paid by the hour worked:
    the costs of both already say it.
    """
    others = {team.name: team for team in plan_other.teams}
    return {
        team.name: _hourly_cost(plan_base, team, year_edges(plan_base, years))
        for team in plan_base.teams
        if team.cost != NONE
        and team.name in others
        and _is_same_size(plan_base, team, plan_other, others[team.name])
    }


def _is_same_size(plan_base: Plan, team: TeamRow, plan_other: Plan, other: TeamRow) -> bool:
    if team.unlimited or other.unlimited:
        return False
    changes = {t - plan_base.warm_up for t in team.size_changes}
    changes |= {t - plan_other.warm_up for t in other.size_changes}
    inner = sorted(t for t in changes if 0 < t < plan_base.end - plan_base.warm_up)
    middles = np.array([(a + b) / 2.0 for a, b in pairwise((0, *inner, plan_base.end - plan_base.warm_up))])
    before, here = (
        np.floor(read_number(plan, row.size, middles + plan.warm_up) + 1e-9)
        for plan, row in ((plan_base, team), (plan_other, other))
    )
    return bool(np.array_equal(before, here))


def _hourly_cost(plan: Plan, team: TeamRow, edges: Sequence[int]) -> Yearly:
    """The cost of an hour in each year, the mean over the team's open hours where it changes."""
    if not breakpoints(plan, team.cost):
        price = float(read_number(plan, team.cost, np.array([float(plan.warm_up)]))[0])
        return (price,) * (len(edges) - 1)
    calendar = plan.calendars[team.calendar]
    spans = [(a, b, calendar.open_between(a, b)) for a, b in pairwise(edges)]
    return tuple(
        integrate(plan, team.cost, calendar, a, b) / open_ms if open_ms else 0.0 for a, b, open_ms in spans
    )
