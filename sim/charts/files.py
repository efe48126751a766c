"""Figures as files: the same figure gives the same bytes, today and tomorrow.

Matplotlib would write the date, its version and random names of clip paths into a file.
Not here: what is drawn.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import IO, Literal

from matplotlib.figure import Figure

from sim.charts.page import style

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
    """A figure as SVG, to stand in a page; letters are outlines, so no font is needed to read it."""
    file = BytesIO()
    _write(figure, file, "svg")
    return file.getvalue().decode("utf-8")


def _write(figure: Figure, file: IO[bytes], kind: Format) -> None:
    with style():
        figure.savefig(file, format=kind, metadata=_METADATA[kind])
