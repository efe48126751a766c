"""How the net present value is distributed over replications: one row per scenario, one dot per replication.

Each dot is one future that may come: the paired difference to the baseline, in present value. The mean has a
95 % interval, which says how well the mean is known, not how far futures lie apart; that is P10 to P90.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from sim.charts.money_waterfall import Case, appraised, named_or_all, page_without_money, told_risk
from sim.charts.page import WIDTH, Page, make_page, money, name_row, percent, provenance, short, sorts, style
from sim.experiment.appraisal import Appraisal
from sim.experiment.compare import Comparison

_DOT, _LOSS, _BAND, _MEAN = "#0072B2", "#D55E00", "#56B4E9", "#222222"
_ROW, _LEFT, _AXIS, _LEGEND, _HEAD = 0.95, 2.45, 0.55, 0.3, 0.3
_AXES_RIGHT, _COLUMNS = WIDTH - 2.75, (WIDTH - 1.6, WIDTH - 0.3)
_N_BINS, _MOST_DOTS = 60, 12  # of the width; dots above each other, beyond which a dot is several


def plot_npv(comparison: Comparison, *, about: str | None = None) -> Figure:
    """Draw the net present value of each replication, with P10, P50 and P90, and P(NPV > 0).

    The title speaks of the scenario named `about`, or without a name of that which is a gain most often.
    """
    cases = appraised(comparison)
    if not cases:
        return page_without_money(comparison)
    with style():
        height = _LEGEND + _HEAD + _ROW * len(cases) + _AXIS
        page = make_page(_finding(named_or_all(cases, about), comparison), _footer(comparison, cases), height)
        _draw(page, cases, comparison)
        return page.figure


def values_of_npv(appraisal: Appraisal) -> NDArray[np.float64]:
    """The net present values, sorted."""
    return np.sort([case.npv for case in appraisal.cases])


def stacked(values: Sequence[float] | NDArray[np.float64], width: float) -> list[tuple[float, int]]:
    """Each value with its place above others of the same bin, from 0."""
    seen: dict[int, int] = {}
    found = []
    for value in values:
        at = int(np.floor(value / width))
        found.append(((at + 0.5) * width, seen.get(at, 0)))
        seen[at] = seen.get(at, 0) + 1
    return found


def _finding(cases: list[Case], comparison: Comparison) -> str:
    result, appraisal = max(cases, key=lambda case: case[1].probability.mean or 0.0)
    name, n = short(result.name, 36), len(appraisal.cases)
    n_gains = sum(case.npv > 0 for case in appraisal.cases)
    span = f"{money(appraisal.npv_p10)} to {money(appraisal.npv_p90, comparison.currency)}"
    if n == 1:
        only = money(appraisal.npv_p50, comparison.currency)
        return f"{name}: net present value {only} in the only replication"
    low, high = appraisal.probability.low, appraisal.probability.high
    told = f"a gain in {n_gains} of {n} replications, P10 to P90 {span}"
    if low is not None and low > 0.5:
        return f"{name} is more likely a gain than not: {told}"
    if high is not None and high < 0.5:
        return f"{name} is more likely a loss than a gain: {told}"
    return f"{name}: {told}; whether a gain is the likelier may be chance"


def _footer(comparison: Comparison, cases: list[Case]) -> list[str]:
    return [
        f"Net present value against {short(comparison.baseline.name)}, "
        f"{comparison.currency or 'in the currency of the scenario'}: one dot per replication, each a paired "
        "difference. Percentiles are over replications, so they tell how "
        "differently one future may turn out; the 95 % interval tells how well the mean is known"
        f"{told_risk(cases[0][1])}. Interval of P(NPV > 0): Wilson's score.",
        provenance([comparison.baseline, *(result for result, _ in cases)]),
    ]


def _draw(page: Page, cases: list[Case], comparison: Comparison) -> None:
    top = page.top + _LEGEND + _HEAD
    axes = page.axes(_LEFT, top, _AXES_RIGHT, page.bottom - _AXIS)
    low, high = _reach(cases)
    axes.set_xlim(low, high)
    axes.set_ylim(len(cases) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.axvline(0, color="#222222", linewidth=0.9, label="_zero")
    axes.xaxis.set_major_formatter(lambda value, _: money(value))
    axes.set_xlabel(f"net present value, {comparison.currency}".rstrip(" ,"), parse_math=False)
    for right, head in zip(_COLUMNS, ("P(NPV > 0)", "mean"), strict=True):
        page.text(right, top - 0.12, head, size=8.5, color="#555555", ha="right", va="center")
    for i, (result, appraisal) in enumerate(cases):
        _draw_dots(axes, i, values_of_npv(appraisal), (high - low) / _N_BINS)
        _draw_summary(axes, i, appraisal)
        name_row(axes, i, result.name)
        _write(page, top + _ROW * (i + 0.5), appraisal, comparison)
    _draw_legend(page)


def _reach(cases: list[Case]) -> tuple[float, float]:
    ends = [0.0]
    for _, appraisal in cases:
        values = values_of_npv(appraisal)
        ends += [float(values[0]), float(values[-1]), appraisal.npv.low or 0.0, appraisal.npv.high or 0.0]
    low, high = min(ends), max(ends)
    room = 0.04 * ((high - low) or 1.0)
    return low - room, high + room


def _draw_dots(axes: Axes, i: int, values: NDArray[np.float64], width: float) -> None:
    """Dots stand on a line above the row's middle; where many share a bin they move closer."""
    places = stacked(values, width)
    highest = max(place for _, place in places) + 1
    step = min(0.1, 0.52 / max(highest, 1))
    for is_gain, colour in ((True, _DOT), (False, _LOSS)):
        mine = [
            (x, i + 0.1 - step * n)
            for (x, n), v in zip(places, values, strict=True)
            if bool(v > 0) == is_gain
        ]
        axes.plot(
            [x for x, _ in mine],
            [y for _, y in mine],
            "o" if is_gain else "s",
            color=colour,
            markersize=4.2 if highest <= _MOST_DOTS else 2.4,
            markeredgewidth=0,
            label="_gains" if is_gain else "_losses",
        )


