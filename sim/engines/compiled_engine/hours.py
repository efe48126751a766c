"""People's time in compiled code: what a stretch of work comes to, for its team, its case and its step.

Time worked is switching and work; interruptions (focus) are not. Of a stretch that is broken off, or cut by
the end of the run, what was done until then counts. Instants are in ms.
Not here: the time of owners without work in hand (owners).
"""

from __future__ import annotations

from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.calendars import open_between
from sim.engines.compiled_engine.memory import Words, give, kernel, take
from sim.engines.compiled_engine.owners import team_sums
from sim.engines.compiled_engine.stretches import NON_ADDING, calendar_record, later_by
from sim.records import AccountClass

REWORK = int(AccountClass.REWORK)


@kernel
def note_work(m: Words, stretch: int, leader: int, kind: int) -> None:
    """A stretch is over; `kind` is the class of its work. All of its people are noted."""
    case, begin = m[leader + at.WORK_CASE], m[stretch + at.STRETCH_BEGIN]
    index, switching = m[stretch + at.STRETCH_CALENDAR], m[stretch + at.STRETCH_SWITCHING]
    worked = switching + m[stretch + at.STRETCH_MS]
    done = m[at.NOW]
    if not m[stretch + at.STRETCH_IS_OVER] or m[stretch + at.STRETCH_OCCUPIED] > worked:
        done = min(later_by(m, index, begin, worked), done)
        worked = open_on(m, index, begin, done)
    ready = min(later_by(m, index, begin, switching), m[at.NOW]) if switching else begin
    of_case = m[case + at.CASE_TYPE] != 0
    n = m[stretch + at.STRETCH_N_PEOPLE]
    for i in range(n):
        team = m[stretch + at.STRETCH_PEOPLE + 2 * i]
        member = m[stretch + at.STRETCH_PEOPLE + 2 * i + 1]
        note_person(m, team, index, begin, done, worked)
        row = team_sums(m, team)
        if m[row + sums.TEAM_SHRINKS]:
            note_leaving(m, row, member, begin)
        if m[row + sums.TEAM_OWNER]:
            note_owner(m, row, index, begin, ready, done, kind if of_case else -1)
        if m[sums.N_PIECES]:
            is_waste = kind in (NON_ADDING, REWORK)
            waste_end = (done if is_waste else ready) if of_case else begin
            note_hours(m, team, index, begin, done, waste_end)
        if of_case and m[m[leader + at.WORK_STEP] + at.STEP_N_ALTS]:
            note_team(m, leader, m[team + at.TEAM_INDEX])
    if of_case:
        m[case + sums.CASE_WORKED] += n * worked
        m[sums_at(m, case, m[leader + at.WORK_STEP]) + sums.SUMS_WORKED] += n * worked
        note_hands(m, leader, begin, m[m[stretch + at.STRETCH_PEOPLE] + at.TEAM_INDEX])


@kernel
def sums_at(m: Words, case: int, step: int) -> int:
    """What a case keeps of a step that it has visited."""
    return m[case + m[step + at.STEP_AT] + at.AT_SUMS]


@kernel
def open_on(m: Words, index: int, a: int, b: int) -> int:
    """Open ms of a calendar (-1: always open) in [a, b); 0 where b <= a."""
    if a >= b:
        return 0
    return open_between(m, m[calendar_record(m, index) + sums.CAL_SELF], a, b) if index >= 0 else b - a


@kernel
def open_on_both(m: Words, row: int, index: int, a: int, b: int, worked: int) -> int:
    """Open ms in [a, b) on a work's own calendar and on that of a team; `worked` is that of its own alone."""
    if m[row + sums.TEAM_COMMON] == 0 or worked == 0:
        return worked
    common = m[m[row + sums.TEAM_COMMON] + 1 + index]
    return open_between(m, common, a, b) if common else worked


# -- teams


@kernel
def note_person(m: Words, team: int, index: int, begin: int, done: int, worked: int) -> None:
    """What one of the people worked in the window, in the team's calendar and outside it."""
    if done <= m[sums.WARM_UP]:
        return
    if begin < m[sums.WARM_UP]:
        begin = m[sums.WARM_UP]
        worked = open_on(m, index, begin, done)
    row = team_sums(m, team)
    inside = open_on_both(m, row, index, begin, done, worked)
    m[row + sums.TEAM_BUSY] += inside
    m[row + sums.TEAM_OVERTIME] += worked - inside


@kernel
def note_leaving(m: Words, row: int, member: int, begin: int) -> None:
    """Open time in which a member worked on after the size no longer had it, until now."""
    size = m[row + sums.TEAM_SIZES]
    for _ in range(m[row + sums.TEAM_N_SIZES]):
        a, b = max(begin, m[size]), min(m[at.NOW], m[size + 1])
        if a < b and member >= m[size + 2]:
            m[row + sums.TEAM_LEAVING] += open_between(m, m[row + sums.TEAM_OPEN], a, b)
        size += 3


