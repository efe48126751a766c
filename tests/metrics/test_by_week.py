"""Load by week and cumulative flow, against two weeks worked by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.metrics.by_week import load_by_week
from sim.metrics.cumulative import BEFORE, cumulative_flow
from tests.conftest import DAY, Run

# Tuesday 10:00: 12 h until Wednesday 14:00. Tuesday 11:00: waits 6 h + 5 h, then until Friday 10:00.
TWO_CASES = """
    clock: {start: 2027-01-04, horizon: 2 weeks}
    calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
    teams: {desk: {size: 1}, guild: {size: unlimited}}
    cases: {job: {arrive: {at: [2027-01-05 10:00, 2027-01-05 11:00]}, flow: f}}
    flows:
      f:
        steps:
          build: {team: desk, work: 12 h}
          check: {team: guild, work: 8 h}
"""


@pytest.fixture
def run(simulate: Callable[..., Run]) -> Run:
    return simulate(TWO_CASES)


def test_busy_hours_are_those_of_the_week_in_which_they_are_worked(run: Run) -> None:
    load = load_by_week([run.facts], run.plan)
    desk = load.teams.index("desk")
    np.testing.assert_allclose(load.busy[desk] / 3_600_000, [24, 0])
    np.testing.assert_allclose(load.utilisation[desk], [60, 0])
    assert load.mean_utilisation[desk] == pytest.approx(30)


def test_the_queue_is_its_mean_over_business_time(run: Run) -> None:
    load = load_by_week([run.facts], run.plan)
    np.testing.assert_allclose(load.queue[load.teams.index("desk")], [11 / 40, 0])


def test_several_replications_are_averaged(run: Run) -> None:
    once, twice = load_by_week([run.facts], run.plan), load_by_week([run.facts] * 2, run.plan)
    np.testing.assert_array_equal(once.utilisation, twice.utilisation)
    np.testing.assert_array_equal(once.queue, twice.queue)


def test_a_team_without_a_size_has_hours_but_no_utilisation(run: Run) -> None:
    load = load_by_week([run.facts], run.plan)
    guild = load.teams.index("guild")
    assert load.busy[guild].sum() / 3_600_000 == 16
    assert np.isnan(load.utilisation[guild]).all() and np.isnan(load.mean_utilisation[guild])


def test_cases_are_in_the_furthest_stage_they_have_reached(run: Run) -> None:
    flow = cumulative_flow([run.facts], run.plan, "job")
    assert flow.stages == (("build",), ("check",))
    # at midnight: after Tuesday both are in the first; after Wednesday one is in the second
    at = [int(np.searchsorted(flow.instants, day * DAY)) for day in (1, 2, 3, 4, 5)]
    assert flow.counts[0][:, at].tolist() == [[0, 2, 2, 2, 2], [0, 0, 1, 1, 2], [0, 0, 0, 1, 1]]


def test_waiting_for_an_owner_is_a_stage_of_its_own(simulate: Callable[..., Run]) -> None:
    run = simulate("""
        clock: {start: 2027-01-04, horizon: 1 weeks}
        calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
        teams: {crew: {size: 1, owns: 1}}
        cases: {job: {arrive: {at: [2027-01-04 09:00, 2027-01-04 10:00]}, owner: crew, flow: f}}
        flows: {f: {steps: {build: {team: owner, work: 12 h}}}}
    """)
    flow = cumulative_flow([run.facts], run.plan, "job")
    assert flow.stages == ((BEFORE,), ("build",))
    assert flow.counts[0][:, 1].tolist() == [2, 1, 0]  # Monday midnight
