"""Replications of plans, gathered into results.

Replication r of every scenario runs on the same luck, so results can be compared replication by replication.
Several scenarios are replicated together, replication by replication: what an interrupt leaves can be paired.
A result is the same whoever ran the replications, and in whatever order they were finished.

Not here: threads, processes and clusters (workers, cluster), how many replications (precision), the tables
they make (tables), how finished ones outlive the process (unfinished).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sim import engines
from sim.errors import EngineError, finishing
from sim.experiment import tables, workers
from sim.metrics import Measure, Measures, measures, tally
from sim.metrics.figures import Name
from sim.plan.arrays import Plan
from sim.records import Facts
from sim.records.tallies import Tallied

if TYPE_CHECKING:
    import polars

    from sim.economics.flows import YearlyFlows
    from sim.experiment.aims import Aim
    from sim.experiment.appraisal import Outlay
    from sim.experiment.cluster import Cluster
    from sim.experiment.stability import Growth

Progress = Callable[[int, int], None]
"""Told how many replications are finished, and how many are expected in all."""


class Store(Protocol):
    """Where finished replications are put, to be found again by the same run after its process has died."""

    def begin(self, plans: Sequence[Plan]) -> None:
        """Before any work: the plans of the run, in the order by which they are called here."""

    def found(self, which: int, numbers: Iterable[int]) -> list[Replication]:
        """Those of these replications of a plan (its place in the run) that were finished before."""

    def keep(self, which: int, run: Replication) -> None:
        """A replication of a plan is finished."""


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """What is kept of one replication: tables as in `Result`, which joins them without a second copy."""

    number: int
    measures: Sequence[Measure]
    cases: polars.DataFrame | None = None  # None where cases were not kept
    events: polars.DataFrame | None = None  # None where the log was not kept
    flows: YearlyFlows | None = None  # money by year, where the scenario has economics


@dataclass(frozen=True)
class Result:
    """A scenario's replications, in order of their number.

    The tables `replications`, `cases` and `events` are described column by column in docs/results.md.
    `incomplete` says why it is not complete, if it is not.
    """

    name: str
    plan: Plan
    seed: int
    engine: str
    runs: tuple[Replication, ...]
    is_complete: bool = True
    precision: float | None = None  # what was asked for; None where the number of replications was given
    is_precise: bool = True  # False: it was asked for, but not reached
    aims: tuple[Aim, ...] = ()  # the figures whose precision was asked for, and how sure each of them is
    currency: str = ""
    incomplete: str = ""
    outlay: Outlay | None = None  # what it costs and brings by itself; None in a comparison or without years

    @property
    def flows(self) -> list[YearlyFlows]:
        """The money of each replication that has any, by year."""
        return [run.flows for run in self.runs if run.flows is not None]

    @cached_property
    def growing(self) -> list[Growth]:
        """What grows to the end of the run, teams first; empty where the scenario settles."""
        from sim.experiment.stability import growing

        return growing(self)

    @cached_property
    def replications(self) -> polars.DataFrame:
        """One row per replication and measure."""
        return tables.replications(self.runs)

    @cached_property
    def cases(self) -> polars.DataFrame:
        """One row per case.

        Where they were not kept (`keep_cases`), the replications are run again for them, as for `events`.
        """
        return tables.cases(self.plan, map(self._cases, self.runs))

    @cached_property
    def events(self) -> polars.DataFrame:
        """The event log of every replication.

        Where it was not kept (`keep_log`), the replications are run again for it: the same luck gives the
        same log, and takes as long as the run did.
        """
        return tables.events(self._log(run) for run in self.runs)

    def _cases(self, run: Replication) -> polars.DataFrame:
        if run.cases is not None:
            return run.cases
        found = _tallied(self.plan, run.number, Options(self.seed, self.engine), ())
        return tables.cases_of(self.plan, run.number, found.cases)

    def _log(self, run: Replication) -> polars.DataFrame:
        return tables.events_of(self.replay(run.number).events) if run.events is None else run.events

    @property
    def has_cases(self) -> bool:
        """Whether the cases of every replication were kept."""
        return all(run.cases is not None for run in self.runs)

    @property
    def has_log(self) -> bool:
        """Whether the event log was kept."""
        return any(run.events is not None for run in self.runs)

    def replay(self, number: int, *, keep_log: bool = True) -> Facts:
        """The facts and, if kept, the event log of one replication, run again on the same luck."""
        return engines.run(
            self.plan, seed=self.seed, replication=number, engine=self.engine, keep_log=keep_log
        )


def replicate(
    plan: Plan,
    *,
    replications: int,
    seed: int = 1,
    engine: str = "auto",
    jobs: int = -1,
    keep_log: bool = False,
    keep_cases: bool = True,
    progress: Progress | None = None,
    years: int = 0,
) -> Result:
    """Run replications of one plan; see `replicate_all`."""
    with finishing(lambda results: results[0]):
        (result,) = replicate_all(
            [(plan, years)],
            replications=replications,
            seed=seed,
            engine=engine,
            jobs=jobs,
            keep_log=keep_log,
            keep_cases=keep_cases,
            progress=progress,
        )
    return result


def replicate_all(
    plans: Sequence[tuple[Plan, int]],
    *,
    replications: int,
    first: int = 0,
    seed: int = 1,
    engine: str = "auto",
    jobs: int = -1,
    keep_log: bool = False,
    keep_cases: bool = True,
    progress: Progress | None = None,
    cluster: Cluster | None = None,
    store: Store | None = None,
) -> list[Result]:
    """Run replications `first` to `first + replications − 1` of several plans; one result per plan.

    A keyboard interrupt ends it; what was finished is in the results, which say that they are not complete.

    Parameters
    ----------
    plans
        Each with how many years of money to account for (0: none).
    jobs
        Threads or processes, as suits the engine; −1 is one per core. Results do not depend on it.
    keep_log, keep_cases
        Whether event logs and tables of cases are kept; a result runs its replications again for what is not.
    cluster
        Who runs them instead of this machine.
    store
        Gives what was finished before, and keeps what is finished now.

    Raises
    ------
    EngineError
        A replication cannot go on; with the results of those that were finished before, if there are any.
    """
    if replications < 1:
        raise ValueError(f"replications must be at least 1, found {replications}")
    if jobs == 0 or jobs < -1:
        raise ValueError(
            f"jobs is a number of threads or processes, 1 or more, or -1 for one per core; found {jobs}"
        )
    numbers = range(first, first + replications)
    gathered = [_Gathered([] if store is None else store.found(i, numbers)) for i in range(len(plans))]
    tasks = [(which, r) for r in numbers for which in range(len(plans)) if r not in gathered[which].runs]
    before, expected = len(plans) * replications - len(tasks), len(plans) * replications
    incomplete = ""
    stopped: EngineError | None = None
    try:
        with closing(
            _stream(plans, tasks, Options(seed, engine, keep_log, keep_cases), jobs, cluster)
        ) as stream:
            for count, (which, run) in enumerate(stream, start=before + 1):
                if store is not None:
                    store.keep(which, run)
                gathered[which].add(run)
                if progress is not None:
                    progress(count, expected)
    except KeyboardInterrupt:
        incomplete = "interrupted"
    except EngineError as error:
        incomplete, stopped = str(error), error
    results = [
        Result(
            plan.name,
            plan,
            seed,
            engine,
            _in_order(found.runs.values()),
            is_complete=not incomplete,
            incomplete=incomplete,
        )
        for (plan, _), found in zip(plans, gathered, strict=True)
    ]
    if stopped is not None:
        stopped.finished = results if any(result.runs for result in results) else None
        raise stopped
    return results


def joined(first: Result, more: Result) -> Result:
    """A result with further replications of the same scenario."""
    return replace(
        first,
        runs=_in_order([*first.runs, *more.runs]),
        is_complete=more.is_complete,
        incomplete=more.incomplete,
    )


def _in_order(runs: Iterable[Replication]) -> tuple[Replication, ...]:
    return tuple(sorted(runs, key=lambda run: run.number))


class _Gathered:
    """A plan's finished replications, by number."""

    def __init__(self, found: Iterable[Replication]) -> None:
        self.runs: dict[int, Replication] = {}
        self._names: dict[tuple[Name, ...], tuple[Name, ...]] = {}
        for run in found:
            self.add(run)

    def add(self, run: Replication) -> None:
        """Every replication has a thousand measures of the same names: the names are kept once."""
        told = Measures.of(run.measures)
        names = self._names.setdefault(told.names, told.names)
        self.runs[run.number] = replace(run, measures=Measures(names, told.values))


