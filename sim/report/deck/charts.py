"""Native charts of a deck: their numbers are those of the run, and stay in the file for whoever edits them.

Not here: which charts there are (slides).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.chart import XL_TICK_LABEL_POSITION as TICKS
from pptx.util import Inches, Pt

from sim.report.deck.pieces import FULL, INK, Slide, shortened
from sim.report.words import clean

# Okabe and Ito 2008, as the charts of the page have them; dark letters are legible on all of them
GROUP_COLOURS = ("009E73", "56B4E9", "D55E00", "E69F00", "CC79A7", "BBBBBB")
LESS, MORE, WHOLE = "56B4E9", "E69F00", "BBBBBB"
UNSEEN = "\u00a0"  # the name of what a waterfall stands on, in the legend
_NAME_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one colour; without a colour they are not seen (what a waterfall stands on).

    `form` is how a spreadsheet program writes its labels.
    """

    name: str
    values: Sequence[float]
    colour: str
    form: str = "General"


def decimals(values: Sequence[float]) -> int:
    """How many decimals labels of values have, by the largest of them."""
    return 1 if max(map(abs, values), default=0.0) >= 10 else 2


def form(n_decimals: int, *, smallest: float | None = None, sign: str = "") -> str:
    """How a label is written; that of zero is left out, and one below `smallest`, which has no room."""
    digits = f"#,##0.{'0' * n_decimals}" if n_decimals else "#,##0"
    if smallest is None:
        return f'{digits};\u2212{digits};""'
    return f'[<{smallest:.6g}]"";{sign}{digits}'


def stacked_bars(slide: Slide, names: Sequence[str], series: Sequence[Series], alt: str, unit: str) -> Any:
    """Bars from the left, the first on top."""
    # told from the bottom up: programs differ on where the axis of an order turned around stands
    turned = [replace(each, values=each.values[::-1]) for each in series]
    chart = _chart(slide, XL_CHART_TYPE.BAR_STACKED, names[::-1], turned, alt, unit)
    chart.plots[0].overlap = 100
    return chart


def stacked_columns(slide: Slide, names: Sequence[str], series: Sequence[Series], alt: str, unit: str) -> Any:
    """Columns on top of each other."""
    chart = _chart(slide, XL_CHART_TYPE.COLUMN_STACKED, names, series, alt, unit)
    chart.plots[0].overlap = 100
    chart.category_axis.tick_labels.font.size = Pt(12)  # so that names have room beside each other
    return chart


def columns(slide: Slide, names: Sequence[str], series: Sequence[Series], alt: str, unit: str) -> Any:
    """Columns beside each other, their labels at their ends."""
    chart = _chart(slide, XL_CHART_TYPE.COLUMN_CLUSTERED, names, series, alt, unit)
    chart.category_axis.tick_label_position = TICKS.LOW  # below columns that go down
    for each in chart.plots[0].series:
        each.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    return chart


def _chart(
    slide: Slide, kind: Any, names: Sequence[str], series: Sequence[Series], alt: str, unit: str
) -> Any:
    data = CategoryChartData(number_format="#,##0.0")
    data.categories = [shortened(name, _NAME_CHARACTERS) for name in names]
    for each in series:
        data.add_series(each.name, each.values)
    frame = slide.shapes.add_chart(kind, *map(Inches, FULL), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt))
    chart: Any = frame.chart
    chart.font.size = Pt(14)
    chart.font.color.rgb = RGBColor.from_string(INK)
    chart.has_title = False
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.plots[0].gap_width = 60
    _label_axis(chart.value_axis, unit)
    for made, each in zip(chart.plots[0].series, series, strict=True):
        _paint(made, each)
    return chart


def _label_axis(axis: Any, unit: str) -> None:
    axis.has_title = True
    frame = axis.axis_title.text_frame
    frame.text = clean(unit)
    frame.paragraphs[0].font.size, frame.paragraphs[0].font.bold = Pt(14), False
    lines = axis.major_gridlines.format.line
    lines.width, lines.color.rgb = Pt(0.5), RGBColor.from_string("D5DBE1")
    ticks = axis.tick_labels
    ticks.number_format, ticks.number_format_is_linked = "#,##0.##;\u2212#,##0.##", False


def _paint(made: Any, series: Series) -> None:
    if not series.colour:
        made.format.fill.background()
        return
    made.format.fill.solid()
    made.format.fill.fore_color.rgb = RGBColor.from_string(series.colour)
    made.invert_if_negative = False
    if any(series.values):
        labels = made.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = series.form, False
        labels.font.size = Pt(13)
        labels.font.color.rgb = RGBColor.from_string(INK)
