"""How long cases take: the distribution of elapsed lead time, one curve per scenario.

Lead times are elapsed (calendar) days from arrival to leaving, of the cases of case statistics: those that
left in the window and did not come from `start_with`. Cases of all replications are pooled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from sim.charts.page import (
    MARGIN,
    WIDTH,
    Page,
    case_called,
    empty_page,
    make_page,
    number,
    provenance,
    short,
    style,
)
from sim.experiment.elapsed import elapsed_days, known_cases
from sim.experiment.replicate import Result

MARKED = (50, 85, 95)  # percentiles

# Okabe and Ito (2008) without yellow, which is too light for a line.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_Dash = Literal["-", "--", "-.", ":"]
_DASHES: tuple[_Dash, ...] = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "^")  # of P50, P85, P95

_PLOT, _AXIS, _LINE = 3.6, 0.55, 0.26
_COLUMNS = (5.6, 6.9, 8.2, 9.5)  # right edges of n, P50, P85, P95


@dataclass(frozen=True, slots=True)
class _Curve:
    """One scenario's lead times, sorted [days], with its percentiles (none without a case)."""

    result: Result
    days: NDArray[np.float64]
    percentiles: tuple[float, ...]
    n_open: int


def plot_lead_time_ecdf(results: Sequence[Result], case_type: str, *, about: str | None = None) -> Figure:
    """Draw the share of cases that are done within a time, with P50, P85 and P95 marked.

    The first result is the baseline; the title compares the scenario named `about` with it, or without a
    name the one of the lowest P85.

    Raises
    ------
    ValueError
        There is no result, or the cases of one were not kept.
    """
    if not results:
        raise ValueError("there is nothing to draw: give at least one result")
    without = [result.name for result in results if not result.has_cases]
    if without:
        raise ValueError(
            f"the cases of {', '.join(map(repr, without))} were not kept, and all replications would be run "
            "again for them: run it with keep_cases=True (without --no-cases), or draw the time spent"
        )
    curves = [_curve(result, case_type) for result in results]
    drawn = [curve for curve in curves if len(curve.days)]
    reach = max((_reach(curve) for curve in drawn), default=0.0)
    if drawn:
        reach = min(max(float(curve.days[-1]) for curve in drawn), reach) or 1.0
    footer = _footer(curves, case_type, reach)
    with style():
        if not drawn:
            return empty_page(case_type, footer)
        table = _LINE * (1 + len(curves)) + 0.15
        page = make_page(_finding(curves, case_type, about), footer, table + _PLOT + _AXIS)
        _draw_table(page, curves)
        axes = page.axes(0.95, page.top + table, WIDTH - 0.75, page.bottom - _AXIS)
        _draw_curves(axes, curves, case_type, reach)
        return page.figure


def _curve(result: Result, case_type: str) -> _Curve:
    days, mine = elapsed_days(result, case_type), known_cases(result, case_type)
    if mine.is_empty():
        return _Curve(result, days, (), 0)
    percentiles = tuple(float(np.percentile(days, p)) for p in MARKED) if len(days) else ()
    leave = polars.col("leave_ms").cast(polars.Int64)
    n_open = mine.filter(leave.is_null() | (leave >= result.plan.end)).height
    return _Curve(result, days, percentiles, n_open)


def _reach(curve: _Curve) -> float:
    """Where the axis may end: a few very late cases shall not press the curve to the left."""
    return 2 * curve.percentiles[-1]


