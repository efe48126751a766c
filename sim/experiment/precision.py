"""How many replications: as many as a stated precision needs, and no more than a cap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sim.experiment.compare import values_of
from sim.experiment.intervals import replications_needed
from sim.experiment.replicate import Done, Result, replicate
from sim.plan.arrays import Plan

PILOT = 5
MOST = 1_000


def replicate_to_precision(
    plan: Plan,
    *,
    precision: float,
    seed: int = 1,
    engine: str = "simpy",
    jobs: int = -1,
    keep_log: bool = False,
    done: Done | None = None,
    years: int = 0,
) -> Result:
    """Replicate until the 95 % interval of every case type's mean lead time is within ± `precision` of it.

    Starts with a pilot of 5 replications, estimates the number needed, runs what is missing and looks
    again; ends at 1,000 replications. Sequential stopping makes intervals slightly optimistic (Law,
    Simulation Modeling and Analysis, 5th ed., section 9.4.1).

    Parameters
    ----------
    precision
        Half the interval's width as a share of the mean, 0 < precision < 1.
    """
    if not 0 < precision < 1:
        raise ValueError(f"precision must lie between 0 and 1, found {precision}; for example 0.02")
    options: dict[str, Any] = {
        "seed": seed,
        "engine": engine,
        "jobs": jobs,
        "keep_log": keep_log,
        "done": done,
        "years": years,
    }
    result = replicate(plan, replications=PILOT, **options)
    while result.is_complete:
        missing = min(_needed(result, precision), MOST) - len(result.runs)
        if missing <= 0:
            break
        more = replicate(plan, replications=missing, first=len(result.runs), **options)
        result = replace(result, runs=(*result.runs, *more.runs), is_complete=more.is_complete)
    return result


def _needed(result: Result, precision: float) -> int:
    """Replications that the lead time of every case type needs, judged by those there are."""
    needed = len(result.runs)
    for (metric, kind, _, _), by_run in values_of(result).items():
        if metric == "lead_time" and kind == "case":
            needed = max(needed, replications_needed(list(by_run.values()), precision) or 0)
    return needed
