"""Scenario in, result out: the last two of the five functions, put together for callers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.experiment import compare as pairing
from sim.experiment.appraisal import Appraisal, appraise, programme
from sim.experiment.compare import Comparison
from sim.experiment.precision import replicate_to_precision
from sim.experiment.replicate import Done, Result, replicate
from sim.plan.compiler import compile_plan

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

DEFAULT_REPLICATIONS = 10


def run(
    scenario: Scenario,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    precision: float | None = None,
    seed: int = 1,
    engine: str = "simpy",
    jobs: int = -1,
    keep_log: bool = False,
    done: Done | None = None,
) -> Result:
    """Run a scenario: a fixed number of replications, or as many as `precision` needs.

    See `replicate` and `replicate_to_precision` for the arguments.
    """
    plan = compile_plan(scenario)
    options: dict[str, Any] = {
        "seed": seed,
        "engine": engine,
        "jobs": jobs,
        "keep_log": keep_log,
        "done": done,
        "years": programme(scenario).years or 0,
    }
    if precision is not None:
        return replicate_to_precision(plan, precision=precision, **options)
    return replicate(plan, replications=replications, **options)


def compare(
    baseline: Scenario,
    others: Sequence[Scenario],
    *,
    replications: int = DEFAULT_REPLICATIONS,
    precision: float | None = None,
    seed: int = 1,
    engine: str = "simpy",
    jobs: int = -1,
    keep_log: bool = False,
    done: Done | None = None,
) -> Comparison:
    """Run a baseline and other scenarios on the same luck, and pair them replication by replication.

    With `precision` the baseline decides how many replications every scenario runs.
    """
    options: dict[str, Any] = {
        "seed": seed,
        "engine": engine,
        "jobs": jobs,
        "keep_log": keep_log,
        "done": done,
    }
    first = run(baseline, replications=replications, precision=precision, **options)
    n = max(1, len(first.runs))
    results = [run(other, replications=n, **options) for other in others]
    comparison = pairing.compare(first, results)
    if not programme(baseline).years:
        return comparison
    appraisals = tuple(
        _appraised(first, baseline, result, other) for result, other in zip(results, others, strict=True)
    )
    return replace(comparison, appraisals=appraisals, currency=baseline.file.currency or "")


def _appraised(first: Result, baseline: Scenario, result: Result, other: Scenario) -> Appraisal | None:
    """What a scenario is worth against the baseline, over the replications that both finished."""
    before = {run.number: run.flows for run in first.runs}
    pairs = [
        (before[run.number], run.flows)
        for run in result.runs
        if run.flows is not None and before.get(run.number) is not None
    ]
    if not pairs:
        return None
    return appraise(
        [pair[0] for pair in pairs if pair[0] is not None],
        [pair[1] for pair in pairs],
        programme(baseline),
        programme(other),
        first.plan,
        result.plan,
    )
