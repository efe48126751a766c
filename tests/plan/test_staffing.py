"""Other sizes, cases per member and limits of a plan: the same as compiling the changed scenario."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.experiment.replicate import Options, run_one
from sim.plan import compile_plan
from sim.plan.staffing import with_staffing
from sim.scenario.changes import changed
from sim.scenario.load import Scenario

TEXT = """
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
economics: {years: 1}
teams:
  owners:  {size: 4, owns: 2, cost: 50 per hour}
  desk:    {size: {0 months: 1, 6 months: 2}, cost: 40 per hour}
  helpers: {size: unlimited, cost: 60 per hour}
cases:
  idea: {arrive: {rate: 2 per d}, owner: owners, flow: work}
flows:
  work:
    steps:
      ask:    {team: desk, work: exponential mean 2 h}
      inside: {flow: inside}
      build:  {team: owner, work: exponential mean 8 h}
  inside:
    limit: 3
    steps:
      help: {team: helpers, work: exponential mean 3 h}
"""


@pytest.mark.parametrize(
    ("staffing", "changes"),
    [
        ({"sizes": {"desk": 2}}, {("teams", "desk", "size"): 2}),
        ({"sizes": {"helpers": 3}}, {("teams", "helpers", "size"): 3}),
        (
            {"sizes": {"owners": 6}, "owns": {"owners": 3}},
            {("teams", "owners", "size"): 6, ("teams", "owners", "owns"): 3},
        ),
        ({"limits": {"inside": 1}}, {("flows", "inside", "limit", "cases"): 1}),
    ],
)
def test_a_plan_with_other_staffing_runs_as_that_of_the_changed_scenario(
    scenario: Callable[[str], Scenario],
    staffing: dict[str, dict[str, int]],
    changes: dict[tuple[str, ...], object],
) -> None:
    before = scenario(TEXT)
    plan, compiled = with_staffing(compile_plan(before), **staffing), compile_plan(changed(before, changes))
    here, there = (run_one(each, 1, 0, Options(1, "auto", keep_log=True)) for each in (plan, compiled))
    assert here.events is not None
    assert there.events is not None
    assert here.events.equals(there.events)
    assert list(here.measures) == list(there.measures)
    assert here.flows == there.flows


def test_a_name_that_is_not_in_the_plan_is_refused(scenario: Callable[[str], Scenario]) -> None:
    with pytest.raises(KeyError, match="no 'dsk'"):
        with_staffing(compile_plan(scenario(TEXT)), sizes={"dsk": 1})
