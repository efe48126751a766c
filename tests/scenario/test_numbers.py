import pickle
import time

import pytest

from sim.scenario.numbers import (
    FAMILY_EXAMPLES,
    Arithmetic,
    ByTrait,
    Constant,
    DistributionCall,
    FirstAgain,
    Mixture,
    NumberSyntaxError,
    Ramp,
    Reference,
    Steps,
    describe,
    parse_number,
    parse_value,
    read_as,
    references,
    substitute,
    suggest_working_unit,
)
from sim.units.dimensions import DAY_MS, HOUR_MS, MONTH_MS, WEEK_MS, YEAR_MS, Dimension, WorkingTime

OFFICE = WorkingTime(8 * HOUR_MS, 40 * HOUR_MS)
WORK, WALL, SHARE = Dimension.WORK_TIME, Dimension.WALL_TIME, Dimension.SHARE
H = float(HOUR_MS)


def number(text):
    return parse_number(text, OFFICE)


def value(plain):
    return parse_value(plain, OFFICE)


def work(hours):
    return Constant(hours * H, WORK)


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        (4, Constant(4.0)),
        (1.7, Constant(1.7)),
        ("40", Constant(40.0)),
        (".5", Constant(0.5)),
        ("1e3", Constant(1000.0)),
        ("20 s", Constant(20_000.0, WORK)),
        ("30 min", work(0.5)),
        ("3h", work(3)),
        ("1.5 d", work(12)),
        ("1 w", work(40)),
        ("1 day", Constant(DAY_MS, WALL)),
        ("2 weeks", Constant(2 * WEEK_MS, WALL)),
        ("36 months", Constant(36 * MONTH_MS, WALL)),
        ("1 year", Constant(YEAR_MS, WALL)),
        ("25%", Constant(0.25, SHARE)),
        ("42 k", Constant(42_000.0, Dimension.MONEY)),
        ("20.8k", Constant(20_800.0, Dimension.MONEY)),
        ("1.5 M", Constant(1.5e6, Dimension.MONEY)),
        ("3 per year", Constant(3.0, Dimension.RATE, "year")),
        ("2 per d", Constant(2.0, Dimension.RATE, "d")),
        ("2 per day", Constant(2.0, Dimension.RATE, "d")),
        ("89 per hour", Constant(89.0, Dimension.RATE, "h")),
        ("2 k per month", Constant(2000.0, Dimension.MONEY_RATE, "month")),
        ("-3 h", work(-3)),
        ("constant 3 h", DistributionCall("constant", {"value": work(3)})),
    ],
)
def test_a_quantity_is_read_with_its_unit(text, constant):
    assert number(text) == constant


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("1 h + 30 min", work(1.5)),
        ("2 * (1 h + 1 d)", work(18)),
        ("3 h / 2", work(1.5)),
        ("50% * 4 h", work(2)),
        ("1 h - -1 h", work(2)),
        ("1 h / 4 h", Constant(0.25)),
        ("10% + 20%", Constant(0.3, SHARE)),
        ("100% - 30%", Constant(0.7, SHARE)),
        ("50% * 50%", Constant(0.25, SHARE)),
        ("50% * 40", Constant(20.0)),
        ("3 per year * 40", Constant(120.0, Dimension.RATE, "year")),
        ("40 * 3 per year", Constant(120.0, Dimension.RATE, "year")),
        ("4 per d / 2 ", Constant(2.0, Dimension.RATE, "d")),
        ("2 * 3 k", Constant(6000.0, Dimension.MONEY)),
        ("3 k + 500", Constant(3500.0, Dimension.MONEY)),
        ("2 k per month + 100 per month", Constant(2100.0, Dimension.MONEY_RATE, "month")),
    ],
)
def test_arithmetic_of_constants_is_folded(text, constant):
    assert number(text) == constant


def test_rates_per_different_units_are_added_only_once_a_calendar_is_known():
    both = number("1 per d + 1 per week")
    assert isinstance(both, Arithmetic)
    assert both.dimension is Dimension.RATE


def test_arithmetic_with_names_waits_for_the_assumptions():
    rate = number("$each * $people * (100% + $extra)")
    assert rate.dimension is Dimension.ANY
    assert references(rate) == {"each", "people", "extra"}
    values = {"each": number("3 per year"), "people": number("40"), "extra": number("50%")}
    assert substitute(rate, values) == Constant(180.0, Dimension.RATE, "year")


