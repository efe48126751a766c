"""The ladder below a value-stream map: waiting on the upper rungs, work on the lower, in proportion to time.

All maps of a page have one scale, so the eye sees what is gained. The rungs are those of the stations in
order, and what precedes and follows them; together they are the lead time.
Not here: the boxes above (drawing).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.charts.value_stream_map.canvas import INK, Canvas
from sim.charts.value_stream_map.drawing import GREEN, GREY, RED, Map
from sim.charts.value_stream_map.figures import (
    WAIT,
    WORK,
    PerRun,
    change,
    deviation,
    duration,
    mean,
)
from sim.charts.value_stream_map.structure import BEFORE, ELSEWHERE
from sim.charts.value_stream_map.words import width_of
from sim.experiment.intervals import is_sure, mean_interval

HEIGHT = 0.8
TOTALS = 2.85  # width of the box at its end
LABEL = 0.62  # what stands before it

# Okabe and Ito (2008), as where the time goes; work at rest is a lighter waste.
COLOURS = {
    "value-adding": "#009E73",
    "necessary": "#56B4E9",
    "waste": "#D55E00",
    "work at rest": "#F0B08A",
    "waiting for people": "#E69F00",
    "waiting for dates and limits": "#CC79A7",
    "waiting outside": "#BBBBBB",
}
_OTHERS = {BEFORE: "for an owner", ELSEWHERE: "beside it"}
_UPPER, _LOWER, _RUNG = 0.15, 0.43, 0.15  # tops of the rungs, and their height


@dataclass(frozen=True, slots=True)
class Rung:
    """Time of one station, waiting or worked on: where it begins and ends [hours], and what it is made of."""

    key: str
    is_work: bool
    begin: float
    end: float
    parts: tuple[tuple[str, float], ...]


def rungs(drawn: Map) -> list[Rung]:
    """The rungs of a map in order; the last ends at the mean lead time."""
    return list(_rungs(drawn))


def _rungs(drawn: Map) -> Iterator[Rung]:
    at = 0.0
    keys = [station.key for station in drawn.figures.structure.stations()]
    for key in (BEFORE, *keys, ELSEWHERE):
        parts = drawn.figures.parts(key)
        for is_work, names in ((False, WAIT), (True, WORK)):
            found = tuple((name, parts[name]) for name in names if parts[name] > 0)
            hours = sum(value for _, value in found)
            if hours > 0:
                yield Rung(key, is_work, at, at + hours, found)
                at += hours


def draw_ladder(canvas: Canvas, drawn: Map, top: float, width: float, scale_h: float) -> None:
    """Draw the ladder of a map from a top edge on; `scale_h` hours are as wide as there is room."""
    room = width - LABEL - TOTALS - 0.15
    per_hour = room / scale_h
    canvas.text(LABEL - 0.1, top + _UPPER + _RUNG / 2, "waiting", ha="right", color=GREY)
    canvas.text(LABEL - 0.1, top + _LOWER + _RUNG / 2, "work", ha="right", color=GREY)
    outline: list[tuple[float, float]] = []
    shown: list[tuple[float, float, bool]] = []
    for rung in rungs(drawn):
        left, right = LABEL + rung.begin * per_hour, LABEL + rung.end * per_hour
        y = top + (_LOWER if rung.is_work else _UPPER)
        _draw_rung(canvas, rung, left, y, per_hour)
        edge = y + (_RUNG if rung.is_work else 0.0)
        outline += [(left, edge), (right, edge)]
        _label(canvas, drawn, rung, (left, right, y, width - TOTALS - 0.04), shown)
    canvas.line(outline, linewidth=0.9)
    _draw_gain(canvas, drawn, top, per_hour)
    _draw_totals(canvas, drawn, top, width)


def _draw_rung(canvas: Canvas, rung: Rung, left: float, y: float, per_hour: float) -> None:
    for name, hours in rung.parts:
        canvas.rectangle(left, y, hours * per_hour, _RUNG, facecolor=COLOURS[name], linewidth=0)
        left += hours * per_hour


def _label(
    canvas: Canvas,
    drawn: Map,
    rung: Rung,
    place: tuple[float, float, float, float],
    shown: list[tuple[float, float, bool]],
) -> None:
    """The station's number and its time, where there is room that no other label has.

    `place` is where the rung begins and ends, its top, and where the box with the totals stands.
    """
    left, right, y, limit = place
    name = _OTHERS.get(rung.key) or drawn.numbers.get(rung.key)
    hours = duration(rung.end - rung.begin, drawn.figures.day_h)
    middle = (left + right) / 2
    for words in (f"{name}: {hours}" if name else hours, hours):
        half = width_of(words, 7.6) / 2 + 0.03
        if right - left < min(0.18, 2 * half):
            return
        taken = (
            a < middle + half and middle - half < b for a, b, is_work in shown if is_work == rung.is_work
        )
        if not any(taken) and middle - half > 0.05 and middle + half < limit:
            break
    else:
        return
    shown.append((middle - half, middle + half, rung.is_work))
    at = y + _RUNG + 0.075 if rung.is_work else y - 0.075
    canvas.text(middle, at, words, ha="center", fontsize=7.6)


def _draw_gain(canvas: Canvas, drawn: Map, top: float, per_hour: float) -> None:
    """What is left of the ladder before: the time that is gained."""
    if drawn.before is None:
        return
    hours, earlier = mean(drawn.figures.lead_time), mean(drawn.before.lead_time)
    interval = change(drawn.before.lead_time, drawn.figures.lead_time)
    left, right = LABEL + hours * per_hour, LABEL + earlier * per_hour
    words = f"{deviation(interval, drawn.figures.day_h)}"
    if right - left < width_of(words, 9.5, bold=True) + 0.3 or not is_sure(interval):
        return
    y = top + (_UPPER + _LOWER + _RUNG) / 2
    canvas.line([(right, top + _UPPER), (right, top + _LOWER + _RUNG)], color=GREEN, linestyle=(0, (3, 2)))
    middle, half = (left + right) / 2, width_of(words, 9.5, bold=True) / 2 + 0.05
    canvas.tip((middle - half, y), (left + 0.04, y), color=GREEN)
    canvas.tip((middle + half, y), (right - 0.02, y), color=GREEN)
    canvas.text(middle, y, words, ha="center", color=GREEN, fontsize=9.5, weight="bold")


def _draw_totals(canvas: Canvas, drawn: Map, top: float, width: float) -> None:
    """The box at the ladder's end: lead time, work, value-adding, efficiency, each with its interval."""
    left = width - TOTALS
    canvas.rectangle(left, top + 0.02, TOTALS, HEIGHT - 0.06, linewidth=1.0)
    y = top + 0.02 + 0.115
    for label, value, told, colour in _totals(drawn):
        canvas.text(left + 0.08, y, label, fontsize=8.4)
        canvas.text(left + 1.62, y, value, ha="right", fontsize=8.8, weight="bold")
        canvas.text(left + TOTALS - 0.08, y, told, ha="right", fontsize=8, color=colour)
        y += 0.175


