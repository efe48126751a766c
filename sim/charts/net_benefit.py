"""How the net benefit of a change adds up over the years: a panel per scenario, with the payback marked.

What has come in less what was spent, not discounted, after risk adjustment, even within a year as in the
payback time. The line is the mean flows, the band P10 to P90 over replications.
"""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.charts.money_waterfall import (
    Case,
    appraised,
    named_or_all,
    page_without_money,
    told_risk,
    told_verdict,
)
from sim.charts.page import WIDTH, Page, make_page, money, provenance, short, sorts, style
from sim.experiment.compare import Comparison
from sim.experiment.net_benefit import NetBenefit, net_benefit

_LINE, _BAND, _PAYBACK = "#0072B2", "#56B4E9", "#D55E00"
_LEFT, _RIGHT, _GAP, _AXIS, _LEGEND, _TITLE = 0.95, 0.45, 0.95, 0.55, 0.3, 0.3
_ALONE, _PANEL = 3.4, 1.9  # heights of a panel [inches]


def plot_net_benefit(comparison: Comparison, *, about: str | None = None) -> Figure:
    """Draw the cumulative net benefit of each scenario beside the baseline.

    The title speaks of the scenario named `about`, or without a name of that which pays back first.
    """
    cases = appraised(comparison)
    if not cases:
        return page_without_money(comparison)
    n_columns = 1 if len(cases) == 1 else 2
    n_rows = math.ceil(len(cases) / n_columns)
    panel = _ALONE if len(cases) <= 2 else _PANEL
    with style():
        body = _LEGEND + n_rows * (_TITLE + panel + _AXIS)
        page = make_page(_finding(named_or_all(cases, about), comparison), _footer(comparison, cases), body)
        found = [net_benefit(appraisal) for _, appraisal in cases]
        low = min(float(min(each.p10.min(), each.mean.min())) for each in found)
        high = max(float(max(each.p90.max(), each.mean.max())) for each in found)
        room = 0.05 * ((high - low) or 1.0)
        width = (WIDTH - _LEFT - _RIGHT - _GAP * (n_columns - 1)) / n_columns
        for i, (case, curve) in enumerate(zip(cases, found, strict=True)):
            left = _LEFT + (i % n_columns) * (width + _GAP)
            top = page.top + _LEGEND + (i // n_columns) * (_TITLE + panel + _AXIS) + _TITLE
            axes = page.axes(left, top, left + width, top + panel)
            axes.set_ylim(low - room, high + room)
            _draw(axes, case, curve, comparison.currency, 44 if n_columns == 1 else 26)
        _draw_legend(page)
        return page.figure


def _finding(cases: list[Case], comparison: Comparison) -> str:
    with_payback = [case for case in cases if case[1].payback_months is not None]
    years = len(cases[0][1].mean_case.costs)
    if not with_payback:
        name = "No scenario pays" if len(cases) > 1 else f"{short(cases[0][0].name, 40)} does not pay"
        return f"{name} back within {sorts(years, 'year')}, in the mean"
    result, appraisal = min(with_payback, key=lambda case: case[1].payback_months or 0.0)
    at_end = money(appraisal.mean_case.balance((years,))[0], comparison.currency)
    name = short(result.name, 36)
    doubt = "; whether it is a gain at all may be chance" if told_verdict(appraisal.npv) != "gain" else ""
    if appraisal.payback_months == 0:
        return f"{name} is never in debt, in the mean: {at_end} net after {sorts(years, 'year')}{doubt}"
    return (
        f"{name} pays back after {sorts(math.ceil(appraisal.payback_months or 0), 'month')}, in the mean: "
        f"{at_end} net after {sorts(years, 'year')}{doubt}"
    )


def _footer(comparison: Comparison, cases: list[Case]) -> list[str]:
    return [
        f"What came in less what was spent since month 0, against {short(comparison.baseline.name)}, not "
        "discounted; flows are known by year and taken as even within it. Line: mean flows, which the "
        f"payback is of; band: P10 to P90 over replications at each month{told_risk(cases[0][1])}.",
        provenance([comparison.baseline, *(result for result, _ in cases)]),
    ]


def _draw(axes: Axes, case: Case, curve: NetBenefit, currency: str, characters: int) -> None:
    result, appraisal = case
    months = 12 * curve.years
    n = len(appraisal.cases)
    if n > 1:
        axes.fill_between(months, curve.p10, curve.p90, color=_BAND, alpha=0.4, linewidth=0, label="_band")
    axes.plot(months, curve.mean, color=_LINE, linewidth=2.2, label="_mean")
    axes.axhline(0, color="#222222", linewidth=0.9, label="_zero")
    payback = appraisal.payback_months
    told = "not paid back" if payback is None else f"paid back in month {math.ceil(payback)}"
    if payback is not None:
        axes.plot([payback], [0], "o", color=_PAYBACK, markersize=8, zorder=4, label="_payback")
    words = f"{told} (one replication)" if n == 1 else told
    axes.set_title(f"{short(result.name, characters)}: {words}", loc="left", fontsize=10, parse_math=False)
    axes.set_xlim(0, months[-1])
    axes.set_xticks(range(0, round(months[-1]) + 1, 6 if months[-1] <= 48 else 12))
    axes.set_xlabel("months from month 0")
    axes.yaxis.set_major_formatter(lambda value, _: money(value))
    axes.set_ylabel(f"net benefit, {currency}".rstrip(" ,"), parse_math=False)
    axes.grid(axis="y")


def _draw_legend(page: Page) -> None:
    handles = [
        Line2D([], [], color=_LINE, linewidth=2.2, label="mean flows"),
        Patch(color=_BAND, alpha=0.4, label="P10 to P90 of replications"),
        Line2D([], [], linestyle="", marker="o", color=_PAYBACK, markersize=8, label="payback"),
    ]
    page.legend(_LEFT, handles)