def test_assumptions_may_read_each_other():
    assert substitute(Reference("a"), {"a": number("$b * 2"), "b": number("1 h")}) == work(2)


def test_a_ramp_in_an_assumption_stays_a_ramp():
    grown = substitute(
        number("2 per d * (100% + $extra)"), {"extra": number("ramp 0% at 1 month to 30% at 2 months")}
    )
    assert grown.dimension is Dimension.RATE
    assert "rising or falling evenly from 0% at 1 month to 30% at 2 months" in describe(grown)


def test_names_in_every_form_are_replaced():
    plain = {
        "by": "size",
        "a": {"mix": {"x": {"p": "$p", "is": "lognormal median $m cv 1"}, "y": {"is": "$m"}}},
        "b": {"0 months": "$m", "2 months": "2 * $m"},
        "c": {"first": "$m", "again": "$p"},
    }
    done = substitute(value(plain), {"p": number("25%"), "m": number("2 h")})
    assert references(done) == frozenset()
    assert done.dimension is WORK
    assert isinstance(done, ByTrait)
    mix = done.levels["a"]
    assert isinstance(mix, Mixture)
    assert [share for _, share, _ in mix.parts] == [Constant(0.25, SHARE), Constant(0.75, SHARE)]


@pytest.mark.parametrize(
    ("text", "family", "parameters"),
    [
        ("uniform 1 h to 3 h", "uniform", {"low": work(1), "high": work(3)}),
        ("uniform(1 h, 3 h)", "uniform", {"low": work(1), "high": work(3)}),
        ("uniform (1 h + 1 h) to 3 h", "uniform", {"low": work(2), "high": work(3)}),
        ("triangular 1 h to 2 h to 3 h", "triangular", {"low": work(1), "mode": work(2), "high": work(3)}),
        ("pert(1 h to 2 h to 3 h)", "pert", {"low": work(1), "mode": work(2), "high": work(3)}),
        ("constant(2 h)", "constant", {"value": work(2)}),
        ("exponential mean 1 h", "exponential", {"mean": work(1)}),
        ("erlang k 4 mean 2 h", "erlang", {"k": Constant(4.0), "mean": work(2)}),
        ("erlang mean 3 k 4", "erlang", {"k": Constant(4.0), "mean": Constant(3.0)}),
        ("gamma mean 2 h sd 1 h", "gamma", {"mean": work(2), "sd": work(1)}),
        ("gamma mean 2 h shape 2", "gamma", {"mean": work(2), "shape": Constant(2.0)}),
        ("lognormal mean 2 h cv 1", "lognormal", {"mean": work(2), "cv": Constant(1.0)}),
        ("lognormal(mean=2 h, cv=1)", "lognormal", {"mean": work(2), "cv": Constant(1.0)}),
        ("lognormal mean = 2 h, cv = 50%", "lognormal", {"mean": work(2), "cv": Constant(0.5, SHARE)}),
        ("lognormal median $m sigma 0.7", "lognormal", {"median": Reference("m"), "sigma": Constant(0.7)}),
        ("weibull median 2 h shape 1.5", "weibull", {"median": work(2), "shape": Constant(1.5)}),
        (
            "normal mean 2 sd 1 from -1 to 4",
            "normal",
            {"mean": Constant(2.0), "sd": Constant(1.0), "from": Constant(-1.0), "to": Constant(4.0)},
        ),
    ],
)
def test_a_distribution_is_read_in_words_and_in_the_textbook_form(text, family, parameters):
    assert number(text) == DistributionCall(family, parameters)


@pytest.mark.parametrize("text", ["empirical my/f-1.csv column hours", "empirical(my/f-1.csv, column=hours)"])
def test_an_empirical_distribution_names_file_and_column(text):
    assert number(text) == DistributionCall("empirical", {}, "my/f-1.csv", "hours")
    assert number(f"({text}) * 2").dimension is Dimension.ANY
    assert substitute(number(text), {}) == number(text)


@pytest.mark.parametrize(("family", "example"), FAMILY_EXAMPLES.items())
def test_every_example_in_an_error_is_itself_correct(family, example):
    call = number(example)
    assert isinstance(call, DistributionCall)
    assert call.family == family


@pytest.mark.parametrize(
    "text", ["2 * exponential mean 1 h", "1 h + exponential mean 2 h", "(uniform 1 h to 2 h) / 2"]
)
def test_one_distribution_may_stand_in_arithmetic(text):
    assert number(text).dimension is WORK


