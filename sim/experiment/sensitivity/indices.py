"""Sobol indices: how much of a figure's variance each input makes, alone and with others.

First index: the share of the variance that would go if the input were known. Total index: the share that
would stay if all the others were. Both are of the figure's mean over luck: luck itself is told apart, and is
no part of the variance.

Two ways to them: from a surface fitted to a sample (`of_surface`), or from Saltelli's design, in which pairs
of points differ in one input only (`of_design`). Intervals are 2.5 and 97.5 percentiles of a bootstrap over
the points (rows); those of the surface take its terms as given.

Sources: Sobol' 2001, Mathematics and Computers in Simulation 55:271; Saltelli and others 2010, Computer
Physics Communications 181:259; Sudret 2008, Reliability Engineering and System Safety 93:964.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.intervals import Interval
from sim.experiment.sensitivity.polynomials import Floats
from sim.experiment.sensitivity.surface import Ints, Sampled, Surface

BOOTSTRAP = 400


@dataclass(frozen=True, slots=True)
class Index:
    """The indices of one input, as shares of the variance that inputs make."""

    first: Interval
    total: Interval


def of_surface(sample: Sampled, n_inputs: int) -> list[Index]:
    """The indices of each input, from the surface of a sample."""
    found = [_shares(each, n_inputs) for each in (sample.surface, *sample.again)]
    return _indices(found[0], np.array(found[1:]), len(sample.columns))


def _shares(surface: Surface, n_inputs: int) -> Floats:
    """First and total indices, shape (2, n_inputs)."""
    found = np.zeros((2, n_inputs))
    for term, part in zip(surface.terms, surface.parts, strict=True):
        inputs = sorted(term.inputs)
        found[1, inputs] += part
        if len(inputs) == 1:
            found[0, inputs] += part
    variance = surface.variance
    return found / variance if variance > 0 else found


def of_design(rows: Floats, draws: Sequence[Ints]) -> tuple[list[Index], float, float]:
    """The indices of each input, the variance that inputs make, and that of luck in one replication.

    Parameters
    ----------
    rows : shape (n, 2 + n_inputs, m)
        A figure at A, at B, and at A with each input as in B, in m replications.
    draws
        Rows drawn again, for the intervals.

    Notes
    -----
    With luck, squares of what was seen are too large, and what was seen on the same luck moves together.
    So no product here is of two values that share their luck: B has another luck than the rest, and squares
    are products of two different replications (the usual squares where there is only one, of a model
    without luck).
    """
    first, total, variance, luck = _estimates(rows)
    again = [_estimates(rows[each])[:2] for each in draws]
    return _indices(np.array([first, total]), np.array(again), len(rows)), variance, luck


def _estimates(rows: Floats) -> tuple[Floats, Floats, float, float]:
    rows = rows - rows[:, :2].mean()
    m = rows.shape[2]
    means = rows.mean(axis=2)
    variance = float(_square(rows[:, :2]).mean() - means[:, :2].mean() ** 2)
    luck = float(rows[:, :2].var(axis=2, ddof=1).mean()) if m > 1 else 0.0
    mixed = rows[:, 2:]
    with_it = (means[:, 1, None] * (means[:, 2:] - means[:, 0, None])).mean(axis=0)
    without = _square(rows[:, :1] - mixed).mean(axis=0) / 2
    if not variance > 0:
        return np.zeros(len(with_it)), np.zeros(len(without)), 0.0, luck
    return with_it / variance, without / variance, variance, luck


def _square(values: Floats) -> Floats:
    """The square of a mean over luck, from replications along the last axis, without that of luck."""
    m = values.shape[-1]
    squares = np.asarray((values**2).sum(axis=-1))
    if m == 1:
        return squares
    return np.asarray((values.sum(axis=-1) ** 2 - squares) / (m * (m - 1)))


def _indices(found: Floats, again: Floats, n: int) -> list[Index]:
    """Estimates of shape (2, n_inputs) with their bootstrap, shape (times, 2, n_inputs)."""
    low, high = np.percentile(again, (2.5, 97.5), axis=0)
    return [
        Index(*(interval(found[k, i], low[k, i], high[k, i], n) for k in (0, 1)))
        for i in range(found.shape[1])
    ]


def interval(estimate: float, low: float, high: float, n: int) -> Interval:
    """An estimate of a share and its interval, within 0 and 1."""
    estimate, low, high = (float(min(max(each, 0.0), 1.0)) for each in (estimate, low, high))
    return Interval(estimate, min(low, estimate), max(high, estimate), n)
