"""From today to tomorrow in steps: which causes' time fell or rose, until one lead time became the other.

Working days per case: paired mean differences of the classes of the account, which sum to the difference of
the lead times. Also what every waterfall is drawn with; that of money is in money_waterfall.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.charts.bars import chance_key, sure_bar
from sim.charts.page import (
    WIDTH,
    Page,
    blank_page,
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
from sim.experiment.compare import Difference, class_differences, values_of
from sim.experiment.intervals import Interval, is_sure, mean_interval
from sim.experiment.replicate import Result

# Okabe and Ito (2008): blue for what helps, orange for what costs, whatever the direction.
GOOD, BAD, TOTAL = "#0072B2", "#E69F00", "#666666"
_ROW, _LEFT, _AXIS, _LEGEND, _HEAD = 0.34, 2.75, 0.55, 0.3, 0.25
_AXES_RIGHT, _VALUE_RIGHT, _INTERVAL_RIGHT = WIDTH - 2.75, WIDTH - 1.75, WIDTH - 0.3


@dataclass(frozen=True, slots=True)
class Step:
    """One row: a total, which stands on 0, or a change, which begins where the row above ends."""

    name: str
    worth: Interval
    is_total: bool = False
    is_good: bool = True

    @property
    def amount(self) -> float:
        """The mean, 0 where there is none."""
        return self.worth.mean or 0.0

    @property
    def is_sure(self) -> bool:
        """A change whose interval excludes 0, or that is the same in every replication."""
        return self.is_total or is_sure(self.worth)


def plot_days_waterfall(baseline: Result, other: Result, case_type: str) -> Figure:
    """Draw how the mean lead time of the baseline becomes that of another scenario, cause by cause."""
    footer = _footer(baseline, other, case_type)
    with style():
        if baseline.seed != other.seed:
            words = "Replications can be paired only where both scenarios ran with the same seed."
            return blank_page("These scenarios cannot be compared cause by cause", words, footer)
        rows = class_differences(baseline, other, case_type)
        leads = _lead_times(baseline, other, case_type)
        if not rows or not leads:
            return empty_page(case_type, footer)
        day_h = working_day_h(baseline)
        change = mean_interval([(b - a) / day_h for a, b in leads])
        before, after = (mean_interval([pair[i] / day_h for pair in leads]) for i in (0, 1))
        steps = [
            Step(baseline.name, Interval(before.mean, None, None, before.n), True),
            *(_step(row, day_h) for row in rows if row.verdict != "the same" or row.interval.mean),
            Step(other.name, Interval(after.mean, None, None, after.n), True),
        ]
        page = make_page(
            _finding(baseline, other, rows, change, before.mean or 0.0, case_type, day_h),
            [footer[0], _told_whole(change), *footer[1:]],
            waterfall_height(len(steps)),
        )
        scale = max(step.amount for step in steps if step.is_total)
        small = max((abs(step.amount) for step in steps if not step.is_total), default=0.0)
        draw_waterfall(
            page,
            steps,
            f"working days per {case_called(case_type, 30)}",
            lambda value: f"{number(value, scale)} d",
            lambda value: signed(value, small),
            ("less time", "more time"),
        )
        return page.figure


def _lead_times(baseline: Result, other: Result, case_type: str) -> list[tuple[float, float]]:
    """The mean lead times [h] of each replication that both have."""
    key = ("lead_time", "case", case_type, "h")
    before, after = values_of(baseline).get(key, {}), values_of(other).get(key, {})
    return [(before[r], after[r]) for r in sorted(before.keys() & after.keys())]


def _step(row: Difference, day_h: float) -> Step:
    worth = in_units(row.interval, day_h)
    return Step(row.metric, worth, is_good=(worth.mean or 0.0) <= 0)


def in_units(interval: Interval, unit: float) -> Interval:
    """The same interval in larger units."""
    mean, low, high = (None if x is None else x / unit for x in (interval.mean, interval.low, interval.high))
    return Interval(mean, low, high, interval.n)


def _finding(
    baseline: Result,
    other: Result,
    rows: list[Difference],
    change: Interval,
    before: float,
    case_type: str,
    day_h: float,
) -> str:
    a, b, name = short(baseline.name, 32), short(other.name, 32), sentence(called(case_type, 30))
    mean = change.mean or 0.0
    figures = f"{number(before + mean, before)} d instead of {number(before, before)} d"
    if change.low is None or change.high is None or change.low <= 0 <= change.high:
        return f"{name}: the difference between {b} and {a} may be chance, {figures}"
    cause = (min if mean < 0 else max)(rows, key=lambda row: row.interval.mean or 0.0)
    days = signed((cause.interval.mean or 0.0) / day_h, before)
    sure = "" if cause.verdict == "sure" else " (which alone may be chance)"
    return (
        f"{name}: {_told_share(mean, before)} lead time in {b} than in {a}, "
        f"most of it “{cause.metric}”, {days} d{sure}"
    )


def _told_share(mean: float, before: float) -> str:
    word = "less" if mean < 0 else "more"
    return f"{percent(abs(mean) / before)} {word}" if before else word


def _footer(baseline: Result, other: Result, case_type: str) -> list[str]:
    return [
        f"Mean working days (1 d = {working_day_h(baseline):g} h) per finished {case_called(case_type)}, by "
        "cause of the account. Each step is the mean paired difference to "
        f"{short(baseline.name)} with its 95 % interval; the steps sum to the difference of the totals. "
        "Causes that did not change at all are left out.",
        provenance([baseline, other]),
    ]


def _told_whole(change: Interval) -> str:
    if change.low is None or change.high is None:
        return "One pair of replications: there is no interval, and every step may be chance."
    return (
        f"Whole difference: {signed(change.mean or 0.0, 10)} d (95 % interval {signed(change.low, 10)} to "
        f"{signed(change.high, 10)} d)."
    )


# --- what every waterfall is drawn with


def waterfall_height(n_steps: int) -> float:
    """Height [inches] of the body of a page for so many steps."""
    return _LEGEND + _HEAD + _ROW * n_steps + _AXIS


def ends_of(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """Where each row begins and ends: a total from 0, a change from where the row above ended."""
    found, level = [], 0.0
    for step in steps:
        begin = 0.0 if step.is_total else level
        level = step.amount if step.is_total else level + step.amount
        found.append((begin, level))
    return found


def draw_waterfall(
    page: Page,
    steps: Sequence[Step],
    label: str,
    told_total: Callable[[float], str],
    told: Callable[[float], str],
    words: tuple[str, str],
) -> Axes:
    """Draw the steps downwards, with their amounts and intervals in columns at the right.

    `words` are the legend's for what is good and what is bad. Where the changes are small beside the totals
    the axis does not begin at 0, and totals are marks, not bars: their length would say something wrong.
    """
    top = page.top + _LEGEND + _HEAD
    axes = page.axes(_LEFT, top, _AXES_RIGHT, page.bottom - _AXIS)
    ends = ends_of(steps)
    low, high, is_cut = _reach(steps, ends)
    axes.set_xlim(low, high)
    axes.set_ylim(len(steps) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel(f"{label} (the axis does not begin at 0)" if is_cut else label, parse_math=False)
    if not is_cut and low < 0:
        axes.axvline(0, color="#222222", linewidth=0.9)
    for i, (step, (begin, end)) in enumerate(zip(steps, ends, strict=True)):
        _draw_step(axes, i, step, (begin, end), is_cut)
        if i + 1 < len(steps):
            axes.plot([end, end], [i, i + 1], color="#999999", linewidth=0.8, zorder=1, label="_link")
        weight, characters = ("bold", 25) if step.is_total else ("normal", 28)
        name_row(axes, i, step.name, characters, weight=weight, fontsize=9.5)
        _write_amount(page, top + _ROW * (i + 0.5), step, told_total, told)
    _write_heads(page, top, any(step.worth.low is not None for step in steps))
    _draw_legend(page, steps, words)
    return axes


def _reach(steps: Sequence[Step], ends: Sequence[tuple[float, float]]) -> tuple[float, float, bool]:
    levels = [end for _, end in ends]
    levels += [begin for step, (begin, _) in zip(steps, ends, strict=True) if not step.is_total]
    low, high = min(levels), max(levels)
    if all(step.is_total for step in steps) or low < 0.6 * high or high <= 0:
        low, high = min(0.0, low), max(0.0, high)
        room = 0.04 * ((high - low) or 1.0)
        return low - (room if low < 0 else 0.0), high + room, False
    room = 0.15 * ((high - low) or high)
    return max(0.0, low - room), high + room, True


def _draw_step(axes: Axes, i: int, step: Step, ends: tuple[float, float], is_cut: bool) -> None:
    begin, end = ends
    if step.is_total and is_cut:
        axes.plot([end], [i], "D", color=TOTAL, markersize=8, zorder=3, label="_total")
        return
    colour = TOTAL if step.is_total else GOOD if step.is_good else BAD
    sure_bar(axes, i, end - begin, colour, is_sure=step.is_sure, begin=begin)


def _write_amount(
    page: Page, middle: float, step: Step, told_total: Callable[[float], str], told: Callable[[float], str]
) -> None:
    amount = told_total(step.amount) if step.is_total else told(step.amount)
    weight = "bold" if step.is_total else "normal"
    page.text(_VALUE_RIGHT, middle, amount, size=10, weight=weight, ha="right", va="center")
    low, high = step.worth.low, step.worth.high
    if low is not None and high is not None:
        words = f"{told(low)} to {told(high)}" if high > low else "in every replication"
        page.text(_INTERVAL_RIGHT, middle, words, size=8.5, color="#444444", ha="right", va="center")


def _write_heads(page: Page, top: float, has_intervals: bool) -> None:
    heads = [(_VALUE_RIGHT, "mean"), (_INTERVAL_RIGHT, "95 % interval" if has_intervals else "no interval")]
    for right, head in heads:
        page.text(right, top - 0.1, head, size=8.5, color="#555555", ha="right", va="center")


def _draw_legend(page: Page, steps: Sequence[Step], words: tuple[str, str]) -> None:
    handles = [Patch(color=GOOD, label=words[0]), Patch(color=BAD, label=words[1])]
    if not all(step.is_sure for step in steps):
        handles.append(chance_key("may be chance (the interval includes 0, or there is none)", TOTAL))
    page.legend(_LEFT, handles)
