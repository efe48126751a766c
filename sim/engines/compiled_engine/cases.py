"""Cases and tokens in compiled code: their beginnings and ends.

Not here: what a token does between (flow).
"""

from __future__ import annotations

from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.accounts import open_account
from sim.engines.compiled_engine.calendars import add
from sim.engines.compiled_engine.clock import call_off, first_key, plan_item, second_key
from sim.engines.compiled_engine.layout import (
    ACT_KEY,
    ACT_MILESTONE_AT,
    ACT_NAME,
    ACT_SUCCESSOR,
    ACT_SUCCESSOR_AFTER,
    ACT_SUCCESSOR_CALENDAR,
    ACT_SUCCESSOR_P,
    ARRIVALS,
    AT_OPEN_VISITS,
    BUSINESS,
    CASE_ARRIVE,
    CASE_CLASS,
    CASE_DUE,
    CASE_FIRST,
    CASE_GENERATION,
    CASE_INDEX,
    CASE_IS_OVER,
    CASE_LAST,
    CASE_N_TOKENS,
    CASE_NEXT,
    CASE_NUMBER,
    CASE_OWNER,
    CASE_PATIENCE_LEFT,
    CASE_PREVIOUS,
    CASE_SERIAL,
    CASE_SOURCE,
    CASE_TRAITS,
    CASE_TYPE,
    CASE_VALUE,
    E_ARRIVE,
    E_CANCEL,
    E_LEAVE,
    E_MILESTONE,
    END,
    ENV_OFFSET,
    ENVIRONMENTS,
    FOREVER,
    GOES_ON,
    HELD_UNIT,
    I_SUCCESSOR,
    KEEPS_FACTS,
    N_CASES,
    N_ENVIRONMENTS,
    N_OPEN,
    N_TRAITS,
    NAN_WORD,
    NOW,
    OPEN_CASES,
    PATIENCE_UNTIL,
    PATIENCE_WAITING,
    ROOM_BELOW,
    SERIAL_CASE,
    SOURCE_INDEX,
    SOURCE_N_STARTS,
    SOURCE_STARTS,
    SOURCES,
    STANDS_IN_LINE,
    STANDS_IN_WAIT,
    STANDS_NOWHERE,
    STEP_AT,
    STEP_PATH,
    STOP,
    T_CASE,
    T_MILESTONE,
    TEAM_OWNED,
    TEAM_OWNERS,
    TOKEN_CASE,
    TOKEN_CLASS,
    TOKEN_ENTRY,
    TOKEN_N_ENTRY,
    TOKEN_NEXT,
    TOKEN_NUMBER,
    TOKEN_PREVIOUS,
    TOKEN_REF,
    TOKEN_ROOMS,
    TOKEN_SIZE,
    TOKEN_SPAN,
    TOKEN_STANDING,
    TYPE_CLASS,
    TYPE_DUE,
    TYPE_INDEX,
    TYPE_N_STEPS,
    TYPE_N_TRAITS,
    TYPE_OWNER_TEAM,
    TYPE_PATIENCE,
    TYPE_POPULATION,
    TYPE_STEPS,
    TYPE_TRAITS,
)
from sim.engines.compiled_engine.luck import draw, fixed_ticks, probability, ticks
from sim.engines.compiled_engine.memory import Reals, Words, give, kernel, new_row, take, take_cleared
from sim.engines.compiled_engine.patience import run_patience, stop_patience
from sim.engines.compiled_engine.queues import value_of
from sim.engines.compiled_engine.recorder import close_visits, complete_step, end_span, log, log_case, log_who
from sim.engines.compiled_engine.rooms import (
    give_back,
    leave_line,
    leave_room,
    line_changed,
    write_hold,
    write_passage,
)
from sim.engines.compiled_engine.tallies import note_case
from sim.engines.compiled_engine.work import withdraw_work
from sim.randomness import Purpose

OF_CASE_PATIENCE, OF_OUTCOME, OF_WAIT = (
    int(Purpose.CASE_PATIENCE),
    int(Purpose.OUTCOME),
    int(Purpose.WAIT),
)


