"""One case, day by day: who works on it, what it waits for, and where it is handed over and sent back.

A lane for each team, the owner's on top; business time runs from left to right, nights and closed days are
left out. What waits for a team is hatched in that team's lane; other waits have a lane of their own.
Not here: how the journey is read from a run (metrics.journey).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from sim.charts.page import DAY_MS, HOUR_MS, MARGIN, Page, make_page, short, style
from sim.charts.value_stream_map.canvas import Canvas
from sim.charts.value_stream_map.figures import PARTS, WORK, duration
from sim.charts.value_stream_map.ladder import COLOURS
from sim.charts.value_stream_map.words import POINTS, best_fit, fitted, plain, unbroken, width_of
from sim.metrics.journey import Activity, Journey, journey
from sim.plan.arrays import NONE, Plan
from sim.records import Facts, SpanState

WIDTH = 13.33
NOBODY = ""  # the lane of waits that are for no team

_LEFT, _DAYS, _TRACK, _PAD, _LEGEND = 1.75, 0.42, 0.3, 0.06, 0.28
_RED = "#B8480A"
_SIZE = 7.6
_MOST_ARROWS = 120

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
_HATCH = {
    "work at rest": "....",
    "waiting for people": "////",
    "waiting for dates and limits": "\\\\\\\\",
    "waiting outside": "xxxx",
}


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


def plot_journey(facts: Facts, plan: Plan, case: int) -> Figure:
    """Draw the journey of a case, by its index in `facts.cases`, from arrival to leaving."""
    found = journey(facts, plan, case)
    name = _name(found, facts, plan)
    blocks = blocks_of(found, plan, case, facts)
    lanes = lanes_of(blocks)
    heights = [_PAD * 2 + _TRACK * n for n in lanes.values()]
    body = _LEGEND + _DAYS + sum(heights) + 0.1
    with style():
        page = make_page(
            unbroken(_finding(found, name)), _footer(facts, plan, found, name), body, width=WIDTH
        )
        with matplotlib.rc_context({"hatch.linewidth": 0.6}):
            _draw(page, found, blocks, lanes, returns_of(facts, plan, case))
        return page.figure


# --- what is drawn


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


# --- words


def _finding(found: Journey, name: str) -> str:
    day_h = _day_h(found)
    lead, work, adding = _hours(found, PARTS), _hours(found, WORK), _hours(found, ("value-adding",))
    if lead == 0:
        return f"{name} takes no working time"
    days = f"{(lead - work) / day_h:.1f} of {lead / day_h:.1f} working days"
    if lead < day_h:
        days = f"{duration(lead - work, day_h)} of {duration(lead, day_h)}"
    so_far = " so far" if found.is_open else ""
    return (
        f"{name} waits {days}{so_far}; {_rounded(work)} of work were done, "
        f"of which {_rounded(adding)} add value"
    )


def _rounded(hours: float) -> str:
    return f"{hours:.0f} h" if hours >= 10 else duration(hours, 24.0)


def _name(found: Journey, facts: Facts, plan: Plan) -> str:
    """What the case is called: by its number, where there are others."""
    source = next(i for i, row in enumerate(plan.sources) if row.name == found.source)
    is_only = sum(row.source == source for row in facts.cases) == 1
    turn = f", turn {found.generation + 1}" if found.generation else ""
    name = short(plain(found.source)) + ("" if is_only else f" {found.number}{turn}")
    return name[:1].upper() + name[1:]


def _hours(found: Journey, parts: Iterable[str]) -> float:
    return sum(int(found.account[each]) for part in parts for each in PARTS[part]) / HOUR_MS


def _day_h(found: Journey) -> float:
    hours = [day.open_ms / HOUR_MS for day in found.days if day.open_ms]
    return float(np.median(hours)) if hours else 24.0


def _footer(facts: Facts, plan: Plan, found: Journey, name: str) -> list[str]:
    n = len(found.days)
    end = f"still open at the end of the run, after {n} days" if found.is_open else f"left on day {n}"
    outcome = "" if found.is_open else f" as {short(plain(found.outcome))}"
    return [
        "Filled: somebody works on it; hatched: it waits, in the lane of the team it waits for. Nights and "
        "closed days are left out. Arrows: handed over; red: not accurate, back to an earlier step. Times in "
        "the legend are the account of the case: side-by-side work counts once, they sum to the lead time.",
        f"{short(plan.name)}: {name} arrived on day 1 and {end}{outcome}. "
        f"Replication {facts.replication}, seed {facts.seed}. 1 d = {_day_h(found):g} h.",
    ]


# --- drawing


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where business time and lanes are on the page."""

    canvas: Canvas
    per_ms: float
    tops: dict[str, float]
    bottom: float

    def x(self, ms: int) -> float:
        return _LEFT + ms * self.per_ms

    def y(self, block: Block) -> float:
        return self.tops[block.lane] + _PAD + block.track * _TRACK


