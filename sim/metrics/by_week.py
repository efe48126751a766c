"""Teams week by week: how busy their people are, and how many cases stand in their queues.

Weeks have 7 × 24 h and are counted from month 0, backwards too; the first and the last of a run may be
shorter. All times are integer milliseconds since the beginning of the warm-up.
Not here: figures of the whole window (people), pictures (charts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.accounts import concatenated_ranges, open_time
from sim.metrics.numbers import Float64Array
from sim.metrics.people import capacity
from sim.metrics.tallying.hours import open_on_both
from sim.metrics.tallying.teams import queues_of_teams
from sim.metrics.view import BoolArray, View, view
from sim.plan.arrays import Plan
from sim.plan.measured import size_pieces
from sim.records import Facts
from sim.units.dimensions import WEEK_MS


@dataclass(frozen=True, slots=True)
class WeeklyLoad:
    """How busy teams were in each week, summed over replications; arrays have shape (n_teams, n_weeks).

    Attributes
    ----------
    teams, is_unlimited
        Their names, and whether they have no capacity (unlimited).
    edges : shape (n_weeks + 1,)
        Instants between which the weeks lie.
    in_window : shape (n_weeks,)
        Whether a week lies behind month 0.
    busy, capacity
        Person ms worked in the team's calendar, and person ms there were (size × open time × focus).
    standing
        Business ms that cases stood in the queue.
    open_ms : shape (n_weeks,)
        Business time.
    n
        Replications.
    """

    teams: tuple[str, ...]
    is_unlimited: BoolArray
    edges: Int64Array
    in_window: BoolArray
    busy: Float64Array
    capacity: Float64Array
    standing: Float64Array
    open_ms: Float64Array
    n: int

    @property
    def utilisation(self) -> Float64Array:
        """Percent of the capacity; NaN where there is none. The week may be above 100 in which work under
        focus begins: its interruptions come last.
        """
        return _ratio(100 * self.busy, self.capacity)

    @property
    def queue(self) -> Float64Array:
        """Mean number of cases in the queue; NaN in a week without business time."""
        return _ratio(self.standing, np.broadcast_to(self.open_ms, self.standing.shape))

    @property
    def mean_utilisation(self) -> Float64Array:
        """Percent of the capacity in the window, by team; NaN without capacity."""
        return _ratio(*(100 * self.busy.T[self.in_window].sum(0), self.capacity.T[self.in_window].sum(0)))

    @property
    def mean_queue(self) -> Float64Array:
        """Mean number of cases in the queue in the window, by team."""
        open_ms = self.open_ms[self.in_window].sum()
        return _ratio(self.standing.T[self.in_window].sum(0), np.full(len(self.teams), open_ms))


def load_by_week(replications: Sequence[Facts], plan: Plan) -> WeeklyLoad:
    """The load of each team in each week, over the facts of one or several replications."""
    if not replications:
        raise ValueError("there is nothing to sum: give the facts of at least one replication")
    edges = week_edges(plan)
    shape = len(plan.teams), len(edges) - 1
    busy, available, standing = (np.zeros(shape) for _ in range(3))
    for facts in replications:
        seen = view(facts, plan)
        of_spans, _ = queues_of_teams(seen)
        for team in range(len(plan.teams)):
            busy[team] += _busy(seen, team, edges)
            available[team] += _leaving(seen, team, edges)
            standing[team] += _standing(seen, np.flatnonzero(of_spans[team]), edges)
    n = len(replications)
    for team, row in enumerate(plan.teams):
        if not row.unlimited:
            available[team] += [n * capacity(plan, row, int(a), int(b)) for a, b in pairwise(edges)]
    business = plan.calendars[plan.business]
    open_ms = n * np.asarray(business.open_between_array(edges[:-1], edges[1:]), dtype=np.float64)
    return WeeklyLoad(
        tuple(row.name for row in plan.teams),
        np.array([row.unlimited for row in plan.teams], dtype=np.bool_),
        edges,
        edges[:-1] >= plan.warm_up,
        busy,
        available,
        standing,
        open_ms,
        n,
    )


def week_edges(plan: Plan) -> Int64Array:
    """The instants between weeks, the beginning and the end of the run included."""
    before, after = plan.warm_up // WEEK_MS, (plan.end - plan.warm_up) // WEEK_MS
    edges = plan.warm_up + WEEK_MS * np.arange(-before, after + 1, dtype=np.int64)
    return np.unique(np.concatenate(([0], edges, [plan.end])))


def _busy(seen: View, team: int, edges: Int64Array) -> Float64Array:
    row = seen.plan.teams[team]
    works = np.flatnonzero(seen.works["team"] == team)
    piece, week, begin, end = _cut(seen.works["begin"][works], seen.works.done[works], edges)
    calendar = -1 if row.unlimited else row.calendar
    worked = open_on_both(seen.works, works[piece], begin, end, calendar, (0, seen.plan.end))
    return _summed(week, worked, edges)


def _leaving(seen: View, team: int, edges: Int64Array) -> Float64Array:
    """Open ms that members worked on after the size no longer had them: capacity until they are done."""
    row, total = seen.plan.teams[team], np.zeros(len(edges) - 1)
    if row.unlimited:
        return total
    works = np.flatnonzero(seen.works["team"] == team)
    member, begin, end = (seen.works[name][works] for name in ("member", "begin", "end"))
    for first, last, size in size_pieces(seen.plan, row):
        late = member >= size
        _, week, a, b = _cut(np.maximum(begin[late], first), np.minimum(end[late], last), edges)
        open_ms = open_time(np.full(len(a), row.calendar), seen.plan.calendars, a, b)
        total += _summed(week, open_ms, edges)
    return total


def _standing(seen: View, spans: Int64Array, edges: Int64Array) -> Float64Array:
    _, week, begin, end = _cut(seen.spans["begin"][spans], seen.spans["end"][spans], edges)
    return _summed(week, seen.lead_time(begin, end), edges)


def _cut(
    begin: Int64Array, end: Int64Array, edges: Int64Array
) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
    """Stretches cut where weeks meet: (which stretch, week, begin, end)."""
    first = np.searchsorted(edges, begin, side="right") - 1
    counts = np.maximum(np.searchsorted(edges, end, side="left") - first, 0) * (begin < end)
    piece, week = np.repeat(np.arange(len(begin)), counts), concatenated_ranges(first, counts)
    a, b = np.maximum(begin[piece], edges[week]), np.minimum(end[piece], edges[week + 1])
    return piece, week, a, b


def _summed(week: Int64Array, ms: Int64Array, edges: Int64Array) -> Float64Array:
    return np.bincount(week, ms, len(edges) - 1).astype(np.float64)


def _ratio(above: Float64Array, below: Float64Array) -> Float64Array:
    result = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result
