"""Numbers and conditions of a plan in words that need no training: times, shares, money, what changes when.

Not here: sentences about steps (flow_words), the page they stand on (describe).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sim.plan.arrays import NONE, NumberKind, NumberRow, Plan, TestKind, TraitKind
from sim.plan.over_time import draws, knots
from sim.plan.worlds import World, traits_of_number
from sim.randomness.distributions import Distribution, Family
from sim.units.dimensions import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    MONTH_MS,
    SECOND_MS,
    WEEK_MS,
    YEAR_MS,
    format_money,
)

Unit = Callable[[float], str]
"""How one value is written."""

ONE_IN_TEN = 0.9


@dataclass(frozen=True, slots=True)
class Words:
    """Words for the numbers of one plan; a working day is `day_ms` long."""

    plan: Plan
    day_ms: int
    currency: str = ""

    # --- units

    def work(self, ms: float) -> str:
        """Working time: 15 min, 2.5 h, 3 d."""
        units = (("d", self.day_ms), ("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS))
        return _in_units(ms, units, "0 min")

    def clock(self, ms: float) -> str:
        """Wall-clock time: 10 days, 6 months, 3 h."""
        for unit, length in (("year", YEAR_MS), ("month", MONTH_MS), ("week", WEEK_MS), ("day", DAY_MS)):
            n = ms / length
            if n >= 1 and abs(n - round(n)) < 1e-6 and (unit != "week" or n < 9):
                return f"{n:.0f} {unit}{'' if round(n) == 1 else 's'}"
        if ms >= DAY_MS:
            return f"{short(ms / DAY_MS)} days"
        return _in_units(ms, (("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS)), "0 min")

    def money(self, amount: float) -> str:
        return format_money(amount, self.currency)

    def month(self, instant: int) -> str:
        """A point in time, counted from month 0."""
        return f"month {short((instant - self.plan.warm_up) / MONTH_MS)}"

    # --- numbers

    def say(self, number: int, unit: Unit) -> str:
        """A number in words."""
        row = self.plan.numbers[number]
        match row.kind:
            case NumberKind.CONSTANT:
                return unit(row.value)
            case NumberKind.DISTRIBUTION:
                assert row.distribution is not None
                return spread(row.distribution, unit)
            case NumberKind.STEPS:
                return self._steps(row, unit)
            case NumberKind.RAMP:
                return self._ramp(row, unit)
            case NumberKind.BY_TRAIT:
                return self._by_trait(row, unit)
            case NumberKind.MIXTURE:
                parts = zip(row.weights, row.children, strict=True)
                return " or ".join(f"{self.say(child, unit)} ({share(weight)})" for weight, child in parts)
            case NumberKind.BY_CASE:
                types = zip(self.plan.case_types, row.children, strict=True)
                return ", ".join(f"{self.say(child, unit)} for {case.name}" for case, child in types)
            case _:
                return self._arithmetic(number, unit)

    def _steps(self, row: NumberRow, unit: Unit) -> str:
        first, *later = zip(row.points, row.children, strict=True)
        words = [self.say(first[1], unit)]
        words += [f"{self.say(child, unit)} from {self.month(point)} on" for point, child in later]
        return ", ".join(words)

    def _ramp(self, row: NumberRow, unit: Unit) -> str:
        first, *later = zip(row.points, row.weights, strict=True)
        words = [f"{unit(first[1])} until {self.month(first[0])}"]
        words += [f"evenly to {unit(value)} in {self.month(point)}" for point, value in later]
        return ", then ".join(words)

    def _by_trait(self, row: NumberRow, unit: Unit) -> str:
        trait = self.plan.traits[row.trait]
        said = [self.say(child, unit) for child in row.children]
        if len(set(said)) == 1:
            return said[0]
        if trait.kind is TraitKind.SHARE:
            return f"{said[1]} if {trait.name}, else {said[0]}"
        return ", ".join(
            f"{one} if {trait.name} is {level}" for level, one in zip(trait.levels, said, strict=True)
        )

    def _arithmetic(self, number: int, unit: Unit) -> str:
        if any(True for _ in traits_of_number(self.plan, number)):
            return "so much as its traits say"
        now = World(self.plan, self.plan.warm_up, 1.0, {})
        if draws(self.plan.numbers, number):
            return f"{unit(now.mean(number))} on average, one in ten above {unit(now.at(number, ONE_IN_TEN))}"
        first = unit(now.mean(number))
        last = unit(World(self.plan, self.plan.end, 1.0, {}).mean(number))
        if not knots(self.plan.numbers, number) or first == last:
            return first
        return f"{first} in month 0, {last} at the end"

    # --- conditions

    def condition(self, condition: int) -> str:
        """A condition as it is written in a scenario."""
        row = self.plan.conditions[condition]
        name = "" if row.trait == NONE else self.plan.traits[row.trait].name
        match row.kind:
            case TestKind.HOLDS:
                return name
            case TestKind.IS:
                return f"{name} is {self.plan.traits[row.trait].levels[row.level]}"
            case TestKind.AT_LEAST:
                return f"{name} at least {row.bound:g}"
            case TestKind.BELOW:
                return f"{name} below {row.bound:g}"
            case TestKind.NOT:
                return f"not {self._grouped(row.children[0])}"
        parts = [self._grouped(child) for child in row.children]
        return (" and " if row.kind is TestKind.AND else " or ").join(parts)

    def _grouped(self, condition: int) -> str:
        is_pair = self.plan.conditions[condition].kind in (TestKind.AND, TestKind.OR)
        return f"({self.condition(condition)})" if is_pair else self.condition(condition)


def spread(distribution: Distribution, unit: Unit) -> str:
    """A distribution by what a reader can picture: its ends, or its mean and its slowest tenth."""
    values = distribution.parameters
    if distribution.family is Family.CONSTANT:
        return unit(values[0])
    if distribution.family is Family.UNIFORM:
        return f"{unit(values[0])} to {unit(values[1])}"
    if distribution.family in (Family.TRIANGULAR, Family.PERT):
        return f"{unit(values[0])} to {unit(values[2])}, most often {unit(values[1])}"
    return (
        f"{unit(distribution.mean())} on average, "
        f"one in ten above {roughly(unit(distribution.quantile(ONE_IN_TEN)))}"
    )


def roughly(text: str) -> str:
    """The same with two digits that count: 2.06 h is 2.1 h."""
    return re.sub(r"[\d.,]*\d", lambda found: _two_digits(float(found[0].replace(",", ""))), text, count=1)


def _two_digits(value: float) -> str:
    return short(float(f"{value:.2g}"))


def share(p: float) -> str:
    """A share as a percentage: 40 %, 0.5 %."""
    return f"{short(100 * p)} %"


def out_of(p: float) -> str:
    """A share of cases as one counts them: 2 of 10, 15 of 100, else a percentage."""
    if abs(10 * p - round(10 * p)) < 1e-9:
        return f"{round(10 * p)} of 10"
    if abs(100 * p - round(100 * p)) < 1e-9:
        return f"{round(100 * p)} of 100"
    return share(p)


def short(value: float) -> str:
    """Three digits at most behind which nothing is told: 0.25, 14.7, 118, 1,240."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    text = f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def listed(words: list[str], last: str = "and") -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _in_units(ms: float, units: tuple[tuple[str, int], ...], nothing: str) -> str:
    for unit, length in units:
        if ms >= 0.995 * length:
            return f"{short(ms / length)} {unit}"
    return nothing if ms < 0.5 else f"{short(ms / SECOND_MS)} s"
