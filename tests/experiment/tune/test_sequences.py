"""Confidence sequences: as wide as theory says, and right at all numbers of replications at once."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.experiment.tune.sequences import PRECISION, half_width


@pytest.mark.parametrize(("n", "error"), [(5, 0.01), (20, 1e-5), (300, 0.05)])
def test_at_its_edge_the_bayes_factor_is_one_over_the_error(n: int, error: float) -> None:
    t = half_width(n, 1.0, error) * math.sqrt(n)
    grown, degrees = 1 + n / PRECISION, n - 1
    factor = ((1 + t**2 / degrees) / (1 + t**2 / degrees / grown)) ** (n / 2) / math.sqrt(grown)
    assert factor == pytest.approx(1 / error)


def test_few_replications_bound_nothing_and_more_bound_ever_closer() -> None:
    widths = [half_width(n, 1.0, 1e-4) for n in range(1, 200)]
    assert widths[0] == math.inf
    finite = [width for width in widths if width < math.inf]
    assert len(finite) > 190
    assert finite == sorted(finite, reverse=True)


def test_it_misses_the_mean_at_any_of_many_looks_no_more_often_than_it_says() -> None:
    rng = np.random.default_rng(1)
    n, paths, error = 200, 2_000, 0.1
    values = rng.normal(3.0, 2.0, (paths, n)).cumsum(axis=1)
    counts = np.arange(1, n + 1)
    means = values / counts
    squares = (np.diff(values, axis=1, prepend=0.0) ** 2).cumsum(axis=1)
    deviations = np.sqrt(np.maximum(squares - counts * means**2, 0)[:, 1:] / counts[:-1])
    bounds = np.array([half_width(int(k), 1.0, error) for k in counts[1:]])
    missed = (np.abs(means[:, 1:] - 3.0) > bounds * deviations).any(axis=1)
    # an interval of Student's t, looked at as often, would miss about four times in ten
    assert missed.mean() <= error
