"""A response surface: the mean over luck of a figure as a polynomial of the inputs, from a sample of points.

A sparse polynomial chaos expansion: of all terms of one or two inputs those are taken, one after the other,
that explain most of what is left, and as many of them as predict best what was left out of the fit
(10-fold cross-validation, choice of terms included).

At each point the figure was seen with several replications' luck of its own. So the variance of what was
seen falls apart into three: what the surface explains, what depends on inputs in a way that it does not, and
luck.
Not here: what follows for inputs (indices, worth), the terms (polynomials).

Sources: Sudret 2008, Reliability Engineering and System Safety 93:964 (indices from the coefficients);
Blatman and Sudret 2011, Journal of Computational Physics 230:2345 (sparse choice of terms); Pati, Rezaiifar
and Krishnaprasad 1993 (orthogonal matching pursuit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.experiment.sensitivity.polynomials import Floats, Term, design, terms

FOLDS = 10
_MOST_SHARE = 5  # a fit has at most one term per so many points
_MOST = 80

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Surface:
    """A figure as a polynomial of the inputs, and what it leaves unexplained.

    Attributes
    ----------
    terms, coefficients, errors
        The terms taken, what each is multiplied with, and its standard error, shape (n_terms,); the constant
        is `mean`.
    mean
        The mean of the figure over inputs and luck.
    lack
        The variance of the figure's mean over luck that depends on inputs in other ways.
    luck
        The variance of one replication's figure at one point: luck alone.
    held_out
        The mean squared error of predicting points that were left out of the fit, less what luck makes of it.
    fitted, residuals
        The surface at each point, and what was seen there, mean over its replications, less that; shape (n,).
    per_point
        How many replications there were at each point.
    """

    terms: tuple[Term, ...]
    coefficients: Floats
    errors: Floats
    mean: float
    lack: float
    luck: float
    held_out: float
    fitted: Floats
    residuals: Floats
    per_point: int

    @property
    def parts(self) -> Floats:
        """The variance by each term, without what luck puts on top of squares; shape (n_terms,)."""
        return self.coefficients**2 - self.errors**2

    @property
    def variance(self) -> float:
        """The variance that inputs make, of the figure's mean over luck."""
        return max(0.0, float(self.parts.sum())) + self.lack

    @property
    def luck_share(self) -> float | None:
        """The share of the variance of single replications, at points all over the ranges, that is luck."""
        whole = self.variance + self.luck
        return self.luck / whole if whole > 0 else None

    @property
    def quality(self) -> float | None:
        """The share of the variance by inputs that it predicts at points it has not seen (Q²)."""
        return max(0.0, 1 - self.held_out / self.variance) if self.variance > 0 else None

    def at(self, shares: Floats) -> Floats:
        """What it predicts at points, shape (n, n_inputs) to (n,)."""
        return self.mean + design(self.terms, shares) @ self.coefficients

    def main_effect(self, index: int, columns: Floats) -> Floats:
        """The mean of the figure given one input alone, at points whose terms are `columns`; shape (n,).

        Shrunk, as its variance is, by what luck puts on top of squares.
        """
        own = [i for i, term in enumerate(self.terms) if term.inputs == {index}]
        squares = float((self.coefficients[own] ** 2).sum())
        kept = max(0.0, float(self.parts[own].sum()))
        shrunk = self.coefficients[own] * np.sqrt(kept / squares if squares > 0 else 0.0)
        found: Floats = self.mean + columns[:, own] @ shrunk
        return found


@dataclass(frozen=True)
class Sampled:
    """A surface, and those of its points drawn again with replacement (a bootstrap).

    `columns` are the values of its terms at the points, shape (n, n_terms); `draws` which points were drawn,
    one entry for each surface of `again`. The terms are taken as given, each fit anew.
    """

    surface: Surface
    columns: Floats
    draws: tuple[Ints, ...]
    again: tuple[Surface, ...]


def least_points(n_inputs: int) -> int:
    """The fewest points that a surface of so many inputs can be fitted to."""
    return max(20, 4 * (n_inputs + 1))


def fit(shares: Floats, seen: Floats) -> Surface:
    """The surface of a sample.

    The straight line of every input is among the terms, so that each input has an error of its own.

    Parameters
    ----------
    shares : shape (n, n_inputs)
        The points, each input as a share of its range (its quantile).
    seen : shape (n, m)
        The figure in each of m replications at each point, with luck that no other point has. With one
        replication luck is taken to be nothing, as for a model without any.

    Raises
    ------
    ValueError
        There are fewer points than `least_points`.
    """
    n, m = seen.shape
    if n < least_points(shares.shape[1]):
        raise ValueError(f"a surface needs {least_points(shares.shape[1])} points or more, found {n}")
    means = seen.mean(axis=1)
    luck = float(_lucks(seen).mean())
    if means.min() == means.max():
        none = np.empty(0)
        return Surface((), none, none, float(means[0]), 0.0, luck, 0.0, means, np.zeros(n), m)
    candidates = terms(shares.shape[1])
    columns = design(candidates, shares)
    lines = [i for i, term in enumerate(candidates) if sum(degree for _, degree in term.degrees) == 1]
    size, error = _best_size(columns, means, lines)
    chosen = _pursuit(columns, means, lines, size)
    picked = tuple(candidates[i] for i in chosen)
    return _fitted(picked, columns[:, chosen], means, luck, m, max(0.0, error - luck / m))


