"""Cumulative flow: how many cases of a type have come, have reached each stage of their flow, and have left.

A stage is a step of the case type's own flow, or several that follow each other; what is called inside a
step belongs to it. A case is in the furthest stage it has reached: rework does not take it back, so the
lines never cross, and between two of them lie the cases that are there now.
All times are integer milliseconds since the beginning of the warm-up.
Not here: pictures (charts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.accounts import case_column, table_of
from sim.metrics.numbers import Float64Array
from sim.plan.arrays import NONE, Plan
from sim.records import Facts, VisitRow
from sim.units.dimensions import DAY_MS

BEFORE = "before the first step"
N_STAGES = 6
_TINY = 0.002  # share of all time inside below which waiting for the first step is no stage
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class CumulativeFlow:
    """Counts of cases since the beginning of the run.

    Attributes
    ----------
    stages
        The steps that make up each stage, in the order of the flow.
    instants : shape (n_instants,)
        When is counted [ms]: each midnight, and the end.
    counts : shape (n_replications, n_stages + 1, n_instants)
        Cases that have come into a stage or beyond it; those that have arrived first, those that have left
        last.
    """

    case_type: str
    stages: tuple[tuple[str, ...], ...]
    instants: Int64Array
    counts: Int64Array

    @property
    def mean(self) -> Float64Array:
        """Mean counts over replications, shape (n_stages + 1, n_instants)."""
        return np.asarray(self.counts.mean(axis=0), dtype=np.float64)

    def mean_inside(self, since: int) -> Float64Array:
        """Mean number of cases in each stage from an instant on, over replications; shape (n_stages,)."""
        here = self.mean[:, self.instants >= since]
        return np.asarray((here[:-1] - here[1:]).mean(axis=1), dtype=np.float64)


def cumulative_flow(
    replications: Sequence[Facts], plan: Plan, case_type: str, n_stages: int = N_STAGES
) -> CumulativeFlow:
    """The counts of a case type over the facts of one or several replications.

    Neighbouring steps in which fewest cases are found share a stage, until there are at most `n_stages`.
    Waiting before the first step is a stage of its own where it takes more than 0.2 % of the time.

    Raises
    ------
    ValueError
        There is no such case type, or no replication.
    """
    names = [row.name for row in plan.case_types]
    if case_type not in names:
        raise ValueError(f"there is no case type {case_type!r}. Case types: {', '.join(names)}.")
    if not replications:
        raise ValueError("there is nothing to count: give the facts of at least one replication")
    index = names.index(case_type)
    steps = own_steps(plan, index)
    reached = [_reached(facts, plan, index, steps) for facts in replications]
    kept, stages = _stages(reached, [plan.steps[step].name for step in steps], plan, n_stages)
    instants = np.unique(np.append(np.arange(0, plan.end, DAY_MS), plan.end))
    counts = np.array(
        [
            [np.searchsorted(np.sort(each[:, line]), instants, side="right") for line in kept]
            for each in reached
        ],
        dtype=np.int64,
    )
    return CumulativeFlow(case_type, stages, instants, counts)


def own_steps(plan: Plan, case_type: int) -> list[int]:
    """The steps of a case type's own flow, in order."""
    step, found = plan.calls[plan.case_types[case_type].call].first, []
    while step != NONE:
        found.append(step)
        step = plan.steps[step].next
    return found


def _reached(facts: Facts, plan: Plan, case_type: int, steps: list[int]) -> Int64Array:
    """When each case arrived, came to each step or beyond it, and left; shape (n_cases, n_steps + 2)."""
    mine = case_column(facts, "case_type") == case_type
    left = case_column(facts, "leave")[mine]
    table = np.full((len(mine), len(steps)), _NEVER, dtype=np.int64)
    visits = table_of(facts.visits, len(VisitRow._fields))
    case, step, enter = (visits[:, VisitRow._fields.index(name)] for name in ("case", "step", "enter"))
    stage = _stage_of_step(plan, steps)[step]
    here = (stage != NONE) & mine[case]
    np.minimum.at(table, (case[here], stage[here]), enter[here])
    rows = np.column_stack(
        (case_column(facts, "arrive")[mine], table[mine], np.where(left < 0, _NEVER, left))
    )
    return np.asarray(np.minimum.accumulate(rows[:, ::-1], axis=1)[:, ::-1])


def _stage_of_step(plan: Plan, steps: list[int]) -> Int64Array:
    """Which of these steps each step of the plan is, or is called by."""
    result = np.full(len(plan.steps), NONE, dtype=np.int64)
    for i, own in enumerate(steps):
        path = plan.steps[own].path
        for step, row in enumerate(plan.steps):
            if row.path == path or row.path.startswith(f"{path}/"):
                result[step] = i
    return result


def _stages(
    reached: list[Int64Array], names: list[str], plan: Plan, n_stages: int
) -> tuple[list[int], tuple[tuple[str, ...], ...]]:
    """The columns that begin a stage, the last being that of leaving, and the steps of each stage."""
    time = np.zeros(len(names) + 1)
    for each in reached:
        clipped = np.clip(each, plan.warm_up, plan.end)
        time += np.diff(clipped, axis=1).sum(axis=0)
    groups = [[i] for i in range(len(names) + 1)]
    nobody_waits = bool(names) and time[0] <= _TINY * time.sum()
    if nobody_waits:
        groups[:2] = [[0, 1]]
    while len(groups) > n_stages:
        weights = [sum(time[i] for i in a + b) for a, b in pairwise(groups)]
        at = int(np.argmin(weights))
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    words = [BEFORE, *names]
    stages = tuple(tuple(words[i] for i in group if i or not nobody_waits) for group in groups)
    return [*(group[0] for group in groups), len(names) + 1], stages
