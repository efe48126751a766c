"""Where every case of one replication stands on the map at every minute: an animation as plain numbers.

Time is told in ticks: minutes of the business calendar from the beginning of the stretch that is shown, so
nights and weekends, which are in no account, take no time. Tick k is the first open instant with k minutes of
business time before it; what is counted at a tick is what the facts say of that instant, exactly.
A *stay* is a stretch of a token at one station, waiting or being worked on, in one account class; a *dot* is
a token of a case, so a case in parallel branches is several dots.
Not here: where stations stand (map), the page (page).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.calendars import Int64Array
from sim.charts.value_stream_map.structure import BEFORE, ELSEWHERE, Station
from sim.errors import RunError
from sim.metrics.accounts import N_CLASSES, flattened, tiles_of_spans
from sim.metrics.view import BoolArray, View
from sim.plan.arrays import NONE, Plan
from sim.records import SpanState
from sim.units.dimensions import DAY_MS

TICK_MS = 60_000
WEEK_MS = 7 * DAY_MS
USUAL_WEEKS = 26
MOST_STAYS = 60_000
"""32,832 of them made a page of 0.55 MB, of which Chromium drew a moment in 1.6 ms; it may take 16."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is shown of a run, [begin, end) in ms, and how business time turns into ticks."""

    plan: Plan
    begin: int
    end: int

    @property
    def weeks(self) -> int:
        """How many calendar weeks it has, the last perhaps not whole."""
        return -(-(self.end - self.begin) // WEEK_MS)

    @property
    def weeks_of_run(self) -> int:
        """How many calendar weeks the run has after its warm-up."""
        return -(-(self.plan.end - self.plan.warm_up) // WEEK_MS)

    @property
    def n_ticks(self) -> int:
        """How many ticks lie in it."""
        return int(self._up(np.array([self.end], dtype=np.int64))[0])

    def ticks(self, instants: Int64Array) -> Int64Array:
        """The first tick at or after each instant, cut to 0 .. n_ticks."""
        return np.clip(self._up(instants), 0, self.n_ticks)

    def _up(self, instants: Int64Array) -> Int64Array:
        business = self.plan.calendars[self.plan.business]
        begin = np.full(len(instants), self.begin, dtype=np.int64)
        after = business.open_between_array(begin, np.maximum(instants, begin))
        result: Int64Array = -(-np.asarray(after, dtype=np.int64) // TICK_MS)
        return result

    def openings(self) -> list[tuple[int, int]]:
        """Of each opening of the business calendar its first tick, and the instant [ms] of that tick."""
        business = self.plan.calendars[self.plan.business]
        first = np.searchsorted(business.closes, self.begin, side="right")
        last = np.searchsorted(business.opens, self.end, side="left")
        opens = np.maximum(business.opens[first:last], self.begin)
        begin = np.full(len(opens), self.begin, dtype=np.int64)
        before = np.asarray(business.open_between_array(begin, opens), dtype=np.int64)
        ticks = -(-before // TICK_MS)
        instants = opens + ticks * TICK_MS - before
        return list(zip(ticks.tolist(), instants.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Movements:
    """One replication as an animation replays it.

    Attributes
    ----------
    stations
        Keys, in the order of the indices in `stays`.
    stays
        Rows (begin, end, dot, station, is_work, account class), shape (n_stays, 6), by (begin, dot): the dot
        is there at ticks begin <= k < end.
    case_of_dot
        Shape (n_dots,): an index into the facts' cases.
    arrive, leave, lead
        Of each case (or passage) shown, shape (n,): ticks, `n_ticks` if it is inside to the end; its lead
        time [minutes], -1 where it is open or its age is unknown.
    """

    stretch: Stretch
    stations: tuple[str, ...]
    stays: Int64Array
    case_of_dot: Int64Array
    arrive: Int64Array
    leave: Int64Array
    lead: Int64Array

    @property
    def used(self) -> set[str]:
        """The stations at which any dot ever is."""
        return {self.stations[index] for index in np.unique(self.stays[:, 3])}

    def at(self, tick: int) -> Int64Array:
        """The stays at a tick."""
        return self.stays[(self.stays[:, 0] <= tick) & (tick < self.stays[:, 1])]


def replayed(
    seen: View,
    stations: Sequence[Station],
    of: str,
    *,
    weeks: int | None = None,
    first_week: int = 0,
    n_views: int = 1,
) -> Movements:
    """The movements of a case type, or through a flow, in so many weeks.

    Parameters
    ----------
    of
        The name of a case type, or else of a flow as defined.
    weeks
        How many calendar weeks; without it 26, or fewer where those would be too much for one page.
    first_week
        Where they begin, in weeks after the warm-up.
    n_views
        How many scenarios share the page.

    Raises
    ------
    RunError
        There are no such weeks in the run, or too much happens in them for a page.
    """
    wanted = USUAL_WEEKS if weeks is None else weeks
    most = MOST_STAYS // n_views
    while True:
        stretch = _stretch(seen.plan, first_week, wanted)
        found = _movements(seen, stations, of, stretch)
        if len(found.stays) <= most:
            return found
        if weeks is not None or wanted == 1:
            raise RunError(_too_much(len(found.stays), wanted, most))
        wanted //= 2


def _stretch(plan: Plan, first_week: int, weeks: int) -> Stretch:
    begin = plan.warm_up + first_week * WEEK_MS
    if first_week < 0 or weeks < 1 or begin >= plan.end:
        n = -(-(plan.end - plan.warm_up) // WEEK_MS)
        raise RunError(
            f"found {weeks} weeks from week {first_week} on; the run has the weeks 0 to {n - 1} after its "
            "warm-up, and at least one is shown. Say for example --from-week 0 --weeks 4."
        )
    stretch = Stretch(plan, begin, min(plan.end, begin + weeks * WEEK_MS))
    if not stretch.n_ticks:
        raise RunError(
            f"the {weeks} weeks from week {first_week} on have no working time, so nothing happens in them. "
            "Choose others with --from-week and --weeks."
        )
    return stretch


def _too_much(n: int, weeks: int, most: int) -> str:
    fits = max(1, weeks * most // n)
    hint = (
        f"ask for fewer weeks (about --weeks {fits})" if weeks > 1 else "choose one of the flows with --flow"
    )
    return f"{n:,} movements in {weeks} weeks are too many for one page, which holds {most:,}: {hint}."


def _movements(seen: View, stations: Sequence[Station], of: str, stretch: Stretch) -> Movements:
    types = [row.name for row in seen.plan.case_types]
    if of in types:
        mine = seen.case_type == types.index(of)
        keys, station = _station_of_step(stations, seen, is_case=True)
        stays, case_of_dot = _stays(seen, mine, station, stretch)
        inside = _cases(seen, mine, stretch)
    else:
        flow = [row.name for row in seen.plan.flows].index(of)
        keys, station = _station_of_step(stations, seen, is_case=False)
        stays, case_of_dot = _stays(seen, np.ones(len(seen.arrive), dtype=np.bool_), station, stretch)
        inside = _passages(seen, flow, stretch)
    return Movements(stretch, keys, stays, case_of_dot, *inside)


def _station_of_step(
    stations: Sequence[Station], seen: View, *, is_case: bool
) -> tuple[tuple[str, ...], Int64Array]:
    """Keys of stations, and the station of each step, the last that of what precedes the first step.

    On the map of a case type every step has one; on that of a flow those outside of it have none.
    """
    n = len(seen.plan.steps)
    result = np.full(n + 1, NONE, dtype=np.int64)
    for index, station in reversed(list(enumerate(stations))):
        result[list(station.steps)] = index
    keys = tuple(station.key for station in stations)
    if not is_case:
        return keys, result
    result[n] = len(keys)
    result[result == NONE] = len(keys) + 1
    return (*keys, BEFORE, ELSEWHERE), result


def _stays(
    seen: View, mine: BoolArray, station_of_step: Int64Array, stretch: Stretch
) -> tuple[Int64Array, Int64Array]:
    spans, n_steps = seen.spans, len(seen.plan.steps)
    step = np.where(spans["step"] == NONE, n_steps, spans["step"])
    is_shown = mine[spans["case"]] & (station_of_step[step] != NONE)
    is_shown &= (spans["end"] > stretch.begin) & (spans["begin"] < stretch.end)
    rows = tiles_of_spans(seen.facts, seen.plan.calendars)
    rows = flattened(rows[is_shown[rows[:, 0]]], seen.plan.calendars, N_CLASSES)
    span, begin, end = rows[:, 0], stretch.ticks(rows[:, 1]), stretch.ticks(rows[:, 2])
    kept = begin < end
    span, begin, end, account_class = span[kept], begin[kept], end[kept], rows[kept, 6]
    dot, case_of_dot = _dots(spans["case"][span], spans["token"][span])
    is_work = (spans["state"][span] == SpanState.WORK).astype(np.int64)
    stays = np.stack((begin, end, dot, station_of_step[step[span]], is_work, account_class), axis=1)
    return _joined(stays), case_of_dot


def _dots(case: Int64Array, token: Int64Array) -> tuple[Int64Array, Int64Array]:
    """A number for each token of each case, in order, and the case of each number."""
    n_tokens = int(token.max(initial=0)) + 1
    known, dot = np.unique(case * n_tokens + token, return_inverse=True)
    return dot.astype(np.int64), known // n_tokens


def _joined(stays: Int64Array) -> Int64Array:
    """Stays by (begin, dot), where one that only goes on (over night) is one with what precedes it."""
    stays = stays[np.lexsort((stays[:, 0], stays[:, 2]))]
    goes_on = np.zeros(len(stays), dtype=np.bool_)
    goes_on[1:] = (stays[1:, 0] == stays[:-1, 1]) & np.all(stays[1:, 2:] == stays[:-1, 2:], axis=1)
    first = np.flatnonzero(~goes_on)
    last = np.append(first[1:], len(stays)) - 1
    joined = stays[first]
    if len(joined):
        joined[:, 1] = stays[last, 1]
    result: Int64Array = joined[np.lexsort((joined[:, 2], joined[:, 0]))]
    return result


def _cases(seen: View, mine: BoolArray, stretch: Stretch) -> tuple[Int64Array, Int64Array, Int64Array]:
    has_left = np.array([row.leave >= 0 for row in seen.facts.cases], dtype=np.bool_)
    chosen = np.flatnonzero(mine)
    stays = seen.arrive[chosen], seen.leave[chosen], has_left[chosen], seen.is_started_with[chosen]
    return _inside(seen, stretch, *stays)


def _passages(seen: View, flow: int, stretch: Stretch) -> tuple[Int64Array, Int64Array, Int64Array]:
    rows = seen.passages
    mine = np.flatnonzero(rows["flow"] == flow)
    leave = rows["leave"][mine]
    stays = rows["enter"][mine], np.where(leave < 0, seen.facts.end, leave), leave >= 0
    return _inside(seen, stretch, *stays, seen.is_started_with[rows["case"][mine]])


def _inside(
    seen: View,
    stretch: Stretch,
    arrive: Int64Array,
    leave: Int64Array,
    has_left: BoolArray,
    is_age_unknown: BoolArray,
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """When cases come and go in a stretch, those that left before it left out; and their lead times."""
    lead = np.where(has_left & ~is_age_unknown, seen.lead_time(arrive, leave) // TICK_MS, -1)
    here = (arrive < stretch.end) & (~has_left | (leave >= stretch.begin))
    last = np.where(has_left, stretch.ticks(leave), stretch.n_ticks)
    return stretch.ticks(arrive)[here], last[here], lead[here]
