"""Calendars, waits, the ways to arrive, and numbers: when things happen and how much. Worked out by hand.

Instant 0 is Monday 2027-01-04 00:00; the small scenarios stand in conftest.
"""

from __future__ import annotations

import pytest

from sim import randomness
from sim.randomness import Purpose, path_hash, to_ticks, uniforms

HOUR = 3_600_000
DAY = 8 * HOUR  # 1 d on 09:00-17:00
ONE = "a: {size: 1}"
WORK = "s: {team: a, work: 1 h}"


def hours(run, event, step="/s"):
    return [time for time, _ in run.events(event, step)]


# -- calendars


@pytest.mark.parametrize(
    ("calendar", "arrives", "work", "end"),
    [
        ("days: Mon-Fri, hours: 09:00-17:00, closed: [2027-01-05]", "2027-01-04 09:00", "10 h", 59),
        ("days: Mon-Fri, hours: 09:00-17:00, open: [2027-01-09]", "2027-01-08 16:00", "2 h", 130),
        ("days: Mon-Fri, hours: 09:00-17:00, holidays: US", "2027-01-15 16:00", "2 h", 370),
        ("days: Mon-Fri, hours: [09:00-12:00, 13:00-17:00]", "2027-01-04 11:00", "2 h", 14),
        ("days: Mon, every: 2 weeks, hours: 09:00-17:00", "2027-01-04 16:00", "2 h", 346),
    ],
)
def test_work_runs_while_its_calendar_is_open(simulate, calendar, arrives, work, end):
    """Tuesday closed; a Saturday open; a Monday holiday; a lunch break; Mondays of every second week."""
    run = simulate(
        f"""
        name: shifts
        clock: {{start: 2027-01-04, horizon: 1 month, business: always}}
        calendars: {{shift: {{{calendar}}}}}
        teams: {{a: {{size: 1, calendar: shift}}}}
        cases: {{c: {{arrive: {{at: [{arrives}]}}, flow: f}}}}
        flows: {{f: {{steps: {{s: {{team: a, work: {work}}}}}}}}}
        """
    )
    assert hours(run, "complete") == [end]


@pytest.mark.parametrize(
    ("until", "arrives", "ends"),
    [
        ("fortnight", "2027-01-04 09:00", 38),
        ("fortnight", "2027-01-05 15:00", 39),
        ("fortnight", "2027-01-05 16:00", 374),
        ("train", "2027-01-04 09:00", 18),
        ("train", "2027-01-04 18:00", 18),
        ("train", "2027-01-04 18:01", 42),
    ],
)
def test_a_wait_until_ends_when_the_calendar_opens_or_at_once(simulate, until, arrives, ends):
    """The board meets on Tuesdays of every second week; the train leaves at 18:00."""
    run = simulate(
        f"""
        name: dates
        clock: {{start: 2027-01-04, horizon: 1 month, business: office}}
        calendars:
          office: {{days: Mon-Fri, hours: 09:00-17:00}}
          fortnight: {{days: Tue, every: 2 weeks, from: 2027-01-19, hours: 14:00-16:00}}
          train: {{days: Mon-Fri, at: 18:00}}
        cases: {{c: {{arrive: {{at: [{arrives}]}}, flow: f}}}}
        flows: {{f: {{steps: {{s: {{wait: until {until}}}}}}}}}
        """
    )
    assert run.case(1).leave == ends * HOUR


@pytest.mark.parametrize(
    ("wait", "ends"),
    [
        ("2 d", 208),
        ("2 days", 160),
        ("1 weeks", 280),
        ("1 w", 280),
        ("90 min", 168 + 9.5),
        ("90 min, calendar: always", 89.5 + 24),
        ("2 h, calendar: evening", 118),
    ],
)
def test_waits_in_d_and_w_are_business_time_and_in_days_and_weeks_the_wall_clock(small, wait, ends):
    """From Friday 16:00."""
    run = small(ONE, f"s: {{wait: {wait}}}", arrive="{at: [2027-01-08 16:00]}")
    assert run.case(1).leave == ends * HOUR


def test_points_in_time_count_from_month_0_and_the_warm_up_has_its_values(simulate):
    """Warm-up from Monday, month 0 is Wednesday; the second member comes a day later, on Thursday 00:00."""
    run = simulate(
        """
        name: warm-up
        clock: {start: 2027-01-06, horizon: 1 month, warm_up: 2 days, business: office}
        calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
        teams: {a: {size: {0 months: 1, 1 days: 2}}}
        cases: {c: {arrive: {backlog: 4}, flow: f}}
        flows: {f: {steps: {s: {team: a, work: {0 days: 1 d, 7 days: 1 h}}}}}
        """
    )
    assert run.events("start", "/s") == [(9, 1), (33, 2), (57, 3), (81, 4)]
    assert run.measure("cases", "c") == 2  # two have left in the warm-up, on Monday and on Tuesday


