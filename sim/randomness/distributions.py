"""Distributions: from one uniform number to one draw, by inverse transform.

Every quantile is a scalar function of u, non-decreasing in u, of one uniform number: the same luck in two
scenarios gives comparable draws, and both engines call the same function. Parameters are numbers in the
caller's unit (the plan passes milliseconds and cents); draws come out in that unit, and `to_ticks` rounds
them once. All families describe quantities that are not negative.
Not here: where u comes from (streams), mixtures and YAML (scenario, plan).

Formulae: Law, Simulation Modeling and Analysis, 5th ed., sections 6.2 and 8.3; moments of the truncated
normal: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, 2nd ed., section 13.10.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from sim.randomness.normal import normal_density, normal_mass, normal_quantile
from sim.randomness.tables import beta_table, gamma_table, table_kernel, truncated_normal_table

LARGEST_TICK = 2**53

Floats = tuple[float, ...]


class Family(IntEnum):
    """The kinds of distribution; each with its parameters and, if it has one, its table."""

    CONSTANT = 0  # value
    UNIFORM = 1  # low, high
    TRIANGULAR = 2  # low, mode, high
    PERT = 3  # low, mode, high; table of the beta quantile
    EXPONENTIAL = 4  # mean
    ERLANG = 5  # k, mean; table of the gamma quantile
    GAMMA = 6  # shape, scale; table of the gamma quantile
    LOGNORMAL = 7  # mu, sigma
    WEIBULL = 8  # shape, scale
    NORMAL = 9  # mean, sd (before truncation), low, high; table of the standardised quantile
    EMPIRICAL = 10  # none; table of sorted values


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution ready to draw from. Made by the functions below, which check their arguments."""

    family: Family
    parameters: Floats
    table: Floats = field(default=(), repr=False, hash=False)

    def quantile(self, u: float) -> float:
        """The value that a draw does not exceed with probability u.

        Raises
        ------
        ValueError
            u is not strictly between 0 and 1.
        """
        if not 0.0 < u < 1.0:
            raise ValueError(
                f"u = {u!r} is not a probability of a draw: admissible is 0 < u < 1, for example 0.5"
            )
        return QUANTILE_KERNELS[self.family](self.parameters, self.table, u)

    def mean(self) -> float:
        """Expected value, in closed form."""
        return _moments(self)[0]

    def variance(self) -> float:
        """Variance, in closed form; of the empirical distribution, that of its values (divided by n)."""
        return _moments(self)[1]


def to_ticks(x: float) -> int:
    """A draw as a whole number of ticks (milliseconds or cents): rounded half to even, cut to 0 .. 2^53.

    Raises
    ------
    ValueError
        x is not a number.
    """
    if x >= LARGEST_TICK:
        return LARGEST_TICK
    if x <= 0.0:
        return 0
    if x != x:
        raise ValueError("found nan: a draw must be a number, for example 1500.0")
    return round(x)


# Kernels: (parameters, table, u), 0 < u < 1, unchecked.


def constant_kernel(parameters: Floats, table: Floats, u: float) -> float:
    return parameters[0]


def uniform_kernel(parameters: Floats, table: Floats, u: float) -> float:
    low, high = parameters
    return low + (high - low) * u


def triangular_kernel(parameters: Floats, table: Floats, u: float) -> float:
    low, mode, high = parameters
    if u * (high - low) < mode - low:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


def pert_kernel(parameters: Floats, table: Floats, u: float) -> float:
    low, _, high = parameters
    return low + (high - low) * table_kernel(table, u)


def exponential_kernel(parameters: Floats, table: Floats, u: float) -> float:
    return -parameters[0] * math.log1p(-u)


def erlang_kernel(parameters: Floats, table: Floats, u: float) -> float:
    k, mean = parameters
    return mean / k * table_kernel(table, u)


def gamma_kernel(parameters: Floats, table: Floats, u: float) -> float:
    shape, scale = parameters
    x = table_kernel(table, u)
    if shape < 1.0:  # the table holds x^shape
        return scale * math.pow(x, 1.0 / shape)
    return scale * x


def lognormal_kernel(parameters: Floats, table: Floats, u: float) -> float:
    mu, sigma = parameters
    return math.exp(mu + sigma * normal_quantile(u))


