"""The journey of a case: its days in order, and what filled them."""

from __future__ import annotations

from sim.metrics.journey import Journey, journey
from sim.records import AccountClass, SpanState
from tests.conftest import HOUR, Run

TWO_DAYS = """
clock: {start: 2027-01-04, horizon: 2 weeks}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
  late: {days: Mon-Fri, hours: 20:00-22:00}
teams: {desk: {size: 1}, night: {size: 1, calendar: late}, boss: {size: 1}}
cases: {request: {arrive: {at: [2027-01-08 15:00]}, flow: f}}
flows:
  f:
    steps:
      write: {team: desk, with: boss, work: 1 h, adds: necessary}
      ask: {wait: 3 h, why: approval}
      both: {parallel: {a: day_part, b: night_part}}
  day_part: {steps: {build: {team: desk, work: 2 h}}}
  night_part: {steps: {copy: {team: night, work: 1 h, adds: nothing}}}
"""


def told(run: Run) -> Journey:
    return journey(run.facts, run.plan, 0)


def test_days_are_counted_from_arrival_and_hold_closed_ones(simulate):
    days = told(simulate(TWO_DAYS)).days
    assert [day.number for day in days] == [1, 2, 3, 4]
    assert [day.open_ms / HOUR for day in days] == [8, 0, 0, 8]
    assert [len(day.activities) for day in days] == [2, 0, 0, 4]


def test_who_acted_and_what_was_waited_for(simulate):
    friday, *_, monday = told(simulate(TWO_DAYS)).days
    write, ask = friday.activities
    assert (write.step, write.teams, write.is_work, write.business_ms) == (
        "write",
        ("desk", "boss"),
        True,
        HOUR,
    )
    assert (ask.step, ask.state, ask.why, ask.business_ms) == ("ask", SpanState.OUTSIDE, "approval", HOUR)
    # 9-11 the rest of the wait; 11-13 the work, while the copy waits for its shift; 20-21 the copy, off hours
    told_monday = [
        (each.step, each.state.name, each.teams, each.business_ms / HOUR) for each in monday.activities
    ]
    assert told_monday == [
        ("ask", "OUTSIDE", (), 2),
        ("build", "WORK", ("desk",), 2),
        ("copy", "QUEUE", ("night",), 6),
        ("copy", "WORK", ("night",), 0),
    ]


def test_the_accounts_of_the_days_sum_to_that_of_the_case(simulate):
    run = simulate(TWO_DAYS)
    found = told(run)
    account = {AccountClass(i): ms / HOUR for i, ms in enumerate(found.account) if ms}
    assert account == run.account(1)
    assert account == {
        AccountClass.VALUE_ADDING: 2,
        AccountClass.NECESSARY: 1,
        AccountClass.PERSON_OFF_SHIFT: 4,
        AccountClass.OUTSIDE: 3,
    }
    assert (found.is_open, found.outcome) == (False, "done")


def test_a_case_that_is_still_open_is_told_to_the_end_of_the_run(simulate):
    found = told(simulate(TWO_DAYS.replace("wait: 3 h", "wait: 30 d")))
    assert found.is_open
    assert found.days[-1].number == 10
    assert found.leave == simulate(TWO_DAYS).plan.end
