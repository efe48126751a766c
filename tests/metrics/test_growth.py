"""The slope of a queue over the later half of the window."""

from __future__ import annotations

import pytest

STEADY = """
    name: steady
    clock: {start: 2027-01-04, horizon: 20 days, business: always}
    teams: {clerk: {size: 1}}
    cases: {c: {arrive: {every: 1 h}, flow: f}}
    flows: {f: {steps: {s: {team: clerk, work: WORK}}}}
"""


def test_a_queue_that_gains_one_case_in_two_hours_has_that_slope(simulate):
    run = simulate(STEADY.replace("WORK", "2 h"))
    assert run.measure("queue_growth", "clerk") == pytest.approx(0.5, rel=1e-3)
    assert run.measure("wip_growth", "c") == pytest.approx(0.5, rel=1e-3)


def test_a_queue_in_balance_has_none(simulate):
    run = simulate(STEADY.replace("WORK", "30 min"))
    assert run.measure("queue_growth", "clerk") == 0
    assert run.measure("wip_growth", "c") == pytest.approx(0, abs=1e-4)


def test_what_grows_early_and_then_stays_does_not_grow(simulate):
    text = STEADY.replace("{every: 1 h}", "{backlog: 400}").replace("WORK", "100 d")
    run = simulate(text)
    assert run.measure("queue_length", "clerk") == 399
    assert run.measure("queue_growth", "clerk") == 0


def test_a_backlog_that_is_worked_off_has_a_slope_below_zero(simulate):
    text = STEADY.replace("{every: 1 h}", "{backlog: 400}").replace("WORK", "2 h")
    assert simulate(text).measure("queue_growth", "clerk") == pytest.approx(-0.5, rel=1e-3)


def test_closed_hours_are_not_counted(simulate):
    text = STEADY.replace(
        "business: always}", "business: office}\n    calendars: {office: {hours: 09:00-17:00}}"
    )
    run = simulate(text.replace("WORK", "2 h").replace("20 days", "8 weeks"))
    assert run.measure("queue_growth", "clerk") == pytest.approx(0.5, rel=1e-2)
