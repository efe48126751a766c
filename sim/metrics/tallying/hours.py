"""Hours worked: stretches of work clipped to instants, on their own calendar and on others.

Time worked is switching and work, interruptions (focus) not; `Works.ready` and `Works.done` say where
switching and work end.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.calendars import Calendar, Int64Array, intersect
from sim.metrics.accounts import by_value, open_time
from sim.metrics.view import Works
from sim.plan.arrays import NONE
from sim.records import AccountClass
from sim.records.tallies import MoneyTally

_WASTE = (AccountClass.NON_ADDING, AccountClass.REWORK)


def open_on_both(
    works: Works,
    which: Int64Array,
    begin: Int64Array,
    end: Int64Array,
    calendar: int,
    within: tuple[int, int] | None = None,
) -> Int64Array:
    """Open ms of stretches [begin, end) of works, on each work's own calendar and on another one.

    Parameters
    ----------
    which : shape (n,)
        Indices of the works.
    calendar
        Index into `Plan.calendars`; -1: only their own.
    within
        Two instants that stretches are clipped to; the window, if none are given.
    """
    plan = works.plan
    first, last = within or (plan.warm_up, plan.end)
    begin, end = np.maximum(begin, first), np.minimum(end, last)
    own = works["calendar"][which]
    if calendar == NONE:
        return open_time(own, plan.calendars, begin, end)
    result = open_time(np.where(own == NONE, calendar, NONE), plan.calendars, begin, end)
    end = np.maximum(begin, end)
    for index, here in by_value(own):
        both = _both(works, index, calendar)
        result[here] = both.open_between_array(begin[here], end[here])
    return result


def worked_and_overtime(
    works: Works, team: int, which: Int64Array, within: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Ms that a team worked, and how many of them outside its calendar (none of an unlimited team)."""
    row = works.plan.teams[team]
    begin, end = works["begin"][which], works.done[which]
    worked = int(open_on_both(works, which, begin, end, NONE, within).sum())
    if row.unlimited:
        return worked, 0
    return worked, worked - int(open_on_both(works, which, begin, end, row.calendar, within).sum())


def tally_hours(works: Works, edges: tuple[int, ...]) -> MoneyTally:
    """Hours of each team between the edges."""
    pieces = list(pairwise(edges))
    teams = [np.flatnonzero(works["team"] == index) for index in range(len(works.plan.teams))]
    hours = [
        [worked_and_overtime(works, team, which, within) for within in pieces]
        for team, which in enumerate(teams)
    ]
    return MoneyTally(
        edges,
        tuple(tuple(worked for worked, _ in row) for row in hours),
        tuple(tuple(overtime for _, overtime in row) for row in hours),
        tuple(tuple(_waste(works, which, within) for within in pieces) for which in teams),
    )


def _waste(works: Works, which: Int64Array, within: tuple[int, int]) -> int:
    """Ms worked on cases that add nothing: of other works of cases, only the switching."""
    here = which[works["case"][which] != NONE]
    is_waste = np.isin(works["account_class"][here], _WASTE)
    end = np.where(is_waste, works.done[here], works.ready[here])
    return int(open_on_both(works, here, works["begin"][here], end, NONE, within).sum())


def _both(works: Works, first: int, second: int) -> Calendar:
    calendars = works.plan.calendars
    if first == second:
        return calendars[first]
    if (first, second) not in works.common:
        works.common[first, second] = intersect(calendars[first], calendars[second])
    return works.common[first, second]
