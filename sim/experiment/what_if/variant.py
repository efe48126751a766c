"""A scenario with those replications of it that are finished: they are never run twice."""

from __future__ import annotations

import threading
from dataclasses import replace

from sim.experiment.appraisal import Economics, programme
from sim.experiment.replicate import Options, Replication, Result, run_one
from sim.metrics.figures import Measures, Name
from sim.plan.compiler import compile_plan
from sim.scenario.load import Scenario


class Variant:
    """Of one setting. Several threads may ask at once."""

    def __init__(self, scenario: Scenario, seed: int, engine: str = "auto") -> None:
        self.scenario, self.seed, self.engine = scenario, seed, engine
        self.economics: Economics = programme(scenario)
        self.plan = replace(compile_plan(scenario), name=scenario.name)
        self._runs: dict[int, Replication] = {}
        self._names: dict[tuple[Name, ...], tuple[Name, ...]] = {}
        self._lock = threading.Lock()

    def run(self, number: int) -> None:
        """Run one replication and keep it; one that was finished before is not run again."""
        if number in self._runs:
            return
        options = Options(self.seed, self.engine, keep_log=False, keep_cases=False)
        found = run_one(self.plan, self.economics.years or 0, number, options)
        told = Measures.of(found.measures)
        with self._lock:  # thousands of names are the same in every replication: they are kept once
            names = self._names.setdefault(told.names, told.names)
            self._runs[number] = replace(found, measures=Measures(names, told.values))

    def missing(self, replications: int) -> list[int]:
        """Those of the first so many replications that are not finished."""
        return [number for number in range(replications) if number not in self._runs]

    def result(self, replications: int) -> Result:
        """The first so many replications, all of which are finished."""
        runs = tuple(self._runs[number] for number in range(replications))
        currency = self.scenario.file.currency or ""
        return Result(self.plan.name, self.plan, self.seed, self.engine, runs, currency=currency)
