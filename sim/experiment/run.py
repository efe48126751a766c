"""Scenario in, result out: the last two of the five functions, put together for callers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.experiment import compare as pairing
from sim.experiment.compare import Comparison
from sim.experiment.replicate import Done, Result, replicate
from sim.plan.compiler import compile_plan

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

DEFAULT_REPLICATIONS = 10


def run(
    scenario: Scenario,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 1,
    engine: str = "simpy",
    jobs: int = -1,
    keep_log: bool = False,
    done: Done | None = None,
) -> Result:
    """Run a scenario. See `replicate` for the arguments."""
    plan = compile_plan(scenario)
    return replicate(
        plan, replications=replications, seed=seed, engine=engine, jobs=jobs, keep_log=keep_log, done=done
    )


def compare(
    baseline: Scenario,
    others: Sequence[Scenario],
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 1,
    engine: str = "simpy",
    jobs: int = -1,
    keep_log: bool = False,
    done: Done | None = None,
) -> Comparison:
    """Run a baseline and other scenarios on the same luck, and pair them replication by replication."""
    results = [
        run(
            scenario,
            replications=replications,
            seed=seed,
            engine=engine,
            jobs=jobs,
            keep_log=keep_log,
            done=done,
        )
        for scenario in (baseline, *others)
    ]
    return pairing.compare(results[0], results[1:])
