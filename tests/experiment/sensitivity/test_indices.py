"""Sobol indices, from a surface and from Saltelli's design, against functions whose indices are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from sim.experiment.sensitivity.indices import of_design, of_surface
from sim.experiment.sensitivity.surface import resampled, sampled

from .conftest import ISHIGAMI_FIRST, ISHIGAMI_TOTAL, ISHIGAMI_VARIANCE, ishigami, with_luck


def design_of(function, n, n_inputs):
    """The rows of Saltelli's design: A, B, and A with each input as in B; shape (n, 2 + n_inputs)."""
    both = qmc.Sobol(2 * n_inputs, rng=6).random(n)
    one, other = both[:, :n_inputs], both[:, n_inputs:]
    mixed = []
    for i in range(n_inputs):
        point = one.copy()
        point[:, i] = other[:, i]
        mixed.append(function(point))
    return np.stack([function(one), function(other), *mixed], axis=1)


def surface_indices(shares, seen):
    return of_surface(sampled(shares, seen, resampled(len(seen), 100, 1)), shares.shape[1])


def estimates(indices):
    return [index.first.mean for index in indices], [index.total.mean for index in indices]


def test_the_surface_finds_the_indices_of_ishigami(points):
    first, total = estimates(surface_indices(points(256, 3), ishigami(points(256, 3))[:, None]))
    assert first == pytest.approx(ISHIGAMI_FIRST, abs=0.01)
    assert total == pytest.approx(ISHIGAMI_TOTAL, abs=0.01)


def test_the_surface_finds_them_through_luck_and_its_intervals_hold_them(points):
    found = surface_indices(points(512, 3), with_luck(ishigami(points(512, 3)), 2.0))
    first, total = estimates(found)
    assert first == pytest.approx(ISHIGAMI_FIRST, abs=0.04)
    assert total == pytest.approx(ISHIGAMI_TOTAL, abs=0.04)
    for index, exact in zip(found, ISHIGAMI_FIRST, strict=True):
        assert index.first.low - 0.01 <= exact <= index.first.high + 0.01


def test_luck_is_no_input_an_unused_one_has_an_index_of_nearly_nothing(points):
    shares = points(512, 6)
    found = surface_indices(shares, with_luck(2 * shares[:, 0] + shares[:, 1], 0.5))
    first, total = estimates(found)
    assert first[:2] == pytest.approx([0.8, 0.2], abs=0.06)
    assert max(total[2:]) < 0.02
    assert all(index.first.low == 0 for index in found[2:])
    assert all(index.first.high > 0 for index in found[2:])  # how much it may yet be


def test_the_design_finds_the_indices_of_ishigami():
    rows = design_of(ishigami, 4096, 3)[..., None]
    indices, variance, luck = of_design(rows, resampled(len(rows), 50, 1))
    first, total = estimates(indices)
    assert first == pytest.approx(ISHIGAMI_FIRST, abs=0.03)
    assert total == pytest.approx(ISHIGAMI_TOTAL, abs=0.03)
    assert variance == pytest.approx(ISHIGAMI_VARIANCE, rel=0.02)
    assert luck == 0


def test_without_luck_the_design_agrees_with_scipy():
    rows = design_of(ishigami, 256, 3)
    indices, *_ = of_design(rows[..., None], resampled(len(rows), 2, 1))
    given = {
        "f_A": rows[:, 0][None],
        "f_B": rows[:, 1][None],
        "f_AB": rows[:, 2:].T[:, None],
    }
    scipys = stats.sobol_indices(func=given, n=256)
    first, total = estimates(indices)
    assert first == pytest.approx(np.clip(scipys.first_order.ravel(), 0, 1), abs=1e-9)
    assert total == pytest.approx(np.clip(scipys.total_order.ravel(), 0, 1), abs=1e-9)


def test_the_design_tells_luck_from_inputs():
    values = design_of(ishigami, 4096, 3)
    rows = with_luck(values, 3.0)
    # A and what is made of it share their luck, as they do in a simulation
    shared = rows[:, :1] - values[:, :1, None]
    rows[:, 2:] = values[:, 2:, None] + shared
    indices, variance, luck = of_design(rows, resampled(len(rows), 50, 1))
    first, total = estimates(indices)
    assert first == pytest.approx(ISHIGAMI_FIRST, abs=0.06)
    assert total == pytest.approx(ISHIGAMI_TOTAL, abs=0.06)
    assert variance == pytest.approx(ISHIGAMI_VARIANCE, rel=0.05)
    assert luck == pytest.approx(9, rel=0.05)


def test_the_design_tells_luck_from_inputs_where_luck_is_of_each_point_alone():
    rows = with_luck(design_of(ishigami, 4096, 3), 3.0)
    indices, *_ = of_design(rows, resampled(len(rows), 2, 1))
    assert estimates(indices)[1] == pytest.approx(ISHIGAMI_TOTAL, abs=0.08)
