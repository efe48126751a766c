"""The letters in notebooks/ run from top to bottom, and are kept without outputs."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
LETTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def _read(path: Path) -> Any:
    import nbformat

    return nbformat.read(path, as_version=4)


def test_there_are_letters() -> None:
    assert [path.stem for path in LETTERS] == [
        "building_the_business_case",
        "first_comparison",
        "reading_a_value_stream",
        "tables_and_process_mining",
        "tune_staffing",
    ]


@pytest.mark.slow  # each starts an interpreter and simulates years of forty people
@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_letter_runs_from_top_to_bottom(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    with warnings.catch_warnings():
        # What the notebook's own machinery warns of is not about us; in the letter itself errors stop it.
        warnings.simplefilter("ignore")
        from nbclient import NotebookClient

        letter = _read(path)
        client = NotebookClient(letter, timeout=300, resources={"metadata": {"path": str(path.parent)}})
        client.execute()
    assert any(cell.get("outputs") for cell in letter.cells)
    drawn = [cell for cell in letter.cells if cell.cell_type == "code" and "plot_" in cell.source]
    assert all("image/png" in output.data for cell in drawn for output in cell.outputs[-1:])


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_letter_is_kept_without_outputs_and_defines_nothing(path: Path) -> None:
    cells = [cell for cell in _read(path).cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
    assert not [cell.source for cell in cells if "def " in cell.source or "class " in cell.source]
    assert "import sim" in cells[0].source


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_letter_holds_more_words_than_code(path: Path) -> None:
    cells = _read(path).cells
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    assert words > sum(len(cell.source.split()) for cell in cells if cell.cell_type == "code")
