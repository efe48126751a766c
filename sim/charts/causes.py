"""What costs most: lead time bought by being without each cause, beside what the account would have told.

A bar is the paired mean gain of a run without that cause, its whisker the 95 % interval; a diamond is what
stands under the cause in the account today. Where they part, causes act on each other.
Not here: what patches contribute (contributions).
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.charts.bars import chance_key, sure_bar, whisker
from sim.charts.page import (
    WIDTH,
    Page,
    blank_page,
    called,
    make_page,
    money,
    name_row,
    number,
    short,
    sorts,
    style,
)
from sim.charts.waterfall import BAD, GOOD, TOTAL
from sim.experiment.explain import Explanation, Without
from sim.experiment.intervals import Interval, is_sure

_SINGLE, _SEVERAL = 15, 6
_ROW, _LEGEND, _HEAD, _AXIS, _GAP = 0.33, 0.3, 0.3, 0.55, 1
_LEFT, _AXES_RIGHT, _DAYS_RIGHT, _MONEY_RIGHT = 3.35, WIDTH - 2.75, WIDTH - 1.5, WIDTH - 0.3


def plot_causes(found: Explanation) -> Figure:
    """Draw the causes that buy most lead time, and below them several at once."""
    single, several = found.single[:_SINGLE], found.several[:_SEVERAL]
    with style():
        if not single and not several:
            return blank_page(
                f"{found.name}: no cause was taken away", "There is nothing to draw.", footer(found)
            )
        n_rows = len(single) + len(several) + (_GAP if single and several else 0)
        page = make_page(_finding(found), _footer(found), _LEGEND + _HEAD + _ROW * n_rows + _AXIS)
        axes = _axes(page, n_rows, found)
        for i, each in enumerate(single):
            _draw_row(page, axes, i, each, found)
        for i, each in enumerate(several, start=n_rows - len(several)):
            _draw_row(page, axes, i, each, found)
        _write_heads(page, axes, found, (len(single), bool(single and several)))
        _draw_legend(page, [*single, *several])
        return page.figure


def _finding(found: Explanation) -> str:
    whole = (found.lead_time.mean or 0.0) / found.day_h
    if not found.single:
        return f"{called(found.of)} takes {number(whole, whole)} d: what several causes together cost"
    most = found.single[0]
    gain = most.interval("lead_time")
    days = number((gain.mean or 0.0) / found.day_h, whole if whole < 100 else 10)
    if not is_sure(gain) or (gain.mean or 0.0) <= 0:
        return f"No single cause is sure to cost lead time of {called(found.of)}, {number(whole, whole)} d"
    ahead = found.ahead
    rank = "most" if ahead is None or is_sure(ahead) else "as much as any"
    of = f"the {number(whole, whole)} days that {called(found.of)} takes"
    return f"“{called(most.name, 60)}” buys {rank}: {days} of {of}"


def footer(found: Explanation) -> list[str]:
    """Of what and how many."""
    return [
        f"Scenario: {short(found.name)} ({sorts(found.replications, 'replication')} of every run, on the "
        f"same luck). Seed {found.seed}."
    ]


def _footer(found: Explanation) -> list[str]:
    left = len(found.single) - _SINGLE
    text = (
        f"Bars: mean lead time of {called(found.of)} less than today when run without that cause, in working "
        f"days (1 d = {found.day_h:g} h); whiskers: 95 % interval of the paired difference. Diamonds: what "
        "stands under that cause in the account today; where bar and diamond part, causes act on each other."
    )
    if left > 0:
        text += f" {left} more causes buy less."
    if found.years is not None:
        text += (
            f" Money: net present value over {sorts(found.years, 'year')}, before any price for the change "
            "itself; pale where it may be chance."
        )
    return [text, *footer(found)]


def _axes(page: Page, n_rows: int, found: Explanation) -> Axes:
    axes = page.axes(_LEFT, page.top + _LEGEND + _HEAD, _AXES_RIGHT, page.bottom - _AXIS)
    axes.set_ylim(n_rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.axvline(0, color="#222222", linewidth=0.9)
    axes.set_xlabel(f"working days saved per {called(found.of, 30)}", parse_math=False)
    return axes


def _draw_row(page: Page, axes: Axes, y: int, each: Without, found: Explanation) -> None:
    gain = each.interval("lead_time")
    days = (gain.mean or 0.0) / found.day_h
    colour = TOTAL if each.cause.members else GOOD if days >= 0 else BAD
    sure_bar(axes, y, days, colour, is_sure=is_sure(gain))
    if gain.low is not None and gain.high is not None and gain.low < gain.high:
        span = [gain.low / found.day_h, gain.high / found.day_h]
        whisker(axes, span, y)
    if each.reading is not None and each.reading.mean is not None:
        place = each.reading.mean / found.day_h
        axes.plot(
            [place], [y], "D", color="white", markeredgecolor="#222222", markersize=5, zorder=5, label="_read"
        )
    name_row(axes, y, called(each.name, 64), 34, fontsize=9)
    _write_amounts(page, y, each, found)


def _write_amounts(page: Page, y: int, each: Without, found: Explanation) -> None:
    down = page.top + _LEGEND + _HEAD + _ROW * (y + 0.5)
    gain = each.interval("lead_time")
    days = (gain.mean or 0.0) / found.day_h
    half = None if gain.half_width is None else gain.half_width / found.day_h
    text = f"{number(days, 5)} ± {number(half, 5)} d" if half else f"{number(days, 5)} d"
    page.text(_DAYS_RIGHT, down, text.replace("-", "−"), size=9, ha="right", va="center")
    worth = each.interval("npv")
    if worth.mean is not None:
        colour = "#222222" if is_sure(worth) else "#999999"
        page.text(_MONEY_RIGHT, down, _told(worth, found), size=9, color=colour, ha="right", va="center")


def _told(worth: Interval, found: Explanation) -> str:
    mean = worth.mean or 0.0
    return f"{'+' if mean > 0 else ''}{money(mean, found.currency)}"


def _write_heads(page: Page, axes: Axes, found: Explanation, rows: tuple[int, bool]) -> None:
    top = page.top + _LEGEND + _HEAD - 0.12
    page.text(_DAYS_RIGHT, top, "days bought", size=8.5, color="#555555", ha="right", va="center")
    if any("npv" in each.gains for each in found.causes):
        page.text(_MONEY_RIGHT, top, "money", size=8.5, color="#555555", ha="right", va="center")
    n_single, has_both = rows
    if has_both:
        name_row(axes, n_single, "several at once:", 34, fontsize=8.5, color="#555555")


def _draw_legend(page: Page, rows: Sequence[Without]) -> None:
    handles: list[Patch | Line2D] = [Patch(color=GOOD, label="without this cause")]
    if any(each.cause.members for each in rows):
        handles.append(Patch(color=TOTAL, label="without several"))
    if any(not is_sure(each.interval("lead_time")) for each in rows):
        handles.append(chance_key())
    if any(each.reading is not None for each in rows):
        diamond = Line2D(
            [],
            [],
            marker="D",
            linestyle="",
            color="white",
            markeredgecolor="#222222",
            label="in the account today",
        )
        handles.append(diamond)
    page.legend(_LEFT, handles, 4, 1.2)
