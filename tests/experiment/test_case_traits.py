"""What a case's traits turned out to be: told by the run, shown in the table of cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.experiment.replicate import Result, replicate
from sim.plan import compile_plan
from sim.records import CaseRow
from sim.scenario.load import Scenario

HEAD = """
clock: {start: 2027-01-04, horizon: 3 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 4}}
environments: {box: {cost: {by: size, large: 200 per month, small: 100 per month}}}
traits: {urgent: 30%, size: {large: 50%, small: rest}, lines: uniform 1 to 9, unread: 50%}
cases:
  idea: {arrive: {rate: 2 per d}, flow: main}
  plea: {arrive: {every: 1 d}, traits: {lines: 40%}, flow: other}
flows:
  main:
    steps:
      quick: {team: desk, work: 1 h, when: urgent}
      long:  {team: desk, work: 1 h, when: lines at least 5, takes: box}
  other: {steps: {only: {team: desk, work: 10 min, when: lines}}}
"""


@pytest.fixture
def result(scenario: Callable[[str], Scenario]) -> Result:
    return replicate(compile_plan(scenario(HEAD)), replications=1, seed=1, jobs=1)


def of_type(result: Result, name: str) -> list[CaseRow]:
    return [case for case in result.replay(0).cases if result.plan.case_types[case.case_type].name == name]


def test_traits_stand_in_the_order_of_the_case_type_and_unread_ones_are_nan(result: Result) -> None:
    names = [result.plan.traits[trait].name for trait in result.plan.case_types[0].traits]
    assert names == ["urgent", "size", "lines", "unread"]
    urgent, size, lines, unread = zip(*(case.traits for case in of_type(result, "idea")), strict=True)
    assert set(urgent) == {0.0, 1.0}
    assert all(1 <= n <= 9 for n in lines)
    assert all(math.isnan(value) for value in unread)
    # the price of the box asks for the size, of those that take one alone
    assert [math.isnan(value) for value in size] == [n < 5 for n in lines]


def test_the_table_of_cases_tells_traits_in_words(result: Result) -> None:
    table = result.cases
    assert [name for name in table.columns if name.startswith("trait:")] == [
        "trait:urgent",
        "trait:size",
        "trait:lines",
        "trait:unread",
    ]
    ideas = table.filter(table["case_type"] == "idea")
    assert set(ideas["trait:size"]) == {None, "large", "small"}
    assert set(ideas["trait:urgent"]) == {True, False}
    assert ideas["trait:unread"].is_null().all()


def test_a_trait_of_two_kinds_is_told_as_text(result: Result) -> None:
    table = result.cases
    pleas = table.filter(table["case_type"] == "plea")
    assert set(pleas["trait:lines"]) == {"True", "False"}
    assert pleas["trait:size"].is_null().all()


def test_traits_from_a_list_are_those_of_the_case(
    scenario: Callable[[str], Scenario], tmp_path: Path
) -> None:
    (tmp_path / "ideas.csv").write_text("when,size\n2027-01-05,small\n2027-01-06,large\n", encoding="utf-8")
    plan = compile_plan(scenario(HEAD.replace("{rate: 2 per d}", "{list: ideas.csv}", 1)))
    found = replicate(plan, replications=1, seed=1, jobs=1)
    sizes = [
        plan.traits[plan.case_types[0].traits[1]].levels[int(c.traits[1])] for c in of_type(found, "idea")
    ]
    assert sizes == ["small", "large"]
