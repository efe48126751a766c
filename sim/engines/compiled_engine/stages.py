"""The stages at which a token goes on, and what each of them needs: the step it is at, and room in a flow.

The generators of the SimPy engine's `flow` stand at a `yield`; here a token remembers its stage. A function
carries out one and gives the next. STANDS: the token stands somewhere now; OVER: its case has ended;
BRANCHES: others run on first. The functions stand by subject in `beginnings`, `visits`, `acts` and
`outcomes`; `flow` calls them in turn.
"""

from __future__ import annotations

from sim.engines.compiled_engine.layout import (
    AT_VISITS,
    CALL_FLOW,
    CALL_PATH,
    CALL_WHEN_FULL,
    E_TURNED_AWAY,
    FLOW_LINE,
    KEEPS_LOG,
    STEP_AT,
    STEP_PATH,
    TOKEN_CASE,
    TOKEN_NUMBER,
    TOKEN_STEP,
)
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.engines.compiled_engine.recorder import log
from sim.engines.compiled_engine.rooms import claim, has_room, join_line

(
    DONE,
    TURN,
    NEXT_STEP,
    FLOW_ENDS,
    LIVE,
    FIND_OWNER,
    BRANCHES,
    WALK,
    VISIT,
    ACT,
    STANDS,
    OVER,
    TAKE,
    TAKEN,
    WAITED,
    IN_FLOW,
    JOINED,
    IN_DETOUR,
    OWNED,
    IMPATIENT,
    RESUME,
    RESUME_OWNER,
    RESUME_OWNED,
) = range(23)
SELDOM = TAKE  # from here on: where most tokens do not come to

ROOM_FOUND, ROOM_TURNED, ROOM_LATER = range(3)


@kernel
def at_step(m: Words, token: int) -> int:
    """Where the case keeps what it knows of the step its token is at."""
    return m[token + TOKEN_CASE] + m[m[token + TOKEN_STEP] + STEP_AT]


@kernel
def visit_of(m: Words, token: int) -> int:
    return m[at_step(m, token) + AT_VISITS]


@kernel
def log_step(m: Words, token: int, event: int, team: int, info: int) -> None:
    if not m[KEEPS_LOG]:
        return
    path = m[m[token + TOKEN_STEP] + STEP_PATH]
    number, visit = m[token + TOKEN_NUMBER], visit_of(m, token)
    log(m, m[token + TOKEN_CASE], event, number, path, visit, team, 0, 0, 0, info)


@kernel
def find_room(m: Words, f: Reals, token: int, call: int, step: int, act: int, visit: int) -> int:
    """Enter a flow; wait for room if it has a limit, or be turned away."""
    flow = m[call + CALL_FLOW]
    line = m[flow + FLOW_LINE]
    if line == 0:
        claim(m, token, flow)
        return ROOM_FOUND
    if m[call + CALL_WHEN_FULL]:
        if has_room(m, f, line, token):
            claim(m, token, flow)
            return ROOM_FOUND
        case, number = m[token + TOKEN_CASE], m[token + TOKEN_NUMBER]
        log(m, case, E_TURNED_AWAY, number, m[call + CALL_PATH], visit, 0, 0, 0, 0, 0)
        return ROOM_TURNED
    join_line(m, f, line, token, step, act, visit)
    return ROOM_LATER
