"""The layout of the memory of a run: where each word of each record stands.

A run lives in one array of 64-bit words, seen as integers (`m`) and as floating-point numbers (`f`). A record
is a few words at an *address*, and `m[case + CASE_NUMBER]` is a field of it. Address 0 is none. The rows of a
plan (`tables` writes them) and what comes and goes during a run (cases, tokens, works, items) are records
alike, so nothing but `m` and `f` is handed from function to function, and a run that needs more room goes on
in a larger copy.
Here are constants only: fields of records, sizes, codes. Words marked (f) are read through `f`.
"""

from __future__ import annotations

FOREVER = 2**62
ALMOST = 1e-9  # so that a size that is whole but for rounding is whole
NAN_WORD = 0x7FF8_0000_0000_0000

# -- the head of the memory: single words at fixed addresses
(
    _NOTHING,
    NOW,
    END,
    SEED,
    REPLICATION,
    KEEPS_LOG,
    KEEPS_FACTS,
    KEEPS_ACCOUNTS,  # states and visits are followed: something is made of them
    BUSINESS,  # calendar
    TOP,  # first word never used
    CAPACITY,
    HEAP,  # array of instants and items, smallest first
    HEAP_SIZE,
    HEAP_CLASS,
    SERIAL_ITEM,
    SERIAL_CASE,
    SERIAL_DISPATCH,
    INSTANT,  # of which items are counted
    N_AT_INSTANT,
    WALK_INSTANT,  # of the case that runs on
    WALK_CASE,
    N_PASSED,
    N_LATEST,
    LATEST_AT,  # where the next one is noted
    GOES_ON,
    N_BEYOND,  # items planned for after the end
    LAST_CALLED_OFF,
    N_CASES,
    N_OPEN,
    OPEN_CASES,
    RUNNING,  # stretches
    N_TRAITS,
    N_ENVIRONMENTS,
    ENVIRONMENTS,  # array of them
    TEAMS,  # array of them
    N_SOURCES,
    SOURCES,
    HASHES,
    N_KEYS,
    STACK,
    PEOPLE,  # who would do a work: pairs of team and member
    N_PEOPLE,
    AGENDA,  # tokens that run on next, within this item
    UNIT,  # works that would start together
    STOP,  # why the run stops
    STOP_AT,
    STOP_MORE,
    PLAIN_CLASS,  # of a case without a type
    INITIAL,  # what is planned from the beginning: instant, rank, kind, reference
    MOST_AT_INSTANT,
    MOST_IN_QUEUE,
    PENDING,  # dispatches of this instant, by rank
) = range(52)
LATEST = 60  # the last steps passed through
N_LATEST_KEPT = 20
FREE = 80  # heads of the lists of free blocks, by class
OUT = 120  # of each table written: first chunk, last chunk, words used in the last
OUT_FIRST, OUT_LAST, OUT_USED, OUT_WIDTH = range(4)
HEAD_SIZE = 180  # from 160 on: `tally_layout`

# -- tables written
T_EVENT, T_SPAN, T_WORK, T_VISIT, T_PASSAGE, T_HOLD, T_CASE, T_MILESTONE, T_LOGGED, T_STAY = range(10)
WIDTHS = (5, 10, 12, 6, 6, 5, 11, 3, 3, 3)  # cases: plus their traits
N_TABLES = 10
CHUNK_CLASS = 12

# -- why a run stops
(
    STOP_NONE,
    STOP_ROOM,  # one item took more than the reserve
    STOP_LOOP,
    STOP_RUNAWAY,
    STOP_OVERFLOW,
    STOP_NOT_DRAWN,
    STOP_LOG,
    STOP_ACCOUNT,
) = range(8)

