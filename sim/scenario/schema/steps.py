"""Flows and their steps: what is done, where it leads, how long one waits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, Tag, model_validator

from sim.scenario.schema.values import (
    ConditionText,
    Model,
    NumberText,
    ShareText,
    Texts,
    WaitText,
    WorkText,
    wrap,
)

TARGET_KEYS = ("go_to", "end", "leave", "do")


STEP_KINDS = ("team", "wait", "flow", "parallel", "milestone", "end")


class Starts(Model):
    """The case that an end starts: the next turn of the cycle."""

    case: str = Field(description="The case type that is started.")
    p: ShareText = Field(default="100%", description="With what probability.")
    after: WaitText = Field(default="0 min", description="How long after the end.")


class End(Model):
    """The case is over."""

    as_: str = Field(alias="as", description="Under what name the case ends.")
    starts: Starts | None = Field(default=None, description="The case that follows from it.")


EndText = Annotated[End, BeforeValidator(wrap("as"))]


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
        value = wrap("p")(value)
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


class Limit(Model):
    """How many cases may be inside a flow."""

    cases: NumberText = Field(description="How many at a time.")
    when_full: Target | None = Field(
        default=None, description="Where a case goes when it is full; default: it waits outside."
    )


class Flow(Model):
    """Steps, one after the other."""

    limit: Annotated[Limit, BeforeValidator(wrap("cases"))] | None = Field(
        default=None, description="How many cases may be inside."
    )
    steps: dict[str, Step] = Field(description="The steps by name, in order.")


Step.model_rebuild()