@kernel
def new_case(
    m: Words, f: Reals, source: int, number: int, generation: int, case_type: int, plain: int
) -> int:
    """A case with nothing behind it; `plain` is the class of a case without a type."""
    size_class = m[case_type + TYPE_CLASS] if case_type else plain
    case = take_cleared(m, size_class)
    m[SERIAL_CASE] += 1
    m[case + CASE_SOURCE] = m[source + SOURCE_INDEX]
    m[case + CASE_NUMBER], m[case + CASE_GENERATION] = number, generation
    m[case + CASE_TYPE] = case_type
    m[case + CASE_ARRIVE] = m[NOW]
    m[case + CASE_INDEX] = -1
    m[case + CASE_SERIAL] = m[SERIAL_CASE]
    m[case + CASE_OWNER] = -1
    m[case + CASE_PATIENCE_LEFT] = -1
    m[case + CASE_CLASS] = size_class
    for i in range(m[N_TRAITS]):
        m[case + CASE_TRAITS + i] = NAN_WORD
    log_who(m, case)
    return case


@kernel
def new_token(m: Words, case: int) -> int:
    token = take(m, TOKEN_CLASS)
    for i in range(TOKEN_SIZE):
        m[token + i] = 0
    m[token + TOKEN_CASE] = case
    m[token + TOKEN_NUMBER] = m[case + CASE_N_TOKENS]
    m[case + CASE_N_TOKENS] += 1
    m[token + TOKEN_SPAN] = -1
    m[token + sums.TOKEN_ONE_CLASS] = sums.NO_CLASS
    last = m[case + CASE_LAST]
    m[token + TOKEN_PREVIOUS] = last
    m[(last + TOKEN_NEXT) if last else (case + CASE_FIRST)] = token
    m[case + CASE_LAST] = token
    return token


@kernel
def drop_token(m: Words, token: int) -> None:
    case, before, after = m[token + TOKEN_CASE], m[token + TOKEN_PREVIOUS], m[token + TOKEN_NEXT]
    m[(before + TOKEN_NEXT) if before else (case + CASE_FIRST)] = after
    m[(after + TOKEN_PREVIOUS) if after else (case + CASE_LAST)] = before
    give(m, token, TOKEN_CLASS)


@kernel
def open_case(m: Words, case: int) -> None:
    m[case + CASE_INDEX] = m[N_CASES]
    m[N_CASES] += 1
    m[N_OPEN] += 1
    m[case + CASE_NEXT] = m[OPEN_CASES]
    if m[OPEN_CASES]:
        m[m[OPEN_CASES] + CASE_PREVIOUS] = case
    m[OPEN_CASES] = case
    if m[sums.KEEPS_TALLIES]:
        open_account(m, case)


@kernel
def close_case(m: Words, case: int, leave: int, outcome: int, by_patience: int) -> None:
    before, after = m[case + CASE_PREVIOUS], m[case + CASE_NEXT]
    m[(before + CASE_NEXT) if before else OPEN_CASES] = after
    if after:
        m[after + CASE_PREVIOUS] = before
    m[N_OPEN] -= 1
    if m[sums.KEEPS_TALLIES]:
        note_case(m, case, leave, outcome, by_patience)
    if m[KEEPS_FACTS]:
        write_visits(m, case)
    write_case(m, case, leave, outcome, by_patience)


@kernel
def write_visits(m: Words, case: int) -> None:
    case_type = m[case + CASE_TYPE]
    for i in range(m[case_type + TYPE_N_STEPS] if m[KEEPS_FACTS] else 0):
        step = m[m[case_type + TYPE_STEPS] + i]
        if m[case + m[step + STEP_AT] + AT_OPEN_VISITS]:
            close_visits(m, case, step, 0)


