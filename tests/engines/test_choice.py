"""Which engine runs, and what it costs to have two."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim import engines
from sim.engines import compiled_engine, simpy_engine
from sim.engines.compiled_engine import tally_layout
from sim.errors import EngineError
from sim.experiment.replicate import Options, run_one
from sim.metrics import summarise, tally
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


def test_the_compiled_engine_keeps_tallies_and_the_other_has_facts_to_take_them_from(plan):
    kept = engines.tally(plan, engine="auto")
    assert kept is not None
    assert kept.tallies == tally(engines.run(plan, engine="simpy"), plan)
    assert engines.tally(plan, engine="simpy") is None


@pytest.mark.parametrize(("limit", "value"), [("MOST_HALF", 1000), ("MOST_TEAMS", 1)])
def test_beyond_its_limits_a_plan_is_tallied_from_facts_with_the_same_result(
    scenario, monkeypatch, limit, value
):
    either = "team: a, instead: {other: {when: lucky, team: b}}, work"
    plan = compile_plan(scenario(NETWORK.replace("team: a, work: exponential", f"{either}: exponential")))
    usual = run_one(plan, 0, 0, Options(1, "compiled"))
    monkeypatch.setattr(tally_layout, limit, value)
    assert engines.tally(plan, engine="compiled") is None
    assert run_one(plan, 0, 0, Options(1, "compiled")).measures == usual.measures
