"""Many durations: how many, their sum, and their percentiles, in bounded memory.

Up to `EXACT` of them are kept as they are. Beyond that, each is put into a bucket whose width is 1/1024 of
the power of two below it, so that a percentile is off by at most 1 part in 2,048, and memory stays bounded.
What is known depends on the durations alone, not on the order or the portions in which they came.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Int64Array = NDArray[np.int64]

EXACT = 1 << 17
PORTION = 1 << 15  # beyond that, so many wait until they are put into buckets together, which takes a while
_SHIFT = 42  # of the 52 bits of a float's fraction, 10 are kept


class Durations:
    """Durations [ms], whole numbers of 0 or more and below 2^53."""

    def __init__(self, values: Int64Array | None = None) -> None:
        self.count = 0
        self.total = 0
        self._values: list[Int64Array] = []
        self._n_waiting = 0
        self._buckets = np.empty(0, dtype=np.int64)
        self._counts = np.empty(0, dtype=np.int64)
        if values is not None:
            self.add(values)

    def add(self, values: Int64Array) -> None:
        """More of them, shape (n,)."""
        if not len(values):
            return
        self.count += len(values)
        self.total += int(values.sum())
        self._values.append(values)
        self._n_waiting += len(values)
        if not self.is_exact and self._n_waiting > PORTION:
            self._put_into_buckets()

    @property
    def is_exact(self) -> bool:
        """Whether percentiles are those of the durations themselves."""
        return self.count <= EXACT

    @property
    def n_kept(self) -> int:
        """How many numbers are kept: durations, or buckets of them."""
        return len(self._buckets) + sum(map(len, self._values))

    def percentile(self, p: float) -> float:
        """The percentile [ms]; see `percentiles`."""
        return self.percentiles((p,))[0]

    def percentiles(self, shares: Sequence[float]) -> list[float]:
        """Percentiles [ms], interpolated linearly between the two nearest (Hyndman and Fan 1996, type 7).

        Parameters
        ----------
        shares
            From 0 to 100.

        Raises
        ------
        ValueError
            There is no duration.
        """
        if self.count == 0:
            raise ValueError("no durations: there is no percentile")
        places = [(self.count - 1) * (p / 100) for p in shares]
        ranks = [min(int(place) + step, self.count - 1) for place in places for step in (0, 1)]
        nearest = self._of_rank(ranks)
        return [
            _between(low, high, place - int(place))
            for place, low, high in zip(places, nearest[::2], nearest[1::2], strict=True)
        ]

    def is_like(self, other: Durations) -> bool:
        """Whether the same durations came in the same order, as far as is quickly known."""
        if (self.count, self.total) != (other.count, other.total) or not self.is_exact:
            return False
        return np.array_equal(self._joined(), other._joined())

    def __eq__(self, other: object) -> bool:
        """Whether the same durations are in both, as far as is known of them."""
        return isinstance(other, Durations) and self._known() == other._known()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return how many there are, and their sum."""
        return f"Durations(count={self.count}, total={self.total})"

    def _known(self) -> tuple[object, ...]:
        if not self.is_exact:
            self._put_into_buckets()
        values = np.sort(self._joined())
        return self.count, self.total, values.tolist(), self._buckets.tolist(), self._counts.tolist()

    def _joined(self) -> Int64Array:
        """The durations that are kept as they are, in one array from now on."""
        if len(self._values) != 1:
            self._values = [np.concatenate(self._values) if self._values else np.empty(0, dtype=np.int64)]
        return self._values[0]

    def _of_rank(self, ranks: Sequence[int]) -> list[float]:
        """The durations of these ranks, from 0, by size."""
        if self.is_exact:
            values = self._joined()
            found: list[float] = np.partition(values, sorted(set(ranks)))[list(ranks)].tolist()
            return found
        self._put_into_buckets()
        at = np.searchsorted(np.cumsum(self._counts), ranks, side="right")
        middles: list[float] = _middle(self._buckets[at]).tolist()
        return middles

    def _put_into_buckets(self) -> None:
        values = self._joined()
        self._values, self._n_waiting = [], 0
        if not len(values):
            return
        codes = values.astype(np.float64).view(np.int64) >> _SHIFT
        first = codes.min()
        counted = np.bincount(codes - first)  # quicker than to sort them
        found = np.flatnonzero(counted)
        buckets, where = np.unique(np.concatenate((self._buckets, found + first)), return_inverse=True)
        summed = np.zeros(len(buckets), dtype=np.int64)
        np.add.at(summed, where, np.concatenate((self._counts, counted[found])))
        self._buckets, self._counts = buckets, summed


def _between(low: float, high: float, share: float) -> float:
    """Between two numbers, from the nearer one: as NumPy does it, to the last bit."""
    if share >= 0.5:
        return high - (high - low) * (1 - share)
    return low + (high - low) * share


def _middle(buckets: Int64Array) -> NDArray[np.float64]:
    """The middle of a bucket's whole numbers."""
    first = (buckets << _SHIFT).view(np.float64)
    last = np.ceil(((buckets + 1) << _SHIFT).view(np.float64)) - 1
    middle: NDArray[np.float64] = (np.ceil(first) + np.maximum(last, np.ceil(first))) / 2
    return middle
