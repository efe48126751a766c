"""The loop: takes the smallest pending item, carries it out to its end, and looks again.

`run_task` is the one function that Python calls.
"""

from __future__ import annotations

from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.acts import prepare_work
from sim.engines.compiled_engine.arrivals import plan_arrival
from sim.engines.compiled_engine.calendars import open_before
from sim.engines.compiled_engine.cases import (
    arrive,
    cancel,
    close_open_case,
    drop_token,
    end_case,
    free_case,
    new_case,
    new_token,
)
from sim.engines.compiled_engine.clock import comes_next, plan_dispatch, remove_first
from sim.engines.compiled_engine.dispatch import dispatch, is_in_vain
from sim.engines.compiled_engine.flow import go_on, released
from sim.engines.compiled_engine.layout import (
    ACT_KEY,
    ACT_PATH,
    ACT_WORK,
    BATCH_ACT,
    BEGIN,
    BUSINESS,
    CAPACITY,
    CASE_FIRST,
    CASE_PATIENCE_ITEM,
    CASE_PATIENCE_LEFT,
    CASE_TYPE,
    E_ARRIVE,
    E_COMPLETE,
    E_DROP,
    E_ENQUEUE,
    E_LEAVE,
    E_PAUSE,
    END,
    ENV_LINE,
    ENV_UNITS,
    FINISHED,
    GO_ON,
    HEAP,
    HEAP_SIZE,
    I_ARRIVAL,
    I_BATCH,
    I_CASE_PATIENCE,
    I_LINE_CHANGED,
    I_STRETCH,
    I_SUCCESSOR,
    I_TEAM,
    I_TEAM_CHANGE,
    I_UNIT,
    I_WAIT,
    I_WORK_PATIENCE,
    INITIAL,
    ITEM_CLASS,
    ITEM_KEY1,
    ITEM_KEY2,
    ITEM_KIND,
    ITEM_MORE,
    ITEM_REF,
    LINE_PENDING,
    N_SOURCES,
    NOW,
    OPEN_CASES,
    PATIENCE_TARGET,
    PAUSED,
    PEND_IS_IN,
    PEND_KIND,
    PEND_NEXT,
    PEND_REF,
    PENDING,
    PLACE_PATIENCE,
    PLACE_TOKEN,
    PLAIN_CLASS,
    RESERVE,
    ROOM_BELOW,
    RUNNING,
    SOURCE_ACT,
    SOURCE_GIVEN,
    SOURCE_NUMBER,
    SOURCE_TEAM,
    SOURCE_TYPE,
    SOURCES,
    SPAN_PAUSED,
    STEP_INDEX,
    STEP_PATH,
    STOP,
    STRETCH_CLASS,
    STRETCH_FIRST,
    STRETCH_IS_OVER,
    STRETCH_MS,
    STRETCH_PEOPLE,
    TARGET_KIND,
    TARGET_NAME,
    TEAM_FIRST,
    TEAM_NAME,
    TEAM_PENDING,
    TEXT_ABANDONED,
    TEXT_DONE,
    TOKEN_NEXT,
    TOKEN_NUMBER,
    TOKEN_REF,
    TOKEN_ROOMS,
    TOKEN_STAGE,
    TOKEN_TARGET,
    TOP,
    TYPE_N_TRAITS,
    TYPE_PATIENCE,
    WORK_ACT,
    WORK_CASE,
    WORK_ENQUEUED,
    WORK_LEFT,
    WORK_MS,
    WORK_PATIENCE,
    WORK_PERSON,
    WORK_STEP,
    WORK_STRETCH,
    WORK_TOGETHER,
    WORK_VISIT,
)
from sim.engines.compiled_engine.luck import draw, ticks
from sim.engines.compiled_engine.memory import Reals, Words, give, kernel, question, reals_at, words_at
from sim.engines.compiled_engine.patience import begun
from sim.engines.compiled_engine.queues import enter_queues, join_queues, judge_batch, leave_queues, team_of
from sim.engines.compiled_engine.recorder import begin_span, end_span, log, log_case
from sim.engines.compiled_engine.rooms import leave_line, leave_room, line_changed, next_in_line, take_room
from sim.engines.compiled_engine.stages import DONE, IMPATIENT, LIVE, RESUME, log_step
from sim.engines.compiled_engine.work import free_people, log_people
from sim.plan.arrays import TargetKind
from sim.randomness import Purpose

TO_STEP, TO_DONE = int(TargetKind.GO_TO), int(TargetKind.DONE)
OF_WORK = int(Purpose.WORK)


@kernel
def begin_run(m: Words, f: Reals) -> None:
    """Plan what is known beforehand: changes of size, and the first arrival of each source."""
    change = m[INITIAL]
    while m[change] >= 0 and not m[STOP]:
        plan_dispatch(m, m[change], m[change + 1], m[change + 2], m[change + 3], 0)
        change += 4
    for i in range(m[N_SOURCES]):
        plan_arrival(m, f, m[m[SOURCES] + i])


