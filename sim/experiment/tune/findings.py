"""What runs say of settings: figures with intervals, verdicts, the frontier, steps around the best.

Not here: which settings are run (search), the result as a whole (tuning).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from sim.experiment.compare import Key
from sim.experiment.intervals import mean_interval, paired_difference
from sim.experiment.tune.local import relative_excess
from sim.experiment.tune.selection import Selection, Verdict
from sim.experiment.tune.space import AS_IS, Setting
from sim.experiment.tune.tuning import Candidate, Step
from sim.experiment.tune.worth import Worth


class Findings:
    """What runs say of settings, as far as the search has come."""

    def __init__(self, worth: Worth) -> None:
        self.worth, self.runs, self.keys = worth, worth.runs, worth.runs.keys
        space = self.runs.space
        self._values = {lever.name: set(each) for lever, each in zip(space.levers, space.values, strict=True)}
        self.lead = self._lead()
        self.selection: Selection[Setting] | None = None

    @property
    def best(self) -> Setting | None:
        """The best that is known to keep every promise."""
        return self.selection.best if self.selection is not None else None

    def settings(self) -> list[Setting]:
        """The settings of the space of which there are intervals."""
        return [
            each
            for each, known in self.runs.found.items()
            if not known.unable and known.n >= 2 and self._is_in_space(each)
        ]

    def _is_in_space(self, setting: Setting) -> bool:
        """Neither the scenario as it is, nor a step around the best that leads out of the bounds."""
        values = self._values
        return len(setting) == len(values) and all(
            name in values and value in values[name] for name, value in setting
        )

    def candidate(self, setting: Setting, *, with_npv: bool = True) -> Candidate:
        """A setting with the intervals of its figures."""
        known, best = self.runs.found[setting], self.best
        n = known.n
        figures = known.figures(n)
        has_npv = with_npv and bool(self.runs.years) and self.runs.found[AS_IS].n >= 2
        behind = None
        if best is not None:
            both = min(self._paired_n(setting), self._paired_n(best))
            rows, least = self.worth.rows(setting, both), self.worth.rows(best, both)
            behind = mean_interval([float(x) for x in rows[:, 0] - least[:, 0]])
        return Candidate(
            setting,
            n,
            cost=mean_interval(self.worth.cost(setting, n)),
            npv=mean_interval(self.worth.npv(setting, min(n, self.runs.found[AS_IS].n))) if has_npv else None,
            figures={key: mean_interval([row[i] for row in figures]) for i, key in enumerate(self.keys)},
            verdict=self._verdict(setting),
            behind=behind,
        )

    def step(self, best: Setting, lever: str, before: int, after: int, setting: Setting, why: str) -> Step:
        """A step around the best, which is `setting`; `why` it cannot work, if it cannot."""
        known = self.runs.found.get(setting)
        why = why or (known.unable if known is not None else "not run: the budget was spent")
        if why or known is None:
            return Step(lever, before, after, cannot_work=why.splitlines()[0])
        n = min(known.n, self.runs.found[best].n)
        there = self.runs.found[best].figures(n)
        figures = {
            key: paired_difference([row[i] for row in known.figures(n)], [row[i] for row in there])
            for i, key in enumerate(self.keys)
        }
        return Step(
            lever,
            before,
            after,
            n,
            cost=paired_difference(self.worth.cost(setting, n), self.worth.cost(best, n)),
            npv=mean_interval(self.worth.npv(setting, n, best)) if self.runs.years else None,
            figures=figures,
            keeps=self._excess(setting) <= 0,
        )

    def nearest(self, settings: Sequence[Setting]) -> Setting:
        """The best of those that seem to keep every promise; where none does, who breaks them least."""
        excess = {each: self._excess(each) for each in settings}
        good = [each for each in settings if excess[each] <= 0]
        return min(good, key=self.objective) if good else min(settings, key=lambda each: excess[each])

    def _verdict(self, setting: Setting) -> str:
        known = self.selection.sampled.get(setting) if self.selection is not None else None
        if known is not None and known.verdict is not Verdict.OPEN:
            return str(known.verdict.value)
        if not self.worth.promised:
            return Verdict.KEPT.value
        return "seems to keep" if self._excess(setting) <= 0 else "seems to break"

    def _excess(self, setting: Setting) -> float:
        rows = self.worth.rows(setting, self._paired_n(setting))
        return relative_excess(rows, [promise for promise, _ in self.worth.promised])

    def objective(self, setting: Setting) -> float:
        """Its mean; less is better."""
        return float(self.worth.rows(setting, self._paired_n(setting))[:, 0].mean())

    def _paired_n(self, setting: Setting) -> int:
        n = self.runs.found[setting].n
        return min(n, self.runs.found[AS_IS].n) if self.worth.goal == "npv" else n

    def frontier(self) -> list[Setting]:
        """Settings than which no other is both cheaper and quicker, by their means; cheapest first."""
        if self.lead is None:
            return []
        column = self.keys.index(self.lead)
        points: list[tuple[float, float, Setting]] = []
        for setting in self.settings():
            n = self.runs.found[setting].n
            values = [row[column] for row in self.runs.found[setting].figures(n)]
            leads = [value for value in values if value is not None]
            if len(leads) == n:
                costs = self.worth.cost(setting, n)
                points.append((math.fsum(costs) / n, math.fsum(leads) / n, setting))
        points.sort()
        least = itertools.accumulate((lead for _, lead, _ in points), min)
        found, before = [], math.inf
        for (_, lead, setting), low in zip(points, least, strict=True):
            if lead <= low and lead < before:
                found.append(setting)
                before = lead
        return found

    def _lead(self) -> Key | None:
        """The figure of the frontier."""
        for _, key in self.worth.promised:
            if key[1] == "case" and "lead_time" in key[0]:
                return key
        return next((key for key in self.keys if key[:2] == ("lead_time", "case")), None)
