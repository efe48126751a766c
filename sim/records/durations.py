"""Many durations: how many, their sum, and their percentiles, in bounded memory.

Up to `EXACT` of them are kept as they are. Beyond that, each is put into a bucket whose width is 1/1024 of
the power of two below it, so that a percentile is off by at most 1 part in 2,048, and memory stays bounded.
What is known depends on the durations alone, not on the order or the portions in which they came.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int64Array = NDArray[np.int64]

EXACT = 1 << 17
_SHIFT = 42  # of the 52 bits of a float's fraction, 10 are kept


class Durations:
    """Durations [ms], whole numbers of 0 or more and below 2^53."""

    def __init__(self, values: Int64Array | None = None) -> None:
        self.count = 0
        self.total = 0
        self._values: list[Int64Array] = []
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
        if self.count > EXACT:
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
        """The percentile [ms], interpolated linearly between the two nearest (Hyndman and Fan 1996, type 7).

        Raises
        ------
        ValueError
            There is no duration.
        """
        if self.count == 0:
            raise ValueError("no durations: there is no percentile")
        if self.is_exact:
            return float(np.percentile(np.concatenate(self._values), p))
        place = (self.count - 1) * p / 100
        below = int(place)
        ranks = np.array([below, min(below + 1, self.count - 1)])
        at = np.searchsorted(np.cumsum(self._counts), ranks, side="right")
        low, high = _middle(self._buckets[at]).tolist()
        return float(low + (high - low) * (place - below))

    def __eq__(self, other: object) -> bool:
        """Whether the same durations are in both, as far as is known of them."""
        return isinstance(other, Durations) and self._known() == other._known()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return how many there are, and their sum."""
        return f"Durations(count={self.count}, total={self.total})"

    def _known(self) -> tuple[object, ...]:
        values = np.sort(np.concatenate(self._values)) if self._values else np.empty(0, dtype=np.int64)
        return self.count, self.total, values.tolist(), self._buckets.tolist(), self._counts.tolist()

    def _put_into_buckets(self) -> None:
        values = np.concatenate(self._values)
        self._values = []
        found, counts = np.unique(values.astype(np.float64).view(np.int64) >> _SHIFT, return_counts=True)
        buckets, where = np.unique(np.concatenate((self._buckets, found)), return_inverse=True)
        summed = np.zeros(len(buckets), dtype=np.int64)
        np.add.at(summed, where, np.concatenate((self._counts, counts)))
        self._buckets, self._counts = buckets, summed


def _middle(buckets: Int64Array) -> NDArray[np.float64]:
    """The middle of a bucket's whole numbers."""
    first = (buckets << _SHIFT).view(np.float64)
    last = np.ceil(((buckets + 1) << _SHIFT).view(np.float64)) - 1
    middle: NDArray[np.float64] = (np.ceil(first) + np.maximum(last, np.ceil(first))) / 2
    return middle
