"""Lines for room in compiled code: limits of flows, pools of environments, owners. State of both sides.

Not here: letting a token run on that was let in (loop).
"""

from __future__ import annotations

from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.clock import call_off, pend_dispatch, plan_dispatch, plan_item
from sim.engines.compiled_engine.layout import (
    ACT_PATH,
    ACT_PATIENCE,
    CASE_INDEX,
    CASE_OWNER,
    E_RELEASE,
    END,
    ENV_COST,
    ENV_INDEX,
    ENV_LINE,
    ENV_LINGERS,
    ENV_NAME,
    ENV_OFFSET,
    ENV_POOL,
    ENV_UNITS,
    FLOW_INDEX,
    FLOW_INSIDE,
    FLOW_LIMIT,
    FLOW_LINE,
    HELD_BY,
    HELD_SINCE,
    HELD_UNIT,
    I_PLACE_PATIENCE,
    I_UNIT,
    KEEPS_FACTS,
    L_FLOW,
    L_OWNERS,
    L_POOL,
    LINE_FIRST,
    LINE_KIND,
    LINE_LAST,
    LINE_OF,
    LINE_PEND,
    LINE_PENDING,
    LINE_RANK,
    NOW,
    PATIENCE,
    PLACE_CLASS,
    PLACE_LINE,
    PLACE_NEXT,
    PLACE_PATIENCE,
    PLACE_PREVIOUS,
    PLACE_SINCE,
    PLACE_TOKEN,
    ROOM_BELOW,
    ROOM_CLASS,
    ROOM_ENTER,
    ROOM_FLOW,
    SPAN_LIMIT,
    STANDS_IN_LINE,
    STEP_INDEX,
    T_HOLD,
    T_PASSAGE,
    TEAM_N_MEMBERS,
    TEAM_OWNED,
    TEAM_OWNS,
    TOKEN_CASE,
    TOKEN_NUMBER,
    TOKEN_REF,
    TOKEN_ROOMS,
    TOKEN_STANDING,
)
from sim.engines.compiled_engine.luck import fixed_ticks, settle
from sim.engines.compiled_engine.memory import Reals, Words, give, kernel, new_row, take
from sim.engines.compiled_engine.owners import own_case
from sim.engines.compiled_engine.patience import patience_end, token_key1, token_key2
from sim.engines.compiled_engine.queues import comes_first, size_of
from sim.engines.compiled_engine.recorder import begin_span, log_case
from sim.engines.compiled_engine.tallies import note_entry, note_hold, note_passage


@kernel
def join_line(m: Words, f: Reals, line: int, token: int, step: int, act: int, visit: int) -> None:
    """A token stands in a line from now on; with the patience of what it does, if that has any."""
    place = take(m, PLACE_CLASS)
    m[place + PLACE_LINE], m[place + PLACE_TOKEN] = line, token
    m[place + PLACE_SINCE], m[place + PLACE_PATIENCE] = m[NOW], 0
    before = m[line + LINE_LAST]
    while before and place_before(m, place, before):
        before = m[before + PLACE_PREVIOUS]
    after = m[before + PLACE_NEXT] if before else m[line + LINE_FIRST]
    m[place + PLACE_PREVIOUS], m[place + PLACE_NEXT] = before, after
    m[(before + PLACE_NEXT) if before else (line + LINE_FIRST)] = place
    m[(after + PLACE_PREVIOUS) if after else (line + LINE_LAST)] = place
    line_changed(m, line)
    m[token + TOKEN_STANDING], m[token + TOKEN_REF] = STANDS_IN_LINE, place
    begin_span(m, token, SPAN_LIMIT, m[step + STEP_INDEX] if step else -1, -1, -1, 0, 0)
    if act and m[act + ACT_PATIENCE]:
        at = patience_end(m, f, token, act, visit)
        key1, key2 = token_key1(m, PATIENCE, token), token_key2(m, token)
        item = plan_item(m, at, key1, key2, I_PLACE_PATIENCE, token, m[act + ACT_PATH])
        m[place + PLACE_PATIENCE] = item


@kernel
def place_before(m: Words, a: int, b: int) -> bool:
    if m[a + PLACE_SINCE] != m[b + PLACE_SINCE]:
        return m[a + PLACE_SINCE] < m[b + PLACE_SINCE]
    return comes_first(m, m[a + PLACE_TOKEN], m[b + PLACE_TOKEN])


@kernel
def line_changed(m: Words, line: int) -> None:
    if not m[line + LINE_PENDING] and m[line + LINE_FIRST]:
        m[line + LINE_PENDING] = 1
        pend_dispatch(m, m[line + LINE_PEND])


@kernel
def leave_line(m: Words, place: int) -> None:
    line, before, after = m[place + PLACE_LINE], m[place + PLACE_PREVIOUS], m[place + PLACE_NEXT]
    m[(before + PLACE_NEXT) if before else (line + LINE_FIRST)] = after
    m[(after + PLACE_PREVIOUS) if after else (line + LINE_LAST)] = before
    if m[place + PLACE_PATIENCE]:
        call_off(m, m[place + PLACE_PATIENCE])
    give(m, place, PLACE_CLASS)


@kernel
def next_in_line(m: Words, f: Reals, line: int) -> int:
    """The next place for which there is room; in a pool's line those further behind are asked too."""
    place = m[line + LINE_FIRST]
    while place:
        if has_room(m, f, line, m[place + PLACE_TOKEN]):
            return place
        if m[line + LINE_KIND] != L_POOL:
            return 0
        place = m[place + PLACE_NEXT]
    return 0


