"""The sample: points all over the ranges of the inputs, each seen with luck that no other point has.

A scrambled Sobol' sequence (Owen 1998, Journal of Complexity 14:466). A point at which a scenario is refused,
or cannot be run to its end, is drawn again: the next points of the sequence are taken in its place, so that
the sample is of the part of the ranges that is possible, and how many were refused is told.
Not here: what is learned from the sample (surface, saltelli, worth, spread).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.experiment.sensitivity.inputs import Input, Shape
from sim.experiment.sensitivity.points import Bench, Refused
from sim.experiment.sensitivity.polynomials import Floats

PER_POINT = 2
"""Replications at a point: the least that tell luck from inputs."""

FIRST = 100_000
"""The sample's replications are numbered from here: the tornado's luck is not its luck."""

_AGAIN = 3  # the sequence is 2^3 times as long as what is asked for


@dataclass
class Sample:
    """Points that could be run, by their place in the sequence, and what was seen there.

    `shares` are those of probability, shape (n, n_shares) for the whole sequence; `seen` has the columns of
    a point, shape (..., n_columns, replications); `refused` the reasons of those that could not be.
    """

    shares: Floats
    asked: int
    seen: dict[int, Floats] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)

    @property
    def chosen(self) -> list[int]:
        """The places in the sequence of the points that count, in order."""
        return sorted(self.seen)[: self.asked]

    def add(self, place: int, found: Floats | Refused) -> None:
        """What was found at a point."""
        if isinstance(found, Refused):
            self.refused[place] = found.reason
        else:
            self.seen[place] = found

    def missing(self) -> list[int]:
        """The next points to look at; none when there are enough, or the sequence is at its end."""
        tried = len(self.seen) + len(self.refused)
        return list(range(tried, min(len(self.shares), tried + self.asked - len(self.seen))))

    @property
    def points(self) -> Floats:
        """The shares of the points that count."""
        return self.shares[self.chosen]

    @property
    def columns(self) -> Floats:
        """What was seen at them: the first index is the point's."""
        return np.stack([self.seen[place] for place in self.chosen])


def sequence(n: int, n_shares: int, seed: int) -> Floats:
    """Eight times as many points of a scrambled Sobol' sequence as are asked for, which is a power of two."""
    from scipy.stats import qmc  # type: ignore[import-untyped]

    drawn = qmc.Sobol(n_shares, scramble=True, rng=seed).random_base2(n.bit_length() - 1 + _AGAIN)
    return np.asarray(drawn, dtype=np.float64)


def at_point(bench: Bench, values: Sequence[float], first: int, per_point: int) -> Floats | Refused:
    """The columns at a point, in as many replications from a number on: shape (n_columns, per_point)."""
    return bench.seen(dict(enumerate(values)), range(first, first + per_point))


def at_row(
    bench: Bench, one: Sequence[float], other: Sequence[float], first: int, per_point: int
) -> Floats | Refused:
    """A row of Saltelli's design: point A, point B, and A with each input as in B, one after the other.

    A and those made of it share their luck, B has its own. Shape (2 + n_inputs, n_columns, per_point).
    """
    mixed = [[*one[:i], other[i], *one[i + 1 :]] for i in range(len(one))]
    found: list[Floats] = []
    for point, begin in ((one, first), (other, first + per_point), *((each, first) for each in mixed)):
        seen = at_point(bench, point, begin, per_point)
        if isinstance(seen, Refused):
            return seen
        found.append(seen)
    return np.stack(found)


def values_at(inputs: Sequence[Input], shares: Floats, shape: Shape) -> Floats:
    """Where each input stands at points told as shares, shape (n, n_inputs)."""
    return np.stack([each.values(shares[:, i], shape) for i, each in enumerate(inputs)], axis=1)


def filled(sample: Sample, look: Callable[[list[int]], bool]) -> None:
    """Look at points until there are enough of them; `look` says whether to go on."""
    while places := sample.missing():
        if not look(places):
            return