def weibull_kernel(parameters: Floats, table: Floats, u: float) -> float:
    shape, scale = parameters
    return scale * math.pow(-math.log1p(-u), 1.0 / shape)


def normal_kernel(parameters: Floats, table: Floats, u: float) -> float:
    mean, sd, low, high = parameters
    x = mean + sd * table_kernel(table, u)
    # The sum may miss a bound by its last place.
    if x < low:
        return low
    if x > high:
        return high
    return x


def empirical_kernel(parameters: Floats, table: Floats, u: float) -> float:
    return table[int(u * len(table))]  # u <= 1 - 2^-53, and u * n then never rounds up to n


# In the order of Family.
QUANTILE_KERNELS: tuple[Callable[[Floats, Floats, float], float], ...] = (
    constant_kernel,
    uniform_kernel,
    triangular_kernel,
    pert_kernel,
    exponential_kernel,
    erlang_kernel,
    gamma_kernel,
    lognormal_kernel,
    weibull_kernel,
    normal_kernel,
    empirical_kernel,
)


def _moments(distribution: Distribution) -> tuple[float, float]:
    """Mean and variance."""
    p = distribution.parameters
    match distribution.family:
        case Family.CONSTANT:
            return p[0], 0.0
        case Family.UNIFORM:
            return 0.5 * (p[0] + p[1]), (p[1] - p[0]) ** 2 / 12.0
        case Family.TRIANGULAR:
            low, mode, high = p
            spread = (high - low) ** 2 - (mode - low) * (high - mode)
            return (low + mode + high) / 3.0, spread / 18.0
        case Family.PERT:
            low, mode, high = p
            mean = (low + 4.0 * mode + high) / 6.0
            return mean, (mean - low) * (high - mean) / 7.0
        case Family.EXPONENTIAL:
            return p[0], p[0] ** 2
        case Family.ERLANG:
            return p[1], p[1] ** 2 / p[0]
        case Family.GAMMA:
            return p[0] * p[1], p[0] * p[1] ** 2
        case Family.LOGNORMAL:
            mu, sigma = p
            mean = math.exp(mu + 0.5 * sigma**2)
            return mean, mean**2 * math.expm1(sigma**2)
        case Family.WEIBULL:
            shape, scale = p
            mean = scale * math.gamma(1.0 + 1.0 / shape)
            return mean, mean**2 * _weibull_cv2(shape)
        case Family.NORMAL:
            mean, sd, low, high = p
            a, b = (low - mean) / sd, (high - mean) / sd
            mass = normal_mass(a, b)
            shift = (normal_density(a) - normal_density(b)) / mass
            # z·density(z) vanishes at infinity, where the product would be nan.
            edges = sum(
                sign * z * normal_density(z) for sign, z in ((1.0, a), (-1.0, b)) if not math.isinf(z)
            )
            return mean + sd * shift, sd**2 * (1.0 + edges / mass - shift**2)
        case Family.EMPIRICAL:
            values = distribution.table
            mean = math.fsum(values) / len(values)
            return mean, math.fsum((x - mean) ** 2 for x in values) / len(values)


def constant(value: float) -> Distribution:
    """Always `value`, which is finite and not negative."""
    _check("constant", "value", value, "constant(3)")
    return Distribution(Family.CONSTANT, (float(value),))


def uniform(low: float, high: float) -> Distribution:
    """Uniform on low .. high, 0 <= low <= high."""
    _check_ordered("uniform", (("low", low), ("high", high)), "uniform(2, 5)")
    return Distribution(Family.UNIFORM, (float(low), float(high)))


def triangular(low: float, mode: float, high: float) -> Distribution:
    """Triangular on low .. high with its peak at `mode`, 0 <= low <= mode <= high."""
    _check_ordered("triangular", (("low", low), ("mode", mode), ("high", high)), "triangular(1, 2, 5)")
    return Distribution(Family.TRIANGULAR, (float(low), float(mode), float(high)))


def pert(low: float, mode: float, high: float) -> Distribution:
    """PERT on low .. high: a scaled beta with mean (low + 4·mode + high) / 6; 0 <= low <= mode <= high."""
    _check_ordered("pert", (("low", low), ("mode", mode), ("high", high)), "pert(1, 2, 5)")
    if low == high:
        return constant(low)
    width = high - low
    table = beta_table(1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width)
    return Distribution(Family.PERT, (float(low), float(mode), float(high)), table)


