"""Flows and their steps: of one kind, complete, with names that exist and numbers that fit."""

from __future__ import annotations

from sim.scenario import schema
from sim.scenario.checks.amounts import (
    MAX_MEMBERS,
    check_business_time,
    check_count,
    check_share,
    check_time,
    check_work,
)
from sim.scenario.checks.desk import Desk
from sim.scenario.checks.spots import Spot, spots
from sim.scenario.checks.targets import check_end, check_one_target, check_target, check_then
from sim.scenario.numbers import Constant
from sim.scenario.tree import Keys

_ONLY = {"with_": "team", "batch": "team", "adds": "team", "work": "team", "why": "wait", "calendar": "wait"}


def check_flows(desk: Desk) -> None:
    for name, flow in desk.file.flows.items():
        path: Keys = ("flows", name)
        if not flow.steps:
            desk.say((*path, "steps"), "a flow has one step or more.")
        if flow.limit is not None:
            check_count(desk, flow.limit.cases, (*path, "limit", "cases"))
            if flow.limit.when_full is not None:
                check_one_target(desk, flow.limit.when_full, (*path, "limit", "when_full"), may_do=False)
        for spot in spots(desk.file, name):
            _check_step(desk, spot)


def _check_step(desk: Desk, spot: Spot) -> None:
    step, path, askers = spot.step, spot.path, desk.askers(spot.flow)
    _check_kind(desk, spot)
    desk.traits.check_condition(step.when, (*path, "when"), askers)
    if step.team is not None and step.team != "owner":
        desk.known("team", step.team, [*desk.file.teams, "owner"], (*path, "team"))
    _check_with(desk, step, path)
    check_work(desk, step.work, (*path, "work"), draws=True, repeats=True, askers=askers)
    if step.batch is not None:
        _check_batch(desk, spot, step.batch, (*path, "batch"))
    _check_wait(desk, spot)
    if step.flow is not None:
        desk.known("flow", step.flow, desk.file.flows, (*path, "flow"))
    if step.parallel is not None and not step.parallel:
        desk.say((*path, "parallel"), "a fork has one branch or more.")
    check_end(desk, step.end, (*path, "end"), askers)
    for key in ("takes", "gives_back"):
        for name in getattr(step, key):
            desk.known("environment", name, desk.file.environments, (*path, key))
    if step.patience is not None:
        at = (*path, "patience")
        check_business_time(desk, step.patience.waiting, (*at, "waiting"), draws=True, askers=askers)
        check_target(desk, step.patience.then, spot.flow, (*at, "then"), branch=spot.branch, may_do=False)
    if isinstance(step, schema.Alternative):
        check_share(desk, step.falls_back, (*path, "falls_back"), askers=askers)
    if step.then is not None:
        check_then(desk, spot)


def _check_kind(desk: Desk, spot: Spot) -> None:
    step, path = spot.step, spot.path
    kinds, kind = step.kinds, spot.kind
    if len(kinds) > 1:
        desk.say(path, f"found {' and '.join(kinds)}. A step is of one kind.", at_key=True)
        return
    if kind is None and step.work is not None:
        desk.say(path, "the key 'team' is missing: who does this work?", at_key=True)
    elif kind is None and not step.skip:
        kinds_here = "team and work, wait, flow, parallel, milestone, end"
        desk.say(path, f"this step has no kind. Kinds: {kinds_here}.", at_key=True)
    elif kind == "team" and spot.get("work") is None and not (spot.base is not None and step.skip):
        desk.say(path, "the key 'work' is missing: how long does the team work?", at_key=True)
    for key, belongs in _ONLY.items():
        if kind is not None and getattr(step, key) is not None and belongs != kind:
            word = {"team": "work", "wait": "a wait"}[belongs]
            name = key.rstrip("_")
            desk.say((*path, name), f"'{name}' belongs to {word}, and this is '{kind}'.", at_key=True)


def _check_with(desk: Desk, step: schema.Step, path: Keys) -> None:
    """Who takes part: teams that exist and are large enough; the owner is one person."""
    written = desk.node((*path, "with"))
    is_map = written is not None and isinstance(written.value, dict)
    for name, n in (step.with_ or {}).items():
        at: Keys = (*path, "with", name) if is_map else (*path, "with")
        desk.known("team", name, [*desk.file.teams, "owner"], at)
        asked = check_count(desk, n, at, high=MAX_MEMBERS)
        if not isinstance(asked, Constant):
            continue
        if name == "owner" and asked.value != 1:
            desk.say(at, f"found {asked.value:g} owners. A case has one: write `with: owner`.")
        size = desk.quiet(desk.file.teams[name].size) if name in desk.file.teams else None
        if isinstance(size, Constant) and asked.value > size.value:
            desk.say(at, f"found {asked.value:g} of '{name}', which has a size of {size.value:g}.")


def _check_batch(desk: Desk, spot: Spot, batch: schema.Batch, path: Keys) -> None:
    if (batch.exactly is None) == (batch.up_to is None):
        desk.say(path, "a batch has one of `exactly` and `up_to`, such as {exactly: 4, or_after: 2 d}.")
    elif batch.or_after is not None and batch.exactly is None:
        desk.say((*path, "or_after"), "`or_after` belongs to `exactly`; `up_to` waits for nobody.")
    for key in ("exactly", "up_to"):
        check_count(desk, getattr(batch, key), (*path, key))
    askers = desk.askers(spot.flow)
    check_business_time(desk, batch.or_after, (*path, "or_after"), draws=True, askers=askers)


def _check_wait(desk: Desk, spot: Spot) -> None:
    step, path = spot.step, spot.path
    desk.calendar(step.calendar, (*path, "calendar"))
    if isinstance(step.wait, str) and step.wait.split()[:1] == ["until"]:
        desk.calendar(step.wait.partition("until")[2].strip(), (*path, "wait"))
        if step.calendar is not None:
            words = "`until` names its calendar itself; leave `calendar` out."
            desk.say((*path, "calendar"), words, at_key=True)
    else:
        check_time(desk, step.wait, (*path, "wait"), draws=True, askers=desk.askers(spot.flow))
