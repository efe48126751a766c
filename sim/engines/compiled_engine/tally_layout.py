"""The layout of what a run sums up while it goes on: the words of its tallies (`records.tallies`).

Times are milliseconds; a word that ends in `_B` is an instant in business time: business ms before it. Sums
that 64 bits may not hold stand in two words, a low one of `LIMB` bits and a high one.
Here are constants only. Where they add to records of `layout`, that says so beside the gap it leaves.
"""

from __future__ import annotations

# -- the head of the memory
(
    KEEPS_TALLIES,
    KEEPS_CASES,  # rows of cases and their milestones
    KEEPS_HOLDS,  # rows of environments held
    WARM_UP,
    WARM_UP_B,
    HALF_B,  # where the later half of the window begins
    HALF_LENGTH,  # business time in it
    NOW_B,  # the present instant
    PAST,  # the business calendar once more: its cursor stays behind
    CALENDARS,  # array of records, by index
    CHANGE,  # when the class of a token changes next: what `class_at` also gives
    TYPES,  # sums by case type
    FLOWS,
    STEPS,
    TEAMS_SUMS,
    HELD,
    EDGES,  # of money: instants
    N_PIECES,  # pieces of time between them
    STEP_ROWS,  # the records of steps stand one after the other from here on
) = range(160, 179)

# -- limits: a later half of the window of 2^44 ms is 557 years, a step with more teams to choose from a jest
LIMB = 44
MOST_HALF = 1 << LIMB
MOST_TEAMS = 60

# -- calendars: once more, so that questions about the past do not move the cursors of the present
(
    CAL_SELF,
    CAL_BUSINESS,  # its open business time as a calendar; 0: all business time
) = range(2)
CAL_SIZE = 2

# -- cases
(
    CASE_SETTLED,  # until when its account is closed
    CASE_SETTLED_B,
    CASE_ARRIVE_B,
    CASE_WORKED,
    CASE_HAND_OVERS,
    CASE_HAND_TEAM,  # who worked last: index + 1
    CASE_HAND_STEP,
    CASE_HAND_BEGIN,
    CASE_HANDS,  # works of parallel branches, latest beginning first
    CASE_VISITED,  # sums of the steps it has visited
    CASE_PASSAGES,  # those whose groups are not known yet
    CASE_OWNED_BEFORE,  # among the cases of its owner
    CASE_OWNED_AFTER,
    CASE_ACCOUNT,
) = range(24, 38)
N_CLASSES = 11
NO_CLASS = 11  # of a token in no state: its time goes into a word of its own, so that it is missed
(HAND_BEGIN, HAND_STEP, HAND_TEAM, HAND_BEFORE) = range(4)
HAND_CLASS = 2
(LATER_FLOW, LATER_LEAD_TIME, LATER_ELAPSED, LATER_NEXT) = range(4)
LATER_CLASS = 2

# -- what a case keeps of a step it has visited, until it leaves
(
    SUMS_STEP,
    SUMS_NEXT,
    SUMS_ENTER_B,
    SUMS_COMPLETE,
    SUMS_ACCURATE,
    SUMS_THROUGH,
    SUMS_WAITED,
    SUMS_WORKED,
    SUMS_STANDING,
    SUMS_GROWTH,  # two words
    _,
    SUMS_TEAMS,  # a bit for each candidate that has worked there
) = range(12)
SUMS_CLASS = 4

# -- tokens
(
    TOKEN_SPAN_B,  # when its state began
    TOKEN_ONE_CLASS,  # the class of all its business time in this state; -1: it changes
    TOKEN_SWITCHED,  # work: when switching ends
    TOKEN_WORKED,  # work: when it is done, and only interruption follows
) = range(46, 50)

# -- rooms
ROOM_ENTER_B, ROOM_ACCOUNT = 3, 4

# -- sums by case type
(
    TYPE_ACCOUNT,
    TYPE_LEFT,
    TYPE_INSIDE,
    TYPE_GROWTH,  # two words
    _,
    TYPE_BY_PATIENCE,
    TYPE_IN_PRODUCTION,
    TYPE_OPEN,
    TYPE_OPEN_KNOWN,
    TYPE_OPEN_AGE,
    TYPE_VISITS,
    TYPE_HAND_OVERS,
    TYPE_WORKED,
    TYPE_VALUE_FROM,  # where a case keeps whether it has reached that milestone; 0: nowhere
) = (0, *range(11, 24))
TYPE_SUMS = 24

# -- sums by flow
(FLOW_ACCOUNT, FLOW_LEFT, FLOW_INSIDE_MS, FLOW_OPEN, FLOW_GROUPS, FLOW_N_TRAITS) = (0, *range(11, 16))
FLOW_SUMS = 16
(GROUP_TRAITS, GROUP_N, GROUP_VALUES, GROUP_FIRST) = range(4)  # traits by case type; values as words
GROUP_SIZE = 4

# -- sums by step; where it has alternatives, by candidate for its teams
(
    STEP_VISITS,
    STEP_COMPLETE,
    STEP_ACCURATE,
    STEP_THROUGH,
    STEP_WAITED,
    STEP_WORKED,
    STEP_STANDING,
    STEP_GROWTH,  # two words
    _,
    STEP_CANDIDATES,
    STEP_N_CANDIDATES,
    STEP_DEFAULT,  # who it is that a case waits for where nobody has worked on it: bits
) = range(12)
STEP_SUMS = 12
(CANDIDATE_TEAM, CANDIDATE_VISITS, CANDIDATE_WAITED, CANDIDATE_STANDING, CANDIDATE_GROWTH, _) = range(6)
CANDIDATE_SIZE = 6

# -- sums by team
(
    TEAM_BUSY,
    TEAM_OVERTIME,
    TEAM_LEAVING,
    TEAM_COMMON,  # by own calendar of a work, first that of none: what is open on both; 0: all of it
    TEAM_HOURS,  # of money: worked, overtime and waste of each piece
    TEAM_SIZES,  # pieces of time: begin, end, size
    TEAM_N_SIZES,
    TEAM_SHRINKS,  # whether members may leave
    TEAM_OPEN,  # its calendar once more
    TEAM_OWNER,  # its sums as an owner; 0: it owns nothing
) = range(10)
TEAM_SUMS = 10
HOURS_WORKED, HOURS_OVERTIME, HOURS_WASTE = range(3)
HOURS_SIZE = 3
(
    OWNER_WORK,
    OWNER_SWITCHING,
    OWNER_OTHER,
    OWNER_TAKEN,
    OWNER_WAITING,
    OWNER_COVERS,  # by calendar of a work, first that of none: whether it is open whenever the team is
    OWNER_MEMBERS,
) = (0, *range(4, 10))
OWNER_SUMS = 10
OWNS_CASES, OWNS_SETTLED = range(2)  # of each member: first case, until when its time is told
OWNS_SIZE = 2

# -- rows of stays: series, business time, elapsed time
OF_CASES, OF_FLOW, OF_GROUP = range(3)
SERIES_KIND, SERIES_INDEX = 40, 20  # kind << 40 | index << 20 | outcome
