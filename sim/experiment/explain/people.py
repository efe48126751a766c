"""Causes that lie with people: how many there are, when they are there, what else keeps them from a case.

Not here: steps and where they lead (ways).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sim.experiment.explain.causes import Cause, together
from sim.experiment.explain.readings import Reading
from sim.records import AccountClass
from sim.scenario.changes import REMOVE, Changes
from sim.scenario.shorthand import is_time

if TYPE_CHECKING:
    from sim.scenario import schema
    from sim.scenario.load import Scenario

ALWAYS = "always"
_QUEUES = (AccountClass.PERSON_BUSY, AccountClass.PEOPLE_TOGETHER)


def people_causes(scenario: Scenario) -> list[Cause]:
    """One more, unlimited, always there, never interrupted: team by team, and all teams at once."""
    teams = scenario.file.teams
    return [
        *_sizes(teams, {case.owner for case in scenario.file.cases.values()}),
        *_shifts(scenario),
        *_without(
            teams, "focus", "{} never interrupted", "nobody ever interrupted", (AccountClass.INTERRUPTED,)
        ),
        *_without(teams, "switching", "no switching of {}", "no switching of anybody", ()),
        *_without(
            teams, "other_work", "no other work for {}", "no other work at all", (AccountClass.PERSON_BUSY,)
        ),
        *_owner_limits(teams),
    ]


def _sizes(teams: Mapping[str, schema.Team], owners: set[str | None]) -> Iterator[Cause]:
    finite = {name: team for name, team in teams.items() if team.size != "unlimited"}
    for name, team in finite.items():
        changes: Changes = {("teams", name, "size"): one_more(team.size)}
        yield Cause("team", f"one more in {name}", changes, _queue(name))
    unlimited = [
        Cause(
            "team",
            f"{name} unlimited",
            {("teams", name, "size"): "unlimited"},
            _queue(name),
            why_not="its members own cases, and an owner is somebody: their number is needed"
            if name in owners
            else "",
        )
        for name in finite
    ]
    yield from unlimited
    yield from together("every team unlimited", unlimited)


def _queue(team: str) -> tuple[Reading, ...]:
    return (Reading("team", (team,), _QUEUES),)


def one_more(size: object) -> object:
    """A team's size as a file has it, and one more at any time."""
    if isinstance(size, Mapping) and all(is_time(str(key)) for key in size):
        return {key: one_more(each) for key, each in size.items()}
    return size + 1 if isinstance(size, int) else f"({size}) + 1"


def _shifts(scenario: Scenario) -> Iterator[Cause]:
    """Around the clock adds hours that nobody works today; in all business hours only fills their gaps."""
    at_night, by_day = [], []
    for name, team in scenario.file.teams.items():
        calendar = team.calendar or scenario.business
        readings = (Reading("team", (name,), (AccountClass.PERSON_OFF_SHIFT,)),)
        path = ("teams", name, "calendar")
        if calendar not in (scenario.business, ALWAYS):
            by_day.append(
                Cause("shift", f"{name} in all business hours", {path: scenario.business}, readings)
            )
        if calendar != ALWAYS:
            at_night.append(
                Cause("shift", f"{name} around the clock", {path: ALWAYS}, readings, adds_hours=True)
            )
    yield from by_day
    yield from together("everybody in all business hours", by_day)
    yield from at_night
    yield from together("everybody around the clock", at_night)


def _without(
    teams: Mapping[str, schema.Team], key: str, each: str, every: str, classes: tuple[AccountClass, ...]
) -> Iterator[Cause]:
    """Without what a key of teams says."""
    found = [
        Cause(
            key,
            each.format(name),
            {("teams", name, key): REMOVE},
            (Reading("team", (name,), classes),) if classes else (),
        )
        for name, team in teams.items()
        if getattr(team, key) is not None
    ]
    yield from found
    yield from together(every, found)


def _owner_limits(teams: Mapping[str, schema.Team]) -> Iterator[Cause]:
    found = [
        Cause(
            "limits",
            f"no limit of cases per owner in {name}",
            {("teams", name, "owns"): REMOVE},
            (Reading("entry", (), (AccountClass.LIMIT_OR_OWNER,)),),
        )
        for name, team in teams.items()
        if team.owns is not None
    ]
    yield from found
    yield from together("no limit of cases per owner", found)
