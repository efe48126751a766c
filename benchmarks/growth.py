"""What an event costs and how much memory a run takes, from 10,000 cases in one run to a million.

Each size runs in a process of its own, so that its peak memory is that of this run and of the program
itself: `python -m benchmarks.growth DAYS KEEPS_LOG ROUNDS` prints that as JSON. The network runs at twice the
pace, 48 requests a day, so that a million fit into the hundred years that a scenario may have.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass

from benchmarks import network
from benchmarks.timing import cpu_time
from sim.engines import compiled_engine
from sim.metrics import measures
from sim.plan.arrays import Plan
from sim.records.tallies import Tallies

PACE = 2
CASES_PER_DAY = 24 * PACE
# ru_maxrss is in KiB, but on macOS in bytes
UNITS_PER_MB = 1 << 20 if sys.platform == "darwin" else 1 << 10


@dataclass(frozen=True)
class Size:
    """A run: cases that left, their arrivals and works, best CPU time of its rounds, peak of its process."""

    cases: int
    events: int
    cpu_s: float
    memory_mb: float

    @property
    def per_event_ns(self) -> float:
        """CPU time per event."""
        return 1e9 * self.cpu_s / self.events


def measured(n_cases: int, keeps_log: bool, rounds: int) -> Size:
    """A run of about so many cases, in a new process."""
    days = round(n_cases / CASES_PER_DAY)
    words = [sys.executable, "-m", "benchmarks.growth", str(days), str(int(keeps_log)), str(rounds)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return Size(**json.loads(done.stdout))


def tallied(plan: Plan, keeps_log: bool) -> Tallies:
    """A replication and its figures; with its log, if asked for, which is let go."""
    found = compiled_engine.tally(plan, seed=1, replication=0, keep_log=keeps_log)
    measures(found.tallies, plan)
    return found.tallies


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNITS_PER_MB


def main(days: int, keeps_log: bool, rounds: int) -> None:
    plan, best = network.plan(days=days, pace=PACE), float("inf")
    tallied(network.plan(days=1, pace=PACE), keeps_log)
    for _ in range(rounds):
        took, tallies = cpu_time(lambda: tallied(plan, keeps_log))
        best = min(best, took)
        n_cases = tallies.cases[0].counted.n
        n_events = n_cases + sum(step.complete for step in tallies.steps if step.worked_ms)
    print(json.dumps(asdict(Size(n_cases, n_events, best, _peak_mb()))))


if __name__ == "__main__":
    main(int(sys.argv[1]), bool(int(sys.argv[2])), int(sys.argv[3]))
