"""Compiled code against the pure Python that it stands for: calendars, quantiles, rounding, the generator."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import numba
import numpy as np
import pytest

from sim.calendars import FOREVER, merged
from sim.engines.compiled_engine import calendars, layout, luck, memory, tables
from sim.engines.compiled_engine.memory import reals_at, words_at
from sim.plan.arrays import NumberKind, NumberRow
from sim.randomness import distributions as made
from sim.randomness import philox4x32, to_ticks

CALENDAR = merged(
    [(begin * 100, begin * 100 + length) for begin, length in ((1, 50), (3, 100), (7, 1), (30, 900))]
)
DISTRIBUTIONS = [
    made.constant(3.0),
    made.uniform(1.0, 4.0),
    made.triangular(1.0, 2.0, 5.0),
    made.pert(1.0, 2.0, 5.0),
    made.exponential(7.0),
    made.erlang(3, 8.0),
    made.gamma(mean=8.0, cv=0.5),
    made.gamma(mean=8.0, cv=2.0),
    made.lognormal(mean=8.0, cv=1.0),
    made.weibull(mean=8.0, shape=1.5),
    made.normal(8.0, 4.0, 1.0, 20.0),
    made.empirical([1.0, 2.0, 2.0, 7.0]),
]


@numba.njit
def ask_calendar(memory, at, t, d):
    m = words_at(memory)
    return (
        calendars.is_open(m, at, t),
        calendars.is_opening_instant(m, at, t),
        calendars.next_opening(m, at, t),
        calendars.closing_after(m, at, t),
        calendars.add(m, at, t, d),
        calendars.open_between(m, at, t, t + d),
    )


@numba.njit
def ask_quantile(memory, at, u):
    return luck.quantile(words_at(memory), reals_at(memory), at, u)


@numba.njit
def ask_ticks(x):
    return luck.to_ticks(x)


@numba.njit
def ask_philox(c0, c1, c2, c3, k0, k1):
    return luck.philox(c0, c1, c2, c3, k0, k1)


def builder():
    """A builder of tables without a plan."""
    return tables._Builder(None)


def test_calendars_answer_as_the_pure_ones_in_any_order_of_questions():
    build = builder()
    at = build.calendar(0, CALENDAR)
    words = np.array(build.words, dtype=np.int64)
    dice = random.Random(1)
    for _ in range(3_000):
        t, d = dice.randrange(0, 5_000), dice.choice((0, 1, 49, 50, 51, dice.randrange(0, 1_500)))
        assert ask_calendar(words.ctypes.data, at, t, d) == (
            CALENDAR.is_open(t),
            CALENDAR.is_opening_instant(t),
            CALENDAR.next_opening(t),
            CALENDAR.closing_after(t),
            CALENDAR.add(t, d),
            CALENDAR.open_between(t, t + d),
        )
    assert ask_calendar(words.ctypes.data, at, 4_000, 10)[2:5] == (FOREVER, FOREVER, FOREVER)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=lambda each: each.family.name)
def test_quantiles_have_the_same_bits(distribution):
    build = builder()
    row = NumberRow(NumberKind.DISTRIBUTION, distribution=distribution)
    build.plan = type("Plan", (), {"numbers": (row,)})
    build.numbers, build.traits = [build.room(layout.NUM_SIZE)], []
    build._numbers()
    words = np.array(build.words, dtype=np.int64)
    dice = random.Random(2)
    for u in [2.0**-53, 0.5, 1.0 - 2.0**-53, *(dice.random() or 0.5 for _ in range(2_000))]:
        assert ask_quantile(words.ctypes.data, build.numbers[0], u) == distribution.quantile(u)


@pytest.mark.parametrize("x", [-1.0, 0.0, 0.5, 1.5, 2.5, 3.49, 2.0**52 + 0.5, 2.0**53, 1e300, float("inf")])
def test_draws_are_rounded_alike(x):
    assert ask_ticks(x) == to_ticks(x)


def test_the_generator_gives_the_same_words():
    dice = random.Random(3)
    for _ in range(1_000):
        words = [dice.getrandbits(32) for _ in range(6)]
        assert ask_philox(*words) == philox4x32(*words)
    assert ask_philox(*[2**32 - 1] * 6) == philox4x32(*[2**32 - 1] * 6)


def test_no_kernel_raises():
    """What a kernel might raise is asked for after every call: a tenth of all instructions."""
    folder = Path(memory.__file__).parent
    for path in sorted(folder.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and is_kernel(function):
                assert not [each for each in ast.walk(function) if isinstance(each, ast.Raise)], function.name


def is_kernel(function):
    return any(
        isinstance(each, ast.Name) and each.id in ("kernel", "question") for each in function.decorator_list
    )
