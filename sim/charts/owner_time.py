"""What owners' time goes to: one bar per scenario, the open time of a team's members in nine parts.

All parts are percent of the same time (size × open time), means over replications of the measures
`owner_time_<part>`, so a bar sums to 100 %. Changes are paired differences to the first scenario.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.charts.page import (
    MARGIN,
    WIDTH,
    Page,
    blank_page,
    called,
    make_page,
    name_row,
    provenance,
    sentence,
    short,
    signed,
    style,
)
from sim.experiment.compare import Difference, differences, summary
from sim.experiment.replicate import Result

# Okabe and Ito (2008); where two neighbours would look alike, one is hatched.
PARTS = {
    "value_adding": ("first-time work that adds value", "#009E73", ""),
    "necessary": ("necessary work", "#56B4E9", ""),
    "chasing": ("tickets and chasing", "#D55E00", ""),
    "rework": ("rework", "#E69F00", "///"),
    "switching": ("switching", "#E69F00", ""),
    "other_work": ("work for everybody else", "#0072B2", ""),
    "interrupted": ("work at rest (meetings, partners away)", "#CC79A7", ""),
    "idle_while_a_case_waits": ("idle while a case of theirs waits", "#F0E442", ""),
    "idle": ("idle, nothing waits", "#DDDDDD", ""),
}
_ROW, _LEFT, _RIGHT, _AXIS, _LEGEND_LINE = 0.62, 2.45, 0.35, 0.55, 0.23
_NARROW = 3.5  # percent: a part that has no room for its number
_TINY = 0.1  # percent points: a change not worth a word


@dataclass(frozen=True, slots=True)
class _Bar:
    """One scenario's percents by part, and the paired differences of the parts to the first scenario."""

    result: Result
    parts: dict[str, float]
    changes: dict[str, Difference]


def owning_teams(result: Result) -> list[str]:
    """The teams whose members own cases."""
    return [row.name for row in result.plan.teams if row.owns > 0 and not row.unlimited]


def plot_owner_time(
    results: Sequence[Result], team: str | None = None, *, about: str | None = None
) -> Figure:
    """Draw what the time of a team that owns cases goes to, one bar per scenario.

    Without `team` it is the first that owns. The first result is the baseline; the title compares the
    scenario named `about` with it, or without a name the one that changes most.
    """
    if not results:
        raise ValueError("there is nothing to draw: give at least one result")
    team = team or next(iter(owning_teams(results[0])), None)
    with style():
        if team is None:
            words = "What becomes of owners' time is told where a team has `owns` in the scenario."
            title = f"No team owns cases in {short(results[0].name)}"
            return blank_page(title, words, [provenance(results)])
        bars = [_bar(result, results[0], team) for result in results]
        footer = _footer(bars, team)
        if not any(bar.parts for bar in bars):
            words = "It has no open time in the window, or no replication was finished."
            return blank_page(f"There is no time of {called(team)} to tell of", words, footer)
        legend = _LEGEND_LINE * 3 + 0.1
        page = make_page(_finding(bars, team, about), footer, legend + _ROW * len(bars) + _AXIS)
        _draw(page, bars, legend)
        return page.figure


def _bar(result: Result, first: Result, team: str) -> _Bar:
    found = {
        row.metric.removeprefix("owner_time_"): row.interval.mean
        for row in summary(result)
        if row.kind == "owner" and row.of == team
    }
    changes = {}
    if result is not first and result.seed == first.seed:
        changes = {
            row.metric.removeprefix("owner_time_"): row
            for row in differences(first, result)
            if row.kind == "owner" and row.of == team
        }
    return _Bar(result, {name: mean for name, mean in found.items() if mean is not None}, changes)


