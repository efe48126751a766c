"""What `sim compare` prints: for each scenario a sentence, its paired differences, and its business case.

Only paired intervals are shown, never one interval beside another: two that overlap would look like "no
difference" where the paired one says otherwise.
Not here: how differences and money are worked out (experiment).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table

from sim.cli.groups_text import groups_table
from sim.cli.layout import (
    HOUR_MS,
    NOT_DEFINED,
    Scale,
    count,
    drawn,
    figure,
    paragraph,
    scale_of,
    short,
    span,
    table,
    words,
)
from sim.cli.precision_text import precision_text
from sim.cli.stability_text import stability_text
from sim.experiment.compare import Comparison, Difference, Row, differences, group_differences, summary
from sim.experiment.intervals import Interval
from sim.experiment.money import business_rows
from sim.experiment.replicate import Result
from sim.scenario.load import Scenario

_CASE_METRICS = (
    "lead_time",
    "lead_time_p50",
    "lead_time_p85",
    "lead_time_p95",
    "elapsed_lead_time",
    "process_efficiency",
    "throughput",
    "wip",
    "abandonment",
    "share_in_production",
)
_OTHER_CASE_METRICS = ("lead_time", "lead_time_p50", "lead_time_p85", "lead_time_p95", "throughput")
_FLOW_METRICS = _CASE_METRICS[:4]
_KEY_FLOWS = 4
_NOTABLE = 0.05  # a flow is shown from this change of its mean lead time on
_WIDTHS = (27, 8, 8, 26, 6, 13)
_NAMES = {"waiting for dates and limits": "dates and limits", "elapsed_lead_time": "elapsed lead time"}

Found = dict[tuple[str, str, str], Difference]  # by kind, of, metric


def compare_text(comparison: Comparison, baseline: Scenario) -> str:
    """A comparison for people."""
    day_h = baseline.working_time.day_ms / HOUR_MS
    parts = [_head(comparison, day_h)]
    parts += [stability_text(result) for result in (comparison.baseline, *comparison.others)]
    money = business_rows(comparison)
    told = [_Told(comparison, other, money, day_h) for other in comparison.others]
    parts += [paragraph(each.sentence()) for each in told]
    for each in told:
        parts += [each.flow_table(), each.groups(), each.money_table()]
    parts.append(_footnote(comparison))
    return "\n\n".join(part for part in parts if part)


def _head(comparison: Comparison, day_h: float) -> str:
    first = comparison.baseline
    text = (
        f"Compared with {first.name} on the same luck: {count(len(first.runs))}, seed {first.seed}. "
        f"Differences are paired by replication, with 95 % intervals. 1 d = {day_h:g} h of working time; "
        "elapsed days have 24 h."
    )
    return paragraph(text + precision_text(first, "difference"))


def _footnote(comparison: Comparison) -> str:
    text = (
        "sure: the paired interval excludes 0; may be chance: it does not, more replications may tell. "
        "better: share of replications in which the scenario is better, a tie counting half. Flows are shown "
        "that changed most; differences.csv in the run folder has all."
    )
    if any(row.censored for row in comparison.differences):
        text += (
            " *: more than 5 % of the cases were still open at the end in one of the scenarios; what is said "
            "of those that left may be too favourable."
        )
    return paragraph(text)


class _Told:
    """One scenario of a comparison, and how it is told."""

    def __init__(self, comparison: Comparison, other: Result, money: Sequence[Row], day_h: float) -> None:
        self.baseline, self.other, self.day_h = comparison.baseline, other, day_h
        self.found: Found = {(row.kind, row.of, row.metric): row for row in differences(self.baseline, other)}
        self.money = {row.metric: row for row in money if row.scenario == other.name}
        self.case_types = _main_first(self.baseline)

    def sentence(self) -> str:
        """What changed, and by how much."""
        parts = []
        if self.case_types:
            name = self.case_types[0]
            lead = self.found.get(("case", name, "lead_time"))
            parts.append(self._change(lead, f"the lead time of {name}") if lead else f"no {name} finished")
        flow = self._most_changed_flow()
        if flow is not None:
            parts.append(self._change(flow, f"the median of {flow.of}"))
        npv = self.money.get("npv")
        if npv is not None:
            parts.append(self._npv(npv))
        return f"{self.other.name}: {'; '.join(parts)}."

    def _change(self, row: Difference, subject: str) -> str:
        mean, scale = row.interval.mean or 0.0, scale_of(row.metric, row.unit, self.day_h)
        before, after = row.baseline * scale.factor, (row.baseline + mean) * scale.factor
        if row.verdict == "the same":
            return f"{subject} stays the same in every replication, {figure(before)} {scale.unit}"
        verb = "falls" if mean < 0 else "rises"
        if row.verdict == "may be chance" and row.interval.low is not None:
            return (
                f"no sure change in {subject}: {span(row.interval, scale.factor)} {scale.unit}, "
                f"from {figure(before)} {scale.unit}"
            )
        by = f"{figure(abs(after - before))} {scale.unit}"
        low, high = row.interval.low, row.interval.high
        if low is not None and high is not None and low != high:
            small, large = sorted((abs(low), abs(high)))
            by += f" ({figure(small * scale.factor)} to {figure(large * scale.factor)})"
        share = f", {abs(mean) / row.baseline * 100:.0f} %" if row.baseline > 0 else ""
        text = f"{subject} {verb} by {by}{share}, from {figure(before)} to {figure(after)} {scale.unit}"
        return text if row.verdict == "sure" else f"{text} (one replication: may be chance)"

    def _npv(self, row: Row) -> str:
        mean = row.interval.mean or 0.0
        scale = _money_scale([row.interval], row.unit)
        text = f"net present value {span(row.interval, scale.factor)} {scale.unit}"
        chance = self.money["probability_of_gain"].interval.mean or 0.0
        low, high = row.interval.low, row.interval.high
        if low is not None and high is not None and low <= 0 <= high and mean != 0:
            text += ", may be chance"
        return f"{text}, above 0 in {chance:.0f} % of replications"

    def _most_changed_flow(self) -> Difference | None:
        """The median of the flow whose mean lead time changed most, if that is sure."""
        sure = [
            row
            for (kind, of, metric), row in self.found.items()
            if (kind, metric) == ("flow", "lead_time") and "." not in of and row.verdict == "sure"
        ]
        own = _own_flows(self.baseline)
        sure = [row for row in sure if row.of not in own]
        if not sure:
            return None
        most = max(sure, key=lambda row: abs(row.interval.mean or 0.0))
        return self.found.get(("flow", most.of, "lead_time_p50"))

    def key_flows(self) -> list[str]:
        """The flows whose mean lead time changed most, in the order of the file."""
        own = _own_flows(self.baseline)
        changed = {
            of: abs(row.interval.mean or 0.0)
            for (kind, of, metric), row in self.found.items()
            if (kind, metric) == ("flow", "lead_time") and "." not in of and of not in own
            if abs(row.interval.mean or 0.0) > _NOTABLE * row.baseline
        }
        shown = sorted(changed, key=lambda of: -changed[of])[:_KEY_FLOWS]
        return [of for of in changed if of in shown]

    def flow_table(self) -> str:
        """Case types, the groups of the main one's lead time, and the flows that changed most."""
        heads = (short(self.other.name, _WIDTHS[0]), "baseline", "scenario", "difference (95 %)", "better")
        made = table(*heads, "")
        for column, width in zip(made.columns, _WIDTHS, strict=True):
            column.width, column.no_wrap = width, True
        made.columns[0].overflow = "ellipsis"
        for i, name in enumerate(self.case_types):
            metrics = _OTHER_CASE_METRICS if i else _CASE_METRICS
            self._rows(made, name, (self.found.get(("case", name, metric)) for metric in metrics))
            if i == 0:
                groups = group_differences(self.baseline, self.other, name)
                self._rows(made, f"{name}, where it goes", groups)
        for name in self.key_flows():
            of_flow = (self.found.get(("flow", name, metric)) for metric in _FLOW_METRICS)
            self._rows(made, f"flow {name}", of_flow)
        return drawn(made)

    def _rows(self, made: Table, head: str, rows: Iterable[Difference | None]) -> None:
        # what is nought in both tells nothing
        found = [
            row for row in rows if row is not None and not (row.verdict == "the same" and not row.baseline)
        ]
        if found:
            made.add_row(f"{head}{' *' if any(row.censored for row in found) else ''}")
        for row in found:
            scale = scale_of(row.metric, row.unit, self.day_h)
            mean = row.interval.mean or 0.0
            is_same = row.verdict == "the same"
            no_chance = is_same or row.improvement is None
            chance = "" if no_chance or row.improvement is None else row.improvement.mean
            made.add_row(
                f"  {_NAMES.get(row.metric) or words(row.metric)} [{scale.unit}]",
                figure(row.baseline * scale.factor),
                figure((row.baseline + mean) * scale.factor),
                "0" if is_same else span(row.interval, scale.factor),
                f"{chance * 100:.0f} %" if isinstance(chance, float) else "",
                row.verdict,
            )

    def groups(self) -> str:
        """Who goes which way in this scenario, of the flows that changed most."""
        rows = {(row.kind, row.of, row.metric): row for row in summary(self.other)}
        return groups_table(rows, self.key_flows(), self.day_h, f"{self.other.name}, by trait")

    def money_table(self) -> str:
        """The business case; nothing without economics."""
        if not self.money:
            return ""
        years = len(self.baseline.flows[0].value)
        made = table(f"{self.other.name}: business case over {count(years, 'year')}", "mean (95 % interval)")
        amounts = [self.money[name] for name in ("cost", "benefit", "npv")]
        scale = _money_scale([row.interval for row in amounts], amounts[0].unit)
        for name, label in (
            ("cost", "cost more than the baseline, present value"),
            ("benefit", "benefit more than the baseline, present value"),
            ("npv", "net present value (NPV)"),
        ):
            made.add_row(f"{label} [{scale.unit}]", span(self.money[name].interval, scale.factor))
        percentiles = (self.money[f"npv_p{p}"].interval.mean for p in (10, 50, 90))
        cells = (figure(None if value is None else value * scale.factor, sign=True) for value in percentiles)
        made.add_row(f"NPV of single replications, P10 / P50 / P90 [{scale.unit}]", " / ".join(cells))
        made.add_row("probability that NPV > 0 [%]", _range(self.money["probability_of_gain"].interval))
        made.add_row("return on investment (ROI) [%]", _range(self.money["roi"].interval))
        made.add_row(
            "payback, of the mean flows [months]",
            _range(self.money["payback"].interval, "not within the years"),
        )
        made.add_row("internal rate of return, of the mean flows [%]", _range(self.money["irr"].interval))
        return drawn(made)


