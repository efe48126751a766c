"""Teams in compiled code: whose dispatch starts what can start; work in progress.

Names and order as in the SimPy engine's `teams`. Nothing here lets a token run on: that is for `loop`.
"""

from __future__ import annotations

from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.calendars import (
    add,
    closing_after,
    is_open,
    is_opening_instant,
    longest_opening,
    next_opening,
    open_between,
)
from sim.engines.compiled_engine.clock import call_off, first_key, plan_item, second_key
from sim.engines.compiled_engine.hours import note_work
from sim.engines.compiled_engine.layout import (
    ACT_ALTERNATIVE,
    ACT_BATCH_SIZE,
    ACT_CALENDAR,
    ACT_CLASS,
    ACT_HAS_OWNER,
    ACT_IS_ALONE,
    ACT_IS_PLAIN,
    ACT_KEY,
    ACT_N_NEEDS,
    ACT_NEEDS,
    ACT_PATH,
    ACT_PATIENCE,
    AT_COMPLETED,
    BATCH_STARTED,
    BATCH_STUCK,
    BUSINESS,
    CAL_CLOSE,
    CAL_INDEX,
    CAL_OPEN,
    CASE_GENERATION,
    CASE_INDEX,
    CASE_IS_OVER,
    CASE_N_BEGUN,
    CASE_NUMBER,
    CASE_OWNER,
    CASE_PATIENCE_ITEM,
    CASE_PATIENCE_LEFT,
    CASE_PATIENCE_SINCE,
    CASE_SERIAL,
    CASE_SOURCE,
    CASE_TYPE,
    E_START,
    ENDS,
    ENTRY_NEXT,
    ENTRY_WORK,
    I_CASE_PATIENCE,
    I_STRETCH,
    KEEPS_ACCOUNTS,
    KEEPS_FACTS,
    KEEPS_LOG,
    MEMBER_IS_FREE,
    MEMBER_LAST,
    MEMBER_SIZE,
    N_PEOPLE,
    NEED_IS_OWNER,
    NEED_N,
    NEED_SIZE,
    NEED_TEAM,
    NOW,
    PATIENCE,
    PATIENCE_WAITING,
    PEOPLE,
    RUNNING,
    SERIAL_DISPATCH,
    SPAN_WORK,
    STEP_AT,
    STEP_INDEX,
    STEP_PATH,
    STRETCH_BEGIN,
    STRETCH_CALENDAR,
    STRETCH_CLASS,
    STRETCH_CLASS_OF_ONE,
    STRETCH_END,
    STRETCH_FIRST,
    STRETCH_IS_OVER,
    STRETCH_MS,
    STRETCH_N_PEOPLE,
    STRETCH_NEXT,
    STRETCH_NUMBER,
    STRETCH_OCCUPIED,
    STRETCH_PEOPLE,
    STRETCH_PREVIOUS,
    STRETCH_SWITCHING,
    T_WORK,
    TEAM_CALENDAR,
    TEAM_CLOSING,
    TEAM_FIRST,
    TEAM_INDEX,
    TEAM_KEPT_FOR,
    TEAM_LOOKS_AT,
    TEAM_LOWEST,
    TEAM_MEMBERS,
    TEAM_MEMBERS_CLASS,
    TEAM_N_FREE,
    TEAM_N_JOINT,
    TEAM_N_MEMBERS,
    TEAM_NAME,
    TEAM_OWNS,
    TEAM_PENDING,
    TEAM_SWITCHING,
    TEAM_UNLIMITED,
    TOKEN_CASE,
    TOKEN_NUMBER,
    TYPE_OWNER_TEAM,
    UNIT,
    WORK_ACT,
    WORK_BATCH,
    WORK_CASE,
    WORK_IS_JOINT,
    WORK_LEFT,
    WORK_MS,
    WORK_PERSON,
    WORK_STEP,
    WORK_STRETCH,
    WORK_TOGETHER,
    WORK_VISIT,
)
from sim.engines.compiled_engine.luck import draw, ticks
from sim.engines.compiled_engine.memory import Reals, Words, class_for, give, kernel, new_row, take
from sim.engines.compiled_engine.owners import settle_owner
from sim.engines.compiled_engine.queues import (
    FIT,
    changed,
    first_of_batch,
    focus_of,
    is_ready,
    leave_queues,
    occupied,
    size_of,
    stretch_of,
    team_of,
    wake_at,
)
from sim.engines.compiled_engine.recorder import begin_span, log
from sim.engines.compiled_engine.stretches import work_begins
from sim.plan.arrays import Closing
from sim.randomness import Purpose
from sim.records import AccountClass

