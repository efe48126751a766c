"""From what was seen to what is said of it: each figure's tornado, indices and spread, and the decision.

Not here: seeing (run, points), the tables (result).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.intervals import mean_interval
from sim.experiment.sensitivity.figures import NPV, ROI, Figure
from sim.experiment.sensitivity.indices import BOOTSTRAP, Index, of_design, of_surface
from sim.experiment.sensitivity.inputs import Shape
from sim.experiment.sensitivity.points import Bench, Refused
from sim.experiment.sensitivity.polynomials import Floats
from sim.experiment.sensitivity.result import About, Fit, Sensitivity
from sim.experiment.sensitivity.sample import PER_POINT, values_at
from sim.experiment.sensitivity.spread import (
    Spread,
    over_both,
    over_inputs,
    over_luck,
    ratio_without_luck,
    without_luck,
)
from sim.experiment.sensitivity.surface import Ints, Sampled, Surface, least_points, resampled, sampled
from sim.experiment.sensitivity.tornado import Reached, bars
from sim.experiment.sensitivity.worth import Decision, decision


@dataclass(frozen=True)
class Evidence:
    """What was seen.

    Attributes
    ----------
    centre : shape (n_columns, n)
        Where all inputs stand as in the files.
    ends
        At the ends of the ranges, by (index of the input, 0 low or 1 high).
    shares : shape (n_points, n_inputs or, of a design, 2 n_inputs)
        Where the sample looked, as shares of probability.
    seen : shape (n_points, n_columns, m), of a design (n_points, 2 + n_inputs, n_columns, m)
        What it saw; None without a sample.
    refused, why
        How many points were refused and drawn again, and the reason of the first.
    """

    bench: Bench
    method: str
    shape: Shape
    replications: int
    centre: Floats
    ends: Mapping[tuple[int, int], Reached | Refused]
    shares: Floats
    seen: Floats | None
    refused: int
    why: str

    @property
    def is_design(self) -> bool:
        """The points stand in rows of Saltelli's design."""
        return self.method == "saltelli"

    def points(self) -> tuple[Floats, Floats]:
        """Points all over the ranges, shape (n, n_inputs), and their columns, shape (n, n_columns, m)."""
        assert self.seen is not None
        if not self.is_design:
            return self.shares, self.seen
        n_inputs = len(self.bench.inputs)
        # A and B are points like any other; those that mix them are not independent of them
        return self.shares.reshape(-1, n_inputs), self.seen[:, :2].reshape(-1, *self.seen.shape[2:])


def findings(
    evidence: Evidence,
    figures: Sequence[Figure],
    *,
    names: tuple[str, ...],
    left_out: tuple[str, ...],
    currency: str,
    day_h: float,
    is_complete: bool,
) -> Sensitivity:
    """All that can be said of the figures."""
    bench = evidence.bench
    fits = _Fits(evidence)
    looks = [_Look(evidence, fits, figure) for figure in figures]
    shares = evidence.points()[0] if evidence.seen is not None else np.empty((0, len(bench.inputs)))
    return Sensitivity(
        scenarios=names,
        seed=bench.seed,
        engine=bench.engine,
        inputs=bench.inputs,
        left_out=left_out,
        abouts=tuple(look.about(names[look.figure.which]) for look in looks),
        decision=_decision(fits, figures),
        method=evidence.method,
        shape=evidence.shape,
        replications=evidence.replications,
        per_point=PER_POINT,
        samples=0 if evidence.seen is None else len(evidence.seen),
        refused=evidence.refused,
        why=evidence.why,
        points=values_at(bench.inputs, shares, evidence.shape),
        seen=np.array([look.means() for look in looks]).T if evidence.seen is not None else np.empty((0, 0)),
        currency=currency,
        day_h=day_h,
        is_complete=is_complete,
    )


