"""Tallies in compiled code: sums over cases, passages, visits and queues, as `records.tallies` means them.

Some figures count only of a case that has left in the window and was not there from the start. They are kept
with the case, by step visited, until it leaves. How long each case and passage stayed is written as a row of
three words, which is taken out of the memory as the run goes on.
Not here: accounts (accounts), people (hours, owners).
"""

from __future__ import annotations

from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.accounts import check_account, settle
from sim.engines.compiled_engine.hours import hand_on, sums_at
from sim.engines.compiled_engine.memory import Words, give, kernel, new_row, take, take_cleared
from sim.engines.compiled_engine.owners import disown_case
from sim.engines.compiled_engine.stretches import business_now

LIMB_MASK = (1 << sums.LIMB) - 1
HALF_LIMB = sums.LIMB // 2
HALF_MASK = (1 << HALF_LIMB) - 1


# -- sums


@kernel
def in_window(m: Words, begin_b: int, end_b: int) -> int:
    """Business time in the window between two instants given in business time."""
    return max(end_b, m[sums.WARM_UP_B]) - max(begin_b, m[sums.WARM_UP_B])


@kernel
def add_wide(m: Words, place: int, low: int, high: int) -> None:
    """Add to a sum of two words; `low` may be of any sign and size below 2^62."""
    low += m[place]
    m[place] = low & LIMB_MASK
    m[place + 1] += high + (low >> sums.LIMB)


@kernel
def add_growth(m: Words, place: int, begin_b: int, end_b: int) -> None:
    """Add (y − x)(x + y − L) of a stretch to a sum: see `CaseTally.growth`."""
    y = end_b - m[sums.HALF_B]
    if y <= 0:
        return
    x = max(0, begin_b - m[sums.HALF_B])
    a, b = y - x, x + y - m[sums.HALF_LENGTH]
    a_high, a_low = a >> HALF_LIMB, a & HALF_MASK
    b_high, b_low = b >> HALF_LIMB, b & HALF_MASK
    middle = a_high * b_low + a_low * b_high
    low = a_low * b_low + ((middle & HALF_MASK) << HALF_LIMB)
    add_wide(m, place, low, a_high * b_high + (middle >> HALF_LIMB))


@kernel
def write_stay(m: Words, kind: int, index: int, more: int, ms: int, elapsed: int) -> None:
    row = new_row(m, at.T_STAY)
    m[row] = kind << sums.SERIES_KIND | index << sums.SERIES_INDEX | more
    m[row + 1], m[row + 2] = ms, elapsed


@kernel
def was_there(m: Words, case: int) -> int:
    """Whether a case stood in the system from the start: its age is unknown."""
    if m[case + at.CASE_GENERATION]:
        return 0
    return m[m[m[at.SOURCES] + m[case + at.CASE_SOURCE]] + at.SOURCE_IS_START]


# -- visits and queues


@kernel
def note_visit(m: Words, case: int, step: int) -> None:
    """A case enters a step."""
    place = case + m[step + at.STEP_AT] + at.AT_SUMS
    row = m[place]
    if row == 0:
        row = take_cleared(m, sums.SUMS_CLASS)
        m[row + sums.SUMS_STEP] = step
        m[row + sums.SUMS_NEXT] = m[case + sums.CASE_VISITED]
        m[place], m[case + sums.CASE_VISITED] = row, row
    m[row + sums.SUMS_ENTER_B] = business_now(m)


@kernel
def note_completion(m: Words, case: int, step: int) -> None:
    row = sums_at(m, case, step)
    m[row + sums.SUMS_COMPLETE] += 1
    m[row + sums.SUMS_ACCURATE] += 1
    m[row + sums.SUMS_THROUGH] += business_now(m) - m[row + sums.SUMS_ENTER_B]


@kernel
def note_return(m: Words, case: int, step: int) -> None:
    """A `go_to` names a step: what was completed there was not accurate."""
    row = sums_at(m, case, step)
    if row:
        m[row + sums.SUMS_ACCURATE] = 0


@kernel
def is_queueing(state: int) -> bool:
    return at.SPAN_PAUSED <= state <= at.SPAN_BATCH


@kernel
def note_state(m: Words, token: int) -> None:
    """A state of a token ends; if it stood in a queue, so does that."""
    m[token + sums.TOKEN_ONE_CLASS] = sums.NO_CLASS
    if not is_queueing(m[token + at.TOKEN_SPAN]):
        return
    case, begin_b, end_b = m[token + at.TOKEN_CASE], m[token + sums.TOKEN_SPAN_B], business_now(m)
    if begin_b == end_b:  # nobody waited
        return
    step = m[sums.STEP_ROWS] + at.STEP_SIZE * m[token + at.TOKEN_SPAN_STEP]
    kept = sums_at(m, case, step)
    m[kept + sums.SUMS_WAITED] += end_b - begin_b
    row = m[sums.STEPS] + sums.STEP_SUMS * m[token + at.TOKEN_SPAN_STEP]
    m[row + sums.STEP_STANDING] += in_window(m, begin_b, end_b)
    if m[row + sums.STEP_N_CANDIDATES]:
        m[kept + sums.SUMS_STANDING] += in_window(m, begin_b, end_b)
        add_growth(m, kept + sums.SUMS_GROWTH, begin_b, end_b)
    else:
        add_growth(m, row + sums.STEP_GROWTH, begin_b, end_b)


