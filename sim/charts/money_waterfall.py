"""From benefits and costs to the net present value: of one change part by part, of several side by side.

Amounts are present values over the years of the business case, after risk adjustment: means over
replications of paired differences to the baseline.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.charts.page import (
    WIDTH,
    Page,
    blank_page,
    make_page,
    money,
    name_row,
    provenance,
    short,
    sorts,
    style,
)
from sim.charts.waterfall import BAD, GOOD, Step, draw_waterfall, waterfall_height
from sim.experiment.appraisal import Appraisal
from sim.experiment.compare import Comparison
from sim.experiment.intervals import Interval
from sim.experiment.parts import shares
from sim.experiment.replicate import Result

Case = tuple[Result, Appraisal]
"""A scenario and what it is worth."""

_ROW, _LEFT, _AXIS, _LEGEND = 0.62, 2.45, 0.55, 0.35
_AXES_RIGHT, _VALUE_RIGHT = WIDTH - 2.3, WIDTH - 0.3


def appraised(comparison: Comparison) -> list[Case]:
    """The scenarios of a comparison that have a business case."""
    pairs = zip(comparison.others, comparison.appraisals, strict=False)
    return [(result, appraisal) for result, appraisal in pairs if appraisal is not None]


def named_or_all(cases: list[Case], about: str | None) -> list[Case]:
    """The case of the scenario that a title shall speak of; all where none is named so."""
    return [case for case in cases if case[0].name == about] or cases


def page_without_money(comparison: Comparison) -> Figure:
    """The page of a comparison that has no business case."""
    words = (
        "A business case needs `economics: {years: 3, ...}` in the scenarios, another scenario beside the "
        "baseline, and at least one replication that both have finished."
    )
    names = provenance([comparison.baseline, *comparison.others])
    return blank_page("There is no business case to draw", words, [names])


def plot_money_waterfall(comparison: Comparison, scenario: str | None = None) -> Figure:
    """Draw how benefits and costs of a change make its net present value.

    Without `scenario` it is the first that is compared with the baseline.
    """
    cases = [each for each in appraised(comparison) if scenario in (None, each[0].name)]
    if not cases:
        return page_without_money(comparison) if scenario is None else _unknown(comparison, scenario)
    appraisal = cases[0][1]
    steps = [
        *(_step(each.name, each.worth) for each in shares(appraisal.parts)),
        Step("net present value", appraisal.npv, is_total=True),
    ]
    with style():
        footer = _footer(comparison, [cases[0]])
        page = make_page(_finding(cases[0], comparison), footer, waterfall_height(len(steps)))
        label = f"present value over {_years(appraisal)}, {comparison.currency}".rstrip(" ,")
        axes = draw_waterfall(
            page,
            steps,
            label,
            lambda value: money(value, comparison.currency),
            money,
            ("adds to the value", "takes from it"),
        )
        axes.xaxis.set_major_formatter(lambda value, _: money(value))
        return page.figure


def plot_money_by_scenario(comparison: Comparison) -> Figure:
    """Draw benefits, costs and the net present value of every scenario beside the baseline."""
    cases = appraised(comparison)
    if not cases:
        return page_without_money(comparison)
    with style():
        page = make_page(
            _finding_of_all(cases, comparison),
            _footer(comparison, cases),
            _LEGEND + _ROW * len(cases) + _AXIS,
        )
        _draw_all(page, cases, comparison)
        return page.figure


def told_verdict(npv: Interval) -> str:
    """What may be said of a net present value: above 0, below 0, or neither."""
    if npv.low is not None and npv.high is not None:
        if npv.low > 0:
            return "gain"
        if npv.high < 0:
            return "loss"
    return "may be chance"


def _unknown(comparison: Comparison, scenario: str) -> Figure:
    names = ", ".join(result.name for result, _ in appraised(comparison))
    raise ValueError(f"there is no business case of {scenario!r}. There is one of: {names or 'none'}.")


def _step(name: str, worth: Interval) -> Step:
    return Step(name, worth, is_good=(worth.mean or 0.0) >= 0)


def _years(appraisal: Appraisal) -> str:
    return sorts(len(appraisal.mean_case.costs), "year")


def _finding(case: Case, comparison: Comparison) -> str:
    result, appraisal = case
    name = short(result.name, 40)
    npv, benefits, costs = (
        money(each.mean or 0.0, comparison.currency)
        for each in (appraisal.npv, appraisal.pv_benefits, appraisal.pv_costs)
    )
    sides = f"{benefits} of benefits, {costs} of costs"
    verdict = told_verdict(appraisal.npv)
    if verdict == "may be chance":
        return f"{name}: net present value {npv} ({sides}); whether it is above 0 may be chance"
    verb = "gains" if verdict == "gain" else "loses"
    return f"{name} {verb} {npv.lstrip('−')} over {_years(appraisal)}: {sides}"


def _finding_of_all(cases: list[Case], comparison: Comparison) -> str:
    sure = [case for case in cases if told_verdict(case[1].npv) == "gain"]
    best = max(sure or cases, key=lambda case: case[1].npv.mean or 0.0)
    name, npv = short(best[0].name, 40), money(best[1].npv.mean or 0.0, comparison.currency)
    if not sure:
        told = "No scenario is surely worth more than it costs"
        return f"{told}; the highest net present value, {npv}, is that of {name}"
    if len(cases) == 1:
        return f"{name} is worth {npv} more than it costs"
    told = f"{len(sure)} of {len(cases)} scenarios are surely worth more than they cost"
    return f"{told}, {name} most: {npv}"


def _footer(comparison: Comparison, cases: list[Case]) -> list[str]:
    first = cases[0][1].mean_case
    return [
        f"Present values over {_years(cases[0][1])} at {100 * first.discount_rate:g} % a year, against "
        f"{short(comparison.baseline.name)}: means over replications of paired differences, with 95 % "
        f"intervals{told_risk(cases[0][1])}.",
        provenance([comparison.baseline, *(result for result, _ in cases)]),
    ]


def told_risk(appraisal: Appraisal) -> str:
    """How benefits and costs were adjusted, for a footer; nothing where they were not."""
    case = appraisal.mean_case
    if not case.benefit_risk and not case.cost_risk:
        return ""
    benefits, costs = 100 * case.benefit_risk, 100 * case.cost_risk
    return f"; after risk adjustment (benefits −{benefits:g} %, costs +{costs:g} %)"


def _draw_all(page: Page, cases: list[Case], comparison: Comparison) -> None:
    axes = page.axes(_LEFT, page.top + _LEGEND, _AXES_RIGHT, page.bottom - _AXIS)
    axes.set_ylim(len(cases) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.axvline(0, color="#222222", linewidth=0.9)
    top = page.top + _LEGEND
    for i, (result, appraisal) in enumerate(cases):
        _draw_case(axes, i, appraisal)
        name_row(axes, i, result.name)
        middle = top + _ROW * (i + 0.5)
        told = money(appraisal.npv.mean or 0.0, comparison.currency)
        below = {"size": 8.5, "color": "#444444", "ha": "right", "va": "center"}
        page.text(_VALUE_RIGHT, middle - 0.09, told, size=10, weight="bold", ha="right", va="center")
        page.text(_VALUE_RIGHT, middle + 0.1, _told_interval(appraisal.npv), **below)
    axes.xaxis.set_major_formatter(lambda value, _: money(value))
    axes.margins(x=0.04)
    axes.set_xlabel(f"present value, {comparison.currency}".rstrip(" ,"), parse_math=False)
    page.text(
        _VALUE_RIGHT, top - 0.12, "net present value", size=8.5, color="#555555", ha="right", va="center"
    )
    _draw_legend(page)


def _draw_case(axes: Axes, i: int, appraisal: Appraisal) -> None:
    """Benefits from 0, costs back from where they end, and the net present value below with its interval."""
    benefits, costs = appraisal.pv_benefits.mean or 0.0, appraisal.pv_costs.mean or 0.0
    axes.barh(i - 0.2, benefits, 0.22, color=GOOD, label="_benefits")
    axes.barh(i + 0.04, -costs, 0.22, benefits, color=BAD, label="_costs")
    npv = appraisal.npv
    if npv.low is not None and npv.high is not None:
        axes.plot(
            [npv.low, npv.high], [i + 0.27, i + 0.27], color="#222222", linewidth=1.4, label="_interval"
        )
    axes.plot([npv.mean or 0.0], [i + 0.27], "D", color="#222222", markersize=5, label="_npv")


def _told_interval(npv: Interval) -> str:
    if npv.low is None or npv.high is None:
        return "one replication: no interval"
    told = f"{money(npv.low)} to {money(npv.high)}"
    return f"{told}, may be chance" if told_verdict(npv) == "may be chance" else told


def _draw_legend(page: Page) -> None:
    handles = [
        Patch(color=GOOD, label="benefits"),
        Patch(color=BAD, label="costs"),
        Line2D([], [], color="#222222", marker="D", markersize=5, label="net present value, 95 % interval"),
    ]
    page.legend(_LEFT, handles)
