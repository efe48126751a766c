"""What settings are worth: the objective of a search, replication by replication.

- Cost: the present value of people, environments and the costs that the scenario names, over the years of its
  economics (`outlay`); of a scenario without years, what its teams cost a year, which is no matter of luck.
- Net present value: of the business case of a setting against the scenario as it is (`appraise`).

Not here: which setting is best (selection).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np

from sim.economics.flows import YearlyFlows, staff_cost, year_edges
from sim.errors import RunError
from sim.experiment.appraisal import appraise, outlay
from sim.experiment.promises import Promise
from sim.experiment.tune.runs import Runs
from sim.experiment.tune.selection import Floats, Wanted
from sim.experiment.tune.space import AS_IS, Setting, Space
from sim.plan.arrays import NONE, Plan
from sim.units.dimensions import YEAR_MS

Goal = Literal["cost", "npv"]


class Worth:
    """The objective of a search, and what promises are exceeded by, of what its runs have found."""

    def __init__(self, runs: Runs, goal: Goal, promises: Sequence[Promise]) -> None:
        self.runs, self.goal = runs, goal
        self.promised = [(promise, key) for promise in promises for key in promise.figures]
        self._columns = [runs.keys.index(key) for _, key in self.promised]
        self._cost: dict[Setting, list[float]] = {}
        self._npv: dict[tuple[Setting, Setting], list[float]] = {}

    def sample(self, wanted: Wanted[Setting]) -> tuple[dict[Setting, Floats], dict[Setting, str]]:
        """Rows of the objective (less is better) and of each promised figure's excess; see `select`.

        More of them than are wanted where more are known.
        """
        wanted = dict(wanted)
        asked = dict(wanted)
        if self.goal == "npv" and wanted:
            asked = {AS_IS: max(wanted.values()), **asked}
        found = self.runs.get(asked)
        unable = {each: found[each].unable for each in wanted if found[each].unable}
        able = {each: max(n, found[each].n) for each, n in wanted.items() if each not in unable}
        if self.goal == "npv":
            able = {each: min(n, found[AS_IS].n) for each, n in able.items()}
        return {each: self.rows(each, n) for each, n in able.items()}, unable

    def rows(self, setting: Setting, n: int) -> Floats:
        """The first n rows of a setting."""
        objective = self.cost(setting, n) if self.goal == "cost" else [-x for x in self.npv(setting, n)]
        rows = np.full((n, 1 + len(self.promised)), np.nan)
        rows[:, 0] = objective
        for r, figures in enumerate(self.runs.found[setting].figures(n)):
            for i, ((promise, _), column) in enumerate(zip(self.promised, self._columns, strict=True)):
                value = figures[column]
                if value is not None:
                    rows[r, 1 + i] = promise.excess(value)
        return rows

    def cost(self, setting: Setting, n: int) -> list[float]:
        """What a setting costs in each of its first n replications."""
        known = self._cost.setdefault(setting, [])
        if len(known) < n:
            if self.runs.years:
                economics = self.runs.space.base(setting).economics
                for flows in self.runs.found[setting].flows(n)[len(known) :]:
                    found = outlay([flows], economics)
                    assert found is not None
                    assert found.cost.mean is not None
                    known.append(found.cost.mean)
            else:
                known += [yearly_cost(self.runs.space.plan(setting))] * (n - len(known))
        return known[:n]

    def least_cost(self, setting: Setting) -> float:
        """What a setting costs at least, whatever its luck: its people, and the costs the scenario names.

        Environments, overtime and hours of unlimited teams come on top.
        """
        plan, years = self.runs.space.plan(setting), self.runs.years
        if not years:
            return yearly_cost(plan)
        edges = list(pairwise(year_edges(plan, years)))
        people = {
            team.name: tuple(staff_cost(plan, i, *edge) for edge in edges)
            for i, team in enumerate(plan.teams)
        }
        none = (0.0,) * years
        found = outlay([YearlyFlows(people, {}, none, none)], self.runs.space.base(setting).economics)
        assert found is not None
        assert found.cost.mean is not None
        return found.cost.mean

    def npv(self, setting: Setting, n: int, base: Setting = AS_IS) -> list[float]:
        """The net present value of a setting against another in each of the first n replications."""
        known = self._npv.setdefault((setting, base), [])
        if len(known) < n:
            space = self.runs.space
            before, here = (self.runs.found[each].flows(n)[len(known) :] for each in (base, setting))
            one, other = space.base(base).economics, space.base(setting).economics
            found = appraise(before, here, one, other, space.plan(base), space.plan(setting))
            known += [case.npv for case in found.cases]
        return known[:n]


def yearly_cost(plan: Plan) -> float:
    """What the members of all teams cost in a year of 8,766 h, the mean over the horizon.

    Teams of unlimited size are paid by the hour worked and are not in it.
    """
    spent = math.fsum(staff_cost(plan, i, plan.warm_up, plan.end) for i in range(len(plan.teams)))
    return spent * YEAR_MS / (plan.end - plan.warm_up)


def check_goal(space: Space, goal: Goal, promises: Sequence[Promise]) -> None:
    """Refuse an objective that the scenario cannot have, before anything runs.

    Raises
    ------
    RunError
        There are no costs, no years, or nothing that keeps the cheapest from being the smallest.
    """
    base = space.base()
    if goal == "npv" and base.economics.years is None:
        raise RunError(
            "maximise npv: the scenario has no years to reckon with. Write `economics: {years: 3}` into it, "
            "or minimise cost."
        )
    if all(team.cost == NONE for team in base.plan.teams):
        raise RunError(
            f"{'minimise' if goal == 'cost' else 'maximise'} {goal}: no team of this scenario has a cost. "
            "Write one, such as `cost: 60 per hour`."
        )
    if goal == "cost" and not promises:
        raise RunError(
            "minimise cost: without a promise the cheapest is the fewest people everywhere. Promise "
            "something, such as --promise 'P85 of lead time of use_case <= 30 d'."
        )
