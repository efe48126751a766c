"""What `sensitivity` finds: for each figure its tornado, indices and spread, and what knowing is worth.

Tables are polars frames, one row per input (and figure); intervals are 95 % intervals.
Not here: how any of it is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.experiment.intervals import Interval
from sim.experiment.sensitivity.figures import Figure
from sim.experiment.sensitivity.indices import Index
from sim.experiment.sensitivity.inputs import Input, Shape
from sim.experiment.sensitivity.polynomials import Floats
from sim.experiment.sensitivity.spread import PERCENTS, Spread
from sim.experiment.sensitivity.tornado import Bar, End
from sim.experiment.sensitivity.worth import Decision

if TYPE_CHECKING:
    import polars


ROUGH = 0.7
"""Indices from a surface that predicts less than this share of the variance are called rough."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How far a figure's indices may be trusted.

    Attributes
    ----------
    variance
        The variance that inputs make, of the figure's mean over luck.
    luck_share
        The share of the variance of single replications all over the ranges that is luck.
    quality
        The share of the variance by inputs that the surface predicts at points left out of its fit (Q²).
    n
        How many points it rests on.
    undefined
        How many points were left out because the figure is not defined there.
    """

    variance: float
    luck_share: float | None
    quality: float | None
    n: int
    undefined: int

    @property
    def is_rough(self) -> bool:
        """The surface tells too little of the figure to rank inputs by it."""
        return self.quality is None or self.quality < ROUGH


@dataclass(frozen=True)
class About:
    """What was found of one figure.

    Attributes
    ----------
    scenario
        Of which scenario it is; of a comparison, against the base.
    centre
        Its mean where every input stands as in the files, with its interval over replications.
    bars
        The tornado, the longest bar first.
    indices
        The Sobol indices by input, in the order of the inputs; empty without a sample.
    spreads
        The figure over luck, over inputs, and over both; only luck without a sample.
    fit
        None without a sample.
    """

    figure: Figure
    scenario: str
    centre: Interval
    bars: tuple[Bar, ...]
    indices: tuple[Index, ...] = ()
    spreads: tuple[Spread, ...] = ()
    fit: Fit | None = None

    @property
    def title(self) -> str:
        """The figure as users name it, such as `lead_time:idea`."""
        return self.figure.metric if self.figure.is_money else f"{self.figure.metric}:{self.figure.of}"


@dataclass(frozen=True)
class Sensitivity:
    """How figures depend on the assumptions of a scenario, alone or against other scenarios.

    Attributes
    ----------
    scenarios
        Their names, the base first.
    inputs
        The assumptions that were moved, in the order of the files.
    left_out
        Assumptions with a range that could not be moved, because they are not one number.
    abouts
        What was found of each figure.
    decision
        What knowing each input would be worth for the decision to go; None without money or sample.
    method, shape
        How the indices were found (`surface` or `saltelli`), and how inputs lie in their ranges.
    replications
        At each end of the tornado; `per_point` at each point of the sample.
    samples
        How many points (rows) the sample has; `refused` how many were drawn again, `why` the first reason.
    points
        Where the sample looked: a column of each input's values; with `seen`, the mean of each figure there.
    """

    scenarios: tuple[str, ...]
    seed: int
    engine: str
    inputs: tuple[Input, ...]
    left_out: tuple[str, ...]
    abouts: tuple[About, ...]
    decision: Decision | None
    method: str
    shape: Shape
    replications: int
    per_point: int
    samples: int
    refused: int
    why: str
    points: Floats
    seen: Floats
    currency: str
    day_h: float
    is_complete: bool = True

    def __getitem__(self, title: str) -> About:
        """What was found of the first figure of a name, such as `npv` or `lead_time:idea`."""
        for about in self.abouts:
            if about.title == title:
                return about
        raise KeyError(f"{title}: figures are {', '.join(about.title for about in self.abouts)}")

    @property
    def tornado(self) -> polars.DataFrame:
        """One row per figure and input, as the bars are sorted."""
        return _frame(
            {
                **named(about),
                "input": bar.input.name,
                "input_unit": bar.input.unit,
                "present": bar.input.present,
                **_end("low", bar.low),
                **_end("high", bar.high),
                **_interval("swing", bar.swing),
            }
            for about in self.abouts
            for bar in about.bars
        )

    @property
    def indices(self) -> polars.DataFrame:
        """One row per figure and input: first and total index as shares of the variance by inputs."""
        return _frame(
            {
                **named(about),
                "input": moved.name,
                **_interval("first", index.first),
                **_interval("total", index.total),
            }
            for about in self.abouts
            for moved, index in zip(self.inputs, about.indices, strict=bool(about.indices))
        )

    @property
    def spread(self) -> polars.DataFrame:
        """One row per figure and source of what is not known (`over`)."""
        return _frame(
            {
                **named(about),
                "over": spread.over,
                "mean": spread.mean,
                "standard_deviation": spread.deviation,
                **{
                    key: value
                    for p, found in zip(PERCENTS, spread.percentiles, strict=True)
                    for key, value in _interval(f"p{p}", found).items()
                },
                **_interval("probability_above_0", spread.above),
                "n": spread.n,
            }
            for about in self.abouts
            for spread in about.spreads
        )

    @property
    def worth(self) -> polars.DataFrame:
        """One row per input, and one of all: what knowing it before deciding would be worth at most."""
        found = self.decision
        if found is None:
            return _frame(())
        names = [*(each.name for each in self.inputs), "everything"]
        return _frame(
            {"input": name, "currency": self.currency, **_interval("value", each.value), "error": each.error}
            for name, each in zip(names, (*found.inputs, found.everything), strict=True)
        )

    @property
    def sample(self) -> polars.DataFrame:
        """One row per point of the sample: the value of each input, and each figure's mean there."""
        import polars

        columns = (
            {moved.name: self.points[:, i] for i, moved in enumerate(self.inputs)} if self.samples else {}
        )
        for i, about in enumerate(self.abouts if self.samples else ()):
            name = f"{about.title} {about.scenario}" if len(self.scenarios) > 2 else about.title
            columns[name] = self.seen[:, i]
        return polars.DataFrame(columns)


def named(about: About) -> dict[str, Any]:
    """Which figure of which scenario it is about."""
    figure = about.figure
    return {
        "scenario": about.scenario,
        "metric": figure.metric,
        "kind": figure.kind,
        "of": figure.of,
        "unit": figure.unit,
    }


def _end(side: str, end: End) -> dict[str, Any]:
    return {f"{side}_value": end.value, **_interval(side, end.change), f"{side}_refused": end.reason}


def _interval(name: str, found: Interval) -> dict[str, Any]:
    return {name: found.mean, f"{name}_from": found.low, f"{name}_to": found.high}


def _frame(rows: Iterable[dict[str, Any]]) -> polars.DataFrame:
    import polars

    found: Sequence[dict[str, Any]] = list(rows)
    return polars.DataFrame(found, infer_schema_length=None)
