"""Replications of a plan, on processes, gathered into tables.

Replication r of every scenario runs on the same luck, so results can be compared replication by replication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sim import engines
from sim.metrics import summarise
from sim.plan.arrays import Plan
from sim.records import EVENT_COLUMNS, CaseRow

if TYPE_CHECKING:
    import polars

    from sim.economics.flows import YearlyFlows
    from sim.metrics import Measure

Done = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Replication:
    """What is kept of one replication."""

    number: int
    measures: list[Measure]
    cases: list[CaseRow]
    events: list[tuple[object, ...]]
    flows: YearlyFlows | None = None  # money by year, where the scenario has economics


@dataclass(frozen=True)
class Result:
    """A scenario's replications.

    `replications` has one row per replication and measure (`replication, metric, kind, of, unit, value`);
    `cases` one per case; `events` is the event log, empty unless it was asked for.
    """

    name: str
    plan: Plan
    seed: int
    engine: str
    runs: tuple[Replication, ...]
    is_complete: bool = True

    @cached_property
    def replications(self) -> polars.DataFrame:
        import polars

        rows = [(run.number, *measure) for run in self.runs for measure in run.measures]
        schema = {
            "replication": polars.Int64,
            "metric": polars.String,
            "kind": polars.String,
            "of": polars.String,
            "unit": polars.String,
            "value": polars.Float64,
        }
        return polars.DataFrame(rows, schema=schema, orient="row")

    @cached_property
    def events(self) -> polars.DataFrame:
        import polars

        rows = [row for run in self.runs for row in run.events]
        frame = polars.DataFrame(rows, schema=list(EVENT_COLUMNS), orient="row", infer_schema_length=None)
        return frame.sort("replication", "time", "source", "number", "generation", "n") if rows else frame

    @cached_property
    def cases(self) -> polars.DataFrame:
        import polars

        names = [source.name for source in self.plan.sources]
        types = [case_type.name for case_type in self.plan.case_types]
        rows = [
            {
                "replication": run.number,
                "source": names[case.source],
                "case_type": types[case.case_type],
                "number": case.number,
                "generation": case.generation,
                "arrive_ms": case.arrive,
                "leave_ms": None if case.leave < 0 else case.leave,
                "outcome": case.outcome,
                "owner": None if case.owner < 0 else case.owner + 1,
                "value_per_month": case.value,
            }
            for run in self.runs
            for case in run.cases
        ]
        return polars.DataFrame(rows, infer_schema_length=None)


def replicate(
    plan: Plan,
    *,
    replications: int,
    seed: int = 1,
    engine: str = "simpy",
    jobs: int = -1,
    keep_log: bool = False,
    done: Done | None = None,
    first: int = 0,
    years: int = 0,
) -> Result:
    """Run `replications` replications of a plan, from number `first` on.

    `years` is how many years of money to account for (0: none). `jobs` is the number of processes (−1: one
    per core); results do not depend on it. `done` is called after each replication. A keyboard interrupt
    ends the loop; what was finished is in the result, which says that it is not complete.
    """
    if replications < 1:
        raise ValueError(f"replications must be at least 1, found {replications}")
    runs: list[Replication] = []
    is_complete = True
    try:
        for run in _stream(plan, range(first, first + replications), seed, engine, jobs, keep_log, years):
            runs.append(run)
            if done is not None:
                done()
    except KeyboardInterrupt:
        is_complete = False
    runs.sort(key=lambda run: run.number)
    return Result(plan.name, plan, seed, engine, tuple(runs), is_complete)


def _stream(
    plan: Plan, numbers: range, seed: int, engine: str, jobs: int, keep_log: bool, years: int
) -> Iterator[Replication]:
    if jobs == 1 or len(numbers) == 1:
        for number in numbers:
            yield run_one(plan, seed, number, engine, keep_log, years)
        return
    import joblib  # type: ignore[import-untyped]

    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")
    yield from parallel(
        joblib.delayed(run_one)(plan, seed, number, engine, keep_log, years) for number in numbers
    )


def run_one(plan: Plan, seed: int, number: int, engine: str, keep_log: bool, years: int) -> Replication:
    """One replication, measured."""
    facts = engines.run(plan, seed=seed, replication=number, engine=engine, keep_log=keep_log)
    flows = None
    if years:
        from sim.economics.flows import yearly_flows

        flows = yearly_flows(facts, plan, years)
    return Replication(number, summarise(facts, plan), facts.cases, facts.events, flows)
