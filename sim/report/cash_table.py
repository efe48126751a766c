"""The business case as a table in the usual form: initial, year 1 to n, total, present value.

Amounts are means over replications, after risk adjustment, of the scenario less the baseline. The column
"initial" has what is paid at month 0; what is paid once later stands in the year in which it is paid, and is
discounted from its own date.
Not here: what the parts are (experiment.parts), how they look.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.economics.cash_flow import BusinessCase
from sim.experiment.appraisal import Appraisal
from sim.experiment.parts import Part
from sim.report.words import named

_KINDS = {
    "value": "value of cases",
    "freed hours": "freed hours",
    "people": "people",
    "environments": "environments",
}


@dataclass(frozen=True, slots=True)
class CashRow:
    """A line of the table. `years` are amounts of year 1 to n; `initial` that of month 0."""

    label: str
    initial: float
    years: tuple[float, ...]
    present_value: float
    is_total: bool = False

    @property
    def total(self) -> float:
        """Not discounted."""
        return math.fsum([self.initial, *self.years])


@dataclass(frozen=True, slots=True)
class CashTable:
    """Benefits, costs and what is left, each with its lines and then their sum."""

    benefits: tuple[CashRow, ...]
    costs: tuple[CashRow, ...]
    net: CashRow
    cumulative: tuple[float, ...]

    @property
    def rows(self) -> tuple[CashRow, ...]:
        """All lines in order."""
        return (*self.benefits, *self.costs, self.net)


def cash_table(found: Appraisal) -> CashTable:
    """The table of one scenario against the baseline."""
    benefits = [_of_parts(parts) for parts in _lines(found, is_benefit=True)]
    costs = [_of_parts(parts) for parts in _lines(found, is_benefit=False)]
    n_years = len(found.mean_case.costs)
    sums = [
        _summed("Benefits in all", benefits, n_years),
        _summed("Costs in all", costs, n_years),
    ]
    net = CashRow(
        "Net benefit",
        sums[0].initial - sums[1].initial,
        tuple(a - b for a, b in zip(sums[0].years, sums[1].years, strict=True)),
        sums[0].present_value - sums[1].present_value,
        is_total=True,
    )
    balance = [net.initial]
    for amount in net.years:
        balance.append(balance[-1] + amount)
    return CashTable((*benefits, sums[0]), (*costs, sums[1]), net, tuple(balance))


def part_name(part: Part) -> str:
    """A part of the net present value in words."""
    if part.kind == "named cost":
        return named(part.of.replace("_", " "))
    kind = _KINDS[part.kind]
    return f"{kind}: {named(part.of.replace('_', ' '))}" if part.of else kind


def _lines(found: Appraisal, *, is_benefit: bool) -> list[list[Part]]:
    """The parts of each line: a cost that is named has its own, teams share that of their kind."""
    lines: dict[tuple[str, str], list[Part]] = {}
    for part in found.parts:
        if part.is_benefit == is_benefit:
            key = (part.kind, part.of if part.kind == "named cost" else "")
            lines.setdefault(key, []).append(part)
    return list(lines.values())


def _of_parts(parts: Sequence[Part]) -> CashRow:
    """The mean over replications of some benefits, or some costs, together."""
    n, is_benefit = len(parts[0].cases), parts[0].is_benefit
    rows = [_amounts(case, is_benefit) for part in parts for case in part.cases]
    mean = [math.fsum(column) / n for column in zip(*rows, strict=True)]
    values = [case.pv_benefits if is_benefit else case.pv_costs for part in parts for case in part.cases]
    kind = parts[0].kind
    label = part_name(parts[0]) if kind == "named cost" else _KINDS[kind].capitalize()
    return CashRow(label, mean[0], tuple(mean[1:]), math.fsum(values) / n)


def _amounts(case: BusinessCase, is_benefit: bool) -> tuple[float, ...]:
    """What flows at month 0 and in each year; a cost is positive."""
    yearly = case.adjusted_benefits if is_benefit else case.adjusted_costs
    paid = [0.0] * (len(yearly) + 1)
    if not is_benefit:
        for time, amount in case.adjusted_investments:
            paid[0 if time == 0 else min(math.floor(time) + 1, len(yearly))] += amount
    return (paid[0], *(a + b for a, b in zip(paid[1:], yearly, strict=True)))


def _summed(label: str, rows: Sequence[CashRow], n_years: int) -> CashRow:
    return CashRow(
        label,
        math.fsum(row.initial for row in rows),
        tuple(math.fsum(row.years[year] for row in rows) for year in range(n_years)),
        math.fsum(row.present_value for row in rows),
        is_total=True,
    )
