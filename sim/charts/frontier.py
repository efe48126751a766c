"""What a search has found: cost against lead time of settings, and the worth of one more or one fewer.

Each dot is a setting, at the means of its replications; the line is the frontier, than which no setting run
is both cheaper and quicker.
Not here: the search (experiment.tune).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.charts.bars import chance_key, sure_bar
from sim.charts.page import Page, blank_page, make_page, money, name_row, number, short, signed, sorts, style
from sim.experiment.intervals import Interval, is_sure
from sim.experiment.promises import Promise
from sim.experiment.tune import Candidate, Step, Tuning

# Okabe and Ito (2008): blue for what keeps its promises, orange for what breaks them.
_KEEPS, _BREAKS, _OPEN, _LINE, _BEST, _TODAY = (
    "#0072B2",
    "#E69F00",
    "#999999",
    "#0072B2",
    "#D55E00",
    "#222222",
)
_LEFT, _RIGHT, _AXIS, _LEGEND, _BODY = 0.95, 0.4, 0.6, 0.6, 4.2
_ROW, _HEAD, _NAMES = 0.3, 0.35, 2.3
_COLOURS = {"keeps": _KEEPS, "seems to keep": _KEEPS, "breaks": _BREAKS, "seems to break": _BREAKS}


def plot_frontier(found: Tuning) -> Figure:
    """Draw what settings cost against the lead time they have."""
    points = [each for each in found.run if _lead_of(found, each) is not None]
    with style():
        if found.lead is None or not points:
            return blank_page(
                f"{short(found.name, 50)}: nothing to draw", "No setting was run.", _footer(found)
            )
        page = make_page(_finding(found), _footer(found), _LEGEND + _BODY + _AXIS)
        top = page.top + _LEGEND
        axes = page.axes(_LEFT, top, page.width - _RIGHT, top + _BODY)
        scale, unit = _money_scale(found, [each.cost.mean or 0.0 for each in points])
        _draw_points(axes, found, points, scale)
        _draw_marks(axes, found, scale)
        over = f"over {sorts(found.years, 'year')}, present value" if found.years else "a year"
        axes.set_xlabel(f"cost {over} [{unit}]", parse_math=False)
        axes.set_ylabel(f"{_lead_words(found)} [{_lead_unit(found)}]", parse_math=False)
        axes.grid(axis="both")
        page.legend(_LEFT, _handles(found, points), 4)
        return page.figure


def plot_marginal_worth(found: Tuning) -> Figure:
    """Draw what one more and one fewer in each team costs or is worth, and what it does to the lead time."""
    steps = [step for step in found.marginal if not step.cannot_work]
    with style():
        if not steps:
            words = "No step around the best setting was run."
            return blank_page(f"{short(found.name, 50)}: no marginal worth", words, _footer(found))
        page = make_page(_marginal_finding(found, steps), _marginal_footer(found), _height(steps))
        panels = _panels(found, steps)
        width = (page.width - _NAMES - _RIGHT - 0.3 * (len(panels) - 1)) / len(panels)
        top = page.top + _LEGEND
        for i, panel in enumerate(panels):
            left = _NAMES + i * (width + 0.3)
            axes = page.axes(left, top, left + width, top + _ROW * len(steps) + _HEAD)
            _draw_panel(axes, panel, steps, has_names=i == 0)
        _marginal_legend(page, panels)
        return page.figure


# --- the frontier


def _lead_of(found: Tuning, candidate: Candidate) -> float | None:
    interval = candidate.figures.get(found.lead) if found.lead is not None else None
    return None if interval is None or interval.mean is None else interval.mean / _lead_scale(found)


def _lead_scale(found: Tuning) -> float:
    """Hours of a unit."""
    return 24.0 if found.lead is not None and found.lead[0].startswith("elapsed") else found.day_h


def _lead_unit(found: Tuning) -> str:
    if found.lead is not None and found.lead[0].startswith("elapsed"):
        return "days"
    return f"working days of {found.day_h:g} h"


def _lead_words(found: Tuning) -> str:
    assert found.lead is not None
    metric, _, of, _ = found.lead
    stem, _, percentile = metric.rpartition("_p")
    name = f"{stem} P{percentile}" if stem and percentile.isdigit() else metric
    return f"{name.replace('_', ' ')} of {short(of, 40)}"


def _money_scale(found: Tuning, values: Sequence[float]) -> tuple[float, str]:
    largest = max((abs(value) for value in values), default=0.0)
    for scale, name in ((1e6, "M"), (1e3, "k")):
        if largest >= scale:
            return scale, f"{name} {found.currency}".strip()
    return 1.0, found.currency or "money"


def _draw_points(axes: Axes, found: Tuning, points: Sequence[Candidate], scale: float) -> None:
    for each in points:
        x, y = (each.cost.mean or 0.0) / scale, _lead_of(found, each) or 0.0
        colour = _COLOURS.get(each.verdict, _OPEN)
        is_decided = each.verdict in ("keeps", "breaks")
        axes.plot(
            [x],
            [y],
            "o",
            color=colour,
            markerfacecolor=colour if is_decided else "white",
            markersize=4.5,
            alpha=0.75,
            zorder=2,
        )
    costs = [(each.cost.mean or 0.0) / scale for each in found.frontier]
    leads = [_lead_of(found, each) or 0.0 for each in found.frontier]  # they all have one
    axes.plot(costs, leads, color=_LINE, linewidth=1.4, zorder=1, drawstyle="steps-post")


def _draw_marks(axes: Axes, found: Tuning, scale: float) -> None:
    """The best with its interval, today, and the promise."""
    marks = ((found.present, "D", _TODAY), (found.best or found.nearest, "*", _BEST))
    for candidate, marker, colour in marks:
        lead = None if candidate is None else _lead_of(found, candidate)
        if candidate is None or lead is None:
            continue
        x = (candidate.cost.mean or 0.0) / scale
        axes.plot([x], [lead], marker, color=colour, markersize=13 if marker == "*" else 7, zorder=5)
        _draw_interval(axes, x, candidate.figures[found.lead], _lead_scale(found), colour)  # type: ignore[index]
    promise = _promise_of_lead(found)
    if promise is not None:
        axes.axhline(
            promise.bound / _lead_scale(found), color=_BREAKS, linewidth=1.2, linestyle="--", zorder=1
        )


def _draw_interval(axes: Axes, x: float, interval: Interval, hours: float, colour: str) -> None:
    if interval.low is not None and interval.high is not None:
        axes.plot(
            [x, x], [interval.low / hours, interval.high / hours], color=colour, linewidth=1.6, zorder=4
        )


def _promise_of_lead(found: Tuning) -> Promise | None:
    return next((promise for promise, key in found.promised if key == found.lead), None)


def _handles(found: Tuning, points: Sequence[Candidate]) -> list[Line2D]:
    verdicts = {each.verdict for each in points}
    dots = [
        ("keeps", _KEEPS, _KEEPS, "keeps every promise"),
        ("seems to keep", _KEEPS, "white", "seems to keep them"),
        ("breaks", _BREAKS, _BREAKS, "breaks one"),
        ("seems to break", _BREAKS, "white", "seems to break one"),
    ]
    handles = [
        Line2D([], [], marker="o", linestyle="", color=edge, markerfacecolor=face, markersize=5, label=label)
        for verdict, edge, face, label in dots
        if verdict in verdicts
    ]
    best = "the best" if found.best is not None else "the nearest"
    if found.best or found.nearest:
        handles.append(Line2D([], [], marker="*", linestyle="", color=_BEST, markersize=11, label=best))
    if found.present is not None:
        handles.append(Line2D([], [], marker="D", linestyle="", color=_TODAY, markersize=6, label="today"))
    if found.frontier:
        handles.append(Line2D([], [], color=_LINE, label="frontier"))
    if _promise_of_lead(found) is not None:
        handles.append(Line2D([], [], color=_BREAKS, linestyle="--", label="promised"))
    return handles


def _finding(found: Tuning) -> str:
    name = short(found.name, 40)
    best = found.best
    if best is None:
        return f"{name}: no staffing within the bounds is known to keep the promises"
    cost = money(best.cost.mean or 0.0, found.currency)
    doubt = "" if found.is_sure else " so far"
    if found.goal == "npv":
        worth = money(best.npv.mean or 0.0, found.currency) if best.npv else "?"
        return f"{name}: the best staffing{doubt} is worth {worth} more than today's, at a cost of {cost}"
    more = "" if found.present is None or found.present.behind is None else _more(found, found.present.behind)
    return f"{name}: the cheapest staffing that keeps the promises{doubt} costs {cost}{more}"


def _more(found: Tuning, behind: Interval) -> str:
    """Than today, whose difference to the best is given."""
    mean = -(behind.mean or 0.0)
    if mean == 0:
        return ", as today's"
    unsure = behind.low is None or behind.high is None or behind.low <= 0 <= behind.high
    return f", {money(abs(mean), found.currency)} {'more' if mean > 0 else 'less'} than today's" + (
        " (may be chance)" if unsure else ""
    )


def _footer(found: Tuning) -> list[str]:
    promises = "; ".join(promise.text for promise in found.promises) or "none"
    seen = f"{found.n_run:,} of {found.n_settings:,} settings run"
    if found.n_screened:
        seen += f", {found.n_screened:,} cannot work"
    numbers = [each.n for each in found.run]
    n = f"{min(numbers)} to {max(numbers)} replications each" if numbers else "no replications"
    if numbers and min(numbers) == max(numbers):
        n = f"{numbers[0]} replications each"
    return [
        f"Promises: {promises}. Dots are means; the vertical lines at today and the best are 95 % intervals. "
        "The frontier goes through the means: chosen among many, they look a little better than they are.",
        f"Scenario: {short(found.name)}. {seen}, {n}, {found.spent:,} in all"
        f"{', ' + found.incomplete if found.incomplete else ''}. Seed {found.seed}.",
    ]


# --- marginal worth


@dataclass(frozen=True, slots=True)
class _Panel:
    """Differences to the best, one a step; whether more of it is good."""

    title: str
    values: list[Interval | None]
    unit: float
    is_more_good: bool


def _panels(found: Tuning, steps: Sequence[Step]) -> list[_Panel]:
    panels = []
    worth = [step.npv if found.years else step.cost for step in steps]
    scale, unit = _money_scale(found, [each.mean or 0.0 for each in worth if each])
    title = f"net present value [{unit}]" if found.years else f"cost a year [{unit}]"
    panels.append(_Panel(title, worth, scale, bool(found.years)))
    if found.lead is not None:
        leads = [(step.figures or {}).get(found.lead) for step in steps]
        unit = "days" if found.lead[0].startswith("elapsed") else "d"
        panels.append(_Panel(f"{_lead_words(found)} [{unit}]", leads, _lead_scale(found), False))
    return panels


def _draw_panel(axes: Axes, panel: _Panel, steps: Sequence[Step], *, has_names: bool) -> None:
    axes.set_ylim(len(steps) - 0.5, -0.5)
    axes.set_yticks([])
    axes.axvline(0, color="#222222", linewidth=0.9)
    axes.grid(axis="x")
    axes.set_xlabel(short(panel.title, 48), parse_math=False)
    for i, (step, value) in enumerate(zip(steps, panel.values, strict=True)):
        if has_names:
            team = short(step.lever.removesuffix(".size"), 20)
            name_row(axes, i, f"{team} {step.before} → {step.after}", 32, fontsize=9)
        if value is not None and value.mean is not None:
            _draw_bar(axes, i, value, panel)


def _draw_bar(axes: Axes, i: int, value: Interval, panel: _Panel) -> None:
    assert value.mean is not None
    colour = _KEEPS if (value.mean > 0) == panel.is_more_good else _BREAKS
    bounds = (value.low, value.high)
    sure_bar(axes, i, value.mean / panel.unit, colour, is_sure=is_sure(value), height=0.6)
    if None not in bounds:
        axes.plot(
            [bound / panel.unit for bound in bounds if bound is not None],
            [i, i],
            color="#222222",
            linewidth=1.1,
            zorder=3,
        )


def _height(steps: Sequence[Step]) -> float:
    return _LEGEND + _ROW * len(steps) + _HEAD + _AXIS


def _marginal_legend(page: Page, panels: Sequence[_Panel]) -> None:
    handles: list[Patch] = [Patch(color=_KEEPS, label="better"), Patch(color=_BREAKS, label="worse")]
    if any(value is not None and not is_sure(value) for panel in panels for value in panel.values):
        handles.append(chance_key("may be chance (the interval includes 0)", _OPEN))
    page.legend(_NAMES, handles)


def _marginal_finding(found: Tuning, steps: Sequence[Step]) -> str:
    """Which one person more does most for the lead time, or that none surely does anything."""
    name = short(found.name, 40)
    more = [
        (value, step)
        for step in steps
        if step.after > step.before and (value := (step.figures or {}).get(found.lead or ("", "", "", "")))
        if value.high is not None and value.high < 0
    ]
    if found.lead is None or not more:
        return f"{name}: around the best staffing, no single person more surely shortens the lead time"
    value, step = min(more, key=lambda pair: pair[0].mean or 0.0)
    days = (value.mean or 0.0) / _lead_scale(found)
    return (
        f"{name}: around the best staffing, one more in {short(step.lever.removesuffix('.size'), 24)} does "
        f"most for the {_lead_words(found)}: {signed(days, 10)} d"
    )


def _marginal_footer(found: Tuning) -> list[str]:
    left_out = [step for step in found.marginal if step.cannot_work]
    words = (
        "Paired differences to the best staffing with one team changed by one member, each with its 95 % "
        "interval. "
    )
    if left_out:
        names = ", ".join(f"{step.lever.removesuffix('.size')} {step.after}" for step in left_out)
        words += f"Left out, because a team falls behind or it was not run: {names}."
    numbers = sorted({step.n for step in found.marginal if step.n})
    n = f"{number(numbers[0], 100)} replications of each" if numbers else "no replications"
    return [words, f"Scenario: {short(found.name)}. {n}. Seed {found.seed}."]
