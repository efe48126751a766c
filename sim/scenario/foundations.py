"""What the other numbers of a scenario rest on: the clock, calendars and holidays, working time, assumptions.

Read before anything else of the merged file. A problem is noted, and reading goes on with something usual, so
that the deep checks can still look at the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sim.calendars import (
    ALWAYS,
    CalendarRule,
    Hours,
    day_length_ms,
    holiday_dates,
    parse_at,
    parse_days,
    parse_hours,
    week_length_ms,
)
from sim.errors import Problem
from sim.scenario import schema
from sim.scenario.checks.amounts import as_dimension
from sim.scenario.nearest import did_you_mean
from sim.scenario.numbers import Constant, Number, NumberSyntaxError, parse_number, parse_value, substitute
from sim.scenario.places import problem_at
from sim.scenario.tree import Keys, Node
from sim.units.dimensions import DAY_MS, HOUR_MS, YEAR_MS, Dimension, WorkingTime

MAX_YEARS = 100
_MARGIN = timedelta(days=400)  # calendars are drawn a little further than the run goes
_USUAL = WorkingTime(8 * HOUR_MS, 40 * HOUR_MS)


class Foundations:
    """Reads what the other numbers of a file rest on; gathers problems and goes on with something usual."""

    def __init__(self, file: schema.ScenarioFile, tree: Node) -> None:
        self.file = file
        self.tree = tree
        self.problems: list[Problem] = []
        self.start = self._date(file.clock.start, ("clock", "start")) or date(2000, 1, 3)
        self.holidays: dict[str, tuple[date, ...]] = {}
        self.rules: dict[str, CalendarRule] = {"always": ALWAYS}
        years = self._years()
        for name, calendar in file.calendars.items():
            rule = self._rule(name, calendar, years)
            if rule is not None:
                self.rules[name] = rule
        self.business = self._business()
        self.working_time = self._working_time()

    def assumptions(self) -> dict[str, Number]:
        found: dict[str, Number] = {}
        for name, assumption in self.file.assumptions.items():
            try:
                found[name] = parse_value(assumption.value, self.working_time)
            except NumberSyntaxError as error:
                self._problem(("assumptions", name, "value"), str(error))
                # 1, so that what uses the name is not refused as well
                found[name] = Constant(1.0, Dimension.ANY)
        for name in found:
            try:
                substitute(found[name], found)
            except NumberSyntaxError as error:
                self._problem(("assumptions", name, "value"), str(error))
        return found

    def _problem(self, path: Keys, message: str, *, at_key: bool = False) -> None:
        self.problems.append(problem_at(self.tree, path, message, at_key=at_key))

    def _date(self, text: str, path: Keys) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._problem(path, f"found '{text}'. Admissible: a date, such as 2027-01-04.")
            return None

    def _years(self) -> range:
        """The calendar years that the run touches."""
        spans = {"warm_up": self.file.clock.warm_up, "horizon": self.file.clock.horizon}
        lengths = {key: self._span(plain, ("clock", key)) for key, plain in spans.items()}
        try:
            first = (self.start - timedelta(milliseconds=lengths["warm_up"]) - _MARGIN).year
            last = (self.start + timedelta(milliseconds=lengths["horizon"]) + _MARGIN).year
        except OverflowError:
            self._problem(("clock", "start"), f"the run leaves the years 1 to 9999 from {self.start} on.")
            return range(self.start.year, self.start.year + 1)
        return range(max(first - 1, 1), last + 2)

    def _span(self, plain: object, path: Keys) -> int:
        """The length of the warm-up or horizon [ms]; 0 and a problem if it cannot be read."""
        try:
            number = as_dimension(parse_number(plain, _USUAL), Dimension.WALL_TIME, plain)
        except NumberSyntaxError as error:
            self._problem(path, str(error))
            return 0
        if not isinstance(number, Constant):
            self._problem(path, f"found '{plain}'. Admissible: a constant time, such as 36 months.")
            return 0
        if number.value < 0 or (number.value < 1 and path[-1] == "horizon"):
            self._problem(path, f"found '{plain}'. Admissible: a time longer than 0, such as 36 months.")
            return 0
        if number.value > MAX_YEARS * YEAR_MS:
            self._problem(path, f"found '{plain}'. Admissible: at most {MAX_YEARS} years.")
            return 0
        return round(number.value)

    def _rule(self, name: str, calendar: schema.Calendar, years: range) -> CalendarRule | None:
        path: Keys = ("calendars", name)
        n_before = len(self.problems)
        if name == "always":
            self._problem(path, "`always` is built in. Give this calendar another name.", at_key=True)
        if (calendar.hours is None) == (calendar.at is None):
            found = "both" if calendar.hours else "neither"
            words = (
                f"found {found} of hours and at. A calendar has one of them, such as `hours: 09:00-17:00`."
            )
            self._problem(path, words, at_key=True)
        days = self._parsed((*path, "days"), parse_days, calendar.days or ("Mon-Sun",))
        hours: Hours | None = None
        if calendar.hours is not None:
            hours = self._parsed((*path, "hours"), parse_hours, calendar.hours)
        elif calendar.at is not None:
            hours = self._parsed((*path, "at"), parse_at, calendar.at)
        holidays: set[date] = set()
        for country in calendar.holidays or ():
            dates = self._parsed((*path, "holidays"), lambda c: holiday_dates(c[0], years), (country,))
            holidays |= dates or frozenset()
        if holidays:
            self.holidays[name] = tuple(sorted(holidays))
        every = self._every(calendar.every, (*path, "every"))
        from_date = self._date(calendar.from_, (*path, "from")) if calendar.from_ else self.start
        closed = self._dates(calendar.closed, (*path, "closed"))
        open_ = self._dates(calendar.open, (*path, "open"))
        if len(self.problems) > n_before or days is None or hours is None:
            return None
        try:
            return CalendarRule(
                name,
                days,
                hours,
                every_weeks=every,
                from_date=from_date,
                closed=closed,
                open=open_,
                holidays=frozenset(holidays),
            )
        except ValueError as error:
            self._problem(path, str(error), at_key=True)
            return None

    def _parsed(self, path: Keys, parse: Any, texts: tuple[str, ...]) -> Any:
        try:
            return parse(texts)
        except ValueError as error:
            self._problem(path, str(error))
            return None

    def _every(self, text: str | None, path: Keys) -> int:
        if text is None:
            return 1
        words = text.split()
        if len(words) == 2 and words[0].isdecimal() and words[1] in ("week", "weeks") and int(words[0]) > 0:
            return int(words[0])
        self._problem(path, f"found '{text}'. Admissible: a whole number of weeks, such as 2 weeks.")
        return 1

    def _dates(self, texts: Sequence[str], path: Keys) -> frozenset[date]:
        indexed = ((*path, index) for index in range(len(texts)))
        found = (self._date(text, where) for text, where in zip(texts, indexed, strict=True))
        return frozenset(day for day in found if day is not None)

    def _business(self) -> str:
        names = [*self.file.calendars, "always"]
        business = self.file.clock.business
        if business is not None:
            if business not in names:
                words = f"no calendar is called '{business}'. Calendars here: {', '.join(sorted(names))}."
                self._problem(("clock", "business"), f"{words}\n{did_you_mean(business, names)}".strip())
            return business
        if len(self.file.calendars) == 1:
            return names[0]
        if "office" not in self.file.calendars:
            have = ", ".join(sorted(self.file.calendars)) or "none"
            self._problem(
                ("clock", "business"),
                "which calendar is the business calendar? It is the only one, or the one called `office`, or "
                f"the one named here, such as `business: office`. Calendars here: {have}.",
            )
        return "office"

    def _working_time(self) -> WorkingTime:
        rule = self.rules.get(self.business)
        if rule is None:
            return _USUAL
        try:
            return WorkingTime(min(day_length_ms(rule), DAY_MS), week_length_ms(rule))
        except ValueError as error:
            self._problem(("calendars", self.business), f"as the business calendar: {error}.", at_key=True)
            return _USUAL
