"""Numbers, conditions and steps in words that need no training."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim import randomness
from sim.plan import compile_plan
from sim.plan.flow_words import flow_lines
from sim.plan.places import keys_of
from sim.plan.words import Words, out_of, roughly, short, spread
from sim.scenario.load import Scenario

HOUR = 3_600_000
DAY = 24 * HOUR
OPEN_DAY = 8 * HOUR

HEAD = """
clock: {start: 2027-01-04, horizon: 2 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}, board: {days: Tue, hours: 14:00-16:00}}
teams: {desk: {size: 2}, lab: {size: 3, owns: 2}}
environments: {box: {cost: 10 per month}}
traits: {easy: 30%, size: {large: 20%, small: rest}, lines: uniform 0 to 10}
cases: {idea: {arrive: {rate: 2 per d}, owner: lab, flow: main}}
"""

Told = dict[str, str]


@pytest.fixture
def told(scenario: Callable[[str], Scenario]) -> Callable[[str], Told]:
    """The steps of `main` by name; alternatives by the name of their step and `'`."""

    def tell(flows: str) -> Told:
        plan = compile_plan(scenario(HEAD + "flows:" + flows))
        found: Told = {}
        last = ""
        for line in flow_lines(Words(plan, OPEN_DAY, "USD"), plan.case_types[0].call):
            last = line.name or f"{last}'"
            found[last] = line.text
        return found

    return tell


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0 min"),
        (20_000, "20 s"),
        (900_000, "15 min"),
        (2.5 * HOUR, "2.5 h"),
        (OPEN_DAY, "1 d"),
        (12e9, "417 d"),
    ],
)
def test_working_time_is_in_days_of_work(ms: float, text: str, told: Callable[[str], Told]) -> None:
    assert Words.work(Words(None, OPEN_DAY), ms) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ms", "text"), [(10 * DAY, "10 days"), (DAY, "1 day"), (0.5 * DAY, "12 h"), (16.5 * DAY, "16.5 days")]
)
def test_wall_clock_time_is_in_days_of_24_hours(ms: float, text: str) -> None:
    assert Words(None, OPEN_DAY).clock(ms) == text  # type: ignore[arg-type]


def test_a_distribution_is_told_by_what_one_can_picture() -> None:
    words = Words(None, OPEN_DAY)  # type: ignore[arg-type]
    assert spread(randomness.uniform(HOUR, 2 * HOUR), words.work) == "1 h to 2 h"
    assert spread(randomness.triangular(HOUR, HOUR, 3 * HOUR), words.work) == "1 h to 3 h, most often 1 h"
    drawn = randomness.lognormal(mean=2 * HOUR, cv=1)
    assert spread(drawn, words.work) == "2 h on average, one in ten above 4.1 h"


@pytest.mark.parametrize(
    ("p", "text"), [(0.2, "2 of 10"), (0.15, "15 of 100"), (0.125, "12.5 %"), (1.0, "10 of 10")]
)
def test_shares_are_counted(p: float, text: str) -> None:
    assert out_of(p) == text


def test_no_more_digits_than_are_told() -> None:
    assert [short(x) for x in (0.25, 14.72, 118.4, 1240.0, 3.0)] == ["0.25", "14.7", "118", "1,240", "3"]
    assert roughly("2.06 h") == "2.1 h"
    assert roughly("1,444 d") == "1,400 d"


def test_work_says_who_how_long_and_what_it_adds(told: Callable[[str], Told]) -> None:
    found = told(
        """
  main:
    steps:
      write: {team: owner, work: {first: 2 h, again: 50%}, adds: nothing}
      judge: {team: desk, with: [owner], work: {by: size, large: 2 h, small: 1 h}, adds: necessary}
      print: {team: desk, work: 1 h, batch: {exactly: 4, or_after: 2 d}, when: not easy and lines at least 3}
""".replace("[owner]", "owner")
    )
    assert found["write"] == "the owner, 2 h (when repeated, 50 % of that) (adds nothing)"
    assert found["judge"] == "desk with the owner, 2 h if size is large, 1 h if size is small (necessary)"
    assert found["print"] == (
        "only if not easy and lines at least 3: desk, 1 h, 4 cases together, or fewer after 2 d (adds value)"
    )


def test_waits_say_for_what_and_on_which_clock(told: Callable[[str], Told]) -> None:
    found = told("""
  main:
    steps:
      latency: {wait: 2 d, why: approval}
      notice: {wait: 10 days}
      machine: {wait: 5 min, calendar: always, takes: box}
      meeting: {wait: until board, gives_back: box}
      last: {team: desk, work: 1 h}