def _draw(
    page: Page,
    found: Journey,
    blocks: Sequence[Block],
    lanes: dict[str, int],
    returns: Sequence[Return],
) -> None:
    axes = page.figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, page.width)
    axes.set_ylim(float(page.figure.get_figheight()), 0)
    axes.set_axis_off()
    canvas = Canvas(axes, MARGIN, page.top)
    _draw_legend(canvas, found)
    tops, y = {}, _LEGEND + _DAYS
    for lane, n in lanes.items():
        tops[lane] = y
        y += 2 * _PAD + n * _TRACK
    total = sum(day.open_ms for day in found.days) or 1
    frame = _Frame(canvas, (WIDTH - 2 * MARGIN - _LEFT) / total, tops, y)
    _draw_days(frame, found)
    _draw_lanes(frame, lanes)
    _draw_hand_overs(frame, blocks, {each.instant for each in returns})
    _draw_blocks(frame, blocks)
    _draw_returns(frame, returns)


def _draw_legend(canvas: Canvas, found: Journey) -> None:
    x = 0.0
    for part in COLOURS:
        hours = _hours(found, (part,))
        if hours:
            hatch = _HATCH.get(part, "")
            fill = "white" if hatch else COLOURS[part]
            canvas.rectangle(
                x, 0.03, 0.24, 0.14, facecolor=fill, edgecolor=COLOURS[part], hatch=hatch, linewidth=0.8
            )
            words = f"{part} {duration(hours, _day_h(found))}"
            canvas.text(x + 0.3, 0.1, words, fontsize=8.4)
            x += 0.3 + width_of(words, 8.4) + 0.22


