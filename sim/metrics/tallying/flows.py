"""Passages through flows: those that ended in the window, their accounts, and their groups by trait."""

from __future__ import annotations

import numpy as np

from sim.calendars import Int64Array
from sim.metrics.accounts import classify_windows
from sim.metrics.tallying.stretches import stays
from sim.metrics.view import Float64Array, View
from sim.plan.measured import groups_of_flow, place_of_trait
from sim.records.tallies import FlowTally, Stays


def tally_flows(seen: View) -> tuple[FlowTally, ...]:
    """One for each flow; passages of `start_with` cases are only in its rates."""
    return tuple(_tally_flow(seen, index) for index in range(len(seen.plan.flows)))


def _tally_flow(seen: View, index: int) -> FlowTally:
    rows, plan = seen.passages, seen.plan
    mine = rows["flow"] == index
    case, begin, left = (rows[name][mine] for name in ("case", "enter", "leave"))
    end = np.where(left < 0, seen.facts.end, left)
    has_left = (left >= plan.warm_up) & (left < plan.end)
    counted = has_left & ~seen.is_started_with[case]
    stretches = case[counted], begin[counted], end[counted]
    return FlowTally(
        counted=stays(seen, *stretches[1:]),
        account=tuple(classify_windows(seen.tiles, plan, *stretches).sum(axis=0).tolist()),
        left=int(has_left.sum()),
        inside_ms=int(seen.in_window(begin, end).sum()),
        open=int((left < 0).sum()),
        groups=_groups(seen, index, *stretches),
    )


def _groups(seen: View, flow: int, case: Int64Array, begin: Int64Array, end: Int64Array) -> dict[str, Stays]:
    """Stays by group; a passage whose case was never asked about a trait is in no group of it."""
    found = {}
    for group in groups_of_flow(seen.plan, flow):
        chosen = _values(seen, group.trait, case) == group.value
        found[group.label] = stays(seen, begin[chosen], end[chosen])
    return found


def _values(seen: View, trait: str, case: Int64Array) -> Float64Array:
    """What the trait turned out to be for each of these cases; NaN where it was never asked."""
    places = [place_of_trait(seen.plan, i, trait) for i in range(len(seen.plan.case_types))]
    found = np.full(len(case), np.nan)
    for i, index in enumerate(case.tolist()):
        row = seen.facts.cases[index]
        place = places[row.case_type]
        if 0 <= place < len(row.traits):
            found[i] = row.traits[place]
    return found
