"""The value-stream map of an animation: shapes, names, and the rooms in which dots stand.

Everything stands where the chart has it (charts.value_stream_map); lengths are hundredths of its inches, from
the upper left corner. Each station has a room for cases that wait and one for those that are worked on; where
nobody works the two are one.
Not here: dots (the page's script), who stands where when (movements).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.charts.value_stream_map.layout import LINE, LINE_LANE, Arrow, Arrows, Box, Layout
from sim.charts.value_stream_map.structure import BEFORE, ELSEWHERE, Kind, Structure
from sim.charts.value_stream_map.words import LINE as LINE_HEIGHT
from sim.charts.value_stream_map.words import POINTS, best_fit, fitted, plain
from sim.report.words import clean

UNIT = 100.0  # to an inch
MARGIN = 0.22  # around the map [inches]
_NAME, _NAME_LANE, _NAME_DETOUR = 8.4, 7.8, 7.0
_NAMES = {BEFORE: "before the first step", ELSEWHERE: "elsewhere"}


@dataclass(frozen=True, slots=True)
class Room:
    """A rectangle for dots, and where their number is written: `anchor` is start, middle or end."""

    left: float
    top: float
    width: float
    height: float
    number: tuple[float, float]
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Place:
    """A station as it is drawn; what has no box stands beside the map."""

    key: str
    name: str
    kind: str
    lines: tuple[tuple[float, float, str], ...]
    size: float
    waiting: Room
    working: Room
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow as points of an SVG path."""

    kind: str
    path: str
    has_tip: bool
    name: str = ""
    middle: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """All of it, in hundredths of an inch."""

    width: float
    height: float
    places: tuple[Place, ...]
    lines: tuple[Line, ...]
    ends: tuple[tuple[float, float], tuple[float, float]]


def draw(structure: Structure, layout: Layout, keys: tuple[str, ...], used: set[str]) -> DrawnMap:
    """The map, with a place for each key of the movements, in their order.

    What stands beside the map takes room only if any dot ever stands there.
    """
    names = {station.key: station.name for station in structure.stations()}
    boxes = {box.key: box for box in layout.boxes}
    places = tuple(
        _station(boxes[key], clean(plain(names[key])), layout.gap) if key in boxes else _beside(key, layout)
        for key in keys
    )
    bottom = max([layout.height, *(_low(p) for p in places if p.box is None and p.key in used)])
    return DrawnMap(
        _far(layout.width),
        _far(bottom),
        places,
        tuple(_lines(layout, names)),
        (_point(*layout.ends[0]), _point(*layout.ends[1])),
    )


def _low(place: Place) -> float:
    return (place.waiting.top + place.waiting.height) / UNIT - MARGIN + 0.15  # its name stands below it


def _far(length: float) -> float:
    return round((length + 2 * MARGIN) * UNIT, 1)


def _point(x: float, y: float) -> tuple[float, float]:
    return round((x + MARGIN) * UNIT, 1), round((y + MARGIN) * UNIT, 1)


def _room(
    left: float, top: float, right: float, bottom: float, number: tuple[float, float], anchor: str = "middle"
) -> Room:
    x, y = _point(left, top)
    return Room(
        x, y, round((right - left) * UNIT, 1), round((bottom - top) * UNIT, 1), _point(*number), anchor
    )


def _station(box: Box, name: str, gap: float) -> Place:
    size = _NAME_DETOUR if box.is_detour else _NAME_LANE if box.is_lane else _NAME
    words, size = best_fit(name, box.width - 0.05, size, lines=2, bold=True)
    height = size / POINTS * LINE_HEIGHT
    lines = tuple(
        (*_point(box.left + box.width / 2, box.top + 0.04 + height * (i + 0.78)), line)
        for i, line in enumerate(words)
    )
    below = box.top + 0.06 + height * (len(words) if box.is_detour else 2)
    if box.is_detour or box.kind is Kind.WAIT:
        waiting = working = _whole(box, below)
    else:
        waiting, working = _queue(box, gap), _inner(box, below)
    corner = _point(box.left, box.top)
    drawn = (*corner, round(box.width * UNIT, 1), round(box.height * UNIT, 1))
    kind = "detour" if box.is_detour else box.kind.value
    return Place(box.key, name, kind, lines, round(size / POINTS * UNIT, 1), waiting, working, drawn)


def _queue(box: Box, gap: float) -> Room:
    """Before a box and below the line of the flow; the number stands above the line."""
    line = box.top + (LINE_LANE if box.is_lane else LINE)
    number = (box.left - gap / 2, line - 0.09)
    return _room(box.left - gap + 0.03, line + 0.08, box.left - 0.03, box.bottom, number)


def _inner(box: Box, below: float) -> Room:
    number = (box.left + box.width - 0.05, box.bottom - 0.06)
    return _room(box.left + 0.05, below + 0.02, box.right - 0.05, box.bottom - 0.2, number, "end")


def _whole(box: Box, below: float) -> Room:
    number = (box.right - 0.05, box.bottom - 0.05)
    lower = box.bottom - (0.05 if box.is_detour else 0.2)
    right = box.right - (0.25 if box.is_detour else 0.05)
    return _room(box.left + 0.05, below, right, lower, number, "end")


def _beside(key: str, layout: Layout) -> Place:
    """Cases that wait for an owner or for room stand below the requester; those elsewhere below them."""
    left, line = layout.ends[0]
    top = line + (0.4 if key == BEFORE else 1.25)
    room = _room(left, top, left + 0.64, top + 0.7, (left + 0.32, top - 0.06))
    return Place(key, _NAMES[key], "beside", (), 0.0, room, room, None)


def _lines(layout: Layout, names: dict[str, str]) -> Iterator[Line]:
    (left, line), _ = layout.ends
    first = min((box.left for box in layout.boxes), default=left)
    yield Line("flow", _path(((left + 0.64, line), (max(first - layout.gap, left + 0.64), line))), False)
    for arrow in layout.arrows:
        if len(arrow.points) > 1 and arrow.kind is not Arrows.OUT:
            yield Line(arrow.kind.value, _path(arrow.points), _has_tip(arrow), *_named(arrow, names))


def _has_tip(arrow: Arrow) -> bool:
    return arrow.kind is not Arrows.FLOW or bool(arrow.target) or len(arrow.points) == 2


def _named(arrow: Arrow, names: dict[str, str]) -> tuple[str, tuple[float, float]]:
    """The name of an outcome in the middle of its line; of a short arrow to another row, where it leads."""
    if arrow.kind not in (Arrows.BACK, Arrows.ON):
        return "", (0.0, 0.0)
    if len(arrow.points) == 2:
        (x, _), (_, y) = arrow.points
        words = f"to {clean(plain(names.get(arrow.target, arrow.name)))}"
        return fitted(words, 1.15, _NAME_LANE)[0], _point(x, y - 0.05)
    (_, _), (begin, y), (end, _), _ = arrow.points
    words = "".join(fitted(clean(plain(arrow.name)), abs(begin - end) - 0.2, _NAME_LANE))
    return words, _point((begin + end) / 2, y + 0.035)


def _path(points: tuple[tuple[float, float], ...]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in (_point(*point) for point in points))
