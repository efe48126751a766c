"""Points: what the figures are where the inputs stand at some values, in replications of given numbers.

A point is a changed scenario like any other: checked, compiled and run, so its figures are those that the
changed file would give. Where a scenario is refused, or its run cannot go on, the point has a reason instead
of figures.
Not here: which points are looked at (tornado, sample), the figures (figures).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from sim.errors import EngineError, PlanError, ScenarioError
from sim.experiment import workers
from sim.experiment.appraisal import Economics, appraise, programme
from sim.experiment.compare import values_of
from sim.experiment.replicate import Options, Replication, Result, run_one
from sim.experiment.sensitivity.figures import COSTS, NPV, Column
from sim.experiment.sensitivity.inputs import Input
from sim.experiment.sensitivity.polynomials import Floats
from sim.plan.arrays import Plan
from sim.plan.compiler import compile_plan
from sim.scenario.changes import changed
from sim.scenario.load import Scenario

T = TypeVar("T")
Values = Mapping[int, float]
"""Where inputs stand, by their index; the others stand as the files have them."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A point that cannot be: the scenario is refused there, or its run cannot go on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Bench:
    """What every point is made of: the scenarios, the base first, the inputs, and the columns looked at."""

    scenarios: tuple[Scenario, ...]
    inputs: tuple[Input, ...]
    columns: tuple[Column, ...]
    years: int
    seed: int
    engine: str

    def plans(self, values: Values) -> list[tuple[Plan, Economics]] | Refused:
        """The scenarios at a point, compiled."""
        try:
            found = [
                changed(scenario, changes) if (changes := self._changes(which, values)) else scenario
                for which, scenario in enumerate(self.scenarios)
            ]
            return [(compile_plan(each), programme(each)) for each in found]
        except (ScenarioError, PlanError) as error:
            return Refused(_in_a_line(error))

    def _changes(self, which: int, values: Values) -> dict[tuple[str, ...], object]:
        found: dict[tuple[str, ...], object] = {}
        for index, value in values.items():
            found.update(self.inputs[index].changes(which, value))
        return found

    def seen(self, values: Values, numbers: Sequence[int]) -> Floats | Refused:
        """Every column in every replication: shape (n_columns, n); NaN where a figure is not defined."""
        plans = self.plans(values)
        return plans if isinstance(plans, Refused) else self.run(plans, numbers)

    def run(self, plans: Sequence[tuple[Plan, Economics]], numbers: Sequence[int]) -> Floats | Refused:
        """The same of plans that are compiled."""
        options = Options(self.seed, self.engine, keep_log=False, keep_cases=False)
        try:
            runs = [[run_one(plan, self.years, n, options) for n in numbers] for plan, _ in plans]
        except EngineError as error:
            return Refused(_in_a_line(error))
        results = [
            Result(plan.name, plan, self.seed, self.engine, tuple(each))
            for (plan, _), each in zip(plans, runs, strict=True)
        ]
        tables = [values_of(result) for result in results]
        money = {which: _money(runs, plans, which) for which in self._with_money()}
        return np.array(
            [
                money[column.which][column.key[0]]
                if column.key[1] == "business"
                else _column(tables, column, numbers)
                for column in self.columns
            ]
        )

    def _with_money(self) -> set[int]:
        return {column.which for column in self.columns if column.key[1] == "business"}


def _column(
    tables: Sequence[Mapping[Any, Mapping[int, float]]], column: Column, numbers: Sequence[int]
) -> Floats:
    def of(which: int) -> Floats:
        found = tables[which].get(column.key, {})
        return np.array([found.get(n, np.nan) for n in numbers])

    return of(column.which) - of(0) if column.which else of(0)


def _money(
    runs: Sequence[Sequence[Replication]], plans: Sequence[tuple[Plan, Economics]], which: int
) -> dict[str, Floats]:
    before, after = ([run.flows for run in runs[i] if run.flows is not None] for i in (0, which))
    found = appraise(before, after, plans[0][1], plans[which][1], plans[0][0], plans[which][0])
    return {
        NPV: np.array([case.npv for case in found.cases]),
        COSTS: np.array([case.pv_costs for case in found.cases]),
    }


def _in_a_line(error: Exception) -> str:
    """What a refusal says, without the place in the files."""
    if isinstance(error, ScenarioError):
        problem = error.problems[0]
        return f"{problem.key}: {' '.join(problem.message.split())}"
    return " ".join(str(error).split())


# --- who looks at them


def spread(
    work: Callable[..., T], bench: Bench, calls: Sequence[tuple[Any, ...]], jobs: int
) -> Generator[tuple[int, T]]:
    """Each call's index and what `work(bench, *call)` gives, as they are finished.

    On processes: most of a point's time goes into checking and compiling it, which is Python.
    """
    if jobs == 1 or len(calls) < 2:
        yield from workers.one_by_one(_numbered, ((i, work, bench, call) for i, call in enumerate(calls)))
        return
    parcel = workers.Parcel.of(bench)
    yield from workers.on_processes(
        _unpacked, ((i, work, parcel, call) for i, call in enumerate(calls)), jobs
    )


def _numbered(i: int, work: Callable[..., T], bench: Bench, call: tuple[Any, ...]) -> tuple[int, T]:
    return i, work(bench, *call)


def _unpacked(i: int, work: Callable[..., T], parcel: workers.Parcel, call: tuple[Any, ...]) -> tuple[int, T]:
    return i, work(parcel.unpacked(), *call)
