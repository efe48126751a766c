"""Offered load: what teams are asked to do, against what they can do, worked out from the plan without luck.

Hours of work per week (arrivals × visits × mean work) over hours that members have for it. It is read at one
instant, as if arrivals, shares and sizes stayed as they are there. Not in it: switching between cases, people
giving up, cases turned away, cases that stand in the system at the start. A batch counts as full, one that
goes `or_after` a while as full as cases come meanwhile. (Law, Simulation Modeling and Analysis, 5th ed., 1.4)

Not here: how often a case comes to a step (visits), words (describe).
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.plan.arrays import NONE, ActKind, ActRow, ArrivalKind, NumberKind, Plan, SourceRow, TeamRow
from sim.plan.over_time import expected, knots
from sim.plan.remembered import remembered
from sim.plan.visits import GoesRound, Visits, expected_visits
from sim.plan.worlds import TooManyWorlds, World, worlds
from sim.units.dimensions import WEEK_MS, YEAR_MS

Floats = npt.NDArray[np.float64]

MAX_STRETCHES = 60


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """Of one team at one instant: hours per week asked of it, and hours that it has."""

    team: int
    capacity: float  # ms of work per week; inf: unlimited
    asked: dict[str, float]  # ms of work per week, by case type; `other work`

    @property
    def total(self) -> float:
        return math.fsum(self.asked.values())

    @property
    def share(self) -> float:
        """Of the capacity; 1 and more cannot be done."""
        if self.total == 0:
            return 0.0
        return self.total / self.capacity if self.capacity else math.inf


@dataclass(frozen=True, slots=True)
class OfferedLoad:
    """What teams are asked to do at an instant; `unknown` says why it is not known of a case type."""

    instant: int
    teams: tuple[TeamLoad, ...]
    arrivals: dict[str, float]  # cases per week by case type, successors included
    unknown: dict[str, str] = field(default_factory=dict)  # case type -> why
    ends: dict[str, dict[str, float]] = field(default_factory=dict)  # case type -> share of each end


OTHER_WORK = "other work"


class LoadReckoner:
    """Works out offered load of one plan at any instant; remembers visits, which seldom change."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._visits: dict[tuple[object, ...], Visits] = {}
        self._chances: dict[int, list[int]] = {}
        self._weeks = {i: self._open_per_week(i) for i in range(len(plan.calendars))}

    def at(self, instant: int) -> OfferedLoad:
        """The offered load if all stayed as it is at an instant."""
        types = range(len(self.plan.case_types))
        unknown: dict[str, str] = {}
        seen = {index: self._seen(index, instant, unknown) for index in types}
        rates = self._rates(instant, seen, unknown)
        asked: list[dict[str, float]] = [{} for _ in self.plan.teams]
        per_batch = self._cases_per_batch(rates, seen)
        for index in types:
            name = self.plan.case_types[index].name
            for team, ms in self._work_of_a_case(seen[index], per_batch).items():
                asked[team][name] = rates[index] * ms
        for source in self.plan.sources:
            if source.team != NONE:
                work = expected(self.plan.numbers, source.work, instant)
                asked[source.team][OTHER_WORK] = self._arrivals(source, instant) * work
        teams = tuple(
            TeamLoad(index, self._capacity(row, instant), asked[index])
            for index, row in enumerate(self.plan.teams)
        )
        arrivals = {self.plan.case_types[index].name: rates[index] for index in types}
        ends = {self.plan.case_types[index].name: _ends(seen[index]) for index in types}
        return OfferedLoad(instant, teams, arrivals, unknown, ends)

    def visits_per_case(self, case_type: int, instant: int) -> dict[int, float]:
        """How often a case comes to each act on average; empty where it cannot be worked out."""
        found: dict[int, float] = defaultdict(float)
        for world, visits in self._seen(case_type, instant, {}):
            for (act, _), n in visits.acts.items():
                found[act] += world.probability * n
        return dict(found)

    # --- cases

    def _seen(self, case_type: int, instant: int, unknown: dict[str, str]) -> list[tuple[World, Visits]]:
        name = self.plan.case_types[case_type].name
        try:
            return [(one, self._visits_in(case_type, one)) for one in worlds(self.plan, case_type, instant)]
        except (GoesRound, TooManyWorlds) as error:
            unknown[name] = str(error)
            return []

    def _visits_in(self, case_type: int, world: World) -> Visits:
        """The visits depend on what is done at each step and on the chances there, not on traits as such."""
        if case_type not in self._chances:
            self._chances[case_type] = self._chances_of(case_type)
        chances = tuple(world.mean(number) for number in self._chances[case_type])
        key = (case_type, tuple(self._choices(case_type, world)), chances)
        if key not in self._visits:
            self._visits[key] = expected_visits(self.plan, case_type, world)
        return self._visits[key]

    def _choices(self, case_type: int, world: World) -> Iterator[int]:
        """Which act is done at each step; NONE where none is."""
        for step in self.plan.steps:
            if step.case_type == case_type:
                alternative = next((one for one in step.alternatives if world.holds(one.when)), None)
                act = step.act if alternative is None else alternative.act
                yield act if world.holds(step.when) else NONE

    def _chances_of(self, case_type: int) -> list[int]:
        """The numbers on which visits depend."""
        found: set[int] = set()
        for step in self.plan.steps:
            if step.case_type == case_type:
                found.update(one.falls_back for one in step.alternatives)
                for act in (step.act, *(one.act for one in step.alternatives)):
                    found.update(outcome.p for outcome in self.plan.acts[act].outcomes)
        return sorted(found - {NONE})

    def _rates(
        self, instant: int, seen: dict[int, list[tuple[World, Visits]]], unknown: dict[str, str]
    ) -> list[float]:
        """Cases per week of each type: those that arrive, and those that ends start."""
        n = len(self.plan.case_types)
        fresh, starts = np.zeros(n), np.zeros((n, n))
        for source in self.plan.sources:
            if source.case_type != NONE:
                fresh[source.case_type] += self._arrivals(source, instant)
        for index, cases in seen.items():
            for world, visits in cases:
                for (act, _), times in visits.acts.items():
                    successor = self.plan.acts[act].successor
                    if successor is not None:
                        p = world.mean(successor.p)
                        starts[successor.case_type, index] += world.probability * times * p
        return self._balanced(fresh, starts, unknown)

    def _balanced(self, fresh: Floats, starts: Floats, unknown: dict[str, str]) -> list[float]:
        """The rates that satisfy rates = fresh + starts · rates."""
        for index, case_type in enumerate(self.plan.case_types):
            if case_type.population:
                unknown[case_type.name] = "a closed population: it takes what its teams have left"
                fresh[index] = 0.0
        if starts.any() and max(abs(np.linalg.eigvals(starts))) >= 1 - 1e-9:
            for index, case_type in enumerate(self.plan.case_types):
                if starts[index].any():
                    unknown[case_type.name] = "each case starts one or more: their number grows without end"
            return [float(rate) for rate in fresh]
        solved = np.linalg.solve(np.eye(len(fresh)) - starts, fresh)
        return [float(rate) for rate in solved]

    def _arrivals(self, source: SourceRow, instant: int) -> float:
        """Arrivals of a source per week."""
        if source.kind is ArrivalKind.RATE:
            return self._curve_rate(source, instant) * self._weeks[source.calendar]
        if source.kind is ArrivalKind.EVERY:
            return self._weeks[self.plan.business] / source.interval
        if source.kind is ArrivalKind.INSTANTS:
            n = len(source.instants) - bisect.bisect_left(source.instants, self.plan.warm_up)
            return n * WEEK_MS / (self.plan.end - self.plan.warm_up)
        return 0.0

    def _curve_rate(self, source: SourceRow, instant: int) -> float:
        """Per open ms; while closed, the rate at the next opening, after the last one that at its end."""
        curve = source.curve
        if curve is None:
            return 0.0
        piece = bisect.bisect_right(curve.instants, instant) - 1
        if piece < 0 or (instant >= curve.ends[piece] and piece + 1 < len(curve.instants)):
            return curve.rates[piece + 1]
        share = min(1.0, (instant - curve.instants[piece]) / (curve.ends[piece] - curve.instants[piece]))
        return curve.rates[piece] + share * (curve.end_rates[piece] - curve.rates[piece])

    # --- work

    def _work_of_a_case(
        self, seen: list[tuple[World, Visits]], per_batch: dict[str, float]
    ) -> dict[int, float]:
        """Work [ms] that a case brings to each team on average."""
        found: dict[int, float] = defaultdict(float)
        for world, visits in seen:
            for (index, is_first), times in visits.acts.items():
                act = self.plan.acts[index]
                if act.kind is ActKind.WORK:
                    ms = mean_work(world, act, is_first) / per_batch.get(act.definition, 1.0)
                    for need in act.needs:
                        found[need.team] += world.probability * times * need.n * ms
        return dict(found)

    def _cases_per_batch(
        self, rates: list[float], seen: dict[int, list[tuple[World, Visits]]]
    ) -> dict[str, float]:
        """How many cases share one work, by the step as defined."""
        coming: dict[str, float] = defaultdict(float)  # per week
        sizes: dict[str, tuple[ActRow, World]] = {}
        for index, cases in seen.items():
            for world, visits in cases:
                for (act_index, _), times in visits.acts.items():
                    act = self.plan.acts[act_index]
                    if act.batch_size:
                        coming[act.definition] += rates[index] * world.probability * times
                        sizes.setdefault(act.definition, (act, world))
        return {name: self._batch(act, world, coming[name]) for name, (act, world) in sizes.items()}

    def _batch(self, act: ActRow, world: World, coming: float) -> float:
        if act.batch_or_after == NONE:
            return float(act.batch_size)
        # Cases come at random: while the first waits, Poisson many more join it, until the batch is full.
        mean = coming / self._weeks[self.plan.business] * world.mean(act.batch_or_after)
        return 1.0 + _capped_poisson_mean(mean, act.batch_size - 1)

    def _capacity(self, row: TeamRow, instant: int) -> float:
        """Work [ms] that a team can do per week."""
        if row.unlimited:
            return math.inf
        size = int(expected(self.plan.numbers, row.size, instant) + 1e-9)
        focus = 1.0
        if row.focus != NONE:
            focus = round(100 * expected(self.plan.numbers, row.focus, instant)) / 100
        return size * focus * self._weeks[row.calendar]

    def _open_per_week(self, calendar: int) -> float:
        """Open ms of a mean week of the run, holidays taken off; a week that is cut short is left out."""
        span = self.plan.end - self.plan.end % WEEK_MS or self.plan.end
        return self.plan.calendars[calendar].open_between(0, span) * WEEK_MS / span


