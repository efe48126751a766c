"""The calendars of a plan, and the intersections that joint work needs.

Not here: opening hours of one calendar and sums of open time (sim.calendars), rules and holidays (scenario).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from sim.calendars import Calendar, CalendarRule, always, build_calendar, intersect, week_length_ms
from sim.errors import PlanError
from sim.plan.tables import find
from sim.units.dimensions import DAY_MS, WEEK_MS

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(slots=True)
class Calendars:
    """The calendars of the plan, and the intersections that joint work needs."""

    rules: Mapping[str, CalendarRule]
    origin: datetime
    end: int
    rows: list[Calendar] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)

    def build(self) -> None:
        for name in sorted(self.rules):
            self._add(name, self._calendar(name, self.rules[name]))

    def find(self, name: str, where: str) -> int:
        return find(self.index, name, "calendar", where)

    def joint(self, names: Iterable[str], where: str) -> int:
        """When all of these calendars are open."""
        wanted = sorted(set(names) - {"always"}) or ["always"]
        name = " and ".join(wanted)
        if name not in self.index:
            self._check_weekly(wanted, where)
            calendar = self.rows[self.index[wanted[0]]]
            for other in wanted[1:]:
                calendar = intersect(calendar, self.rows[self.index[other]])
            self._add(name, calendar)
        return self.index[name]

    def week_ms(self, name: str) -> float:
        """Open time of a mean week without holidays [ms]."""
        rule = self.rules[name]
        return week_length_ms(rule) / rule.every_weeks

    def _calendar(self, name: str, rule: CalendarRule) -> Calendar:
        return always(self.end) if name == "always" else build_calendar(rule, self.origin, self.end)

    def _add(self, name: str, calendar: Calendar) -> None:
        self.index[name] = len(self.rows)
        self.rows.append(calendar)

    def _check_weekly(self, names: list[str], where: str) -> None:
        """Joint work needs an hour in every week, holidays and single dates aside."""
        no_dates: frozenset[object] = frozenset()
        bare = [
            self._calendar(name, replace(self.rules[name], holidays=no_dates, closed=no_dates, open=no_dates))  # type: ignore[arg-type]
            for name in names
        ]
        joint = bare[0]
        for other in bare[1:]:
            joint = intersect(joint, other)
        monday = -self.origin.weekday() * DAY_MS - _of_day(self.origin) + WEEK_MS
        for week in range(monday, self.end - WEEK_MS, WEEK_MS):
            if joint.open_between(week, week + WEEK_MS) == 0:
                raise PlanError(
                    f"{where}: its people work together, but the calendars {' and '.join(names)} have no "
                    "common open time in every week; give the teams hours that overlap each week"
                )


def _of_day(instant: datetime) -> int:
    """Milliseconds since midnight."""
    return (instant - datetime.combine(instant.date(), time())) // _MILLISECOND
