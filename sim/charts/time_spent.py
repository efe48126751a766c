"""Where the time of a case goes: one bar per scenario, its business lead time in six groups.

All times are working days per case: means over replications of the measures `time_<class>`, so the parts of
a bar sum to the mean lead time. Beside each scenario stands its paired difference to the first one, and never
two intervals next to each other, which would say nothing about the difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.charts.page import (
    WIDTH,
    Page,
    called,
    case_called,
    empty_page,
    make_page,
    name_row,
    number,
    percent,
    provenance,
    sentence,
    short,
    signed,
    style,
    working_day_h,
)
from sim.experiment.intervals import Interval, mean_interval
from sim.experiment.replicate import Result
from sim.records import GROUPS

# Okabe and Ito (2008), told apart with any colour vision; in the order of GROUPS.
COLOURS = dict(zip(GROUPS, ("#009E73", "#56B4E9", "#D55E00", "#E69F00", "#CC79A7", "#BBBBBB"), strict=True))

_ROW, _LEFT, _RIGHT, _LEGEND, _AXIS = 0.62, 2.45, 0.35, 0.6, 0.55


@dataclass(frozen=True, slots=True)
class _Bar:
    """One scenario's working days per case: by group, and their sum by replication."""

    result: Result
    groups: dict[str, float]
    totals: dict[int, float]
    n_cases: int

    @property
    def total(self) -> Interval:
        return mean_interval(list(self.totals.values()))

    @property
    def days(self) -> float:
        return math.fsum(self.groups.values())


def plot_time_spent(results: Sequence[Result], case_type: str, *, about: str | None = None) -> Figure:
    """Draw where the business lead time of a case type goes, one bar per scenario.

    The first result is the baseline; the title compares the scenario named `about` with it, or without a
    name the one of the lowest lead time.
    """
    if not results:
        raise ValueError("there is nothing to draw: give at least one result")
    bars = [_bar(result, case_type) for result in results]
    footer = _footer(bars, case_type)
    with style():
        if not any(bar.totals for bar in bars):
            return empty_page(case_type, footer)
        page = make_page(_finding(bars, case_type, about), footer, _LEGEND + _ROW * len(bars) + _AXIS)
        _draw(page, bars, case_type)
        return page.figure


def _bar(result: Result, case_type: str) -> _Bar:
    found: dict[str, dict[int, float]] = {}
    day_h = working_day_h(result)
    for run in result.runs:
        for metric, kind, of, unit, value in run.measures:
            if kind == "case" and of == case_type and value is not None and not math.isnan(value):
                found.setdefault(metric, {})[run.number] = value / (day_h if unit == "h" else 1)
    by_group = {
        group: [found.get(f"time_{each.name.lower()}", {}) for each in classes]
        for group, classes in GROUPS.items()
    }
    parts = [by_run for classes in by_group.values() for by_run in classes]
    runs = sorted({run for by_run in parts for run in by_run})
    groups = {
        group: math.fsum(by_run.get(run, 0.0) for by_run in classes for run in runs) / len(runs)
        for group, classes in by_group.items()
        if runs
    }
    totals = {run: math.fsum(by_run.get(run, 0.0) for by_run in parts) for run in runs}
    return _Bar(result, groups, totals, round(sum(found.get("cases", {}).values())))


def _finding(bars: list[_Bar], case_type: str, about: str | None) -> str:
    name = sentence(called(case_type))
    drawn = [bar for bar in bars if bar.totals]
    first = drawn[0]
    others = [bar for bar in drawn[1:] if bar.result.seed == first.result.seed]
    if first is not bars[0] or not others or first.days == 0:
        return _share_sentence(first, case_type)
    named = [bar for bar in others if bar.result.name == about]
    other = min(named or others, key=lambda bar: bar.days)
    change = _change(first, other)
    a, b = short(first.result.name, 32), short(other.result.name, 32)
    scale = max(first.days, other.days)
    figures = f"{number(other.days, scale)} d instead of {number(first.days, scale)} d"
    if change.low is None or change.high is None or change.low <= 0 <= change.high:
        return f"{name}: no sure difference in lead time between {b} and {a}, {figures}"
    is_less = other.days < first.days
    share = abs(other.days - first.days) / first.days
    changes = {group: other.groups[group] - first.groups[group] for group in GROUPS}
    where = (min if is_less else max)(changes, key=lambda group: changes[group])
    return (
        f"{name}: {percent(share)} {'less' if is_less else 'more'} lead time in {b} than in {a}, "
        f"{figures}; most of the difference is in “{where}”"
    )


