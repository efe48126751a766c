"""Queues of teams, in compiled code: their order, batches that fill, and how waiting in them is accounted.

Not here: who starts what (teams).
"""

from __future__ import annotations

from sim.engines.compiled_engine.calendars import add
from sim.engines.compiled_engine.clock import call_off, pend_dispatch, plan_dispatch
from sim.engines.compiled_engine.layout import (
    ACT_BATCH,
    ACT_BATCH_EXACTLY,
    ACT_BATCH_OR_AFTER,
    ACT_BATCH_SIZE,
    ACT_CALENDAR,
    ACT_N_NEEDS,
    ACT_NEEDS,
    ALMOST,
    BATCH_ACT,
    BATCH_FIRST,
    BATCH_LAST,
    BATCH_N,
    BATCH_WAS_READY,
    BUSINESS,
    CAL_INDEX,
    CASE_DUE,
    CASE_GENERATION,
    CASE_HAS_VALUE,
    CASE_NUMBER,
    CASE_SOURCE,
    CASE_TYPE,
    CASE_VALUE,
    ENTRY_CLASS,
    ENTRY_NEXT,
    ENTRY_ORDER,
    ENTRY_OTHER,
    ENTRY_PREVIOUS,
    ENTRY_SIGN,
    ENTRY_TEAM,
    ENTRY_WORK,
    FOREVER,
    I_BATCH,
    I_TEAM,
    KEEPS_ACCOUNTS,
    MOST_IN_QUEUE,
    NEED_SIZE,
    NEED_TEAM,
    NOW,
    SPAN_BATCH,
    SPAN_QUEUE,
    SPAN_TOGETHER,
    STEP_INDEX,
    STOP,
    STOP_RUNAWAY,
    TEAM_CLOSING,
    TEAM_FIRST,
    TEAM_FIXED_SIZE,
    TEAM_FOCUS,
    TEAM_LAST,
    TEAM_LOOKS_AT,
    TEAM_MOVES,
    TEAM_N_JOINT,
    TEAM_ORDER,
    TEAM_OTHER_PRIORITY,
    TEAM_PEND,
    TEAM_PENDING,
    TEAM_QUEUE,
    TEAM_RANK,
    TEAM_SIZE,
    TEAM_SLICE,
    TEAM_WAKES_AT,
    TOKEN_CASE,
    TOKEN_NUMBER,
    TYPE_PRIORITY,
    TYPE_VALUE,
    WORK_ACT,
    WORK_BATCH,
    WORK_BATCH_NEXT,
    WORK_BATCH_PREVIOUS,
    WORK_CASE,
    WORK_ENQUEUED,
    WORK_ENTRIES,
    WORK_ENTRY,
    WORK_IS_JOINT,
    WORK_LEFT,
    WORK_MS,
    WORK_PATIENCE,
    WORK_STEP,
    WORK_STRETCH,
)
from sim.engines.compiled_engine.luck import draw, fixed_ticks, read
from sim.engines.compiled_engine.memory import Reals, Words, give, kernel, stop, take
from sim.engines.compiled_engine.recorder import begin_span
from sim.engines.compiled_engine.signposts import N_SIGNS, SIGNS_FROM, signs_of, take_sign
from sim.plan.arrays import Closing, Order
from sim.randomness import Purpose

FIFO, PRIORITY, VALUE = int(Order.FIFO), int(Order.PRIORITY), int(Order.VALUE)
SHORTEST, DUE = int(Order.SHORTEST), int(Order.DUE)
FIT = int(Closing.FIT)
OF_VALUE = int(Purpose.VALUE)
INFINITE = float("inf")


