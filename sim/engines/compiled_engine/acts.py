"""What is done at a step: work, a wait, another flow, a fork, a milestone, an end.

Here work is drawn and put into its queue; who does it and when, `dispatch` decides. What follows when it is
done is for `outcomes`.
"""

from __future__ import annotations

from sim.engines.compiled_engine.calendars import add, next_opening
from sim.engines.compiled_engine.cases import end_with_successor, new_token, reach
from sim.engines.compiled_engine.clock import plan_item
from sim.engines.compiled_engine.layout import (
    ACT_AGAIN,
    ACT_AGAIN_SHARE,
    ACT_CALENDAR,
    ACT_CALLS,
    ACT_KEY,
    ACT_KIND,
    ACT_N_CALLS,
    ACT_N_PEOPLE,
    ACT_PATH,
    ACT_PATIENCE,
    ACT_WAIT,
    ACT_WHY,
    ACT_WORK,
    AGENDA,
    CALL_FLOW,
    CALL_WHEN_FULL,
    E_COMPLETE,
    E_ENQUEUE,
    ENDS,
    I_WAIT,
    I_WORK_PATIENCE,
    NOW,
    PATIENCE,
    SPAN_DATE,
    SPAN_OUTSIDE,
    STANDS_AT_WORK,
    STANDS_IN_WAIT,
    STEP_INDEX,
    TARGET_KIND,
    TARGET_NAME,
    TEAM_NAME,
    TEXT_NONE,
    TOKEN_ACT,
    TOKEN_AGENDA,
    TOKEN_CALL,
    TOKEN_CASE,
    TOKEN_ENTRY,
    TOKEN_JOIN,
    TOKEN_LEFT,
    TOKEN_N_BRANCHES,
    TOKEN_N_ENTRY,
    TOKEN_REF,
    TOKEN_STAGE,
    TOKEN_STANDING,
    TOKEN_STEP,
    TOKEN_TARGET,
    WORK_ACT,
    WORK_BATCH,
    WORK_ENQUEUED,
    WORK_ENTRIES,
    WORK_IS_JOINT,
    WORK_LEFT,
    WORK_MS,
    WORK_PATIENCE,
    WORK_PERSON,
    WORK_STRETCH,
    WORK_TOGETHER,
    WORK_VISIT,
)
from sim.engines.compiled_engine.luck import draw, probability, read, ticks, to_ticks
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.engines.compiled_engine.patience import patience_end, token_key1, token_key2
from sim.engines.compiled_engine.queues import account_queue, join_queues, team_of
from sim.engines.compiled_engine.recorder import begin_span
from sim.engines.compiled_engine.rooms import claim
from sim.engines.compiled_engine.stages import (
    BRANCHES,
    DONE,
    IN_FLOW,
    JOINED,
    OVER,
    ROOM_FOUND,
    ROOM_LATER,
    STANDS,
    TURN,
    WAITED,
    WALK,
    find_room,
    log_step,
    visit_of,
)
from sim.plan.arrays import ActKind, TargetKind
from sim.randomness import Purpose

WORK = int(ActKind.WORK)
WAIT = int(ActKind.WAIT)
UNTIL = int(ActKind.UNTIL)
FLOW = int(ActKind.FLOW)
FORK = int(ActKind.FORK)
MILESTONE = int(ActKind.MILESTONE)
TO_LEAVE = int(TargetKind.LEAVE)
OF_WORK = int(Purpose.WORK)
OF_WAIT = int(Purpose.WAIT)


@kernel
def do_act(m: Words, f: Reals, token: int) -> int:
    kind = m[m[token + TOKEN_ACT] + ACT_KIND]
    if kind == WORK:
        return do_work(m, f, token)
    if kind in (WAIT, UNTIL):
        return wait(m, f, token)
    if kind == FLOW:
        return do_flow(m, f, token)
    if kind == FORK:
        return fork(m, token)
    act, step, visit = m[token + TOKEN_ACT], m[token + TOKEN_STEP], visit_of(m, token)
    if kind == MILESTONE:
        reach(m, token, step, visit, act)
        m[token + TOKEN_LEFT] = TEXT_NONE
        return DONE
    end_with_successor(m, f, token, step, visit, act)
    return OVER


@kernel
def do_work(m: Words, f: Reals, token: int) -> int:
    """Into the queue of a team; the token goes on when the work is complete, or given up."""
    act, case, visit = m[token + TOKEN_ACT], m[token + TOKEN_CASE], visit_of(m, token)
    work = token
    m[work + WORK_VISIT] = visit
    m[work + WORK_MS] = draw_work(m, f, case, visit, act)
    prepare_work(m, work)
    log_step(m, token, E_ENQUEUE, m[team_of(m, act) + TEAM_NAME], 0)
    m[token + TOKEN_STANDING], m[token + TOKEN_REF] = STANDS_AT_WORK, work
    m[token + TOKEN_STAGE] = DONE
    m[token + TOKEN_LEFT] = TEXT_NONE
    join_queues(m, f, work)
    account_queue(m, f, work)
    if m[act + ACT_PATIENCE]:
        at = patience_end(m, f, token, act, visit)
        key1, key2 = token_key1(m, PATIENCE, token), token_key2(m, token)
        m[work + WORK_PATIENCE] = plan_item(m, at, key1, key2, I_WORK_PATIENCE, work, m[act + ACT_PATH])
    return STANDS


