"""How often a case comes to each step on average: against sums worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.plan.visits import GoesRound, expected_visits
from sim.plan.worlds import worlds
from sim.scenario.load import Scenario

HEAD = """
clock: {start: 2027-01-04, horizon: 2 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 2}, night: {size: 1}}
traits: {easy: 30%, size: {large: 20%, middle: 30%, small: rest}, lines: uniform 0 to 10}
cases: {idea: {arrive: {rate: 2 per d}, flow: main}}
"""

Expect = Callable[[str], dict[str, float]]


@pytest.fixture
def visits(scenario: Callable[[str], Scenario]) -> Expect:
    """Visits per case by the path of the act, over all worlds."""

    def expect(flows: str) -> dict[str, float]:
        return visits_of(compile_plan(scenario(HEAD + "flows:" + flows)))

    return expect


def visits_of(plan: Plan) -> dict[str, float]:
    found: dict[str, float] = {}
    for world in worlds(plan, 0, 0):
        for (act, is_first), n in expected_visits(plan, 0, world).acts.items():
            path = plan.acts[act].path.removeprefix("idea/")
            for key in (path, f"{path} first") if is_first else (path,):
                found[key] = found.get(key, 0.0) + world.probability * n
    return found


WORK = "team: desk, work: 1 h"


def test_returns_are_geometric(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      write: {{{WORK}}}
      review: {{{WORK}, then: {{back: {{p: 20%, go_to: write}}, good: rest}}}}
""")
    assert found["write"] == pytest.approx(1 / 0.8, rel=1e-4)
    assert found["review"] == found["write"]


def test_weakened_returns_lose_probability_with_each_time(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      write: {{{WORK}}}
      review: {{{WORK}, then: {{back: {{p: 40%, go_to: write, weaken: 50%}}, good: rest}}}}
""")
    # 1 + 0.4 (1 + 0.2 (1 + 0.1 (1 + 0.05 ...)))
    assert found["review"] == pytest.approx(
        1 + 0.4 + 0.4 * 0.2 + 0.4 * 0.2 * 0.1 + 0.4 * 0.2 * 0.1 * 0.05, rel=1e-4
    )


def test_at_most_ends_the_returns(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      write: {{{WORK}}}
      review: {{{WORK}, then: {{back: {{p: 50%, go_to: write, at_most: 2}}, good: rest}}}}
""")
    assert found["review"] == pytest.approx(1 + 0.5 + 0.25)


def test_what_was_taken_is_remembered_when_an_outer_flow_comes_round_again(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      prepare: {{flow: inner}}
      judge: {{{WORK}, then: {{back: {{p: 50%, go_to: prepare, at_most: 1}}, good: rest}}}}
  inner:
    steps:
      ask: {{{WORK}, then: {{detour: {{p: 40%, do: explain, at_most: 1}}, clear: rest}}}}
  explain: {{steps: {{answer: {{{WORK}}}}}}}
""")
    # first passage: 0.4 take the detour; of the half that comes again, 0.6 may still take it
    assert found["prepare/ask/detour/answer"] == pytest.approx(0.4 + 0.5 * 0.6 * 0.4)
    assert found["prepare/ask"] == pytest.approx(1 + 0.4 + 0.5 + 0.5 * 0.6 * 0.4)


def test_what_lies_behind_a_case_for_good_makes_no_difference_to_it(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      prepare: {{flow: inner}}
      judge: {{{WORK}, then: {{back: {{p: 50%, go_to: prepare, at_most: 1}}, good: rest}}}}
      publish: {{{WORK}, then: {{again: {{p: 20%, go_to: publish, weaken: 50%}}, good: rest}}}}
      archive: {{{WORK}}}
  inner:
    steps:
      ask: {{{WORK}, then: {{detour: {{p: 40%, do: explain, at_most: 1}}, clear: rest}}}}
  explain: {{steps: {{tell: {{{WORK}}}}}}}
""")
    # of half of the cases who come round again, 60 % have their detour before them
    assert found["prepare/ask/detour/tell"] == pytest.approx(0.4 + 0.5 * 0.6 * 0.4)
    assert found["publish"] == pytest.approx(1 + 0.2 + 0.2 * 0.1 + 0.2 * 0.1 * 0.05, rel=1e-3)
    assert found["archive"] == pytest.approx(1)