FINISH = int(Closing.FINISH)
REWORK = int(AccountClass.REWORK)
OF_STEP_PATIENCE = int(Purpose.STEP_PATIENCE)


# -- patience of a case: it runs while none of its tokens has begun work


@kernel
def run_patience(m: Words, case: int) -> None:
    if m[case + CASE_PATIENCE_LEFT] < 0 or m[case + CASE_IS_OVER]:
        return
    m[case + CASE_PATIENCE_SINCE] = m[NOW]
    at = add(m, m[BUSINESS], m[NOW], m[case + CASE_PATIENCE_LEFT])
    key1 = first_key(PATIENCE, m[case + CASE_SOURCE], m[case + CASE_NUMBER])
    key2 = second_key(m[case + CASE_GENERATION], -1)
    m[case + CASE_PATIENCE_ITEM] = plan_item(m, at, key1, key2, I_CASE_PATIENCE, case, 0)


@kernel
def stop_patience(m: Words, case: int) -> None:
    if m[case + CASE_PATIENCE_ITEM] == 0:
        return
    call_off(m, m[case + CASE_PATIENCE_ITEM])
    m[case + CASE_PATIENCE_ITEM] = 0
    m[case + CASE_PATIENCE_LEFT] -= open_between(m, m[BUSINESS], m[case + CASE_PATIENCE_SINCE], m[NOW])


@kernel
def begun(m: Words, case: int, change: int) -> None:
    """A token of the case begins (+1) or finishes (-1) work: its patience stops and goes on."""
    if m[case + CASE_TYPE] == 0:
        return
    before = m[case + CASE_N_BEGUN]
    m[case + CASE_N_BEGUN] = before + change
    if before == 0 and change > 0:
        if m[case + CASE_PATIENCE_ITEM]:
            stop_patience(m, case)
    elif before > 0 and before + change == 0 and m[case + CASE_PATIENCE_LEFT] >= 0:
        run_patience(m, case)


@kernel
def token_key1(m: Words, phase: int, token: int) -> int:
    case = m[token + TOKEN_CASE]
    return first_key(phase, m[case + CASE_SOURCE], m[case + CASE_NUMBER])


@kernel
def token_key2(m: Words, token: int) -> int:
    return second_key(m[m[token + TOKEN_CASE] + CASE_GENERATION], m[token + TOKEN_NUMBER])


@kernel
def patience_end(m: Words, f: Reals, token: int, act: int, visit: int) -> int:
    case = m[token + TOKEN_CASE]
    u, v = draw(m, case, m[act + ACT_KEY], visit, OF_STEP_PATIENCE)
    waiting = ticks(m, f, m[m[act + ACT_PATIENCE] + PATIENCE_WAITING], m[NOW], case, u, v)
    return add(m, m[BUSINESS], m[NOW], waiting)


# -- people


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


# -- dispatch


@kernel
def is_in_vain(m: Words, team: int) -> bool:
    """Whether a dispatch would find nobody who could do anything, as every other one does."""
    calendar = m[team + TEAM_CALENDAR]
    return (
        m[team + TEAM_N_FREE] == 0
        and m[team + TEAM_N_JOINT] == 0
        and m[team + TEAM_KEPT_FOR] == 0
        and not m[team + TEAM_UNLIMITED]
        and m[calendar + CAL_OPEN] <= m[NOW] < m[calendar + CAL_CLOSE]
    )


