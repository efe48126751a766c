"""The code on the page of charts makes the pictures it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path("docs/charts.md")
BLOCKS = [
    block for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    if "docs/pictures/" in block
]  # fmt: skip


@pytest.mark.parametrize("code", BLOCKS)
def test_the_code_under_a_picture_writes_it(tmp_path: Path, code: str) -> None:
    (name,) = re.findall(r'Path\("docs/pictures/([a-z-]+\.png)"\)', code)
    assert f"(pictures/{name})" in PAGE.read_text(encoding="utf-8")
    assert (PAGE.parent / "pictures" / name).exists()
    shorter = code.replace("docs/pictures", str(tmp_path)).replace("replications=20", "replications=2")
    exec(shorter, {})
    assert (tmp_path / name).stat().st_size > 10_000


def test_there_is_code_under_pictures() -> None:
    assert len(BLOCKS) >= 2
