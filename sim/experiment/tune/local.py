"""Search in a space too large to try all of it: down from a start to a setting with no better neighbour.

    walk     from the better of two starts, by steps of all sizes, judged by a few replications each
    climb    while the setting turns out to break a promise: to the neighbour that seems to keep them
    settle   selection with a guarantee among a setting and its neighbours, until it is itself the best

The starts are the scenario as it is and the load-balanced staffing: the fewest members of each team whose
offered load is at most 80 %. Neighbours differ by one step of one lever, or by a step up of one lever and a
step down of another. So the guarantee is local: none of the neighbours is better by more than the
indifference zone; a setting farther away may be (Hong and Nelson 2006, Operations Research 54:115). A
neighbour whose people and named costs alone are dearer than that is not run: luck cannot make it cheaper.
The i-th selection has the share 6/(π·i)² of the error, so that all together hold.
Not here: selection itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from sim.experiment.promises import Promise
from sim.experiment.tune.runs import Runs
from sim.experiment.tune.selection import Floats, Rules, Selection, select
from sim.experiment.tune.sequences import half_width
from sim.experiment.tune.space import Setting, Space
from sim.experiment.tune.worth import Worth

BALANCED_LOAD = 0.8
MOST_SELECTIONS = 60
CLIMBING = 10
"""Replications by which the neighbours of a setting that breaks a promise are judged."""
_FIRST_STEP = 8
"""The walk begins with steps of an eighth of each lever's range."""

Score = tuple[int, float]
"""Whether promises seem broken, and by how much of their bounds; or else the objective. Less is better."""


