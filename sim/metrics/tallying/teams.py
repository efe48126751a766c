"""Teams: time worked, and what stands in their queues.

A step's ordinary act says in whose queues a case stands there; where a step has alternatives, the teams that
worked on the case there do, if any did.
"""

from __future__ import annotations

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.tallying.hours import worked_and_overtime
from sim.metrics.tallying.stretches import growth_sum
from sim.metrics.view import QUEUEING, BoolArray, View
from sim.plan.arrays import Plan
from sim.plan.measured import size_pieces, teams_of_steps
from sim.records.tallies import TeamTally


def tally_teams(seen: View) -> tuple[TeamTally, ...]:
    """One for each team."""
    of_spans, of_visits = queues_of_teams(seen)
    return tuple(
        _tally_team(seen, index, np.flatnonzero(of_spans[index]), np.flatnonzero(of_visits[index]))
        for index in range(len(seen.plan.teams))
    )


def open_within(seen: View, team: int, begin: Int64Array, end: Int64Array, first: int, last: int) -> int:
    """Ms of stretches in the team's open time and in [first, last)."""
    a = np.maximum(begin, first)
    b = np.maximum(a, np.minimum(end, last))
    calendar = seen.plan.calendars[seen.plan.teams[team].calendar]
    return int(calendar.open_between_array(a, b).sum())


def _tally_team(seen: View, index: int, queued: Int64Array, visited: Int64Array) -> TeamTally:
    """`queued` are the spans in its queue, `visited` the visits to it."""
    works = np.flatnonzero(seen.works["team"] == index)
    worked, overtime = worked_and_overtime(seen.works, index, works)
    begin, end = seen.spans["begin"][queued], seen.spans["end"][queued]
    counted = seen.is_counted[seen.spans["case"][queued]]
    return TeamTally(
        busy_ms=worked - overtime,
        overtime_ms=overtime,
        leaving_ms=_leaving(seen, index, works),
        visits=int(seen.is_counted[seen.visits["case"][visited]].sum()),
        waited_ms=int(seen.lead_time(begin, end)[counted].sum()),
        standing_ms=int(seen.in_window(begin, end).sum()),
        growth=growth_sum(seen, begin, end),
    )


def _leaving(seen: View, team: int, works: Int64Array) -> int:
    """Open ms in the window that members worked on after the size no longer had them."""
    row, total = seen.plan.teams[team], 0
    if row.unlimited:
        return 0
    member, begin, end = (seen.works[name][works] for name in ("member", "begin", "end"))
    for first, last, size in size_pieces(seen.plan, row):
        late = member >= size
        total += open_within(seen, team, begin[late], end[late], first, last)
    return total


def queues_of_teams(seen: View) -> tuple[BoolArray, BoolArray]:
    """Which spans stand in the queue of which team, and which visits are to it: (n_teams, n) each."""
    varied = [i for i, step in enumerate(seen.plan.steps) if step.alternatives]
    worked = _workers(seen, varied)
    spans, visits = seen.spans, seen.visits
    in_queue = np.isin(spans["state"], QUEUEING)
    table = _team_table(seen.plan)
    of_spans = table[:, spans["step"]] & in_queue & (spans["step"] >= 0)
    of_visits = table[:, visits["step"]].copy()
    for matrix, rows in ((of_spans, spans), (of_visits, visits)):
        for i in np.flatnonzero(np.isin(rows["step"], varied)):
            teams = worked.get((int(rows["case"][i]), int(rows["step"][i])))
            if teams and (matrix is of_visits or in_queue[i]):
                matrix[:, i] = np.isin(np.arange(len(matrix)), list(teams))
    return of_spans, of_visits


def _workers(seen: View, steps: list[int]) -> dict[tuple[int, int], set[int]]:
    """The teams that worked on a case at each of these steps, by (case, step)."""
    worked: dict[tuple[int, int], set[int]] = {}
    here = np.isin(seen.works["step"], steps)
    columns = (seen.works[name][here].tolist() for name in ("case", "step", "team"))
    for case, step, team in zip(*columns, strict=True):
        worked.setdefault((case, step), set()).add(team)
    return worked


def _team_table(plan: Plan) -> BoolArray:
    needs = teams_of_steps(plan)
    # one column more, so that step -1 finds one without a team
    table = np.zeros((len(plan.teams), len(needs) + 1), dtype=np.bool_)
    for step, teams in enumerate(needs):
        table[list(teams), step] = True
    return table
