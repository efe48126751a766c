"""The JSON of the command: one strict document, whose names stand in the glossary."""

from __future__ import annotations

from pathlib import Path

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
ASKED = {
    "lead_time",
    "elapsed_lead_time",
    "process_efficiency",
    "value_adding_time",
    "non_value_adding_time",
    "throughput",
    "wip",
    "utilisation",
    "queue_length",
    "wait",
    "share_in_production",
    "cost",
    "benefit",
    "npv",
    "roi",
    "payback",
}


def glossary() -> dict[str, set[str]]:
    rows = [line.split("|") for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("| `")]
    return {row[1].strip(" `"): set(row[2].strip().split(", ")) for row in rows}


def test_metrics_of_a_comparison_have_their_columns_and_include_what_is_promised(document):
    found = document("compare", "office.yaml", "form.yaml", "-n", "3")
    for row in found["metrics"]:
        assert {"scenario", "metric", "kind", "of", "unit", "mean", "low", "high", "n"} <= set(row)
    assert {row["metric"] for row in found["metrics"]} >= ASKED
    assert {row["scenario"] for row in found["metrics"]} == {"Small office", "A form that checks itself"}
    assert found["complete"] is True


def test_rows_are_told_apart_by_scenario_metric_kind_and_of(document):
    found = document("compare", "office.yaml", "form.yaml", "-n", "2")
    keys = [(row["scenario"], row["metric"], row["kind"], row["of"]) for row in found["metrics"]]
    assert len(keys) == len(set(keys))


def test_every_metric_that_is_printed_stands_in_the_glossary(document):
    known = glossary()
    for found in (
        document("run", "office.yaml", "-n", "2"),
        document("compare", "office.yaml", "form.yaml", "-n", "2"),
    ):
        printed: dict[str, set[str]] = {}
        for row in found["metrics"]:
            printed.setdefault(row["metric"], set()).add(row["kind"])
        assert [name for name, kinds in printed.items() if not kinds <= known.get(name, set())] == []


def test_every_figure_of_money_in_the_glossary_is_printed(document):
    run, comparison = (
        {(row["metric"], row["kind"]) for row in document(*arguments, "-n", "2")["metrics"]}
        for arguments in (("run", "office.yaml"), ("compare", "office.yaml", "form.yaml"))
    )
    money = {(name, kind) for name, kinds in glossary().items() for kind in kinds & {"money", "business"}}
    assert money == {pair for pair in run | comparison if pair[1] in ("money", "business")}


def test_differences_are_the_scenario_less_the_baseline(document):
    found = document("compare", "office.yaml", "form.yaml", "-n", "3")
    means = {
        (row["scenario"], row["metric"], row["kind"], row["of"]): row["mean"] for row in found["metrics"]
    }
    row = next(row for row in found["differences"] if (row["metric"], row["kind"]) == ("lead_time", "case"))
    key = (row["metric"], row["kind"], row["of"])
    assert row["baseline"] == means["Small office", *key]
    assert abs(row["mean"] - (means[row["scenario"], *key] - means["Small office", *key])) < 1e-9
    assert row["probability_of_improvement"] == 1.0


def test_a_single_run_tells_what_it_costs_and_brings(document):
    rows = {row["metric"]: row for row in document("run", "office.yaml", "-n", "2")["metrics"]}
    # 261 working days in 12 months of 730.5 h from 4 January 2027, 8 h each, three people, at the year's end
    hours = 8 * 261
    assert rows["cost"]["unit"] == "EUR"
    assert abs(rows["cost"]["mean"] - hours * (2 * 40 + 90) / 1.1) < 1
    assert rows["benefit"]["mean"] > 0


def test_what_is_not_defined_is_null(document, office):
    text = (office / "office.yaml").read_text().replace("clerks: {size: 2", "clerks: {size: unlimited")
    (office / "endless.yaml").write_text(text)
    rows = document("run", "endless.yaml", "-n", "1")["metrics"]
    row = next(row for row in rows if (row["metric"], row["of"]) == ("utilisation", "clerks"))
    assert (row["mean"], row["low"], row["high"], row["n"]) == (None, None, None, 0)


def test_a_precision_that_was_asked_for_is_in_the_document(document):
    found = document("run", "office.yaml", "--precision", "50%")
    assert (found["precision"], found["precise"]) == (0.5, True)
