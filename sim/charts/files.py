"""Figures as files: the same figure gives the same bytes, today and tomorrow.

Matplotlib would write the date, its version and random names of clip paths into a file.
A letter that no installed font has is a box in a PNG; an SVG with such a letter keeps its text as text, so
that whoever opens it sees the letter in a font of theirs.
Not here: what is drawn, which fonts there are (letters).
"""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path
from typing import IO, Literal

import matplotlib
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.charts.letters import without_a_font
from sim.charts.page import style

_LOG = logging.getLogger(__name__)

Format = Literal["png", "svg"]
_METADATA: dict[Format, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
}


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG or SVG, as the name of the file ends.

    Raises
    ------
    ValueError
        The name ends otherwise.
    """
    suffix = path.suffix.lower()
    if suffix not in (".png", ".svg"):
        raise ValueError(f"{path.name}: a figure is written as .png or .svg, not as {suffix or 'no kind'!r}")
    with path.open("wb") as file:
        _write(figure, file, "svg" if suffix == ".svg" else "png")


def svg_text(figure: Figure) -> str:
    """A figure as SVG, to stand in a page; letters are outlines, where a font has them."""
    file = BytesIO()
    _write(figure, file, "svg")
    return file.getvalue().decode("utf-8")


def _write(figure: Figure, file: IO[bytes], kind: Format) -> None:
    missing = without_a_font(text.get_text() for text in figure.findobj(Text))
    if missing and kind == "png":
        _LOG.warning(
            "no installed font has %s: drawn as boxes. Install one that has, such as Noto Sans CJK, or write "
            "an SVG, in which they stay text.",
            missing if len(missing) <= 12 else f"{missing[:12]}… ({len(missing)} letters)",
        )
    with style():
        matplotlib.rcParams["svg.fonttype"] = "none" if missing else "path"
        figure.savefig(file, format=kind, metadata=_METADATA[kind])
