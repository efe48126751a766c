"""The analytics value cycle, simulated: where the time of an idea goes, and what a change would be worth.

    scenario = sim.load("scenarios/current_state.yaml")
    result = sim.run(scenario, replications=20, seed=1)
    result.replications         # a polars table: one row per replication and measure

    comparison = sim.compare(scenario, [sim.load("other.yaml")], replications=20)
    comparison.differences
    sim.charts.plot_time_spent([comparison.baseline, *comparison.others], "use_case").savefig("where.png")

Names are imported when they are used, so `import sim` is instant and has no effects.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Comparison": "sim.experiment.compare",
    "EngineError": "sim.errors",
    "PlanError": "sim.errors",
    "Result": "sim.experiment.replicate",
    "RunError": "sim.errors",
    "Scenario": "sim.scenario.load",
    "ScenarioError": "sim.errors",
    "SimError": "sim.errors",
    "WhatIf": "sim.experiment.what_if",
    "compare": "sim.experiment.run",
    "explain": "sim.experiment.explain",
    "load": "sim.scenario.load",
    "run": "sim.experiment.run",
    "sensitivity": "sim.experiment.sensitivity",
    "tune": "sim.experiment.tune",
    "write_event_csv": "sim.report.process_mining",
    "write_xes": "sim.report.process_mining",
}

_ROOMS = {"charts": "sim.charts"}
"""Whole rooms, to be used as `sim.charts.plot_npv(comparison)`."""

__version__ = "0.1.0"
__all__ = sorted([*_HOME, *_ROOMS])


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(_ROOMS[name])
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}. It has: {', '.join(__all__)}.")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
