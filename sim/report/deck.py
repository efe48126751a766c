"""A report as slides with native charts and tables, which the reader can edit.

Every slide's title is its finding. Charts carry their numbers: whoever opens them can change them. The same
run gives the same bytes. python-pptx is known to this module only.
Not here: what a report says (document, so_what).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from sim.errors import RunError
from sim.experiment.compare import Difference
from sim.records import GROUPS
from sim.report import so_what
from sim.report.document import Case, Document
from sim.report.method import left_out, method
from sim.report.words import clean, plain

Slide = Any
"""A slide of python-pptx, whose types do not know what a shape can do."""

WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.6  # inches, 16:9
_BODY = 1.75  # where what is below the title begins
_INK, _SOFT, _BLUE, _TINT = "1C2127", "4A5560", "0B4F7D", "F3F6F9"
# as the charts of the page have them (Okabe and Ito 2008)
_GROUP_COLOURS = ("009E73", "56B4E9", "D55E00", "E69F00", "CC79A7", "BBBBBB")
_UNSEEN = "\u00a0"  # the name of what a waterfall stands on, in the legend
_LESS, _MORE, _WHOLE = "0072B2", "E69F00", "666666"
_TITLE_CHARACTERS, _NAME_CHARACTERS = 190, 40
_ROWS = 14
"""Lines of a table that a slide has room for."""


def deck(document: Document) -> bytes:
    """The slides of a report.

    Raises
    ------
    RunError
        python-pptx is not installed.
    """
    try:
        from pptx import Presentation
        from pptx.util import Inches
    except ImportError:
        raise RunError("slides take python-pptx, which is not installed: pip install 'sim[office]'") from None
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for title, fill in _slides(document):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        _title(slide, title)
        fill(slide)
        _foot(slide, document, len(presentation.slides))
    properties = presentation.core_properties
    properties.title, properties.author = clean(document.title)[:250], "sim report"  # 255 fit
    file = BytesIO()
    presentation.save(file)
    started = datetime.fromisoformat(document.subject.stored.manifest.started)
    return steady(file.getvalue(), started)


def steady(package: bytes, started: datetime) -> bytes:
    """A package of parts without the instant at which it was made, nor those of the packages in it."""
    stamp = f"{started:%Y-%m-%dT%H:%M:%SZ}".encode()
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as parts, zipfile.ZipFile(made, "w") as out:
        for name in parts.namelist():
            content = parts.read(name)
            if name.endswith(".xlsx"):
                content = steady(content, started)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", lambda found: found[1] + stamp, content
                )
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


Fill = Callable[[Slide], None]


def _slides(document: Document) -> Iterator[tuple[str, Fill]]:
    """Each slide's title, and what fills it."""
    subject = document.subject
    yield document.answer.headline, lambda slide: _answer(slide, document)
    if subject.case_type is not None:
        yield (
            _finding(so_what.of_time_spent(subject), "Where the time goes"),
            lambda slide: _time(slide, document),
        )
    if document.groups:
        yield (
            _finding(so_what.of_days(document.groups), "From today to tomorrow"),
            lambda s: _days(s, document),
        )
    if document.cases and subject.best is not None:
        case = document.cases[0]
        title = _finding(so_what.of_net_benefit(subject, subject.best), "Benefits and costs by year")
        yield title, lambda slide: _years(slide, case)
        worth = _finding(so_what.of_worth(subject, subject.best), "The business case")
        yield worth, lambda slide: _table(slide, case)
    yield "What must be true for this", lambda slide: _bullets(slide, _must(document))
    yield "How it was found, and what it leaves out", lambda slide: _bullets(slide, _how(document), size=13)


def _finding(sentence: str, otherwise: str) -> str:
    """The sentence of a chart as a title."""
    text = sentence.removeprefix("So what: ")
    return text[0].upper() + text[1:] if text else otherwise


def _must(document: Document) -> list[str]:
    asked = f"The decision asked for: {document.answer.ask}"
    return [*document.answer.must, asked, *document.caveats]