# -- items
(ITEM_AT, ITEM_KEY1, ITEM_KEY2, ITEM_SERIAL, ITEM_KIND, ITEM_REF, ITEM_MORE, ITEM_PLACE) = range(8)
ITEM_CLASS = 3
ENDS, ARRIVALS, DISPATCH, PATIENCE = range(4)
(
    I_ARRIVAL,  # source
    I_SUCCESSOR,  # source, generation << 16 | case type; number in the key
    I_WAIT,  # token
    I_STRETCH,  # stretch
    I_LINE,  # line
    I_LINE_CHANGED,  # line
    I_UNIT,  # environment, unit
    I_TEAM,  # team
    I_TEAM_CHANGE,  # team
    I_BATCH,  # batch
    I_CASE_PATIENCE,  # case
    I_WORK_PATIENCE,  # work
    I_PLACE_PATIENCE,  # token
) = range(13)

# -- a dispatch of the present instant: it waits in a list of its own, which costs less than the heap
(PEND_RANK, PEND_KIND, PEND_REF, PEND_SERIAL, PEND_NEXT, PEND_IS_IN) = range(6)
PEND_SIZE = 6

# -- calendars
(
    CAL_INDEX,
    CAL_N,
    CAL_OPENS,
    CAL_CLOSES,
    CAL_BEFORE,
    CAL_TOTAL,
    CAL_LONGEST,
    CAL_CURSOR,  # the opening looked at last
    CAL_OPEN,  # when that begins
    CAL_CLOSE,  # and ends
    CAL_DONE,  # open ms before it
) = range(11)
CAL_SIZE = 11

# -- numbers; kinds as NumberKind, and TRAIT: the value of a trait
(NUM_KIND, NUM_VALUE, NUM_N, NUM_CHILDREN, NUM_POINTS, NUM_WEIGHTS, NUM_TRAIT, NUM_FAMILY) = range(8)
NUM_PARAMETERS = 8  # (f) four of them
NUM_IS_FLAT = 12  # an operation on numbers that are made of no others
NUM_SIZE = 13
# a distribution keeps its table's address in NUM_POINTS and the length in NUM_N
NUMBER_TRAIT = 11

# -- conditions: one test each, and where to go on; 0 false, 1 true
(TEST_KIND, TEST_TRAIT, TEST_LEVEL, TEST_BOUND, TEST_YES, TEST_NO) = range(6)
NEVER, ALWAYS = 0, 1

# -- traits
(TRAIT_INDEX, TRAIT_KIND, TRAIT_KEY, TRAIT_N, TRAIT_NUMBERS, TRAIT_ASK) = range(6)

# -- targets, outcomes, patience
(TARGET_KIND, TARGET_STEP, TARGET_CALL, TARGET_NAME) = range(4)
(
    OUTCOME_NAME,
    OUTCOME_P,
    OUTCOME_TARGET,
    OUTCOME_WEAKEN,
    OUTCOME_AT_MOST,
    OUTCOME_TAKEN_AT,
    OUTCOME_UP_TO,  # (f) of an act whose outcomes are fixed: up to which u it is taken
) = range(7)
OUTCOME_SIZE = 7
(PATIENCE_WAITING, PATIENCE_TARGET, PATIENCE_UNTIL) = range(3)

# -- flows, calls, lines
(FLOW_INDEX, FLOW_LIMIT, FLOW_INSIDE, FLOW_LINE) = range(4)
(CALL_FLOW, CALL_FIRST, CALL_PATH, CALL_WHEN_FULL, CALL_ROLE, CALL_STEP, CALL_ACT) = range(7)
R_ROOT, R_FLOW, R_BRANCH, R_DETOUR = range(4)
(LINE_RANK, LINE_KIND, LINE_OF, LINE_FIRST, LINE_LAST, LINE_PENDING, LINE_NAME, LINE_PEND) = range(8)
LINE_SIZE = 8
L_FLOW, L_POOL, L_OWNERS = range(3)
(PLACE_LINE, PLACE_TOKEN, PLACE_SINCE, PLACE_PREVIOUS, PLACE_NEXT, PLACE_PATIENCE) = range(6)
PLACE_CLASS = 3