# -- passages


@kernel
def note_entry(m: Words, token: int, room: int) -> None:
    """A token enters a flow: the account of its case so far is remembered."""
    case = m[token + at.TOKEN_CASE]
    settle(m, case)
    m[room + sums.ROOM_ENTER_B] = business_now(m)
    for i in range(sums.N_CLASSES):
        m[room + sums.ROOM_ACCOUNT + i] = m[case + sums.CASE_ACCOUNT + i]


@kernel
def note_passage(m: Words, token: int, room: int, leave: int) -> None:
    """A token leaves a flow; `leave` is -1 if it is still inside at the end of the run."""
    case, begin_b, end_b = m[token + at.TOKEN_CASE], m[room + sums.ROOM_ENTER_B], business_now(m)
    row = m[sums.FLOWS] + sums.FLOW_SUMS * m[m[room + at.ROOM_FLOW] + at.FLOW_INDEX]
    m[row + sums.FLOW_INSIDE_MS] += in_window(m, begin_b, end_b)
    if leave < 0:
        m[row + sums.FLOW_OPEN] += 1
        return
    if leave < m[sums.WARM_UP]:
        return
    m[row + sums.FLOW_LEFT] += 1
    if was_there(m, case):
        return
    settle(m, case)
    for i in range(sums.N_CLASSES):
        m[row + i] += m[case + sums.CASE_ACCOUNT + i] - m[room + sums.ROOM_ACCOUNT + i]
    flow, ms, elapsed = (
        m[m[room + at.ROOM_FLOW] + at.FLOW_INDEX],
        end_b - begin_b,
        leave - m[room + at.ROOM_ENTER],
    )
    write_stay(m, sums.OF_FLOW, flow, 0, ms, elapsed)
    if m[row + sums.FLOW_N_TRAITS]:
        note_groups(m, case, flow, ms, elapsed)


@kernel
def note_groups(m: Words, case: int, flow: int, ms: int, elapsed: int) -> None:
    """Which groups a passage is in; where that depends on a trait nobody has asked for yet, later."""
    row = m[sums.FLOWS] + sums.FLOW_SUMS * flow
    for i in range(m[row + sums.FLOW_N_TRAITS]):
        if is_unasked(m, case, m[row + sums.FLOW_GROUPS] + sums.GROUP_SIZE * i):
            later = take(m, sums.LATER_CLASS)
            m[later + sums.LATER_FLOW], m[later + sums.LATER_LEAD_TIME] = flow, ms
            m[later + sums.LATER_ELAPSED] = elapsed
            m[later + sums.LATER_NEXT] = m[case + sums.CASE_PASSAGES]
            m[case + sums.CASE_PASSAGES] = later
            return
    write_groups(m, case, flow, ms, elapsed)


@kernel
def trait_word(m: Words, case: int, group: int) -> int:
    """What a trait is for a case, as a word; that of NaN where it has none, or was not asked for it."""
    trait = m[m[group + sums.GROUP_TRAITS] + m[m[case + at.CASE_TYPE] + at.TYPE_INDEX]]
    return m[case + at.CASE_TRAITS + trait] if trait >= 0 else at.NAN_WORD


@kernel
def is_unasked(m: Words, case: int, group: int) -> bool:
    trait = m[m[group + sums.GROUP_TRAITS] + m[m[case + at.CASE_TYPE] + at.TYPE_INDEX]]
    return trait >= 0 and m[case + at.CASE_TRAITS + trait] == at.NAN_WORD


@kernel
def write_groups(m: Words, case: int, flow: int, ms: int, elapsed: int) -> None:
    row = m[sums.FLOWS] + sums.FLOW_SUMS * flow
    for i in range(m[row + sums.FLOW_N_TRAITS]):
        group = m[row + sums.FLOW_GROUPS] + sums.GROUP_SIZE * i
        word = trait_word(m, case, group)
        for j in range(m[group + sums.GROUP_N]):
            if m[m[group + sums.GROUP_VALUES] + j] == word:
                write_stay(m, sums.OF_GROUP, m[group + sums.GROUP_FIRST] + j, 0, ms, elapsed)


# -- cases


