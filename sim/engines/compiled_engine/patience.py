"""Patience: of a case, which runs while none of its tokens has begun work, and of a step; keys of tokens.

Here it is worked out when patience runs out. What happens then stands in `loop` and `cases`.
"""

from __future__ import annotations

from sim.engines.compiled_engine.calendars import add, open_between
from sim.engines.compiled_engine.clock import call_off, first_key, plan_item, second_key
from sim.engines.compiled_engine.layout import (
    ACT_KEY,
    ACT_PATIENCE,
    BUSINESS,
    CASE_GENERATION,
    CASE_IS_OVER,
    CASE_N_BEGUN,
    CASE_NUMBER,
    CASE_PATIENCE_ITEM,
    CASE_PATIENCE_LEFT,
    CASE_PATIENCE_SINCE,
    CASE_SOURCE,
    I_CASE_PATIENCE,
    NOW,
    PATIENCE,
    PATIENCE_WAITING,
    TOKEN_CASE,
    TOKEN_NUMBER,
)
from sim.engines.compiled_engine.luck import draw, ticks
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.randomness import Purpose

OF_STEP_PATIENCE = int(Purpose.STEP_PATIENCE)


@kernel
def run_patience(m: Words, case: int) -> None:
    if m[case + CASE_PATIENCE_LEFT] < 0 or m[case + CASE_IS_OVER]:
        return
    m[case + CASE_PATIENCE_SINCE] = m[NOW]
    at = add(m, m[BUSINESS], m[NOW], m[case + CASE_PATIENCE_LEFT])
    key1 = first_key(PATIENCE, m[case + CASE_SOURCE], m[case + CASE_NUMBER])
    key2 = second_key(m[case + CASE_GENERATION], -1)
    m[case + CASE_PATIENCE_ITEM] = plan_item(m, at, key1, key2, I_CASE_PATIENCE, case, 0)


@kernel
def stop_patience(m: Words, case: int) -> None:
    if m[case + CASE_PATIENCE_ITEM] == 0:
        return
    call_off(m, m[case + CASE_PATIENCE_ITEM])
    m[case + CASE_PATIENCE_ITEM] = 0
    m[case + CASE_PATIENCE_LEFT] -= open_between(m, m[BUSINESS], m[case + CASE_PATIENCE_SINCE], m[NOW])


@kernel
def begun(m: Words, case: int, change: int) -> None:
    """A token of the case begins (+1) or finishes (-1) work: its patience stops and goes on."""
    before = m[case + CASE_N_BEGUN]
    m[case + CASE_N_BEGUN] = before + change
    if m[case + CASE_PATIENCE_LEFT] < 0:  # it has none
        return
    if before == 0 and change > 0:
        stop_patience(m, case)
    elif before > 0 and before + change == 0:
        run_patience(m, case)


@kernel
def token_key1(m: Words, phase: int, token: int) -> int:
    case = m[token + TOKEN_CASE]
    return first_key(phase, m[case + CASE_SOURCE], m[case + CASE_NUMBER])


@kernel
def token_key2(m: Words, token: int) -> int:
    return second_key(m[m[token + TOKEN_CASE] + CASE_GENERATION], m[token + TOKEN_NUMBER])


@kernel
def patience_end(m: Words, f: Reals, token: int, act: int, visit: int) -> int:
    case = m[token + TOKEN_CASE]
    u, v = draw(m, case, m[act + ACT_KEY], visit, OF_STEP_PATIENCE)
    waiting = ticks(m, f, m[m[act + ACT_PATIENCE] + PATIENCE_WAITING], m[NOW], case, u, v)
    return add(m, m[BUSINESS], m[NOW], waiting)