@kernel
def value_of(m: Words, f: Reals, case: int) -> float:
    """Money per month; drawn once per case."""
    case_type = m[case + CASE_TYPE]
    if case_type == 0 or m[case_type + TYPE_VALUE] == 0:
        return 0.0
    if not m[case + CASE_HAS_VALUE]:
        u, v = draw(m, case, 0, 0, OF_VALUE)
        f[case + CASE_VALUE] = read(m, f, m[case_type + TYPE_VALUE], m[NOW], case, u, v)
        m[case + CASE_HAS_VALUE] = 1
    return f[case + CASE_VALUE]


# -- what makes the dispatch of a team pending


@kernel
def pend(m: Words, team: int) -> None:
    if not m[team + TEAM_PENDING] and m[team + TEAM_FIRST]:
        m[team + TEAM_PENDING] = 1
        pend_dispatch(m, m[team + TEAM_PEND])


@kernel
def changed(m: Words, team: int) -> None:
    """Something its dispatch looks at has changed; so has it for those it shares appointments with."""
    pend(m, team)
    if m[team + TEAM_N_JOINT]:
        changed_for_others(m, team)


@kernel
def changed_for_others(m: Words, team: int) -> None:
    entry = m[team + TEAM_FIRST]
    while entry:
        work = m[entry + ENTRY_WORK]
        if not m[work + WORK_IS_JOINT]:
            break  # appointments stand first
        act = m[work + WORK_ACT]
        for i in range(m[act + ACT_N_NEEDS]):
            pend(m, m[m[act + ACT_NEEDS] + NEED_SIZE * i + NEED_TEAM])
        entry = m[entry + ENTRY_NEXT]


@kernel
def wake_at(m: Words, team: int, instant: int) -> None:
    """Look again at an instant (an opening, a batch's date) at the latest."""
    wakes_at = m[team + TEAM_WAKES_AT]
    if instant < FOREVER and not m[NOW] < wakes_at <= instant:
        m[team + TEAM_WAKES_AT] = instant
        plan_dispatch(m, instant, m[team + TEAM_RANK], I_TEAM, team, 0)


# -- the order of a queue


@kernel
def order_value(m: Words, f: Reals, team: int, work: int) -> float:
    order, case = m[team + TEAM_ORDER], m[work + WORK_CASE]
    if order == FIFO:
        return 0.0
    if order == SHORTEST:
        return float(m[work + WORK_MS])
    if order == PRIORITY:
        case_type = m[case + CASE_TYPE]
        number = m[case_type + TYPE_PRIORITY] if case_type else m[team + TEAM_OTHER_PRIORITY]
        return read(m, f, number, m[NOW], case, -1.0, -1.0) if number else 0.0
    if order == DUE:
        return float(m[case + CASE_DUE]) if m[case + CASE_DUE] else INFINITE
    value = value_of(m, f, case)
    return -value if order == VALUE else -value / max(1, m[work + WORK_MS])


@kernel
def stands_before(m: Words, f: Reals, a: int, b: int) -> bool:
    """Of two entries of a queue: appointments, the team's order, time, case, token."""
    one, other = m[a + ENTRY_WORK], m[b + ENTRY_WORK]
    if m[one + WORK_IS_JOINT] != m[other + WORK_IS_JOINT]:
        return m[one + WORK_IS_JOINT] > m[other + WORK_IS_JOINT]
    if f[a + ENTRY_ORDER] != f[b + ENTRY_ORDER]:
        return f[a + ENTRY_ORDER] < f[b + ENTRY_ORDER]
    if m[one + WORK_ENQUEUED] != m[other + WORK_ENQUEUED]:
        return m[one + WORK_ENQUEUED] < m[other + WORK_ENQUEUED]
    return comes_first(m, one, other)


@kernel
def comes_first(m: Words, token: int, other: int) -> bool:
    """By source, number and generation of the case, then by token."""
    a, b = m[token + TOKEN_CASE], m[other + TOKEN_CASE]
    if m[a + CASE_SOURCE] != m[b + CASE_SOURCE]:
        return m[a + CASE_SOURCE] < m[b + CASE_SOURCE]
    if m[a + CASE_NUMBER] != m[b + CASE_NUMBER]:
        return m[a + CASE_NUMBER] < m[b + CASE_NUMBER]
    if m[a + CASE_GENERATION] != m[b + CASE_GENERATION]:
        return m[a + CASE_GENERATION] < m[b + CASE_GENERATION]
    return m[token + TOKEN_NUMBER] < m[other + TOKEN_NUMBER]


