"""Every combination of traits that matters, with its probability."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.plan.worlds import TooManyWorlds, chances, traits_read, worlds
from sim.scenario.load import Scenario

HEAD = """
clock: {start: 2027-01-04, horizon: 12 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 2}}
cases: {idea: {arrive: {rate: 2 per d}, flow: main}}
"""

Compile = Callable[[str], Plan]


@pytest.fixture
def plan_of(scenario: Callable[[str], Scenario]) -> Compile:
    return lambda text: compile_plan(scenario(HEAD + text))


def shares(plan: Plan, instant: int = 0) -> dict[tuple[tuple[str, float], ...], float]:
    return {
        tuple((plan.traits[trait].name, value) for trait, value in world.traits.items()): world.probability
        for world in worlds(plan, 0, instant)
    }


def test_only_traits_that_steps_ask_about_make_worlds(plan_of: Compile) -> None:
    plan = plan_of("""
traits: {easy: 30%, unread: 50%, size: {large: 20%, small: rest}}
flows: {main: {steps: {ask: {team: desk, work: {by: size, large: 2 h, small: 1 h}, when: easy}}}}
""")
    assert shares(plan) == pytest.approx(
        {
            (("easy", 1), ("size", 0)): 0.06,
            (("easy", 1), ("size", 1)): 0.24,
            (("easy", 0), ("size", 0)): 0.14,
            (("easy", 0), ("size", 1)): 0.56,
        }
    )


def test_a_trait_that_rests_on_another_is_as_probable_as_that_one_says(plan_of: Compile) -> None:
    plan = plan_of("""
traits: {adopts: {by: size, large: 10%, small: 90%}, size: {large: 20%, small: rest}}
flows: {main: {steps: {ask: {team: desk, work: 1 h, when: adopts}}}}
""")
    assert [plan.traits[trait].name for trait in traits_read(plan, 0)] == ["size", "adopts"]
    adopting = sum(share for key, share in shares(plan).items() if ("adopts", 1) in key)
    assert adopting == pytest.approx(0.2 * 0.1 + 0.8 * 0.9)


def test_a_numeric_trait_has_one_world_between_each_two_bounds(plan_of: Compile) -> None:
    plan = plan_of("""
traits: {lines: exponential mean 10}
flows:
  main:
    steps:
      ask: {team: desk, work: 1 h, when: lines at least 10}
      say: {team: desk, work: 1 h, when: lines below 20}
""")
    found = shares(plan)
    assert list(found.values()) == pytest.approx([0.63212, 0.23254, 0.13534], abs=1e-5)  # 1 - 1/e, ...


def test_shares_over_time_are_those_of_the_instant(plan_of: Compile) -> None:
    plan = plan_of("""
traits: {adopts: ramp 0% at 0 months to 80% at 8 months}
flows: {main: {steps: {ask: {team: desk, work: 1 h, when: adopts}}}}
""")
    month = 2_629_800_000
    assert shares(plan, 0) == {(("adopts", 0.0),): 1.0}
    assert shares(plan, 4 * month) == pytest.approx({(("adopts", 1.0),): 0.4, (("adopts", 0.0),): 0.6})


def test_too_many_combinations_are_refused(plan_of: Compile) -> None:
    names = [f"t{i}" for i in range(13)]
    traits = ", ".join(f"{name}: 50%" for name in names)
    plan = plan_of(f"""
traits: {{{traits}}}
flows: {{main: {{steps: {{ask: {{team: desk, work: 1 h, when: {" and ".join(names)}}}}}}}}}
""")
    with pytest.raises(TooManyWorlds, match="the traits of 'idea' have more than 4,096 combinations"):
        worlds(plan, 0, 0)


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ([0.2, None, 0.3], [0.2, 0.5, 0.3]),
        ([0.7, 0.6, None], [0.7, 0.3, 0.0]),  # cut where the cumulated probability reaches 1
        ([None], [1.0]),
        ([0.2, 0.3], [0.2, 0.8]),  # the last otherwise
    ],
)
def test_chances_are_those_with_which_the_engine_chooses(
    written: list[float | None], drawn: list[float]
) -> None:
    assert chances(written) == pytest.approx(drawn)
