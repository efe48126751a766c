"""What knowing an input would be worth: the expected value of perfect information, for go or do not go.

Today one decides by the mean of the net present value over what is not known: go with the scenario of the
greatest one, if it is above 0. Who knew an input beforehand could decide otherwise where it is unfavourable.
The difference in the mean is what knowing it is worth at most, in money (EVPPI):

    E over the input [ max(0, E[NPV | input]) ] − max(0, E[NPV])

The same of all inputs at once is the value of knowing everything but luck (EVPI). E[NPV | input] is a
regression on the sample, the main effect of the surface (Strong, Oakley and Brennan 2014, Medical Decision
Making 34:311; Strong and Oakley 2013, 33:755).
Not here: the surface.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.intervals import Interval
from sim.experiment.sensitivity.polynomials import Floats
from sim.experiment.sensitivity.spread import without_luck
from sim.experiment.sensitivity.surface import Sampled, Surface


@dataclass(frozen=True, slots=True)
class Worth:
    """What knowing an input would be worth [currency], with its interval and standard error."""

    value: Interval
    error: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Go or do not go.

    Attributes
    ----------
    best
        The scenario (by index) of the greatest mean net present value; 0, the base, where none is above 0.
    means
        The mean net present value over inputs and luck, of each other scenario.
    inputs
        What knowing each input would be worth.
    everything
        What knowing all inputs at once would be worth.
    """

    best: int
    means: tuple[float, ...]
    inputs: tuple[Worth, ...]
    everything: Worth


def decision(samples: Sequence[Sampled], n_inputs: int) -> Decision:
    """What knowing inputs is worth for the choice between the base and other scenarios.

    `samples` are those of the net present value of each other scenario, with the same points drawn again.
    """
    n = len(samples[0].columns)
    columns = [each.columns for each in samples]
    found = _values([each.surface for each in samples], columns, n_inputs)
    others = []
    for i, rows in enumerate(samples[0].draws):
        again = [each.again[i] for each in samples]
        others.append(_values(again, [each[rows] for each in columns], n_inputs))
    worths = [_worth(each, column, n) for each, column in zip(found, np.array(others).T, strict=True)]
    means = tuple(float(without_luck(each.surface).mean()) for each in samples)
    best = 1 + int(np.argmax(means)) if max(means) > 0 else 0
    return Decision(best, means, tuple(worths[:-1]), worths[-1])


def _worth(value: float, again: Floats, n: int) -> Worth:
    low, high = np.percentile(again, (2.5, 97.5))
    return Worth(
        Interval(float(value), min(float(low), value), max(float(high), value), n), float(again.std(ddof=1))
    )


def _values(surfaces: Sequence[Surface], columns: Sequence[Floats], n_inputs: int) -> Floats:
    """What each input, and last all of them, are worth: means over the points of a sample."""
    everything = np.stack([without_luck(each) for each in surfaces], axis=1)
    means = everything.mean(axis=0)
    known = [
        np.stack([own.main_effect(i, its) for own, its in zip(surfaces, columns, strict=True)], axis=1)
        for i in range(n_inputs)
    ]
    # all have the same mean: a difference of means would be taken for a gain
    shifted = [each + means - each.mean(axis=0) for each in (*known, everything)]
    best = [np.maximum(each.max(axis=1), 0.0).mean() for each in shifted]
    gains = np.array(best) - max(0.0, float(means.max()))
    return np.where(gains > 1e-9 * float(np.abs(means).max()), gains, 0.0)
