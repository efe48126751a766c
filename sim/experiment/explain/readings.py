"""What one would read off the account: the time that stands under a cause today, without another run.

A reading is a choice of cells of the account by step and class. The account sums to the lead time, so a
reading is a share of it; no two cells overlap, and what several causes read together counts once.
The static subtraction takes this time away and leaves all else as it is. It knows nothing of queues that
become shorter for everybody, of work that moves elsewhere, or of visits that are not made at all.
Not here: the account by step (metrics), which causes there are (people, ways).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.experiment.value_streams import ValueStream
from sim.metrics.value_stream import StreamTally
from sim.plan.arrays import ActKind, Plan, StepRow, TargetKind
from sim.records import AccountClass
from sim.units.dimensions import HOUR_MS

Mask = NDArray[np.bool_]
"""Cells of an account by step and class, shape (n_steps + 1, 11); the last row is before the first step."""

Where = Literal["team", "environment", "flow", "steps", "return", "entry"]

EVERYTHING = tuple(AccountClass)


@dataclass(frozen=True, slots=True)
class Reading:
    """The classes of an account at some steps.

    `where` says which: those that need a team, that take an environment, that call a flow; those defined so;
    those that an outcome (`flow.step outcome`) sends back over, with the whole of its detour; or `entry`:
    what precedes the first step.
    """

    where: Where
    of: tuple[str, ...]
    classes: tuple[AccountClass, ...]


def mask_of(readings: Iterable[Reading], plan: Plan) -> Mask:
    """The cells of some readings, each once."""
    mask = np.zeros((len(plan.steps) + 1, len(AccountClass)), dtype=np.bool_)
    for reading in readings:
        for step, classes in _cells(reading, plan):
            mask[step, list(classes)] = True
    return mask


def read(stream: ValueStream, readings: Sequence[Reading], plan: Plan) -> tuple[float | None, ...] | None:
    """Hours per case (passage) that stand under some readings today, by replication; None without any."""
    if not readings:
        return None
    mask = mask_of(readings, plan)
    return tuple(_hours(tally, mask) if tally.counted else None for tally in stream.tallies.values())


def _hours(tally: StreamTally, mask: Mask) -> float:
    return float(tally.account[mask].sum()) / tally.counted / HOUR_MS


def _cells(reading: Reading, plan: Plan) -> Iterator[tuple[int, tuple[AccountClass, ...]]]:
    if reading.where == "entry":
        yield len(plan.steps), reading.classes
    elif reading.where == "return":
        for step, whole in _sent_back(reading.of, plan):
            yield step, EVERYTHING if whole else reading.classes
    else:
        for index, row in enumerate(plan.steps):
            if _is_meant(reading, row, plan):
                yield index, reading.classes


def _is_meant(reading: Reading, step: StepRow, plan: Plan) -> bool:
    acts = [plan.acts[step.act], *(plan.acts[each.act] for each in step.alternatives)]
    if reading.where == "steps":
        return any(act.definition in reading.of for act in acts)
    if reading.where == "team":
        found = {plan.teams[need.team].name for act in acts for need in act.needs}
    elif reading.where == "environment":
        found = {plan.environments[each].name for act in acts for each in act.takes}
    else:
        calls = [call for act in acts if act.kind == ActKind.FLOW for call in act.calls]
        found = {plan.flows[plan.calls[call].flow].name for call in calls}
    return not found.isdisjoint(reading.of)


# --- what a return sends back over


def _sent_back(of: tuple[str, ...], plan: Plan) -> Iterator[tuple[int, bool]]:
    """The steps that outcomes send a case back over, and whether they are there only for that: a detour's."""
    for index, step in enumerate(plan.steps):
        for act in (plan.acts[step.act], *(plan.acts[each.act] for each in step.alternatives)):
            for outcome in act.outcomes:
                if f"{act.definition} {outcome.name}" in of:
                    yield from _over(index, outcome.target.kind, outcome.name, plan)


def _over(index: int, kind: TargetKind, outcome: str, plan: Plan) -> Iterator[tuple[int, bool]]:
    step = plan.steps[index]
    rows = [plan.acts[step.act], *(plan.acts[each.act] for each in step.alternatives)]
    target = next(row.target for act in rows for row in act.outcomes if row.name == outcome)
    if kind is TargetKind.DO:
        yield index, False
        yield from ((inside, True) for inside in _below(plan.calls[target.call].path, plan))
    elif kind is TargetKind.GO_TO:
        at = target.step
        while at >= 0:
            yield at, False
            yield from ((inside, False) for inside in _below(plan.steps[at].path, plan))
            if at == index:
                return
            at = plan.steps[at].next
    elif kind is TargetKind.LEAVE:
        caller = _caller(index, plan)
        found = caller is not None and _outcome(caller, target.name, plan)
        if caller is not None and found:
            yield from _over(caller, found, target.name, plan)


def _below(path: str, plan: Plan) -> Iterator[int]:
    return (i for i, step in enumerate(plan.steps) if step.path.startswith(f"{path}/"))


def _caller(index: int, plan: Plan) -> int | None:
    """The step in which the flow of a step is called."""
    home = plan.steps[index].path.rpartition("/")[0]
    return next((i for i, step in enumerate(plan.steps) if step.path == home), None)


def _outcome(index: int, name: str, plan: Plan) -> TargetKind | None:
    step = plan.steps[index]
    rows = [plan.acts[step.act], *(plan.acts[each.act] for each in step.alternatives)]
    return next((row.target.kind for act in rows for row in act.outcomes if row.name == name), None)
