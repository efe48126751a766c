"""Appraisals of hand-made flows against business cases done by hand."""

import dataclasses
from pathlib import Path

import pytest

from sim.calendars import merged
from sim.economics import YearlyFlows, irr
from sim.errors import SimError
from sim.experiment.appraisal import Economics, Programme, appraise, programme
from sim.plan.arrays import NumberKind, NumberRow, Plan, TeamRow
from sim.scenario.load import load
from sim.units.dimensions import DAY_MS, MONTH_MS, YEAR_MS

SCENARIOS = Path(__file__).parents[2] / "scenarios"
H = 3_600_000
W = DAY_MS
END = W + 2 * YEAR_MS
ONE, TWO, FIFTY, STEP_SIZE, STEP_PRICE = range(5)
INVESTED = Programme("build", 1000.0)


def a_plan(**changes: object) -> Plan:
    constant = [NumberRow(NumberKind.CONSTANT, value) for value in (1.0, 2.0, 50.0)]
    desk = TeamRow("desk", ONE, 1, (), 0, cost=FIFTY)
    change = (0, W + YEAR_MS)
    plan = Plan(
        name="tiny",
        warm_up=W,
        end=END,
        business=0,
        calendars=(merged([(W, W + 8 * H), (W + YEAR_MS, W + YEAR_MS + 8 * H)]),),
        numbers=(
            *constant,
            NumberRow(NumberKind.STEPS, children=(ONE, TWO), points=change),
            NumberRow(NumberKind.STEPS, children=(FIFTY, TWO), points=change),
        ),
        conditions=(),
        traits=(),
        teams=(desk,),
        environments=(),
        flows=(),
        calls=(),
        steps=(),
        acts=(),
        case_types=(),
        sources=(),
    )
    return dataclasses.replace(plan, **changes)


def some_flows(people=(400.1, 400.2), environments=(7.3, 8.9), waste=(10.7, 11.3), value=(0.1, 0.2)):
    return YearlyFlows({"desk": people}, {"desk": waste}, environments, value)


def an_appraisal(
    before, here, other: Economics, base: Economics | None = None, plan_other: Plan | None = None
):
    return appraise(before, here, base or Economics(), other, a_plan(), plan_other or a_plan())


def test_a_change_without_effect_is_worth_minus_its_investment_exactly():
    same = [some_flows(people=(i / 3, i / 7), value=(i / 9, i / 11)) for i in range(1, 6)]
    economics = Economics(0.1, 2, 0.5, 0.2, 0.0, (INVESTED,))
    found = an_appraisal(same, same, economics)
    assert (found.npv.mean, found.npv.low, found.npv.high, found.npv.n) == (-1000, -1000, -1000, 5)
    assert (found.npv_p10, found.npv_p50, found.npv_p90) == (-1000, -1000, -1000)
    assert found.pv_costs.mean == 1000 and found.pv_benefits.mean == 0
    assert found.roi is not None and found.roi.mean == -1
    assert found.probability.mean == 0
    assert found.payback_months is found.irr is None


def test_an_investment_in_parts_is_discounted_from_its_dates_and_raised_by_the_risk():
    parts = Programme("build", 740.0, ((0, 0.5), (9 * MONTH_MS, 0.5)))
    same = [some_flows()] * 2
    found = an_appraisal(same, same, Economics(0.1, 2, cost_risk=0.1, costs=(parts,)))
    assert found.npv.mean == pytest.approx(-1.1 * (370 + 370 / 1.1**0.75))


def test_costs_and_value_are_differences_by_year_discounted_at_its_end():
    before = [some_flows(people=(100, 100), environments=(10, 10), waste=(0, 0), value=(0, 0))]
    here = [some_flows(people=(90, 90), environments=(30, 20), waste=(0, 0), value=(600, 1200))]
    running = Programme("licences", running=10.0, from_ms=9 * MONTH_MS)  # 30, then 120
    economics = Economics(0.1, 2, 0.5, 0.15, 0.10, (INVESTED, running))
    found = an_appraisal(before, here, economics)
    (case,) = found.cases
    assert case.costs == pytest.approx((-10 + 20 + 30, -10 + 10 + 120))
    assert case.benefits == (600, 1200)
    pv_costs = 1.1 * (1000 + 40 / 1.1 + 120 / 1.21)
    pv_benefits = 0.85 * (600 / 1.1 + 1200 / 1.21)
    assert found.pv_costs.mean == pytest.approx(pv_costs)
    assert found.npv.mean == pytest.approx(pv_benefits - pv_costs)
    assert found.roi is not None
    assert found.roi.mean == pytest.approx((pv_benefits - pv_costs) / pv_costs)
    assert found.probability.mean == 1
    # -1100, +466, +888: back after 634 of the second year's 888
    assert found.payback_months == pytest.approx(12 * (1 + 634 / 888))
    assert found.irr == pytest.approx(irr(-1100, (466, 888)))


