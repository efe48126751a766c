"""Intervals: what n replications say about a mean, a difference, a share and a ratio.

Each value is one replication's result; replications are independent and alike. Missing values (None, NaN)
are left out and not counted. Sums are exactly rounded (`math.fsum`), so the order of replications does not
matter.

Not here: running replications, choosing what to compare.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its confidence interval.

    `mean` is None without any value; `low` and `high` are None where the values do not bound it. `n` counts
    the values used.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def half_width(self) -> float | None:
        """Half the interval's width, None where there is no interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def mean_interval(values: Values, confidence: float = 0.95) -> Interval:
    """Return the mean and its Student-t interval.

    One value has a mean but no interval; values that are all equal have an interval of width 0.

    Notes
    -----
    X̄ ± t(n−1, 1−α/2)·S/√n (Law, Simulation Modeling and Analysis, 5th ed., section 4.5). Exact for normal
    values; for skewed ones and small n it covers less than it says.
    """
    _check_confidence(confidence)
    found = _present(values)
    n = len(found)
    if n == 0:
        return Interval(None, None, None, 0)
    if n == 1:
        return Interval(found[0], None, None, 1)
    if min(found) == max(found):
        return Interval(found[0], found[0], found[0], n)
    mean = math.fsum(found) / n
    half = _student(n - 1, confidence) * math.sqrt(_covariance(found, found) / n)
    return Interval(mean, mean - half, mean + half, n)


def is_sure(interval: Interval) -> bool:
    """Whether the interval excludes 0; False without one."""
    low, high = interval.low, interval.high
    return low is not None and high is not None and (low > 0 or high < 0)


def paired_differences(a: Values, b: Values) -> list[float | None]:
    """Return a − b for each replication, None where either is missing."""
    if len(a) != len(b):
        raise ValueError(f"pairs need the same replications, found {len(a)} and {len(b)} values")
    pairs = zip(a, b, strict=True)
    return [None if x is None or y is None or math.isnan(x - y) else x - y for x, y in pairs]


def paired_difference(a: Values, b: Values, confidence: float = 0.95) -> Interval:
    """Return the mean of a − b over replications that share their luck, with its interval.

    Pairs of which either value is missing are left out.

    Notes
    -----
    The paired-t interval (Law, 5th ed., section 10.2.1); with common random numbers it is narrower than
    that of independent runs as far as the two scenarios move together.
    """
    return mean_interval(paired_differences(a, b), confidence)


def probability_of_improvement(
    differences: Values, *, better: Literal["lower", "higher"] = "lower", confidence: float = 0.95
) -> Interval:
    """Return the share of replications whose difference is an improvement; a tie counts half.

    `better` says whether a difference below 0 or one above 0 is an improvement.

    Notes
    -----
    Wilson's score interval (Brown, Cai, DasGupta 2001, Statistical Science 16:101), which also holds near 0
    and 1. With ties, halves are taken for successes; the interval is then rather too wide.
    """
    _check_confidence(confidence)
    if better not in ("lower", "higher"):
        raise ValueError(f"better is 'lower' or 'higher', found {better!r}")
    found = _present(differences)
    n = len(found)
    if n == 0:
        return Interval(None, None, None, 0)
    n_better = sum(value < 0 if better == "lower" else value > 0 for value in found)
    share = (n_better + found.count(0.0) / 2) / n
    z = _student(math.inf, confidence)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(share, min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share), n)


