"""The figures of the first screen: lead time, efficiency and money, before and after, how sure each is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.experiment.appraisal import Appraisal
from sim.experiment.compare import Difference
from sim.experiment.intervals import Interval
from sim.report.subject import Alternative, Subject
from sim.report.words import MONTHS, NOT_DEFINED, PERCENT, SHARE, Unit, change_unit, count, money_unit

FEW, MANY = 10, 90  # percentiles over replications: how far apart single futures lie


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure: what it is, its value (before it, if it changes), what is said of it, and its ranges."""

    label: str
    value: str
    before: str = ""
    change: str = ""
    ranges: tuple[str, ...] = ()
    verdict: str = ""


def key_figures(subject: Subject) -> list[KeyFigure]:
    """Those of the best alternative, or of the only scenario."""
    best = subject.best
    if best is None:
        return list(_of_one(subject))
    return [*_of_flow(subject, best), *(_of_money(subject, best.appraisal) if best.appraisal else ())]


def _of_one(subject: Subject) -> Iterator[KeyFigure]:
    name, days = subject.baseline.name, subject.days
    lead = subject.of_cases(name, "lead_time")
    yield KeyFigure("Lead time, mean", days.value(lead.mean), ranges=_ranges(days, lead))
    late = subject.of_cases(name, "lead_time_p85")
    yield KeyFigure("Lead time, 85 % within", days.value(late.mean), ranges=_ranges(days, late))
    share = subject.of_cases(name, "process_efficiency")
    yield KeyFigure("Process efficiency", PERCENT.value(share.mean), ranges=_ranges(PERCENT, share))
    inside = subject.of_cases(name, "wip")
    yield KeyFigure("Cases inside, on average", Unit().value(inside.mean), ranges=_ranges(Unit(), inside))


def _of_flow(subject: Subject, best: Alternative) -> Iterator[KeyFigure]:
    for label, metric, unit, of_change in (
        ("Lead time, working days", "lead_time", Unit(subject.days.factor), "d"),
        ("Process efficiency", "process_efficiency", PERCENT, "points"),
    ):
        row = subject.change(best, metric)
        if row is None or row.interval.mean is None:
            yield KeyFigure(label, NOT_DEFINED, ranges=("no case was finished in both scenarios",))
            continue
        after = row.baseline + row.interval.mean
        changed = change_unit(unit, row.baseline, of_change)
        same = change_unit(unit, row.baseline, unit.name)
        yield KeyFigure(
            label,
            same.value(after),
            before=same.number(row.baseline),
            change=_change(row, changed),
            ranges=_ranges(changed, row.interval, sign=True),
            verdict="" if row.verdict == "the same" else row.verdict,
        )


def _change(row: Difference, unit: Unit) -> str:
    if row.verdict == "the same":
        return "the same in every replication"
    mean = row.interval.mean or 0.0
    text = unit.value(mean, sign=True)
    share = mean / row.baseline if row.baseline > 0 else 0.0
    return text if unit.name == "points" or abs(share) < 0.005 else f"{text}, {SHARE.value(share, sign=True)}"


def _of_money(subject: Subject, found: Appraisal) -> Iterator[KeyFigure]:
    unit = money_unit([found.npv.mean, found.npv_p10, found.npv_p90], subject.currency)
    futures = unit.between(found.npv_p10, found.npv_p90, sign=True)
    yield KeyFigure(
        f"Net present value, {count(years_of(found), 'year')}",
        unit.value(found.npv.mean, sign=True),
        ranges=(*_ranges(unit, found.npv, sign=True), *_futures(futures, found)),
        verdict=verdict(found.npv),
    )
    roi = found.roi
    yield KeyFigure(
        "Return on investment",
        NOT_DEFINED if roi is None else SHARE.value(roi.mean),
        ranges=("it costs no more than the baseline",) if roi is None else _ranges(SHARE, roi),
    )
    yield KeyFigure("Payback", payback_text(found), ranges=_payback_ranges(found))


def verdict(found: Interval) -> str:
    """Whether an interval excludes 0."""
    if found.low is None or found.high is None:
        return "may be chance"
    if found.low == found.high == 0:
        return ""
    return "sure" if found.low > 0 or found.high < 0 else "may be chance"


def years_of(found: Appraisal) -> int:
    """How many years a business case covers."""
    return len(found.mean_case.costs)


def payback_text(found: Appraisal) -> str:
    """When what was spent is back, of the mean flows."""
    months = found.payback_months
    if months is None:
        return f"not within {count(years_of(found), 'year')}"
    return "at once" if months == 0 else MONTHS.value(math.ceil(months))


def _payback_ranges(found: Appraisal) -> tuple[str, ...]:
    """Of single futures: the middle 80 %, where never is later than any month."""
    if len(found.cases) < 2:
        return ()
    months = sorted(math.inf if each.payback_months is None else each.payback_months for each in found.cases)
    low, high = (months[round(p / 100 * (len(months) - 1))] for p in (FEW, MANY))
    if math.isinf(low):
        return ("in hardly any single future",)
    end = "beyond the period" if math.isinf(high) else MONTHS.value(math.ceil(high))
    return (f"one future, P{FEW} to P{MANY}: {math.ceil(low)} to {end}",)


def _ranges(unit: Unit, found: Interval, *, sign: bool = False) -> tuple[str, ...]:
    if found.low is None or found.high is None:
        return ("one replication: no interval",) if found.n == 1 else ()
    if found.low == found.high:
        return ()
    return (f"95 %: {unit.between(found.low, found.high, sign=sign)}",)


def _futures(text: str, found: Appraisal) -> tuple[str, ...]:
    if len(found.cases) < 2:
        return ()
    return (f"one future, P{FEW} to P{MANY}: {text}",)
