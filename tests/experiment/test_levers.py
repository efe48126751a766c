"""Levers: which numbers of a scenario may be turned, within which bounds, and what is written then."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sim.errors import RunError
from sim.experiment.levers import Lever, bounded, lever_named, levers
from sim.scenario import load
from sim.scenario.changes import changed
from sim.scenario.load import Scenario
from sim.scenario.numbers import Constant, Steps

TEXT = """
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
assumptions:
  analysts:  {value: 4, range: [3, 9], source: counted}
  demand:    {value: 3 per year, range: [1 per year, 5 per year], source: assumption}
  adoption:  {value: ramp 0% at 2 months to 80% at 6 months, range: [50%, 95%], source: assumption}
  focus:     {value: {0 months: 71%, 6 months: 90% * 80%}, range: [60%, 90%], source: assumption}
  patience:  {value: 60 d, range: [30 d, 120 d], source: assumption}
  derived:   {value: 2 * $adoption, source: derived}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams:
  analysts: {size: $analysts, owns: 3, focus: $focus}
  desk:     {size: {0 months: 1, 6 months: 2}}
  helpers:  {size: unlimited}
cases:
  idea: {arrive: {rate: $demand * $analysts}, owner: analysts, flow: work,
    patience: {waiting: exponential mean $patience, then: {end: dropped}}}
flows:
  work:
    limit: 7
    steps:
      ask:   {team: desk, work: 1 h, when: adopts}
      help:  {team: helpers, work: 1 h}
      build: {team: owner, work: 3 d}
traits: {adopts: $adoption}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    file = tmp_path_factory.mktemp("levers") / "scenario.yaml"
    file.write_text(TEXT)
    return load(file)


def test_teams_limits_and_assumptions_with_a_range_are_levers(scenario: Scenario) -> None:
    assert [lever.name for lever in levers(scenario)] == [
        *("analysts.size", "analysts.owns", "desk.size", "helpers.size", "work.limit"),
        *("$analysts", "$demand", "$adoption", "$focus", "$patience"),
    ]


def test_a_lever_stands_where_the_scenario_has_it_last(scenario: Scenario) -> None:
    at = {lever.name: lever.present for lever in levers(scenario)}
    assert at["desk.size"] == 2
    assert at["helpers.size"] is None
    assert at["$adoption"] == pytest.approx(80)
    assert at["$focus"] == pytest.approx(72)
    assert at["$patience"] == 60


def test_every_lever_can_be_turned_to_every_value_it_offers(scenario: Scenario) -> None:
    for lever in levers(scenario):
        for value in lever.values():
            turned = lever_named(changed(scenario, lever.changes(value)), lever.name)
            assert turned.present == pytest.approx(value)


def test_an_assumption_over_time_changes_in_proportion(scenario: Scenario) -> None:
    turned = changed(scenario, lever_named(scenario, "$focus").changes(90))
    focus = turned.assumptions["focus"]
    assert isinstance(focus, Steps)
    values = [number.value for _, number in focus.points if isinstance(number, Constant)]
    assert values == pytest.approx([0.71 * 90 / 72, 0.9])


def test_nothing_turned_is_written_in_the_words_of_the_file(scenario: Scenario) -> None:
    assert lever_named(scenario, "$patience").written(45.5) == "45.5 d"
    assert lever_named(scenario, "$demand").written(2) == "2 per year"
    assert lever_named(scenario, "$analysts").written(5.0) == 5


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("desk=1..4", [1, 2, 3, 4]),
        ("desk.size=2..6 by 2", [2, 4, 6]),
        ("work.limit=5..5", [5]),
        ("$focus=70%..80% by 5%", [70, 75, 80]),
        ("patience=1 w..10 d by 1 d", [5, 6, 7, 8, 9, 10]),
        ("$analysts=3..5", [3, 4, 5]),
    ],
)
def test_bounds_are_read_in_the_units_they_are_written_in(
    scenario: Scenario, text: str, values: list[float]
) -> None:
    assert bounded(scenario, text).values() == pytest.approx(values)


def test_without_a_step_a_continuous_lever_is_tried_at_even_distances(scenario: Scenario) -> None:
    values = bounded(scenario, "$focus=60%..90%").values(at_most=7)
    assert values[0] == 60
    assert values[-1] == pytest.approx(90)
    assert {round(b - a, 9) for a, b in pairwise(values)} == {5}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("desk", "not understood"),
        ("desk=4..1", "the least comes first"),
        ("desk=0..4", "a whole number, 1 or more"),
        ("desk=1.5..4", "a whole number, 1 or more"),
        ("desk=1..4 by 0", "above 0"),
        ("dask=1..4", "Did you mean 'desk.size'"),
        ("analysts=1..4", "Write 'analysts.size' or '\\$analysts'"),
        ("$focus=60..90", "written like '90%', found '60'"),
        ("$patience=10 days..20 days", "written like '120 d'"),
        ("$demand=1 per month..2 per month", "written like '5 per year'"),
        ("desk=one..two", "the word 'one' is unknown"),
        ("desk=exponential mean 2..9", "a bound is one number"),
    ],
)
def test_bounds_that_cannot_be_meant_are_refused(scenario: Scenario, text: str, words: str) -> None:
    with pytest.raises(RunError, match=words):
        bounded(scenario, text)


def test_a_lever_is_a_value(scenario: Scenario) -> None:
    assert isinstance(lever_named(scenario, "desk"), Lever)
    assert lever_named(scenario, "desk") == lever_named(scenario, "desk.size")