def _totals(drawn: Map) -> Iterator[tuple[str, str, str, str]]:
    figures, before = drawn.figures, drawn.before
    times: list[tuple[str, PerRun, PerRun | None]] = [
        ("lead time", figures.lead_time, None if before is None else before.lead_time),
        ("worked on", figures.worked, None if before is None else before.worked),
        ("adding value", figures.adding, None if before is None else before.adding),
    ]
    for label, now, earlier in times:
        told, colour = _half_width(now, figures.day_h), GREY
        if earlier is not None:
            interval = change(earlier, now)
            told = deviation(interval, figures.day_h)
            good = (interval.mean or 0.0) < 0
            colour = GREY if not is_sure(interval) or label != "lead time" else GREEN if good else RED
        yield label, duration(mean(now), figures.day_h), told, colour
    told = ""
    if before is not None:
        interval = change(before.efficiency, figures.efficiency)
        if interval.mean is not None:
            told = f"{'−' if interval.mean < 0 else '+'}{abs(interval.mean):.1f}"
            told += f" ± {interval.half_width:.1f} points" if interval.half_width else " points"
    yield "efficiency", f"{mean(figures.efficiency):.1f} %", told, INK if before is None else GREY


def _half_width(values: PerRun, day_h: float) -> str:
    """Half the interval of a mean, in the unit in which the mean is told: `± 0.2 d`."""
    interval = mean_interval(list(values.values()))
    half = interval.half_width
    if not half:
        return ""
    return deviation(interval, day_h).partition(" ")[2]