@kernel
def note_case(m: Words, case: int, leave: int, outcome: int, by_patience: int) -> None:
    """A case is over, or (`leave` is -1) still open at the end of the run."""
    settle(m, case)
    check_account(m, case)
    disown_case(m, case)
    begin_b, end_b = m[case + sums.CASE_ARRIVE_B], business_now(m)
    index = m[m[case + at.CASE_TYPE] + at.TYPE_INDEX]
    row = m[sums.TYPES] + sums.TYPE_SUMS * index
    m[row + sums.TYPE_INSIDE] += in_window(m, begin_b, end_b)
    add_growth(m, row + sums.TYPE_GROWTH, begin_b, end_b)
    known = 0 if was_there(m, case) else 1
    counted = 0
    if leave < 0:
        m[row + sums.TYPE_OPEN] += 1
        m[row + sums.TYPE_OPEN_KNOWN] += known
        m[row + sums.TYPE_OPEN_AGE] += known * (end_b - begin_b)
    elif leave >= m[sums.WARM_UP]:
        m[row + sums.TYPE_LEFT] += 1
        counted = known
    hand_on(m, case)
    if counted:
        write_stay(m, sums.OF_CASES, index, outcome, end_b - begin_b, leave - m[case + at.CASE_ARRIVE])
        count_case(m, case, row, by_patience)
    note_steps(m, case, row, counted)
    note_later_groups(m, case)


@kernel
def count_case(m: Words, case: int, row: int, by_patience: int) -> None:
    for i in range(sums.N_CLASSES):
        m[row + i] += m[case + sums.CASE_ACCOUNT + i]
    m[row + sums.TYPE_BY_PATIENCE] += by_patience
    if m[row + sums.TYPE_VALUE_FROM]:
        m[row + sums.TYPE_IN_PRODUCTION] += m[case + m[row + sums.TYPE_VALUE_FROM]]
    m[row + sums.TYPE_HAND_OVERS] += m[case + sums.CASE_HAND_OVERS]
    m[row + sums.TYPE_WORKED] += m[case + sums.CASE_WORKED]


@kernel
def note_steps(m: Words, case: int, row: int, counted: int) -> None:
    """What a case has kept of each step goes to the step, if the case counts, or is forgotten."""
    kept = m[case + sums.CASE_VISITED]
    while kept:
        step = m[kept + sums.SUMS_STEP]
        visits = m[case + m[step + at.STEP_AT] + at.AT_VISITS]
        to = m[sums.STEPS] + sums.STEP_SUMS * m[step + at.STEP_INDEX]
        if counted:
            m[row + sums.TYPE_VISITS] += visits
            m[to + sums.STEP_VISITS] += visits
            m[to + sums.STEP_COMPLETE] += m[kept + sums.SUMS_COMPLETE]
            m[to + sums.STEP_ACCURATE] += m[kept + sums.SUMS_ACCURATE]
            m[to + sums.STEP_THROUGH] += m[kept + sums.SUMS_THROUGH]
            m[to + sums.STEP_WAITED] += m[kept + sums.SUMS_WAITED]
            m[to + sums.STEP_WORKED] += m[kept + sums.SUMS_WORKED]
        if m[to + sums.STEP_N_CANDIDATES]:
            note_candidates(m, to, kept, visits * counted, counted)
        following = m[kept + sums.SUMS_NEXT]
        give(m, kept, sums.SUMS_CLASS)
        kept = following


@kernel
def note_candidates(m: Words, to: int, kept: int, visits: int, counted: int) -> None:
    """Whose queue it was where a step has alternatives: who worked there, or the ordinary step's teams."""
    teams = m[kept + sums.SUMS_TEAMS] if m[kept + sums.SUMS_TEAMS] else m[to + sums.STEP_DEFAULT]
    candidate = m[to + sums.STEP_CANDIDATES]
    for i in range(m[to + sums.STEP_N_CANDIDATES]):
        if teams >> i & 1:
            m[candidate + sums.CANDIDATE_VISITS] += visits
            m[candidate + sums.CANDIDATE_WAITED] += m[kept + sums.SUMS_WAITED] * counted
            m[candidate + sums.CANDIDATE_STANDING] += m[kept + sums.SUMS_STANDING]
            low, high = m[kept + sums.SUMS_GROWTH], m[kept + sums.SUMS_GROWTH + 1]
            add_wide(m, candidate + sums.CANDIDATE_GROWTH, low, high)
        candidate += sums.CANDIDATE_SIZE


@kernel
def note_later_groups(m: Words, case: int) -> None:
    """Nothing more will be asked: the passages that were kept go to the groups that are known."""
    later = m[case + sums.CASE_PASSAGES]
    while later and not m[at.STOP]:
        following = m[later + sums.LATER_NEXT]
        write_groups(
            m,
            case,
            m[later + sums.LATER_FLOW],
            m[later + sums.LATER_LEAD_TIME],
            m[later + sums.LATER_ELAPSED],
        )
        give(m, later, sums.LATER_CLASS)
        later = following


# -- environments


@kernel
def note_hold(m: Words, environment: int, begin: int, end: int) -> None:
    """An environment was held, lingering included."""
    m[m[sums.HELD] + environment] += max(0, min(end, m[at.END]) - max(begin, m[sums.WARM_UP]))
