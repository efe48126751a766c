"""Figures about people: utilisation, queues, overtime, hand-overs, and where owners' time goes.

They are of the people in their own working time, never derived from the accounts of cases. Busy is work and
switching, other work included, interruptions (focus) not. All times are integer milliseconds since the
beginning of the warm-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from sim.calendars import Calendar, Int64Array, intersect
from sim.metrics.accounts import add_time, by_value, case_column, open_time, sweep
from sim.metrics.growth import growth
from sim.metrics.numbers import Float64Array, breakpoints, integrate_function, read_number
from sim.metrics.view import HOUR_MS, QUEUEING, BoolArray, Measure, View, ratio, teams_of_steps
from sim.plan.arrays import NONE, Plan, TeamRow
from sim.records import AccountClass, SpanState

_OWNER_CLASSES = {
    AccountClass.VALUE_ADDING: "value_adding",
    AccountClass.NECESSARY: "necessary",
    AccountClass.NON_ADDING: "chasing",
    AccountClass.REWORK: "rework",
}
_BUSY, _CASE_WAITS = 0, 1


def capacity(plan: Plan, team: TeamRow, begin: int, end: int, *, with_focus: bool = True) -> float:
    """Person ms of a team in [begin, end): rounded-down size × open time, × focus if asked for.

    Members who leave and finish what they have begun are not in it: `leaving_time`. A focus that is a ramp is
    taken as it is, not rounded to whole percents: off by less than half a percent point at any instant.
    """
    breaks = set(team.size_changes) | breakpoints(plan, team.size)
    with_focus = with_focus and team.focus != NONE
    if with_focus:
        breaks |= breakpoints(plan, team.focus)

    def people(instants: Float64Array) -> Float64Array:
        size = np.floor(read_number(plan, team.size, instants) + 1e-9)
        return size * read_number(plan, team.focus, instants) if with_focus else size

    return integrate_function(people, breaks, plan.calendars[team.calendar], begin, end)


def leaving_time(seen: View, team: int) -> int:
    """Open ms in the window that members worked on after the size no longer had them."""
    row, works = seen.plan.teams[team], seen.works
    total = 0
    for a, b, size in _size_pieces(seen.plan, row):
        late = np.flatnonzero((works["team"] == team) & (works["member"] >= size))
        total += int(_open_within(seen, row, works["begin"][late], works["end"][late], a, b).sum())
    return total


def _size_pieces(plan: Plan, team: TeamRow) -> list[tuple[int, int, int]]:
    """(begin, end, size) between the changes of a team's rounded-down size in the window."""
    inner = [t for t in team.size_changes if plan.warm_up < t < plan.end]
    pieces = list(pairwise((plan.warm_up, *inner, plan.end)))
    middles = np.array([(a + b) / 2.0 for a, b in pieces])
    sizes = np.floor(read_number(plan, team.size, middles) + 1e-9)
    return [(a, b, int(size)) for (a, b), size in zip(pieces, sizes, strict=True)]


def _open_within(
    seen: View, team: TeamRow, begin: Int64Array, end: Int64Array, first: int, last: int
) -> Int64Array:
    """Ms of stretches in the team's open time and in [first, last)."""
    a = np.maximum(begin, first)
    b = np.maximum(a, np.minimum(end, last))
    return np.asarray(seen.plan.calendars[team.calendar].open_between_array(a, b), dtype=np.int64)


def team_measures(seen: View) -> Iterator[Measure]:
    """Utilisation is busy time inside the team's calendar over size × open time × focus."""
    plan = seen.plan
    queues = _queues(seen)
    for index, row in enumerate(plan.teams):
        here = np.flatnonzero(seen.works["team"] == index)
        all_worked = _clipped(seen, here, NONE)
        inside = all_worked if row.unlimited else _clipped(seen, here, row.calendar)
        busy, overtime = float(inside.sum()), float((all_worked - inside).sum())
        yield Measure("utilisation", "team", row.name, "%", _utilisation(seen, index, busy))
        yield Measure("busy_hours", "team", row.name, "person h", busy / HOUR_MS)
        yield Measure("overtime_hours", "team", row.name, "person h", overtime / HOUR_MS)
        yield from _queue_measures(seen, row.name, queues, index)


