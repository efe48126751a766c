"""What the parts of a scenario contribute: each alone, each left out, all together, and its Shapley share.

The value of a choice of parts is what it gains over the base, replication by replication, on the same luck.
Not here: putting parts together (scenario.parts), the arithmetic of shares (shapley), running (trial).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import EngineError, PlanError, ScenarioError
from sim.experiment.explain.shapley import Floats, Orders, Part, Subset, orders_of, shares
from sim.experiment.explain.trial import GAINS, Gain, Gains, Runner, Trial, gains
from sim.experiment.intervals import Interval, mean_interval, paired_difference
from sim.experiment.replicate import Progress
from sim.experiment.value_streams import Kind
from sim.scenario.parts import OWN, Parts

if TYPE_CHECKING:
    import polars

    from sim.scenario.load import Scenario


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part: what it gains over the base alone, what is lost without it, and its share of the whole."""

    part: Part
    alone: Mapping[str, Interval]
    left_out: Mapping[str, Interval]
    share: Mapping[str, Interval]


@dataclass(frozen=True, eq=False)
class Contributions:
    """What parts contribute to what all of them gain over the base.

    Attributes
    ----------
    before
        The mean lead time [h] of the base: the scenario without any part.
    values
        What each set of parts gains over the base, by replication.
    orders
        The orders that shares are the mean over.
    always
        Parts that are in every set, because without them the others cannot be put together; what they
        gain is in the base.
    """

    before: Interval
    orders: Orders
    values: Mapping[Subset, Gains]
    always: tuple[Part, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts whose contribution is told."""
        return self.orders.parts

    @property
    def whole(self) -> Mapping[str, Interval]:
        """What all parts together gain over the base."""
        return {name: mean_interval(gain) for name, gain in self.values[frozenset(self.parts)].items()}

    @property
    def each(self) -> list[Contribution]:
        """The parts, that with the largest share of the lead time saved first."""
        names = list(self.whole)
        by_name = {name: shares(self.orders, self._value(name)) for name in names if self._is_defined(name)}
        found = [
            Contribution(
                part,
                {name: self._interval(name, frozenset([part]), frozenset()) for name in names},
                {
                    name: self._interval(name, frozenset(self.parts), frozenset(self.parts) - {part})
                    for name in names
                },
                {name: of_part[part] for name, of_part in by_name.items()},
            )
            for part in self.parts
        ]
        nothing = Interval(0.0, None, None, 0)
        return sorted(found, key=lambda each: -(each.share.get("lead_time", nothing).mean or 0.0))

    def _interval(self, name: str, more: Subset, less: Subset) -> Interval:
        return paired_difference(self.values[more][name], self.values[less][name])

    def _is_defined(self, name: str) -> bool:
        """A share takes every set's value in every replication."""
        return all(value is not None for each in self.values.values() for value in each[name])

    def _value(self, name: str) -> Callable[[Subset], Floats]:
        arrays = {subset: np.array(each[name], dtype=np.float64) for subset, each in self.values.items()}
        return lambda subset: arrays[subset]

    @property
    def table(self) -> polars.DataFrame:
        """One row per part, kind of gain and `way`: `alone`, `left_out`, `share`; and one of `all`."""
        import polars

        rows = [
            (each.part, name, GAINS[name], way, *_numbers(interval))
            for each in self.each
            for way, found in (("alone", each.alone), ("left_out", each.left_out), ("share", each.share))
            for name, interval in found.items()
        ]
        rows += [("all", name, GAINS[name], "all", *_numbers(each)) for name, each in self.whole.items()]
        texts = dict.fromkeys(("part", "gain", "unit", "way"), polars.String)
        numbers = {name: polars.Float64 for name in ("mean", "low", "high")}
        return polars.DataFrame(rows, schema={**texts, **numbers, "n": polars.Int64}, orient="row")

    @property
    def subsets(self) -> polars.DataFrame:
        """One row per set of parts, replication (its place) and kind of gain."""
        import polars

        rows = [
            (" + ".join(part for part in self.parts if part in subset), i, name, GAINS[name], value)
            for subset, each in self.values.items()
            for name, gain in each.items()
            for i, value in enumerate(gain)
        ]
        schema = {"parts": polars.String, "replication": polars.Int64, "gain": polars.String}
        return polars.DataFrame(
            rows, schema={**schema, "unit": polars.String, "value": polars.Float64}, orient="row"
        )


def _numbers(interval: Interval) -> tuple[float | None, float | None, float | None, int]:
    return interval.mean, interval.low, interval.high, interval.n


@dataclass(frozen=True)
class Choices:
    """The sets of parts that are to be run, as scenarios."""

    orders: Orders
    scenarios: Mapping[Subset, Scenario]
    always: tuple[Part, ...] = ()


def choices_of(parts: Parts, seed: int) -> Choices:
    """What is to be run to tell what parts contribute.

    The own settings of a file are a part like any other, unless something cannot be put together without
    them; then they are in every set.

    Raises
    ------
    ScenarioError
        Some set of parts cannot be put together.
    """
    try:
        return _choices(parts, parts.names, (), seed)
    except ScenarioError:
        if OWN not in parts.names:
            raise
    return _choices(parts, tuple(parts.patches), (OWN,), seed)


def _choices(parts: Parts, names: tuple[Part, ...], always: tuple[Part, ...], seed: int) -> Choices:
    orders = orders_of(names, seed)
    return Choices(orders, {each: parts.put_together([*each, *always]) for each in orders.subsets()}, always)


def contributions(
    choices: Choices, runner: Runner, of: str, kind: Kind, progress: Callable[[int], Progress]
) -> Contributions | None:
    """Run every set of parts; None where that was interrupted.

    `progress` gives what is to be told of the set with that place.

    Raises
    ------
    PlanError, EngineError
        A set cannot be compiled or cannot go on, or does not share clock, currency and years with the base.
    """
    base: Trial | None = None
    values: dict[Subset, Gains] = {}
    for i, (subset, scenario) in enumerate(choices.scenarios.items()):
        named = replace(scenario, name=" + ".join(subset) or "the base")
        try:
            trial = runner(named, progress(i), base)
        except (PlanError, EngineError) as error:
            raise type(error)(f"with {' + '.join(sorted(subset)) or 'no part'}: {error}") from None
        if not trial.result.is_complete:
            return None
        base = base or trial
        values[subset] = gains(base, trial, of, kind)
    assert base is not None
    shared = _shared(values)
    if "lead_time" not in shared[frozenset()]:
        raise PlanError(
            f"with some choice of them no {of} was finished, so its lead times cannot be compared"
        )
    before = mean_interval(list(base.lead_time(of, kind).values()))
    return Contributions(before, choices.orders, shared, choices.always)


def _shared(values: Mapping[Subset, Gains]) -> dict[Subset, dict[str, Gain]]:
    """Only those kinds of gain that every set has."""
    names = [name for name in GAINS if all(name in each for each in values.values())]
    return {subset: {name: each[name] for name in names} for subset, each in values.items()}