@kernel
def dispatch(m: Words, f: Reals, team: int) -> None:
    """Go once through the queue and start each work that can start."""
    m[team + TEAM_PENDING] = 0
    m[team + TEAM_KEPT_FOR] = 0
    if not is_open(m, m[team + TEAM_CALENDAR], m[NOW]):
        if m[team + TEAM_FIRST]:
            wake_at(m, team, next_opening(m, m[team + TEAM_CALENDAR], m[NOW]))
        return
    m[SERIAL_DISPATCH] += 1
    entry = m[team + TEAM_FIRST]
    while entry:
        is_nobody_free = m[team + TEAM_N_FREE] == 0 and not m[team + TEAM_UNLIMITED]
        if is_nobody_free and m[team + TEAM_N_JOINT] == 0:
            break
        m[team + TEAM_LOOKS_AT] = m[entry + ENTRY_NEXT]
        work = m[entry + ENTRY_WORK]
        if is_nobody_free and not m[work + WORK_IS_JOINT]:
            break  # appointments stand first, and may keep people of other teams
        batch = m[work + WORK_BATCH]
        if m[m[work + WORK_ACT] + ACT_IS_PLAIN] and m[team + TEAM_KEPT_FOR] == 0:
            start_plain(m, f, team, work)
        elif batch == 0:
            m[work + WORK_TOGETHER] = 0
            m[UNIT] = work
            can_start(m, f, team)
        elif m[batch + BATCH_STUCK] != m[SERIAL_DISPATCH] and not (
            find_unit(m, f, work) and can_start(m, f, team)
        ):
            # ready, but cannot start now, or not ready: its other members need not be asked
            m[batch + BATCH_STUCK] = m[SERIAL_DISPATCH]
        entry = m[team + TEAM_LOOKS_AT]
    m[team + TEAM_LOOKS_AT] = 0


@kernel
def find_unit(m: Words, f: Reals, work: int) -> bool:
    """What would start together with a work of a batch, from UNIT on; False if the batch is not ready."""
    batch = m[work + WORK_BATCH]
    if not is_ready(m, f, batch):
        return False
    entry = first_of_batch(m, batch, 0)
    last = m[entry + ENTRY_WORK]
    m[UNIT] = last
    for _ in range(m[m[work + WORK_ACT] + ACT_BATCH_SIZE] - 1):
        entry = first_of_batch(m, batch, entry)
        if entry == 0:
            break
        m[last + WORK_TOGETHER] = m[entry + ENTRY_WORK]
        last = m[entry + ENTRY_WORK]
    m[last + WORK_TOGETHER] = 0
    return True


@kernel
def can_start(m: Words, f: Reals, team: int) -> bool:
    """Start the unit if it can start; else see to it that it is looked at again."""
    leader, now = m[UNIT], m[NOW]
    calendar = m[m[leader + WORK_ACT] + ACT_CALENDAR]
    if calendar != m[team + TEAM_CALENDAR] and not is_open(m, calendar, now):
        wake_at(m, team, next_opening(m, calendar, now))
        return False
    are_there = find_people(m, f, leader)
    if are_there and fits(m, f, leader):
        start(m, f)
        return True
    if are_there:
        wake_at(m, team, next_opening(m, calendar, closing_after(m, calendar, now)))
    if m[leader + WORK_IS_JOINT] and stands_first(m, f, leader):
        m[team + TEAM_KEPT_FOR] = leader
        wake_at(m, team, closing_after(m, calendar, now))  # from then on nobody is kept for it
    return False


