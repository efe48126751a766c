"""Builders: a scenario from a few lines of YAML, and one run of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from sim import engines
from sim.metrics import classify, summarise
from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.records import AccountClass, CaseRow, Facts
from sim.scenario.load import Scenario, load

HOUR = 3_600_000
DAY = 24 * HOUR


@dataclass(frozen=True)
class Run:
    """One replication, with what tests ask of it."""

    plan: Plan
    facts: Facts

    def case(self, number: int, generation: int = 0) -> CaseRow:
        return next(
            case for case in self.facts.cases if (case.number, case.generation) == (number, generation)
        )

    def account(self, number: int, generation: int = 0) -> dict[AccountClass, float]:
        """Hours in each account class of a case, empty ones left out."""
        index = self.facts.cases.index(self.case(number, generation))
        row = classify(self.facts, self.plan)[index]
        return {AccountClass(i): ms / HOUR for i, ms in enumerate(row) if ms}

    def events(self, name: str, step: str = "") -> list[tuple[float, int]]:
        """(hours since the start, number of the case) of the events of that name at a step."""
        return [
            (row[1] / HOUR, row[3])  # type: ignore[operator, misc]
            for row in self.facts.events
            if row[9] == name and str(row[7]).endswith(step)
        ]

    def measure(self, metric: str, of: str, kind: str | None = None) -> float | None:
        return next(
            m.value
            for m in summarise(self.facts, self.plan)
            if m.metric == metric and m.of == of and kind in (None, m.kind)
        )


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[[str], Scenario]:
    """Load a scenario written in the test."""

    def build(text: str) -> Scenario:
        path = tmp_path / "scenario.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return load(path)

    return build


@pytest.fixture
def simulate(scenario: Callable[[str], Scenario]) -> Callable[..., Run]:
    """Run one replication of a scenario written in the test."""

    def build(text: str, seed: int = 1, replication: int = 0) -> Run:
        plan = compile_plan(scenario(text))
        return Run(plan, engines.run(plan, seed=seed, replication=replication, keep_log=True))

    return build
