"""The numbers on a value-stream map: means over replications of what each station takes of a case.

Times are hours of the business calendar per finished case (or passage), all visits together, so they add up
to its lead time; they are told in working days, hours or minutes, as suits their size.
Not here: which stations there are (structure), where they stand (layout).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.calendars import Int64Array
from sim.charts.page import DAY_MS, HOUR_MS, working_day_h
from sim.charts.value_stream_map.structure import BEFORE, ELSEWHERE, Station, Structure, Way
from sim.experiment.compare import values_of
from sim.experiment.intervals import Interval, mean_interval
from sim.experiment.value_streams import ValueStream
from sim.metrics.value_stream import StreamTally
from sim.records import GROUPS, AccountClass

# From the bottom of the ladder to its top: somebody works on the case, or nobody does.
WORK: dict[str, tuple[AccountClass, ...]] = {
    "value-adding": (AccountClass.VALUE_ADDING,),
    "necessary": (AccountClass.NECESSARY,),
    "waste": (AccountClass.NON_ADDING, AccountClass.REWORK),
}
WAIT: dict[str, tuple[AccountClass, ...]] = {
    "work at rest": (AccountClass.INTERRUPTED,),
    **{name: classes for name, classes in GROUPS.items() if name.startswith("waiting ")},
}
PARTS = WORK | WAIT

PerRun = dict[int, float]


@dataclass(frozen=True)
class Figures:
    """One scenario's numbers. Times are hours per case, in each replication that finished any."""

    stream: ValueStream
    structure: Structure
    day_h: float

    @classmethod
    def of(cls, stream: ValueStream, structure: Structure) -> Figures:
        """The figures of a stream as that structure shows it."""
        return cls(stream, structure, working_day_h(stream.result))

    @cached_property
    def rows(self) -> dict[str, tuple[int, ...]]:
        """Which rows of an account are whose: of each station, of what precedes the first, of the rest."""
        n = len(self.stream.result.plan.steps)
        found = {station.key: tuple(dict.fromkeys(station.steps)) for station in self.structure.stations()}
        taken = {row for rows in found.values() for row in rows}
        elsewhere = tuple(row for row in range(n) if row not in taken)
        return {BEFORE: (n,)} | found | {ELSEWHERE: elsewhere}

    def hours(self, key: str, classes: Iterable[AccountClass], *, own: bool = True) -> PerRun:
        """Hours per case of a station in these classes, by replication; not `own`: branches count once."""
        chosen = list(classes)
        rows = self.rows.get(key, ())

        def of(tally: StreamTally) -> float:
            account = tally.own if own else tally.account
            return float(account[np.ix_(rows, chosen)].sum()) / HOUR_MS / tally.counted

        return self._per_run(of)

    def parts(self, key: str) -> dict[str, float]:
        """Mean hours per case of a station in each part of the ladder, in which branches count once."""
        return {part: mean(self.hours(key, classes, own=False)) for part, classes in PARTS.items()}

    def wait(self, key: str) -> PerRun:
        """Hours in which a case is at the station and nobody works on it."""
        return self.hours(key, (each for classes in WAIT.values() for each in classes))

    def work(self, key: str) -> PerRun:
        """Hours in which somebody works on it there."""
        return self.hours(key, (each for classes in WORK.values() for each in classes))

    def time(self, key: str) -> PerRun:
        """Hours of a case at the station."""
        return self.hours(key, AccountClass)

    @cached_property
    def lead_time(self) -> PerRun:
        """Hours of a case in all."""
        return self._per_run(lambda tally: tally.lead_time_ms / HOUR_MS / tally.counted)

    @cached_property
    def adding(self) -> PerRun:
        """Hours of value-adding work of a case."""
        return self._per_run(lambda tally: _column(tally, AccountClass.VALUE_ADDING))

    @cached_property
    def worked(self) -> PerRun:
        """Hours of a case in which somebody works on it."""
        classes = [each for group in WORK.values() for each in group]
        return self._per_run(lambda tally: sum(_column(tally, each) for each in classes))

    @cached_property
    def efficiency(self) -> PerRun:
        """Percent of the lead time in which value is added."""
        return {run: 100 * self.adding[run] / hours for run, hours in self.lead_time.items() if hours}

    def visits(self, station: Station) -> float:
        """Visits per case."""
        return mean(
            self._per_run(lambda tally: float(tally.visits[list(station.head)].sum()) / tally.counted)
        )

    def accurate(self, station: Station) -> float | None:
        """Percent of completed visits that nothing later sent back to [%C&A]."""
        found = [
            100 * float(tally.accurate[list(station.head)].sum()) / done
            for tally in self.stream.counted.values()
            if (done := float(tally.complete[list(station.head)].sum()))
        ]
        return mean_interval(found).mean

    def standing(self, key: str) -> float:
        """Mean number of cases that wait at a station, over business time, finished or not."""
        rows = list(self.rows.get(key, ()))
        found = [float(t.standing[rows].sum()) / t.open_ms for t in self.stream.tallies.values() if t.open_ms]
        return mean_interval(found).mean or 0.0

    def share(self, way: Way) -> float | None:
        """Percent of completed visits that go this way; None if there were none."""
        found = [
            100 * sum(tally.ways.get(each, 0) for each in way.taken) / done
            for tally in self.stream.counted.values()
            if (done := float(tally.complete[list(way.of)].sum()))
        ]
        return mean_interval(found).mean

    def rate(self, number: Callable[[StreamTally], int]) -> float:
        """Such a number per calendar week of the window."""
        plan = self.stream.result.plan
        weeks = (plan.end - plan.warm_up) / (7 * DAY_MS)
        return mean_interval([number(tally) / weeks for tally in self.stream.tallies.values()]).mean or 0.0

    @cached_property
    def people(self) -> dict[int, int]:
        """Members of each team at month 0; a team of unlimited size has none."""
        plan = self.stream.result.plan
        return {
            index: int(plan_number(self.stream, row.size) + 1e-9)
            for index, row in enumerate(plan.teams)
            if not row.unlimited
        }

    @cached_property
    def utilisation(self) -> dict[str, float]:
        """Percent that each team is busy."""
        values = values_of(self.stream.result)
        return {
            of: mean(by_run)
            for (metric, kind, of, _), by_run in values.items()
            if metric == "utilisation" and kind == "team"
        }

    def _per_run(self, of: Callable[[StreamTally], float]) -> PerRun:
        return {run: of(tally) for run, tally in self.stream.counted.items()}


