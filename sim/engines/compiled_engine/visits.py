"""Visits: entering a step or passing it by, the alternative taken, and the environments it needs.

What is then done there is for `acts`; what follows, for `outcomes`.
"""

from __future__ import annotations

from sim.engines.compiled_engine.clock import pass_through
from sim.engines.compiled_engine.layout import (
    ACT_ALTERNATIVE,
    ACT_KIND,
    ACT_N_TAKES,
    ACT_PATH,
    ACT_TAKES,
    AGENDA,
    ALT_ACT,
    ALT_SIZE,
    ALT_WHEN,
    AT_FELL_FROM,
    AT_VISITS,
    CASE_SERIAL,
    E_ENTER,
    E_HOLD,
    ENV_LINE,
    ENV_NAME,
    ENV_OFFSET,
    HELD_BY,
    HELD_UNIT,
    NOW,
    STEP_ACT,
    STEP_ALTS,
    STEP_N_ALTS,
    STEP_NEXT,
    STEP_WHEN,
    STOP,
    TEXT_NONE,
    TOKEN_ACT,
    TOKEN_CASE,
    TOKEN_LEFT,
    TOKEN_N_ENTRY,
    TOKEN_NUMBER,
    TOKEN_STAGE,
    TOKEN_STEP,
    TOKEN_TAKEN,
)
from sim.engines.compiled_engine.luck import holds
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.engines.compiled_engine.recorder import enter_step
from sim.engines.compiled_engine.rooms import hold, join_line
from sim.engines.compiled_engine.stages import (
    ACT,
    FLOW_ENDS,
    NEXT_STEP,
    STANDS,
    TAKE,
    TAKEN,
    VISIT,
    at_step,
    log_step,
    visit_of,
)
from sim.plan.arrays import ActKind

SKIP = int(ActKind.SKIP)


@kernel
def visit_step(m: Words, f: Reals, token: int) -> int:
    """Enter a step, if it is to be entered, with what is to be done there."""
    step, case = m[token + TOKEN_STEP], m[token + TOKEN_CASE]
    is_around = m[token + TOKEN_N_ENTRY] > 1  # a case that is there from the beginning stands further in
    act = m[step + STEP_ACT]
    if not is_around:
        if not holds(m, f, m[step + STEP_WHEN], case, m[NOW]):
            m[token + TOKEN_N_ENTRY] = 0
            return NEXT_STEP
        for i in range(m[step + STEP_N_ALTS]):
            alternative = m[step + STEP_ALTS] + ALT_SIZE * i
            if holds(m, f, m[alternative + ALT_WHEN], case, m[NOW]):
                act = m[alternative + ALT_ACT]
                break
    if m[act + ACT_KIND] == SKIP:
        m[token + TOKEN_N_ENTRY] = 0
        return NEXT_STEP
    if m[STOP]:  # nothing runs on
        m[AGENDA] = 0
        return STANDS
    pass_through(m, m[case + CASE_SERIAL], m[act + ACT_PATH])
    at = at_step(m, token)
    m[at + AT_VISITS] += 1
    m[at + AT_FELL_FROM] = 0
    enter_step(m, case, step, m[at + AT_VISITS])
    log_step(m, token, E_ENTER, 0, m[act + ACT_ALTERNATIVE])
    m[token + TOKEN_ACT], m[token + TOKEN_TAKEN] = act, 0
    return TAKE if m[act + ACT_N_TAKES] else ACT


@kernel
def next_step(m: Words, token: int) -> int:
    m[token + TOKEN_STEP] = m[m[token + TOKEN_STEP] + STEP_NEXT]
    if m[token + TOKEN_STEP]:
        return VISIT
    m[token + TOKEN_LEFT] = TEXT_NONE
    return FLOW_ENDS


@kernel
def take_environments(m: Words, f: Reals, token: int) -> int:
    """Get what the act takes, waiting where a pool is empty."""
    act, case = m[token + TOKEN_ACT], m[token + TOKEN_CASE]
    while m[token + TOKEN_TAKEN] < m[act + ACT_N_TAKES]:
        environment = m[m[act + ACT_TAKES] + m[token + TOKEN_TAKEN]]
        if m[case + m[environment + ENV_OFFSET] + HELD_UNIT] == 0:
            if m[environment + ENV_LINE]:
                line, step = m[environment + ENV_LINE], m[token + TOKEN_STEP]
                join_line(m, f, line, token, step, act, visit_of(m, token))
                m[token + TOKEN_STAGE] = TAKEN
                return STANDS
            hold(m, f, token, environment)
            log_step(m, token, E_HOLD, 0, m[environment + ENV_NAME])
        m[token + TOKEN_TAKEN] += 1
    return ACT


@kernel
def taken(m: Words, token: int) -> int:
    """Let through by a pool: it may be another branch of the case that got it meanwhile."""
    environment = m[m[m[token + TOKEN_ACT] + ACT_TAKES] + m[token + TOKEN_TAKEN]]
    held_by = m[m[token + TOKEN_CASE] + m[environment + ENV_OFFSET] + HELD_BY]
    if held_by == m[token + TOKEN_NUMBER]:
        log_step(m, token, E_HOLD, 0, m[environment + ENV_NAME])
    m[token + TOKEN_TAKEN] += 1
    return TAKE
