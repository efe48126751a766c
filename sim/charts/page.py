"""The page every figure is drawn on: finding above, footer below, room for axes between them.

Places are in inches from the left and from the top, so that text of any length pushes the axes instead of
lying on them. Text is never read as mathematics: a scenario may be called `a $ and b $`.
"""

from __future__ import annotations

import textwrap
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.charts.letters import families, wrapped
from sim.experiment.replicate import Result
from sim.units.dimensions import format_money

WIDTH = 10.0
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MARGIN = 0.35
Drawing = Figure
"""A figure, for rooms that pass it on and need not know who draws it."""
STYLE = Path(__file__).with_name("style.mplstyle")

_LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
_TITLE_LINE, _FOOTER_LINE = 0.27, 0.165
_TITLE_SIZE, _FOOTER_SIZE = 14.0, 8.0


class ShownFigure(Figure):
    """A figure that a notebook shows as it is; Matplotlib's own is shown only where pyplot is used."""

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        with style():
            self.savefig(file, format="png")
        return file.getvalue()


@dataclass(frozen=True, slots=True)
class Page:
    """A figure and the height [inches] at which its body begins and ends, from the top."""

    figure: Figure
    top: float
    bottom: float
    width: float = WIDTH

    def text(self, left: float, down: float, words: str, **style: Any) -> None:
        """Write words at a place in inches."""
        height = float(self.figure.get_figheight())
        self.figure.text(left / self.width, 1 - down / height, words, parse_math=False, **style)

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Axes between these places in inches."""
        height = float(self.figure.get_figheight())
        box = (left / self.width, 1 - bottom / height, (right - left) / self.width, (bottom - top) / height)
        return self.figure.add_axes(box)

    def legend(
        self, left: float, handles: Sequence[Artist], n_columns: int = 3, spacing: float | None = None
    ) -> None:
        """A legend at the top of the body; `spacing` is between columns, in letter sizes."""
        drawn = self.figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(left / self.width, 1 - self.top / self.figure.get_figheight()),
            ncols=n_columns,
            borderaxespad=0,
            borderpad=0,
            columnspacing=spacing,
        )
        for text in drawn.get_texts():
            text.set_parse_math(False)


@lru_cache(maxsize=1)
def _look() -> dict[Any, Any]:
    """What stands in the style file, read once."""
    return dict(matplotlib.rc_params_from_file(STYLE, use_default_template=False))


@contextmanager
def style() -> Iterator[None]:
    """The look of all figures, for as long as one is made."""
    with matplotlib.rc_context({**_look(), "font.family": families()}), warnings.catch_warnings():
        # whoever writes the file is told once of all of them (files)
        warnings.filterwarnings("ignore", r"Glyph .* missing from font")
        yield


def make_page(title: str, footer: Sequence[str], body: float, *, width: float = WIDTH) -> Page:
    """A page with a body of that height [inches]; title and footer lines are wrapped."""
    room = width - 2 * MARGIN
    above = wrapped(title, room, _TITLE_SIZE, bold=True)
    below = [line for part in footer for line in wrapped(part, room, _FOOTER_SIZE)]
    top = MARGIN + _TITLE_LINE * len(above) + 0.15
    bottom = top + body
    height = bottom + 0.15 + _FOOTER_LINE * len(below) + 0.2
    page = Page(ShownFigure(figsize=(width, height)), top, bottom, width)
    page.figure.set_label(title)  # what it shows, for whoever puts it into a page
    for i, line in enumerate(above):
        page.text(MARGIN, MARGIN + _TITLE_LINE * i, line, size=_TITLE_SIZE, weight="bold", va="top")
    for i, line in enumerate(below):
        page.text(
            MARGIN, bottom + 0.15 + _FOOTER_LINE * i, line, size=_FOOTER_SIZE, color="#555555", va="top"
        )
    return page


def empty_page(case_type: str, footer: Sequence[str]) -> Figure:
    """The page of a case type of which no case was finished."""
    words = "There is nothing to draw: a longer horizon or more replications may finish some."
    return blank_page(f"No {case_called(case_type)} was finished in the window", words, footer)


def blank_page(title: str, words: str, footer: Sequence[str]) -> Figure:
    """A page on which nothing can be drawn, and why."""
    page = make_page(title, footer, 1.2)
    for i, line in enumerate(textwrap.wrap(words, 110)):
        page.text(MARGIN, page.top + 0.3 + 0.2 * i, line, size=10, va="top")
    return page.figure


def short(name: str, n: int = 40) -> str:
    """A name on one line of at most n characters, its middle left out."""
    name = " ".join(name.split())
    name = name if len(name) <= n else f"{name[: n // 2]}…{name[len(name) - (n - n // 2 - 1) :]}"
    # Without a mark, numbers that follow a name written from right to left would be drawn before it.
    is_right_to_left = any(unicodedata.bidirectional(character) in ("R", "AL") for character in name)
    return f"{name}{_LEFT_TO_RIGHT}" if is_right_to_left else name


def called(name: str, n: int = 40) -> str:
    """What a scenario calls a kind of case, a team or a step, in words."""
    return short(name.replace("_", " "), n)


def case_called(name: str, n: int = 40, *, several: bool = False) -> str:
    """A case of that kind: `request case`, `use case`; or `several`."""
    told = called(name, n)
    one = told if told.lower().endswith("case") else f"{told} case"
    return f"{one}s" if several else one


def sentence(text: str) -> str:
    """A text that begins with such a name, as a sentence."""
    return f"{text[:1].upper()}{text[1:]}"


def provenance(results: Sequence[Result]) -> str:
    """Scenarios, replications and seed, with a word where runs are incomplete."""
    seeds = ", ".join(dict.fromkeys(str(result.seed) for result in results))
    names = "; ".join(
        f"{short(result.name)} ({len(result.runs)} replication{'' if len(result.runs) == 1 else 's'}"
        f"{'' if result.is_complete else ', incomplete'})"
        for result in results
    )
    return f"Scenarios: {names}. Seed {seeds}."


def number(value: float, scale: float) -> str:
    """A value with as many digits as a figure whose largest value is `scale` can use."""
    decimals = 0 if scale >= 100 else 1 if scale >= 10 else 2
    return f"{value:,.{decimals}f}"


def signed(value: float, scale: float) -> str:
    """The same of a difference, always with its sign."""
    return f"{'−' if value < 0 else '+'}{number(abs(value), scale)}"


def money(value: float, currency: str = "") -> str:
    """An amount in three digits or so: `1.25 M USD`, `−42 k`."""
    return format_money(value, currency).replace("-", "−")


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100 * share:.0f} %"


def sorts(n: int, thing: str, things: str = "") -> str:
    """How many, in words: `1 replication`, `5 replications`."""
    return f"{n:,} {thing if n == 1 else things or f'{thing}s'}"


def name_row(axes: Axes, y: float, name: str, characters: int = 24, **style: Any) -> None:
    """Write a name left of the axes, beside the row at y, on two lines at most."""
    lines = textwrap.wrap(short(name, 2 * characters - 4), characters)
    axes.annotate(
        "\n".join(lines),
        (0, y),
        xycoords=("axes fraction", "data"),
        xytext=(-8, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        parse_math=False,
        annotation_clip=False,
        **({"fontsize": 10} | style),
    )


def working_day_h(result: Result) -> float:
    """Hours of an ordinary working day: the most frequent open time of a day of the business calendar."""
    calendar, end = result.plan.calendars[result.plan.business], result.plan.end
    midnights = np.arange(0, end, DAY_MS)
    hours = calendar.open_between_array(midnights, np.minimum(midnights + DAY_MS, end)) / HOUR_MS
    values, counts = np.unique(hours[hours > 0], return_counts=True)
    return float(values[np.argmax(counts)]) if len(values) else 24.0
