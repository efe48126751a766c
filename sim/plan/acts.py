"""Acts: what is done at a step, filled in by its kind: work, waits, flows, forks, milestones, ends.

Not here: paths and steps (expand), where outcomes lead (outcomes).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.errors import PlanError
from sim.plan.arrays import NONE, ActKind, ActRow, Need, Successor
from sim.plan.draft import Frame
from sim.plan.names import until_calendar
from sim.plan.outcomes import check_routed
from sim.plan.tables import find, optional
from sim.plan.teams import team_calendar
from sim.records import AccountClass
from sim.scenario import schema
from sim.units.dimensions import Dimension

if TYPE_CHECKING:
    from sim.plan.expand import Expansion

OWNER = "owner"

_ADDS = {
    "value": AccountClass.VALUE_ADDING,
    "necessary": AccountClass.NECESSARY,
    "nothing": AccountClass.NON_ADDING,
}
_KINDS = {
    "team": ActKind.WORK,
    "wait": ActKind.WAIT,
    "flow": ActKind.FLOW,
    "parallel": ActKind.FORK,
    "milestone": ActKind.MILESTONE,
    "end": ActKind.END,
}

Calls = tuple[int, ...] | None
"""The calls that an alternative shares with its step; None: its own."""


def fill_act(
    expansion: Expansion, kind: str, act: ActRow, step: schema.Step, frame: Frame, calls: Calls
) -> ActRow:
    """The act with all that its kind says."""
    fill = {
        "team": _work,
        "wait": _wait,
        "flow": _flow_act,
        "parallel": _fork,
        "milestone": _milestone,
        "end": _end,
    }[kind]
    return fill(expansion, replace(act, kind=_KINDS[kind]), step, frame, calls)


def _work(expansion: Expansion, act: ActRow, step: schema.Step, frame: Frame, calls: Calls) -> ActRow:
    if step.work is None:
        raise PlanError(f"{act.path}: a step with a team says how long its `work` takes, for example 2 h")
    needs = _needs(expansion, step, act.path)
    names = list(expansion.draft.team_index)
    calendars = [team_calendar(expansion.draft, names[need.team]) for need in needs]
    work, again, share = expansion.tables.work(step.work, f"{act.path}: work", expansion.case_type)
    act = replace(
        act,
        needs=needs,
        work=work,
        work_again=again,
        work_again_share=share,
        account_class=int(_ADDS[step.adds or "value"]),
        calendar=expansion.draft.calendars.joint(calendars, act.path),
    )
    return act if step.batch is None else _batch(expansion, act, step.batch)


def _batch(expansion: Expansion, act: ActRow, batch: schema.Batch) -> ActRow:
    where, exactly = f"{act.path}: batch", batch.exactly is not None
    raw = batch.exactly if exactly else batch.up_to
    if raw is None:
        raise PlanError(
            f"{where}: it says neither exactly nor up_to, for example {{exactly: 4, or_after: 2 d}}"
        )
    return replace(
        act,
        batch_size=expansion.tables.count(raw, where),
        batch_exactly=exactly,
        batch_or_after=optional(
            batch.or_after,
            lambda raw: expansion.draft.business_time(raw, f"{where}.or_after", expansion.case_type),
        ),
    )


def _needs(expansion: Expansion, step: schema.Step, path: str) -> tuple[Need, ...]:
    """Who does the work: the step's team first, then who takes part, by name."""
    asked = [(str(step.team), 1)]
    for name, n in (step.with_ or {}).items():
        asked.append((name, expansion.tables.count(n, f"{path}: with.{name}")))
    owner_team = expansion.draft.file.cases[expansion.case_type].owner
    needs: list[Need] = []
    for name, n in asked:
        if name != OWNER:
            needs.append(Need(find(expansion.draft.team_index, name, "team", path), n))
        elif owner_team is None:
            raise PlanError(
                f"{path}: it needs the owner, but cases of the type '{expansion.case_type}' have none; "
                f"write `owner: <team>` at cases.{expansion.case_type}"
            )
        else:
            needs.append(Need(find(expansion.draft.team_index, owner_team, "team", path), 1, is_owner=True))
    return (needs[0], *sorted(needs[1:], key=lambda need: (need.team, not need.is_owner)))


def _wait(expansion: Expansion, act: ActRow, step: schema.Step, frame: Frame, calls: Calls) -> ActRow:
    calendars, why = expansion.draft.calendars, step.why or ""
    until = until_calendar(step.wait)
    if until is not None:
        calendar = calendars.find(until, f"{act.path}: wait")
        return replace(act, kind=ActKind.UNTIL, calendar=calendar, why=why)
    wait, calendar = _timed(expansion, step.wait, step.calendar, f"{act.path}: wait")
    return replace(act, wait=wait, calendar=calendar, why=why)


def _timed(expansion: Expansion, raw: object, calendar: str | None, where: str) -> tuple[int, int]:
    """A time and the calendar it runs on: working units on the business calendar or the one named."""
    number, is_working = expansion.tables.wait(raw, where, expansion.case_type)
    if not is_working:
        return number, NONE
    return number, expansion.draft.calendars.find(calendar or expansion.draft.scenario.business, where)


def _flow_act(expansion: Expansion, act: ActRow, step: schema.Step, frame: Frame, calls: Calls) -> ActRow:
    check_routed(expansion, str(step.flow), step, act.path)
    return replace(act, calls=calls or (expansion.call_flow(str(step.flow), act.path, frame),))


def _fork(expansion: Expansion, act: ActRow, step: schema.Step, frame: Frame, calls: Calls) -> ActRow:
    branches = (step.parallel or {}).items()
    return replace(
        act, calls=calls or tuple(_branch(expansion, act, name, branch, frame) for name, branch in branches)
    )


def _branch(expansion: Expansion, act: ActRow, name: str, branch: schema.Step, frame: Frame) -> int:
    """A branch is a flow of one step, named after it."""
    definition = f"{act.definition}.{name}"
    return expansion.call(definition, {name: branch}, f"{act.path}/{name}", frame.stack, is_branch=True)


def _milestone(expansion: Expansion, act: ActRow, step: schema.Step, frame: Frame, calls: Calls) -> ActRow:
    return replace(act, name=str(step.milestone))


def _end(expansion: Expansion, act: ActRow, step: schema.Step, frame: Frame, calls: Calls) -> ActRow:
    assert step.end is not None
    act = replace(act, name=step.end.as_)
    starts = step.end.starts
    if starts is None:
        return act
    where = f"{act.path}: starts"
    after, calendar = _timed(expansion, starts.after, None, f"{where}.after")
    successor = Successor(
        case_type=find(expansion.draft.case_type_index, starts.case, "case type", where),
        p=expansion.tables.number(starts.p, f"{where}.p", expansion.case_type, dimension=Dimension.SHARE),
        after=after,
        after_calendar=calendar,
    )
    return replace(act, successor=successor)
