"""Which engine runs, and what it costs to have two."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim import engines
from sim.engines import compiled_engine, simpy_engine
from sim.errors import EngineError
from sim.metrics import summarise
from sim.plan import compile_plan
from tests.engines.conftest import NETWORK


@pytest.fixture
def plan(scenario):
    return compile_plan(scenario(NETWORK))


def test_an_engine_goes_by_its_name(plan):
    logs = {name: list(engines.run(plan, engine=name, keep_log=True).events) for name in engines.ENGINES}
    assert len(logs["simpy"]) > 100
    assert all(log == logs["simpy"] for log in logs.values())


def test_auto_is_the_compiled_engine(plan, monkeypatch):
    monkeypatch.setattr(compiled_engine, "run", lambda *_, **__: "compiled")
    assert engines.run(plan, engine=engines.AUTO) == "compiled"
    assert len(engines.run(plan).cases) > 1  # nothing said: the SimPy engine


def test_an_unknown_engine_is_refused_with_those_there_are(plan):
    with pytest.raises(ValueError, match=r"no engine is called 'warp'\. Engines: simpy, compiled; or auto"):
        engines.run(plan, engine="warp")


def test_metrics_are_the_same_to_the_last_digit(plan):
    both = [summarise(engines.run(plan, seed=3, engine=name), plan) for name in engines.ENGINES]
    assert both[0] == both[1]


@pytest.mark.parametrize(
    "options",
    [{"seed": 2**32, "replication": 0}, {"seed": 1, "replication": -1}, {"seed": 2**70, "replication": 0}],
)
def test_what_does_not_fit_the_key_of_luck_is_said_alike(plan, options):
    said = []
    for engine in (simpy_engine, compiled_engine):
        with pytest.raises(EngineError) as caught:
            engine.run(plan, **options)
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_numba_is_not_imported_until_it_compiles():
    code = "import sys, sim, sim.cli.main, sim.engines; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
