"""Tuning: the cheapest staffing that keeps its promises, or that of the highest net present value.

`tune` as a table of contents: read what is asked for, screen, search (all settings, or a local search of a
large space), then look around the best and along the frontier.
Not here: the parts (space, screening, runs, worth, selection, local), what is printed (cli).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import RunError
from sim.experiment.aims import figures_of
from sim.experiment.compare import Key
from sim.experiment.levers import Lever, bounded, levers
from sim.experiment.promises import Promise, promised
from sim.experiment.replicate import Progress
from sim.experiment.tune.findings import Findings
from sim.experiment.tune.ledger import Ledger
from sim.experiment.tune.local import Local
from sim.experiment.tune.question import BUDGET, DELTAS, FIRST, MOST, TOLERANCE, Question
from sim.experiment.tune.runs import Runs
from sim.experiment.tune.selection import Rules, Selection, select, take
from sim.experiment.tune.space import AS_IS, Setting, Space
from sim.experiment.tune.tuning import Step, Tuning
from sim.experiment.tune.worth import Goal, Worth, check_goal, yearly_cost

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

AROUND, ALONG = 20, 10
"""Replications of each step around the best, and of each setting on the frontier."""
MOST_ALONG = 25


def tune(
    scenario: Scenario,
    *,
    vary: Sequence[str | Lever] = (),
    promises: Sequence[str] = (),
    goal: Goal = "cost",
    delta: float | None = None,
    tolerance: float = TOLERANCE,
    confidence: float = 0.95,
    replications: int = FIRST,
    budget: int = BUDGET,
    most: int = MOST,
    seed: int = 1,
    engine: str = "auto",
    jobs: int = -1,
    progress: Progress | None = None,
    ledger: Ledger | None = None,
) -> Tuning:
    """Search the settings of levers for the best that keeps all promises.

    Parameters
    ----------
    vary
        Levers and their bounds, such as `compliance=1..6`; without any, the size of every team that has one,
        from 1 to twice as many.
    promises
        Bounds on figures, such as `P85 of lead time of use_case <= 30 d`.
    goal
        `cost` to be least, or `npv`, the net present value against the scenario as it is, to be highest.
    delta
        The indifference zone [money]: a difference of the objective that does not matter. Without it, 1 % of
        what the scenario costs as it is; of a net present value, which varies more, 5 %.
    tolerance
        The same of promises, as a share of each bound.
    confidence
        Of the guarantee, 0 < confidence < 1.
    replications
        That each setting gets at first, at least 2.
    budget
        Replications in all.
    most
        Of a space with more settings not all are run: then the search, and its guarantee, is local.
    progress
        Called with how many replications are finished, and how many are expected.
    ledger
        Tells what was finished before, and is told what is finished now.

    Raises
    ------
    RunError
        A lever or promise cannot be read, the objective cannot be reckoned, or the budget is too small.
    ScenarioError
        A bound makes the scenario unsound.
    """
    asked = Question(goal, delta, tolerance, confidence, replications, budget, most, seed, engine, jobs)
    asked.check()
    space = Space(scenario, _levers(scenario, vary))
    search = _Search(scenario, space, _promises(scenario, space, promises), asked, progress, ledger)
    return search.found()


def _levers(scenario: Scenario, vary: Sequence[str | Lever]) -> list[Lever]:
    if vary:
        return [bounded(scenario, each) if isinstance(each, str) else each for each in vary]
    found = [lever for lever in levers(scenario) if lever.kind == "size" and lever.present is not None]
    if not found:
        raise RunError("no team of this scenario has a size to vary. Name a lever, such as '$demand=1..5'.")
    return found


def _promises(scenario: Scenario, space: Space, texts: Sequence[str]) -> tuple[Promise, ...]:
    plan = space.plan(next(space.settings()))  # in which a team of unlimited size may have one
    return tuple(promised(scenario, plan, text) for text in texts)


@dataclass
class _Search:
    """One search, from its question to what it has found."""

    scenario: Scenario
    space: Space
    promises: tuple[Promise, ...]
    asked: Question
    progress: Progress | None
    ledger: Ledger | None
    screened: dict[Setting, str] = field(default_factory=dict)
    around: tuple[Step, ...] = ()
    is_searched: bool = False
    incomplete: str = ""

    def found(self) -> Tuning:
        """Screen, search, look around; what an interrupt leaves is told as far as it goes."""
        check_goal(self.space, self.asked.goal, self.promises)
        base = self.space.base()
        self.years = base.economics.years or 0
        self.keys = _keys(self.promises, figures_of(base.plan))
        self.runs = Runs(
            self.space,
            self.keys,
            years=self.years,
            budget=self.asked.budget,
            seed=self.asked.seed,
            engine=self.asked.engine,
            jobs=self.asked.jobs,
            ledger=self.ledger,
            progress=self.progress,
        )
        self.worth = Worth(self.runs, self.asked.goal, self.promises)
        self.findings = Findings(self.worth)
        self.delta = self.asked.delta or 0.0
        self.is_local = self.space.size > self.asked.most
        try:
            self._search()
            self.is_searched = True
            self._look_again()
            self._look_along()
            self._look_around()
        except KeyboardInterrupt:
            self.incomplete = "interrupted"
        return self._told()

    # --- the search

    def _search(self) -> None:
        first = self.asked.first
        if self.is_local:
            self.runs.expected = min(self.asked.budget, 20 * first * len(self.space.levers))
            able: list[Setting] = []
        else:
            able = [each for each in self.space.settings() if not self._is_screened(each)]
            self.runs.expected = min(self.asked.budget, first * (len(able) + 1))
        self._check_budget(len(able))
        self._present()
        rules = Rules(
            self.delta,
            tuple(self.asked.tolerance * abs(promise.bound) for promise, _ in self.worth.promised),
            1 - self.asked.confidence,
            first,
            self.runs.left,
        )
        if self.is_local:
            local = Local(self.space, self.worth, rules, self._follow)
            try:
                self.findings.selection = local.search()
            finally:
                self.screened = local.screened
        elif able:
            self.findings.selection = Selection(rules, len(able))
            self.findings.selection = select(able, self.worth.sample, rules, told=self._follow)

    def _check_budget(self, n_able: int) -> None:
        """Refuse a budget with which nothing can be said."""
        first, n = self.asked.first, len(self.space.levers)
        least = first * (2 * n + 3 if self.is_local else n_able + 1)
        what = f"the {n_able} settings that can work and the scenario as it is"
        if self.is_local:
            what = f"a search around a start in {n} levers"
        if self.asked.budget < least:
            raise RunError(
                f"budget: {self.asked.budget} replications are too few for {what}, {first} of each at first: "
                f"{least} are needed. Raise the budget, or narrow the bounds."
            )

    def _is_screened(self, setting: Setting) -> bool:
        team = self.space.cannot_work(setting)
        if team is not None:
            self.screened[setting] = team
        return team is not None

    def _present(self) -> None:
        """The scenario as it is, and the indifference zone that its cost sets."""
        found = self.runs.get({AS_IS: self.asked.first})[AS_IS]
        if found.unable and self.asked.goal == "npv":
            raise RunError(
                f"the scenario as it is cannot be run, so nothing can be held against it: {found.unable}"
            )
        if self.asked.delta is None:
            share, steps = DELTAS[self.asked.goal], self._steps_in_money()
            if found.unable:
                cost = yearly_cost(self.space.base().plan) * (self.years or 1)
            else:
                costs = self.worth.cost(AS_IS, found.n)
                cost = math.fsum(costs) / len(costs)
            self.delta = min([share * cost or 1.0, *(step / 2 for step in steps)])

    def _steps_in_money(self) -> list[float]:
        """What a member of each team that is varied costs: what is less than half of it is no difference."""
        if self.asked.goal != "cost":
            return []
        least = self.worth.least_cost
        sizes = [lever.name for lever in self.space.levers if lever.kind == "size"]
        return [step for name in sizes if (step := least(((name, 2.0),)) - least(((name, 1.0),))) > 0]

    def _follow(self, selection: Selection[Setting]) -> None:
        """After a round: where the search stands, and how many replications it may still take."""
        self.findings.selection = selection
        self.runs.expected = min(self.asked.budget, self.runs.spent + _still_to_come(selection))

    # --- afterwards

    def _look_again(self) -> None:
        """What is not told apart from the best, for want of replications, gets as many as its neighbours."""
        selection = self.findings.selection
        if selection is None or selection.best is None:
            return
        alike = [one for one in selection.not_told_apart() if selection.sampled[one].n < AROUND][:MOST_ALONG]
        alike = alike[: self.runs.left // AROUND]
        if alike:
            self.runs.expected = self.runs.spent + AROUND * (len(alike) + 1)
            take(selection, *self.worth.sample(dict.fromkeys([selection.best, *alike], AROUND)))

    def _look_along(self) -> None:
        """The frontier's settings get as many replications as make it worth looking at."""
        on_it = [setting for setting in self.findings.frontier() if self.runs.found[setting].n < ALONG]
        on_it = on_it[: min(MOST_ALONG, self.runs.left // ALONG)]
        self.runs.expected = self.runs.spent + ALONG * len(on_it)
        self.runs.get(dict.fromkeys(on_it, ALONG))

    def _look_around(self) -> None:
        """The scenario as it is and each team with one more and one fewer, on the luck of the best."""
        best = self.findings.best
        if best is None:
            self.runs.get({AS_IS: min(AROUND, self.runs.found[AS_IS].n + self.runs.left)})
            return
        steps = list(self._steps(best))
        able = [setting for _, _, _, setting, why in steps if not why]
        n = min(AROUND, self.runs.left // (len(able) + 2))
        if n >= 2:
            self.runs.expected = self.runs.spent + n * (len(able) + 2)
            self.runs.get(dict.fromkeys((best, AS_IS, *able), n))
        self.around = tuple(self.findings.step(best, *step) for step in steps)

    @property
    def _has_present(self) -> bool:
        known = self.runs.found.get(AS_IS)
        return known is not None and not known.unable and known.n >= 2

    def _steps(self, best: Setting) -> list[tuple[str, int, int, Setting, str]]:
        """Lever, members before and after, setting, and why it cannot work, of each team with a size."""
        found = []
        at = dict(best)
        for lever in levers(self.scenario):
            now = at.get(lever.name, lever.present)
            if lever.kind != "size" or now is None:
                continue
            for after in (round(now) + 1, round(now) - 1):
                if after >= 1:
                    setting = tuple({**at, lever.name: float(after)}.items())
                    team = self.space.cannot_work(((lever.name, float(after)), *self._assumptions(best)))
                    why = f"{team} surely falls behind" if team is not None else ""
                    found.append((lever.name, round(now), after, setting, why))
        return found

    def _assumptions(self, setting: Setting) -> Setting:
        return tuple(pair for pair in setting if self.space.lever(pair[0]).kind == "assumption")

    # --- what was found

    def _told(self) -> Tuning:
        findings, selection, best = self.findings, self.findings.selection, self.findings.best
        ours = findings.settings()
        # what is interrupted shall end at once; its values are told when it is gone on with
        told = {each: findings.candidate(each, with_npv=not self.incomplete or each == best) for each in ours}
        ranked = sorted(told.values(), key=lambda one: findings.objective(one.setting))
        verdicts = Counter(one.verdict for one in ranked)
        return Tuning(
            name=self.scenario.name,
            levers=self.space.levers,
            promises=self.promises,
            goal=self.asked.goal,
            lead=self.findings.lead,
            currency=self.scenario.file.currency or "",
            years=self.years,
            day_h=self.scenario.working_time.day_ms / 3_600_000,
            delta=self.delta,
            tolerance=self.asked.tolerance,
            confidence=self.asked.confidence,
            seed=self.asked.seed,
            engine=self.asked.engine,
            n_settings=self.space.size,
            n_screened=len(self.screened),
            screened_by=dict(Counter(self.screened.values())),
            n_run=sum(each in self.space for each in ours),
            n_keep=verdicts["keeps"],
            n_break=verdicts["breaks"] + sum(bool(known.unable) for known in self.runs.found.values()),
            spent=self.runs.spent,
            budget=self.asked.budget,
            present=findings.candidate(AS_IS) if self._has_present else None,
            best=None if best is None else told[best],
            not_told_apart=tuple(told[one] for one in (selection.not_told_apart() if selection else [])),
            nearest=told[findings.nearest(ours)] if best is None and ours else None,
            run=tuple(ranked),
            frontier=tuple(told[each] for each in findings.frontier()),
            marginal=self.around,
            is_local=self.is_local,
            is_sure=self.is_searched and (selection is None or selection.is_sure),
            incomplete=self.incomplete,
        )


def _keys(promises: Sequence[Promise], known: Sequence[Key]) -> tuple[Key, ...]:
    """Promised figures, and the lead times of case types, the first of which is that of most cases."""
    leads = [key for key in known if key[:2] == ("lead_time", "case")]
    return tuple(dict.fromkeys([*(key for promise in promises for key in promise.figures), *leads]))


def _still_to_come(selection: Selection[Setting]) -> int:
    """Replications that the rivals may still take: a forecast for the time left."""
    total = 0.0
    for one in selection.rivals():
        known = selection.sampled[one]
        needed = 0.0
        for i, tolerance in enumerate(selection.rules.tolerances, start=1):
            column = known.values[:, i]
            gap = abs(float(column.mean())) + tolerance
            needed = max(needed, (6 * float(column.std(ddof=1)) / gap) ** 2 if gap else 0.0)
        total += max(4.0, min(needed, 500.0) - known.n)
        if selection.best is None and float(known.values[:, 1:].mean(axis=0).max(initial=-1.0)) <= 0:
            break  # it seems to keep its promises: what is dearer need not be looked at
    return math.ceil(total)
