"""Numbers over time, read and integrated."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calendars import Calendar, merged
from sim.metrics import integrate, read_number
from sim.plan.arrays import NumberKind, NumberRow, Plan

OPEN = merged([(0, 10), (20, 30)])
CONSTANT, RAMP, STEPS, PRODUCT, DRAWN, QUOTIENT = range(6)
NUMBERS = (
    NumberRow(NumberKind.CONSTANT, 4.0),
    NumberRow(NumberKind.RAMP, points=(5, 25), weights=(0.0, 10.0)),
    NumberRow(NumberKind.STEPS, children=(0, 1), points=(3, 22)),
    NumberRow(NumberKind.MULTIPLY, children=(1, 1)),
    NumberRow(NumberKind.BY_TRAIT, children=(0,), trait=0),
    NumberRow(NumberKind.DIVIDE, children=(1, 0)),
)


def a_plan(calendar: Calendar = OPEN) -> Plan:
    return Plan("tiny", 0, 30, 0, (calendar,), NUMBERS, (), (), (), (), (), (), (), (), (), ())


def read(number: int, *instants: float) -> list[float]:
    return read_number(a_plan(), number, np.array(instants)).tolist()


def test_a_ramp_is_linear_between_its_points_and_constant_outside() -> None:
    assert read(RAMP, 0, 5, 15, 25, 29) == [0, 0, 5, 10, 10]


def test_the_first_step_holds_also_before_and_a_step_holds_from_its_instant() -> None:
    assert read(STEPS, 0, 3, 21, 22, 25) == [4, 4, 4, 8.5, 10]


def test_arithmetic_is_done_at_each_instant() -> None:
    assert read(PRODUCT, 15) == [25]
    assert read(QUOTIENT, 15) == [1.25]


def test_what_depends_on_a_case_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="BY_TRAIT"):
        read(DRAWN, 0)


def test_an_integral_counts_open_time_only() -> None:
    assert integrate(a_plan(), CONSTANT, OPEN, 5, 25) == pytest.approx(40)
    assert integrate(a_plan(), CONSTANT, OPEN, 12, 18) == 0
    assert integrate(a_plan(), CONSTANT, OPEN, 40, 50) == 0


def test_an_integral_of_a_ramp_is_exact_across_its_bends() -> None:
    # [0,5): 0; [5,10): 2.5² = 6.25; [20,25): (7.5 + 10)/2 × 5; [25,30): 50
    assert integrate(a_plan(), RAMP, OPEN, 0, 30) == pytest.approx(6.25 + 43.75 + 50)


def test_an_integral_of_steps_is_exact_across_its_jumps() -> None:
    # 4 on [0,10) and [20,22); the ramp on [22,25) and 10 on [25,30)
    assert integrate(a_plan(), STEPS, OPEN, 0, 30) == pytest.approx(48 + 3 * 9.25 + 50)


def test_an_integral_of_a_product_of_ramps_is_exact() -> None:
    # ∫ ((t − 5)/2)² over [5,10) and [20,25) is (x³)/12 at the ends
    expected = 125 / 12 + (20**3 - 15**3) / 12 + 500
    assert integrate(a_plan(), PRODUCT, OPEN, 0, 30) == pytest.approx(expected)
