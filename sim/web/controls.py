"""What can be turned, as the page shows it: levers in groups, with bounds, today's value and source."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.experiment.levers import Kind, Lever

if TYPE_CHECKING:
    from jinja2 import Environment

_HEADS: dict[Kind, str] = {
    "size": "People in each team",
    "owns": "Cases a member may own",
    "limit": "Cases at a time",
    "assumption": "Assumptions",
}
_SHUT = ("assumption",)
"""Kinds whose group is folded until one of it is turned: twenty assumptions hide eleven teams."""

_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Control:
    """A slider and its number box. Numbers are texts as HTML has them; empty where there is no one value."""

    id: str
    name: str
    label: str
    unit: str
    low: str
    high: str
    low_text: str
    high_text: str
    step: str
    decimals: int
    today: str
    today_text: str
    value: str
    without: str
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """Controls of one kind under a heading."""

    id: str
    head: str
    levers: tuple[Control, ...]
    is_open: bool


def groups(
    levers: Sequence[Lever], values: Mapping[str, float], *, head: str = "", prefix: str = ""
) -> list[Group]:
    """Levers by kind, at the values that they stand at; those not named stand as today.

    `head` is put before the headings, `prefix` before the ids, where a page has two such lists.
    """
    found = []
    for kind, words in _HEADS.items():
        own = [lever for lever in levers if lever.kind == kind]
        if own:
            turned = any(lever.name in values for lever in own)
            controls = tuple(_control(lever, values.get(lever.name), prefix) for lever in own)
            is_open = turned or kind not in _SHUT
            found.append(Group(f"{prefix}{kind}", f"{head}{words}", controls, is_open))
    return found


def levers_html(environment: Environment, found: Sequence[Group]) -> str:
    """Controls as HTML."""
    return environment.get_template("levers.html.j2").render(groups=found)


def _control(lever: Lever, value: float | None, prefix: str) -> Control:
    ends = [each for each in (lever.present, value) if each is not None]
    low, high = min([lever.low, *ends]), max([lever.high, *ends])
    decimals = 0 if lever.whole else _decimals(lever, low)
    today = "" if lever.present is None else _plain(lever.present)
    return Control(
        id=f"{prefix}{lever.kind}-{lever.name.strip('$').replace('.', '-')}",
        name=lever.name,
        label=lever.name.lstrip("$").split(".")[0].replace("_", " "),
        unit=lever.unit,
        low=_plain(low),
        high=_plain(high),
        low_text=str(lever.written(low)),
        high_text=str(lever.written(high)),
        step=f"{10**-decimals:.{decimals}f}",
        decimals=decimals,
        today=today,
        today_text=str(lever.written(lever.present)) if lever.present is not None else "unlimited",
        value=today if value is None else _plain(value),
        without="unlimited",
        note=lever.source,
    )


def _decimals(lever: Lever, low: float) -> int:
    """So many that there are some dozens of places, and today's value and the least are among them."""
    span = lever.high - lever.low
    fine = 1 - math.floor(math.log10(span)) if span > 0 else 0
    own = [len(_plain(each).partition(".")[2]) for each in (low, lever.present or 0.0)]
    return min(max(fine, *own, 0), _MOST_DECIMALS)


def _plain(value: float) -> str:
    return f"{value:.10g}"
