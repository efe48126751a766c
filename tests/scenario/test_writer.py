"""A scenario written out reads back as the same scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import engines
from sim.plan import compile_plan
from sim.scenario import load
from sim.scenario.writer import resolved_text

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize("name", ["jane.yaml", "self_service.yaml"])
def test_the_resolved_text_compiles_to_the_same_plan(name, tmp_path):
    original = load(SCENARIOS / name)
    path = tmp_path / "resolved.yaml"
    path.write_text(resolved_text(original), "utf-8")
    assert compile_plan(load(path)) == compile_plan(original)


def test_the_resolved_text_runs_to_the_same_log(tmp_path):
    path = tmp_path / "resolved.yaml"
    path.write_text(resolved_text(load(SCENARIOS / "jane.yaml")), "utf-8")
    logs = [
        engines.run(compile_plan(load(file)), seed=3, keep_log=True).events
        for file in (path, SCENARIOS / "jane.yaml")
    ]
    assert logs[0] == logs[1]