@kernel
def enqueue(m: Words, f: Reals, team: int, work: int) -> None:
    entry = take(m, ENTRY_CLASS) if m[work + WORK_ENTRIES] else work + WORK_ENTRY
    m[entry + ENTRY_WORK], m[entry + ENTRY_TEAM] = work, team
    m[entry + ENTRY_OTHER] = m[work + WORK_ENTRIES]
    m[work + WORK_ENTRIES] = entry
    before = m[team + TEAM_LAST]
    if (
        m[team + TEAM_ORDER] == FIFO
        and not m[work + WORK_IS_JOINT]
        and (before == 0 or m[m[before + ENTRY_WORK] + WORK_ENQUEUED] < m[work + WORK_ENQUEUED])
    ):
        f[entry + ENTRY_ORDER] = 0.0  # most come last
    else:
        f[entry + ENTRY_ORDER] = order_value(m, f, team, work)
        before = who_stands_before(m, f, team, entry)
    after = m[before + ENTRY_NEXT] if before else m[team + TEAM_FIRST]
    m[entry + ENTRY_PREVIOUS], m[entry + ENTRY_NEXT] = before, after
    m[(before + ENTRY_NEXT) if before else (team + TEAM_FIRST)] = entry
    m[(after + ENTRY_PREVIOUS) if after else (team + TEAM_LAST)] = entry
    m[entry + ENTRY_SIGN] = 0
    m[team + TEAM_QUEUE] += 1
    m[team + TEAM_MOVES] += 1
    m[team + TEAM_N_JOINT] += m[work + WORK_IS_JOINT]
    changed(m, team)
    if m[team + TEAM_QUEUE] > m[MOST_IN_QUEUE]:
        stop(m, STOP_RUNAWAY, 0, 0)


@kernel
def who_stands_before(m: Words, f: Reals, team: int, entry: int) -> int:
    """The entry behind which a new one has its place in the order of the queue; 0: it stands first."""
    before = m[team + TEAM_LAST]
    if m[team + TEAM_QUEUE] > SIGNS_FROM and stands_before(m, f, entry, before):
        before = not_far_behind(m, f, team, entry)
    while before and stands_before(m, f, entry, before):
        before = m[before + ENTRY_PREVIOUS]
    return before


@kernel
def not_far_behind(m: Words, f: Reals, team: int, entry: int) -> int:
    """An entry of a long queue, some way behind the place of this one, or just before it."""
    found, signs = m[team + TEAM_LAST], signs_of(m, team)
    for i in range(N_SIGNS):
        sign = m[signs + N_SIGNS - 1 - i]
        if sign:
            if not stands_before(m, f, entry, sign):
                break
            found = m[sign + ENTRY_PREVIOUS]
    return found


@kernel
def leave_queue(m: Words, entry: int) -> None:
    team, work = m[entry + ENTRY_TEAM], m[entry + ENTRY_WORK]
    before, after = m[entry + ENTRY_PREVIOUS], m[entry + ENTRY_NEXT]
    m[(before + ENTRY_NEXT) if before else (team + TEAM_FIRST)] = after
    m[(after + ENTRY_PREVIOUS) if after else (team + TEAM_LAST)] = before
    if m[team + TEAM_LOOKS_AT] == entry:
        m[team + TEAM_LOOKS_AT] = after
    take_sign(m, team, entry)
    m[team + TEAM_QUEUE] -= 1
    m[team + TEAM_MOVES] += 1
    m[team + TEAM_N_JOINT] -= m[work + WORK_IS_JOINT]
    if entry != work + WORK_ENTRY:
        give(m, entry, ENTRY_CLASS)
    changed(m, team)


