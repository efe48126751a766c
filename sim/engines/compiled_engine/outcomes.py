"""When what was done at a step is done: falling back, the outcome, and where it leads; how flows end.

Every use of a flow has its own call in the plan, and every call one step (or branch, or detour) that makes
it, so where a flow that ends leads back to needs no stack: the call knows.
"""

from __future__ import annotations

import math

from sim.engines.compiled_engine.cases import drop_token, end_case
from sim.engines.compiled_engine.layout import (
    ACT_FALLS_BACK,
    ACT_GIVES,
    ACT_HAS_REST,
    ACT_IS_FIXED,
    ACT_KEY,
    ACT_KIND,
    ACT_N_GIVES,
    ACT_N_OUTCOMES,
    ACT_OUTCOME_KEY,
    ACT_OUTCOMES,
    ACT_PATIENCE,
    AGENDA,
    AT_COMPLETED,
    AT_FELL_FROM,
    AT_VISITS,
    CALL_ACT,
    CALL_ROLE,
    CALL_STEP,
    CALL_WHEN_FULL,
    E_COMPLETE,
    E_OUTCOME,
    NOW,
    OUTCOME_AT_MOST,
    OUTCOME_NAME,
    OUTCOME_P,
    OUTCOME_SIZE,
    OUTCOME_TAKEN_AT,
    OUTCOME_TARGET,
    OUTCOME_UP_TO,
    OUTCOME_WEAKEN,
    PATIENCE_TARGET,
    R_BRANCH,
    R_DETOUR,
    R_ROOT,
    STACK,
    STEP_ACT,
    STEP_CALL,
    TARGET_CALL,
    TARGET_KIND,
    TARGET_NAME,
    TARGET_STEP,
    TEXT_DONE,
    TEXT_FALLS_BACK,
    TOKEN_ACT,
    TOKEN_AGENDA,
    TOKEN_CALL,
    TOKEN_CASE,
    TOKEN_JOIN,
    TOKEN_LEFT,
    TOKEN_N_BRANCHES,
    TOKEN_N_ENTRY,
    TOKEN_STAGE,
    TOKEN_STEP,
    TOKEN_TAKEN,
    TOKEN_TARGET,
)
from sim.engines.compiled_engine.luck import choose, draw, probability
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.engines.compiled_engine.recorder import complete_step, send_back
from sim.engines.compiled_engine.rooms import give_back, leave_room
from sim.engines.compiled_engine.stages import (
    DONE,
    FLOW_ENDS,
    IN_DETOUR,
    NEXT_STEP,
    OVER,
    ROOM_FOUND,
    ROOM_LATER,
    STANDS,
    TAKE,
    TURN,
    VISIT,
    WALK,
    at_step,
    find_room,
    log_step,
)
from sim.plan.arrays import ActKind, TargetKind
from sim.randomness import Purpose

FLOW = int(ActKind.FLOW)
TO_NEXT = int(TargetKind.NEXT)
TO_STEP = int(TargetKind.GO_TO)
TO_END = int(TargetKind.END)
TO_DO = int(TargetKind.DO)
OF_OUTCOME = int(Purpose.OUTCOME)
OF_FALL_BACK = int(Purpose.FALL_BACK)


@kernel
def done(m: Words, f: Reals, token: int) -> int:
    """Fall back to the ordinary step, or complete the visit and take an outcome."""
    act, case, step = m[token + TOKEN_ACT], m[token + TOKEN_CASE], m[token + TOKEN_STEP]
    m[token + TOKEN_N_ENTRY] = 0
    at = at_step(m, token)
    visit = m[at + AT_VISITS]
    if m[act + ACT_FALLS_BACK]:
        u, _ = draw(m, case, m[act + ACT_KEY], visit, OF_FALL_BACK)
        if u < probability(m, f, m[act + ACT_FALLS_BACK], m[NOW], case):
            m[at + AT_FELL_FROM] = act
            m[token + TOKEN_ACT], m[token + TOKEN_TAKEN] = m[step + STEP_ACT], 0
            log_step(m, token, E_OUTCOME, 0, TEXT_FALLS_BACK)
            return TAKE
    m[at + AT_COMPLETED] = 1
    complete_step(m, case, step)
    if m[at + AT_FELL_FROM]:
        give_back_all(m, f, case, m[at + AT_FELL_FROM])
    give_back_all(m, f, case, act)
    outcome = find_outcome(m, f, token, act, visit)
    if outcome == 0:
        return NEXT_STEP
    m[case + m[outcome + OUTCOME_TAKEN_AT]] += 1
    if m[outcome + OUTCOME_NAME]:
        log_step(m, token, E_OUTCOME, 0, m[outcome + OUTCOME_NAME])
    m[token + TOKEN_TARGET] = m[outcome + OUTCOME_TARGET]
    return TURN


@kernel
def give_back_all(m: Words, f: Reals, case: int, act: int) -> None:
    for i in range(m[act + ACT_N_GIVES]):
        give_back(m, f, case, m[m[act + ACT_GIVES] + i])