""")
    assert found["latency"] == "waits 2 d (approval)"
    assert found["notice"] == "waits 10 days"
    assert found["machine"] == "waits 5 min, day and night, takes box"
    assert found["meeting"] == "waits until board opens, gives back box"


def test_outcomes_say_how_many_go_where(told: Callable[[str], Told]) -> None:
    found = told("""
  main:
    steps:
      write: {team: desk, work: 1 h}
      triage:
        team: desk
        work: 1 h
        then:
          returned: {p: 20%, go_to: write, weaken: 50%}
          no: {p: 5%, end: rejected}
          odd: {p: 1%, do: ask, at_most: 2}
          good: rest
      prepare: {flow: inner, then: {wrong: {go_to: write}, ready: rest}}
      last: {team: desk, work: 1 h, then: {end: finished}}
  inner: {steps: {copy: {team: desk, work: 1 h, then: {bad: {p: 12.5%, leave: wrong}, good: rest}}}}
  ask: {steps: {answer: {team: owner, work: 1 h}}}
""")
    assert found["triage"] == (
        "desk, 1 h (adds value); 2 of 10 go back to write (returned; each time half as likely); "
        "5 of 100 end as rejected (no); "
        "1 of 100 take a detour through ask and come back here (odd; at most twice)"
    )
    assert found["prepare"] == "goes through inner; left with wrong, it goes back to write"
    assert found["last"].endswith("then ends as finished")


def test_alternatives_stand_under_their_step(told: Callable[[str], Told]) -> None:
    found = told("""
  main:
    steps:
      build:
        team: desk
        work: 1 h
        then: {again: {p: 10%, go_to: build}, good: rest}
        instead:
          robot: {when: easy, wait: 5 min, calendar: always, falls_back: 5%, then: next}
          none: {when: size is large, skip: true}
          quick: {when: lines below 3, work: 10 min}
""")
    assert (
        found["build'"]
        == "if easy, instead: waits 5 min, day and night; then on; 5 of 100 then go the ordinary way too"
    )
    assert found["build''"] == "if size is large: left out"
    assert found["build'''"] == "if lines below 3, instead: desk, 10 min (adds value); then as above"


def test_branches_stand_under_their_fork(told: Callable[[str], Told]) -> None:
    found = told("""
  main:
    steps:
      both: {parallel: {left: inner, right: {team: desk, work: 1 h}}}
      over: {end: {as: live, starts: {case: idea, p: 40%, after: 180 days}}}
  inner: {steps: {copy: {team: desk, work: 1 h}}}
""")
    assert list(found) == ["both", "left", "right", "over"]
    assert found["left"] == "goes through inner"
    assert found["over"] == "ends as live; 4 of 10 start a new idea 180 days later"


def test_what_changes_over_time_is_told_with_its_months(told: Callable[[str], Told]) -> None:
    found = told("""
  main:
    steps:
      steps: {team: desk, work: {0 months: 1 h, 1 months: 2 h}}
      ramp:
        team: desk
        work: 1 h
        then: {no: {p: ramp 0% at 0 months to 50% at 1 months, end: rejected}, good: rest}
      mixed: {team: desk, work: {mix: {easy: {p: 75%, is: 1 h}, hard: {p: rest, is: 4 h}}}}
""")
    assert found["steps"] == "desk, 1 h, 2 h from month 1 on (adds value)"
    assert "0 % until month 0, then evenly to 50 % in month 1 end as rejected" in found["ramp"]
    assert found["mixed"] == "desk, 1 h (75 %) or 4 h (25 %) (adds value)"


@pytest.mark.parametrize(
    ("definition", "keys"),
    [
        ("main.write", "flows main steps write"),
        ("main.both.left#fast", "flows main steps both parallel left instead fast"),
        ("main.do#fork.side", "flows main steps do instead fork parallel side"),
    ],
)
def test_a_step_as_defined_has_its_place_in_the_file(definition: str, keys: str) -> None:
    assert keys_of(definition) == tuple(keys.split())
