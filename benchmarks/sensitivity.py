"""Do sensitivity indices and their intervals hold the truth? `python -m benchmarks.sensitivity`.

An experiment is a sample of a function whose indices are known (Ishigami and Homma 1990), seen through luck
as `sim sensitivity` sees a scenario: two replications at each point, normal luck of a given deviation.
Printed is, for each index, the exact value, the mean of the estimates, their root mean square error, and how
many of the experiments have it in their 95 % interval. The function is hard for a polynomial, and one input
acts only through another.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from sim.experiment.intervals import Interval
from sim.experiment.sensitivity.indices import Index, of_design, of_surface
from sim.experiment.sensitivity.surface import resampled, sampled

Floats = NDArray[np.float64]
Experiment = Callable[[int, float, int], list[Index]]
BOOTSTRAP = 200
N_INPUTS = 3


def ishigami(shares: Floats) -> Floats:
    """sin x + 7 sin² y + 0.1 z⁴ sin x, at shares of −π to π."""
    x = np.pi * (2 * shares - 1)
    found: Floats = np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])
    return found


def exact() -> Floats:
    """First and total indices, shape (2, 3)."""
    variance = 7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.1**2 * np.pi**8 / 18 + 1 / 2
    alone = [0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7**2 / 8, 0.0]
    together = 0.1**2 * np.pi**8 * 8 / 225
    return np.array([alone, [alone[0] + together, alone[1], together]]) / variance


def seen(values: Floats, deviation: float, generator: np.random.Generator) -> Floats:
    """Values in two replications with luck of their own."""
    return values[..., None] + deviation * generator.normal(size=(*values.shape, 2))


def by_surface(n: int, deviation: float, seed: int) -> list[Index]:
    """Indices from a surface fitted to n points."""
    shares = qmc.Sobol(N_INPUTS, rng=seed).random(n)
    generator = np.random.default_rng(seed)
    found = sampled(shares, seen(ishigami(shares), deviation, generator), resampled(n, BOOTSTRAP, seed))
    return of_surface(found, N_INPUTS)


def by_design(n: int, deviation: float, seed: int) -> list[Index]:
    """Indices from Saltelli's design with n rows: five times as many points."""
    both = qmc.Sobol(2 * N_INPUTS, rng=seed).random(n).reshape(n, 2, N_INPUTS)
    points = np.repeat(both[:, :1], 2 + N_INPUTS, axis=1)
    points[:, 1] = both[:, 1]
    for i in range(N_INPUTS):
        points[:, 2 + i, i] = both[:, 1, i]
    generator = np.random.default_rng(seed)
    rows = seen(ishigami(points), deviation, generator)
    # what is made of A shares its luck, as runs on common random numbers do
    luck = rows[:, :1] - ishigami(points[:, :1])[..., None]
    rows[:, 2:] = ishigami(points[:, 2:])[..., None] + luck
    return of_design(rows, resampled(n, BOOTSTRAP, seed))[0]


def main() -> None:
    """Carry out the experiments and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--experiments", type=int, default=100)
    parser.add_argument("--points", type=int, default=256)
    parser.add_argument("--deviation", type=float, default=2.0, help="of luck; that of the function is 3.7")
    asked = parser.parse_args()
    print(f"{asked.experiments} experiments, {asked.points} points (rows), luck of {asked.deviation:g}")
    print(f"{'method':<9}{'index':<9}{'exact':>7}{'mean':>8}{'error':>8}{'covered':>9}")
    for name, experiment in (("surface", by_surface), ("saltelli", by_design)):
        found = [experiment(asked.points, asked.deviation, seed) for seed in range(asked.experiments)]
        for k, row in enumerate(exact()):
            for i, value in enumerate(row):
                intervals = [(each[i].first, each[i].total)[k] for each in found]
                print(f"{name:<9}{('first', 'total')[k]} {i + 1}  {_told(value, intervals)}")


def _told(value: float, intervals: list[Interval]) -> str:
    means = np.array([each.mean for each in intervals], dtype=np.float64)
    covered = sum(
        (each.low or 0.0) <= value + 1e-12 and value - 1e-12 <= (each.high or 0.0) for each in intervals
    )
    error = np.sqrt(((means - value) ** 2).mean())
    return f"{value:>7.3f}{means.mean():>8.3f}{error:>8.3f}{covered:>5} of {len(intervals)}"


if __name__ == "__main__":
    main()
