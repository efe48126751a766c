"""Calendar rules against weeks worked by hand. 5 January 2026 is a Monday."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sim.calendars import (
    ALWAYS,
    DAY_MS,
    HOUR_MS,
    CalendarRule,
    always,
    build_calendar,
    day_length_ms,
    holiday_dates,
    parse_at,
    parse_days,
    parse_hours,
    week_length_ms,
)

MONDAY = datetime(2026, 1, 5)
WEEK_MS = 7 * DAY_MS
OFFICE = CalendarRule("office", parse_days("Mon-Fri"), parse_hours("09:00-17:00"))


def in_hours(rule, origin=MONDAY, end_ms=WEEK_MS):
    """Openings in hours since the origin."""
    calendar = build_calendar(rule, origin, end_ms)
    pairs = zip(calendar.opens.tolist(), calendar.closes.tolist(), strict=True)
    return [(begin / HOUR_MS, end / HOUR_MS) for begin, end in pairs]


def test_an_office_week_has_five_openings():
    assert in_hours(OFFICE) == [(9, 17), (33, 41), (57, 65), (81, 89), (105, 113)]


def test_work_begun_on_friday_afternoon_ends_on_monday():
    office = build_calendar(OFFICE, MONDAY, 2 * WEEK_MS)
    friday_16 = 4 * DAY_MS + 16 * HOUR_MS
    assert office.add(friday_16, 1 * HOUR_MS) == 4 * DAY_MS + 17 * HOUR_MS
    assert office.add(friday_16, 3 * HOUR_MS) == 7 * DAY_MS + 11 * HOUR_MS


def test_a_run_that_begins_within_an_opening_has_the_rest_of_it():
    assert in_hours(OFFICE, datetime(2026, 1, 9, 15, 30), 3 * DAY_MS)[:1] == [(0, 1.5)]


def test_openings_are_cut_at_the_end_of_the_run():
    assert in_hours(OFFICE, end_ms=DAY_MS + 12 * HOUR_MS) == [(9, 17), (33, 36)]


def test_hours_past_midnight_belong_to_the_day_they_begin():
    night = CalendarRule("night", parse_days("Fri"), parse_hours("22:00-06:00"))
    assert in_hours(night) == [(118, 126)]
    closed_saturday = replace(night, closed=frozenset({date(2026, 1, 10)}))
    assert in_hours(closed_saturday) == [(118, 126)]
    assert in_hours(replace(night, closed=frozenset({date(2026, 1, 9)}))) == []


def test_a_night_that_began_before_the_run_reaches_into_it():
    night = CalendarRule("night", parse_days("Sun"), parse_hours("22:00-06:00"))
    assert in_hours(night) == [(0, 6), (166, 168)]


def test_nights_that_adjoin_days_are_one_opening():
    both = CalendarRule("both", parse_days("Mon-Tue"), parse_hours("06:00-22:00, 22:00-06:00"))
    assert in_hours(both) == [(6, 54)]


def test_around_the_clock_is_one_opening():
    assert build_calendar(ALWAYS, datetime(2026, 1, 7, 13), WEEK_MS) == always(WEEK_MS)


def test_a_board_meets_every_second_week_counted_backwards_too():
    board = CalendarRule(
        "board", parse_days("Tue"), parse_hours("10:00-11:00"), every_weeks=2, from_date=date(2026, 2, 5)
    )
    met = [begin / 24 for begin, _ in in_hours(board, end_ms=6 * WEEK_MS)]
    # The week of Thursday 5 February begins on 2 February, 28 days in; its Tuesday is day 29.
    assert [int(day) for day in met] == [1, 15, 29]


def test_closed_dates_and_holidays_do_not_open_and_open_dates_do():
    rule = replace(
        OFFICE,
        closed=frozenset({date(2026, 1, 6)}),
        holidays=frozenset({date(2026, 1, 7), date(2026, 1, 8)}),
        open=frozenset({date(2026, 1, 8), date(2026, 1, 10)}),
    )
    assert in_hours(rule) == [(9, 17), (81, 89), (105, 113), (129, 137)]


def test_an_open_date_opens_in_a_week_without_a_meeting():
    board = CalendarRule(
        "board",
        parse_days("Tue"),
        parse_hours("10:00-11:00"),
        every_weeks=2,
        from_date=date(2026, 1, 12),
        open=frozenset({date(2026, 1, 5)}),
    )
    assert in_hours(board) == [(10, 11)]


def test_a_release_train_is_an_opening_of_a_millisecond():
    train = CalendarRule("train", parse_days("Tue"), parse_at("18:00"))
    calendar = build_calendar(train, MONDAY, WEEK_MS)
    assert (calendar.opens.tolist(), calendar.total) == ([42 * HOUR_MS], 1)


def test_an_ordinary_day_and_week_have_the_hours_of_the_rule():
    split = CalendarRule("split", parse_days("Mon-Thu"), parse_hours("09:00-12:00, 13:00-17:30"))
    assert day_length_ms(OFFICE) == 8 * HOUR_MS
    assert week_length_ms(OFFICE) == 40 * HOUR_MS
    assert day_length_ms(split) == 7.5 * HOUR_MS
    assert week_length_ms(split) == 30 * HOUR_MS
    assert week_length_ms(ALWAYS) == WEEK_MS


def test_days_are_read_as_names_ranges_and_lists():
    assert parse_days("Mon-Fri") == frozenset(range(5))
    assert parse_days("Tue") == {1}
    assert parse_days("Mon, Wed") == parse_days(["Mon", "Wed"]) == {0, 2}
    assert parse_days(["Mon-Tue", "sat"]) == {0, 1, 5}
    assert parse_days("Fri-Mon") == {4, 5, 6, 0}


def test_hours_are_read_in_order():
    assert parse_hours("22:00-06:00") == ((22 * HOUR_MS, 30 * HOUR_MS),)
    assert parse_hours("00:00-24:00") == ((0, DAY_MS),)
    both = ((9 * HOUR_MS, 12 * HOUR_MS), (13 * HOUR_MS, 17 * HOUR_MS))
    assert parse_hours("13:00-17:00, 09:00-12:00") == parse_hours(["09:00-12:00", "13:00-17:00"]) == both
    assert parse_at(["18:00", "06:30"]) == (
        (int(6.5 * HOUR_MS), int(6.5 * HOUR_MS) + 1),
        (18 * HOUR_MS, 18 * HOUR_MS + 1),
    )


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (parse_days, "Mo-Fri", "found 'Mo'.\nAdmissible: Mon, Tue, .* for example 'Mon-Fri'"),
        (parse_days, "Mon-Wed-Fri", "found 'Mon-Wed-Fri'"),
        (parse_days, [], r"found \[\].\nAdmissible: at least one entry"),
        (parse_days, 3, "found 3.\nAdmissible: a text or a list of texts"),
        (parse_hours, "9-17", "found '9'.\nAdmissible: a time of day .* for example '09:00-17:00'"),
        (parse_hours, "09:00", "two times with a hyphen"),
        (parse_hours, "09:00-09:00", "a whole day is 00:00-24:00"),
        (parse_hours, "24:00-06:00", "found '24:00'.\nAdmissible: a time of day from 00:00 to 23:59"),
        (parse_hours, "09:00-25:00", "from 00:00 to 24:00"),
        (parse_hours, "09:00-12:60", "found '12:60'"),
        (parse_hours, "09:00-12:00, 11:00-13:00", "spans that do not overlap"),
        (parse_at, "6pm", "at: found '6pm'.\nAdmissible: .* for example '18:00'"),
        (parse_at, "18:00,", "none empty"),
    ],
)
def test_what_cannot_be_read_is_refused_with_an_example(parse, text, message):
    with pytest.raises(ValueError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"days": frozenset({7})}, r"0 \(Mon\) to 6 \(Sun\), found \[7\]"),
        ({"every_weeks": 0}, "1 or more, found 0"),
        ({"every_weeks": 2}, "every 2 weeks needs a from_date"),
        ({"hours": ((0, 0),)}, r"found \(0, 0\)"),
        ({"hours": ((5, 9), (8, 10))}, "not overlap"),
        ({"hours": parse_hours(["05:00-08:00", "22:00-06:00"])}, "not overlap"),
        (
            {"closed": frozenset({date(2026, 1, 6)}), "open": frozenset({date(2026, 1, 6)})},
            "2026-01-06 is both",
        ),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(OFFICE, **change)


def test_a_run_needs_local_wall_time_and_a_length():
    with pytest.raises(ValueError, match="without a zone"):
        build_calendar(OFFICE, datetime(2026, 1, 5, tzinfo=UTC), WEEK_MS)
    with pytest.raises(ValueError, match="found an end of 0"):
        build_calendar(OFFICE, MONDAY, 0)


def test_holidays_are_those_of_a_country_or_a_part_of_it():
    assert date(2026, 7, 3) in holiday_dates("US", [2026])  # the Fourth is a Saturday: observed on Friday
    epiphany = date(2026, 1, 6)
    assert epiphany in holiday_dates("DE-BY", [2026])
    assert epiphany not in holiday_dates("DE", [2026])
    assert {day.year for day in holiday_dates("DE", [2025, 2026])} == {2025, 2026}
    assert holiday_dates("DE", []) == frozenset()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("us", "'us'. Codes near it: .*US"),
        ("DE-BX", "'DE-BX'. Codes near it: .*DE-BY"),
        ("Atlantis", "no holidays are known for 'Atlantis'"),
    ],
)
def test_an_unknown_country_is_refused_with_codes_near_it(code, message):
    with pytest.raises(ValueError, match=message):
        holiday_dates(code, [2026])
