"""Sobol indices: what share of a figure's variance each assumption makes, alone and together with others.

One row per assumption: the first index (alone) within the total index (with others), with 95 % intervals.
Luck is no part of the variance; its share of single replications stands in the footer.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.charts.page import WIDTH, Page, blank_page, make_page, name_row, percent, short, sorts, style
from sim.experiment.sensitivity import About, Sensitivity
from sim.experiment.sensitivity.indices import Index
from sim.experiment.sensitivity.inputs import Input
from sim.experiment.sensitivity.shown import shown

_FIRST, _TOTAL, _LINE = "#0072B2", "#BBD7EA", "#222222"
_ROW, _LEFT, _AXIS, _LEGEND = 0.36, 2.9, 0.6, 0.35
_RIGHT = WIDTH - 0.6
_MOST = 15

Row = tuple[Input, Index]


def plot_sobol_indices(found: Sensitivity, about: About | None = None) -> Figure:
    """Draw the indices of one figure, the first unless another is given."""
    about = found.abouts[0] if about is None else about
    own = shown(found, about)
    rows = sorted(
        zip(found.inputs, about.indices, strict=False), key=lambda row: -(row[1].total.mean or 0.0)
    )[:_MOST]
    with style():
        if not rows or not rows[0][1].total.mean:
            words = "There is no sample, or within the ranges nothing moves it."
            return blank_page(f"{own.title}: no shares of its variance", words, _footer(found, about, 0))
        footer = _footer(found, about, len(found.inputs) - len(rows))
        is_rough = found.method == "surface" and about.fit is not None and about.fit.is_rough
        page = make_page(_finding(rows, own.name, is_rough), footer, _LEGEND + _ROW * len(rows) + _AXIS)
        _draw(page, rows)
        return page.figure


def _finding(rows: list[Row], name: str, is_rough: bool) -> str:
    if is_rough:
        return f"Which assumptions make the variance of the {name} is told but roughly by this sample"
    moved, index = max(rows, key=lambda row: row[1].first.mean or 0.0)
    first = index.first
    span = f" ({percent(first.low or 0.0)} to {percent(first.high or 0.0)})"
    share = f"{percent(first.mean or 0.0)}{span}"
    return f"{moved.name} alone makes {share} of what assumptions leave open in the {name}"


def _footer(found: Sensitivity, about: About, n_left: int) -> list[str]:
    fit = about.fit
    lie = "uniform over" if found.shape == "uniform" else "PERT-distributed within"
    left = f" {sorts(n_left, 'assumption')} with smaller shares left out." if n_left else ""
    if fit is None:
        return [f"Scenarios: {'; '.join(short(name) for name in found.scenarios)}. Seed {found.seed}."]
    luck, quality = "", f" Saltelli's design of {sorts(found.samples, 'row')}."
    if fit.luck_share is not None:
        luck = f" Luck makes {percent(fit.luck_share)} of the variance of single replications."
    if found.method == "surface" and fit.quality is not None:
        told = f"{percent(fit.quality)} of the variance at points it has not seen"
        quality = f" Surface fitted to {sorts(fit.n, 'point')}: it tells {told}."
    return [
        f"Shares of the variance that assumptions make, {lie} their ranges, luck averaged out; 95 % "
        f"intervals by bootstrap over the sample.{quality}{luck}{left}",
        f"Scenarios: {'; '.join(short(name) for name in found.scenarios)}. "
        f"{sorts(found.per_point, 'replication')} at a point. Seed {found.seed}."
        f"{'' if found.is_complete else ' Incomplete.'}",
    ]


def _draw(page: Page, rows: list[Row]) -> None:
    axes = page.axes(_LEFT, page.top + _LEGEND, _RIGHT, page.bottom - _AXIS)
    highest = max(max(index.total.high or 0.0, index.first.high or 0.0) for _, index in rows)
    axes.set_xlim(0, min(1.0, 1.08 * highest))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.xaxis.set_major_formatter(lambda value, _: percent(value))
    axes.set_xlabel("share of the variance that assumptions make")
    for i, (moved, index) in enumerate(rows):
        name_row(axes, i, moved.name, 40, fontsize=9.5)
        axes.barh(i, index.total.mean or 0.0, 0.62, color=_TOTAL, label="_total", zorder=2)
        axes.barh(i, index.first.mean or 0.0, 0.34, color=_FIRST, label="_first", zorder=3)
        _line(axes, i + 0.24, index.total.low, index.total.high)
        _line(axes, i, index.first.low, index.first.high)
    page.legend(
        _LEFT,
        [
            Patch(color=_FIRST, label="alone (first index)"),
            Patch(color=_TOTAL, label="with others (total index)"),
            Line2D([], [], color=_LINE, linewidth=1.0, label="95 % interval"),
        ],
    )


def _line(axes: Axes, y: float, low: float | None, high: float | None) -> None:
    if low is not None and high is not None:
        axes.plot([low, high], [y, y], color=_LINE, linewidth=1.0, zorder=4, label="_interval")
