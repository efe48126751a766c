"""The members of teams: who is free, who is kept for an appointment, who would do a work.

They are found here and written among the people of the instant. Whether the work starts is for `dispatch`;
from when until when they are busy, for `work`.
"""

from __future__ import annotations

from sim.engines.compiled_engine.layout import (
    ACT_HAS_OWNER,
    ACT_IS_ALONE,
    ACT_N_NEEDS,
    ACT_NEEDS,
    CASE_OWNER,
    CASE_SERIAL,
    CASE_TYPE,
    MEMBER_IS_FREE,
    MEMBER_LAST,
    MEMBER_SIZE,
    N_PEOPLE,
    NEED_IS_OWNER,
    NEED_N,
    NEED_SIZE,
    NEED_TEAM,
    PEOPLE,
    TEAM_KEPT_FOR,
    TEAM_LOWEST,
    TEAM_MEMBERS,
    TEAM_MEMBERS_CLASS,
    TEAM_N_FREE,
    TEAM_N_MEMBERS,
    TEAM_SWITCHING,
    TEAM_UNLIMITED,
    TYPE_OWNER_TEAM,
    WORK_ACT,
    WORK_CASE,
    WORK_IS_JOINT,
    WORK_PERSON,
)
from sim.engines.compiled_engine.memory import Reals, Words, give, kernel, take
from sim.engines.compiled_engine.queues import focus_of, occupied, size_of, team_of


@kernel
def member_at(m: Words, team: int, number: int) -> int:
    return m[team + TEAM_MEMBERS] + MEMBER_SIZE * number


@kernel
def lowest_free(m: Words, team: int, size: int) -> int:
    """The free member with the lowest number below `size`, or -1."""
    number = m[team + TEAM_LOWEST]
    while number < m[team + TEAM_N_MEMBERS] and not m[member_at(m, team, number) + MEMBER_IS_FREE]:
        number += 1
    m[team + TEAM_LOWEST] = number
    return number if number < size and number < m[team + TEAM_N_MEMBERS] else -1


@kernel
def owner_in(m: Words, case: int, team: int) -> int:
    """The number of the case's owner if that is a member of this team, or -1."""
    case_type = m[case + CASE_TYPE]
    return m[case + CASE_OWNER] if case_type and m[case_type + TYPE_OWNER_TEAM] == team else -1


@kernel
def kept(m: Words, f: Reals, team: int) -> int:
    """Who takes no one-person work while an appointment waits for the others; -1: nobody."""
    work = m[team + TEAM_KEPT_FOR]
    if work == 0 or m[team + TEAM_UNLIMITED]:
        return -1
    act = m[work + WORK_ACT]
    for i in range(m[act + ACT_N_NEEDS]):
        need = m[act + ACT_NEEDS] + NEED_SIZE * i
        if m[need + NEED_TEAM] == team and m[need + NEED_IS_OWNER]:
            owner = m[m[work + WORK_CASE] + CASE_OWNER]
            return owner if m[member_at(m, team, owner) + MEMBER_IS_FREE] else -1
    return lowest_free(m, team, size_of(m, f, team))


@kernel
def add_person(m: Words, team: int, number: int) -> None:
    at = m[PEOPLE] + 2 * m[N_PEOPLE]
    m[at], m[at + 1] = team, number
    m[N_PEOPLE] += 1


@kernel
def is_taken(m: Words, team: int, number: int) -> bool:
    for i in range(m[N_PEOPLE]):
        if m[m[PEOPLE] + 2 * i] == team and m[m[PEOPLE] + 2 * i + 1] == number:
            return True
    return False