# -- arrivals


@pytest.mark.parametrize(
    ("arrive", "instants"),
    [
        ("{every: 4 h}", [13, 17, 37, 41]),
        ("{every: 4 h, calendar: late}", [15, 19, 39, 43]),
        ("{at: [2027-01-05 10:00, 2027-01-04 08:00]}", [8, 34]),
        ("{backlog: 2}", [0, 0]),
        ("{list: list.csv}", [10, 11]),
        ("{log: log.csv}", [9, 34]),
    ],
)
def test_ways_to_arrive(small, tmp_path, arrive, instants):
    (tmp_path / "list.csv").write_text("when,size\n2027-01-04 11:00,large\n2027-01-04 10:00,small\n")
    (tmp_path / "log.csv").write_text(
        "case,time\nB,2027-01-05 12:00\nA,2027-01-04 09:00\nB,2027-01-05 10:00\nA,2027-01-06 09:00\n"
    )
    run = small("a: {size: unlimited}", WORK, arrive=arrive)
    assert [time for time, _ in run.events("arrive")][:4] == instants


@pytest.mark.parametrize(("calendar", "opens"), [("", 9), (", calendar: always", 0)])
def test_a_rate_is_a_unit_exponential_of_open_time(small, calendar, opens):
    """8 per d is one per open hour of the calendar it runs on, because a d is 8 hours."""
    run = small("a: {size: unlimited}", WORK, arrive=f"{{rate: 8 per d{calendar}}}")
    key = path_hash("c", "")
    gaps = [randomness.exponential(1.0).quantile(uniforms(1, 0, n, key, 0, 0, 1)[0]) for n in (1, 2)]
    first, second = (row.arrive / HOUR for row in run.facts.cases[:2])
    assert (first, second) == pytest.approx((opens + gaps[0], opens + gaps[0] + gaps[1]), abs=1e-6)


def test_a_closed_population_of_another_seed_has_other_luck(small):
    steps = "s: {team: a, work: exponential mean 1 h}"
    runs = [small(ONE, steps, arrive="{population: 1}", seed=n) for n in (1, 2)]
    assert runs[0].case(1).leave != runs[1].case(1).leave
    assert runs[0].case(1, 1).arrive == runs[0].case(1).leave


def test_an_unlimited_team_takes_all_at_once(small):
    run = small("a: {size: unlimited}", WORK, arrive="{backlog: 5}")
    assert hours(run, "start") == [9] * 5


def test_other_work_stands_in_the_same_queue_and_in_the_log(small):
    """It goes first by its priority; it has its own source and no case."""
    run = small(
        "a: {size: 1, order: priority, other_work: {people: 0.5, work: 2 h, priority: 1}}",
        WORK,
        case=", priority: 2",
        arrive="{every: 2 h}",
    )
    other = [row for row in run.facts.events if row[2] == "other:a"]
    assert {row[9] for row in other} == {"arrive", "enqueue", "start", "complete", "leave"}
    assert {row[7] for row in other if row[9] == "start"} == {"other:a"}
    assert {row.case for row in run.facts.works if row.account_class == 2} == {-1}
    jumped = [row for row in other if row[9] == "start"]
    assert len(jumped) > 10


# -- numbers

DRAWN = uniforms(1, 0, 1, path_hash("c", "c/s"), 1, 0, Purpose.WORK)


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("uniform 1 h to 3 h", randomness.uniform(HOUR, 3 * HOUR)),
        ("triangular 1 h to 2 h to 4 h", randomness.triangular(HOUR, 2 * HOUR, 4 * HOUR)),
        ("pert 1 h to 2 h to 4 h", randomness.pert(HOUR, 2 * HOUR, 4 * HOUR)),
        ("exponential mean 2 h", randomness.exponential(2 * HOUR)),
        ("erlang k 4 mean 2 h", randomness.erlang(4, 2 * HOUR)),
        ("gamma mean 2 h cv 0.5", randomness.gamma(mean=2 * HOUR, cv=0.5)),
        ("lognormal median 2 h sigma 0.7", randomness.lognormal(median=2 * HOUR, sigma=0.7)),
        ("weibull mean 2 h shape 1.5", randomness.weibull(mean=2 * HOUR, shape=1.5)),
        ("normal mean 2 h sd 1 h from 0 h to 4 h", randomness.normal(2 * HOUR, HOUR, 0, 4 * HOUR)),
        ("empirical times.csv column hours", randomness.empirical([HOUR, 2 * HOUR, 5 * HOUR])),
    ],
)
def test_work_is_the_quantile_of_the_draw_that_its_path_names(small, tmp_path, text, law):
    (tmp_path / "times.csv").write_text("hours\n1 h\n2 h\n5 h\n")
    run = small(ONE, f"s: {{team: a, work: {text}}}")
    assert [row[13] for row in run.facts.events if row[9] == "start"] == [to_ticks(law.quantile(DRAWN[0]))]


