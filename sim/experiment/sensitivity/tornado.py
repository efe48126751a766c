"""The tornado: each input at the low and at the high end of its range, all others as the files have them.

Both ends run on the luck of the centre, replication by replication, so what is told is a paired difference.
Where a scenario is refused at an end (two probabilities that together are more than 100 %), or its run
cannot go on there, the farthest value that is admissible takes the end's place, and says why.
Not here: pictures (charts), inputs moved together (sample).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.experiment.intervals import Interval, mean_interval
from sim.experiment.sensitivity.figures import Column, Figure
from sim.experiment.sensitivity.inputs import Input
from sim.experiment.sensitivity.points import Bench, Refused
from sim.experiment.sensitivity.polynomials import Floats

_HALVINGS = 10
_RETREATS = 5


@dataclass(frozen=True, slots=True)
class Reached:
    """An end of a range, or the farthest value short of it that is admissible; `reason` says why not all."""

    value: float
    columns: Floats
    reason: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """A figure at an end: the value that was reached, and the paired difference to the centre."""

    value: float
    change: Interval
    reason: str = ""

    @property
    def verdict(self) -> Literal["the same", "sure", "may be chance"]:
        """What may be said: the interval excludes 0, or not; "the same" in every replication."""
        low, high = self.change.low, self.change.high
        if low is None or high is None:
            return "the same" if self.change.mean == 0 else "may be chance"
        if low == high == 0:
            return "the same"
        return "sure" if low > 0 or high < 0 else "may be chance"


@dataclass(frozen=True, slots=True)
class Bar:
    """What one input does to a figure; `swing` is its high end less its low, paired."""

    input: Input
    low: End
    high: End
    swing: Interval

    @property
    def reach(self) -> float:
        """How far apart the figure lies within the range, the centre included: what bars are sorted by."""
        ends = (0.0, self.low.change.mean or 0.0, self.high.change.mean or 0.0)
        return max(ends) - min(ends)


def reach_end(bench: Bench, index: int, end: float, numbers: Sequence[int]) -> Reached | Refused:
    """An input at an end of its range, or as far towards it as is admissible."""
    found = bench.seen({index: end}, numbers)
    if not isinstance(found, Refused):
        return Reached(end, found)
    present = bench.inputs[index].present
    share = _farthest(bench, index, present, end)
    for _ in range(_RETREATS):
        value = _between(bench.inputs[index], present, end, share)
        seen = bench.seen({index: value}, numbers)
        if not isinstance(seen, Refused):
            return Reached(value, seen, found.reason)
        share /= 2
    return found


def _farthest(bench: Bench, index: int, present: float, end: float) -> float:
    """The share of the way to an end that is admissible, to a thousandth.

    Half of it where it is not the scenario that is refused, but its run that was stopped.
    """
    if not isinstance(bench.plans({index: end}), Refused):
        return 0.5
    admissible, refused = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (admissible + refused) / 2
        value = _between(bench.inputs[index], present, end, middle)
        if isinstance(bench.plans({index: value}), Refused):
            refused = middle
        else:
            admissible = middle
    return admissible


def _between(moved: Input, present: float, end: float, share: float) -> float:
    value = present + share * (end - present)
    return float(np.trunc(value - present) + present) if moved.whole else value


def bars(
    figure: Figure,
    columns: Sequence[Column],
    inputs: Sequence[Input],
    centre: Floats,
    reached: Mapping[tuple[int, int], Reached | Refused],
) -> list[Bar]:
    """The bars of a figure, the longest first; inputs of which an end is missing are left out.

    Parameters
    ----------
    centre : shape (n_columns, n)
        The columns where all inputs stand as in the files.
    reached
        What was found at each end, by (index of the input, 0 low or 1 high).
    """
    n = centre.shape[1]
    at = [columns.index(each) for each in figure.columns]

    def values(found: Floats) -> Floats:
        return figure.values([found[i, :n] for i in at])

    middle = values(centre)
    made = []
    for index, each in enumerate(inputs):
        ends = [reached.get((index, side)) for side in (0, 1)]
        seen = [
            Reached(each.present, centre, found.reason) if isinstance(found, Refused) else found
            for found in ends
        ]
        if seen[0] is None or seen[1] is None:
            continue
        low, high = values(seen[0].columns), values(seen[1].columns)
        made.append(
            Bar(
                each,
                End(seen[0].value, _paired(low, middle), seen[0].reason),
                End(seen[1].value, _paired(high, middle), seen[1].reason),
                _paired(high, low),
            )
        )
    return sorted(made, key=lambda bar: -bar.reach)


def _paired(one: Floats, other: Floats) -> Interval:
    return mean_interval([float(a - b) for a, b in zip(one, other, strict=True)])