# -- steps, alternatives, acts
(STEP_INDEX, STEP_PATH, STEP_WHEN, STEP_ACT, STEP_NEXT, STEP_ALTS, STEP_N_ALTS, STEP_AT, STEP_CALL) = range(9)
STEP_SIZE = 9
(ALT_WHEN, ALT_ACT) = range(2)
ALT_SIZE = 2
(
    ACT_KIND,
    ACT_PATH,
    ACT_KEY,
    ACT_OUTCOME_KEY,
    ACT_ALTERNATIVE,  # its name
    ACT_NEEDS,
    ACT_N_NEEDS,
    ACT_N_PEOPLE,
    ACT_HAS_OWNER,
    ACT_WORK,
    ACT_AGAIN,
    ACT_AGAIN_SHARE,
    ACT_CLASS,
    ACT_CALENDAR,
    ACT_BATCH,
    ACT_BATCH_SIZE,
    ACT_BATCH_EXACTLY,
    ACT_BATCH_OR_AFTER,
    ACT_WAIT,
    ACT_WHY,
    ACT_CALLS,
    ACT_N_CALLS,
    ACT_NAME,
    ACT_MILESTONE_AT,
    ACT_SUCCESSOR,  # case type
    ACT_SUCCESSOR_P,
    ACT_SUCCESSOR_AFTER,
    ACT_SUCCESSOR_CALENDAR,
    ACT_TAKES,
    ACT_N_TAKES,
    ACT_GIVES,
    ACT_N_GIVES,
    ACT_PATIENCE,
    ACT_OUTCOMES,
    ACT_N_OUTCOMES,
    ACT_HAS_REST,
    ACT_FALLS_BACK,
    ACT_IS_ALONE,  # needs one person of a team, no matter who
    ACT_IS_PLAIN,  # and nothing about that team or the work is special
    ACT_IS_FIXED,  # its outcomes have the same probabilities at all times
) = range(40)
ACT_SIZE = 40
(NEED_TEAM, NEED_N, NEED_IS_OWNER) = range(3)
NEED_SIZE = 3
(BATCH_ACT, BATCH_FIRST, BATCH_LAST, BATCH_N, BATCH_STARTED, BATCH_WAS_READY, BATCH_STUCK) = range(7)

# -- teams; a member is two words
(
    TEAM_CALENDAR,
    TEAM_PENDING,
    TEAM_KEPT_FOR,
    TEAM_FIRST,  # of its queue
    TEAM_LAST,
    TEAM_QUEUE,  # length of it
    TEAM_N_FREE,
    TEAM_N_JOINT,  # appointments in its queue
    TEAM_LOOKS_AT,  # while it goes through its queue: what comes next
    TEAM_UNLIMITED,
    TEAM_LOWEST,  # no free member has a lower number
    TEAM_MEMBERS,
    TEAM_N_MEMBERS,
    TEAM_FIXED_SIZE,  # -1: it changes
    TEAM_FOCUS,
    TEAM_CLOSING,
    TEAM_ORDER,
    TEAM_SWITCHING,
    TEAM_SLICE,
    TEAM_PEND,
    TEAM_INDEX,
    TEAM_NAME,
    TEAM_RANK,
    TEAM_SIZE,
    TEAM_OTHER_PRIORITY,
    TEAM_WAKES_AT,
    TEAM_MEMBERS_CLASS,
    TEAM_OWNERS,  # line
    TEAM_OWNS,
    TEAM_OWNED,
    TEAM_SIGNS,  # signposts along a long queue
    TEAM_MOVES,  # entries that came and went since they were put up
) = range(32)
TEAM_RECORD = 32
MEMBER_IS_FREE, MEMBER_LAST = range(2)  # the serial of its last case
MEMBER_SIZE = 2