def owner_measures(seen: View) -> Iterator[Measure]:
    """Where the open time of members of owning teams goes; the shares sum to 100 % of that time."""
    for index, row in enumerate(seen.plan.teams):
        if row.owns <= 0 or row.unlimited:
            continue
        available = capacity(seen.plan, row, seen.plan.warm_up, seen.plan.end, with_focus=False)
        available += leaving_time(seen, index)
        taken, waits = _taken_and_waiting(seen, index)
        times = _work_times(seen, index)
        times["interrupted"] = taken - sum(times.values())
        times |= {"idle_while_a_case_waits": waits, "idle": available - taken - waits}
        for name, ms in times.items():
            yield Measure(f"owner_time_{name}", "owner", row.name, "%", ratio(ms, available, 100))


def hand_overs(seen: View) -> Int64Array:
    """Changes of team between consecutive works of a case, by begin; shape (n_cases,).

    Joint work counts once, for the team recorded first. A batch counts for its leader only.
    """
    works = seen.works
    order = np.lexsort((works["begin"], works["case"]))
    order = order[works["case"][order] >= 0]
    case, step, begin, team = (works[name][order] for name in ("case", "step", "begin", "team"))
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = (case[1:] == case[:-1]) & (step[1:] == step[:-1]) & (begin[1:] == begin[:-1])
    case, team = case[~same], team[~same]
    changed = (case[1:] == case[:-1]) & (team[1:] != team[:-1])
    return np.bincount(case[1:][changed], minlength=len(seen.facts.cases))


def _utilisation(seen: View, team: int, busy: float) -> float | None:
    plan, row = seen.plan, seen.plan.teams[team]
    if row.unlimited:
        return None
    available = capacity(plan, row, plan.warm_up, plan.end) + leaving_time(seen, team)
    return ratio(busy, available, 100)


def _clipped(seen: View, works: Int64Array, calendar: int) -> Int64Array:
    """Worked ms in the window, on each work's own calendar and on `calendar` (-1: no other)."""
    begin = seen.works["begin"][works]
    return _open_on_both(seen, works, begin, seen.work_end[works], calendar)


def _open_on_both(
    seen: View, works: Int64Array, begin: Int64Array, end: Int64Array, calendar: int
) -> Int64Array:
    """Open ms in the window of stretches of works, on the work's calendar and on `calendar` (-1: none)."""
    plan = seen.plan
    begin, end = np.maximum(begin, plan.warm_up), np.minimum(end, plan.end)
    own = seen.works["calendar"][works]
    if calendar == NONE:
        return open_time(own, plan.calendars, begin, end)
    result = open_time(np.where(own == NONE, calendar, NONE), plan.calendars, begin, end)
    end = np.maximum(begin, end)
    for index, here in by_value(own):
        both = _both(plan.calendars[index], plan.calendars[calendar])
        result[here] = both.open_between_array(begin[here], end[here])
    return result


def _both(first: Calendar, second: Calendar) -> Calendar:
    return first if first is second else intersect(first, second)


def _queues(seen: View) -> tuple[BoolArray, BoolArray]:
    """Which spans stand in the queue of which team, and which visits are to it: (n_teams, n) each.

    A step's ordinary act says its teams; where a step has alternatives, the teams that worked on the case
    there do, if any did.
    """
    needs = teams_of_steps(seen.plan)
    varied = {i for i, step in enumerate(seen.plan.steps) if step.alternatives}
    worked: dict[tuple[int, int], set[int]] = {}
    here = np.isin(seen.works["step"], list(varied))
    for case, step, team in zip(
        *(seen.works[name][here].tolist() for name in ("case", "step", "team")), strict=True
    ):
        worked.setdefault((case, step), set()).add(team)
    spans, visits = seen.spans, seen.visits
    in_queue = np.isin(spans["state"], QUEUEING)
    table = _team_table(seen.plan, needs)
    of_spans = table[:, spans["step"]] & in_queue & (spans["step"] >= 0)
    of_visits = table[:, visits["step"]].copy()
    for matrix, rows in ((of_spans, spans), (of_visits, visits)):
        for i in np.flatnonzero(np.isin(rows["step"], list(varied))):
            teams = worked.get((int(rows["case"][i]), int(rows["step"][i])))
            if teams and (matrix is of_visits or in_queue[i]):
                matrix[:, i] = np.isin(np.arange(len(matrix)), list(teams))
    return of_spans, of_visits


