"""Sheets, how their cells look, and what is put into them: text that is never a formula, and numbers.

Not here: what stands on a sheet (sheets, cash_flows).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.report.words import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

_LONGEST = 32_000  # characters that a cell can hold, less some
_LINE = 15.0  # height of a line [points]
_MOST_LINES = 27  # a row of a sheet can be 409 points high
_INPUT = {"bg_color": "#FFF7DC", "font_color": "#0B3D91"}
"""What is meant to be changed has the colours that spreadsheets use for input."""


class Pages:
    """The sheets of a book."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        self.title = book.add_format({"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"})
        self.head = book.add_format(head)
        self.number_head = book.add_format({**head, "align": "right"})
        self.bold = book.add_format({"bold": True})
        self.bold_wrapped = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.name = book.add_format({"text_wrap": True})
        self.right = book.add_format({"align": "right"})
        # of small numbers more digits
        self.plain = book.add_format({"num_format": "[>=0.1]#,##0.00;[<=-0.1]-#,##0.00;0.00####"})
        self.money = book.add_format({"num_format": "#,##0;-#,##0;-"})
        self.sum = book.add_format({"num_format": "#,##0;-#,##0;-", "bold": True, "top": 1})
        self.share = book.add_format({"num_format": "0.0%"})
        self.input = book.add_format({"num_format": "#,##0;-#,##0;-", **_INPUT})
        self.rate = book.add_format({"num_format": "0.0%", **_INPUT})
        self.years = book.add_format({"num_format": "0.00", **_INPUT})

    def sheet(self, name: str, widths: Sequence[float], *, n_high: int = 0) -> Worksheet:
        """A sheet with columns so many characters wide, that prints one page wide (and `n_high` high)."""
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, n_high)
        sheet.set_footer("&L&A&R&P of &N")
        return sheet

    def heads(self, sheet: Worksheet, row: int, heads: Sequence[str], *, n_texts: int = 1) -> None:
        """Heads of columns; those after the first `n_texts` stand above numbers."""
        for column, head in enumerate(heads):
            self.put(sheet, row, column, head, self.head if column < n_texts else self.number_head)

    def put(self, sheet: Worksheet, row: int, column: int, text: str, look: Any = None) -> None:
        """Text in a cell."""
        sheet.write_string(row, column, held(text), look)

    def across(self, sheet: Worksheet, row: int, last: int, text: str, look: Any, width: float) -> None:
        """Text from the first column to the `last`, `width` characters, in as many lines as it takes."""
        told = held(text)
        sheet.merge_range(row, 0, row, last, "", look)
        sheet.write_string(row, 0, told, look)
        sheet.set_row(row, height(told, width))

    def number(self, sheet: Worksheet, row: int, column: int, value: float | None, look: Any) -> None:
        """A number in a cell, which stays empty without one."""
        if value is not None and math.isfinite(value):
            sheet.write_number(row, column, value, look)


def height(text: str, width: float) -> float:
    """How high a row is that holds a text in a column of so many characters [points]."""
    return _LINE * min(_MOST_LINES, max(1, math.ceil(len(text) / (0.9 * width))))


def held(text: str) -> str:
    """A text that a cell can hold."""
    return clean(text)[:_LONGEST] if text else ""