@kernel
def write_case(m: Words, case: int, leave: int, outcome: int, by_patience: int) -> None:
    if not m[sums.KEEPS_CASES]:
        return
    case_type = m[case + CASE_TYPE]
    row = new_row(m, T_CASE)
    m[row] = m[case + CASE_INDEX]
    m[row + 1] = m[case + CASE_SOURCE]
    m[row + 2] = m[case_type + TYPE_INDEX]
    m[row + 3] = m[case + CASE_NUMBER]
    m[row + 4] = m[case + CASE_GENERATION]
    m[row + 5] = m[case + CASE_ARRIVE]
    m[row + 6] = leave
    m[row + 7] = outcome
    m[row + 8] = by_patience
    m[row + 9] = m[case + CASE_OWNER]
    m[row + 10] = m[case + CASE_VALUE]
    for i in range(m[case_type + TYPE_N_TRAITS]):
        m[row + 11 + i] = m[case + CASE_TRAITS + m[m[case_type + TYPE_TRAITS] + i]]


@kernel
def arrive(
    m: Words, f: Reals, source: int, number: int, generation: int, case_type: int, given: int, n_given: int
) -> int:
    """A case arrives; gives its first token, which is to run on. `given` are traits from a file."""
    case = new_case(m, f, source, number, generation, case_type, 0)
    for i in range(n_given):
        if f[given + i] == f[given + i]:
            f[case + CASE_TRAITS + m[m[case_type + TYPE_TRAITS] + i]] = f[given + i]
    if m[case_type + TYPE_DUE]:
        due = fixed_ticks(m, f, m[case_type + TYPE_DUE], m[NOW], case)
        m[case + CASE_DUE] = add(m, m[BUSINESS], m[NOW], due)
    open_case(m, case)
    token = new_token(m, case)
    log_case(m, case, E_ARRIVE, 0, 0)
    patience = m[case_type + TYPE_PATIENCE]
    if patience:
        u, v = draw(m, case, 0, 0, OF_CASE_PATIENCE)
        waiting = ticks(m, f, m[patience + PATIENCE_WAITING], m[NOW], case, u, v)
        m[case + CASE_PATIENCE_LEFT] = waiting
        run_patience(m, case)
    if generation == 0:
        m[token + TOKEN_ENTRY] = m[source + SOURCE_STARTS]
        m[token + TOKEN_N_ENTRY] = m[source + SOURCE_N_STARTS]
    return token


@kernel
def reach(m: Words, token: int, step: int, visit: int, act: int) -> None:
    """A milestone."""
    case = m[token + TOKEN_CASE]
    at = case + m[act + ACT_MILESTONE_AT]
    if m[at] == 0:
        m[at] = 1
        if m[sums.KEEPS_CASES]:
            row = new_row(m, T_MILESTONE)
            m[row], m[row + 1], m[row + 2] = m[case + CASE_INDEX], m[act + ACT_NAME], m[NOW]
    number, name = m[token + TOKEN_NUMBER], m[act + ACT_NAME]
    log(m, case, E_MILESTONE, number, m[step + STEP_PATH], visit, 0, 0, 0, 0, name)
    patience = m[m[case + CASE_TYPE] + TYPE_PATIENCE]
    if patience and m[patience + PATIENCE_UNTIL] == name:
        stop_patience(m, case)
        m[case + CASE_PATIENCE_LEFT] = -1


@kernel
def cancel(m: Words, f: Reals, token: int) -> None:
    """Take a token out of what it stands in."""
    standing, ref = m[token + TOKEN_STANDING], m[token + TOKEN_REF]
    if standing == STANDS_NOWHERE:
        return
    m[token + TOKEN_STANDING] = STANDS_NOWHERE
    if standing == STANDS_IN_WAIT:
        call_off(m, ref)
    elif standing == STANDS_IN_LINE:
        leave_line(m, ref)
    else:
        withdraw_work(m, f, ref)
    log_case(m, m[token + TOKEN_CASE], E_CANCEL, m[token + TOKEN_NUMBER], 0)


