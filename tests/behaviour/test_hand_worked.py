"""Ten cases worked out by hand on paper: times to the millisecond, accounts to the hour.

Instant 0 is Monday 2027-01-04 00:00.
"""

from __future__ import annotations

import pytest

from sim.records import AccountClass as A

OFFICE = """
name: hand-worked
clock: {start: 2027-01-04, horizon: 1 month, warm_up: 0 days, business: office}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
  evening: {days: Mon-Sun, hours: 20:00-22:00}
"""


def test_patience_zero_is_served_by_an_idle_team(simulate):
    run = simulate(
        OFFICE
        + """
teams: {clerk: {size: 1}}
cases: {c: {arrive: {at: [2027-01-04 10:00]}, flow: f}}
flows: {f: {steps: {s: {team: clerk, work: 1 h, patience: {waiting: 0 h, then: {end: lost}}}}}}
"""
    )
    assert run.case(1).outcome == "done"


@pytest.mark.parametrize(("busy", "outcome"), [("1 h", "done"), ("61 min", "lost")])
def test_a_member_free_at_the_very_end_of_patience_serves(simulate, busy, outcome):
    run = simulate(
        OFFICE
        + f"""
teams: {{clerk: {{size: 1}}}}
cases:
  a: {{arrive: {{at: [2027-01-04 10:00]}}, flow: first}}
  b: {{arrive: {{at: [2027-01-04 10:00]}}, flow: second}}
flows:
  first: {{steps: {{s: {{team: clerk, work: {busy}}}}}}}
  second: {{steps: {{s: {{team: clerk, work: 1 h, patience: {{waiting: 1 h, then: {{end: lost}}}}}}}}}}
"""
    )
    assert [case.outcome for case in run.facts.cases] == ["done", outcome]


def test_an_arrival_enters_at_the_instant_another_leaves(simulate):
    run = simulate(
        OFFICE
        + """
teams: {clerk: {size: 1}}
cases: {c: {arrive: {at: [2027-01-04 10:00, 2027-01-04 10:30, 2027-01-04 11:00]}, flow: f}}
flows: {f: {limit: {cases: 1, when_full: {end: refused}}, steps: {s: {team: clerk, work: 1 h}}}}
"""
    )
    assert [case.outcome for case in run.facts.cases] == ["done", "refused", "done"]


def test_work_that_ends_at_closing_time_ends_that_evening(simulate):
    run = simulate(
        OFFICE
        + """
teams: {clerk: {size: 1}}
cases: {c: {arrive: {at: [2027-01-04 09:00]}, flow: f}}
flows: {f: {steps: {s: {team: clerk, work: 8 h}, t: {team: clerk, work: 1 h}}}}
"""
    )
    assert run.events("complete", "/s") == [(17, 1)]
    assert run.events("start", "/t") == [(33, 1)]
    assert run.account(1) == {A.VALUE_ADDING: 9}


def test_focus_stretches_work_and_the_rest_is_interrupted(simulate):
    run = simulate(
        OFFICE
        + """
teams: {clerk: {size: 1, focus: 50%}}
cases: {c: {arrive: {at: [2027-01-04 09:00]}, flow: f}}
flows: {f: {steps: {s: {team: clerk, work: 4 h}}}}
"""
    )
    assert run.events("complete", "/s") == [(17, 1)]
    assert run.account(1) == {A.VALUE_ADDING: 4, A.INTERRUPTED: 4}


def test_a_fork_over_two_calendars_waits_for_the_person_off_shift(simulate):
    run = simulate(
        OFFICE
        + """
teams: {day: {size: 1, calendar: office}, night: {size: 1, calendar: evening}}
cases: {c: {arrive: {at: [2027-01-04 09:00]}, flow: f}}
flows:
  f: {steps: {both: {parallel: {a: fa, b: fb}}}}
  fa: {steps: {s: {team: day, work: 2 h}}}
  fb: {steps: {s: {team: night, work: 2 h}}}
"""
    )
    assert run.events("complete", "/both") == [(22, 1)]
    assert run.account(1) == {A.VALUE_ADDING: 2, A.PERSON_OFF_SHIFT: 6}


def test_a_member_who_leaves_is_capacity_until_the_begun_work_is_done(simulate):
    """Size 2 to 1 on Tuesday 10:00, both busy from Monday 09:00 to Tuesday 12:00: 16 h and 8 h + 3 h."""
    run = simulate(
        """
name: leaving
clock: {start: 2027-01-04, horizon: 2 days, business: office}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {clerk: {size: {0 days: 2, 1.4166666667 days: 1}}}
cases: {c: {arrive: {at: [2027-01-04 09:00, 2027-01-04 09:00]}, flow: f}}
flows: {f: {steps: {s: {team: clerk, work: 11 h}}}}
"""
    )
    assert run.plan.teams[0].size_changes == (34 * 3_600_000,)
    assert run.events("complete", "/s") == [(36, 1), (36, 2)]
    assert run.measure("utilisation", "clerk") == pytest.approx(100 * 22 / 27)


def test_appointments_keep_a_free_member(simulate):
    run = simulate(
        OFFICE
        + """
teams: {a: {size: 1}, b: {size: 1}}
cases:
  busy_b: {arrive: {at: [2027-01-04 09:00]}, flow: fb}
  joint: {arrive: {at: [2027-01-04 10:00]}, flow: fj}
  single: {arrive: {at: [2027-01-04 10:00]}, flow: fa}
flows:
  fa: {steps: {s: {team: a, work: 30 min}}}
  fb: {steps: {s: {team: b, work: 2 h}}}
  fj: {steps: {j: {team: a, with: b, work: 1 h}}}
"""
    )
    assert set(run.events("start", "/j")) == {(11, 1)}
    assert run.events("start", "single/s") == [(12, 1)]


def test_rework_is_what_was_completed_before(simulate):
    run = simulate(
        OFFICE
        + """
teams: {clerk: {size: 2}}
cases: {c: {arrive: {at: [2027-01-04 09:00]}, flow: f}}
flows:
  f:
    steps:
      file_ticket: {team: clerk, work: 30 min, adds: nothing}
      approve: {wait: 1 h}
      review:
        team: clerk
        work: 1 h
        adds: necessary
        then: {back: {p: 100%, go_to: file_ticket, at_most: 1}, ok: rest}
"""
    )
    assert run.account(1) == {A.NON_ADDING: 0.5, A.NECESSARY: 1, A.REWORK: 1.5, A.OUTSIDE: 2}


def test_a_closed_population_starts_again_at_once(simulate):
    run = simulate(
        OFFICE
        + """
teams: {clerk: {size: 1}}
cases: {c: {arrive: {population: 1}, flow: f}}
flows: {f: {steps: {s: {team: clerk, work: 1 h}}}}
"""
    )
    on_monday = [case for case in run.facts.cases if 0 < case.leave <= 17 * 3_600_000]
    assert [case.generation for case in on_monday] == list(range(8))
    assert {case.number for case in run.facts.cases} == {1}
