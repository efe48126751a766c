"""The deck has a finding for each title, native charts with the run's numbers, and opens elsewhere."""

from __future__ import annotations

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
    assert 6 <= len(titles) <= 8
    assert titles[0] == plain(found.answer.headline)
    assert all(len(title) > 15 for title in titles)


def test_charts_are_native_and_have_the_numbers_of_the_run(found: Document) -> None:
    time, days, years = (shape.chart for shape in charts(deck(found)))
    stacked = [sum(series.values[i] for series in time.plots[0].series) for i in range(3)]
    means = [found.subject.of_cases(name, "lead_time").mean for name in time.plots[0].categories]
    assert stacked == pytest.approx([(mean or 0.0) / 8 for mean in means])
    base, whole, less, more = (list(series.values) for series in days.plots[0].series)
    assert whole[0] - sum(less) + sum(more) == pytest.approx(whole[-1])
    assert min(base) >= 0
    net = list(years.plots[0].series)[-1].values
    case = found.cases[0]
    assert net[-1] == pytest.approx(case.table.net.total * case.unit.factor)


def test_charts_have_a_text_for_those_who_do_not_see_them(found: Document) -> None:
    told = [shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in charts(deck(found))]
    assert len(told) == 3 and all(len(text) > 20 for text in told)


def test_the_table_is_native(found: Document) -> None:
    (table,) = [shape.table for slide in slides(deck(found)) for shape in slide.shapes if shape.has_table]
    last = [cell.text for cell in table.rows[len(table.rows) - 1].cells]
    case = found.cases[0]
    assert last[0] == "Net benefit" and last[-1] == case.unit.number(case.table.net.present_value)


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