Task = tuple[int, int]  # which plan, number of the replication


class Options(NamedTuple):
    """What every replication is run with."""

    seed: int
    engine: str
    keep_log: bool = False
    keep_cases: bool = True


def _stream(
    plans: Sequence[tuple[Plan, int]],
    tasks: Sequence[Task],
    options: Options,
    jobs: int,
    cluster: Cluster | None,
) -> Generator[tuple[int, Replication]]:
    """Each task's replication with the index of its plan, as they are finished."""
    if cluster is None and (len(tasks) <= 1 or jobs == 1 or workers.in_threads(options[1])):
        calls = ((which, *plans[which], number, options) for which, number in tasks)
        if len(tasks) <= 1 or jobs == 1:
            return workers.one_by_one(_numbered, calls)
        return workers.on_threads(_numbered, calls, jobs)
    parcels = [workers.Parcel.of(plan) for plan, _ in plans]
    sent = ((which, parcels[which], plans[which][1], number, options) for which, number in tasks)
    if cluster is None:
        return workers.on_processes(_unpacked, sent, jobs)
    return cluster.spread(_unpacked, sent)


def _numbered(which: int, plan: Plan, years: int, number: int, options: Options) -> tuple[int, Replication]:
    return which, run_one(plan, years, number, options)


def _unpacked(
    which: int, parcel: workers.Parcel, years: int, number: int, options: Options
) -> tuple[int, Replication]:
    return which, run_one(parcel.unpacked(), years, number, options)


def run_one(plan: Plan, years: int, number: int, options: Options) -> Replication:
    """One replication, measured."""
    flows, edges = None, tuple[int, ...]()
    if years:
        from sim.economics.flows import money_edges, yearly_flows

        edges = money_edges(plan, years)
    found = _tallied(plan, number, options, edges)
    if years:
        flows = yearly_flows(found, plan, years)
    return Replication(
        number,
        measures(found.tallies, plan),
        tables.cases_of(plan, number, found.cases) if options.keep_cases else None,
        tables.events_of(found.events) if options.keep_log else None,
        flows,
    )


def _tallied(plan: Plan, number: int, options: Options, edges: Sequence[int]) -> Tallied:
    """One replication as its engine, or the facts that it gives, tell it."""
    found = engines.tally(
        plan,
        seed=options.seed,
        replication=number,
        engine=options.engine,
        keep_log=options.keep_log,
        keep_cases=options.keep_cases,
        money_edges=edges,
    )
    if found is not None:
        return found
    facts = engines.run(
        plan, seed=options.seed, replication=number, engine=options.engine, keep_log=options.keep_log
    )
    return Tallied(tally(facts, plan, edges), facts.cases, facts.holds, facts.events)
