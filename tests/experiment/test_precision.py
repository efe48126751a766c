"""Replications until a precision is reached."""

from __future__ import annotations

import pytest

from sim.experiment.compare import summary
from sim.experiment.precision import PILOT, replicate_to_precision
from sim.plan import compile_plan

QUEUE = """
    name: queue
    clock: {start: 2027-01-04, horizon: 30 days, warm_up: 1 day, business: always}
    teams: {clerk: {size: 1}}
    cases: {c: {arrive: {rate: 1 per h}, flow: f}}
    flows: {f: {steps: {s: {team: clerk, work: exponential mean 30 min}}}}
"""


def test_the_interval_is_as_narrow_as_was_asked_for(scenario):
    result = replicate_to_precision(compile_plan(scenario(QUEUE)), precision=0.05, jobs=1)
    row = next(r for r in summary(result) if (r.metric, r.kind) == ("lead_time", "case"))
    assert len(result.runs) > PILOT
    assert (row.interval.high - row.interval.low) / 2 <= 0.05 * row.interval.mean
    assert [run.number for run in result.runs] == list(range(len(result.runs)))


def test_a_precision_of_zero_is_refused(scenario):
    with pytest.raises(ValueError, match=r"between 0 and 1, found 0; for example 0\.02"):
        replicate_to_precision(compile_plan(scenario(QUEUE)), precision=0)
