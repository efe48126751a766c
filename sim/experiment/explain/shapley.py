"""Shapley shares: what each part of a whole contributes, where parts help or hinder each other.

A game gives each set of parts a value, the empty set 0. The share of a part is the mean of what it adds to
those before it, over all orders in which the parts may come (Shapley 1953, Contributions to the Theory of
Games II, 307). The shares sum to the value of the whole, a part that never adds anything has share 0, and
parts that are alike have like shares.
With few parts every set is looked at. With many, orders are drawn, each with its reverse, whose errors tend
to cancel (Castro, Gómez, Tejada 2009, Computers & Operations Research 36:1726; Mitchell, Cooper, Frank,
Holmes 2022, Journal of Machine Learning Research 23:43); they still sum to the whole.
Values are of replications: an array for each set. Not here: what a value is (trial), which parts (parts).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sim.experiment.intervals import Interval, mean_interval

Floats = NDArray[np.float64]
Part = str
Subset = frozenset[Part]
Order = tuple[Part, ...]

EXACT_UP_TO = 6
"""Parts, so that at most 64 sets are run."""

PAIRS = 8
"""Orders drawn where there are more parts, each of them with its reverse."""


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders a share is the mean over; `pairs` is empty where all of them are taken."""

    parts: tuple[Part, ...]
    pairs: tuple[tuple[Order, Order], ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether all orders are taken."""
        return not self.pairs

    def subsets(self) -> list[Subset]:
        """Every set whose value is asked for, small ones first; besides, each part alone and all but each."""
        if self.is_exact:
            return [
                frozenset(chosen)
                for n in range(len(self.parts) + 1)
                for chosen in combinations(self.parts, n)
            ]
        whole = frozenset(self.parts)
        found = {frozenset[Part](), whole}
        found |= {frozenset([part]) for part in self.parts} | {whole - {part} for part in self.parts}
        found |= {frozenset(order[:n]) for pair in self.pairs for order in pair for n in range(len(order))}
        place = {part: i for i, part in enumerate(self.parts)}
        return sorted(found, key=lambda each: (len(each), sorted(place[part] for part in each)))


def orders_of(parts: Sequence[Part], seed: int, exact_up_to: int = EXACT_UP_TO, pairs: int = PAIRS) -> Orders:
    """All orders of a few parts; of more, `pairs` drawn ones with their reverses."""
    if len(parts) <= exact_up_to:
        return Orders(tuple(parts))
    luck = random.Random(f"shapley {seed}")
    drawn = [tuple(luck.sample(list(parts), len(parts))) for _ in range(pairs)]
    return Orders(tuple(parts), tuple((order, order[::-1]) for order in drawn))


def shares(orders: Orders, value: Callable[[Subset], Floats]) -> dict[Part, Interval]:
    """The share of each part with its 95 % interval.

    `value` gives a set's value in each replication, shape (n,).
    """
    if orders.is_exact:
        return {part: mean_interval(_exact(part, orders.parts, value).tolist()) for part in orders.parts}
    return {part: _sampled(part, orders, value) for part in orders.parts}


def _exact(part: Part, parts: Sequence[Part], value: Callable[[Subset], Floats]) -> Floats:
    """Σ |S|!(k−|S|−1)!/k! · (v(S ∪ part) − v(S)) over the sets S without the part, in each replication."""
    terms = [weight * (value(others | {part}) - value(others)) for others, weight in _weighed(part, parts)]
    total: Floats = np.sum(terms, axis=0)
    return total


def _weighed(part: Part, parts: Sequence[Part]) -> Iterator[tuple[Subset, float]]:
    k, others = len(parts), [each for each in parts if each != part]
    for n in range(k):
        for chosen in combinations(others, n):
            yield frozenset(chosen), 1 / (k * math.comb(k - 1, n))


def _sampled(part: Part, orders: Orders, value: Callable[[Subset], Floats]) -> Interval:
    """The mean over drawn pairs of orders and replications, both of which are chance.

    Its variance is at most the sum of that of the means by replication and that of the means by pair (two-way
    layout with crossed random effects: each holds its own effect and part of the interaction). Degrees of
    freedom are the smaller of both, so the interval covers rather more than it says.
    """
    added = np.array([[_added(part, order, value) for order in pair] for pair in orders.pairs]).mean(axis=1)
    by_run, by_pair = added.mean(axis=0).tolist(), added.mean(axis=1).tolist()
    halves = [mean_interval(each).half_width for each in (by_run, by_pair)]
    mean = float(added.mean())
    if None in halves:
        return Interval(mean, None, None, len(by_run))
    half = math.hypot(*_as_if_fewer(halves, len(by_run), len(by_pair)))
    return Interval(mean, mean - half, mean + half, len(by_run))


def _as_if_fewer(halves: Sequence[float | None], n_runs: int, n_pairs: int) -> list[float]:
    """Half-widths with the quantile of the smaller number of degrees of freedom."""
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    quantiles = [float(stdtrit(n - 1, 0.975)) for n in (n_runs, n_pairs)]
    return [(half or 0.0) * max(quantiles) / own for half, own in zip(halves, quantiles, strict=True)]


def _added(part: Part, order: Order, value: Callable[[Subset], Floats]) -> Floats:
    before = frozenset(order[: order.index(part)])
    return value(before | {part}) - value(before)
