"""Models without luck, or whose luck does not matter: they hold to the millisecond, without an interval.

Deterministic queues, hours over a weekend worked out by hand, and Little's law as an identity.
"""

from __future__ import annotations

import pytest

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("size", "work", "waits"),
    [(1, 45, [0] * 6), (1, 90, [0, 30, 60, 90, 120, 150]), (2, 150, [0, 0, 30, 30, 60, 60])],
)
def test_dd1_and_dd2(simulate, size, work, waits):
    """D/D/c, one case an hour: case n of c servers waits floor((n - 1)/c) (E[S] - c E[T]), if positive.

    Source: Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed., section 1.7 (simple
    bookkeeping for queues).
    """
    run = simulate(
        f"""
name: dd
clock: {{start: 2027-01-04, horizon: 2 days, business: always}}
teams: {{server: {{size: {size}}}}}
cases: {{c: {{arrive: {{every: 1 h}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{team: server, work: {work} min}}}}}}}}
"""
    )
    for n, wait in enumerate(waits, start=1):
        assert run.case(n).arrive == n * HOUR
        assert run.case(n).leave == n * HOUR + (wait + work) * 60_000
    busy = min(1.0, work / 60 / size)
    # the first hour is empty, and what is begun at the end counts as far as it went
    assert run.measure("utilisation", "server", "team") == pytest.approx(100 * busy, abs=100 * 3 / 48)


def test_dd1_with_two_streams(simulate):
    """Two streams of an hour, the second half an hour later, in 20 and 30 min: load 5/6, nobody waits.

    Figures: lead times 20 and 30 min, utilisation and queue from whole hours. Source: by hand.
    """
    run = simulate(
        """
name: two streams
clock: {start: 2027-01-05, horizon: 1 days, warm_up: 1 days, business: always}
teams: {server: {size: 1}}
cases:
  a: {arrive: {every: 1 h}, flow: fa}
  b: {arrive: {every: 30 min}, flow: fb}
flows:
  fa: {steps: {s: {team: server, work: 20 min}}}
  fb: {steps: {s: {team: server, work: 5 min}}}
"""
    )
    # every full hour both arrive: a goes first (by name), b waits its 20 min; at the half hour b is alone
    assert run.measure("lead_time", "a", "case") == pytest.approx(20 / 60)
    assert run.measure("wait", "b/s", "step") == pytest.approx(10 / 60)
    assert run.measure("utilisation", "server", "team") == pytest.approx(100 * 30 / 60)
    assert run.measure("queue_length", "server", "team") == pytest.approx(20 / 60)
    assert run.measure("throughput", "b", "case") == pytest.approx(2.0)


OFFICE = """
clock: {start: 2027-01-04, horizon: 4 weeks, business: office}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
  part_time: {days: [Mon, Wed], hours: 13:00-15:00}
"""
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = 168, 192, 216, 96


@pytest.mark.parametrize(
    ("rule", "hours", "overtime_ms"),
    [
        (
            "suspend",
            {
                "a": (FRIDAY + 14.5, FRIDAY + 16),
                "b": (FRIDAY + 16, MONDAY + 10),
                "c": (MONDAY + 10, MONDAY + 10 + 5 / 6),
                "d": (MONDAY + 10 + 5 / 6, TUESDAY + 10 + 5 / 6),
                "e": (TUESDAY + 10 + 5 / 6, TUESDAY + 11 + 1 / 3),
            },
            0,
        ),
        (
            "finish",
            {
                "a": (FRIDAY + 14.5, FRIDAY + 16),
                "b": (FRIDAY + 16, FRIDAY + 18),
                "c": (MONDAY + 9, MONDAY + 9 + 5 / 6),
                "d": (MONDAY + 9 + 5 / 6, MONDAY + 17 + 5 / 6),
                "e": (TUESDAY + 9, TUESDAY + 9.5),
            },
            1 * HOUR + 50 * 60_000 + 1,
        ),
        (
            "fit",
            {
                "a": (FRIDAY + 14.5, FRIDAY + 16),
                "b": (MONDAY + 9, MONDAY + 11),
                "c": (FRIDAY + 16 + 1 / 6, FRIDAY + 17),
                "d": (TUESDAY + 9, WEDNESDAY + 9),
                "e": (MONDAY + 11.5, MONDAY + 12),
            },
            0,
        ),
    ],
)
def test_closing_rules_over_a_weekend(simulate, rule, hours, overtime_ms):
    """Five works around a weekend, by hand, for each closing rule; d takes 8 h and one millisecond.

    a comes Friday 14:30 for 90 min, b 15:00 for 2 h, c 16:10 for 50 min, d Saturday noon, e Monday 11:30 for
    30 min. Under `fit`, b does not end on Friday and c just does; d, longer than a day, begins only at an
    opening, so that e goes before it. Times to the millisecond. Source: by hand.
    """
    works = {"a": "90 min", "b": "2 h", "c": "50 min", "d": "28800.001 s", "e": "30 min"}
    instants = {"a": "08 14:30", "b": "08 15:00", "c": "08 16:10", "d": "09 12:00", "e": "11 11:30"}
    cases = "".join(f"  {x}: {{arrive: {{at: [2027-01-{instants[x]}]}}, flow: {x}}}\n" for x in works)
    flows = "".join(f"  {x}: {{steps: {{s: {{team: clerk, work: {work}}}}}}}\n" for x, work in works.items())
    run = simulate(
        f"name: weekend{OFFICE}teams: {{clerk: {{size: 1, closing: {rule}}}}}\ncases:\n{cases}flows:\n{flows}"
    )
    found = {run.plan.sources[c.source].name: c.leave for c in run.facts.cases}
    begun = {run.plan.sources[run.facts.cases[w.case].source].name: w.begin for w in run.facts.works}
    # what d's millisecond delays, it delays by one; suspended, it is part of the second day
    late = {"suspend": {"d", "e"}, "finish": {"d"}, "fit": {"d"}}[rule]
    late_start = {"suspend": {"e"}, "finish": set(), "fit": set()}[rule]
    assert begun == {x: round(begin * HOUR) + (x in late_start) for x, (begin, _) in hours.items()}
    assert found == {x: round(end * HOUR) + (x in late) for x, (_, end) in hours.items()}
    assert run.measure("overtime_hours", "clerk", "team") == pytest.approx(overtime_ms / HOUR, abs=1e-12)


