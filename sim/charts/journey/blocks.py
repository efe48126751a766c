"""What is drawn of a journey: blocks in lanes, and where the case was sent back.

Times are business ms since the first day; everything here is plain data, without a place on a page.
Not here: how the journey is read from a run (metrics.journey), how it looks (drawing).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sim.charts.page import DAY_MS
from sim.charts.value_stream_map.figures import WORK
from sim.metrics.journey import Activity, Journey
from sim.plan.arrays import NONE, Plan
from sim.records import Facts, SpanState

NOBODY = ""  # the lane of waits that are for no team

_WAIT_PART = {
    SpanState.PAUSED: "work at rest",
    SpanState.QUEUE: "waiting for people",
    SpanState.QUEUE_TOGETHER: "waiting for people",
    SpanState.BATCH: "waiting for dates and limits",
    SpanState.DATE: "waiting for dates and limits",
    SpanState.LIMIT: "waiting for dates and limits",
    SpanState.OUTSIDE: "waiting outside",
}
_WORK_PART = {int(each): part for part, classes in WORK.items() for each in classes}


@dataclass(frozen=True, slots=True)
class Block:
    """One activity in one lane, from opening to opening: begin and end are in business ms since day 1."""

    lane: str
    track: int
    begin: int
    end: int
    instant: int
    activity: Activity
    part: str


@dataclass(frozen=True, slots=True)
class Return:
    """A case sent back to a step: when, and to which."""

    begin: int
    instant: int
    step: str


def blocks_of(found: Journey, plan: Plan, case: int, facts: Facts) -> list[Block]:
    """The activities as blocks; work of several teams is in the lane of each."""
    business, start = plan.calendars[plan.business], found.days[0].begin
    owner = _owner(plan, facts, case)
    blocks: list[Block] = []
    for each in _joined(activity for day in found.days for activity in day.activities):
        begin, end = (business.open_between(start, instant) for instant in (each.begin, each.end))
        part = _WORK_PART.get(each.adds, "waste") if each.is_work else _WAIT_PART[each.state]
        lanes = each.teams if each.is_work else each.teams[:1]
        for lane in dict.fromkeys(_named(team, owner) for team in lanes) or (NOBODY,):
            blocks.append(Block(lane, 0, begin, end, each.begin, each, part))
    return _in_tracks(blocks, owner)


def _owner(plan: Plan, facts: Facts, case: int) -> str:
    team = plan.case_types[facts.cases[case].case_type].owner_team
    return "" if team == NONE else plan.teams[team].name


def _named(team: str, owner: str) -> str:
    return f"{team} (owner)" if team == owner else team


def _joined(activities: Iterable[Activity]) -> list[Activity]:
    """Activities that go on the next day, in one piece."""
    pieces: list[Activity] = []
    last: dict[int, int] = {}  # token -> place of its latest piece
    for each in activities:
        before = pieces[last[each.token]] if each.token in last else None
        if before is not None and _goes_on(before, each):
            pieces[last[each.token]] = replace(
                before, end=each.end, business_ms=before.business_ms + each.business_ms
            )
        else:
            last[each.token] = len(pieces)
            pieces.append(each)
    return pieces


def _goes_on(before: Activity, each: Activity) -> bool:
    same = (before.step, before.state, before.teams, before.why, before.adds)
    at_midnight = before.end == each.begin and each.begin % DAY_MS == 0
    overnight = each.begin // DAY_MS > (before.end - 1) // DAY_MS and each.begin % DAY_MS == 0
    return same == (each.step, each.state, each.teams, each.why, each.adds) and (at_midnight or overnight)


def _in_tracks(blocks: list[Block], owner: str) -> list[Block]:
    """What overlaps in a lane stands below each other; the owner's lane first, nobody's last."""
    ends: dict[str, list[int]] = {}
    placed = []
    for block in sorted(blocks, key=lambda block: (block.begin, block.end)):
        tracks = ends.setdefault(block.lane, [])
        track = next((i for i, end in enumerate(tracks) if end <= block.begin), len(tracks))
        tracks[track : track + 1] = [max(block.end, block.begin + 1)]
        placed.append(replace(block, track=track))
    order = list(dict.fromkeys([_named(owner, owner), *ends]))
    place = {lane: len(order) if lane == NOBODY else i for i, lane in enumerate(order)}
    return sorted(placed, key=lambda block: (place[block.lane], block.begin, block.track))


def lanes_of(blocks: Sequence[Block]) -> dict[str, int]:
    """The lanes from top to bottom, with how many tracks each has."""
    lanes: dict[str, int] = {}
    for block in blocks:
        lanes[block.lane] = max(lanes.get(block.lane, 0), block.track + 1)
    return lanes


def returns_of(facts: Facts, plan: Plan, case: int) -> list[Return]:
    """Where the case was sent back to a step it had completed."""
    arrive = facts.cases[case].arrive
    start = arrive - arrive % DAY_MS
    business = plan.calendars[plan.business]
    was_wrong: set[int] = set()
    found = []
    for visit in sorted((row for row in facts.visits if row.case == case), key=lambda row: row.enter):
        if visit.step in was_wrong:
            begin = business.open_between(start, visit.enter)
            found.append(Return(begin, visit.enter, plan.steps[visit.step].name))
        was_wrong.discard(visit.step)
        if visit.sent_back:
            was_wrong.add(visit.step)
    return found
