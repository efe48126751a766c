"""Pieces of a slide: its title and foot, paragraphs, panels of figures, tables.

Lengths are inches. Text is made clean here, whatever names are in it, and never grows out of its box: long
text gets smaller letters, and what is too long ends in an ellipsis.
Not here: charts (charts), which pieces a slide has (slides).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from sim.report.words import clean, plain

Slide = Any
"""A slide of python-pptx, whose types do not know what a shape can do."""
Box = tuple[float, float, float, float]
"""Left, top, width, height."""

WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.6  # 16:9
BODY = 1.75  # where what is below the title begins
INK, SOFT, BLUE, TINT = "1C2127", "4A5560", "0B4F7D", "F3F6F9"
FULL: Box = (MARGIN, BODY, WIDTH - 2 * MARGIN, HEIGHT - BODY - 0.65)
_TITLE_CHARACTERS = 210
_DEFAULT_WIDTH = 10.0  # of the template, which is 4:3


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph and how it looks."""

    text: str
    size: float = 16
    is_bold: bool = False
    colour: str = INK
    is_bullet: bool = False
    after: float = 0  # space below [points]


def make_wide(presentation: Any) -> None:
    """Make slides 16:9, and the template's layouts with them, for whoever adds a slide."""
    presentation.slide_width, presentation.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for each in (presentation.slide_master, *presentation.slide_layouts):
        for shape in each.placeholders:
            # what has no place of its own takes that of the master, which is stretched already
            if shape._element.spPr.find(qn("a:xfrm")) is not None:
                shape.left = round(shape.left * WIDTH / _DEFAULT_WIDTH)
                shape.width = round(shape.width * WIDTH / _DEFAULT_WIDTH)


def heading(slide: Slide, text: str) -> None:
    """The title of a slide."""
    shape = slide.shapes.title
    shape.left, shape.top = Inches(MARGIN), Inches(0.35)
    shape.width, shape.height = Inches(WIDTH - 2 * MARGIN), Inches(1.25)
    told = shortened(text, _TITLE_CHARACTERS)
    size = 28 if len(told) < 90 else 24 if len(told) < 140 else 20
    shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    shape.text_frame.margin_left = 0
    _fill(shape.text_frame, [Words(told, size, is_bold=True)])


def foot(slide: Slide, source: str, number: int) -> None:
    """Where the figures come from, and the number of the slide."""
    top, width = HEIGHT - 0.5, WIDTH - 2 * MARGIN
    text(slide, [Words(source, 10, colour=SOFT)], (MARGIN, top, width - 1, 0.3))
    page = text(slide, [Words(str(number), 10, colour=SOFT)], (MARGIN + width - 1, top, 1, 0.3))
    page.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def text(slide: Slide, words: Sequence[Words], box: Box) -> Any:
    """Paragraphs in a box."""
    shape = slide.shapes.add_textbox(*map(Inches, box))
    shape.text_frame.margin_left = 0
    _fill(shape.text_frame, words)
    return shape


def bullets(slide: Slide, lines: Sequence[str], *, size: float = 18) -> None:
    """A list that fills the slide; of a longer one the letters are smaller."""
    told = [line.replace("`", "") for line in lines]
    length = sum(len(line) + 60 for line in told)  # a line that is begun is one that is used
    fit = round(min(size, max(10.0, size * (1700 / length) ** 0.5))) if length else size
    text(slide, [Words(line, fit, is_bullet=True, after=fit / 2) for line in told], FULL)


def panel(slide: Slide, words: Sequence[Words], box: Box) -> None:
    """Paragraphs on a tinted rectangle; one shape, so that they move together."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(Inches, box))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(TINT)
    shape.line.fill.background()
    shape.shadow.inherit = False
    frame = shape.text_frame
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = Inches(0.12)
    frame.margin_top = Inches(0.15)
    _fill(frame, words)


def _fill(frame: Any, words: Sequence[Words]) -> None:
    frame.word_wrap = True
    for i, each in enumerate(words):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        paragraph.text = clean(plain(each.text)) if each.text else ""
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.font.size, paragraph.font.bold = Pt(each.size), each.is_bold
        paragraph.font.color.rgb = RGBColor.from_string(each.colour)
        paragraph.space_after = Pt(each.after)
        if each.is_bullet:
            _make_bullet(paragraph, each.size)


def _make_bullet(paragraph: Any, size: float) -> None:
    """A bullet of the program's own, with the lines below it set in, which python-pptx has no word for."""
    properties = paragraph._p.get_or_add_pPr()
    inset = round(Pt(size))
    properties.set("marL", str(inset))
    properties.set("indent", str(-inset))
    bullet = properties.makeelement(qn("a:buChar"), {"char": "•"})
    properties.append(bullet)


def table(
    slide: Slide,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    alt: str,
    *,
    size: float = 14,
    n_texts: int = 1,
    bold: Sequence[int] = (),
) -> float:
    """A native table; the first columns (`n_texts`) are text, the others numbers. Where it ends [inches]."""
    height = size / 72 * 1.6
    box = (MARGIN, BODY, sum(widths), height * (len(rows) + 1))
    frame = slide.shapes.add_table(len(rows) + 1, len(heads), *map(Inches, box))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt))
    made = frame.table
    for column, width in enumerate(widths):
        made.columns[column].width = Inches(width)
    for column, head in enumerate(heads):
        _cell(made.cell(0, column), head, size, "FFFFFF", BLUE, is_bold=True, is_text=column < n_texts)
    for i, row in enumerate(rows):
        fill = TINT if i in bold else "FFFFFF"
        for column, told in enumerate(row):
            _cell(
                made.cell(i + 1, column), told, size, INK, fill, is_bold=i in bold, is_text=column < n_texts
            )
    return BODY + height * (len(rows) + 1)


def _cell(cell: Any, told: str, size: float, colour: str, fill: str, *, is_bold: bool, is_text: bool) -> None:
    cell.margin_top = cell.margin_bottom = Inches(0.02)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    _fill(cell.text_frame, [Words(told, size, is_bold, colour)])
    if not is_text:
        cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(fill)


def shortened(name: str, n: int) -> str:
    """A text of at most n characters."""
    name = clean(plain(name))
    return name if len(name) <= n else f"{name[: n - 1]}…"
