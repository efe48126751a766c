"""Findings: a chart each, with one sentence on what follows from it.

The chart's own title says what it shows; it is the chart's text for those who do not see it.
Not here: drawing (charts).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.experiment.compare import Difference, group_differences
from sim.report.subject import Subject
from sim.report.words import named

if TYPE_CHECKING:
    from sim.charts.page import Drawing

_ENOUGH = 20
"""Cases that a percentile is told of."""


@dataclass(frozen=True)
class Finding:
    """A chart: its key in the page, its heading, how it is drawn, and what follows from it."""

    key: str
    heading: str
    draw: Callable[[], Drawing]
    so_what: str


def findings(subject: Subject) -> list[Finding]:
    """Those that the run has the figures for, in the order in which they are read."""
    return list(_of_time(subject))


def groups_of_best(subject: Subject) -> list[Difference]:
    """Where the time goes in the best alternative, against the baseline, by group."""
    if subject.best is None or subject.case_type is None:
        return []
    return group_differences(subject.baseline, subject.best.result, subject.case_type)


def _of_time(subject: Subject) -> Iterator[Finding]:
    case_type, results = subject.case_type, subject.stored.results
    if case_type is None:
        return

    def time_spent() -> Drawing:
        from sim.charts.time_spent import plot_time_spent

        return plot_time_spent(results, case_type)

    def lead_time() -> Drawing:
        from sim.charts.lead_time import plot_lead_time_ecdf

        return plot_lead_time_ecdf(results, case_type)

    yield Finding("time-spent", "Where the time goes", time_spent, _next_cause(subject))
    yield Finding("lead-time", "How long it takes", lead_time, _promise(subject))


def _next_cause(subject: Subject) -> str:
    """What to look at next: the largest group that adds no value."""
    best = subject.best
    name = subject.baseline.name if best is None else best.name
    times = _groups(subject, name)
    total = sum(times.values())
    waits = {group: hours for group, hours in times.items() if group not in ("value-adding", "necessary")}
    if not waits or total <= 0:
        return ""
    largest = max(waits, key=lambda group: waits[group])
    left = "" if best is None else "still "
    return (
        f"So what: in {named(name)} {subject.days.number(waits[largest])} of {subject.days.value(total)} are "
        f"{left}“{largest}”. Whoever wants to be faster begins there."
    )


def _groups(subject: Subject, scenario: str) -> dict[str, float]:
    """Hours of a case of the main type by group, in a scenario."""
    from sim.records import GROUPS

    return {
        group: sum(subject.of_cases(scenario, f"time_{each.name.lower()}").mean or 0.0 for each in classes)
        for group, classes in GROUPS.items()
    }


def _promise(subject: Subject) -> str:
    name = subject.baseline.name if subject.best is None else subject.best.name
    late, mean = (subject.of_cases(name, metric).mean for metric in ("lead_time_p85", "lead_time"))
    cases = subject.of_cases(name, "cases")
    if late is None or mean is None or late <= mean or cases.n * (cases.mean or 0.0) < _ENOUGH:
        return ""
    return (
        f"So what: a promise that holds in 85 of 100 cases of {named(name)} is {subject.days.value(late)}, "
        f"not the mean of {subject.days.number(mean)}."
    )