def exponential(mean: float) -> Distribution:
    """Exponential with the given mean > 0."""
    _check_positive("exponential", "mean", mean, "exponential(8)")
    return Distribution(Family.EXPONENTIAL, (float(mean),))


def erlang(k: int, mean: float) -> Distribution:
    """Sum of k exponential phases with the given mean in all; k is whole, 1 .. 1,000,000."""
    example = "erlang(3, 8)"
    _check_range("erlang", "k", k, 1, 1_000_000, example)
    if k != int(k):
        raise ValueError(
            f"erlang: k is {k!r}; admissible is a whole number, 1 .. 1000000, for example {example}"
        )
    _check_positive("erlang", "mean", mean, example)
    return Distribution(Family.ERLANG, (float(k), float(mean)), gamma_table(float(k)))


def gamma(
    *, mean: float, cv: float | None = None, sd: float | None = None, shape: float | None = None
) -> Distribution:
    """Gamma by its mean and one of: coefficient of variation, standard deviation, shape.

    The shape is 1/cv², admissible from 0.01 to 1,000,000 (cv from 0.001 to 10).
    """
    example = "gamma(mean=8, cv=0.5)"
    _check_positive("gamma", "mean", mean, example)
    name, value = _one_of("gamma", (("cv", cv), ("sd", sd), ("shape", shape)), example)
    if name == "shape":
        _check_range("gamma", "shape", value, 0.01, 1e6, "gamma(mean=8, shape=4)")
    elif name == "sd":
        _check_range("gamma", "sd", value, 0.001 * mean, 10 * mean, "gamma(mean=8, sd=4)")
        value = (mean / value) ** 2
    else:
        _check_range("gamma", "cv", value, 0.001, 10, example)
        value = value**-2
    return Distribution(Family.GAMMA, (value, mean / value), gamma_table(value))


def lognormal(
    *,
    mean: float | None = None,
    median: float | None = None,
    cv: float | None = None,
    sd: float | None = None,
    sigma: float | None = None,
) -> Distribution:
    """Lognormal by its mean or median and one of: coefficient of variation, standard deviation, sigma.

    `mean`, `median`, `cv`, `sd` are those of the draw; sigma (at most 5) is the standard deviation of its
    logarithm.
    """
    example = "lognormal(median=8, cv=0.5)"
    where, centre = _one_of("lognormal", (("mean", mean), ("median", median)), example)
    _check_positive("lognormal", where, centre, example)
    how, spread = _one_of("lognormal", (("cv", cv), ("sd", sd), ("sigma", sigma)), example)
    _check_positive("lognormal", how, spread, example)
    if how == "sigma":
        s = spread
    elif how == "cv" or where == "mean":
        ratio = spread if how == "cv" else spread / centre
        s = math.sqrt(2.0 * math.log(math.hypot(1.0, ratio)) if ratio > 1.0 else math.log1p(ratio**2))
    else:
        # w = e^(s²) solves w² − w = (sd / median)²; written so that a small ratio keeps its digits.
        ratio = spread / centre
        s = math.sqrt(math.log1p(2.0 * ratio / (math.hypot(1.0 / ratio, 2.0) + 1.0 / ratio)))
    if not 0.0 < s <= 5.0:
        raise ValueError(
            f"lognormal: {how} {spread!r} gives sigma {s:.4g}; "
            f"admissible is 0 < sigma <= 5, for example {example}"
        )
    mu = math.log(centre) - (0.5 * s**2 if where == "mean" else 0.0)
    return Distribution(Family.LOGNORMAL, (mu, s))


