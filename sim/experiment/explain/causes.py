"""Causes: what can be taken away from a scenario, one at a time, to see what it costs.

A cause is a change of the scenario, its name in words, the group it belongs to, and what one would read off
the account for it. All causes of a scenario are put together here, with those that take several away at once.
Not here: people (people), steps and their ways (ways), running without a cause (trial).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.errors import RunError
from sim.scenario.changes import Changes
from sim.scenario.nearest import did_you_mean

if TYPE_CHECKING:
    from sim.experiment.explain.readings import Reading
    from sim.scenario.load import Scenario

GROUPS = {
    "team": "each team with one more member, and unlimited",
    "shift": "each team on shift around the clock; in all business hours",
    "returns": "nobody sent back at a step",
    "waits": "no waiting for boards and dates, or for somebody outside",
    "batching": "no batches",
    "limits": "no limits on cases: of owners, of flows, of pools",
    "switching": "no time lost on turning to another case",
    "focus": "no interruptions",
    "other_work": "no work of everybody else in a team's queue",
    "together": "all of these at once",
    "steps": "each step of people done at once, by nobody (only when asked for)",
    "patches": "what each patch of the scenario contributes",
}
"""What `only` may name, and what it is about."""

ON_REQUEST = ("steps",)
_TAKEN_TOGETHER = ("returns", "waits", "batching", "limits", "switching", "focus", "other_work")
PATCHES = "patches"


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that can be taken away.

    Attributes
    ----------
    group
        One of `GROUPS`.
    name
        The scenario without it, in words: `compliance unlimited`, `no returns from triage`.
    changes
        What takes it away.
    readings
        What one would read off the account for it; empty where the account does not tell.
    members
        Of several causes at once, the names of those; empty of a single one.
    adds_hours
        It adds hours that nobody works today, rather than taking something away.
    why_not
        Why it cannot be taken away, where that is known beforehand.
    """

    group: str
    name: str
    changes: Changes
    readings: tuple[Reading, ...] = ()
    members: tuple[str, ...] = ()
    adds_hours: bool = False
    why_not: str = ""


def causes_of(scenario: Scenario, only: Sequence[str] = ()) -> list[Cause]:
    """The causes that a scenario has, those that it cannot have left out.

    `only` names groups; empty: all but those that are looked at on request.

    Raises
    ------
    RunError
        There is no such group.
    """
    from sim.experiment.explain.people import people_causes
    from sim.experiment.explain.ways import way_causes

    wanted = _wanted(only)
    found = [*people_causes(scenario), *way_causes(scenario)]
    if "together" in wanted:
        found += _everything(found)
    return [cause for cause in found if cause.group in wanted]


def together(name: str, causes: Iterable[Cause], group: str | None = None) -> list[Cause]:
    """Several causes taken away at once, if there are several."""
    found = [cause for cause in causes if not cause.why_not]
    if len(found) < 2:
        return []
    changes = {path: value for cause in found for path, value in cause.changes.items()}
    readings = tuple(dict.fromkeys(reading for cause in found for reading in cause.readings))
    members = tuple(cause.name for cause in found)
    adds_hours = any(cause.adds_hours for cause in found)
    return [Cause(group or found[0].group, name, changes, readings, members, adds_hours)]


def _everything(causes: Sequence[Cause]) -> list[Cause]:
    """What is left is the work itself: everybody there at once, nobody sent back, nothing waited for.

    Shifts stay: people who work at night do not take a cause away, they add hours that are in no account.
    What another cause takes away with it is not counted twice: other work, where the team is unlimited.
    """
    single = [cause for cause in causes if not cause.members and not cause.why_not]
    found = [cause for cause in single if "unlimited" in cause.changes.values()]
    without_queue = {path[1] for cause in found for path in cause.changes}
    touched: set[tuple[str, ...]] = set()
    for cause in single:
        is_double = cause.group == "other_work" and next(iter(cause.changes))[1] in without_queue
        if cause.group in _TAKEN_TOGETHER and not is_double and touched.isdisjoint(cause.changes):
            found.append(cause)
            touched |= cause.changes.keys()
    return together("none of these", found, "together")


def _wanted(only: Sequence[str]) -> set[str]:
    for word in only:
        if word not in GROUPS:
            near = did_you_mean(word, GROUPS)
            raise RunError(
                f"only {word!r}: there is no such group of causes. {near} Groups: {', '.join(GROUPS)}."
            )
    return set(only) if only else set(GROUPS) - set(ON_REQUEST)


def wants_patches(only: Sequence[str]) -> bool:
    """Whether the patches of a scenario are asked for."""
    return PATCHES in _wanted(only)
