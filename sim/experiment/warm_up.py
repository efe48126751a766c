"""From when on to measure: how long a warm-up must be for queues to be in their usual state [MSER-5].

The warm-up runs before month 0, with the values of month 0. So what is looked at is not the run itself, in
which values may change, but a pilot: replications from empty, with the values of month 0, as long as the
horizon. In them the number of cases inside is followed for each case type, averaged over the replications.
What must be cut off for the rest to have the most certain mean is the warm-up; the case type that needs most
decides.

MSER-5: means of batches of five observations; the truncation that minimises the squared standard error of
the mean of the rest (White 1997, Simulation 69:323; White, Cobb, Spratt 2000, Proceedings of the Winter
Simulation Conference, 755), within the first half of the pilot. A minimum at the bound is refused: cutting
off more would still help, so nothing is seen to be stable. The rule knows no autocorrelation: where the
number of cases moves slowly against the pilot, it may cut off more than is needed.
Not here: pictures (charts), the clock of a scenario (scenario).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Int64Array
from sim.experiment.replicate import Progress, Result, replicate_all
from sim.plan.arrays import Plan
from sim.plan.compiler import compile_plan
from sim.scenario.clock import with_warm_up
from sim.units.dimensions import DAY_MS

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

Floats = NDArray[np.float64]

REPLICATIONS = 10
FIRST = 1_000_000
"""The pilot's replications are numbered from here: a run does not choose its warm-up by its own luck."""

N_OBSERVATIONS = 1_000
BATCH = 5


@dataclass(frozen=True, slots=True)
class Settling:
    """How one case type comes to its usual number of cases.

    `inside` is the mean number of cases in each of equal stretches of business time, shape (n,), `days` when
    each stretch ends [days of 24 h since the pilot began]; `cut` is how many stretches are cut off. `settles`
    is False where nothing stable was found, and half of the pilot is cut off.
    """

    case_type: str
    days: Floats
    inside: Floats
    cut: int
    settles: bool

    @property
    def cut_days(self) -> float:
        """What is cut off [days of 24 h]."""
        return float(self.days[self.cut - 1]) if self.cut else 0.0

    @property
    def usual(self) -> float:
        """Mean number of cases after the cut."""
        return float(self.inside[self.cut :].mean())


@dataclass(frozen=True, slots=True)
class WarmUp:
    """The warm-up that a scenario needs, in whole days, and what it was read from."""

    name: str
    days: int
    types: tuple[Settling, ...]
    replications: int
    seed: int
    pilot_days: float

    @property
    def settles(self) -> bool:
        """Every case type comes to a usual number of cases."""
        return all(each.settles for each in self.types)

    @property
    def decisive(self) -> Settling | None:
        """The case type that needs most; None without any."""
        return max(self.types, key=lambda each: each.cut_days, default=None)


def find_warm_up(
    scenario: Scenario,
    *,
    replications: int = REPLICATIONS,
    seed: int = 1,
    engine: str = "auto",
    jobs: int = -1,
    progress: Progress | None = None,
) -> WarmUp:
    """Run the pilot, and read from it how long the warm-up must be; at most half of the horizon.

    The warm-up that the scenario gives is not looked at.
    """
    plan = pilot_of(scenario)
    (result,) = replicate_all(
        [(plan, 0)],
        replications=replications,
        first=FIRST,
        seed=seed,
        engine=engine,
        jobs=jobs,
        progress=progress,
    )
    if not result.is_complete:
        raise KeyboardInterrupt
    types = tuple(each for row in plan.case_types if (each := settling(result, row.name)) is not None)
    days = math.ceil(max((each.cut_days for each in types), default=0.0) - 1e-9)
    return WarmUp(scenario.name, days, types, replications, seed, plan.end / DAY_MS)


def pilot_of(scenario: Scenario) -> Plan:
    """A run that begins empty and has the values of month 0 throughout, as long as the horizon."""
    plan = compile_plan(scenario)
    length = plan.end - plan.warm_up
    warm = compile_plan(with_warm_up(scenario, f"{length / DAY_MS:.9g} days"))
    return replace(warm, warm_up=0, end=warm.warm_up)


def settling(result: Result, case_type: str) -> Settling | None:
    """How the number of cases of a type settles in a pilot; None if none ever came."""
    import polars

    plan, cases = result.plan, result.cases.filter(polars.col("case_type") == case_type)
    if cases.is_empty():
        return None
    business = plan.calendars[plan.business]
    begin, end = (
        np.asarray(business.open_between_array(np.zeros(len(each), dtype=np.int64), each), dtype=np.int64)
        for each in (cases["arrive_ms"].to_numpy(), cases["leave_ms"].fill_null(plan.end).to_numpy())
    )
    edges = _edges(business.open_between(0, plan.end))
    inside = mean_inside(begin, end, edges) / len(result.runs)
    cut, settles = truncation(inside)
    instants = business.add_array(np.zeros(len(edges) - 1, dtype=np.int64), edges[1:])
    return Settling(case_type, np.asarray(instants) / DAY_MS, inside, cut, settles)


def _edges(length: int) -> Int64Array:
    """The edges of equal stretches of business time, whole batches of them."""
    n = max(BATCH, min(N_OBSERVATIONS, length) // BATCH * BATCH)
    return np.asarray(np.arange(n + 1) * length // n, dtype=np.int64)


def mean_inside(begin: Int64Array, end: Int64Array, edges: Int64Array) -> Floats:
    """Mean number of stretches [begin, end) that cover an instant, between each two edges."""
    area = _area_since(begin, edges) - _area_since(end, edges)
    return np.asarray(np.diff(area) / np.diff(edges), dtype=np.float64)


def _area_since(instants: Int64Array, edges: Int64Array) -> Int64Array:
    """For each edge the time since each instant before it, summed."""
    ordered = np.sort(instants)
    sums = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(ordered)))
    before = np.searchsorted(ordered, edges, side="left")
    return np.asarray(before * edges - sums[before], dtype=np.int64)


def truncation(observations: Floats) -> tuple[int, bool]:
    """How many observations to cut off [MSER-5], and whether what is left is stable.

    Returns
    -------
    A multiple of five, at most half of the observations; False with that half if the minimum lies there.
    """
    batches = observations[: len(observations) // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    n, most = len(batches), len(batches) // 2
    # sums of the batches from each on, so that all truncations are had at once
    total, squares = (np.cumsum(each[::-1])[::-1][: most + 1] for each in (batches, batches**2))
    left = n - np.arange(most + 1, dtype=np.float64)
    errors = (squares - total**2 / left) / left**2
    # what rounding leaves of a constant is no reason to cut anything off
    errors[errors < 1e-12 * float(np.mean(batches**2)) / n] = 0.0
    best = int(np.argmin(errors))
    return best * BATCH, best < most or most == 0
