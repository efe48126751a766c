"""Calendars: from weekdays, hours and holidays to openings in milliseconds, and arithmetic in working time.

`rules` speaks dates and local wall time, `working_time` integer milliseconds since the beginning of the
warm-up. Both engines, the metrics and the business case ask here; nothing here knows of cases or teams.
"""

from sim.calendars.rules import (
    ALWAYS,
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    WEEKDAYS,
    CalendarRule,
    Hours,
    build_calendar,
    day_length_ms,
    holiday_dates,
    parse_at,
    parse_days,
    parse_hours,
    week_length_ms,
)
from sim.calendars.working_time import FOREVER, Calendar, Int64Array, always, intersect, merged

__all__ = [
    "ALWAYS",
    "DAY_MS",
    "FOREVER",
    "HOUR_MS",
    "MINUTE_MS",
    "WEEKDAYS",
    "Calendar",
    "CalendarRule",
    "Hours",
    "Int64Array",
    "always",
    "build_calendar",
    "day_length_ms",
    "holiday_dates",
    "intersect",
    "merged",
    "parse_at",
    "parse_days",
    "parse_hours",
    "week_length_ms",
]
