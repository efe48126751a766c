"""Where everything stands on a value-stream map: boxes, triangles, arrows, and the places of cases.

A layout is plain data in inches, from the left and from the top of the map, without a number or a colour: it
is what the drawing is made from, and an animation that replays cases finds there where they wait and where
they are worked on. A sequence goes from left to right, over several rows if it is long; branches lie in lanes
below each other; what leads back runs above the boxes.
Not here: which stations there are (structure), how they look (drawing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import pairwise

from sim.charts.value_stream_map.structure import Chain, Fork, Kind, Station, Structure, Way

HEAD, HEAD_LANE = 0.74, 0.56  # of a box: name and team
ROW = 0.14  # of a data box
N_ROWS, N_ROWS_LANE = 5, 2
DETOUR, DETOUR_GAP = 0.42, 0.12
LOOP, LOOP_BASE = 0.2, 0.23  # from one arrow back to the next above it; of the lowest above the boxes
TAG = 0.13  # room for what leads to another row, told above its box
NUMBER = 0.14  # height of a station's number, above its box
END = 0.78  # width of the requester at either end
ROW_GAP, LANE_GAP = 0.3, 0.06
FORK = 0.15  # before and after lanes
LINE, LINE_LANE = 0.36, 0.23  # of the flow, below the top of its boxes

_BOX, _WAIT, _GAP = (0.76, 1.1), (0.6, 0.84), (0.24, 0.46)  # least and usual widths
_WAIT_GAP = 0.55  # before a wait there is no triangle


class Arrows(StrEnum):
    """What an arrow tells."""

    PUSH = "push"  # work is handed on as it is finished, whether the next is ready or not
    FLOW = "flow"  # into lanes and out of them, to and from the requester
    BACK = "back"  # not accurate, back to
    ON = "on"  # an outcome that leaves steps out
    OUT = "out"  # the case ends, or leaves the flow
    DETOUR = "detour"


@dataclass(frozen=True, slots=True)
class Box:
    """A station; `left` and `top` in inches. `is_lane`: it stands in a branch, and tells less."""

    key: str
    kind: Kind
    left: float
    top: float
    width: float
    height: float
    is_lane: bool
    is_detour: bool = False
    row: int = 0

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line through points; `name` is the outcome's, where it is one, or "or" before a choice."""

    kind: Arrows
    points: tuple[tuple[float, float], ...]
    source: str = ""
    target: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where cases of a station are shown: those that wait for it, and those that are worked on."""

    key: str
    waiting: tuple[float, float]
    working: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """A map."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    places: tuple[Place, ...]
    ends: tuple[tuple[float, float], tuple[float, float]]  # where the requester stands: left, right
    rows: int
    gap: float  # the width of what stands before a box

    def as_dict(self) -> dict[str, object]:
        """The layout as lists, texts and numbers, as JSON has them."""
        return asdict(self)


def lay_out(
    structure: Structure, width: float, *, n_rows: int = N_ROWS, n_rows_lane: int = N_ROWS_LANE
) -> Layout:
    """Place the stations of a structure on a map of that width [inches], with so many rows in a data box."""
    rows, stretch = _rows(structure.sequence, width - 2 * END)
    heights = HEAD + n_rows * ROW + 0.06, HEAD_LANE + n_rows_lane * ROW + 0.06
    return _Placing(structure, width, stretch, heights).all(rows)


def fits_one_row(structure: Structure, width: float) -> bool:
    """Whether all stations stand in one row."""
    return _width(structure.sequence, 0.0) <= width - 2 * END


def _rows(sequence: Chain, room: float) -> tuple[list[Chain], float]:
    """The sequence in as few rows as it needs, even as may be, and how far widths may stretch (0 to 1)."""
    n = 1
    rows = [sequence]
    while max(_width(row, 0.0) for row in rows) > room and n < len(sequence):
        n += 1
        rows = _split(sequence, n, room)
    least, most = (max(_width(row, t) for row in rows) for t in (0.0, 1.0))
    stretch = (room - least) / (most - least) if most > least else 1.0
    return rows, min(1.0, max(-0.6, stretch))


def _split(sequence: Chain, n: int, room: float) -> list[Chain]:
    """The sequence cut into n rows of about the same width."""
    share = min(room, _width(sequence, 0.0) / n * 1.04)
    rows: list[list[Station | Fork]] = [[]]
    for node in sequence:
        if rows[-1] and len(rows) < n and _width((*rows[-1], node), 0.0) > share:
            rows.append([])
        rows[-1].append(node)
    return [tuple(row) for row in rows]


