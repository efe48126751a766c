"""Growth: whether a queue, or the number of cases inside, still rises at the end of a run.

The slope of the straight line that fits the count best (least squares) over the later half of the window, in
business time. A queue in balance has a slope of 0 in the mean over replications; that of a team asked for
more than it can do has not, however long the warm-up was.
All times are integer milliseconds since the beginning of the warm-up.
Not here: intervals and verdicts over replications (experiment.stability).
"""

from __future__ import annotations

import math

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.view import HOUR_MS, View
from sim.plan.arrays import Plan


def later_half(plan: Plan) -> int:
    """The instant from which on half of the window's business time is left."""
    business = plan.calendars[plan.business]
    return business.add(plan.warm_up, business.open_between(plan.warm_up, plan.end) // 2)


def growth(seen: View, begin: Int64Array, end: Int64Array) -> float | None:
    """Slope of the number of stretches that cover an instant, in the later half of the window [per h].

    Parameters
    ----------
    begin, end : shape (n,)
        Stretches of being inside or in a queue [ms].

    Returns
    -------
    Cases per business hour; None where the later half holds no business time.

    Notes
    -----
    With s the business time of the half, of length L, the slope of a count N(s) is the integral of
    (s − L/2) N(s) over L³/12 (least squares in continuous time); for one stretch [x, y) that integral is
    (y − x)(x + y − L)/2. The sum is exactly rounded, so it does not depend on the order of the stretches.
    """
    half = later_half(seen.plan)
    length = seen.business.open_between(half, seen.plan.end)
    if length == 0:
        return None
    late = end > half
    x, y = (
        seen.lead_time(np.full(int(late.sum()), half), np.clip(each[late], half, seen.plan.end)).astype(float)
        for each in (begin, end)
    )
    moment = math.fsum(((y - x) * (x + y - length)).tolist()) / 2
    return 12 * moment / float(length) ** 3 * HOUR_MS
