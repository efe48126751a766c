"""Work in progress: a stretch of it begins with the people found, and ends, or is broken off.

Which work begins is for `dispatch`; what its token does afterwards, for `loop`.
"""

from __future__ import annotations

from sim.engines.compiled_engine import tally_layout as sums
from sim.engines.compiled_engine.calendars import add
from sim.engines.compiled_engine.clock import call_off, plan_item
from sim.engines.compiled_engine.hours import note_work
from sim.engines.compiled_engine.layout import (
    ACT_ALTERNATIVE,
    ACT_CALENDAR,
    ACT_CLASS,
    ACT_PATH,
    AT_COMPLETED,
    BATCH_STARTED,
    CAL_INDEX,
    CASE_INDEX,
    CASE_SERIAL,
    CASE_TYPE,
    E_START,
    ENDS,
    I_STRETCH,
    KEEPS_ACCOUNTS,
    KEEPS_FACTS,
    KEEPS_LOG,
    MEMBER_IS_FREE,
    MEMBER_LAST,
    N_PEOPLE,
    NOW,
    PEOPLE,
    RUNNING,
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
    TEAM_INDEX,
    TEAM_LOWEST,
    TEAM_N_FREE,
    TEAM_N_MEMBERS,
    TEAM_NAME,
    TEAM_OWNS,
    TOKEN_NUMBER,
    UNIT,
    WORK_ACT,
    WORK_BATCH,
    WORK_CASE,
    WORK_ENTRIES,
    WORK_ENTRY,
    WORK_LEFT,
    WORK_MS,
    WORK_PATIENCE,
    WORK_PERSON,
    WORK_STEP,
    WORK_STRETCH,
    WORK_TOGETHER,
    WORK_VISIT,
)
from sim.engines.compiled_engine.memory import Reals, Words, class_for, give, kernel, new_row, take
from sim.engines.compiled_engine.owners import settle_owner
from sim.engines.compiled_engine.patience import begun, token_key1, token_key2
from sim.engines.compiled_engine.people import lowest_free, member_at, occupied_by, switching_of
from sim.engines.compiled_engine.queues import (
    changed,
    leave_queue,
    leave_queues,
    stop_waiting,
    stretch_of,
    team_of,
)
from sim.engines.compiled_engine.recorder import begin_span, log
from sim.engines.compiled_engine.stretches import work_begins
from sim.plan.arrays import Closing
from sim.records import AccountClass

FINISH = int(Closing.FINISH)
REWORK = int(AccountClass.REWORK)


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
    m[work + WORK_ENTRIES] = 0
    leave_queue(m, work + WORK_ENTRY)
    if m[work + WORK_PATIENCE]:
        stop_waiting(m, work)
    m[work + WORK_STRETCH] = stretch
    is_begun(m, work, stretch, 1, ms)
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
    m[stretch + STRETCH_END] = plan_item(m, end, key1, key2, I_STRETCH, stretch, 0)


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
    is_first = 1 if m[work + WORK_PERSON] < 0 else 0
    m[work + WORK_STRETCH] = stretch
    if m[work + WORK_BATCH]:
        m[work + WORK_MS] = m[leader + WORK_MS]
        m[work + WORK_LEFT] = m[leader + WORK_MS]
    is_begun(m, work, stretch, is_first, m[work + WORK_MS] if is_first else m[work + WORK_LEFT])


@kernel
def is_begun(m: Words, work: int, stretch: int, is_first: int, ms: int) -> None:
    """A stretch of work has begun, for the first time or after a pause; `ms` is what is to be done."""
    if is_first:
        begun(m, m[work + WORK_CASE], 1)
    log_people(m, work, stretch, E_START, ms)
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
