"""Stretches of time, summed: stays inside, and how the number of those inside grows."""

from __future__ import annotations

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.view import View
from sim.plan.measured import later_half
from sim.records.durations import Durations
from sim.records.tallies import Stays


def stays(seen: View, begin: Int64Array, end: Int64Array) -> Stays:
    """Stays of so many that began and ended at these instants."""
    return Stays(Durations(seen.lead_time(begin, end)), Durations(end - begin))


def growth_sum(seen: View, begin: Int64Array, end: Int64Array) -> int:
    """Sum of (y − x)(x + y − L) over stretches, as `CaseTally.growth` says it [ms²].

    In whole numbers of any size: half a year squared is more than 64 bits hold.
    """
    half = later_half(seen.plan)
    length = seen.business.open_between(half, seen.plan.end)
    late = end > half
    x, y = (
        seen.lead_time(np.full(int(late.sum()), half), np.clip(each[late], half, seen.plan.end)).tolist()
        for each in (begin, end)
    )
    return sum((b - a) * (a + b - length) for a, b in zip(x, y, strict=True))