def _draw_days(frame: _Frame, found: Journey) -> None:
    """A column for each day, named as far as there is room; by weeks where there is none."""
    top, begin = _LEGEND + _DAYS, 0
    by_week = len(found.days) > 26
    end = 0.0  # of the latest name
    for day in found.days:
        left, right = frame.x(begin), frame.x(begin + day.open_ms)
        begin += day.open_ms
        is_shaded = ((day.number - 1) // 7 if by_week else day.number) % 2
        if is_shaded:
            fill = "#F4F4F4"
            frame.canvas.rectangle(left, top, right - left, frame.bottom - top, facecolor=fill, linewidth=0)
        n = (day.number - 1) // 7 + 1 if by_week else day.number
        words = f"{'week' if by_week else 'day'} {n}"
        width = width_of(words, 8)
        at = left + 0.02 if by_week else (left + right - width) / 2
        is_due = (day.number - 1) % 7 == 0 if by_week else day.open_ms > 0
        if is_due and at > end and at + width <= WIDTH - 2 * MARGIN:
            frame.canvas.text(at, top - 0.09, words, fontsize=8, color="#555555")
            end = at + width + 0.06


def _draw_lanes(frame: _Frame, lanes: dict[str, int]) -> None:
    right = WIDTH - 2 * MARGIN
    for lane, n in lanes.items():
        top, height = frame.tops[lane], 2 * _PAD + n * _TRACK
        frame.canvas.line([(0, top), (right, top)], color="#CCCCCC", linewidth=0.7)
        name = plain(lane) if lane != NOBODY else "nobody: a wait"
        words, size = best_fit(name, _LEFT - 0.12, 9.0, lines=2, bold="(owner)" in lane)
        step = size / POINTS * 1.2
        y = top + height / 2 - step * (len(words) - 1) / 2
        for line in words:
            weight = "bold" if "(owner)" in lane else "normal"
            frame.canvas.text(0, y, line, fontsize=size, weight=weight)
            y += step
    frame.canvas.line([(0, frame.bottom), (right, frame.bottom)], color="#CCCCCC", linewidth=0.7)


def _draw_blocks(frame: _Frame, blocks: Sequence[Block]) -> None:
    taken: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for block in blocks:
        left, right = frame.x(block.begin), max(frame.x(block.end), frame.x(block.begin) + 0.025)
        y, height = frame.y(block) + 0.025, _TRACK - 0.05
        colour, hatch = COLOURS[block.part], _HATCH.get(block.part, "")
        look: dict[str, Any] = {"facecolor": colour}
        if hatch:
            look = {"facecolor": "white", "edgecolor": colour, "hatch": hatch}
        frame.canvas.rectangle(left, y, right - left, height, linewidth=0.7, zorder=3, **look)
        taken.setdefault((block.lane, block.track), []).append((left, right))
    for group in sorted(_visits(blocks), key=lambda group: group[0].begin - group[-1].end):
        _draw_label(frame, group, taken[group[0].lane, group[0].track])


def _visits(blocks: Sequence[Block]) -> list[list[Block]]:
    """Blocks side by side that tell of the same step: waiting, worked on, at rest; they have one label."""
    groups: list[list[Block]] = []
    for block in sorted(blocks, key=lambda block: (block.lane, block.track, block.begin)):
        last = groups[-1][-1] if groups else None
        if last is not None and _is_beside(last, block):
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _is_beside(last: Block, block: Block) -> bool:
    here = (block.lane, block.track, block.activity.step, block.activity.why)
    return here == (last.lane, last.track, last.activity.step, last.activity.why) and last.end == block.begin


def _draw_label(frame: _Frame, group: Sequence[Block], taken: list[tuple[float, float]]) -> None:
    """What it is, within the blocks or else beside them, where nothing else is."""
    block = group[0]
    words = plain(block.activity.why or block.activity.step)
    left, right = frame.x(block.begin), max(frame.x(group[-1].end), frame.x(group[-1].begin) + 0.025)
    y = frame.y(block) + _TRACK / 2
    is_filled = all(each.part in ("value-adding", "waste") for each in group)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    for size, n in ((_SIZE, 1), (6.4, 2)):
        lines = fitted(words, right - left - 0.05, size, lines=n)
        if not any("…" in line for line in lines):
            look: dict[str, Any] = {"color": "white"} if is_filled else {"bbox": box}
            _write(frame, (left + right) / 2, y, lines, size, ha="center", **look)
            return
    if _write_beside(frame, short(words, 44), (left, right, y), taken) or right - left < 0.55:
        return
    _write(
        frame,
        (left + right) / 2,
        y,
        fitted(words, right - left - 0.05, 6.4, lines=2),
        6.4,
        ha="center",
        bbox=box,
    )


def _write_beside(
    frame: _Frame, words: str, place: tuple[float, float, float], taken: list[tuple[float, float]]
) -> bool:
    """Write it after a block, or before it, where nothing else stands; whether there was room."""
    left, right, y = place
    end = WIDTH - 2 * MARGIN
    for size in (_SIZE, 6.6):
        width = width_of(words, size) + 0.06
        for begin in (right + 0.03, left - 0.03 - width):
            is_free = all(b <= begin or begin + width <= a for a, b in taken)
            if is_free and begin >= _LEFT - 0.02 and begin + width <= end:
                # lines of hand-overs end at the letters
                halo = [withStroke(linewidth=2.2, foreground="white")]
                _write(frame, begin + 0.02, y, [words], size, path_effects=halo)
                taken.append((begin, begin + width))
                return True
    return False


def _write(frame: _Frame, x: float, y: float, lines: Sequence[str], size: float, **look: Any) -> None:
    step = size / POINTS * 1.15
    y -= step * (len(lines) - 1) / 2
    for line in lines:
        frame.canvas.text(x, y, line, fontsize=size, zorder=4, **look)
        y += step


def _draw_hand_overs(frame: _Frame, blocks: Sequence[Block], returns: set[int]) -> None:
    """From the lane in which something ended to the lane in which the next thing begins."""
    first: dict[Activity, Block] = {}
    for block in blocks:
        first.setdefault(block.activity, block)
    order = sorted(first.values(), key=lambda block: (block.begin, block.end))
    if len(order) > _MOST_ARROWS:
        return
    for i, block in enumerate(order):
        before = [each for each in order[:i] if each.activity.end <= block.activity.begin]
        if not before:
            continue
        same = [each for each in before if each.activity.token == block.activity.token]
        latest = max(before, key=lambda each: (each.activity.end, each in same, -each.track))
        if latest.lane == block.lane:
            continue
        x = frame.x(block.begin)
        down = frame.tops[block.lane] > frame.tops[latest.lane]
        begin = frame.y(latest) + (_TRACK - 0.025 if down else 0.025)
        end = frame.y(block) + (0.025 if down else _TRACK - 0.025)
        is_back = block.instant in returns
        colour, width = (_RED, 1.3) if is_back else ("#777777", 0.7)
        frame.canvas.tip((x, begin), (x, end), color=colour, linewidth=width, zorder=2.5)


def _draw_returns(frame: _Frame, returns: Sequence[Return]) -> None:
    taken: list[tuple[float, float]] = []
    for each in returns:
        words = f"not accurate, back to {short(plain(each.step), 28)}"
        x = frame.x(each.begin)
        for told in (words, "back"):
            width = width_of(told, _SIZE)
            left = min(max(x - width / 2, _LEFT), WIDTH - 2 * MARGIN - width)
            if all(left + width + 0.08 <= a or b + 0.08 <= left for a, b in taken):
                frame.canvas.text(left, _LEGEND + 0.1, told, fontsize=_SIZE, color=_RED, weight="normal")
                taken.append((left, left + width))
                break
        frame.canvas.line(
            [(x, _LEGEND + 0.18), (x, frame.bottom)],
            color=_RED,
            linewidth=0.9,
            linestyle=(0, (2, 2)),
            zorder=1,
        )