def test_a_ramp_has_points_in_time_on_the_wall_clock():
    ramp = number("ramp 0% at 9 months to 80% at 21 months to 90% at 3 years")
    assert isinstance(ramp, Ramp)
    assert [instant for instant, _ in ramp.points] == [9 * MONTH_MS, 21 * MONTH_MS, 3 * YEAR_MS]
    assert ramp.dimension is SHARE


def test_the_map_forms_are_read():
    assert value({"by": "size", "standard": "168 per month", "large": "2 k per month"}).dimension is (
        Dimension.MONEY_RATE
    )
    assert value({"0 months": 40, "6 months": "$n"}) == Steps(
        ((0, Constant(40.0)), (6 * MONTH_MS, Reference("n")))
    )
    assert value({"first": "2 h", "again": "50%"}) == FirstAgain(work(2), Constant(0.5, SHARE))
    assert value({"mix": {"easy": {"p": "80%", "is": "1 h"}, "hard": {"p": "rest", "is": "1 d"}}}) == Mixture(
        (("easy", Constant(0.8, SHARE), work(1)), ("hard", Constant(0.2, SHARE), work(8)))
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found nothing"),
        (None, "found nothing"),
        (True, "the truth value true"),
        ([1], "found a list"),
        (float("nan"), "a number is finite"),
        (float("inf"), "a number is finite"),
        (10**400, "a number is finite"),
        (1e16, "is surely a slip"),
        ("nan", "'nan' is no amount"),
        ("NaN h", "'NaN' is no amount"),
        ("-inf", "'inf' is no amount"),
        ("1e400", "a number is finite"),
        ("1e99 h", "is surely a slip"),
        ("1e-99", "is surely a slip"),
        ("9" * 17, "is surely a slip"),
        ("1 + " * 130 + "1", "found a number of 521 characters; at most 500"),
        ("(" * 21 + "1" + ")" * 21, "parentheses 21 deep; at most 20"),
        ("٣ h", "is not expected here"),
        ("(1 h", r"'\)' is missing"),
        ("1 h)", r"a '\)' too many"),
        ("$150k", "found '\\$150k': money is written 150 k, the currency stands once at the top"),
        ("€ 2.5 M", "money is written 2.5 M"),
        ("150K USD", "money is written 150 k"),
        ("1,000 h", "'1,000': a comma inside a number. Write 1000"),
        ("lognormal mean 2,5 h cv 1", "a comma inside a number"),
        ("lognromal mean 2 h cv 1", "'lognromal' is unknown.*Did you mean 'lognormal'"),
        ("people", "An assumption is written \\$people"),
        ("--- 1", "three minus signs"),
        (10**4000, "a number is finite"),
        ("3 dayz", "no unit is called 'dayz'.*Did you mean '3 days'"),
        ("3 hours", "found '3 hours': the unit is written h"),
        ("5 m", "the unit is written min .minutes. or M"),
        ("2 day", "write 2 days"),
        ("3 per yeer", "no rate is called 'per yeer'.*Did you mean 'per year'"),
        ("3 h per year", "working time has no 'per'"),
        ("1 2", "'2' is not expected here"),
        ("2 *", r"it ends too early. Admissible: an amount with its unit"),
        ("09:00", "':00' is not expected here"),
        ("1 h + 1 day", "working time \\+ wall-clock time has no meaning.*do not add up"),
        ("1 + 20%", "plain number \\+ share.*A share is written with %"),
        ("1 h * 2 h", "working time \\* working time has no meaning"),
        ("2 / 1 h", "plain number / working time has no meaning"),
        ("2 per d / 1 per d", "rate / rate has no meaning"),
        ("1 / 0", "division by zero"),
        ("1 / (1 - 1)", "division by zero"),
        ("uniform 1 h to 2 h to 3 h", "a uniform has 2 values, found 3"),
        ("uniform 2 h to 1 h", "must not fall, found 2 h before 1 h"),
        ("triangular 1 h to 1 h to 1 h", "write 'constant' instead"),
        ("uniform 1 h to 3", "a uniform mixes working time and plain number"),
        ("exponential 1 h", "An exponential is written 'exponential mean 1 d'"),
        ("exponential median 1 h", "exponential has mean; found median"),
        ("exponential mean 0 h", "'mean' of an exponential must be greater than 0"),
        ("erlang mean 2 h", "erlang has k, mean; found mean"),
        ("erlang k 1.5 mean 2 h", "'k' of an erlang is a whole number, found 1.5"),
        ("lognormal mean 2 h", "mean or median and one of cv, sd, sigma; found mean"),
        ("lognormal mean 2 h shape 1", "one of cv, sd, sigma; found mean, shape"),
        ("lognormal mean 2 h cv 1 cv 2", "'cv' stands twice"),
        ("lognormal mean 2 h cv 1 h", "'cv' of a lognormal is a plain number, found 1 h"),
        ("gamma mean 2 h sd 1", "gamma mixes working time and plain number"),
        ("normal mean 2 h sd 1 h", "a normal has mean, sd, from, to; found mean, sd"),
        ("normal mean 1 sd 0 from 0 to 2", "'sd' of a normal must be greater than 0"),
        ("lognormal mean (uniform 1 h to 2 h) cv 1", "parameter 'mean' of a lognormal is a plain amount"),
        ("exponential mean 1 h + exponential mean 2 h", "more than one distribution in arithmetic"),
        ("empirical f.csv", "an empirical is written 'empirical durations.csv column hours'"),
        ("ramp 0% at 9 months", "A ramp is written"),
        ("ramp 0% at 9 d to 1% at 9 months", "found '9 d' where a point in time belongs"),
        ("ramp 0% at 9 months to 1% at 9 months", "must rise, found 9 months before 9 months"),
        ("ramp 0% at 1 month to 1 h at 9 months", "a ramp mixes share and working time"),
        ("ramp (exponential mean 1 h) at 1 month to 1 h at 9 months", "a value of a ramp is a plain amount"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(text, message):
    with pytest.raises(NumberSyntaxError, match=message):
        number(text)


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({}, r"a map with the keys \(none\)"),
        ({"frist": "1 h"}, "Did you mean 'first'"),
        ({"first": "1 h"}, "first and again belong together"),
        ({"first": "1 h", "again": "1 day"}, "'first' and 'again' mixes|mixes working time"),
        ({"first": {"first": "1 h", "again": "1 h"}, "again": "1 h"}, "first and again once more"),
        ({"by": "size"}, "'by: size' has no level"),
        ({"by": 3, "a": 1}, "'by' names a trait"),
        ({"by": "size", "a": "1 h", "b": "1 day"}, "'by: size' mixes working time and wall-clock time"),
        ({"by": "size", "a": "1 hx"}, "a: found '1 hx': no unit is called 'hx'"),
        ({"0 months": 1, "3 d": 2}, "found '3 d' where a point in time belongs"),
        ({"6 months": 1, "3 months": 2}, "a value over time must rise, found 6 months before 3 months"),
        ({"mix": {"a": {"p": "1%", "is": 1}}}, "two parts or more"),
        ({"mix": {"a": {"p": "1%"}, "b": {"is": 1}}}, "'a' of a mix has the keys p and is"),
        ({"mix": {"a": {"is": 1}, "b": {"is": 1}}}, "only one part of a mix may go without p, found a, b"),
        ({"mix": {"a": {"p": "50%", "is": 1}, "b": {"p": "40%", "is": 1}}}, "make 90%; they must make 100%"),
        ({"mix": {"a": {"p": "120%", "is": 1}, "b": {"is": 1}}}, "between 0% and 100%"),
        ({"mix": {"a": {"p": 0.2, "is": 1}, "b": {"is": 1}}}, "0.2 is written 20%"),
    ],
)
def test_a_map_that_is_no_number_is_refused_with_the_reason(plain, message):
    with pytest.raises(NumberSyntaxError, match=message):
        value(plain)


