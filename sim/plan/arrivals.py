"""Arrivals: when cases come, as curves of expected arrivals over open time or as instants from a file.

Rates are per millisecond of open time, instants integer milliseconds since the beginning of the warm-up.

Not here: reading the files of `list` and `log` (scenario.files), the draws that turn a curve into instants
(engines), fitting a scenario to a log (calibration).
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sim.calendars import DAY_MS, Calendar
from sim.plan.arrays import ArrivalCurve, TraitKind, TraitRow
from sim.scenario.files import YES, ArrivalRow, parse_instant

RateAt = Callable[[int, bool], float]
"""Rate [per ms of open time] at an instant; with True its limit from the left, just before a jump."""

_MILLISECOND = timedelta(milliseconds=1)


def arrival_curve(
    calendar: Calendar, rate_at: RateAt, knots: Iterable[int], end: int, *, is_even: bool = False
) -> ArrivalCurve:
    """Cumulative expected arrivals from 0 to `end`, in pieces on which the rate is linear.

    A piece ends where an opening ends and at every knot of the rate. A rate that bends between its knots (the
    product of two ramps) is replaced by chords of at most a day; one that is even between them is read once
    between each two.
    """
    cuts = sorted({knot for knot in knots if 0 < knot < end})
    rate_at = _once_between(cuts, rate_at) if is_even else rate_at
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


def _once_between(cuts: Sequence[int], rate_at: RateAt) -> RateAt:
    """The same rate, asked for once between each two cuts."""
    found: dict[int, float] = {}

    def rate(instant: int, before: bool) -> float:
        stretch = bisect_left(cuts, instant) if before else bisect_right(cuts, instant)
        if stretch not in found:
            found[stretch] = rate_at(instant, before)
        return found[stretch]

    return rate


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


def given_cases(
    rows: Iterable[ArrivalRow], origin: datetime, traits: Sequence[TraitRow]
) -> list[tuple[int, tuple[float, ...]]]:
    """Instant [ms since `origin`] and traits of the case of each row, by instant.

    They are aligned with `traits`: 1 or 0, the index of a level, a number; NaN where the row says nothing.
    """
    given = [
        (instant_ms(row.instant, origin), tuple(_given(trait, row.cells) for trait in traits)) for row in rows
    ]
    return sorted(given, key=lambda pair: pair[0])


def first_of_each_case(rows: Iterable[ArrivalRow], origin: datetime) -> list[ArrivalRow]:
    """Of each case of a ticket log the earliest row; of rows of one instant that which stands first."""
    first: dict[str, ArrivalRow] = {}
    for row in rows:
        other = first.get(row.case)
        if other is None or instant_ms(row.instant, origin) < instant_ms(other.instant, origin):
            first[row.case] = row
    return list(first.values())


def instant_ms(text: str, origin: datetime) -> int:
    """A date or a local time such as '2027-01-04 16:12', as ms since `origin`."""
    return (parse_instant(text, origin) - origin) // _MILLISECOND


def _given(trait: TraitRow, cells: Mapping[str, str]) -> float:
    text = cells.get(trait.name, "").strip()
    if not text:
        return math.nan
    if trait.kind is TraitKind.LEVELS:
        return float(trait.levels.index(text))
    if trait.kind is TraitKind.SHARE:
        return float(text.lower() in YES)
    return float(text)
