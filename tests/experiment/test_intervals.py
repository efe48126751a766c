"""Intervals against tables of quantiles, closed forms and their own coverage."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim.experiment import (
    Interval,
    mean_interval,
    paired_difference,
    paired_differences,
    probability_of_improvement,
    ratio_interval,
    replications_needed,
)

# Law, Simulation Modeling and Analysis, example 4.26: ten values, 90 %.
LAW = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]


def test_the_interval_of_a_mean_agrees_with_the_textbook():
    found = mean_interval(LAW, 0.90)
    assert (round(found.mean, 2), found.n) == (1.34, 10)
    assert found.half_width == pytest.approx(0.24, abs=0.005)


def test_the_quantile_is_students():
    # t(4, 0.975) = 2.776445; variance 2.5.
    found = mean_interval([1, 2, 3, 4, 5])
    assert found.high == pytest.approx(3 + 2.776445 * math.sqrt(2.5 / 5))
    assert found.low == pytest.approx(3 - 2.776445 * math.sqrt(2.5 / 5))


def test_missing_values_are_left_out():
    assert mean_interval([1, None, 2, math.nan, 3]) == mean_interval([1, 2, 3])
    assert mean_interval([None, math.nan]) == Interval(None, None, None, 0)


def test_one_value_has_no_interval_and_equal_values_one_without_width():
    assert mean_interval([4.2]) == Interval(4.2, None, None, 1)
    assert mean_interval([4.2]).half_width is None
    assert mean_interval([0.1] * 7) == Interval(0.1, 0.1, 0.1, 7)


def test_the_order_of_replications_does_not_matter():
    values = [1e16, 1.0, -1e16, 3.0, 0.1]
    assert mean_interval(values) == mean_interval(values[::-1])


def test_a_paired_difference_is_the_first_less_the_second():
    assert paired_differences([5, None, 7], [3, 1, math.nan]) == [2, None, None]
    assert paired_difference([5, 7, 9, None], [4, 5, 6, 1]) == mean_interval([1, 2, 3])
    with pytest.raises(ValueError, match="found 2 and 1 values"):
        paired_difference([1, 2], [1])


def test_common_luck_cancels_in_a_paired_difference():
    luck = np.random.default_rng(1).normal(100, 30, size=20)
    found = paired_difference((luck - 5).tolist(), luck.tolist())
    assert found.mean == pytest.approx(-5)
    assert found.half_width < 1e-9


def test_the_share_improved_counts_ties_half():
    found = probability_of_improvement([-1, -2, 0, 3, None])
    assert (found.mean, found.n) == (2.5 / 4, 4)
    assert probability_of_improvement([-1, -2, 0, 3], better="higher").mean == 1.5 / 4


def test_the_share_improved_has_wilsons_interval():
    # 8 of 10: (0.4902, 0.9433).
    found = probability_of_improvement([-1] * 8 + [1] * 2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.4902, 0.9433)


def test_a_share_of_one_is_not_certain():
    found = probability_of_improvement([-1.0] * 10)
    assert (found.mean, found.high) == (1, 1)
    assert round(found.low, 4) == 0.7225
    assert probability_of_improvement([1.0] * 10).low == 0
    assert probability_of_improvement([]) == Interval(None, None, None, 0)


def test_a_constant_denominator_scales_the_interval_of_the_mean():
    mean = mean_interval(LAW)
    found = ratio_interval(LAW, [4.0] * 10)
    assert found.mean == pytest.approx(mean.mean / 4)
    assert (found.low, found.high) == pytest.approx((mean.low / 4, mean.high / 4))


def test_proportional_pairs_have_a_ratio_without_width():
    below = [2.0, 3.0, 4.0, 6.0]
    found = ratio_interval([3 * y for y in below], below)
    assert (found.mean, found.low, found.high) == pytest.approx((3, 3, 3), abs=1e-6)


def test_fiellers_bounds_are_where_the_combined_mean_is_on_the_edge_of_zero():
    above, below = [3.0, 4.5, 6.0, 4.0, 5.5], [2.0, 3.0, 2.5, 2.2, 3.1]
    found = ratio_interval(above, below)
    assert found.low < found.mean < found.high
    for bound in (found.low, found.high):
        combined = mean_interval([x - bound * y for x, y in zip(above, below, strict=True)])
        assert min(abs(combined.low), abs(combined.high)) == pytest.approx(0, abs=1e-12)


def test_a_ratio_is_not_defined_unless_the_mean_denominator_is_above_zero():
    assert ratio_interval([1, 2], [1, -1]) is None
    assert ratio_interval([1, 2], [-1, -2]) is None
    assert ratio_interval([], []) is None
    assert ratio_interval([None, 2], [1, math.nan]) is None


def test_a_ratio_is_not_bounded_when_its_denominator_may_be_zero():
    assert ratio_interval([1, 2, 3], [-5, 1, 6]) == Interval(3.0, None, None, 3)
    assert ratio_interval([1, None], [2, 3]) == Interval(0.5, None, None, 1)
    with pytest.raises(ValueError, match="found 1 and 2 values"):
        ratio_interval([1], [1, 2])


def test_intervals_cover_the_truth_as_often_as_they_say():
    luck = np.random.default_rng(7)
    n_covered = {"mean": 0, "ratio": 0}
    for _ in range(1000):
        below = luck.normal(10, 2, size=8)
        above = 3 * below + luck.normal(0, 4, size=8)
        mean, ratio = mean_interval(above.tolist()), ratio_interval(above.tolist(), below.tolist())
        n_covered["mean"] += mean.low <= 30 <= mean.high
        n_covered["ratio"] += ratio.low <= 3 <= ratio.high
    # 950 expected, standard deviation 6.9: four of them to each side.
    assert all(922 <= n <= 978 for n in n_covered.values()), n_covered


def test_the_replications_needed_are_the_fewest_that_suffice():
    deviation, target = np.std(LAW, ddof=1), 0.05 * np.mean(LAW)
    # t(102, 0.95) = 1.65993 and t(101, 0.95) = 1.66008.
    assert replications_needed(LAW, 0.05, 0.90) == 103
    assert 1.65993 * deviation / math.sqrt(103) <= target < 1.66008 * deviation / math.sqrt(102)


def test_wider_intervals_need_fewer_replications():
    needed = [replications_needed(LAW, width) for width in (0.01, 0.05, 0.1, 0.5, 5)]
    assert all(a > b for a, b in pairwise(needed[:4]))
    assert needed[-1] == 2


def test_as_many_replications_as_the_width_they_have_are_needed():
    found = mean_interval(LAW)
    assert replications_needed(LAW, found.half_width / found.mean * (1 + 1e-12)) == len(LAW)


def test_values_that_cannot_tell_how_many_are_needed_give_none():
    assert replications_needed([1.0], 0.05) is None
    assert replications_needed([-1.0, 1.0], 0.05) is None
    assert replications_needed([3.0, 3.0, None], 0.05) == 2


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_outside_zero_and_one_is_refused(confidence):
    with pytest.raises(ValueError, match=rf"such as 0\.95, found {confidence}"):
        mean_interval([1, 2], confidence)


def test_a_relative_half_width_of_zero_is_refused():
    with pytest.raises(ValueError, match=r"above 0, such as 0\.05, found 0"):
        replications_needed([1, 2], 0)
