"""Search in a space too large to try all of it: down from a start to a setting with no better neighbour.

    walk     from the better of two starts, by steps of all sizes, judged by a few replications each
    settle   selection with a guarantee among a setting and its neighbours, until it is itself the best

The starts are the scenario as it is and the load-balanced staffing: the fewest members of each team whose
offered load is at most 80 %. Neighbours differ by one step of one lever, or by a step up of one lever and a
step down of another. So the guarantee is local: none of the neighbours is better by more than the
indifference zone; a setting farther away may be (Hong and Nelson 2006, Operations Research 54:115).
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
from sim.experiment.tune.space import Setting, Space
from sim.experiment.tune.worth import Worth

BALANCED_LOAD = 0.8
MOST_SELECTIONS = 30
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

    def _scores(self, places: Sequence[tuple[int, ...]]) -> dict[tuple[int, ...], Score]:
        settings = {place: self._setting(place) for place in places}
        rows, _ = self.worth.sample({setting: self.rules.first for setting in settings.values()})
        worst: Score = (2, math.inf)
        return {
            place: self._score(rows[setting]) if setting in rows else worst
            for place, setting in settings.items()
        }

    def _score(self, rows: Floats) -> Score:
        broken = relative_excess(rows, [promise for promise, _ in self.worth.promised])
        return (1, broken) if broken > 0 else (0, float(rows[:, 0].mean()))

    # --- the guarantee

    def _settle(self, at: tuple[int, ...]) -> Selection[Setting]:
        found: Selection[Setting] = Selection(self.rules, 1)
        for i in range(1, MOST_SELECTIONS + 1):
            settings = {self._setting(place): place for place in [at, *self._neighbours(at)]}
            had = sum(min(self.runs.found[each].n, self.rules.first) for each in settings if self._has(each))
            if self.runs.left < self.rules.first * len(settings) - had:
                found.is_sure = False
                return found
            already = sum(self.runs.found[each].n for each in settings if self._has(each))
            rules = replace(
                self.rules,
                error=self.rules.error * 6 / (math.pi * i) ** 2,
                budget=self.runs.left + already,
            )
            found = select(list(settings), self.worth.sample, rules, told=self.told)
            where = found.best if found.best is not None else self._nearest_kept(found)
            if not found.is_sure or where is None or settings[where] == at:
                return found
            at = settings[where]
        found.is_sure = False
        return found

    def _has(self, setting: Setting) -> bool:
        return setting in self.runs.found

    def _nearest_kept(self, found: Selection[Setting]) -> Setting | None:
        """Where no promise is kept: who breaks them least."""
        promises = [promise for promise, _ in self.worth.promised]
        return min(
            found.sampled,
            key=lambda one: relative_excess(found.sampled[one].values, promises),
            default=None,
        )

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


def relative_excess(rows: Floats, promises: Sequence[Promise]) -> float:
    """By how much of its bound the promise that is broken most is broken on average; 0 or less: none is."""
    worst = -math.inf
    for i, promise in enumerate(promises):
        mean = float(np.mean(rows[:, 1 + i]))
        if math.isnan(mean):
            return math.inf
        worst = max(worst, mean / (abs(promise.bound) or 1.0))
    return worst


def _nearest(values: Sequence[float], value: float) -> int:
    return min(range(len(values)), key=lambda i: abs(values[i] - value))
