"""Appraisal: what a change is worth against the baseline, over replications that share their luck.

Differences to the baseline are taken per replication and year, before discounting; only then are there means
and intervals. Points in time of a scenario are milliseconds from month 0.

Not here: the flows of a run (flows), present values (cash_flow).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.economics.cash_flow import BusinessCase, Dated
from sim.economics.flows import Yearly, YearlyFlows
from sim.errors import PlanError
from sim.experiment.freed_hours import prices_of_freed_hours
from sim.experiment.intervals import Interval, mean_interval, probability_of_improvement, ratio_interval
from sim.experiment.parts import Change, Part, Parts
from sim.plan.arrays import Plan
from sim.plan.scales import as_written, located, money_per_month
from sim.scenario.numbers import Constant
from sim.units.dimensions import MONTH_MS, YEAR_MS, Dimension

if TYPE_CHECKING:
    from sim.scenario.load import Scenario
    from sim.scenario.schema import Cost

_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Programme:
    """One cost that a scenario names: money spent once, and again and again.

    Attributes
    ----------
    amount
        What is paid once.
    when
        The points in time [ms from month 0] at which it is paid, and the share paid then.
    running
        What is paid a month.
    from_ms
        The point in time [ms from month 0] from which `running` is paid.
    """

    name: str
    amount: float = 0.0
    when: tuple[tuple[int, float], ...] = ((0, 1.0),)
    running: float = 0.0
    from_ms: int = 0

    def investments(self, years: int) -> tuple[Dated, ...]:
        """(time in years, amount) of what is paid once before the years are over."""
        if self.amount == 0:
            return ()
        dated = ((at / YEAR_MS, self.amount * share) for at, share in self.when)
        return tuple((time, amount) for time, amount in dated if time < years)

    def running_costs(self, years: int) -> Yearly:
        """What is paid again and again, by year."""
        return tuple(
            self.running * max(0, end - max(begin, self.from_ms)) / MONTH_MS
            for begin, end in pairwise(YEAR_MS * year for year in range(years + 1))
        )


@dataclass(frozen=True, slots=True)
class Economics:
    """What the business case of a scenario is reckoned with. `years` is None where the file names none."""

    discount_rate: float = 0.0
    years: int | None = None
    freed_hours: float = 0.0
    benefit_risk: float = 0.0
    cost_risk: float = 0.0
    costs: tuple[Programme, ...] = ()


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What a change is worth.

    Attributes
    ----------
    cases
        The business case of each replication, in order.
    mean_case
        The business case of the mean flows, which payback and internal rate are of.
    npv, pv_costs, pv_benefits
        Means over replications; costs include the investment.
    parts
        What the net present value is made of, benefits first; parts that are 0 throughout are left out.
    roi
        Mean net present value per mean present value of costs; None ("not defined") unless these are above 0.
    probability
        Share of replications whose net present value is above 0.
    npv_p10, npv_p50, npv_p90
        Percentiles of the net present value over replications.
    """

    cases: tuple[BusinessCase, ...]
    mean_case: BusinessCase
    npv: Interval
    roi: Interval | None
    probability: Interval
    npv_p10: float
    npv_p50: float
    npv_p90: float
    pv_costs: Interval
    pv_benefits: Interval
    parts: tuple[Part, ...] = ()

    @property
    def payback_months(self) -> float | None:
        """Months until what was spent is back for good, of the mean flows; None if not within the years."""
        return self.mean_case.payback_months

    @property
    def irr(self) -> float | None:
        """Internal rate of return of the mean flows; None where there is none, or more than one."""
        return self.mean_case.irr


@dataclass(frozen=True, slots=True)
class Outlay:
    """What a scenario costs and brings by itself: present values over the years, without risk adjustment.

    Costs are people, environments and the costs that the scenario names; benefits are the value of cases.
    """

    cost: Interval
    benefit: Interval


# --- what a scenario says


def programme(scenario: Scenario) -> Economics:
    """Read the economics section of a scenario.

    Raises
    ------
    PlanError
        A number is not of its kind, varies, or is out of bounds.
    """
    section = scenario.file.economics
    return Economics(
        discount_rate=_share(scenario, section.discount_rate, "economics.discount_rate", most=math.inf),
        years=None if section.years is None else _years(scenario, section.years),
        freed_hours=_share(scenario, section.freed_hours, "economics.freed_hours"),
        benefit_risk=_share(scenario, section.risk.benefits, "economics.risk.benefits"),
        cost_risk=_share(scenario, section.risk.costs, "economics.risk.costs", most=math.inf),
        costs=tuple(_cost(scenario, name, cost) for name, cost in section.costs.items()),
    )


