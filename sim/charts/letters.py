"""Letters: the fonts that texts are drawn in, how wide a text is in them, and where its lines break.

A name may be written in any script. DejaVu Sans comes with Matplotlib and has Latin, Greek, Cyrillic, Hebrew
and Arabic; a letter that it lacks is taken from the first of the `WANTED` fonts that is installed and has it.
Not here: pages (page), names shortened to the room there is (value_stream_map.words).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from functools import lru_cache

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.textpath import TextToPath

WANTED = (
    "DejaVu Sans",
    "Noto Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Sans SC",
    "Noto Sans JP",
    "Noto Sans KR",
    "Source Han Sans",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans",
    "Apple SD Gothic Neo",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Emoji",
    "Symbola",
    "Segoe UI Emoji",
    "Unifont",
)
"""Families in the order in which a letter is looked for. Of colour fonts Matplotlib draws nothing."""

POINTS = 72.0  # per inch
_STAND_IN = "\N{WHITE SQUARE}"  # about as wide as a letter that takes a whole square

_BREAK = re.compile(r" (?!(?<=\d )(?:d|h|min|%|k|M)(?!\w))")
"""Where a line may end: not between a number and its unit."""

_measure = TextToPath()


@lru_cache(maxsize=1)
def families() -> list[str]:
    """The wanted families that are installed; DejaVu Sans always is."""
    installed = set(fontManager.get_font_names())
    return [name for name in WANTED if name in installed]


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    """The letters that any of these fonts has."""
    fonts = (get_font(findfont(FontProperties(family=name))) for name in families())
    return frozenset(code for font in fonts for code in font.get_charmap())


def without_a_font(texts: Iterable[str]) -> str:
    """The letters in these texts that no installed font has, each once; they are drawn as boxes."""
    seen = {letter for text in texts for letter in text if ord(letter) > 0x2FF}
    return "".join(sorted(letter for letter in seen if letter.isprintable() and ord(letter) not in _known()))


@lru_cache(maxsize=4096)
def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text [inches]."""
    for letter in without_a_font([words]):
        words = words.replace(letter, _STAND_IN)
    font = FontProperties(family=families(), size=size, weight="bold" if bold else "normal")
    return float(_measure.get_text_width_height_descent(words, font, ismath=False)[0]) / POINTS


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """The text on as few lines of that width [inches] as it needs, and those about equally long."""
    lines = _filled(text, width, size, bold=bold)
    low, high = 0.5 * width, width
    while len(lines) > 1 and high - low > 0.02 * width:
        middle = (low + high) / 2
        closer = _filled(text, middle, size, bold=bold)
        if len(closer) == len(lines):
            high = middle
        else:
            low = middle
    return _filled(text, high, size, bold=bold)


def _filled(text: str, width: float, size: float, *, bold: bool) -> list[str]:
    lines: list[list[str]] = []
    space, left = _advance("", size, bold=bold), 0.0
    for word in _pieces(text, width, size, bold=bold):
        wide = _advance(word, size, bold=bold)
        if lines and wide - space <= left:
            lines[-1].append(word)
        else:
            lines.append([word])
            left = width
        left -= wide
    return [line for words in lines if (line := " ".join(words).strip(" "))]


def _advance(word: str, size: float, *, bold: bool) -> float:
    """The width [inches] that a word and the space after it take in a line.

    Words are measured one by one: to measure every line that might be takes a tenth of a short run.
    """
    return width_of(f"|{word} |", size, bold=bold) - width_of("||", size, bold=bold)


def _pieces(text: str, width: float, size: float, *, bold: bool) -> Iterator[str]:
    """The words of a text; one that is wider than a line, as in scripts without spaces, in pieces."""
    for word in _BREAK.split(text):
        wide = width_of(word, size, bold=bold)
        if wide <= width:
            yield word
        else:
            n = max(1, int(len(word) * width / wide * 0.95))
            yield from textwrap.wrap(word, n) or [word]