# -- environments
(ENV_INDEX, ENV_NAME, ENV_COST, ENV_POOL, ENV_UNITS, ENV_LINGERS, ENV_LINE, ENV_OFFSET) = range(8)
HELD_UNIT, HELD_SINCE, HELD_BY = range(3)  # in a case; the unit counts from 1, 0: not held
HELD_SIZE = 3

# -- case types, sources
(
    TYPE_INDEX,
    TYPE_CALL,
    TYPE_OWNER_TEAM,
    TYPE_PRIORITY,
    TYPE_DUE,
    TYPE_PATIENCE,
    TYPE_VALUE,
    TYPE_POPULATION,
    TYPE_N_STEPS,
    TYPE_STEPS,  # array of them
    TYPE_CLASS,
    TYPE_TRAITS,
    TYPE_N_TRAITS,
) = range(13)
TYPE_RECORD = 13
(
    SOURCE_INDEX,
    SOURCE_NAME,
    SOURCE_TYPE,
    SOURCE_KIND,
    SOURCE_TEAM,
    SOURCE_ACT,
    SOURCE_CURVE,
    SOURCE_N_PIECES,
    SOURCE_INTERVAL,
    SOURCE_CALENDAR,
    SOURCE_INSTANTS,
    SOURCE_N_INSTANTS,
    SOURCE_GIVEN,
    SOURCE_N_CASES,
    SOURCE_STARTS,
    SOURCE_N_STARTS,
    SOURCE_NUMBER,
    SOURCE_REACHED,
    SOURCE_PIECE,
    SOURCE_IS_START,  # its cases stand in the system from the start
) = range(20)
SOURCE_RECORD = 20

# -- cases: these words, their traits (f), environments, milestones, outcomes taken, steps
(
    CASE_SOURCE,
    CASE_NUMBER,
    CASE_GENERATION,
    CASE_TYPE,
    CASE_SERIAL,
    CASE_N_BEGUN,
    CASE_PATIENCE_ITEM,
    CASE_PATIENCE_LEFT,
    CASE_FIRST,  # token
    CASE_LAST,
    CASE_N_TOKENS,
    CASE_OWNER,
    CASE_IS_OVER,
    CASE_ARRIVE,
    CASE_INDEX,
    CASE_CLASS,
    CASE_PREVIOUS,
    CASE_NEXT,
    CASE_HAS_VALUE,
    CASE_VALUE,
    CASE_DUE,
    CASE_PATIENCE_SINCE,
) = range(22)
CASE_TRAITS = 49  # from 24 on: `tally_layout`
AT_VISITS, AT_COMPLETED, AT_FELL_FROM, AT_OPEN_VISITS, AT_SUMS = range(5)
AT_SIZE = 5
(VISIT_NUMBER, VISIT_ENTER, VISIT_COMPLETE, VISIT_BELOW) = range(4)
VISIT_CLASS = 3