def weibull(
    *,
    mean: float | None = None,
    median: float | None = None,
    cv: float | None = None,
    shape: float | None = None,
) -> Distribution:
    """Weibull by its mean or median and its cv (0.001 .. 10) or shape (0.2 .. 1,500)."""
    example = "weibull(mean=8, shape=1.5)"
    where, centre = _one_of("weibull", (("mean", mean), ("median", median)), example)
    _check_positive("weibull", where, centre, example)
    how, spread = _one_of("weibull", (("cv", cv), ("shape", shape)), example)
    if how == "shape":
        _check_range("weibull", "shape", spread, 0.2, 1500, example)
        k = float(spread)
    else:
        _check_range("weibull", "cv", spread, 0.001, 10, "weibull(mean=8, cv=0.7)")
        k = _weibull_shape(spread)
    scale = (
        centre / math.gamma(1.0 + 1.0 / k) if where == "mean" else centre / math.pow(math.log(2.0), 1.0 / k)
    )
    return Distribution(Family.WEIBULL, (k, scale))


def normal(mean: float, sd: float, low: float = 0.0, high: float = math.inf) -> Distribution:
    """Normal with the given mean and standard deviation, truncated to low .. high (which moves both).

    0 <= low < high; the untruncated normal must lie in low .. high with a probability of at least 1e-6.
    """
    example = "normal(8, 2, low=0, high=20)"
    _check("normal", "mean", mean, example)
    _check_positive("normal", "sd", sd, example)
    _check("normal", "low", low, example)
    if not low < high:
        raise ValueError(
            f"normal: high is {high!r}; admissible is above low = {low!r}, for example {example}"
        )
    a, b = (low - mean) / sd, (high - mean) / sd
    mass = normal_mass(a, b)
    if mass < 1e-6:
        raise ValueError(
            f"normal: {low!r} .. {high!r} holds a probability of {mass:.3g} of a normal with "
            f"mean {mean!r} and sd {sd!r}; admissible is at least 1e-6, for example {example}"
        )
    parameters = (float(mean), float(sd), float(low), float(high))
    return Distribution(Family.NORMAL, parameters, truncated_normal_table(a, b))


def empirical(values: Sequence[float]) -> Distribution:
    """One of the given values, each as likely as the next; at least one, in any order."""
    example = "empirical([2, 3, 5, 8])"
    if len(values) == 0:
        raise ValueError(f"empirical: found no values; admissible is at least one, for example {example}")
    for i, value in enumerate(values):
        _check("empirical", f"value {i + 1}", value, example)
    return Distribution(Family.EMPIRICAL, (), tuple(sorted(float(value) for value in values)))


def _weibull_cv2(shape: float) -> float:
    """Squared coefficient of variation."""
    return math.expm1(math.lgamma(1.0 + 2.0 / shape) - 2.0 * math.lgamma(1.0 + 1.0 / shape))


def _weibull_shape(cv: float) -> float:
    """The shape with this coefficient of variation, by bisection; cv falls as the shape rises."""
    low, high = 0.1, 3000.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        if _weibull_cv2(middle) > cv**2:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _one_of(family: str, options: tuple[tuple[str, float | None], ...], example: str) -> tuple[str, float]:
    """The one option that is given."""
    given = [(name, value) for name, value in options if value is not None]
    if len(given) != 1:
        found = " and ".join(name for name, _ in given) or "none"
        names = ", ".join(name for name, _ in options)
        raise ValueError(
            f"{family}: found {found}; admissible is exactly one of {names}, for example {example}"
        )
    return given[0]


def _check(family: str, name: str, value: float, example: str) -> None:
    if not 0.0 <= value < math.inf:
        raise ValueError(
            f"{family}: {name} is {value!r}; admissible is a finite number, 0 or more, for example {example}"
        )


def _check_positive(family: str, name: str, value: float, example: str) -> None:
    if not 0.0 < value < math.inf:
        raise ValueError(
            f"{family}: {name} is {value!r}; admissible is a finite number above 0, for example {example}"
        )


def _check_range(family: str, name: str, value: float, low: float, high: float, example: str) -> None:
    if not low <= value <= high:
        raise ValueError(
            f"{family}: {name} is {value!r}; admissible is {low:.10g} .. {high:.10g}, for example {example}"
        )


def _check_ordered(family: str, values: tuple[tuple[str, float], ...], example: str) -> None:
    for name, value in values:
        _check(family, name, value, example)
    numbers = [value for _, value in values]
    if numbers != sorted(numbers):
        found = ", ".join(f"{name} {value!r}" for name, value in values)
        order = " <= ".join(name for name, _ in values)
        raise ValueError(f"{family}: found {found}; admissible is {order}, for example {example}")
