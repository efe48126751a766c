"""Calendar rules: weekdays, hours and dates as a scenario writes them, and the openings they come to.

A rule speaks of local wall time with 24 h in each day: no time zones, no daylight saving. Hours are integer
milliseconds of the day; those past midnight belong to the day they begin. `build_calendar` turns a rule into
a `Calendar` in milliseconds since the beginning of the warm-up.

Not here: arithmetic with openings (working_time), the scenario's file and its keys (scenario).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from itertools import pairwise

from sim.calendars.working_time import Calendar, merged

Hours = tuple[tuple[int, int], ...]

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_NO_DATES: frozenset[date] = frozenset()


def _check_hours(name: str, days: frozenset[int], hours: Hours) -> None:
    """Raise ValueError unless the hours are in bounds, in order, and no day reaches into the next one's."""
    for from_ms, to_ms in hours:
        if not (0 <= from_ms < DAY_MS and from_ms < to_ms <= from_ms + DAY_MS):
            raise ValueError(
                f"calendar {name!r}: hours begin within the day and last up to 24 h, "
                f"found ({from_ms}, {to_ms}) ms"
            )
    overlap = any(begin < end for (_, end), (begin, _) in pairwise(hours))
    neighbours = any((day + 1) % 7 in days for day in days)
    if hours and neighbours:
        overlap = overlap or hours[-1][1] - DAY_MS > hours[0][0]
    if overlap:
        raise ValueError(f"calendar {name!r}: hours must be in order and not overlap, found {hours}")


@dataclass(frozen=True, slots=True)
class CalendarRule:
    """When something opens, in the words of a scenario.

    Attributes
    ----------
    days
        Weekdays, Monday = 0.
    hours
        Openings of a day, (from, to) in ms of the day, in order; `to` may exceed 24 h.
    every_weeks, from_date
        Open in every n-th week, counted from the week (Monday to Sunday) of `from_date`, backwards too.
        `from_date` may be left out where every week counts.
    closed, holidays
        Dates it does not open.
    open
        Dates it opens whatever the weekday, the week and the holidays say.

    Raises
    ------
    ValueError
        A weekday, an hour or `every_weeks` is out of bounds, openings overlap, or a date is both open and
        closed.
    """

    name: str
    days: frozenset[int]
    hours: Hours
    _: KW_ONLY
    every_weeks: int = 1
    from_date: date | None = None
    closed: frozenset[date] = _NO_DATES
    open: frozenset[date] = _NO_DATES
    holidays: frozenset[date] = _NO_DATES

    def __post_init__(self) -> None:
        if not self.days <= frozenset(range(7)):
            raise ValueError(
                f"calendar {self.name!r}: days are 0 (Mon) to 6 (Sun), found {sorted(self.days)}"
            )
        if self.every_weeks < 1:
            raise ValueError(f"calendar {self.name!r}: every_weeks is 1 or more, found {self.every_weeks}")
        if self.every_weeks > 1 and self.from_date is None:
            raise ValueError(f"calendar {self.name!r}: every {self.every_weeks} weeks needs a from_date")
        both = sorted(self.closed & self.open)
        if both:
            raise ValueError(f"calendar {self.name!r}: {both[0]} is both open and closed")
        _check_hours(self.name, self.days, self.hours)

    def opens_on(self, day: date) -> bool:
        """Whether an opening begins on this date."""
        if day in self.open:
            return True
        if day in self.closed or day in self.holidays or day.weekday() not in self.days:
            return False
        if self.every_weeks == 1 or self.from_date is None:
            return True
        weeks = (_monday(day) - _monday(self.from_date)).days // 7
        return weeks % self.every_weeks == 0


ALWAYS = CalendarRule("always", frozenset(range(7)), ((0, DAY_MS),))
"""24 hours, Monday to Sunday."""


def build_calendar(rule: CalendarRule, origin: datetime, end_ms: int) -> Calendar:
    """Return the openings of a rule from 0 to `end_ms`, clipped to that span, adjoining ones joined.

    `origin` is instant 0 of the run, local wall time without a zone, in whole milliseconds.
    """
    if origin.tzinfo is not None or origin.microsecond % 1000:
        raise ValueError(f"origin is local wall time in whole milliseconds without a zone, found {origin!r}")
    if end_ms <= 0:
        raise ValueError(f"a run lasts at least 1 ms, found an end of {end_ms}")
    openings = (
        (max(begin + from_ms, 0), min(begin + to_ms, end_ms))
        for begin in _midnights(rule, origin, end_ms)
        for from_ms, to_ms in rule.hours
    )
    return merged(openings, rule.name)


def day_length_ms(rule: CalendarRule) -> int:
    """Return the open time of an ordinary day [ms]: the unit `d` if this is the business calendar."""
    return sum(to_ms - from_ms for from_ms, to_ms in rule.hours)


def week_length_ms(rule: CalendarRule) -> int:
    """Return the open time of an ordinary week in which it opens [ms]: the unit `w`."""
    return len(rule.days) * day_length_ms(rule)


