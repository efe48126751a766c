"""Selection: the best of a number of candidates that keep their promises, with a stated guarantee.

    found = select(candidates, sample, rules)

Candidates share the luck of each replication, so that they are compared by paired differences. Every
statement rests on a confidence sequence, so replications may go wherever they are most needed:

1. Every candidate gets a few replications.
2. A promise is kept by a candidate as soon as the interval of its figure lies below the bound + tolerance,
   broken as soon as it lies above the bound − tolerance; where both holds, the mean decides.
3. Candidates that might be better than the best kept one by more than the indifference zone are its rivals;
   the most promising of them get further replications. The others sleep: they are looked at again only if
   what looks better turns out to break a promise (dormancy: Healey, Andradottir and Kim 2013, European
   Journal of Operational Research 224:340).
4. It ends when there are no rivals left, or the budget is spent.

With k candidates and s figures promised, the intervals of promises share half of the error, each with a
chance of error / (2·k·s) to miss at any time; those of differences the other half, each error / (2·(k − 1)).
By Bonferroni, and because every interval holds at all times, with the confidence 1 − error: the selected
candidate breaks no promise by more than the tolerance, and no candidate that keeps every promise by at least
the tolerance is better by more than the indifference zone. Only differences to the best such candidate can do
harm, so k − 1 of them suffice. (Of indifference zones and tolerances: Kim and Nelson 2001, ACM TOMACS 11:251;
Andradottir and Kim 2010, Naval Research Logistics 57:403.)
Not here: what a candidate is, how it is run (search), confidence sequences (sequences).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from sim.experiment.tune.sequences import half_width

Floats = npt.NDArray[np.float64]
C = TypeVar("C")
"""A candidate; anything that can be a key."""

Wanted = Mapping[C, int]
"""How many replications of each candidate there shall be."""

WIDTH, SHARE = 8, 8
"""So many rivals get further replications in one round; of very many, one in so many."""
FIRST_FOR_CONSTANT = 10
"""A figure that was the same in so many replications is taken to be constant."""


class Verdict(Enum):
    """Whether a candidate keeps its promises."""

    OPEN = "not decided"
    KEPT = "keeps"
    BROKEN = "breaks"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is guaranteed, and what may be spent.

    Attributes
    ----------
    delta
        The indifference zone: a difference of the objective that does not matter.
    tolerances
        Of each promised figure, in its unit.
    error
        The chance that the guarantee does not hold.
    first
        Replications that every candidate gets, at least 2.
    budget
        Replications in all.
    """

    delta: float
    tolerances: tuple[float, ...]
    error: float = 0.05
    first: int = 4
    budget: int = 10_000


@dataclass(slots=True)
class Sampled:
    """What is known of a candidate. Rows of values: the objective (less is better), then each excess."""

    values: Floats
    verdict: Verdict = Verdict.OPEN

    @property
    def n(self) -> int:
        """Replications so far."""
        return len(self.values)

    @property
    def mean(self) -> float:
        """Of the objective."""
        return float(self.values[:, 0].mean())


@dataclass
class Selection(Generic[C]):
    """Where a search stands.

    `best` is the best candidate known to keep its promises, None without one. `is_sure`: the guarantee
    holds; otherwise the budget was spent before. `unable` are candidates whose runs could not go on.
    """

    rules: Rules
    n_candidates: int
    sampled: dict[C, Sampled] = field(default_factory=dict)
    unable: dict[C, str] = field(default_factory=dict)
    best: C | None = None
    is_sure: bool = False

    @property
    def spent(self) -> int:
        """Replications in all."""
        return sum(each.n for each in self.sampled.values())

    @property
    def error_of_promise(self) -> float:
        """The chance of each promise's confidence sequence to miss."""
        shared = self.n_candidates * max(1, len(self.rules.tolerances))
        return self.rules.error / 2 / shared

    @property
    def error_of_pair(self) -> float:
        """The chance of each difference's confidence sequence to miss; all of the error without promises."""
        share = 0.5 if self.rules.tolerances else 1.0
        return share * self.rules.error / max(1, self.n_candidates - 1)

    def difference(self, candidate: C, other: C) -> tuple[float, float]:
        """Mean and half-width of the objective of one less that of another."""
        n = min(self.sampled[candidate].n, self.sampled[other].n)
        deltas = self.sampled[candidate].values[:n, 0] - self.sampled[other].values[:n, 0]
        return _mean_and_half_width(deltas, self.error_of_pair, 2)

    def could_beat(self, candidate: C, other: C) -> bool:
        """Whether it may be better by more than the indifference zone."""
        mean, half = self.difference(candidate, other)
        return mean - half <= -self.rules.delta

    def rivals(self) -> list[C]:
        """Who may be better than the best by more than the indifference zone; the most promising first."""
        found = [one for one, known in self.sampled.items() if known.verdict is not Verdict.BROKEN]
        if self.best is not None:
            best = self.best
            found = [one for one in found if one != best and self.could_beat(one, best)]
        else:
            found = [one for one in found if self.sampled[one].verdict is Verdict.OPEN]
        return sorted(found, key=lambda one: _optimistic(self.sampled[one]))

    def not_told_apart(self) -> list[C]:
        """Who is not known to break a promise, nor to be worse than the best, cheapest first."""
        if self.best is None:
            return []
        best = self.best
        found = []
        for one, known in self.sampled.items():
            if known.verdict is not Verdict.BROKEN and one != best:
                mean, half = self.difference(one, best)
                if mean - half <= 0:
                    found.append(one)
        return sorted(found, key=lambda one: self.sampled[one].mean)


