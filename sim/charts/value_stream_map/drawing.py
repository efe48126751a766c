"""Drawing a value-stream map: the signs of the practice, and the numbers in them.

The signs are those of Rother and Shook, Learning to See (1999): process box with data box, striped push
arrow, inventory triangle, the outside source and customer as a works with a saw-tooth roof; as in Martin and
Osterling, Value Stream Mapping (2014), data boxes tell %C&A, and what is sent back has arrows of its own.
Not here: where things stand (layout), the ladder (ladder).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.charts.value_stream_map.canvas import INK, SMALL, Canvas
from sim.charts.value_stream_map.figures import (
    Figures,
    change,
    count,
    deviation,
    duration,
    mean,
)
from sim.charts.value_stream_map.layout import (
    END,
    HEAD,
    HEAD_LANE,
    LINE,
    NUMBER,
    ROW,
    Arrow,
    Arrows,
    Box,
    Layout,
)
from sim.charts.value_stream_map.structure import BEFORE, Kind, Station, Way
from sim.charts.value_stream_map.words import LINE as LINE_HEIGHT
from sim.charts.value_stream_map.words import POINTS, best_fit, fitted, plain, width_of
from sim.experiment.intervals import is_sure

GREY, RED, GREEN = "#666666", "#B8480A", "#00704F"
_HEAD_FILL, _FOLDED_FILL, _TRIANGLE = "#E3EDF5", "#F2EEE2", "#FFF4D6"
_NAME = 8.6
BUSY = 90.0  # percent, from which on it is marked: queues grow steeply there

DataRow = tuple[str, str, dict[str, Any]]  # what, how much, how it is written


@dataclass(frozen=True)
class Map:
    """One scenario's map, ready to be drawn; `before` is the scenario it is compared with."""

    figures: Figures
    layout: Layout
    numbers: dict[str, int]
    before: Figures | None = None

    @property
    def stations(self) -> dict[str, Station]:
        """The stations by key."""
        return {station.key: station for station in self.figures.structure.stations()}

    def sure_change(self, key: str) -> str:
        """The change of a station's time against the scenario before, where it is sure."""
        if self.before is None or key not in self.before.rows:
            return ""
        interval = change(self.before.time(key), self.figures.time(key))
        return deviation(interval, self.figures.day_h, is_short=True) if is_sure(interval) else ""


def draw_map(canvas: Canvas, drawn: Map) -> None:
    """Draw boxes, arrows and the requester at both ends."""
    stations = drawn.stations
    for arrow in drawn.layout.arrows:
        _draw_arrow(canvas, drawn, arrow)
    for box in drawn.layout.boxes:
        station = stations[box.key]
        if box.is_detour:
            _draw_detour(canvas, drawn, box, station)
        elif box.kind is Kind.WAIT:
            _draw_wait(canvas, drawn, box, station)
        else:
            _draw_process(canvas, drawn, box, station)
            _draw_queue(canvas, drawn, box)
    _draw_ends(canvas, drawn)


# --- boxes


def _draw_process(canvas: Canvas, drawn: Map, box: Box, station: Station) -> None:
    head = HEAD_LANE if box.is_lane else HEAD
    is_used = drawn.figures.visits(station) > 0
    fill = _FOLDED_FILL if station.kind is Kind.FLOW else _HEAD_FILL
    canvas.rectangle(box.left, box.top, box.width, box.height)
    canvas.rectangle(box.left, box.top, box.width, head, facecolor=fill)
    if station.kind is Kind.FLOW:
        canvas.line([(box.left, box.top + 0.035), (box.right, box.top + 0.035)], linewidth=0.6)
    _draw_number(canvas, drawn, box)
    x, room = box.left + box.width / 2, box.width - 0.08
    name, size = best_fit(plain(station.name), room, _NAME, lines=2, bold=True)
    y = canvas.lines(x, box.top + 0.05, name, size, ha="center", weight="bold")
    n_lines = max(1, int((box.top + head - y) / (7.6 / POINTS * LINE_HEIGHT) + 0.05))
    who, size = best_fit(_who(drawn, station), room, 7.6, lines=n_lines)
    canvas.lines(x, y, who, size, ha="center", color="#444444")
    _draw_data(canvas, drawn, box, station, head, is_used=is_used)


def _draw_number(canvas: Canvas, drawn: Map, box: Box) -> None:
    number = drawn.numbers.get(box.key)
    if number is not None:
        words = str(number)
        width = width_of(words, 7.5, bold=True) + 0.08
        canvas.rectangle(box.left, box.top - NUMBER, width, NUMBER, facecolor=INK)
        canvas.text(
            box.left + width / 2,
            box.top - 0.068,
            words,
            ha="center",
            color="white",
            fontsize=7.5,
            weight="bold",
        )


def _who(drawn: Map, station: Station) -> str:
    teams = [plain(drawn.figures.stream.result.plan.teams[team].name) for team in station.teams]
    if station.kind is Kind.FLOW:
        n = len(teams)
        return f"{n} teams" if n > 1 else teams[0] if teams else ""
    return " + ".join(teams)


