"""What the SimPy engine does around a replication. What happens in one: behaviour, differential."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from sim.engines.simpy_engine import engine
from sim.errors import EngineError
from sim.plan import compile_plan
from sim.plan.arrays import Plan
from tests.engines.conftest import NETWORK


@pytest.fixture
def plan(scenario) -> Plan:
    return compile_plan(scenario(NETWORK))


@pytest.fixture(autouse=True)
def threshold() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    gc.set_threshold(900, 11, 12)
    yield 900, 11, 12
    gc.set_threshold(*before)


def test_garbage_is_looked_for_seldom_during_a_replication_and_then_as_before(plan, threshold, monkeypatch):
    seen = []

    def run_to(clock, end, ordinary=engine.Clock.run_to):
        seen.append(gc.get_threshold())
        ordinary(clock, end)

    monkeypatch.setattr(engine.Clock, "run_to", run_to)
    engine.run(plan, seed=1, replication=0)
    assert seen == [(50_000, 11, 12)]
    assert gc.get_threshold() == threshold


def test_garbage_is_looked_for_as_before_after_a_replication_that_cannot_go_on(plan, threshold, monkeypatch):
    def run_to(clock, end):
        raise EngineError("a runaway")

    monkeypatch.setattr(engine.Clock, "run_to", run_to)
    with pytest.raises(EngineError, match="a runaway"):
        engine.run(plan, seed=1, replication=0)
    assert gc.get_threshold() == threshold


def test_who_does_not_have_garbage_looked_for_is_left_alone():
    gc.set_threshold(0, 11, 12)
    with engine.collecting_seldom():
        assert gc.get_threshold() == (0, 11, 12)
