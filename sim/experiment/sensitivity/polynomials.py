"""Orthonormal polynomials of shares of a range: the terms that a response surface may have.

A term is a product of Legendre polynomials of one or two inputs, each of mean square 1 when the inputs are
independent and uniform over [0, 1]. Inputs of another distribution are told by their quantile, so that the
same terms serve.
Not here: which terms a response has (surface).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HIGHEST_DEGREE = 10
MOST_TERMS = 2_000


@dataclass(frozen=True, slots=True)
class Term:
    """A product of polynomials: the degree of each input that is in it, by the input's index."""

    degrees: tuple[tuple[int, int], ...]

    @property
    def inputs(self) -> frozenset[int]:
        """The inputs it depends on."""
        return frozenset(i for i, _ in self.degrees)

    def at(self, powers: Floats) -> Floats:
        """Its value at points whose polynomials are `powers`, shape (degree, n, n_inputs)."""
        value = np.ones(powers.shape[1])
        for i, degree in self.degrees:
            value = value * powers[degree, :, i]
        return value


def terms(n_inputs: int) -> list[Term]:
    """Every term of one or two inputs up to the highest total degree that keeps them at most 2,000."""
    degree = next((d for d in range(HIGHEST_DEGREE, 2, -1) if _count(n_inputs, d) <= MOST_TERMS), 2)
    alone = [Term(((i, k),)) for i in range(n_inputs) for k in range(1, degree + 1)]
    pairs = [
        Term(((i, k), (j, m)))
        for i, j in combinations(range(n_inputs), 2)
        for k in range(1, degree)
        for m in range(1, degree + 1 - k)
    ]
    return alone + pairs


def _count(n_inputs: int, degree: int) -> int:
    pairs = n_inputs * (n_inputs - 1) // 2
    return n_inputs * degree + pairs * (degree * (degree - 1) // 2)


def polynomials(shares: Floats, degree: int = HIGHEST_DEGREE) -> Floats:
    """The orthonormal Legendre polynomials of shares: shape (degree + 1, *shares.shape).

    Notes
    -----
    Bonnet's recursion, (k + 1) P(k+1) = (2k + 1) t P(k) − k P(k−1) with t = 2u − 1; the mean square of P(k)
    over the range is 1/(2k + 1) (Abramowitz and Stegun, 22.2 and 22.7).
    """
    t = 2 * shares - 1
    found = [np.ones_like(t), t]
    for k in range(1, degree):
        found.append(((2 * k + 1) * t * found[k] - k * found[k - 1]) / (k + 1))
    return np.stack([np.sqrt(2 * k + 1) * each for k, each in enumerate(found[: degree + 1])])


def design(chosen: Sequence[Term], shares: Floats) -> Floats:
    """The values of terms at points: shape (n, n_terms)."""
    powers = polynomials(shares)
    return np.stack([each.at(powers) for each in chosen], axis=1) if chosen else np.empty((len(shares), 0))
