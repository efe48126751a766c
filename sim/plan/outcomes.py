"""Outcomes and targets: where a step leads, and where impatience does.

Not here: paths and steps (expand), what is done at a step (acts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.errors import PlanError
from sim.plan.arrays import NONE, OutcomeRow, PatienceRow, Target, TargetKind
from sim.plan.draft import Frame
from sim.plan.names import leave_names
from sim.plan.tables import optional
from sim.scenario import schema
from sim.units.dimensions import Dimension

if TYPE_CHECKING:
    from sim.plan.expand import Expansion

_NEXT = Target(TargetKind.NEXT)


def patience_row(expansion: Expansion, patience: schema.Patience, frame: Frame, where: str) -> PatienceRow:
    waiting = expansion.draft.business_time(patience.waiting, f"{where}.waiting", expansion.case_type)
    then = patience.then
    if isinstance(then, schema.Target) and then.do is not None:
        raise PlanError(f"{where}.then: who has lost patience makes no detour; write go_to, leave or end")
    return PatienceRow(waiting, _where_to(expansion, then, frame, "", where))


def outcome_rows(expansion: Expansion, step: schema.Step, frame: Frame, path: str) -> tuple[OutcomeRow, ...]:
    if step.then is None or step.then == "next":
        return ()
    if not isinstance(step.then, dict):
        return (OutcomeRow("", NONE, _where_to(expansion, step.then, frame, path, path)),)
    left = _outcomes_of_flows(expansion, step)
    return tuple(
        _outcome(expansion, name, outcome, frame, path, name in left) for name, outcome in step.then.items()
    )


def _outcome(
    expansion: Expansion, name: str, outcome: schema.Outcome, frame: Frame, path: str, is_left: bool
) -> OutcomeRow:
    where = f"{path}: then.{name}"
    # The names with which a flow leaves are matched, never drawn: 0 keeps NONE for the one rest.
    p = expansion.tables.constant(0.0) if is_left else NONE
    if outcome.p is not None:
        p = expansion.tables.number(outcome.p, f"{where}.p", expansion.case_type, dimension=Dimension.SHARE)
    weaken = 1.0
    if outcome.weaken is not None:
        weaken = expansion.tables.fixed(outcome.weaken, f"{where}.weaken", dimension=Dimension.SHARE)
    at_most = optional(outcome.at_most, lambda raw: expansion.tables.count(raw, f"{where}.at_most", least=0))
    return OutcomeRow(name, p, target_of(expansion, outcome, frame, path, where, name), weaken, at_most)


def _where_to(expansion: Expansion, then: str | schema.Target, frame: Frame, path: str, where: str) -> Target:
    if isinstance(then, schema.Target):
        return target_of(expansion, then, frame, path, f"{where}: then", "do")
    return _NEXT if then == "next" else Target(TargetKind.DONE)


def target_of(
    expansion: Expansion, target: schema.Target, frame: Frame, path: str, where: str, outcome: str
) -> Target:
    if target.go_to is not None:
        if target.go_to not in frame.steps:
            known = ", ".join(frame.steps)
            raise PlanError(f"{where}: no step of this flow is called '{target.go_to}'. Steps: {known}.")
        return Target(TargetKind.GO_TO, step=frame.steps[target.go_to])
    if target.leave is not None:
        if frame.is_branch:
            raise PlanError(f"{where}: a branch cannot leave with '{target.leave}'; only its join routes")
        return Target(TargetKind.LEAVE, name=target.leave)
    if target.end is not None:
        if target.end.starts is not None:
            raise PlanError(f"{where}: an end that starts a case is a step; write it as one and go_to it")
        return Target(TargetKind.END, name=target.end.as_)
    if target.do is not None:
        return _detour(expansion, target.do, frame, f"{path}/{outcome}", where)
    return _NEXT


def _detour(expansion: Expansion, flow: str, frame: Frame, path: str, where: str) -> Target:
    call = expansion.call_flow(flow, path, frame)
    left = leave_names(expansion.draft.file, flow)
    if left:
        raise PlanError(f"{where}: the detour '{flow}' may leave with '{left[0]}', which nobody routes")
    return Target(TargetKind.DO, call=call)


def _outcomes_of_flows(expansion: Expansion, step: schema.Step) -> set[str]:
    """The names with which the flows that a step or its alternatives run may leave."""
    flows = {one.flow for one in (step, *(step.instead or {}).values()) if one.flow is not None}
    return {name for flow in flows for name in leave_names(expansion.draft.file, flow)}


def check_routed(expansion: Expansion, flow: str, step: schema.Step, path: str) -> None:
    routed = set(step.then) if isinstance(step.then, dict) else set()
    missing = [name for name in leave_names(expansion.draft.file, flow) if name not in routed]
    if missing:
        raise PlanError(
            f"{path}: the flow '{flow}' may leave with '{missing[0]}', which this step does not route; "
            f"write then: {{{missing[0]}: {{go_to: ...}}, other: rest}}"
        )
