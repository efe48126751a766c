"""What `--json` prints: one strict JSON document, whose names stand in docs/glossary.md.

Not here: text for people (run_text, compare_text).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sim.experiment.compare import Comparison, summary
from sim.experiment.money import business_rows, outlay_rows
from sim.experiment.replicate import Result
from sim.report.rows import aim_entry, difference_entry, growth_entry, row_entry


def run_document(result: Result) -> str:
    """A result: `metrics` is a list of {scenario, metric, kind, of, unit, mean, low, high, n, censored}."""
    rows = [row_entry(row) for row in [*summary(result), *outlay_rows(result)]]
    return _document([result], metrics=rows)


def comparison_document(comparison: Comparison) -> str:
    """A comparison: the metrics of each scenario with its business case, and paired `differences`."""
    results = [comparison.baseline, *comparison.others]
    rows = [row_entry(row) for result in results for row in summary(result)]
    rows += [row_entry(row) for row in business_rows(comparison)]
    differences = [difference_entry(row) for row in comparison.differences]
    return _document(results, metrics=rows, differences=differences)


def _document(results: Iterable[Result], **lists: list[dict[str, object]]) -> str:
    found = list(results)
    document: dict[str, object] = {
        "seed": found[0].seed,
        "engine": found[0].engine,
        "complete": all(result.is_complete for result in found),
    }
    if found[0].incomplete:
        document["incomplete"] = found[0].incomplete
    growths = [growth_entry(result.name, each) for result in found for each in result.growing]
    document |= {"stable": not growths, "growing": growths}
    if found[0].precision is not None:
        document |= {"precision": found[0].precision, "precise": all(each.is_precise for each in found)}
        document["aims"] = [aim_entry(aim) for aim in found[0].aims]
    return json.dumps(document | lists, indent=2, allow_nan=False, ensure_ascii=False)
