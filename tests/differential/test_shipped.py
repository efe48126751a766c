"""The shipped scenarios in both engines, for their first months."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.plan import compile_plan
from sim.scenario.load import load
from tests.differential.both import run_both

SHIPPED = Path(__file__).parents[2] / "scenarios"
DAY = 86_400_000


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_scenario_is_told_the_same(path):
    plan = compile_plan(load(path))
    facts = run_both(replace(plan, warm_up=min(plan.warm_up, 15 * DAY), end=min(plan.end, 45 * DAY)))
    assert len(facts.events) > 100