def test_freed_hours_count_at_the_cost_of_the_team_and_are_negative_if_more_are_wasted():
    before = [some_flows(waste=(100, 100))]
    here = [some_flows(waste=(60, 120))]
    (case,) = an_appraisal(before, here, Economics(freed_hours=0.5)).cases
    assert case.benefits == (40 * 50 * 0.5, -20 * 50 * 0.5)
    assert case.costs == (0, 0)


def test_freed_hours_are_priced_at_the_cost_of_their_year():
    plan = a_plan(teams=(TeamRow("desk", ONE, 1, (), 0, cost=STEP_PRICE),))
    economics = Economics(freed_hours=1.0)
    before, here = [some_flows(waste=(3, 3))], [some_flows(waste=(2, 2))]
    (case,) = appraise(before, here, economics, economics, plan, plan).cases
    assert case.benefits == pytest.approx((50, 2))


@pytest.mark.parametrize(
    "team",
    [
        TeamRow("desk", TWO, 2, (), 0, cost=FIFTY),
        TeamRow("desk", STEP_SIZE, 2, (W + YEAR_MS,), 0, cost=FIFTY),
        TeamRow("desk", ONE, 1, (), 0, cost=FIFTY, unlimited=True),
        TeamRow("crew", ONE, 1, (), 0, cost=FIFTY),
    ],
)
def test_freed_hours_do_not_count_where_the_cost_of_the_team_already_says_it(team: TeamRow):
    before, here = [some_flows(waste=(100, 100))], [some_flows(waste=(60, 60))]
    if team.name != "desk":
        here = [dataclasses.replace(here[0], waste_hours={team.name: (60, 60)})]
    found = an_appraisal(before, here, Economics(freed_hours=0.5), plan_other=a_plan(teams=(team,)))
    assert found.cases[0].benefits == (0, 0)


def test_what_both_scenarios_cost_cancels_and_what_only_the_baseline_costs_is_saved():
    shared, old = Programme("shared", 123.4, running=5.6), Programme("old", 300.0, running=1.0)
    base, other = Economics(costs=(shared, old)), Economics(costs=(shared, INVESTED))
    same = [some_flows()]
    (case,) = an_appraisal(same, same, other, base).cases
    assert sorted(case.investments) == [(0, -300), (0, 1000)]
    assert case.costs == (-12, -12)


def test_roi_is_not_defined_where_the_change_costs_nothing_or_saves():
    before, here = [some_flows()] * 3, [some_flows(people=(300, 300))] * 3
    assert an_appraisal(before, before, Economics()).roi is None
    found = an_appraisal(before, here, Economics())
    assert found.roi is None and found.npv.mean == pytest.approx(200.3)


def test_percentiles_and_probability_are_over_replications():
    before = [some_flows(value=(0, 0))] * 11
    here = [some_flows(value=(900 + 20 * i, 0)) for i in range(11)]  # npv -100, -80 ... 100
    found = an_appraisal(before, here, Economics(costs=(INVESTED,)))
    assert (found.npv_p10, found.npv_p50, found.npv_p90) == pytest.approx((-80, 0, 80))
    assert found.probability.mean == pytest.approx(5 / 11)
    assert found.npv.mean == pytest.approx(0)
    assert found.roi is not None and found.roi.mean == pytest.approx(0)
    assert found.roi.half_width == pytest.approx((found.npv.half_width or 0) / 1000)


def test_what_is_paid_after_the_years_is_not_in_the_business_case():
    late = Programme("late", 50.0, ((2 * YEAR_MS, 1.0),), 5.0, 3 * YEAR_MS)
    same = [some_flows()]
    assert an_appraisal(same, same, Economics(costs=(late,))).npv.mean == 0


def test_replications_and_years_must_be_the_same():
    one = some_flows()
    with pytest.raises(ValueError, match="same replications"):
        an_appraisal([one, one], [one], Economics())
    with pytest.raises(ValueError, match="share their years, found 2, 3"):
        an_appraisal([one], [one], Economics(years=3))


# --- read from a file