def _range(interval: Interval, undefined: str = NOT_DEFINED) -> str:
    """A figure that is no difference, with its interval."""
    if interval.mean is None:
        return undefined
    if interval.low is None or interval.high is None:
        return figure(interval.mean)
    return f"{figure(interval.mean)} ({figure(interval.low)} to {figure(interval.high)})"


def _money_scale(intervals: Iterable[Interval], currency: str) -> Scale:
    """Thousands or millions, so that the largest amount can be read."""
    largest = max((abs(each.mean or 0.0) for each in intervals), default=0.0)
    for factor, name in ((1e-6, "M"), (1e-3, "k")):
        if largest * factor >= 1:
            return Scale(factor, f"{name} {currency}".strip())
    return Scale(1.0, currency)


def _main_first(result: Result) -> list[str]:
    """The case types, that with most cases in the system first."""
    wip = {
        row.of: row.interval.mean or 0.0
        for row in summary(result)
        if (row.kind, row.metric) == ("case", "wip")
    }
    return sorted(wip, key=lambda name: -wip[name])


def _own_flows(result: Result) -> set[str]:
    """Flows that are a case type's whole life and nothing else: their rows would repeat the case type's."""
    plan = result.plan
    of_types = {case_type.call for case_type in plan.case_types}
    called = {call.flow for i, call in enumerate(plan.calls) if i not in of_types}
    return {plan.flows[plan.calls[i].flow].name for i in of_types if plan.calls[i].flow not in called}
