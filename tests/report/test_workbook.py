"""The workbook's formulas come to the figures of the run; its text is text."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sim.report.document import Document, document
from sim.report.stored import read_run
from sim.report.workbook import workbook
from sim.scenario.load import load, load_beside

from .conftest import FORM, OFFICE, Kept, keep
from .office_programs import converted, needs_office

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def found(compared: Kept) -> Document:
    return document(read_run(compared.folder))


def sheets(book: bytes) -> dict[str, ElementTree.Element]:
    """The sheets of a workbook by name."""
    with zipfile.ZipFile(BytesIO(book)) as parts:
        names = [
            each.attrib["name"]
            for each in ElementTree.fromstring(parts.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        ]
        return {
            name: ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{i}.xml"))
            for i, name in enumerate(names, start=1)
        }


def formulas(sheet: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in sheet.iter(f"{MAIN}f")]


def test_the_same_run_gives_the_same_bytes(found: Document) -> None:
    assert workbook(found) == workbook(found)


def test_sheets_stand_in_the_order_in_which_they_are_read(found: Document) -> None:
    assert list(sheets(workbook(found))) == [
        "Summary", "Cash flows", "Cash flows 2", "Figures", "Differences", "Assumptions", "Method",
    ]  # fmt: skip


def test_only_money_has_formulas(found: Document) -> None:
    told = {name: len(formulas(sheet)) for name, sheet in sheets(workbook(found)).items()}
    assert {name for name, n in told.items() if n} == {"Summary", "Cash flows", "Cash flows 2"}


def without_results(book: bytes) -> bytes:
    """A workbook in which no formula knows what it comes to."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as parts, zipfile.ZipFile(out, "w") as made:
        for name in parts.namelist():
            content = parts.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>0</v>", content)
            made.writestr(name, content)
    return out.getvalue()


def numbers(page: Path) -> dict[str, list[float]]:
    """The numbers of the rows of a flat OpenDocument sheet, unrounded, by the text before them."""
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    found: dict[str, list[float]] = {}
    for row in ElementTree.parse(page).iter(f"{table}table-row"):
        cells = row.findall(f"{table}table-cell")
        head = " ".join("".join(cells[0].itertext()).split()) if cells else ""
        found.setdefault(
            head, [float(each.attrib[f"{office}value"]) for each in cells if f"{office}value" in each.attrib]
        )
    return found


@needs_office
@pytest.mark.slow  # LibreOffice takes seconds to start
def test_libreoffice_recomputes_to_the_same_worth(compared: Kept, found: Document, tmp_path: Path) -> None:
    assert compared.comparison is not None
    path = tmp_path / "book.xlsx"
    path.write_bytes(without_results(workbook(found)))
    (page,) = converted(path, "fods", tmp_path / "office")
    rows = numbers(page)
    for other, appraisal in zip(compared.comparison.others, compared.comparison.appraisals, strict=True):
        assert appraisal is not None and appraisal.roi is not None
        benefits, costs, npv, roi = rows[other.name][:4]
        assert benefits == pytest.approx(appraisal.pv_benefits.mean, rel=1e-9, abs=1e-6)
        assert costs == pytest.approx(appraisal.pv_costs.mean, rel=1e-9)
        assert npv == pytest.approx(appraisal.npv.mean, rel=1e-9)
        assert roi == pytest.approx(appraisal.roi.mean, rel=1e-9)


def test_text_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    office, form = tmp_path / "office.yaml", tmp_path / "form.yaml"
    office.write_text(
        OFFICE.replace("name: Small office", 'name: "=1+1"')
        .replace("wrong_rate: {", "wrong_rate: {")
        .replace("assumption; counted by hand in May", "=cmd|' /C calc'!A0")
    )
    form.write_text(FORM.replace("patch: A form that checks itself", 'patch: "@SUM(A1)"'))
    kept = keep(tmp_path / "runs", [load(office), load_beside(office, form)], replications=2)
    book = workbook(document(read_run(kept.folder)))
    told = [each for sheet in sheets(book).values() for each in formulas(sheet)]
    assert told and not [each for each in told if "1+1" in each or "cmd" in each or "SUM(A1)" in each]
    with zipfile.ZipFile(BytesIO(book)) as parts:
        words = parts.read("xl/sharedStrings.xml").decode()
    assert "=1+1" in words and "@SUM(A1)" in words and "=cmd|" in words


def words(book: bytes, name: str) -> list[list[str]]:
    """The text cells of a sheet, by row."""
    with zipfile.ZipFile(BytesIO(book)) as parts:
        shared = [
            "".join(each.itertext())
            for each in ElementTree.fromstring(parts.read("xl/sharedStrings.xml")).iter(f"{MAIN}si")
        ]
    return [
        [shared[int(cell.findtext(f"{MAIN}v") or 0)] for cell in row if cell.attrib.get("t") == "s"]
        for row in sheets(book)[name].iter(f"{MAIN}row")
    ]


def test_what_an_assumption_does_not_have_is_an_empty_cell(found: Document) -> None:
    rows = {row[0]: row[1:] for row in words(workbook(found), "Assumptions")}
    assert rows["wrong rate"][:3] == ["20%", "5% to 40%", "assumption; counted by hand in May"]
    assert rows["discount rate"][:3] == ["10%", "", ""]
    assert "(no name)" not in str(rows)


def test_rows_of_long_text_are_as_high_as_it_needs_and_keep_the_page_legible(tmp_path: Path) -> None:
    office, form = tmp_path / "office.yaml", tmp_path / "form.yaml"
    office.write_text(OFFICE, encoding="utf-8")
    form.write_text(FORM.replace("A form that checks itself", "A long name " * 20), encoding="utf-8")
    kept = keep(tmp_path / "runs", [load(office), load_beside(office, form)], replications=2)
    found = sheets(workbook(document(read_run(kept.folder))))
    for name in ("Summary", "Cash flows", "Method"):
        heights = [float(row.attrib.get("ht", 15)) for row in found[name].iter(f"{MAIN}row")]
        assert max(heights) >= 30, name
    (title,) = [each.attrib["ref"] for each in found["Cash flows"].iter(f"{MAIN}mergeCell")]
    assert title == "A1:E1"


def test_a_run_without_money_has_no_cash_flows(alone: Kept) -> None:
    assert list(sheets(workbook(document(read_run(alone.folder))))) == [
        "Summary",
        "Figures",
        "Assumptions",
        "Method",
    ]
