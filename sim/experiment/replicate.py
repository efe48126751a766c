"""Replications of plans, on processes, gathered into results.

Replication r of every scenario runs on the same luck, so results can be compared replication by replication.
Several scenarios are replicated together, replication by replication: what an interrupt leaves can be paired.

Not here: how many replications (precision), the tables they make (tables).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sim import engines
from sim.experiment import tables
from sim.metrics import summarise
from sim.plan.arrays import Plan
from sim.records import CaseRow, Facts

if TYPE_CHECKING:
    import polars

    from sim.economics.flows import YearlyFlows
    from sim.experiment.appraisal import Outlay
    from sim.metrics import Measure

Progress = Callable[[int, int], None]
"""Told how many replications are finished, and how many are expected in all."""


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
    """A scenario's replications, in order of their number.

    The tables `replications`, `cases` and `events` are described column by column in docs/results.md.
    """

    name: str
    plan: Plan
    seed: int
    engine: str
    runs: tuple[Replication, ...]
    is_complete: bool = True
    precision: float | None = None  # what was asked for; None where the number of replications was given
    is_precise: bool = True  # False: it was asked for, but not reached
    currency: str = ""
    outlay: Outlay | None = None  # what it costs and brings by itself; None in a comparison or without years

    @property
    def flows(self) -> list[YearlyFlows]:
        """The money of each replication that has any, by year."""
        return [run.flows for run in self.runs if run.flows is not None]

    @cached_property
    def replications(self) -> polars.DataFrame:
        """One row per replication and measure."""
        return tables.replications(self.runs)

    @cached_property
    def cases(self) -> polars.DataFrame:
        """One row per case."""
        return tables.cases(self.plan, self.runs)

    @cached_property
    def events(self) -> polars.DataFrame:
        """The event log of every replication.

        Where it was not kept (`keep_log`), the replications are run again for it: the same luck gives the
        same log, and takes as long as the run did.
        """
        return tables.events(run.events or self.replay(run.number).events for run in self.runs)

    @property
    def has_log(self) -> bool:
        """Whether the event log was kept."""
        return any(run.events for run in self.runs)

    def replay(self, number: int) -> Facts:
        """The facts and the event log of one replication, run again on the same luck."""
        return engines.run(self.plan, seed=self.seed, replication=number, engine=self.engine, keep_log=True)


def replicate(
    plan: Plan,
    *,
    replications: int,
    seed: int = 1,
    engine: str = "simpy",
    jobs: int = -1,
    keep_log: bool = False,
    progress: Progress | None = None,
    years: int = 0,
) -> Result:
    """Run replications of one plan; see `replicate_all`."""
    (result,) = replicate_all(
        [(plan, years)],
        replications=replications,
        seed=seed,
        engine=engine,
        jobs=jobs,
        keep_log=keep_log,
        progress=progress,
    )
    return result


def replicate_all(
    plans: Sequence[tuple[Plan, int]],
    *,
    replications: int,
    first: int = 0,
    seed: int = 1,
    engine: str = "simpy",
    jobs: int = -1,
    keep_log: bool = False,
    progress: Progress | None = None,
) -> list[Result]:
    """Run replications `first` to `first + replications − 1` of several plans; one result per plan.

    A keyboard interrupt ends it; what was finished is in the results, which say that they are not complete.

    Parameters
    ----------
    plans
        Each with how many years of money to account for (0: none).
    jobs
        Processes; −1 is one per core. Results do not depend on it.
    """
    if replications < 1:
        raise ValueError(f"replications must be at least 1, found {replications}")
    if jobs == 0 or jobs < -1:
        raise ValueError(f"jobs is a number of processes, 1 or more, or -1 for one per core; found {jobs}")
    numbers = range(first, first + replications)
    tasks = [(which, number) for number in numbers for which in range(len(plans))]
    finished: list[list[Replication]] = [[] for _ in plans]
    is_complete = True
    try:
        with closing(_stream(plans, tasks, (seed, engine, keep_log), jobs)) as stream:
            for count, (which, run) in enumerate(stream, start=1):
                finished[which].append(run)
                if progress is not None:
                    progress(count, len(tasks))
    except KeyboardInterrupt:
        is_complete = False
    return [
        Result(plan.name, plan, seed, engine, _in_order(runs), is_complete)
        for (plan, _), runs in zip(plans, finished, strict=True)
    ]


def joined(first: Result, more: Result) -> Result:
    """A result with further replications of the same scenario."""
    return replace(first, runs=_in_order([*first.runs, *more.runs]), is_complete=more.is_complete)


def _in_order(runs: Sequence[Replication]) -> tuple[Replication, ...]:
    return tuple(sorted(runs, key=lambda run: run.number))


Task = tuple[int, int]  # which plan, number of the replication
Options = tuple[int, str, bool]  # seed, engine, keep_log


def _stream(
    plans: Sequence[tuple[Plan, int]], tasks: Sequence[Task], options: Options, jobs: int
) -> Generator[tuple[int, Replication]]:
    """Each task's replication with the index of its plan, as they are finished."""
    if jobs == 1 or len(tasks) == 1:
        for which, number in tasks:
            yield which, run_one(*plans[which], number, options)
        return
    import joblib  # type: ignore[import-untyped]

    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")
    with _deaf_children():
        stream = parallel(
            joblib.delayed(_numbered)(which, *plans[which], number, options) for which, number in tasks
        )
    try:
        yield from stream
    finally:
        # Ends the worker processes of an interrupted run; after a whole one they are kept for the next.
        stream.close()


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started here do not hear Ctrl-C, which the terminal sends to all: their parent ends them.

    A blocked signal stays blocked in children, and reaches this process when it is unblocked again.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    from multiprocessing import resource_tracker

    # Starting this helper process would unblock the signal: it has to run before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _numbered(which: int, plan: Plan, years: int, number: int, options: Options) -> tuple[int, Replication]:
    return which, run_one(plan, years, number, options)


def run_one(plan: Plan, years: int, number: int, options: Options) -> Replication:
    """One replication, measured."""
    seed, engine, keep_log = options
    facts = engines.run(plan, seed=seed, replication=number, engine=engine, keep_log=keep_log)
    flows = None
    if years:
        from sim.economics.flows import yearly_flows

        flows = yearly_flows(facts, plan, years)
    return Replication(number, summarise(facts, plan), facts.cases, facts.events, flows)
