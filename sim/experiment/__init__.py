"""Experiments: what replications say, and how sure one may be of it."""

from sim.experiment.intervals import (
    Interval,
    mean_interval,
    paired_difference,
    paired_differences,
    probability_of_improvement,
    ratio_interval,
    replications_needed,
)

__all__ = [
    "Interval",
    "mean_interval",
    "paired_difference",
    "paired_differences",
    "probability_of_improvement",
    "ratio_interval",
    "replications_needed",
]
