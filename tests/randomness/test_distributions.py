"""Every family against its own moments, against scipy, in its tails, and with wrong arguments."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from sim.randomness import (
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

INF = math.inf

# Name, distribution, scipy's own.
CASES: list[tuple[str, Distribution, Any]] = [
    ("uniform", uniform(2, 5), stats.uniform(2, 3)),
    ("triangular", triangular(1, 2, 5), stats.triang(0.25, 1, 4)),
    ("triangular_left", triangular(1, 1, 5), stats.triang(0, 1, 4)),
    ("triangular_right", triangular(1, 5, 5), stats.triang(1, 1, 4)),
    ("pert", pert(1, 2, 5), stats.beta(2, 4, 1, 4)),
    ("pert_left", pert(0, 0, 4), stats.beta(1, 5, 0, 4)),
    ("pert_right", pert(0, 4, 4), stats.beta(5, 1, 0, 4)),
    ("exponential", exponential(8), stats.expon(scale=8)),
    ("erlang", erlang(3, 8), stats.gamma(3, scale=8 / 3)),
    ("gamma", gamma(mean=8, cv=0.5), stats.gamma(4, scale=2)),
    ("gamma_1", gamma(mean=8, sd=8), stats.gamma(1, scale=8)),
    ("gamma_steep", gamma(mean=8, shape=0.2), stats.gamma(0.2, scale=40)),
    ("gamma_steepest", gamma(mean=8, shape=0.01), stats.gamma(0.01, scale=800)),
    ("gamma_narrow", gamma(mean=8, cv=0.01), stats.gamma(1e4, scale=8e-4)),
    ("lognormal", lognormal(median=8, sigma=0.7), stats.lognorm(0.7, scale=8)),
    ("weibull", weibull(mean=8 * math.gamma(1.5), shape=2), stats.weibull_min(2, scale=8)),
    ("weibull_steep", weibull(median=8 * math.log(2) ** 2, shape=0.5), stats.weibull_min(0.5, scale=8)),
    ("normal", normal(8, 2), stats.truncnorm(-4, INF, 8, 2)),
    ("normal_cut", normal(8, 2, 7, 9), stats.truncnorm(-0.5, 0.5, 8, 2)),
    ("normal_half", normal(0, 1), stats.truncnorm(0, INF, 0, 1)),
    ("normal_upper_tail", normal(1, 1, 4), stats.truncnorm(3, INF, 1, 1)),
    ("normal_lower_tail", normal(10, 1, 5, 8), stats.truncnorm(-5, -2, 10, 1)),
]
every_case = pytest.mark.parametrize(
    ("distribution", "reference"), [pytest.param(d, r, id=name) for name, d, r in CASES]
)

# Towards both tails as far as scipy.stats is itself exact, off the nodes of the tables.
TAIL = np.geomspace(1.013e-6, 0.31, 3000)
BODY = np.linspace(0.013, 0.987, 3001)


@every_case
def test_quantiles_agree_with_scipy(distribution: Distribution, reference: Any) -> None:
    u = np.concatenate([TAIL, BODY, 1.0 - TAIL])
    expected = np.concatenate([reference.ppf(TAIL), reference.ppf(BODY), reference.isf(TAIL)])
    found = np.array([distribution.quantile(p) for p in u.tolist()])
    np.testing.assert_allclose(found, expected, rtol=2e-8, atol=1e-15)


@every_case
def test_moments_agree_with_scipy(distribution: Distribution, reference: Any) -> None:
    assert distribution.mean() == pytest.approx(reference.mean(), rel=1e-10)
    assert distribution.variance() == pytest.approx(reference.var(), rel=1e-9)


@every_case
def test_moments_are_the_integrals_of_the_quantile(distribution: Distribution, reference: Any) -> None:
    """Gauss-Legendre, 8 points in each octave of u and of 1 − u, in both directions down to 2^−53."""
    points, weights = np.polynomial.legendre.leggauss(8)
    mean = second = 0.0
    centre = distribution.mean()
    for octave in range(1, 53):
        width = 2.0 ** -(octave + 1)
        for point, weight in zip(points.tolist(), weights.tolist(), strict=True):
            u = width * (1.5 + 0.5 * point)
            share = 0.5 * weight * width
            for x in (distribution.quantile(u), distribution.quantile(1.0 - u)):
                mean += share * x
                second += share * (x - centre) ** 2
    assert mean == pytest.approx(centre, rel=1e-5)
    assert second == pytest.approx(distribution.variance(), rel=1e-3)


@every_case
def test_quantile_never_falls_as_u_rises(distribution: Distribution, reference: Any) -> None:
    tail = 2.0 ** -np.linspace(1, 53, 20_001)
    u = np.unique(np.concatenate([tail, 1.0 - tail, BODY]))
    found = np.array([distribution.quantile(p) for p in u.tolist()])
    # Rounding in the last place may show between neighbours; for the truncated normal near its bound that is
    # the last place of mean and standard deviation.
    slack = 4e-16 * np.abs(found[1:])
    if distribution.family is Family.NORMAL:
        slack += 4e-16 * (distribution.parameters[0] + distribution.parameters[1])
    assert (np.diff(found) >= -slack).all()
    assert np.isfinite(found).all()
    assert found[0] >= 0.0


@pytest.mark.parametrize("shape", [0.01, 0.3, 1.0, 2.5, 400.0])
def test_gamma_keeps_its_precision_to_the_end_of_both_tails(shape: float) -> None:
    tail = 1.013 * 2.0 ** -np.arange(2, 53)
    unit = gamma(mean=shape, shape=shape)
    lower = np.array([unit.quantile(u) for u in tail.tolist()])
    expected = special.gammaincinv(shape, tail)
    seen = expected > 1e-290
    np.testing.assert_allclose(lower[seen], expected[seen], rtol=2e-8)
    upper = [unit.quantile(1.0 - w) for w in tail.tolist()]
    np.testing.assert_allclose(upper, special.gammainccinv(shape, 1.0 - (1.0 - tail)), rtol=2e-8)


def test_truncated_normal_keeps_its_precision_to_the_end_of_the_upper_tail() -> None:
    tail = 1.0 - (1.0 - 1.013 * 2.0 ** -np.arange(2, 53))
    found = np.array([normal(1, 1, 4).quantile(1.0 - w) for w in tail.tolist()])
    np.testing.assert_allclose(found, 1.0 - special.ndtri(tail * special.ndtr(-3.0)), rtol=2e-8)


@pytest.mark.parametrize("u", [2.0**-53, 2.0**-52, 0.25, 0.5, 0.75, 1.0 - 2.0**-53, 1e-300])
def test_the_ends_and_the_middle_of_the_tables_hold(u: float) -> None:
    p = max(u, 2.0**-53)
    expected = special.gammaincinv(4, p) if p <= 0.5 else special.gammainccinv(4, 1.0 - p)
    assert gamma(mean=8, cv=0.5).quantile(u) == pytest.approx(2.0 * expected, rel=1e-12)


def test_a_draw_stays_within_the_bounds_of_its_family() -> None:
    for distribution in (uniform(2, 5), triangular(2, 3, 5), pert(2, 3, 5), normal(3, 9, 2, 5)):
        for u in (2.0**-53, 0.5, 1.0 - 2.0**-53):
            assert 2.0 <= distribution.quantile(u) <= 5.0


def test_empirical_inverts_the_distribution_function_of_its_values() -> None:
    distribution = empirical([8, 2, 3, 3])
    assert [distribution.quantile(u) for u in (1e-9, 0.24, 0.25, 0.74, 0.75, 1 - 2**-53)] == [
        2,
        2,
        3,
        3,
        8,
        8,
    ]
    assert distribution.mean() == 4.0
    assert distribution.variance() == 5.5
    for n in (1, 3, 1000, 4097):
        assert empirical(range(n)).quantile(1 - 2**-53) == n - 1


def test_constant_is_constant() -> None:
    assert constant(3).quantile(0.9) == 3.0
    assert (constant(3).mean(), constant(3).variance()) == (3.0, 0.0)
    assert pert(3, 3, 3) == constant(3)
    assert uniform(3, 3).quantile(0.9) == triangular(3, 3, 3).quantile(0.9) == 3.0


def test_distributions_are_values() -> None:
    assert gamma(mean=8, cv=0.5) == gamma(mean=8, shape=4)
    assert hash(gamma(mean=8, cv=0.5)) == hash(gamma(mean=8, shape=4))
    assert empirical([1, 2]) != empirical([1, 3])
    assert erlang(3, 8).family is Family.ERLANG


@pytest.mark.parametrize("cv", [1e-3, 0.1, 0.5, 1.0, 3.0])
def test_mean_median_cv_and_sd_mean_what_they_say(cv: float) -> None:
    for d in (
        lognormal(mean=8, cv=cv),
        lognormal(mean=8, sd=8 * cv),
        gamma(mean=8, cv=cv),
        gamma(mean=8, sd=8 * cv),
        weibull(mean=8, cv=cv),
    ):
        assert d.mean() == pytest.approx(8.0, rel=1e-12)
        assert math.sqrt(d.variance()) == pytest.approx(8 * cv, rel=1e-7)
    for d in (lognormal(median=8, cv=cv), lognormal(median=8, sd=5 * cv), weibull(median=8, cv=cv)):
        assert d.quantile(0.5) == pytest.approx(8.0, rel=1e-12)
    assert math.sqrt(lognormal(median=8, sd=5 * cv).variance()) == pytest.approx(5 * cv, rel=1e-9)


@pytest.mark.parametrize("u", [0.0, 1.0, -0.1, 1.1, math.nan])
def test_quantile_refuses_what_is_no_probability(u: float) -> None:
    with pytest.raises(ValueError, match=rf"u = {u} is not .* admissible is 0 < u < 1, for example 0\.5"):
        exponential(8).quantile(u)


@pytest.mark.parametrize(
    ("x", "ticks"),
    [(0.5, 0), (1.5, 2), (2.5, 2), (2.500001, 3), (-0.7, 0), (-INF, 0), (INF, 2**53), (1e300, 2**53)],
)
def test_to_ticks_rounds_half_to_even_once_and_cuts(x: float, ticks: int) -> None:
    assert to_ticks(x) == ticks
    assert type(to_ticks(x)) is int


def test_to_ticks_refuses_nan() -> None:
    with pytest.raises(ValueError, match=r"^found nan: a draw must be a number, for example 1500\.0$"):
        to_ticks(math.nan)


FINITE = "admissible is a finite number, 0 or more, for example"
POSITIVE = "admissible is a finite number above 0, for example"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: constant(-1), f"constant: value is -1; {FINITE} constant(3)"),
        (lambda: constant(math.nan), f"constant: value is nan; {FINITE} constant(3)"),
        (
            lambda: uniform(5, 2),
            "uniform: found low 5, high 2; admissible is low <= high, for example uniform(2, 5)",
        ),
        (lambda: uniform(0, INF), f"uniform: high is inf; {FINITE} uniform(2, 5)"),
        (
            lambda: triangular(1, 6, 5),
            "triangular: found low 1, mode 6, high 5; "
            "admissible is low <= mode <= high, for example triangular(1, 2, 5)",
        ),
        (
            lambda: pert(1, 0.5, 5),
            "pert: found low 1, mode 0.5, high 5; "
            "admissible is low <= mode <= high, for example pert(1, 2, 5)",
        ),
        (lambda: exponential(0), f"exponential: mean is 0; {POSITIVE} exponential(8)"),
        (lambda: exponential(math.nan), f"exponential: mean is nan; {POSITIVE} exponential(8)"),
        (lambda: erlang(0, 8), "erlang: k is 0; admissible is 1 .. 1000000, for example erlang(3, 8)"),
        (
            lambda: erlang(2.5, 8),  # type: ignore[arg-type]
            "erlang: k is 2.5; admissible is a whole number, 1 .. 1000000, for example erlang(3, 8)",
        ),
        (lambda: erlang(3, -8), f"erlang: mean is -8; {POSITIVE} erlang(3, 8)"),
        (lambda: gamma(mean=0, cv=1), f"gamma: mean is 0; {POSITIVE} gamma(mean=8, cv=0.5)"),
        (
            lambda: gamma(mean=8, cv=0),
            "gamma: cv is 0; admissible is 0.001 .. 10, for example gamma(mean=8, cv=0.5)",
        ),
        (
            lambda: gamma(mean=8, sd=-1),
            "gamma: sd is -1; admissible is 0.008 .. 80, for example gamma(mean=8, sd=4)",
        ),
        (
            lambda: gamma(mean=8, shape=INF),
            "gamma: shape is inf; admissible is 0.01 .. 1000000, for example gamma(mean=8, shape=4)",
        ),
        (
            lambda: gamma(mean=8),
            "gamma: found none; "
            "admissible is exactly one of cv, sd, shape, for example gamma(mean=8, cv=0.5)",
        ),
        (
            lambda: gamma(mean=8, cv=1, sd=2),
            "gamma: found cv and sd; admissible is exactly one of cv, sd, shape, "
            "for example gamma(mean=8, cv=0.5)",
        ),
        (
            lambda: lognormal(mean=8, median=7, cv=1),
            "lognormal: found mean and median; admissible is exactly one of mean, median, "
            "for example lognormal(median=8, cv=0.5)",
        ),
        (lambda: lognormal(median=8, cv=0), f"lognormal: cv is 0; {POSITIVE} lognormal(median=8, cv=0.5)"),
        (lambda: lognormal(mean=-8, cv=1), f"lognormal: mean is -8; {POSITIVE} lognormal(median=8, cv=0.5)"),
        (
            lambda: lognormal(median=8, sigma=6),
            "lognormal: sigma 6 gives sigma 6; admissible is 0 < sigma <= 5, "
            "for example lognormal(median=8, cv=0.5)",
        ),
        (
            lambda: weibull(shape=2),
            "weibull: found none; "
            "admissible is exactly one of mean, median, for example weibull(mean=8, shape=1.5)",
        ),
        (
            lambda: weibull(mean=8, shape=0),
            "weibull: shape is 0; admissible is 0.2 .. 1500, for example weibull(mean=8, shape=1.5)",
        ),
        (
            lambda: weibull(mean=8, cv=-1),
            "weibull: cv is -1; admissible is 0.001 .. 10, for example weibull(mean=8, cv=0.7)",
        ),
        (lambda: normal(-1, 2), f"normal: mean is -1; {FINITE} normal(8, 2, low=0, high=20)"),
        (lambda: normal(8, 0), f"normal: sd is 0; {POSITIVE} normal(8, 2, low=0, high=20)"),
        (lambda: normal(8, 2, -INF), f"normal: low is -inf; {FINITE} normal(8, 2, low=0, high=20)"),
        (
            lambda: normal(8, 2, 9, 9),
            "normal: high is 9; admissible is above low = 9, for example normal(8, 2, low=0, high=20)",
        ),
        (
            lambda: normal(8, 1, 20),
            "normal: 20 .. inf holds a probability of 1.78e-33 of a normal with mean 8 and sd 1; "
            "admissible is at least 1e-6, for example normal(8, 2, low=0, high=20)",
        ),
        (
            lambda: empirical([]),
            "empirical: found no values; admissible is at least one, for example empirical([2, 3, 5, 8])",
        ),
        (lambda: empirical([2, -3]), f"empirical: value 2 is -3; {FINITE} empirical([2, 3, 5, 8])"),
    ],
)
def test_wrong_arguments_are_told_with_range_and_example(
    make: Callable[[], Distribution], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()