def _cost(scenario: Scenario, name: str, cost: Cost) -> Programme:
    where = f"economics.costs.{name}"
    when = _when(scenario, cost.when, f"{where}.when")
    last = max(at for at, _ in when)
    return Programme(
        name=name,
        amount=0.0 if cost.amount is None else _amount(scenario, cost.amount, f"{where}.amount"),
        when=when,
        running=0.0 if cost.running is None else _price(scenario, cost.running, f"{where}.running"),
        from_ms=last if cost.from_ is None else _instant(scenario, cost.from_, f"{where}.from"),
    )


def _when(scenario: Scenario, raw: object, where: str) -> tuple[tuple[int, float], ...]:
    if raw is None:
        return ((0, 1.0),)
    if not isinstance(raw, Mapping):
        return ((_instant(scenario, raw, where), 1.0),)
    found = sorted(
        (_instant(scenario, key, where), _share(scenario, share, f"{where}.{key}"))
        for key, share in raw.items()
    )
    total = math.fsum(share for _, share in found)
    if abs(total - 1) > _CLOSE:
        raise PlanError(f"{where}: the shares make {total * 100:g}%; they must make 100%")
    return tuple(found)


def _constant(scenario: Scenario, raw: object, where: str, dimension: Dimension) -> Constant:
    with located(where):
        number = scenario.number(raw, dimension)
    if not isinstance(number, Constant):
        raise PlanError(f"{where}: this number must be one value; found '{raw}', which varies")
    return number


def _amount(scenario: Scenario, raw: object, where: str) -> float:
    return as_written(_constant(scenario, raw, where, Dimension.MONEY))


def _price(scenario: Scenario, raw: object, where: str) -> float:
    return money_per_month(_constant(scenario, raw, where, Dimension.MONEY_RATE))


def _instant(scenario: Scenario, raw: object, where: str) -> int:
    value = as_written(_constant(scenario, raw, where, Dimension.WALL_TIME))
    if value < 0:
        raise PlanError(f"{where}: found '{raw}'; admissible is month 0 or later")
    return round(value)


def _share(scenario: Scenario, raw: object, where: str, most: float = 1.0) -> float:
    value = as_written(_constant(scenario, raw, where, Dimension.SHARE))
    if not 0 <= value <= most:
        bounds = "0% or more" if most == math.inf else "0% to 100%"
        raise PlanError(f"{where}: found {value * 100:g}%; admissible is {bounds}")
    return value


def _years(scenario: Scenario, raw: object) -> int:
    value = as_written(_constant(scenario, raw, "economics.years", Dimension.NUMBER))
    if value != round(value) or value < 1:
        raise PlanError(f"economics.years: found {value:g}; admissible is a whole number, 1 or more")
    return round(value)


# --- what a change is worth


def appraise(
    baseline: Sequence[YearlyFlows],
    other: Sequence[YearlyFlows],
    base_economics: Economics,
    other_economics: Economics,
    plan_base: Plan,
    plan_other: Plan,
) -> Appraisal:
    """Appraise a scenario against the baseline; both lists are by replication, in the same order.

    Rate, risk and the share of freed hours are those of the other scenario. What both scenarios cost is in
    neither's business case, what only the baseline costs is saved.

    Raises
    ------
    ValueError
        The replications or the years are not the same, or there are none.
    """
    if not baseline or len(baseline) != len(other):
        raise ValueError(f"pairs need the same replications, found {len(baseline)} and {len(other)}")
    years = _common_years(baseline, other, base_economics, other_economics)
    changes = _programme_changes(base_economics, other_economics, years)
    investments = tuple(dated for change in changes.values() for dated in change.investments)
    running = [change.running for change in changes.values()]
    prices = prices_of_freed_hours(plan_base, plan_other, years)

    def business_case(costs: Yearly, benefits: Yearly, paid: tuple[Dated, ...] = investments) -> BusinessCase:
        economics = other_economics
        return BusinessCase(
            paid, costs, benefits, economics.discount_rate, economics.benefit_risk, economics.cost_risk
        )

    pairs = list(zip(baseline, other, strict=True))
    cases = tuple(
        business_case(
            _costs(before, here, running), _benefits(before, here, prices, other_economics.freed_hours)
        )
        for before, here in pairs
    )
    mean_case = business_case(_mean([case.costs for case in cases]), _mean([case.benefits for case in cases]))
    parts = Parts(pairs, business_case).of(changes, prices, other_economics.freed_hours)
    return _over_replications(cases, mean_case, parts)