def _how(document: Document) -> list[str]:
    manifest = document.subject.stored.manifest
    told = [f"{head}: {text}" for head, text in method(document.subject)]
    return [
        *told,
        *left_out(document.subject),
        f"Repeat it: {manifest.command} (sim {manifest.versions.get('sim')})",
    ]


# --- pieces of a slide


def _title(slide: Slide, text: str) -> None:
    from pptx.util import Inches, Pt

    shape = slide.shapes.title
    shape.left, shape.top = Inches(MARGIN), Inches(0.35)
    shape.width, shape.height = Inches(WIDTH - 2 * MARGIN), Inches(1.25)
    told = clean(plain(text))
    shape.text_frame.text = told if len(told) <= _TITLE_CHARACTERS else f"{told[: _TITLE_CHARACTERS - 1]}…"
    size = 28 if len(told) < 90 else 24 if len(told) < 140 else 20
    _look(shape.text_frame, size=Pt(size), bold=True, colour=_INK)


def _foot(slide: Slide, document: Document, number: int) -> None:
    manifest = document.subject.stored.manifest
    n = len(document.subject.baseline.runs)
    text = f"Run of {manifest.started[:10]}, {n} replications, seed {manifest.seed}. {number}"
    _text(slide, text, (MARGIN, HEIGHT - 0.45, WIDTH - 2 * MARGIN, 0.3), size=10, colour=_SOFT)


def _text(
    slide: Slide,
    text: str | Sequence[str],
    box: tuple[float, float, float, float],
    *,
    size: float = 16,
    bold: bool = False,
    colour: str = _INK,
) -> Any:
    """Paragraphs in a box (left, top, width, height in inches)."""
    from pptx.util import Inches, Pt

    shape = slide.shapes.add_textbox(*(Inches(each) for each in box))
    frame = shape.text_frame
    frame.word_wrap = True
    lines = [text] if isinstance(text, str) else list(text)
    frame.text = clean(plain(lines[0])) if lines else ""
    for line in lines[1:]:
        frame.add_paragraph().text = clean(plain(line))
    _look(frame, size=Pt(size), bold=bold, colour=colour)
    return shape


def _look(frame: Any, *, size: Any, bold: bool, colour: str) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN

    frame.word_wrap = True
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.font.size, paragraph.font.bold = size, bold
        paragraph.font.color.rgb = RGBColor.from_string(colour)


def _bullets(slide: Slide, lines: Sequence[str], *, size: float = 16) -> None:
    told = [line.replace("`", "") for line in lines]
    length = sum(len(line) for line in told)
    fit = min(size, max(9.0, size * (1900 / length) ** 0.5)) if length else size
    box = (MARGIN, _BODY, WIDTH - 2 * MARGIN, HEIGHT - _BODY - 0.6)
    shape = _text(slide, [f"• {line}" for line in told], box, size=round(fit))
    from pptx.util import Pt

    for paragraph in shape.text_frame.paragraphs:
        paragraph.space_after = Pt(fit / 2)


def _answer(slide: Slide, document: Document) -> None:
    """The key figures side by side, and the decision asked for."""
    figures = document.key_figures
    gap, n = 0.15, max(1, len(figures))
    width = (WIDTH - 2 * MARGIN - gap * (n - 1)) / n
    for i, each in enumerate(figures):
        left = MARGIN + i * (width + gap)
        _panel(slide, (left, _BODY + 0.1, width, 2.7))
        before = f"{each.before} → " if each.before else ""
        _text(slide, each.label, (left + 0.05, _BODY + 0.2, width - 0.1, 0.4), size=12, colour=_SOFT)
        _text(
            slide, f"{before}{each.value}", (left + 0.05, _BODY + 0.65, width - 0.1, 0.6), size=17, bold=True
        )
        small = [part for part in (each.change, *each.ranges, each.verdict) if part]
        if small:
            _text(slide, small, (left + 0.05, _BODY + 1.25, width - 0.1, 1.4), size=11, colour=_SOFT)
    box = (MARGIN, _BODY + 3.1, WIDTH - 2 * MARGIN, 1.8)
    ask = document.answer.ask.replace("`", "")
    _text(slide, ["The decision asked for", ask], box, size=18)


