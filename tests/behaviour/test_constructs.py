"""One small case per construct of the language that the hand-worked cases do not show.

Instant 0 is Monday 2027-01-04 00:00; Friday is hour 96, the next Monday hour 168.
"""

from __future__ import annotations

import pytest

from sim.records import AccountClass as A

HEAD = """
name: constructs
clock: {start: 2027-01-04, horizon: 1 month, warm_up: 0 days, business: office}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
traits: {lucky: 40%, size: {large: 50%, small: rest}}
"""
AT_TEN = "arrive: {at: [2027-01-04 10:00]}"


@pytest.mark.parametrize(
    ("order", "first"),
    [("fifo", "x"), ("priority", "y"), ("value", "y"), ("cd3", "x"), ("shortest", "x"), ("due", "y")],
)
def test_orders(simulate, order, first):
    """x is short; y is urgent, worth three times as much, four times as long, and due sooner."""
    run = simulate(
        HEAD
        + f"""
teams: {{clerk: {{size: 1, order: {order}}}}}
cases:
  first: {{arrive: {{at: [2027-01-04 09:00]}}, flow: short, priority: 1}}
  x: {{{AT_TEN.replace("10:00", "09:10")}, flow: fx, priority: 2, due: 3 d,
       value: {{per_month: 1 k, from: live}}}}
  y: {{{AT_TEN.replace("10:00", "09:20")}, flow: fy, priority: 1, due: 2 d,
       value: {{per_month: 3 k, from: live}}}}
flows:
  short: {{steps: {{s: {{team: clerk, work: 1 h}}}}}}
  fx: {{steps: {{s: {{team: clerk, work: 1 h}}, live: {{milestone: live}}}}}}
  fy: {{steps: {{s: {{team: clerk, work: 4 h}}, live: {{milestone: live}}}}}}
"""
    )
    assert run.events("start", f"{first}/s") == [(10, 1)]


@pytest.mark.parametrize(
    ("closing", "begin", "end"), [("suspend", 112, 179), ("finish", 112, 115), ("fit", 177, 180)]
)
def test_closing_over_a_weekend(simulate, closing, begin, end):
    run = simulate(
        HEAD
        + f"""
teams: {{clerk: {{size: 1, closing: {closing}}}}}
cases: {{c: {{arrive: {{at: [2027-01-08 16:00]}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{team: clerk, work: 3 h}}}}}}}}
"""
    )
    assert run.events("start", "/s") == [(begin, 1)]
    assert run.events("complete", "/s") == [(end, 1)]


def one(simulate, teams, steps, flows="", case="", arrive="{at: [2027-01-04 09:00]}", more=""):
    return simulate(
        HEAD
        + f"""
teams: {{{teams}}}
cases: {{c: {{arrive: {arrive}, flow: f{case}}}}}
flows:
  f: {{steps: {{{steps}}}}}
{flows}
{more}
"""
    )


def test_with_n_members(simulate):
    run = one(simulate, "a: {size: 1}, b: {size: 3}", "s: {team: a, with: {b: 2}, work: 1 h}")
    assert len(run.events("start", "/s")) == 3


def test_slices_let_short_work_pass(simulate, tmp_path):
    """Both cases take turns of an hour; the second ends before the first."""
    steps = "s: {team: a, work: {by: kind, long: 3 h, short: 1 h}}"
    traits = ", traits: {kind: {long: 50%, short: rest}}"
    (tmp_path / "list.csv").write_text("when,kind\n2027-01-04 09:00,long\n2027-01-04 09:30,short\n")
    run = one(simulate, "a: {size: 1, slice: 1 h}", steps, case=traits, arrive="{list: list.csv}")
    assert run.events("pause", "/s") == [(10, 1), (12, 1)]
    assert run.events("complete", "/s") == [(11, 2), (13, 1)]
    assert run.account(1) == {A.VALUE_ADDING: 3, A.INTERRUPTED: 1}


def test_switching_is_for_another_case(simulate):
    at = "{at: [2027-01-04 09:00, 2027-01-04 09:00]}"
    run = one(simulate, "a: {size: 1, switching: 30 min}", "s: {team: a, work: 1 h}", arrive=at)
    assert run.events("complete", "/s") == [(10, 1), (11.5, 2)]
    assert run.account(2) == {A.PERSON_BUSY: 1, A.NON_ADDING: 0.5, A.VALUE_ADDING: 1}


@pytest.mark.parametrize(
    ("batch", "starts"),
    [("exactly: 2, or_after: 1 d", [9.5, 9.5, 34]), ("up_to: 2", [9, 10, 10])],
)
def test_batches(simulate, batch, starts):
    at = "{at: [2027-01-04 09:00, 2027-01-04 09:30, 2027-01-04 10:00]}"
    run = one(simulate, "a: {size: 1}", f"s: {{team: a, work: 1 h, batch: {{{batch}}}}}", arrive=at)
    assert [time for time, _ in run.events("start", "/s")] == starts


