"""Values of a scenario changed by their paths, and the file that says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.plan.compiler import compile_plan
from sim.scenario import load
from sim.scenario.changes import REMOVE, Changes, changed, difference_text, found_at
from sim.scenario.load import Scenario

BASE = """
name: Two desks
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
assumptions:
  returned: {value: 20%, range: [10%, 40%], source: assumption}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams:
  desk:   {size: 2, switching: 10 min, owns: 3, cost: 40 per hour}
  office: {size: {0 months: 1, 6 months: 2}}
cases:
  ticket: {arrive: {rate: 5 per d}, owner: desk, flow: work}
flows:
  work:
    steps:
      look: {team: owner, work: 1 h, then: {back: {p: $returned, go_to: look}, on: rest}}
      do:   {team: office, work: 1 h, batch: {up_to: 3}}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    (tmp_path / "base.yaml").write_text(BASE)
    return load(tmp_path / "base.yaml")


CHANGES: Changes = {
    ("teams", "desk", "size"): 5,
    ("teams", "desk", "switching"): REMOVE,
    ("teams", "office", "size"): {"0 months": 3, "6 months": 4},
    ("teams", "office", "calendar"): "always",
    ("assumptions", "returned", "value"): "35%",
    ("flows", "work", "steps", "do", "batch"): REMOVE,
    ("flows", "work", "steps", "look", "then", "back", "p"): "0%",
}


def test_a_changed_scenario_is_what_the_file_of_its_differences_loads_as(scenario: Scenario) -> None:
    other = changed(scenario, CHANGES, "Five desks")
    text = difference_text(CHANGES, extends=["base.yaml"], name="Five desks")
    (scenario.folder / "other.yaml").write_text(text)
    assert compile_plan(other) == compile_plan(load(scenario.folder / "other.yaml"))
    assert compile_plan(other) != compile_plan(scenario)


def test_what_was_changed_is_not_touched_itself(scenario: Scenario) -> None:
    before = scenario.tree.plain()
    changed(scenario, CHANGES)
    assert scenario.tree.plain() == before
    assert found_at(scenario, ("teams", "desk", "size")) == 2
    assert found_at(scenario, ("teams", "nobody", "size")) is None


def test_nothing_changed_is_the_same_plan(scenario: Scenario) -> None:
    assert compile_plan(changed(scenario, {})) == compile_plan(scenario)


def test_an_unsound_value_is_told_at_the_place_of_the_one_it_replaced(scenario: Scenario) -> None:
    with pytest.raises(ScenarioError, match=r"base\.yaml:8.*teams\.desk\.size"):
        changed(scenario, {("teams", "desk", "size"): "many"})


@pytest.mark.parametrize("path", [("teams", "desk", "slice"), ("teams", "nobody"), ("name", "desk", "size")])
def test_there_must_be_something_to_remove(scenario: Scenario, path: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        changed(scenario, {path: REMOVE})
