"""How many replications: as many as a stated precision needs, and no more than a cap.

A pilot estimates how many replications all aims together need; that many are run, and it is looked again,
until all are met or the cap is reached. Sequential stopping makes intervals slightly optimistic (Law,
Simulation Modeling and Analysis, 5th ed., section 9.4.1).
Not here: what is asked about, and what it needs (aims).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.errors import EngineError
from sim.experiment.aims import Aim
from sim.experiment.replicate import Progress, Result, Store, joined, replicate_all
from sim.plan.arrays import Plan

if TYPE_CHECKING:
    from sim.experiment.cluster import Cluster

PILOT = 10
MOST = 1_000

Look = Callable[[Sequence[Result]], list[Aim]]


def replicate_to_precision(
    plans: Sequence[tuple[Plan, int]],
    look: Look,
    *,
    precision: float,
    seed: int = 1,
    engine: str = "auto",
    jobs: int = -1,
    keep_log: bool = False,
    keep_cases: bool = True,
    progress: Progress | None = None,
    cluster: Cluster | None = None,
    store: Store | None = None,
) -> list[Result]:
    """Replicate plans together until every aim is met, with at most 1,000 replications.

    Parameters
    ----------
    look
        The aims, judged by the results so far.
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

        try:
            more = replicate_all(
                plans,
                replications=target - asked,
                first=asked,
                seed=seed,
                engine=engine,
                jobs=jobs,
                keep_log=keep_log,
                keep_cases=keep_cases,
                progress=told,
                cluster=cluster,
                store=store,
            )
        except EngineError as error:
            error.finished = _finished(results, error, precision)
            raise
        results = _joined(results, more)
        aims = look(results) if all(result.runs for result in results) else []
        if not all(result.is_complete for result in results):
            return [replace(each, is_precise=False) for each in _noted(results, precision, aims)]
        asked, target = target, max((aim.needed for aim in aims), default=0)
        if target <= asked or asked >= MOST:
            return _noted(results, precision, aims)
        target = min(target, MOST)


def _joined(before: Sequence[Result], more: Sequence[Result]) -> list[Result]:
    """The results so far; at first there are none."""
    pairs = zip(before, more, strict=True) if before else []
    return [joined(one, other) for one, other in pairs] or list(more)


def _finished(before: Sequence[Result], error: EngineError, precision: float) -> list[Result] | None:
    """All that was finished when a replication could not go on; None where nothing was."""
    last: Sequence[Result] = error.finished or [
        replace(each, runs=(), is_complete=False, incomplete=str(error)) for each in before
    ]
    return _noted(_joined(before, last), precision, ()) or None


def check_precision(precision: float) -> None:
    """Refuse what is no share of a mean."""
    if not 0 < precision < 1:
        raise ValueError(f"precision must lie between 0 and 1, found {precision}; for example 0.02")


def _noted(results: Sequence[Result], precision: float, aims: Sequence[Aim]) -> list[Result]:
    """Results that say what was asked for, and whether it was reached."""
    met = bool(aims) and all(aim.is_met for aim in aims)
    return [replace(result, precision=precision, is_precise=met, aims=tuple(aims)) for result in results]