@kernel
def stands_first(m: Words, f: Reals, work: int) -> bool:
    """Whether an appointment stands first in the queue of each team it needs."""
    act = m[work + WORK_ACT]
    for i in range(m[act + ACT_N_NEEDS]):
        if first_in_line(m, f, m[m[act + ACT_NEEDS] + NEED_SIZE * i + NEED_TEAM]) != work:
            return False
    return True


@kernel
def first_in_line(m: Words, f: Reals, team: int) -> int:
    """The first work in the queue; a batch that is not ready stands nowhere yet."""
    entry = m[team + TEAM_FIRST]
    while entry:
        work = m[entry + ENTRY_WORK]
        if m[work + WORK_BATCH] == 0 or is_ready(m, f, m[work + WORK_BATCH]):
            return work
        entry = m[entry + ENTRY_NEXT]
    return 0


@kernel
def fits(m: Words, f: Reals, leader: int) -> bool:
    """Whether it ends before closing, where that is the rule."""
    act = m[leader + WORK_ACT]
    if m[team_of(m, act) + TEAM_CLOSING] != FIT:
        return True
    calendar, now = m[act + ACT_CALENDAR], m[NOW]
    n = occupied_by(m, f, switching_of(m, leader) + stretch_of(m, leader))
    if n > longest_opening(m, calendar):
        return is_opening_instant(m, calendar, now)
    return now + n <= closing_after(m, calendar, now)


# -- starting


@kernel
def start(m: Words, f: Reals) -> None:
    """Start the unit with the people found: they are busy until it is over, or until its slice is."""
    leader = m[UNIT]
    act = m[leader + WORK_ACT]
    switching, ms = switching_of(m, leader), stretch_of(m, leader)
    takes = occupied_by(m, f, switching + ms)
    calendar = m[act + ACT_CALENDAR]
    if m[team_of(m, act) + TEAM_CLOSING] == FINISH:  # it runs through closing time
        calendar = 0
    n_people = m[N_PEOPLE]
    size_class = STRETCH_CLASS_OF_ONE if n_people == 1 else class_for(STRETCH_PEOPLE + 2 * n_people)
    stretch = new_stretch(m, leader, size_class, n_people, calendar, switching, ms, takes)
    m[stretch + STRETCH_NUMBER] = number_batch(m, leader)
    for i in range(2 * n_people):
        m[stretch + STRETCH_PEOPLE + i] = m[m[PEOPLE] + i]
    work = leader
    while work:
        begin(m, f, work, stretch, leader)
        work = m[work + WORK_TOGETHER]
    for i in range(n_people):
        engage(m, m[stretch + STRETCH_PEOPLE + 2 * i], m[stretch + STRETCH_PEOPLE + 2 * i + 1])
    plan_end(m, stretch, leader, add(m, calendar, m[NOW], takes) if calendar else m[NOW] + takes)


@kernel
def start_plain(m: Words, f: Reals, team: int, work: int) -> None:
    """Start work for which nothing special is to be thought of: most of it. As `start` would."""
    ms, calendar = m[work + WORK_LEFT], m[team + TEAM_CALENDAR]
    number = lowest_free(m, team, m[team + TEAM_N_MEMBERS])
    m[team + TEAM_LOWEST] = number + 1
    stretch = new_stretch(m, work, STRETCH_CLASS_OF_ONE, 1, calendar, 0, ms, ms)
    m[stretch + STRETCH_NUMBER] = 0
    m[work + WORK_TOGETHER] = 0
    m[stretch + STRETCH_PEOPLE], m[stretch + STRETCH_PEOPLE + 1] = team, number
    begin(m, f, work, stretch, work)
    engage(m, team, number)
    plan_end(m, stretch, work, add(m, calendar, m[NOW], ms))