# -- tokens, each with the work that it does: in queues, or begun. Eight words are a line of the processor's
# cache; what every visit needs stands in the first four.
(
    TOKEN_CASE,
    TOKEN_NUMBER,
    TOKEN_STEP,
    TOKEN_ACT,
    TOKEN_STAGE,
    TOKEN_CALL,
    TOKEN_STANDING,
    TOKEN_REF,
    WORK_VISIT,
    WORK_MS,
    WORK_LEFT,
    WORK_ENQUEUED,
    WORK_BATCH,
    WORK_PERSON,
    WORK_PATIENCE,
    WORK_STRETCH,
    WORK_ENTRY,  # its entry in the queue of the first team that it needs: seven words
    _ENTRY_TEAM,
    _ENTRY_PREVIOUS,
    _ENTRY_NEXT,
    _ENTRY_ORDER,
    _ENTRY_OTHER,
    _ENTRY_SIGN,
    WORK_ENTRIES,
    WORK_IS_JOINT,
    WORK_TOGETHER,  # the next one of its unit or stretch
    TOKEN_TAKEN,  # how many of what the act takes have been looked at
    TOKEN_N_ENTRY,
    TOKEN_LEFT,  # the name a flow was left under
    TOKEN_TARGET,
    TOKEN_SPAN,  # state, -1: none open
    TOKEN_ROOMS,
    TOKEN_AGENDA,
    TOKEN_ENTRY,
    TOKEN_PREVIOUS,
    TOKEN_NEXT,
    TOKEN_JOIN,  # of a branch: who forked it
    TOKEN_N_BRANCHES,
    WORK_BATCH_PREVIOUS,
    WORK_BATCH_NEXT,
    TOKEN_SPAN_STEP,
    TOKEN_SPAN_BEGIN,
    TOKEN_SPAN_CALENDAR,
    TOKEN_SPAN_CLASS,
    TOKEN_SPAN_SWITCHING,
    TOKEN_SPAN_MS,
) = range(46)  # the rest: `tally_layout`
TOKEN_SIZE = 50
TOKEN_CLASS = 6
WORK_CASE, WORK_STEP, WORK_ACT = TOKEN_CASE, TOKEN_STEP, TOKEN_ACT
STANDS_NOWHERE, STANDS_IN_WAIT, STANDS_IN_LINE, STANDS_AT_WORK = range(4)
(ROOM_FLOW, ROOM_ENTER, ROOM_BELOW) = range(3)
ROOM_CLASS = 4  # the rest: `tally_layout`
(ENTRY_WORK, ENTRY_TEAM, ENTRY_PREVIOUS, ENTRY_NEXT, ENTRY_ORDER, ENTRY_OTHER, ENTRY_SIGN) = range(7)
ENTRY_CLASS = 3
(
    STRETCH_FIRST,  # work, the leader
    STRETCH_N_PEOPLE,
    STRETCH_BEGIN,
    STRETCH_CALENDAR,  # index
    STRETCH_SWITCHING,
    STRETCH_MS,
    STRETCH_OCCUPIED,
    STRETCH_NUMBER,
    STRETCH_END,
    STRETCH_IS_OVER,
    STRETCH_PREVIOUS,
    STRETCH_NEXT,
    STRETCH_CLASS,
    STRETCH_PEOPLE,
) = range(14)
STRETCH_CLASS_OF_ONE = 4

# -- states of spans, as SpanState
SPAN_WORK, SPAN_PAUSED, SPAN_QUEUE, SPAN_TOGETHER, SPAN_BATCH, SPAN_DATE, SPAN_LIMIT, SPAN_OUTSIDE = range(8)

# -- a row of the event log; T_LOGGED has source, number and generation of each case, by its serial
(
    LOG_TIME,
    LOG_CASE,  # serial, visit
    LOG_WHAT,  # token, path, info, event: path and info are numbers of texts
    LOG_WHO,  # team (number of a text), member, batch
    LOG_MS,
) = range(5)
SERIAL_BITS, VISIT_BITS = 31, 32
TOKEN_BITS, TEXT_BITS, EVENT_BITS = 23, 18, 4
MEMBER_BITS, BATCH_BITS = 20, 25

# -- events, in the order of records.Event
(
    E_ARRIVE,
    E_OWN,
    E_ENTER,
    E_ENQUEUE,
    E_START,
    E_PAUSE,
    E_COMPLETE,
    E_OUTCOME,
    E_MILESTONE,
    E_HOLD,
    E_RELEASE,
    E_TURNED_AWAY,
    E_DROP,
    E_CANCEL,
    E_LEAVE,
) = range(15)

# -- texts with a fixed number
TEXT_NONE, TEXT_DONE, TEXT_ABANDONED, TEXT_FALLS_BACK = range(4)

# -- what the loop is asked to do, and how it comes back
BEGIN, GO_ON, CLOSE = range(3)
FINISHED, PAUSED = range(2)
RESERVE = 1 << 17
"""Words that one item may take; where there are fewer left, the run pauses for more room."""