@dataclass
class Local:
    """A local search of a space.

    `visited` are the settings that have been run, `screened` those that cannot work.
    """

    space: Space
    worth: Worth
    rules: Rules
    told: Callable[[Selection[Setting]], None] | None = None

    def __post_init__(self) -> None:
        self.screened: dict[Setting, str] = {}

    @property
    def runs(self) -> Runs:
        """What runs settings."""
        return self.worth.runs

    def search(self) -> Selection[Setting]:
        """The last selection: of a setting and its neighbours."""
        return self._settle(self._walk())

    # --- the walk

    def _walk(self) -> tuple[int, ...]:
        starts = [start for start in self._starts() if self._works(start)]
        if not starts:
            starts = [tuple(len(values) - 1 for values in self.space.values)]
        scores = self._scores(starts)
        current = min(starts, key=lambda one: scores[one])
        size = max(1, max(len(values) for values in self.space.values) // _FIRST_STEP)
        while size >= 1:
            around = [one for one in self._steps(current, size) if self._works(one)]
            scores = self._scores([current, *around])
            found = min(scores, key=lambda one: scores[one])
            if scores[found] < scores[current]:
                current = found
            else:
                size //= 2
            if self.runs.left < self.rules.first * (2 * len(self.space.levers) + 1):
                break
        return current

    def _starts(self) -> Iterator[tuple[int, ...]]:
        """Places of values: of the present, and of the load-balanced staffing."""
        present, balanced = [], []
        needed = self.space.needed(())
        for lever, values in zip(self.space.levers, self.space.values, strict=True):
            middle = values[len(values) // 2]
            now = middle if lever.present is None else lever.present
            present.append(_nearest(values, now))
            team = lever.path[1]
            if lever.kind == "size" and team in needed:
                now = math.ceil(needed[team].in_all / BALANCED_LOAD)
            balanced.append(_nearest(values, now))
        yield tuple(present)
        yield tuple(balanced)

    def _steps(self, at: tuple[int, ...], size: int) -> list[tuple[int, ...]]:
        """One lever up or down by so many values, as far as its bounds allow."""
        found = []
        for i, values in enumerate(self.space.values):
            for place in (max(0, at[i] - size), min(len(values) - 1, at[i] + size)):
                if place != at[i]:
                    found.append((*at[:i], place, *at[i + 1 :]))
        return found

    def _scores(self, places: Sequence[tuple[int, ...]], n: int = 0) -> dict[tuple[int, ...], Score]:
        settings = {place: self._setting(place) for place in places}
        rows, _ = self.worth.sample(dict.fromkeys(settings.values(), n or self.rules.first))
        worst: Score = (2, math.inf)
        return {
            place: self._score(rows[setting]) if setting in rows else worst
            for place, setting in settings.items()
        }

    def _score(self, rows: Floats) -> Score:
        """A promise seems kept if it is by more than the error of its mean, so that most starts are good."""
        promises = [promise for promise, _ in self.worth.promised]
        broken = relative_excess(rows, promises, margin=1.0)
        return (1, broken) if broken > 0 else (0, float(rows[:, 0].mean()))

    # --- the guarantee

    def _settle(self, at: tuple[int, ...]) -> Selection[Setting]:
        found: Selection[Setting] = Selection(self.rules, 1)
        for i in range(1, MOST_SELECTIONS + 1):
            error = self.rules.error * 6 / (math.pi * i) ** 2
            found = self._selected([at], error / 2)
            if not found.is_sure:
                return found
            if found.best is None:
                around = [one for one in self._steps(at, 1) if self._works(one)]
                if self.runs.left < CLIMBING * (len(around) + 1):
                    found.is_sure = False
                    return found
                higher = self._climbed(at, around)
                if higher is not None:
                    at = higher
                    continue
                places = [at, *around]
            else:
                places = [at, *self._that_may_be_better(at, error / 100)]
            found = self._selected(places, 0.49 * error)
            if not found.is_sure or found.best is None or found.best == self._setting(at):
                return found
            at = next(place for place in places if self._setting(place) == found.best)
        found.is_sure = False
        return found

    def _selected(self, places: Sequence[tuple[int, ...]], error: float) -> Selection[Setting]:
        """The best of some, with what is left of the budget."""
        settings = [self._setting(place) for place in places]
        known = [self.runs.found[each].n for each in settings if each in self.runs.found]
        rules = replace(self.rules, error=error, budget=self.runs.left + sum(known))
        missing = self.rules.first * len(settings) - sum(min(n, self.rules.first) for n in known)
        if self.runs.left < missing:
            return Selection(rules, len(settings))
        return select(settings, self.worth.sample, rules, told=self.told)

    def _climbed(self, at: tuple[int, ...], around: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
        """The best neighbour of a setting that breaks a promise; None where none seems better."""
        scores = self._scores([at, *around], CLIMBING)
        highest = min(around, key=lambda one: scores[one], default=None)
        return highest if highest is not None and scores[highest] < scores[at] else None

    def _that_may_be_better(self, at: tuple[int, ...], error: float) -> list[tuple[int, ...]]:
        """Neighbours, but for those that cost more whatever their luck; wrong with a chance of `error`."""
        around = self._neighbours(at)
        if self.worth.goal != "cost":
            return around
        setting = self._setting(at)
        cost = self.worth.cost(setting, self.runs.found[setting].n)
        n, deviation = len(cost), float(np.std(cost, ddof=1))
        width = half_width(n, deviation, error) if deviation > 0 else 0.0
        most = math.fsum(cost) / n + width - self.rules.delta
        return [one for one in around if self.worth.least_cost(self._setting(one)) < most]

    def _neighbours(self, at: tuple[int, ...]) -> list[tuple[int, ...]]:
        found = self._steps(at, 1)
        for up, down in permutations(range(len(at)), 2):
            if at[up] + 1 < len(self.space.values[up]) and at[down] > 0:
                moved = list(at)
                moved[up] += 1
                moved[down] -= 1
                found.append(tuple(moved))
        return [one for one in found if self._works(one)]

    def _works(self, place: tuple[int, ...]) -> bool:
        setting = self._setting(place)
        team = self.space.cannot_work(setting)
        if team is not None:
            self.screened[setting] = team
        return team is None

    def _setting(self, place: tuple[int, ...]) -> Setting:
        pairs = zip(self.space.levers, self.space.values, place, strict=True)
        return tuple((lever.name, values[i]) for lever, values, i in pairs)


def relative_excess(rows: Floats, promises: Sequence[Promise], margin: float = 0.0) -> float:
    """By how much of its bound the promise that is broken most is broken on average; 0 or less: none is.

    `margin` is how many standard errors are added to each mean.
    """
    worst = -math.inf
    for i, promise in enumerate(promises, start=1):
        column = rows[:, i]
        if np.isnan(column).any():
            return math.inf
        mean = float(np.mean(column)) + margin * float(np.std(column, ddof=1)) / math.sqrt(len(column))
        worst = max(worst, mean / (abs(promise.bound) or 1.0))
    return worst


def _nearest(values: Sequence[float], value: float) -> int:
    return min(range(len(values)), key=lambda i: abs(values[i] - value))