def _panel(slide: Slide, box: tuple[float, float, float, float]) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Inches

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Inches(each) for each in box))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(_TINT)
    shape.line.fill.background()
    shape.shadow.inherit = False


# --- charts and the table


def _time(slide: Slide, document: Document) -> None:
    """Stacked bars: where the time of a case goes, a bar for each scenario."""
    subject = document.subject
    names = [result.name for result in subject.stored.results]
    series = [
        (
            group,
            [
                sum(subject.of_cases(name, f"time_{each.name.lower()}").mean or 0.0 for each in classes)
                * subject.days.factor
                for name in names
            ],
            colour,
        )
        for (group, classes), colour in zip(GROUPS.items(), _GROUP_COLOURS, strict=True)
    ]
    alt = f"Working days a {subject.case_type} takes, by what they go to, for each scenario."
    _chart(slide, "BAR_STACKED", names, series, alt, unit="working days per case")


def _days(slide: Slide, document: Document) -> None:
    """A waterfall from the baseline's lead time to the other's, group by group."""
    groups = document.groups
    names, bases, wholes, less, more = _waterfall(groups, document.subject.days.factor)
    best = document.subject.best
    assert best is not None
    names = [document.subject.baseline.name, *names, best.name]
    series = [
        (_UNSEEN, bases, ""),
        ("lead time", wholes, _WHOLE),
        ("less", less, _LESS),
        ("more", more, _MORE),
    ]
    alt = "Waterfall from the lead time of the baseline to that of the scenario, by group of causes."
    chart = _chart(slide, "COLUMN_STACKED", names, series, alt, unit="working days per case (not from 0)")
    lowest, highest = min(bases[1:-1]), max(wholes)
    chart.value_axis.minimum_scale = max(0.0, float(round(lowest - (highest - lowest) - 0.5)))


def _waterfall(
    groups: Sequence[Difference], factor: float
) -> tuple[list[str], list[float], list[float], list[float], list[float]]:
    """Names of the steps; below each what is not drawn; whole bars at both ends; falls and rises."""
    level = factor * sum(row.baseline for row in groups)
    bases, wholes, less, more = [0.0], [level], [0.0], [0.0]
    for row in groups:
        change = factor * (row.interval.mean or 0.0)
        bases.append(min(level, level + change))
        wholes.append(0.0)
        less.append(max(0.0, -change))
        more.append(max(0.0, change))
        level += change
    return (
        [row.metric for row in groups],
        [*bases, 0.0],
        [*wholes, level],
        [*less, 0.0],
        [*more, 0.0],
    )


def _years(slide: Slide, case: Case) -> None:
    """Benefits, costs, and what is left so far, by year."""
    unit, table = case.unit, case.table
    names = ["initial", *(f"year {year}" for year in range(1, len(table.net.years) + 1))]
    benefits, costs = table.benefits[-1], table.costs[-1]
    series = [
        ("benefits", [unit.factor * each for each in (benefits.initial, *benefits.years)], _LESS),
        ("costs", [unit.factor * each for each in (costs.initial, *costs.years)], _MORE),
        ("net benefit so far", [unit.factor * each for each in table.cumulative], _WHOLE),
    ]
    alt = f"Benefits, costs and the net benefit so far of {clean(case.name)}, by year, not discounted."
    _chart(slide, "COLUMN_CLUSTERED", names, series, alt, unit=f"{unit.name}, not discounted")


