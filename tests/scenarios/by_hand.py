"""The hand calculations that the shipped scenarios are held against.

Written from the scenario files and docs/meanings.md alone, with nothing of the program in it: if both are
wrong, they are wrong independently. What may live here: counting open days, exact enumeration of what can
happen to a case, textbook approximations of waiting. Hours throughout, as people reckon them.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

SCENARIOS = Path(__file__).parents[2] / "scenarios"
MONTH_0 = date(2027, 1, 4)

# Days on which US federal offices are closed (5 U.S.C. 6103), written down by hand. What falls on a Saturday
# is kept on Friday, what falls on a Sunday on Monday.
_DAYS = (
    # 2026, for the warm-up
    "2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12 2026-11-11 "
    "2026-11-26 2026-12-25 "
    # 2027; Juneteenth, Christmas and New Year's Day 2028 are Saturdays, Independence Day is a Sunday
    "2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-10-11 2027-11-11 "
    "2027-11-25 2027-12-24 2027-12-31 "
    # 2028; Veterans Day is a Saturday
    "2028-01-17 2028-02-21 2028-05-29 2028-06-19 2028-07-04 2028-09-04 2028-10-09 2028-11-10 2028-11-23 "
    "2028-12-25 "
    # 2029; Veterans Day is a Sunday
    "2029-01-01 2029-01-15 2029-02-19 2029-05-28 2029-06-19 2029-07-04 2029-09-03 2029-10-08 2029-11-12 "
    "2029-11-22 2029-12-25 "
    "2030-01-01"
)
HOLIDAYS = {date.fromisoformat(day) for day in _DAYS.split()}


def open_days(first: date, last: date) -> int:
    """Working days from `first` to `last`, both counted."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return sum(day.weekday() < 5 and day not in HOLIDAYS for day in days)


@functools.cache
def read(file: str) -> dict[str, Any]:
    """A scenario file as it is written, by a YAML library and nothing else."""
    return dict(YAML(typ="safe").load((SCENARIOS / file).read_text(encoding="utf-8")))


def assumption(name: str, file: str = "current_state.yaml") -> str:
    """What the file itself says an assumption's value is, as text."""
    return str(read(file)["assumptions"][name]["value"])


def share(name: str, file: str = "current_state.yaml") -> float:
    """An assumption written in percent, as a share of one."""
    return float(assumption(name, file).removesuffix("%")) / 100


@dataclass(frozen=True)
class Turn:
    """An outcome other than the rest: its probability, where it leads, how it weakens, how often at most."""

    p: float
    to: str
    weaken: float = 1.0
    at_most: int = 1_000


History = tuple[str, tuple[tuple[str, int], ...], frozenset[str]]


def visits(
    next_step: Mapping[str, str], turns: Mapping[str, Sequence[Turn]], start: str
) -> tuple[dict[str, float], dict[str, float]]:
    """Expected visits to every step, and the probability of ever visiting it, by enumerating all histories.

    A history is where the case stands, how often it has taken each turn, and which steps it has seen. Those
    less likely than 10^-8 are not followed further; together they are far below what a simulation can tell.
    """
    where: dict[History, float] = {(start, (), frozenset()): 1.0}
    expected: dict[str, float] = {}
    ever: dict[str, float] = {}
    while where:
        after: dict[History, float] = {}
        for (step, taken, seen), mass in where.items():
            expected[step] = expected.get(step, 0.0) + mass
            ever[step] = ever.get(step, 0.0) + mass * (step not in seen)
            for to, counts, p in _ways(step, taken, turns.get(step, ()), next_step.get(step, "end")):
                if to != "end" and mass * p > 1e-8:
                    history = (to, counts, seen | {step})
                    after[history] = after.get(history, 0.0) + mass * p
        where = after
    return expected, ever


def _ways(
    step: str, taken: tuple[tuple[str, int], ...], turns: Sequence[Turn], rest: str
) -> list[tuple[str, tuple[tuple[str, int], ...], float]]:
    """Where a case may go from here, with what it has then taken, and how likely that is."""
    counts = dict(taken)
    ways = []
    for number, turn in enumerate(turns):
        name = f"{step}:{number}"
        times = counts.get(name, 0)
        if times < turn.at_most:
            ways.append(
                (turn.to, tuple(sorted((counts | {name: times + 1}).items())), turn.p * turn.weaken**times)
            )
    return [*ways, (rest, taken, 1 - sum(p for _, _, p in ways))]


def sakasegawa(members: int, utilisation: float, work: float, cv2: float) -> float:
    """Mean wait of M/G/c, same unit as `work` (Sakasegawa 1977; for other laws Allen-Cunneen)."""
    power = math.sqrt(2 * (members + 1)) - 1
    return work * (1 + cv2) / 2 * utilisation**power / (members * (1 - utilisation))


def mean_wait_until(meetings: Sequence[tuple[datetime, datetime]], closed_on_holidays: bool = True) -> float:
    """Mean business hours until the next meeting opens, for somebody who comes at a random business hour.

    Whoever comes while it sits does not wait. `meetings` are its openings, in order.
    """
    total = hours = 0.0
    for (_, end), (start, _) in itertools.pairwise(meetings):
        ahead = 0.0  # business hours between here and the opening, counted backwards through the days
        day = start.date()
        while day >= end.date():
            low, high = 9.0, 17.0
            if day == start.date():
                high = min(high, start.hour)
            if day == end.date():
                low = max(low, end.hour)
            if day.weekday() < 5 and not (closed_on_holidays and day in HOLIDAYS) and high > low:
                span = high - low
                total += span * (ahead + span / 2)
                ahead += span
            day -= timedelta(1)
        hours += ahead + max(0.0, _sitting(start))
    return total / hours


def _sitting(start: datetime) -> float:
    return 0.0 if start.date() in HOLIDAYS else 2.0


def every(first: date, weeks: int, hour: int, until: date) -> list[tuple[datetime, datetime]]:
    """Two-hour meetings every so many weeks."""
    days: list[tuple[datetime, datetime]] = []
    day = first
    while day <= until:
        days.append(
            (datetime(day.year, day.month, day.day, hour), datetime(day.year, day.month, day.day, hour + 2))
        )
        day += timedelta(weeks=weeks)
    return days
