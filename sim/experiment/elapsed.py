"""Elapsed lead times of a result's cases: what percentiles that are promised are taken of.

Not here: means per replication and their intervals (compare.summary).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.experiment.replicate import Result
from sim.metrics.numbers import Float64Array
from sim.units.dimensions import DAY_MS

if TYPE_CHECKING:
    import polars


def known_cases(result: Result, case_type: str) -> polars.DataFrame:
    """Cases of all replications that arrived by themselves: the age of those of `start_with` is unknown."""
    import polars

    cases = result.cases
    if cases.is_empty():
        return cases
    return cases.filter(
        polars.col("case_type") == case_type, ~polars.col("source").str.contains("@", literal=True)
    )


def elapsed_days(result: Result, case_type: str) -> Float64Array:
    """Calendar days from arrival to leaving of the cases that left in the window, sorted.

    Those of all replications together; empty without any.
    """
    import polars

    cases = known_cases(result, case_type)
    if cases.is_empty():
        return np.empty(0)
    leave = polars.col("leave_ms").cast(polars.Int64)
    left = cases.filter((leave >= result.plan.warm_up) & (leave < result.plan.end))
    days: Float64Array = np.sort(
        (left["leave_ms"].cast(polars.Int64) - left["arrive_ms"]).to_numpy().astype(np.float64) / DAY_MS
    )
    return days
