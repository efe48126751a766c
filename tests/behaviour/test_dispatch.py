"""Who does what next: queues, appointments, batches, owners, closing. Worked out by hand.

Instant 0 is Monday 2027-01-04 00:00; the small scenarios stand in conftest.
"""

from __future__ import annotations

import pytest

from sim.errors import EngineError
from sim.records import AccountClass as A

ONE_AT_NINE = "arrive: {at: [2027-01-04 09:00]}"


def at(hour: str, day: int = 4) -> str:
    return f"arrive: {{at: [2027-01-{day:02} {hour}]}}"


# -- appointments


def test_an_appointment_that_opens_later_does_not_hold_back_work_for_one(small):
    """Monday evening: the appointment must wait for Tuesday 11:00, the other work begins Tuesday 09:00."""
    run = small(
        "a: {size: 1}, b: {size: 1, calendar: late}",
        "s: {team: a, with: b, work: 1 h}",
        arrive="{at: [2027-01-04 18:00]}",
        cases=f"d: {{{at('18:00')}, flow: g}}",
        flows="g: {steps: {t: {team: a, work: 1 h}}}",
    )
    assert run.events("start", "/t") == [(33, 1)]
    assert set(run.events("start", "/s")) == {(35, 1)}


def test_nobody_is_kept_once_one_of_the_teams_has_gone(small):
    """a is busy, so b is kept from 11:30; at 17:00 a closes, and b, kept no more, takes other work."""
    run = small(
        "a: {size: 1}, b: {size: 1, calendar: late}",
        "s: {team: a, with: b, work: 1 h}",
        arrive="{at: [2027-01-04 11:30]}",
        cases=f"d: {{{at('11:00')}, flow: g}}\ne: {{{at('12:00')}, flow: h}}",
        flows="g: {steps: {t: {team: a, work: 7 h}}}\nh: {steps: {u: {team: b, work: 1 h}}}",
    )
    assert run.events("start", "e/u") == [(17, 1)]
    assert set(run.events("start", "/s")) == {(35, 1)}
    assert run.events("complete", "d/t") == [(34, 1)]


def test_an_appointment_that_does_not_fit_before_closing_keeps_its_people(small):
    """15:00, 3 h of joint work under `fit`: it still cannot start, so a takes no work for one meanwhile."""
    run = small(
        "a: {size: 1, closing: fit}, b: {size: 1}",
        "s: {team: a, with: b, work: 3 h}",
        arrive="{at: [2027-01-04 15:00]}",
        cases=f"d: {{{at('15:30')}, flow: g}}",
        flows="g: {steps: {t: {team: a, work: 30 min}}}",
    )
    assert set(run.events("start", "/s")) == {(33, 1)}
    assert run.events("start", "/t") == [(36, 1)]
    assert run.account(1) == {A.PERSON_OFF_SHIFT: 2, A.VALUE_ADDING: 3}


def test_who_is_kept_may_go_to_another_appointment_and_then_the_next_is_kept(small):
    """The first appointment waits for b; the second, with c, takes a's member 1: member 2 is kept then."""
    run = small(
        "a: {size: 2}, b: {size: 1}, c: {size: 1}",
        "s: {team: a, with: b, work: 1 h}",
        arrive="{at: [2027-01-04 10:00]}",
        cases=f"busy: {{{at('09:00')}, flow: g}}\nother: {{{at('10:00')}, flow: h}}\n"
        f"single: {{{at('10:00')}, flow: i}}\ntwo: {{arrive: {{at: [2027-01-04 09:00]}}, flow: j}}",
        flows="g: {steps: {t: {team: b, work: 2 h}}}\nh: {steps: {u: {team: a, with: c, work: 1 h}}}\n"
        "i: {steps: {v: {team: a, work: 1 h}}}\nj: {steps: {w: {team: a, with: {a: 1}, work: 1 h}}}",
    )
    assert set(run.events("start", "/u")) == {(10, 1)}
    assert set(run.events("start", "c/s")) == {(11, 1)}
    assert run.events("start", "/v") == [(11, 1)]


