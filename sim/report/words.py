"""Words and numbers of a report, the same in every format: names made safe to read, figures with intervals.

A name of somebody else's stands between the invisible marks of a Unicode isolate, so that a name that is
written from right to left does not turn the sentence around; HTML makes `<bdi>` of the marks, `plain` takes
them out.
Not here: which figures are told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sim.experiment.intervals import Interval
from sim.units.dimensions import HOUR_MS, format_money

BEGIN, END = "\u2068", "\u2069"
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
NOT_DEFINED = "not defined"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may take for the beginning of a formula; wide signs, too (OWASP, CSV Injection)."""


def clean(name: str) -> str:
    """A name on one line, without characters that nobody sees or that turn text around."""
    seen = "".join(" " if unicodedata.category(c) in _UNSEEN else c for c in name)
    return " ".join(seen.split()) or "(no name)"


def named(name: str, n: int = 60) -> str:
    """A name as part of a sentence, of at most n characters, its middle left out."""
    name = clean(name)
    if len(name) > n:
        name = f"{name[: n // 2]}…{name[len(name) - (n - n // 2 - 1) :]}"
    return f"{BEGIN}{name}{END}"


def called(name: str) -> str:
    """What a scenario calls a kind of case, a team or a step, in words, as part of a sentence."""
    return named(name.replace("_", " "))


def plain(text: str) -> str:
    """A text without the marks around names."""
    return text.replace(BEGIN, "").replace(END, "")


def inert(cell: object) -> object:
    """A cell of a CSV file; text that a spreadsheet would take for a formula gets a leading apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def count(n: int, thing: str, things: str = "") -> str:
    """A number of things: `1 replication`, `5 replications`."""
    return f"{n:,} {thing if n == 1 else things or f'{thing}s'}"


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence: `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number is multiplied with to be shown, the unit it then has, and its decimals.

    Without `decimals` a number has as many as its size can use.
    """

    factor: float = 1.0
    name: str = ""
    decimals: int | None = None

    def number(self, value: float, *, sign: bool = False) -> str:
        """A number without its unit."""
        scaled = value * self.factor
        decimals = _decimals(scaled) if self.decimals is None else self.decimals
        shown = round(scaled, decimals) + 0.0  # no "−0.0"
        text = f"{shown:+,.{decimals}f}" if sign and shown else f"{shown:,.{decimals}f}"
        return text.replace("-", "−")

    def value(self, value: float | None, *, sign: bool = False) -> str:
        """A number with its unit."""
        if value is None:
            return NOT_DEFINED
        return f"{self.number(value, sign=sign)} {self.name}".strip()

    def between(self, low: float | None, high: float | None, *, sign: bool = False) -> str:
        """A range with its unit; empty where it is not bounded."""
        if low is None or high is None:
            return ""
        ends = f"{self.number(low, sign=sign)} to {self.number(high, sign=sign)}"
        return f"{ends} {self.name}".strip()

    def interval(self, found: Interval, *, sign: bool = False) -> str:
        """A mean with its 95 % interval."""
        if found.mean is None:
            return NOT_DEFINED
        text = self.value(found.mean, sign=sign)
        if found.low is None or found.high is None or found.low == found.high:
            return text
        return f"{text} ({self.number(found.low, sign=sign)} to {self.number(found.high, sign=sign)})"


PERCENT = Unit(1.0, "%")
SHARE = Unit(100.0, "%", 0)
MONTHS = Unit(1.0, "months", 0)


def working_days(day_h: float) -> Unit:
    """Hours of working time as days of so many."""
    return Unit(1 / day_h, "working days")


def change_unit(unit: Unit, value: float, name: str) -> Unit:
    """The unit of a change of a value: as many decimals as the value has, so that they can be added up."""
    return Unit(unit.factor, name, _decimals(value * unit.factor))


def money_unit(amounts: Sequence[float | None], currency: str) -> Unit:
    """Thousands or millions, so that the largest amount is easy to read."""
    largest = max((abs(each) for each in amounts if each is not None), default=0.0)
    currency = clean(currency) if currency else ""
    for factor, letter in ((1e-6, "M"), (1e-3, "k")):
        if largest * factor >= 1:
            return Unit(factor, f"{letter} {currency}".strip(), 2 if letter == "M" else 0)
    return Unit(1.0, currency, 0 if largest >= 100 else 2)


def money(amount: float, currency: str, *, sign: bool = False) -> str:
    """An amount in three digits or so: `1.25 M USD`."""
    text = format_money(amount, clean(currency) if currency else "").replace("-", "−")
    return f"+{text}" if sign and amount > 0 else text


def hours_of_a_day(day_ms: int) -> float:
    """How long a working day is."""
    return day_ms / HOUR_MS


def _decimals(value: float) -> int:
    size = abs(value)
    return 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 0.1 or size == 0 else 3
