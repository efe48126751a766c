"""A whole file: what flows, and the sections together."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.schema.organisation import Assumption, Calendar, Clock, Economics, Environment, Team
from sim.scenario.schema.steps import CasePatience, Flow
from sim.scenario.schema.values import (
    LongText,
    Model,
    MoneyText,
    NumberText,
    RateText,
    ShareText,
    Texts,
    WaitText,
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
    log: str | None = Field(
        default=None,
        description="A ticket log (CSV with columns for the case and the time): each case comes with its "
        "earliest row; the time of a row is its start or, where it has none, its end.",
    )
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
    cases: dict[str, Case] = Field(default={})
    flows: dict[str, Flow] = Field(default={})
