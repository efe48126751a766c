"""Explaining: which causes there are, what they cost by hand and by theory, and beside it the account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.errors import RunError
from sim.experiment.explain import Explanation, Without, explain
from sim.experiment.explain.causes import causes_of
from sim.experiment.explain.people import one_more
from sim.experiment.explain.spots import returning, spots
from sim.scenario.load import Scenario

Build = Callable[[str], Scenario]

EVERYTHING = """
clock: {start: 2027-01-04, horizon: 6 months}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
  morning: {days: Mon-Fri, hours: 09:00-12:00}
  board: {days: Tue, hours: 14:00-16:00}
environments: {sandbox: {pool: 9}}
teams:
  desk: {size: 2, owns: 3, focus: 80%, switching: 10 min}
  boss: {size: 1, calendar: morning, other_work: {people: 0.2, work: 1 h}}
  crowd: {size: unlimited}
cases: {request: {arrive: {rate: 1 per d}, owner: desk, flow: answer}}
flows:
  answer:
    limit: 9
    steps:
      ask:     {team: owner, work: 1 h, takes: sandbox}
      approve: {team: boss, work: 10 min, then: {no: {p: 20%, go_to: ask}, yes: rest}}
      meet:    {wait: until board, why: the board}
      cool:    {wait: 1 h}
      robot:   {wait: 5 min, calendar: always, why: automation}
      post:    {wait: 2 h, why: the post}
      build:
        flow: building
        then: {wrong: {go_to: ask}, useless: {end: useless}, fine: rest}
      pack:    {team: crowd, work: 30 min, batch: {exactly: 2, or_after: 1 d}}
  building:
    steps:
      try: {team: owner, work: 2 h, then: {
        fails: {p: 10%, leave: wrong}, pointless: {p: 5%, leave: useless}, missing: {p: 10%, do: fetching},
        shortcut: {p: 10%, go_to: done_with}, works: rest}}
      polish: {team: owner, work: 1 h}
      done_with: {team: owner, work: 5 min}
  fetching: {steps: {fetch: {team: crowd, work: 1 h}}}
"""

# one request a day at 09:00; a day has 8 h
LOOP = """
clock: {start: 2027-01-04, horizon: 12 weeks}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: unlimited}}
cases: {request: {arrive: {every: 1 d}, flow: answer}}
flows:
  answer:
    steps:
      post:  {wait: 1.5 h, why: the post}
      check: {team: desk, work: 1 h, then: {again: {p: 100%, go_to: post, at_most: 1}, fine: rest}}
