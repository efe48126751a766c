"""Figures about people: utilisation, queues, overtime, and where owners' time goes.

They are of the people in their own working time, never derived from the accounts of cases. Busy is work and
switching, other work included, interruptions (focus) not. All times are integer milliseconds since the
beginning of the warm-up.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.metrics.figures import Measure, Teller, ratio
from sim.metrics.numbers import Float64Array, breakpoints, integrate_function, read_number
from sim.plan.arrays import NONE, Plan, TeamRow
from sim.plan.measured import later_half
from sim.plan.remembered import remembered
from sim.records.tallies import OwnerTally, Tallies, TeamTally
from sim.units.dimensions import HOUR_MS

_WORK = ("value_adding", "necessary", "chasing", "rework")  # as `OwnerTally.work_ms`


def capacity(plan: Plan, team: TeamRow, begin: int, end: int, *, with_focus: bool = True) -> float:
    """Person ms of a team in [begin, end): rounded-down size × open time, × focus if asked for.

    Members who leave and finish what they have begun are not in it: `TeamTally.leaving_ms`. A focus that
    is a ramp is taken as it is, not rounded to whole percents: off by less than half a percent point.
    """
    breaks = set(team.size_changes) | breakpoints(plan, team.size)
    with_focus = with_focus and team.focus != NONE
    if with_focus:
        breaks |= breakpoints(plan, team.focus)

    def people(instants: Float64Array) -> Float64Array:
        size = np.floor(read_number(plan, team.size, instants) + 1e-9)
        return size * read_number(plan, team.focus, instants) if with_focus else size

    return integrate_function(people, breaks, plan.calendars[team.calendar], begin, end)


@remembered
def _capacity_of_window(plan: Plan, team: int, *, with_focus: bool) -> float:
    return capacity(plan, plan.teams[team], plan.warm_up, plan.end, with_focus=with_focus)


def slope(plan: Plan, growth: int) -> float | None:
    """Slope of a number of cases, inside or in a queue, in the later half of the window [per business hour].

    It is that of the straight line that fits best (least squares). In balance it is 0 in the mean over
    replications; of a team asked for more than it can do it is not, however long the warm-up was.

    Parameters
    ----------
    growth
        Sum of (y − x)(x + y − L), as `CaseTally.growth` says it [ms²].

    Returns
    -------
    None where the later half holds no business time.

    Notes
    -----
    With s the business time of the half, of length L, the slope of a count N(s) is the integral of
    (s − L/2) N(s) over L³/12; for one that is inside in [x, y) that integral is (y − x)(x + y − L)/2.
    """
    length = _length_of_later_half(plan)
    return None if length == 0 else 12 * (growth / 2) / float(length) ** 3 * HOUR_MS


@remembered
def _length_of_later_half(plan: Plan) -> int:
    return plan.calendars[plan.business].open_between(later_half(plan), plan.end)


def team_measures(tallies: Tallies, plan: Plan, open_ms: int) -> Iterator[Measure]:
    """Utilisation is busy time inside the team's calendar over size × open time × focus.

    The mean wait is per visit of the counted cases; the queue holds works of cases only, pauses included.
    """
    for index, (row, found) in enumerate(zip(plan.teams, tallies.teams, strict=True)):
        tell = Teller("team", row.name)
        yield tell("utilisation", "%", _utilisation(plan, index, found))
        yield tell("busy_hours", "person h", found.busy_ms / HOUR_MS)
        yield tell("overtime_hours", "person h", found.overtime_ms / HOUR_MS)
        yield tell("wait", "h", ratio(found.waited_ms / HOUR_MS, float(found.visits)))
        yield tell("queue_length", "cases", ratio(float(found.standing_ms), open_ms))
        yield tell("queue_growth", "per h", slope(plan, found.growth))


def owner_measures(tallies: Tallies, plan: Plan) -> Iterator[Measure]:
    """Where the open time of members of owning teams goes; the shares sum to 100 % of that time."""
    for index, found in enumerate(tallies.owners):
        if found is None:
            continue
        available = _capacity_of_window(plan, index, with_focus=False) + tallies.teams[index].leaving_ms
        tell = Teller("owner", plan.teams[index].name)
        for name, ms in _owner_times(found, available).items():
            yield tell(f"owner_time_{name}", "%", ratio(ms, available, 100))


def _utilisation(plan: Plan, team: int, found: TeamTally) -> float | None:
    if plan.teams[team].unlimited:
        return None
    available = _capacity_of_window(plan, team, with_focus=True) + found.leaving_ms
    return ratio(float(found.busy_ms), available, 100)


def _owner_times(found: OwnerTally, available: float) -> dict[str, float]:
    times: dict[str, float] = dict(zip(_WORK, found.work_ms, strict=True))
    times |= {"switching": found.switching_ms, "other_work": found.other_work_ms}
    times["interrupted"] = found.taken_ms - sum(times.values())
    idle = available - found.taken_ms - found.waiting_ms
    return times | {"idle_while_a_case_waits": found.waiting_ms, "idle": idle}
