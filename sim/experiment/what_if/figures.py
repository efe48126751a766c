"""Key figures before and after: today's value, the value here, and the paired difference, each with interval.

Times are in working days, rates in the wall clock's months. Money that only a comparison has, such as the net
present value, stands as a value here and has no value today.
Not here: all figures of a run (metrics), how they are written (report, web).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
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


_OF_FLOW: tuple[tuple[str, str, Unit], ...] = (
    ("lead_time", "Lead time, mean", "working days"),
    ("lead_time_p85", "Lead time, 85 % within", "working days"),
    ("process_efficiency", "Process efficiency", "%"),
    ("throughput", "Throughput", "per month"),
    ("abandonment", "Dropped for waiting", "%"),
    ("wip", "Cases inside, on average", "cases"),
)
_TIMES = {each: f"time_{each.name.lower()}" for each in AccountClass}


class Pairs:
    """A baseline and one scenario, of whose main kind of case, teams and money figures are told."""

    def __init__(
        self,
        comparison: Comparison,
        case_type: str | None,
        day_h: float,
        economics: tuple[Economics, Economics],
    ) -> None:
        self.comparison, self.case_type, self.economics = comparison, case_type, economics
        self.today, self.here = comparison.baseline, comparison.others[0]
        self._factors: dict[Unit, float] = {
            "working days": 1 / day_h,
            "per month": _business_hours_a_month(self.today.plan),
        }
        names = {name for name, *_ in _OF_FLOW} | set(_TIMES.values())
        wanted = {(name, "case", case_type or "") for name in names}
        wanted |= {("utilisation", "team", row.name) for row in self.here.plan.teams}
        self._before, self._after = (_columns(result, wanted) for result in (self.today, self.here))

    def of_flow(self) -> Iterator[Figure]:
        """Lead time, efficiency, throughput and abandonment."""
        if self.case_type is not None:
            for name, label, unit in _OF_FLOW:
                key = (name, "case", self.case_type)
                yield self._measured(name, self.case_type, label, unit, [key], better(name))

    def of_groups(self) -> Iterator[Figure]:
        """The six groups of the lead time, whose sum is its mean."""
        if self.case_type is None:
            return
        for group, classes in GROUPS.items():
            keys = [(_TIMES[each], "case", self.case_type) for each in classes]
            direction: Better | None = None if classes[0] in _ADDING else "lower"
            yield self._measured(group, self.case_type, group, "working days", keys, direction)

    def of_teams(self) -> Iterator[Figure]:
        """How busy each team is; teams of unlimited size have no utilisation."""
        for team in self.here.plan.teams:
            if not team.unlimited:
                key = ("utilisation", "team", team.name)
                yield self._measured("utilisation", team.name, team.name, "%", [key], None)

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

    def _measured(
        self, name: str, of: str, label: str, unit: Unit, keys: Sequence[Named], direction: Better | None
    ) -> Figure:
        factor = self._factors.get(unit, 1.0)
        before, after = (_summed(side, keys, factor) for side in (self._before, self._after))
        return _figure(name, of, label, unit, before, after, direction)


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


def _columns(result: Result, wanted: Container[Named]) -> Mapping[Named, ByRun]:
    """Values of some measures by replication; undefined ones are left out."""
    found: dict[Named, ByRun] = {}
    for names, rows in by_names(result.runs):
        places = [(i, name[:3]) for i, name in enumerate(names) if name[:3] in wanted]
        for number, values in rows:
            for i, key in places:
                if (value := values[i]) is not None:
                    found.setdefault(key, {})[number] = value
    return found


def _summed(values: Mapping[Named, ByRun], keys: Iterable[Named], factor: float) -> ByRun:
    total: ByRun = {}
    for key in keys:
        for number, value in values.get(key, {}).items():
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
