"""The business case as a workbook whose formulas are alive: change a rate or an amount, and it recomputes.

Amounts are means over replications before risk adjustment and discounting; the sheet applies both, and comes
to the same net present value and return as the run. Text is written as text, never as a formula or a link.
The same run gives the same bytes. XlsxWriter is known to this module only.
Not here: what is in the business case (experiment.parts), how HTML shows it (html).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sim.errors import RunError
from sim.experiment.appraisal import Appraisal
from sim.experiment.compare import summary
from sim.experiment.parts import Part
from sim.report.cash_table import part_name
from sim.report.document import Document
from sim.report.key_figures import payback_text, years_of
from sim.report.method import left_out, method
from sim.report.rows import DIFFERENCE_COLUMNS, SUMMARY_COLUMNS, difference_entry, row_entry
from sim.report.subject import Alternative
from sim.report.words import clean, plain

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

_LONGEST = 32_000  # characters that a cell can hold, less some


@dataclass(frozen=True, slots=True)
class Place:
    """Where the results of a business case stand: its sheet, and the cells of its figures by name."""

    sheet: str
    cells: dict[str, str]

    def of(self, figure: str) -> str:
        """A formula that refers to a figure from another sheet."""
        return f"='{self.sheet}'!{self.cells[figure]}"


def workbook(document: Document) -> bytes:
    """The workbook of a report.

    Raises
    ------
    RunError
        XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise RunError(
            "a workbook takes XlsxWriter, which is not installed: pip install 'sim[office]'"
        ) from None
    file = BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        started = datetime.fromisoformat(document.subject.stored.manifest.started).replace(tzinfo=None)
        book.set_properties({"title": _text(document.title)[:250], "created": started})
        _Writer(book, document).write()
    return file.getvalue()


