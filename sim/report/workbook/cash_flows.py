"""A sheet of cash flows: amounts that can be changed, and the formulas over them.

Not here: what a sheet looks like (pages).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.experiment.appraisal import Appraisal
from sim.experiment.parts import Part
from sim.report.cash_table import part_name
from sim.report.key_figures import years_of
from sim.report.subject import Alternative
from sim.report.words import clean, plain
from sim.report.workbook.pages import Pages

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]


_WIDTHS = (44, *[14] * 12)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the results of a business case stand: its sheet, and the cells of its figures by name."""

    sheet: str
    cells: dict[str, str]

    def of(self, figure: str) -> str:
        """A formula that refers to a figure from another sheet."""
        return f"='{self.sheet}'!{self.cells[figure]}"


def cash_flows(writer: Pages, name: str, alternative: Alternative, found: Appraisal, currency: str) -> Place:
    """Write the business case of a scenario; where its results stand."""
    sheet = writer.sheet(name, _WIDTHS, n_high=1)
    mean = found.mean_case
    title = f"{clean(alternative.name)} against {clean(alternative.baseline.name)}"
    # across so many columns that letters are legible in print, whatever the name
    writer.across(sheet, 0, 4, title, writer.title, sum(_WIDTHS[:5]) * 2 / 3)
    unit = clean(currency) if currency else "no currency named"
    n = len(found.cases)
    told = f"Amounts in {unit}, means over {n} replications. Coloured cells are input."
    writer.put(sheet, 1, 0, told)
    rates = (
        ("discount rate a year", mean.discount_rate),
        ("taken off benefits for risk", mean.benefit_risk),
        ("put on costs for risk", mean.cost_risk),
    )
    for row, (label, value) in enumerate(rates, start=3):
        writer.put(sheet, row, 0, label)
        sheet.write_number(row, 1, value, writer.rate)
    return Place(name, _Flows(writer, sheet, found, years_of(found)).write(7))


@dataclass(frozen=True, slots=True)
class _Line:
    """A benefit or a running cost: what it is called, and its mean amount in each year."""

    label: str
    years: tuple[float, ...]


class _Flows:
    """The table of one business case: amounts, what is paid once, and the formulas over them."""

    def __init__(self, writer: Pages, sheet: Worksheet, found: Appraisal, n_years: int) -> None:
        self.writer, self.sheet, self.found, self.n_years = writer, sheet, found, n_years

    def write(self, row: int) -> dict[str, str]:
        """Write from a row on; the cells of the results."""
        writer, known = self.writer, results(self.found)
        years = [f"year {year}" for year in range(1, self.n_years + 1)]
        writer.heads(self.sheet, row, ("before risk and discounting", *years))
        benefits = self._block(row + 1, "Benefits", list(_lines(self.found, is_benefit=True)))
        costs = self._block(benefits[1] + 1, "Running costs", list(_lines(self.found, is_benefit=False)))
        paid = self._paid_once(costs[1] + 1)
        row = paid[1] + 1
        writer.heads(self.sheet, row, ("after risk", *years, "present value"))
        b_row, c_row, net_row = row + 1, row + 2, row + 3
        once = f"+SUM(D{paid[0] + 1}:D{paid[1]})" if paid[1] > paid[0] else ""
        case = self.found.mean_case
        self._summed(b_row, "Benefits", benefits, "(1-$B$5)", case.adjusted_benefits)
        self._present(b_row, "", known["benefits"])
        self._summed(c_row, "Costs (present value: paid once, too)", costs, "(1+$B$6)", case.adjusted_costs)
        self._present(c_row, once, known["costs"])
        last = _column(self.n_years + 1)
        writer.put(self.sheet, net_row, 0, "Net present value (NPV)", writer.bold)
        self.sheet.write_formula(
            net_row, self.n_years + 1, f"={last}{b_row + 1}-{last}{c_row + 1}", writer.sum, known["npv"]
        )
        writer.put(self.sheet, net_row + 1, 0, "Return on investment (ROI): NPV / costs", writer.bold)
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
        self.writer.put(self.sheet, row, 0, head, self.writer.bold)
        for i, line in enumerate(lines, start=row + 1):
            self.writer.put(self.sheet, i, 0, line.label)
            for year, amount in enumerate(line.years, start=1):
                self.sheet.write_number(i, year, amount, self.writer.input)
        return row + 1, row + 1 + len(lines)

    def _paid_once(self, row: int) -> tuple[int, int]:
        writer, case = self.writer, self.found.mean_case
        writer.heads(self.sheet, row, ("Paid once", "after years", "amount", "present value"))
        found = [
            (part_name(part), time, amount)
            for part in self.found.parts
            for time, amount in part.cases[0].investments
            if amount
        ]
        for i, (label, time, amount) in enumerate(found, start=row + 1):
            writer.put(self.sheet, i, 0, plain(label))
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
        self.writer.put(self.sheet, row, 0, label, self.writer.bold)
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


def results(found: Appraisal) -> dict[str, Any]:
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