def test_an_appointment_keeps_the_owner_it_names(small):
    """b is busy until 11:00; owner 1 is kept from 10:00, and owner 2 is not."""
    run = small(
        "a: {size: 2, owns: 1}, b: {size: 1}",
        "w: {wait: 1 h}, s: {team: owner, with: b, work: 1 h}",
        case=", owner: a",
        cases=f"busy: {{{at('09:00')}, flow: g}}\n"
        "single: {arrive: {at: [2027-01-04 10:15, 2027-01-04 10:15]}, flow: i}",
        flows="g: {steps: {t: {team: b, work: 2 h}}}\ni: {steps: {v: {team: a, work: 30 min}}}",
    )
    starts = [
        (row[1] / 3_600_000, row[11])
        for row in run.facts.events
        if row[9] == "start" and row[7] == "single/v"
    ]
    assert starts == [(10.25, 2), (10.75, 2)]
    assert set(run.events("start", "/s")) == {(11, 1)}


def test_two_branches_of_one_case_may_be_in_one_batch(small):
    """Both tokens of the case are in the batch; the end after the first of them ends it, once."""
    run = small(
        "a: {size: 1}",
        "p: {parallel: {one: {flow: g}, two: {flow: g}}}",
        flows="g: {steps: {t: {team: a, work: 1 h, batch: {exactly: 2}}, e: {end: over}}}",
    )
    assert [(row.outcome, row.leave / 3_600_000) for row in run.facts.cases] == [("over", 10)]
    assert [row[6] for row in run.facts.events if row[9] == "complete" and row[11]] == [1]


def test_a_queue_without_end_ends_the_run_and_names_its_team(small, monkeypatch):
    monkeypatch.setattr("sim.engines.simpy_engine.teams.MAX_QUEUE", 20)
    with pytest.raises(EngineError, match=r"of team a\. It gets more work than it can do"):
        small("a: {size: 1}", "s: {team: a, work: 1 d}", arrive="{every: 1 h}")


def test_an_unlimited_team_keeps_nobody_and_never_queues(small):
    run = small(
        "a: {size: 1}, b: {size: unlimited}",
        "s: {team: a, with: b, work: 1 h}",
        cases=f"d: {{{at('09:00')}, flow: g}}\ne: {{{at('09:30')}, flow: h}}",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:00]}",
        flows="g: {steps: {t: {team: b, work: 15 min}}}\nh: {steps: {u: {team: b, work: 1 h}}}",
    )
    assert run.events("start", "d/t") == [(9, 1)]
    assert run.events("start", "e/u") == [(9.5, 1)]


def test_a_batch_that_is_not_ready_does_not_stand_before_an_appointment(small):
    """The joint batch waits for a second member; the other appointment keeps a until b is free at 11:00."""
    run = small(
        "a: {size: 1}, b: {size: 1}",
        "s: {team: a, with: b, work: 1 h, batch: {exactly: 2, or_after: 4 d}}",
        cases=f"busy: {{{at('09:00')}, flow: g}}\njoint: {{{at('10:00')}, flow: h}}\n"
        f"single: {{{at('10:30')}, flow: i}}",
        flows="g: {steps: {t: {team: b, work: 2 h}}}\nh: {steps: {u: {team: a, with: b, work: 1 h}}}\n"
        "i: {steps: {v: {team: a, work: 2 h}}}",
    )
    assert set(run.events("start", "/u")) == {(11, 1)}
    assert run.events("start", "/v") == [(12, 1)]


def test_with_the_owners_own_team_means_another_member(small):
    run = small(
        "a: {size: 2, owns: 2}",
        "s: {team: owner, with: a, work: 1 h}",
        case=", owner: a",
    )
    starts = [row for row in run.facts.events if row[9] == "start"]
    assert [row[11] for row in starts] == [1, 2]


