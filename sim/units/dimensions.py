"""Units: the dimensions a number can have, what one of each unit is worth, and how amounts are printed.

Times are milliseconds. Wall-clock units (`days weeks months years`) have fixed lengths; working-time units
(`s min h d w`) depend on how long the business day is, which `WorkingTime` carries. Shares are 0 .. 1, money
is in whole units of the scenario's currency.
Not here: reading text (scenario.numbers), opening hours (calendars).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS
MONTH_MS = 730 * HOUR_MS + 30 * MINUTE_MS
YEAR_MS = 8_766 * HOUR_MS

WORK_UNITS = ("s", "min", "h", "d", "w")
WALL_UNITS: Mapping[str, int] = MappingProxyType(
    {"days": DAY_MS, "weeks": WEEK_MS, "months": MONTH_MS, "years": YEAR_MS}
)
WALL_SINGULARS: Mapping[str, str] = MappingProxyType(
    {"day": "days", "week": "weeks", "month": "months", "year": "years"}
)
MONEY_UNITS: Mapping[str, float] = MappingProxyType({"k": 1e3, "M": 1e6})
PER_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "h": "h",
        "hour": "h",
        "d": "d",
        "day": "d",
        "w": "w",
        "week": "w",
        "month": "month",
        "year": "year",
    }
)


class Dimension(Enum):
    """What a number measures; the value is the word for it in messages."""

    WORK_TIME = "working time"
    WALL_TIME = "wall-clock time"
    NUMBER = "plain number"
    SHARE = "share"
    MONEY = "money"
    RATE = "rate"
    MONEY_RATE = "price"
    ANY = "anything"
    """Not known yet: a `$name` before the assumptions are put in, or a column of a file."""

    @property
    def is_time(self) -> bool:
        return self in (Dimension.WORK_TIME, Dimension.WALL_TIME)

    @property
    def example(self) -> str:
        """How a number of this dimension is written."""
        return _EXAMPLES[self]


_EXAMPLES = {
    Dimension.WORK_TIME: "30 min, 2 h, 3 d, 1 w",
    Dimension.WALL_TIME: "10 days, 2 weeks, 36 months, 1 year",
    Dimension.NUMBER: "4 or 1.5",
    Dimension.SHARE: "25%",
    Dimension.MONEY: "42 k, 1.5 M, 500",
    Dimension.RATE: "3 per year, 2 per d",
    Dimension.MONEY_RATE: "89 per hour, 168 per month, 2 k per month",
    Dimension.ANY: "3 h, 25%, $name",
}


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """How long the business day and week are [ms of open time], e.g. 8 h and 40 h for Mon-Fri 09:00-17:00."""

    day_ms: int
    week_ms: int

    def __post_init__(self) -> None:
        if not 0 < self.day_ms <= DAY_MS:
            raise ValueError(
                f"a working day of {self.day_ms} ms: it must be longer than 0 and at most {DAY_MS} ms"
            )
        if not self.day_ms <= self.week_ms <= WEEK_MS:
            raise ValueError(
                f"a working week of {self.week_ms} ms: it must be at least one working day "
                f"({self.day_ms} ms) and at most {WEEK_MS} ms"
            )

    def unit_ms(self, unit: str) -> int:
        """Length of one `s`, `min`, `h`, `d` or `w` [ms].

        Raises
        ------
        ValueError
            The unit is not one of working time.
        """
        lengths = {"s": SECOND_MS, "min": MINUTE_MS, "h": HOUR_MS, "d": self.day_ms, "w": self.week_ms}
        if unit not in lengths:
            raise ValueError(f"no unit of working time is called '{unit}'. Units: {', '.join(WORK_UNITS)}.")
        return lengths[unit]


def format_duration(ms: float, day_ms: int) -> str:
    """A duration for readers: '2.5 d' from one day of `day_ms` on, below it '3.0 h', '15 min', '20 s'.

    Rounding happens before the unit is chosen, so 59.9 min is '1.0 h', never '60 min'.
    """
    if day_ms <= 0:
        raise ValueError(f"a day of {day_ms} ms: it must be longer than 0")
    sign, size = ("-" if ms < 0 else ""), abs(ms)
    if size >= day_ms:
        return f"{sign}{size / day_ms:.1f} d"
    if round(size / MINUTE_MS) >= 60:
        hours = f"{size / HOUR_MS:.1f} h"
        return sign + ("1.0 d" if hours == f"{day_ms / HOUR_MS:.1f} h" else hours)
    if round(size / SECOND_MS) >= 60:
        return f"{sign}{size / MINUTE_MS:.0f} min"
    return f"{sign if round(size / SECOND_MS) else ''}{size / SECOND_MS:.0f} s"


def format_money(amount: float, currency: str) -> str:
    """An amount for readers, in three digits or so: '1.25 M USD', '42 k USD', '89 USD'."""
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    if size >= 999_500:
        text = f"{_short(size / 1e6)} M"
    elif size >= 999.5:
        text = f"{_short(size / 1e3)} k"
    else:
        text = _short(size)
    return f"{'' if text == '0' else sign}{text} {currency}".rstrip()


def _short(value: float) -> str:
    """At least three significant digits, no trailing zeros."""
    decimals = 2 if value < 10 else 1 if value < 100 else 0
    text = f"{value:,.{decimals}f}".replace(",", " ")
    return text.rstrip("0").rstrip(".") if "." in text else text
