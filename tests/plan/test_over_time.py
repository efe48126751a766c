"""Numbers over time: their value at an instant, their mean, and where sizes change."""

from __future__ import annotations

import pytest

from sim.plan.arrays import NumberKind
from sim.plan.lowering import Tables
from sim.plan.over_time import expected, floor_changes, knots
from sim.units.dimensions import WorkingTime

HOUR = 3_600_000
DAY = 24 * HOUR
MONTH = 2_629_800_000
OFFICE = WorkingTime(8 * HOUR, 40 * HOUR)
WARM_UP = 10 * DAY


@pytest.mark.parametrize(
    ("days", "before", "value"),
    [(0, False, 2), (10, False, 2), (15, True, 2), (15, False, 3), (99, False, 3)],
)
def test_a_number_over_time_jumps_at_its_points(
    tables: Tables, days: int, before: bool, value: float
) -> None:
    number = tables.number({"0 days": 2, "5 days": 3}, "here")
    assert expected(tables.numbers, number, days * DAY, before=before) == value


def test_arithmetic_over_time_stays_arithmetic(tables: Tables) -> None:
    number = tables.number("$staff * 3 + 1", "here")
    assert tables.numbers[number].kind is NumberKind.ADD
    assert expected(tables.numbers, number, WARM_UP + 5 * DAY) == pytest.approx(10)
    assert knots(tables.numbers, number) == [WARM_UP, WARM_UP + 10 * DAY]


def test_a_size_on_a_ramp_changes_where_it_reaches_a_whole_number(tables: Tables) -> None:
    changes = floor_changes(tables.numbers, tables.number("$staff", "here"), 60 * DAY)
    assert changes == pytest.approx([15 * DAY, 20 * DAY], abs=1_000)


def test_a_size_in_steps_changes_at_the_step(tables: Tables) -> None:
    number = tables.number({"0 days": 4, "5 days": 2, "9 days": 2.5, "30 days": 7}, "here")
    assert floor_changes(tables.numbers, number, 60 * DAY) == (15 * DAY, 40 * DAY)


def test_a_size_that_goes_up_and_down_in_a_product_is_followed_by_the_day(tables: Tables) -> None:
    hump = "ramp 0 at 0 days to 4 at 8 days * ramp 4 at 0 days to 0 at 8 days"
    number = tables.number("(ramp 0 at 0 days to 4 at 8 days) * (ramp 4 at 0 days to 0 at 8 days)", hump)
    changes = floor_changes(tables.numbers, number, 60 * DAY)
    assert len(changes) == 8  # up to 4 and down again
    assert changes[3] == pytest.approx(WARM_UP + 4 * DAY, abs=HOUR)


@pytest.mark.parametrize(
    ("raw", "mean"),
    [
        ("2 h", 2 * HOUR),
        ("1 h + exponential mean 2 h", 3 * HOUR),
        (
            {"mix": {"easy": {"p": "75%", "is": "1 h"}, "hard": {"p": "rest", "is": "exponential mean 5 h"}}},
            2 * HOUR,
        ),
        ("empirical log.csv column spent", 1.25 * HOUR),
    ],
)
def test_the_mean_of_a_drawn_number_is_known(tables: Tables, raw: object, mean: float) -> None:
    assert expected(tables.numbers, tables.number(raw, "here"), 0) == pytest.approx(mean)
