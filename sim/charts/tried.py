"""What the settings that were tried cost and how long their cases take, and where one stands among them.

Cost is a present value over the years of the business case, lead time working days; both with 95 % intervals
over replications. Of settings whose intervals overlap, which one is on the frontier may be chance.
Not here: searching for settings (experiment.tune).
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.charts.page import WIDTH, blank_page, make_page, money, number, short, sorts, style
from sim.experiment.intervals import Interval
from sim.experiment.what_if import Point, frontier

# Okabe and Ito (2008): today black, here orange, the rest grey
_TODAY, _HERE, _OTHER = "#000000", "#D55E00", "#9AA3AB"
_LEFT, _RIGHT, _LEGEND, _BODY = 0.95, 0.4, 0.35, 3.6


def plot_tried(points: Sequence[Point], here: Point, currency: str = "") -> Figure:
    """Draw the settings tried as points of cost and lead time, the frontier they make, today and `here`."""
    footer = [
        f"{sorts(len(points), 'setting')} tried on the same luck, {sorts(here.replications, 'replication')} "
        "of the present one; bars are 95 % intervals. Cost: people, environments, programmes, present value.",
    ]
    if here.cost.mean is None or here.lead_time.mean is None:
        return blank_page("Nothing to draw yet", "No case was finished.", footer)
    with style():
        page = make_page(_finding(points, here, currency), footer, _LEGEND + _BODY)
        axes = page.axes(_LEFT, page.top + _LEGEND, WIDTH - _RIGHT, page.bottom - 0.55)
        _draw(axes, points, here, currency)
        page.legend(_LEFT, _legend(points, here), 4)
        return page.figure


def _draw(axes: Axes, points: Sequence[Point], here: Point, currency: str) -> None:
    best = frontier(points)
    if len(best) > 1:
        axes.step(
            [point.cost.mean or 0.0 for point in best],
            [point.lead_time.mean or 0.0 for point in best],
            where="post",
            color=_OTHER,
            linewidth=1.2,
            zorder=1,
        )
    for point in points:
        if point.settings != here.settings:
            _mark(
                axes,
                point,
                _TODAY if point.settings.is_today else _OTHER,
                7 if point.settings.is_today else 5,
            )
    _mark(axes, here, _HERE, 9)
    axes.set_xlabel(f"cost, present value{f' [{currency}]' if currency else ''}", parse_math=False)
    axes.set_ylabel("lead time, mean [working days]")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.margins(0.12, 0.15)
    axes.grid(alpha=0.35)


def _mark(axes: Axes, point: Point, colour: str, size: float) -> None:
    axes.errorbar(
        [point.cost.mean or 0.0],
        [point.lead_time.mean or 0.0],
        xerr=_arm(point.cost),
        yerr=_arm(point.lead_time),
        fmt="o",
        color=colour,
        markersize=size,
        elinewidth=1.2,
        zorder=2 if colour == _OTHER else 3,
    )


def _arm(found: Interval) -> list[float] | None:
    return None if found.half_width is None else [found.half_width]


def _finding(points: Sequence[Point], here: Point, currency: str) -> str:
    today = next((point for point in points if point.settings.is_today), None)
    days = here.lead_time.mean or 0.0
    if today is None or here.settings.is_today:
        cost = money(here.cost.mean or 0.0, currency)
        return f"Today costs {cost} and takes {number(days, days)} working days"
    less_cost, less_time = (
        (before.mean or 0.0) - (after.mean or 0.0)
        for before, after in ((today.cost, here.cost), (today.lead_time, here.lead_time))
    )
    costs = f"{money(abs(less_cost), currency)} {'less' if less_cost > 0 else 'more'}"
    takes = f"{number(abs(less_time), days)} working days {'less' if less_time > 0 else 'more'}"
    return f"{short(here.title)} costs {costs} than today and takes {takes}"


def _legend(points: Sequence[Point], here: Point) -> list[Line2D]:
    shown = [("here", _HERE), *([] if here.settings.is_today else [("today", _TODAY)])]
    if any(point.settings != here.settings and not point.settings.is_today for point in points):
        shown.append(("tried before", _OTHER))
    marks = [Line2D([], [], marker="o", linestyle="", color=colour, label=name) for name, colour in shown]
    if len(frontier(points)) > 1:
        marks.append(Line2D([], [], color=_OTHER, label="nothing tried is cheaper and faster"))
    return marks
