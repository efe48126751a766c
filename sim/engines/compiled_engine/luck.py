"""Luck and numbers in compiled code: draws, and what a number of the plan is worth for a case at an instant.

The sampling functions are those of `sim.randomness`, compiled: the same function gives the same bits. Numbers
are trees and traits may be read from numbers, so reading one is a walk with a stack of its own (Numba loads
recursive functions wrongly from its cache).
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType

from sim.engines.compiled_engine.layout import (
    ALWAYS,
    CASE_GENERATION,
    CASE_NUMBER,
    CASE_SOURCE,
    CASE_TRAITS,
    CASE_TYPE,
    HASHES,
    N_KEYS,
    NEVER,
    NUM_CHILDREN,
    NUM_FAMILY,
    NUM_IS_FLAT,
    NUM_KIND,
    NUM_N,
    NUM_PARAMETERS,
    NUM_POINTS,
    NUM_TRAIT,
    NUM_VALUE,
    NUM_WEIGHTS,
    NUMBER_TRAIT,
    REPLICATION,
    SEED,
    STACK,
    STOP_NOT_DRAWN,
    STOP_OVERFLOW,
    TEST_BOUND,
    TEST_KIND,
    TEST_LEVEL,
    TEST_NO,
    TEST_TRAIT,
    TEST_YES,
    TRAIT_ASK,
    TRAIT_INDEX,
    TRAIT_KEY,
    TRAIT_KIND,
    TRAIT_N,
    TRAIT_NUMBERS,
    TYPE_INDEX,
)
from sim.engines.compiled_engine.memory import NJIT, OPTIONS, Reals, Words, kernel, reals_from, stop
from sim.plan.arrays import NumberKind, TestKind, TraitKind
from sim.randomness import Family, Purpose, distributions
from sim.randomness.normal import normal_quantile
from sim.randomness.philox import philox4x32
from sim.randomness.tables import table_kernel

UNDRAWN = -1.0
"""Stands for luck where nothing is drawn."""
REST = -1.0
"""Stands for the probability of what has none."""


def compiled(function: Callable[..., float], **replaced: Callable[..., float]) -> Callable[..., float]:
    """A pure Python function compiled, the functions that it calls replaced by compiled ones."""
    assert isinstance(function, FunctionType)
    names = {**function.__globals__, **replaced}
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    dispatcher: Callable[..., float] = NJIT(copy, **OPTIONS)
    return dispatcher


philox = kernel(philox4x32)
_normal = kernel(normal_quantile)
_table = compiled(table_kernel)
_constant = compiled(distributions.constant_kernel)
_uniform = compiled(distributions.uniform_kernel)
_triangular = compiled(distributions.triangular_kernel)
_pert = compiled(distributions.pert_kernel, table_kernel=_table)
_exponential = compiled(distributions.exponential_kernel)
_erlang = compiled(distributions.erlang_kernel, table_kernel=_table)
_gamma = compiled(distributions.gamma_kernel, table_kernel=_table)
_lognormal = compiled(distributions.lognormal_kernel, normal_quantile=_normal)
_weibull = compiled(distributions.weibull_kernel)
_truncated = compiled(distributions.normal_kernel, table_kernel=_table)

CONSTANT, UNIFORM, TRIANGULAR = int(Family.CONSTANT), int(Family.UNIFORM), int(Family.TRIANGULAR)
PERT, EXPONENTIAL, ERLANG = int(Family.PERT), int(Family.EXPONENTIAL), int(Family.ERLANG)
GAMMA, LOGNORMAL, WEIBULL = int(Family.GAMMA), int(Family.LOGNORMAL), int(Family.WEIBULL)
NORMAL = int(Family.NORMAL)

NUMBER_CONSTANT, NUMBER_DISTRIBUTION = int(NumberKind.CONSTANT), int(NumberKind.DISTRIBUTION)
NUMBER_ADD, NUMBER_SUBTRACT = int(NumberKind.ADD), int(NumberKind.SUBTRACT)
NUMBER_MULTIPLY, NUMBER_STEPS = int(NumberKind.MULTIPLY), int(NumberKind.STEPS)
NUMBER_RAMP, NUMBER_BY_TRAIT = int(NumberKind.RAMP), int(NumberKind.BY_TRAIT)
NUMBER_BY_CASE, NUMBER_MIXTURE = int(NumberKind.BY_CASE), int(NumberKind.MIXTURE)
TEST_HOLDS, TEST_IS, TEST_AT_LEAST = int(TestKind.HOLDS), int(TestKind.IS), int(TestKind.AT_LEAST)
TRAIT_SHARE, TRAIT_NUMBER = int(TraitKind.SHARE), int(TraitKind.NUMBER)
OF_TRAIT = int(Purpose.TRAIT)

LARGEST = 2**53


@kernel
def to_ticks(x: float) -> int:
    """A draw as whole milliseconds: rounded half to even, cut to 0 .. 2^53."""
    if x >= LARGEST:
        return LARGEST
    if x <= 0.0:
        return 0
    return round(x)


@kernel
def quantile(m: Words, f: Reals, number: int, u: float) -> float:
    """The draw of a distribution at u."""
    family, p = m[number + NUM_FAMILY], number + NUM_PARAMETERS
    if family == LOGNORMAL:
        return _lognormal((f[p], f[p + 1]), f, u)
    if family == EXPONENTIAL:
        return _exponential((f[p],), f, u)
    if family == UNIFORM:
        return _uniform((f[p], f[p + 1]), f, u)
    if family == TRIANGULAR:
        return _triangular((f[p], f[p + 1], f[p + 2]), f, u)
    if family == WEIBULL:
        return _weibull((f[p], f[p + 1]), f, u)
    if family == CONSTANT:
        return _constant((f[p],), f, u)
    begin = m[number + NUM_POINTS]
    table = reals_from(f, begin)
    if family == ERLANG:
        return _erlang((f[p], f[p + 1]), table, u)
    if family == GAMMA:
        return _gamma((f[p], f[p + 1]), table, u)
    if family == PERT:
        return _pert((f[p], f[p + 1], f[p + 2]), table, u)
    if family == NORMAL:
        return _truncated((f[p], f[p + 1], f[p + 2], f[p + 3]), table, u)
    return f[begin + int(u * m[number + NUM_N])]  # EMPIRICAL: sorted values


@kernel
def draw_for(
    m: Words, source: int, number: int, generation: int, key: int, visit: int, purpose: int
) -> tuple[float, float]:
    """The two uniforms of a draw; `key` stands for the path. As `sim.randomness.uniforms`."""
    code = m[m[HASHES] + source * m[N_KEYS] + key]
    word = 256 * generation + purpose
    if (m[SEED] | m[REPLICATION] | number | visit | word) >> 32:
        stop(m, STOP_OVERFLOW, number, visit << 32 | generation)
    x0, x1, x2, x3 = philox(number, code, visit, word, m[SEED], m[REPLICATION])
    u = (((x0 << 20) | (x1 >> 12)) + 0.5) * 2.0**-52
    v = (((x2 << 20) | (x3 >> 12)) + 0.5) * 2.0**-52
    return u, v


@kernel
def draw(m: Words, case: int, key: int, visit: int, purpose: int) -> tuple[float, float]:
    return draw_for(
        m, m[case + CASE_SOURCE], m[case + CASE_NUMBER], m[case + CASE_GENERATION], key, visit, purpose
    )


@kernel
def piece(m: Words, points: int, n: int, now: int) -> int:
    index = 0
    while index + 1 < n and m[points + index + 1] <= now:
        index += 1
    return index


@kernel
def on_ramp(m: Words, f: Reals, number: int, now: int) -> float:
    points, values, n = m[number + NUM_POINTS], m[number + NUM_WEIGHTS], m[number + NUM_N]
    if now <= m[points]:
        return f[values]
    for left in range(n - 1):
        if now < m[points + left + 1]:
            share = (now - m[points + left]) / (m[points + left + 1] - m[points + left])
            return f[values + left] + share * (f[values + left + 1] - f[values + left])
    return f[values + n - 1]


@kernel
def part(f: Reals, weights: int, n: int, u: float) -> int:
    cumulated = 0.0
    for index in range(n):
        cumulated += f[weights + index]
        if u < cumulated:
            return index
    return n - 1


@kernel
def choose(f: Reals, shares: int, n: int, u: float) -> int:
    """The first whose cumulated share exceeds u; the one that is below 0 is the rest."""
    total = 0.0
    for index in range(n):
        if f[shares + index] >= 0.0:
            total += f[shares + index]
    rest = max(0.0, 1.0 - total)
    cumulated = 0.0
    for index in range(n):
        cumulated += rest if f[shares + index] < 0.0 else f[shares + index]
        if u < cumulated:
            return index
    return n - 1


@kernel
def read(m: Words, f: Reals, number: int, now: int, case: int, u: float, v: float) -> float:
    """The value of a number at an instant, for a case."""
    if m[number + NUM_KIND] == NUMBER_CONSTANT:
        return f[number + NUM_VALUE]
    if m[number + NUM_KIND] == NUMBER_DISTRIBUTION and u > 0.0:
        return quantile(m, f, number, u)
    if m[number + NUM_IS_FLAT] and u > 0.0:
        left, right = m[m[number + NUM_CHILDREN]], m[m[number + NUM_CHILDREN] + 1]
        return operate(m[number + NUM_KIND], leaf(m, f, left, u), leaf(m, f, right, u))
    return walk_number(m, f, number, now, case, u, v)


@kernel
def leaf(m: Words, f: Reals, number: int, u: float) -> float:
    """A number that is made of no others."""
    if m[number + NUM_KIND] == NUMBER_CONSTANT:
        return f[number + NUM_VALUE]
    return quantile(m, f, number, u)


# What waits on the stack for a value: frames of seven words. LEFT waits for the left side of an operation,
# RIGHT for the right one, VALUE for the number of a trait, SHARE for one probability of a trait, whose
# probabilities follow the frame.
LEFT, RIGHT, VALUE, SHARE = range(4)
KIND, WHAT, RESUMES, LUCK_U, LUCK_V, MORE, BELOW = range(7)
FRAME = 7


@kernel
def push(
    m: Words, f: Reals, frame: int, top: int, kind: int, what: int, number: int, u: float, v: float
) -> None:
    m[top + KIND], m[top + WHAT], m[top + RESUMES], m[top + MORE], m[top + BELOW] = (
        kind,
        what,
        number,
        0,
        frame,
    )
    f[top + LUCK_U], f[top + LUCK_V] = u, v


@kernel
def walk_number(m: Words, f: Reals, number: int, now: int, case: int, u: float, v: float) -> float:
    """Down to what has a value, then up through what waits for it, and down again where more is needed."""
    frame, top = 0, m[STACK]
    while True:
        kind, children = m[number + NUM_KIND], m[number + NUM_CHILDREN]
        value = 0.0
        if kind == NUMBER_CONSTANT:
            value = f[number + NUM_VALUE]
        elif kind == NUMBER_DISTRIBUTION:
            if u > 0.0:
                value = quantile(m, f, number, u)
            else:
                stop(m, STOP_NOT_DRAWN, 0, 0)
        elif kind == NUMBER_RAMP:
            value = on_ramp(m, f, number, now)
        elif kind == NUMBER_STEPS:
            number = m[children + piece(m, m[number + NUM_POINTS], m[number + NUM_N], now)]
            continue
        elif kind == NUMBER_BY_CASE:
            number = m[children + case_child(m, number, case)]
            continue
        elif kind == NUMBER_MIXTURE:
            number = m[children + part(f, m[number + NUM_WEIGHTS], m[number + NUM_N], u)]
            u = v
            continue
        elif kind in (NUMBER_BY_TRAIT, NUMBER_TRAIT):
            trait = m[number + NUM_TRAIT]
            value = f[case + CASE_TRAITS + m[trait + TRAIT_INDEX]]
            if value == value:
                if kind == NUMBER_BY_TRAIT:
                    number = m[children + int(value)]
                    continue
            else:  # draw it first, then come back to this number
                waits = VALUE if m[trait + TRAIT_KIND] == TRAIT_NUMBER else SHARE
                push(m, f, frame, top, waits, trait, number, u, v)
                frame = top
                top += FRAME
                if waits == VALUE:
                    u, v = draw(m, case, m[trait + TRAIT_KEY], 0, OF_TRAIT)
                else:
                    top += m[trait + TRAIT_N]
                    u, v = UNDRAWN, UNDRAWN
                number = m[m[trait + TRAIT_NUMBERS]]
                if number:
                    continue
                value = REST
        else:
            push(m, f, frame, top, LEFT, number, 0, u, v)
            frame = top
            top += FRAME
            number = m[children]
            continue
        goes_down = False
        while frame and not goes_down:
            waits, what = m[frame + KIND], m[frame + WHAT]
            u, v = f[frame + LUCK_U], f[frame + LUCK_V]
            goes_down = True
            if waits == LEFT:
                m[frame + KIND] = RIGHT
                f[frame + MORE] = value
                number = m[m[what + NUM_CHILDREN] + 1]
            elif waits == RIGHT:
                value = operate(m[what + NUM_KIND], f[frame + MORE], value)
                goes_down = False
            elif waits == VALUE:
                f[case + CASE_TRAITS + m[what + TRAIT_INDEX]] = value
                number = m[frame + RESUMES]
            else:
                index = m[frame + MORE]
                f[frame + FRAME + index] = value
                m[frame + MORE] = index + 1
                if index + 1 < m[what + TRAIT_N]:
                    number = m[m[what + TRAIT_NUMBERS] + index + 1]
                    u, v = UNDRAWN, UNDRAWN
                    if number == 0:
                        value = REST
                        goes_down = False
                    continue
                settle_trait(m, f, frame, case)
                number = m[frame + RESUMES]
            if waits != LEFT:
                top, frame = frame, m[frame + BELOW]
        if not goes_down:
            return value


@kernel
def case_child(m: Words, number: int, case: int) -> int:
    """Which child of a number by case is meant; for other work, which has no type, the last."""
    case_type = m[case + CASE_TYPE]
    return m[number + NUM_N] - 1 if case_type == 0 else m[case_type + TYPE_INDEX]


@kernel
def settle_trait(m: Words, f: Reals, frame: int, case: int) -> None:
    """A trait whose probabilities are known is drawn."""
    trait = m[frame + 1]
    u, _ = draw(m, case, m[trait + TRAIT_KEY], 0, OF_TRAIT)
    if m[trait + TRAIT_KIND] == TRAIT_SHARE:
        value = 1.0 if u < f[frame + FRAME] else 0.0
    else:
        value = float(choose(f, frame + FRAME, m[trait + TRAIT_N], u))
    f[case + CASE_TRAITS + m[trait + TRAIT_INDEX]] = value


@kernel
def operate(kind: int, left: float, right: float) -> float:
    if kind == NUMBER_ADD:
        return left + right
    if kind == NUMBER_SUBTRACT:
        return left - right
    return left * right if kind == NUMBER_MULTIPLY else left / right


@kernel
def ticks(m: Words, f: Reals, number: int, now: int, case: int, u: float, v: float) -> int:
    """A number that is a time, in whole milliseconds."""
    return to_ticks(read(m, f, number, now, case, u, v))


@kernel
def fixed_ticks(m: Words, f: Reals, number: int, now: int, case: int) -> int:
    """The same where nothing is drawn."""
    return to_ticks(read(m, f, number, now, case, UNDRAWN, UNDRAWN))


@kernel
def probability(m: Words, f: Reals, number: int, now: int, case: int) -> float:
    """A number where nothing is drawn."""
    return read(m, f, number, now, case, UNDRAWN, UNDRAWN)


@kernel
def trait_of(m: Words, f: Reals, case: int, trait: int, now: int) -> float:
    """A trait of a case: 1 or 0, the index of its level, or its number; drawn when first asked."""
    value = f[case + CASE_TRAITS + m[trait + TRAIT_INDEX]]
    if value == value:
        return value
    return walk_number(m, f, m[trait + TRAIT_ASK], now, case, UNDRAWN, UNDRAWN)


@kernel
def settle(m: Words, f: Reals, number: int, now: int, case: int) -> None:
    """Ask for every trait that this number may ask for, such as the price of what a case takes."""
    base = m[STACK] + (1 << 11)  # the upper half: asking for a trait walks from the bottom
    top = base
    m[top] = number
    top += 1
    while top > base:
        top -= 1
        number = m[top]
        kind, children, n = m[number + NUM_KIND], m[number + NUM_CHILDREN], m[number + NUM_N]
        if kind == NUMBER_BY_TRAIT:
            m[top] = m[children + int(trait_of(m, f, case, m[number + NUM_TRAIT], now))]
            top += 1
        elif kind == NUMBER_BY_CASE:
            m[top] = m[children + case_child(m, number, case)]
            top += 1
        elif children:
            for i in range(n):
                m[top] = m[children + i]
                top += 1


@kernel
def holds(m: Words, f: Reals, test: int, case: int, now: int) -> bool:
    """Whether a condition on traits holds: from test to test, as `tables` has chained them."""
    while test > ALWAYS:
        value = trait_of(m, f, case, m[test + TEST_TRAIT], now)
        kind = m[test + TEST_KIND]
        if kind == TEST_HOLDS:
            holds_now = value != 0.0
        elif kind == TEST_IS:
            holds_now = value == m[test + TEST_LEVEL]
        elif kind == TEST_AT_LEAST:
            holds_now = value >= f[test + TEST_BOUND]
        else:
            holds_now = value < f[test + TEST_BOUND]
        test = m[test + TEST_YES] if holds_now else m[test + TEST_NO]
    return test != NEVER
