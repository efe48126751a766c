"""The canonical network as one would write it with SimPy for a study of its own: processes, resources, luck.

Twice: `HandWritten` is as lean as SimPy's idioms allow and records the lead time of each request, nothing
else. `Monitored` is written as SimPy's tutorial does, with a process for each piece of work, and records what
a study of waiting needs beside: how long each work waited, and how long each team was busy.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy

TEAMS = {"intake": 1, "data": 2, "platform": 2, "science": 5, "review": 1}


class HandWritten:
    """Times are hours."""

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.luck = random.Random(seed)
        self.teams = {name: simpy.Resource(self.env, capacity=n) for name, n in TEAMS.items()}
        self.lead_times: list[float] = []

    def run(self, hours: float) -> list[float]:
        """Simulate; gives the lead times of the requests that were done."""
        self.env.process(self.arrivals())
        self.env.run(until=hours)
        return self.lead_times

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


class Monitored(HandWritten):
    """Waits in hours by team, and hours of work by team."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.waits: dict[str, list[float]] = {name: [] for name in TEAMS}
        self.busy = dict.fromkeys(TEAMS, 0.0)

    def work(self, team: str, mean: float) -> Generator[Any, Any, None]:
        yield self.env.process(self.served(team, mean))

    def served(self, team: str, mean: float) -> Generator[Any, Any, None]:
        asked = self.env.now
        with self.teams[team].request() as turn:
            yield turn
            began = self.env.now
            self.waits[team].append(began - asked)
            yield self.env.timeout(self.luck.expovariate(1.0 / mean))
            self.busy[team] += self.env.now - began
