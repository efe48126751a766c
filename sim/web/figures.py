"""An answer in words and numbers: today's value, the value here, and how sure the difference is.

Not here: pictures; what the figures are (experiment.what_if).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.charts.time_spent import COLOURS
from sim.experiment.what_if import Answer, Figure
from sim.report.words import NOT_DEFINED, Unit, change_unit, clean, count, money_unit

if TYPE_CHECKING:
    from jinja2 import Environment

_TILES = (
    "lead_time",
    "lead_time_p85",
    "process_efficiency",
    "throughput",
    "abandonment",
    "cost_a_year",
    "npv",
    "roi",
    "payback",
    "probability_of_gain",
)
"""The figures that are shown first, in this order: five of the flow, five of money."""

_OF_CHANGE = ("npv", "roi", "payback", "probability_of_gain")
"""Figures of a change, which today has none of."""


_ROUND = ("roi", "payback", "probability_of_gain")
_SHORT = {"working days": "d", "per month": "", "cases": ""}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: what it is, today's value, the value here, the change and how sure it is."""

    label: str
    today: str
    here: str
    change: str = ""
    range: str = ""
    verdict: str = ""
    is_better: bool | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: today, here, the change, its interval."""

    name: str
    cells: tuple[str, ...]
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A lead time as a bar: its parts and what is left of the scale, in days."""

    name: str
    parts: tuple[tuple[str, float], ...]
    rest: float
    total: str


def status_html(environment: Environment, answer: Answer | None) -> str:
    """How many replications the figures are of, and whether more follow."""
    n = "" if answer is None else count(answer.replications, "replication")
    return environment.get_template("status.html.j2").render(answer=answer, n=n)


def figures_html(environment: Environment, answer: Answer) -> str:
    """Key figures, and where the time goes."""
    lead_time = answer.figure("lead_time")
    return environment.get_template("figures.html.j2").render(
        refusal=answer.refusal.splitlines(),
        tiles=tiles(answer),
        case_type=answer.case_type,
        bars=bars(answer),
        heads=_heads(answer),
        lines=_lines([*answer.groups, *([] if lead_time is None else [lead_time])], answer),
    )


def teams_html(environment: Environment, answer: Answer) -> str:
    """How busy each team is."""
    return environment.get_template("teams.html.j2").render(
        heads=_heads(answer), lines=_lines(answer.teams, answer)
    )


def tiles(answer: Answer) -> list[Tile]:
    """The key figures of an answer."""
    found = {figure.name: figure for figure in answer.figures}
    if answer.settings.is_today:
        return [
            _of_today(found[name], answer.currency)
            for name in _TILES
            if name in found and name not in _OF_CHANGE
        ]
    return [_tile(found[name], answer.currency) for name in _TILES if name in found]


def bars(answer: Answer) -> list[Bar]:
    """The lead time today and here by group, on one scale; empty where no case was finished."""
    lead_time = answer.figure("lead_time")
    if lead_time is None or not answer.groups:
        return []
    whole = [each.mean for each in (lead_time.today, lead_time.here) if each is not None and each.mean]
    found = []
    both = (("today", lead_time.today), ("here", lead_time.here))
    for name, total in both[:1] if answer.settings.is_today else both:
        if total is None or total.mean is None:
            continue
        sides = ((each.name, each.today if name == "today" else each.here) for each in answer.groups)
        parts = [(COLOURS[group], side.mean or 0.0) for group, side in sides if side is not None]
        text = Unit(name="d").value(total.mean)
        found.append(Bar(name, tuple(parts), max(whole, default=0.0) - total.mean, text))
    return found


def _of_today(figure: Figure, currency: str) -> Tile:
    """A figure while nothing is changed."""
    unit, told = _unit(figure), figure.today
    if told is None or told.mean is None:
        return Tile(_label(figure, currency), "", NOT_DEFINED)
    has_range = told.low is not None and told.high is not None and told.low < told.high
    text = f"95 %: {unit.between(told.low, told.high)}" if has_range else ""
    return Tile(_label(figure, currency), "", unit.value(told.mean), range=text)


