"""Analyses of small scenarios whose figures are known functions of their assumptions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import PlanError, RunError
from sim.experiment.compare import values_of
from sim.experiment.sensitivity import Sensitivity
from sim.scenario.changes import difference_text
from sim.scenario.load import Scenario

# Nobody waits for anybody, so the lead time [h] is effort + delay, or effort / (1 − again) + delay.
DESK = """
name: Desk
currency: EUR
clock: {start: 2027-01-04, horizon: HORIZON, warm_up: 1 week}
assumptions:
ASSUMPTIONS
ECONOMICS
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {helpers: {size: unlimited}}
cases: {request: {arrive: {every: EVERY}, flow: answer}}
flows:
  answer:
    steps:
      help:
        team: helpers
        work: $effort
        then: {back: {p: $again, go_to: help}, refused: {p: $refused, end: refused}, ok: rest}
      post: {wait: $delay, why: post}
"""
ECONOMICS = "economics: {years: 1, costs: {licence: {amount: $licence}}}"
ASSUMPTIONS = {
    "effort": "{value: 2 h, range: [1 h, 3 h], source: counted}",
    "delay": "{value: 2 h, range: [0 h, 4 h], source: guess}",
    "again": "{value: 0%}",
    "refused": "{value: 0%}",
    "licence": "{value: 120 k}",
}
PATCH = """
patch: Platform
changes: A platform in the place of the licence.
base: desk.yaml
assumptions: {price: {value: 90 k, range: [50 k, 150 k], source: offer}}
economics: {costs: {licence: remove, platform: {amount: $price}}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Scenario]:
    """The desk with some assumptions written otherwise."""

    def written(*, has_money: bool = False, **assumptions: str) -> Scenario:
        (tmp_path / "desk.yaml").write_text(_desk(has_money, assumptions), encoding="utf-8")
        return sim.load(tmp_path / "desk.yaml")

    return written


def _desk(has_money: bool, assumptions: dict[str, str]) -> str:
    """A month with many requests, or a year with few and with money."""
    lines = "\n".join(f"  {name}: {text}" for name, text in (ASSUMPTIONS | assumptions).items())
    words = {
        "ASSUMPTIONS": lines,
        "HORIZON": "12 months" if has_money else "4 weeks",
        "EVERY": "40 d" if has_money else "2 h",
        "ECONOMICS": ECONOMICS if has_money else "",
    }
    text = DESK
    for word, written in words.items():
        text = text.replace(word, written)
    return text


def platform(scenario: Scenario) -> Scenario:
    """The desk with the platform."""
    from sim.scenario.load import load_beside

    path = scenario.folder / "platform.yaml"
    path.write_text(PATCH, encoding="utf-8")
    return load_beside(scenario.folder / "desk.yaml", path)


def analysed(scenario: Scenario, *others: Scenario, **options: object) -> Sensitivity:
    few: dict[str, object] = {"replications": 2, "jobs": 1, "samples": 0}
    return sim.sensitivity(scenario, others, **(few | options))  # type: ignore[arg-type]


def firsts(found: Sensitivity, title: str) -> dict[str, float]:
    pairs = zip(found.inputs, found[title].indices, strict=True)
    return {moved.name: index.first.mean or 0.0 for moved, index in pairs}


# --- known figures


def test_the_tornado_of_a_known_lead_time_is_exact_and_sorted(desk):
    about = analysed(desk())["lead_time:request"]
    told = [(bar.input.name, bar.low.value, bar.low.change.mean, bar.high.change.mean) for bar in about.bars]
    assert told == [("$delay", 0, pytest.approx(-2), pytest.approx(2)), ("$effort", 1, -1, 1)]
    assert about.centre.mean == pytest.approx(4)
    assert {bar.low.verdict for bar in about.bars} == {"sure"}
    assert [bar.swing.mean for bar in about.bars] == pytest.approx([4, 2])