def test_two_steps_that_ask_about_one_trait_agree(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      first: {{{WORK}, when: easy, then: {{over: {{p: 50%, end: gone}}, on: rest}}}}
      second: {{{WORK}, when: easy}}
      third: {{{WORK}, when: not easy}}
      fourth: {{{WORK}, when: size is large and lines at least 4 or size is middle}}
""")
    assert found["first"] == pytest.approx(0.3)
    assert found["second"] == pytest.approx(0.15)
    assert found["third"] == pytest.approx(0.7)
    assert found["fourth"] == pytest.approx((1 - 0.15) * (0.2 * 0.6 + 0.3))


def test_alternatives_and_what_falls_back(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      do_it:
        {WORK.replace(", ", chr(10) + "        ")}
        instead:
          machine: {{when: easy, wait: 5 min, falls_back: 10%}}
          none: {{when: size is large, skip: true}}
      last: {{{WORK}}}
""")
    assert found["do_it#machine"] == pytest.approx(0.3)
    assert found["do_it"] == pytest.approx(0.3 * 0.1 + 0.7 * 0.8)
    assert "do_it#none" not in found
    assert found["last"] == pytest.approx(1)


def test_a_flow_in_place_of_a_step_may_fall_back_too(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      do_it: {{team: desk, work: 1 h, instead: {{quick: {{flow: inner, falls_back: 10%}}}}}}
      last: {{{WORK}}}
  inner: {{steps: {{copy: {{{WORK}}}}}}}
""")
    assert found["do_it"] == pytest.approx(0.1)
    assert found["do_it#quick/copy"] == found["last"] == pytest.approx(1)


def test_the_names_with_which_a_flow_leaves_are_routed(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      ask: {{{WORK}}}
      prepare: {{flow: inner, then: {{wrong: {{go_to: ask}}, ready: rest}}}}
      build: {{{WORK}}}
  inner:
    steps:
      copy: {{{WORK}, then: {{bad: {{p: 25%, leave: wrong}}, good: rest}}}}
""")
    assert found["ask"] == pytest.approx(1 / 0.75, rel=1e-4)
    assert found["build"] == pytest.approx(1)


def test_each_branch_of_a_fork_is_gone_through_once(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      both: {{parallel: {{left: inner, right: {{{WORK}}}}}}}
      last: {{{WORK}}}
  inner:
    steps:
      copy: {{{WORK}, then: {{over: {{p: 10%, end: broken}}, good: rest}}}}
""")
    assert found["both/left/copy"] == found["both/right"] == 1
    assert found["last"] == pytest.approx(0.9)


def test_first_visits_are_told_from_later_ones(visits: Expect) -> None:
    found = visits(f"""
  main:
    steps:
      write: {{team: desk, work: {{first: 2 h, again: 50%}}, when: easy}}
      review: {{{WORK}, then: {{back: {{p: 50%, go_to: write, at_most: 1}}, good: rest}}}}
""")
    assert found["write"] == pytest.approx(0.3 * 1.5)
    assert found["write first"] == pytest.approx(0.3)


def test_ends_are_told_with_their_share(scenario: Callable[[str], Scenario]) -> None:
    plan = compile_plan(
        scenario(
            HEAD
            + f"""
flows:
  main:
    steps:
      choose: {{{WORK}, then: {{no: {{p: 40%, end: rejected}}, yes: rest}}}}
      close: {{end: delivered}}
"""
        )
    )
    (world,) = worlds(plan, 0, 0)
    assert expected_visits(plan, 0, world).ends == pytest.approx({"rejected": 0.4, "delivered": 0.6})


def test_who_never_comes_out_is_an_error(scenario: Callable[[str], Scenario]) -> None:
    flows = f"""
flows:
  main:
    steps:
      write: {{{WORK}}}
      review:
        team: desk
        work: 1 h
        then: {{back: {{p: {{by: easy, true: 100%, false: 10%}}, go_to: write}}, good: rest}}
"""
    plan = compile_plan(scenario(HEAD + flows))
    easy = next(world for world in worlds(plan, 0, 0) if list(world.traits.values()) == [1.0])
    with pytest.raises(GoesRound, match="cases go round in 'idea' more often than can be followed"):
        expected_visits(plan, 0, easy)
