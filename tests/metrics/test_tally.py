"""Tallies that metrics take from facts: what their sums have to agree in, whoever takes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim import engines
from sim.metrics import measures, summarise, tally
from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.records import Facts
from sim.records.tallies import Tallies
from sim.scenario.load import load

# owners, switching, overtime, alternatives, groups, a fork, a pool, a size and a price that change
TEXT = """
clock: {start: 2027-01-04, horizon: 3 months, warm_up: 2 weeks, business: office}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
teams:
  desk: {size: 3, owns: 4, switching: 10 min, slice: 1 d, cost: 40 per hour}
  lab:
    size: {0 months: 2, 1 months: 1}
    closing: finish
    focus: 80%
    cost: ramp 30 per hour at 0 months to 60 per hour at 3 months
  crowd: {size: unlimited, cost: 10 per hour}
environments: {box: {cost: 100 per month, pool: 2}}
traits: {urgent: 30%}
cases:
  idea:
    arrive: {rate: 2 per d}
    owner: desk
    start_with: {make: 2}
    patience: {waiting: exponential mean 30 d, then: {end: gave_up}}
    flow: main
flows:
  main:
    steps:
      write: {team: owner, work: exponential mean 2 h}
      make:
        team: lab
        work: exponential mean 4 h
        takes: box
        gives_back: box
        instead: {by_crowd: {when: urgent, team: crowd, work: 1 h}}
      both: {parallel: {one: look, other: look}}
      check: {team: owner, work: 1 h, adds: necessary, then: {again: {p: 30%, go_to: make}, ok: rest}}
  look: {steps: {look: {team: crowd, work: uniform 1 h to 20 h}}}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> Plan:
    path = tmp_path_factory.mktemp("tally") / "s.yaml"
    path.write_text(TEXT)
    return compile_plan(load(path))


@pytest.fixture(scope="module")
def facts(plan) -> Facts:
    return engines.run(plan, seed=4, engine="simpy")


@pytest.fixture(scope="module")
def found(facts, plan) -> Tallies:
    return tally(facts, plan, (plan.warm_up, plan.warm_up + 1_000_000_000, plan.end))


def test_tallies_of_columns_are_those_of_rows(facts, plan, found):
    columns = engines.run(plan, seed=4, engine="compiled")
    assert tally(columns, plan, found.money.edges) == found


def test_figures_are_made_of_tallies_alone(facts, plan, found):
    assert measures(found, plan) == summarise(facts, plan)


def test_accounts_of_cases_and_passages_sum_to_their_lead_times(found):
    for each in (*found.cases, *found.flows):
        assert each.counted.n > 0
        assert sum(each.account) == each.counted.lead_time.total


def test_outcomes_are_the_counted_cases_by_how_they_ended(found):
    (idea,) = found.cases
    assert {"done", "gave_up"} >= set(idea.outcomes) and "done" in idea.outcomes
    assert sum(each.n for each in idea.outcomes.values()) == idea.counted.n
    assert sum(each.elapsed.total for each in idea.outcomes.values()) == idea.counted.elapsed.total


def test_who_has_a_trait_and_who_has_not_are_all_that_were_asked(found, plan):
    main = found.flows[[row.name for row in plan.flows].index("main")]
    assert list(main.groups) == ["urgent", "not urgent"]
    assert 0 < sum(each.n for each in main.groups.values()) <= main.counted.n


def test_hours_between_edges_sum_to_the_hours_of_the_window(found, plan):
    for index, (row, team) in enumerate(zip(plan.teams, found.teams, strict=True)):
        assert sum(found.money.worked_ms[index]) == team.busy_ms + team.overtime_ms
        assert sum(found.money.overtime_ms[index]) == team.overtime_ms
        assert (team.overtime_ms > 0) == (row.name == "lab")


def test_hours_do_not_depend_on_further_edges(facts, plan, found):
    first, middle, last = found.money.edges
    finer = tally(facts, plan, (first, first + 400_000_000, middle, last)).money
    for name in ("worked_ms", "overtime_ms", "waste_ms"):
        for coarse, fine in zip(getattr(found.money, name), getattr(finer, name), strict=True):
            assert coarse == (fine[0] + fine[1], fine[2])


def test_time_in_hand_covers_what_owners_worked(found, plan):
    desk = found.owners[[row.name for row in plan.teams].index("desk")]
    assert sum(each is not None for each in found.owners) == 1
    assert 0 < sum(desk.work_ms) + desk.switching_ms + desk.other_work_ms <= desk.taken_ms
    assert desk.switching_ms > 0 and desk.waiting_ms > 0


def test_growth_is_a_whole_number_beyond_64_bits(tmp_path):
    """A case in each hour of six years that never leaves: (y − x)(x + y − L) of all of them."""
    path = tmp_path / "s.yaml"
    path.write_text(
        "clock: {start: 2027-01-01, horizon: 72 months}\n"
        "calendars: {open: {days: Mon-Sun, hours: 00:00-24:00}}\n"
        "cases: {idea: {arrive: {every: 1000 h}, flow: main}}\n"
        "flows: {main: {steps: {lie: {wait: 11 years, why: sleep}}}}\n"
    )
    plan = compile_plan(load(path))
    half = plan.end // 2
    arrivals = range(3_600_000_000, plan.end, 3_600_000_000)
    begins = [max(0, arrive - half) for arrive in arrivals]
    (idea,) = tally(engines.run(plan, engine="simpy"), plan).cases
    assert idea.growth == sum((half - x) * x for x in begins) > 2**63


def test_without_edges_no_hours_are_tallied(facts, plan, found):
    assert tally(facts, plan) == replace(found, money=None)
