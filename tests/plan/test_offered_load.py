"""Offered load: worked out by hand, and held against the utilisation that simulation measures."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from scipy import stats

from sim import engines
from sim.metrics import summarise
from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.plan.offered_load import (
    OfferedLoad,
    TeamLoad,
    first_year,
    last_year,
    mean_arrivals,
    mean_load,
    offered_load,
    stretches,
)
from sim.scenario.load import Scenario

HOUR = 3_600_000
MONTH = 2_629_800_000

HEAD = """
clock: {start: 2027-01-04, horizon: 52 weeks}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}, half: {days: Mon-Fri, hours: 09:00-13:00}}
"""

Compile = Callable[[str], Plan]


@pytest.fixture
def plan_of(scenario: Callable[[str], Scenario]) -> Compile:
    return lambda text: compile_plan(scenario(HEAD + text))


def team(plan: Plan, load: OfferedLoad, name: str) -> TeamLoad:
    return next(one for one in load.teams if plan.teams[one.team].name == name)


def test_hours_asked_are_arrivals_times_visits_times_work(plan_of: Compile) -> None:
    plan = plan_of("""
teams:
  desk: {size: 2, other_work: {people: 0.5, work: exponential mean 3 h}}
  boss: {size: 1, calendar: half, focus: 80%}
cases: {idea: {arrive: {rate: 2 per d}, flow: main}}
flows:
  main:
    steps:
      write: {team: desk, work: {first: lognormal mean 2 h cv 1, again: 50%}}
      agree:
        team: boss
        with: {desk: 2}
        work: uniform 0 min to 30 min
        then: {back: {p: 20%, go_to: write}, good: rest}
""")
    load = offered_load(plan, 0)
    desk, boss = team(plan, load, "desk"), team(plan, load, "boss")
    again = 0.25  # 1 / 0.8 visits of each step
    # 52 weeks of 364 days: the hours of a mean week are 40 and 20
    assert desk.capacity == pytest.approx(80 * HOUR)
    assert desk.asked["idea"] == pytest.approx(10 * (2 + again * 1 + (1 + again) * 2 * 0.25) * HOUR, rel=1e-4)
    assert desk.asked["other work"] == pytest.approx(0.5 * 40 * HOUR)
    assert boss.capacity == pytest.approx(20 * 0.8 * HOUR)
    assert boss.share == pytest.approx(10 * 1.25 * 0.25 / 16, rel=1e-4)


def test_ends_that_start_cases_feed_the_demand(plan_of: Compile) -> None:
    plan = plan_of(
        """
teams: {desk: {size: 1}}
cases:
  idea: {arrive: {rate: 1 per d}, flow: main}
  repair: {flow: mend}
flows:
  main:
    steps:
      build: {team: desk, work: 1 h, then: {bad: {p: 20%, end: dropped}, good: rest}}
      close:
        end: {as: live, starts: {case: idea, p: 50%, after: 10 days}}
  mend: {steps: {only: {team: desk, work: 1 h}}}
""".replace("done: {end", "done:\n        {end")
    )
    load = offered_load(plan, 0)
    assert load.arrivals["idea"] == pytest.approx(5 / (1 - 0.8 * 0.5))
    assert load.arrivals["repair"] == 0


def test_a_cycle_that_starts_more_than_it_ends_is_told(plan_of: Compile) -> None:
    plan = plan_of("""
teams: {desk: {size: 1}}
cases: {idea: {arrive: {rate: 1 per d}, flow: main}}
flows:
  main:
    steps:
      build: {team: desk, work: 1 h}
      over: {end: {as: live, starts: {case: idea, after: 1 d}}}
""")
    assert "without end" in offered_load(plan, 0).unknown["idea"]


def test_a_closed_population_takes_what_is_left(plan_of: Compile) -> None:
    plan = plan_of("""
teams: {desk: {size: 1}}
cases: {idea: {arrive: {population: 3}, flow: main}}
flows: {main: {steps: {build: {team: desk, work: 1 h}}}}
""")
    load = offered_load(plan, 0)
    assert "closed population" in load.unknown["idea"]
    assert team(plan, load, "desk").total == 0


@pytest.mark.parametrize(("batch", "per_work"), [("exactly: 4", 4.0), ("up_to: 3", 3.0)])
def test_a_batch_shares_one_work(plan_of: Compile, batch: str, per_work: float) -> None:
    plan = plan_of(f"""
teams: {{desk: {{size: 1}}}}
cases: {{idea: {{arrive: {{rate: 2 per d}}, flow: main}}}}
flows: {{main: {{steps: {{build: {{team: desk, work: 1 h, batch: {{{batch}}}}}}}}}}}
""")
    assert team(plan, offered_load(plan, 0), "desk").total == pytest.approx(10 * HOUR / per_work)


def test_a_batch_that_does_not_wait_for_ever_is_as_full_as_cases_come_meanwhile(plan_of: Compile) -> None:
    plan = plan_of("""