class _Fits:
    """The surfaces of columns that are defined at every point, each fitted once."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._fits: dict[int, Sampled] = {}

    def draws(self, n: int) -> Sequence[Ints]:
        """Points drawn again from n of them, the same every time."""
        return resampled(n, BOOTSTRAP, self.evidence.bench.seed)

    def of(self, column: int) -> Sampled:
        """The surface of a column."""
        if column not in self._fits:
            shares, columns = self.evidence.points()
            self._fits[column] = sampled(shares, columns[:, column], self.draws(len(shares)))
        return self._fits[column]


class _Look:
    """One figure, seen at the centre, at the ends and in the sample."""

    def __init__(self, evidence: Evidence, fits: _Fits, figure: Figure) -> None:
        self.evidence, self.fits, self.figure = evidence, fits, figure
        self.columns = [evidence.bench.columns.index(each) for each in figure.columns]

    def about(self, scenario: str) -> About:
        """What is found of the figure."""
        evidence, bench = self.evidence, self.evidence.bench
        centre = self._values(evidence.centre)
        made = bars(
            self.figure,
            bench.columns,
            bench.inputs,
            evidence.centre[:, : evidence.replications],
            evidence.ends,
        )
        n = evidence.replications
        mean = mean_interval(self._values(evidence.centre[:, :n]).tolist())
        spreads = [over_luck(centre)]
        if evidence.seen is None:
            return About(self.figure, scenario, mean, tuple(made), spreads=tuple(spreads))
        fit_, indices, more = self._of_sample()
        return About(self.figure, scenario, mean, tuple(made), tuple(indices), (*spreads, *more), fit_)

    def means(self) -> Floats:
        """The figure at each point of the sample, mean over its replications."""
        found: Floats = self._sampled()[1].mean(axis=1)
        return found

    def _values(self, columns: Floats) -> Floats:
        return self.figure.values([columns[i] for i in self.columns])

    def _sampled(self) -> tuple[Floats, Floats]:
        """The points, and the figure in each replication there, shape (n, m)."""
        shares, columns = self.evidence.points()
        return shares, np.stack([self._values(each) for each in columns])

    def _of_sample(self) -> tuple[Fit | None, list[Index], list[Spread]]:
        shares, seen = self._sampled()
        defined = ~np.isnan(seen).any(axis=1)
        shares, seen = shares[defined], seen[defined]
        undefined = int((~defined).sum())
        if len(seen) < least_points(shares.shape[1]):
            return Fit(0.0, None, None, len(seen), undefined), [], []
        sample = self.fits.of(self.columns[0]) if len(self.columns) == 1 and not undefined else None
        sample = sample or sampled(shares, seen, self.fits.draws(len(seen)))
        surface = sample.surface
        indices = of_surface(sample, shares.shape[1])
        variance, luck = surface.variance, surface.luck
        if self.evidence.is_design:
            indices, variance, luck = self._of_design()
        luck_share = luck / (variance + luck) if variance + luck > 0 else None
        found = Fit(variance, luck_share, surface.quality, len(seen), undefined)
        values = self._without_luck(surface)
        return found, indices, [over_inputs(values, self.fits.draws(len(values))), over_both(seen)]

    def _without_luck(self, surface: Surface) -> Floats:
        if self.figure.metric != ROI:
            return without_luck(surface)
        npv, costs = (without_luck(self.fits.of(column).surface) for column in self.columns)
        return ratio_without_luck(npv, costs)

    def _of_design(self) -> tuple[list[Index], float, float]:
        assert self.evidence.seen is not None
        rows = np.stack([np.stack([self._values(point) for point in row]) for row in self.evidence.seen])
        rows = rows[~np.isnan(rows).any(axis=(1, 2))]
        return of_design(rows, self.fits.draws(len(rows)))


def _decision(fits: _Fits, figures: Sequence[Figure]) -> Decision | None:
    """The decision between the base and the others, where money was looked at and there is a sample."""
    bench, seen = fits.evidence.bench, fits.evidence.seen
    columns = [column for figure in figures if figure.metric == NPV for column in figure.columns]
    if not columns or seen is None:
        return None
    return decision([fits.of(bench.columns.index(each)) for each in columns], len(bench.inputs))
