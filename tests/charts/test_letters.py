"""Texts break where there is room for them, in letters of whatever font has them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from sim.charts import letters
from sim.charts.files import save, svg_text
from sim.charts.letters import families, width_of, without_a_font, wrapped
from sim.charts.page import make_page

NOWHERE = "\U00013000"  # an Egyptian hieroglyph
ONLY_IN_STIX = "\u2a90"  # a relation sign that DejaVu Sans lacks and STIX, which Matplotlib brings, has


@pytest.fixture
def with_stix(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(letters, "WANTED", ("DejaVu Sans", "STIXGeneral", "No such font"))
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    letters.families.cache_clear()
    letters._known.cache_clear()
    letters.width_of.cache_clear()


def figure(title: str) -> Figure:
    return make_page(title, ["of what"], 1.0).figure


def test_no_line_is_wider_than_the_room_and_none_is_a_single_last_word() -> None:
    text = "Use case: no sure difference in lead time between this and that, 65.0\u00a0d and 65.1\u00a0d"
    lines = wrapped(text, 9.0, 14.0, bold=True)
    assert " ".join(lines) == text and len(lines) == 2
    widths = [width_of(line, 14.0, bold=True) for line in lines]
    assert max(widths) <= 9.0 and min(widths) > 0.6 * max(widths)


def test_no_line_ends_between_a_number_and_its_unit() -> None:
    text = "busy 36 % of 12 d and 1.36 M USD of 5 days " * 12
    for width in (2.0, 2.5, 3.0, 3.5):
        lines = wrapped(text.strip(), width, 12.0)
        assert not [line for line in lines[1:] if line.startswith(("% ", "d ", "M "))]
        assert " ".join(lines) == text.strip()


def test_a_text_without_spaces_is_broken_too() -> None:
    lines = wrapped("x" * 300, 5.0, 14.0)
    assert "".join(lines) == "x" * 300
    assert max(width_of(line, 14.0) for line in lines) <= 5.0


def test_only_fonts_that_are_installed_are_asked_for() -> None:
    assert families()[0] == "DejaVu Sans"
    assert "No such font" not in families()


def test_letters_without_a_font_are_named_once_and_take_room() -> None:
    assert without_a_font([f"a {NOWHERE}", f"{NOWHERE} é – ×", "مسار القيمة"]) == NOWHERE
    assert width_of(NOWHERE * 3, 10.0) > 2 * width_of(NOWHERE, 10.0) > 0


def test_a_letter_is_taken_from_the_next_font_that_has_it(with_stix: None) -> None:
    assert families() == ["DejaVu Sans", "STIXGeneral"]
    assert without_a_font([ONLY_IN_STIX, NOWHERE]) == NOWHERE
    assert "<text" not in svg_text(figure(f"A {ONLY_IN_STIX} B"))  # outlines


def test_text_stays_text_in_an_svg_where_no_font_has_a_letter() -> None:
    text = svg_text(figure(f"A {NOWHERE} & <b>"))
    assert f"A {NOWHERE} &amp; &lt;b&gt;" in text
    assert "<text" not in svg_text(figure("A and B"))


def test_a_png_is_written_and_names_the_letters_that_are_boxes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        save(figure(f"A {NOWHERE}"), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000
    assert NOWHERE in caplog.text and "Install one that has" in caplog.text