def sampled(shares: Floats, seen: Floats, draws: Sequence[Ints]) -> Sampled:
    """The surface of a sample, and those of its points drawn again; see `fit`."""
    surface = fit(shares, seen)
    columns = design(surface.terms, shares)
    means, lucks = seen.mean(axis=1), _lucks(seen)
    m = seen.shape[1]
    again = []
    for rows in draws:
        found = _fitted(
            surface.terms, columns[rows], means[rows], float(lucks[rows].mean()), m, surface.held_out
        )
        # drawing again adds the same variance to a coefficient as its error has already
        again.append(replace(found, errors=np.sqrt(2.0) * found.errors))
    return Sampled(surface, columns, tuple(draws), tuple(again))


def _lucks(seen: Floats) -> Floats:
    """The variance over replications at each point; 0 where there is one."""
    return seen.var(axis=1, ddof=1) if seen.shape[1] > 1 else np.zeros(len(seen))


def _fitted(
    picked: tuple[Term, ...], columns: Floats, means: Floats, luck: float, m: int, held_out: float
) -> Surface:
    n, k = columns.shape
    whole = np.column_stack((np.ones(n), columns))
    inverse = np.linalg.pinv(whole.T @ whole, hermitian=True)
    found = inverse @ (whole.T @ means)
    residuals = means - whole @ found
    # luck is larger at some points than at others: errors that do not take it as the same (HC3, MacKinnon and
    # White 1985, Journal of Econometrics 29:305)
    leverage = ((whole @ inverse) * whole).sum(axis=1)
    weighted = whole * (residuals / np.maximum(1 - leverage, 0.05))[:, None]
    errors = np.sqrt(np.diag(inverse @ (weighted.T @ weighted) @ inverse))
    left = float((residuals**2).sum()) / max(1, n - k - 1)
    return Surface(
        picked,
        found[1:],
        errors[1:],
        float(found[0]),
        max(0.0, left - luck / m),
        luck,
        held_out,
        means - residuals,
        residuals,
        m,
    )


def _best_size(columns: Floats, means: Floats, lines: list[int]) -> tuple[int, float]:
    """How many terms predict best what is left out, lines included, and their mean squared error there."""
    n = len(means)
    fold = np.arange(n) % FOLDS
    least = len(lines)
    most = max(least, min(_MOST, (n - n // FOLDS) // _MOST_SHARE))
    squares = np.zeros(most + 1 - least)
    for each in range(FOLDS):
        inside, outside = fold != each, fold == each
        order = _pursuit(columns[inside], means[inside], lines, most)
        squares += [
            _held_out(columns[inside][:, chosen], means[inside], columns[outside][:, chosen], means[outside])
            for chosen in (order[:size] for size in range(least, most + 1))
        ]
    best = int(np.argmin(squares))
    return least + best, float(squares[best] / n)


def _held_out(columns: Floats, means: Floats, others: Floats, truth: Floats) -> float:
    """The sum of squared errors at the points left out."""
    inside = np.column_stack((np.ones(len(means)), columns))
    outside = np.column_stack((np.ones(len(truth)), others))
    coefficients = np.linalg.lstsq(inside, means, rcond=None)[0]
    return float(((truth - outside @ coefficients) ** 2).sum())


def _pursuit(columns: Floats, means: Floats, first: list[int], most: int) -> list[int]:
    """Columns: some first, then the others in the order in which they explain most of what is left."""
    n = len(means)
    norms = np.linalg.norm(columns - columns.mean(axis=0), axis=0)
    norms[norms == 0] = np.inf
    basis = np.empty((n, most + 1))
    basis[:, 0] = 1 / np.sqrt(n)
    left = means - means.mean()
    order: list[int] = []
    for size in range(1, most + 1):
        if size <= len(first):
            pick = first[size - 1]
        else:
            scores = np.abs(columns.T @ left) / norms
            scores[order] = -1.0
            pick = int(np.argmax(scores))
        own = columns[:, pick]
        for _ in range(2):  # twice, for the rounding of the first time
            own = own - basis[:, :size] @ (basis[:, :size].T @ own)
        length = float(np.linalg.norm(own))
        order.append(pick)
        basis[:, size] = own / length if length > 1e-9 * np.sqrt(n) else 0.0
        left = left - basis[:, size] * float(basis[:, size] @ left)
    return order


def resampled(n: int, times: int, seed: int) -> Sequence[Ints]:
    """Rows of a sample drawn with replacement, so often; the same seed draws the same."""
    generator = np.random.Generator(np.random.Philox(key=seed))
    return [generator.integers(0, n, size=n) for _ in range(times)]