def test_indices_of_a_known_lead_time_are_those_of_its_terms(desk):
    found = analysed(desk(), samples=32)
    # uniform: variances (3 − 1)²/12 and 4²/12
    assert firsts(found, "lead_time:request") == pytest.approx({"$effort": 0.2, "$delay": 0.8}, abs=1e-6)
    fit = found["lead_time:request"].fit
    assert (fit.variance, fit.luck_share) == (pytest.approx(20 / 12, rel=0.02), 0)
    assert fit.quality == pytest.approx(1)


def test_rework_makes_luck_that_is_told_apart_from_what_assumptions_do(desk):
    found = analysed(desk(again="{value: 20%, range: [0%, 50%]}", delay="{value: 2 h}"), samples=64)
    # effort / (1 − again), both uniform: the variance of its conditional means
    means_of_effort, means_of_again = 2 * np.log(2), 2 / (1 - np.linspace(0, 0.5, 20_001))
    whole = np.mean(np.linspace(1, 3, 20_001) ** 2) * 2 - (2 * means_of_effort) ** 2
    exact = {
        "$effort": means_of_effort**2 / 3 / whole,
        "$again": means_of_again.var() / whole,
    }
    assert firsts(found, "lead_time:request") == pytest.approx(exact, abs=0.08)
    fit = found["lead_time:request"].fit
    assert fit.variance == pytest.approx(whole, rel=0.25)
    assert 0.02 < fit.luck_share < 0.6


def test_saltellis_design_finds_the_same_indices(desk):
    found = analysed(desk(), samples=32, method="saltelli")
    assert found.samples == 32
    assert firsts(found, "lead_time:request") == pytest.approx({"$effort": 0.2, "$delay": 0.8}, abs=0.1)


def test_a_point_gives_what_the_changed_file_gives(desk):
    scenario = desk(again="{value: 20%, range: [0%, 50%]}")
    found = analysed(scenario, only=["again"])
    (bar,) = found["lead_time:request"].bars
    changes = bar.input.changes(0, bar.high.value)
    path = scenario.folder / "changed.yaml"
    path.write_text(difference_text(changes, extends=["desk.yaml"], name="Changed"), encoding="utf-8")
    key = ("lead_time", "case", "request", "h")
    before, after = (
        values_of(sim.run(each, replications=2, jobs=1))[key] for each in (scenario, sim.load(path))
    )
    assert bar.high.change.mean == pytest.approx((after[0] - before[0] + after[1] - before[1]) / 2, rel=1e-14)


def test_assumptions_that_mostly_lie_near_their_value_spread_less(desk):
    uniform, pert = (analysed(desk(), samples=32, shape=shape) for shape in ("uniform", "pert"))
    widths = [
        next(each.deviation for each in found["lead_time:request"].spreads if each.over == "inputs")
        for found in (uniform, pert)
    ]
    # a PERT distribution whose mode is in the middle has the variance (width)² / 28
    assert widths == pytest.approx([np.sqrt(20 / 12), np.sqrt(20 / 28)], rel=0.06)


# --- money


@pytest.fixture(scope="module")
def choice(tmp_path_factory: pytest.TempPathFactory) -> Sensitivity:
    """Licence or platform: the net present value is licence − price, exactly."""
    folder = tmp_path_factory.mktemp("choice")
    licence = "{value: 120 k, range: [0 k, 200 k], source: offer}"
    (folder / "desk.yaml").write_text(_desk(True, {"licence": licence}), encoding="utf-8")
    scenario = sim.load(folder / "desk.yaml")
    return analysed(scenario, platform(scenario), samples=64, only=["licence", "price"])


def test_net_present_value_moves_by_what_is_paid(choice):
    ends = {bar.input.name: (bar.low.change.mean, bar.high.change.mean) for bar in choice["npv"].bars}
    assert ends == {"$licence": (-120_000, 80_000), "$price": (40_000, -60_000)}
    assert choice["npv"].centre.mean == 30_000