def _team_table(plan: Plan, needs: list[tuple[int, ...]]) -> BoolArray:
    # one column more, so that step -1 finds one without a team
    table = np.zeros((len(plan.teams), len(needs) + 1), dtype=np.bool_)
    for step, teams in enumerate(needs):
        table[list(teams), step] = True
    return table


def _queue_measures(
    seen: View, name: str, queues: tuple[BoolArray, BoolArray], team: int
) -> Iterator[Measure]:
    """Mean wait per visit of the counted cases; the queue holds works of cases only, pauses included."""
    queued, visited = queues[0][team], queues[1][team]
    begin, end = seen.spans["begin"][queued], seen.spans["end"][queued]
    counted = seen.is_counted[seen.spans["case"][queued]]
    waited = float(seen.lead_time(begin, end)[counted].sum())
    n_visits = float(seen.is_counted[seen.visits["case"][visited]].sum())
    standing = float(seen.in_window(begin, end).sum())
    yield Measure("wait", "team", name, "h", ratio(waited / HOUR_MS, n_visits))
    yield Measure("queue_length", "team", name, "cases", ratio(standing, seen.open_ms))
    yield Measure("queue_growth", "team", name, "per h", growth(seen, begin, end))


def _work_times(seen: View, team: int) -> dict[str, float]:
    """Ms that a team's people worked, by what they did, in its calendar and in the window."""
    works, plan = seen.works, seen.plan
    calendar = plan.teams[team].calendar
    here = np.flatnonzero(works["team"] == team)
    begin, end, done = works["begin"][here], works["end"][here], seen.work_end[here]
    ready = add_time(works["calendar"][here], plan.calendars, begin, works["switching"][here])
    ready = np.minimum(ready, end)
    switching = _open_on_both(seen, here, begin, ready, calendar)
    working = _open_on_both(seen, here, ready, done, calendar)
    of_case = works["case"][here] >= 0
    times = {
        name: float(working[of_case & (works["account_class"][here] == each)].sum())
        for each, name in _OWNER_CLASSES.items()
    }
    return times | {"switching": float(switching.sum()), "other_work": float(working[~of_case].sum())}


def _taken_and_waiting(seen: View, team: int) -> tuple[float, float]:
    """Open ms in the window in which members have work in hand, and in which they have none while a case of
    theirs waits.

    A case waits where its account is not work: interrupted, in a queue, at a limit or outside. Members whom
    the size no longer has are not idle.
    """
    row = seen.plan.teams[team]
    rows = sweep(*_stretches_of_members(seen, team), n_ranks=2)
    member, begin, end, rank = rows.T
    busy = rank == _BUSY
    taken = _open_within(seen, row, begin[busy], end[busy], seen.plan.warm_up, seen.plan.end).sum()
    waiting = 0
    for a, b, size in _size_pieces(seen.plan, row):
        here = (rank == _CASE_WAITS) & (member < size)
        waiting += int(_open_within(seen, row, begin[here], end[here], a, b).sum())
    return float(taken), float(waiting)


def _stretches_of_members(seen: View, team: int) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
    """(member, begin, end, rank): work in hand, and waiting of cases they own."""
    types, works, tiles = seen.plan.case_types, seen.works, seen.tiles
    owned = np.where(
        np.array([row.owner_team == team for row in types], dtype=np.bool_)[seen.case_type],
        case_column(seen.facts, "owner"),
        NONE,
    )
    waits = np.flatnonzero(
        (owned[tiles.case] >= 0)
        & (tiles.inside >= AccountClass.INTERRUPTED)
        & (tiles.begin >= _owned_from(seen)[tiles.case])
    )
    busy = np.flatnonzero(works["team"] == team)
    return (
        np.concatenate((works["member"][busy], owned[tiles.case[waits]])),
        np.concatenate((works["begin"][busy], tiles.begin[waits])),
        np.concatenate((works["end"][busy], tiles.end[waits])),
        np.repeat(np.array((_BUSY, _CASE_WAITS), dtype=np.int64), (len(busy), len(waits))),
    )


def _owned_from(seen: View) -> Int64Array:
    """When each case's wait for room and an owner before its first step ended; shape (n_cases,)."""
    before = (seen.spans["step"] == NONE) & (seen.spans["state"] == SpanState.LIMIT)
    result = seen.arrive.copy()
    np.maximum.at(result, seen.spans["case"][before], seen.spans["end"][before])
    return result