@kernel
def other_work(m: Words, f: Reals, source: int, number: int) -> None:
    """One piece of everybody else's work for a team."""
    act = m[source + SOURCE_ACT]
    case = new_case(m, f, source, number, 0, 0, m[PLAIN_CLASS])
    token = new_token(m, case)
    log_case(m, case, E_ARRIVE, 0, 0)
    u, v = draw(m, case, m[act + ACT_KEY], 1, OF_WORK)
    work = token
    m[work + WORK_ACT], m[work + WORK_STEP], m[work + WORK_VISIT] = act, 0, 1
    m[work + WORK_MS] = ticks(m, f, m[act + ACT_WORK], m[NOW], case, u, v)
    prepare_work(m, work)
    log(m, case, E_ENQUEUE, 0, m[act + ACT_PATH], 1, m[m[source + SOURCE_TEAM] + TEAM_NAME], 0, 0, 0, 0)
    join_queues(m, f, work)


@kernel
def let_arrive(m: Words, f: Reals, source: int) -> None:
    number, case_type = m[source + SOURCE_NUMBER], m[source + SOURCE_TYPE]
    if case_type == 0:
        other_work(m, f, source, number)
    else:
        n = m[case_type + TYPE_N_TRAITS] if m[source + SOURCE_GIVEN] else 0
        given = m[source + SOURCE_GIVEN] + (number - 1) * n
        go_on(m, f, arrive(m, f, source, number, 0, case_type, given, n), LIVE)
    plan_arrival(m, f, source)


@kernel
def end_stretch(m: Words, f: Reals, stretch: int) -> None:
    """A stretch has ended: its work is complete, or pauses until its next slice."""
    leader, ms = m[stretch + STRETCH_FIRST], m[stretch + STRETCH_MS]
    complete = 1 if m[leader + WORK_LEFT] == ms else 0
    m[stretch + STRETCH_IS_OVER] = 1
    free_people(m, stretch, leader, complete)
    while m[stretch + STRETCH_FIRST] and not m[STOP]:
        work = m[stretch + STRETCH_FIRST]
        m[stretch + STRETCH_FIRST] = m[work + WORK_TOGETHER]
        m[work + WORK_STRETCH] = 0
        m[work + WORK_LEFT] -= ms
        if complete:
            complete_work(m, f, work, stretch)
        else:
            pause_work(m, f, work, stretch)
    give(m, stretch, m[stretch + STRETCH_CLASS])


@kernel
def pause_work(m: Words, f: Reals, work: int, stretch: int) -> None:
    log_people(m, work, stretch, E_PAUSE, m[work + WORK_LEFT])
    m[work + WORK_PERSON] = m[stretch + STRETCH_PEOPLE + 1]
    m[work + WORK_ENQUEUED] = m[NOW]
    if m[m[work + WORK_CASE] + CASE_TYPE]:
        step = m[m[work + WORK_STEP] + STEP_INDEX]
        begin_span(m, work, SPAN_PAUSED, step, -1, -1, 0, 0)
    enter_queues(m, f, work)


@kernel
def complete_work(m: Words, f: Reals, work: int, stretch: int) -> None:
    log_people(m, work, stretch, E_COMPLETE, m[work + WORK_MS])
    case, token = m[work + WORK_CASE], work
    begun(m, case, -1)
    if m[case + CASE_TYPE] == 0:
        log_case(m, case, E_LEAVE, 0, 0)
        drop_token(m, token)
        free_case(m, case)
    else:
        released(m, token)
        go_on(m, f, token, DONE)


@kernel
def let_in(m: Words, f: Reals, line: int) -> None:
    """Let in whom there is room for, one after the other, each as far as it goes."""
    m[line + LINE_PENDING] = 0
    place = next_in_line(m, f, line)
    while place and not m[STOP]:
        token = m[place + PLACE_TOKEN]
        leave_line(m, place)
        take_room(m, f, line, token)
        released(m, token)
        go_on(m, f, token, m[token + TOKEN_STAGE])
        place = next_in_line(m, f, line)


@kernel
def lose_patience(m: Words, f: Reals, case: int) -> None:
    """A case has waited enough: it ends, or drops all it does and goes to a step."""
    target = m[m[m[case + CASE_TYPE] + TYPE_PATIENCE] + PATIENCE_TARGET]
    m[case + CASE_PATIENCE_ITEM], m[case + CASE_PATIENCE_LEFT] = 0, -1
    log_case(m, case, E_DROP, 0, 0)
    if m[target + TARGET_KIND] != TO_STEP:
        outcome = m[target + TARGET_NAME] if m[target + TARGET_NAME] else TEXT_ABANDONED
        if m[target + TARGET_KIND] == TO_DONE:
            outcome = TEXT_DONE
        end_case(m, f, case, outcome, 1)
        free_case(m, case)
        return
    token = m[case + CASE_FIRST]
    while token:
        cancel(m, f, token)
        end_span(m, token)
        while m[token + TOKEN_ROOMS] and (m[token + TOKEN_NUMBER] or m[m[token + TOKEN_ROOMS] + ROOM_BELOW]):
            leave_room(m, token, TEXT_ABANDONED)
        following = m[token + TOKEN_NEXT]
        if m[token + TOKEN_NUMBER]:
            drop_token(m, token)
        token = following
    root = m[case + CASE_FIRST]
    m[root + TOKEN_TARGET] = target
    go_on(m, f, root, RESUME)


