"""What a report is about: the kind of case that matters most, and the change that is looked at first.

Not here: sentences (answer), tables (cash_table, figures), charts (findings).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sim.experiment.appraisal import Appraisal
from sim.experiment.compare import Comparison, Difference, Row, differences, summary
from sim.experiment.intervals import Interval
from sim.experiment.main_case import main_case_type
from sim.experiment.replicate import Result
from sim.report.stored import StoredRun
from sim.report.words import Unit, hours_of_a_day, working_days
from sim.scenario.load import Scenario


@dataclass(frozen=True)
class Alternative:
    """A scenario beside the baseline: its paired differences, and its worth (None without economics)."""

    scenario: Scenario
    result: Result
    baseline: Result
    appraisal: Appraisal | None

    @property
    def name(self) -> str:
        """Its name in the run."""
        return self.result.name

    @cached_property
    def differences(self) -> dict[tuple[str, str, str], Difference]:
        """By metric, kind and what it is of."""
        return {(row.metric, row.kind, row.of): row for row in differences(self.baseline, self.result)}


@dataclass(frozen=True)
class Subject:
    """A run as a report looks at it."""

    stored: StoredRun
    case_type: str | None
    alternatives: tuple[Alternative, ...]

    @classmethod
    def of(cls, stored: StoredRun) -> Subject:
        """Choose the main case type; a run without a comparison has no alternatives."""
        found = () if stored.comparison is None else tuple(_alternatives(stored, stored.comparison))
        return cls(stored, main_case_type(stored.results[0]), found)

    @property
    def scenario(self) -> Scenario:
        """Of the baseline, or the only one."""
        return self.stored.scenarios[0]

    @property
    def baseline(self) -> Result:
        """The first result."""
        return self.stored.results[0]

    @property
    def currency(self) -> str:
        """Of all scenarios."""
        return self.scenario.file.currency or ""

    @property
    def days(self) -> Unit:
        """How working hours are shown."""
        return working_days(hours_of_a_day(self.scenario.working_time.day_ms))

    @property
    def has_money(self) -> bool:
        """Whether any alternative has a business case."""
        return any(each.appraisal is not None for each in self.alternatives)

    @cached_property
    def figures(self) -> dict[tuple[str, str, str, str], Row]:
        """Every figure of every scenario, by scenario, metric, kind and what it is of."""
        return {
            (row.scenario, row.metric, row.kind, row.of): row
            for result in self.stored.results
            for row in summary(result)
        }

    def of_cases(self, scenario: str, metric: str) -> Interval:
        """A figure of the main case type in a scenario; without a value where there is none."""
        row = self.figures.get((scenario, metric, "case", self.case_type or ""))
        return Interval(None, None, None, 0) if row is None else row.interval

    def is_censored(self, scenario: str) -> bool:
        """Whether many cases were open at the end."""
        row = self.figures.get((scenario, "lead_time", "case", self.case_type or ""))
        return row is not None and row.censored

    @cached_property
    def best(self) -> Alternative | None:
        """The alternative to look at first (see `_promise`); without money, that of the lowest lead time."""
        with_money = [(each, each.appraisal) for each in self.alternatives if each.appraisal is not None]
        if with_money:
            return max(with_money, key=lambda pair: _promise(pair[1].npv))[0]
        return min(self.alternatives, key=self._change, default=None)

    def change(self, alternative: Alternative, metric: str) -> Difference | None:
        """The paired difference of a figure of the main case type."""
        return alternative.differences.get((metric, "case", self.case_type or ""))

    def _change(self, alternative: Alternative) -> float:
        row = self.change(alternative, "lead_time")
        return float("inf") if row is None or row.interval.mean is None else row.interval.mean


def _promise(npv: Interval) -> tuple[bool, float]:
    """Sure gains come first, the largest of them; of others the one whose interval reaches least far down.

    The largest of several means that may be chance is most likely the luckiest.
    """
    mean, low = npv.mean or 0.0, npv.low
    is_sure = low is not None and low > 0
    return is_sure, mean if is_sure or low is None else low


def _alternatives(stored: StoredRun, comparison: Comparison) -> list[Alternative]:
    appraisals = comparison.appraisals or (None,) * len(comparison.others)
    return [
        Alternative(scenario, result, comparison.baseline, appraisal)
        for scenario, result, appraisal in zip(
            stored.scenarios[1:], comparison.others, appraisals, strict=True
        )
    ]
