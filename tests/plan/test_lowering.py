"""Numbers, conditions and traits as rows of tables: units, assumptions, what is refused."""

from __future__ import annotations

import pytest

from sim.errors import PlanError
from sim.plan.arrays import NONE, NumberKind, TestKind, TraitKind
from sim.plan.lowering import Tables
from sim.plan.scales import as_written
from sim.units.dimensions import Dimension, WorkingTime

HOUR = 3_600_000
DAY = 24 * HOUR
MONTH = 2_629_800_000
OFFICE = WorkingTime(8 * HOUR, 40 * HOUR)
WARM_UP = 10 * DAY


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
    with pytest.raises(PlanError, match=r"has no column 'hours'\. Columns: spent"):
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
