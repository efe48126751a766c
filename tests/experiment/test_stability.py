"""A scenario that never settles is called unstable, and its team named; one that does is not."""

from __future__ import annotations

import pytest

import sim
from sim.experiment.stability import growing

QUEUE = """
    name: queue
    clock: {start: 2027-01-04, horizon: 40 days, warm_up: 10 days, business: always}
    teams: {clerk: {size: 1}, other: {size: 1}}
    cases: {c: {arrive: {rate: 1 per h}, flow: f}}
    flows:
      f:
        steps:
          s: {team: clerk, work: exponential mean WORK}
          t: {team: other, work: exponential mean 20 min}
"""


def grown(scenario, text, replications=10):
    result = sim.run(scenario(text), replications=replications, jobs=1)
    return {(each.kind, each.of): each for each in growing(result)}


def test_a_team_asked_for_more_than_it_can_do_is_unstable(scenario):
    found = grown(scenario, QUEUE.replace("WORK", "72 min"))
    clerk = found["team", "clerk"]
    assert clerk.verdict == "unstable"
    assert clerk.load == pytest.approx(1.2)
    # of 168 cases a week, a sixth is not done
    assert clerk.per_week.low < 168 / 6 < clerk.per_week.high
    assert ("team", "other") not in found
    assert found["case", "c"].verdict == "unstable"


def test_one_replication_is_enough_where_the_load_says_it_too(scenario):
    found = grown(scenario, QUEUE.replace("WORK", "72 min"), replications=1)
    assert [(key, each.verdict) for key, each in found.items()] == [(("team", "clerk"), "unstable")]
    assert found["team", "clerk"].per_week.low is None


def test_a_busy_team_that_keeps_up_is_stable(scenario):
    assert grown(scenario, QUEUE.replace("WORK", "48 min")) == {}


def test_people_who_give_up_keep_an_overloaded_team_in_balance(scenario):
    text = QUEUE.replace("exponential mean WORK}", "72 min, patience: {waiting: 4 h, then: {end: gave_up}}}")
    assert grown(scenario, text) == {}


def test_demand_that_falls_off_in_time_is_no_instability(scenario):
    text = QUEUE.replace("rate: 1 per h", "rate: {0 days: 1 per h, 10 days: 0.5 per h}")
    assert grown(scenario, text.replace("WORK", "72 min")) == {}


def test_what_the_offered_load_does_not_see_is_still_told(scenario):
    """The clerk is asked for 33 %, but owns one case at a time, 70 min of it: the others wait at the door."""
    text = QUEUE.replace("WORK", "20 min").replace("clerk: {size: 1}", "clerk: {size: 1, owns: 1}")
    text = text.replace("flow: f}}", "owner: clerk, flow: f}}")
    text = text.replace("team: other, work: exponential mean 20 min", "wait: 50 min")
    found = grown(scenario, text)
    assert [(key, each.verdict) for key, each in found.items()] == [(("case", "c"), "still growing")]
    assert found["case", "c"].load is None
    assert found["case", "c"].per_week.low > 0
