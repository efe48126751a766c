"""Flows that call flows: no circles, outcomes routed, and what all calls come to when they are written out.

A use of a flow makes its steps anew at paths of their own (`use_case/get_ready/review`). The plan holds at
most 10,000 of them, and no path twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.scenario import schema
from sim.scenario.checks.desk import Desk
from sim.scenario.checks.spots import Spot, called, circles, leaves, spots
from sim.scenario.tree import Keys

MAX_STEPS = 10_000
MAX_DEEP = 50


def check_calls(desk: Desk) -> bool:
    """Whether flows call each other without circles and not too deeply; else other checks could not end."""
    for name in desk.file.flows:
        for spot in spots(desk.file, name):
            for one, key in called(spot):
                if one in desk.file.flows:
                    _check_call(desk, spot, one, key)
    is_sound = not _check_circles(desk) and _check_depth(desk)
    if is_sound:
        for name in desk.file.cases:
            _check_paths(desk, name)
    return is_sound


def _check_call(desk: Desk, spot: Spot, one: str, key: Keys) -> None:
    names = leaves(desk.file, one)
    path = (*spot.path, *key)
    in_branch = key[0] == "flow" and spot.branch is not None
    if key[0] == "flow" and not in_branch:
        then = spot.then if isinstance(spot.then, dict) else {}
        for name in sorted(names - set(then)):
            words = f"flow '{one}' can leave with '{name}', and this step does not route it. "
            desk.say(path, f"{words}Write `then: {{{name}: {{go_to: ...}}, ...: rest}}`.")
    elif names:
        where = "a branch of a fork" if in_branch else "a detour (`do`)"
        desk.say(path, f"flow '{one}' can leave with '{min(names)}', and {where} cannot route it.")
    limit = desk.file.flows[one].limit
    if limit is not None and limit.when_full is not None and limit.when_full.go_to is not None:
        at = ("flows", one, "limit", "when_full", "go_to")
        steps = desk.file.flows[spot.flow].steps
        if in_branch:
            words = (
                "this flow is called in a branch of a fork, and out of it leads only the join. Write `end`."
            )
            desk.say(at, words, at_key=True)
        else:
            where = f" in flow '{spot.flow}', which calls this"
            desk.known("step", limit.when_full.go_to, steps, at, where)


def _calls_of(desk: Desk) -> dict[str, list[str]]:
    flows = desk.file.flows
    found = ((name, [one for spot in spots(desk.file, name) for one, _ in called(spot)]) for name in flows)
    return {name: [one for one in dict.fromkeys(ones) if one in flows] for name, ones in found}


def _check_circles(desk: Desk) -> bool:
    """Whether a flow calls itself, by others or directly."""
    calls = _calls_of(desk)
    found = circles(list(calls), lambda name: calls[name])
    for circle in found:
        chain = " → ".join((*circle, circle[0]))
        words = f"this flow calls itself: {chain}. For another round use go_to, or an end that starts a case."
        desk.say(("flows", circle[0]), words, at_key=True)
    return bool(found)


def _check_depth(desk: Desk) -> bool:
    """Whether no chain of calls is too long. Level by level, without recursion."""
    calls = _calls_of(desk)
    level, depth = set(calls), 0
    while level and depth <= MAX_DEEP:
        level, depth = {one for name in level for one in calls[name]}, depth + 1
    if level:
        words = f"flows call each other more than {MAX_DEEP} deep, the limit. Put some of them into one."
        desk.say(("flows", min(level)), words, at_key=True)
    return not level


def _check_paths(desk: Desk, case_type: str) -> None:
    """The steps of a case type come to paths that differ, and are not too many."""
    flow = desk.file.cases[case_type].flow
    if flow not in desk.file.flows:
        return
    seen: set[str] = set()
    for n, (path, spot) in enumerate(_expanded(desk.file, flow, case_type)):
        if n >= MAX_STEPS:
            words = (
                f"the flows come to more than {MAX_STEPS:,} steps: every call of a flow counts its steps "
                "again. Call less often, or let calls share a flow."
            )
            desk.say(("cases", case_type, "flow"), words)
            return
        if path in seen:
            words = f"two steps come to the same path '{path}'; rename this one, or what leads to the other."
            desk.say(spot.path, words, at_key=True)
        seen.add(path)


def _expanded(file: schema.ScenarioFile, flow: str, path: str) -> Iterator[tuple[str, Spot]]:
    """Every step of a use of a flow at its path, and of the flows that it calls."""
    for name, step in file.flows[flow].steps.items():
        yield from _expanded_step(file, Spot(flow, ("flows", flow, "steps", name), step), f"{path}/{name}")


def _expanded_step(file: schema.ScenarioFile, spot: Spot, path: str) -> Iterator[tuple[str, Spot]]:
    yield path, spot
    yield from _expanded_act(file, spot, path)
    for key, alternative in spot.step.instead.items():
        at = (*spot.path, "instead", key)
        if not alternative.skip:
            other = Spot(spot.flow, at, alternative, spot.step, spot.branch)
            yield from _expanded_act(file, other, f"{path}#{key}")


def _expanded_act(file: schema.ScenarioFile, spot: Spot, path: str) -> Iterator[tuple[str, Spot]]:
    """What an act calls itself; what an alternative takes over from its step is there already."""
    if spot.step.flow is not None and spot.step.flow in file.flows:
        yield from _expanded(file, spot.step.flow, path)
    for name, branch in (spot.step.parallel or {}).items():
        at = (*spot.path, "parallel", name)
        yield from _expanded_step(file, Spot(spot.flow, at, branch, None, name), f"{path}/{name}")
    then: object = spot.step.then
    if isinstance(then, Mapping):
        for name, outcome in then.items():
            if outcome.do is not None and outcome.do in file.flows:
                yield from _expanded(file, outcome.do, f"{path}/{name}")
    elif isinstance(then, schema.Target) and then.do is not None and then.do in file.flows:
        yield from _expanded(file, then.do, f"{path}/do")
