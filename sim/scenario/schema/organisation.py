"""The organisation around the flows: clock, assumptions, economics, calendars, teams, environments."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.schema.values import (
    LongText,
    Model,
    MoneyText,
    NumberText,
    PointsText,
    PriceText,
    ShareText,
    Texts,
    WorkText,
)


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
