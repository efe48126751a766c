"""Inputs: the assumptions that are moved within their ranges, in one scenario or in several at once.

An assumption that scenarios state alike is one input, and moves in all of them to the same value. One that
another scenario states otherwise than the first is part of what that scenario changes: it moves there, and
the first keeps what it says. Ranges are taken together: the least low end and the greatest high end.
Not here: what a lever does to a scenario (levers), which points are looked at (points).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from sim.errors import RunError
from sim.experiment.levers import Lever, levers
from sim.experiment.sensitivity.polynomials import Floats
from sim.scenario.changes import Changes
from sim.scenario.load import Scenario
from sim.scenario.nearest import did_you_mean
from sim.scenario.numbers import Constant
from sim.units.dimensions import Dimension

Shape = Literal["uniform", "pert"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Input:
    """An assumption that is moved.

    Attributes
    ----------
    name
        As users write it, such as `$adoption`; with the scenario in brackets where two state it differently.
    present, low, high
        Its value in the files and the ends of its range, in `unit`.
    moves
        The scenarios (by index) in which it is moved, each with its lever.
    stays
        The scenarios that have it too, but state it differently and keep what they say.
    """

    name: str
    present: float
    low: float
    high: float
    unit: str
    whole: bool
    source: str
    moves: tuple[tuple[int, Lever], ...]
    stays: tuple[int, ...] = ()

    def changes(self, which: int, value: float) -> Changes:
        """What to change in one of the scenarios so that the input stands at a value."""
        found: dict[tuple[str, ...], object] = {}
        for index, lever in self.moves:
            if index == which:
                found.update(lever.changes(value))
        return found

    def told(self, value: float) -> str:
        """A value as a scenario file has it, in four digits at most."""
        lever = self.moves[0][1]
        return str(lever.written(value if self.whole else float(f"{value:.4g}")))

    def values(self, shares: Floats, shape: Shape) -> Floats:
        """The values at shares of probability: the quantiles of its distribution over the range.

        Notes
        -----
        `pert` is a beta distribution over the range whose mode is the present value and whose mean is
        (low + 4·mode + high)/6 (Malcolm, Roseboom, Clark and Fazar 1959, Operations Research 7:646).
        """
        width = self.high - self.low
        if shape == "pert":
            from scipy.special import betaincinv  # type: ignore[import-untyped]

            mode = (min(max(self.present, self.low), self.high) - self.low) / width
            shares = np.asarray(betaincinv(1 + 4 * mode, 5 - 4 * mode, shares))
        found = self.low + width * shares
        return np.round(found) if self.whole else found


def inputs_of(scenarios: Sequence[Scenario], only: Iterable[str] = ()) -> tuple[Input, ...]:
    """The inputs of scenarios, the first of which is the base; `only` those of these names, if any are named.

    Raises
    ------
    RunError
        No assumption of the scenarios has a range, or none is called as `only` says, with the nearest.
    """
    found = {each.name: each for each in _all(scenarios)}
    if not found:
        names = " and ".join(scenario.name for scenario in scenarios)
        raise RunError(
            f"{names}: no assumption has a range to be moved in. Give the uncertain ones their range, "
            "such as `review_rate: {value: 30%, range: [15%, 50%], source: assumption}`."
        )
    chosen = dict.fromkeys(each for name in only for each in _named(found, name))
    return tuple(found[name] for name in chosen) if chosen else tuple(found.values())


def _named(found: Mapping[str, Input], name: str) -> list[str]:
    bare = name.strip().removeprefix("$")
    matches = [each for each in found if each.removeprefix("$") == bare or each.startswith(f"${bare} (")]
    if matches:
        return matches
    near = did_you_mean(bare, [each.removeprefix("$") for each in found])
    raise RunError(
        f"assumption {name!r}: no assumption with a range is called so. {near} "
        f"Assumptions: {', '.join(each.removeprefix('$') for each in found)}."
    )


def left_out(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Assumptions that have a range but are not one number that could be moved in it."""
    moved = {lever.path[1] for each in _all(scenarios) for _, lever in each.moves}
    return tuple(
        dict.fromkeys(
            name
            for scenario in scenarios
            for name, assumption in scenario.file.assumptions.items()
            if assumption.range is not None and name not in moved
        )
    )


def _all(scenarios: Sequence[Scenario]) -> list[Input]:
    holders: dict[str, list[tuple[int, Lever]]] = {}
    for index, scenario in enumerate(scenarios):
        for lever in levers(scenario):
            if lever.kind == "assumption" and lever.present is not None:
                holders.setdefault(lever.name, []).append((index, lever))
    return [each for name, group in holders.items() for each in _inputs(scenarios, name, group)]


def _inputs(scenarios: Sequence[Scenario], name: str, group: list[tuple[int, Lever]]) -> list[Input]:
    """One input for each value that the scenarios state, but the base's own where another differs."""
    unit = group[0][1].unit
    levers_ = [(index, _in_unit(scenarios[index], lever, unit)) for index, lever in group]
    alike: list[list[tuple[int, Lever]]] = []
    for pair in levers_:
        same = [each for each in alike if _is_same(each[0][1], pair[1])]
        if same:
            same[0].append(pair)
        else:
            alike.append([pair])
    stays: tuple[int, ...] = ()
    if len(alike) > 1 and [index for index, _ in alike[0]] == [0]:
        stays = (0,)
        alike = alike[1:]
    low, high = min(lever.low for _, lever in levers_), max(lever.high for _, lever in levers_)
    if not low < high:
        return []
    return [
        _input(name if len(alike) == 1 else f"{name} ({scenarios[each[0][0]].name})", low, high, each, stays)
        for each in alike
    ]


def _input(
    name: str, low: float, high: float, moves: list[tuple[int, Lever]], stays: tuple[int, ...]
) -> Input:
    last = moves[-1][1]
    present = last.present
    assert present is not None
    whole = all(lever.whole for _, lever in moves)
    return Input(name, present, low, high, last.unit, whole, last.source, tuple(moves), stays)


def _is_same(one: Lever, other: Lever) -> bool:
    assert one.present is not None and other.present is not None
    return abs(one.present - other.present) <= _SAME * max(abs(one.present), abs(other.present))


def _in_unit(scenario: Scenario, lever: Lever, unit: str) -> Lever:
    """The same lever turned in another unit."""
    if lever.unit == unit:
        return lever
    assert lever.present is not None
    factor = _one(scenario, unit) / _one(scenario, lever.unit)
    return replace(
        lever,
        present=lever.present / factor,
        low=lever.low / factor,
        high=lever.high / factor,
        unit=unit,
        whole=False,
    )


def _one(scenario: Scenario, unit: str) -> float:
    number = scenario.number("1%" if unit == "%" else f"1 {unit}".strip(), Dimension.ANY)
    assert isinstance(number, Constant)
    return number.value
