"""How a case begins to flow: room, an owner, its first step; also when its patience sends it to a step.

What it does at a step stands in `visits` and `acts`; the record of a case and its end, in `cases`.
"""

from __future__ import annotations

from sim.engines.compiled_engine.cases import end_case
from sim.engines.compiled_engine.layout import (
    ACT_CALLS,
    CALL_FIRST,
    CALL_FLOW,
    CALL_WHEN_FULL,
    CASE_OWNER,
    CASE_TYPE,
    E_OWN,
    STEP_ACT,
    TARGET_NAME,
    TARGET_STEP,
    TEAM_NAME,
    TEAM_OWNERS,
    TEXT_NONE,
    TOKEN_CALL,
    TOKEN_CASE,
    TOKEN_ENTRY,
    TOKEN_LEFT,
    TOKEN_N_ENTRY,
    TOKEN_ROOMS,
    TOKEN_STAGE,
    TOKEN_STEP,
    TOKEN_TARGET,
    TYPE_CALL,
    TYPE_OWNER_TEAM,
)
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.engines.compiled_engine.recorder import log, send_back
from sim.engines.compiled_engine.rooms import claim, join_line
from sim.engines.compiled_engine.stages import (
    FIND_OWNER,
    FLOW_ENDS,
    OVER,
    OWNED,
    RESUME_OWNED,
    RESUME_OWNER,
    ROOM_LATER,
    ROOM_TURNED,
    STANDS,
    VISIT,
    WALK,
    find_room,
)


@kernel
def live(m: Words, f: Reals, token: int) -> int:
    case = m[token + TOKEN_CASE]
    call = m[m[case + CASE_TYPE] + TYPE_CALL]
    m[token + TOKEN_CALL] = call
    m[token + TOKEN_STEP] = 0
    n = m[token + TOKEN_N_ENTRY]
    if n:
        # who is there from the beginning is inside every flow around its step, full or not
        claim(m, token, m[call + CALL_FLOW])
        for i in range(n - 1):
            act = m[m[m[token + TOKEN_ENTRY] + i] + STEP_ACT]
            claim(m, token, m[m[m[act + ACT_CALLS]] + CALL_FLOW])
        return FIND_OWNER
    found = find_room(m, f, token, call, 0, 0, 0)
    if found == ROOM_TURNED:
        end_case(m, f, case, m[m[call + CALL_WHEN_FULL] + TARGET_NAME], 0)
        return OVER
    if found == ROOM_LATER:
        m[token + TOKEN_STAGE] = FIND_OWNER
        return STANDS
    return FIND_OWNER


@kernel
def find_owner(m: Words, f: Reals, token: int) -> int:
    team = m[m[m[token + TOKEN_CASE] + CASE_TYPE] + TYPE_OWNER_TEAM]
    if team == 0:
        return WALK
    join_line(m, f, m[team + TEAM_OWNERS], token, 0, 0, 0)
    m[token + TOKEN_STAGE] = OWNED
    return STANDS


@kernel
def owned(m: Words, token: int) -> int:
    case = m[token + TOKEN_CASE]
    team = m[m[case + CASE_TYPE] + TYPE_OWNER_TEAM]
    log(m, case, E_OWN, 0, 0, 0, m[team + TEAM_NAME], m[case + CASE_OWNER] + 1, 0, 0, 0)
    return WALK


@kernel
def walk(m: Words, token: int) -> int:
    """Enter the first step of a flow, or the one that the token has been set to."""
    if m[token + TOKEN_N_ENTRY]:
        m[token + TOKEN_STEP] = m[m[token + TOKEN_ENTRY]]
    elif m[token + TOKEN_STEP] == 0:
        m[token + TOKEN_STEP] = m[m[token + TOKEN_CALL] + CALL_FIRST]
    if m[token + TOKEN_STEP] == 0:
        m[token + TOKEN_LEFT] = TEXT_NONE
        return FLOW_ENDS
    return VISIT


@kernel
def resume(m: Words, f: Reals, token: int) -> int:
    """A case whose patience sent it to a step of its own flow (in TOKEN_TARGET)."""
    call = m[m[m[token + TOKEN_CASE] + CASE_TYPE] + TYPE_CALL]
    m[token + TOKEN_CALL], m[token + TOKEN_STEP], m[token + TOKEN_N_ENTRY] = call, 0, 0
    m[token + TOKEN_STAGE] = RESUME_OWNER
    if m[token + TOKEN_ROOMS] == 0 and find_room(m, f, token, call, 0, 0, 0) == ROOM_LATER:
        return STANDS
    return RESUME_OWNER


@kernel
def resume_owner(m: Words, f: Reals, token: int) -> int:
    """Then an owner, if it has none yet, and to that step."""
    case = m[token + TOKEN_CASE]
    step = m[m[token + TOKEN_TARGET] + TARGET_STEP]
    if m[case + CASE_OWNER] < 0 and m[m[case + CASE_TYPE] + TYPE_OWNER_TEAM]:
        join_line(m, f, m[m[m[case + CASE_TYPE] + TYPE_OWNER_TEAM] + TEAM_OWNERS], token, 0, 0, 0)
        m[token + TOKEN_STAGE] = RESUME_OWNED
        return STANDS
    send_back(m, case, step)
    m[token + TOKEN_STEP] = step
    return WALK


@kernel
def resumed_owned(m: Words, f: Reals, token: int) -> int:
    owned(m, token)
    return resume_owner(m, f, token)
