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
    SELDOM,
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
    """Let a token run on from a stage, and its branches, until all stand or the case is over.

    The stages stand in the order in which they mostly follow each other, each asked for by itself: so a token
    falls from one into the next, and the compiler leaves out what is known not to be.
    """
    m[AGENDA] = 0
    case = m[token + TOKEN_CASE]
    while True:
        if stage == DONE:
            stage = done(m, f, token)
        if stage == TURN:
            stage = turn(m, f, token)
        if stage == NEXT_STEP:
            stage = next_step(m, token)
        if stage == FLOW_ENDS:
            stage = flow_ends(m, f, token)
        if stage == LIVE:
            stage = live(m, f, token)
        if stage == FIND_OWNER:
            stage = find_owner(m, f, token)
        if stage == BRANCHES:
            stage = live_branch(m, token)
        if stage == WALK:
            stage = walk(m, token)
        if stage == VISIT:
            stage = visit_step(m, f, token)
        if stage == ACT:
            stage = do_act(m, f, token)
        if stage == STANDS:
            token = m[AGENDA]
            if token == 0:
                return
            m[AGENDA] = m[token + TOKEN_AGENDA]
            stage = m[token + TOKEN_STAGE]
        elif stage == OVER:
            free_case(m, case)
            return
        elif stage >= SELDOM:
            stage = seldom(m, f, token, stage)


@kernel
def seldom(m: Words, f: Reals, token: int, stage: int) -> int:
    """The stages that most tokens do not come to."""
    if stage == TAKE:
        return take_environments(m, f, token)
    if stage == TAKEN:
        return taken(m, token)
    if stage == WAITED:
        return waited(m, token)
    if stage == IN_FLOW:
        return in_flow(m, token)
    if stage == JOINED:
        return joined(m, token)
    if stage == IN_DETOUR:
        return in_detour(m, token)
    if stage == OWNED:
        return owned(m, token)
    if stage == IMPATIENT:
        return impatient(m, f, token)
    if stage == RESUME:
        return resume(m, f, token)
    if stage == RESUME_OWNER:
        return resume_owner(m, f, token)
    return resumed_owned(m, f, token)


@kernel
def released(m: Words, token: int) -> None:
    """The token stands nowhere any more, and runs on."""
    m[token + TOKEN_STANDING] = STANDS_NOWHERE
    end_span(m, token)
