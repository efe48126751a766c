"""How fast the engines are: `python -m benchmarks.engine_speed`.

Each engine and a SimPy model written by hand run the same network, one after the other, in turn, in one
process; what counts is the ratio of CPU times, the best of so many rounds. Simulation alone: the compiled
engine has been compiled before.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.network import HandWritten, scenario
from sim.engines import compiled_engine, simpy_engine
from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.scenario.load import load


def plan_of(text: str) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.yaml"
        path.write_text(text, encoding="utf-8")
        return compile_plan(load(path))


def cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(rounds: int) -> dict[str, float]:
    """CPU seconds of each contender, the best of its rounds."""
    always, office = plan_of(scenario("always")), plan_of(scenario("office"))
    contenders: dict[str, Callable[[], object]] = {
        "hand-written SimPy": lambda: HandWritten(1).run(),
        "SimPy engine": lambda: simpy_engine.run(always, seed=1, replication=0),
        "compiled engine": lambda: compiled_engine.run(always, seed=1, replication=0),
        "compiled engine, with event log": lambda: compiled_engine.run(
            always, seed=1, replication=0, keep_log=True
        ),
        "compiled engine, working hours": lambda: compiled_engine.run(office, seed=1, replication=0),
    }
    compiled_engine.run(always, seed=1, replication=0)
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, work in contenders.items():
            took = cpu_seconds(work)
            best[name] = min(took, best.get(name, took))
    # working hours have fewer requests: told for as many
    n_always = len(compiled_engine.run(always, seed=1, replication=0).cases)
    n_office = len(compiled_engine.run(office, seed=1, replication=0).cases)
    best["compiled engine, working hours"] *= n_always / n_office
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    best = measure(parser.parse_args().rounds)
    base = best["hand-written SimPy"]
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print(f"{'22,008 hours of the network':<36}{'CPU s':>9}{'times as fast':>16}")
    for name, took in best.items():
        print(f"{name:<36}{took:>9.4f}{base / took:>16.1f}")


if __name__ == "__main__":
    main()
