"""MSER-5 cuts off what comes before the usual state, and says so where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.experiment.warm_up import find_warm_up, mean_inside, pilot_of, truncation
from sim.scenario.clock import with_warm_up

HOUR = 3_600_000


def noise(n: int = 1_000) -> np.ndarray:
    return np.random.default_rng(7).normal(0, 1, n)


def test_a_series_without_a_beginning_of_its_own_loses_little():
    cut, settles = truncation(50 + noise())
    assert settles and cut <= 100


def test_a_beginning_that_differs_is_cut_off():
    series = 50 + noise()
    series[:200] -= np.linspace(30, 0, 200)
    cut, settles = truncation(series)
    assert settles and 120 <= cut <= 260


def test_the_truncation_is_the_minimum_of_the_rule_as_published():
    series = 20 + 5 * noise()
    series[:100] -= 15
    batches = series.reshape(-1, 5).mean(axis=1)

    def mser(d: int) -> float:
        rest = batches[d:]
        return float(((rest - rest.mean()) ** 2).sum()) / len(rest) ** 2

    assert truncation(series)[0] == 5 * min(range(101), key=mser)


def test_a_series_that_only_grows_is_not_stable_and_loses_half():
    assert truncation(np.arange(1_000.0)) == (500, False)


def test_a_constant_loses_nothing():
    assert truncation(np.full(1_000, 3.3)) == (0, True)
    assert truncation(np.full(5, 3.3)) == (0, True)


def test_cases_inside_are_averaged_exactly_between_edges():
    begin, end = np.array([0, 5, 12]), np.array([10, 25, 14])
    assert mean_inside(begin, end, np.array([0, 10, 20, 30])).tolist() == [1.5, 1.2, 0.5]


SLOW = """
    name: slow
    clock: {start: 2027-01-04, horizon: 100 days, business: always}
    teams: {many: {size: unlimited}}
    cases:
      slow: {arrive: {rate: 2 per h}, flow: f}
      quick: {arrive: {rate: 2 per h}, flow: g}
    flows:
      f: {steps: {s: {team: many, work: exponential mean 50 h}}}
      g: {steps: {s: {team: many, work: exponential mean 1 h}}}
"""


def test_the_case_type_that_takes_longest_decides(scenario):
    found = find_warm_up(scenario(SLOW), replications=4, jobs=1)
    assert found.settles
    assert found.decisive.case_type == "slow"
    # M/M/infinity from empty is at 86 % of its mean after 2 means, at 99.7 % after 6
    assert 2 * 50 / 24 < found.days < 50
    assert found.days == math.ceil(found.decisive.cut_days)
    slow, quick = sorted(found.types, key=lambda each: each.case_type, reverse=True)
    assert slow.usual == pytest.approx(100, rel=0.05)
    assert quick.usual == pytest.approx(2, rel=0.05)


def test_an_overloaded_scenario_has_no_usual_state(scenario):
    text = SLOW.replace("size: unlimited", "size: 1").replace("100 days", "40 days")
    found = find_warm_up(scenario(text), replications=2, jobs=1)
    assert not found.settles
    assert found.days == 20


def test_the_pilot_has_the_values_of_month_0_as_long_as_the_horizon(scenario):
    text = SLOW.replace("rate: 2 per h}, flow: f", "rate: {0 days: 2 per h, 1 days: 50 per h}}, flow: f")
    plan = pilot_of(scenario(text))
    assert (plan.warm_up, plan.end) == (0, 100 * 24 * HOUR)
    found = find_warm_up(scenario(text), replications=2, jobs=1)
    assert next(t for t in found.types if t.case_type == "slow").usual == pytest.approx(100, rel=0.1)


def test_cases_that_come_in_the_horizon_only_need_no_warm_up(scenario):
    text = SLOW.replace("{rate: 2 per h}, flow: f", "{at: [2027-01-05 10:00]}, flow: f")
    text = text.replace("quick: {arrive: {rate: 2 per h}", "quick: {arrive: {at: [2027-01-05 10:00]}")
    found = find_warm_up(scenario(text), replications=2, jobs=1)
    assert (found.days, found.types, found.decisive, found.settles) == (0, (), None, True)


def test_another_warm_up_leaves_the_rest_as_it_was(scenario):
    before = scenario(SLOW)
    after = with_warm_up(before, "90 days")
    assert after.file.clock.warm_up == "90 days"
    assert before.file.clock.warm_up == "0 days"
    assert after.file.model_copy(update={"clock": before.file.clock}) == before.file
    assert (after.name, after.start) == (before.name, before.start)


def test_a_length_that_is_none_is_refused(scenario):
    with pytest.raises(ScenarioError, match=r"clock\.warm_up"):
        with_warm_up(scenario(SLOW), "a while")


def test_the_pilot_does_not_take_the_luck_of_the_run(scenario):
    found = find_warm_up(scenario(SLOW), replications=2, jobs=1)
    run = sim.run(with_warm_up(scenario(SLOW), f"{found.days} days"), replications=1, jobs=1)
    again = find_warm_up(scenario(SLOW), replications=2, jobs=1)
    assert again.days == found.days
    assert [each.number for each in run.runs] == [0]