def test_a_team_that_joins_itself_needs_so_many_different_members(small):
    run = small("a: {size: 3}", "s: {team: a, with: {a: 2}, work: 1 h}", arrive="{backlog: 2}")
    starts = [(row[1] / 3_600_000, row[11]) for row in run.facts.events if row[9] == "start"]
    assert starts == [(9, 1), (9, 2), (9, 3), (10, 1), (10, 2), (10, 3)]


# -- batches


def test_a_second_batch_starts_before_what_queued_behind_it(small):
    """Four cases make two batches; both begin at 10:00, before the single work that came after them."""
    run = small(
        "a: {size: 2}",
        "s: {team: a, work: 1 h, batch: {up_to: 2}}",
        arrive="{at: [2027-01-04 09:10, 2027-01-04 09:20, 2027-01-04 09:30, 2027-01-04 09:40]}",
        cases=f"busy: {{arrive: {{at: [2027-01-04 09:00, 2027-01-04 09:00]}}, flow: g}}\n"
        f"late: {{{at('09:50')}, flow: g}}",
        flows="g: {steps: {t: {team: a, work: 1 h}}}",
    )
    assert [time for time, _ in run.events("start", "/s")] == [10, 10, 10, 10]
    assert run.events("start", "late/t") == [(11, 1)]


def test_the_date_of_a_batch_counts_from_who_is_now_first(small):
    """Three of four wait, the first drops after 1.5 d; 2 d after the second came is Wednesday 10:00."""
    run = small(
        "a: {size: 1}",
        "s: {flow: g}",
        cases="d: {arrive: {at: [2027-01-04 10:00, 2027-01-04 11:00]}, flow: g}",
        flows="g: {steps: {t: {team: a, work: 1 h, batch: {exactly: 4, or_after: 2 d},"
        " patience: {waiting: {by: case, c: 1.5 d, d: 9 d}, then: {end: lost}}}}}",
    )
    assert run.events("drop") == [(37, 1)]
    assert run.events("start", "d/t") == [(58, 1), (58, 2)]


def test_a_batch_whose_date_has_passed_for_who_is_now_first_starts_at_once(small):
    """The urgent case stands first and drops on Wednesday 11:00; the other has waited 2 d since Tuesday."""
    run = small(
        "a: {size: 1, order: priority}",
        "s: {flow: g}",
        case=", priority: 2",
        cases=f"d: {{{at('12:00')}, priority: 1, flow: g}}",
        flows="g: {steps: {t: {team: a, work: 1 h, batch: {exactly: 3, or_after: 2 d},"
        " patience: {waiting: {by: case, c: 9 d, d: 15 h}, then: {end: lost}}}}}",
    )
    assert run.events("drop") == [(59, 1)]
    assert run.events("start", "s/t") == [(59, 1)]


def test_a_batch_goes_on_for_the_others_when_the_case_of_its_leader_ends(small):
    """Case 1 works in a batch with case 2 and ends by its other branch at 09:30; case 2 is done at 11:00."""
    run = small(
        "a: {size: 1}, b: {size: 1}",
        "p: {parallel: {one: {team: a, work: 2 h, batch: {exactly: 2}}, two: {flow: g}}}",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:00]}",
        flows="g: {steps: {t: {team: b, work: 30 min, then: {end: over}}}}",
    )
    assert [run.case(n).leave / 3_600_000 for n in (1, 2)] == [9.5, 10]
    assert run.events("cancel") == [(9.5, 1), (10, 2)]
    works = [row for row in run.facts.works if row.team == 0]
    assert [(row.begin / 3_600_000, row.end / 3_600_000, row.complete) for row in works] == [(9, 10, False)]


# -- owners


