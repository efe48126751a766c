"""Key figures before and after: today's value, the value here, and the paired difference, each with interval.

Times are in working days, rates in the wall clock's months. Money that only a comparison has, such as the net
present value, stands as a value here and has no value today.
Not here: all figures of a run (metrics), how they are written (report, web).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sim.economics.cash_flow import BusinessCase
from sim.experiment.appraisal import Economics, outlay_cases
from sim.experiment.compare import Better, Comparison, Verdict, better, paired, verdict
from sim.experiment.intervals import Interval, mean_interval
from sim.experiment.replicate import Replication, Result
from sim.experiment.tables import by_names
from sim.plan.arrays import Plan
from sim.records import GROUPS
from sim.records.classes import AccountClass
from sim.units.dimensions import HOUR_MS, MONTH_MS

Unit = Literal["working days", "%", "per month", "cases", "money", "months"]
ByRun = dict[int, float]
Named = tuple[str, str, str]  # metric, kind, of

_WORTHS = ("npv", "roi")
_ADDING = (AccountClass.VALUE_ADDING, AccountClass.NECESSARY)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, today and here.

    Attributes
    ----------
    name
        The metric's, as in docs/glossary.md; of a group of the lead time, the group's words.
    of
        What it is of: a case type, a team, or `all`.
    label
        What readers see.
    today, here
        Means over the replications, with 95 % intervals; `today` is None where only a change has it.
    change
        The paired difference, here less today; None where there is nothing to pair.
    direction
        Which way is better; None where that depends.
    """

    name: str
    of: str
    label: str
    unit: Unit
    today: Interval | None
    here: Interval | None
    change: Interval | None
    direction: Better | None = None

    @property
    def verdict(self) -> Verdict | None:
        """What may be said of the change, or of a worth against 0; None where there is neither."""
        told = self._told
        return None if told is None else verdict(told)

    @property
    def is_better(self) -> bool | None:
        """Whether the change is a sure improvement (True) or a sure worsening (False); None otherwise."""
        told = self._told
        if told is None or told.mean is None or self.direction is None or verdict(told) != "sure":
            return None
        return (told.mean > 0) == (self.direction == "higher")

    @property
    def _told(self) -> Interval | None:
        """What a verdict is about: the change, or the worth of it."""
        if self.change is not None:
            return self.change
        return self.here if self.name in _WORTHS else None


