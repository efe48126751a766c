"""Means of replications with an interval at a small error probability, for figures that theory knows.

Two things make the intervals narrow and honest:

- A mean over cases is a ratio (sum over cases / number of cases). It is estimated as the ratio of the sums
  over all replications, and its spread from the linearised values (Cochran, Sampling Techniques, 3rd ed.,
  section 6.3), so that its bias falls with the number of all cases, not of those in one replication.
- Figures whose mean is known from the input alone (arrivals per hour, load) are linear control variates
  (Lavenberg and Welch 1981, Management Science 27:322; Law, Simulation Modeling and Analysis, 5th ed.,
  section 11.4): the excess of what was drawn is taken out by regression, one degree of freedom each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.replicate import Result

Key = tuple[str, str, str]  # metric, kind, of
Figures = Mapping[Key, float]
Floats = NDArray[np.float64]

_OVER_TIME = ("throughput", "wip", "queue_length", "utilisation")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and half the width of its interval."""

    mean: float
    half_width: float


def figures_of(result: Result) -> list[dict[Key, float]]:
    """The figures of each replication; those that are not defined are left out."""
    return [
        {(metric, kind, of): value for metric, kind, of, _, value in run.measures if value is not None}
        for run in result.runs
    ]


def estimate(runs: Sequence[Figures], key: Key, given: Figures, error: float) -> Estimate:
    """The mean of a figure, with an interval that misses with probability `error`.

    Parameters
    ----------
    given
        Figures whose exact mean is known from the input; what was drawn beyond it is corrected for, unless
        the figure is one of them itself.
    """
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    values = _linearised(runs, key)
    controls = [] if key in given else [_linearised(runs, each) - mean for each, mean in given.items()]
    design = np.column_stack([np.ones(len(values)), *controls])
    inverse = np.linalg.inv(design.T @ design)
    fit = inverse @ design.T @ values
    freedom = len(values) - design.shape[1]
    residual = values - design @ fit
    deviation = math.sqrt(float(residual @ residual) / freedom * float(inverse[0, 0]))
    return Estimate(float(fit[0]), float(stdtrit(freedom, 1 - error / 2)) * deviation)


def _linearised(runs: Sequence[Figures], key: Key) -> Floats:
    values = np.array([run[key] for run in runs])
    weights = np.array([_weight(run, key) for run in runs])
    pooled = float(values @ weights / weights.sum())
    return np.asarray(pooled + weights / weights.mean() * (values - pooled), dtype=np.float64)


def _weight(run: Figures, key: Key) -> float:
    """How many things a figure of one replication is a mean of; 1 for an average over time."""
    metric, kind, of = key
    if metric in _OVER_TIME:
        return 1.0
    if kind == "outcome" and metric != "outcome_share":
        return run["cases", "outcome", of]
    cases = run["cases", "case", of.split(":")[0].split("/")[0]]
    return cases if kind != "step" or metric == "visits" else cases * run["visits", "step", of]