Sample = Callable[[Wanted[C]], tuple[Mapping[C, Floats], Mapping[C, str]]]
"""All rows of each candidate, up to as many as are wanted; and why the runs of some could not go on."""


def select(
    candidates: Sequence[C],
    sample: Sample[C],
    rules: Rules,
    *,
    told: Callable[[Selection[C]], None] | None = None,
) -> Selection[C]:
    """Search the candidates; see the module.

    Parameters
    ----------
    sample
        Runs candidates.
    told
        Called after each round with where the search stands.

    Raises
    ------
    ValueError
        The budget does not even suffice for the first replications.
    """
    if rules.budget < rules.first * len(candidates):
        raise ValueError(
            f"{len(candidates)} candidates with {rules.first} first replications take "
            f"{rules.first * len(candidates)}; the budget is {rules.budget}"
        )
    if not rules.delta > 0:
        raise ValueError(f"an indifference zone is above 0, found {rules.delta}")
    found: Selection[C] = Selection(rules, len(candidates))
    wanted: dict[C, int] = dict.fromkeys(candidates, rules.first)
    while wanted:
        take(found, *sample(wanted))
        _choose(found)
        rivals = found.rivals()
        found.is_sure = not rivals
        if told is not None:
            told(found)
        wanted = _next(found, rivals)
    return found


def take(found: Selection[C], rows: Mapping[C, Floats], unable: Mapping[C, str]) -> None:
    """New rows are in: those whose runs cannot go on are out, the others are judged."""
    for one, why in unable.items():
        found.unable[one] = why
        found.sampled.pop(one, None)
    for one, values in rows.items():
        if one not in found.unable:
            found.sampled.setdefault(one, Sampled(values)).values = values
    for one in rows:
        known = found.sampled.get(one)
        if known is not None and known.verdict is Verdict.OPEN:
            known.verdict = judged(known.values[:, 1:], found.rules.tolerances, found.error_of_promise)


def judged(excess: Floats, tolerances: Sequence[float], error: float) -> Verdict:
    """Whether promises are kept, by what each replication exceeds the bound of each (columns)."""
    if np.isnan(excess).any():
        return Verdict.BROKEN  # what never happens in a replication is no promise kept
    verdict = Verdict.KEPT
    for column, tolerance in zip(excess.T, tolerances, strict=True):
        mean, half = _mean_and_half_width(column, error, FIRST_FOR_CONSTANT)
        is_kept, is_broken = mean + half <= tolerance, mean - half >= -tolerance
        if is_broken and (not is_kept or mean > 0):
            return Verdict.BROKEN
        if not is_kept:
            verdict = Verdict.OPEN
    return verdict


def _choose(found: Selection[C]) -> None:
    kept = {one: known for one, known in found.sampled.items() if known.verdict is Verdict.KEPT}
    found.best = min(kept, key=lambda one: kept[one].mean, default=None)


def _next(found: Selection[C], rivals: Sequence[C]) -> dict[C, int]:
    """How many replications the most promising rivals, and the best, shall have; empty at the end."""
    wanted: dict[C, int] = {}
    left = found.rules.budget - found.spent
    chosen = list(rivals[: max(WIDTH, len(rivals) // SHARE)])
    if found.best is None:
        chosen = _awake(found, chosen)
    elif chosen:
        chosen.insert(0, found.best)
    # the best needs as many as those it is compared with, those fewer than it catch up first
    most = max((found.sampled[one].n for one in chosen), default=0)
    least = min((found.sampled[one].n for one in chosen), default=0)
    for one in chosen:
        n = found.sampled[one].n
        if n == most and least < most and one == found.best:
            continue
        more = min(max(2, n // 4), left)
        if more > 0:
            wanted[one] = n + more
            left -= more
    return wanted


def _awake(found: Selection[C], rivals: Sequence[C]) -> list[C]:
    """Rivals up to the first that seems to keep its promises: if it does, the others do not matter."""
    awake: list[C] = []
    for one in rivals:
        awake.append(one)
        if (found.sampled[one].values[:, 1:].mean(axis=0) <= 0).all():
            break
    return awake


def _optimistic(known: Sampled) -> float:
    """A value of the objective that it may well have."""
    objective = known.values[:, 0]
    return float(objective.mean() - 2 * objective.std(ddof=1) / math.sqrt(known.n))


def _mean_and_half_width(values: Floats, error: float, n_constant: int) -> tuple[float, float]:
    """Of the confidence sequence; what is constant has no width once there are enough values."""
    n, mean = len(values), float(values.mean())
    deviation = float(values.std(ddof=1)) if n > 1 else math.inf
    if n > 1 and deviation <= 1e-12 * abs(mean):
        return mean, 0.0 if n >= n_constant else math.inf
    return mean, half_width(n, deviation, error)
