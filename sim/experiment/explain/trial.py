"""One scenario run on the luck of another, and what it gains over it, replication by replication.

A gain is a difference with its sign turned so that more is better: hours of lead time saved, cases more a
year, money more. It is taken for each replication by itself, so that gains of several trials can be added,
weighed and subtracted before there is a mean.
Not here: which scenarios are tried (causes, parts), means and intervals (explanation).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.experiment.appraisal import Economics, appraise, programme
from sim.experiment.compare import Key, values_of
from sim.experiment.replicate import Progress, Result, replicate_all
from sim.experiment.run import check_shared
from sim.experiment.value_streams import Kind
from sim.plan.compiler import compile_plan
from sim.units.dimensions import HOUR_MS, YEAR_MS

if TYPE_CHECKING:
    from sim.plan.arrays import Plan
    from sim.scenario.load import Scenario

Gain = tuple[float | None, ...]
"""One value for each replication; None where it is not defined."""

Gains = Mapping[str, Gain]
"""The gains of a trial, by the names of `GAINS`."""

GAINS = {
    "lead_time": "h",
    "lead_time_p85": "h",
    "throughput": "per year",
    "in_production": "per year",
    "npv": "money",
    "benefit": "money",
    "cost": "money",
}
"""What is gained, and in which unit: hours of mean lead time and of its P85 saved; cases (passages) more that
leave, and that reach the milestone from which they bring value; net present value, benefits, costs less."""


@dataclass(frozen=True)
class Trial:
    """A scenario that was run: its result, and the economics it is appraised with."""

    scenario: Scenario
    result: Result
    economics: Economics

    @property
    def numbers(self) -> list[int]:
        """The replications that were finished, in order."""
        return [run.number for run in self.result.runs]

    @cached_property
    def _values(self) -> dict[Key, dict[int, float]]:
        return values_of(self.result)

    def figure(self, metric: str, kind: str, of: str) -> dict[int, float]:
        """A measure by replication; undefined ones are left out."""
        return next((by_run for key, by_run in self._values.items() if key[:3] == (metric, kind, of)), {})

    def lead_time(self, of: str, kind: Kind) -> dict[int, float]:
        """Mean lead time [h]."""
        return self.figure("lead_time", kind, of)

    def throughput(self, of: str, kind: Kind) -> dict[int, float]:
        """How many leave in a year of the window."""
        plan = self.result.plan
        open_h = plan.calendars[plan.business].open_between(plan.warm_up, plan.end) / HOUR_MS
        return {r: rate * open_h / _years(plan) for r, rate in self.figure("throughput", kind, of).items()}

    def in_production(self, of: str, kind: Kind) -> dict[int, float]:
        """How many a year of those that left had reached the milestone they bring value from, if any."""
        shares, counts = (self.figure(name, kind, of) for name in ("share_in_production", "cases"))
        if not shares:
            return {}
        return {r: shares.get(r, 0.0) / 100 * n / _years(self.result.plan) for r, n in counts.items()}


@dataclass(frozen=True)
class Runner:
    """Runs scenarios, all with the same replications."""

    replications: int
    seed: int
    engine: str
    jobs: int

    def __call__(
        self, scenario: Scenario, progress: Progress | None = None, beside: Trial | None = None
    ) -> Trial:
        """Run a scenario.

        Raises
        ------
        PlanError, EngineError
            It cannot be compiled; it does not share clock, currency and years with `beside`; it cannot go on.
        """
        plan, economics = compile_plan(scenario), programme(scenario)
        if beside is not None:
            pair = [beside.scenario, scenario]
            check_shared(pair, [beside.economics, economics], [beside.result.plan, plan])
        options: dict[str, Any] = {"seed": self.seed, "engine": self.engine, "jobs": self.jobs}
        (result,) = replicate_all(
            [(plan, economics.years or 0)],
            replications=self.replications,
            keep_cases=False,
            progress=progress,
            **options,
        )
        return Trial(scenario, result, economics)


def gains(before: Trial, after: Trial, of: str, kind: Kind) -> Gains:
    """What a trial gains over another, for each replication that the other finished."""
    old, new = _figures(before, of, kind), _figures(after, of, kind)
    told: dict[str, Gain] = {
        name: tuple(_gained(old[name].get(r), new[name].get(r), name) for r in before.numbers)
        for name in old
        if old[name] and new[name]
    }
    return {**told, **_money(before, after)}


def _gained(old: float | None, new: float | None, name: str) -> float | None:
    """The difference so that more is better: of lead times that is less."""
    if old is None or new is None:
        return None
    return old - new if name.startswith("lead_time") else new - old


def _figures(trial: Trial, of: str, kind: Kind) -> dict[str, dict[int, float]]:
    return {
        "lead_time": trial.lead_time(of, kind),
        "lead_time_p85": trial.figure("lead_time_p85", kind, of),
        "throughput": trial.throughput(of, kind),
        "in_production": trial.in_production(of, kind),
    }


def _years(plan: Plan) -> float:
    return (plan.end - plan.warm_up) / YEAR_MS


def _money(before: Trial, after: Trial) -> dict[str, Gain]:
    """Present values of the difference; nothing without economics."""
    old = {run.number: run.flows for run in before.result.runs if run.flows is not None}
    new = {run.number: run.flows for run in after.result.runs if run.flows is not None}
    shared = [r for r in before.numbers if r in old and r in new]
    if not shared:
        return {}
    found = appraise(
        [old[r] for r in shared],
        [new[r] for r in shared],
        before.economics,
        after.economics,
        before.result.plan,
        after.result.plan,
    )
    cases = dict(zip(shared, found.cases, strict=True))
    told = {
        "npv": {r: case.npv for r, case in cases.items()},
        "benefit": {r: case.pv_benefits for r, case in cases.items()},
        "cost": {r: -case.pv_costs for r, case in cases.items()},
    }
    return {name: tuple(by_run.get(r) for r in before.numbers) for name, by_run in told.items()}
