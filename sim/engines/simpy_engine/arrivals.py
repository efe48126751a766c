"""Where cases come from: one process per source, which lets its cases arrive at their instants."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Iterator
from math import isnan, log1p, sqrt
from typing import TYPE_CHECKING, Any

import simpy

from sim.engines.simpy_engine.clock import ARRIVALS, item_key
from sim.plan.arrays import NONE, ArrivalCurve, ArrivalKind, SourceRow
from sim.randomness import Purpose, to_ticks

if TYPE_CHECKING:
    from sim.engines.simpy_engine.engine import World


def arrivals(world: World, index: int, source: SourceRow) -> Generator[simpy.Event, Any, None]:
    """Let case after case of a source arrive."""
    for number, instant in enumerate(instants(world, source), start=1):
        if instant >= world.plan.end:
            break
        yield world.clock.item(instant, item_key(ARRIVALS, index, number, 0, -1), source.name)
        if source.case_type == NONE:
            world.other_work(index, number)
        else:
            given = _given_traits(world, source, number)
            world.arrive(index, number, 0, source.case_type, given)
    else:
        if source.kind is not ArrivalKind.RATE:
            return
    world.goes_on = True  # the next one comes after the end of the run


def instants(world: World, source: SourceRow) -> Iterator[int]:
    """The instants of arrival, in order."""
    if source.kind is ArrivalKind.INSTANTS:
        yield from source.instants
    elif source.kind is ArrivalKind.AT_START:
        yield from (0 for _ in range(source.n_cases))
    elif source.kind is ArrivalKind.EVERY:
        calendar, number = world.plan.calendars[source.calendar], 0
        while True:
            number += 1
            yield calendar.add(0, number * source.interval)
    elif source.curve is not None:
        yield from _poisson(world, source.name, source.curve)


def _poisson(world: World, name: str, curve: ArrivalCurve) -> Iterator[int]:
    """Arrival n comes when the rate, integrated over open time, reaches the sum of n unit exponentials."""
    reached, number = 0.0, 0
    while True:
        number += 1
        u, _ = world.luck.draw_for(name, number, 0, "", 0, Purpose.ARRIVAL)
        reached += -log1p(-u)
        instant = _instant_of(curve, reached)
        if instant is None:
            return
        yield instant


def _instant_of(curve: ArrivalCurve, reached: float) -> int | None:
    """When the cumulative rate reaches a value; None if never."""
    piece = bisect_right(curve.cumulative, reached) - 1
    begin, end = curve.instants[piece], curve.ends[piece]
    rate, end_rate = curve.rates[piece], curve.end_rates[piece]
    missing = reached - curve.cumulative[piece]
    is_last = piece == len(curve.instants) - 1
    if is_last and missing > 0.5 * (rate + end_rate) * (end - begin):
        return None
    slope = (end_rate - rate) / (end - begin)
    # where the rate falls to 0, rounding may take the root below 0 and the instant past the end of the piece
    divisor = rate + sqrt(max(0.0, rate * rate + 2.0 * slope * missing))
    offset = to_ticks(2.0 * missing / divisor) if divisor > 0.0 else 0
    return min(begin + offset, end)


def _given_traits(world: World, source: SourceRow, number: int) -> dict[int, float]:
    """Traits that a list of arrivals gives for its case."""
    if not source.given_traits:
        return {}
    traits = world.plan.case_types[source.case_type].traits
    given = zip(traits, source.given_traits[number - 1], strict=True)
    return {trait: value for trait, value in given if not isnan(value)}