class Pairs:
    """A baseline and one scenario, of which figures are asked."""

    def __init__(self, comparison: Comparison, day_h: float, economics: tuple[Economics, Economics]) -> None:
        self.comparison, self.day_h, self.economics = comparison, day_h, economics
        self.today, self.here = comparison.baseline, comparison.others[0]

    def of_flow(self, case_type: str) -> Iterator[Figure]:
        """Lead time, efficiency, throughput and abandonment of a case type."""
        days, a_month = 1 / self.day_h, _business_hours_a_month(self.today.plan)
        shown: tuple[tuple[str, str, Unit, float], ...] = (
            ("lead_time", "Lead time, mean", "working days", days),
            ("lead_time_p85", "Lead time, 85 % within", "working days", days),
            ("process_efficiency", "Process efficiency", "%", 1.0),
            ("throughput", "Throughput", "per month", a_month),
            ("abandonment", "Dropped for waiting", "%", 1.0),
            ("wip", "Cases inside, on average", "cases", 1.0),
        )
        for name, label, unit, factor in shown:
            yield self._measured((name, "case", case_type), label, unit, factor)

    def of_groups(self, case_type: str) -> Iterator[Figure]:
        """The six groups of a case type's lead time, whose sum is its mean."""
        keys = {(f"time_{each.name.lower()}", "case", case_type) for each in AccountClass}
        today, here = _columns(self.today, keys), _columns(self.here, keys)
        for group, classes in GROUPS.items():
            own = [(f"time_{each.name.lower()}", "case", case_type) for each in classes]
            direction: Better | None = None if classes[0] in _ADDING else "lower"
            before, after = _summed(today, own, 1 / self.day_h), _summed(here, own, 1 / self.day_h)
            yield _figure(group, case_type, group, "working days", before, after, direction)

    def of_teams(self) -> Iterator[Figure]:
        """How busy each team is; teams of unlimited size have no utilisation."""
        for team in self.here.plan.teams:
            if not team.unlimited:
                yield self._measured(("utilisation", "team", team.name), team.name, "%", 1.0)

    def of_money(self) -> Iterator[Figure]:
        """What it costs, and what the change is worth; nothing without economics."""
        spent = [
            {run.number: case for run, case in zip(_with_flows(result), cases, strict=True)}
            for result, cases in (
                (self.today, outlay_cases(self.today.flows, self.economics[0])),
                (self.here, outlay_cases(self.here.flows, self.economics[1])),
            )
        ]
        if all(spent):
            before, after = ({r: _a_year(case) for r, case in each.items()} for each in spent)
            yield _figure("cost_a_year", "all", "Cost a year", "money", before, after, "lower")
            before, after = ({r: case.pv_costs for r, case in each.items()} for each in spent)
            yield _figure("cost", "all", "Cost, present value", "money", before, after, "lower")
        yield from self._worth()

    def _worth(self) -> Iterator[Figure]:
        found = self.comparison.appraisals[0] if self.comparison.appraisals else None
        if found is None:
            return
        n = len(found.cases)
        yield Figure("npv", "all", "Net present value", "money", None, found.npv, None, "higher")
        roi = None if found.roi is None else _scaled(found.roi, 100)
        yield Figure("roi", "all", "Return on investment", "%", None, roi, None, "higher")
        months = Interval(found.payback_months, None, None, n)
        yield Figure("payback", "all", "Payback", "months", None, months, None, "lower")
        chance = _scaled(found.probability, 100)
        yield Figure("probability_of_gain", "all", "Probability of a gain", "%", None, chance, None, None)

    def _measured(self, key: Named, label: str, unit: Unit, factor: float) -> Figure:
        before, after = (
            _summed(_columns(result, {key}), [key], factor) for result in (self.today, self.here)
        )
        direction = None if key[0] == "utilisation" else better(key[0])
        return _figure(key[0], key[2], label, unit, before, after, direction)


def _figure(
    name: str, of: str, label: str, unit: Unit, before: ByRun, after: ByRun, direction: Better | None
) -> Figure:
    pairs = paired(before, after)
    return Figure(
        name,
        of,
        label,
        unit,
        mean_interval(list(before.values())),
        mean_interval(list(after.values())),
        None if pairs is None else mean_interval(pairs[1]),
        direction,
    )


def _columns(result: Result, keys: Iterable[Named]) -> Mapping[Named, ByRun]:
    """Values of some measures by replication; undefined ones are left out."""
    asked = set(keys)
    found: dict[Named, ByRun] = {key: {} for key in asked}
    for names, rows in by_names(result.runs):
        places = [(i, name[:3]) for i, name in enumerate(names) if name[:3] in asked]
        for number, values in rows:
            for i, key in places:
                if (value := values[i]) is not None:
                    found[key][number] = value
    return found


def _summed(values: Mapping[Named, ByRun], keys: Iterable[Named], factor: float) -> ByRun:
    total: ByRun = {}
    for key in keys:
        for number, value in values[key].items():
            total[number] = total.get(number, 0.0) + value * factor
    return total


def _a_year(case: BusinessCase) -> float:
    """Running costs in the mean over the years, without what is paid once."""
    return sum(case.costs) / len(case.costs)


def _with_flows(result: Result) -> list[Replication]:
    return [run for run in result.runs if run.flows is not None]


def _scaled(found: Interval, factor: float) -> Interval:
    mean, low, high = (None if x is None else x * factor for x in (found.mean, found.low, found.high))
    return Interval(mean, low, high, found.n)


def _business_hours_a_month(plan: Plan) -> float:
    open_ms = plan.calendars[plan.business].open_between(plan.warm_up, plan.end)
    return float(open_ms / HOUR_MS / ((plan.end - plan.warm_up) / MONTH_MS))