@kernel
def hire(m: Words, team: int) -> None:
    """One more member of an unlimited team."""
    n, size_class = m[team + TEAM_N_MEMBERS], m[team + TEAM_MEMBERS_CLASS]
    if MEMBER_SIZE * (n + 1) > 1 << size_class:
        old = m[team + TEAM_MEMBERS]
        new = take(m, size_class + 1)
        for i in range(MEMBER_SIZE * n):
            m[new + i] = m[old + i]
        give(m, old, size_class)
        m[team + TEAM_MEMBERS], m[team + TEAM_MEMBERS_CLASS] = new, size_class + 1
    member = member_at(m, team, n)
    m[member + MEMBER_IS_FREE], m[member + MEMBER_LAST] = 1, -1
    m[team + TEAM_N_MEMBERS] = n + 1
    m[team + TEAM_N_FREE] += 1


@kernel
def add_free_members(m: Words, f: Reals, team: int, n: int, besides: int, is_joint: int) -> bool:
    """Add the n lowest-numbered free members to the people; False if there are not so many."""
    is_unlimited = m[team + TEAM_UNLIMITED]
    size = m[team + TEAM_N_MEMBERS] if is_unlimited else size_of(m, f, team)
    spared = -1 if is_joint else kept(m, f, team)
    number = lowest_free(m, team, size)
    if number < 0:
        number = size
    while n > 0:
        if number >= m[team + TEAM_N_MEMBERS] and is_unlimited:
            hire(m, team)
            size = m[team + TEAM_N_MEMBERS]
        if number >= size or number >= m[team + TEAM_N_MEMBERS]:
            return False
        if (
            m[member_at(m, team, number) + MEMBER_IS_FREE]
            and number != spared
            and number != besides
            and not is_taken(m, team, number)
        ):
            add_person(m, team, number)
            n -= 1
        number += 1
    return True


@kernel
def add_lowest(m: Words, f: Reals, team: int) -> bool:
    """The same for one of a team in which nobody is kept."""
    number = lowest_free(m, team, size_of(m, f, team))
    add_person(m, team, number)
    return number >= 0


@kernel
def find_people(m: Words, f: Reals, work: int) -> bool:
    """Who would do it, into the people: the step's team first; False if anybody needed is missing."""
    m[N_PEOPLE] = 0
    act, case, is_joint = m[work + WORK_ACT], m[work + WORK_CASE], m[work + WORK_IS_JOINT]
    person = m[work + WORK_PERSON]
    if person < 0 and m[act + ACT_IS_ALONE] and m[team_of(m, act) + TEAM_KEPT_FOR] == 0:
        return add_lowest(m, f, team_of(m, act))
    if person >= 0:
        team = team_of(m, act)
        add_person(m, team, person)
        return m[member_at(m, team, person) + MEMBER_IS_FREE] == 1 and person != kept(m, f, team)
    for i in range(m[act + ACT_N_NEEDS]):
        need = m[act + ACT_NEEDS] + NEED_SIZE * i
        team = m[need + NEED_TEAM]
        owner = owner_in(m, case, team)
        if m[need + NEED_IS_OWNER]:
            if not m[member_at(m, team, owner) + MEMBER_IS_FREE]:
                return False
            if not is_joint and owner == kept(m, f, team):
                return False
            add_person(m, team, owner)
        else:
            besides = owner if m[act + ACT_HAS_OWNER] else -1
            if not add_free_members(m, f, team, m[need + NEED_N], besides, is_joint):
                return False
    return True


@kernel
def switching_of(m: Words, work: int) -> int:
    """Lost time before the work: the longest of those whose last work was for another case."""
    longest, serial = 0, m[m[work + WORK_CASE] + CASE_SERIAL]
    for i in range(m[N_PEOPLE]):
        team = m[m[PEOPLE] + 2 * i]
        if m[team + TEAM_SWITCHING] > longest:
            last = m[member_at(m, team, m[m[PEOPLE] + 2 * i + 1]) + MEMBER_LAST]
            if last >= 0 and last != serial:
                longest = m[team + TEAM_SWITCHING]
    return longest


@kernel
def occupied_by(m: Words, f: Reals, ms: int) -> int:
    """How long work of so many ms occupies the people found."""
    focus = 100
    for i in range(m[N_PEOPLE]):
        focus = min(focus, focus_of(m, f, m[m[PEOPLE] + 2 * i]))
    return occupied(ms, focus)
