"""Cash flows against the worked example of docs/business-case.md and cases done by hand."""

import math

import pytest

from sim.economics import BusinessCase, irr, npv, payback_years, roi

FLOWS = (230.0, 315.0, 315.0)
EXAMPLE = BusinessCase(
    investments=((0.0, 500.0),),
    costs=(100.0, 100.0, 100.0),
    benefits=(400.0, 500.0, 500.0),
    discount_rate=0.10,
    benefit_risk=0.15,
    cost_risk=0.10,
)


def case(investments, flows, rate=0.10):
    return BusinessCase(tuple(investments), (0.0,) * len(flows), tuple(flows), rate)


def test_the_worked_example_comes_out_to_the_printed_digits():
    assert EXAMPLE.adjusted_investments == ((0.0, pytest.approx(550)),)
    assert EXAMPLE.adjusted_flows == pytest.approx(FLOWS)
    assert round(EXAMPLE.pv_benefits, 3) == 979.639
    assert round(EXAMPLE.pv_costs, 3) == 823.554
    assert round(EXAMPLE.npv, 3) == 156.086
    assert round(100 * EXAMPLE.roi, 3) == 18.953
    assert round(EXAMPLE.payback_months, 2) == 24.19
    assert round(100 * EXAMPLE.irr, 3) == 24.638


def test_the_worked_example_without_risk_comes_out_to_the_printed_digits():
    plain = BusinessCase(EXAMPLE.investments, EXAMPLE.costs, EXAMPLE.benefits, 0.10)
    assert round(plain.npv, 3) == 403.832
    assert round(100 * plain.roi, 3) == 53.939


def test_the_functions_give_the_worked_example_from_its_net_flows():
    assert round(npv(-550, FLOWS, 0.10), 3) == 156.086
    assert round(payback_years(-550, FLOWS), 4) == 2.0159
    assert round(100 * irr(-550, FLOWS), 3) == 24.638


def test_excel_discounts_the_first_flow_of_its_range_by_a_year():
    excel = sum(flow / 1.1**i for i, flow in enumerate((-550, *FLOWS), start=1))
    assert excel == pytest.approx(npv(-550, FLOWS, 0.10) / 1.1)
    assert round(excel, 3) == 141.896


def test_a_change_without_effect_loses_exactly_its_investment():
    idle = case([(0.0, 123.45)], (0.0, 0.0, 0.0))
    assert idle.npv == -123.45
    assert idle.roi == -1
    assert idle.payback_months is None
    assert idle.irr is None


def test_an_investment_is_discounted_from_its_own_date():
    assert case([(0.5, 121.0)], (0.0,)).pv_costs == pytest.approx(121 / math.sqrt(1.1))
    assert case([(2.0, 121.0)], (0.0,)).pv_costs == pytest.approx(100)


def test_a_saving_is_a_negative_cost_and_leaves_no_return_on_investment():
    saving = BusinessCase((), (-100.0,), (0.0,), 0.10)
    assert saving.npv == pytest.approx(100 / 1.1)
    assert saving.roi is None


def test_the_return_is_not_defined_without_costs():
    assert roi(150, 100) == 0.5
    assert roi(150, 0) is None
    assert roi(150, -1) is None


def test_payback_is_linear_within_the_year():
    assert payback_years(-100, (50, 100)) == 1.5
    assert payback_years(-100, (200,)) == 0.5
    assert payback_years(-100, (40, 60)) == 2.0


def test_payback_never_comes_or_is_there_from_the_beginning():
    assert payback_years(-100, (40, 40)) is None
    assert payback_years(-100, ()) is None
    assert payback_years(0, (10,)) == 0
    assert payback_years(5, (10,)) == 0


def test_what_is_lost_again_is_not_paid_back():
    assert payback_years(-100, (150, -100)) is None
    assert payback_years(-100, (150, -100, 100)) == 2.5


