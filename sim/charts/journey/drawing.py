"""Drawing a journey: days as columns, teams as lanes, blocks with their names, arrows between lanes.

Not here: which blocks there are (blocks), title and footer (the package).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.patheffects import withStroke

from sim.charts.journey.blocks import NOBODY, Block, Return
from sim.charts.page import HOUR_MS, MARGIN, Page, short
from sim.charts.value_stream_map.canvas import Canvas
from sim.charts.value_stream_map.figures import PARTS, duration
from sim.charts.value_stream_map.ladder import COLOURS
from sim.charts.value_stream_map.words import POINTS, best_fit, fitted, plain, width_of
from sim.metrics.journey import Activity, Journey

_LEFT, _DAYS, _TRACK, _PAD, _LEGEND = 1.75, 0.42, 0.3, 0.06, 0.22
_RED = "#B8480A"
_SIZE, _LEGEND_SIZE = 7.6, 8.4
_MOST_ARROWS = 120

_HATCH = {
    "work at rest": "....",
    "waiting for people": "////",
    "waiting for dates and limits": "\\\\\\\\",
    "waiting outside": "xxxx",
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where business time and lanes are on the page."""

    canvas: Canvas
    per_ms: float
    tops: dict[str, float]
    top: float
    bottom: float
    right: float

    def x(self, ms: int) -> float:
        return _LEFT + ms * self.per_ms

    def y(self, block: Block) -> float:
        return self.tops[block.lane] + _PAD + block.track * _TRACK


def body_height(found: Journey, lanes: dict[str, int], width: float) -> float:
    """What the journey takes of a page of that width [inches]."""
    legend = _LEGEND * len(_legend_lines(found, width - 2 * MARGIN))
    return legend + _DAYS + sum(2 * _PAD + n * _TRACK for n in lanes.values()) + 0.1


def draw(
    page: Page,
    found: Journey,
    blocks: Sequence[Block],
    lanes: dict[str, int],
    returns: Sequence[Return],
) -> None:
    """Draw it into the body of a page."""
    axes = page.figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, page.width)
    axes.set_ylim(float(page.figure.get_figheight()), 0)
    axes.set_axis_off()
    canvas, right = Canvas(axes, MARGIN, page.top), page.width - 2 * MARGIN
    legend = _legend_lines(found, right)
    _draw_legend(canvas, legend)
    top = y = _LEGEND * len(legend) + _DAYS
    tops = {}
    for lane, n in lanes.items():
        tops[lane] = y
        y += 2 * _PAD + n * _TRACK
    total = sum(day.open_ms for day in found.days) or 1
    frame = _Frame(canvas, (right - _LEFT) / total, tops, top, y, right)
    _draw_days(frame, found)
    _draw_lanes(frame, lanes)
    _draw_hand_overs(frame, blocks, {each.instant for each in returns})
    _draw_blocks(frame, blocks)
    _draw_returns(frame, returns)


def _legend_lines(found: Journey, room: float) -> list[list[tuple[str, str]]]:
    """The parts of the account that occur, with their times, on as many lines as they need."""
    lines: list[list[tuple[str, str]]] = [[]]
    x = 0.0
    for part in COLOURS:
        hours = hours_of(found, (part,))
        if hours:
            words = f"{part} {duration(hours, day_h(found))}"
            wide = _entry_width(words)
            if lines[-1] and x + wide > room:
                lines.append([])
                x = 0.0
            lines[-1].append((part, words))
            x += wide
    return lines


def _entry_width(words: str) -> float:
    return 0.3 + width_of(words, _LEGEND_SIZE) + 0.22


def _draw_legend(canvas: Canvas, lines: Sequence[Sequence[tuple[str, str]]]) -> None:
    for i, line in enumerate(lines):
        x, y = 0.0, _LEGEND * i + 0.03
        for part, words in line:
            hatch, colour = _HATCH.get(part, ""), COLOURS[part]
            fill = "white" if hatch else colour
            canvas.rectangle(x, y, 0.24, 0.14, facecolor=fill, edgecolor=colour, hatch=hatch, linewidth=0.8)
            canvas.text(x + 0.3, y + 0.07, words, fontsize=_LEGEND_SIZE)
            x += _entry_width(words)


def _draw_days(frame: _Frame, found: Journey) -> None:
    """A column for each day, named as far as there is room; by weeks where there is none."""
    top, begin = frame.top, 0
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
        if is_due and at > end and at + width <= frame.right:
            frame.canvas.text(at, top - 0.09, words, fontsize=8, color="#555555")
            end = at + width + 0.06


def _draw_lanes(frame: _Frame, lanes: dict[str, int]) -> None:
    right = frame.right
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
    end = frame.right
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
            left = min(max(x - width / 2, _LEFT), frame.right - width)
            if all(left + width + 0.08 <= a or b + 0.08 <= left for a, b in taken):
                frame.canvas.text(
                    left, frame.top - _DAYS + 0.1, told, fontsize=_SIZE, color=_RED, weight="normal"
                )
                taken.append((left, left + width))
                break
        frame.canvas.line(
            [(x, frame.top - _DAYS + 0.18), (x, frame.bottom)],
            color=_RED,
            linewidth=0.9,
            linestyle=(0, (2, 2)),
            zorder=1,
        )


def hours_of(found: Journey, parts: Iterable[str]) -> float:
    """Hours of the case in these parts of its account."""
    return sum(int(found.account[each]) for part in parts for each in PARTS[part]) / HOUR_MS


def day_h(found: Journey) -> float:
    """Hours of an ordinary day of the case."""
    hours = [day.open_ms / HOUR_MS for day in found.days if day.open_ms]
    return float(np.median(hours)) if hours else 24.0
