"""Holds simulated means against exact ones.

Every test is a two-sided Student-t test on independent replications after a warm-up, at an error probability
of 1e-4 per test: where a test compares m measures, each interval has confidence 1 - 1e-4/m (Bonferroni).
Luck is seeded, so a test that passes keeps passing until the program changes; each scenario has its own seed,
since with one seed all tests would share their arrivals, and their errors with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zlib import crc32

import pytest

from sim import engines
from sim.experiment.intervals import mean_interval
from sim.metrics import summarise
from sim.plan import compile_plan
from sim.scenario.load import Scenario

ERROR = 1e-4
Key = tuple[str, str, str]


@pytest.fixture
def agrees(scenario: Callable[[str], Scenario]) -> Callable[..., None]:
    """Assert that theory lies in each interval, and that the intervals are narrow enough to tell.

    `theory` maps (metric, kind, of) to the exact mean; `within` bounds each half-width relative to it.
    """

    def check(text: str, theory: Mapping[Key, float], *, within: float, replications: int = 16) -> None:
        plan = compile_plan(scenario(text))
        seed = crc32(text.encode())
        runs = []
        for number in range(replications):
            facts = engines.run(plan, seed=seed, replication=number, keep_log=False)
            runs.append({(m.metric, m.kind, m.of): m.value for m in summarise(facts, plan)})
        for key, exact in theory.items():
            found = mean_interval([run[key] for run in runs], 1 - ERROR / len(theory))
            said = f"{key}: {found.low} to {found.high} (mean {found.mean}), theory {exact}"
            print(said)
            assert found.n == replications, said
            assert found.low <= exact <= found.high, said
            assert found.half_width <= within * exact, f"too wide to tell: {said}"

    return check
