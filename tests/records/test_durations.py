"""Many durations: exact while they are few, and within a stated bound when they are not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.records.durations import EXACT, Durations

BOUND = 1 / 2_048
SHARES = (0, 1, 50, 85, 95, 99.9, 100)


def drawn(n: int, seed: int = 1) -> np.ndarray:
    """From seconds to years, in ms."""
    return np.exp(np.random.default_rng(seed).normal(18, 2.5, n)).astype(np.int64)


def in_portions(values: np.ndarray, size: int) -> Durations:
    found = Durations()
    for begin in range(0, len(values), size):
        found.add(values[begin : begin + size])
    return found


@pytest.mark.parametrize("n", [1, 2, 7, 1_000, EXACT])
def test_up_to_so_many_percentiles_are_those_of_numpy(n):
    values = drawn(n)
    found = in_portions(values, 999)
    assert found.is_exact and found.count == n and found.total == values.sum()
    assert [found.percentile(p) for p in SHARES] == [np.percentile(values, p) for p in SHARES]


@pytest.mark.parametrize("n", [EXACT + 1, 3 * EXACT])
def test_beyond_that_percentiles_are_within_one_part_in_2048(n):
    values = drawn(n, seed=n)
    found = in_portions(values, 50_000)
    assert not found.is_exact and found.count == n and found.total == values.sum()
    for p in SHARES:
        assert found.percentile(p) == pytest.approx(np.percentile(values, p), rel=BOUND)


def test_the_bound_holds_at_the_edges_of_buckets():
    """One duration many times, where buckets begin and end: whole powers of two, and next to them."""
    for exponent, beside in itertools.product((1, 9, 10, 11, 24, 40, 52), (-1, 0, 1)):
        value = 2**exponent + beside
        found = Durations(np.full(EXACT + 1, value, dtype=np.int64))
        assert found.percentile(50) == pytest.approx(value, rel=BOUND), value


def test_small_whole_numbers_stay_exact():
    """A bucket of numbers below 2,048 holds one whole number."""
    values = np.repeat(np.arange(2_048, dtype=np.int64), 100)
    found = Durations(values)
    assert not found.is_exact
    assert [found.percentile(p) for p in SHARES] == pytest.approx([np.percentile(values, p) for p in SHARES])


@pytest.mark.parametrize("n", [5_000, EXACT + 5_000])
def test_what_is_known_depends_neither_on_order_nor_on_portions(n):
    values = drawn(n)
    shuffled = np.random.default_rng(2).permutation(values)
    assert in_portions(values, 40_000) == in_portions(shuffled, 1_001)
    other = shuffled.copy()
    other[0] += 2 * (other[0] >> 10) + 1  # into another bucket
    assert in_portions(values, 40_000) != in_portions(other, 1_001)


def test_of_no_durations_there_is_no_percentile():
    with pytest.raises(ValueError, match="no durations"):
        Durations().percentile(50)


def test_memory_is_bounded_by_the_range_of_durations():
    assert in_portions(drawn(20 * EXACT), EXACT).n_kept <= EXACT