def test_knowing_an_assumption_is_worth_what_a_calculation_by_hand_says(choice):
    # licence uniform over 0 to 200 k, price over 50 k to 150 k: the mean net present value is 0, so
    # E max(0, L − 100 k) = 25 k and E max(0, 100 k − P) = 12.5 k
    worth = dict(zip(choice.worth["input"], choice.worth["value"], strict=True))
    assert worth["$licence"] == pytest.approx(25_000, rel=0.04)
    assert worth["$price"] == pytest.approx(12_500, rel=0.06)
    # L − P: half its mean absolute deviation, by integration
    grid = (np.arange(2_000) + 0.5) / 2_000
    both = 200_000 * grid[:, None] - (50_000 + 100_000 * grid[None, :])
    assert worth["everything"] == pytest.approx(np.maximum(both, 0).mean(), rel=0.04)
    assert worth["everything"] >= worth["$licence"]


def test_the_intervals_of_worth_hold_it(choice):
    rows = {row["input"]: row for row in choice.worth.to_dicts()}
    assert rows["$licence"]["value_from"] < 25_000 < rows["$licence"]["value_to"]
    assert 0 < rows["$licence"]["error"] < 5_000


def test_spread_over_assumptions_and_over_luck_are_told_apart(choice):
    by_source = {each.over: each for each in choice["npv"].spreads}
    assert by_source["luck"].deviation == 0
    assert by_source["luck"].above.mean == 1  # with the values of the files the platform is 30 k cheaper
    assert by_source["inputs"].above.mean == pytest.approx(0.5, abs=0.04)
    assert by_source["inputs"].deviation == pytest.approx(np.sqrt((200**2 + 100**2) / 12) * 1_000, rel=0.03)


def test_return_on_investment_is_a_ratio_of_means_at_each_point(choice):
    # costs are price − licence: where the licence is dearer they are below 0, and there is no ratio
    about = choice["roi"]
    assert about.centre.mean is None
    assert about.fit.undefined > 20


def test_a_decision_that_nothing_turns_makes_measuring_worth_nothing(desk):
    scenario = desk(has_money=True, licence="{value: 500 k, range: [400 k, 600 k]}")
    found = analysed(scenario, platform(scenario), samples=32, only=["licence", "price"], of=["npv"])
    assert found.worth["value"].to_list() == [0, 0, 0]
    assert found.decision.best == 1


# --- which assumptions move where


def test_an_assumption_that_both_state_alike_moves_in_both(desk):
    scenario = desk(has_money=True)
    found = analysed(scenario, platform(scenario), only=["effort"], of=["lead_time:request"])
    assert [index for index, _ in found.inputs[0].moves] == [0, 1]
    (bar,) = found["lead_time:request"].bars
    assert bar.low.verdict == bar.high.verdict == "the same"


def test_an_assumption_that_the_other_changes_moves_there_alone(desk):
    scenario = desk()
    path = scenario.folder / "quick.yaml"
    text = "extends: desk.yaml\nname: Quick\nassumptions: {effort: {value: 90 min}}\n"
    path.write_text(text, encoding="utf-8")
    found = analysed(scenario, sim.load(path), only=["effort"], of=["lead_time:request"])
    (moved,) = found.inputs
    assert ([index for index, _ in moved.moves], moved.stays) == ([1], (0,))
    (bar,) = found["lead_time:request"].bars
    assert (moved.present, bar.low.change.mean, bar.high.change.mean) == (1.5, -0.5, 1.5)


def test_a_whole_number_is_moved_to_whole_numbers():
    from sim.experiment.levers import Lever
    from sim.experiment.sensitivity.inputs import Input

    lever = Lever("$n", "assumption", ("assumptions", "n", "value"), 4, 3, 9)
    moved = Input("$n", 4, 3, 9, "", True, "", ((0, lever),))
    assert set(moved.values(np.linspace(0, 1, 50), "uniform")) == {3, 4, 5, 6, 7, 8, 9}
    assert moved.changes(0, 5.0) == {("assumptions", "n", "value"): 5}
    assert moved.changes(1, 5.0) == {}


# --- points that cannot be


