"""Yearly flows of hand-made facts against sums done by hand."""

import dataclasses
import math

import pytest

from sim.calendars import merged
from sim.economics import money_edges, yearly_flows
from sim.errors import PlanError
from sim.metrics.tallying.hours import tally_hours
from sim.metrics.view import Works
from sim.plan.arrays import (
    ArrivalKind,
    CaseTypeRow,
    Closing,
    EnvironmentRow,
    NumberKind,
    NumberRow,
    Plan,
    SourceRow,
    TeamRow,
    TraitKind,
    TraitRow,
)
from sim.records import AccountClass, CaseRow, Facts, HoldRow, WorkRow
from sim.records.tallies import Tallied, Tallies
from sim.units.dimensions import DAY_MS, MONTH_MS, YEAR_MS

H = 3_600_000
W = 10 * DAY_MS  # the warm-up
OFFICE, ALWAYS = 0, 1
DESK, LATE, GUILD = 0, 1, 2
ONE, TWO, FIFTY, TEN, THIRTY, RISE, STEP_PRICE, BY_SIZE, BY_CASE = range(9)
END = W + 2 * YEAR_MS
# 09:00-17:00 on the first five days of each year from month 0: 40 h a year; and in the warm-up
OPENINGS = [
    (base + d * DAY_MS + 9 * H, base + d * DAY_MS + 17 * H) for base in (0, W, W + YEAR_MS) for d in range(5)
]


def a_plan(**changes: object) -> Plan:
    """Two years of 40 open hours. `desk`: 2 people at 50; `late` finishes what it began."""
    constant = [NumberRow(NumberKind.CONSTANT, value) for value in (1.0, 2.0, 50.0, 10.0, 30.0)]
    later = W + YEAR_MS + 2 * DAY_MS
    plan = Plan(
        name="tiny",
        warm_up=W,
        end=END,
        business=OFFICE,
        calendars=(merged(OPENINGS), merged([(0, END)])),
        numbers=(
            *constant,
            NumberRow(NumberKind.STEPS, children=(ONE, TWO), points=(0, later)),
            NumberRow(NumberKind.STEPS, children=(TEN, THIRTY), points=(0, later)),
            NumberRow(NumberKind.BY_TRAIT, children=(TEN, THIRTY), trait=0),
            NumberRow(NumberKind.BY_CASE, children=(TEN, THIRTY)),
        ),
        conditions=(),
        traits=(TraitRow("size", TraitKind.LEVELS, ("small", "large"), (9, -1)),),
        teams=(
            TeamRow("desk", TWO, 2, (), OFFICE, cost=FIFTY),
            TeamRow("late", ONE, 1, (), OFFICE, closing=Closing.FINISH, cost=TEN),
            TeamRow("guild", ONE, 1, (), ALWAYS, unlimited=True, cost=THIRTY),
            TeamRow("free", ONE, 1, (), OFFICE),
        ),
        environments=(EnvironmentRow("lab", FIFTY),),
        flows=(),
        calls=(),
        steps=(),
        acts=(),
        case_types=(
            CaseTypeRow("idea", 0, (0,), value=ONE, value_from="live"),
            CaseTypeRow("other", 0, ()),
        ),
        sources=(SourceRow("idea", 0, ArrivalKind.RATE),),
    )
    plan = dataclasses.replace(plan, numbers=(*plan.numbers, NumberRow(NumberKind.CONSTANT, 0.5)))
    return dataclasses.replace(plan, **changes)


def a_case(**changes: object) -> CaseRow:
    return CaseRow(0, 0, 1, 0, 0, -1, "", False, -1, {}, 0.0)._replace(**changes)


def a_work(begin: int, long: int, team: int = DESK, **changes: int) -> WorkRow:
    row = WorkRow(0, 0, team, 0, begin, begin + long, OFFICE, AccountClass.VALUE_ADDING, 0, long, long, True)
    return row._replace(**changes)


def flows(plan: Plan | None = None, **facts: list[object]):
    plan = plan or a_plan()
    return yearly_flows(tallied(plan, money_edges(plan, 2), **facts), plan, 2)


def tallied(plan: Plan, edges: tuple[int, ...], **facts: list[object]) -> Tallied:
    """Money is made of hours, cases and holds; these facts have no accounts to tally."""
    found = Facts(0, 1, END, **facts)
    money = tally_hours(Works.of(found, plan), edges) if edges else None
    return Tallied(Tallies((), (), (), (), (), (), money), found.cases, found.holds)


