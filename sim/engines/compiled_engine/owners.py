"""Owners in compiled code: how long they have nothing in hand while a case of theirs waits.

The time of an owner is told whenever something changes about it or about a token of a case it owns. A case
waits where its account is not work: interrupted, in a queue, at a limit or outside; before its first step it
waits for room or for an owner, which is nobody's waiting. What counts is open time of the team in the window,
while the team's size has that member.
Not here: what they do with work in hand (hours).
"""

from __future__ import annotations

from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.calendars import open_between
from sim.engines.compiled_engine.memory import Words, kernel
from sim.engines.compiled_engine.stretches import INTERRUPTED, class_at

WORKS, WAITS, CHANGES = 0, 1, -1


@kernel
def team_sums(m: Words, team: int) -> int:
    return m[sums.TEAMS_SUMS] + sums.TEAM_SUMS * m[team + at.TEAM_INDEX]


@kernel
def owner_in_team(m: Words, team: int, member: int) -> int:
    """What is known of a member of a team that owns cases; 0 where the team owns nothing."""
    owner = m[team_sums(m, team) + sums.TEAM_OWNER]
    return m[owner + sums.OWNER_MEMBERS] + sums.OWNS_SIZE * member if owner else 0


@kernel
def settle_owner_of(m: Words, case: int) -> None:
    """Something is about to change for the owner of a case, if it has one."""
    if m[case + at.CASE_OWNER] >= 0:
        settle_owner(m, m[m[case + at.CASE_TYPE] + at.TYPE_OWNER_TEAM], m[case + at.CASE_OWNER])


@kernel
def settle_owner(m: Words, team: int, member: int) -> None:
    """Something is about to change for a member: its time up to now is told."""
    mine = owner_in_team(m, team, member)
    if mine == 0:
        return
    begin, end = max(m[mine + sums.OWNS_SETTLED], m[sums.WARM_UP]), m[at.NOW]
    m[mine + sums.OWNS_SETTLED] = end
    is_free = m[m[team + at.TEAM_MEMBERS] + at.MEMBER_SIZE * member + at.MEMBER_IS_FREE]
    if begin >= end or not is_free or m[mine + sums.OWNS_CASES] == 0:
        return
    state = cases_wait(m, team, m[mine + sums.OWNS_CASES])
    if state == WAITS:
        add_waiting(m, team, member, begin, end)
    while state == CHANGES and begin < end:
        m[sums.CHANGE] = end
        if one_waits(m, m[mine + sums.OWNS_CASES], begin):
            add_waiting(m, team, member, begin, m[sums.CHANGE])
        begin = m[sums.CHANGE]


@kernel
def add_waiting(m: Words, team: int, member: int, begin: int, end: int) -> None:
    """Time in which a member had nothing in hand while a case waited."""
    row = team_sums(m, team)
    owner, size = m[row + sums.TEAM_OWNER], m[row + sums.TEAM_SIZES]
    for _ in range(m[row + sums.TEAM_N_SIZES]):
        a, b = max(begin, m[size]), min(end, m[size + 1])
        if a < b and member < m[size + 2]:
            m[owner + sums.OWNER_WAITING] += open_between(m, m[row + sums.TEAM_OPEN], a, b)
        size += 3


@kernel
def cases_wait(m: Words, team: int, case: int) -> int:
    """Whether one of the cases from this one on has waited since the last change, all the time."""
    found = WORKS
    while case:
        state = case_waits(m, team, case)
        if state == WAITS:
            return WAITS
        if state == CHANGES:
            found = CHANGES
        case = m[case + sums.CASE_OWNED_AFTER]
    return found


@kernel
def case_waits(m: Words, team: int, case: int) -> int:
    """Whether a case has waited since the last change; WORKS also if it has done neither."""
    found, token = WORKS, m[case + at.CASE_FIRST]
    while token:
        if m[token + at.TOKEN_SPAN] == at.SPAN_WORK:
            state = work_waits(m, team, token)
            if state == WORKS:
                return WORKS
            found = CHANGES if state == CHANGES else found
        if found == WORKS and counts_as_waiting(m, token):
            found = WAITS
        token = m[token + at.TOKEN_NEXT]
    return found


@kernel
def work_waits(m: Words, team: int, token: int) -> int:
    """Whether work, in the time that the team is open, is interrupted."""
    worked = m[token + sums.TOKEN_WORKED]
    if worked <= m[m[token + at.TOKEN_CASE] + sums.CASE_SETTLED]:
        return WAITS
    covers = m[m[team_sums(m, team) + sums.TEAM_OWNER] + sums.OWNER_COVERS]
    is_covered = m[covers + 1 + m[token + at.TOKEN_SPAN_CALENDAR]]
    return WORKS if is_covered and m[at.NOW] <= worked else CHANGES


@kernel
def counts_as_waiting(m: Words, token: int) -> bool:
    """Whether what a token does is waiting at all, and not for room or an owner before the first step."""
    if m[token + at.TOKEN_SPAN] == at.SPAN_LIMIT:
        return m[token + at.TOKEN_SPAN_STEP] >= 0
    return m[token + at.TOKEN_SPAN] >= 0


@kernel
def one_waits(m: Words, case: int, t: int) -> bool:
    """Whether one of the cases from this one on waits at an instant."""
    found = False
    while case:
        smallest, token = sums.NO_CLASS, m[case + at.CASE_FIRST]
        while token:
            if counts_as_waiting(m, token):
                smallest = min(smallest, class_at(m, token, t))
            token = m[token + at.TOKEN_NEXT]
        found = found or INTERRUPTED <= smallest < sums.NO_CLASS
        case = m[case + sums.CASE_OWNED_AFTER]
    return found


@kernel
def own_case(m: Words, case: int) -> None:
    """A case has got its owner."""
    mine = owner_in_team(m, m[m[case + at.CASE_TYPE] + at.TYPE_OWNER_TEAM], m[case + at.CASE_OWNER])
    if mine == 0:
        return
    settle_owner_of(m, case)
    after = m[mine + sums.OWNS_CASES]
    m[case + sums.CASE_OWNED_BEFORE], m[case + sums.CASE_OWNED_AFTER] = 0, after
    if after:
        m[after + sums.CASE_OWNED_BEFORE] = case
    m[mine + sums.OWNS_CASES] = case


@kernel
def disown_case(m: Words, case: int) -> None:
    """A case that may have an owner is over."""
    if m[case + at.CASE_OWNER] < 0:
        return
    mine = owner_in_team(m, m[m[case + at.CASE_TYPE] + at.TYPE_OWNER_TEAM], m[case + at.CASE_OWNER])
    if mine == 0:
        return
    before, after = m[case + sums.CASE_OWNED_BEFORE], m[case + sums.CASE_OWNED_AFTER]
    m[(before + sums.CASE_OWNED_AFTER) if before else (mine + sums.OWNS_CASES)] = after
    if after:
        m[after + sums.CASE_OWNED_BEFORE] = before