def _tile(figure: Figure, currency: str) -> Tile:
    unit = _unit(figure)
    told = None if figure.here is None else figure.here.mean
    here = _never(figure) if told is None else _written(figure, unit, told)
    if figure.name in _OF_CHANGE:
        return Tile(_label(figure, currency), "", here, "", _range(figure, unit), _verdict(figure))
    today = NOT_DEFINED if figure.today is None else unit.number(figure.today.mean or 0.0)
    change = "" if figure.change is None else _points(figure, unit).value(figure.change.mean, sign=True)
    return Tile(
        _label(figure, currency),
        today,
        here,
        change,
        _range(figure, _points(figure, unit)),
        _verdict(figure),
        figure.is_better,
    )


def _written(figure: Figure, unit: Unit, value: float) -> str:
    if figure.unit == "months":
        return count(math.ceil(value), "month") if value > 0 else "at once"
    return unit.value(value, sign=figure.name == "npv")


def _label(figure: Figure, currency: str) -> str:
    """With what would make a number too long for its tile."""
    if figure.unit == "money" and currency:
        return f"{figure.label}, {clean(currency)}"
    return f"{figure.label} a month" if figure.unit == "per month" else figure.label


def _points(figure: Figure, unit: Unit) -> Unit:
    """The unit of a difference: of two shares it is points."""
    return Unit(unit.factor, "points", unit.decimals) if figure.unit == "%" else unit


def _never(figure: Figure) -> str:
    """What is said where there is no number: a return on no money, a payback that does not come."""
    return {"roi": "costs no more", "payback": "not within the years"}.get(figure.name, NOT_DEFINED)


def _verdict(figure: Figure) -> str:
    told = figure.verdict
    return "" if told is None or told == "the same" else told


def _range(figure: Figure, unit: Unit) -> str:
    """The interval of the change, or of what only a change has."""
    told = figure.here if figure.name in _OF_CHANGE else figure.change
    if told is None or told.low is None or told.high is None:
        return ""
    if told.low == told.high == 0:
        return "the same in every replication"
    return f"95 %: {unit.between(told.low, told.high, sign=figure.name not in _ROUND)}"


def _heads(answer: Answer) -> tuple[str, ...]:
    return (
        ("today", "95 %") if answer.settings.is_today else ("today", "here", "change", "95 % of the change")
    )


def _lines(figures: Sequence[Figure], answer: Answer) -> list[Line]:
    """Rows of a table; while nothing is changed, of today alone."""
    cells = _cells_of_today if answer.settings.is_today else _cells
    return [Line(each.label, cells(each, _bare(_unit(each))), COLOURS.get(each.name, "")) for each in figures]


def _cells_of_today(figure: Figure, unit: Unit) -> tuple[str, ...]:
    told = figure.today or figure.here
    if told is None:
        return (NOT_DEFINED, "")
    return unit.value(told.mean), unit.between(told.low, told.high)


def _cells(figure: Figure, unit: Unit) -> tuple[str, ...]:
    means = [None if each is None else each.mean for each in (figure.today, figure.here)]
    change = figure.change
    return (
        *(NOT_DEFINED if mean is None else unit.value(mean) for mean in means),
        "" if change is None else unit.value(change.mean, sign=True),
        "" if change is None else unit.between(change.low, change.high, sign=True),
    )


def _bare(unit: Unit) -> Unit:
    """The unit without its name, which stands at the head of a table."""
    return Unit(unit.factor, "", unit.decimals)


def _unit(figure: Figure) -> Unit:
    """Of all numbers of a figure: as many decimals as its value can use; the currency stands in the label."""
    told = [each for each in (figure.today, figure.here) if each is not None]
    if figure.unit == "money":
        return money_unit([end for each in told for end in (each.mean, each.low, each.high)], "")
    largest = max((abs(each.mean) for each in told if each.mean is not None), default=0.0)
    if figure.name in _ROUND:
        return Unit(1.0, figure.unit, 0)
    return change_unit(Unit(), largest, _SHORT.get(figure.unit, figure.unit))
