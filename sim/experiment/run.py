"""Scenario in, result out: the last two of the five functions, put together for callers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.errors import PlanError, finishing
from sim.experiment import compare as pairing
from sim.experiment.aims import Aim, aims_of_comparison, aims_of_run, check_named
from sim.experiment.appraisal import Appraisal, Economics, appraise, outlay, programme
from sim.experiment.compare import Comparison
from sim.experiment.precision import replicate_to_precision
from sim.experiment.replicate import Progress, Result, Store, replicate_all
from sim.plan.arrays import Plan
from sim.plan.compiler import compile_plan

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

DEFAULT_REPLICATIONS = 10


def run(
    scenario: Scenario,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    precision: float | None = None,
    precision_of: Sequence[str] = (),
    seed: int = 1,
    engine: str = "auto",
    jobs: int = -1,
    keep_log: bool = False,
    keep_cases: bool = True,
    progress: Progress | None = None,
    cluster: str | None = None,
    store: Store | None = None,
) -> Result:
    """Run a scenario: a fixed number of replications, or as many as `precision` needs.

    Parameters
    ----------
    replications
        How many, where no precision is asked for.
    precision
        A share such as 0.02: the interval of every case type's mean lead time shall be within 2 % of it, all
        of them together with 95 %. At most 1,000 replications.
    precision_of
        Other figures that it is asked of: `metric:of`, such as `wait:backup`, or `metric` for all there are.
    seed
        Luck is a function of it: the same seed gives the same result.
    jobs
        Threads or processes, as suits the engine; −1 is one per core. Results do not depend on it.
    keep_log
        Keep the event log, so that `result.events` need not run again.
    keep_cases
        Keep the table of cases, so that `result.cases` need not run again: 3 MB for 22,000 cases.
    progress
        Called with how many replications are finished and how many are expected.
    cluster
        The address of a Dask scheduler whose workers run the replications, such as tcp://127.0.0.1:8786.
        Results do not depend on it.
    store
        Gives replications that were finished before, and keeps those that are finished now.

    Raises
    ------
    RunError
        The cluster does not answer, or its workers would not give the same numbers; no figure is called as
        `precision_of` says; before any work.
    EngineError
        A replication cannot go on. Its `finished` is the result of those that were finished before: they are
        the luckier ones, so their means are too good.
    """
    plans = [(compile_plan(scenario), programme(scenario).years or 0)]
    check_named(precision_of, [plan for plan, _ in plans])

    def whole(results: Sequence[Result]) -> Result:
        (result,) = results
        money = outlay(result.flows, programme(scenario))
        return replace(result, currency=scenario.file.currency or "", outlay=money)

    with (
        finishing(whole),
        _options(seed, engine, jobs, keep_log, keep_cases, progress, cluster, store) as options,
    ):
        _begin(store, plans)
        if precision is None:
            results = replicate_all(plans, replications=replications, **options)
        else:
            share = precision
            results = replicate_to_precision(
                plans, lambda found: aims_of_run(found, share, precision_of), precision=share, **options
            )
    return whole(results)


def compare(
    baseline: Scenario,
    others: Sequence[Scenario],
    *,
    replications: int = DEFAULT_REPLICATIONS,
    precision: float | None = None,
    precision_of: Sequence[str] = (),
    seed: int = 1,
    engine: str = "auto",
    jobs: int = -1,
    keep_log: bool = False,
    keep_cases: bool = True,
    progress: Progress | None = None,
    cluster: str | None = None,
    store: Store | None = None,
) -> Comparison:
    """Run a baseline and other scenarios on the same luck, and pair them replication by replication.

    See `run` for the arguments. `precision` is of the differences: the interval of every paired difference
    in lead time shall be within that share of the baseline's mean, and that of the net present value within
    that share of the larger of the present values of benefits and costs. `precision_of` may name other
    figures, and `npv`.

    Raises
    ------
    PlanError
        The scenarios do not share currency, clock and years.
    EngineError
        A replication of one of them cannot go on; `finished` is the comparison of those that were finished.
    """
    scenarios = [baseline, *others]
    economics = [programme(scenario) for scenario in scenarios]
    plans = [compile_plan(scenario) for scenario in scenarios]
    plans = [replace(plan, name=name) for plan, name in zip(plans, own_names(scenarios), strict=True)]
    check_shared(scenarios, economics, plans)
    jobs_to_do = [(plan, economics[0].years or 0) for plan in plans]

    check_named(precision_of, plans, has_npv=bool(economics[0].years))

    def look(found: Sequence[Result]) -> list[Aim]:
        assert precision is not None
        return aims_of_comparison(found, appraisals(found, economics), precision, precision_of)

    def whole(results: Sequence[Result]) -> Comparison:
        return replace(
            pairing.compare(results[0], results[1:]),
            appraisals=appraisals(results, economics),
            currency=baseline.file.currency or "",
        )

    with (
        finishing(whole),
        _options(seed, engine, jobs, keep_log, keep_cases, progress, cluster, store) as options,
    ):
        _begin(store, jobs_to_do)
        if precision is None:
            results = replicate_all(jobs_to_do, replications=replications, **options)
        else:
            results = replicate_to_precision(jobs_to_do, look, precision=precision, **options)
    return whole(results)


@contextmanager
def _options(
    seed: int,
    engine: str,
    jobs: int,
    keep_log: bool,
    keep_cases: bool,
    progress: Progress | None,
    cluster: str | None,
    store: Store | None,
) -> Iterator[dict[str, Any]]:
    """The options of replications, with the cluster connected as long as they are in use."""
    options = {
        "seed": seed,
        "engine": engine,
        "jobs": jobs,
        "keep_log": keep_log,
        "keep_cases": keep_cases,
        "progress": progress,
        "store": store,
    }
    if cluster is None:
        yield options
        return
    from sim.experiment.cluster import connected

    with connected(cluster) as found:
        yield {**options, "cluster": found}


def _begin(store: Store | None, plans: Sequence[tuple[Plan, int]]) -> None:
    if store is not None:
        store.begin([plan for plan, _ in plans])


def own_names(scenarios: Sequence[Scenario]) -> list[str]:
    """The names of scenarios, numbered where several have the same, since rows go by name."""
    names: list[str] = []
    for scenario in scenarios:
        name, n = scenario.name, 1
        while name in names:
            n += 1
            name = f"{scenario.name} ({n})"
        names.append(name)
    return names


def check_shared(
    scenarios: Sequence[Scenario], economics: Sequence[Economics], plans: Sequence[Plan]
) -> None:
    """Refuse scenarios that cannot be compared, before anything runs."""
    asked = {
        "currency": [scenario.file.currency or "none" for scenario in scenarios],
        "clock.start": [scenario.start.isoformat() for scenario in scenarios],
        "clock.warm_up": [f"{plan.warm_up / 86_400_000:g} days" for plan in plans],
        "clock.horizon": [f"{(plan.end - plan.warm_up) / 86_400_000:g} days" for plan in plans],
        "economics.years": ["none" if each.years is None else str(each.years) for each in economics],
    }
    for key, found in asked.items():
        if len(set(found)) > 1:
            told = ", ".join(f"{plan.name}: {value}" for plan, value in zip(plans, found, strict=True))
            raise PlanError(
                f"{key}: scenarios of a comparison must share it; found {told}. "
                "Let the other scenario extend the baseline, and leave the key out there."
            )


def appraisals(results: Sequence[Result], economics: Sequence[Economics]) -> tuple[Appraisal | None, ...]:
    """What each scenario but the first is worth against it, in order; empty without economics."""
    if not economics[0].years:
        return ()
    return tuple(
        _appraised(results[0], economics[0], result, own)
        for result, own in zip(results[1:], economics[1:], strict=True)
    )


def _appraised(first: Result, base: Economics, result: Result, other: Economics) -> Appraisal | None:
    """What a scenario is worth against the baseline, over the replications that both finished."""
    before = {run.number: run.flows for run in first.runs if run.flows is not None}
    after = {run.number: run.flows for run in result.runs if run.flows is not None}
    shared = sorted(before.keys() & after.keys())
    if not shared:
        return None
    return appraise(
        [before[r] for r in shared], [after[r] for r in shared], base, other, first.plan, result.plan
    )