TEXT = """
clock: {start: 2027-01-04, horizon: 3 years}
assumptions:
  build: {value: 100 k}
  rate: {value: 8%}
economics:
  discount_rate: $rate
  years: 2 + 1
  freed_hours: 50%
  risk: {benefits: 15%, costs: 10%}
  costs:
    team: {amount: $build * 2, when: {0 months: 25%, 9 months: 75%}, running: 12 k per year}
    licence: {running: 5 per month, from: 1 year}
    fee: {amount: 7, when: 30 days}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 1, cost: 10 per hour}}
cases: {idea: {arrive: {rate: 3 per w}, flow: all}}
flows: {all: {steps: {do: {team: desk, work: 1 h}}}}
"""


def read(tmp_path: Path, text: str) -> Economics:
    file = tmp_path / "tiny.yaml"
    file.write_text(text, encoding="utf-8")
    return programme(load(file))


def test_the_economics_of_a_file_are_read_with_its_assumptions(tmp_path: Path):
    found = read(tmp_path, TEXT)
    assert (found.discount_rate, found.years, found.freed_hours) == (0.08, 3, 0.5)
    assert (found.benefit_risk, found.cost_risk) == (0.15, 0.1)
    assert found.costs == (
        Programme("team", 200_000, ((0, 0.25), (9 * MONTH_MS, 0.75)), 1000, 9 * MONTH_MS),
        Programme("licence", running=5, from_ms=YEAR_MS),
        Programme("fee", 7, ((30 * DAY_MS, 1.0),), 0, 30 * DAY_MS),
    )


@pytest.mark.parametrize(
    ("found", "put", "message"),
    [
        ("75%", "70%", r"economics\.costs\.team\.when"),
        ("2 + 1", "2.5", r"economics\.years\s+found 2\.5"),
        ("7, when", "uniform 1 to 7, when", r"economics\.costs\.fee\.amount"),
    ],
)
def test_economics_that_cannot_be_reckoned_with_are_refused(tmp_path: Path, found, put, message):
    with pytest.raises(SimError, match=message):
        read(tmp_path, TEXT.replace(found, put))


def test_the_patches_of_the_large_scenario_add_their_costs():
    base, other = (programme(load(SCENARIOS / f"{name}.yaml")) for name in ("current_state", "self_service"))
    assert (base.years, base.costs) == (3, ())
    patches = [
        programme(load(SCENARIOS / "patches" / f"{name}.yaml"))
        for name in (
            "automated_provisioning",
            "standard_lab",
            "policy_as_code",
            "data_on_demand",
            "tool_image",
        )
    ]
    alone = {cost.name: cost.amount for patch in patches for cost in patch.costs}
    together = {cost.name: cost.amount for cost in other.costs}
    assert alone and alone.items() <= together.items()
    # the whole platform is paid for in two halves, and the last is not before it opens
    halves = [cost.investments(3) for cost in other.costs if cost.amount]
    assert all([time for time, _ in dated] == [0.0, 0.75] for dated in halves)


def test_the_parts_of_a_net_present_value_sum_to_it_in_every_replication():
    before = [some_flows(waste=(100, 90)), some_flows(people=(380, 410), value=(5, 7))]
    here = [some_flows(people=(300, 320), waste=(60, 20), value=(600, 1200)), some_flows(environments=(1, 2))]
    base = Economics(costs=(Programme("old", running=3.0), Programme("same", 50.0)))
    other = Economics(0.1, 2, 0.5, 0.15, 0.1, (INVESTED, Programme("same", 50.0)))
    found = an_appraisal(before, here, other, base)
    for i, case in enumerate(found.cases):
        assert sum(part.cases[i].npv for part in found.parts) == pytest.approx(case.npv)
    worth = {(part.kind, part.of): part.worth for part in found.parts}
    assert list(worth) == [
        ("value", ""),
        ("freed hours", "desk"),
        ("people", "desk"),
        ("environments", ""),
        ("named cost", "build"),
        ("named cost", "old"),
    ]
    assert worth["named cost", "build"].mean == -1100
    assert worth["named cost", "old"].mean == pytest.approx(1.1 * (36 / 1.1 + 36 / 1.21))
    assert [part.is_benefit for part in found.parts] == [True, True, False, False, False, False]


def test_a_cost_that_both_name_otherwise_is_one_part():
    base = Economics(costs=(Programme("build", 400.0),))
    (part,) = an_appraisal([some_flows()], [some_flows()], Economics(0.1, 2, costs=(INVESTED,)), base).parts
    assert (part.of, part.worth.mean) == ("build", -600)
