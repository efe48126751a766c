"""Kinds of value: numbers, times, money and conditions as they are written, and the base of every map.

They stay the text they were written as: `sim.scenario.numbers` and `sim.scenario.conditions` read them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

Raw: TypeAlias = str | int | float | dict[str, Any]
"""A number as it was written: text, a plain number, or a map (`by`, over time, `mix`, `first` and "
"`again`)."""


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


def wrap(key: str) -> Callable[[Any], Any]:
    """Let a bare value stand for a map with one key."""

    def wrap(value: Any) -> Any:
        return {key: value} if isinstance(value, str | int | float) and not isinstance(value, bool) else value

    return wrap
