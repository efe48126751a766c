"""Quantile tables, for families whose quantile has no closed form: gamma, beta (for PERT), truncated normal.

A table covers 0 < u < 1 with cubic Hermite cells, 32 per octave of u towards 0 and 32 per octave of 1 − u
towards 1, down to 2^−53, the smallest number `streams.uniforms` returns. Values at the nodes come from
scipy.special, slopes are 1 / density, so the error is h^4/384 times the fourth derivative: below 2e-8 of the
quantile. It is one flat tuple: the four coefficients of every cell of the lower tail, then those of the upper
one.
Building one takes a few milliseconds; scipy is imported only here, since its import costs more than that.
"""

# scipy carries no types; this holds whether or not the project ignores that for all modules.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.randomness.normal import normal_mass

Float64Array = npt.NDArray[np.float64]

N_OCTAVES = 52  # from 2^-53 to 2^-1
N_CELLS = 32  # per octave
# The last cell of each tail has no width: it holds u = 1/2, which frexp counts to the next octave.
TAIL_SIZE = 4 * (N_OCTAVES * N_CELLS + 1)


def table_kernel(table: tuple[float, ...], u: float) -> float:
    """The tabulated quantile at u, 0 < u < 1. Below 2^−53 it is the quantile of 2^−53."""
    if u < 0.5:
        mantissa, exponent = math.frexp(u)
        start = 0
    else:
        mantissa, exponent = math.frexp(1.0 - u)  # exact: u is in [1/2, 1)
        start = TAIL_SIZE
    if exponent < -N_OCTAVES:
        return table[start]
    position = (2.0 * mantissa - 1.0) * N_CELLS
    cell = int(position)
    t = position - cell
    i = start + 4 * ((exponent + N_OCTAVES) * N_CELLS + cell)
    return ((table[i + 3] * t + table[i + 2]) * t + table[i + 1]) * t + table[i]


@lru_cache(maxsize=256)
def gamma_table(shape: float) -> tuple[float, ...]:
    """Quantile of the gamma distribution with scale 1, to the power min(shape, 1).

    For small shapes the quantile x goes as u^(1/shape), too steep for cubic cells; x^shape is nearly linear
    in u.
    """
    from scipy import special

    power = min(shape, 1.0)
    log_gamma = math.lgamma(shape)

    def build(quantile: Any, p: Float64Array) -> tuple[Float64Array, Float64Array]:
        x = quantile(shape, p)
        # Where x vanishes in a double, or nearly, its power is u Γ(shape + 1) to the last place.
        small = (x < 1e-17) & (quantile is special.gammaincinv)
        y = np.where(small, p * math.exp(math.lgamma(shape + 1.0)) if shape < 1.0 else x, x**power)
        if shape < 1.0:
            slope = shape * np.exp(log_gamma + x)
        else:
            slope = np.exp(log_gamma + x - (shape - 1.0) * np.log(x))
        return y, slope

    return _assemble(lambda p: build(special.gammaincinv, p), lambda p: build(special.gammainccinv, p))


@lru_cache(maxsize=256)
def beta_table(alpha: float, beta: float) -> tuple[float, ...]:
    """Quantile of the beta distribution on 0 .. 1 with alpha, beta >= 1."""
    from scipy import special

    log_beta = math.lgamma(alpha) + math.lgamma(beta) - math.lgamma(alpha + beta)

    def build(near: float, far: float, p: Float64Array) -> tuple[Float64Array, Float64Array]:
        x = special.betaincinv(near, far, p)
        return x, np.exp(log_beta - (near - 1.0) * np.log(x) - (far - 1.0) * np.log1p(-x))

    def upper(p: Float64Array) -> tuple[Float64Array, Float64Array]:
        x, slope = build(beta, alpha, p)
        return 1.0 - x, slope

    return _assemble(lambda p: build(alpha, beta, p), upper)


@lru_cache(maxsize=256)
def truncated_normal_table(low: float, high: float) -> tuple[float, ...]:
    """Quantile of the standard normal distribution truncated to low .. high.

    Near a bound exact to about 1e-15 of the bound, not of the distance from it.
    """
    from scipy import special

    mass = normal_mass(low, high)

    def build(near: float, far: float, p: Float64Array) -> tuple[Float64Array, Float64Array]:
        # From whichever side is smaller, so that neither tail loses digits.
        below = special.ndtr(near) + p * mass
        above = special.ndtr(-near) - p * mass
        z = np.where(below < 0.5, special.ndtri(below), -special.ndtri(np.maximum(above, 0.0)))
        z = np.clip(z, near, far)
        return z, mass * math.sqrt(2.0 * math.pi) * np.exp(0.5 * z * z)

    def upper(p: Float64Array) -> tuple[Float64Array, Float64Array]:
        z, slope = build(-high, -low, p)
        return -z, slope

    return _assemble(lambda p: build(low, high, p), upper)


_Tail = Callable[[Float64Array], tuple[Float64Array, Float64Array]]


def _assemble(lower: _Tail, upper: _Tail) -> tuple[float, ...]:
    """Coefficients of all cells. A tail takes probabilities from its own end; slopes are |dx/dp|."""
    octaves = np.arange(-N_OCTAVES, 0)
    starts = np.ldexp(0.5 + np.arange(N_CELLS) / (2.0 * N_CELLS), octaves[:, np.newaxis]).ravel()
    nodes = np.append(starts, 0.5)
    width = np.diff(nodes)
    parts = []
    for tail, sign in ((lower, 1.0), (upper, -1.0)):
        value, slope = tail(nodes)
        slope = sign * slope
        rise = np.diff(value)
        begin = slope[:-1] * width
        end = slope[1:] * width
        cells = np.zeros((len(nodes), 4))
        cells[:, 0] = value
        cells[:-1, 1] = begin
        cells[:-1, 2] = 3.0 * rise - 2.0 * begin - end
        cells[:-1, 3] = begin + end - 2.0 * rise
        parts.append(cells.ravel())
    return tuple(np.concatenate(parts).tolist())