@kernel
def new_stretch(
    m: Words,
    leader: int,
    size_class: int,
    n_people: int,
    calendar: int,
    switching: int,
    ms: int,
    takes: int,
) -> int:
    """A stretch of work that begins now; its people and its number are still to be written."""
    stretch = take(m, size_class)
    m[stretch + STRETCH_CLASS] = size_class
    m[stretch + STRETCH_FIRST] = leader
    m[stretch + STRETCH_N_PEOPLE] = n_people
    m[stretch + STRETCH_BEGIN] = m[NOW]
    m[stretch + STRETCH_CALENDAR] = m[calendar + CAL_INDEX] if calendar else -1
    m[stretch + STRETCH_SWITCHING] = switching
    m[stretch + STRETCH_MS] = ms
    m[stretch + STRETCH_OCCUPIED] = takes
    m[stretch + STRETCH_IS_OVER] = 0
    m[stretch + STRETCH_PREVIOUS], m[stretch + STRETCH_NEXT] = 0, m[RUNNING]
    if m[RUNNING]:
        m[m[RUNNING] + STRETCH_PREVIOUS] = stretch
    m[RUNNING] = stretch
    return stretch


@kernel
def plan_end(m: Words, stretch: int, leader: int, end: int) -> None:
    key1, key2 = token_key1(m, ENDS, leader), token_key2(m, leader)
    path = m[m[leader + WORK_ACT] + ACT_PATH]
    m[stretch + STRETCH_END] = plan_item(m, end, key1, key2, I_STRETCH, stretch, path)


@kernel
def engage(m: Words, team: int, number: int) -> None:
    """A member is busy from now on."""
    if m[sums.KEEPS_TALLIES] and m[team + TEAM_OWNS]:
        settle_owner(m, team, number)
    m[member_at(m, team, number) + MEMBER_IS_FREE] = 0
    m[team + TEAM_N_FREE] -= 1


@kernel
def number_batch(m: Words, leader: int) -> int:
    batch = m[leader + WORK_BATCH]
    if batch == 0:
        return 0
    m[batch + BATCH_STARTED] += 1
    return m[batch + BATCH_STARTED]


@kernel
def begin(m: Words, f: Reals, work: int, stretch: int, leader: int) -> None:
    leave_queues(m, f, work)
    is_first = m[work + WORK_PERSON] < 0
    m[work + WORK_STRETCH] = stretch
    if m[work + WORK_BATCH]:
        m[work + WORK_MS] = m[leader + WORK_MS]
        m[work + WORK_LEFT] = m[leader + WORK_MS]
    if is_first:
        begun(m, m[work + WORK_CASE], 1)
    log_people(m, work, stretch, E_START, m[work + WORK_MS] if is_first else m[work + WORK_LEFT])
    if m[KEEPS_ACCOUNTS] and m[m[work + WORK_CASE] + CASE_TYPE]:
        begin_span(
            m,
            work,
            SPAN_WORK,
            m[m[work + WORK_STEP] + STEP_INDEX],
            m[stretch + STRETCH_CALENDAR],
            account_class(m, work),
            m[stretch + STRETCH_SWITCHING],
            m[stretch + STRETCH_MS],
        )
        if m[sums.KEEPS_TALLIES]:
            work_begins(m, work, m[stretch + STRETCH_OCCUPIED])


@kernel
def account_class(m: Words, work: int) -> int:
    step = m[work + WORK_STEP]
    if step and m[m[work + WORK_CASE] + m[step + STEP_AT] + AT_COMPLETED]:
        return REWORK
    return m[m[work + WORK_ACT] + ACT_CLASS]


@kernel
def log_people(m: Words, work: int, stretch: int, event: int, ms: int) -> None:
    """A row for each of the people."""
    if not m[KEEPS_LOG]:
        return
    step, act = m[work + WORK_STEP], m[work + WORK_ACT]
    for i in range(m[stretch + STRETCH_N_PEOPLE]):
        person = stretch + STRETCH_PEOPLE + 2 * i
        log(
            m,
            m[work + WORK_CASE],
            event,
            m[work + TOKEN_NUMBER],
            m[step + STEP_PATH] if step else m[act + ACT_PATH],
            m[work + WORK_VISIT],
            m[m[person] + TEAM_NAME],
            m[person + 1] + 1,
            m[stretch + STRETCH_NUMBER],
            ms,
            m[act + ACT_ALTERNATIVE],
        )


