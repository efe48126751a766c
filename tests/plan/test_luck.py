"""No two draws of a plan may share their luck."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.errors import PlanError
from sim.plan import compile_plan
from sim.plan.luck import check_luck
from sim.scenario.load import Scenario

SCENARIO = """
clock: {start: 2027-01-04, horizon: 2 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 2}}
cases: {idea: {arrive: {rate: 2 per d}, flow: main}}
flows: {main: {steps: {ask: {team: desk, work: 1 h}, say: {team: desk, work: 1 h}}}}
"""


def test_two_draws_with_one_hash_are_refused(
    scenario: Callable[[str], Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = compile_plan(scenario(SCENARIO))
    check_luck(plan)
    monkeypatch.setattr("sim.plan.luck.path_hash", lambda source, path: len(path))
    with pytest.raises(PlanError, match=r"'idea\|idea/.*' and 'idea\|.*' have the same hash"):
        check_luck(plan)
