"""The words of a scenario file: every section, every key, what each means.

These models describe the merged file in its canonical form. Numbers, durations, money and conditions stay
the text they were written as (`sim.scenario.numbers`, `sim.scenario.conditions` read them): here stands only
which keys there are. The descriptions are what the reference page and the editor show: written for people.
Not here: reading YAML and merging (reader, extends), what names refer to (checks).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StrictBool,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

Raw: TypeAlias = str | int | float | dict[str, Any]
"""A number as it was written: text, a plain number, or a map (`by`, over time, `mix`, `first` and "
"`again`)."""

TARGET_KEYS = ("go_to", "end", "leave", "do")
STEP_KINDS = ("team", "wait", "flow", "parallel", "milestone", "end")


def _raw(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float | dict):
        raise PydanticCustomError("number", "a number")
    return value


def _number(title: str, description: str, *examples: Any) -> Any:
    """The annotation of a number that stays as written: a title, a sentence and valid examples."""
    return WithJsonSchema(
        {
            "title": title,
            "description": description,
            "examples": list(examples),
            "anyOf": [{"type": "string"}, {"type": "number"}, {"type": "object"}],
        }
    )


_plain = PlainValidator(_raw)

NumberText = Annotated[
    Raw,
    _plain,
    _number(
        "Number",
        "A plain number, an assumption as $name, arithmetic, a distribution, {by: trait, ...}, or over time.",
        40,
        "$data_scientists",
        "2 * $data_scientists",
        {"by": "size", "standard": 1, "large": 2},
        "ramp 2 at 0 months to 6 at 12 months",
    ),
]
ShareText = Annotated[
    Raw,
    _plain,
    _number(
        "Share",
        "A share or a probability, from 0% to 100%.",
        "25%",
        "$triage_return_rate",
        "ramp 0% at 9 months to 80% at 21 months",
    ),
]
WorkText = Annotated[
    Raw,
    _plain,
    _number(
        "Working time",
        "Time people work, in working units: s min h d w. 1 d is an ordinary day of the business calendar.",
        "3 h",
        "triangular 4 h to 1 d to 3 d",
        "lognormal mean 2 h cv 1",
        {"first": "lognormal mean 10 d cv 0.6", "again": "30%"},
    ),
]
WaitText = Annotated[
    Raw,
    _plain,
    _number(
        "Time waited",
        "A time, or `until` and a calendar. min h d w run on the business calendar, days weeks months "
        "years on "
        "the wall clock.",
        "2 d",
        "lognormal median 10 days sigma 1",
        "until data_board",
    ),
]
LongText = Annotated[
    Raw,
    _plain,
    _number("Long time", "A time on the wall clock: days, weeks, months or years.", "36 months", "180 days"),
]
MoneyText = Annotated[
    Raw,
    _plain,
    _number("Money", "Money in the file's currency; k is a thousand, M a million.", "42 k", "1.5 M"),
]
PointsText = Annotated[
    Raw,
    _plain,
    _number(
        "Points in time",
        "A point in time from month 0 on, or shares over several.",
        "9 months",
        {"0 months": "50%", "9 months": "50%"},
    ),
]
PriceText = Annotated[
    Raw,
    _plain,
    _number(
        "Price",
        "Money per time.",
        "89 per hour",
        "2 k per month",
        {"by": "size", "standard": "168 per month", "large": "672 per month"},
    ),
]
RateText = Annotated[
    Raw,
    _plain,
    _number("Rate", "How many per time.", "3 per year", "$ideas_each * $data_scientists", "2 per d"),
]
ConditionText = Annotated[
    str,
    Field(
        title="Condition",
        description="A test on the case's traits: `trait`, `trait is level`, `at least n`, `below n`, "
        "with not, "
        "and, or, ( ).",
        examples=["sensitive", "size is large", "adopts and not unusual"],
    ),
]


def _tuple(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(_tuple),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One text or several; always a tuple in Python."""


class Model(BaseModel):
    """A map of the scenario language: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


def _wrap(key: str) -> Callable[[Any], Any]:
    """Let a bare value stand for a map with one key."""

    def wrap(value: Any) -> Any:
        return {key: value} if isinstance(value, str | int | float) and not isinstance(value, bool) else value

    return wrap


class Clock(Model):
    """When the simulated time begins and how long it runs."""

    start: str = Field(
        description="The date of month 0: the end of the warm-up and the day of the decision. Every point in "
        "time of the file counts from here.",
        examples=["2027-01-04"],
    )
    horizon: LongText = Field(description="How long the run is measured, from month 0 on.")
    warm_up: LongText = Field(
        default="0 days",
        description="How long the organisation runs before month 0, so that queues are in their usual state. "
        "Nothing is measured in it.",
    )
    business: str | None = Field(
        default=None,
        description="The business calendar: working time, lead times and arrivals are counted on it. Without "
        "it: the only calendar, or the one called `office`. `always` is built in.",
    )


class Assumption(Model):
    """A number that is not known exactly; used elsewhere as $name."""

    value: NumberText = Field(description="What is assumed.")
    range: tuple[NumberText, NumberText] | None = Field(
        default=None,
        description="Low and high: between them the true value is believed to lie. Of a value over time, the "
        "range is that of its last value; the others change in proportion.",
    )
    source: str | None = Field(
        default=None,
        description="Where the number comes from: a citation, a log, or the plain word `assumption`.",
    )


class Risk(Model):
    """How much is taken off benefits and put on costs, to be careful."""

    benefits: ShareText = Field(default="0%", description="Benefits count (1 - this) times.")
    costs: ShareText = Field(default="0%", description="Costs count (1 + this) times.")


class Cost(Model):
    """Money that a change costs, beside people and environments."""

    amount: MoneyText | None = Field(default=None, description="What is paid once.")
    when: PointsText | None = Field(
        default=None,
        description="When the amount is paid: a point in time (default month 0), or shares of it.",
    )
    running: PriceText | None = Field(default=None, description="What is paid again and again.")
    from_: LongText | None = Field(
        default=None,
        alias="from",
        description="The point in time from which the running cost is paid; default: the last `when`.",
    )
    source: str | None = Field(default=None, description="Where the number comes from.")


class Economics(Model):
    """What the business case is reckoned with."""

    discount_rate: ShareText = Field(default="0%", description="By how much money a year later counts less.")
    years: NumberText | None = Field(
        default=None,
        description="How many years from month 0 the business case covers. The horizon must be as long.",
    )
    freed_hours: ShareText = Field(
        default="0%", description="The share of freed working hours that counts as money."
    )
    risk: Risk = Field(default=Risk(), description="Caution: benefits less, costs more.")
    costs: dict[str, Cost] = Field(
        default={}, description="Costs by name; the costs of several patches add up."
    )


class Calendar(Model):
    """When something is open. Hours past midnight belong to the day they begin."""

    days: Texts | None = Field(
        default=None, description="Days of the week.", examples=["Mon-Fri", "Tue, Thu"]
    )
    hours: Texts | None = Field(
        default=None, description="Opening hours, one or several.", examples=["09:00-17:00"]
    )
    at: Texts | None = Field(
        default=None, description="Instants instead of hours, such as a release train.", examples=["18:00"]
    )
    every: str | None = Field(default=None, description="Open in one week of so many.", examples=["2 weeks"])
    from_: str | None = Field(
        default=None,
        alias="from",
        description="A date in the week from which `every` counts, backwards too; default: `clock.start`.",
    )
    holidays: Texts | None = Field(
        default=None, description="The country whose public holidays are closed.", examples=["US"]
    )
    closed: Texts = Field(default=(), description="Further dates that are closed.", examples=[["2027-12-24"]])
    open: Texts = Field(
        default=(), description="Dates that are open although the weekday or a holiday says otherwise."
    )


class OtherWork(Model):
    """What everybody else brings to a team: its queue is not ours alone."""

    people: NumberText = Field(description="How many members the other work keeps busy on average.")
    work: WorkText = Field(description="How long one piece of it takes.")
    priority: NumberText | None = Field(default=None, description="Its priority; smaller goes first.")


class Team(Model):
    """People who work in one queue."""

    size: NumberText = Field(description="How many members; over time, too; or `unlimited`.")
    cost: PriceText | None = Field(default=None, description="What a member costs per open hour.")
    calendar: str | None = Field(
        default=None, description="When the team works; default: the business calendar."
    )
    closing: Literal["suspend", "finish", "fit"] = Field(
        default="suspend",
        description="What happens to work at closing time. suspend: it goes on next morning. finish: it "
        "is done "
        "to its end. fit: what would not end in time is not begun.",
    )
    order: Literal["fifo", "priority", "value", "cd3", "shortest", "due"] = Field(
        default="fifo",
        description="What is done first. fifo: the oldest. priority: the smallest. value: the most valuable. "
        "cd3: the most value per working time. shortest: the shortest. due: the earliest due date.",
    )
    focus: ShareText | None = Field(
        default=None, description="The share of open time that is left beside meetings and interruptions."
    )
    other_work: OtherWork | None = Field(
        default=None, description="Work of everybody else, in the same queue."
    )
    owns: NumberText | None = Field(
        default=None, description="How many open cases one member may own at a time."
    )
    switching: WorkText | None = Field(
        default=None, description="What it costs a member to turn to another case than the one before."
    )
    slice: WorkText | None = Field(
        default=None,
        description="After so long a piece of one person's work goes back into the queue, so that short work "
        "does not wait behind long work.",
    )


class Environment(Model):
    """Something a case takes and holds: a sandbox, a licence, a copy of data."""

    cost: PriceText | None = Field(default=None, description="What one costs while it is held.")
    pool: NumberText | None = Field(default=None, description="How many there are; default: no limit.")
    lingers: LongText | None = Field(
        default=None, description="How long it stays, and costs, after nobody needs it any more."
    )


class Starts(Model):
    """The case that an end starts: the next turn of the cycle."""

    case: str = Field(description="The case type that is started.")
    p: ShareText = Field(default="100%", description="With what probability.")
    after: WaitText = Field(default="0 min", description="How long after the end.")


class End(Model):
    """The case is over."""

    as_: str = Field(alias="as", description="Under what name the case ends.")
    starts: Starts | None = Field(default=None, description="The case that follows from it.")


EndText = Annotated[End, BeforeValidator(_wrap("as"))]


class Target(Model):
    """Where a case goes: exactly one of the keys."""

    go_to: str | None = Field(default=None, description="A step of the same flow.")
    end: EndText | None = Field(default=None, description="The case is over, under this name.")
    leave: str | None = Field(
        default=None, description="This flow ends with an outcome that the calling step routes."
    )
    do: str | None = Field(default=None, description="A detour: this flow is run, then the step again.")


class Outcome(Target):
    """One way a step can turn out, and where it leads; without a target: to the next step."""

    p: ShareText | None = Field(
        default=None, description="Its probability. Exactly one outcome has none: it is the rest."
    )
    weaken: ShareText | None = Field(
        default=None, description="Each time a case has taken it, its probability is multiplied by this."
    )
    at_most: NumberText | None = Field(default=None, description="A case takes it no more often than this.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        value = _wrap("p")(value)
        if isinstance(value, dict) and value.get("p") == "rest":
            return {key: item for key, item in value.items() if key != "p"}
        return value


def then_kind(value: Any) -> str:
    """Which form of `then` this is: `word`, `target` or `outcomes`."""
    if isinstance(value, str):
        return "word"
    if isinstance(value, Target):
        return "target"
    if isinstance(value, dict) and value and set(value) <= set(TARGET_KEYS):
        return "target"
    return "outcomes"


def _then(value: Any) -> Any:
    return {"go_to": value} if isinstance(value, str) and value not in ("next", "done") else value


_WORD = Annotated[Literal["next", "done"], Tag("word")]
_TARGET = Annotated[Target, Tag("target")]
Then = Annotated[
    _WORD | _TARGET | Annotated[dict[str, Outcome], Tag("outcomes")],
    Discriminator(then_kind),
    BeforeValidator(_then),
]
"""Where a step leads. A bare step name has become `Target(go_to=name)`."""
WhereTo = Annotated[
    _WORD | _TARGET,
    Discriminator(lambda v: "word" if isinstance(v, str) else "target"),
    BeforeValidator(_then),
]
"""As `Then`, where there are no outcomes to choose from."""


class Patience(Model):
    """How long one waits, and what happens then."""

    waiting: WaitText = Field(description="How long, counted in business time.")
    then: WhereTo = Field(description="What happens then: an end, a step, `leave` or `done`.")


class CasePatience(Patience):
    """How long a case waits all in all."""

    then: WhereTo = Field(
        default=Target(end=End.model_validate({"as": "abandoned"})),
        description="What happens then; default: the case ends as `abandoned`.",
    )
    until: str | None = Field(
        default=None, description="The milestone from which on the case waits for ever; default: its end."
    )


class Batch(Model):
    """Several cases done together."""

    exactly: NumberText | None = Field(default=None, description="It begins when so many wait.")
    or_after: WaitText | None = Field(
        default=None, description="... or when the first has waited so long, with those that are there."
    )
    up_to: NumberText | None = Field(default=None, description="It begins at once, with so many at most.")


def _with(value: Any) -> Any:
    if isinstance(value, str):
        value = {value: 1}
    if isinstance(value, dict):
        return {key: n for key, n in value.items() if key != "nobody"}
    return value


class Step(Model):
    """One step of a flow. It is of one kind: `team` and `work`, `wait`, `flow`, `parallel`, `milestone`, "
    "`end`."""

    # one kind
    team: str | None = Field(
        default=None, description="Work: the team that does it, or `owner` for the member who owns the case."
    )
    work: WorkText | None = Field(
        default=None,
        description="Work: how long it takes. {first, again}: the first visit, and the later ones (a "
        "percentage "
        "is that share of a new draw of `first`).",
    )
    with_: Annotated[dict[str, NumberText], BeforeValidator(_with)] | None = Field(
        default=None,
        alias="with",
        description="Work: who takes part besides: a team, `owner`, or {team: how many}. In an "
        "alternative also "
        "`nobody`.",
    )
    batch: Batch | None = Field(default=None, description="Work: several cases are done together.")
    adds: Literal["value", "necessary", "nothing"] | None = Field(
        default=None,
        description="Work: what it adds in the eyes of the one who wants the result; default: value. "
        "necessary: "
        "no value, but it must be.",
    )
    wait: WaitText | None = Field(default=None, description="Wait: a time, or `until` and a calendar.")
    why: str | None = Field(default=None, description="Wait: the cause it is reported under.")
    calendar: str | None = Field(
        default=None, description="Wait: the calendar it runs on (machines: `always`)."
    )
    flow: str | None = Field(default=None, description="Flow: another flow that is run here.")
    parallel: dict[str, Step] | None = Field(
        default=None,
        description="Fork: branches that run side by side, each a flow or one step; the next step begins "
        "when "
        "all have ended.",
    )
    milestone: str | None = Field(default=None, description="A point whose passing is counted.")
    end: EndText | None = Field(default=None, description="The case is over, under this name.")
    # any kind
    when: ConditionText | None = Field(default=None, description="Only cases for which this holds enter.")
    then: Then | None = Field(
        default=None,
        description="Where it leads: `next`, `done`, a step of this flow, one target, or outcomes with their "
        "probabilities. After a flow step: the names with which that flow leaves, and `rest`.",
    )
    instead: dict[str, Alternative] = Field(
        default={},
        description="Alternatives: the first whose `when` holds is done in place of the step. What it "
        "does not "
        "say it takes over from the step.",
    )
    skip: StrictBool = Field(default=False, description="true: passed over, as if `when` did not hold.")
    patience: Patience | None = Field(
        default=None, description="How long a case waits for this step to begin, and where it goes then."
    )
    takes: Texts = Field(default=(), description="Environments the case gets before the step and then holds.")
    gives_back: Texts = Field(default=(), description="Environments the case gives back after the step.")
    after: str | None = Field(default=None, description="In a patch: the step that this new one comes after.")
    before: str | None = Field(
        default=None, description="In a patch: the step that this new one comes before."
    )

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds the step claims to be; a sound step has one, an alternative none or one."""
        return tuple(kind for kind in STEP_KINDS if getattr(self, kind) is not None)


class Alternative(Step):
    """Done in place of a step."""

    falls_back: ShareText | None = Field(
        default=None,
        description="With this probability the ordinary step has to be done afterwards all the same.",
    )


class Arrive(Model):
    """How cases of this type come. At most one way."""

    rate: RateText | None = Field(default=None, description="So many per time, at random instants.")
    every: WaitText | None = Field(default=None, description="One at a fixed interval of business time.")
    at: Texts | None = Field(default=None, description="At these instants.", examples=[["2027-01-04 16:12"]])
    list_: str | None = Field(
        default=None,
        alias="list",
        description="A CSV file: one instant per row; further columns are traits.",
    )
    log: str | None = Field(default=None, description="A ticket log: the first row of each case.")
    population: NumberText | None = Field(
        default=None, description="So many cases for ever: each that ends starts again at once."
    )
    backlog: NumberText | None = Field(default=None, description="So many cases at the beginning, then none.")
    calendar: str | None = Field(default=None, description="When cases come; default: the business calendar.")


class Value(Model):
    """What a case is worth."""

    per_month: MoneyText = Field(description="What it earns in a month; drawn once per case.")
    from_: str = Field(alias="from", description="The milestone from which on it earns.")
    lasts: LongText | None = Field(default=None, description="How long; default: to the end of the run.")
    decay: ShareText = Field(default="0%", description="By how much it earns less each year.")


class Case(Model):
    """A type of case: what flows."""

    arrive: Arrive | None = Field(default=None, description="How cases come.")
    start_with: dict[str, NumberText] = Field(
        default={}, description="How many cases stand at which step at the beginning: {step: number}."
    )
    priority: NumberText | None = Field(
        default=None, description="Smaller goes first, where a team orders by it."
    )
    due: WaitText | None = Field(default=None, description="When it is due, in business time after arrival.")
    owner: str | None = Field(
        default=None, description="The team one of whose members owns the case from arrival to end."
    )
    traits: dict[str, NumberText] = Field(
        default={}, description="Traits that are different in this case type."
    )
    patience: CasePatience | None = Field(default=None, description="How long a case waits all in all.")
    value: Value | None = Field(default=None, description="What a case is worth.")
    flow: str = Field(description="The flow it goes through.")


class Limit(Model):
    """How many cases may be inside a flow."""

    cases: NumberText = Field(description="How many at a time.")
    when_full: Target | None = Field(
        default=None, description="Where a case goes when it is full; default: it waits outside."
    )


class Flow(Model):
    """Steps, one after the other."""

    limit: Annotated[Limit, BeforeValidator(_wrap("cases"))] | None = Field(
        default=None, description="How many cases may be inside."
    )
    steps: dict[str, Step] = Field(description="The steps by name, in order.")


class ScenarioFile(Model):
    """A scenario: an organisation, the work that comes to it, and what is reckoned with."""

    name: str = Field(default="", description="What the scenario is called in tables and charts.")
    summary: str = Field(default="", description="What it is, in one sentence.")
    currency: str = Field(default="USD", description="The currency of all money in it.")
    clock: Clock = Field(description="When time begins and how long the run is.")
    assumptions: dict[str, Assumption] = Field(default={}, description="Numbers that are not known exactly.")
    economics: Economics = Field(default=Economics(), description="What the business case is reckoned with.")
    calendars: dict[str, Calendar] = Field(default={}, description="When something is open, by name.")
    teams: dict[str, Team] = Field(default={}, description="Who works, by name.")
    environments: dict[str, Environment] = Field(default={}, description="What cases take and hold, by name.")
    traits: dict[str, NumberText] = Field(
        default={},
        description="What cases differ in, drawn once per case: a share, levels as {large: 50%, standard: "
        "rest}, "
        "a number or a distribution.",
    )
    cases: dict[str, Case] = Field(description="The types of case, by name.")
    flows: dict[str, Flow] = Field(description="The flows, by name.")


class WrittenFile(ScenarioFile):
    """A file as it is written: a whole scenario, one that extends others, or a patch."""

    extends: Texts | None = Field(default=None, description="The base, or the base and patches to put on it.")
    patch: str | None = Field(default=None, description="A patch: its name.")
    changes: str | None = Field(default=None, description="A patch: what it changes, in one sentence.")
    base: str | None = Field(default=None, description="A patch: the file it is checked against alone.")
    clock: Clock | None = None  # type: ignore[assignment]
    cases: dict[str, Case] = {}
    flows: dict[str, Flow] = {}


Step.model_rebuild()
