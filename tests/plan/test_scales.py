"""Scales: rates, salaries and prices in the units of the plan."""

from __future__ import annotations

import pytest

from sim.plan.lowering import Tables
from sim.plan.over_time import expected
from sim.plan.scales import money_per_month, money_per_open_hour, per_open_ms
from sim.units.dimensions import WorkingTime

HOUR = 3_600_000
DAY = 24 * HOUR
MONTH = 2_629_800_000
OFFICE = WorkingTime(8 * HOUR, 40 * HOUR)
WARM_UP = 10 * DAY


def test_rates_are_per_open_millisecond(tables: Tables) -> None:
    scale = per_open_ms(40 * HOUR, OFFICE)
    number = tables.number("$rate * 40 + 1 per d", "here", scale=scale)
    assert expected(tables.numbers, number, 0) == pytest.approx(120 / (52 * 40 * HOUR) + 1 / (8 * HOUR))


def test_a_salary_is_spread_over_the_open_hours_of_a_year(tables: Tables) -> None:
    number = tables.number("104 k per year", "here", scale=money_per_open_hour(40 * HOUR, OFFICE))
    assert tables.numbers[number].value == pytest.approx(50)


def test_a_price_of_an_environment_is_per_month_of_the_wall_clock(tables: Tables) -> None:
    number = tables.number("2 per h", "here", scale=money_per_month)
    assert tables.numbers[number].value == pytest.approx(2 * 730.5)