def test_the_tornado_goes_as_far_as_is_admissible_and_says_why(desk):
    scenario = desk(again="{value: 20%, range: [0%, 70%]}", refused="{value: 50%, range: [40%, 60%]}")
    found = analysed(scenario, only=["again"])
    (bar,) = found["lead_time:request"].bars
    assert 49.5 < bar.high.value <= 50
    assert "120%" in bar.high.reason
    assert bar.low.reason == ""
    assert bar.high.change.mean > 0


def test_impossible_points_of_the_sample_are_drawn_again_and_counted(desk):
    scenario = desk(again="{value: 20%, range: [0%, 70%]}", refused="{value: 50%, range: [20%, 60%]}")
    found = analysed(scenario, only=["again", "refused"], samples=32)
    assert found.samples == 32
    assert 1 <= found.refused <= 10
    assert "probabilities make" in found.why
    assert (found.points.sum(axis=1) <= 100).all()


# --- the interrupt


def test_an_interrupt_leaves_the_tornado_that_was_finished(desk):
    def told(finished: int, expected: int) -> None:
        if finished > 50 + 2 * 4 + 10:
            raise KeyboardInterrupt

    found = analysed(desk(), samples=32, progress=told)
    assert (found.is_complete, found.samples, found.decision) == (False, 0, None)
    assert len(found.abouts[0].bars) == 2
    assert found.indices.is_empty() and found.sample.is_empty()


def test_an_interrupt_before_anything_is_finished_is_one(desk):
    def told(finished: int, expected: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analysed(desk(), progress=told)


def test_progress_counts_up_to_what_was_expected(desk):
    seen: list[tuple[int, int]] = []
    analysed(desk(), samples=32, progress=lambda *told: seen.append(told))
    assert seen[-1] == (50 + 2 * 2 * 2 + 32 * 2,) * 2
    assert [finished for finished, _ in seen] == sorted(finished for finished, _ in seen)


def test_the_number_of_workers_makes_no_difference(desk):
    one, two = (analysed(desk(again="{value: 20%, range: [0%, 50%]}"), jobs=jobs) for jobs in (1, 2))
    assert one.tornado.equals(two.tornado)


# --- mistakes


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"only": ["efort"]}, "'efort'.*[Dd]id you mean 'effort'"),
        ({"of": ["lead_tim:request"]}, "no figure is called 'lead_tim'. Did you mean 'lead_time'"),
        ({"of": ["lead_time:requst"]}, "there is no lead_time of 'requst'. Did you mean lead_time:request"),
        ({"of": ["npv"]}, "'npv': it needs a scenario to compare with"),
        ({"samples": 100}, "found 100; admissible is a power of two, 32 or more"),
        ({"samples": 16}, r"found 16; admissible is a power of two, 32 or more.*for 2 inputs"),
    ],
)
def test_a_mistake_is_told_with_what_is_admissible(desk, options, words):
    with pytest.raises(RunError, match=words):
        analysed(desk(), **options)


def test_a_scenario_without_ranges_is_told_how_to_give_them(desk):
    scenario = desk(effort="{value: 2 h}", delay="{value: 2 h}")
    with pytest.raises(RunError, match=r"Desk: no assumption has a range.*range: \[15%, 50%\]"):
        analysed(scenario)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "morris"}, "surface, saltelli; found 'morris'"),
        ({"shape": "normal"}, "uniform, pert; found 'normal'"),
        ({"replications": 1}, "at least 2"),
        ({"jobs": 0}, "found 0"),
    ],
)
def test_wrong_arguments_are_told(desk, options, words):
    with pytest.raises(ValueError, match=words):
        analysed(desk(), **options)


def test_scenarios_that_cannot_be_compared_are_refused(desk):
    scenario = desk()
    other = scenario.folder / "other.yaml"
    other.write_text("extends: desk.yaml\nname: Other\nclock: {horizon: 5 weeks}\n", encoding="utf-8")
    with pytest.raises(PlanError, match=r"clock\.horizon"):
        analysed(scenario, sim.load(other))