def _finding(curves: list[_Curve], case_type: str, about: str | None) -> str:
    cases = case_called(case_type, several=True)
    drawn = [curve for curve in curves if len(curve.days)]
    first = drawn[0]
    p50, p85, p95 = first.percentiles
    others = drawn[1:]
    if first is not curves[0] or not others:
        return (
            f"Half of the {cases} are done within {number(p50, p95)} days, 85 % within "
            f"{number(p85, p95)}; one in 20 takes more than {number(p95, p95)}"
        )
    named = [curve for curve in others if curve.result.name == about]
    other = min(named or others, key=lambda curve: curve.percentiles[1])
    after = other.percentiles[1]
    scale = max(p85, after)
    if number(after, scale) == number(p85, scale):
        return (
            f"85 % of the {cases} are done within {number(p85, scale)} days, "
            f"in {short(other.result.name, 32)} as in {short(first.result.name, 32)}"
        )
    return (
        f"85 % of the {cases} are done within {number(after, scale)} days in "
        f"{short(other.result.name, 32)}, within {number(p85, scale)} in {short(first.result.name, 32)}"
    )


def _footer(curves: list[_Curve], case_type: str, reach: float) -> list[str]:
    n_open = "; ".join(f"{short(curve.result.name)} {curve.n_open:,}" for curve in curves)
    beyond = sum(int((curve.days > reach).sum()) for curve in curves)
    cut = f" Cases beyond the end of the axis: {beyond:,}." if beyond and reach else ""
    return [
        "Elapsed days (24 h, nights and weekends included) from arrival to leaving of "
        f"{case_called(case_type, several=True)} that left in the window, all replications pooled.{cut}",
        f"Not in the curves, because still open at the end: {n_open}.",
        provenance([curve.result for curve in curves]),
    ]


def _look(i: int) -> tuple[str, _Dash]:
    return COLOURS[i % len(COLOURS)], _DASHES[i % len(_DASHES)]


def _draw_table(page: Page, curves: list[_Curve]) -> None:
    heads = ("finished cases", *(f"P{p}" for p in MARKED))
    middle = page.top + _LINE / 2
    for right, head in zip(_COLUMNS, heads, strict=True):
        page.text(right, middle, head, size=9, color="#555555", ha="right", va="center")
    height = page.figure.get_figheight()
    scale = max(max(curve.percentiles, default=0.0) for curve in curves)
    for i, curve in enumerate(curves):
        middle += _LINE
        colour, dashes = _look(i)
        ends = [MARGIN / WIDTH, (MARGIN + 0.45) / WIDTH]
        y = 1 - middle / height
        page.figure.add_artist(Line2D(ends, [y, y], color=colour, linestyle=dashes, linewidth=1.8))
        page.text(MARGIN + 0.6, middle, short(curve.result.name), size=10, va="center")
        cells = [f"{len(curve.days):,}", *(f"{number(value, scale)} d" for value in curve.percentiles)]
        for right, cell in zip(_COLUMNS, cells, strict=False):
            page.text(right, middle, cell, size=10, ha="right", va="center")


def _draw_curves(axes: Axes, curves: list[_Curve], case_type: str, reach: float) -> None:
    axes.set_xlim(0, reach * 1.02)
    axes.set_ylim(0, 103)
    axes.set_yticks(range(0, 101, 20), [f"{share} %" for share in range(0, 101, 20)])
    axes.set_xlabel("elapsed lead time [days]")
    axes.set_ylabel(f"share of {case_called(case_type, 24, several=True)} done", parse_math=False)
    axes.grid(axis="x")
    for p, marker in zip(MARKED, _MARKERS, strict=True):
        axes.axhline(p, color="#888888", linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(
            f"P{p}",
            (1, p),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color="#444444",
        )
        for i, curve in enumerate(curves):
            if curve.percentiles:
                at = curve.percentiles[MARKED.index(p)]
                axes.plot([at], [p], marker, color=_look(i)[0], markeredgecolor="white", zorder=3)
    for i, curve in enumerate(curves):
        n = len(curve.days)
        if n:
            colour, dashes = _look(i)
            x = np.concatenate(([0.0], curve.days, [max(reach * 1.02, float(curve.days[-1]))]))
            y = np.concatenate(([0.0], 100 * np.arange(1, n + 1) / n, [100.0]))
            label = f"curve {i + 1}"
            axes.step(x, y, where="post", color=colour, linestyle=dashes, label=label)