"""

BATCH = """
clock: {start: 2027-01-04, horizon: 12 weeks}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: unlimited}}
cases: {request: {arrive: {every: 1 d}, flow: answer}}
flows: {answer: {steps: {pack: {team: desk, work: 1 h, batch: {exactly: 2}}}}}
"""

QUEUE = """
currency: EUR
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 month, business: always}
economics: {years: 1}
teams: {desk: {size: 1, cost: 10 per hour}}
cases: {request: {arrive: {rate: 0.5 per h}, flow: answer}}
flows: {answer: {steps: {work: {team: desk, work: exponential mean 1 h}}}}
"""


def named(found: Explanation, name: str) -> Without:
    return next(each for each in found.causes if each.name == name)


def saved(found: Explanation, name: str) -> tuple[float | None, float | None]:
    """Hours bought, and hours that the account tells."""
    each = named(found, name)
    return each.interval("lead_time").mean, each.reading.mean if each.reading is not None else None


def test_every_cause_that_a_scenario_has_is_looked_at(scenario: Build) -> None:
    causes = causes_of(scenario(EVERYTHING))
    found = {group: [c.name for c in causes if c.group == group] for group in {c.group for c in causes}}
    assert found == {
        "team": [
            *("one more in desk", "one more in boss"),
            *("desk unlimited", "boss unlimited"),
        ],
        "shift": [
            *("boss in all business hours", "desk around the clock", "boss around the clock"),
            *("crowd around the clock", "everybody around the clock"),
        ],
        "focus": ["desk never interrupted"],
        "switching": ["no switching of desk"],
        "other_work": ["no other work for boss"],
        "limits": [
            "no limit of cases per owner in desk",
            *("no limit on cases in answer", "as many sandbox as are needed", "no limit on flows and pools"),
        ],
        "returns": ["no returns from approve", "no returns from try", "no returns at all"],
        "waits": [
            *("no wait at meet (the board)", "no wait at post (the post)", "no wait for dates or outside"),
        ],
        "batching": ["batches of pack begin at once", "pack one by one"],
        "together": ["none of these"],
    }


def test_what_leads_back_is_a_return_and_what_leads_on_is_none(scenario: Build) -> None:
    file = scenario(EVERYTHING).file
    found = spots(file)
    back = {spot.definition: returning(spot, file, found) for spot in found}
    assert {name: outcomes for name, outcomes in back.items() if outcomes} == {
        "answer.approve": ["no"],
        "answer.build": ["wrong"],
        "building.try": ["fails", "missing"],
    }


def test_every_change_that_is_tried_is_sound(scenario: Build) -> None:
    file = scenario(EVERYTHING)
    found = explain(file, replications=1, only=["steps", "returns", "limits", "shift", "together"])
    assert found.untold == ()
    assert {each.cause.group for each in found.causes} == {"steps", "returns", "limits", "shift", "together"}


def test_a_return_costs_what_is_done_again_and_what_is_waited_for_again(scenario: Build) -> None:
    """1.5 h of post and 1 h of work, twice; the account calls only the second hour of work rework."""
    found = explain(scenario(LOOP), replications=2)
    assert found.lead_time.mean == pytest.approx(5)
    assert saved(found, "no returns from check") == (pytest.approx(2.5), pytest.approx(1))
    assert saved(found, "no wait at post (the post)") == (pytest.approx(3), pytest.approx(3))
    assert saved(found, "none of these")[0] == pytest.approx(4)
    both = found.interaction
    assert both is not None and both.difference.mean == pytest.approx(1.5), "the second post counts twice"
    beyond = named(found, "no returns from check").beyond
    assert beyond is not None and beyond.mean == pytest.approx(1.5)


def test_of_a_batch_of_two_the_first_waits_a_day(scenario: Build) -> None:
    found = explain(scenario(BATCH), replications=1, only=["batching"])
    assert saved(found, "pack one by one") == (pytest.approx(4), pytest.approx(4))
    assert saved(found, "batches of pack begin at once") == (pytest.approx(4), pytest.approx(4))


def test_a_team_that_is_there_half_the_day_costs_what_it_is_away(scenario: Build) -> None:
    """Requests come at 09:00, the team at 13:00."""
    text = LOOP.replace("teams: {desk: {size: unlimited}}", "teams: {desk: {size: 1, calendar: late}}")
    text = text.replace("17:00}}", "17:00}, late: {days: Mon-Fri, hours: 13:00-17:00}}")
    text = text.replace("arrive: {every: 1 d}", "arrive: {every: 1 d}").replace("p: 100%", "p: 0%")
    found = explain(scenario(text), replications=1, only=["shift", "waits"])
    hours, read = saved(found, "desk in all business hours")
    assert hours == pytest.approx(2.5) and read == pytest.approx(2.5), "09:00, post to 10:30, desk at 13:00"
    assert saved(found, "no wait at post (the post)") == (pytest.approx(0), pytest.approx(1.5)), (
        "only hides it"
    )


def test_one_more_and_unlimited_are_worth_what_queueing_theory_says(scenario: Build) -> None:
    """M/M/1 with load 1/2: 2 h; M/M/2: 1/(1 − 1/16) h; M/M/∞: 1 h (Kleinrock, Queueing Systems I, ch. 3)."""
    found = explain(scenario(QUEUE), replications=10, only=["team"], seed=2)
    for name, hours in (("one more in desk", 2 - 16 / 15), ("desk unlimited", 1.0)):
        interval = named(found, name).interval("lead_time")
        assert interval.low is not None and interval.high is not None
        assert interval.low <= hours <= interval.high
        assert interval.half_width is not None and interval.half_width < 0.2
    reading = named(found, "desk unlimited").reading
    assert reading is not None and reading.mean == pytest.approx(1.0, abs=0.2), "all that was waited"


def test_money_is_that_of_the_difference_without_a_price_for_the_change(scenario: Build) -> None:
    """One more costs 10 an hour, around the clock, for a year of 8,766 h, and brings no value."""
    found = explain(scenario(QUEUE), replications=2, only=["team"])
    worth = named(found, "one more in desk").intervals
    assert worth["npv"].mean == worth["cost"].mean == pytest.approx(-87_660)
    assert worth["benefit"].mean == 0


def test_a_cause_that_cannot_be_taken_away_is_told(scenario: Build) -> None:
    found = explain(scenario(EVERYTHING), replications=1, only=["team"])
    assert [(each.name, "an owner is somebody" in each.why) for each in found.untold] == [
        ("desk unlimited", True)
    ]
    assert {each.name for each in found.causes} == {"one more in desk", "one more in boss", "boss unlimited"}


def test_a_return_that_is_the_rest_of_two_outcomes_hands_its_place_to_the_other(scenario: Build) -> None:
    text = LOOP.replace(
        "{again: {p: 100%, go_to: post, at_most: 1}, fine: rest}", "{fine: {p: 40%}, again: {go_to: post}}"
    )
    found = explain(scenario(text), replications=1, only=["returns"])
    each = named(found, "no returns from check")
    assert found.lead_time.mean is not None
    assert found.lead_time.mean - (each.interval("lead_time").mean or 0.0) == pytest.approx(2.5)


def test_one_more_is_one_more_at_any_time() -> None:
    assert one_more(3) == 4
    assert one_more({"0 months": 1, "6 months": "$n"}) == {"0 months": 2, "6 months": "($n) + 1"}
    assert one_more("$n * 2") == "($n * 2) + 1"


def test_results_do_not_depend_on_how_many_work_on_them(scenario: Build) -> None:
    file = scenario(QUEUE)
    one, two = (explain(file, replications=3, only=["team"], jobs=jobs) for jobs in (1, 2))
    assert one.table.equals(two.table) and one.document == two.document


def test_a_flow_can_be_asked_about(scenario: Build) -> None:
    found = explain(scenario(EVERYTHING), replications=2, of="building", only=["team", "returns"])
    assert (found.of, found.kind) == ("building", "flow")
    assert saved(found, "no returns from try")[0] is not None
    detour = explain(scenario(EVERYTHING), replications=2, of="fetching", only=["returns", "together"])
    assert saved(detour, "no returns from try")[0] is None, "nobody fetches any more"
    assert detour.interaction is None
    with pytest.raises(RunError, match=r"of 'bilding'.*Did you mean 'building'\?"):
        explain(scenario(EVERYTHING), of="bilding")


def test_a_group_that_is_none_and_patches_that_are_none_are_refused(scenario: Build) -> None:
    with pytest.raises(RunError, match=r"only 'return'.*Did you mean 'returns'\?"):
        explain(scenario(QUEUE), only=["return"])
    with pytest.raises(RunError, match="not made of patches"):
        explain(scenario(QUEUE), only=["patches"])


def test_an_interrupt_leaves_the_causes_that_were_finished(scenario: Build) -> None:
    def stop(finished: int, expected: int) -> None:
        if finished == 3:
            raise KeyboardInterrupt

    found = explain(scenario(QUEUE), replications=1, jobs=1, progress=stop, only=["team", "shift"])
    assert found.incomplete == "interrupted"
    assert [each.name for each in found.causes] == ["one more in desk"]

    with pytest.raises(KeyboardInterrupt):
        explain(scenario(QUEUE), replications=1, jobs=1, progress=lambda *_: stop(3, 3))


# --- patches

BASE = LOOP + "economics: {years: 1, discount_rate: 0%}\ncurrency: EUR\nname: Base\n"
FASTER = """
patch: Faster post
base: base.yaml
economics: {costs: {bike: {amount: 1 k}}}
flows: {answer: {steps: {post: {wait: 0.5 h}}}}
"""
SURER = """
patch: Surer check
base: base.yaml
flows: {answer: {steps: {check: {then: {again: {p: 0%}}}}}}
"""
WHOLE = """
extends: [base.yaml, faster.yaml, surer.yaml]
name: Whole
economics: {costs: {bike: {amount: 3 k}}}
"""


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    files = {
        "base": BASE.replace("12 weeks", "12 months"),
        "faster": FASTER,
        "surer": SURER,
        "whole": WHOLE,
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "whole.yaml"


def test_parts_contribute_alone_left_out_and_as_shares(whole: Path) -> None:
    """Twice 1.5 + 1 h. The bike alone saves 2 × 1 h, no second round 2.5 h, both 5 − 1.5 = 3.5 h."""
    found = explain(sim.load(whole), replications=2, only=["patches"]).contributions
    assert found is not None and found.before.mean == pytest.approx(5)
    told = {
        each.part: tuple(way["lead_time"].mean for way in (each.alone, each.left_out, each.share))
        for each in found.each
    }
    assert told == {
        "Surer check": (pytest.approx(2.5), pytest.approx(1.5), pytest.approx(2.0)),
        "Faster post": (pytest.approx(2.0), pytest.approx(1.0), pytest.approx(1.5)),
        "own settings": (0, 0, pytest.approx(0)),
    }
    assert found.whole["lead_time"].mean == pytest.approx(3.5)


def test_money_of_parts_holds_what_they_cost_and_shares_sum_to_the_whole(whole: Path) -> None:
    """The bike costs 1 k; the file's own settings make it 3 k, and nothing where there is no bike."""
    found = explain(sim.load(whole), replications=1, only=["patches"]).contributions
    assert found is not None
    npv = {each.part: (each.alone["npv"].mean, each.share["npv"].mean) for each in found.each}
    assert npv == {
        "Faster post": (pytest.approx(-1_000), pytest.approx(-2_000)),
        "own settings": (pytest.approx(0), pytest.approx(-1_000)),
        "Surer check": (pytest.approx(0), pytest.approx(0)),
    }
    assert found.table.filter(part="all", gain="npv")["mean"].to_list() == [pytest.approx(-3_000)]


def test_a_flow_that_only_a_patch_brings_has_no_contributions(whole: Path) -> None:
    text = SURER.replace("again: {p: 0%}", "again: {do: repair}")
    text = text.replace("flows: {", "flows: {repair: {steps: {mend: {wait: 1 h}}}, ")
    whole.with_name("surer.yaml").write_text(text, "utf-8")
    found = explain(sim.load(whole), replications=1, of="repair")
    assert found.contributions is None
    assert [each.name for each in found.untold] == ["the patches apart"]
    assert "no repair was finished" in found.untold[0].why


def test_own_settings_stay_where_patches_cannot_do_without_them(whole: Path) -> None:
    surer = whole.with_name("surer.yaml")
    surer.write_text(surer.read_text("utf-8") + "economics: {costs: {bike: {amount: 2 k}}}\n", "utf-8")
    found = explain(sim.load(whole), replications=1, only=["patches"]).contributions
    assert found is not None
    assert (found.parts, found.always) == (("Faster post", "Surer check"), ("own settings",))
