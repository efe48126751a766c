"""What several things together make impossible: owners nobody has, batches that wait for ever, calendars of
people who work together and never meet, ends of a closed population that start a second successor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from math import lcm

from sim.calendars import Calendar, always, build_calendar, intersect
from sim.scenario import schema
from sim.scenario.checks.desk import Desk
from sim.scenario.checks.sections import beginning, span_ms
from sim.scenario.checks.spots import Spot, reached, spots
from sim.scenario.tree import Keys
from sim.units.dimensions import DAY_MS, WEEK_MS, YEAR_MS

OWNER = "owner"


def check_owners(desk: Desk) -> None:
    """Cases that come to a step of their owner have one."""
    for name, case in desk.file.cases.items():
        if case.owner is not None:
            continue
        for flow in sorted(reached(desk.file, case.flow)):
            spot = next((s for s in spots(desk.file, flow) if _needs_owner(s.step)), None)
            if spot is not None:
                step = ".".join(str(key) for key in spot.path)
                words = f"the owner works at {step}, and cases of this type have none."
                desk.say(("cases", name), f"{words} Write `owner: team`.", at_key=True)
                break


def _needs_owner(step: schema.Step) -> bool:
    return step.team == OWNER or OWNER in (step.with_ or {})


def check_batches(desk: Desk) -> None:
    """An exact batch where the number of cases is limited could wait for ever."""
    roots = [(flow, "a flow with a limit") for flow, f in desk.file.flows.items() if f.limit is not None]
    for case in desk.file.cases.values():
        if case.arrive is not None and case.arrive.population is not None:
            roots.append((case.flow, "a closed population"))
    said: set[Keys] = set()
    for root, why in roots:
        for flow in sorted(reached(desk.file, root)):
            for spot in spots(desk.file, flow):
                batch = spot.step.batch
                waits = batch is not None and batch.exactly is not None and batch.or_after is None
                if waits and spot.path not in said:
                    said.add(spot.path)
                    words = f"an exact batch inside {why} could wait for ever. Add `or_after`, such as 2 d."
                    desk.say((*spot.path, "batch"), words)


def check_populations(desk: Desk) -> None:
    """The ends of a closed population start its own type; a second successor would be the same case."""
    for name, case in desk.file.cases.items():
        if case.arrive is None or case.arrive.population is None:
            continue
        for flow in sorted(reached(desk.file, case.flow)):
            for spot in spots(desk.file, flow):
                if spot.step.end is not None and spot.step.end.starts is not None:
                    words = (
                        f"cases of '{name}' are a closed population: each end starts the next one by "
                        "itself. Remove `starts` here, or write `backlog` instead of `population`."
                    )
                    desk.say((*spot.path, "end", "starts"), words)


# --- calendars of joint work


def check_joint_calendars(desk: Desk) -> None:
    """People who work together have common open time in every week, holidays and single dates aside."""
    verdicts: dict[tuple[str, ...], bool] = {}
    said: set[Keys] = set()
    for spot, names in _joint_work(desk):
        wanted = tuple(sorted(names - {"always"}))
        if len(wanted) < 2 or spot.path in said:
            continue
        if wanted not in verdicts:
            verdicts[wanted] = _overlap_weekly(desk, wanted)
        if not verdicts[wanted]:
            said.add(spot.path)
            words = f"the people of this step work together, but the calendars {' and '.join(wanted)} "
            advice = "have no common open time in every week. Give the teams hours that overlap each week."
            key = "with" if spot.step.with_ is not None else "team"
            desk.say((*spot.path, key), words + advice, at_key=True)


def _joint_work(desk: Desk) -> Iterator[tuple[Spot, set[str]]]:
    """Every step whose team does not work alone, with the calendars of all who take part."""
    for flow in desk.file.flows:
        for spot in spots(desk.file, flow):
            team, others = spot.get("team"), spot.get("with_")
            if spot.kind != "team" or not others:
                continue
            for owner in _owner_teams(desk, flow):
                members = [owner if name == OWNER else name for name in (team, *others)]
                if all(name in desk.file.teams for name in members):
                    yield spot, {_calendar_of(desk, str(name)) for name in members}


def _owner_teams(desk: Desk, flow: str) -> list[str | None]:
    """The teams whose members own the cases that come to a flow."""
    return sorted({desk.file.cases[case].owner for case in desk.askers(flow) or ()}, key=str)


def _calendar_of(desk: Desk, team: str) -> str:
    return desk.file.teams[team].calendar or desk.scenario.business


def _overlap_weekly(desk: Desk, names: tuple[str, ...]) -> bool:
    """Looks at one period of the weekly pattern. A calendar that is not in order has been told."""
    rules = [desk.scenario.rules.get(name) for name in names]
    if any(rule is None for rule in rules):
        return True
    none: frozenset[object] = frozenset()
    bare = [replace(rule, holidays=none, closed=none, open=none) for rule in rules if rule is not None]  # type: ignore[arg-type]
    origin = beginning(desk)
    length = span_ms(desk, desk.file.clock.warm_up) + span_ms(desk, desk.file.clock.horizon)
    weeks = lcm(*(rule.every_weeks for rule in bare)) + 2
    end = min(round(length) + YEAR_MS, weeks * WEEK_MS)
    joint = always(end)
    for rule in bare:
        joint = intersect(joint, build_calendar(rule, origin, end))
    return _is_open_weekly(joint, origin, end)


def _is_open_weekly(joint: Calendar, origin: datetime, end: int) -> bool:
    since_midnight = (origin - datetime.combine(origin.date(), time())).total_seconds() * 1000
    monday = round(WEEK_MS - origin.weekday() * DAY_MS - since_midnight)
    weeks = range(monday, end - WEEK_MS, WEEK_MS)
    return all(joint.open_between(week, week + WEEK_MS) > 0 for week in weeks)
