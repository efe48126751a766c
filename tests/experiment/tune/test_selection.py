"""Selection on made-up candidates whose true means are known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from sim.experiment.tune.selection import Rules, Selection, Verdict, judged, select


class World:
    """Candidates with a true objective and excess, normal noise, and luck that they share."""

    def __init__(self, costs: list[float], excess: list[float], noise: float = 1.0, seed: int = 1) -> None:
        self.costs, self.excess, self.noise, self.seed = costs, excess, noise, seed

    def sample(self, wanted: Mapping[int, int]) -> tuple[dict[int, np.ndarray], dict[int, str]]:
        return {one: self.rows(one, n) for one, n in wanted.items()}, {}

    def rows(self, one: int, n: int) -> np.ndarray:
        shared = np.random.default_rng((self.seed, 0)).normal(size=(1_000, 2))[:n]
        own = np.random.default_rng((self.seed, one + 1)).normal(size=(1_000, 2))[:n]
        luck = self.noise * (0.8 * shared + 0.6 * own)
        return np.asarray(luck + np.array([self.costs[one], self.excess[one]]))


def found_in(world: World, budget: int = 10_000) -> Selection[int]:
    rules = Rules(delta=0.5, tolerances=(0.5,), budget=budget)
    return select(list(range(len(world.costs))), world.sample, rules)


def test_the_cheapest_that_keeps_its_promise_is_found() -> None:
    world = World([1, 2, 3, 4, 5, 6], [3, 2, 1, -2, -3, -4])
    found = found_in(world)
    assert found.is_sure
    assert found.best == 3
    assert [found.sampled[i].verdict for i in range(3)] == [Verdict.BROKEN] * 3


def test_replications_go_where_they_are_needed() -> None:
    world = World([1, 2, 3, 4, 50, 60], [9, 2, 1, -2, -3, -4])
    found = found_in(world)
    n = {one: known.n for one, known in found.sampled.items()}
    assert n[4] == n[5] == found.rules.first  # dearer than what keeps its promise: they sleep
    assert n[0] < n[2]  # breaks it clearly, so is decided early
    assert found.spent == sum(n.values())


def test_those_as_good_as_the_best_are_named_and_not_run_for_ever() -> None:
    found = found_in(World([3.0, 3.0, 3.1, 9.0], [-3, -3, -3, -3]))
    assert found.is_sure
    assert found.best in (0, 1, 2)
    assert set(found.not_told_apart()) | {found.best} <= {0, 1, 2}
    assert 3 not in found.not_told_apart()


def test_where_none_keeps_the_promise_there_is_no_best_and_that_is_sure() -> None:
    found = found_in(World([1, 2, 3], [4, 5, 6]))
    assert found.best is None
    assert found.is_sure
    assert found.not_told_apart() == []


def test_a_spent_budget_ends_it_without_a_guarantee() -> None:
    world = World([1, 2, 3], [0.0, 0.0, 0.0], noise=20)
    found = found_in(world, budget=40)
    assert not found.is_sure
    assert found.spent <= 40
    with pytest.raises(ValueError, match="take 12; the budget is 8"):
        found_in(world, budget=8)


def test_one_whose_runs_cannot_go_on_is_out() -> None:
    world = World([1, 2], [-3, -3])

    def sample(wanted: Mapping[int, int]) -> tuple[dict[int, np.ndarray], dict[int, str]]:
        rows = {one: world.rows(one, n) for one, n in wanted.items() if one != 0}
        return rows, {0: "a runaway"} if 0 in wanted else {}

    found = select([0, 1], sample, Rules(0.5, (0.5,)))
    assert (found.best, found.unable) == (1, {0: "a runaway"})


def test_a_figure_that_is_not_defined_keeps_no_promise() -> None:
    rows = np.array([[-1.0], [np.nan], [-1.0]])
    assert judged(rows, (0.5,), 0.05) is Verdict.BROKEN


def test_a_figure_that_never_varies_is_believed_only_after_some_replications() -> None:
    assert judged(np.full((5, 1), -1.0), (0.5,), 0.05) is Verdict.OPEN
    assert judged(np.full((10, 1), -1.0), (0.5,), 0.05) is Verdict.KEPT
    assert judged(np.full((10, 1), 1.0), (0.5,), 0.05) is Verdict.BROKEN


def test_the_wrong_one_is_selected_less_often_than_the_error() -> None:
    # excess of 0.6 and −0.6 lie just outside of the tolerance; costs differ by more than the zone
    worlds = [World([1, 2, 3, 4], [2, 0.6, -0.6, -2], seed=seed) for seed in range(40)]
    assert sum(found_in(world).best == 2 for world in worlds) >= 38