def _draw_summary(axes: Axes, i: int, appraisal: Appraisal) -> None:
    y = i + 0.26
    axes.barh(y, appraisal.npv_p90 - appraisal.npv_p10, 0.12, appraisal.npv_p10, color=_BAND, label="_span")
    axes.plot([appraisal.npv_p50] * 2, [y - 0.09, y + 0.09], color="#222222", linewidth=1.4, label="_p50")
    npv = appraisal.npv
    if npv.low is not None and npv.high is not None:
        axes.plot([npv.low, npv.high], [y + 0.14] * 2, color=_MEAN, linewidth=1.2, label="_interval")
    axes.plot([npv.mean or 0.0], [y + 0.14], "D", color=_MEAN, markersize=4.5, label="_mean")


def _write(page: Page, middle: float, appraisal: Appraisal, comparison: Comparison) -> None:
    chance, npv = appraisal.probability, appraisal.npv
    rows = [
        (percent(chance.mean or 0.0), money(npv.mean or 0.0, comparison.currency)),
        ("no interval", "no interval"),
        (f"of {sorts(len(appraisal.cases), 'replication')}", ""),
    ]
    if len(appraisal.cases) > 1 and chance.low is not None and chance.high is not None:
        told = f"{money(npv.low or 0.0)} to {money(npv.high or 0.0)}"
        rows[1] = (f"{percent(chance.low)} to {percent(chance.high)}", told)
    for n, row in enumerate(rows):
        look = {"size": 8.5, "color": "#444444"} if n else {"size": 10, "weight": "bold"}
        for right, words in zip(_COLUMNS, row, strict=True):
            page.text(right, middle + 0.19 * (n - 1), words, ha="right", va="center", **look)


def _draw_legend(page: Page) -> None:
    handles = [
        Line2D([], [], linestyle="", marker="o", color=_DOT, markersize=4.5, label="gain"),
        Line2D([], [], linestyle="", marker="s", color=_LOSS, markersize=4.5, label="no gain"),
        Patch(color=_BAND, label="P10 to P90"),
        Line2D([], [], linestyle="", marker="|", color="#222222", markersize=9, label="P50"),
        Line2D([], [], color=_MEAN, marker="D", markersize=4.5, label="mean, 95 % interval"),
    ]
    page.legend(_LEFT, handles, n_columns=5, spacing=1.6)
