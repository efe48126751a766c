"""The deck has a finding for each title, native charts with the run's numbers, and opens elsewhere."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

from sim.report.deck import deck
from sim.report.document import Document, document
from sim.report.stored import read_run
from sim.report.words import plain
from sim.scenario.load import load

from .conftest import OFFICE, Kept, keep
from .office_programs import converted, needs_office


@pytest.fixture(scope="module")
def found(compared: Kept) -> Document:
    return document(read_run(compared.folder))


def slides(content: bytes) -> list[Any]:
    return list(Presentation(BytesIO(content)).slides)


def charts(content: bytes) -> list[Any]:
    return [shape for slide in slides(content) for shape in slide.shapes if shape.has_chart]


def words(content: bytes) -> str:
    return " ".join(
        shape.text_frame.text for slide in slides(content) for shape in slide.shapes if shape.has_text_frame
    )


def test_the_same_run_gives_the_same_bytes(found: Document) -> None:
    assert deck(found) == deck(found)


def test_every_slide_has_a_title_and_the_first_is_the_answer(found: Document) -> None:
    titles = [slide.shapes.title.text_frame.text for slide in slides(deck(found))]
    assert 9 <= len(titles) <= 12
    assert titles[0] == plain(found.answer.headline)
    assert all(len(title) > 15 for title in titles)


def test_charts_are_native_and_have_the_numbers_of_the_run(found: Document) -> None:
    time, waterfall, years = (shape.chart for shape in charts(deck(found)))
    stacked = [sum(series.values[i] for series in time.plots[0].series) for i in range(3)]
    names = [result.name for result in found.subject.stored.results][::-1]  # bars begin below
    days = [(found.subject.of_cases(name, "lead_time").mean or 0.0) / 8 for name in names]
    assert stacked == pytest.approx(days)
    told = [f"{name}: {value:.2f}" for name, value in zip(names, days, strict=True)]
    assert list(time.plots[0].categories) == told
    base, whole, less, more = (list(series.values) for series in waterfall.plots[0].series)
    assert whole[0] - sum(less) + sum(more) == pytest.approx(whole[-1])
    assert min(base) >= 0
    net = list(years.plots[0].series)[-1].values
    case = found.cases[0]
    assert net[-1] == pytest.approx(case.table.net.total * case.unit.factor)


def test_charts_have_a_text_for_those_who_do_not_see_them(found: Document) -> None:
    told = [shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in charts(deck(found))]
    assert len(told) == 3 and all(len(text) > 20 for text in told)


def tables(content: bytes) -> list[list[list[str]]]:
    """The cells of each table, by row."""
    found = [shape.table for slide in slides(content) for shape in slide.shapes if shape.has_table]
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in found]


def test_tables_are_native_and_have_the_numbers_of_the_run(found: Document) -> None:
    scenarios, business_case, assumptions = tables(deck(found))
    assert [row[0] for row in scenarios[1:]] == [line.name for line in found.lines]
    assert [plain(cell) for cell in found.lines[1].cells] == scenarios[2][1:]
    case = found.cases[0]
    assert business_case[-1][0] == "Net benefit"
    assert business_case[-1][-1] == case.unit.number(case.table.net.present_value)
    assert ["wrong rate", "20%", "5% to 40%", "assumption; counted by hand in May"] in assumptions
    assert len(assumptions) == 1 + len(found.assumptions)


def test_more_assumptions_than_have_room_are_counted(found: Document) -> None:
    row = found.assumptions[0]
    many = replace(found, assumptions=(row,) * 100)
    titles = [slide.shapes.title.text_frame.text for slide in slides(deck(many))]
    assert titles[-1] == "What was assumed (4 of 4); 56 more stand in the page"
    assert sum(len(table) - 1 for table in tables(deck(many))[2:]) == 44


def test_nothing_stands_outside_a_slide(found: Document) -> None:
    presentation = Presentation(BytesIO(deck(found)))
    width, height = presentation.slide_width, presentation.slide_height
    on_slides = [shape for slide in presentation.slides for shape in slide.shapes]
    on_layouts = [shape for layout in presentation.slide_layouts for shape in layout.placeholders]
    for shape in (*on_slides, *on_layouts):
        assert shape.left >= 0 and shape.left + shape.width <= width + 1, shape.name
        assert shape.top >= 0 and shape.top + shape.height <= height + 1, shape.name


def test_without_a_finished_case_there_is_no_empty_chart(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text(OFFICE.replace("work: 4 h\n", "work: 9000 h\n"), encoding="utf-8")
    content = deck(document(read_run(keep(tmp_path / "runs", [load(path)], replications=2).folder)))
    assert not charts(content)
    assert "not defined" in words(content)


def test_a_run_of_one_scenario_has_slides_without_money(alone: Kept) -> None:
    content = deck(document(read_run(alone.folder)))
    assert "this page describes one scenario" in words(content)
    assert len(charts(content)) == 1


@needs_office
@pytest.mark.slow  # LibreOffice takes seconds to start
def test_the_deck_opens_in_libreoffice_with_any_name(tmp_path: Path) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_text(
        OFFICE.replace("name: Small office", 'name: "<b>&amp; =1+1 \u202e مسار ' + "x" * 280 + '"'),
        encoding="utf-8",
    )
    content = deck(document(read_run(keep(tmp_path / "runs", [load(path)], replications=2).folder)))
    assert "<b>&amp; =1+1" in words(content) and "\u202e" not in words(content)
    deck_path = tmp_path / "deck.pptx"
    deck_path.write_bytes(content)
    (pdf,) = converted(deck_path, "pdf", tmp_path / "office")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert pdf.stat().st_size > 10_000
