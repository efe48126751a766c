"""What `sim run` prints: a headline per case type, cases and flows, where the time goes, people, money.

Not here: a case day by day (journey_text), numbers and tables as such (layout).
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.cli.groups_text import Rows, groups_table
from sim.cli.layout import (
    HOUR_MS,
    chunks,
    count,
    drawn,
    figure,
    paragraph,
    scale_of,
    spread,
    table,
    words,
)
from sim.cli.precision_text import precision_text
from sim.cli.stability_text import stability_text
from sim.experiment.compare import summary
from sim.experiment.money import outlay_rows
from sim.experiment.replicate import Result
from sim.records import GROUPS, AccountClass
from sim.scenario.load import Scenario

_OVERVIEW = ("lead_time", "lead_time_p50", "lead_time_p85", "lead_time_p95", "elapsed_lead_time")
_TYPES_PER_TABLE = 4


def run_text(result: Result, scenario: Scenario) -> str:
    """A result for people."""
    rows = {(row.kind, row.of, row.metric): row for row in summary(result)}
    day_h = scenario.working_time.day_ms / HOUR_MS
    unstable = {each.of for each in result.growing if (each.kind, each.verdict) == ("case", "unstable")}
    parts = [
        _head(result, day_h),
        stability_text(result),
        *(_headline(rows, name, day_h, name in unstable) for name in _names(rows, "case")),
        _overview(rows, day_h),
        groups_table(rows, _names(rows, "flow"), day_h),
        _open_note(rows, day_h),
        *_ledgers(rows, day_h),
        _teams(rows, day_h),
        *_owners(rows),
        _money(result),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(result: Result, day_h: float) -> str:
    text = (
        f"{result.name}: {count(len(result.runs))}, seed {result.seed}. Means over replications ± half their "
        f"95 % interval. 1 d = {day_h:g} h of working time; elapsed days have 24 h."
    )
    return paragraph(text + precision_text(result, "figure"))


def _names(rows: Rows, kind: str) -> list[str]:
    """What there are rows about, without the flows that only a branch of a fork is."""
    return list(dict.fromkeys(of for each, of, _ in rows if each == kind and "." not in of))


def _mean(rows: Rows, kind: str, of: str, metric: str) -> float | None:
    row = rows.get((kind, of, metric))
    return None if row is None else row.interval.mean


def _headline(rows: Rows, name: str, day_h: float, is_unstable: bool) -> str:
    lead = _mean(rows, "case", name, "lead_time")
    adding = _mean(rows, "case", name, "value_adding_time")
    efficiency = _mean(rows, "case", name, "process_efficiency")
    if lead is None or adding is None or efficiency is None:
        return paragraph(f"{name}: no case was finished in the window.")
    of_whom = f"{name} is unstable and has no usual lead time; in this horizon" if is_unstable else name
    text = (
        f"{of_whom}: {figure(lead / day_h)} d from arrival to leaving, of which {figure(adding / day_h)} d "
        f"add value and {figure((lead - adding) / day_h)} d do not: process efficiency {efficiency:.1f} %"
    )
    if adding > 0:
        text += f", {lead / adding:.4g} weeks for one week of value"
    return paragraph(f"{text}.")


def _overview(rows: Rows, day_h: float) -> str:
    heads = ("lead time", "P50", "P85", "P95", "elapsed", "efficiency", "per d", "WIP")
    made = table("cases [d, elapsed days]", *heads)
    names = [("case", name) for name in _names(rows, "case")]
    flows = [("flow", name) for name in _names(rows, "flow")]
    for group in (names, flows):
        for kind, of in group:
            made.add_row(_marked_name(rows, kind, of), *_overview_cells(rows, kind, of, day_h))
        if group is names and flows:
            made.add_section()
            made.add_row("passages of flows")
    return drawn(made)


def _overview_cells(rows: Rows, kind: str, of: str, day_h: float) -> Iterable[str]:
    for metric in _OVERVIEW:
        row = rows.get((kind, of, metric))
        factor = scale_of(metric, "h", day_h).factor
        if row is None:
            yield "–"
        elif metric == "lead_time":
            yield spread(row.interval, factor)
        else:
            mean = row.interval.mean
            yield figure(None if mean is None else mean * factor)
    efficiency = _mean(rows, kind, of, "process_efficiency")
    yield "–" if efficiency is None else f"{efficiency:.1f} %"
    rate = _mean(rows, kind, of, "throughput")
    yield figure(None if rate is None else rate * day_h)
    yield figure(_mean(rows, kind, of, "wip"))


def _marked_name(rows: Rows, kind: str, of: str) -> str:
    row = rows.get((kind, of, "lead_time"))
    return f"{of} *" if row is not None and row.censored else of


def _open_note(rows: Rows, day_h: float) -> str:
    """What must be known of the figures marked: cases that had not left when the run ended."""
    lines = []
    for name in _names(rows, "case"):
        row = rows.get(("case", name, "lead_time"))
        if row is None or not row.censored:
            continue
        n, share = (_mean(rows, "case", name, metric) for metric in ("open_cases", "open_share"))
        age = _mean(rows, "case", name, "open_age")
        text = f"* {name}: {figure(n)} cases a replication were still open at the end ({figure(share)} %"
        text += "" if age is None else f", {figure(age / day_h)} d old on average"
        lines.append(
            paragraph(
                f"{text}). The figures are of those that left, and may be too favourable: late ones count."
            )
        )
    others = [
        of for of in _names(rows, "flow") if (row := rows.get(("flow", of, "lead_time"))) and row.censored
    ]
    if others:
        lines.append(paragraph(f"* flows with more than 5 % of passages still open: {', '.join(others)}."))
    return "\n".join(lines)


def _ledgers(rows: Rows, day_h: float) -> Iterable[str]:
    """The lead time of case types by group and class, in days and in percent."""
    names = [name for name in _names(rows, "case") if _mean(rows, "case", name, "lead_time") is not None]
    for some in chunks(names, _TYPES_PER_TABLE):
        made = table("where the time goes", *(head for name in some for head in (f"{name} [d]", "%")))
        for group, classes in GROUPS.items():
            made.add_row(group, *_ledger_cells(rows, some, classes, day_h))
            if len(classes) > 1:
                for each in classes:
                    made.add_row(f"  {words(each.name.lower())}", *_ledger_cells(rows, some, (each,), day_h))
        made.add_section()
        made.add_row("lead time", *_ledger_cells(rows, some, tuple(AccountClass), day_h))
        yield drawn(made)


def _ledger_cells(
    rows: Rows, names: list[str], classes: tuple[AccountClass, ...], day_h: float
) -> Iterable[str]:
    for name in names:
        whole = _mean(rows, "case", name, "lead_time") or 0.0
        hours = sum(_mean(rows, "case", name, f"time_{each.name.lower()}") or 0.0 for each in classes)
        yield figure(hours / day_h)
        yield f"{100 * hours / whole:.1f}" if whole else "–"


def _teams(rows: Rows, day_h: float) -> str:
    made = table("team", "utilisation [%]", "wait [d]", "queue length", "busy [person d]", "overtime")
    for of in _names(rows, "team"):
        cells = []
        for metric in ("utilisation", "wait", "queue_length", "busy_hours", "overtime_hours"):
            row = rows.get(("team", of, metric))
            factor = 1 / day_h if metric in ("wait", "busy_hours", "overtime_hours") else 1.0
            cells.append("–" if row is None else spread(row.interval, factor))
        made.add_row(of, *cells)
    return drawn(made) if made.row_count else ""


def _owners(rows: Rows) -> Iterable[str]:
    """What owners spend their time on; nothing without owners."""
    for some in chunks(_names(rows, "owner"), _TYPES_PER_TABLE):
        made = table("what owners spend their time on", *(f"{name} [%]" for name in some))
        for metric in dict.fromkeys(metric for kind, _, metric in rows if kind == "owner"):
            found = (rows.get(("owner", name, metric)) for name in some)
            cells = ("–" if row is None else spread(row.interval, 1.0) for row in found)
            made.add_row(words(metric.removeprefix("owner_time_")), *cells)
        yield drawn(made)


def _money(result: Result) -> str:
    """What the scenario costs and brings by itself."""
    rows = {row.metric: row for row in outlay_rows(result)}
    if not rows:
        return ""
    years = result.flows[0].years
    cost, benefit = (spread(rows[name].interval, 1e-3) for name in ("cost", "benefit"))
    return paragraph(
        f"Money over {count(years, 'year')}, in present values: people, environments and named costs "
        f"{cost} k {result.currency}; value brought {benefit} k {result.currency}. "
        "What a change is worth: sim compare."
    )
