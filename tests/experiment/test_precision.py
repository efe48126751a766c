"""Replications until a precision is reached."""

from __future__ import annotations

import pytest

import sim
from sim.experiment import precision as rules
from sim.experiment.compare import differences, summary
from sim.experiment.precision import PILOT

QUEUE = """
    name: queue
    clock: {start: 2027-01-04, horizon: 30 days, warm_up: 1 day, business: always}
    teams: {clerk: {size: 1}}
    cases: {c: {arrive: {rate: 1 per h}, flow: f}}
    flows: {f: {steps: {s: {team: clerk, work: exponential mean 30 min}}}}
"""


def test_the_interval_is_as_narrow_as_was_asked_for(scenario):
    result = sim.run(scenario(QUEUE), precision=0.03, jobs=1)
    row = next(r for r in summary(result) if (r.metric, r.kind) == ("lead_time", "case"))
    assert len(result.runs) > PILOT
    assert row.interval.half_width <= 0.03 * row.interval.mean
    assert [run.number for run in result.runs] == list(range(len(result.runs)))
    assert result.precision == 0.03 and result.is_precise


def test_a_comparison_stops_by_its_paired_differences(scenario):
    base, faster = scenario(QUEUE), scenario(QUEUE.replace("mean 30 min", "mean 27 min"))
    comparison = sim.compare(base, [faster], precision=0.03, jobs=1)
    row = next(
        row
        for row in differences(comparison.baseline, comparison.others[0])
        if (row.metric, row.kind) == ("lead_time", "case")
    )
    assert row.interval.half_width <= 0.03 * row.baseline
    counts = {len(result.runs) for result in (comparison.baseline, *comparison.others)}
    assert len(counts) == 1
    # the pairing is what makes it cheap: alone, the baseline would need more
    assert counts.pop() < rules.needed_by_lead_times([comparison.baseline], 0.01)


def test_it_ends_at_the_most_that_are_run_and_says_so(scenario, monkeypatch):
    monkeypatch.setattr(rules, "MOST", 12)
    result = sim.run(scenario(QUEUE), precision=0.0001, jobs=1)
    assert len(result.runs) == 12
    assert not result.is_precise


def test_progress_tells_what_is_expected_in_all(scenario):
    told: list[tuple[int, int]] = []
    result = sim.run(
        scenario(QUEUE), precision=0.03, jobs=1, progress=lambda done, of: told.append((done, of))
    )
    assert [done for done, _ in told] == list(range(1, len(result.runs) + 1))
    assert told[0][1] == PILOT and told[-1] == (len(result.runs), len(result.runs))


def test_a_precision_of_zero_is_refused(scenario):
    with pytest.raises(ValueError, match=r"between 0 and 1, found 0; for example 0\.02"):
        sim.run(scenario(QUEUE), precision=0)
