"""How busy each team is week by week, and how many cases stand in its queue: two maps with one axis of time.

Numbers come from the facts of replayed replications (metrics.by_week). Teams without capacity (unlimited)
are told apart, and so is the warm-up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.charts.page import WIDTH, Page, blank_page, called, make_page, number, provenance, short, style
from sim.experiment.replicate import Result
from sim.metrics.by_week import WeeklyLoad, load_by_week
from sim.metrics.numbers import Float64Array
from sim.records import Facts
from sim.units.dimensions import MONTH_MS, WEEK_MS

MAP = "YlGnBu"  # from light to dark: also without colours
_ROW, _LEFT, _AXIS, _TITLE, _BAR = 0.24, 2.15, 0.55, 0.3, 0.16
_AXES_RIGHT, _VALUE_RIGHT = WIDTH - 1.75, WIDTH - 1.05
_BAR_LEFT = WIDTH - 0.85


def plot_heat_map(result: Result, facts: Sequence[Facts] | None = None) -> Figure:
    """Draw utilisation and queue length by team and week.

    Parameters
    ----------
    facts
        Replayed replications of the result, whose weeks are averaged; without them the first is replayed.
    """
    replayed = _replayed(result, facts)
    with style():
        if not replayed or not result.plan.teams:
            words = "It needs at least one team and one finished replication."
            return blank_page(
                f"There is no week of {short(result.name)} to draw", words, [provenance([result])]
            )
        load = load_by_week(replayed, result.plan)
        rows = _ROW * len(load.teams)
        page = make_page(
            _finding(load, result.name), _footer(result, load, replayed), 2 * (_TITLE + rows) + 0.3 + _AXIS
        )
        _draw(page, load, result.plan.warm_up)
        return page.figure


def _replayed(result: Result, facts: Sequence[Facts] | None) -> Sequence[Facts]:
    if facts is not None:
        return facts
    return [result.replay(result.runs[0].number)] if result.runs else []


def _finding(load: WeeklyLoad, scenario: str) -> str:
    queue = np.nan_to_num(load.mean_queue)
    longest = int(np.argmax(queue))
    busy = load.mean_utilisation
    waits = f"the longest queue, {number(queue[longest], 10)} cases on average, is before"
    before = called(load.teams[longest], 30)
    if not queue[longest]:
        waits, before = "no queue stands before any team", ""
    if np.isnan(busy).all():
        return f"{short(scenario, 36)}: {waits} {before}".rstrip()
    busiest = int(np.nanargmax(busy))
    name = called(load.teams[busiest], 30)
    load_told = f"busiest is {name}, {busy[busiest]:.0f} % of its time"
    return f"{short(scenario, 36)}: {load_told}; {waits} {'it' if before == name else before}"


def _footer(result: Result, load: WeeklyLoad, facts: Sequence[Facts]) -> list[str]:
    numbers = ", ".join(str(each.replication) for each in facts[:8]) + (", …" if len(facts) > 8 else "")
    what = f"Replication {numbers}" if load.n == 1 else f"Sums over {load.n} replications ({numbers})"
    return [
        f"{what}. Utilisation: hours worked (other work included) per size × open time × focus; queue: "
        "mean number of cases, without other work. Weeks of 7 days from month 0; at the right the mean after "
        "month 0. No interval is shown.",
        provenance([result]),
    ]


def _draw(page: Page, load: WeeklyLoad, warm_up: int) -> None:
    rows = _ROW * len(load.teams)
    top = page.top + _TITLE
    busy = page.axes(_LEFT, top, _AXES_RIGHT, top + rows)
    _draw_map(busy, load, load.utilisation, warm_up, 100.0)
    _write_means(page, top, [_told_busy(load, i) for i in range(len(load.teams))], "mean")
    _title(page, top, "utilisation, % of capacity")
    _draw_bar(page, top, rows, 100.0, "%")
    below = top + rows + 0.3 + _TITLE
    queue = page.axes(_LEFT, below, _AXES_RIGHT, below + rows)
    most = _most(load.queue)
    _draw_map(queue, load, load.queue, warm_up, most)
    _write_means(page, below, [number(x, 10) for x in np.nan_to_num(load.mean_queue)], "mean")
    _title(page, below, "queue, mean number of cases")
    _draw_bar(page, below, rows, most, "cases")
    for axes, has_labels in ((busy, False), (queue, True)):
        _months(axes, load, warm_up, has_labels=has_labels)


def _most(queue: Float64Array) -> float:
    """Where the scale of queues ends: a single terrible week shall not darken all others."""
    found = queue[~np.isnan(queue)]
    return float(np.percentile(found, 99.5)) or float(found.max(initial=0.0)) or 1.0


def _draw_map(axes: Axes, load: WeeklyLoad, values: Float64Array, warm_up: int, most: float) -> None:
    weeks = (load.edges - warm_up) / WEEK_MS
    n = len(load.teams)
    axes.pcolormesh(
        weeks,
        np.arange(n + 1) - 0.5,
        np.ma.masked_invalid(values),
        cmap=MAP,
        vmin=0,
        vmax=most,
        rasterized=True,
    )
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_facecolor("#EEEEEE")
    for i in np.flatnonzero(np.isnan(values).all(axis=1)).tolist():
        box = Rectangle(
            (weeks[0], i - 0.5), weeks[-1] - weeks[0], 1, hatch="///", fill=False, edgecolor="#BBBBBB"
        )
        axes.add_patch(box)
    axes.set_yticks(range(n), [called(name, 24) for name in load.teams])
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    axes.tick_params(axis="y", length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    if warm_up:
        axes.axvline(0, color="white", linewidth=3)
        axes.axvline(0, color="#D55E00", linewidth=1.5)


def _months(axes: Axes, load: WeeklyLoad, warm_up: int, *, has_labels: bool) -> None:
    first, last = -warm_up / MONTH_MS, (int(load.edges[-1]) - warm_up) / MONTH_MS
    step = 6 if last - first <= 60 else 12
    months = np.arange(np.ceil(first / step), np.floor(last / step) + 1) * step
    axes.set_xticks(months * MONTH_MS / WEEK_MS, [f"{int(m)}".replace("-", "−") for m in months])
    axes.tick_params(axis="x", labelbottom=has_labels)
    if has_labels:
        told = "months from month 0" + (" (left of the line: warm-up)" if warm_up else "")
        axes.set_xlabel(told)


def _told_busy(load: WeeklyLoad, team: int) -> str:
    value = load.mean_utilisation[team]
    return "unlimited" if load.is_unlimited[team] else "none" if np.isnan(value) else f"{value:.0f} %"


def _write_means(page: Page, top: float, words: Sequence[str], head: str) -> None:
    page.text(_VALUE_RIGHT, top - 0.12, head, size=8.5, color="#555555", ha="right", va="center")
    for i, told in enumerate(words):
        page.text(_VALUE_RIGHT, top + _ROW * (i + 0.5), told, size=9, ha="right", va="center")


def _title(page: Page, top: float, words: str) -> None:
    page.text(_LEFT, top - 0.12, words, size=10, weight="bold", va="center")


def _draw_bar(page: Page, top: float, rows: float, most: float, unit: str) -> None:
    """The scale: what the colours mean."""
    height = min(rows, 1.6)
    axes = page.axes(_BAR_LEFT, top, _BAR_LEFT + _BAR, top + height)
    axes.imshow(np.linspace(0, 1, 64)[::-1, None], cmap=MAP, aspect="auto", extent=(0, 1, 0, most))
    axes.set_xticks([])
    ticks = [0.0, most / 2, most]
    axes.set_yticks(ticks, [number(tick, max(10.0, most)) for tick in ticks])
    axes.yaxis.tick_right()
    page.text(_BAR_LEFT, top - 0.12, unit, size=8.5, color="#555555", va="center")
