"""Many replications of the canonical network on all cores, the way `sim.run` does it: wall time."""

from __future__ import annotations

import time
from dataclasses import dataclass

import sim
from benchmarks import network


@dataclass(frozen=True)
class Replicated:
    """How many replications, on so many threads, in how many seconds."""

    n: int
    jobs: int
    wall_s: float

    def of(self, n: int) -> float:
        """Seconds that n replications would take at this rate."""
        return self.wall_s * n / self.n


def replicated(n: int, jobs: int) -> Replicated:
    """Run n replications, every figure of each included; compiled before."""
    scenario = network.scenario()
    sim.run(scenario, replications=1)
    began = time.perf_counter()
    sim.run(scenario, replications=n, jobs=jobs, keep_cases=False)
    return Replicated(n, jobs, time.perf_counter() - began)
