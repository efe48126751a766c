"""Numbers, conditions and traits as rows of tables: units, assumptions, values over time, sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import PlanError
from sim.plan.arrays import NONE, NumberKind, TestKind, TraitKind
from sim.plan.lowering import Tables
from sim.plan.over_time import expected, floor_changes, knots
from sim.plan.scales import as_written, money_per_month, money_per_open_hour, per_open_ms
from sim.scenario.numbers import parse_value
from sim.units.dimensions import Dimension, WorkingTime

HOUR = 3_600_000
DAY = 24 * HOUR
MONTH = 2_629_800_000
OFFICE = WorkingTime(8 * HOUR, 40 * HOUR)
WARM_UP = 10 * DAY


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    traits = {"sensitive": "40%", "size": {"large": "20%", "standard": "rest"}, "lines": "uniform 1 to 9"}
    (tmp_path / "log.csv").write_text("spent\n2 h\n30 min\n", encoding="utf-8")
    return Tables(
        folder=tmp_path,
        assumptions={
            "patience": parse_value("60 d", OFFICE),
            "staff": parse_value("ramp 2 at 0 days to 4 at 10 days", OFFICE),
            "rate": parse_value("3 per year", OFFICE),
        },
        working_time=OFFICE,
        warm_up=WARM_UP,
        case_types=("idea", "plea"),
        trait_definitions={"idea": traits, "plea": {**traits, "sensitive": "10%"}},
    )


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("30 min", HOUR / 2),
        ("1 d", 8 * HOUR),
        ("1 w", 40 * HOUR),
        ("2 days", 2 * DAY),
        ("1 month", MONTH),
        ("25%", 0.25),
        ("1.5 M", 1.5e6),
    ],
)
def test_units_become_those_of_the_plan(tables: Tables, raw: str, value: float) -> None:
    assert tables.numbers[tables.number(raw, "here")].value == value


def test_equal_numbers_are_one_row(tables: Tables) -> None:
    assert tables.number("1 h", "here") == tables.number("60 min", "there")


def test_assumptions_are_put_into_distributions(tables: Tables) -> None:
    row = tables.numbers[tables.number("lognormal median $patience sigma 0.7", "here")]
    assert row.distribution is not None
    assert row.distribution.quantile(0.5) == pytest.approx(60 * 8 * HOUR)


def test_points_in_time_are_shifted_by_the_warm_up(tables: Tables) -> None:
    row = tables.numbers[tables.number({"0 days": 2, "5 days": 3}, "here")]
    assert (row.kind, row.points) == (NumberKind.STEPS, (WARM_UP, WARM_UP + 5 * DAY))


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


def test_by_trait_has_a_number_for_each_level_in_order(tables: Tables) -> None:
    number = tables.number({"by": "size", "standard": "1 h", "large": "2 h"}, "here", "idea")
    row = tables.numbers[number]
    assert [tables.numbers[child].value for child in row.children] == [2 * HOUR, HOUR]
    assert tables.traits[row.trait].levels == ("large", "standard")


def test_by_case_is_decided_while_compiling(tables: Tables) -> None:
    number = tables.number({"by": "case", "idea": 1, "plea": 2}, "here", "plea")
    assert tables.numbers[number].value == 2


def test_traits_are_shares_levels_or_numbers(tables: Tables) -> None:
    rows = [tables.traits[tables.trait("idea", name, "here")] for name in ("sensitive", "size", "lines")]
    assert [row.kind for row in rows] == [TraitKind.SHARE, TraitKind.LEVELS, TraitKind.NUMBER]
    assert rows[1].numbers[1] == NONE


def test_conditions_become_rows(tables: Tables) -> None:
    row = tables.conditions[tables.condition("sensitive and not size is standard", "here", "idea")]
    assert row.kind is TestKind.AND
    holds, negated = (tables.conditions[child] for child in row.children)
    assert (holds.kind, negated.kind) == (TestKind.HOLDS, TestKind.NOT)
    assert tables.conditions[negated.children[0]].level == 1


def test_no_condition_is_none(tables: Tables) -> None:
    assert tables.condition(None, "here", "idea") == NONE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("size is huge", "'size' has no level 'huge'. Levels: large, standard."),
        ("colour", "no trait is called 'colour'. Traits here: lines, sensitive, size."),
        ("size", "'size' is asked about as 'size is x'"),
    ],
)
def test_a_condition_that_asks_amiss_is_refused(tables: Tables, text: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        tables.condition(text, "here", "idea")


def test_a_parameter_of_a_distribution_cannot_vary_over_time(tables: Tables) -> None:
    with pytest.raises(PlanError, match="must be one value; this one varies over time"):
        tables.number("exponential mean $staff", "here")


def test_a_count_is_a_whole_number(tables: Tables) -> None:
    assert tables.count("3", "here") == 3
    with pytest.raises(PlanError, match=r"here: found 2\.5; admissible is a whole number, 1 or more"):
        tables.count("2.5", "here")


def test_a_column_that_is_not_there_is_refused(tables: Tables) -> None:
    with pytest.raises(PlanError, match=r"has no column 'hours' with values. Columns: spent"):
        tables.number("empirical log.csv column hours", "here")


def test_what_measures_something_else_is_refused(tables: Tables) -> None:
    with pytest.raises(PlanError, match=r"here: found .* where share belongs"):
        tables.number("2 h", "here", dimension=Dimension.SHARE, scale=as_written)


def test_traits_in_a_circle_are_refused(tables: Tables) -> None:
    tables.trait_definitions = {
        "idea": {
            "a": {"by": "b", "true": "10%", "false": "20%"},
            "b": {"by": "a", "true": "10%", "false": "20%"},
        }
    }
    with pytest.raises(PlanError, match="traits refer to each other in a circle"):
        tables.trait("idea", "a", "here")