@pytest.mark.parametrize(
    ("work", "ms"),
    [
        ("constant 2 h", 2 * HOUR),
        ("(1 h + 30 min) * 2 - 1 h / 2", 2.5 * HOUR),
        ("$hard * 2", 3 * HOUR),
        ("1 d", DAY),
        ("{by: size, large: 1 h, small: 1 h}", HOUR),
        ("{by: case, c: 3 h, d: 5 h}", 3 * HOUR),
        ("{0 days: 1 h, 1 days: 5 h}", HOUR),
        ("ramp 1 h at 1 days to 2 h at 2 days", HOUR),
        ("ramp 4 h at 0 days to 2 h at 0.25 days", 2 * HOUR),
        ("9 h - ramp 0 h at 0 days to 8 h at 1 days", 6 * HOUR),
        ("2 * ramp 0 h at 0 days to 8 h at 1 days + 1 h", 7 * HOUR),
        ("{mix: {x: {p: 100%, is: 2 h}, y: {p: rest, is: 4 h}}}", 2 * HOUR),
    ],
)
def test_a_number_is_read_when_it_is_used(small, work, ms):
    run = small(
        ONE,
        f"s: {{team: a, work: {work}}}",
        cases="d: {flow: f}",
        more="assumptions: {hard: {value: 90 min, range: [1 h, 2 h], source: assumption}}",
    )
    assert [row[13] for row in run.facts.events if row[9] == "start"] == [ms]


@pytest.mark.parametrize(("again", "ms"), [("50%", [3, 1.5, 1.5]), ("30 min", [3, 0.5, 0.5])])
def test_later_visits_have_work_of_their_own(small, again, ms):
    run = small(
        ONE,
        f"s: {{team: a, work: {{first: 3 h, again: {again}}},"
        " then: {back: {p: 100%, go_to: s, at_most: 2}, ok: rest}}",
    )
    assert [row[13] / HOUR for row in run.facts.events if row[9] == "start"] == ms


def test_what_is_weakened_to_nothing_happens_once(small):
    run = small(ONE, "s: {team: a, work: 1 h, then: {back: {p: 100%, go_to: s, weaken: 0%}, ok: rest}}")
    assert hours(run, "start") == [9, 10]
    assert [row[14] for row in run.facts.events if row[9] == "outcome"] == ["back", "ok"]


@pytest.mark.parametrize(
    ("condition", "is_done"),
    [
        ("kind is hard", True),
        ("kind is easy", False),
        ("not kind is easy and points at least 3", True),
        ("points below 3 or (big and points below 4)", True),
        ("points below 3", False),
        ("big", True),
    ],
)
def test_a_step_whose_condition_fails_is_not_entered(small, tmp_path, condition, is_done):
    (tmp_path / "list.csv").write_text("when,kind,points,big\n2027-01-04 09:00,hard,3,yes\n")
    run = small(
        ONE,
        f"s: {{team: a, work: 1 h, when: {condition}}}, t: {{team: a, work: 1 h, skip: true}},"
        " m: {milestone: m}",
        arrive="{list: list.csv}",
        case=", traits: {kind: {hard: 50%, easy: rest}, points: uniform 0 to 9, big: 50%}",
    )
    assert [row[7] for row in run.facts.events if row[9] == "enter"] == (["c/s"] if is_done else []) + ["c/m"]


def test_traits_and_values_are_drawn_once_by_their_own_names(small):
    run = small(
        ONE,
        "s: {team: a, work: 1 h, when: lucky}, m: {milestone: live}, t: {team: a, work: 1 h, when: lucky}",
        arrive="{backlog: 5}",
        case=", value: {per_month: uniform 1 k to 3 k, from: live}",
    )
    lucky = [uniforms(1, 0, n, path_hash("c", "lucky"), 0, 0, Purpose.TRAIT)[0] < 0.4 for n in range(1, 6)]
    assert {n for _, n in run.events("start", "/s")} == {n for n, is_lucky in enumerate(lucky, 1) if is_lucky}
    assert len(run.events("start", "/t")) == len(run.events("start", "/s"))
    value = uniforms(1, 0, 1, path_hash("c", ""), 0, 0, Purpose.VALUE)[0]
    assert run.case(1).value == randomness.uniform(1000.0, 3000.0).quantile(value)
    assert run.case(1).milestones.keys() == {"live"}


def test_the_cause_of_a_wait_is_in_the_log(small):
    run = small(ONE, "s: {wait: 1 h, why: vendor}")
    assert [row[14] for row in run.facts.events if row[9] == "complete"] == ["vendor"]