def test_maps_nested_without_end_are_refused():
    plain = {"by": "size", "a": 1}
    for _ in range(25):
        plain = {"by": "size", "a": plain}
    with pytest.raises(NumberSyntaxError, match="maps more than 20 deep"):
        value(plain)


def test_an_unknown_assumption_is_refused_with_the_nearest():
    message = r"no assumption is called '\$adoptoin'.*Did you mean '\$adoption'"
    with pytest.raises(NumberSyntaxError, match=message):
        substitute(Reference("adoptoin"), {"adoption": Constant(1.0)})


def test_assumptions_in_a_circle_are_refused():
    with pytest.raises(NumberSyntaxError, match=r"in a circle: \$a -> \$b -> \$a"):
        substitute(Reference("a"), {"a": number("$b + 1"), "b": number("2 * $a")})


def test_assumptions_that_multiply_without_end_are_refused():
    chain = {f"a{i}": number(f"$a{i + 1} + $a{i + 1}") for i in range(40)}
    with pytest.raises(NumberSyntaxError, match="grows to more than 1000 parts"):
        substitute(Reference("a0"), chain | {"a40": number("ramp 1 at 0 months to 2 at 1 month")})


def test_an_integer_too_long_to_print_is_refused():
    with pytest.raises(NumberSyntaxError, match="an integer beyond 30 digits"):
        number(10**5000)