def _chart(
    slide: Slide,
    kind: str,
    names: Sequence[str],
    series: Sequence[tuple[str, Sequence[float], str]],
    alt: str,
    *,
    unit: str,
) -> Any:
    """A native chart; a series without a colour is not seen (what a waterfall stands on)."""
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Inches, Pt

    data = CategoryChartData(number_format="#,##0.0")
    data.categories = [_short(name) for name in names]
    for name, values, _ in series:
        data.add_series(name, values)
    box = (MARGIN, _BODY, WIDTH - 2 * MARGIN, HEIGHT - _BODY - 0.6)
    frame = slide.shapes.add_chart(getattr(XL_CHART_TYPE, kind), *(Inches(each) for each in box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt))
    chart = frame.chart
    chart.font.size = Pt(12)
    chart.has_title = False
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.value_axis.has_title = True
    chart.value_axis.axis_title.text_frame.text = clean(unit)
    chart.value_axis.axis_title.text_frame.paragraphs[0].font.size = Pt(12)
    lines = chart.value_axis.major_gridlines.format.line
    lines.width, lines.color.rgb = Pt(0.5), RGBColor.from_string("D5DBE1")
    if kind.startswith("BAR"):
        chart.category_axis.reverse_order = True
    for made, (_, values, colour) in zip(chart.plots[0].series, series, strict=True):
        _paint(made, values, colour)
    chart.plots[0].gap_width = 60
    if "STACKED" in kind:
        chart.plots[0].overlap = 100
    return chart


def _paint(series: Any, values: Sequence[float], colour: str) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    if not colour:
        series.format.fill.background()
        return
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = RGBColor.from_string(colour)
    largest = max(map(abs, values), default=0.0)
    if largest > 0:
        labels = series.data_labels
        labels.show_value = True
        # nothing is written where there is nothing
        labels.number_format, labels.number_format_is_linked = '#,##0.0;-#,##0.0;""', False
        labels.font.size = Pt(11)


def _table(slide: Slide, case: Case) -> None:
    """The business case as a native table, and its figures below."""
    from pptx.util import Inches

    rows = case.table.rows
    if len(rows) > _ROWS:
        rows = (case.table.benefits[-1], case.table.costs[-1], case.table.net)
    heads = [
        case.unit.name,
        "initial",
        *(f"year {i}" for i, _ in enumerate(rows[0].years, 1)),
        "total",
        "present value",
    ]
    box = (MARGIN, _BODY, WIDTH - 2 * MARGIN, 0.32 * (len(rows) + 1))
    frame = slide.shapes.add_table(len(rows) + 1, len(heads), *(Inches(each) for each in box))
    table = frame.table
    table.columns[0].width = Inches(4.0)
    rest = (WIDTH - 2 * MARGIN - 4.0) / (len(heads) - 1)
    for column in range(1, len(heads)):
        table.columns[column].width = Inches(rest)
    for column, head in enumerate(heads):
        _cell(table.cell(0, column), head, is_bold=True, is_head=True, is_text=column == 0)
    for i, row in enumerate(rows, start=1):
        cells = [case.unit.number(each) for each in (row.initial, *row.years, row.total, row.present_value)]
        for column, text in enumerate([plain(row.label), *cells]):
            _cell(table.cell(i, column), text, is_bold=row.is_total, is_text=column == 0)
    below = [f"{label}: {text}" for label, text in case.figures]
    top = _BODY + 0.32 * (len(rows) + 1) + 0.1
    half = (len(below) + 1) // 2
    width = (WIDTH - 2 * MARGIN) / 2
    _text(slide, below[:half], (MARGIN, top, width, 1.0), size=12)
    if below[half:]:
        _text(slide, below[half:], (MARGIN + width, top, width, 1.0), size=12)


def _cell(cell: Any, text: str, *, is_bold: bool, is_text: bool, is_head: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    cell.margin_top = cell.margin_bottom = Inches(0.02)
    cell.text_frame.text = clean(text)
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT if is_text else PP_ALIGN.RIGHT
    paragraph.font.size, paragraph.font.bold = Pt(12), is_bold
    paragraph.font.color.rgb = RGBColor.from_string("FFFFFF" if is_head else _INK)
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(_BLUE if is_head else _TINT if is_bold else "FFFFFF")


def _short(name: str) -> str:
    name = clean(name)
    return name if len(name) <= _NAME_CHARACTERS else f"{name[: _NAME_CHARACTERS - 1]}…"
