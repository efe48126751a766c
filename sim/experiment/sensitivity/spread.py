"""Spread: how a figure lies over the ranges of its inputs, over luck alone, and over both.

Over inputs it is the figure's mean over luck that is spread: what the surface says at each point, and what is
left over there, shrunk by as much as luck has put on top of it. So the spread has the variance that inputs
make, no more.
Not here: the surface.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.intervals import Interval, probability_of_improvement
from sim.experiment.sensitivity.polynomials import Floats
from sim.experiment.sensitivity.surface import Ints, Surface

PERCENTS = (10, 50, 90)


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """A figure over one source of what is not known.

    `over` is `luck`, `inputs` or `both`; `percentiles` are P10, P50 and P90; `above` the probability that it
    is above 0; `values` all of it in ascending order, shape (n,). Intervals are there where they are known.
    """

    over: str
    mean: float
    deviation: float
    percentiles: tuple[Interval, ...]
    above: Interval
    values: Floats

    @property
    def n(self) -> int:
        """Of how many points or replications it is."""
        return len(self.values)


def without_luck(surface: Surface) -> Floats:
    """The figure's mean over luck at each point of the sample, as far as it can be told; shape (n,)."""
    left = surface.lack + surface.luck / surface.per_point
    kept = np.sqrt(surface.lack / left) if left > 0 else 0.0
    found: Floats = surface.fitted + kept * surface.residuals
    return found


def over_luck(values: Floats) -> Spread:
    """The figure of single replications where all inputs stand as in the files."""
    found = values[~np.isnan(values)]
    return _spread("luck", found, _plain(found), _share_above(found))


def over_both(values: Floats) -> Spread:
    """The figure of single replications at points all over the ranges; shape (n, m)."""
    found = values.ravel()
    return _spread("both", found, _plain(found), _share_above(found))


def over_inputs(values: Floats, draws: Sequence[Ints]) -> Spread:
    """The figure's mean over luck at points all over the ranges."""
    again = np.array([np.percentile(values[each], PERCENTS) for each in draws])
    low, high = np.percentile(again, (2.5, 97.5), axis=0)
    found = [
        Interval(float(at), min(float(a), float(at)), max(float(b), float(at)), len(values))
        for at, a, b in zip(np.percentile(values, PERCENTS), low, high, strict=True)
    ]
    return _spread("inputs", values, tuple(found), _share_above(values))


def _spread(over: str, values: Floats, percentiles: tuple[Interval, ...], above: Interval) -> Spread:
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    mean = float(values.mean()) if len(values) else float("nan")
    return Spread(over, mean, deviation, percentiles, above, np.sort(values))


def _plain(values: Floats) -> tuple[Interval, ...]:
    if not len(values):
        return tuple(Interval(None, None, None, 0) for _ in PERCENTS)
    return tuple(Interval(float(at), None, None, len(values)) for at in np.percentile(values, PERCENTS))


def _share_above(values: Floats) -> Interval:
    gains: list[float | None] = [1.0 if value > 0 else -1.0 for value in values]
    return probability_of_improvement(gains, better="higher")


def ratio_without_luck(npv: Floats, costs: Floats) -> Floats:
    """The return on investment [%] from both without luck; points without costs are left out."""
    found = costs > 0
    return np.asarray(100 * npv[found] / costs[found])
