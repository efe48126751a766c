"""The builders of tests/behaviour, here with both engines: what they say must be the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.engines import compiled_engine, simpy_engine
from sim.plan import compile_plan
from sim.scenario.load import Scenario
from tests.behaviour.conftest import small  # noqa: F401
from tests.conftest import Run
from tests.differential.both import run_both


@pytest.fixture
def simulate(scenario: Callable[[str], Scenario], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run one replication of a scenario written in the test, in both engines."""

    def build(text: str, seed: int = 1, replication: int = 0) -> Run:
        plan = compile_plan(scenario(text))
        # where a test has lowered a limit of the SimPy engine, it is meant for both
        most = simpy_engine.clock.MAX_ITEMS_AT_ONE_INSTANT
        monkeypatch.setattr(compiled_engine.engine, "MAX_ITEMS_AT_ONE_INSTANT", most)
        monkeypatch.setattr(compiled_engine.engine, "MAX_QUEUE", simpy_engine.teams.MAX_QUEUE)
        return Run(plan, run_both(plan, seed, replication))

    return build
