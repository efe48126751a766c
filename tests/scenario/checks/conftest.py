"""A small sound file, changed here and there: what the checks say of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.plan import compile_plan
from sim.scenario.load import load

BASE = """\
clock: {start: 2027-01-04, horizon: 12 months}
teams: {desk: {size: 2}, lab: {size: 2, calendar: night}}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
  night: {days: Mon-Fri, hours: 20:00-23:00}
  odd: {days: Mon, every: 2 weeks, hours: 09:00-17:00}
environments: {box: {cost: 5 per month}}
traits: {urgent: 40%, size: {large: 50%, small: rest}, pages: uniform 1 to 9}
cases:
  idea: {arrive: {rate: 1 per d}, flow: main}
flows:
  main: {steps: {a: {team: desk, work: 1 h}}}
"""
STEP = "{team: desk, work: 1 h}"
Change = tuple[str, str]
Refused = Callable[..., str]


def _changed(changes: tuple[Change, ...]) -> str:
    text = BASE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """The words with which a changed file is refused: each problem with its line, and all of it at once."""

    def look(*changes: Change, **files: str | bytes) -> str:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / f"{name}.csv").write_bytes(data)
        path = tmp_path / "scenario.yaml"
        path.write_text(_changed(changes), encoding="utf-8")
        begin = time.process_time()
        with pytest.raises(ScenarioError) as caught:
            load(path)
        assert time.process_time() - begin < 2
        assert all(problem.line > 0 and problem.key for problem in caught.value.problems)
        return str(caught.value)

    return look


@pytest.fixture
def sound(tmp_path: Path) -> Callable[..., None]:
    """Load and compile a changed file."""

    def look(*changes: Change, **files: str) -> None:
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        path = tmp_path / "scenario.yaml"
        path.write_text(_changed(changes), encoding="utf-8")
        compile_plan(load(path))

    return look