@kernel
def end_case(m: Words, f: Reals, case: int, outcome: int, by_patience: int) -> None:
    """The case is over at this instant: its other tokens are cancelled, what it held is free."""
    m[case + CASE_IS_OVER] = 1
    stop_patience(m, case)
    token = m[case + CASE_FIRST]
    while token:
        cancel(m, f, token)
        token = m[token + TOKEN_NEXT]
    while m[case + CASE_FIRST]:
        token = m[case + CASE_FIRST]
        end_span(m, token)
        while m[token + TOKEN_ROOMS]:
            leave_room(m, token, outcome)
        drop_token(m, token)
    for i in range(m[N_ENVIRONMENTS]):
        give_back(m, f, case, m[m[ENVIRONMENTS] + i])
    case_type = m[case + CASE_TYPE]
    if m[case + CASE_OWNER] >= 0:
        team = m[case_type + TYPE_OWNER_TEAM]
        m[m[team + TEAM_OWNED] + m[case + CASE_OWNER]] -= 1
        line_changed(m, m[team + TEAM_OWNERS])
    value_of(m, f, case)
    log_case(m, case, E_LEAVE, 0, outcome)
    close_case(m, case, m[NOW], outcome, by_patience)
    if m[case_type + TYPE_POPULATION]:
        plan_successor(m, case, case_type, m[NOW])


@kernel
def free_case(m: Words, case: int) -> None:
    if not m[STOP]:  # why the run stops may have to be told of this case
        give(m, case, m[case + CASE_CLASS])


@kernel
def plan_successor(m: Words, case: int, case_type: int, at: int) -> None:
    """The successor has the same source and number and the next generation."""
    if at >= m[END]:
        if at < FOREVER:
            m[GOES_ON] = 1
        return
    source, number, generation = m[case + CASE_SOURCE], m[case + CASE_NUMBER], m[case + CASE_GENERATION] + 1
    key1, key2 = first_key(ARRIVALS, source, number), second_key(generation, -1)
    plan_item(m, at, key1, key2, I_SUCCESSOR, m[m[SOURCES] + source], case_type)


@kernel
def end_with_successor(m: Words, f: Reals, token: int, step: int, visit: int, act: int) -> None:
    """An `end`: the case is over, and perhaps its successor begins."""
    case, now = m[token + TOKEN_CASE], m[NOW]
    complete_step(m, case, step)
    end_case(m, f, case, m[act + ACT_NAME], 0)
    successor = m[act + ACT_SUCCESSOR]
    if successor == 0:
        return
    u, v = draw(m, case, m[act + ACT_KEY], visit, OF_OUTCOME)
    p = m[act + ACT_SUCCESSOR_P]
    if p and u >= probability(m, f, p, now, case):
        return
    at = now
    if m[act + ACT_SUCCESSOR_AFTER]:
        u, v = draw(m, case, m[act + ACT_KEY], visit, OF_WAIT)
        ms = ticks(m, f, m[act + ACT_SUCCESSOR_AFTER], now, case, u, v)
        calendar = m[act + ACT_SUCCESSOR_CALENDAR]
        at = add(m, calendar, now, ms) if calendar else now + ms
    plan_successor(m, case, successor, at)


@kernel
def close_token(m: Words, token: int) -> None:
    """The run is over: what the token is in the middle of is cut."""
    end_span(m, token)
    room = m[token + TOKEN_ROOMS]
    while room:
        write_passage(m, token, room, -1, 0)
        room = m[room + ROOM_BELOW]


@kernel
def close_open_case(m: Words, f: Reals, case: int) -> None:
    token = m[case + CASE_FIRST]
    while token:
        close_token(m, token)
        token = m[token + TOKEN_NEXT]
    for i in range(m[N_ENVIRONMENTS]):
        environment = m[m[ENVIRONMENTS] + i]
        if m[case + m[environment + ENV_OFFSET] + HELD_UNIT]:
            write_hold(m, case, environment, m[NOW])
    value_of(m, f, case)
    close_case(m, case, -1, 0, 0)


__all__ = [
    "arrive",
    "cancel",
    "close_open_case",
    "drop_token",
    "end_case",
    "end_with_successor",
    "free_case",
    "new_case",
    "new_token",
    "reach",
    "take",
]