def test_a_weekend_is_in_no_class(simulate):
    """Friday 16:00 to Tuesday 10:00 are 10 h of lead time, and 90 h on the wall.

    The second case waits one hour on Friday and seven on Monday while the clerk is at the first; its own 2 h
    run from Monday 16:00 over the night. Source: by hand.
    """
    run = simulate(
        f"name: two in line{OFFICE}"
        + """
teams: {clerk: {size: 1}}
cases:
  first: {arrive: {at: [2027-01-08 15:00]}, flow: long}
  second: {arrive: {at: [2027-01-08 16:00]}, flow: short}
flows:
  long: {steps: {s: {team: clerk, work: 9 h}}}
  short: {steps: {s: {team: clerk, work: 2 h, adds: necessary}}}
"""
    )
    assert [case.leave / HOUR for case in run.facts.cases] == [MONDAY + 16, TUESDAY + 10]
    assert run.measure("lead_time", "second", "case") == 10
    assert run.measure("elapsed_lead_time", "second", "case") == TUESDAY + 10 - (FRIDAY + 16)
    assert run.measure("time_person_busy", "second", "case") == 8
    assert run.measure("time_necessary", "second", "case") == 2


def test_joint_work_runs_where_both_are_open(simulate):
    """3 h together with people of Mon and Wed 13:00-15:00, from Friday: Mon 13-15, Wed 13-14.

    Source: by hand; the intersection of two calendars.
    """
    run = simulate(
        f"name: part time{OFFICE}"
        + """
teams: {clerk: {size: 1}, board: {size: 2, calendar: part_time}}
cases: {c: {arrive: {at: [2027-01-08 12:00]}, flow: f}}
flows: {f: {steps: {s: {team: clerk, with: {board: 2}, work: 3 h}}}}
"""
    )
    assert run.events("start", "/s") == [(MONDAY + 13, 1)] * 3
    assert run.events("complete", "/s") == [(WEDNESDAY + 14, 1)] * 3
    # Friday 12-17 and Monday 9-13 in the queue; Monday 15-17, Tuesday, Wednesday 9-13 begun and at rest
    assert run.measure("time_person_off_shift", "c", "case") == 5 + 4
    assert run.measure("time_interrupted", "c", "case") == 2 + 8 + 4
    assert run.measure("time_value_adding", "c", "case") == 3


LITTLE = f"""name: little{OFFICE.replace("4 weeks", "12 weeks")}
environments: {{box: {{pool: 6}}}}
teams: {{clerks: {{size: 2}}, board: {{size: 1, calendar: part_time}}, many: {{size: unlimited}}}}
cases:
  c: {{arrive: {{rate: {{0 weeks: 1 per h, 1 weeks: 0 per h}}}}, flow: f, patience: {{waiting: 200 h}}}}
flows:
  f:
    steps:
      a:
        team: clerks
        work: lognormal mean 1 h cv 1
        takes: box
        then: {{back: {{p: 30%, go_to: a}}, ok: rest}}
      b: {{team: board, work: 5 min}}
      c: {{flow: g}}
  g:
    limit: {{cases: 3}}
    steps: {{d: {{team: many, work: exponential mean 2 h, gives_back: box}}}}
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_littles_law_is_an_identity_of_the_printed_figures(simulate, seed):
    """From empty to empty, L = lambda W holds in each run, not only in the mean, for every nested system.

    Cases, passages of a flow, queues of a step, and people as busy servers: on the business clock, with
    calendars, rework, a pool, a limit. Source: Little 1961, Operations Research 9:383; Stidham 1974,
    Operations Research 22:417 (a sample-path relation).
    """
    run = simulate(LITTLE, seed=seed)
    assert run.measure("open_cases", "c", "case") == 0
    assert run.measure("cases", "c", "case") > 20
    rate = run.measure("throughput", "c", "case")

    def same(left, right):
        assert left == pytest.approx(right, rel=1e-12)

    same(run.measure("wip", "c", "case"), rate * run.measure("lead_time", "c", "case"))
    for flow in ("f", "g"):
        passing = run.measure("throughput", flow, "flow")
        same(run.measure("wip", flow, "flow"), passing * run.measure("lead_time", flow, "flow"))
    for step in ("c/a", "c/b"):
        visits = rate * run.measure("visits", step, "step")
        same(run.measure("queue_length", step, "step"), visits * run.measure("wait", step, "step"))
    busy = rate * run.measure("visits", "c/a", "step") * run.measure("work_time", "c/a", "step")
    same(run.measure("utilisation", "clerks", "team"), 100 * busy / 2)