def test_a_very_long_chain_of_assumptions_is_refused():
    chain = {f"a{i}": number(f"$a{i + 1} + 1") for i in range(2000)}
    with pytest.raises(NumberSyntaxError, match="more than 50 deep"):
        substitute(Reference("a0"), chain | {"a2000": number(1)})


@pytest.mark.parametrize(
    ("text", "assumption", "message"),
    [
        ("1 h + $x", "20%", "working time \\+ share"),
        ("1 / $x", 0, "division by zero"),
        ("lognormal mean $x cv 1", "uniform 1 h to 2 h", "parameter 'mean' of a lognormal"),
        ("uniform 1 h to $x", "30 min", "must not fall"),
        ("$x + exponential mean 1 h", "exponential mean 1 h", "more than one distribution"),
    ],
)
def test_units_are_checked_again_once_the_names_are_known(text, assumption, message):
    with pytest.raises(NumberSyntaxError, match=message):
        substitute(number(text), {"x": number(assumption)})


def test_a_place_reads_plain_numbers_as_money_and_rates_as_prices():
    assert read_as(number("89 per hour"), Dimension.MONEY_RATE) == Constant(89.0, Dimension.MONEY_RATE, "h")
    assert read_as(number(500), Dimension.MONEY) == Constant(500.0, Dimension.MONEY)
    assert read_as(Reference("x"), SHARE) == Reference("x")


def test_a_place_refuses_what_measures_something_else():
    with pytest.raises(
        NumberSyntaxError, match=r"found 0.3 \(plain number\) where share belongs.*written 30%"
    ):
        read_as(number(0.3), SHARE)
    with pytest.raises(
        NumberSyntaxError, match=r"found 1 day \(wall-clock time\) where working time belongs"
    ):
        read_as(number("1 day"), WORK)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("1 day", "1 d"),
        ("lognormal mean 3 days cv 1", "lognormal mean 3 d cv 1"),
        ("2 weeks", "2 w"),
        ("2 months", None),
        ("3 per day", None),
    ],
)
def test_the_working_unit_that_may_be_meant_is_suggested(text, suggestion):
    assert suggest_working_unit(text) == suggestion


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ("90 min", "1.5 h"),
        ("2 d", "2 d"),
        ("1 h / 3", "20 min"),
        ("1 month", "1 month"),
        ("18 months", "18 months"),
        ("10 days", "10 days"),
        ("25%", "25%"),
        ("42 k", "42 k"),
        ("2 k per month", "2 k per month"),
        ("3 per year", "3 per year"),
        ("2 * $x", "2 * $x"),
        ("2 * ($x + 1 h)", "2 * ($x + 1 h)"),
        ("constant 1 h", "always 1 h"),
        ("triangular 1 h to 2 h to 3 h", "triangular between 1 h and 3 h, most likely 2 h"),
        ("lognormal mean 2 h cv 1", "lognormal with mean 2 h and coefficient of variation 1"),
        (
            "normal mean 2 sd 1 from 0 to 4",
            "normal with mean 2 and standard deviation 1, cut to 0 to 4",
        ),
        ("empirical f.csv column c", "a value from column c of f.csv"),
        ({"first": "2 h", "again": "50%"}, "2 h the first time, 50% of it when repeated"),
        ({"by": "size", "a": 1, "b": 2}, "by size: 1 if a, 2 if b"),
        ({"0 months": 1, "2 months": 2}, "1 from 0 months on, 2 from 2 months on"),
        ({"mix": {"a": {"p": "20%", "is": 1}, "b": {"is": 2}}}, "a mix: 20% a (1), 80% b (2)"),
    ],
)
def test_a_number_is_told_in_plain_words(plain, words):
    assert describe(value(plain)) == words


def test_numbers_can_be_sent_to_other_processes():
    original = value({"by": "size", "a": "lognormal mean 2 h cv 1"})
    assert pickle.loads(pickle.dumps(original)) == original


def test_three_hundred_numbers_are_read_in_less_than_a_third_of_a_second():
    number("1")
    start = time.perf_counter()
    for i in range(300):
        number(f"lognormal mean {i + 1} h cv 1")
    assert time.perf_counter() - start < 0.3