def holiday_dates(country: str, years: Iterable[int]) -> frozenset[date]:
    """Return the public holidays of a country or a part of it, such as 'US' or 'DE-BY'.

    Codes are ISO 3166-1 and 3166-2, as the package `holidays` knows them. Raises ValueError with codes that
    come near if there is no such code.
    """
    # Not at the top: importing it costs time that runs without holidays need not spend.
    import holidays

    supported = holidays.list_supported_countries()
    code, _, part = country.partition("-")
    if code not in supported:
        raise ValueError(_unknown_code(country, code, sorted(supported), "'US' or 'DE-BY'"))
    if part and part not in supported[code]:
        parts = [f"{code}-{p}" for p in supported[code]]
        raise ValueError(_unknown_code(country, country, parts, repr(code)))
    return frozenset(
        holidays.country_holidays(code, subdiv=part or None, years=sorted(set(years)), expand=False)
    )


def parse_days(days: str | Sequence[str]) -> frozenset[int]:
    """Read 'Mon-Fri', 'Tue', 'Mon, Wed' or a list of such texts; Monday is 0. A range may run over Sunday."""
    found: set[int] = set()
    for part in _parts(days, "days", "Mon-Fri"):
        names = [name.strip() for name in part.split("-")]
        if len(names) > 2:
            raise ValueError(_refusal("days", part, "a weekday or a range of two", "Mon-Fri"))
        first, last = _weekday(names[0]), _weekday(names[-1])
        found.update((first + i) % 7 for i in range((last - first) % 7 + 1))
    return frozenset(found)


def parse_hours(hours: str | Sequence[str]) -> Hours:
    """Read '09:00-17:00', '09:00-12:00, 13:00-17:00', '22:00-06:00' or a list of such texts [ms of the day].

    An end that is earlier than its beginning is on the next day: '22:00-06:00' is 22 h to 30 h.
    """
    found = sorted(_span(part) for part in _parts(hours, "hours", "09:00-17:00"))
    for (_, end), (begin, _) in pairwise(found):
        if begin < end:
            raise ValueError(
                _refusal("hours", hours, "spans that do not overlap", "09:00-12:00, 13:00-17:00")
            )
    return tuple(found)


def parse_at(at: str | Sequence[str]) -> Hours:
    """Read '18:00' or a list of such times: openings of 1 ms, such as a release train."""
    instants = sorted({_clock(part, "at", "18:00", below=DAY_MS) for part in _parts(at, "at", "18:00")})
    return tuple((instant, instant + 1) for instant in instants)


def _midnights(rule: CalendarRule, origin: datetime, end_ms: int) -> Iterator[int]:
    """Yield the instants [ms], from before 0 on, at which the days begin on which the rule opens."""
    millisecond = timedelta(milliseconds=1)
    # Two days early: an opening lasts at most 24 h, so one of the day before may reach past the origin.
    day = origin.date() - timedelta(days=2)
    begin = (datetime.combine(day, time()) - origin) // millisecond
    while begin < end_ms:
        if rule.opens_on(day):
            yield begin
        day += timedelta(days=1)
        begin += DAY_MS


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _unknown_code(country: str, code: str, known: Sequence[str], example: str) -> str:
    near = get_close_matches(code.upper(), known, n=5, cutoff=0.4) or list(known[:5])
    return (
        f"no holidays are known for {country!r}. Codes near it: {', '.join(near)}.\n"
        f"Admissible is a country or a part of it, for example {example}."
    )


def _parts(value: object, key: str, example: str) -> list[str]:
    """Return the comma-separated parts of a text or of a list of texts."""
    texts = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(_refusal(key, value, "a text or a list of texts", example))
    parts = [part.strip() for text in texts for part in str(text).split(",")]
    if not parts or not all(parts):
        raise ValueError(_refusal(key, value, "at least one entry, and none empty", example))
    return parts


def _weekday(name: str) -> int:
    if name.capitalize() not in WEEKDAYS:
        raise ValueError(_refusal("days", name, ", ".join(WEEKDAYS), "Mon-Fri"))
    return WEEKDAYS.index(name.capitalize())


def _span(text: str) -> tuple[int, int]:
    example = "09:00-17:00"
    ends = text.split("-")
    if len(ends) != 2:
        raise ValueError(_refusal("hours", text, "two times with a hyphen between them", example))
    begin = _clock(ends[0], "hours", example, below=DAY_MS)
    end = _clock(ends[1], "hours", example, below=DAY_MS + 1)
    if begin == end:
        raise ValueError(_refusal("hours", text, "two different times; a whole day is 00:00-24:00", example))
    return begin, end if end > begin else end + DAY_MS


def _clock(text: str, key: str, example: str, below: int) -> int:
    match = _CLOCK.fullmatch(text.strip())
    value = int(match[1]) * HOUR_MS + int(match[2]) * MINUTE_MS if match else below
    if not match or int(match[2]) > 59 or value >= below:
        latest = "24:00" if below > DAY_MS else "23:59"
        raise ValueError(_refusal(key, text.strip(), f"a time of day from 00:00 to {latest}", example))
    return value


def _refusal(key: str, found: object, admissible: str, example: str) -> str:
    return f"{key}: found {found!r}.\nAdmissible: {admissible}; for example '{example}'."
