"""Scales: what a constant of the scenario is worth in the plan's unit, and errors that say where.

Rates and prices per month or year depend on how long a calendar is open. Not here: whole numbers (lowering).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sim.calendars import HOUR_MS
from sim.errors import PlanError
from sim.scenario.conditions import ConditionSyntaxError
from sim.scenario.numbers import Constant, NumberSyntaxError
from sim.units.dimensions import DAY_MS, MONTH_MS, WEEK_MS, YEAR_MS, WorkingTime

Scale = Callable[[Constant], float]
"""What a constant of the scenario is worth in the plan's unit."""

WEEKS_PER_YEAR = 52
MONTHS_PER_YEAR = 12


@contextmanager
def located(where: str) -> Iterator[None]:
    """Turn what the scenario's readers and the distributions refuse into a PlanError that says where."""
    try:
        yield
    except (NumberSyntaxError, ConditionSyntaxError, ValueError) as error:
        raise PlanError(f"{where}: {error}") from None


def as_written(constant: Constant) -> float:
    """Times in ms, shares, plain numbers and money stay as they are."""
    if constant.per is not None:
        raise PlanError(f"found {constant.value:g} per {constant.per} where no 'per' belongs")
    return constant.value


def open_span_ms(per: str, week_ms: float, working_time: WorkingTime) -> float:
    """How much open time one h, d, w, month or year is [ms].

    A year is 52 weeks of `week_ms` open time, a month a twelfth of it; d and w are those of the business
    calendar.
    """
    spans = {
        "h": float(HOUR_MS),
        "d": float(working_time.day_ms),
        "w": float(working_time.week_ms),
        "month": WEEKS_PER_YEAR * week_ms / MONTHS_PER_YEAR,
        "year": WEEKS_PER_YEAR * week_ms,
    }
    return spans[per]


def per_open_ms(week_ms: float, working_time: WorkingTime) -> Scale:
    """Rates per ms of the open time of a calendar that is open `week_ms` in a mean week."""

    def scale(constant: Constant) -> float:
        if constant.per is None:
            return constant.value
        return constant.value / open_span_ms(constant.per, week_ms, working_time)

    return scale


def money_per_open_hour(week_ms: float, working_time: WorkingTime) -> Scale:
    """Prices per hour of open time; a plain number is taken as that."""

    def scale(constant: Constant) -> float:
        if constant.per in (None, "h"):
            return constant.value
        assert constant.per is not None
        return constant.value * HOUR_MS / open_span_ms(constant.per, week_ms, working_time)

    return scale


def money_per_month(constant: Constant) -> float:
    """Prices per month of the wall clock; a plain number is taken as that."""
    if constant.per in (None, "month"):
        return constant.value
    spans = {"h": HOUR_MS, "d": DAY_MS, "w": WEEK_MS, "year": YEAR_MS}
    assert constant.per is not None
    return constant.value * MONTH_MS / spans[constant.per]