def outlay(flows: Sequence[YearlyFlows], economics: Economics) -> Outlay | None:
    """What a scenario costs and brings by itself; None without flows."""
    if not flows:
        return None
    cases = outlay_cases(flows, economics)
    return Outlay(
        mean_interval([case.pv_costs for case in cases]), mean_interval([case.pv_benefits for case in cases])
    )


def outlay_cases(flows: Sequence[YearlyFlows], economics: Economics) -> list[BusinessCase]:
    """The same, replication by replication."""
    if not flows:
        return []
    years = flows[0].years
    dated = tuple(pair for each in economics.costs for pair in each.investments(years))
    running = [each.running_costs(years) for each in economics.costs]
    return [
        BusinessCase(
            dated,
            tuple(math.fsum([own.costs[y], *(row[y] for row in running)]) for y in range(years)),
            own.value,
            economics.discount_rate,
        )
        for own in flows
    ]


def _over_replications(
    cases: tuple[BusinessCase, ...], mean_case: BusinessCase, parts: tuple[Part, ...]
) -> Appraisal:
    npvs = [case.npv for case in cases]
    pv_costs = [case.pv_costs for case in cases]
    p10, p50, p90 = (float(p) for p in np.percentile(npvs, (10, 50, 90)))
    # a net present value of 0 is no gain, and no tie either
    gains = [1.0 if value > 0 else -1.0 for value in npvs]
    return Appraisal(
        cases=cases,
        mean_case=mean_case,
        npv=mean_interval(npvs),
        roi=ratio_interval(npvs, pv_costs),
        probability=probability_of_improvement(gains, better="higher"),
        npv_p10=p10,
        npv_p50=p50,
        npv_p90=p90,
        pv_costs=mean_interval(pv_costs),
        pv_benefits=mean_interval([case.pv_benefits for case in cases]),
        parts=parts,
    )


def _common_years(
    baseline: Sequence[YearlyFlows], other: Sequence[YearlyFlows], *economics: Economics
) -> int:
    found = {flows.years for flows in (*baseline, *other)}
    found |= {each.years for each in economics if each.years is not None}
    if len(found) != 1:
        raise ValueError(
            f"scenarios of a comparison share their years, found {', '.join(map(str, sorted(found)))}"
        )
    return found.pop()


def _programme_changes(base: Economics, other: Economics, years: int) -> dict[str, Change]:
    """What each cost by name is more than in the baseline; what only the baseline has is negative."""
    found: dict[str, Change] = {}
    signed = [(each, 1.0) for each in other.costs if each not in base.costs]
    signed += [(each, -1.0) for each in base.costs if each not in other.costs]
    for each, sign in signed:
        before = found.get(each.name, Change((), (0.0,) * years))
        paid = tuple((time, sign * amount) for time, amount in each.investments(years))
        running = zip(before.running, each.running_costs(years), strict=True)
        found[each.name] = Change(before.investments + paid, tuple(a + sign * b for a, b in running))
    return found


def _costs(before: YearlyFlows, here: YearlyFlows, running: Sequence[Yearly]) -> Yearly:
    """What people, environments and running costs cost more here, by year."""
    return tuple(
        math.fsum([after, -earlier, *(row[year] for row in running)])
        for year, (earlier, after) in enumerate(zip(before.costs, here.costs, strict=True))
    )


def _benefits(
    before: YearlyFlows, here: YearlyFlows, prices: Mapping[str, Yearly], freed_hours: float
) -> Yearly:
    """Value here more than before, and the hours of waste that are freed, by year."""
    return tuple(
        math.fsum(
            [
                here.value[year],
                -before.value[year],
                *(
                    (before.waste_hours[team][year] - here.waste_hours[team][year])
                    * price[year]
                    * freed_hours
                    for team, price in prices.items()
                ),
            ]
        )
        for year in range(here.years)
    )


def _mean(rows: Sequence[Yearly]) -> Yearly:
    return tuple(math.fsum(column) / len(rows) for column in zip(*rows, strict=True))
