"""What the commands print: tables for people, one JSON document for machines."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from sim.experiment.compare import Comparison, Difference, Row, business_rows, differences, summary
from sim.experiment.replicate import Result

if TYPE_CHECKING:
    from sim.plan.arrays import Plan
    from sim.scenario.load import Scenario

HOUR_MS = 3_600_000

CASE_COLUMNS = ("lead_time", "lead_time_p85", "elapsed_lead_time", "process_efficiency", "throughput", "wip")
SENTENCES = ("lead_time", "process_efficiency", "throughput", "abandonment", "share_in_production")


def json_document(results: list[Result], appraised: Iterable[Row] = ()) -> str:
    """One document with `metrics`: a list of {scenario, metric, kind, of, unit, mean, low, high, n}."""
    rows = [_entry(row) for result in results for row in summary(result)]
    rows += [_entry(row) for row in appraised]
    document = {
        "seed": results[0].seed,
        "engine": results[0].engine,
        "complete": all(result.is_complete for result in results),
        "metrics": rows,
    }
    return json.dumps(document, indent=2, allow_nan=False)


def _entry(row: Row | Difference) -> dict[str, object]:
    interval = row.interval
    return {
        "scenario": row.scenario,
        "metric": row.metric,
        "kind": row.kind,
        "of": row.of,
        "unit": row.unit,
        "mean": interval.mean,
        "low": interval.low,
        "high": interval.high,
        "n": interval.n,
    }


def comparison_document(comparison: Comparison) -> str:
    """As `json_document`, with the business case of each scenario."""
    results = [comparison.baseline, *comparison.others]
    return json_document(results, business_rows(comparison))


def check_text(scenario: Scenario, plan: Plan) -> str:
    """A scenario read back: what it holds, and what it overrides."""
    lines = [
        f"{scenario.name}: sound.",
        f"{len(plan.case_types)} case types, {len(plan.teams)} teams, {len(plan.flows)} flows, "
        f"{len(plan.steps)} steps.",
    ]
    lines += [f"override {change.path}: {change.old} -> {change.new}" for change in scenario.overrides]
    return "\n".join(lines)


def run_text(result: Result, scenario: Scenario) -> str:
    """Lead time and efficiency, where the time goes, and the teams."""
    rows = {(row.kind, row.of, row.metric): row for row in summary(result)}
    day = scenario.working_time.day_ms / HOUR_MS
    names = list(
        dict.fromkeys((kind, of) for kind, of, _ in rows if kind in ("case", "flow") and "." not in of)
    )
    overview = _table("", *(column.replace("_", " ") for column in CASE_COLUMNS))
    for kind, of in names:
        overview.add_row(of, *(_cell(rows.get((kind, of, column)), day) for column in CASE_COLUMNS))
    ledger = _table("where the time goes", *(of for kind, of in names if kind == "case"))
    for metric in dict.fromkeys(m for kind, _, m in rows if kind == "case" and m.startswith("time_")):
        cells = [_cell(rows.get((kind, of, metric)), day) for kind, of in names if kind == "case"]
        ledger.add_row(metric.removeprefix("time_").replace("_", " "), *cells)
    teams = _table("team", "utilisation", "wait", "queue length")
    for of in dict.fromkeys(of for kind, of, _ in rows if kind == "team"):
        measures = (rows.get(("team", of, metric)) for metric in ("utilisation", "wait", "queue_length"))
        teams.add_row(of, *(_cell(row, day) for row in measures))
    head = (
        f"{result.name}: {_count(len(result.runs))}, seed {result.seed}. Means with 95 % intervals; "
        f"1 d = {day:g} h of working time, elapsed time in days of 24 h."
    )
    return "\n\n".join([head, _drawn(overview), _drawn(ledger), _drawn(teams)])


def compare_text(comparison: Comparison, baseline: Scenario) -> str:
    """One sentence per scenario and measure, from the paired differences."""
    day = baseline.working_time.day_ms / HOUR_MS
    lines = [
        f"Compared with {comparison.baseline.name} on the same luck: "
        f"{_count(len(comparison.baseline.runs))}, seed {comparison.baseline.seed}. "
        f"Paired differences with 95 % intervals; 1 d = {day:g} h."
    ]
    money = business_rows(comparison)
    for other in comparison.others:
        lines.append(f"\n{other.name}")
        lines += [f"  {_price(row)}" for row in money if row.scenario == other.name]
        lines += [
            f"  {_sentence(row, day)}" for row in differences(comparison.baseline, other) if _is_told(row)
        ]
    return "\n".join(lines)


def _price(row: Row) -> str:
    name = {"npv": "NPV", "roi": "ROI", "irr": "IRR"}.get(row.metric, row.metric.replace("_", " "))
    interval = row.interval
    if interval.mean is None:
        return f"{name}: not defined."
    scale, unit = (1e-3, f"k {row.unit}") if row.metric in ("cost", "benefit", "npv") else (1.0, row.unit)
    text = f"{name} {interval.mean * scale:,.1f} {unit}"
    if interval.low is None or interval.high is None:
        return f"{text}."
    return f"{text} ({interval.low * scale:,.1f} to {interval.high * scale:,.1f})."


def _is_told(row: Difference) -> bool:
    is_flow = row.kind == "flow" and row.metric == "lead_time" and "." not in row.of
    return is_flow or (row.kind == "case" and row.metric in SENTENCES)


def _sentence(row: Difference, day: float) -> str:
    scale, unit = _scale(row, day)
    interval = row.interval
    assert interval.mean is not None
    subject = f"{row.metric.replace('_', ' ')} of {row.of}"
    if interval.mean == 0 and (interval.low is None or interval.low == interval.high):
        return f"{subject}: the same in every replication."
    text = (
        f"{subject} {'falls' if interval.mean < 0 else 'rises'} by {abs(interval.mean) * scale:.2f} {unit}, "
        f"from {row.baseline * scale:.2f} to {(row.baseline + interval.mean) * scale:.2f}"
    )
    if interval.low is None or interval.high is None:
        return f"{text} (one replication: no interval)."
    sure = "" if interval.low > 0 or interval.high < 0 else "; this may be chance"
    return f"{text} (difference {interval.low * scale:+.2f} to {interval.high * scale:+.2f}{sure})."


def _scale(row: Row | Difference, day: float) -> tuple[float, str]:
    """Working hours as days of the business calendar, elapsed hours as days of 24 h, rates per day."""
    if row.metric.startswith(("elapsed", "open_age")):
        return 1 / 24, "days"
    if row.unit == "h":
        return 1 / day, "d"
    return (day, "per d") if row.unit == "per h" else (1.0, row.unit)


def _cell(row: Row | None, day: float) -> str:
    if row is None or row.interval.mean is None:
        return "–"
    scale, unit = _scale(row, day)
    interval = row.interval
    text = f"{row.interval.mean * scale:.2f} {unit}"
    if interval.low is None or interval.high is None or interval.low == interval.high:
        return text
    return f"{text}\n{interval.low * scale:.2f} to {interval.high * scale:.2f}"


def _count(n: int) -> str:
    return f"{n} replication{'' if n == 1 else 's'}"


def _table(first: str, *columns: str) -> Table:
    table = Table(first, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _drawn(table: Table) -> str:
    console = Console(file=io.StringIO(), width=118, highlight=False)
    console.print(table)
    drawn: Iterable[str] = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in drawn)
