"""Queues of thousands: signposts, which the compiled engine finds places by, do not change the order."""

from __future__ import annotations

import pytest

from sim.plan import compile_plan

from .both import run_both

LONG = """
name: long queues
clock: {{start: 2027-01-04, horizon: 1 days, business: office}}
calendars:
  office: {{days: Mon-Fri, hours: 09:00-17:00}}
teams:
  a: {{size: 2, order: {order}}}
  b: {{size: 1}}
traits: {{hurry: {{high: 30%, low: rest}}}}
cases:
  x:
    arrive: {{rate: 2000 per d}}
    due: {{by: hurry, high: 1 d, low: 3 d}}
    value: {{per_month: lognormal mean 20 k cv 1, from: ready}}
    priority: 2
    patience: {{waiting: exponential mean 3 d}}
    flow: main
  y: {{arrive: {{rate: 8 per d}}, priority: 1, flow: other}}
flows:
  main: {{steps: {{s: {{team: a, work: exponential mean 10 min}}, told: {{milestone: ready}}}}}}
  other: {{steps: {{t: {{team: a, with: b, work: exponential mean 20 min}}}}}}
"""


@pytest.mark.parametrize("order", ["fifo", "priority", "value", "cd3", "shortest", "due"])
def test_thousands_wait_in_the_same_order_in_both_engines(scenario, order):
    facts = run_both(compile_plan(scenario(LONG.format(order=order))))
    waiting = 0
    longest = 0
    for row in facts.events:
        waiting += {"enqueue": 1, "start": -1, "cancel": -1}.get(str(row[9]), 0)
        longest = max(longest, waiting)
    assert longest > 600  # signposts stand from 512 on
