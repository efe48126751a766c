"""How long cases and passages stayed, by series: rows of a run, which come chunk after chunk, as `Durations`.

The memory of `Durations` is bounded, so that a run of any length can be told.
"""

from __future__ import annotations

import numpy as np

from sim.calendars import Int64Array
from sim.engines.compiled_engine import tally_layout as sums
from sim.records.tallies import Stays

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
        order = np.argsort(rows[:, 0], kind="stable")
        rows = rows[order]
        begins = np.flatnonzero(np.diff(rows[:, 0], prepend=-1)).tolist()
        for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True):
            series, times = int(rows[begin, 0]), rows[begin:end, 1:].T.copy()
            self._put(self.series.setdefault(series, Stays()), times)
            if series >> sums.SERIES_KIND == sums.OF_CASES:
                self._put(self.counted.setdefault(series >> sums.SERIES_INDEX, Stays()), times)

    def _put(self, stays: Stays, times: Int64Array) -> None:
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