@kernel
def find_outcome(m: Words, f: Reals, token: int, act: int, visit: int) -> int:
    """The outcome of a complete visit; 0: none, the next step follows."""
    outcomes, n = m[act + ACT_OUTCOMES], m[act + ACT_N_OUTCOMES]
    if n == 0:
        return 0
    if m[act + ACT_KIND] == FLOW:
        left = m[token + TOKEN_LEFT]
        for i in range(n):
            outcome = outcomes + OUTCOME_SIZE * i
            if (m[outcome + OUTCOME_NAME] == left) if left else (m[outcome + OUTCOME_P] == 0):
                return outcome
        return 0
    if not m[act + ACT_HAS_REST]:
        return 0  # done in place of a flow, it leaves under none of that flow's names
    case = m[token + TOKEN_CASE]
    if m[act + ACT_IS_FIXED]:
        return find_fixed(m, f, case, act, visit)
    shares = m[STACK] + (1 << 11)  # clear of what reading a number needs
    for i in range(n):
        f[shares + i] = share_of(m, f, case, outcomes + OUTCOME_SIZE * i)
    if n == 1:
        return outcomes
    u, _ = draw(m, case, m[act + ACT_OUTCOME_KEY], visit, OF_OUTCOME)
    return outcomes + OUTCOME_SIZE * choose(f, shares, n, u)


@kernel
def find_fixed(m: Words, f: Reals, case: int, act: int, visit: int) -> int:
    """The same where the probabilities never change, and have been cumulated beforehand."""
    outcome = m[act + ACT_OUTCOMES]
    last = outcome + OUTCOME_SIZE * (m[act + ACT_N_OUTCOMES] - 1)
    if outcome == last:
        return outcome
    u, _ = draw(m, case, m[act + ACT_OUTCOME_KEY], visit, OF_OUTCOME)
    while outcome < last and u >= f[outcome + OUTCOME_UP_TO]:
        outcome += OUTCOME_SIZE
    return outcome


@kernel
def share_of(m: Words, f: Reals, case: int, outcome: int) -> float:
    """The probability of an outcome now, after how often this case has taken it here; -1: the rest."""
    if m[outcome + OUTCOME_P] == 0:
        return -1.0
    times = m[case + m[outcome + OUTCOME_TAKEN_AT]]
    if m[outcome + OUTCOME_AT_MOST] >= 0 and times >= m[outcome + OUTCOME_AT_MOST]:
        return 0.0
    p = probability(m, f, m[outcome + OUTCOME_P], m[NOW], case)
    if times == 0 or f[outcome + OUTCOME_WEAKEN] == 1.0:  # most are so, and a power is dear
        return p
    return p * math.pow(f[outcome + OUTCOME_WEAKEN], float(times))


@kernel
def impatient(m: Words, f: Reals, token: int) -> int:
    target = m[m[m[token + TOKEN_ACT] + ACT_PATIENCE] + PATIENCE_TARGET]
    if m[target + TARGET_KIND] == TO_END:
        end_case(m, f, m[token + TOKEN_CASE], m[target + TARGET_NAME], 1)
        return OVER
    m[token + TOKEN_TARGET] = target
    return TURN


@kernel
def turn(m: Words, f: Reals, token: int) -> int:
    """Go where a target leads."""
    target, case = m[token + TOKEN_TARGET], m[token + TOKEN_CASE]
    kind = m[target + TARGET_KIND]
    m[token + TOKEN_N_ENTRY] = 0
    if kind == TO_NEXT:
        return NEXT_STEP
    if kind == TO_STEP:
        m[token + TOKEN_STEP] = m[target + TARGET_STEP]
        send_back(m, case, m[target + TARGET_STEP])
        return VISIT
    if kind == TO_END:
        end_case(m, f, case, m[target + TARGET_NAME], 0)
        return OVER
    if kind == TO_DO:
        return detour(m, f, token, m[target + TARGET_CALL])
    m[token + TOKEN_LEFT] = m[target + TARGET_NAME]
    return FLOW_ENDS


@kernel
def detour(m: Words, f: Reals, token: int, call: int) -> int:
    """Through a flow, and then back to the step; who finds it full goes where `when_full` says."""
    found = find_room(m, f, token, call, m[token + TOKEN_STEP], 0, 0)
    m[token + TOKEN_STAGE] = IN_DETOUR
    if found == ROOM_LATER:
        return STANDS
    if found == ROOM_FOUND:
        return IN_DETOUR
    m[token + TOKEN_TARGET] = m[call + CALL_WHEN_FULL]
    return TURN


@kernel
def in_detour(m: Words, token: int) -> int:
    m[token + TOKEN_CALL] = m[m[token + TOKEN_TARGET] + TARGET_CALL]
    m[token + TOKEN_STEP] = 0
    return WALK


@kernel
def flow_ends(m: Words, f: Reals, token: int) -> int:
    """A flow has ended, under the name in TOKEN_LEFT: back to what called it."""
    call, left = m[token + TOKEN_CALL], m[token + TOKEN_LEFT]
    role = m[call + CALL_ROLE]
    if role == R_ROOT:
        end_case(m, f, m[token + TOKEN_CASE], left if left else TEXT_DONE, 0)
        return OVER
    if role == R_BRANCH:
        leave_room(m, token, TEXT_DONE)
        parent = m[token + TOKEN_JOIN]
        drop_token(m, token)
        m[parent + TOKEN_N_BRANCHES] -= 1
        if m[parent + TOKEN_N_BRANCHES] == 0:
            m[parent + TOKEN_AGENDA] = m[AGENDA]
            m[AGENDA] = parent
        return STANDS
    leave_room(m, token, left if left else TEXT_DONE)
    step = m[call + CALL_STEP]
    m[token + TOKEN_STEP] = step
    m[token + TOKEN_CALL] = m[step + STEP_CALL]
    if role == R_DETOUR:
        return VISIT
    m[token + TOKEN_ACT] = m[call + CALL_ACT]
    log_step(m, token, E_COMPLETE, 0, left)
    return DONE
