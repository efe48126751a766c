"""The gallery shows what the program says today: its figures are held to a run of the same comparison."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "results" / "gallery"


@pytest.fixture(scope="module")
def making() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_gallery", ROOT / "results" / "make_gallery.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_figures_are_those_of_the_comparison_today(making: ModuleType, tmp_path: Path) -> None:
    kept = json.loads((GALLERY / "figures.json").read_text(encoding="utf-8"))
    today = making.compare(tmp_path)
    assert today.keys() == kept.keys()
    moved = {name: (kept[name], today[name]) for name in kept if today[name] != pytest.approx(kept[name])}
    assert not moved, "the figures have moved: look whether they should, then `make gallery`"


def test_its_page_shows_every_picture_and_no_other() -> None:
    shown = re.findall(r"\]\((\w[\w-]*\.png)\)", (GALLERY / "README.md").read_text(encoding="utf-8"))
    assert len(shown) == len(set(shown)) >= 8
    assert set(shown) == {path.name for path in GALLERY.glob("*.png")}
    assert all((GALLERY / name).stat().st_size > 10_000 for name in shown)


def test_its_animation_is_of_that_comparison(making: ModuleType) -> None:
    page = (GALLERY / "animation.html").read_text(encoding="utf-8")
    for name in re.findall(r"--scenario '([^']+)'", making.ANIMATE):
        assert f'<h2><bdi dir="auto">{name}</bdi></h2>' in page
    assert "seed 1, 26 weeks" in page


def test_its_report_is_of_that_comparison(making: ModuleType) -> None:
    page = (GALLERY / "report.html").read_text(encoding="utf-8")
    assert making.COMPARE in page
    assert f"--out {making.RUNS}" in page and "/tmp/" not in page
    headline = re.search(r"^\*\*(.+)\*\*$", (GALLERY / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headline is not None
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>|[\u2068\u2069]", "", page))
    assert headline.group(1) in words
