"""What a token does in compiled code: the life of a case, step by step, as a machine of stages.

The generators of the SimPy engine's `flow` stand at a `yield`; here a token remembers the stage at which it
goes on. Every use of a flow has its own call in the plan, and every call one step (or branch, or detour) that
makes it, so where a flow that ends leads back to needs no stack: the call knows.

Each function below carries out one stage and gives the next one. STANDS: the token stands somewhere now;
OVER: its case has ended; BRANCHES: others run on first.
"""

from __future__ import annotations

import math

from sim.engines.compiled_engine.calendars import add, next_opening
from sim.engines.compiled_engine.cases import (
    drop_token,
    end_case,
    end_with_successor,
    free_case,
    new_token,
    reach,
)
from sim.engines.compiled_engine.clock import pass_through, plan_item
from sim.engines.compiled_engine.layout import (
    ACT_AGAIN,
    ACT_AGAIN_SHARE,
    ACT_ALTERNATIVE,
    ACT_CALENDAR,
    ACT_CALLS,
    ACT_FALLS_BACK,
    ACT_GIVES,
    ACT_HAS_REST,
    ACT_IS_FIXED,
    ACT_KEY,
    ACT_KIND,
    ACT_N_CALLS,
    ACT_N_GIVES,
    ACT_N_OUTCOMES,
    ACT_N_PEOPLE,
    ACT_N_TAKES,
    ACT_OUTCOME_KEY,
    ACT_OUTCOMES,
    ACT_PATH,
    ACT_PATIENCE,
    ACT_TAKES,
    ACT_WAIT,
    ACT_WHY,
    ACT_WORK,
    AGENDA,
    ALT_ACT,
    ALT_SIZE,
    ALT_WHEN,
    AT_COMPLETED,
    AT_FELL_FROM,
    AT_VISITS,
    CALL_ACT,
    CALL_FIRST,
    CALL_FLOW,
    CALL_PATH,
    CALL_ROLE,
    CALL_STEP,
    CALL_WHEN_FULL,
    CASE_OWNER,
    CASE_SERIAL,
    CASE_TYPE,
    E_COMPLETE,
    E_ENQUEUE,
    E_ENTER,
    E_HOLD,
    E_OUTCOME,
    E_OWN,
    E_TURNED_AWAY,
    ENDS,
    ENV_LINE,
    ENV_NAME,
    ENV_OFFSET,
    FLOW_LINE,
    HELD_BY,
    HELD_UNIT,
    I_WAIT,
    I_WORK_PATIENCE,
    KEEPS_LOG,
    NOW,
    OUTCOME_AT_MOST,
    OUTCOME_NAME,
    OUTCOME_P,
    OUTCOME_SIZE,
    OUTCOME_TAKEN_AT,
    OUTCOME_TARGET,
    OUTCOME_UP_TO,
    OUTCOME_WEAKEN,
    PATIENCE,
    PATIENCE_TARGET,
    R_BRANCH,
    R_DETOUR,
    R_ROOT,
    SPAN_DATE,
    SPAN_OUTSIDE,
    STACK,
    STANDS_AT_WORK,
    STANDS_IN_WAIT,
    STANDS_NOWHERE,
    STEP_ACT,
    STEP_ALTS,
    STEP_AT,
    STEP_CALL,
    STEP_INDEX,
    STEP_N_ALTS,
    STEP_NEXT,
    STEP_PATH,
    STEP_WHEN,
    TARGET_CALL,
    TARGET_KIND,
    TARGET_NAME,
    TARGET_STEP,
    TEAM_NAME,
    TEAM_OWNERS,
    TEXT_DONE,
    TEXT_FALLS_BACK,
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
    TOKEN_NUMBER,
    TOKEN_REF,
    TOKEN_ROOMS,
    TOKEN_STAGE,
    TOKEN_STANDING,
    TOKEN_STEP,
    TOKEN_TAKEN,
    TOKEN_TARGET,
    TYPE_CALL,
    TYPE_OWNER_TEAM,
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
from sim.engines.compiled_engine.luck import (
    choose,
    draw,
    holds,
    probability,
    read,
    ticks,
    to_ticks,
)
from sim.engines.compiled_engine.memory import Reals, Words, kernel
from sim.engines.compiled_engine.patience import patience_end, token_key1, token_key2
from sim.engines.compiled_engine.queues import account_queue, join_queues, team_of
from sim.engines.compiled_engine.recorder import (
    begin_span,
    complete_step,
    end_span,
    enter_step,
    log,
    send_back,
)
from sim.engines.compiled_engine.rooms import claim, give_back, has_room, hold, join_line, leave_room
from sim.plan.arrays import ActKind, TargetKind
from sim.randomness import Purpose

(
    LIVE,
    FIND_OWNER,
    OWNED,
    WALK,
    VISIT,
    NEXT_STEP,
    TAKE,
    TAKEN,
    ACT,
    WAITED,
    IN_FLOW,
    JOINED,
    DONE,
    IMPATIENT,
    TURN,
    IN_DETOUR,
    FLOW_ENDS,
    RESUME,
    RESUME_OWNER,
    RESUME_OWNED,
    STANDS,
    OVER,
    BRANCHES,
) = range(23)

WORK, WAIT, UNTIL, FLOW = int(ActKind.WORK), int(ActKind.WAIT), int(ActKind.UNTIL), int(ActKind.FLOW)
FORK, MILESTONE, SKIP = int(ActKind.FORK), int(ActKind.MILESTONE), int(ActKind.SKIP)
TO_NEXT, TO_STEP, TO_END = int(TargetKind.NEXT), int(TargetKind.GO_TO), int(TargetKind.END)
TO_LEAVE, TO_DO = int(TargetKind.LEAVE), int(TargetKind.DO)
OF_WORK, OF_WAIT, OF_OUTCOME = int(Purpose.WORK), int(Purpose.WAIT), int(Purpose.OUTCOME)
OF_FALL_BACK = int(Purpose.FALL_BACK)
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


# -- the beginning


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


# -- room


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


# -- a visit


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
    pass_through(m, m[case + CASE_SERIAL], m[act + ACT_PATH])
    at = at_step(m, token)
    m[at + AT_VISITS] += 1
    m[at + AT_FELL_FROM] = 0
    enter_step(m, case, step, m[at + AT_VISITS])
    log_step(m, token, E_ENTER, 0, m[act + ACT_ALTERNATIVE])
    m[token + TOKEN_ACT], m[token + TOKEN_TAKEN] = act, 0
    return TAKE


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


# -- when what is done at a step is done


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


# -- running on


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
