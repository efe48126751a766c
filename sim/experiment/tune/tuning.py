"""What a search has found: the best setting, those not told apart from it, the frontier, marginal worth.

    found = sim.tune(scenario, promises=["P85 of lead time of use_case <= 60 d"])
    found.best                  # a Candidate, None where no staffing keeps the promises
    found.candidates            # a polars table: one row per setting that was run
    found.frontier_table, found.marginal_table

Not here: searching (search), words for people (cli).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sim.experiment.compare import Key
from sim.experiment.intervals import Interval
from sim.experiment.levers import Lever
from sim.experiment.promises import Promise
from sim.experiment.tune.space import Setting
from sim.experiment.tune.worth import Goal

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True, slots=True)
class Candidate:
    """A setting that was run, with the 95 % interval of Student's t of each of its figures.

    Attributes
    ----------
    setting
        The value of each lever, by name; empty for the scenario as it is.
    n
        Replications.
    cost
        In money: present value over the years of the economics, or per year of a scenario without.
    npv
        Net present value against the scenario as it is; None without economics.
    figures
        Of each promised figure, and the frontier's.
    verdict
        'keeps', 'breaks', 'not decided'; of what is no candidate: 'seems to keep' or 'seems to break'.
    behind
        The objective of this setting less that of the best, paired; None without a best.
    """

    setting: Setting
    n: int
    cost: Interval
    npv: Interval | None
    figures: Mapping[Key, Interval]
    verdict: str
    behind: Interval | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One more or one fewer in a team around the best: paired differences to the best, with 95 % intervals.

    Attributes
    ----------
    lever
        The team's size, such as `compliance.size`.
    before, after
        Members in the best setting, and here.
    cost, npv
        Money more than the best costs, and is worth; `npv` None without economics.
    figures
        How much each promised figure, and the frontier's, is more than in the best.
    keeps
        Whether the means keep all promises.
    cannot_work
        Why there are no figures: the team surely falls behind, or its runs cannot go on; else empty.
    """

    lever: str
    before: int
    after: int
    n: int = 0
    cost: Interval | None = None
    npv: Interval | None = None
    figures: Mapping[Key, Interval] | None = None
    keeps: bool | None = None
    cannot_work: str = ""


@dataclass(frozen=True)
class Tuning:
    """What a search has found, and what of it is guaranteed.

    Attributes
    ----------
    goal
        'cost' to be least, or 'npv' to be highest.
    lead
        The figure of the frontier: the first promised lead time, else the mean one of the main case type.
    delta, tolerance, confidence
        The indifference zone (money), the tolerance as a share of each bound, and the confidence of the
        guarantee.
    n_settings, n_screened, n_run
        How many there are, how many of those looked at cannot work, and how many have been run.
    screened_by
        Of which team those that cannot work are too few, how often.
    spent, budget
        Replications.
    best
        The best that is known to keep every promise.
    not_told_apart
        Others that may be as good, cheapest first.
    nearest
        Where none is known to keep the promises: the best of those that seem to, or who breaks them least.
    is_local
        The guarantee is of the neighbours of the best only.
    is_sure
        The guarantee holds; otherwise the budget was spent, or the search was stopped, before it did.
    incomplete
        Why it is not complete; empty if it is.
    """

    name: str
    levers: tuple[Lever, ...]
    promises: tuple[Promise, ...]
    goal: Goal
    lead: Key | None
    currency: str
    years: int
    day_h: float
    delta: float
    tolerance: float
    confidence: float
    seed: int
    engine: str
    n_settings: int
    n_screened: int
    screened_by: Mapping[str, int]
    n_run: int
    n_keep: int
    n_break: int
    spent: int
    budget: int
    present: Candidate | None
    best: Candidate | None
    not_told_apart: tuple[Candidate, ...]
    nearest: Candidate | None
    run: tuple[Candidate, ...]
    frontier: tuple[Candidate, ...]
    marginal: tuple[Step, ...]
    is_local: bool
    is_sure: bool
    incomplete: str = ""

    @property
    def promised(self) -> list[tuple[Promise, Key]]:
        """Each promise with each figure it is about."""
        return [(promise, key) for promise in self.promises for key in promise.figures]

    @cached_property
    def candidates(self) -> polars.DataFrame:
        """One row per setting that was run, best objective first; columns of a figure end in its unit."""
        return self._table(self.run)

    @cached_property
    def frontier_table(self) -> polars.DataFrame:
        """The settings than which no other one run is both cheaper and quicker, as `candidates`."""
        return self._table(self.frontier)

    @cached_property
    def marginal_table(self) -> polars.DataFrame:
        """One row per team and step: paired differences to the best."""
        import polars

        rows = [self._step_row(step) for step in self.marginal]
        return polars.DataFrame(rows, infer_schema_length=None)

    def _table(self, candidates: Sequence[Candidate]) -> polars.DataFrame:
        import polars

        return polars.DataFrame([self._row(each) for each in candidates], infer_schema_length=None)

    def _row(self, candidate: Candidate) -> dict[str, object]:
        levers = dict(candidate.setting)
        row: dict[str, object] = {lever.name: levers.get(lever.name) for lever in self.levers}
        row |= {"verdict": candidate.verdict, "replications": candidate.n}
        row |= _columns("cost", candidate.cost)
        if self.years:
            row |= _columns("npv", candidate.npv)
        for key in self._keys():
            row |= _columns(column_name(key), candidate.figures.get(key))
        return row | _columns("behind_best", candidate.behind)

    def _step_row(self, step: Step) -> dict[str, object]:
        row: dict[str, object] = {"team": step.lever.removesuffix(".size"), "from": step.before}
        row |= {"to": step.after, "replications": step.n, "keeps": step.keeps}
        row |= {"cannot_work": step.cannot_work, **_columns("cost", step.cost)}
        if self.years:
            row |= _columns("npv", step.npv)
        for key in self._keys():
            row |= _columns(column_name(key), (step.figures or {}).get(key))
        return row

    def _keys(self) -> Iterable[Key]:
        lead = [] if self.lead is None else [self.lead]
        return dict.fromkeys([*(key for _, key in self.promised), *lead])


def column_name(key: Key) -> str:
    """A figure as the head of a column: `lead_time_p85:use_case [h]`."""
    metric, _, of, unit = key
    return f"{metric}:{of} [{unit}]"


def _columns(name: str, interval: Interval | None) -> dict[str, object]:
    found = interval or Interval(None, None, None, 0)
    return {name: found.mean, f"{name} low": found.low, f"{name} high": found.high}