# -- ending


@kernel
def free_people(m: Words, stretch: int, leader: int, complete: int) -> None:
    """The people of a stretch are free, and what they did is written down."""
    serial = m[m[leader + WORK_CASE] + CASE_SERIAL]
    before, after = m[stretch + STRETCH_PREVIOUS], m[stretch + STRETCH_NEXT]
    m[(before + STRETCH_NEXT) if before else RUNNING] = after
    if after:
        m[after + STRETCH_PREVIOUS] = before
    if m[sums.KEEPS_TALLIES]:
        note_work(m, stretch, leader, account_class(m, leader))
    for i in range(m[stretch + STRETCH_N_PEOPLE]):
        team = m[stretch + STRETCH_PEOPLE + 2 * i]
        number = m[stretch + STRETCH_PEOPLE + 2 * i + 1]
        if m[sums.KEEPS_TALLIES] and m[team + TEAM_OWNS]:
            settle_owner(m, team, number)
        if m[KEEPS_FACTS]:
            write_work(m, stretch, leader, i, complete)
        member = member_at(m, team, number)
        m[member + MEMBER_IS_FREE], m[member + MEMBER_LAST] = 1, serial
        m[team + TEAM_LOWEST] = min(m[team + TEAM_LOWEST], number)
        m[team + TEAM_N_FREE] += 1
        changed(m, team)


@kernel
def write_work(m: Words, stretch: int, leader: int, i: int, complete: int) -> None:
    """A row for what the i-th of the people of a stretch did."""
    case, step = m[leader + WORK_CASE], m[leader + WORK_STEP]
    row = new_row(m, T_WORK)
    m[row] = m[case + CASE_INDEX]
    m[row + 1] = m[step + STEP_INDEX] if step else -1
    m[row + 2] = m[m[stretch + STRETCH_PEOPLE + 2 * i] + TEAM_INDEX]
    m[row + 3] = m[stretch + STRETCH_PEOPLE + 2 * i + 1]
    m[row + 4] = m[stretch + STRETCH_BEGIN]
    m[row + 5] = m[NOW]
    m[row + 6] = m[stretch + STRETCH_CALENDAR]
    m[row + 7] = account_class(m, leader)
    m[row + 8] = m[stretch + STRETCH_SWITCHING]
    m[row + 9] = m[stretch + STRETCH_MS]
    m[row + 10] = m[stretch + STRETCH_OCCUPIED]
    m[row + 11] = complete


@kernel
def lose(m: Words, stretch: int, work: int) -> None:
    """One of its cases is over; a batch goes on for the others, anything else is broken off."""
    if m[stretch + STRETCH_FIRST] == work:
        m[stretch + STRETCH_FIRST] = m[work + WORK_TOGETHER]
    else:
        before = m[stretch + STRETCH_FIRST]
        while m[before + WORK_TOGETHER] != work:
            before = m[before + WORK_TOGETHER]
        m[before + WORK_TOGETHER] = m[work + WORK_TOGETHER]
    m[work + WORK_STRETCH] = 0
    if m[stretch + STRETCH_FIRST] == 0 and not m[stretch + STRETCH_IS_OVER]:
        call_off(m, m[stretch + STRETCH_END])
        free_people(m, stretch, work, 0)
        give(m, stretch, m[stretch + STRETCH_CLASS])


@kernel
def withdraw_work(m: Words, f: Reals, work: int) -> None:
    """A token is taken out of the queue, or its work is broken off."""
    if m[work + WORK_STRETCH]:
        lose(m, m[work + WORK_STRETCH], work)
    else:
        leave_queues(m, f, work)