def test_people_cost_size_times_open_hours_times_cost_whether_they_work_or_not():
    found = flows().people
    assert list(found) == ["desk", "late", "guild", "free"]
    assert found["desk"] == pytest.approx((2 * 40 * 50, 2 * 40 * 50))
    assert found["late"] == pytest.approx((40 * 10, 40 * 10))
    assert found["guild"] == found["free"] == (0.0, 0.0)


def test_a_size_and_a_cost_that_change_count_from_their_instant_on():
    # year 2: 16 h of one person at 10, 24 h of two at 30
    changed = TeamRow("desk", RISE, 2, (W + YEAR_MS + 2 * DAY_MS,), OFFICE, cost=STEP_PRICE)
    found = flows(a_plan(teams=(changed,))).people["desk"]
    assert found == pytest.approx((40 * 10, 16 * 10 + 24 * 2 * 30))


def test_overtime_is_paid_and_work_inside_the_calendar_is_not_paid_twice():
    # from 16:00 to 19:00: 1 h inside, 2 h outside
    late = a_work(W + 16 * H, 3 * H, LATE, calendar=ALWAYS)
    inside = a_work(W + DAY_MS + 10 * H, 2 * H, LATE, calendar=ALWAYS)
    assert flows(works=[late, inside]).people["late"] == pytest.approx((400 + 2 * 10, 400))


def test_an_unlimited_team_costs_the_hours_it_worked_in_the_years():
    warm_up = a_work(W - 2 * H, 3 * H, GUILD, calendar=ALWAYS)  # 1 h of it after month 0
    across = a_work(W + YEAR_MS - H, 5 * H, GUILD, calendar=ALWAYS)  # 1 h and 4 h
    assert flows(works=[warm_up, across]).people["guild"] == pytest.approx((2 * 30, 4 * 30))


