"""Text that must fit: names wrapped, or shortened in the middle, to the room there is.

Widths are measured in the font that is drawn, so what fits here lies within its box.
"""

from __future__ import annotations

import re

from sim.charts.letters import POINTS as POINTS
from sim.charts.letters import width_of as width_of

LINE = 1.22  # of the font's size, from line to line


def plain(name: str) -> str:
    """A name of the scenario as words."""
    return " ".join(name.replace("_", " ").split())


def fitted(words: str, width: float, size: float, *, lines: int = 1, bold: bool = False) -> list[str]:
    """The words on at most so many lines, none wider than `width` [inches]; what is too long is cut."""
    found = [""]
    for word in words.split():
        longer = f"{found[-1]} {word}".strip()
        if width_of(longer, size, bold=bold) <= width:
            found[-1] = longer
        elif not found[-1]:
            found[-1] = word
        else:
            found.append(word)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [_cut(line, width, size, bold=bold) for line in found if line]


def best_fit(
    words: str, width: float, size: float, *, lines: int = 1, bold: bool = False
) -> tuple[list[str], float]:
    """The words fitted, and the size at which they are: a smaller one where that leaves nothing out."""
    for smaller in (size, size - 0.6, size - 1.2, size - 1.8):
        found = fitted(words, width, smaller, lines=lines, bold=bold)
        if not any("…" in line for line in found):
            return found, smaller
    return fitted(words, width, size, lines=lines, bold=bold), size


def unbroken(text: str) -> str:
    """A text in which no line ends between a number and its unit."""
    return re.sub(r"(?<=\d) (?=(?:d|h|min|%)(?![a-z]))", "\u00a0", text)


def _cut(line: str, width: float, size: float, *, bold: bool) -> str:
    """The line, its middle left out as far as must be."""
    if width_of(line, size, bold=bold) <= width:
        return line
    low, high = 0, min(len(line), 200)  # how many characters may stay
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if width_of(_shortened(line, middle), size, bold=bold) <= width else (low, middle)
        )
    return _shortened(line, low)


def _shortened(line: str, n: int) -> str:
    if n >= len(line):
        return line
    tail = n // 3
    return f"{line[: n - tail]}…{line[len(line) - tail :] if tail else ''}"
