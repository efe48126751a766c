"""A desk and builders, small enough to search in a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.load import Scenario, load

TEXT = """
name: Desk
currency: EUR
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
assumptions:
  work: {value: 5 h, range: [3 h, 6 h], source: assumption}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
economics: {discount_rate: 5%, years: 1}
teams:
  desk:    {size: 1, cost: 40 per hour}
  builders: {size: 2, cost: 60 per hour, other_work: {people: 1.2, work: exponential mean 2 h}}
cases:
  form:
    arrive: {rate: 1 per d}
    value: {per_month: 2 k, from: built}
    flow: work
flows:
  work:
    steps:
      read:  {team: desk, work: exponential mean $work}
      build: {team: builders, work: exponential mean 4 h}
      built: {milestone: built}
"""


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("desk") / "desk.yaml"
    file.write_text(TEXT)
    return file


@pytest.fixture(scope="session")
def desk_scenario(desk: Path) -> Scenario:
    return load(desk)
