"""A report as content: what it says, in the order in which it is read, in no format yet.

Everything is computed from the run that was read back; the same folder gives the same document.
Not here: HTML (html), workbook (workbook), deck (deck).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.experiment.appraisal import Appraisal
from sim.experiment.compare import Difference
from sim.report.answer import Answer, answer
from sim.report.assumptions import AssumptionRow, assumption_rows
from sim.report.cash_table import CashTable, cash_table
from sim.report.caveats import caveats
from sim.report.findings import Finding, findings, groups_of_best
from sim.report.key_figures import KeyFigure, key_figures, payback_text
from sim.report.stored import StoredRun
from sim.report.subject import Alternative, Subject
from sim.report.words import PERCENT, SHARE, Unit, clean, money_unit
from sim.units.dimensions import HOUR_MS, MONTH_MS


@dataclass(frozen=True, slots=True)
class Line:
    """A scenario in the table of all: its name, what it is, and its figures in the order of the heads."""

    name: str
    summary: str
    cells: tuple[str, ...]
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """The business case of one scenario: the table, the unit of its amounts, and the figures below it."""

    name: str
    baseline: str
    table: CashTable
    unit: Unit
    figures: tuple[tuple[str, str], ...]
    benefit_risk: float
    cost_risk: float
    discount_rate: float


@dataclass(frozen=True)
class Document:
    """What a report says."""

    subject: Subject
    title: str
    answer: Answer
    key_figures: tuple[KeyFigure, ...]
    findings: tuple[Finding, ...]
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    groups: tuple[Difference, ...]
    cases: tuple[Case, ...]
    assumptions: tuple[AssumptionRow, ...]
    caveats: tuple[str, ...]


def document(stored: StoredRun) -> Document:
    """The content of a report on a run."""
    subject = Subject.of(stored)
    heads, lines = _lines(subject)
    return Document(
        subject=subject,
        title=_title(subject),
        answer=answer(subject),
        key_figures=tuple(key_figures(subject)),
        findings=tuple(findings(subject)),
        heads=heads,
        lines=lines,
        groups=tuple(groups_of_best(subject)),
        cases=tuple(_cases(subject)),
        assumptions=tuple(assumption_rows(subject)),
        caveats=tuple(caveats(subject)),
    )


def _title(subject: Subject) -> str:
    best = subject.best
    if best is None:
        return clean(subject.baseline.name)
    others = len(subject.alternatives) - 1
    more = f" and {others} more" if others else ""
    return f"{clean(best.name)}{more}, compared with {clean(subject.baseline.name)}"


# --- all scenarios in one table


def _lines(subject: Subject) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    heads = ["lead time, mean", "85 % within", "process efficiency", "throughput a month"]
    if subject.has_money:
        heads += ["NPV", "P(NPV > 0)", "ROI", "payback"]
    appraisals = {each.name: each.appraisal for each in subject.alternatives}
    unit = money_unit([each.npv.mean for each in appraisals.values() if each], subject.currency)
    return tuple(heads), tuple(
        Line(
            result.name,
            clean(scenario.file.summary or ""),
            (
                *_flow_cells(subject, result.name),
                *(_money_cells(appraisals.get(result.name), unit) if subject.has_money else ()),
            ),
            subject.best is not None and result.name == subject.best.name,
        )
        for scenario, result in zip(subject.stored.scenarios, subject.stored.results, strict=True)
    )


def _flow_cells(subject: Subject, name: str) -> Iterator[str]:
    mean, late, share, rate = (
        subject.of_cases(name, metric).mean
        for metric in ("lead_time", "lead_time_p85", "process_efficiency", "throughput")
    )
    yield "–" if mean is None else subject.days.number(mean)
    yield "–" if late is None else subject.days.number(late)
    yield "–" if share is None else PERCENT.value(share)
    yield "–" if rate is None else Unit(_business_hours_a_month(subject)).number(rate)


def _business_hours_a_month(subject: Subject) -> float:
    plan = subject.baseline.plan
    open_ms = plan.calendars[plan.business].open_between(plan.warm_up, plan.end)
    return float(open_ms / HOUR_MS / ((plan.end - plan.warm_up) / MONTH_MS))


def _money_cells(found: Appraisal | None, unit: Unit) -> tuple[str, ...]:
    if found is None:
        return ("–",) * 4
    return (
        unit.interval(found.npv, sign=True),
        SHARE.value(found.probability.mean),
        SHARE.value(None if found.roi is None else found.roi.mean),
        payback_text(found),
    )


# --- business cases


def _cases(subject: Subject) -> Iterator[Case]:
    """The best first, then in order of the run."""
    ordered = sorted(subject.alternatives, key=lambda each: each is not subject.best)
    for each in ordered:
        if each.appraisal is not None:
            yield _case(subject, each, each.appraisal)


def _case(subject: Subject, alternative: Alternative, found: Appraisal) -> Case:
    table = cash_table(found)
    amounts = [amount for row in table.rows for amount in (row.initial, *row.years, row.present_value)]
    unit = money_unit([max(map(abs, amounts)) / 100], subject.currency)
    own = money_unit([found.npv.mean, found.npv_p10, found.npv_p90], subject.currency)
    figures = [
        (
            f"Net present value at {SHARE.value(found.mean_case.discount_rate)} a year",
            own.interval(found.npv),
        ),
        ("of single replications, P10 / P50 / P90", _three(own, found)),
        ("Probability that it is above zero", SHARE.interval(found.probability)),
        ("Return on investment", "not defined" if found.roi is None else SHARE.interval(found.roi)),
        ("Payback, of the mean flows", payback_text(found)),
        (
            "Internal rate of return, of the mean flows",
            "not defined" if found.irr is None else SHARE.value(found.irr),
        ),
    ]
    return Case(
        alternative.name,
        alternative.baseline.name,
        table,
        unit,
        tuple(figures),
        found.mean_case.benefit_risk,
        found.mean_case.cost_risk,
        found.mean_case.discount_rate,
    )


def _three(unit: Unit, found: Appraisal) -> str:
    numbers = (unit.number(each) for each in (found.npv_p10, found.npv_p50, found.npv_p90))
    return f"{' / '.join(numbers)} {unit.name}"
