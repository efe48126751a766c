"""Visits to steps by counted cases, what stands in their queues; environments held."""

from __future__ import annotations

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.view import QUEUEING, View, summed
from sim.records.tallies import StepTally


def tally_steps(seen: View) -> tuple[StepTally, ...]:
    """One for each step."""
    n = len(seen.plan.steps)
    visits, works = seen.visits, seen.works
    counted = seen.is_counted[visits["case"]]
    complete = counted & (visits["complete"] >= 0)
    accurate = complete & (visits["sent_back"] == 0)
    through = seen.lead_time(visits["enter"][complete], visits["complete"][complete])
    own = np.flatnonzero(works["case"] >= 0)
    own = own[seen.is_counted[works["case"][own]]]
    columns = (
        *(np.bincount(visits["step"][chosen], minlength=n) for chosen in (counted, complete, accurate)),
        summed(visits["step"][complete], through, n),
        *_queues(seen),
        summed(works["step"][own], works.worked[own], n),
    )
    return tuple(
        StepTally(visited, done, right, through_ms, waited_ms, worked_ms, standing_ms)
        for visited, done, right, through_ms, waited_ms, standing_ms, worked_ms in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )


def _queues(seen: View) -> tuple[Int64Array, Int64Array]:
    """Ms in the queues of each step: of counted cases, and in the window of all."""
    spans, n = seen.spans, len(seen.plan.steps)
    queueing = np.flatnonzero(np.isin(spans["state"], QUEUEING) & (spans["step"] >= 0))
    begin, end, step = (spans[name][queueing] for name in ("begin", "end", "step"))
    waited = seen.lead_time(begin, end) * seen.is_counted[spans["case"][queueing]]
    return summed(step, waited, n), summed(step, seen.in_window(begin, end), n)


def tally_holds(seen: View) -> tuple[int, ...]:
    """Elapsed ms in the window that each environment was held."""
    rows, plan = seen.holds, seen.plan
    held = np.minimum(rows["end"], plan.end) - np.maximum(rows["begin"], plan.warm_up)
    return tuple(summed(rows["environment"], np.maximum(held, 0), len(plan.environments)).tolist())
