"""The event log of a replication as columns, kept as an engine packed it until somebody asks for it.

Rows and columns are those of `records.events`. Not here: tables for a reader (experiment).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.records.events import EVENT_COLUMNS
from sim.records.facts import Made

TEXT_COLUMNS = ("source", "path", "event", "team", "info")
"""The other columns are whole numbers."""

Columns = dict[str, NDArray[np.int64]]


class EventLog(Made[tuple[object, ...]]):
    """The rows of an event log, in the order of happening; unpacked when first asked for.

    `unpack` gives every column of EVENT_COLUMNS, shape (n_rows,) each; text columns hold indices of `texts`.
    """

    def __init__(self, n_rows: int, texts: list[str], unpack: Callable[[], Columns]) -> None:
        self.texts = texts
        self._n_rows = n_rows
        self._unpack = unpack

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._n_rows

    @cached_property
    def columns(self) -> Columns:
        """The columns by name; text columns hold indices of `texts`."""
        return self._unpack()

    def _make_rows(self) -> list[tuple[object, ...]]:
        texts = np.array(self.texts, dtype=object)
        columns = [
            (texts[self.columns[name]] if name in TEXT_COLUMNS else self.columns[name]).tolist()
            for name in EVENT_COLUMNS
        ]
        return list(zip(*columns, strict=True))

    def order(self) -> NDArray[np.int64]:
        """The indices of the rows sorted by time, source, number, generation and n. Shape (n_rows,)."""
        rank = np.empty(len(self.texts), dtype=np.int64)
        rank[sorted(range(len(self.texts)), key=self.texts.__getitem__)] = np.arange(len(self.texts))
        columns = self.columns
        keys = [columns[name] for name in ("n", "generation", "number")]
        order: NDArray[np.int64] = np.lexsort([*keys, rank[columns["source"]], columns["time"]])
        return order
