"""Numbers at their places: dimension, bounds, what is drawn or varies where it must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refused = Callable[..., str]

HUGE = [
    ("1e400", "a number is finite"),
    (".nan", "a number is finite"),
    (".inf", "a number is finite"),
    ("9" * 31, "is surely a slip"),
    ("9" * 400, "a number of 400 digits is too long"),
    ("1000000000", "Admissible: at most 10,000."),
    ("2 * ramp 1 at 0 days to 9000 at 1 year", "which comes to 18000. Admissible: at most 10,000."),
    ("ramp 2 at 0 days to 1 at 1 year - 2", "which comes to -1. Admissible: 0 or more."),
    ("{by: size, large: 1, small: 2}", "no case is at hand whose trait it could be"),
    ("{mix: {a: {p: 50%, is: 1}, b: {p: rest, is: 2}}}", "Admissible: a number that is not drawn."),
]


@pytest.mark.parametrize(("size", "words"), HUGE)
def test_a_size_is_finite_and_of_this_world(refused: Refused, size: str, words: str) -> None:
    assert words in refused(("{size: 2}", f"{{size: {size}}}"))


TEAMS = [
    ("focus: 0%", "found 0%. Admissible: 1% or more."),
    ("focus: ramp 0% at 0 days to 100% at 1 year", "found 0%. Admissible: 1% or more."),
    ("owns: 0", "found 0. Admissible: 1 or more."),
    ("slice: 0 h", "Admissible: more than 0."),
    ("other_work: {people: 1, work: 0 h}", "Admissible: more than 0."),
    ("other_work: {people: 1, work: {first: 1 h, again: 50%}}", "first and again belong to `work`"),
    ("other_work: {people: -1, work: 1 h}", "found -1. Admissible: 0 or more."),
    ("switching: uniform 1 h to 2 h", "Admissible: one constant value."),
]


@pytest.mark.parametrize(("key", "words"), TEAMS)
def test_a_number_of_a_team_is_refused_where_it_makes_no_sense(
    refused: Refused, key: str, words: str
) -> None:
    assert words in refused(("{size: 2}", f"{{size: 2, {key}}}"))


WORK = [
    (
        "lognormal mean (ramp 1 h at 0 days to 2 h at 1 year) cv 1",
        "a parameter of a distribution is one value",
    ),
    ("lognormal mean 1 h cv 1e9", "which is no distribution to draw from"),
    ("normal mean 0 h sd 1 min from 5 d to 6 d", "which is no distribution to draw from"),
    ("gamma median 2 h cv 1", "a gamma has mean and one of cv, sd, shape"),
    ("weibull mean 2 h sd 1 h", "a weibull has mean or median and one of cv, shape"),
    ("1 h / 0", "division by zero"),
    ("1 h / ramp -1 at 0 days to 1 at 9 days", "what stands below a division may be or become 0"),
    ("1 h / exponential mean 1", "what stands below a division may be or become 0"),
    ("{by: size, large: {first: 1 h, again: 50%}, small: 1 h}", "as its outermost form"),
    ("10000000 w", "Admissible: at most 10,000 years."),
]


@pytest.mark.parametrize(("work", "words"), WORK)
def test_work_that_nobody_could_draw_is_refused(refused: Refused, work: str, words: str) -> None:
    assert words in refused(("work: 1 h", f"work: {work}"))


CLOCKS = [
    ("horizon: 10000 years", "Admissible: at most 100 years."),
    ("horizon: 0 months", "Admissible: a time longer than 0"),
    ("horizon: 0.000000001 days", "Admissible: a time longer than 0"),
    ("horizon: 12 months, warm_up: -1 days", "Admissible: a time longer than 0"),
    ("horizon: lognormal mean 1 months cv 1", "Admissible: a constant time"),
]


@pytest.mark.parametrize(("clock", "words"), CLOCKS)
def test_a_clock_that_cannot_run_is_refused(refused: Refused, clock: str, words: str) -> None:
    assert words in refused(("horizon: 12 months", clock))


@pytest.mark.parametrize("start", ["0001-01-01", "9998-12-31", "9999-12-31"])
def test_a_run_stays_within_the_years_that_dates_have(refused: Refused, start: str) -> None:
    assert "the run leaves the years 1 to 9999" in refused(("2027-01-04", start))


def test_a_thousand_problems_are_told_up_to_a_hundred(refused: Refused) -> None:
    steps = ", ".join(f"s{i}: {{team: x, work: 1 x}}" for i in range(500))
    assert refused(("{a: {team: desk, work: 1 h}}", f"{{{steps}}}")).count("scenario.yaml:") == 100