@kernel
def enter_queues(m: Words, f: Reals, work: int) -> None:
    """Into the queue of each team that the work needs."""
    act = m[work + WORK_ACT]
    enqueue(m, f, team_of(m, act), work)
    for i in range(1, m[act + ACT_N_NEEDS]):
        enqueue_once(m, f, work, i)


@kernel
def enqueue_once(m: Words, f: Reals, work: int, i: int) -> None:
    """Into the queue of the team of the i-th need, unless an earlier need has put it there."""
    needs = m[m[work + WORK_ACT] + ACT_NEEDS]
    team = m[needs + NEED_SIZE * i + NEED_TEAM]
    for j in range(i):
        if m[needs + NEED_SIZE * j + NEED_TEAM] == team:
            return
    if not m[STOP]:
        enqueue(m, f, team, work)


@kernel
def join_queues(m: Words, f: Reals, work: int) -> None:
    """Put work into the queue of each team it needs, and into its batch."""
    enter_queues(m, f, work)
    if m[m[work + WORK_ACT] + ACT_BATCH_SIZE]:
        join_batch(m, f, work)


@kernel
def leave_queues(m: Words, f: Reals, work: int) -> None:
    while m[work + WORK_ENTRIES]:
        entry = m[work + WORK_ENTRIES]
        m[work + WORK_ENTRIES] = m[entry + ENTRY_OTHER]
        leave_queue(m, entry)
    if m[work + WORK_PATIENCE]:
        stop_waiting(m, work)
    batch = m[work + WORK_BATCH]
    if batch:
        before, after = m[work + WORK_BATCH_PREVIOUS], m[work + WORK_BATCH_NEXT]
        m[(before + WORK_BATCH_NEXT) if before else (batch + BATCH_FIRST)] = after
        m[(after + WORK_BATCH_PREVIOUS) if after else (batch + BATCH_LAST)] = before
        m[batch + BATCH_N] -= 1
        judge_batch(m, f, batch)


@kernel
def stop_waiting(m: Words, work: int) -> None:
    """Its step's patience need not run out any more."""
    call_off(m, m[work + WORK_PATIENCE])
    m[work + WORK_PATIENCE] = 0


# -- batches


@kernel
def team_of(m: Words, act: int) -> int:
    """The step's own team."""
    return m[m[act + ACT_NEEDS] + NEED_TEAM]


@kernel
def join_batch(m: Words, f: Reals, work: int) -> None:
    act = m[work + WORK_ACT]
    batch = m[act + ACT_BATCH]
    if m[batch + BATCH_ACT] == 0:
        m[batch + BATCH_ACT] = act
    m[work + WORK_BATCH] = batch
    last = m[batch + BATCH_LAST]
    m[work + WORK_BATCH_PREVIOUS], m[work + WORK_BATCH_NEXT] = last, 0
    m[(last + WORK_BATCH_NEXT) if last else (batch + BATCH_FIRST)] = work
    m[batch + BATCH_LAST] = work
    m[batch + BATCH_N] += 1
    if m[act + ACT_BATCH_OR_AFTER]:
        at = batch_date(m, f, work)
        plan_dispatch(m, at, m[team_of(m, act) + TEAM_RANK], I_BATCH, batch, act)
    judge_batch(m, f, batch)


@kernel
def batch_date(m: Words, f: Reals, first: int) -> int:
    """When a batch whose first member this is goes without being full."""
    enqueued = m[first + WORK_ENQUEUED]
    number = m[m[first + WORK_ACT] + ACT_BATCH_OR_AFTER]
    return add(m, m[BUSINESS], enqueued, fixed_ticks(m, f, number, enqueued, m[first + WORK_CASE]))


