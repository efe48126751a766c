"""Causes that lie in the flows: being sent back, waiting for dates and for others, batches, limits.

A wait of the language is a time that passes although nobody here is asked for anything. Which of them are
approvals no scenario says; so every wait is looked at by itself that is `until` a calendar (a board, a
train, a window) or says `why` (an office outside, a notice). A wait that does neither is part of what is
done, and one on the calendar `always` is a machine's: both stay.
Not here: people (people).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.experiment.explain.causes import Cause, together
from sim.experiment.explain.people import ALWAYS
from sim.experiment.explain.readings import EVERYTHING, Reading
from sim.experiment.explain.spots import Spot, labels, outcomes_of, returning, spots
from sim.records import AccountClass
from sim.scenario.changes import REMOVE, Changes, found_at

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

_AT_ONCE = "0 min"
_OF_WORK = ("team", "work", "with", "batch", "adds", "patience", "instead")


def way_causes(scenario: Scenario) -> list[Cause]:
    """Step by step, and each kind at once."""
    found = spots(scenario.file)
    names = labels(found)
    return [
        *_returns(scenario, found, names),
        *_waits(found, names),
        *_batches(found, names),
        *_limits(scenario),
        *_steps(scenario, found, names),
    ]


# --- returns


def _returns(scenario: Scenario, found: list[Spot], names: dict[str, str]) -> Iterator[Cause]:
    causes = []
    for spot in found:
        back = returning(spot, scenario.file, found)
        readings = tuple(
            Reading("return", (f"{spot.definition} {name}",), (AccountClass.REWORK,)) for name in back
        )
        # after a flow step nothing is drawn: its outcomes are cut off where that flow leaves
        if back and spot.step.flow is None:
            causes.append(_return(spot, back, f"no returns from {names[spot.definition]}", readings))
    yield from causes
    yield from together("no returns at all", causes)


def _return(spot: Spot, back: list[str], name: str, readings: tuple[Reading, ...]) -> Cause:
    """Outcomes with probability 0; where one is the rest, the only other outcome becomes the rest."""
    outcomes = outcomes_of(spot)
    path = (*spot.path, "then")
    changes: dict[tuple[str, ...], object] = {(*path, each, "p"): "0%" for each in back}
    if any(outcomes[each].p is None for each in back):
        forward = [each for each in outcomes if each not in back]
        if len(forward) != 1:
            why = "the return is the rest of several outcomes; which of them would take its place is not said"
            return Cause("returns", name, {}, readings, why_not=why)
        changes[(*path, forward[0], "p")] = "rest"
        for key in ("weaken", "at_most"):
            if getattr(outcomes[forward[0]], key) is not None:
                changes[(*path, forward[0], key)] = REMOVE
    return Cause("returns", name, changes, readings)


# --- waits and batches


def _waits(found: list[Spot], names: dict[str, str]) -> Iterator[Cause]:
    dates: list[Cause] = []
    outside: list[Cause] = []
    for spot in found:
        wait = spot.step.wait
        if wait is None:
            continue
        is_date = isinstance(wait, str) and wait.split()[:1] == ["until"]
        if not is_date and (not spot.step.why or spot.step.calendar == ALWAYS):
            continue
        label = names[spot.definition]
        name = f"no wait at {label} ({spot.step.why})" if spot.step.why else f"no wait at {label}"
        readings = (Reading("steps", (spot.definition,), EVERYTHING),)
        cause = Cause("waits", name, {(*spot.path, "wait"): _AT_ONCE}, readings)
        (dates if is_date else outside).append(cause)
    yield from (*dates, *outside)
    yield from together("no wait for any date", dates)
    yield from together("no wait for anybody outside", outside)
    if dates and outside:
        yield from together("no wait for dates or outside", (*dates, *outside))


def _batches(found: list[Spot], names: dict[str, str]) -> Iterator[Cause]:
    at_once, single = [], []
    for spot in found:
        batch = spot.step.batch
        if batch is None:
            continue
        label, path = names[spot.definition], (*spot.path, "batch")
        readings = (Reading("steps", (spot.definition,), (AccountClass.BATCH_OR_DATE,)),)
        if batch.exactly is not None:
            changes = {path: {"up_to": batch.exactly}}
            at_once.append(Cause("batching", f"batches of {label} begin at once", changes, readings))
        single.append(Cause("batching", f"{label} one by one", {path: REMOVE}, readings))
    yield from at_once
    yield from together("all batches begin at once", at_once)
    yield from single
    yield from together("no batches at all", single)


# --- limits of flows and pools


def _limits(scenario: Scenario) -> Iterator[Cause]:
    limited = AccountClass.LIMIT_OR_OWNER
    of_types = {case.flow for case in scenario.file.cases.values()}
    causes = []
    for name, flow in scenario.file.flows.items():
        if flow.limit is not None:
            entry = (Reading("entry", (), (limited,)),) if name in of_types else ()
            readings = (Reading("flow", (name,), (limited,)), *entry)
            causes.append(
                Cause("limits", f"no limit on cases in {name}", {("flows", name, "limit"): REMOVE}, readings)
            )
    for name, environment in scenario.file.environments.items():
        if environment.pool is not None:
            readings = (Reading("environment", (name,), (limited,)),)
            changes: Changes = {("environments", name, "pool"): REMOVE}
            causes.append(Cause("limits", f"as many {name} as are needed", changes, readings))
    yield from causes
    yield from together("no limit on flows and pools", causes)


# --- steps done at once


def _steps(scenario: Scenario, found: list[Spot], names: dict[str, str]) -> Iterator[Cause]:
    """A step of people done by nobody, in no time; its outcomes and all around it stay as they are."""
    for spot in found:
        if spot.step.team is None or spot.path[-2] == "instead":
            continue
        plain = found_at(scenario, spot.path)
        assert isinstance(plain, dict)
        kept = {key: value for key, value in plain.items() if key not in _OF_WORK}
        changes = {spot.path: {**kept, "wait": _AT_ONCE, "calendar": ALWAYS}}
        readings = (Reading("steps", (spot.definition,), EVERYTHING),)
        yield Cause("steps", f"{names[spot.definition]} at once, by nobody", changes, readings)
