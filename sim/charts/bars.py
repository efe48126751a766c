"""Bars that say how sure they are, filled or, where a value may be chance, hatched; intervals across them."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Patch

_HATCH = "////"


def sure_bar(
    axes: Axes, y: float, length: float, colour: str, *, is_sure: bool, height: float = 0.62, begin: float = 0
) -> None:
    """A bar from `begin` on."""
    axes.barh(
        y,
        length,
        height,
        begin,
        color=colour if is_sure else "white",
        edgecolor=colour,
        hatch="" if is_sure else _HATCH,
        linewidth=1,
        zorder=2,
    )


def chance_key(label: str = "may be chance", colour: str = "#666666") -> Patch:
    """The legend's entry of hatched bars."""
    return Patch(facecolor="white", edgecolor=colour, hatch=_HATCH, label=label)


def whisker(axes: Axes, span: list[float], y: float) -> None:
    """An interval across a bar: dark, with a light edge where the bar is dark, too."""
    for colour, width, order in (("white", 3.0, 3), ("#222222", 1.3, 4)):
        axes.plot(span, [y, y], color=colour, linewidth=width, zorder=order, label="_interval")
