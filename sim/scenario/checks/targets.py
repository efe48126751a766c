"""Where things lead: targets, ends, outcomes and their probabilities, the names a flow leaves with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario import schema
from sim.scenario.checks.amounts import check_count, check_share, check_sum, check_time
from sim.scenario.checks.desk import Askers, Desk
from sim.scenario.checks.spots import Spot, leaves
from sim.scenario.nearest import did_you_mean
from sim.scenario.tree import Keys


def check_one_target(
    desk: Desk, target: schema.Target, path: Keys, *, must: bool = True, may_do: bool = True
) -> None:
    """A target says one thing; a detour stands only where the step can be done again after it."""
    keys = [key for key in schema.TARGET_KEYS if getattr(target, key) is not None]
    if len(keys) > 1 or (must and not keys):
        found = " and ".join(keys) if keys else "no target"
        desk.say(path, f"found {found}. Exactly one of go_to, end, leave, do.", at_key=True)
    if target.do is not None and not may_do:
        words = "a detour (`do`) cannot stand here; write go_to, end or leave."
        desk.say((*path, "do"), words, at_key=True)
    if target.end is not None and target.end.starts is not None:
        words = "an end that starts a case is a step of its own: write it as one, and `go_to` it here."
        desk.say((*path, "end", "starts"), words, at_key=True)


def check_target(
    desk: Desk,
    then: Any,
    flow: str,
    path: Keys,
    *,
    branch: str | None = None,
    must: bool = True,
    may_do: bool = True,
) -> None:
    """One target, whose names exist; `next` and `done` are always in order."""
    if not isinstance(then, schema.Target):
        return
    check_one_target(desk, then, path, must=must, may_do=may_do)
    if then.go_to is not None:
        steps = [branch] if branch is not None else list(desk.file.flows[flow].steps)
        where = "in this branch" if branch is not None else f"in flow '{flow}'"
        desk.known("step", then.go_to, steps, (*path, "go_to"), f" {where}")
    if then.do is not None:
        desk.known("flow", then.do, desk.file.flows, (*path, "do"))
    if then.leave is not None and branch is not None:
        words = "a branch of a fork cannot leave: no part of a case leaves a fork but through its join."
        desk.say((*path, "leave"), words, at_key=True)


def check_end(desk: Desk, end: schema.End | None, path: Keys, askers: Askers) -> None:
    """An end step, and the case that it starts."""
    if end is None or end.starts is None:
        return
    at = (*path, "starts")
    desk.known("case", end.starts.case, desk.file.cases, (*at, "case"))
    check_share(desk, end.starts.p, (*at, "p"), askers=askers)
    check_time(desk, end.starts.after, (*at, "after"), draws=True, askers=askers)


def check_then(desk: Desk, spot: Spot) -> None:
    """What a step writes under `then`."""
    then, path = spot.step.then, (*spot.path, "then")
    if spot.kind == "end":
        desk.say(path, "nothing comes after an end.", at_key=True)
    elif not isinstance(then, dict):
        check_target(desk, then, spot.flow, path, branch=spot.branch)
    else:
        for name, outcome in then.items():
            check_target(desk, outcome, spot.flow, (*path, name), branch=spot.branch, must=False)
            check_share(desk, outcome.weaken, (*path, name, "weaken"), constant=True)
            check_count(desk, outcome.at_most, (*path, name, "at_most"), low=0)
        if spot.kind == "flow":
            _check_routes(desk, spot, then, path)
        else:
            _check_chances(desk, spot, then, path)


def _check_chances(desk: Desk, spot: Spot, then: Mapping[str, schema.Outcome], path: Keys) -> None:
    rest = [name for name, outcome in then.items() if outcome.p is None]
    given = {name: outcome.p for name, outcome in then.items() if outcome.p is not None}
    askers = desk.askers(spot.flow)
    shares = [check_share(desk, p, (*path, name, "p"), askers=askers) for name, p in given.items()]
    if not then:
        desk.say(path, "there are no outcomes here. Write one or more, or leave `then` out.")
    elif not rest:
        words = "every outcome has a probability. Exactly one goes without: write `rest` for it."
        desk.say(path, words, at_key=True)
    elif len(rest) > 1:
        words = f"found {', '.join(rest)} without a probability. Exactly one outcome is the rest."
        desk.say((*path, rest[1]), words, at_key=True)
    check_sum(desk, shares, path)


def _check_routes(desk: Desk, spot: Spot, then: Mapping[str, schema.Outcome], path: Keys) -> None:
    """After a flow step: the names that flow leaves with, and one for its normal end."""
    flow = spot.get("flow")
    if flow not in desk.file.flows:
        return
    names = leaves(desk.file, flow)
    for name, outcome in then.items():
        for key in ("p", "weaken", "at_most"):
            if getattr(outcome, key) is not None:
                words = (
                    f"after a flow step nothing is drawn: flow '{flow}' itself leaves with '{name}' or not."
                )
                desk.say((*path, name, key), words)
    others = [name for name in then if name not in names]
    if len(others) > 1:
        odd = next((n for n in others if then[n].p is None and has_target(then[n])), others[0])
        have = ", ".join(sorted(names)) or "none"
        words = f"flow '{flow}' does not leave with '{odd}'. It leaves with: {have}; one more is the rest."
        desk.say((*path, odd), f"{words}\n{did_you_mean(odd, names)}", at_key=True)


def has_target(outcome: schema.Outcome) -> bool:
    return any(getattr(outcome, key) is not None for key in schema.TARGET_KEYS)
