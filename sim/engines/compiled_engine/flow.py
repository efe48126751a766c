"""Running on: a token goes from stage to stage, and its branches, until all stand or the case is over.

What each stage does stands in `beginnings`, `visits`, `acts` and `outcomes`.
"""

from __future__ import annotations

from sim.engines.compiled_engine.acts import do_act, in_flow, joined, live_branch, waited
from sim.engines.compiled_engine.beginnings import (
    find_owner,
    live,
    owned,
    resume,
    resume_owner,
    resumed_owned,
    walk,
)
from sim.engines.compiled_engine.cases import free_case
from sim.engines.compiled_engine.layout import (
    AGENDA,
    STANDS_NOWHERE,
    TOKEN_AGENDA,
    TOKEN_CASE,
    TOKEN_STAGE,
    TOKEN_STANDING,
)
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.engines.compiled_engine.outcomes import done, flow_ends, impatient, in_detour, turn
from sim.engines.compiled_engine.recorder import end_span
from sim.engines.compiled_engine.stages import (
    ACT,
    BRANCHES,
    DONE,
    FIND_OWNER,
    FLOW_ENDS,
    IMPATIENT,
    IN_DETOUR,
    IN_FLOW,
    JOINED,
    LIVE,
    NEXT_STEP,
    OVER,
    OWNED,
    RESUME,
    RESUME_OWNER,
    STANDS,
    TAKE,
    TAKEN,
    TURN,
    VISIT,
    WAITED,
    WALK,
)
from sim.engines.compiled_engine.visits import next_step, take_environments, taken, visit_step


@kernel
def go_on(m: Words, f: Reals, token: int, stage: int) -> None:
    """Let a token run on from a stage, and its branches, until all stand or the case is over."""
    m[AGENDA] = 0
    case = m[token + TOKEN_CASE]
    while True:
        if stage == VISIT:
            stage = visit_step(m, f, token)
        elif stage == TAKE:
            stage = take_environments(m, f, token)
        elif stage == ACT:
            stage = do_act(m, f, token)
        elif stage == DONE:
            stage = done(m, f, token)
        elif stage == NEXT_STEP:
            stage = next_step(m, token)
        elif stage == TURN:
            stage = turn(m, f, token)
        elif stage == FLOW_ENDS:
            stage = flow_ends(m, f, token)
        elif stage == WALK:
            stage = walk(m, token)
        elif stage == STANDS:
            token = m[AGENDA]
            if token == 0:
                return
            m[AGENDA] = m[token + TOKEN_AGENDA]
            stage = m[token + TOKEN_STAGE]
        elif stage == OVER:
            free_case(m, case)
            return
        elif stage == LIVE:
            stage = live(m, f, token)
        elif stage == FIND_OWNER:
            stage = find_owner(m, f, token)
        elif stage == OWNED:
            stage = owned(m, token)
        elif stage == TAKEN:
            stage = taken(m, token)
        elif stage == WAITED:
            stage = waited(m, token)
        elif stage == IN_FLOW:
            stage = in_flow(m, token)
        elif stage == BRANCHES:
            stage = live_branch(m, token)
        elif stage == JOINED:
            stage = joined(m, token)
        elif stage == IMPATIENT:
            stage = impatient(m, f, token)
        elif stage == IN_DETOUR:
            stage = in_detour(m, token)
        elif stage == RESUME:
            stage = resume(m, f, token)
        elif stage == RESUME_OWNER:
            stage = resume_owner(m, f, token)
        else:
            stage = resumed_owned(m, f, token)


@kernel
def released(m: Words, token: int) -> None:
    """The token stands nowhere any more, and runs on."""
    m[token + TOKEN_STANDING] = STANDS_NOWHERE
    end_span(m, token)