@kernel
def note_hours(m: Words, team: int, index: int, begin: int, done: int, waste_end: int) -> None:
    """The same between the instants that money asks about, and what of it adds nothing."""
    row = team_sums(m, team)
    for i in range(m[sums.N_PIECES]):
        a, b = max(begin, m[m[sums.EDGES] + i]), min(done, m[m[sums.EDGES] + i + 1])
        if a < b:
            hours = m[row + sums.TEAM_HOURS] + sums.HOURS_SIZE * i
            worked = open_on(m, index, a, b)
            m[hours + sums.HOURS_WORKED] += worked
            m[hours + sums.HOURS_OVERTIME] += worked - open_on_both(m, row, index, a, b, worked)
            m[hours + sums.HOURS_WASTE] += open_on(m, index, a, min(b, waste_end))


@kernel
def note_owner(m: Words, row: int, index: int, begin: int, ready: int, done: int, kind: int) -> None:
    """What an owner had in hand; `kind` is -1 for everybody else's work."""
    owner, first = m[row + sums.TEAM_OWNER], m[sums.WARM_UP]
    a = max(begin, first)
    if a < m[at.NOW]:
        m[owner + sums.OWNER_TAKEN] += open_between(m, m[row + sums.TEAM_OPEN], a, m[at.NOW])
    if a < ready:
        own = open_on(m, index, a, ready)
        m[owner + sums.OWNER_SWITCHING] += open_on_both(m, row, index, a, ready, own)
    a = max(ready, first)
    if a < done:
        own = open_on_both(m, row, index, a, done, open_on(m, index, a, done))
        m[owner + (sums.OWNER_OTHER if kind < 0 else sums.OWNER_WORK + kind)] += own


@kernel
def note_team(m: Words, work: int, team: int) -> None:
    """A team has worked on a case at a step where others might have."""
    step = m[work + at.WORK_STEP]
    row = m[sums.STEPS] + sums.STEP_SUMS * m[step + at.STEP_INDEX]
    candidate = m[row + sums.STEP_CANDIDATES]
    for i in range(m[row + sums.STEP_N_CANDIDATES]):
        if m[candidate + sums.CANDIDATE_TEAM] == team:
            m[sums_at(m, m[work + at.WORK_CASE], step) + sums.SUMS_TEAMS] |= 1 << i
        candidate += sums.CANDIDATE_SIZE


# -- hand-overs: changes of team between works of a case in the order of their beginning


@kernel
def note_hands(m: Words, work: int, begin: int, team: int) -> None:
    """A stretch of work of a case is over; `team` did it, or leads those who did.

    While a case has one token, works begin in the order in which they end. Of parallel branches they are kept
    in order until the branches have joined.
    """
    case, step = m[work + at.WORK_CASE], m[m[work + at.WORK_STEP] + at.STEP_INDEX]
    if m[case + at.CASE_FIRST] == m[case + at.CASE_LAST]:
        hand_on(m, case)
        if step != m[case + sums.CASE_HAND_STEP] or begin != m[case + sums.CASE_HAND_BEGIN]:
            change_hands(m, case, m[case + sums.CASE_HAND_TEAM], team + 1)
            remember_hand(m, case, step, begin, team + 1)
        return
    after, before = 0, m[case + sums.CASE_HANDS]
    while before and m[before + sums.HAND_BEGIN] > begin:
        after, before = before, m[before + sums.HAND_BEFORE]
    last_step = m[before + sums.HAND_STEP] if before else m[case + sums.CASE_HAND_STEP]
    last_begin = m[before + sums.HAND_BEGIN] if before else m[case + sums.CASE_HAND_BEGIN]
    if step == last_step and begin == last_begin:
        return
    hand = take(m, sums.HAND_CLASS)
    m[hand + sums.HAND_BEGIN], m[hand + sums.HAND_STEP], m[hand + sums.HAND_TEAM] = begin, step, team + 1
    m[hand + sums.HAND_BEFORE] = before
    m[(after + sums.HAND_BEFORE) if after else (case + sums.CASE_HANDS)] = hand


@kernel
def change_hands(m: Words, case: int, one: int, other: int) -> None:
    if one and one != other:
        m[case + sums.CASE_HAND_OVERS] += 1


@kernel
def remember_hand(m: Words, case: int, step: int, begin: int, team: int) -> None:
    m[case + sums.CASE_HAND_STEP], m[case + sums.CASE_HAND_BEGIN] = step, begin
    m[case + sums.CASE_HAND_TEAM] = team


@kernel
def hand_on(m: Words, case: int) -> None:
    """No work that is still going on has begun before those that were kept: count them."""
    hand = m[case + sums.CASE_HANDS]
    if hand == 0:
        return
    m[case + sums.CASE_HANDS] = 0
    last_step, last_begin = m[hand + sums.HAND_STEP], m[hand + sums.HAND_BEGIN]
    last_team = m[hand + sums.HAND_TEAM]
    while hand:
        before = m[hand + sums.HAND_BEFORE]
        team = m[before + sums.HAND_TEAM] if before else m[case + sums.CASE_HAND_TEAM]
        change_hands(m, case, team, m[hand + sums.HAND_TEAM])
        give(m, hand, sums.HAND_CLASS)
        hand = before
    remember_hand(m, case, last_step, last_begin, last_team)
