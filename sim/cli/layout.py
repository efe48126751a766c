"""How printed results look: tables of one width, numbers with their intervals, units that people read.

Working hours are shown as days of the business calendar, elapsed hours as days of 24 h, rates per working
day. Everything fits 100 columns.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sim.experiment.intervals import Interval

WIDTH = 100
HOUR_MS = 3_600_000
NOT_DEFINED = "not defined"


@dataclass(frozen=True, slots=True)
class Scale:
    """What a number is multiplied with to be shown, and the unit it then has."""

    factor: float
    unit: str


def scale_of(metric: str, unit: str, day_h: float) -> Scale:
    """How a measure is shown where a working day has `day_h` hours."""
    if metric.startswith("elapsed"):
        return Scale(1 / 24, "days")
    if unit == "h" and metric not in ("held_hours",):
        return Scale(1 / day_h, "d")
    if unit == "per h":
        return Scale(day_h, "per d")
    return Scale(1.0, unit)


def figure(value: float | None, *, sign: bool = False) -> str:
    """A number with two decimals, fewer where it is large, three where it is small."""
    if value is None:
        return "–"
    size = abs(value)
    decimals = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 0.1 or size == 0 else 3
    text = f"{value:+,.{decimals}f}" if sign else f"{value:,.{decimals}f}"
    return text.replace("-", "−")


def spread(interval: Interval, factor: float) -> str:
    """A mean with half its interval's width: `12.31 ± 0.40`."""
    if interval.mean is None:
        return "–"
    half = interval.half_width
    text = figure(interval.mean * factor)
    return f"{text} ± {figure(half * abs(factor))}" if half else text


def span(interval: Interval, factor: float) -> str:
    """A difference with its interval: `−8.12 (−9.01 to −7.23)`."""
    if interval.mean is None:
        return "–"
    text = figure(interval.mean * factor, sign=True)
    if interval.low is None or interval.high is None or interval.low == interval.high:
        return text
    low, high = sorted((interval.low * factor, interval.high * factor))
    return f"{text} ({figure(low, sign=True)} to {figure(high, sign=True)})"


def words(name: str) -> str:
    """A metric's name as words."""
    stem, _, percentile = name.rpartition("_p")
    if stem and percentile.isdigit():
        return f"{words(stem)} P{percentile}"
    return name.replace("_", " ")


def table(*columns: str) -> Table:
    """An empty table: the first column left, the others right."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for i, column in enumerate(columns):
        made.add_column(column, justify="right" if i else "left", overflow="fold")
    return made


def drawn(made: Table) -> str:
    """A table as text, without blanks at its edges."""
    # one more than the width: the box has an empty edge at the left, which is cut off
    console = Console(file=io.StringIO(), width=WIDTH + 1, highlight=False, markup=False, emoji=False)
    console.print(made)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line[1:].rstrip() for line in text.splitlines() if line.strip())


def paragraph(text: str, indent: str = "") -> str:
    """Text wrapped to the width."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def count(n: int, thing: str = "replication") -> str:
    """A number of things."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def chunks(names: Sequence[str], n: int) -> list[list[str]]:
    """Names in groups of at most n, for tables that would be too wide."""
    return [list(names[i : i + n]) for i in range(0, len(names), n)]


def short(name: str, n: int) -> str:
    """A name of at most n characters."""
    return name if len(name) <= n else f"{name[: n - 1]}…"
