"""Loading: what a sound file becomes, and what the schema refuses in which words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.load import from_tree, json_schema, load, load_with_patches
from sim.scenario.numbers import Constant
from sim.scenario.reader import read_tree
from sim.scenario.schema import Target
from sim.units.dimensions import HOUR_MS, Dimension

BASE = """\
name: Small
clock: {start: 2027-01-04, horizon: 12 months}
assumptions: {people: 2, half: $people / 2}
calendars:
  office: {days: Mon-Thu, hours: 08:00-18:00, holidays: US}
teams:
  desk: {size: $people}
cases:
  request: {arrive: {rate: 3 per d}, flow: main}
flows:
  main:
    steps:
      triage: {team: desk, with: {desk: 1}, work: 1 h, then: {again: {p: 20%, go_to: triage}, on: rest}}
      both: {parallel: {left: other, right: {wait: 1 d}}}
      last: {wait: 1 d, then: done}
  other:
    steps:
      work: {team: desk, work: 1 d}
"""
PATCH = """\
patch: More people
changes: One more at the desk.
base: base.yaml
assumptions: {people: 3}
"""


def write(folder: Path, text: str, name: str = "base.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scenario_knows_its_working_time_and_its_holidays(tmp_path: Path) -> None:
    scenario = load(write(tmp_path, BASE))
    assert (scenario.name, scenario.business, scenario.start) == ("Small", "office", date(2027, 1, 4))
    assert scenario.working_time.day_ms == 10 * HOUR_MS
    assert scenario.working_time.week_ms == 40 * HOUR_MS
    assert date(2027, 5, 31) in scenario.holidays["office"]
    assert set(scenario.rules) == {"always", "office"}


def test_numbers_are_read_with_their_assumptions(tmp_path: Path) -> None:
    scenario = load(write(tmp_path, BASE))
    assert scenario.number("$half") == Constant(1.0)
    assert scenario.number("1 d", Dimension.WORK_TIME) == Constant(10.0 * HOUR_MS, Dimension.WORK_TIME)


def test_shorthand_is_written_out(tmp_path: Path) -> None:
    steps = load(write(tmp_path, BASE)).file.flows["main"].steps
    parallel = steps["both"].parallel
    assert parallel is not None and parallel["left"].flow == "other"
    assert steps["triage"].with_ == {"desk": 1}
    then = steps["triage"].then
    assert isinstance(then, dict)
    assert (then["again"].p, then["again"].go_to, then["on"].p) == ("20%", "triage", None)
    assert steps["last"].then == "done"


def test_a_step_alone_after_then_is_a_target(tmp_path: Path) -> None:
    text = BASE.replace("then: done", "when: odd, then: triage") + "traits: {odd: 50%}\n"
    assert load(write(tmp_path, text)).file.flows["main"].steps["last"].then == Target(go_to="triage")


def test_a_patch_is_put_on_its_base_or_on_another(tmp_path: Path) -> None:
    base, patch = write(tmp_path, BASE), write(tmp_path, PATCH, "patch.yaml")
    for scenario in (load(patch), load_with_patches(base, [patch])):
        assert scenario.assumptions["people"] == Constant(3.0)
        assert [override.path for override in scenario.overrides] == ["assumptions.people.value"]


def test_a_tree_is_loaded_without_a_file(tmp_path: Path) -> None:
    tree = read_tree(write(tmp_path, BASE.replace("name: Small\n", "")))
    assert from_tree(tree, tmp_path, name="mine").name == "mine"


REFUSED = [
    ("teams:", "temas:", "temas\n  no key is called 'temas' here. Keys here: name, summary,"),
    ("teams:", "temas:", "Did you mean 'teams'?"),
    (
        "desk: {size: $people}",
        "desk: {sise: 2, size: 2}",
        "no key is called 'sise' here. Keys here: size, cost,",
    ),
    (
        "desk: {size: $people}",
        "desk: {cost: 9 per hour}",
        "the key 'size' is missing here. How many members;",
    ),
    (
        "desk: {size: $people}",
        "desk: {size: 2, order: fifi}",
        "found 'fifi'. Admissible: fifo, priority, value,",
    ),
    ("desk: {size: $people}", "desk: {size: 2, order: fifi}", "Did you mean 'fifo'?"),
    ("desk: {size: $people}", "desk: {size: true}", "found true. Admissible: a number, such as 40, 25%"),
    ("desk: {size: $people}", "desk: 5", "found '5'. Admissible: a map of keys and values."),
    ("p: 20%, go_to", "p: 20%, goto", "no key is called 'goto' here. Keys here: go_to, end, leave, do, p,"),
    ("right: {wait: 1 d}", "right: {wiat: 1 d}", "no key is called 'wiat' here."),
    ("then: done", "then: {end: {az: x}}", "no key is called 'az' here. Keys here: as, starts."),
    ("then: done", "skip: 1", "found '1'. Admissible: true or false."),
    ("flow: main}", "flow: 5}", "found '5'. Admissible: a text;"),
    (
        "{people: 2,",
        "{people: {value: 2, range: [1]},",
        "found a list. Admissible: low and high, such as [10%, 50%].",
    ),
]


@pytest.mark.parametrize(("old", "new", "words"), REFUSED)
def test_what_the_schema_refuses_is_told_in_plain_words(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert old in BASE
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, BASE.replace(old, new, 1)))
    assert words in str(caught.value)


def test_a_problem_stands_at_its_key(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"base\.yaml:13:56: flows\.main\.steps\.triage\.thn"):
        load(write(tmp_path, BASE.replace("work: 1 h, then:", "work: 1 h, thn:")))


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, BASE.replace("teams:", "temas:").replace("flow: main}", "flwo: main}")))
    keys = {problem.key for problem in caught.value.problems}
    assert keys == {"temas", "cases.request.flwo", "cases.request.flow"}


def test_the_json_schema_describes_every_key() -> None:
    found = json_schema()
    assert {"extends", "patch", "clock", "flows"} <= set(found["properties"])
    undescribed = [
        f"{name}.{key}"
        for name, part in found["$defs"].items()
        for key, value in part.get("properties", {}).items()
        if "description" not in value
    ]
    assert undescribed == []


def test_what_lingers_may_depend_on_a_trait_but_is_not_drawn(tmp_path):
    text = """
clock: {{start: 2027-01-04, horizon: 1 month}}
calendars: {{office: {{days: Mon-Fri, hours: 09:00-17:00}}}}
teams: {{desk: {{size: 1}}}}
environments: {{box: {{lingers: {lingers}}}}}
traits: {{neat: 50%}}
cases: {{one: {{arrive: {{backlog: 1}}, flow: all}}}}
flows: {{all: {{steps: {{work: {{team: desk, work: 1 h, takes: box}}}}}}}}
"""
    path = tmp_path / "s.yaml"
    path.write_text(text.format(lingers="{by: neat, yes: 1 days, no: 9 days}"))
    load(path)
    path.write_text(text.format(lingers="exponential mean 2 days"))
    with pytest.raises(ScenarioError, match="not drawn"):
        load(path)