def _ends(cases: list[tuple[World, Visits]]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for world, visits in cases:
        for name, part in visits.ends.items():
            found[name] += world.probability * part
    return dict(found)


def offered_load(plan: Plan, instant: int) -> OfferedLoad:
    """The offered load of every team if all stayed as it is at an instant."""
    return LoadReckoner(plan).at(instant)


def mean_work(world: World, act: ActRow, is_first: bool) -> float:
    """Mean work [ms] of a visit in a world."""
    if is_first or (act.work_again == NONE and act.work_again_share == NONE):
        return world.mean(act.work)
    if act.work_again != NONE:
        return world.mean(act.work_again)
    return world.mean(act.work_again_share) * world.mean(act.work)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the horizon, and the load at its middle."""

    begin: int
    end: int
    load: OfferedLoad


@remembered
def stretches(plan: Plan) -> tuple[Stretch, ...]:
    """The horizon in pieces, on each of which numbers over time are even or nearly so."""
    reckoner = LoadReckoner(plan)
    edges = [plan.warm_up, *_changes(plan), plan.end]
    return tuple(Stretch(a, b, reckoner.at((a + b) // 2)) for a, b in itertools.pairwise(edges))


def _changes(plan: Plan) -> list[int]:
    """Where a number over time jumps or bends, and every half year."""
    found = set(range(plan.warm_up, plan.end, YEAR_MS // 2))
    for number, row in enumerate(plan.numbers):
        if row.kind in (NumberKind.STEPS, NumberKind.RAMP):
            found.update(knots(plan.numbers, number))
    between = sorted(instant for instant in found if plan.warm_up < instant < plan.end)
    if len(between) > MAX_STRETCHES:
        between = [between[i * len(between) // MAX_STRETCHES] for i in range(MAX_STRETCHES)]
    return between


def first_year(parts: Sequence[Stretch]) -> tuple[int, int]:
    """The first year of the horizon, or all of a shorter one."""
    return parts[0].begin, min(parts[0].begin + YEAR_MS, parts[-1].end)


def last_year(parts: Sequence[Stretch]) -> tuple[int, int]:
    """The last year of the horizon, or all of a shorter one."""
    return max(parts[0].begin, parts[-1].end - YEAR_MS), parts[-1].end


def mean_load(parts: Sequence[Stretch], team: int, begin: int, end: int) -> TeamLoad:
    """The mean load of a team over a span of time."""
    asked: dict[str, float] = defaultdict(float)
    capacity = 0.0
    for weight, part in _weighted(parts, begin, end):
        load = part.load.teams[team]
        capacity += weight * load.capacity
        for name, ms in load.asked.items():
            asked[name] += weight * ms
    return TeamLoad(team, capacity, dict(asked))


def mean_arrivals(parts: Sequence[Stretch], case_type: str, begin: int, end: int) -> float:
    """Cases per week of a type over a span of time, successors included."""
    return sum(weight * part.load.arrivals[case_type] for weight, part in _weighted(parts, begin, end))


def _weighted(parts: Sequence[Stretch], begin: int, end: int) -> Iterator[tuple[float, Stretch]]:
    """The stretches that lie in a span, each with its share of it."""
    for part in parts:
        overlap = min(part.end, end) - max(part.begin, begin)
        if overlap > 0:
            yield overlap / (end - begin), part


def _capped_poisson_mean(mean: float, cap: int) -> float:
    """E[min(N, cap)] of a Poisson number N."""
    term, below, total = math.exp(-mean), 0.0, 0.0
    for k in range(cap):
        total += k * term
        below += term
        term *= mean / (k + 1)
    return total + cap * max(0.0, 1.0 - below)
