"""The page that a scenario is read back as: every section, true and within its width."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.plan import compile_plan
from sim.plan.changes import added
from sim.plan.describe import describe
from sim.scenario.load import Scenario, load

BASE = """
name: Ideas
summary: Ideas go through one desk.
currency: EUR
clock: {start: 2027-01-04, horizon: 24 months, warm_up: 6 months, business: office}
assumptions: {back: {value: 20%, range: [10%, 40%], source: a log}}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
  early:  {days: Mon-Fri, hours: 07:00-11:00}
teams:
  zeal: {size: 2, cost: 50 per hour, owns: 3, order: due}
  desk: {size: {0 months: 1, 12 months: 2}, calendar: early, focus: 80%}
environments: {box: {cost: 10 per month, pool: 5, lingers: 3 days}}
cases:
  wish: {arrive: {every: 1 d}, flow: short}
  idea:
    arrive: {rate: 520 per year}
    owner: zeal
    due: 5 d
    patience: {waiting: 20 d, until: live}
    value: {per_month: 3 k, from: live, lasts: 12 months, decay: 10%}
    flow: main
flows:
  main:
    limit: {cases: 9, when_full: {end: refused}}
    steps:
      write: {team: owner, work: 1 h, takes: box}
      judge:
        team: desk
        work: 30 min
        then: {back: {p: $back, go_to: write}, no: {p: 28%, end: no}, yes: rest}
      live: {milestone: live}
      check: {flow: short}
  short: {steps: {look: {team: desk, work: 6 min}}}
economics: {years: 2}
"""

PATCH = """
patch: Robot
changes: A robot judges.
base: base.yaml
assumptions: {back: {value: 10%, source: a guess}, fails: {value: 5%, source: a guess}}
economics: {costs: {robot: {amount: 20 k}}}
flows: {main: {steps: {judge: {instead: {robot: {wait: 5 min, calendar: always, falls_back: $fails}}}}}}
"""

Page = Callable[..., str]


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """The page of the base, or of the patch on it; white space in one piece, so that lines do not matter."""

    def make(*, patch: str = "", width: int = 100, raw: bool = False, base: str = BASE) -> str:
        (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
        (tmp_path / "patch.yaml").write_text(patch, encoding="utf-8")
        scenario = load(tmp_path / ("patch.yaml" if patch else "base.yaml"))
        text = describe(scenario, compile_plan(scenario), width=width)
        return text if raw else re.sub(r"\s+", " ", text)

    return make


def test_the_head_says_what_when_and_how_long_a_day_is(page: Page) -> None:
    assert page().startswith(
        "Ideas: sound. Ideas go through one desk. 2 years from 2027-01-04 (month 0), after 6 months of "
        "warm-up. Working time goes by the calendar office: 1 d is 8 h, 1 w is 5 d. CASES "
    )


def test_a_case_type_says_how_it_comes_who_owns_it_and_what_it_is_worth(page: Page) -> None:
    text = page()
    assert "wish One every 1 d. That is 5 a week. It goes through short." in text
    assert (
        "idea 520 per year at random. That is 10 a week. Each is owned by one of zeal. It goes through main. "
        "It is due 5 d after it arrives. Who has waited 20 d before live ends as abandoned. A month of it is "
        "worth 3 k EUR, from live on for 1 year, each year 10 % less."
    ) in text
    assert "If nobody gave up, it would end as done 65 % or no 35 %." in text  # 0.28 of 0.8


def test_a_flow_says_its_limit_and_its_steps(page: Page) -> None:
    text = page()
    assert "main (at most 9 inside; who finds it full ends as refused) write the owner, 1 h" in text
    assert "(adds value), takes box judge desk" in text
    assert "2 of 10 go back to write (back); 28 of 100 end as no live reaches live" in text
    assert text.count("look desk, 6 min (adds value)") == 1  # a flow called twice is told once


def test_a_team_says_its_size_and_what_is_asked_of_it(page: Page) -> None:
    text = page()
    assert (
        "zeal 2 people, 50 EUR an hour. Works the earliest due first. Each may own 3 open cases at a time."
        in text
    )
    assert "Asked for 12.5 of 80 h a week (idea 12.5 h): 16 %." in text
    assert "desk Size 1, 2 from month 12 on, working hours early, focus 80 %." in text


def test_cases_and_teams_stand_in_the_order_of_the_file(page: Page) -> None:
    text = page()
    assert text.index("wish One") < text.index("idea 520") < text.index("zeal 2") < text.index("desk Size")


def test_an_environment_says_what_it_costs_and_how_many_there_are(page: Page) -> None:
    assert "box 10 EUR a month while a case holds it, and 3 days longer; there are 5." in page()


def test_assumptions_say_value_range_and_source(page: Page) -> None:
    assert "ASSUMED (1) back 20% (between 10% and 40%); a log" in page()


def test_a_patch_says_what_it_changes_and_what_it_adds(page: Page) -> None:
    text = page(patch=PATCH)
    assert text.startswith("Robot: sound. A robot judges. 2 years from")
    assert "CHANGED (2) assumptions.back.value: 20% → 10% assumptions.back.source: a log → a guess" in text
    assert "ADDED (3) assumptions" not in text and "ADDED (2)" in text
    assert "economics.costs.robot: {amount: 20 k}" in text
    assert "flows.main.steps.judge.instead.robot: {wait: 5 min, calendar: always, falls_back: $fails}" in text
    assert "always, instead: waits 5 min, day and night; then as above; 5 of 100 then go" in text


def test_warnings_come_last_with_their_place(page: Page) -> None:
    text = page(base=BASE + "traits: {odd: 5%}\n")
    assert re.search(
        r"WARNINGS \(1; they do not stop a run\) \S+base.yaml:\d+:\d+: traits.odd nothing asks", text
    )


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_longer_than_the_page(page: Page, width: int) -> None:
    lines = page(width=width, raw=True).splitlines()
    assert max(map(len, lines)) <= width
    assert not any(line != line.rstrip() or "\u00a0" in line for line in lines)


def test_a_closed_population_is_told_as_one(scenario: Callable[[str], Scenario]) -> None:
    found = scenario("""
clock: {start: 2027-01-04, horizon: 2 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 2}, crowd: {size: unlimited}}
cases: {idea: {arrive: {population: 12}, flow: main}}
flows: {main: {steps: {write: {team: desk, work: 2 h}, go_on: {team: crowd, work: 1 h}}}}
""")
    text = re.sub(r"\s+", " ", describe(found, compile_plan(found)))
    assert "Always 12: each that ends starts again at once." in text
    assert "A closed population: it takes what its teams have left." in text
    assert "desk 2 people. It takes what the closed population brings." in text
    assert "crowd As many as are needed." in text


def test_nothing_is_added_to_a_file_that_extends_nothing(scenario: Callable[[str], Scenario]) -> None:
    assert list(added(scenario(BASE).tree, set())) == []
