"""Findings: a chart each, with one sentence on what follows from it.

The chart's own title says what it shows; it is the chart's text for those who do not see it. Charts of money
are of a comparison with economics; maps, weeks, flows and the way of one case are drawn from replications
that are run again on the same luck, at most `so_what.REPLAYED` of them and each once.
Not here: drawing (charts), the sentences (so_what), which case is shown (one_case).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.experiment.compare import Comparison, Difference, class_differences, group_differences
from sim.experiment.replicate import Result
from sim.experiment.value_streams import ValueStream, value_stream_of
from sim.records import Facts
from sim.report import so_what
from sim.report.one_case import median_case
from sim.report.subject import Alternative, Subject

if TYPE_CHECKING:
    from sim.charts.page import Drawing


@dataclass(frozen=True)
class Finding:
    """A chart: its key in the page, its heading, how it is drawn, and what follows from it."""

    key: str
    heading: str
    draw: Callable[[], Drawing]
    so_what: str


def findings(subject: Subject) -> list[Finding]:
    """Those that the run has the figures for, in the order in which they are read."""
    found: list[Finding] = []
    if subject.case_type is not None:
        replayed = _Replayed()
        found += _of_time(subject, subject.case_type, replayed)
        found += _of_people(subject, subject.case_type, replayed)
    comparison = subject.stored.comparison
    if subject.has_money and subject.best is not None and comparison is not None:
        found += _of_money(subject, subject.best, comparison)
    return found


def groups_of_best(subject: Subject) -> list[Difference]:
    """Where the time goes in the best alternative, against the baseline, by group."""
    if subject.best is None or subject.case_type is None:
        return []
    return group_differences(subject.baseline, subject.best.result, subject.case_type)


def before_and_after(subject: Subject) -> list[Result]:
    """The baseline and the best alternative, or the only scenario."""
    return [subject.baseline, *([] if subject.best is None else [subject.best.result])]


class _Replayed:
    """Replications that are run again; the first of a scenario once, for all charts that show it."""

    def __init__(self) -> None:
        self._first: dict[str, Facts] = {}

    def first(self, result: Result) -> Facts:
        """The facts of the first replication."""
        if result.name not in self._first:
            self._first[result.name] = result.replay(result.runs[0].number, keep_log=False)
        return self._first[result.name]

    def stream(self, result: Result, case_type: str) -> ValueStream:
        """The value stream of the first replications."""
        some = replace(result, runs=result.runs[: so_what.REPLAYED])
        known = {run.number: self.first(result) for run in some.runs[:1]}
        return value_stream_of(some, case_type, known)


def _of_time(subject: Subject, case_type: str, replayed: _Replayed) -> Iterator[Finding]:
    results, pair, about = subject.stored.results, before_and_after(subject), _about(subject)

    def time_spent() -> Drawing:
        from sim.charts import plot_time_spent

        return plot_time_spent(results, case_type, about=about)

    def value_stream() -> Drawing:
        from sim.charts.page import WIDTH
        from sim.charts.value_stream_map import draw_value_streams

        # as wide as other charts: a map in rows, in letters that are legible on a page
        return draw_value_streams([replayed.stream(each, case_type) for each in pair], width=WIDTH)

    def days() -> Drawing:
        from sim.charts import plot_days_waterfall

        return plot_days_waterfall(pair[0], pair[-1], case_type)

    def lead_time() -> Drawing:
        from sim.charts import plot_lead_time_ecdf

        return plot_lead_time_ecdf(results, case_type, about=about)

    yield Finding("time-spent", "Where the time goes", time_spent, so_what.of_time_spent(subject))
    yield Finding("value-stream", "The value stream", value_stream, so_what.of_value_stream(subject))
    yield from _of_one_case(subject, case_type, replayed)
    if len(pair) > 1:
        causes = class_differences(pair[0], pair[-1], case_type)
        yield Finding("days", "From today to tomorrow", days, so_what.of_days(causes))
    if all(result.has_cases for result in results):
        yield Finding("lead-time", "How long it takes", lead_time, so_what.of_lead_time(subject))


def _of_one_case(subject: Subject, case_type: str, replayed: _Replayed) -> Iterator[Finding]:
    """The way of a single case through the baseline: what the means are made of."""
    result = subject.baseline
    chosen = median_case(result, case_type)
    if chosen is None:
        return

    def journey() -> Drawing:
        from sim.charts import plot_journey
        from sim.charts.page import WIDTH

        facts = replayed.first(result)
        return plot_journey(facts, result.plan, chosen.index_in(facts, result.plan), width=WIDTH)

    yield Finding("journey", "One case, day by day", journey, so_what.of_journey(result.name, chosen))


def _of_people(subject: Subject, case_type: str, replayed: _Replayed) -> Iterator[Finding]:
    last, about = before_and_after(subject)[-1], _about(subject)
    team = next((row.name for row in subject.baseline.plan.teams if row.owns > 0 and not row.unlimited), None)

    def owners() -> Drawing:
        from sim.charts import plot_owner_time

        return plot_owner_time(subject.stored.results, team, about=about)

    def weeks() -> Drawing:
        from sim.charts import plot_heat_map

        return plot_heat_map(last, [replayed.first(last)] if last.runs else None)

    def flow() -> Drawing:
        from sim.charts import plot_cumulative_flow

        return plot_cumulative_flow(last, case_type, [replayed.first(last)] if last.runs else None)

    if team is not None:
        yield Finding(
            "owner-time", "What the requesters' time goes to", owners, so_what.of_owners(subject, team)
        )
    if subject.baseline.plan.teams:
        yield Finding("load", "How busy the teams are", weeks, so_what.of_load(subject))
    yield Finding("flow", "What comes in and what goes out", flow, so_what.of_flow(subject))


def _about(subject: Subject) -> str | None:
    """The scenario that titles speak of, the same as the first sentence of a report."""
    return None if subject.best is None else subject.best.name


def _of_money(subject: Subject, best: Alternative, comparison: Comparison) -> Iterator[Finding]:
    def by_scenario() -> Drawing:
        from sim.charts import plot_money_by_scenario

        return plot_money_by_scenario(comparison)

    def waterfall() -> Drawing:
        from sim.charts import plot_money_waterfall

        return plot_money_waterfall(comparison, best.name)

    def net_benefit() -> Drawing:
        from sim.charts import plot_net_benefit

        return plot_net_benefit(comparison, about=best.name)

    def npv() -> Drawing:
        from sim.charts import plot_npv

        return plot_npv(comparison, about=best.name)

    if len(comparison.others) > 1:
        yield Finding(
            "money", "What each change brings and costs", by_scenario, so_what.of_all_money(subject)
        )
    yield Finding("worth", "What the worth is made of", waterfall, so_what.of_worth(subject, best))
    yield Finding("net-benefit", "When the money is back", net_benefit, so_what.of_net_benefit(subject, best))
    yield Finding("npv", "How sure the worth is", npv, so_what.of_npv(best))