@kernel
def prepare_work(m: Words, work: int) -> None:
    m[work + WORK_LEFT] = m[work + WORK_MS]
    m[work + WORK_ENQUEUED] = m[NOW]
    m[work + WORK_BATCH] = 0
    m[work + WORK_PERSON] = -1
    m[work + WORK_PATIENCE] = 0
    m[work + WORK_STRETCH] = 0
    m[work + WORK_ENTRIES] = 0
    m[work + WORK_IS_JOINT] = 1 if m[m[work + WORK_ACT] + ACT_N_PEOPLE] > 1 else 0
    m[work + WORK_TOGETHER] = 0


@kernel
def draw_work(m: Words, f: Reals, case: int, visit: int, act: int) -> int:
    """How much work this visit is [ms]."""
    u, v = draw(m, case, m[act + ACT_KEY], visit, OF_WORK)
    if visit > 1 and m[act + ACT_AGAIN]:
        return ticks(m, f, m[act + ACT_AGAIN], m[NOW], case, u, v)
    if visit > 1 and m[act + ACT_AGAIN_SHARE]:
        share = probability(m, f, m[act + ACT_AGAIN_SHARE], m[NOW], case)
        return to_ticks(share * read(m, f, m[act + ACT_WORK], m[NOW], case, u, v))
    return ticks(m, f, m[act + ACT_WORK], m[NOW], case, u, v)


@kernel
def wait(m: Words, f: Reals, token: int) -> int:
    """A wait for something outside, or until a calendar opens."""
    act, case, now = m[token + TOKEN_ACT], m[token + TOKEN_CASE], m[NOW]
    calendar = m[act + ACT_CALENDAR]
    if m[act + ACT_KIND] == UNTIL:
        end, state = next_opening(m, calendar, now), SPAN_DATE
    else:
        u, v = draw(m, case, m[act + ACT_KEY], visit_of(m, token), OF_WAIT)
        ms, state = ticks(m, f, m[act + ACT_WAIT], now, case, u, v), SPAN_OUTSIDE
        end = add(m, calendar, now, ms) if calendar else now + ms
    if end <= now:
        return WAITED
    begin_span(m, token, state, m[m[token + TOKEN_STEP] + STEP_INDEX], -1, -1, 0, 0)
    key1, key2 = token_key1(m, ENDS, token), token_key2(m, token)
    item = plan_item(m, end, key1, key2, I_WAIT, token, m[act + ACT_PATH])
    m[token + TOKEN_STANDING], m[token + TOKEN_REF] = STANDS_IN_WAIT, item
    m[token + TOKEN_STAGE] = WAITED
    return STANDS


@kernel
def waited(m: Words, token: int) -> int:
    log_step(m, token, E_COMPLETE, 0, m[m[token + TOKEN_ACT] + ACT_WHY])
    m[token + TOKEN_LEFT] = TEXT_NONE
    return DONE


@kernel
def do_flow(m: Words, f: Reals, token: int) -> int:
    """Through another flow."""
    act, step = m[token + TOKEN_ACT], m[token + TOKEN_STEP]
    call = m[m[act + ACT_CALLS]]
    if m[token + TOKEN_N_ENTRY] > 1:
        m[token + TOKEN_N_ENTRY] -= 1
        m[token + TOKEN_ENTRY] += 1
        return IN_FLOW
    m[token + TOKEN_N_ENTRY] = 0
    found = find_room(m, f, token, call, step, act, visit_of(m, token))
    if found == ROOM_LATER:
        m[token + TOKEN_STAGE] = IN_FLOW
        return STANDS
    if found == ROOM_FOUND:
        return IN_FLOW
    target = m[call + CALL_WHEN_FULL]
    if m[target + TARGET_KIND] == TO_LEAVE:  # who is turned away so has left that flow
        m[token + TOKEN_LEFT] = m[target + TARGET_NAME]
        return DONE
    m[token + TOKEN_TARGET] = target
    return TURN


@kernel
def in_flow(m: Words, token: int) -> int:
    m[token + TOKEN_CALL] = m[m[m[token + TOKEN_ACT] + ACT_CALLS]]
    m[token + TOKEN_STEP] = 0
    return WALK


@kernel
def fork(m: Words, token: int) -> int:
    """Into parallel branches, each a token of its own, and on when the last has come to the join."""
    act, case = m[token + TOKEN_ACT], m[token + TOKEN_CASE]
    n = m[act + ACT_N_CALLS]
    m[token + TOKEN_N_BRANCHES] = n
    m[token + TOKEN_STAGE] = JOINED
    if n == 0:
        return JOINED
    first, last = 0, 0
    for i in range(n):
        branch = new_token(m, case)
        m[branch + TOKEN_JOIN] = token
        m[branch + TOKEN_CALL] = m[m[act + ACT_CALLS] + i]
        m[branch + TOKEN_STAGE] = BRANCHES
        if last:
            m[last + TOKEN_AGENDA] = branch
        else:
            first = branch
        last = branch
    m[last + TOKEN_AGENDA] = m[AGENDA]
    m[AGENDA] = first
    return STANDS


@kernel
def live_branch(m: Words, token: int) -> int:
    claim(m, token, m[m[token + TOKEN_CALL] + CALL_FLOW])  # a flow of one step, which has no limit
    return WALK


@kernel
def joined(m: Words, token: int) -> int:
    log_step(m, token, E_COMPLETE, 0, 0)
    m[token + TOKEN_LEFT] = TEXT_NONE
    return DONE
