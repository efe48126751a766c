"""A map's own coordinates on a page: inches from its upper left corner, y downwards.

Text is never read as mathematics. Not here: what is drawn (drawing, ladder).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle

from sim.charts.value_stream_map.words import LINE, POINTS

INK = "#222222"
SMALL = 8.0


@dataclass(frozen=True)
class Canvas:
    """Where one map is drawn: axes in inches of the page, y downwards, and the map's corner on it."""

    axes: Axes
    left: float
    top: float

    def text(self, x: float, y: float, words: str, **style: Any) -> None:
        """Write words at a place of the map."""
        look: dict[str, Any] = {"fontsize": SMALL, "color": INK, "va": "center"} | style
        self.axes.text(self.left + x, self.top + y, words, parse_math=False, **look)

    def lines(self, x: float, y: float, lines: Sequence[str], size: float, **style: Any) -> float:
        """Write lines below each other from a top edge on; where they end."""
        for line in lines:
            y += size / POINTS * LINE
            self.text(x, y - size / POINTS * LINE / 2, line, fontsize=size, **style)
        return y

    def rectangle(self, x: float, y: float, width: float, height: float, **style: Any) -> None:
        """A rectangle by its upper left corner."""
        look: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.8} | style
        self.axes.add_patch(Rectangle((self.left + x, self.top + y), width, height, **look))

    def polygon(self, points: Iterable[tuple[float, float]], **style: Any) -> None:
        """A polygon through points of the map."""
        look: dict[str, Any] = {
            "facecolor": "white",
            "edgecolor": INK,
            "linewidth": 0.9,
            "joinstyle": "miter",
        } | style
        self.axes.add_patch(Polygon([(self.left + x, self.top + y) for x, y in points], **look))

    def line(self, points: Sequence[tuple[float, float]], **style: Any) -> None:
        """A line through points of the map."""
        look: dict[str, Any] = {"color": INK, "linewidth": 1.0, "solid_joinstyle": "miter"} | style
        self.axes.plot([self.left + x for x, _ in points], [self.top + y for _, y in points], **look)

    def tip(self, begin: tuple[float, float], end: tuple[float, float], **style: Any) -> None:
        """An arrow's last stretch, with its tip."""
        a, b = ((self.left + x, self.top + y) for x, y in (begin, end))
        look: dict[str, Any] = {"color": INK, "linewidth": 1.0} | style
        self.axes.add_patch(
            FancyArrowPatch(a, b, arrowstyle="-|>", mutation_scale=8, shrinkA=0, shrinkB=0, **look)
        )