def _change(first: _Bar, other: _Bar) -> Interval:
    """The paired difference of the totals; without any value where the scenarios cannot be paired."""
    if other.result.seed != first.result.seed:
        return mean_interval([])
    shared = sorted(first.totals.keys() & other.totals.keys())
    return mean_interval([other.totals[run] - first.totals[run] for run in shared])


def _share_sentence(bar: _Bar, case_type: str) -> str:
    if bar.days == 0:
        cases = sentence(case_called(case_type, several=True))
        return f"{cases} take no working time in {short(bar.result.name)}"
    largest = max(bar.groups, key=lambda group: bar.groups[group])
    adding = bar.groups["value-adding"] / bar.days
    days, name = number(bar.days, bar.days), called(case_type)
    start = f"Of the {days} working days per {name}, {percent(adding)} add value"
    if largest == "value-adding":
        return f"{start}, more than any other group"
    return f"{start}; the largest part, {percent(bar.groups[largest] / bar.days)}, is “{largest}”"


def _footer(bars: list[_Bar], case_type: str) -> list[str]:
    cases = "; ".join(f"{short(bar.result.name)} {bar.n_cases:,}" for bar in bars)
    day = f"1 d = {working_day_h(bars[0].result):g} h of working time"
    told = "means over replications"
    if len(bars) > 1:
        told += f"; beside each total its paired difference to {short(bars[0].result.name)}, 95 % interval"
    elif len(bars[0].totals) > 1:
        told += "; the thin line below the bar is the 95 % interval of the total"
    return [
        f"Working days per {case_called(case_type)}, from arrival to leaving ({day}): {told}.",
        f"n = finished cases in all replications: {cases}.",
        provenance([bar.result for bar in bars]),
    ]


def _draw(page: Page, bars: list[_Bar], case_type: str) -> None:
    axes = page.axes(_LEFT, page.top + _LEGEND, WIDTH - _RIGHT, page.bottom - _AXIS)
    is_alone = len(bars) == 1
    reach = max(max(bar.days, bar.total.high or 0.0) if is_alone else bar.days for bar in bars) or 1.0
    scale = max(bar.days for bar in bars)
    room = 1.2 if is_alone else 1.38  # for what is written beside the longest bar
    axes.set_xlim(0, reach * room)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel(f"working days per {case_called(case_type)}", parse_math=False)
    lefts = [0.0] * len(bars)
    for group, colour in COLOURS.items():
        widths = [bar.groups.get(group, 0.0) for bar in bars]
        drawn = axes.barh(
            range(len(bars)), widths, left=lefts, height=0.6, color=colour, edgecolor="white", label=group
        )
        # A part too narrow for its number has none.
        words = [number(width, scale) if width >= 0.055 * reach * room else "" for width in widths]
        axes.bar_label(drawn, words, label_type="center", color="black", fontsize=9)
        lefts = [left + width for left, width in zip(lefts, widths, strict=True)]
    for i, bar in enumerate(bars):
        name_row(axes, i, bar.result.name)
        _draw_total(axes, i, bar, None if is_alone else bars[0], scale)
    handles, _ = axes.get_legend_handles_labels()
    by_rows = [0, 3, 1, 4, 2, 5]  # Matplotlib fills columns; read by rows
    page.legend(_LEFT, [handles[i] for i in by_rows])


def _draw_total(axes: Axes, i: int, bar: _Bar, first: _Bar | None, scale: float) -> None:
    """The total beside its bar, with its interval below (where it is alone) or its paired difference."""
    if not bar.totals:
        beside = (6, 0)
        axes.annotate(
            "no finished case", (0, i), beside, textcoords="offset points", va="center", style="italic"
        )
        return
    total = bar.total
    if first is None and total.low is not None and total.high is not None and total.high > total.low:
        line = [[bar.days - max(total.low, 0.0)], [total.high - bar.days]]
        # Below the bar, where it crosses no number.
        axes.errorbar(
            [bar.days], [i + 0.38], xerr=line, fmt="none", ecolor="black", elinewidth=1, capsize=2.5
        )
    told = "" if first is None or bar is first else _told_change(_change(first, bar), scale)
    axes.annotate(
        f"{number(bar.days, scale)} d",
        (bar.days, i),
        xytext=(7, 6 if told else 0),
        textcoords="offset points",
        va="center",
        weight="bold",
    )
    if told:
        axes.annotate(
            told,
            (bar.days, i),
            xytext=(7, -7),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color="#444444",
        )


def _told_change(change: Interval, scale: float) -> str:
    """A paired difference with its interval, as words beside a bar."""
    if change.mean is None:
        return ""
    if change.low == change.high == 0:
        return "the same in every replication"
    words = signed(change.mean, scale)
    if change.low is None or change.high is None or change.low == change.high:
        return f"{words} d"
    return f"{words} d ({signed(change.low, scale)} to {signed(change.high, scale)})"