def test_when_full_go_to(simulate):
    run = one(
        simulate,
        "a: {size: 1}",
        "s: {flow: sub}, t: {end: served}, u: {end: refused}",
        "  sub: {limit: {cases: 1, when_full: {go_to: u}}, steps: {s: {team: a, work: 1 h}}}",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:30]}",
    )
    assert [run.case(n).outcome for n in (1, 2)] == ["served", "refused"]


def test_leave_is_routed_by_the_caller(simulate):
    run = one(
        simulate,
        "a: {size: 1}",
        "s: {flow: sub, then: {bad: {end: failed}, fine: rest}}",
        "  sub: {steps: {s: {team: a, work: 1 h, then: {leave: bad}}}}",
    )
    assert run.case(1).outcome == "failed"


@pytest.mark.parametrize(
    ("alternative", "end"),
    [
        ("work: 1 h", 10),
        ("work: 1 h, falls_back: 0%", 10),
        ("work: 1 h, falls_back: 100%", 12),
        ("skip: true", 9),
    ],
)
def test_alternatives(simulate, alternative, end):
    steps = f"s: {{team: a, work: 2 h, instead: {{quick: {{when: lucky or not lucky, {alternative}}}}}}}"
    assert one(simulate, "a: {size: 1}", steps).case(1).leave == end * 3_600_000


def test_a_detour_comes_back_to_the_step(simulate):
    run = one(
        simulate,
        "a: {size: 1}",
        "s: {team: a, work: 1 h, then: {ask: {p: 100%, do: answer, at_most: 1}, ok: rest}}",
        "  answer: {steps: {t: {team: a, work: 30 min}}}",
    )
    assert run.account(1) == {A.VALUE_ADDING: 1.5, A.REWORK: 1}


def test_case_patience_goes_to_a_step(simulate):
    steps = "s: {wait: 5 d}, t: {end: served}, u: {end: gave_up}"
    run = one(simulate, "a: {size: 1}", steps, case=", patience: {waiting: 4 h, then: u}")
    assert (run.case(1).outcome, run.case(1).leave) == ("gave_up", 13 * 3_600_000)


def test_case_patience_until_a_milestone(simulate):
    steps = "m: {milestone: seen}, s: {wait: 1 d}"
    run = one(simulate, "a: {size: 1}", steps, case=", patience: {waiting: 4 h, until: seen}")
    assert run.case(1).outcome == "done"


def test_start_with(simulate):
    steps = "s: {team: a, work: 1 h}, t: {team: a, work: 2 h}"
    run = one(simulate, "a: {size: 1}", steps, case=", start_with: {t: 1}", arrive="{at: [2027-01-04 10:00]}")
    assert run.events("start", "/t") == [(9, 1), (12, 1)]
    assert run.events("complete", "/s") == [(12, 1)]


def test_a_successor_after_a_time(simulate):
    steps = "s: {team: a, work: 1 h}, e: {end: {as: over, starts: {case: c, after: 1 d}}}"
    run = one(simulate, "a: {size: 1}", steps)
    assert run.case(1, 1).arrive == 34 * 3_600_000


@pytest.mark.parametrize(("lingers", "second"), [("", 10), (", lingers: 1 days", 34)])
def test_a_pool_and_what_lingers(simulate, lingers, second):
    run = one(
        simulate,
        "a: {size: 2}",
        "s: {team: a, work: 1 h, takes: box, gives_back: box}",
        arrive="{at: [2027-01-04 09:00, 2027-01-04 09:00]}",
        more=f"environments: {{box: {{pool: 1{lingers}}}}}",
    )
    assert run.events("start", "/s") == [(9, 1), (second, 2)]


def test_a_ramp_is_read_when_used(simulate):
    """At 09:00 of the first day the focus is 100% - 50% * 9/24, rounded 81%."""
    team = "a: {size: 1, focus: ramp 100% at 0 days to 50% at 1 days}"
    run = one(simulate, team, "s: {team: a, work: 81 min}")
    assert run.events("complete", "/s") == [(9 + 100 / 60, 1)]


def test_by_trait_and_mix(simulate):
    run = one(
        simulate,
        "a: {size: 9}",
        "s: {team: a, work: {by: size, large: 2 h, small: 1 h}},"
        " t: {team: a, work: {mix: {x: {p: 50%, is: 1 h}, y: {p: rest, is: 3 h}}}}",
        arrive="{backlog: 9}",
    )
    ms = [
        {row[13] for row in run.facts.events if row[9] == "start" and str(row[7]).endswith(s)}
        for s in ("/s", "/t")
    ]
    assert ms == [{3_600_000, 7_200_000}, {3_600_000, 10_800_000}]


def test_a_list_of_arrivals(simulate, tmp_path):
    (tmp_path / "list.csv").write_text("when,size\n2027-01-04 11:00,large\n2027-01-04 10:00,small\n")
    steps = "s: {team: a, work: {by: size, large: 2 h, small: 1 h}}"
    run = one(simulate, "a: {size: 2}", steps, arrive="{list: list.csv}")
    assert run.events("complete", "/s") == [(11, 1), (13, 2)]
