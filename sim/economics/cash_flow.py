"""Cash flows: present value, return, payback and internal rate of yearly flows.

Amounts are in any one currency, positive when money comes in; times are years from month 0. What is paid at
time 0 is not discounted, a year's flow is discounted from the end of the year, an investment of a
`BusinessCase` from its own date. These are the conventions of Forrester's Total Economic Impact reports.

Not here: what flows (metrics), differences between scenarios and intervals over replications (experiment).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Dated = tuple[float, float]
"""A time in years and the amount that flows then."""

_CLOSE = 1e-12  # share of all that flowed below which a balance counts as zero: rounding of sums


def npv(initial: float, flows: Sequence[float], rate: float) -> float:
    """Net present value of a flow at time 0 and flows at the ends of years 1, 2, ...

    Parameters
    ----------
    initial
        What flows at time 0, not discounted; an investment is negative.
    flows : shape (n_years,)
        Net flow of each year.
    rate
        Discount rate a year, 0.10 for 10 %; above −1.

    Notes
    -----
    NPV = C0 + Σ Ct / (1 + rate)^t (Brealey, Myers, Allen, Principles of Corporate Finance, chapter 2).

    Excel's function of that name means something else: `=NPV(rate, range)` takes the first number of the
    range to flow at the end of year 1. Given C0 with the rest, it returns this value divided by 1 + rate;
    the value itself is `=C0 + NPV(rate, C1:Cn)`.
    """
    _check_rate(rate)
    return math.fsum([initial, *(flow / (1 + rate) ** t for t, flow in enumerate(flows, start=1))])


def irr(initial: float, flows: Sequence[float]) -> float | None:
    """Internal rate of return: the rate at which the net present value is zero; None where it is not defined.

    It is not defined without a change of sign, nor where several rates fit: with several changes of sign
    there may be none, one or many, and only a single one is returned. See `npv` for the arguments.
    """
    return _irr([(0.0, initial), *_at_year_ends(flows)])


def payback_years(initial: float, flows: Sequence[float]) -> float | None:
    """Years until what was spent is back for good, undiscounted, linear within the year; None if never.

    For good: the sum of all flows is not negative from then on. See `npv` for the arguments.
    """
    return _payback([(0.0, initial)], flows)


def roi(pv_benefits: float, pv_costs: float) -> float | None:
    """Return on investment, (benefits − costs) / costs in present values; None unless costs are above 0."""
    if not pv_costs > 0:
        return None
    return (pv_benefits - pv_costs) / pv_costs


@dataclass(frozen=True, slots=True)
class BusinessCase:
    """What a change costs and brings over the years, against the baseline.

    Attributes
    ----------
    investments
        (time in years, amount spent) of each; an amount above 0 is a cost. Discounted from that time.
    costs, benefits : shape (n_years,)
        Running costs and benefits of each year, at its end. A negative cost is a saving.
    discount_rate
        A year; 0.10 for 10 %.
    benefit_risk, cost_risk
        Risk adjustment: benefits are multiplied by 1 − `benefit_risk`, costs and investments by 1 +
        `cost_risk`.

    Raises
    ------
    ValueError
        Costs and benefits are not for the same years, an investment lies before month 0, a rate or a risk is
        out of bounds, or an amount is not a finite number.
    """

    investments: tuple[Dated, ...]
    costs: tuple[float, ...]
    benefits: tuple[float, ...]
    discount_rate: float
    benefit_risk: float = 0.0
    cost_risk: float = 0.0

    def __post_init__(self) -> None:
        if len(self.costs) != len(self.benefits):
            raise ValueError(f"costs are for {len(self.costs)} years, benefits for {len(self.benefits)}")
        early = [time for time, _ in self.investments if time < 0]
        if early:
            raise ValueError(f"an investment lies at month 0 or later, found one at {early[0]} years")
        amounts = [*self.costs, *self.benefits, *(x for pair in self.investments for x in pair)]
        if not all(math.isfinite(amount) for amount in amounts):
            raise ValueError("times and amounts must be finite numbers, found one that is not")
        _check_rate(self.discount_rate)
        if not 0 <= self.benefit_risk <= 1:
            raise ValueError(f"the risk of benefits is from 0 to 1, found {self.benefit_risk}")
        if not 0 <= self.cost_risk < math.inf:
            raise ValueError(f"the risk of costs is 0 or more, found {self.cost_risk}")

    @property
    def adjusted_investments(self) -> tuple[Dated, ...]:
        """Investments after risk adjustment: (time in years, amount spent), in order of time."""
        return tuple((time, amount * (1 + self.cost_risk)) for time, amount in sorted(self.investments))

    @property
    def adjusted_costs(self) -> tuple[float, ...]:
        """Running costs of each year after risk adjustment."""
        return tuple(cost * (1 + self.cost_risk) for cost in self.costs)

    @property
    def adjusted_benefits(self) -> tuple[float, ...]:
        """Benefits of each year after risk adjustment."""
        return tuple(benefit * (1 - self.benefit_risk) for benefit in self.benefits)

    @property
    def adjusted_flows(self) -> tuple[float, ...]:
        """Benefits less running costs of each year after risk adjustment, without investments."""
        pairs = zip(self.adjusted_benefits, self.adjusted_costs, strict=True)
        return tuple(benefit - cost for benefit, cost in pairs)

    @property
    def pv_benefits(self) -> float:
        """Present value of the adjusted benefits."""
        return _present_value(_at_year_ends(self.adjusted_benefits), self.discount_rate)

    @property
    def pv_costs(self) -> float:
        """Present value of the adjusted costs, investments included."""
        costs = [*self.adjusted_investments, *_at_year_ends(self.adjusted_costs)]
        return _present_value(costs, self.discount_rate)

    @property
    def npv(self) -> float:
        """Present value of benefits less that of costs and investments."""
        return self.pv_benefits - self.pv_costs

    @property
    def roi(self) -> float | None:
        """Net present value per present value of costs; None unless these are above 0."""
        return roi(self.pv_benefits, self.pv_costs)

    @property
    def payback_months(self) -> float | None:
        """Months until what was spent is back for good, undiscounted; None if not within the years."""
        years = _payback(self._spent(), self.adjusted_flows)
        return None if years is None else 12 * years

    def balance(self, times: Sequence[float]) -> tuple[float, ...]:
        """What has come in less what was spent, at each time [years]; undiscounted, after risk adjustment.

        Linear within a year, as `payback_months` is; an investment counts from its own time on.
        """
        return tuple(_balance(self._spent(), self.adjusted_flows, time) for time in times)

    @property
    def irr(self) -> float | None:
        """Rate at which the net present value is zero; None where there is none, or more than one."""
        return _irr([*self._spent(), *_at_year_ends(self.adjusted_flows)])

    def _spent(self) -> list[Dated]:
        return [(time, -amount) for time, amount in self.adjusted_investments]


def _at_year_ends(flows: Sequence[float]) -> list[Dated]:
    return [(float(t), flow) for t, flow in enumerate(flows, start=1)]


def _present_value(flows: Sequence[Dated], rate: float) -> float:
    return math.fsum(amount / (1 + rate) ** time for time, amount in flows)


def _check_rate(rate: float) -> None:
    if not -1 < rate < math.inf:
        raise ValueError(f"a discount rate is above -1, such as 0.10 for 10 %, found {rate}")


def _payback(lumps: Sequence[Dated], flows: Sequence[float]) -> float | None:
    """Return the time from which the balance of lumps and yearly flows, linear within a year, stays ≥ 0."""
    slack = _CLOSE * math.fsum(abs(amount) for amount in [*flows, *(lump for _, lump in lumps)])
    knots = sorted({*map(float, range(len(flows) + 1)), *(time for time, _ in lumps)})
    balance, now = 0.0, 0.0
    since: float | None = 0.0
    for knot in knots:
        slope = flows[int(now)] if int(now) < len(flows) else 0.0
        reached = balance + slope * (knot - now)
        if reached < -slack:
            since = None
        elif since is None:
            since = knot if slope <= 0 else min(now - balance / slope, knot)
        balance = reached + math.fsum(amount for time, amount in lumps if time == knot)
        if balance < -slack:
            since = None
        elif since is None:
            since = knot
        now = knot
    return since


def _balance(lumps: Sequence[Dated], flows: Sequence[float], at: float) -> float:
    within = [flow * min(max(at - year, 0.0), 1.0) for year, flow in enumerate(flows)]
    return math.fsum([*within, *(amount for time, amount in lumps if time <= at)])


def _irr(flows: Sequence[Dated]) -> float | None:
    """Return the one rate at which the present value of dated flows is zero, None if none or several."""
    by_time: dict[float, float] = {}
    for time, amount in sorted(flows):
        by_time[time] = by_time.get(time, 0.0) + amount
    dated = [(time, amount) for time, amount in by_time.items() if amount != 0]
    n_changes = sum((a > 0) != (b > 0) for (_, a), (_, b) in pairwise(dated))
    if n_changes == 0:
        return None

    def value(x: float) -> float:
        # Present value at the force of interest x = log(1 + rate), scaled so that no power overflows.
        base = dated[0][0] if x >= 0 else dated[-1][0]
        return math.fsum(amount * math.exp(-x * (time - base)) for time, amount in dated)

    brackets = [_widened(value)] if n_changes == 1 else _scanned(value)
    return math.expm1(_bisected(value, *brackets[0])) if len(brackets) == 1 else None


def _widened(value: Callable[[float], float]) -> tuple[float, float]:
    """Return a bracket of the only root: with one change of sign there is exactly one (Descartes)."""
    reach = 1.0
    while reach < 1e6 and (value(-reach) > 0) == (value(reach) > 0):
        reach *= 2
    return -reach, reach


def _scanned(value: Callable[[float], float]) -> list[tuple[float, float]]:
    """Return a bracket around each change of sign between rates of −99.9 % and 100,000 %."""
    grid = [-7 + 14 * (i + 0.5) / 4001 for i in range(4001)]
    positive = [value(x) > 0 for x in grid]
    return [(grid[i], grid[i + 1]) for i in range(len(grid) - 1) if positive[i] != positive[i + 1]]


def _bisected(value: Callable[[float], float], low: float, high: float) -> float:
    """Return the root in a bracket, halved until it no longer shrinks."""
    low_is_positive = value(low) > 0
    while low < (middle := (low + high) / 2) < high:
        if (value(middle) > 0) == low_is_positive:
            low = middle
        else:
            high = middle
    return (low + high) / 2