class _Writer:
    """Writes the sheets of one document."""

    def __init__(self, book: Workbook, document: Document) -> None:
        self.book, self.document, self.subject = book, document, document.subject
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.money = book.add_format({"num_format": "#,##0;-#,##0;-"})
        self.sum = book.add_format({"num_format": "#,##0;-#,##0;-", "bold": True, "top": 1})
        self.share = book.add_format({"num_format": "0.0%"})
        # what is meant to be changed has the colours that spreadsheets use for input
        self.input = book.add_format(
            {"num_format": "#,##0;-#,##0;-", "bg_color": "#FFF7DC", "font_color": "#0B3D91"}
        )
        self.rate = book.add_format({"num_format": "0.0%", "bg_color": "#FFF7DC", "font_color": "#0B3D91"})
        self.years = book.add_format({"num_format": "0.00", "bg_color": "#FFF7DC", "font_color": "#0B3D91"})

    def write(self) -> None:
        first = self._sheet("Summary")
        with_money = [
            (each, each.appraisal) for each in self.subject.alternatives if each.appraisal is not None
        ]
        with_money.sort(key=lambda pair: pair[0] is not self.subject.best)
        places = [self._cash_flows(i, each, found) for i, (each, found) in enumerate(with_money)]
        self._summary(first, with_money, places)
        self._figures()
        self._assumptions()
        self._method()

    # -- summary

    def _summary(
        self, sheet: Worksheet, cases: Sequence[tuple[Alternative, Appraisal]], places: Sequence[Place]
    ) -> None:
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 12, 16)
        self._put(sheet, 0, 0, plain(self.document.answer.headline), self.title)
        row = 2
        for each in self.document.key_figures:
            before = f"{each.before} → " if each.before else ""
            told = [f"{before}{each.value}", each.change, *each.ranges, each.verdict]
            self._put(sheet, row, 0, each.label, self.bold)
            self._put(sheet, row, 1, "; ".join(part for part in told if part))
            row += 1
        row = self._sentences(sheet, row + 1, "What must be true", self.document.answer.must)
        row = self._sentences(sheet, row, "The decision asked for", [self.document.answer.ask])
        row = self._sentences(sheet, row, "Before you use these figures", self.document.caveats)
        if cases:
            self._money_table(sheet, row, cases, places)

    def _sentences(self, sheet: Worksheet, row: int, head: str, sentences: Sequence[str]) -> int:
        if not sentences:
            return row
        self._put(sheet, row, 0, head, self.bold)
        for i, sentence in enumerate(sentences, start=1):
            self._put(sheet, row + i, 0, plain(sentence))
        return row + len(sentences) + 2

    def _money_table(
        self,
        sheet: Worksheet,
        row: int,
        cases: Sequence[tuple[Alternative, Appraisal]],
        places: Sequence[Place],
    ) -> None:
        heads = (
            f"Business case against {clean(self.subject.baseline.name)}, {self.subject.currency}",
            "benefits, PV", "costs, PV", "NPV", "ROI", "NPV, 95 % from", "NPV, 95 % to",
            "NPV, P10", "NPV, P90", "P(NPV > 0)", "payback",
        )  # fmt: skip
        self._heads(sheet, row, heads)
        for i, ((alternative, found), place) in enumerate(zip(cases, places, strict=True), start=row + 1):
            self._put(sheet, i, 0, clean(alternative.name))
            known = _results(found)
            for column, figure in enumerate(("benefits", "costs", "npv"), start=1):
                sheet.write_formula(i, column, place.of(figure), self.money, known[figure])
            sheet.write_formula(i, 4, place.of("roi"), self.share, known["roi"])
            numbers = (found.npv.low, found.npv.high, found.npv_p10, found.npv_p90)
            for column, number in enumerate(numbers, start=5):
                self._number(sheet, i, column, number, self.money)
            self._number(sheet, i, 9, found.probability.mean, self.share)
            self._put(sheet, i, 10, payback_text(found))

    # -- cash flows

    def _cash_flows(self, index: int, alternative: Alternative, found: Appraisal) -> Place:
        name = "Cash flows" if index == 0 else f"Cash flows {index + 1}"
        sheet = self._sheet(name)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 12, 14)
        mean, n_years = found.mean_case, years_of(found)
        self._put(
            sheet, 0, 0, f"{clean(alternative.name)} against {clean(self.subject.baseline.name)}", self.title
        )
        currency = clean(self.subject.currency) if self.subject.currency else "no currency named"
        self._put(
            sheet,
            1,
            0,
            f"Amounts in {currency}, means over {len(found.cases)} replications. Coloured cells are input.",
        )
        rates = (
            ("discount rate a year", mean.discount_rate),
            ("taken off benefits for risk", mean.benefit_risk),
            ("put on costs for risk", mean.cost_risk),
        )
        for row, (label, value) in enumerate(rates, start=3):
            self._put(sheet, row, 0, label)
            sheet.write_number(row, 1, value, self.rate)
        table = _Flows(self, sheet, found, n_years)
        return Place(name, table.write(7))

    # -- the rest

    def _figures(self) -> None:
        rows = [row_entry(row) for result in self.subject.stored.results for row in summary(result)]
        self._table("Figures", SUMMARY_COLUMNS, rows)
        if self.subject.alternatives:
            differences = [
                difference_entry(row)
                for each in self.subject.alternatives
                for row in each.differences.values()
            ]
            self._table("Differences", DIFFERENCE_COLUMNS, differences)

    def _table(self, name: str, columns: Sequence[str], rows: Sequence[dict[str, object]]) -> None:
        sheet = self._sheet(name)
        self._heads(sheet, 0, columns)
        for i, row in enumerate(rows, start=1):
            for j, column in enumerate(columns):
                value = row[column]
                if isinstance(value, bool):
                    sheet.write_boolean(i, j, value)
                elif isinstance(value, int | float):
                    self._number(sheet, i, j, float(value), None)
                elif value is not None:
                    self._put(sheet, i, j, clean(str(value)))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns), 16)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)

    def _assumptions(self) -> None:
        sheet = self._sheet("Assumptions")
        sheet.set_column(0, 2, 28)
        sheet.set_column(3, 4, 60)
        self._heads(sheet, 0, ("assumption", "value", "range", "source", "only in"))
        for i, row in enumerate(self.document.assumptions, start=1):
            names = "; ".join(clean(each) for each in row.scenarios)
            for j, text in enumerate((row.name, row.value, row.range, row.source, names)):
                self._put(sheet, i, j, text, self.wrapped)
        sheet.freeze_panes(1, 0)

    def _method(self) -> None:
        sheet = self._sheet("Method")
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 110)
        manifest = self.subject.stored.manifest
        told = [
            *method(self.subject),
            *(("What it leaves out", each) for each in left_out(self.subject)),
            ("Command", manifest.command),
            ("Seed, engine, begun", f"{manifest.seed}, {manifest.engine}, {manifest.started}"),
            ("Versions", ", ".join(f"{name} {each}" for name, each in manifest.versions.items())),
            *(
                (f"Scenario {clean(each.name)}", f"{each.file}, sha256 {each.sha256}")
                for each in manifest.scenarios
            ),
        ]
        for row, (head, text) in enumerate(told):
            self._put(sheet, row, 0, head, self.bold)
            self._put(sheet, row, 1, text, self.wrapped)

    def _sheet(self, name: str) -> Worksheet:
        """A sheet that prints one page wide."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        return sheet

    def _heads(self, sheet: Worksheet, row: int, heads: Sequence[str]) -> None:
        for column, head in enumerate(heads):
            self._put(sheet, row, column, head, self.head)

    def _put(self, sheet: Worksheet, row: int, column: int, text: str, look: Any = None) -> None:
        sheet.write_string(row, column, _text(text), look)

    def _number(self, sheet: Worksheet, row: int, column: int, value: float | None, look: Any) -> None:
        if value is not None and math.isfinite(value):
            sheet.write_number(row, column, value, look)


@dataclass(frozen=True, slots=True)
class _Line:
    """A benefit or a running cost: what it is called, and its mean amount in each year."""

    label: str
    years: tuple[float, ...]


class _Flows:
    """The table of one business case: amounts, what is paid once, and the formulas over them."""

    def __init__(self, writer: _Writer, sheet: Worksheet, found: Appraisal, n_years: int) -> None:
        self.writer, self.sheet, self.found, self.n_years = writer, sheet, found, n_years

    def write(self, row: int) -> dict[str, str]:
        """Write from a row on; the cells of the results."""
        writer, known = self.writer, _results(self.found)
        years = [f"year {year}" for year in range(1, self.n_years + 1)]
        writer._heads(self.sheet, row, ("before risk and discounting", *years))
        benefits = self._block(row + 1, "Benefits", list(_lines(self.found, is_benefit=True)))
        costs = self._block(benefits[1] + 1, "Running costs", list(_lines(self.found, is_benefit=False)))
        paid = self._paid_once(costs[1] + 1)
        row = paid[1] + 1
        writer._heads(self.sheet, row, ("after risk", *years, "present value"))
        b_row, c_row, net_row = row + 1, row + 2, row + 3
        once = f"+SUM(D{paid[0] + 1}:D{paid[1]})" if paid[1] > paid[0] else ""
        case = self.found.mean_case
        self._summed(b_row, "Benefits", benefits, "(1-$B$5)", case.adjusted_benefits)
        self._present(b_row, "", known["benefits"])
        self._summed(c_row, "Costs (present value: paid once, too)", costs, "(1+$B$6)", case.adjusted_costs)
        self._present(c_row, once, known["costs"])
        last = _column(self.n_years + 1)
        writer._put(self.sheet, net_row, 0, "Net present value (NPV)", writer.bold)
        self.sheet.write_formula(
            net_row, self.n_years + 1, f"={last}{b_row + 1}-{last}{c_row + 1}", writer.sum, known["npv"]
        )
        writer._put(self.sheet, net_row + 1, 0, "Return on investment (ROI): NPV / costs", writer.bold)
        cost, npv = f"{last}{c_row + 1}", f"{last}{net_row + 1}"
        self.sheet.write_formula(
            net_row + 1,
            self.n_years + 1,
            f'=IF({cost}>0,{npv}/{cost},"not defined")',
            writer.share,
            known["roi"],
        )
        return {
            "benefits": f"${last}${b_row + 1}",
            "costs": f"${last}${c_row + 1}",
            "npv": f"${last}${net_row + 1}",
            "roi": f"${last}${net_row + 2}",
        }

    def _block(self, row: int, head: str, lines: Sequence[_Line]) -> tuple[int, int]:
        """Lines of amounts under a heading; the first row of amounts, and that after the last."""
        self.writer._put(self.sheet, row, 0, head, self.writer.bold)
        for i, line in enumerate(lines, start=row + 1):
            self.writer._put(self.sheet, i, 0, line.label)
            for year, amount in enumerate(line.years, start=1):
                self.sheet.write_number(i, year, amount, self.writer.input)
        return row + 1, row + 1 + len(lines)

    def _paid_once(self, row: int) -> tuple[int, int]:
        writer, case = self.writer, self.found.mean_case
        writer._heads(self.sheet, row, ("Paid once", "after years", "amount", "present value"))
        found = [
            (part_name(part), time, amount)
            for part in self.found.parts
            for time, amount in part.cases[0].investments
            if amount
        ]
        for i, (label, time, amount) in enumerate(found, start=row + 1):
            writer._put(self.sheet, i, 0, plain(label))
            self.sheet.write_number(i, 1, time, writer.years)
            self.sheet.write_number(i, 2, amount, writer.input)
            value = amount * (1 + case.cost_risk) / (1 + case.discount_rate) ** time
            formula = f"=C{i + 1}*(1+$B$6)/(1+$B$4)^B{i + 1}"
            self.sheet.write_formula(i, 3, formula, writer.money, value)
        return row + 1, row + 1 + len(found)

    def _summed(
        self, row: int, label: str, rows: tuple[int, int], factor: str, known: Sequence[float]
    ) -> None:
        """The sum of each year after risk."""
        self.writer._put(self.sheet, row, 0, label, self.writer.bold)
        for year, amount in enumerate(known, start=1):
            column = _column(year)
            inside = f"SUM({column}{rows[0] + 1}:{column}{rows[1]})" if rows[1] > rows[0] else "0"
            self.sheet.write_formula(row, year, f"={inside}*{factor}", self.writer.sum, amount)

    def _present(self, row: int, once: str, known: float) -> None:
        """The present value of a line of years, with what is paid once."""
        terms = "+".join(f"{_column(year)}{row + 1}/(1+$B$4)^{year}" for year in range(1, self.n_years + 1))
        self.sheet.write_formula(row, self.n_years + 1, f"={terms}{once}", self.writer.sum, known)


def _lines(found: Appraisal, *, is_benefit: bool) -> Iterator[_Line]:
    for part in found.parts:
        if part.is_benefit == is_benefit:
            years = _mean_years(part)
            if any(years):
                yield _Line(plain(part_name(part)), years)


def _mean_years(part: Part) -> tuple[float, ...]:
    """The mean over replications, before risk adjustment."""
    rows = [case.benefits if part.is_benefit else case.costs for case in part.cases]
    return tuple(math.fsum(column) / len(rows) for column in zip(*rows, strict=True))


def _results(found: Appraisal) -> dict[str, Any]:
    """What the formulas come to, for programs that do not recompute."""
    case = found.mean_case
    return {
        "benefits": case.pv_benefits,
        "costs": case.pv_costs,
        "npv": case.npv,
        "roi": "not defined" if case.roi is None else case.roi,
    }


def _column(index: int) -> str:
    """The letters of a column, counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text(text: str) -> str:
    """A text that a cell can hold."""
    return clean(text)[:_LONGEST]
