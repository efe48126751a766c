"""A tornado: how far a figure moves with each assumption from the low to the high end of its range.

One row per assumption, the one that moves it farthest at the top. Bars are mean paired differences to the
centre, where every assumption stands as in the files; lines on them are 95 % intervals.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.charts.bars import chance_key, sure_bar
from sim.charts.page import WIDTH, Page, blank_page, make_page, name_row, short, sorts, style
from sim.experiment.sensitivity import About, Sensitivity
from sim.experiment.sensitivity.shown import Shown, shown
from sim.experiment.sensitivity.tornado import Bar, End

# Okabe and Ito (2008): the ends of a range, whichever is good.
LOW_END, HIGH_END, CENTRE = "#56B4E9", "#D55E00", "#222222"
_ROW, _LEFT, _AXIS, _LEGEND = 0.36, 3.0, 0.6, 0.35
_RIGHT = WIDTH - 0.9
_MOST = 15


def plot_tornado(found: Sensitivity, about: About | None = None) -> Figure:
    """Draw the tornado of one figure, the first unless another is given."""
    about = found.abouts[0] if about is None else about
    own = shown(found, about)
    rows = [bar for bar in about.bars[:_MOST] if bar.reach > 0]
    footer = _footer(found, about, own, len(about.bars) - len(rows))
    with style():
        if not rows:
            words = "No assumption moves it within its range, with all others as in the files."
            return blank_page(f"{own.title}: nothing to draw", words, footer)
        page = make_page(_finding(found, about, own), footer, _LEGEND + _ROW * len(rows) + _AXIS)
        _draw(page, rows, about, own)
        return page.figure


def _finding(found: Sensitivity, about: About, own: Shown) -> str:
    bar = about.bars[0]
    ends = [each for each in (bar.low, bar.high) if each.verdict != "the same"]
    changes = [f"{_signed(_change(end, own))} {own.unit} at {bar.input.told(end.value)}" for end in ends]
    doubt = ", which may be chance" if all(end.verdict == "may be chance" for end in ends) else ""
    what = f"{own.title} in {short(about.scenario, 40)}"
    if about.figure.which:
        what = f"{own.title}, {short(about.scenario, 32)} against {short(found.scenarios[0], 32)},"
    return f"{what} hangs most on {bar.input.name}: {' and '.join(changes)}{doubt}"


def _footer(found: Sensitivity, about: About, own: Shown, n_left: int) -> list[str]:
    centre = about.centre
    interval = ""
    if centre.low is not None and centre.high is not None:
        interval = (
            f" (95 % interval {_number(centre.low * own.factor)} to {_number(centre.high * own.factor)})"
        )
    day = f" 1 d = {found.day_h:g} h of working time." if own.unit == "d" else ""
    left = f" {sorts(n_left, 'assumption')} that moved it less, or not at all, left out." if n_left else ""
    return [
        f"Bars: mean paired difference to the centre, {_number((centre.mean or 0.0) * own.factor)} {own.unit}"
        f"{interval}, with one assumption at the low and at the high end of its range and all others as in "
        f"the files; lines: 95 % intervals.{day}{left}",
        f"Scenarios: {'; '.join(short(name) for name in found.scenarios)}. "
        f"{sorts(found.replications, 'replication')} at each end, on the luck of the centre. "
        f"Seed {found.seed}.{'' if found.is_complete else ' Incomplete.'}",
    ]


def _draw(page: Page, rows: list[Bar], about: About, own: Shown) -> None:
    axes = page.axes(_LEFT, page.top + _LEGEND, _RIGHT, page.bottom - _AXIS)
    centre = (about.centre.mean or 0.0) * own.factor
    low, high = _reach(rows, own)
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.axvline(0, color=CENTRE, linewidth=0.9, label="_centre")
    for i, bar in enumerate(rows):
        _draw_bar(axes, i, bar, own)
        name_row(axes, i, f"{bar.input.name} (now {bar.input.told(bar.input.present)})", 40, fontsize=9.5)
    unit = f", {own.unit}" if own.unit else ""
    axes.set_xlabel(f"change of the {own.name} from {_number(centre)}{unit}", parse_math=False)
    _draw_legend(page, rows)


def _reach(rows: list[Bar], own: Shown) -> tuple[float, float]:
    ends = [0.0]
    for bar in rows:
        for end in (bar.low, bar.high):
            found = (end.change.mean, end.change.low, end.change.high)
            ends += [value * own.factor for value in found if value is not None]
    room = 0.12 * ((max(ends) - min(ends)) or 1.0)  # for the values written at the bars
    return min(ends) - room, max(ends) + room


def _draw_bar(axes: Axes, i: int, bar: Bar, own: Shown) -> None:
    sides = [(bar.low, LOW_END), (bar.high, HIGH_END)]
    is_one_side = (_change(bar.low, own) >= 0) == (_change(bar.high, own) >= 0)
    for k, (end, colour) in enumerate(sides):
        if end.verdict == "the same":
            continue
        # two bars on one side would hide each other: each gets half of the row
        y, height = (i + 0.16 * (2 * k - 1), 0.3) if is_one_side and _both(bar) else (i, 0.6)
        value = _change(end, own)
        sure_bar(axes, y, value, colour, is_sure=end.verdict == "sure", height=height)
        if end.change.low is not None and end.change.high is not None:
            span = [end.change.low * own.factor, end.change.high * own.factor]
            axes.plot(span, [y, y], color=CENTRE, linewidth=1.0, zorder=3, label="_interval")
            value = max(span) if value >= 0 else min(span)
        axes.annotate(
            f"{bar.input.told(end.value)}{'*' if end.reason else ''}",
            (value, y),
            xytext=(4 if value >= 0 else -4, 0),
            textcoords="offset points",
            ha="left" if value >= 0 else "right",
            va="center",
            fontsize=8,
            color="#444444",
            parse_math=False,
        )


def _both(bar: Bar) -> bool:
    return bar.low.verdict != "the same" and bar.high.verdict != "the same"


def _draw_legend(page: Page, rows: list[Bar]) -> None:
    handles: list[Patch | Line2D] = [
        Patch(color=LOW_END, label="at the low end"),
        Patch(color=HIGH_END, label="at the high end"),
    ]
    ends = [end for bar in rows for end in (bar.low, bar.high)]
    if any(end.verdict == "may be chance" for end in ends):
        handles.append(chance_key())
    handles.append(Line2D([], [], color=CENTRE, linewidth=1.0, label="95 % interval"))
    if any(end.reason for end in ends):
        handles.append(Line2D([], [], linestyle="", label="* as far as the scenario is admissible"))
    page.legend(0.35, handles, n_columns=len(handles), spacing=1.6)


def _change(end: End, own: Shown) -> float:
    return (end.change.mean or 0.0) * own.factor


def _number(value: float) -> str:
    decimals = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:,.{decimals}f}".replace("-", "−")


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else ''}{_number(value)}"
