"""Luck: keyed uniform numbers and the distributions drawn from them.

Nothing here keeps a state: a draw is a function of its name (streams) and a distribution's quantile
(distributions), so it is the same in any order, in either engine, alone or in a whole run. Semantics, section
6.
"""

from sim.randomness.distributions import (
    Distribution,
    Family,
    constant,
    empirical,
    erlang,
    exponential,
    gamma,
    lognormal,
    normal,
    pert,
    to_ticks,
    triangular,
    uniform,
    weibull,
)
from sim.randomness.philox import philox4x32
from sim.randomness.streams import Purpose, path_hash, uniforms

__all__ = [
    "Distribution",
    "Family",
    "Purpose",
    "constant",
    "empirical",
    "erlang",
    "exponential",
    "gamma",
    "lognormal",
    "normal",
    "path_hash",
    "pert",
    "philox4x32",
    "to_ticks",
    "triangular",
    "uniform",
    "uniforms",
    "weibull",
]
