"""Writes down what happens, in compiled code: the event log and the facts. Decides nothing."""

from __future__ import annotations

from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.accounts import settle
from sim.engines.compiled_engine.layout import (
    AT_OPEN_VISITS,
    BATCH_BITS,
    CASE_GENERATION,
    CASE_INDEX,
    CASE_NUMBER,
    CASE_SERIAL,
    CASE_SOURCE,
    EVENT_BITS,
    KEEPS_ACCOUNTS,
    KEEPS_FACTS,
    KEEPS_LOG,
    LOG_CASE,
    LOG_MS,
    LOG_TIME,
    LOG_WHAT,
    LOG_WHO,
    MEMBER_BITS,
    NOW,
    SERIAL_BITS,
    STEP_AT,
    STEP_INDEX,
    STOP,
    STOP_LOG,
    T_EVENT,
    T_LOGGED,
    T_SPAN,
    T_VISIT,
    TEXT_BITS,
    TOKEN_BITS,
    TOKEN_CASE,
    TOKEN_NUMBER,
    TOKEN_SPAN,
    TOKEN_SPAN_BEGIN,
    TOKEN_SPAN_CALENDAR,
    TOKEN_SPAN_CLASS,
    TOKEN_SPAN_MS,
    TOKEN_SPAN_STEP,
    TOKEN_SPAN_SWITCHING,
    VISIT_BELOW,
    VISIT_BITS,
    VISIT_CLASS,
    VISIT_COMPLETE,
    VISIT_ENTER,
    VISIT_NUMBER,
)
from sim.engines.compiled_engine.memory import Words, give, kernel, new_row, question, stop, take
from sim.engines.compiled_engine.stretches import state_begins
from sim.engines.compiled_engine.tallies import note_completion, note_return, note_state, note_visit


@kernel
def log(
    m: Words,
    case: int,
    event: int,
    token: int,
    path: int,
    visit: int,
    team: int,
    member: int,
    batch: int,
    ms: int,
    info: int,
) -> None:
    """A row of the event log; path, team and info are numbers of texts."""
    if not m[KEEPS_LOG]:
        return
    serial = m[case + CASE_SERIAL]
    beyond = serial >> SERIAL_BITS | visit >> VISIT_BITS | token >> TOKEN_BITS
    if beyond | member >> MEMBER_BITS | batch >> BATCH_BITS:
        refuse_row(m, serial, visit, token, member, batch)
    row = new_row(m, T_EVENT)
    m[row + LOG_TIME] = m[NOW]
    m[row + LOG_CASE] = serial << VISIT_BITS | visit
    m[row + LOG_WHAT] = ((token << TEXT_BITS | path) << TEXT_BITS | info) << EVENT_BITS | event
    m[row + LOG_WHO] = (team << MEMBER_BITS | member) << BATCH_BITS | batch
    m[row + LOG_MS] = ms


@kernel
def refuse_row(m: Words, serial: int, visit: int, token: int, member: int, batch: int) -> None:
    """Something that the row is to tell does not fit its bits."""
    what, number = 0, serial
    if visit >> VISIT_BITS:
        what, number = 1, visit
    elif token >> TOKEN_BITS:
        what, number = 2, token
    elif member >> MEMBER_BITS:
        what, number = 3, member
    elif batch >> BATCH_BITS:
        what, number = 4, batch
    stop(m, STOP_LOG, what, number)


@kernel
def log_who(m: Words, case: int) -> None:
    """Who the case is whose rows of the event log have this serial."""
    if m[KEEPS_LOG]:
        row = new_row(m, T_LOGGED)
        m[row], m[row + 1], m[row + 2] = (
            m[case + CASE_SOURCE],
            m[case + CASE_NUMBER],
            m[case + CASE_GENERATION],
        )


@kernel
def log_case(m: Words, case: int, event: int, token: int, info: int) -> None:
    log(m, case, event, token, 0, 0, 0, 0, 0, 0, info)


