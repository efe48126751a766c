import pytest

from sim.units.dimensions import (
    HOUR_MS,
    MINUTE_MS,
    MONTH_MS,
    YEAR_MS,
    Dimension,
    WorkingTime,
    format_duration,
    format_money,
)

DAY = 8 * HOUR_MS


def test_twelve_wall_clock_months_are_a_year():
    assert 12 * MONTH_MS == YEAR_MS == 8_766 * HOUR_MS


def test_a_working_day_has_the_length_of_the_business_day():
    working_time = WorkingTime(DAY, 5 * DAY)
    assert [working_time.unit_ms(unit) for unit in ("s", "min", "h", "d", "w")] == [
        1_000,
        60_000,
        3_600_000,
        DAY,
        5 * DAY,
    ]


def test_an_unknown_working_unit_is_refused():
    with pytest.raises(ValueError, match="no unit of working time is called 'months'"):
        WorkingTime(DAY, 5 * DAY).unit_ms("months")


@pytest.mark.parametrize(
    ("day", "week", "message"),
    [
        (0, 1, "working day of 0 ms"),
        (25 * HOUR_MS, 7 * 25 * HOUR_MS, "at most 86400000"),
        (DAY, DAY - 1, "at least one working day"),
        (DAY, 200 * HOUR_MS, "at most 604800000"),
    ],
)
def test_an_impossible_working_time_is_refused(day, week, message):
    with pytest.raises(ValueError, match=message):
        WorkingTime(day, week)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (20 * HOUR_MS, "2.5 d"),
        (3 * HOUR_MS, "3.0 h"),
        (15 * MINUTE_MS, "15 min"),
        (20_000, "20 s"),
        (0, "0 s"),
        (-3 * HOUR_MS, "-3.0 h"),
        (59.9 * MINUTE_MS, "1.0 h"),
        (7.99 * HOUR_MS, "1.0 d"),
        (59_800, "1 min"),
    ],
)
def test_durations_are_told_in_the_unit_a_reader_would_choose(ms, text):
    assert format_duration(ms, DAY) == text


def test_a_day_without_length_is_refused():
    with pytest.raises(ValueError, match="a day of 0 ms"):
        format_duration(1, 0)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1.25e6, "1.25 M USD"),
        (42_000, "42 k USD"),
        (-20_800, "-20.8 k USD"),
        (89, "89 USD"),
        (0.1, "0.1 USD"),
        (0, "0 USD"),
        (-0.0, "0 USD"),
        (999_900, "1 M USD"),
        (123_456_789_000, "123 457 M USD"),
    ],
)
def test_money_is_told_in_three_digits(amount, text):
    assert format_money(amount, "USD") == text


def test_every_dimension_has_an_example():
    assert all(dimension.example for dimension in Dimension)
    assert Dimension.WALL_TIME.is_time and not Dimension.SHARE.is_time
