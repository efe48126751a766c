"""Figures of the passages through a flow by trait."""

from __future__ import annotations

import pytest

from sim import engines
from sim.metrics import summarise
from sim.plan import compile_plan
from sim.scenario.load import load

# ten cases an hour apart; sensitive ones are reviewed for 2 h, large ones packed for 3 h, small ones for 1 h
TEXT = """
clock: {start: 2027-01-04, horizon: 1 week}
calendars: {office: {days: Mon-Sun, hours: 00:00-24:00}}
teams: {desk: {size: unlimited}}
traits:
  sensitive: 40%
  size: {large: 50%, small: rest}
  weight: uniform 1 to 3
cases:
  parcel: {arrive: {every: 1 h}, flow: deliver}
flows:
  deliver:
    steps:
      review: {team: desk, work: 2 h, when: sensitive}
      pack: {flow: packing}
  packing:
    steps:
      pack: {team: desk, work: {by: size, large: 3 h, small: 1 h}}
      label: {team: desk, work: 1 h, when: size is large and weight at least 1}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("groups") / "s.yaml"
    path.write_text(TEXT)
    plan = compile_plan(load(path))
    facts = engines.run(plan, seed=1, replication=0)
    measures = summarise(facts, plan)
    return facts, {(m.of, m.metric): m.value for m in measures if m.kind == "group"}


def test_a_flow_has_groups_for_the_traits_that_it_and_what_it_calls_ask_about(run):
    _, found = run
    assert {of for of, _ in found} == {
        "deliver:sensitive",
        "deliver:not sensitive",
        "deliver:size is large",
        "deliver:size is small",
        "packing:size is large",
        "packing:size is small",
    }


def test_the_groups_of_a_trait_make_up_the_flow(run):
    facts, found = run
    n_left = sum(case.leave >= 0 for case in facts.cases)
    for one, other in (("sensitive", "not sensitive"), ("size is large", "size is small")):
        assert found[f"deliver:{one}", "passages"] + found[f"deliver:{other}", "passages"] == n_left


def test_a_group_has_the_lead_time_of_its_way(run):
    _, found = run
    assert found["packing:size is large", "lead_time"] == pytest.approx(4)  # 3 h and the label
    assert found["packing:size is small", "lead_time_p95"] == pytest.approx(1)
    assert 2 + 1 < found["deliver:sensitive", "lead_time"] < 2 + 4
    assert found["deliver:sensitive", "lead_time"] - found["deliver:not sensitive", "lead_time"] > 1


def test_a_group_nobody_is_in_has_no_lead_time(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(TEXT.replace("sensitive: 40%", "sensitive: 0%"))
    plan = compile_plan(load(path))
    measures = summarise(engines.run(plan, seed=1, replication=0), plan)
    found = {(m.of, m.metric): m.value for m in measures if m.kind == "group"}
    assert found["deliver:sensitive", "passages"] == 0
    assert found["deliver:sensitive", "lead_time"] is None