def ratio_interval(numerators: Values, denominators: Values, confidence: float = 0.95) -> Interval | None:
    """Return the ratio of the means of paired values, such as a return on investment, with its interval.

    None if there is no pair or the mean denominator is not above 0: the ratio is not defined. Where the
    denominators leave open whether their mean is 0, the ratio is not bounded: it has no `low` and `high`.

    Notes
    -----
    Fieller's theorem (Fieller 1954, Journal of the Royal Statistical Society B 16:175), exact if the pairs
    are bivariate normal. A ratio of means, not a mean of ratios, which has no mean when a denominator may
    near 0.
    """
    _check_confidence(confidence)
    if len(numerators) != len(denominators):
        raise ValueError(
            f"pairs need the same replications, found {len(numerators)} and {len(denominators)} values"
        )
    pairs = zip(numerators, denominators, strict=True)
    both = [(x, y) for x, y in pairs if x is not None and y is not None and not math.isnan(x + y)]
    n = len(both)
    above, below = [x for x, _ in both], [y for _, y in both]
    mean_below = math.fsum(below) / n if n else 0.0
    if mean_below <= 0:
        return None
    ratio = math.fsum(above) / n / mean_below
    if n == 1:
        return Interval(ratio, None, None, 1)
    bounds = _fieller(ratio, above, below, _student(n - 1, confidence))
    return Interval(ratio, None, None, n) if bounds is None else Interval(ratio, *bounds, n)


def replications_needed(
    values: Values, relative_half_width: float, confidence: float = 0.95, *, scale: float | None = None
) -> int | None:
    """Return how many replications in all give an interval of this half-width relative to the mean.

    With `scale` it is relative to that instead, as for a difference, whose mean may be 0. None if the values
    cannot tell: fewer than two, or a mean (scale) of 0. At least 2.

    Notes
    -----
    The smallest n with t(n−1, 1−α/2)·S/√n ≤ γ·|X̄|, mean and variance as in these first replications (Law,
    5th ed., section 9.4.1, with γ instead of γ/(1+γ)). An estimate: new replications change mean and
    variance.
    """
    _check_confidence(confidence)
    if not relative_half_width > 0:
        raise ValueError(f"a relative half-width is above 0, such as 0.05, found {relative_half_width}")
    found = _present(values)
    if len(found) < 2:
        return None
    if min(found) == max(found):
        return 2
    target = relative_half_width * abs(math.fsum(found) / len(found) if scale is None else scale)
    if target == 0:
        return None
    deviation = math.sqrt(_covariance(found, found))
    # Student's quantile is above the normal one, so this many are too few or just enough.
    n = max(2, math.floor((_student(math.inf, confidence) * deviation / target) ** 2))
    while _student(n - 1, confidence) * deviation / math.sqrt(n) > target:
        n += 1
    return n


def _fieller(ratio: float, above: list[float], below: list[float], t: float) -> tuple[float, float] | None:
    """Return Fieller's bounds, None if they do not enclose a finite span."""
    n = len(below)
    mean_below = math.fsum(below) / n
    v11, v12, v22 = (_covariance(x, y) / n for x, y in ((above, above), (above, below), (below, below)))
    scale = (t / mean_below) ** 2
    g = scale * v22
    if g >= 1:
        return None
    spread = v11 - 2 * ratio * v12 + ratio * ratio * v22 - scale * (v11 * v22 - v12 * v12)
    centre = (ratio - scale * v12) / (1 - g)
    half = t / mean_below * math.sqrt(max(spread, 0.0)) / (1 - g)
    return min(centre - half, ratio), max(centre + half, ratio)


def _covariance(x: list[float], y: list[float]) -> float:
    """Return the sample covariance, exactly 0 where either does not vary."""
    if min(x) == max(x) or min(y) == max(y):
        return 0.0
    n = len(x)
    mean_x, mean_y = math.fsum(x) / n, math.fsum(y) / n
    return math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / (n - 1)


def _student(degrees: float, confidence: float) -> float:
    """Return the two-sided quantile of Student's t; infinite degrees give the normal one."""
    # Not scipy.stats, whose import takes longer than a small run.
    from scipy.special import ndtri, stdtrit  # type: ignore[import-untyped]

    p = (1 + confidence) / 2
    return float(ndtri(p)) if math.isinf(degrees) else float(stdtrit(degrees, p))


def _present(values: Values) -> list[float]:
    return [float(value) for value in values if value is not None and not math.isnan(value)]


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, such as 0.95, found {confidence}")
