"""Case types: how they come, what they bring with them, where they begin."""

from __future__ import annotations

from sim.scenario import schema
from sim.scenario.checks.amounts import (
    LOWEST,
    MAX_CASES,
    check_business_time,
    check_count,
    check_number,
    check_share,
    check_work,
)
from sim.scenario.checks.desk import Desk
from sim.scenario.checks.files import check_list, check_log
from sim.scenario.checks.sections import beginning
from sim.scenario.checks.targets import check_target
from sim.scenario.files import CsvError, parse_instant
from sim.scenario.tree import Keys
from sim.units.dimensions import Dimension

_WAYS = ("rate", "every", "at", "list_", "log", "population", "backlog")


def check_cases(desk: Desk) -> None:
    cases = desk.file.cases
    if not cases:
        desk.say(("cases",), "a scenario has one case type or more.", at_key=True)
    elif all(case.arrive is None and not case.start_with for case in cases.values()):
        words = "no case would ever come. Let a case type `arrive`, or `start_with` some cases."
        desk.say(("cases",), words, at_key=True)
    for name, case in cases.items():
        _check_case(desk, name, case, ("cases", name))


def _check_case(desk: Desk, name: str, case: schema.Case, path: Keys) -> None:
    me = frozenset({name})
    is_flow = desk.known("flow", case.flow, desk.file.flows, (*path, "flow"))
    if case.owner is not None:
        is_team = desk.known("team", case.owner, desk.file.teams, (*path, "owner"))
        if is_team and desk.file.teams[case.owner].size == "unlimited":
            words = f"'{case.owner}' is unlimited: it has no members who could own a case. Give it a size."
            desk.say((*path, "owner"), words)
    check_number(desk, case.priority, (*path, "priority"), Dimension.NUMBER, low=LOWEST, askers=me)
    check_business_time(desk, case.due, (*path, "due"), askers=me)
    if case.arrive is not None:
        _check_arrive(desk, name, case.arrive, (*path, "arrive"))
    if case.patience is not None:
        _check_patience(desk, case, case.patience, (*path, "patience"), is_flow, name)
    if case.value is not None:
        _check_value(desk, case, case.value, (*path, "value"), is_flow, name)
    for entry, n in case.start_with.items():
        at = (*path, "start_with", entry)
        check_count(desk, n, at, low=0, high=MAX_CASES)
        if is_flow:
            _check_start(desk, entry, case.flow, at)
    if is_flow:
        _check_own_limit(desk, name, case)


def _check_patience(
    desk: Desk, case: schema.Case, patience: schema.CasePatience, path: Keys, is_flow: bool, name: str
) -> None:
    askers = frozenset({name})
    check_business_time(desk, patience.waiting, (*path, "waiting"), draws=True, askers=askers)
    if not is_flow:
        return
    if patience.until is not None:
        desk.known("milestone", patience.until, desk.milestones(case.flow), (*path, "until"))
    check_target(desk, patience.then, case.flow, (*path, "then"), may_do=False)


def _check_value(
    desk: Desk, case: schema.Case, value: schema.Value, path: Keys, is_flow: bool, name: str
) -> None:
    askers = frozenset({name})
    check_number(desk, value.per_month, (*path, "per_month"), Dimension.MONEY, draws=True, askers=askers)
    check_number(desk, value.lasts, (*path, "lasts"), Dimension.WALL_TIME, constant=True)
    check_share(desk, value.decay, (*path, "decay"), constant=True)
    if is_flow:
        desk.known("milestone", value.from_, desk.milestones(case.flow), (*path, "from"))


def _check_own_limit(desk: Desk, name: str, case: schema.Case) -> None:
    """Around the flow of a case type there is no flow in which to go to a step."""
    limit = desk.file.flows[case.flow].limit
    if limit is not None and limit.when_full is not None and limit.when_full.go_to is not None:
        path = ("flows", case.flow, "limit", "when_full", "go_to")
        words = f"cases of the type '{name}' begin with this flow: there is no step around it to go to."
        desk.say(path, f"{words} Write `end` or `leave`.", at_key=True)


def _check_start(desk: Desk, entry: str, flow: str, path: Keys) -> None:
    """`start_with` names a step of the case's flow, or a path through flow steps."""
    *outer, last = entry.split("/")
    flows = desk.file.flows
    for name in outer:
        if not desk.known("step", name, flows[flow].steps, path, f" in flow '{flow}'"):
            return
        inner = flows[flow].steps[name].flow
        if inner is None or inner not in flows:
            desk.say(path, f"step '{name}' runs no flow, so no case can start inside it.")
            return
        flow = inner
    desk.known("step", last, flows[flow].steps, path, f" in flow '{flow}'")


# --- arrivals


def _check_arrive(desk: Desk, name: str, arrive: schema.Arrive, path: Keys) -> None:
    used = [way.rstrip("_") for way in _WAYS if getattr(arrive, way) is not None]
    if len(used) != 1:
        found = f"found {' and '.join(used)}" if used else "found no way to arrive"
        names = ", ".join(way.rstrip("_") for way in _WAYS)
        desk.say(path, f"{found}. Exactly one of: {names}.")
    check_number(desk, arrive.rate, (*path, "rate"), Dimension.RATE)
    every = "an interval counts in business time"
    check_work(desk, arrive.every, (*path, "every"), why=every, low=1, constant=True)
    for key in ("population", "backlog"):
        check_count(desk, getattr(arrive, key), (*path, key), high=MAX_CASES)
    desk.calendar(arrive.calendar, (*path, "calendar"))
    origin = beginning(desk)
    if arrive.at is not None and not arrive.at:
        desk.say((*path, "at"), "there is no instant here, so no case would ever come.")
    for index, text in enumerate(arrive.at or ()):
        try:
            parse_instant(text, origin)
        except CsvError as error:
            desk.say((*path, "at", index), str(error))
    if arrive.list_ is not None:
        check_list(desk, arrive.list_, (*path, "list"), name, origin)
    if arrive.log is not None:
        check_log(desk, arrive.log, (*path, "log"), name, origin)