def test_an_owner_who_joins_the_team_takes_a_case_that_waits(small):
    """One member owns one case at a time; the second joins at day 1, Tuesday 00:00."""
    run = small(
        "a: {size: {0 months: 1, 1 days: 2}, owns: 1}",
        "s: {team: owner, work: 3 d}",
        case=", owner: a",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:00]}",
    )
    assert run.events("own") == [(9, 1), (24, 2)]
    assert run.account(2) == {A.LIMIT_OR_OWNER: 8, A.VALUE_ADDING: 24}


def test_a_leaving_owner_keeps_the_cases_it_has(small):
    run = small(
        "a: {size: {0 months: 2, 1 days: 1}, owns: 1}",
        "s: {team: owner, work: 1 d}, t: {team: owner, work: 1 h}",
        case=", owner: a",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:00, 2027-01-04 09:00]}",
    )
    assert run.events("start", "/t") == [(33, 1), (33, 2), (58, 3)]
    assert run.events("own") == [(9, 1), (9, 2), (34, 3)]


def test_a_leaving_member_finishes_what_it_has_begun(small):
    """Size 2 to 1 on Tuesday 00:00, both busy until Tuesday 11:00: from then on there is one."""
    run = small(
        "a: {size: {0 months: 2, 1 days: 1}}",
        "s: {team: a, work: 10 h}",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:00, 2027-01-04 09:00, 2027-01-04 09:00]}",
    )
    assert run.events("complete", "/s") == [(35, 1), (35, 2), (61, 3), (87, 4)]


# -- closing, focus, slices


def test_too_late_to_start_under_fit_counts_with_focus(small):
    """2 h at 50% occupy 4 h: at 14:00 the member is free, but it is too late since 13:00."""
    run = small(
        "a: {size: 1, closing: fit, focus: 50%}",
        "s: {team: a, work: 2 h}",
        arrive="{at: [2027-01-04 10:00, 2027-01-04 12:30]}",
    )
    assert run.events("start", "/s") == [(10, 1), (33, 2)]
    tick = 1 / 3_600_000  # at 13:00 sharp it would still fit
    assert run.account(2) == pytest.approx(
        {A.PERSON_BUSY: 0.5 + tick, A.PERSON_OFF_SHIFT: 4 - tick, A.VALUE_ADDING: 2, A.INTERRUPTED: 2},
        abs=tick / 10,
    )


def test_work_longer_than_every_opening_starts_at_an_opening_and_suspends(small):
    run = small("a: {size: 1, closing: fit}", "s: {team: a, work: 9 h}", arrive="{at: [2027-01-04 09:01]}")
    assert run.events("start", "/s") == [(33, 1)]
    assert run.events("complete", "/s") == [(58, 1)]


@pytest.mark.parametrize(("closing", "end"), [("suspend", 36), ("finish", 18), ("fit", 38)])
def test_joint_work_follows_the_closing_rule_of_the_steps_team(small, closing, end):
    """Both are there 11:00-17:00. From 15:00, 3 h: two before closing, one after the next opening at 35."""
    run = small(
        f"a: {{size: 1, closing: {closing}}}, b: {{size: 1, calendar: late, closing: suspend}}",
        "s: {team: a, with: b, work: 3 h}",
        arrive="{at: [2027-01-04 15:00]}",
    )
    assert set(run.events("complete", "/s")) == {(end, 1)}


def test_work_runs_past_midnight_on_the_day_its_shift_began(simulate):
    run = simulate(
        """
        name: night
        clock: {start: 2027-01-04, horizon: 1 month, business: night}
        calendars: {night: {days: Mon-Fri, hours: 22:00-06:00}}
        teams: {a: {size: 1}}
        cases: {c: {arrive: {at: [2027-01-08 23:00]}, flow: f}}
        flows: {f: {steps: {s: {team: a, work: 8 h}}}}
        """
    )
    assert run.events("start", "/s") == [(119, 1)]
    assert run.events("complete", "/s") == [(6 * 24 + 24 + 23, 1)]