def _between(ends: tuple[float, float], stretch: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * stretch


def _width(sequence: Chain, stretch: float) -> float:
    return sum(_node_width(node, stretch) for node in sequence)


def _node_width(node: Station | Fork, stretch: float) -> float:
    if isinstance(node, Fork):
        return 2 * FORK + max(_width(lane, stretch) for lane in node.lanes)
    wide = _WAIT if node.kind is Kind.WAIT else _BOX
    return _between(wide, stretch) + _between(_GAP, stretch) * (_WAIT_GAP if node.kind is Kind.WAIT else 1.0)


@dataclass(slots=True)
class _Placing:
    structure: Structure
    width: float
    stretch: float
    heights: tuple[float, float]  # of boxes, and of those in lanes
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    anchors: dict[str, tuple[float, float, float, int]] = field(default_factory=dict)  # left, right, top, row

    def all(self, rows: Sequence[Chain]) -> Layout:
        top = 0.0
        lines: list[tuple[float, float, float, float]] = []  # of each row: left, its line, right, lower edge
        for i, row in enumerate(rows):
            spare = self.width - 2 * END - _width(row, self.stretch)
            left = END + (spare / 2 if len(rows) == 1 else 0.0)
            line, bottom, right = self.sequence(row, left, top, row=i, is_lane=False)
            lines.append((left, line, right, bottom))
            top = bottom + ROW_GAP
        ends = (lines[0][0] - END, lines[0][1]), (lines[-1][2], lines[-1][1])
        self._ends(lines)
        self._between_rows()
        gap = _between(_GAP, self.stretch)
        return Layout(
            self.width,
            max(line[3] for line in lines),
            tuple(self.boxes),
            tuple(self.arrows),
            tuple(self.places),
            ends,
            len(rows),
            gap,
        )

    def sequence(
        self, nodes: Chain, left: float, top: float, *, row: int, is_lane: bool
    ) -> tuple[float, float, float]:
        """Place stations one after the other; where the flow runs, the lower edge, and the right one."""
        ways = self._ways_within(nodes)
        levels = _levels(ways, [node.key for node in nodes])
        lift = TAG if self._leads_out(nodes) else 0.0
        top += max(NUMBER, 2 * lift)
        if levels:
            top += LOOP_BASE + LOOP * max(levels.values()) + 0.09 + lift - max(NUMBER, 2 * lift)
        line = top + (LINE_LANE if is_lane else LINE)
        x, bottom = left, top
        for node in nodes:
            if isinstance(node, Fork):
                x, low = self._fork(node, x, top, line, row)
            else:
                x, low = self._station(node, x, top, row, is_lane=is_lane)
            bottom = max(bottom, low)
        self._loops(ways, levels, lift)
        return line, bottom, x

    def _station(
        self, node: Station, x: float, top: float, row: int, *, is_lane: bool
    ) -> tuple[float, float]:
        is_wait = node.kind is Kind.WAIT
        width = _between(_WAIT if is_wait else _BOX, self.stretch)
        gap = _between(_GAP, self.stretch) * (_WAIT_GAP if is_wait else 1.0)
        height = self.heights[is_lane]
        left, line = x + gap, top + (LINE_LANE if is_lane else LINE)
        box = Box(node.key, node.kind, left, top, width, height, is_lane, row=row)
        self.boxes.append(box)
        self.anchors[node.key] = (left, left + width, top, row)
        kind = Arrows.FLOW if is_wait else Arrows.PUSH
        self.arrows.append(Arrow(kind, ((x, line), (left, line)), target=node.key))
        middle = (left + width / 2, line)
        self.places.append(Place(node.key, middle if is_wait else (x + gap / 2, line), middle))
        bottom = top + height
        for detour in node.detours:
            bottom = self._detour(detour, box, bottom, row)
        return left + width, bottom

    def _detour(self, node: Station, box: Box, bottom: float, row: int) -> float:
        top = bottom + DETOUR_GAP
        self.boxes.append(
            Box(node.key, node.kind, box.left, top, box.width, DETOUR, box.is_lane, is_detour=True, row=row)
        )
        down, up = box.left + 0.3 * box.width, box.left + 0.7 * box.width
        self.arrows.append(Arrow(Arrows.DETOUR, ((down, bottom), (down, top)), box.key, node.key))
        self.arrows.append(Arrow(Arrows.DETOUR, ((up, top), (up, bottom)), node.key, box.key))
        middle = (box.left + box.width / 2, top + DETOUR / 2)
        self.places.append(Place(node.key, middle, middle))
        return top + DETOUR

    def _fork(self, node: Fork, x: float, top: float, line: float, row: int) -> tuple[float, float]:
        """Lanes below each other; each begins and ends at the flow's line."""
        right = x + _node_width(node, self.stretch)
        self.anchors[node.key] = (x + FORK, right - FORK, top, row)
        split, joined = x + FORK / 2, right - FORK / 2
        bottom = top
        for i, lane in enumerate(node.lanes):
            at = bottom + (LANE_GAP if i else 0.0)
            lane_line, bottom, end = self.sequence(lane, x + FORK, at, row=row, is_lane=True)
            into = ((x, line), (split, line), (split, lane_line), (x + FORK, lane_line))
            out = ((end, lane_line), (joined, lane_line), (joined, line), (right, line))
            name = "or" if node.is_choice and i else ""
            self.arrows.append(Arrow(Arrows.FLOW, into, target=lane[0].key if lane else "", name=name))
            self.arrows.append(Arrow(Arrows.FLOW, out, source=lane[-1].key if lane else ""))
        return right, bottom

    # --- to the requester, from row to row

    def _ends(self, lines: list[tuple[float, float, float, float]]) -> None:
        right, last = lines[-1][2], lines[-1][1]
        self.arrows.append(Arrow(Arrows.FLOW, ((right, last), (right + 0.16, last))))
        for (_, here, end, low), (begin, there, _, _) in pairwise(lines):
            way = low + ROW_GAP * 0.45
            points = ((end, here), (end + 0.12, here), (end + 0.12, way), (begin - 0.12, way))
            self.arrows.append(Arrow(Arrows.FLOW, (*points, (begin - 0.12, there), (begin, there))))

    # --- back and on

    def _ways_within(self, nodes: Chain) -> list[Way]:
        """The ways between these stations, those within lanes of theirs excepted."""
        here = {node.key for node in nodes}
        return [way for way in self.structure.ways if way.source in here and way.target in here]

    def _leads_out(self, nodes: Chain) -> bool:
        """Whether an outcome of one of these stations leads to another row."""
        here = {node.key for node in nodes}
        return any(
            way.source in here and way.target and way.target not in here for way in self.structure.ways
        )

    def _loops(self, ways: list[Way], levels: dict[Way, int], lift: float) -> None:
        ends: dict[str, int] = {}
        for way in sorted(ways, key=lambda way: levels[way]):
            source, target = self.anchors[way.source], self.anchors[way.target]
            is_back = target[0] <= source[0]
            y = min(source[2], target[2]) - LOOP_BASE - lift - LOOP * levels[way]
            n_from, n_to = ends.get(way.source, 0), ends.get(way.target, 0)
            ends[way.source], ends[way.target] = n_from + 1, n_to + 1
            begin = source[0] + (0.68 + 0.12 * (n_from % 3)) * (source[1] - source[0])
            end = target[0] + (0.32 - 0.12 * (n_to % 3)) * (target[1] - target[0])
            points = ((begin, source[2]), (begin, y), (end, y), (end, target[2]))
            kind = Arrows.BACK if is_back else Arrows.ON
            self.arrows.append(Arrow(kind, points, way.source, way.target, way.name))

    def _between_rows(self) -> None:
        """What leads from one row to another is told at its source, by a short arrow up."""
        drawn = {(a.source, a.target, a.name) for a in self.arrows if a.kind in (Arrows.BACK, Arrows.ON)}
        for way in self.structure.ways:
            if (way.source, way.target, way.name) in drawn or not {way.source, way.target} <= set(
                self.anchors
            ):
                continue
            left, right, top, row = self.anchors[way.source]
            is_back = (self.anchors[way.target][3], self.anchors[way.target][0]) <= (row, left)
            x = left + 0.8 * (right - left)
            kind = Arrows.BACK if is_back else Arrows.ON
            points = ((x, top), (x, top - 0.1))
            self.arrows.append(Arrow(kind, points, way.source, way.target, way.name))


def _levels(ways: list[Way], order: list[str]) -> dict[Way, int]:
    """How high each arrow runs: the shorter below, and none over another of the same height."""
    place = {key: i for i, key in enumerate(order)}

    def span(way: Way) -> tuple[int, int]:
        a, b = place[way.source], place[way.target]
        return min(a, b), max(a, b)

    levels: dict[Way, int] = {}
    for way in sorted(ways, key=lambda way: (span(way)[1] - span(way)[0], span(way))):
        a, b = span(way)
        taken = {level for other, level in levels.items() if span(other)[0] <= b and a <= span(other)[1]}
        levels[way] = next(level for level in range(len(taken) + 1) if level not in taken)
    return levels