teams: {desk: {size: 1}}
cases: {idea: {arrive: {rate: 2 per d}, flow: main}}
flows: {main: {steps: {build: {team: desk, work: 1 h, batch: {exactly: 3, or_after: 4 h}}}}}
""")
    none, one = math.exp(-1), math.exp(-1)  # Poisson of mean 1 in half a day
    size = 1 + one * 1 + (1 - none - one) * 2
    assert team(plan, offered_load(plan, 0), "desk").total == pytest.approx(10 * HOUR / size)


def test_the_load_is_that_of_its_instant(plan_of: Compile) -> None:
    plan = plan_of("""
teams: {desk: {size: {0 months: 1, 6 months: 2}}}
cases: {idea: {arrive: {rate: ramp 2 per d at 3 months to 4 per d at 9 months}, flow: main}}
flows: {main: {steps: {build: {team: desk, work: 2 h}}}}
""")
    parts = stretches(plan)
    edges = [0, 3 * MONTH, 6 * MONTH, 9 * MONTH, plan.end]
    assert sorted({edge for part in parts for edge in (part.begin, part.end)}) == edges
    # the ramp at the middle of its pieces: 2.5 and 3.5 a day of 2 h, for one person and then for two
    shares = [team(plan, part.load, "desk").share for part in parts]
    assert shares == pytest.approx([0.5, 0.625, 0.4375, 0.5], rel=2e-3)
    mean = mean_load(parts, 0, 0, 6 * MONTH)
    assert mean.share == pytest.approx((0.5 + 0.625) / 2, rel=2e-3)
    assert first_year(parts) == last_year(parts) == (0, plan.end)
    assert mean_arrivals(parts, "idea", 0, 6 * MONTH) == pytest.approx(5 * 2.25, rel=2e-3)


def test_an_unlimited_team_is_never_loaded(plan_of: Compile) -> None:
    plan = plan_of("""
teams: {desk: {size: unlimited}}
cases: {idea: {arrive: {every: 4 h}, flow: main}}
flows: {main: {steps: {build: {team: desk, work: 2 h}}}}
""")
    desk = team(plan, offered_load(plan, 0), "desk")
    assert (desk.share, desk.total) == (0.0, pytest.approx(20 * HOUR))


EVERYTHING = """
teams:
  desk: {size: 3, other_work: {people: 0.8, work: exponential mean 2 h}}
  lab:  {size: 2, focus: 80%}
  boss: {size: 1, calendar: half}
traits: {hard: 60%, kind: {new: 40%, old: rest}, lines: uniform 0 to 10}
cases:
  idea: {arrive: {rate: 3 per d}, owner: lab, flow: main}
  plea: {arrive: {every: 1 d}, traits: {hard: 30%}, flow: small}
flows:
  main:
    steps:
      write: {team: owner, work: {first: exponential mean 1 h, again: 30%}}
      check:
        team: desk
        with: owner
        work: {by: kind, new: 30 min, old: 10 min}
        then: {back: {p: 30%, go_to: write, weaken: 50%}, good: rest}
      both: {parallel: {data: small, talk: {team: desk, work: 20 min, when: lines at least 4}}}
      sign:
        team: boss
        work: 90 min
        batch: {exactly: 3, or_after: 1 d}
        when: hard
        instead: {rule: {when: kind is old, wait: 5 min, falls_back: 20%}}
        then: {unclear: {p: 25%, do: explain, at_most: 1}, clear: rest}
      close: {end: {as: live, starts: {case: idea, p: 10%, after: 5 days}}}
  small:
    steps:
      copy:
        team: lab
        work: triangular 10 min to 20 min to 1 h
        then: {twice: {p: 20%, go_to: copy}, good: rest}
      hard_part: {team: lab, work: 30 min, when: hard}
  explain: {steps: {answer: {team: desk, work: 45 min}}}
"""


@pytest.mark.slow  # eight replications of a year: the utilisation of a team needs that many cases
def test_measured_utilisation_is_the_offered_load(plan_of: Compile) -> None:
    """At 99.9 % a team; the boss's batch waits in the queue too, so it is a little fuller than reckoned."""
    plan = plan_of(EVERYTHING.replace("horizon: 52 weeks", "horizon: 52 weeks, warm_up: 4 weeks"))
    load = offered_load(plan, plan.warm_up)
    measured: dict[str, list[float]] = {row.name: [] for row in plan.teams}
    for replication in range(8):
        for one in summarise(engines.run(plan, seed=3, replication=replication), plan):
            if one.metric == "utilisation" and one.kind == "team" and one.value is not None:
                measured[one.of].append(one.value)
    for name, values in measured.items():
        expected = 100 * team(plan, load, name).share
        mean, spread = sum(values) / len(values), stats.sem(values)
        reach = stats.t.ppf(0.9995, len(values) - 1) * spread
        slack = 0.03 * expected if name == "boss" else 0.0
        assert abs(mean - expected) < reach + slack, (name, mean, expected, reach)
        assert reach < 0.12 * expected  # the interval is narrow enough to find a step that is left out
