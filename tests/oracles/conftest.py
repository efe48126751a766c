"""Holds simulated means against exact ones.

Each scenario is written as a user would write it and goes the public way: loaded from a file, compiled, run
by the engine, measured by the metrics. A test compares one or several figures with theory, each by a
two-sided Student-t interval on independent replications after a warm-up. The chance that a right program
fails is 1e-4 per test: where a test looks at m figures, each interval has confidence 1 - 1e-4/m (Bonferroni).
The luck is seeded, so a test that passes keeps passing until the program changes; every scenario has a seed
of its own, because with one seed all tests would share their arrivals, and their errors with them.

Two things make the intervals narrow and honest:

- A mean over cases is a ratio (sum over cases / number of cases). It is estimated as the ratio of the sums
  over all replications, and its spread from the linearised values (Cochran, Sampling Techniques, 3rd ed.,
  section 6.3), so that its bias falls with the number of all cases, not of those in one replication.
- Figures whose mean is `given` by the input alone (arrivals per hour, mean work) are used as linear control
  variates (Lavenberg and Welch 1981, Management Science 27:322; Law, Simulation Modeling and Analysis, 5th
  ed., section 11.4): the excess of what was drawn is taken out by regression, one degree of freedom each.

`within` bounds the half-width of each interval, relative to theory: what is far outside of it is caught. The
half-width is at least 3.9 standard errors, so an error of 1.5 half-widths fails with a probability of 97 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from math import factorial, sqrt
from zlib import crc32

import numpy as np
import pytest
from scipy.special import stdtrit

from sim import engines
from sim.metrics import summarise
from sim.plan import compile_plan
from sim.records import Facts
from sim.scenario.load import Scenario

ERROR = 1e-4
HOUR = 3_600_000
TIME_AVERAGES = {"throughput", "wip", "queue_length", "utilisation", "busy_hours", "held", "cases"}

Key = tuple[str, str, str]
Figures = dict[Key, float]


@dataclass(frozen=True)
class Estimate:
    """A mean and its interval at `ERROR`, shared by so many figures."""

    mean: float
    half_width: float

    def covers(self, exact: float) -> bool:
        return abs(self.mean - exact) <= self.half_width


@dataclass(frozen=True)
class Replications:
    """The figures of each replication by (metric, kind, of)."""

    runs: list[Figures]
    given: Mapping[Key, float] = field(default_factory=dict)

    def estimate(self, key: Key, n_figures: int) -> Estimate:
        """The mean of a figure, corrected by what is given (unless it is given itself)."""
        values = self._linearised(key)
        controls = [(each, mean) for each, mean in self.given.items() if key not in self.given]
        shifts = [self._linearised(each) - mean for each, mean in controls]
        design = np.column_stack([np.ones(len(values)), *shifts])
        inverse = np.linalg.inv(design.T @ design)
        fit = inverse @ design.T @ values
        freedom = len(values) - design.shape[1]
        residual = values - design @ fit
        error = sqrt(float(residual @ residual) / freedom * float(inverse[0, 0]))
        return Estimate(float(fit[0]), float(stdtrit(freedom, 1 - ERROR / n_figures / 2)) * error)

    def _linearised(self, key: Key) -> np.ndarray:
        values = np.array([run[key] for run in self.runs])
        weights = np.array([_weight(run, key) for run in self.runs])
        pooled = values @ weights / weights.sum()
        return pooled + weights / weights.mean() * (values - pooled)


def _weight(run: Figures, key: Key) -> float:
    """How many things a figure of one replication is a mean of; 1 for an average over time."""
    metric, kind, of = key
    if metric in TIME_AVERAGES or kind not in ("case", "outcome", "flow", "step"):
        return 1.0
    if kind == "outcome" and metric != "outcome_share":
        return run["cases", "outcome", of]
    if kind == "flow":
        return run["passages", "flow", of]
    n_cases = run["cases", "case", of.split(":")[0].split("/")[0]]
    return n_cases if kind != "step" or metric == "visits" else n_cases * run["visits", "step", of]


@pytest.fixture
def replicate(scenario: Callable[[str], Scenario]) -> Callable[..., list[Figures]]:
    """Run a scenario several times; `look` adds figures of its own from the facts of a run."""

    def run_all(
        text: str,
        replications: int,
        look: Callable[[Facts], Mapping[Key, float]] | None = None,
        seed: int | None = None,
    ) -> list[Figures]:
        plan = compile_plan(scenario(text))
        luck = crc32(text.encode()) if seed is None else seed
        runs = []
        for number in range(replications):
            facts = engines.run(plan, seed=luck, replication=number, keep_log=False)
            figures = {(m.metric, m.kind, m.of): m.value for m in summarise(facts, plan)}
            runs.append(figures | dict(look(facts) if look else {}))
        return runs

    return run_all


@pytest.fixture
def agrees(replicate: Callable[..., list[Figures]]) -> Callable[..., None]:
    """Assert that theory and what is given lie in their intervals, and that the intervals can tell.

    `theory` maps (metric, kind, of) to the exact mean, `given` likewise for control variates. `within` bounds
    each half-width relative to theory: one number, or one for each metric.
    """

    def check(
        text: str,
        theory: Mapping[Key, float],
        *,
        within: float | Mapping[str, float],
        replications: int = 40,
        given: Mapping[Key, float] | None = None,
        look: Callable[[Facts], Mapping[Key, float]] | None = None,
    ) -> None:
        known = dict(given or {})
        found = Replications(replicate(text, replications, look), known)
        expected = known | dict(theory)
        wrong = []
        for key, exact in expected.items():
            estimate = found.estimate(key, len(expected))
            bound = within if isinstance(within, float) else within.get(key[0], 1.0)
            relative = estimate.half_width / exact
            said = (
                f"{key}: {estimate.mean:.5g} ± {estimate.half_width:.3g} ({relative:.1%}), theory {exact:.5g}"
            )
            print(said)
            if not estimate.covers(exact):
                wrong.append(f"outside the interval: {said}")
            if key in theory and relative > bound:
                wrong.append(f"too wide to tell, {bound:.1%} asked for: {said}")
        assert not wrong, "\n".join(wrong)

    return check


@pytest.fixture
def waits_of() -> Callable[..., np.ndarray]:
    """Hours from entering a step to the start of work there, of the visits completed after the warm-up."""

    def measure(facts: Facts, warm_up: float, step: int = 0) -> np.ndarray:
        began = {work.case: work.begin for work in reversed(facts.works) if work.step == step}
        done = (v for v in facts.visits if v.step == step and v.complete >= warm_up * HOUR)
        return np.array([(began[v.case] - v.enter) / HOUR for v in done])

    return measure


@pytest.fixture
def birth_death() -> Callable[[Iterable[float], Iterable[float]], list[float]]:
    """Stationary distribution of a birth-death chain: p_n = p_0 * prod(births[i] / deaths[i], i < n)."""

    def solve(births: Iterable[float], deaths: Iterable[float]) -> list[float]:
        ratios = (up / down for up, down in zip(births, deaths, strict=True))
        weights = list(accumulate(ratios, lambda weight, ratio: weight * ratio, initial=1.0))
        return [weight / sum(weights) for weight in weights]

    return solve


@pytest.fixture
def erlang_c() -> Callable[[int, float], float]:
    """Probability of having to wait in M/M/c with offered load a."""

    def probability(c: int, a: float) -> float:
        tail = a**c / factorial(c) * c / (c - a)
        return tail / (tail + sum(a**k / factorial(k) for k in range(c)))

    return probability


@pytest.fixture
def stationary() -> Callable[..., dict[tuple[int, ...], float]]:
    """Stationary distribution of a finite Markov chain, explored from a first state and solved numerically.

    `moves(state)` yields (rate, next state). The global balance equations are solved with one of them
    replaced by the sum of the probabilities.
    """
    from scipy.sparse import csc_array
    from scipy.sparse.linalg import spsolve

    def solve(first: tuple[int, ...], moves: Callable[..., Iterable[tuple[float, tuple[int, ...]]]]):
        index, rows, i = {first: 0}, [], 0
        states = [first]
        while i < len(states):
            for rate, after in moves(states[i]):
                if after not in index:
                    index[after] = len(states)
                    states.append(after)
                rows.append((index[after], i, rate))
                rows.append((i, i, -rate))
            i += 1
        n = len(states)
        kept = [row for row in rows if row[0] != 0] + [(0, j, 1.0) for j in range(n)]
        to, come_from, rates = zip(*kept, strict=True)
        balance = csc_array((rates, (to, come_from)), shape=(n, n))
        right = np.zeros(n)
        right[0] = 1.0
        return dict(zip(states, spsolve(balance, right).tolist(), strict=True))

    return solve
