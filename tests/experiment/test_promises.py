"""Promises: which figures they are about, and what their bounds are in the units of those figures."""

from __future__ import annotations

import pytest

from sim.errors import RunError
from sim.experiment.promises import Promise, promised
from sim.plan.arrays import Plan
from sim.plan.compiler import compile_plan
from sim.scenario import load
from sim.scenario.load import Scenario

TEXT = """
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
assumptions:
  limit: {value: 20 d, range: [10 d, 30 d], source: assumption}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams:
  desk:    {size: 1}
  build:   {size: 2}
  helpers: {size: unlimited}
environments:
  sandbox: {cost: 100 per month}
  rack:    {cost: 100 per month, pool: 2}
cases:
  idea:  {arrive: {rate: 3 per month}, flow: work}
  build: {arrive: {rate: 1 per month}, flow: work}
flows:
  work:
    steps:
      ask:  {team: desk, work: 1 h, takes: sandbox}
      rack: {team: build, work: 1 d, takes: rack}
      help: {team: helpers, work: 1 h}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    file = tmp_path_factory.mktemp("promises") / "scenario.yaml"
    file.write_text(TEXT)
    return load(file)


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    return compile_plan(scenario)


def _of(promise: Promise) -> list[tuple[str, str, str]]:
    return [key[:3] for key in promise.figures]


@pytest.mark.parametrize(
    "text",
    [
        "lead_time_p85:idea <= 30 d",
        "lead_time_p85:idea<=30 d",
        "P85 of lead time of idea <= 30 d",
        "p85 lead time of idea ≤ 6 w",
        "P85 of the lead-time for idea at most 240 h",
        "P85 of lead time of idea <= $limit * 1.5",
    ],
)
def test_names_and_words_make_the_same_promise(scenario: Scenario, plan: Plan, text: str) -> None:
    promise = promised(scenario, plan, text)
    assert _of(promise) == [("lead_time_p85", "case", "idea")]
    assert promise.is_at_most
    assert promise.bound == pytest.approx(240)  # hours: 30 working days of 8 h


def test_without_a_thing_a_promise_is_of_each_thing_that_has_the_figure(
    scenario: Scenario, plan: Plan
) -> None:
    promise = promised(scenario, plan, "utilisation <= 85%")
    # the team of unlimited size has no utilisation
    assert _of(promise) == [("utilisation", "team", "build"), ("utilisation", "team", "desk")]
    assert promise.bound == 85
    lead = promised(scenario, plan, "median lead time at most 2 w")
    assert _of(lead) == [("lead_time_p50", "case", "build"), ("lead_time_p50", "case", "idea")]
    late = promised(scenario, plan, "P85 of lead time ≤ 30 d")
    assert _of(late) == [("lead_time_p85", "case", "build"), ("lead_time_p85", "case", "idea")]


def test_a_name_that_several_things_share_is_the_case_type_s_where_it_has_the_figure(
    scenario: Scenario, plan: Plan
) -> None:
    assert _of(promised(scenario, plan, "lead_time:build <= 3 d")) == [("lead_time", "case", "build")]
    assert _of(promised(scenario, plan, "wait:build <= 3 d")) == [("wait", "team", "build")]
    assert _of(promised(scenario, plan, "wait:idea/rack <= 3 d")) == [("wait", "step", "idea/rack")]


def test_rates_and_elapsed_times_are_in_the_units_of_their_figures(scenario: Scenario, plan: Plan) -> None:
    rate = promised(scenario, plan, "throughput of idea >= 3 per month")
    assert not rate.is_at_most
    assert rate.bound == pytest.approx(3 * 12 / (52 * 40))  # per business hour
    assert rate.told(rate.bound) == "3 per month"
    elapsed = promised(scenario, plan, "elapsed_lead_time:idea <= 30 days")
    assert elapsed.bound == 720
    assert elapsed.told(360) == "15 days"


def test_what_breaks_a_promise_is_above_the_most_or_below_the_least(scenario: Scenario, plan: Plan) -> None:
    most = promised(scenario, plan, "utilisation:desk <= 85%")
    least = promised(scenario, plan, "throughput:idea >= 2 per month")
    assert (most.excess(90), most.excess(80)) == (5, -5)
    assert least.excess(2 * least.bound) == pytest.approx(-least.bound)
    assert most.told(90) == "90%"
    assert most.about(most.figures[0]) == "utilisation of desk"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lead time of idea", "not understood. Admissible: a figure, `<=` or `>=`, and a bound"),
        ("led_time:idea <= 3 d", "no figure is called 'led_time'. Did you mean 'lead_time'?"),
        ("lead_time:ideas <= 3 d", "no lead_time of 'ideas'. Did you mean 'idea'? There is one of:"),
        ("P90 of lead time of idea <= 3 d", "percentiles P50, P85 and P95 are measured"),
        ("lead_time:idea <= 3", "lead time is written as working time: 30 min, 2 h, 3 d, 1 w"),
        ("lead_time:idea <= 30 days", "working days are `d`"),
        ("lead_time:idea <= exponential mean 3 d", "one number"),
        ("utilisation <= 85", "utilisation is written as share: 25%"),
        ("utilisation:helpers <= 85%", "helpers has no utilisation, because its size is not limited"),
        ("utilisation:sandbox <= 85%", "sandbox has no utilisation"),
        ("lead_time:idea <= quick", "promise 'lead_time:idea <= quick'"),
        ("<= 3 d", "not understood"),
        ("??? <= 3 d", "is not the name of a figure"),
    ],
)
def test_mistakes_say_what_is_admissible_and_what_is_near(
    scenario: Scenario, plan: Plan, text: str, told: str
) -> None:
    with pytest.raises(RunError) as error:
        promised(scenario, plan, text)
    assert told in str(error.value)
