"""A figure written twice is the same file, whenever that was."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from sim.charts.files import save, svg_text
from sim.charts.page import make_page


def figure() -> Figure:
    page = make_page("A finding", ["of what"], 2.0)
    page.axes(1, page.top, 5, page.bottom).plot([1, 2], [3, 4])
    return page.figure


@pytest.mark.parametrize("name", ["a.png", "a.svg"])
def test_two_figures_of_the_same_are_the_same_bytes(tmp_path: Path, name: str) -> None:
    one, two = tmp_path / name, tmp_path / f"again-{name}"
    save(figure(), one)
    save(figure(), two)
    assert one.read_bytes() == two.read_bytes()


def test_an_svg_names_no_date_and_no_version() -> None:
    text = svg_text(figure())
    assert "<svg" in text
    assert "dc:date" not in text and "Matplotlib v" not in text


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.pdf: a figure is written as \.png or \.svg"):
        save(figure(), tmp_path / "a.pdf")
