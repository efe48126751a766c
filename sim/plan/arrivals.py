"""Arrivals: when cases come, as curves of expected arrivals over open time or as instants from a file.

Rates are per millisecond of open time, instants integer milliseconds since the beginning of the warm-up. The
files of `list` and `log` are plain CSV; they lie in the scenario's folder or below it.

Not here: the draws that turn a curve into instants (engines), fitting a scenario to a log (calibration).
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sim.calendars import DAY_MS, Calendar
from sim.errors import PlanError
from sim.plan.arrays import ArrivalCurve

RateAt = Callable[[int, bool], float]
"""Rate [per ms of open time] at an instant; with True its limit from the left, just before a jump."""

Given = tuple[int, dict[str, str]]
"""An instant [ms] and the traits that the file gives to the case."""

CASE_COLUMNS = ("case", "case_id", "case:concept:name")
TIME_COLUMNS = ("time", "timestamp", "time:timestamp", "start", "start_time", "at", "arrive")

_MILLISECOND = timedelta(milliseconds=1)


def arrival_curve(calendar: Calendar, rate_at: RateAt, knots: Iterable[int], end: int) -> ArrivalCurve:
    """Cumulative expected arrivals from 0 to `end`, in pieces on which the rate is linear.

    A piece ends where an opening ends and at every knot of the rate. A rate that bends between its knots (the
    product of two ramps) is replaced by chords of at most a day.
    """
    cuts = sorted({knot for knot in knots if 0 < knot < end})
    spans = [
        (begin, stop)
        for opening, closing in zip(calendar.opens.tolist(), calendar.closes.tolist(), strict=True)
        if opening < end
        for begin, stop in _cut(opening, min(closing, end), cuts)
    ]
    pieces = [piece for begin, stop in spans for piece in _linear_pieces(rate_at, begin, stop)]
    cumulative, total = [], 0.0
    for begin, stop, rate, end_rate in pieces:
        cumulative.append(total)
        total += 0.5 * (rate + end_rate) * (stop - begin)
    return ArrivalCurve(
        instants=tuple(piece[0] for piece in pieces),
        ends=tuple(piece[1] for piece in pieces),
        rates=tuple(piece[2] for piece in pieces),
        end_rates=tuple(piece[3] for piece in pieces),
        cumulative=tuple(cumulative),
    )


def _cut(begin: int, stop: int, cuts: Sequence[int]) -> list[tuple[int, int]]:
    edges = [begin, *(cut for cut in cuts if begin < cut < stop), stop]
    return list(itertools.pairwise(edges))


def _linear_pieces(rate_at: RateAt, begin: int, stop: int) -> list[tuple[int, int, float, float]]:
    rate, end_rate = rate_at(begin, False), rate_at(stop, True)
    middle = 0.5 * (rate + end_rate)
    is_linear = abs(rate_at((begin + stop) // 2, False) - middle) <= 1e-6 * abs(middle)
    if is_linear or stop - begin <= DAY_MS:
        return [(begin, stop, rate, end_rate)]
    edges = [*range(begin, stop, DAY_MS), stop]
    return [(a, b, rate_at(a, False), rate_at(b, True)) for a, b in itertools.pairwise(edges)]


def parse_instant(text: str, origin: datetime, where: str) -> int:
    """A date or a local time such as '2027-01-04 16:12', as ms since `origin`.

    Raises
    ------
    PlanError
        It is no instant, has a time zone, or lies before the beginning of the run.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise PlanError(
            f"{where}: found '{text}', which is no instant; for example 2027-01-04 16:12"
        ) from None
    if instant.tzinfo is not None:
        raise PlanError(f"{where}: '{text}' has a time zone; times are local, for example 2027-01-04 16:12")
    if instant < origin:
        raise PlanError(f"{where}: '{text}' is before the beginning of the run, {origin:%Y-%m-%d %H:%M}")
    return (instant - origin) // _MILLISECOND


def read_list(folder: Path, name: str, origin: datetime, traits: Collection[str]) -> list[Given]:
    """The cases of a `list`: one row each, the instant in the first column, traits in the others."""
    header, rows = _read_csv(folder, name)
    unknown = sorted(set(header[1:]) - set(traits))
    if unknown:
        known = ", ".join(sorted(traits)) or "none"
        raise PlanError(f"{name}: column '{unknown[0]}' is no trait of the case type. Traits here: {known}.")
    given = [
        (parse_instant(row[header[0]], origin, f"{name}, row {number}"), _filled(row, header[1:]))
        for number, row in enumerate(rows, start=2)
    ]
    return sorted(given, key=lambda pair: pair[0])


def read_log(folder: Path, name: str, origin: datetime, traits: Collection[str]) -> list[Given]:
    """The cases of a ticket log: of each case the earliest row; columns that are traits are given to it."""
    header, rows = _read_csv(folder, name)
    case = _column(header, CASE_COLUMNS, name, "the case")
    time = _column(header, TIME_COLUMNS, name, "the time")
    trait_columns = [column for column in header if column in traits]
    first: dict[str, Given] = {}
    for number, row in enumerate(rows, start=2):
        instant = parse_instant(row[time], origin, f"{name}, row {number}")
        if row[case] not in first or instant < first[row[case]][0]:
            first[row[case]] = (instant, _filled(row, trait_columns))
    return sorted(first.values(), key=lambda pair: pair[0])


def _filled(row: dict[str, str], columns: Sequence[str]) -> dict[str, str]:
    return {column: row[column].strip() for column in columns if row[column].strip()}


def _column(header: Sequence[str], names: Sequence[str], file: str, what: str) -> str:
    for name in names:
        if name in header:
            return name
    raise PlanError(
        f"{file}: no column holds {what}. Columns here: {', '.join(header)}; admissible: {', '.join(names)}."
    )


def _read_csv(folder: Path, name: str) -> tuple[list[str], list[dict[str, str]]]:
    """Header and rows of a CSV file below the scenario's folder."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise PlanError(f"'{name}' leaves the scenario's folder {folder}; put the file into it")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"'{name}' cannot be read from {folder}: {error}") from None
    reader = csv.reader(text.splitlines())
    lines = [line for line in reader if line]
    if not lines:
        raise PlanError(f"{name}: the file is empty; its first row must name the columns")
    header = [column.strip() for column in lines[0]]
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            raise PlanError(f"{name}, row {number}: found {len(line)} cells, the header has {len(header)}")
    return header, [dict(zip(header, line, strict=True)) for line in lines[1:]]
