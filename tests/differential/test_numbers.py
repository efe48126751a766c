"""Numbers of every kind, within each other, in both engines; conditions that ask no more than they must."""

from __future__ import annotations

import math

from sim.plan import compile_plan
from sim.scenario.load import load
from tests.differential.features import features
from tests.differential.test_generated import PAGE, documented

NUMBERS = """
name: numbers
clock: {start: 2027-01-04, horizon: 8 weeks, warm_up: 7 days, business: office}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
traits:
  big: {by: region, north: 80%, south: 20%}
  region: {north: ramp 10% at 0 days to 90% at 40 days, south: rest}
  points: {by: big, yes: uniform 0 to 5, no: exponential mean 2}
  grade: {low: {by: region, north: 20%, south: 50%}, middle: 30%, high: rest}
teams:
  a: {size: ramp 1 at 0 days to 4 at 30 days, order: priority}
  b: {size: 2, order: cd3, focus: ramp 100% at 0 days to 60% at 30 days}
environments:
  box:
    cost: {by: case, x: 5 per month, y: {by: grade, low: 1 per month, middle: 2 per month, high: 3 per month}}
    lingers: {by: case, x: 1 days, y: 2 days}
cases:
  x:
    arrive: {rate: ramp 1 per d at 0 days to 4 per d at 40 days}
    flow: f
    priority: {by: grade, low: 3, middle: 2, high: 1}
    value: {per_month: lognormal mean 2 k cv 1, from: live}
  y: {arrive: {rate: 2 per d}, flow: f, traits: {big: 50%}}
flows:
  f:
    steps:
      sums:
        team: a
        work: (lognormal mean 1 h cv 1) * 2 - 6 min + 12 min
      ratio: {takes: box, gives_back: box, team: b, work: (gamma mean 2 h cv 0.7) / 2}
      cases: {team: a, work: {by: case, x: 1 h, y: {by: grade, low: 3 h, middle: 2 h, high: 1 h}}}
      parts:
        team: b
        work: {mix: {a: {p: 30%, is: weibull mean 1 h shape 2}, b: {p: rest, is: pert 1 h to 2 h to 4 h}}}
      over:
        team: a
        work: {0 days: normal mean 1 h sd 1 h from 0 h to 4 h, 20 days: erlang k 3 mean 1 h, 40 days: 30 min}
        when: big and (points at least 2 or grade is high) and not (region is south and points below 3)
        then: {again: {p: ramp 60% at 0 days to 10% at 40 days, go_to: sums, weaken: 50%}, on: rest}
      live: {milestone: live}
"""


def test_numbers_of_every_kind_within_each_other(simulate):
    run = simulate(NUMBERS, seed=7)
    assert len(run.facts.events) > 1_000
    reached = features(run.plan)
    assert documented("by hand") <= reached
    unasked = [case for case in run.facts.cases for value in case.traits if math.isnan(value)]
    assert unasked  # `and` and `or` stop where they know


def test_every_construct_of_a_shipped_scenario_is_documented():
    known = documented("generated") | documented("by hand")
    for path in sorted((PAGE.parents[1] / "scenarios").glob("*.yaml")):
        assert features(compile_plan(load(path))) <= known, path.name
