"""Samples of functions whose indices are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import qmc

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]


def ishigami(shares: Floats) -> Floats:
    """The function of Ishigami and Homma (1990) with a = 7, b = 0.1, of shares of −π to π."""
    x = np.pi * (2 * shares - 1)
    found: Floats = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return found


ISHIGAMI_VARIANCE = 7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.1**2 * np.pi**8 / 18 + 1 / 2
ISHIGAMI_FIRST = (0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2 / ISHIGAMI_VARIANCE, 49 / 8 / ISHIGAMI_VARIANCE, 0.0)
ISHIGAMI_TOTAL = (1 - ISHIGAMI_FIRST[1], ISHIGAMI_FIRST[1], 0.01 * np.pi**8 * 8 / 225 / ISHIGAMI_VARIANCE)


@pytest.fixture
def points() -> Callable[[int, int], Floats]:
    """Points of a scrambled Sobol' sequence: how many, of how many inputs."""

    def drawn(n: int, n_inputs: int) -> Floats:
        return np.asarray(qmc.Sobol(n_inputs, rng=4).random(n))

    return drawn


def with_luck(values: Floats, deviation: float, m: int = 2, seed: int = 5) -> Floats:
    """Values as seen in m replications with normal luck of its own each; shape (*values.shape, m)."""
    luck = np.random.Generator(np.random.Philox(key=seed)).normal(size=(*values.shape, m))
    return values[..., None] + deviation * luck
