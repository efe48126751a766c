"""What the commands print: plain text for people, one JSON document for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sim.experiment.compare import Comparison, Difference, Row, differences, summary
from sim.experiment.replicate import Result

if TYPE_CHECKING:
    from sim.plan.arrays import Plan
    from sim.scenario.load import Scenario

HEADLINES = ("lead_time", "process_efficiency", "throughput", "wip")


def json_document(results: list[Result]) -> str:
    """One document with `metrics`: a list of {scenario, metric, kind, of, unit, mean, low, high, n}."""
    rows = [
        {
            "scenario": row.scenario,
            "metric": row.metric,
            "kind": row.kind,
            "of": row.of,
            "unit": row.unit,
            "mean": row.interval.mean,
            "low": row.interval.low,
            "high": row.interval.high,
            "n": row.interval.n,
        }
        for result in results
        for row in summary(result)
    ]
    document = {
        "seed": results[0].seed,
        "engine": results[0].engine,
        "complete": all(result.is_complete for result in results),
        "metrics": rows,
    }
    return json.dumps(document, indent=2, allow_nan=False)


def check_lines(scenario: Scenario, plan: Plan) -> list[str]:
    """A scenario read back: sizes, sources, and what it overrides."""
    lines = [
        f"{scenario.name}: sound.",
        f"{len(plan.case_types)} case types, {len(plan.teams)} teams, {len(plan.flows)} flows, "
        f"{len(plan.steps)} steps.",
    ]
    lines += [f"override {change.path}: {change.old} -> {change.new}" for change in scenario.overrides]
    return lines


def run_lines(result: Result, scenario: Scenario) -> list[str]:
    """Lead time and where it goes, per case type, then the teams."""
    rows = summary(result)
    day = scenario.working_time.day_ms / 3_600_000
    lines = [
        f"{result.name}: {len(result.runs)} replications, seed {result.seed}; "
        f"means with 95 % intervals; 1 d = {day:g} h."
    ]
    for kind, title in (("case", "case type"), ("flow", "flow")):
        for name in dict.fromkeys(row.of for row in rows if row.kind == kind):
            lines.append(f"\n{title} {name}")
            lines += _block([row for row in rows if row.kind == kind and row.of == name], day)
    lines.append("\nteams")
    lines += [
        f"  {row.of:24s} {row.metric:18s} {_amount(row, day)}"
        for row in rows
        if row.kind == "team" and row.metric in ("utilisation", "wait")
    ]
    return lines


def _block(rows: list[Row], day: float) -> list[str]:
    shown = [row for row in rows if not (row.metric.startswith("time_") and row.interval.mean == 0)]
    return [f"  {row.metric:28s} {_amount(row, day)}" for row in shown]


def _amount(row: Row | Difference, day: float) -> str:
    """Mean and interval; times in working days."""
    scale, unit = (1 / day, "d") if row.unit == "h" else (1.0, row.unit)
    interval = row.interval
    if interval.mean is None:
        return "not defined"
    text = f"{interval.mean * scale:10.2f} {unit}"
    if interval.low is None or interval.high is None:
        return text
    return f"{text}   [{interval.low * scale:.2f}, {interval.high * scale:.2f}]"


def compare_lines(comparison: Comparison, baseline: Scenario) -> list[str]:
    """One sentence per scenario and headline, from the paired differences."""
    day = baseline.working_time.day_ms / 3_600_000
    n = len(comparison.baseline.runs)
    lines = [
        f"Compared with {comparison.baseline.name}, on the same luck: {n} replications, "
        f"seed {comparison.baseline.seed}; paired differences with 95 % intervals; 1 d = {day:g} h."
    ]
    for other in comparison.others:
        lines.append(f"\n{other.name}")
        for row in differences(comparison.baseline, other):
            if row.kind in ("case", "flow") and row.metric in HEADLINES:
                lines.append("  " + _sentence(row, day))
    return lines


def _sentence(row: Difference, day: float) -> str:
    scale, unit = (1 / day, "d") if row.unit == "h" else (1.0, row.unit)
    interval = row.interval
    assert interval.mean is not None
    word = row.metric.replace("_", " ")
    if interval.mean == 0 and (interval.low is None or interval.low == interval.high):
        return f"{word} of {row.of}: the same in every replication."
    direction = "falls" if interval.mean < 0 else "rises"
    text = (
        f"{word} of {row.of} {direction} by {abs(interval.mean) * scale:.2f} {unit} "
        f"from {row.baseline * scale:.2f} to {(row.baseline + interval.mean) * scale:.2f}"
    )
    if interval.low is None or interval.high is None:
        return f"{text} (one replication: no interval)."
    sure = "" if interval.low > 0 or interval.high < 0 else "; this may be chance"
    return f"{text} (paired difference {interval.low * scale:.2f} to {interval.high * scale:.2f}{sure})."
