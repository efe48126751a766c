"""The canonical network of the benchmarks, as a scenario.

An open network of five teams: one request per hour; intake; a fork into data and environment; wrong data
found in one of ten cases, which goes back to the data team; modelling; a review that returns one of five to
modelling; release. 22,008 working hours, the busiest team at 93 %: some 22,000 requests, and 149,000 events
(arrivals and ends of work).

Not here: the same network by other means (by_hand, in_c).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.scenario.load import Scenario, load

HOURS = 22_008  # 917 days; at 8 h a day the working hours of 3,851
OFFICE_DAYS = 3_851

SCENARIO = """
name: canonical network
clock: {{start: 2027-01-01, horizon: {days} days, warm_up: 0 days, business: {business}}}
calendars:
  office: {{days: Mon-Fri, hours: 09:00-17:00}}
assumptions:
  pace: {{value: {pace}, source: "1: as described; 2: all is done in half the time"}}
teams:
  intake: {{size: 1}}
  data: {{size: 2}}
  platform: {{size: 2}}
  science: {{size: 5}}
  review: {{size: 1}}
cases:
  request: {{arrive: {{rate: 1 per h * $pace}}, flow: request}}
flows:
  request:
    steps:
      triage: {{team: intake, work: exponential mean 0.7 h / $pace}}
      prepare:
        parallel:
          surface: {{team: data, work: exponential mean 1.5 h / $pace}}
          provision: {{team: platform, work: exponential mean 1.6 h / $pace}}
      model:
        team: science
        work: exponential mean 3.35 h / $pace
        then: {{wrong_data: {{p: 10%, do: again}}, sound: rest}}
      check:
        team: review
        work: exponential mean 0.66 h / $pace
        then: {{return: {{p: 20%, go_to: model}}, accepted: rest}}
  again:
    steps:
      surface: {{team: data, work: exponential mean 1 h / $pace}}
"""


def scenario(business: str = "always", days: int = HOURS // 24, pace: int = 1) -> Scenario:
    """The network; `business` is `always`, or `office` for working hours."""
    return loaded(SCENARIO.format(business=business, days=days, pace=pace))


def plan(business: str = "always", days: int = HOURS // 24, pace: int = 1) -> Plan:
    """The same, ready to run."""
    return compile_plan(scenario(business, days, pace))


def loaded(text: str) -> Scenario:
    """A scenario from the text of its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)
