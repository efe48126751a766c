"""Cumulative flow: how many cases have come, reached each stage, and left.

Between two lines lie the cases that are in a stage now: their vertical distance is the work in progress, the
horizontal distance of the first and the last line about the lead time (exactly, if none overtakes another).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.calendars import Int64Array
from sim.charts.page import (
    MARGIN,
    WIDTH,
    Page,
    blank_page,
    called,
    case_called,
    make_page,
    number,
    provenance,
    short,
    sorts,
    style,
)
from sim.experiment.replicate import Result
from sim.metrics.cumulative import BEFORE, CumulativeFlow, cumulative_flow
from sim.metrics.numbers import Float64Array
from sim.records import Facts
from sim.units.dimensions import DAY_MS, MONTH_MS

# Okabe and Ito (2008), light and dark in turn.
COLOURS = ("#56B4E9", "#0072B2", "#F0E442", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#999999")
LEFT_COLOUR = "#DDDDDD"
_LEFT, _RIGHT, _PLOT, _AXIS, _LINE = 0.95, 0.5, 4.0, 0.55, 0.22
_MOST_LEAD_TIMES, _LEAST_DRAWN = 30, 28 * DAY_MS
_AT = 0.62  # of the window: where one distance of each kind is marked


def plot_cumulative_flow(
    result: Result,
    case_type: str,
    facts: Sequence[Facts] | None = None,
    months: tuple[float, float] | None = None,
) -> Figure:
    """Draw the cumulative flow of a case type.

    Parameters
    ----------
    facts
        Replayed replications of the result, whose counts are averaged; without them the first is replayed.
    months
        From which month to which; without them the last year, or all of a horizon up to 18 months, but no
        more than 30 lead times. What had left before is not counted: over a long time the bands would be too
        thin to read.
    """
    if facts is None:
        facts = [result.replay(result.runs[0].number)] if result.runs else []
    with style():
        if not facts:
            words = "No replication was finished."
            return blank_page(f"There is no {case_called(case_type)} to draw", words, [provenance([result])])
        flow = cumulative_flow(facts, result.plan, case_type)
        span = _span(result, flow, months)
        footer = _footer(result, flow, facts)
        if not flow.counts[:, 0, -1].any():
            words = "A longer horizon or a higher arrival rate may bring some."
            return blank_page(f"No {case_called(case_type)} has come", words, footer)
        n_lines = len(flow.stages) + 1
        legend = _LINE * ((n_lines + 1) // 2) + 0.15
        page = make_page(_finding(flow, result), footer, legend + _PLOT + _AXIS)
        axes = page.axes(_LEFT, page.top + legend, WIDTH - _RIGHT, page.bottom - _AXIS)
        _draw(axes, flow, span, result.plan.warm_up)
        _draw_legend(page, flow, result.plan.warm_up)
        return page.figure


def _span(result: Result, flow: CumulativeFlow, months: tuple[float, float] | None) -> tuple[int, int]:
    """The stretch that is drawn [ms]."""
    warm_up, end = result.plan.warm_up, result.plan.end
    if months is None:
        usual = end - warm_up if end - warm_up <= 18 * MONTH_MS else 12 * MONTH_MS
        return end - min(usual, max(_LEAST_DRAWN, _MOST_LEAD_TIMES * _lead_time_ms(flow, result))), end
    begin, stop = (warm_up + round(month * MONTH_MS) for month in months)
    if not 0 <= begin < stop <= end:
        last = (end - warm_up) / MONTH_MS
        raise ValueError(f"months are from {-warm_up / MONTH_MS:g} to {last:g}, in order; found {months}")
    return begin, stop


def _lead_time_ms(flow: CumulativeFlow, result: Result) -> int:
    """About how long a case is inside: the mean number inside per rate of leaving [Little's law]."""
    warm_up, end = result.plan.warm_up, result.plan.end
    since = flow.instants >= warm_up
    n_left = float(np.ptp(flow.mean[-1, since])) if since.any() else 0.0
    inside = float(flow.mean_inside(warm_up).sum())
    return round(inside * (end - warm_up) / n_left) if n_left else end - warm_up


def stage_name(steps: Sequence[str]) -> str:
    """A stage in words: its step, or its first and last."""
    return called(steps[0], 34) if len(steps) == 1 else f"{called(steps[0], 24)} … {called(steps[-1], 24)}"


def counts_between(flow: CumulativeFlow, begin: int, end: int) -> tuple[Int64Array, Float64Array]:
    """(instants, mean counts) in [begin, end]: those that had left before are not counted."""
    here = (flow.instants >= begin) & (flow.instants <= end)
    mean = flow.mean[:, here]
    return flow.instants[here], mean - mean[-1, 0]


def _finding(flow: CumulativeFlow, result: Result) -> str:
    inside = flow.mean_inside(result.plan.warm_up)
    most = int(np.argmax(inside))
    total = float(inside.sum())
    one, many = (case_called(flow.case_type, 30, several=each) for each in (False, True))
    if not total:
        return f"No {one} is inside for as long as a day in {short(result.name, 32)}"
    return (
        f"{number(total, total)} {many} are inside on average in {short(result.name, 32)}, "
        f"{number(float(inside[most]), total)} of them {_told_stage(flow.stages[most])}"
    )


def _told_stage(steps: Sequence[str]) -> str:
    return BEFORE if steps[0] == BEFORE else f"in “{stage_name(steps)}”"


def _footer(result: Result, flow: CumulativeFlow, facts: Sequence[Facts]) -> list[str]:
    n = len(facts)
    what = f"Replication {facts[0].replication}" if n == 1 else f"Means of {sorts(n, 'replication')}"
    band = "" if n == 1 else "; dotted: P10 and P90 of the cases that have left"
    return [
        f"{what}, counted each midnight{band}. A case is in the furthest stage it has reached: rework "
        "does not take it back. What had left before the first month drawn is not counted. Numbers in the "
        "legend: mean cases in the stage, over all months from month 0. The horizontal distance is about the "
        "lead time, in calendar days.",
        provenance([result]),
    ]


def _draw(axes: Axes, flow: CumulativeFlow, span: tuple[int, int], warm_up: int) -> None:
    instants, counts = counts_between(flow, *span)
    months = (instants - warm_up) / MONTH_MS
    for i in range(len(flow.stages)):
        axes.fill_between(
            months,
            counts[i + 1],
            counts[i],
            color=COLOURS[i % len(COLOURS)],
            linewidth=0,
            label=f"stage {i + 1}",
        )
    axes.fill_between(months, 0, counts[-1], color=LEFT_COLOUR, linewidth=0, label="left")
    for line in (0, -1):
        axes.plot(months, counts[line], color="#222222", linewidth=1.6, label="_line")
    if len(flow.counts) > 1:
        _draw_spread(axes, flow, span, warm_up)
    _mark(axes, months, counts)
    axes.set_xlim(months[0], months[-1])
    axes.set_ylim(0, float(counts.max()) * 1.04 or 1.0)
    axes.set_xlabel("months from month 0")
    axes.set_ylabel(f"{case_called(flow.case_type, 24, several=True)}, cumulative", parse_math=False)


def _draw_spread(axes: Axes, flow: CumulativeFlow, span: tuple[int, int], warm_up: int) -> None:
    """How far the replications lie apart, about the line of leaving."""
    here = (flow.instants >= span[0]) & (flow.instants <= span[1])
    left = flow.counts[:, -1][:, here]
    months = (flow.instants[here] - warm_up) / MONTH_MS
    for edge in np.percentile(left - left[:, :1], (10, 90), axis=0):
        axes.plot(months, edge, color="#222222", linewidth=1.0, linestyle=":", label="_spread")


def _mark(axes: Axes, months: Float64Array, counts: Float64Array) -> None:
    """One vertical distance, the work in progress, and one horizontal one, about the lead time."""
    at = int(_AT * (len(months) - 1))
    came, left = float(counts[0, at]), float(counts[-1, at])
    if came - left <= 0:
        return
    arrow = {"arrowstyle": "<->", "color": "black", "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    box = {"facecolor": "white", "edgecolor": "#999999", "pad": 2.5, "linewidth": 0.6}
    axes.annotate("", (months[at], came), (months[at], left), arrowprops=arrow)
    axes.annotate(
        f"{number(came - left, 100)} inside", (months[at], came), (-6, 10), textcoords="offset points",
        ha="right", va="bottom", fontsize=9.5, bbox=box,
    )  # fmt: skip
    if counts[0, 0] <= left:
        since = float(np.interp(left, counts[0], months))
        days = (months[at] - since) * MONTH_MS / DAY_MS
        axes.annotate("", (since, left), (months[at], left), arrowprops=arrow)
        axes.annotate(
            sorts(round(days), "day"), (months[at], left), (8, -8), textcoords="offset points",
            ha="left", va="top", fontsize=9.5, bbox=box,
        )  # fmt: skip


def _draw_legend(page: Page, flow: CumulativeFlow, warm_up: int) -> None:
    inside = flow.mean_inside(warm_up)
    handles = [
        Patch(color=COLOURS[i % len(COLOURS)], label=f"{stage_name(stage)}: {number(float(inside[i]), 10)}")
        for i, stage in enumerate(flow.stages)
    ]
    page.legend(MARGIN, [*handles, Patch(color=LEFT_COLOUR, label="left")], n_columns=2, spacing=3)
