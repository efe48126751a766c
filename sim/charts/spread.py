"""How a figure may turn out: over luck alone, over assumptions alone, and over both.

Three lines: what share of points or replications lies below a value. The line over assumptions has luck
averaged out; that over luck has every assumption as in the files. P10, P50 and P90 are marked, and 0.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.charts.page import WIDTH, Page, blank_page, make_page, percent, short, style
from sim.experiment.sensitivity import About, Sensitivity
from sim.experiment.sensitivity.shown import Shown, shown
from sim.experiment.sensitivity.spread import Spread

_COLOURS = {"luck": "#666666", "inputs": "#0072B2", "both": "#E69F00"}
_DASHES: dict[str, Literal[":", "-", "--"]] = {"luck": ":", "inputs": "-", "both": "--"}
_NAMES = {
    "luck": "luck alone, assumptions as in the files",
    "inputs": "assumptions alone, luck averaged out",
    "both": "assumptions and luck",
}
_LEFT, _RIGHT, _AXIS, _LEGEND, _HEIGHT = 0.95, WIDTH - 0.45, 0.6, 0.35, 3.6
_CUT = 0.5  # percent of each tail that is not drawn


def plot_spread(found: Sensitivity, about: About | None = None) -> Figure:
    """Draw how one figure is spread, the first unless another is given."""
    about = found.abouts[0] if about is None else about
    own = shown(found, about)
    spreads = [each for each in about.spreads if each.n > 1]
    with style():
        if not any(each.over == "inputs" for each in spreads):
            words = "There is no sample of points all over the ranges of the assumptions."
            return blank_page(f"{own.title}: no spread over assumptions", words, _footer(found, spreads))
        page = make_page(_finding(about, own, spreads), _footer(found, spreads), _LEGEND + _HEIGHT + _AXIS)
        axes = page.axes(_LEFT, page.top + _LEGEND, _RIGHT, page.bottom - _AXIS)
        _draw(axes, spreads, own, is_zero_marked=bool(about.figure.which))
        _draw_legend(page, spreads)
        return page.figure


def _finding(about: About, own: Shown, spreads: list[Spread]) -> str:
    spread = next(each for each in spreads if each.over == "inputs")
    low, _, high = ((each.mean or 0.0) * own.factor for each in spread.percentiles)
    text = f"{own.title}: P10 to P90 over assumptions {_number(low)} to {_number(high)} {own.unit}"
    if about.figure.is_money:
        above = spread.above
        span = f" ({percent(above.low or 0.0)} to {percent(above.high or 0.0)})"
        text += f", above 0 for {percent(above.mean or 0.0)}{span} of what may be assumed"
    return text


def _footer(found: Sensitivity, spreads: list[Spread]) -> list[str]:
    lie = "uniform over" if found.shape == "uniform" else "PERT-distributed within"
    counts = "; ".join(f"{_NAMES[each.over]}: {each.n:,}" for each in spreads)
    first, *others = found.scenarios
    against = f" against {short(first)}" if others else ""
    return [
        f"Share of points or replications below a value. Assumptions are {lie} their ranges, all at once. "
        f"Dots: P10, P50 and P90. The outermost {_CUT:g} % on either side is not drawn.",
        f"{'; '.join(short(name) for name in others or [first])}{against}. Values: {counts}. "
        f"Seed {found.seed}.{'' if found.is_complete else ' Incomplete.'}",
    ]


def _draw(axes: Axes, spreads: list[Spread], own: Shown, *, is_zero_marked: bool) -> None:
    ends = []
    for spread in spreads:
        values = spread.values * own.factor
        ends += np.percentile(values, (_CUT, 100 - _CUT)).tolist()
        axes.plot(
            values,
            (np.arange(len(values)) + 0.5) / len(values),
            color=_COLOURS[spread.over],
            linestyle=_DASHES[spread.over],
            linewidth=2.2 if spread.over == "inputs" else 1.6,
            label=f"_{spread.over}",
        )
        if spread.over == "inputs":
            marks = [(each.mean or 0.0) * own.factor for each in spread.percentiles]
            axes.plot(marks, (0.1, 0.5, 0.9), "o", color=_COLOURS["inputs"], label="_percentiles")
    room = 0.03 * ((max(ends) - min(ends)) or 1.0)
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(lambda value, _: percent(value))
    axes.set_ylabel("share below")
    axes.set_xlabel(f"{own.name}, {own.unit}".rstrip(", "), parse_math=False)
    axes.grid(axis="both")
    if is_zero_marked and axes.get_xlim()[0] < 0 < axes.get_xlim()[1]:
        axes.axvline(0, color="#222222", linewidth=0.9, label="_zero")


def _draw_legend(page: Page, spreads: list[Spread]) -> None:
    handles = [
        Line2D([], [], color=_COLOURS[each.over], linestyle=_DASHES[each.over], label=_NAMES[each.over])
        for each in spreads
    ]
    page.legend(_LEFT, handles)


def _number(value: float) -> str:
    decimals = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:,.{decimals}f}".replace("-", "−")
