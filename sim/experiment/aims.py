"""Aims: figures whose precision is asked for, how sure each of them is, and how many replications it needs.

- Of one scenario, an aim is a figure's mean, and its scale that mean: the mean lead time of every case type,
  or the figures that are named.
- Of a comparison it is a paired difference, and its scale the *baseline's* mean (a difference may be 0, so it
  cannot be its own measure): of every case type's lead time, or of the figures that are named; and the net
  present value, whose scale is the larger of the present values of benefits and costs.

With k aims each interval has confidence 1 − 5 %/k, so that all of them hold together with 95 % (Bonferroni;
Law, Simulation Modeling and Analysis, 5th ed., section 9.7). Intervals printed elsewhere are those of single
figures.
Not here: running replications until all aims are met (precision).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sim.errors import RunError
from sim.experiment.compare import Key, values_of
from sim.experiment.intervals import mean_interval, replications_needed
from sim.metrics import summarise
from sim.plan.arrays import Plan
from sim.records import Facts

if TYPE_CHECKING:
    from sim.experiment.appraisal import Appraisal
    from sim.experiment.replicate import Result

ERROR = 0.05
"""The chance that the interval of any aim misses."""

LEAD_TIMES = "lead_time"
NPV = "npv"
NPV_KEY: Key = (NPV, "business", "", "")


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure, or a paired difference of one, that shall be known within ± `allowed`.

    `half_width` is that of its interval at the confidence that all aims share, None without two values;
    `needed` how many replications there must be in all, judged by those so far (`n`). `scale` is what the
    precision is a share of.
    """

    scenario: str
    metric: str
    kind: str
    of: str
    unit: str
    mean: float | None
    half_width: float | None
    scale: float
    allowed: float
    n: int
    needed: int

    @property
    def is_met(self) -> bool:
        """No more replications are needed for it."""
        return self.needed <= self.n

    @property
    def share(self) -> float | None:
        """The half-width as a share of the scale; None where there is neither."""
        return None if self.half_width is None or self.scale == 0 else self.half_width / self.scale


def check_named(names: Iterable[str], plans: Sequence[Plan], *, has_npv: bool = False) -> None:
    """Refuse names of figures that no plan has, before anything runs; `metric:of`, or `metric` for all.

    Raises
    ------
    RunError
        With the nearest name.
    """
    names = list(names)
    if not names:
        return
    figures = {(metric, of) for plan in plans for metric, _, of, _ in figures_of(plan)}
    figures |= {(NPV, "")} if has_npv else set()
    for name in names:
        if not any(_is_named(name, metric, of) for metric, of in figures):
            raise RunError(_unknown(name, figures))


def figures_of(plan: Plan) -> list[Key]:
    """What a replication of a plan tells: the figures of one in which nothing happened."""
    return [each[:4] for each in summarise(Facts(0, 0, plan.end), plan)]


def decisive(aims: Sequence[Aim]) -> Aim | None:
    """The aim that needs most replications; None without any."""
    return max(aims, key=lambda aim: (aim.needed, aim.share or 0.0), default=None)


def aims_of_run(results: Sequence[Result], precision: float, names: Sequence[str] = ()) -> list[Aim]:
    """The means of each result: of lead times of case types, or of the figures that are named."""
    chosen = _chooser(names)
    found = [
        (result, key, values)
        for result in results
        for key, by_run in values_of(result).items()
        if chosen(key) and (values := list(by_run.values()))
    ]
    confidence = 1 - ERROR / max(1, len(found))
    return [
        _aim(result.name, key, values, len(result.runs), precision, confidence)
        for result, key, values in found
    ]


def aims_of_comparison(
    results: Sequence[Result],
    appraisals: Sequence[Appraisal | None],
    precision: float,
    names: Sequence[str] = (),
) -> list[Aim]:
    """The paired differences to the first result: of lead times and money, or of the figures named."""
    chosen, before = _chooser(names), values_of(results[0])
    n_runs = min(len(result.runs) for result in results)
    found: list[tuple[str, Key, list[float], float]] = []
    for other in results[1:]:
        for key, after in values_of(other).items():
            shared = sorted(after.keys() & before.get(key, {}).keys())
            if chosen(key) and shared:
                scale = abs(math.fsum(before[key][r] for r in shared) / len(shared))
                found.append((other.name, key, [after[r] - before[key][r] for r in shared], scale))
    if not names or NPV in names:
        found += [
            (other.name, NPV_KEY, [case.npv for case in appraisal.cases], _sides(appraisal))
            for other, appraisal in zip(results[1:], appraisals, strict=False)
            if appraisal is not None
        ]
    confidence = 1 - ERROR / max(1, len(found))
    return [
        _aim(name, key, values, n_runs, precision, confidence, scale) for name, key, values, scale in found
    ]


def _aim(
    scenario: str,
    key: Key,
    values: list[float],
    n_runs: int,
    precision: float,
    confidence: float,
    scale: float | None = None,
) -> Aim:
    interval = mean_interval(values, confidence)
    needed = replications_needed(values, precision, confidence, scale=scale)
    size = abs(interval.mean or 0.0) if scale is None else scale
    # not every replication has the figure; and as long as nothing can be told, twice as many may tell
    asked = 2 * n_runs if needed is None else math.ceil(needed * n_runs / len(values))
    return Aim(scenario, *key, interval.mean, interval.half_width, size, precision * size, n_runs, asked)


def _sides(appraisal: Appraisal) -> float:
    return max(abs(side) for side in (appraisal.pv_benefits.mean or 0.0, appraisal.pv_costs.mean or 0.0))


def _chooser(names: Sequence[str]) -> Callable[[Key], bool]:
    """Whether a figure is asked about; without names, lead times of case types are."""
    if not names:
        return lambda key: key[:2] == (LEAD_TIMES, "case")
    return lambda key: key[1] != "group" and any(_is_named(name, key[0], key[2]) for name in names)


def _is_named(name: str, metric: str, of: str) -> bool:
    asked_metric, colon, asked_of = name.partition(":")
    return metric == asked_metric and (not colon or of == asked_of)


def _unknown(name: str, figures: set[tuple[str, str]]) -> str:
    metric, _, of = name.partition(":")
    metrics = sorted({each for each, _ in figures})
    if metric not in metrics:
        near = get_close_matches(metric, metrics, n=1)
        return (
            f"precision of {name!r}: no figure is called {metric!r}."
            f"{f' Did you mean {near[0]!r}?' if near else ''} Figures: {', '.join(metrics)}."
        )
    things = sorted(each for known, each in figures if known == metric)
    near = get_close_matches(of, things, n=1)
    return (
        f"precision of {name!r}: there is no {metric} of {of!r}."
        f"{f' Did you mean {metric}:{near[0]}?' if near else ''} There is one of: {', '.join(things)}."
    )
