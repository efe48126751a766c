"""How long cases and passages stayed, by series: rows of a run, which come chunk after chunk, as `Durations`.

The memory of `Durations` is bounded, so that a run of any length can be told.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Int64Array
from sim.engines.compiled_engine import tally_layout as sums
from sim.records.tallies import Stays

UInt16Array = NDArray[np.uint16]

MASK = (1 << sums.SERIES_INDEX) - 1
ROWS_BETWEEN = 1 << 16
"""So many rows of stays are kept as they came before they go to their series."""


class StayBook:
    """Stays by series: of cases by type and outcome, of passages by flow and by group."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.series: dict[int, Stays] = {}
        self.counted: dict[int, Stays] = {}

    def add(self, rows: Int64Array) -> None:
        """More rows, shape (n, 3): series, business time, elapsed time [ms]."""
        if not len(rows):
            return
        codes = self._codes(rows[:, 0])
        order = np.argsort(codes, kind="stable")
        series, lead_time, elapsed = (column[order] for column in rows.T)
        begins = np.flatnonzero(np.diff(codes[order], prepend=codes.max() + 1)).tolist()
        for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True):
            # copies, because a view would keep all the rows
            times = lead_time[begin:end].copy(), elapsed[begin:end].copy()
            number = int(series[begin])
            self._put(self.series.setdefault(number, Stays()), times)
            if number >> sums.SERIES_KIND == sums.OF_CASES:
                self._put(self.counted.setdefault(number >> sums.SERIES_INDEX, Stays()), times)

    def _codes(self, series: Int64Array) -> Int64Array | UInt16Array:
        """A number for each series, in 16 bits if they are enough: NumPy sorts those eight times as fast."""
        kind, more = series >> sums.SERIES_KIND, series & MASK
        index = (series >> sums.SERIES_INDEX) & MASK
        wide, high = len(self.texts), int(index.max()) + 1
        codes: Int64Array = (kind * high + index) * wide + more
        return codes.astype(np.uint16) if int(codes.max()) < (1 << 16) - 1 else codes

    def _put(self, stays: Stays, times: tuple[Int64Array, Int64Array]) -> None:
        stays.lead_time.add(times[0])
        stays.elapsed.add(times[1])

    def of(self, kind: int, index: int) -> Stays:
        """The stays of a flow or group; empty where there were none."""
        return self.series.get(kind << sums.SERIES_KIND | index << sums.SERIES_INDEX, Stays())

    def outcomes(self, case_type: int) -> dict[str, Stays]:
        """The stays of a case type by outcome, by name."""
        first = sums.OF_CASES << sums.SERIES_KIND | case_type << sums.SERIES_INDEX
        found = {
            self.texts[series - first]: stays
            for series, stays in self.series.items()
            if first <= series < first + (1 << sums.SERIES_INDEX)
        }
        return dict(sorted(found.items()))
