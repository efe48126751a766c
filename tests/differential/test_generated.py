"""Random small scenarios (tests/strategies.py) in both engines.

`SIM_SCENARIOS=10000 pytest tests/differential/test_generated.py` runs so many instead of 200, other ones
each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.errors import EngineError
from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.scenario.load import load
from tests.differential.both import run_both
from tests.strategies import TREE, scenarios, write

ASKED = int(os.environ.get("SIM_SCENARIOS", "0"))
MANY = settings(
    max_examples=ASKED or 200,
    deadline=None,
    derandomize=not ASKED,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Callable[[TREE], Plan]:
    folder = tmp_path_factory.mktemp("random")
    return lambda tree: compile_plan(load(write(tree, folder)))


@MANY
@given(tree=scenarios(), seed=st.integers(0, 2**32 - 1), replication=st.integers(0, 3))
def test_both_engines_tell_the_same(planned, tree, seed, replication):
    try:
        facts = run_both(planned(tree), seed, replication)
    except EngineError:
        return  # both say why, with the same words
    assert len(facts.events) >= len(facts.cases)
