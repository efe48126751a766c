"""The question of a search: what was asked for besides levers and promises, and what is refused at once.

Not here: the search (search), what levers and promises are read as (levers, promises).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.errors import RunError
from sim.experiment.tune.worth import Goal

FIRST, BUDGET, MOST = 4, 10_000, 2_000
TOLERANCE = 0.02
DELTAS: Mapping[Goal, float] = {"cost": 0.01, "npv": 0.05}
"""Of what the scenario costs as it is."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a search was asked for, as `tune` describes it."""

    goal: Goal
    delta: float | None
    tolerance: float
    confidence: float
    first: int
    budget: int
    most: int
    seed: int
    engine: str
    jobs: int

    def check(self) -> None:
        """Refuse what cannot be."""
        if self.goal not in DELTAS:
            raise RunError(
                f"goal {self.goal!r}: admissible are 'cost', to be least, and 'npv', to be highest."
            )
        if self.first < 2:
            raise RunError(
                f"replications of each setting at first: found {self.first}; an interval takes 2 or more."
            )
        if self.budget < 1:
            raise RunError(f"budget: found {self.budget}; it is replications in all, such as {BUDGET:,}.")
        if self.jobs == 0 or self.jobs < -1:
            raise RunError(f"jobs: found {self.jobs}; a number of threads, 1 or more, or -1: one per core.")
        if self.most < 1:
            raise RunError(f"most: found {self.most}; it is how many settings are all run, such as {MOST:,}.")
        if self.delta is not None and not 0 < self.delta < math.inf:
            raise RunError(
                f"delta: found {self.delta:g}; it is an amount of money above 0 that does not matter."
            )
        if not 0 < self.tolerance < 1:
            raise RunError(f"tolerance: found {self.tolerance:g}; a share above 0 and below 1, such as 2%.")
        if not 0 < self.confidence < 1:
            raise RunError(f"confidence: found {self.confidence:g}; a share above 0 and below 1, as 95%.")
