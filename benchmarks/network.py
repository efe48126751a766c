"""The canonical network of the benchmarks: as a scenario, and as a SimPy model written by hand.

An open network of five teams: one request per hour; intake; a fork into data and environment; wrong data
found in one of ten cases, which goes back to the data team; modelling; a review that returns one of five to
modelling; release. 22,000 hours, the busiest team at 93 %.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy

HOURS = 22_008  # 917 days
TEAMS = {"intake": 1, "data": 2, "platform": 2, "science": 5, "review": 1}

SCENARIO = """
name: canonical network
clock: {{start: 2027-01-01, horizon: 917 days, warm_up: 0 days, business: {business}}}
calendars:
  office: {{days: Mon-Fri, hours: 09:00-17:00}}
teams:
  intake: {{size: 1}}
  data: {{size: 2}}
  platform: {{size: 2}}
  science: {{size: 5}}
  review: {{size: 1}}
cases:
  request: {{arrive: {{rate: 1 per h}}, flow: request}}
flows:
  request:
    steps:
      triage: {{team: intake, work: exponential mean 0.7 h}}
      prepare:
        parallel:
          surface: {{team: data, work: exponential mean 1.5 h}}
          provision: {{team: platform, work: exponential mean 1.6 h}}
      model:
        team: science
        work: exponential mean 3.35 h
        then: {{wrong_data: {{p: 10%, do: again}}, sound: rest}}
      check:
        team: review
        work: exponential mean 0.66 h
        then: {{return: {{p: 20%, go_to: model}}, accepted: rest}}
  again:
    steps:
      surface: {{team: data, work: exponential mean 1 h}}
"""


def scenario(business: str) -> str:
    """The network as a scenario; `business` is `always`, or `office` for working hours."""
    return SCENARIO.format(business=business)


class HandWritten:
    """The network as one would write it with SimPy: processes, resources, a random generator."""

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.luck = random.Random(seed)
        self.teams = {name: simpy.Resource(self.env, capacity=n) for name, n in TEAMS.items()}
        self.lead_times: list[float] = []

    def run(self) -> int:
        """Simulate; gives the number of requests that were done."""
        self.env.process(self.arrivals())
        self.env.run(until=HOURS)
        return len(self.lead_times)

    def arrivals(self) -> Generator[Any, Any, None]:
        while True:
            yield self.env.timeout(self.luck.expovariate(1.0))
            self.env.process(self.request())

    def work(self, team: str, mean: float) -> Generator[Any, Any, None]:
        with self.teams[team].request() as turn:
            yield turn
            yield self.env.timeout(self.luck.expovariate(1.0 / mean))

    def request(self) -> Generator[Any, Any, None]:
        arrived = self.env.now
        yield from self.work("intake", 0.7)
        surface = self.env.process(self.work("data", 1.5))
        provision = self.env.process(self.work("platform", 1.6))
        yield surface & provision
        while True:
            yield from self.work("science", 3.35)
            while self.luck.random() < 0.1:
                yield from self.work("data", 1.0)
                yield from self.work("science", 3.35)
            yield from self.work("review", 0.66)
            if self.luck.random() >= 0.2:
                break
        self.lead_times.append(self.env.now - arrived)