def test_a_later_investment_puts_payback_off():
    assert case([(0.0, 50.0)], (100.0, 100.0)).payback_months == 6
    assert case([(0.0, 50.0), (0.75, 50.0)], (100.0, 100.0)).payback_months == 12


def test_a_balance_of_zero_counts_as_paid_back_despite_rounding():
    assert payback_years(-0.3, (0.1, 0.1, 0.1)) == pytest.approx(3)
    assert payback_years(-2.1, (0.7, 0.7, 0.7)) == pytest.approx(3)


def test_the_internal_rate_makes_the_present_value_zero():
    assert irr(-100, (110,)) == pytest.approx(0.10)
    assert irr(-100, (50,)) == pytest.approx(-0.5)
    assert irr(100, (-110,)) == pytest.approx(0.10)
    rate = irr(-1000, (1, 1, 1, 5000))
    assert npv(-1000, (1, 1, 1, 5000), rate) == pytest.approx(0, abs=1e-9)


def test_extreme_internal_rates_are_found():
    assert irr(-1, (1e9,)) == pytest.approx(1e9 - 1)
    assert irr(-1e6, (1.0,)) == pytest.approx(1e-6 - 1)


def test_the_internal_rate_needs_one_change_of_sign():
    assert irr(-100, (-10, -10)) is None
    assert irr(100, (10,)) is None
    assert irr(0, ()) is None
    assert irr(0, (-100, 110)) == pytest.approx(0.10)


def test_several_internal_rates_are_none():
    # (1 + r) = 1.1 and 1.2 both solve -100 + 230/(1+r) - 132/(1+r)^2 = 0.
    assert irr(-100, (230, -132)) is None
    # No real root: the discriminant of 100 x² - 100 x + 100 is below 0.
    assert irr(100, (-100, 100)) is None
    # Three changes of sign, one root: (x - 1.1)(x² - x + 1).
    assert irr(-100, (210, -210, 110)) == pytest.approx(0.10)


def test_internal_rate_and_payback_of_a_case_see_the_dates_of_its_investments():
    assert case([(1.0, 100.0)], (0.0, 110.0)).irr == pytest.approx(0.10)
    assert case([(0.5, 100.0)], (121.0,)).irr == pytest.approx(1.21**2 - 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"costs": (1.0,)}, "costs are for 1 years, benefits for 2"),
        ({"investments": ((-0.5, 1.0),)}, "found one at -0.5 years"),
        ({"benefits": (1.0, math.nan)}, "finite"),
        ({"discount_rate": -1.0}, "above -1, .* found -1.0"),
        ({"benefit_risk": 1.5}, "from 0 to 1, found 1.5"),
        ({"cost_risk": -0.1}, "0 or more, found -0.1"),
    ],
)
def test_a_case_that_cannot_be_meant_is_refused(change, message):
    sound = {"investments": (), "costs": (1.0, 1.0), "benefits": (1.0, 1.0), "discount_rate": 0.1}
    with pytest.raises(ValueError, match=message):
        BusinessCase(**(sound | change))


def test_a_rate_of_minus_one_is_refused():
    with pytest.raises(ValueError, match="above -1"):
        npv(-1, (1,), -1)


def test_the_balance_rises_evenly_within_a_year_and_falls_at_once_where_something_is_paid():
    case = BusinessCase(((0.0, 100.0), (0.5, 40.0)), (10.0, 10.0), (90.0, 170.0), 0.1)
    assert case.balance((0, 0.25, 0.5, 1, 1.5, 2, 3)) == (-100, -80, -100, -60, 20, 100, 100)


def test_the_balance_is_adjusted_for_risk_and_is_0_where_payback_says():
    case = BusinessCase(((0.0, 100.0),), (0.0, 0.0), (80.0, 80.0), 0.1, 0.25, 0.1)
    assert case.balance((0, 1)) == pytest.approx((-110, -50))
    assert case.payback_months is not None
    assert case.balance((case.payback_months / 12,)) == pytest.approx((0,), abs=1e-9)
