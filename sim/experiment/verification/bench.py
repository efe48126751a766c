"""The bench that checks work on: the small scenarios beside it, loaded and run the way a user's are.

The scenarios are files in `models/`, so that anybody can read them and run them with the command too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from sim import engines
from sim.experiment.replicate import Result, replicate
from sim.plan.arrays import Plan
from sim.plan.compiler import compile_plan
from sim.records import Facts
from sim.scenario.load import load

MODELS = (
    "mm1",
    "mm3",
    "mg1",
    "mmck",
    "erlang_a",
    "rework",
    "fork_join",
    "batch",
    "monotone",
    "one_more",
    "office",
    "jane",
)


@dataclass(frozen=True)
class Bench:
    """Runs the models on one engine."""

    engine: str
    engines: Sequence[str] = field(default=engines.ENGINES)

    def plan(self, model: str) -> Plan:
        """The compiled plan of a model."""
        return _plan(model)

    def run(self, model: str, *, seed: int = 1, replication: int = 0, engine: str = "") -> Facts:
        """One replication with its event log."""
        name = engine or self.engine
        return engines.run(_plan(model), seed=seed, replication=replication, engine=name, keep_log=True)

    def replicate(self, model: str, *, replications: int, seed: int) -> Result:
        """Several replications, measured; in this process, so that nothing outlives the checks."""
        plan = _plan(model)
        return replicate(plan, replications=replications, seed=seed, engine=self.engine, jobs=1)


@cache
def _plan(model: str) -> Plan:
    return compile_from_file(model)


def compile_from_file(model: str) -> Plan:
    """The plan of a model, read from its file anew."""
    with as_file(files(__package__) / "models") as folder:
        return compile_plan(load(Path(folder) / f"{model}.yaml"))
