"""`sensitivity`: scenarios in, what their assumptions do to the figures out.

The centre is run first, then the ends of the tornado, then the sample; what an interrupt leaves is told as
far as it goes.
Not here: each of the parts (tornado, sample, surface, indices, spread, worth).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.errors import EngineError, RunError
from sim.experiment.appraisal import programme
from sim.experiment.main_case import main_case_type
from sim.experiment.replicate import Progress, replicate
from sim.experiment.run import check_shared, own_names
from sim.experiment.sensitivity.figures import Column, Figure, figures_asked
from sim.experiment.sensitivity.findings import Evidence, findings
from sim.experiment.sensitivity.inputs import SHAPES, Shape, inputs_of, left_out
from sim.experiment.sensitivity.points import Bench, Refused, spread
from sim.experiment.sensitivity.polynomials import Floats
from sim.experiment.sensitivity.result import Sensitivity
from sim.experiment.sensitivity.sample import (
    FIRST,
    PER_POINT,
    Sample,
    at_point,
    at_row,
    filled,
    sequence,
    values_at,
)
from sim.experiment.sensitivity.surface import least_points
from sim.experiment.sensitivity.tornado import Reached, reach_end
from sim.plan.compiler import compile_plan
from sim.scenario.load import Scenario

METHODS = ("surface", "saltelli")
DEFAULT_SAMPLES = 512
DEFAULT_REPLICATIONS = 10
LUCK = 50
"""Replications of the centre, which tell what luck alone does; more if the tornado has more."""

_PIECE = 10  # replications of the centre that are one piece of work


def sensitivity(
    scenario: Scenario,
    others: Sequence[Scenario] = (),
    *,
    only: Sequence[str] = (),
    of: Sequence[str] = (),
    samples: int = DEFAULT_SAMPLES,
    method: str = "surface",
    shape: Shape = "uniform",
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 1,
    engine: str = "auto",
    jobs: int = -1,
    progress: Progress | None = None,
) -> Sensitivity:
    """What the assumptions of a scenario do to its figures, or to what other scenarios change in them.

    Parameters
    ----------
    others
        Scenarios compared with it. Without them the figure is the lead time of its main case type; with
        them, the net present value, the return on investment and the difference of that lead time.
    only
        The assumptions to move; all that have a range, unless some are named.
    of
        Other figures: `metric:of`, such as `utilisation:compliance`, or `metric`; also `npv` and `roi`.
    samples
        Points all over the ranges, a power of two; 0: the tornado alone. With `method` "saltelli" rows of
        2 + (number of inputs) points.
    method
        How indices are found: "surface" fits one to the sample; "saltelli" takes pairs of points that differ
        in one input, which needs many times as many points and assumes nothing of the figure's form.
    shape
        How an input lies in its range: "uniform", or "pert" with the value of the file as its mode.
    replications
        At each end of the tornado.
    seed, engine, jobs, progress
        As of `run`; progress counts replications.

    Raises
    ------
    RunError
        No assumption or figure is called so, none has a range, or there are too few samples.
    PlanError
        The scenarios do not share currency, clock and years.
    EngineError
        The scenario as it is cannot be run to its end.
    """
    _check(method, shape, replications, jobs)
    scenarios = (scenario, *others)
    plans = [compile_plan(each) for each in scenarios]
    economics = [programme(each) for each in scenarios]
    check_shared(scenarios, economics, plans)
    inputs = inputs_of(scenarios, only)
    _check_samples(samples, len(inputs))
    years = economics[0].years or 0
    main = main_case_type(replicate(plans[0], replications=1, seed=seed, engine=engine, keep_cases=False))
    figures = figures_asked(plans, main, has_money=years > 0, currency=scenario.file.currency or "", names=of)
    bench = Bench(
        scenarios,
        inputs,
        _columns(figures),
        years if any(each.is_money for each in figures) else 0,
        seed,
        engine,
    )
    errand = _Errand(bench, replications, samples, method, shape, jobs, progress)
    is_complete = errand.done()
    return findings(
        errand.evidence(),
        figures,
        names=tuple(own_names(scenarios)),
        left_out=() if only else left_out(scenarios),
        currency=scenario.file.currency or "",
        day_h=scenario.working_time.day_ms / 3_600_000,
        is_complete=is_complete,
    )


def _check(method: str, shape: str, replications: int, jobs: int) -> None:
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}; found {method!r}")
    if shape not in SHAPES:
        raise ValueError(f"shape is one of {', '.join(SHAPES)}; found {shape!r}")
    if replications < 2:
        raise ValueError(f"replications must be at least 2, to tell luck; found {replications}")
    if jobs == 0 or jobs < -1:
        raise ValueError(f"jobs is a number of processes, 1 or more, or -1 for one per core; found {jobs}")


def _check_samples(samples: int, n_inputs: int) -> None:
    least = least_points(n_inputs)
    power = 1 << (least - 1).bit_length()
    if samples and (samples < power or samples & (samples - 1)):
        why = f"for {n_inputs} inputs" if samples < power else "is what a Sobol' sequence fills evenly"
        raise RunError(
            f"samples: found {samples}; admissible is a power of two, {power} or more, such as "
            f"{max(power, DEFAULT_SAMPLES)} ({why}), or 0 for the tornado alone."
        )


def _columns(figures: Sequence[Figure]) -> tuple[Column, ...]:
    return tuple(dict.fromkeys(column for figure in figures for column in figure.columns))


@dataclass
class _Errand:
    """The work of an analysis, and what is finished of it."""

    bench: Bench
    replications: int
    samples: int
    method: str
    shape: Shape
    jobs: int
    progress: Progress | None
    centre: list[Floats] = field(default_factory=list)
    ends: dict[tuple[int, int], Reached | Refused] = field(default_factory=dict)
    sample: Sample | None = None
    finished: int = 0

    def done(self) -> bool:
        """Carry out all of it; False where an interrupt ended it."""
        try:
            self._run_centre()
            self._run_ends()
            if self.samples:
                self._run_sample()
        except KeyboardInterrupt:
            if not self.centre or not self.ends:
                raise
            return False
        return True

    def evidence(self) -> Evidence:
        """What was seen."""
        values, seen = np.empty((0, len(self.bench.inputs))), None
        sample = self.sample
        if sample is not None and len(sample.seen) >= least_points(len(self.bench.inputs)):
            seen = sample.columns
            values = sample.points
        return Evidence(
            self.bench,
            self.method,
            self.shape,
            self.replications,
            np.concatenate(self.centre, axis=1),
            self.ends,
            values,
            seen,
            0 if sample is None else len(sample.refused),
            "" if sample is None or not sample.refused else sample.refused[min(sample.refused)],
        )

    # -- the parts

    def _run_centre(self) -> None:
        n = max(self.replications, LUCK)
        numbers = [range(first, min(first + _PIECE, n)) for first in range(0, n, _PIECE)]
        pieces: dict[int, Floats] = {}
        for i, found in self._spread(_centre, [(each,) for each in numbers]):
            if isinstance(found, Refused):
                raise EngineError(found.reason)
            pieces[i] = found
            self._tell(len(numbers[i]))
        self.centre = [pieces[i] for i in sorted(pieces)]

    def _run_ends(self) -> None:
        asked = [
            (index, side, end)
            for index, each in enumerate(self.bench.inputs)
            for side, end in enumerate((each.low, each.high))
        ]
        centre = np.concatenate(self.centre, axis=1)
        for index, side, end in asked:
            if end == self.bench.inputs[index].present:
                self.ends[index, side] = Reached(end, centre)
                self._tell(self.replications)
        asked = [each for each in asked if each[:2] not in self.ends]
        calls = [(index, end, range(self.replications)) for index, _, end in asked]
        for i, found in self._spread(reach_end, calls):
            self.ends[asked[i][:2]] = found
            self._tell(self.replications)

    def _run_sample(self) -> None:
        n_inputs = len(self.bench.inputs)
        is_design = self.method == "saltelli"
        shares = sequence(self.samples, 2 * n_inputs if is_design else n_inputs, self.bench.seed)
        self.sample = sample = Sample(shares, self.samples)
        each = (2 + n_inputs if is_design else 1) * PER_POINT

        def look(places: list[int]) -> bool:
            calls = [self._call(shares[place], place) for place in places]
            for i, found in self._spread(at_row if is_design else at_point, calls):
                sample.add(places[i], found)
                self._tell(0 if isinstance(found, Refused) else each)
            return True

        filled(sample, look)

    def _call(self, shares: Floats, place: int) -> tuple[Any, ...]:
        """A point, or a row of two, with luck that no other has."""
        n_inputs = len(self.bench.inputs)
        points = [
            values_at(self.bench.inputs, part[None], self.shape)[0].tolist()
            for part in shares.reshape(-1, n_inputs)
        ]
        return (*points, FIRST + place * PER_POINT * len(points), PER_POINT)

    def _spread(self, work: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> Any:
        with closing(spread(work, self.bench, calls, self.jobs)) as stream:
            yield from stream

    def _tell(self, replications: int) -> None:
        self.finished += replications
        if self.progress is None:
            return
        n_inputs = len(self.bench.inputs)
        per_sample = PER_POINT * (2 + n_inputs if self.method == "saltelli" else 1)
        expected = max(self.replications, LUCK) + 2 * n_inputs * self.replications + self.samples * per_sample
        n = len(self.bench.scenarios)
        self.progress(n * self.finished, n * expected)


def _centre(bench: Bench, numbers: Sequence[int]) -> Floats | Refused:
    """The columns where every input stands as in the files."""
    return bench.seen({}, numbers)