@kernel
def begin_span(
    m: Words, token: int, state: int, step: int, calendar: int, account_class: int, switching: int, ms: int
) -> None:
    """The token is in this state from now on; `step` and `calendar` are indices."""
    if not m[KEEPS_ACCOUNTS]:
        return
    close_span(m, token)
    m[token + TOKEN_SPAN] = state
    m[token + TOKEN_SPAN_STEP] = step
    m[token + TOKEN_SPAN_BEGIN] = m[NOW]
    m[token + TOKEN_SPAN_CALENDAR] = calendar
    m[token + TOKEN_SPAN_CLASS] = account_class
    m[token + TOKEN_SPAN_SWITCHING] = switching
    m[token + TOKEN_SPAN_MS] = ms
    if m[sums.KEEPS_TALLIES]:
        state_begins(m, token)


@question
def end_span(m: Words, token: int) -> None:
    """The token is in no state any more."""
    if m[KEEPS_ACCOUNTS]:
        close_span(m, token)


@kernel
def close_span(m: Words, token: int) -> None:
    if m[sums.KEEPS_TALLIES]:
        settle(m, m[token + TOKEN_CASE])
    if m[token + TOKEN_SPAN] < 0:
        return
    if m[sums.KEEPS_TALLIES]:
        note_state(m, token)
    if m[KEEPS_FACTS] and m[NOW] > m[token + TOKEN_SPAN_BEGIN]:
        row = new_row(m, T_SPAN)
        m[row] = m[m[token + TOKEN_CASE] + CASE_INDEX]
        m[row + 1] = m[token + TOKEN_NUMBER]
        m[row + 2] = m[token + TOKEN_SPAN]
        m[row + 3] = m[token + TOKEN_SPAN_STEP]
        m[row + 4] = m[token + TOKEN_SPAN_BEGIN]
        m[row + 5] = m[NOW]
        m[row + 6] = m[token + TOKEN_SPAN_CALENDAR]
        m[row + 7] = m[token + TOKEN_SPAN_CLASS]
        m[row + 8] = m[token + TOKEN_SPAN_SWITCHING]
        m[row + 9] = m[token + TOKEN_SPAN_MS]
    m[token + TOKEN_SPAN] = -1


# -- visits: kept with the case until it is known whether the case has to repeat them


@kernel
def enter_step(m: Words, case: int, step: int, visit: int) -> None:
    if m[sums.KEEPS_TALLIES]:
        note_visit(m, case, step)
    if not m[KEEPS_FACTS]:
        return
    at = case + m[step + STEP_AT] + AT_OPEN_VISITS
    record = take(m, VISIT_CLASS)
    m[record + VISIT_NUMBER] = visit
    m[record + VISIT_ENTER] = m[NOW]
    m[record + VISIT_COMPLETE] = -1
    m[record + VISIT_BELOW] = m[at]
    m[at] = record


@kernel
def complete_step(m: Words, case: int, step: int) -> None:
    if m[sums.KEEPS_TALLIES]:
        note_completion(m, case, step)
    if not m[KEEPS_FACTS]:
        return
    record = m[case + m[step + STEP_AT] + AT_OPEN_VISITS]
    if record:
        m[record + VISIT_COMPLETE] = m[NOW]


@kernel
def close_visits(m: Words, case: int, step: int, sent_back: int) -> None:
    """Nothing more can happen to the visits of a step so far: a `go_to` names it, or the case is over."""
    at = case + m[step + STEP_AT] + AT_OPEN_VISITS
    record = m[at]
    m[at] = 0
    while record and not m[STOP]:
        write_visit(m, case, step, record, sent_back)
        below = m[record + VISIT_BELOW]
        give(m, record, VISIT_CLASS)
        record = below


@kernel
def write_visit(m: Words, case: int, step: int, record: int, sent_back: int) -> None:
    row = new_row(m, T_VISIT)
    m[row] = m[case + CASE_INDEX]
    m[row + 1] = m[step + STEP_INDEX]
    m[row + 2] = m[record + VISIT_NUMBER]
    m[row + 3] = m[record + VISIT_ENTER]
    m[row + 4] = m[record + VISIT_COMPLETE]
    m[row + 5] = sent_back if m[record + VISIT_COMPLETE] >= 0 else 0


@kernel
def send_back(m: Words, case: int, step: int) -> None:
    """A `go_to` names this step: what was completed there was not accurate."""
    if m[sums.KEEPS_TALLIES]:
        note_return(m, case, step)
    close_visits(m, case, step, 1)