def _finding(bars: list[_Bar], team: str, about: str | None) -> str:
    name, first = called(team, 30), bars[0]
    compared = [bar for bar in bars[1:] if bar.changes]
    if not first.parts or not compared:
        bar = next(bar for bar in bars if bar.parts)
        adding, idle = (_percent(bar.parts[part]) for part in ("value_adding", "idle_while_a_case_waits"))
        return (
            f"{adding} of the time of {name} is first-time work that adds value, "
            f"{idle} is idle while a case of theirs waits"
        )
    named = [bar for bar in compared if bar.result.name == about]
    other = max(named or compared, key=lambda bar: _size(_largest(bar)))
    change, label = _largest(other), short(other.result.name, 32)
    if change is None:
        where = "in any other scenario" if not named and len(compared) == len(bars) - 1 else f"in {label}"
        return f"No part of the time of {name} surely changes {where}"
    part = change.metric.removeprefix("owner_time_")
    verb = "falls" if (change.interval.mean or 0.0) < 0 else "rises"
    return (
        f"{sentence(name)}: “{_words(part)}” {verb} from {_percent(change.baseline)} to "
        f"{_percent(change.baseline + (change.interval.mean or 0.0))} of their time in {label}"
    )


def _largest(bar: _Bar) -> Difference | None:
    """The largest of the sure changes."""
    sure = [row for row in bar.changes.values() if row.verdict == "sure"]
    return max(sure, key=_size, default=None)


def _words(part: str) -> str:
    return PARTS[part][0].split(" (")[0]


def _size(row: Difference | None) -> float:
    return -1.0 if row is None else abs(row.interval.mean or 0.0)


def _percent(value: float) -> str:
    return f"{value:.1f} %"


def _footer(bars: list[_Bar], team: str) -> list[str]:
    told = f"Percent of the open time (size × open time) of {called(team)}, means over replications."
    if len(bars) > 1:
        told += (
            f" Below a bar, the paired differences to {short(bars[0].result.name)} in percent points whose "
            "95 % interval excludes 0; of nine parts one may do so by chance. Parts under "
            f"{_NARROW:g} % carry no number."
        )
    else:
        told += f" Parts under {_NARROW:g} % carry no number."
    return [told, provenance([bar.result for bar in bars])]


def _draw(page: Page, bars: list[_Bar], legend: float) -> None:
    axes = page.axes(_LEFT, page.top + legend, WIDTH - _RIGHT, page.bottom - _AXIS)
    axes.set_xlim(0, 100)
    axes.set_ylim(len(bars) - 0.4, -0.45)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(range(0, 101, 20), [f"{share} %" for share in range(0, 101, 20)])
    axes.set_xlabel("share of their open time")
    lefts = [0.0] * len(bars)
    for part, (label, colour, hatch) in PARTS.items():
        widths = [max(0.0, bar.parts.get(part, 0.0)) for bar in bars]
        drawn = axes.barh(
            range(len(bars)), widths, 0.54, lefts, color=colour, hatch=hatch, edgecolor="white", label=label
        )
        light = "white" if part == "other_work" else "black"
        words = [f"{width:.0f}" if width >= _NARROW else "" for width in widths]
        for text in axes.bar_label(drawn, words, label_type="center", color=light, fontsize=9):
            if hatch:
                text.set_bbox({"facecolor": colour, "edgecolor": "none", "pad": 1})
        lefts = [left + width for left, width in zip(lefts, widths, strict=True)]
    for i, bar in enumerate(bars):
        name_row(axes, i, bar.result.name)
        _draw_changes(axes, i, bar)
    _draw_legend(page)


def _draw_changes(axes: Axes, i: int, bar: _Bar) -> None:
    """The three largest sure changes, in words below the bar."""
    if not bar.parts:
        axes.annotate("no finished replication", (1, i), va="center", style="italic")
        return
    if not bar.changes:
        return
    sure = sorted((row for row in bar.changes.values() if row.verdict == "sure"), key=_size, reverse=True)
    words = [
        f"{_words(row.metric.removeprefix('owner_time_'))} {signed(row.interval.mean or 0.0, 10)}"
        for row in sure[:3]
        if _size(row) >= _TINY
    ]
    told = "; ".join(words) if words else f"no sure change of {_TINY:g} points or more"
    if len(bar.result.runs) < 2:
        told = "one replication: any change may be chance"
    axes.annotate(
        told, (0, i + 0.28), (1, -1), textcoords="offset points", va="top", fontsize=8.5, color="#444444"
    )


def _draw_legend(page: Page) -> None:
    handles = [Patch(facecolor=c, hatch=h, edgecolor="white", label=label) for label, c, h in PARTS.values()]
    page.legend(MARGIN, handles, spacing=1.6)