def _draw_data(canvas: Canvas, drawn: Map, box: Box, station: Station, head: float, *, is_used: bool) -> None:
    """The rows of a data box: what, and how much."""
    y = box.top + head + 0.03 + ROW / 2
    if not is_used:
        canvas.text(box.left + box.width / 2, y, "not used", ha="center", color=GREY, style="italic")
        return
    for label, value, style in _data(drawn, station, is_lane=box.is_lane):
        canvas.text(box.left + 0.035, y, label, fontsize=7.2, color="#555555")
        look = {"fontsize": 7.6} | style
        if not label:  # a change with its interval is wider than a narrow box
            wide = width_of(value, look["fontsize"], bold=True)
            look["fontsize"] *= min(1.0, (box.width - 0.07) / wide)
        canvas.text(box.right - 0.035, y, value, ha="right", **look)
        y += ROW


def _data(drawn: Map, station: Station, *, is_lane: bool) -> Iterator[DataRow]:
    figures, day_h = drawn.figures, drawn.figures.day_h
    yield "wait", duration(mean(figures.wait(station.key)), day_h), {}
    yield "work", duration(mean(figures.work(station.key)), day_h), {}
    if is_lane:
        yield from _changed(drawn, station)
        return
    accurate = figures.accurate(station)
    yield "%C&A", "–" if accurate is None else f"{accurate:.0f} %", {}
    yield from _people(figures, station)
    out = sum(figures.share(way) or 0.0 for way in _outs(figures, station.key))
    if out >= 0.5:
        yield "out", f"{out:.0f} %", {"color": RED}
    yield from _changed(drawn, station)


def _changed(drawn: Map, station: Station) -> Iterator[DataRow]:
    words = drawn.sure_change(station.key)
    if words:
        yield "", words, {"weight": "bold", "fontsize": 7.2, "color": GREEN if words[0] == "−" else RED}


def _people(figures: Figures, station: Station) -> Iterator[DataRow]:
    """The size of the step's own team, and how busy it is."""
    if station.kind is Kind.FLOW:
        yield "teams", str(len(station.teams)), {}
    elif station.teams:
        team = station.teams[0]
        yield "people", f"{figures.people[team]:,}" if team in figures.people else "any", {}
        busy = figures.utilisation.get(figures.stream.result.plan.teams[team].name)
        if busy is not None:
            yield "busy", f"{busy:.0f} %", {"color": RED, "weight": "bold"} if busy >= BUSY else {}


def _outs(figures: Figures, key: str) -> list[Way]:
    return [way for way in figures.structure.ways if way.source == key and not way.target]


def _draw_queue(canvas: Canvas, drawn: Map, box: Box) -> None:
    """The inventory triangle before a box, with the mean number of cases that wait there."""
    standing = drawn.figures.standing(box.key)
    x = box.left - drawn.layout.gap / 2
    top = box.top + (0.0 if not box.is_lane else -0.02)
    _triangle(canvas, x, top, 0.2 if not box.is_lane else 0.15)
    y = box.top + (0.56 if not box.is_lane else 0.36)
    canvas.text(x, y, count(standing), ha="center", fontsize=7.6)


def _triangle(canvas: Canvas, x: float, top: float, size: float) -> None:
    points = [(x - 0.6 * size, top + size), (x + 0.6 * size, top + size), (x, top)]
    canvas.polygon(points, facecolor=_TRIANGLE)
    canvas.text(x, top + 0.66 * size, "I", ha="center", fontsize=6.5, weight="bold")


def _draw_wait(canvas: Canvas, drawn: Map, box: Box, station: Station) -> None:
    """A wait without anybody at work: a large triangle, its name and time."""
    figures = drawn.figures
    x = box.left + box.width / 2
    size = 0.38 if box.is_lane else 0.52
    points = [(x - 0.56 * size, box.top + size), (x + 0.56 * size, box.top + size), (x, box.top)]
    canvas.polygon(points, facecolor=_TRIANGLE)
    canvas.text(x, box.top + 0.72 * size, count(figures.standing(box.key)), ha="center", fontsize=7.6)
    _draw_number(canvas, drawn, box)
    y = box.top + size + 0.02
    name, font = best_fit(plain(station.name), box.width, _NAME, lines=2, bold=True)
    y = canvas.lines(x, y, name, font, ha="center", weight="bold")
    y = canvas.lines(x, y, [duration(mean(figures.time(box.key)), figures.day_h)], SMALL, ha="center")
    if box.is_lane:
        return
    out = sum(figures.share(way) or 0.0 for way in _outs(figures, box.key))
    if out >= 0.5:
        y = canvas.lines(x, y, [f"out {out:.0f} %"], 7.6, ha="center", color=RED)
    words = drawn.sure_change(box.key)
    if words:
        colour = GREEN if words[0] == "−" else RED
        lines = [words] if width_of(words, 7.2, bold=True) <= box.width + 0.08 else words.split(" ±")
        canvas.lines(
            x,
            y,
            [lines[0], *(f"±{line}" for line in lines[1:])],
            7.2,
            ha="center",
            weight="bold",
            color=colour,
        )


