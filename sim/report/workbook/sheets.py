"""What stands on each sheet: the summary, cash flows, every figure and difference, assumptions, method.

Not here: the formulas of cash flows (cash_flows), what a sheet looks like (pages).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.experiment.appraisal import Appraisal
from sim.experiment.compare import summary
from sim.report.document import Document
from sim.report.key_figures import payback_text
from sim.report.method import left_out, method
from sim.report.rows import DIFFERENCE_COLUMNS, SUMMARY_COLUMNS, difference_entry, row_entry
from sim.report.subject import Alternative, Subject
from sim.report.words import clean, plain
from sim.report.workbook.cash_flows import Place, cash_flows, results
from sim.report.workbook.pages import Pages, height

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

Cases = Sequence[tuple[Alternative, Appraisal]]

_SUMMARY_WIDTHS = (38, *[13] * 9, 18)
_ACROSS = sum(_SUMMARY_WIDTHS)
_TEXTS = {"scenario": 30, "metric": 30, "kind": 12, "of": 44, "unit": 16, "verdict": 14}
"""Widths of columns of words; others have numbers."""


def write(pages: Pages, document: Document) -> None:
    """All sheets, in the order in which they are read."""
    subject = document.subject
    first = pages.sheet("Summary", _SUMMARY_WIDTHS)
    cases = [(each, each.appraisal) for each in subject.alternatives if each.appraisal is not None]
    cases.sort(key=lambda pair: pair[0] is not subject.best)
    places = [
        cash_flows(pages, f"Cash flows {i}" if i > 1 else "Cash flows", each, found, subject.currency)
        for i, (each, found) in enumerate(cases, start=1)
    ]
    row = _summary(pages, first, document)
    if cases:
        _money_table(pages, first, row, subject, cases, places)
    _figures(pages, subject)
    _assumptions(pages, document)
    _method(pages, subject)


# --- summary


def _summary(pages: Pages, sheet: Worksheet, document: Document) -> int:
    """The answer in words and figures; the row after it."""
    last = len(_SUMMARY_WIDTHS) - 1
    pages.across(sheet, 0, last, plain(document.answer.headline), pages.title, _ACROSS * 2 / 3)
    row = 2
    for each in document.key_figures:
        before = f"{each.before} → " if each.before else ""
        told = [f"{before}{each.value}", each.change, *each.ranges, each.verdict]
        pages.put(sheet, row, 0, each.label, pages.bold)
        pages.put(sheet, row, 1, "; ".join(part for part in told if part))
        row += 1
    for head, sentences in (
        ("What must be true", document.answer.must),
        ("The decision asked for", [document.answer.ask]),
        ("Before you use these figures", document.caveats),
    ):
        row = _sentences(pages, sheet, row + 1, head, sentences)
    return row + 1


def _sentences(pages: Pages, sheet: Worksheet, row: int, head: str, sentences: Sequence[str]) -> int:
    if not sentences:
        return row - 1
    pages.put(sheet, row, 0, head, pages.bold)
    last = len(_SUMMARY_WIDTHS) - 1
    for i, sentence in enumerate(sentences, start=1):
        told = plain(sentence).replace("`", "")
        pages.across(sheet, row + i, last, told, pages.wrapped, _ACROSS)
    return row + len(sentences) + 1


def _money_table(
    pages: Pages, sheet: Worksheet, row: int, subject: Subject, cases: Cases, places: Sequence[Place]
) -> None:
    heads = (
        f"Business case against {clean(subject.baseline.name)}, {subject.currency}",
        "benefits, PV", "costs, PV", "NPV", "ROI", "NPV, 95 % from", "NPV, 95 % to",
        "NPV, P10", "NPV, P90", "P(NPV > 0)", "payback",
    )  # fmt: skip
    pages.heads(sheet, row, heads)
    sheet.set_row(row, height(heads[0], _SUMMARY_WIDTHS[0]) + 15)
    for i, ((alternative, found), place) in enumerate(zip(cases, places, strict=True), start=row + 1):
        name = clean(alternative.name)
        pages.put(sheet, i, 0, name, pages.name)
        sheet.set_row(i, height(name, _SUMMARY_WIDTHS[0]))
        known = results(found)
        for column, figure in enumerate(("benefits", "costs", "npv"), start=1):
            sheet.write_formula(i, column, place.of(figure), pages.money, known[figure])
        sheet.write_formula(i, 4, place.of("roi"), pages.share, known["roi"])
        numbers = (found.npv.low, found.npv.high, found.npv_p10, found.npv_p90)
        for column, number in enumerate(numbers, start=5):
            pages.number(sheet, i, column, number, pages.money)
        pages.number(sheet, i, 9, found.probability.mean, pages.share)
        pages.put(sheet, i, 10, payback_text(found), pages.right)


# --- the rest


def _figures(pages: Pages, subject: Subject) -> None:
    rows = [row_entry(row) for result in subject.stored.results for row in summary(result)]
    _table(pages, "Figures", SUMMARY_COLUMNS, rows)
    if subject.alternatives:
        differences = [
            difference_entry(row) for each in subject.alternatives for row in each.differences.values()
        ]
        _table(pages, "Differences", DIFFERENCE_COLUMNS, differences)


def _table(pages: Pages, name: str, columns: Sequence[str], rows: Sequence[dict[str, object]]) -> None:
    sheet = pages.sheet(name, [_TEXTS.get(column, 13) for column in columns])
    for i, head in enumerate(columns):
        pages.put(sheet, 0, i, head, pages.head if head in _TEXTS else pages.number_head)
    for i, row in enumerate(rows, start=1):
        for j, column in enumerate(columns):
            value = row[column]
            if isinstance(value, bool):
                sheet.write_boolean(i, j, value)
            elif isinstance(value, int):
                pages.number(sheet, i, j, value, None)
            elif isinstance(value, float):
                pages.number(sheet, i, j, value, pages.plain)
            elif value is not None:
                pages.put(sheet, i, j, str(value))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _assumptions(pages: Pages, document: Document) -> None:
    widths = (30, 34, 24, 60, 36)
    sheet = pages.sheet("Assumptions", widths)
    pages.heads(sheet, 0, ("assumption", "value", "range", "source", "only in"), n_texts=5)
    for i, row in enumerate(document.assumptions, start=1):
        names = "; ".join(clean(each) for each in row.scenarios)
        _wrapped(pages, sheet, i, (row.name, row.value, row.range, row.source, names), widths)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)


def _wrapped(pages: Pages, sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    """A row of texts, as high as the longest of them needs: not every program works it out by itself."""
    for column, text in enumerate(texts):
        pages.put(sheet, row, column, text, pages.wrapped)
    sheet.set_row(row, max(height(text, width) for text, width in zip(texts, widths, strict=True)))


def _method(pages: Pages, subject: Subject) -> None:
    widths = (30, 110)
    sheet = pages.sheet("Method", widths)
    manifest = subject.stored.manifest
    told = [
        *method(subject),
        *(("What it leaves out", each) for each in left_out(subject)),
        ("Command", manifest.command),
        ("Seed, engine, begun", f"{manifest.seed}, {manifest.engine}, {manifest.started}"),
        ("Versions", ", ".join(f"{name} {each}" for name, each in manifest.versions.items())),
        *(
            (f"Scenario {clean(each.name)}", f"{each.file}, sha256 {each.sha256}")
            for each in manifest.scenarios
        ),
    ]
    for row, (head, text) in enumerate(told):
        _wrapped(pages, sheet, row, (head, plain(text)), widths)
        pages.put(sheet, row, 0, head, pages.bold_wrapped)
