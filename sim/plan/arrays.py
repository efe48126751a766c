"""The plan: what an engine is given. Flat tables of frozen rows that refer to each other by index.

All times are integer milliseconds since the beginning of the warm-up; numbers that must be read or drawn are
indices into `Plan.numbers` (-1: none). Rows are in name order where order has no meaning (teams, flows,
environments, sources, calendars) and in file order where it has (steps of a flow, branches, outcomes).

Not here: YAML, schema, words for people (scenario), how a run unfolds (engines).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sim.calendars import Calendar
from sim.randomness import Distribution

NONE = -1


class NumberKind(IntEnum):
    """How a number is read."""

    CONSTANT = 0  # value
    DISTRIBUTION = 1  # distribution
    ADD = 2  # children a, b
    SUBTRACT = 3
    MULTIPLY = 4
    DIVIDE = 5
    STEPS = 6  # points[i] is the instant from which children[i] holds; the first also before
    RAMP = 7  # linear between (points[i], weights[i]), constant outside
    BY_TRAIT = 8  # trait; children[level]
    BY_CASE = 9  # children[case type]
    MIXTURE = 10  # part i with probability weights[i]; the rest for the last


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number: a constant, a distribution, or made of other rows of the table."""

    kind: NumberKind
    value: float = 0.0
    distribution: Distribution | None = None
    children: tuple[int, ...] = ()
    points: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    trait: int = NONE


class TestKind(IntEnum):
    """How a condition on traits is tested."""

    __test__ = False  # not a pytest class

    HOLDS = 0
    IS = 1
    AT_LEAST = 2
    BELOW = 3
    NOT = 4
    AND = 5
    OR = 6


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A condition on a case's traits; `level` is an index into the trait's levels."""

    kind: TestKind
    trait: int = NONE
    level: int = NONE
    bound: float = 0.0
    children: tuple[int, ...] = ()


class TraitKind(IntEnum):
    """What a trait's draw gives."""

    SHARE = 0  # true with the probability `number`
    LEVELS = 1  # a level, by cumulated probability
    NUMBER = 2  # a number or a draw


@dataclass(frozen=True, slots=True)
class TraitRow:
    """A trait of one case type. Draws are keyed by its name."""

    name: str
    kind: TraitKind
    levels: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()  # SHARE, NUMBER: one; LEVELS: one per level but the rest (NONE)


class TargetKind(IntEnum):
    """Where a token goes next."""

    NEXT = 0
    GO_TO = 1  # a step of the same flow: `step`
    DONE = 2  # the flow ends normally
    LEAVE = 3  # the flow ends with the outcome `name`
    END = 4  # the case ends as `name`
    DO = 5  # a detour through the call `call`, then the step again


@dataclass(frozen=True, slots=True)
class Target:
    kind: TargetKind
    step: int = NONE  # index into Plan.steps
    call: int = NONE  # index into Plan.calls
    name: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome of a step. `p` is a number, NONE for the rest; after a flow step `name` is matched."""

    name: str
    p: int
    target: Target
    weaken: float = 1.0  # factor of p for each time taken before
    at_most: int = NONE


@dataclass(frozen=True, slots=True)
class PatienceRow:
    """How long one waits, and where one goes then. `until` is a milestone (cases only)."""

    waiting: int
    target: Target
    until: str = ""


class ActKind(IntEnum):
    """What is done at a step."""

    WORK = 0
    WAIT = 1
    UNTIL = 2
    FLOW = 3
    FORK = 4
    MILESTONE = 5
    END = 6
    SKIP = 7


@dataclass(frozen=True, slots=True)
class Need:
    """So many members of a team, or the case's owner."""

    team: int
    n: int = 1
    is_owner: bool = False


@dataclass(frozen=True, slots=True)
class Successor:
    """The case that an end starts."""

    case_type: int
    p: int
    after: int  # number [ms]
    after_calendar: int  # NONE: wall clock


@dataclass(frozen=True, slots=True)
class ActRow:
    """What is done at a step: the step's own act, or one of its alternatives."""

    kind: ActKind
    path: str  # what its draws are keyed by: the step's path, or path#alternative
    definition: str  # the step as defined (flow.step or flow.step#alternative): batches belong to it
    alternative: str = ""
    # work
    needs: tuple[Need, ...] = ()  # the step's team first
    work: int = NONE
    work_again: int = NONE  # visits after the first; NONE: as the first
    work_again_share: int = NONE  # share of a new draw of the first
    account_class: int = NONE
    calendar: int = NONE  # work: intersection of its teams'; wait: what it runs on (NONE: wall clock)
    batch_size: int = 0  # 0: no batch
    batch_exactly: bool = False
    batch_or_after: int = NONE
    # wait
    wait: int = NONE
    why: str = ""
    # flow, fork
    calls: tuple[int, ...] = ()  # flow: one; fork: one per branch
    # milestone, end
    name: str = ""
    successor: Successor | None = None
    # any
    takes: tuple[int, ...] = ()
    gives_back: tuple[int, ...] = ()
    patience: PatienceRow | None = None
    outcomes: tuple[OutcomeRow, ...] = ()
    outcome_path: str = ""  # what outcomes are keyed by: `path`, or the step's path if they are inherited