@kernel
def drop_work(m: Words, f: Reals, work: int) -> None:
    """The patience of a step has run out in its queue."""
    m[work + WORK_PATIENCE] = 0
    leave_queues(m, f, work)
    token = work
    path, visit = m[m[work + WORK_STEP] + STEP_PATH], m[work + WORK_VISIT]
    log(m, m[work + WORK_CASE], E_DROP, m[token + TOKEN_NUMBER], path, visit, 0, 0, 0, 0, 0)
    released(m, token)
    go_on(m, f, token, IMPATIENT)


@kernel
def give_up_place(m: Words, f: Reals, token: int) -> None:
    """The patience of a step has run out in a line."""
    place = m[token + TOKEN_REF]
    m[place + PLACE_PATIENCE] = 0
    leave_line(m, place)
    log_step(m, token, E_DROP, 0, 0)
    released(m, token)
    go_on(m, f, token, IMPATIENT)


@kernel
def batch_due(m: Words, f: Reals, batch: int) -> None:
    judge_batch(m, f, batch)
    team = team_of(m, m[batch + BATCH_ACT])
    if m[team + TEAM_FIRST]:
        dispatch(m, f, team)


@kernel
def carry_out(m: Words, f: Reals, kind: int, ref: int, more: int, key1: int, key2: int) -> None:
    if kind == I_STRETCH:
        end_stretch(m, f, ref)
    elif kind == I_TEAM:
        dispatch(m, f, ref)
    elif kind == I_ARRIVAL:
        let_arrive(m, f, ref)
    elif kind == I_WAIT:
        released(m, ref)
        go_on(m, f, ref, m[ref + TOKEN_STAGE])
    elif kind == I_SUCCESSOR:
        number, generation = key1 & 0xFFFFFFFF, key2 >> 32
        go_on(m, f, arrive(m, f, ref, number, generation, more, 0, 0), LIVE)
    elif kind == I_BATCH:
        batch_due(m, f, ref)
    elif kind == I_LINE_CHANGED:
        line_changed(m, ref)
    elif kind == I_UNIT:
        m[m[ref + ENV_UNITS] + more] = 0
        line_changed(m, m[ref + ENV_LINE])
    elif kind == I_TEAM_CHANGE:
        if m[ref + TEAM_FIRST]:
            dispatch(m, f, ref)
    elif kind == I_CASE_PATIENCE:
        lose_patience(m, f, ref)
    elif kind == I_WORK_PATIENCE:
        drop_work(m, f, ref)
    else:
        give_up_place(m, f, ref)


@kernel
def run_items(m: Words, f: Reals, n: int) -> int:
    """Carry out up to n items."""
    for _ in range(n):
        if m[STOP]:
            return PAUSED
        pend = m[PENDING]
        if pend and comes_next(m, pend):
            m[PENDING], m[pend + PEND_IS_IN] = m[pend + PEND_NEXT], 0
            kind, ref = m[pend + PEND_KIND], m[pend + PEND_REF]
            if kind == I_TEAM and is_in_vain(m, ref):
                m[ref + TEAM_PENDING] = 0
            elif kind == I_TEAM:
                dispatch(m, f, ref)
            else:
                let_in(m, f, ref)
            continue
        if m[HEAP_SIZE] == 0:
            return FINISHED
        if m[CAPACITY] - m[TOP] < RESERVE:
            return PAUSED
        move_on(m, m[m[HEAP]])
        item = m[m[HEAP] + 1]
        remove_first(m)
        kind, ref, more = m[item + ITEM_KIND], m[item + ITEM_REF], m[item + ITEM_MORE]
        key1, key2 = m[item + ITEM_KEY1], m[item + ITEM_KEY2]
        give(m, item, ITEM_CLASS)
        carry_out(m, f, kind, ref, more, key1, key2)
    return PAUSED


@question
def move_on(m: Words, instant: int) -> None:
    """Time goes on, or stands still."""
    m[NOW] = instant
    if m[sums.KEEPS_TALLIES]:
        m[sums.NOW_B] = open_before(m, m[BUSINESS], instant)


@kernel
def close_run(m: Words, f: Reals) -> None:
    """The horizon is reached: cut what is going on."""
    move_on(m, m[END])
    while m[RUNNING] and not m[STOP]:
        stretch = m[RUNNING]
        free_people(m, stretch, m[stretch + STRETCH_FIRST], 0)
    while m[OPEN_CASES] and not m[STOP]:
        close_open_case(m, f, m[OPEN_CASES])


@kernel
def run_task(memory: int, task: int, n: int) -> int:
    """What Python calls: the beginning, the end, or at most n items of the run in a memory at an address."""
    m, f = words_at(memory), reals_at(memory)
    if task == GO_ON:
        return run_items(m, f, n)
    if task == BEGIN:
        begin_run(m, f)
    else:
        close_run(m, f)
    return FINISHED