@kernel
def first_of_batch(m: Words, batch: int, after: int) -> int:
    """The entry of the next member of a batch in queue order, after an entry or (0) from the first on."""
    entry = m[after + ENTRY_NEXT] if after else m[team_of(m, m[batch + BATCH_ACT]) + TEAM_FIRST]
    while entry and m[m[entry + ENTRY_WORK] + WORK_BATCH] != batch:
        entry = m[entry + ENTRY_NEXT]
    return entry


@kernel
def is_ready(m: Words, f: Reals, batch: int) -> bool:
    act = m[batch + BATCH_ACT]
    if not m[act + ACT_BATCH_EXACTLY]:
        return m[batch + BATCH_N] > 0
    if m[batch + BATCH_N] >= m[act + ACT_BATCH_SIZE]:
        return True
    if m[act + ACT_BATCH_OR_AFTER] == 0 or m[batch + BATCH_N] == 0:
        return False
    first = m[first_of_batch(m, batch, 0) + ENTRY_WORK]
    return m[NOW] >= batch_date(m, f, first)


@kernel
def judge_batch(m: Words, f: Reals, batch: int) -> None:
    """Note in the accounts of those who wait whether their batch is ready."""
    ready = 1 if is_ready(m, f, batch) else 0
    if ready != m[batch + BATCH_WAS_READY]:
        m[batch + BATCH_WAS_READY] = ready
        work = m[batch + BATCH_FIRST]
        while work:
            account_queue(m, f, work)
            work = m[work + WORK_BATCH_NEXT]


# -- how long work occupies its people, and what kind of queueing it is


@kernel
def size_of(m: Words, f: Reals, team: int) -> int:
    if m[team + TEAM_FIXED_SIZE] >= 0:
        return m[team + TEAM_FIXED_SIZE]
    return int(read(m, f, m[team + TEAM_SIZE], m[NOW], 0, -1.0, -1.0) + ALMOST)


@kernel
def focus_of(m: Words, f: Reals, team: int) -> int:
    """Focus as an integer percent."""
    if m[team + TEAM_FOCUS] == 0:
        return 100
    return max(1, round(100 * read(m, f, m[team + TEAM_FOCUS], m[NOW], 0, -1.0, -1.0)))


@kernel
def occupied(ms: int, focus: int) -> int:
    return ms if focus == 100 else (100 * ms + focus - 1) // focus


@kernel
def stretch_of(m: Words, work: int) -> int:
    """How much of the work is done before its person looks up again."""
    quantum = m[team_of(m, m[work + WORK_ACT]) + TEAM_SLICE]
    is_sliced = quantum > 0 and not m[work + WORK_IS_JOINT] and m[work + WORK_BATCH] == 0
    return quantum if is_sliced and m[work + WORK_LEFT] > quantum else m[work + WORK_LEFT]


@kernel
def account_queue(m: Words, f: Reals, work: int) -> None:
    """Note what kind of queueing this is, from now on."""
    if not m[KEEPS_ACCOUNTS] or m[m[work + WORK_CASE] + CASE_TYPE] == 0 or m[work + WORK_STRETCH]:
        return
    act, token = m[work + WORK_ACT], work
    step = m[m[work + WORK_STEP] + STEP_INDEX]
    batch = m[work + WORK_BATCH]
    if batch and not m[batch + BATCH_WAS_READY]:
        begin_span(m, token, SPAN_BATCH, step, -1, -1, 0, 0)
        return
    must_fit = 0
    if m[team_of(m, act) + TEAM_CLOSING] == FIT:
        focus = 100
        for i in range(m[act + ACT_N_NEEDS]):
            focus = min(focus, focus_of(m, f, m[m[act + ACT_NEEDS] + NEED_SIZE * i + NEED_TEAM]))
        must_fit = occupied(stretch_of(m, work), focus)
    state = SPAN_TOGETHER if m[work + WORK_IS_JOINT] else SPAN_QUEUE
    begin_span(m, token, state, step, m[m[act + ACT_CALENDAR] + CAL_INDEX], -1, 0, must_fit)
