"""Response surfaces: polynomials, which terms are taken, and what is told apart from luck."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiment.sensitivity.polynomials import design, polynomials, terms
from sim.experiment.sensitivity.surface import fit, least_points, resampled, sampled

from .conftest import ISHIGAMI_VARIANCE, ishigami, with_luck


def test_polynomials_have_mean_square_1_and_are_orthogonal():
    shares = (np.arange(20_000) + 0.5) / 20_000
    found = polynomials(shares, 6)
    assert found @ found.T / len(shares) == pytest.approx(np.eye(7), abs=1e-5)


@pytest.mark.parametrize("n_inputs", [1, 2, 18, 24, 60])
def test_terms_are_of_one_or_two_inputs_and_no_two_alike(n_inputs):
    found = terms(n_inputs)
    assert len(set(found)) == len(found)
    assert {len(term.inputs) for term in found} <= {1, 2}
    assert len(found) <= max(2_000, 2 * n_inputs + n_inputs * (n_inputs - 1) // 2)


def test_a_polynomial_is_found_to_the_last_digit(points):
    shares = points(64, 3)
    exact = 3 + 2 * shares[:, 0] - shares[:, 1] ** 2 * shares[:, 2]
    surface = fit(shares, exact[:, None])
    elsewhere = points(128, 3)[64:]
    expected = 3 + 2 * elsewhere[:, 0] - elsewhere[:, 1] ** 2 * elsewhere[:, 2]
    assert surface.at(elsewhere) == pytest.approx(expected, abs=1e-9)
    assert surface.quality == pytest.approx(1)
    assert surface.mean == pytest.approx(3 + 1 - 1 / 6)


def test_the_variance_of_a_known_function_is_found_though_luck_is_as_large(points):
    surface = fit(points(512, 3), with_luck(ishigami(points(512, 3)), 3.0))
    assert surface.variance == pytest.approx(ISHIGAMI_VARIANCE, rel=0.08)
    assert surface.luck == pytest.approx(9.0, rel=0.1)
    assert surface.luck_share == pytest.approx(9 / (9 + ISHIGAMI_VARIANCE), abs=0.03)


def test_a_surface_of_nothing_but_luck_explains_nothing(points):
    shares = points(256, 5)
    surface = fit(shares, with_luck(np.zeros(256), 1.0))
    assert surface.variance < 0.05
    assert surface.luck_share > 0.95


def test_what_no_polynomial_tells_is_lack_of_the_surface_and_not_luck(points):
    shares = points(256, 2)
    jumps = np.sign(np.sin(40 * shares[:, 0]))
    surface = fit(shares, with_luck(jumps, 0.1))
    assert surface.luck == pytest.approx(0.01, rel=0.3)
    assert surface.lack > 0.5
    assert surface.quality < 0.5


def test_a_constant_has_no_variance_and_no_terms(points):
    surface = fit(points(64, 2), np.full((64, 2), 7.0))
    assert (surface.mean, surface.variance, surface.terms, surface.luck_share) == (7.0, 0.0, (), None)
    assert surface.main_effect(0, np.empty((2, 0))) == pytest.approx([7.0, 7.0])


def test_too_few_points_are_refused(points):
    assert least_points(18) == 76
    with pytest.raises(ValueError, match="needs 20 points or more, found 16"):
        fit(points(16, 2), np.ones((16, 2)))


def test_a_main_effect_is_the_mean_given_one_input(points):
    shares = points(128, 2)
    surface = fit(shares, (4 * shares[:, 0] ** 2 + shares[:, 0] * shares[:, 1])[:, None])
    at = np.array([0.0, 0.5, 1.0])
    columns = design(surface.terms, np.stack([at, [0.3, 0.9, 0.1]], axis=1))
    assert surface.main_effect(0, columns) == pytest.approx(4 * at**2 + at / 2, abs=1e-9)


def test_the_same_seed_draws_the_same_rows_again_and_fits_alike(points):
    shares, seen = points(64, 2), with_luck(points(64, 2)[:, 0], 0.2)
    one, other = (sampled(shares, seen, resampled(64, 3, 9)) for _ in range(2))
    assert one.again[2].coefficients.tolist() == other.again[2].coefficients.tolist()
    assert one.again[2].coefficients.tolist() != one.surface.coefficients.tolist()
    assert one.surface.fitted + one.surface.residuals == pytest.approx(seen.mean(axis=1))