@kernel
def has_room(m: Words, f: Reals, line: int, token: int) -> bool:
    kind, of = m[line + LINE_KIND], m[line + LINE_OF]
    if kind == L_FLOW:
        return m[of + FLOW_INSIDE] < m[of + FLOW_LIMIT]
    if kind == L_OWNERS:
        return next_owner(m, f, of) >= 0
    return m[m[token + TOKEN_CASE] + m[of + ENV_OFFSET] + HELD_UNIT] > 0 or free_unit(m, of) >= 0


@kernel
def take_room(m: Words, f: Reals, line: int, token: int) -> None:
    kind, of, case = m[line + LINE_KIND], m[line + LINE_OF], m[token + TOKEN_CASE]
    if kind == L_FLOW:
        claim(m, token, of)
    elif kind == L_OWNERS:
        owner = next_owner(m, f, of)
        m[case + CASE_OWNER] = owner
        m[m[of + TEAM_OWNED] + owner] += 1
        if m[sums.KEEPS_TALLIES]:
            own_case(m, case)
    elif m[case + m[of + ENV_OFFSET] + HELD_UNIT] == 0:
        hold(m, f, token, of)


@kernel
def next_owner(m: Words, f: Reals, team: int) -> int:
    """The member with fewer than `owns` open cases who has fewest, then the lowest; -1: nobody."""
    best, least = -1, m[team + TEAM_OWNS]
    for member in range(min(size_of(m, f, team), m[team + TEAM_N_MEMBERS])):
        if m[m[team + TEAM_OWNED] + member] < least:
            best, least = member, m[m[team + TEAM_OWNED] + member]
    return best


# -- rooms in flows


@kernel
def claim(m: Words, token: int, flow: int) -> None:
    """The token is inside the flow from now on."""
    m[flow + FLOW_INSIDE] += 1
    room = take(m, ROOM_CLASS)
    m[room + ROOM_FLOW], m[room + ROOM_ENTER] = flow, m[NOW]
    m[room + ROOM_BELOW] = m[token + TOKEN_ROOMS]
    m[token + TOKEN_ROOMS] = room
    if m[sums.KEEPS_TALLIES]:
        note_entry(m, token, room)


@kernel
def write_passage(m: Words, token: int, room: int, leave: int, outcome: int) -> None:
    if m[sums.KEEPS_TALLIES]:
        note_passage(m, token, room, leave)
    if not m[KEEPS_FACTS]:
        return
    row = new_row(m, T_PASSAGE)
    m[row] = m[m[token + TOKEN_CASE] + CASE_INDEX]
    m[row + 1] = m[token + TOKEN_NUMBER]
    m[row + 2] = m[m[room + ROOM_FLOW] + FLOW_INDEX]
    m[row + 3] = m[room + ROOM_ENTER]
    m[row + 4] = leave
    m[row + 5] = outcome


@kernel
def leave_room(m: Words, token: int, outcome: int) -> None:
    """The token leaves the flow it entered last."""
    room = m[token + TOKEN_ROOMS]
    flow = m[room + ROOM_FLOW]
    m[token + TOKEN_ROOMS] = m[room + ROOM_BELOW]
    m[flow + FLOW_INSIDE] -= 1
    write_passage(m, token, room, m[NOW], outcome)
    give(m, room, ROOM_CLASS)
    if m[flow + FLOW_LINE]:
        line_changed(m, m[flow + FLOW_LINE])


# -- environments


@kernel
def free_unit(m: Words, environment: int) -> int:
    """The free unit of a pool with the lowest number, or -1."""
    for unit in range(m[environment + ENV_POOL]):
        if not m[m[environment + ENV_UNITS] + unit]:
            return unit
    return -1


@kernel
def hold(m: Words, f: Reals, token: int, environment: int) -> None:
    case = m[token + TOKEN_CASE]
    unit = 0
    if m[environment + ENV_POOL]:
        unit = free_unit(m, environment)
        m[m[environment + ENV_UNITS] + unit] = 1
    at = case + m[environment + ENV_OFFSET]
    m[at + HELD_UNIT], m[at + HELD_SINCE], m[at + HELD_BY] = unit + 1, m[NOW], m[token + TOKEN_NUMBER]
    if m[environment + ENV_COST]:
        settle(m, f, m[environment + ENV_COST], m[NOW], case)


@kernel
def write_hold(m: Words, case: int, environment: int, end: int) -> None:
    if m[sums.KEEPS_TALLIES]:
        note_hold(m, m[environment + ENV_INDEX], m[case + m[environment + ENV_OFFSET] + HELD_SINCE], end)
    if not m[sums.KEEPS_HOLDS]:
        return
    at = case + m[environment + ENV_OFFSET]
    row = new_row(m, T_HOLD)
    m[row] = m[case + CASE_INDEX]
    m[row + 1] = m[environment + ENV_INDEX]
    m[row + 2] = m[at + HELD_UNIT] - 1
    m[row + 3] = m[at + HELD_SINCE]
    m[row + 4] = min(end, m[END])


@kernel
def give_back(m: Words, f: Reals, case: int, environment: int) -> None:
    """The case needs it no longer; it lingers, and then is free for others."""
    at = case + m[environment + ENV_OFFSET]
    if m[at + HELD_UNIT] == 0:
        return
    free_at = m[NOW]
    if m[environment + ENV_LINGERS]:
        free_at += fixed_ticks(m, f, m[environment + ENV_LINGERS], m[NOW], case)
    write_hold(m, case, environment, free_at)
    unit = m[at + HELD_UNIT] - 1
    m[at + HELD_UNIT] = 0
    log_case(m, case, E_RELEASE, 0, m[environment + ENV_NAME])
    if m[environment + ENV_POOL]:
        rank = m[m[environment + ENV_LINE] + LINE_RANK]
        plan_dispatch(m, free_at, rank, I_UNIT, environment, unit)