@dataclass(frozen=True, slots=True)
class Alternative:
    """Done in place of the step when its condition holds."""

    when: int  # condition; NONE: always
    act: int
    falls_back: int  # number; NONE: never


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step at its path. `next` is the step after it in its flow, NONE at the end."""

    path: str
    name: str
    case_type: int
    when: int
    act: int
    next: int
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class CallRow:
    """One use of a flow: from a case type, a flow step, a branch or a detour."""

    flow: int
    first: int  # step
    path: str
    when_full: Target | None = None  # only of a limited flow


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A flow as defined, shared by all who call it."""

    name: str
    limit: int = NONE  # number of cases inside


class Closing(IntEnum):
    SUSPEND = 0
    FINISH = 1
    FIT = 2


class Order(IntEnum):
    FIFO = 0
    PRIORITY = 1
    VALUE = 2
    CD3 = 3
    SHORTEST = 4
    DUE = 5


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team. `size` is a number over time; `unlimited` never queues."""

    name: str
    size: int
    max_size: int
    size_changes: tuple[int, ...]  # instants at which the rounded-down size changes
    calendar: int
    unlimited: bool = False
    focus: int = NONE  # number, a share
    closing: Closing = Closing.SUSPEND
    order: Order = Order.FIFO
    owns: int = 0  # open cases per member; 0: owns none
    switching: int = 0
    slice: int = 0
    cost: int = NONE  # number, money per hour
    other_priority: int = NONE


@dataclass(frozen=True, slots=True)
class EnvironmentRow:
    name: str
    cost: int
    pool: int = 0  # 0: unlimited
    lingers: int = NONE


class ArrivalKind(IntEnum):
    NONE = 0  # only successors
    RATE = 1
    EVERY = 2
    INSTANTS = 3
    AT_START = 4  # backlog, population, start_with


@dataclass(frozen=True, slots=True)
class ArrivalCurve:
    """Cumulative expected arrivals at instants; between them the rate is linear over open time.

    `instants[i]` begins a piece with rate `rates[i]` (per ms) changing to `end_rates[i]`; `cumulative[i]`
    arrivals are expected before it.
    """

    instants: tuple[int, ...]
    ends: tuple[int, ...]
    rates: tuple[float, ...]
    end_rates: tuple[float, ...]
    cumulative: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where cases come from: a case type, one of its `start_with` entries, or a team's other work."""

    name: str
    case_type: int  # NONE: other work
    kind: ArrivalKind
    team: int = NONE  # other work only
    work: int = NONE  # other work only
    curve: ArrivalCurve | None = None
    interval: int = 0  # EVERY
    calendar: int = NONE
    instants: tuple[int, ...] = ()
    given_traits: tuple[tuple[float, ...], ...] = ()  # from a file: as the case type's; NaN: not given
    n_cases: int = 0  # AT_START
    start_steps: tuple[int, ...] = ()  # start_with: the steps to enter, from the outermost


@dataclass(frozen=True, slots=True)
class CaseTypeRow:
    name: str
    call: int
    traits: tuple[int, ...]
    owner_team: int = NONE
    priority: int = NONE
    due: int = NONE
    patience: PatienceRow | None = None
    value: int = NONE  # money per month
    value_from: str = ""
    value_lasts: int = 0  # ms; 0: to the end of the window
    value_decay: float = 0.0
    population: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario, ready to run. See the module for the meaning of indices."""

    name: str
    warm_up: int
    end: int
    business: int
    calendars: tuple[Calendar, ...]
    numbers: tuple[NumberRow, ...]
    conditions: tuple[ConditionRow, ...]
    traits: tuple[TraitRow, ...]
    teams: tuple[TeamRow, ...]
    environments: tuple[EnvironmentRow, ...]
    flows: tuple[FlowRow, ...]
    calls: tuple[CallRow, ...]
    steps: tuple[StepRow, ...]
    acts: tuple[ActRow, ...]
    case_types: tuple[CaseTypeRow, ...]
    sources: tuple[SourceRow, ...]  # by name