def _draw_detour(canvas: Canvas, drawn: Map, box: Box, station: Station) -> None:
    """A flow that some cases are sent through before the step is done again."""
    figures = drawn.figures
    canvas.rectangle(box.left, box.top, box.width, box.height, linestyle=(0, (3, 2)), facecolor="#FBF3EC")
    x = box.left + box.width / 2
    name, size = best_fit(plain(station.name), box.width - 0.06, 7.6, lines=2)
    hours = duration(mean(figures.time(box.key)), figures.day_h)
    y = canvas.lines(x, box.top + 0.02, name, size, ha="center")
    canvas.lines(x, y, [hours], 7.6, ha="center")


# --- arrows


def _draw_arrow(canvas: Canvas, drawn: Map, arrow: Arrow) -> None:
    if arrow.kind is Arrows.PUSH:
        _push(canvas, drawn, arrow)
    elif arrow.kind in (Arrows.BACK, Arrows.ON):
        _loop(canvas, drawn, arrow)
    elif arrow.kind is Arrows.DETOUR:
        canvas.tip(*arrow.points, color=RED)
    else:
        canvas.line(arrow.points, linewidth=1.1)
        if arrow.name:
            x, y = arrow.points[1][0], (arrow.points[1][1] + arrow.points[2][1]) / 2
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
            canvas.text(x, y, arrow.name, ha="center", style="italic", bbox=box)
        if arrow.target or len(arrow.points) == 2:
            canvas.tip(arrow.points[-2], arrow.points[-1], linewidth=1.1)


def _push(canvas: Canvas, drawn: Map, arrow: Arrow) -> None:
    """The striped arrow."""
    (left, y), (right, _) = arrow.points
    left, right = left + 0.02, right - 0.01
    half, tip = 0.045, 0.1
    body = right - tip
    canvas.polygon(
        [
            (left, y - half),
            (body, y - half),
            (body, y - 2 * half),
            (right, y),
            (body, y + 2 * half),
            (body, y + half),
            (left, y + half),
        ],
        linewidth=0.7,
    )
    stripe = (body - left) / 5
    for i in (0, 2, 4):
        canvas.rectangle(left + i * stripe, y - half, stripe, 2 * half, facecolor=INK, linewidth=0)


def _loop(canvas: Canvas, drawn: Map, arrow: Arrow) -> None:
    """What is sent back, or skips steps: a line above the boxes with its share."""
    ways = [
        way
        for way in drawn.figures.structure.ways
        if (way.source, way.target, way.name) == (arrow.source, arrow.target, arrow.name)
    ]
    shares = [drawn.figures.share(way) for way in ways]
    share = next((each for each in shares if each is not None), None)
    if share is None:
        return
    is_back = arrow.kind is Arrows.BACK
    colour = RED if is_back else GREY
    canvas.line(arrow.points[:-1], color=colour, linestyle=(0, (4, 2)), linewidth=1.1)
    canvas.tip(arrow.points[-2], arrow.points[-1], color=colour)
    if len(arrow.points) == 2:
        number = drawn.numbers.get(arrow.target, "")
        (x, _), (_, y) = arrow.points
        words = f"{share:.0f} % {'back ' if is_back else ''}to {number}"
        canvas.text(x, y - 0.07, words, ha="center", color=colour, fontsize=7.6)
        return
    (_, (a, y), (b, _), _) = arrow.points
    (words,) = fitted(f"{share:.0f} % {plain(arrow.name)}", max(abs(a - b) - 0.16, 0.3), 7.6) or [""]
    if "…" in words:
        words = f"{share:.0f} %"
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    canvas.text((a + b) / 2, y, words, ha="center", color=colour, fontsize=7.6, bbox=box)


# --- the requester


def _draw_ends(canvas: Canvas, drawn: Map) -> None:
    figures = drawn.figures
    (left, line), (right, last) = drawn.layout.ends
    into = figures.rate(lambda tally: tally.entered)
    out = figures.rate(lambda tally: tally.left)
    waiting = mean(figures.time(BEFORE))
    below = [count(into), "a week in"]
    if waiting > 0:
        below += [f"{count(figures.standing(BEFORE))} wait", duration(waiting, figures.day_h), "for an owner"]
    _works(canvas, left + 0.32, line, below)
    canvas.line([(left + 0.64, line), (left + END, line)], linewidth=1.1)
    _works(canvas, right + 0.16 + 0.32, last, [f"{count(out)}", "a week out"])


def _works(canvas: Canvas, x: float, line: float, below: Sequence[str]) -> None:
    """The outside source and customer: a works with a saw-tooth roof."""
    left, right, top, low = x - 0.32, x + 0.32, line - LINE + 0.02, line + 0.18
    tooth = (right - left) / 3
    teeth = [(left + i * tooth + dx, top + dy) for i in range(3) for dx, dy in ((0.0, 0.16), (tooth, 0.0))]
    canvas.polygon([(left, low), *teeth, (right, low)], facecolor="#EEEEEE")
    canvas.text(x, line, "requester", ha="center", fontsize=8)
    canvas.lines(x, low + 0.03, below, SMALL, ha="center")
