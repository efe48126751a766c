"""Working time against cases worked by hand and against counting each millisecond."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendars import FOREVER, Calendar, always, intersect, merged

SHIFTS = merged([(10, 20), (30, 35), (50, 60)], "shifts")

openings = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=6)
calendars = openings.map(lambda spans: merged([(begin, begin + n) for begin, n in spans], "small"))
instants = st.integers(0, 80)


def ticks(calendar: Calendar) -> set[int]:
    """Each open millisecond of a small calendar."""
    pairs = zip(calendar.opens.tolist(), calendar.closes.tolist(), strict=True)
    return {t for begin, end in pairs for t in range(begin, end)}


def add_tick_by_tick(calendar: Calendar, t: int, d: int) -> int:
    if d == 0:
        return t
    later = sorted(tick for tick in ticks(calendar) if tick >= t)
    return later[d - 1] + 1 if d <= len(later) else FOREVER


def test_an_opening_contains_its_first_instant_and_not_its_closing():
    assert [SHIFTS.is_open(t) for t in (9, 10, 19, 20, 60)] == [False, True, True, False, False]


def test_the_next_opening_is_now_while_open_and_forever_after_the_last():
    assert [SHIFTS.next_opening(t) for t in (0, 10, 19, 20, 59, 60)] == [10, 10, 19, 30, 59, FOREVER]


def test_the_closing_after_an_instant_is_that_of_its_opening_or_of_the_next():
    assert [SHIFTS.closing_after(t) for t in (10, 19, 20, 59, 60)] == [20, 20, 35, 60, FOREVER]


def test_only_the_first_instant_of_an_opening_is_an_opening_instant():
    assert [SHIFTS.is_opening_instant(t) for t in (9, 10, 11, 20, 30, 60)] == [
        False,
        True,
        False,
        False,
        True,
        False,
    ]


def test_work_that_ends_at_closing_ends_at_the_closing_instant():
    assert SHIFTS.add(10, 10) == 20
    assert SHIFTS.add(10, 11) == 31
    assert SHIFTS.add(0, 15) == 35


def test_no_work_ends_where_it_begins_even_while_closed():
    assert SHIFTS.add(22, 0) == 22
    assert SHIFTS.add(1000, 0) == 1000


def test_work_beyond_the_last_closing_never_ends():
    assert SHIFTS.add(10, 25) == 60
    assert SHIFTS.add(10, 26) == FOREVER
    assert SHIFTS.add(FOREVER, 1) == FOREVER


def test_cumulative_is_the_open_time_before_each_opening():
    assert SHIFTS.cumulative.tolist() == [0, 10, 15]
    assert SHIFTS.total == 25


def test_a_negative_duration_and_a_backward_span_are_refused():
    with pytest.raises(ValueError, match="0 ms or more, found -1"):
        SHIFTS.add(10, -1)
    with pytest.raises(ValueError, match="0 ms or more, found -1"):
        SHIFTS.add_array([10], [-1])
    with pytest.raises(ValueError, match=r"found \[5, 4\)"):
        SHIFTS.open_between(5, 4)
    with pytest.raises(ValueError, match="ends no earlier"):
        SHIFTS.open_between_array([5], [4])


@given(calendars, instants, st.integers(0, 80))
def test_add_agrees_with_counting_each_millisecond(calendar, t, d):
    assert calendar.add(t, d) == add_tick_by_tick(calendar, t, d)


@given(calendars, instants, st.integers(1, 80))
def test_add_is_the_smallest_inverse_of_open_between(calendar, t, d):
    end = calendar.add(t, d)
    if end == FOREVER:
        assert calendar.open_between(t, FOREVER) < d
    else:
        assert calendar.open_between(t, end) == d
        assert calendar.open_between(t, end - 1) == d - 1


@given(calendars, instants, instants)
def test_open_between_counts_the_open_milliseconds(calendar, a, b):
    a, b = sorted((a, b))
    assert calendar.open_between(a, b) == len(ticks(calendar) & set(range(a, b)))


@given(calendars, instants)
def test_questions_about_one_instant_agree_with_counting(calendar, t):
    open_ticks = ticks(calendar)
    assert calendar.is_open(t) == (t in open_ticks)
    assert calendar.next_opening(t) == min((x for x in open_ticks if x >= t), default=FOREVER)
    assert calendar.is_opening_instant(t) == (t in open_ticks and t - 1 not in open_ticks)
    closings = [x + 1 for x in open_ticks if x + 1 not in open_ticks and x + 1 > t]
    assert calendar.closing_after(t) == min(closings, default=FOREVER)


@given(calendars, st.lists(st.tuples(instants, st.integers(0, 80)), max_size=8))
def test_arrays_give_what_single_instants_give(calendar, pairs):
    t = np.array([a for a, _ in pairs], dtype=np.int64)
    d = np.array([b for _, b in pairs], dtype=np.int64)
    assert calendar.add_array(t, d).tolist() == [calendar.add(a, b) for a, b in pairs]
    between = calendar.open_between_array(t, t + d)
    assert between.tolist() == [calendar.open_between(a, a + b) for a, b in pairs]


def test_arrays_broadcast_over_one_start():
    assert SHIFTS.add_array(10, [0, 10, 11]).tolist() == [10, 20, 31]
    assert SHIFTS.open_between_array(0, [10, 20, 60]).tolist() == [0, 10, 25]


@given(calendars, calendars)
def test_an_intersection_is_open_when_both_are(first, second):
    assert ticks(intersect(first, second)) == ticks(first) & ticks(second)


def test_an_intersection_is_named_after_both_unless_told_otherwise():
    assert intersect(SHIFTS, always(55)) == merged([(10, 20), (30, 35), (50, 55)], "shifts and always")
    assert intersect(SHIFTS, SHIFTS) == SHIFTS
    assert intersect(SHIFTS, always(55), "joint").name == "joint"


@given(calendars, st.integers(1, 15))
def test_a_shrunk_calendar_holds_the_starts_of_work_that_still_fits(calendar, n):
    open_ticks = ticks(calendar)
    starts = {t for t in open_ticks if set(range(t, t + n)) <= open_ticks}
    if n > calendar.longest_opening():
        starts = {t for t in open_ticks if t - 1 not in open_ticks}
    assert ticks(calendar.shrunk(n)) == starts


def test_no_work_may_start_whenever_it_is_open():
    assert SHIFTS.shrunk(0) == SHIFTS


def test_work_that_fills_an_opening_may_start_at_its_first_instant_only():
    assert SHIFTS.shrunk(10) == merged([(10, 11), (50, 51)], "shifts")
    assert SHIFTS.shrunk(11) == merged([(10, 11), (30, 31), (50, 51)], "shifts")


def test_a_calendar_that_never_opens_answers_forever():
    never = merged([], "never")
    assert (len(never), never.longest_opening(), never.total) == (0, 0, 0)
    assert (never.next_opening(0), never.closing_after(0), never.add(0, 1)) == (FOREVER,) * 3
    assert never.add_array([0, 1], [0, 1]).tolist() == [0, FOREVER]
    assert never.open_between_array([0], [9]).tolist() == [0]
    assert len(never.shrunk(5)) == 0


def test_adjoining_and_overlapping_openings_are_one_and_empty_ones_none():
    assert merged([(5, 8), (0, 3), (3, 5), (7, 9), (12, 12)], "x") == Calendar(
        np.array([0]), np.array([9]), "x"
    )


@pytest.mark.parametrize(
    ("opens", "closes", "message"),
    [
        ([0, 5], [5, 9], "opening 1 at 5 is not later than the closing at 5"),
        ([5, 0], [9, 3], "opening 1 at 0"),
        ([0, 4], [3, 4], r"opening 1 is empty: \[4, 4\)"),
        ([0], [3, 4], "equally long"),
        ([0.5], [3.0], "opens must be whole milliseconds, found float64"),
    ],
)
def test_openings_out_of_order_are_refused(opens, closes, message):
    with pytest.raises(ValueError, match=message):
        Calendar(np.array(opens), np.array(closes), "odd")


def test_a_calendar_does_not_follow_its_arrays_and_cannot_be_written():
    opens = np.array([0, 10])
    calendar = Calendar(opens, np.array([5, 15]), "kept")
    opens[0] = 3
    assert calendar.opens.tolist() == [0, 10]
    with pytest.raises(ValueError, match="read-only"):
        calendar.opens[0] = 3


def test_a_calendar_survives_the_way_to_a_worker():
    copy = pickle.loads(pickle.dumps(SHIFTS))
    assert copy == SHIFTS and hash(copy) == hash(SHIFTS)
    assert copy.add(10, 11) == 31
    assert merged([(10, 20)], "shifts") != SHIFTS and SHIFTS != "shifts"


def test_a_run_without_length_is_refused():
    assert always(7) == merged([(0, 7)], "always")
    with pytest.raises(ValueError, match="found an end of 0"):
        always(0)
