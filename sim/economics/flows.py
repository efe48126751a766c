"""Yearly flows: the money and the hours of one replication, year by year from month 0.

Year y is [warm_up + y · 8,766 h, + 8,766 h). Instants are integer milliseconds since the beginning of the
warm-up; money is in whole units of the scenario's currency, hours are hours of people.

Not here: the costs that a scenario names, differences between scenarios and what they are worth (appraisal).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from sim.calendars import Calendar, always
from sim.errors import PlanError
from sim.metrics.numbers import Float64Array, breakpoints, integrate_function, read_number
from sim.plan.arrays import NONE, CaseTypeRow, NumberKind, Plan
from sim.plan.remembered import remembered
from sim.records import CaseRow, HoldRow
from sim.records.tallies import MoneyTally, Tallied
from sim.units.dimensions import HOUR_MS, MONTH_MS, YEAR_MS

Yearly = tuple[float, ...]
"""One amount for each year."""

_ARITHMETIC: dict[NumberKind, Callable[[float, float], float]] = {
    NumberKind.ADD: lambda a, b: a + b,
    NumberKind.SUBTRACT: lambda a, b: a - b,
    NumberKind.MULTIPLY: lambda a, b: a * b,
    NumberKind.DIVIDE: lambda a, b: a / b,
}


@dataclass(frozen=True, slots=True)
class YearlyFlows:
    """What one replication costs and brings, by year.

    Attributes
    ----------
    people
        Money for each team, by its name: size × open hours × cost, and overtime; of an unlimited team the
        hours worked.
    waste_hours
        Hours of each team, by its name, on cases: work that adds nothing, rework, and switching.
    environments
        Money for environments held, lingering included.
    value
        Money that cases bring.
    """

    people: dict[str, Yearly]
    waste_hours: dict[str, Yearly]
    environments: Yearly
    value: Yearly

    @property
    def years(self) -> int:
        """How many years."""
        return len(self.value)

    @property
    def costs(self) -> Yearly:
        """Money for people and environments of each year."""
        rows = [*self.people.values(), self.environments]
        return tuple(math.fsum(row[year] for row in rows) for year in range(self.years))


@remembered
def money_edges(plan: Plan, years: int) -> tuple[int, ...]:
    """The instants between which hours of people are summed: where years begin, and where prices change.

    Raises
    ------
    PlanError
        The run ends before the years do.
    """
    edges = year_edges(plan, years)
    changes = {
        instant
        for team in plan.teams
        if team.cost != NONE
        for instant in breakpoints(plan, team.cost)
        if edges[0] < instant < edges[-1]
    }
    return tuple(sorted({*edges, *changes}))


def yearly_flows(tallied: Tallied, plan: Plan, years: int) -> YearlyFlows:
    """The flows of a replication in each of the first `years` years from month 0.

    Parameters
    ----------
    tallied
        With hours between the `money_edges` of these years, with cases and with holds.

    Raises
    ------
    PlanError
        The run ends before the years do.
    ValueError
        The hours were not tallied, or between other instants.
    """
    edges, money = year_edges(plan, years), tallied.tallies.money
    if money is None or money.edges != money_edges(plan, years):
        found = "none" if money is None else f"between {list(money.edges)}"
        raise ValueError(
            f"hours are tallied {found}; yearly flows of {years} years take them between the instants of "
            f"money_edges(plan, {years})"
        )
    names = [team.name for team in plan.teams]
    return YearlyFlows(
        people={name: _people(plan, money, i, edges) for i, name in enumerate(names)},
        waste_hours={name: _waste_hours(money, i, edges) for i, name in enumerate(names)},
        environments=_environments(tallied, plan, edges),
        value=_value(tallied, plan, edges),
    )


def year_edges(plan: Plan, years: int) -> tuple[int, ...]:
    """The instants at which the years begin, and that at which the last one ends."""
    if years < 1:
        raise PlanError(f"economics.years: found {years}; admissible is a whole number, 1 or more")
    edges = tuple(plan.warm_up + year * YEAR_MS for year in range(years + 1))
    if edges[-1] > plan.end:
        found = (plan.end - plan.warm_up) / MONTH_MS
        raise PlanError(
            f"economics.years: the business case covers {years} years, the horizon {found:g} months; "
            f"it takes a horizon of {12 * years} months"
        )
    return edges


# --- people


def _people(plan: Plan, money: MoneyTally, team: int, edges: Sequence[int]) -> Yearly:
    row = plan.teams[team]
    if row.cost == NONE:
        return (0.0,) * (len(edges) - 1)
    by_the_hour = (money.worked_ms if row.unlimited else money.overtime_ms)[team]

    def paid(first: int, last: int) -> float:
        return float(_between(money.edges, by_the_hour, first, last))

    return tuple(
        staff_cost(plan, team, a, b) + _priced(plan, row.cost, paid, a, b) for a, b in pairwise(edges)
    )


def _between(edges: Sequence[int], amounts: Sequence[int], first: int, last: int) -> int:
    """The sum of amounts from one edge to another."""
    return sum(amounts[bisect_left(edges, first) : bisect_left(edges, last)])


@remembered
def staff_cost(plan: Plan, index: int, begin: int, end: int) -> float:
    """Size × open hours × cost between two instants; nothing for an unlimited team, or one without a cost."""
    team = plan.teams[index]
    if team.unlimited or team.cost == NONE:
        return 0.0

    def price(instants: Float64Array) -> Float64Array:
        size = np.floor(read_number(plan, team.size, instants) + 1e-9)
        return size * read_number(plan, team.cost, instants)

    breaks = {*team.size_changes, *breakpoints(plan, team.size), *breakpoints(plan, team.cost)}
    return integrate_function(price, breaks, plan.calendars[team.calendar], begin, end) / HOUR_MS


def _priced(plan: Plan, cost: int, ms: Callable[[int, int], float], begin: int, end: int) -> float:
    """Hours × cost, the cost taken in the middle between its breakpoints (exact unless it is a ramp)."""
    inner = sorted(t for t in breakpoints(plan, cost) if begin < t < end)
    pieces = list(pairwise((begin, *inner, end)))
    prices = read_number(plan, cost, np.array([(a + b) / 2.0 for a, b in pieces]))
    return math.fsum(ms(a, b) / HOUR_MS * float(price) for (a, b), price in zip(pieces, prices, strict=True))


def _waste_hours(money: MoneyTally, team: int, edges: Sequence[int]) -> Yearly:
    wasted = money.waste_ms[team]
    return tuple(_between(money.edges, wasted, a, b) / HOUR_MS for a, b in pairwise(edges))


# --- environments


def _environments(tallied: Tallied, plan: Plan, edges: Sequence[int]) -> Yearly:
    prices, clock = _Prices(tallied.cases, plan), always(plan.end)
    spent: list[list[float]] = [[] for _ in edges[1:]]
    for hold in tallied.holds:
        for year, (first, last) in enumerate(pairwise(edges)):
            begin, end = max(hold.begin, first), min(hold.end, last)
            if begin < end:
                spent[year].append(prices.of_hold(hold, clock, begin, end))
    return tuple(math.fsum(amounts) for amounts in spent)


@dataclass(frozen=True, slots=True)
class _Prices:
    """What environments cost the cases that hold them.

    A trait that a price asks about was settled when the case took the environment; its row tells it.
    """

    cases: Sequence[CaseRow]
    plan: Plan
    breaks: dict[int, set[int]] = field(default_factory=dict)  # of each price, looked for once

    def of_hold(self, hold: HoldRow, clock: Calendar, begin: int, end: int) -> float:
        """The price of [begin, end)."""
        case, number = self.cases[hold.case], self.plan.environments[hold.environment].cost
        breaks = self.breaks.get(number)
        if breaks is None:
            breaks = self.breaks[number] = breakpoints(self.plan, number)
        if not breaks:
            return self.read(number, case, begin) * (end - begin) / MONTH_MS

        def price(instants: Float64Array) -> Float64Array:
            found = [self.read(number, case, instant) for instant in instants.ravel().tolist()]
            return np.array(found, dtype=np.float64).reshape(instants.shape)

        return integrate_function(price, breaks, clock, begin, end) / MONTH_MS

    def read(self, number: int, case: CaseRow, instant: float) -> float:
        """A number at an instant, for a case."""
        row = self.plan.numbers[number]
        if row.kind == NumberKind.CONSTANT:
            return row.value
        if row.kind == NumberKind.BY_CASE:
            return self.read(row.children[case.case_type], case, instant)
        if row.kind == NumberKind.BY_TRAIT:
            return self.read(row.children[self.level(row.trait, case)], case, instant)
        if row.kind == NumberKind.STEPS:
            piece = max(int(np.searchsorted(row.points, instant, side="right")) - 1, 0)
            return self.read(row.children[piece], case, instant)
        if row.kind in _ARITHMETIC:
            left, right = (self.read(child, case, instant) for child in row.children)
            return _ARITHMETIC[row.kind](left, right)
        return float(read_number(self.plan, number, np.array([instant], dtype=np.float64))[0])

    def level(self, trait: int, case: CaseRow) -> int:
        """The level of a trait of a case; of a share 1 or 0."""
        level = case.traits[self.plan.case_types[case.case_type].traits.index(trait)]
        assert not math.isnan(level), "a trait that a price asks about is settled when the case takes"
        return int(level)


# --- value


def _value(tallied: Tallied, plan: Plan, edges: Sequence[int]) -> Yearly:
    generations: dict[tuple[int, int], list[CaseRow]] = defaultdict(list)
    for case in tallied.cases:
        generations[case.source, case.number].append(case)
    brought: list[list[float]] = [[] for _ in edges[1:]]
    for cases in generations.values():
        for case in cases:
            case_type = plan.case_types[case.case_type]
            reached = case.milestones.get(case_type.value_from)
            if reached is None or case.value == 0:
                continue
            stop = min(_value_end(reached, case_type, plan), _replaced(plan, case, cases))
            for year, (first, last) in enumerate(pairwise(edges)):
                begin, end = max(reached, first), min(stop, last)
                if begin < end:
                    months = _decayed_months(begin - reached, end - reached, case_type.value_decay)
                    brought[year].append(case.value * months)
    return tuple(math.fsum(amounts) for amounts in brought)


def _value_end(reached: int, case_type: CaseTypeRow, plan: Plan) -> int:
    return min(reached + case_type.value_lasts, plan.end) if case_type.value_lasts else plan.end


def _replaced(plan: Plan, case: CaseRow, generations: Sequence[CaseRow]) -> int:
    """When a later generation reaches the milestone; the end of the run if none does."""
    instants = [plan.end]
    for later in generations:
        if later.generation > case.generation:
            for kind in {case.case_type, later.case_type}:
                reached = later.milestones.get(plan.case_types[kind].value_from)
                if reached is not None:
                    instants.append(reached)
    return min(instants)


def _decayed_months(begin: int, end: int, decay: float) -> float:
    """Months between two ages [ms], each counting (1 − decay)^(age in years)."""
    if decay <= 0:
        return (end - begin) / MONTH_MS
    if decay >= 1:
        return 0.0
    rate = -math.log1p(-decay)
    return 12 * math.exp(-rate * begin / YEAR_MS) * -math.expm1(-rate * (end - begin) / YEAR_MS) / rate
