"""How many replications: as many as a stated precision needs, and no more than a cap.

Starts with a pilot, estimates the number needed, runs what is missing and looks again. Sequential stopping
makes intervals slightly optimistic (Law, Simulation Modeling and Analysis, 5th ed., section 9.4.1).

For one scenario, the 95 % interval of every case type's mean lead time shall be within ± `precision` of that
mean. For a comparison, what is asked about is the difference: the interval of every case type's paired
difference in lead time shall be within ± `precision` of the *baseline's* mean lead time (a difference may be
0, so it cannot be its own measure), and that of the net present value within ± `precision` of the larger of
the present values of benefits and costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.experiment.compare import Key, values_of
from sim.experiment.intervals import replications_needed
from sim.experiment.replicate import Progress, Result, Store, joined, replicate_all
from sim.plan.arrays import Plan

if TYPE_CHECKING:
    from sim.experiment.appraisal import Appraisal
    from sim.experiment.cluster import Cluster

PILOT = 10
MOST = 1_000

Needed = Callable[[Sequence[Result]], int]


def replicate_to_precision(
    plans: Sequence[tuple[Plan, int]],
    needed: Needed,
    *,
    precision: float,
    seed: int = 1,
    engine: str = "simpy",
    jobs: int = -1,
    keep_log: bool = False,
    progress: Progress | None = None,
    cluster: Cluster | None = None,
    store: Store | None = None,
) -> list[Result]:
    """Replicate plans together until `needed` asks for no more replications, at most 1,000.

    Parameters
    ----------
    needed
        How many replications there must be in all, judged by the results so far.
    precision
        Half an interval's width as a share, 0 < precision < 1; noted in the results.
    """
    check_precision(precision)
    results: list[Result] = []
    target, asked = PILOT, 0
    while True:
        begun = len(plans) * asked

        def told(count: int, expected: int, begun: int = begun) -> None:
            if progress is not None:
                progress(begun + count, begun + expected)

        more = replicate_all(
            plans,
            replications=target - asked,
            first=asked,
            seed=seed,
            engine=engine,
            jobs=jobs,
            keep_log=keep_log,
            progress=told,
            cluster=cluster,
            store=store,
        )
        pairs = zip(results, more, strict=True) if results else []
        results = [joined(before, after) for before, after in pairs] or more
        if not all(result.is_complete for result in results):
            return _noted(results, precision, is_precise=False)
        asked, target = target, needed(results)
        if target <= asked or asked >= MOST:
            return _noted(results, precision, is_precise=target <= asked)
        target = min(target, MOST)


def check_precision(precision: float) -> None:
    """Refuse what is no share of a mean."""
    if not 0 < precision < 1:
        raise ValueError(f"precision must lie between 0 and 1, found {precision}; for example 0.02")


def needed_by_lead_times(results: Sequence[Result], precision: float) -> int:
    """Replications that the mean lead time of every case type of every result needs."""
    return max(
        (
            _asked(list(by_run.values()), precision, None)
            for result in results
            for by_run in _lead_times(result).values()
        ),
        default=0,
    )


def needed_by_differences(
    results: Sequence[Result], appraisals: Sequence[Appraisal | None], precision: float
) -> int:
    """Replications that the paired differences to the first result need: of lead times, and of money."""
    before = _lead_times(results[0])
    found = [0]
    for other in results[1:]:
        for key, after in _lead_times(other).items():
            shared = sorted(after.keys() & before.get(key, {}).keys())
            if shared:
                scale = sum(before[key][r] for r in shared) / len(shared)
                found.append(_asked([after[r] - before[key][r] for r in shared], precision, scale))
    for appraisal in appraisals:
        if appraisal is not None:
            sides = (appraisal.pv_benefits.mean or 0.0, appraisal.pv_costs.mean or 0.0)
            npvs = [case.npv for case in appraisal.cases]
            found.append(_asked(npvs, precision, max(abs(side) for side in sides)))
    return max(found)


def _lead_times(result: Result) -> dict[Key, dict[int, float]]:
    return {
        key: by_run for key, by_run in values_of(result).items() if key[0] == "lead_time" and key[1] == "case"
    }


def _asked(values: list[float], precision: float, scale: float | None) -> int:
    return replications_needed(values, precision, scale=scale) or 0


def _noted(results: Sequence[Result], precision: float, *, is_precise: bool) -> list[Result]:
    return [replace(result, precision=precision, is_precise=is_precise) for result in results]
