"""Shapley shares: games whose shares are known, and what drawn orders cost in certainty."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.experiment.explain.shapley import Floats, Orders, Subset, orders_of, shares

EIGHT = tuple("abcdefgh")


def of_one(game: Callable[[Subset], float]) -> Callable[[Subset], Floats]:
    """A game as replications have it, all alike."""
    return lambda subset: np.full(3, game(subset))


def test_the_glove_game_is_shared_as_the_textbook_says() -> None:
    """Two have a left glove, one the right: only a pair is worth anything (Shapley shares 1/6, 1/6, 2/3)."""
    found = shares(
        orders_of(("left", "other_left", "right"), seed=1),
        of_one(lambda subset: float("right" in subset and len(subset) > 1)),
    )
    assert {part: interval.mean for part, interval in found.items()} == pytest.approx(
        {"left": 1 / 6, "other_left": 1 / 6, "right": 2 / 3}
    )


def test_a_part_that_adds_nothing_has_no_share_and_shares_sum_to_the_whole_in_each_replication() -> None:
    luck = np.random.default_rng(3).normal(0, 1, (4, 5))

    def value(subset: Subset) -> Floats:
        chosen = subset - {"dummy"}
        return sum((luck[ord(part) - ord("a")] for part in chosen), np.zeros(5)) * len(chosen)

    orders = orders_of(("a", "b", "c", "d", "dummy"), seed=1)
    found = shares(orders, value)
    assert found["dummy"].mean == pytest.approx(0, abs=1e-12)
    total = sum(interval.mean or 0.0 for interval in found.values())
    assert total == pytest.approx(float(value(frozenset(orders.parts)).mean()))


def test_all_sets_of_six_parts_are_run_and_few_of_eight() -> None:
    assert len(orders_of(EIGHT[:6], seed=1).subsets()) == 64
    sampled = orders_of(EIGHT, seed=1)
    subsets = sampled.subsets()
    assert not sampled.is_exact and len(subsets) < 256 / 2
    assert {frozenset(part) for part in EIGHT} <= set(subsets), "each alone"
    assert {frozenset(EIGHT) - {part} for part in EIGHT} <= set(subsets), "all but each"
    assert sampled == orders_of(EIGHT, seed=1) != orders_of(EIGHT, seed=2)


def test_drawn_orders_are_exact_where_parts_do_not_act_on_each_other() -> None:
    found = shares(orders_of(EIGHT, seed=1), of_one(lambda subset: sum(map(ord, subset))))
    assert {part: (each.low, each.mean, each.high) for part, each in found.items()} == {
        part: pytest.approx((ord(part),) * 3) for part in EIGHT
    }


def test_intervals_of_drawn_orders_hold_the_chance_of_the_draw() -> None:
    """Parts act on each other, replications have no luck: only which orders came is uncertain."""

    def game(subset: Subset) -> float:
        return float(len(subset) ** 2 * ("a" in subset) + 3 * ({"b", "c"} <= subset) + ("d" in subset))

    exact = {part: each.mean for part, each in shares(Orders(EIGHT), of_one(game)).items()}
    inside = total = 0
    for seed in range(20):
        for part, each in shares(orders_of(EIGHT, seed), of_one(game)).items():
            assert each.low is not None and each.high is not None and exact[part] is not None
            inside += each.low - 1e-9 <= exact[part] <= each.high + 1e-9
            total += 1
    assert inside >= 0.95 * total


def test_one_replication_has_a_mean_and_no_interval() -> None:
    found = shares(orders_of(EIGHT, 1), lambda subset: np.array([float(len(subset))]))
    assert found["a"].mean == 1 and found["a"].low is None