def _column(tally: StreamTally, each: AccountClass) -> float:
    column: Int64Array = tally.account[:, each]
    return float(column.sum()) / HOUR_MS / tally.counted


def plan_number(stream: ValueStream, number: int) -> float:
    """A number of the plan as it is at month 0."""
    from sim.metrics.numbers import read_number

    plan = stream.result.plan
    return float(read_number(plan, number, np.array([float(plan.warm_up)]))[0])


def mean(values: PerRun) -> float:
    """The mean over replications, 0 without any."""
    return mean_interval(list(values.values())).mean or 0.0


def change(before: PerRun, after: PerRun) -> Interval:
    """The paired difference."""
    return mean_interval([after[run] - before[run] for run in sorted(before.keys() & after.keys())])


def duration(hours: float, day_h: float) -> str:
    """A time in the unit that suits its size: `2.4 d`, `3.5 h`, `12 min`."""
    size = abs(hours)
    if size == 0:
        return "0"
    if size >= 0.995 * day_h:
        return f"{_digits(hours / day_h)} d"
    if size >= 0.995:
        return f"{hours:.1f} h"
    return f"{60 * hours:.0f} min" if size >= 1 / 120 else "< 1 min"


def _digits(days: float) -> str:
    return f"{days:,.0f}" if abs(days) >= 99.5 else f"{days:.1f}"


def deviation(interval: Interval, day_h: float, *, is_short: bool = False) -> str:
    """A difference with half the width of its interval, in one unit: `−2.3 ± 0.3 d`.

    `is_short`: with one decimal at most, the half width rounded up.
    """
    if interval.mean is None:
        return ""
    size = max(abs(interval.mean), interval.half_width or 0.0)
    unit, per = ("d", day_h) if size >= 0.995 * day_h else ("h", 1.0)
    if unit == "h" and size < 0.995:
        unit, per = "min", 1 / 60
    half = (interval.half_width or 0.0) / per
    decimals = 0 if unit == "min" or abs(interval.mean / per) >= 99.5 else 1
    if is_short:
        half = math.ceil(half * 10**decimals - 1e-9) / 10**decimals
    elif decimals and 0 < half < 0.05:
        decimals = 2
    words = f"{'−' if interval.mean < 0 else '+'}{abs(interval.mean / per):.{decimals}f}"
    return f"{words} ± {half:.{decimals}f} {unit}" if half else f"{words} {unit}"


def count(number: float) -> str:
    """A mean number of cases."""
    return f"{number:,.1f}" if number < 9.95 else f"{number:,.0f}"


def numbered(all_figures: Sequence[Figures]) -> dict[str, int]:
    """A number for each station that is the same in all scenarios; detours have none."""
    stations = [station for figures in all_figures for station in figures.structure.stations()]
    detours = {detour.key for station in stations for detour in station.detours}
    keys = dict.fromkeys(station.key for station in stations if station.key not in detours)
    return {key: i for i, key in enumerate(keys, start=1)}
