"""Confidence sequences: intervals of a mean that hold at every number of replications at once.

An interval of Student's t holds at one number of replications that was fixed beforehand; whoever looks after
each replication and stops when it suits him is misled. A confidence sequence may be looked at at any time,
for any reason, so that a search can spend its replications where they matter.
Not here: what is searched for (selection), single intervals (experiment.intervals).
"""

from __future__ import annotations

import math

PRECISION = 0.001
"""Of the prior of the effect size, mean / deviation: normal with mean 0 and variance 1 / PRECISION.

It costs no validity, only width: small values suit large effects, which are decided after few replications,
as most staffings are.
"""


def half_width(n: int, deviation: float, error: float) -> float:
    """Half the width of the confidence sequence of a mean after n replications; infinite where n is small.

    Parameters
    ----------
    n
        Replications so far.
    deviation
        Their sample standard deviation.
    error
        The chance that the interval misses the mean at any n at all, 0 < error < 1.

    Notes
    -----
    With t the statistic of Student's test of a mean, ν = n − 1, g = 1/PRECISION and a normal prior of the
    effect size, the Bayes factor B = (1 + n·g)^(−1/2)·[(1 + t²/ν)/(1 + t²/(ν·(1 + n·g)))]^(n/2) (Gönen and
    others 2005, The American Statistician 59:252) is a nonnegative martingale of mean 1 under the null
    hypothesis, whatever the deviation (Wang and Ramdas 2024, arXiv:2310.03722, after Lai 1976, Annals of
    Statistics 4:265), so that it reaches 1/error with a chance of at most `error` (Ville). The interval is
    the means that it does not reject. Exact for normal values.
    """
    if n < 2:
        return math.inf
    share = PRECISION / (n + PRECISION)  # 1/(1 + n·g)
    grown = math.exp(2 / n * (-math.log(error) - 0.5 * math.log(share)))
    if grown * share >= 1:
        return math.inf
    t = math.sqrt((n - 1) * (grown - 1) / (1 - grown * share))
    return t * deviation / math.sqrt(n)