def test_waste_is_work_that_adds_nothing_rework_and_all_switching_on_cases():
    day = [W + d * DAY_MS + 9 * H for d in range(5)]
    works = [
        a_work(day[0], 2 * H, account_class=AccountClass.NON_ADDING),
        a_work(day[1], 3 * H, account_class=AccountClass.REWORK, switching=H, ms=2 * H),
        a_work(day[2], 4 * H, switching=H // 2, ms=4 * H - H // 2),
        a_work(day[3], 4 * H, account_class=AccountClass.NECESSARY),
        a_work(day[4], 4 * H, account_class=AccountClass.NON_ADDING, case=-1),
        a_work(9 * H, H, account_class=AccountClass.REWORK),  # in the warm-up
        # 16:00 to 10:00 of the next day in the second year: 2 open hours
        a_work(YEAR_MS + W + 16 * H, 2 * H, account_class=AccountClass.REWORK, end=YEAR_MS + W + 34 * H),
    ]
    assert flows(works=works).waste_hours["desk"] == pytest.approx((2 + 3 + 0.5, 2))


def test_environments_cost_while_held_by_the_month_of_the_wall_clock():
    holds = [
        HoldRow(0, 0, 0, W - MONTH_MS, W + 2 * MONTH_MS),  # 2 months
        HoldRow(0, 0, 1, W + 11 * MONTH_MS, W + 14 * MONTH_MS),  # 1 and 2
    ]
    found = flows(cases=[a_case()], holds=holds)
    assert found.environments == pytest.approx((3 * 50, 2 * 50))
    assert found.costs == pytest.approx((4000 + 400 + 150, 4000 + 400 + 100))


def test_an_environment_whose_price_changes_costs_the_price_of_each_instant():
    plan = a_plan(environments=(EnvironmentRow("lab", STEP_PRICE),))
    hold = HoldRow(0, 0, 0, W + YEAR_MS, W + YEAR_MS + 5 * DAY_MS)
    expected = (2 * 10 + 3 * 30) * DAY_MS / MONTH_MS
    assert flows(plan, cases=[a_case()], holds=[hold]).environments == pytest.approx((0, expected))


def test_a_price_by_case_type_and_by_trait_is_that_of_the_case():
    cases = [a_case(number=n, case_type=n % 2) for n in range(1, 41)]
    holds = [HoldRow(i, 0, 0, W, W + MONTH_MS) for i in range(40)]
    by_case = flows(a_plan(environments=(EnvironmentRow("lab", BY_CASE),)), cases=cases, holds=holds)
    assert by_case.environments == pytest.approx((20 * 10 + 20 * 30, 0))

    sized = [a_case(number=n, traits=(float(n % 4 == 0),)) for n in range(1, 41)]  # 10 large, 30 small
    by_size = flows(a_plan(environments=(EnvironmentRow("lab", BY_SIZE),)), cases=sized, holds=holds)
    assert by_size.environments == pytest.approx((30 * 10 + 10 * 30, 0))


def test_value_flows_from_the_milestone_to_the_end_of_the_window():
    cases = [
        a_case(milestones={"live": W + 9 * MONTH_MS}, value=100.0),  # 3 and 12 months
        a_case(number=2, milestones={"live": W - MONTH_MS}, value=1.0, leave=W),  # left: flows on
        a_case(number=3, milestones={"begun": W}, value=1e6),
        a_case(number=4, case_type=1, milestones={"live": W}, value=1e6),
    ]
    assert flows(cases=cases).value == pytest.approx((300 + 12, 1200 + 12))


def test_value_lasts_as_long_as_it_says_and_decays_with_age():
    def with_type(**changes: object) -> Plan:
        idea, other = a_plan().case_types
        return a_plan(case_types=(dataclasses.replace(idea, **changes), other))

    cases = [a_case(milestones={"live": W + 9 * MONTH_MS}, value=100.0)]
    lasting = flows(with_type(value_lasts=5 * MONTH_MS), cases=cases)
    assert lasting.value == pytest.approx((300, 200))
    # 100 a month is 1200 a year; from age a to b: 1200 (0.8^a - 0.8^b) / ln(1 / 0.8)
    decaying = flows(with_type(value_decay=0.2), cases=cases)
    scale = 1200 / -math.log(0.8)
    assert decaying.value == pytest.approx((scale * (1 - 0.8**0.25), scale * (0.8**0.25 - 0.8**1.25)))
    assert flows(with_type(value_decay=1.0), cases=cases).value == (0.0, 0.0)


def test_a_later_generation_replaces_the_value_of_its_predecessor():
    cases = [
        a_case(milestones={"live": W}, value=100.0),
        a_case(generation=1, milestones={"live": W + 6 * MONTH_MS}, value=10.0),
        a_case(generation=2, value=1e6),  # never reaches it: replaces nothing
        a_case(number=2, milestones={"live": W}, value=1.0),  # somebody else
    ]
    assert flows(cases=cases).value == pytest.approx((600 + 60 + 12, 120 + 12))


def test_a_horizon_that_is_too_short_is_refused_with_the_one_it_takes():
    with pytest.raises(PlanError, match="horizon of 36 months"):
        money_edges(a_plan(), 3)


def test_hours_are_summed_between_years_and_changes_of_a_price():
    later = W + YEAR_MS + 2 * DAY_MS
    priced = TeamRow("late", ONE, 1, (), OFFICE, cost=STEP_PRICE)
    assert money_edges(a_plan(), 2) == (W, W + YEAR_MS, END)
    assert money_edges(a_plan(teams=(priced,)), 2) == (W, W + YEAR_MS, later, END)


def test_overtime_costs_the_price_of_the_instant_it_is_worked_at():
    # one hour after closing on each of the first five days of year 2: two at 10, three at 30
    late = TeamRow("late", ONE, 1, (), OFFICE, closing=Closing.FINISH, cost=STEP_PRICE)
    evenings = [W + YEAR_MS + d * DAY_MS + 17 * H for d in range(5)]
    works = [a_work(evening, H, 0, calendar=ALWAYS) for evening in evenings]
    paid = flows(a_plan(teams=(late,)), works=works).people["late"]
    assert paid == pytest.approx((40 * 10, 16 * 10 + 24 * 30 + 2 * 10 + 3 * 30))


def test_hours_between_other_instants_are_refused():
    plan = a_plan()
    with pytest.raises(ValueError, match=r"tallied none; .* money_edges\(plan, 2\)"):
        yearly_flows(tallied(plan, ()), plan, 2)
    with pytest.raises(ValueError, match="tallied between"):
        yearly_flows(tallied(plan, (W, END)), plan, 2)
