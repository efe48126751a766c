"""Which outcomes the cases of a type can have, so that an outcome no case had is listed with a share of 0.

Not here: how often they happen (summary).
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.plan.arrays import NONE, ActKind, ActRow, Plan, StepRow, Target, TargetKind
from sim.plan.remembered import remembered


@remembered
def possible_outcomes(plan: Plan, case_type: int) -> set[str]:
    """Names of the ways in which a case of this type can end, read from the targets of its steps."""
    row = plan.case_types[case_type]
    found = set(_of_target(row.patience.target, own=True)) if row.patience else set()
    for step in plan.steps:
        if step.case_type == case_type:
            found |= set(_of_step(plan, step))
    for call in plan.calls:
        if call.when_full and (call.path == row.name or call.path.startswith(f"{row.name}/")):
            found |= set(_of_target(call.when_full, own=call.path == row.name))
    return found


def _of_step(plan: Plan, step: StepRow) -> Iterator[str]:
    # the steps of a case type's own flow are directly under it: only there a flow's end is the case's
    own = step.path.count("/") == 1
    acts = [plan.acts[step.act], *(plan.acts[each.act] for each in step.alternatives)]
    for act in acts:
        if act.kind == ActKind.END:
            yield act.name
        for target in _targets(act):
            yield from _of_target(target, own)
    is_last = own and step.next == NONE
    if is_last and any(_may_go_on(act) for act in acts):
        yield "done"


def _may_go_on(act: ActRow) -> bool:
    if act.kind == ActKind.END:
        return False
    return not act.outcomes or any(each.target.kind == TargetKind.NEXT for each in act.outcomes)


def _targets(act: ActRow) -> Iterator[Target]:
    yield from (each.target for each in act.outcomes)
    if act.patience:
        yield act.patience.target


def _of_target(target: Target, own: bool) -> Iterator[str]:
    if target.kind == TargetKind.END or (own and target.kind == TargetKind.LEAVE):
        yield target.name
    elif own and target.kind == TargetKind.DONE:
        yield "done"
