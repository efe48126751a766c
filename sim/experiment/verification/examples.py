"""Worked examples: Jane's thirteen days to the millisecond, and a business case to the printed digits.

Jane's file is that of the shipped scenarios. Her hours by class are added up by hand from its steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.economics import BusinessCase
from sim.experiment.verification.bench import Bench
from sim.experiment.verification.findings import Check, Line, near, same
from sim.metrics import make_tiles
from sim.metrics.accounts import account_of_tiles
from sim.records import AccountClass

_HOUR_MS = 3_600_000
JANE_LEFT_MS = 13 * 24 * _HOUR_MS - 7 * _HOUR_MS  # the thirteenth day, 17:00
JANE_MS = {
    AccountClass.VALUE_ADDING: 32 * _HOUR_MS,
    AccountClass.NECESSARY: _HOUR_MS // 2,
    AccountClass.NON_ADDING: 38 * _HOUR_MS // 10,
    AccountClass.OUTSIDE: 89 * _HOUR_MS // 2,
}


def example_checks() -> tuple[Check, ...]:
    """Every worked example."""
    return (Check("Jane, to the tick", jane), Check("business case", business_case))


def jane(bench: Bench) -> Iterator[Line]:
    """One case: when it leaves, and every class of its account."""
    facts, plan = bench.run("jane"), bench.plan("jane")
    account = account_of_tiles(make_tiles(facts, plan), plan, len(facts.cases))[0]
    yield same("leaves, ms after the beginning", facts.cases[0].leave, JANE_LEFT_MS)
    for each, expected in JANE_MS.items():
        yield same(f"{each.name.lower().replace('_', ' ')} [ms]", int(account[each]), expected)
    yield same("all classes [ms]", int(account.sum()), sum(JANE_MS.values()))


def business_case(bench: Bench) -> Iterator[Line]:
    """500 now, 100 a year, against 400 and then 500 a year, at 10 %, with risk: docs/business-case.md."""
    case = BusinessCase(
        investments=((0.0, 500.0),),
        costs=(100.0, 100.0, 100.0),
        benefits=(400.0, 500.0, 500.0),
        discount_rate=0.10,
        benefit_risk=0.15,
        cost_risk=0.10,
    )
    nan = float("nan")  # not defined: never near what is expected
    yield near("net present value", case.npv, 156.086, 0.0005)
    yield near("return on investment [%]", 100 * (nan if case.roi is None else case.roi), 18.953, 0.0005)
    yield near("payback [months]", nan if case.payback_months is None else case.payback_months, 24.19, 0.005)
    yield near("internal rate of return [%]", 100 * (nan if case.irr is None else case.irr), 24.638, 0.0005)
