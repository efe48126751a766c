"""docs/results.md tells what is in the files, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars
import pytest

import sim
from sim.experiment import tables
from sim.records import EVENT_COLUMNS, Event
from sim.report.money_table import money_table
from sim.report.rows import DIFFERENCE_COLUMNS, SUMMARY_COLUMNS
from sim.report.run_folder import write_run
from sim.scenario.load import load
from sim.scenario.writer import resolved_text

PAGE = (Path(__file__).parents[2] / "docs" / "results.md").read_text(encoding="utf-8")

OFFICE = """
name: Office
currency: EUR
clock: {start: 2027-01-04, horizon: 12 months, business: office}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00, holidays: US}}
economics: {years: 1}
traits: {hard: 40%, size: {large: 50%, small: rest}}
teams: {desk: {size: 1, cost: 40 per hour, owns: 3}}
cases: {request: {arrive: {rate: 1 per w}, owner: desk, flow: handle}}
flows:
  handle:
    steps:
      solve: {team: owner, work: {by: size, large: exponential mean 6 h, small: 1 h}, when: hard}
      look: {team: owner, work: exponential mean 1 h, then: {again: {p: 20%, go_to: solve}, ok: rest}}
"""


def documented(heading: str) -> list[str]:
    """The names in the first column of the tables of a section, types left out."""
    section = re.split(rf"^##+ {heading}$", PAGE, flags=re.MULTILINE)[1].split("\n## ")[0].split("\n### ")[0]
    first = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [name for cell in first for name in re.findall(r"`([^`]+)`", cell)]


def typed(heading: str) -> dict[str, str]:
    section = re.split(rf"^## {heading}$", PAGE, flags=re.MULTILINE)[1].split("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    return {
        row[1].strip(" `"): row[2].strip()
        for row in rows
        if row[2].strip() in ("Int64", "String", "Float64", "Boolean")
    }


def schema(frame: polars.DataFrame) -> dict[str, str]:
    return {name: str(kind) for name, kind in frame.schema.items()}


@pytest.fixture
def office(scenario):
    return scenario(OFFICE)


def test_summary_and_differences_have_the_columns_of_the_page():
    assert documented("Summary")[: len(SUMMARY_COLUMNS)] == list(SUMMARY_COLUMNS)
    assert documented("Differences") == list(DIFFERENCE_COLUMNS)


def test_tables_have_the_columns_and_types_of_the_page(office):
    result = sim.run(office, replications=1, jobs=1)
    assert schema(result.replications) == typed("Replications")
    assert schema(money_table(result.runs, "EUR")) == typed("Money")
    traits = {"trait:hard": "Boolean", "trait:size": "String"}
    assert schema(result.cases) == typed("Cases") | traits
    assert schema(result.events) == typed("Events")
    assert list(EVENT_COLUMNS) == list(typed("Events"))


def test_tables_without_rows_have_the_same_columns_and_types(office):
    result = sim.run(office, replications=1, jobs=1)
    assert schema(tables.cases(result.plan, ())) == schema(result.cases)
    assert schema(tables.events([])) == schema(result.events)
    assert schema(tables.replications(())) == schema(result.replications)


def test_every_event_stands_on_the_page():
    assert documented("Events")[len(EVENT_COLUMNS) :] == [event.value for event in Event]


def test_the_log_that_was_not_kept_is_the_one_that_would_have_been(office):
    kept = sim.run(office, replications=2, jobs=1, keep_log=True)
    later = sim.run(office, replications=2, jobs=1)
    assert kept.has_log and not later.has_log
    assert kept.events.equals(later.events)
    assert kept.events.height > 100


def test_folder_and_manifest_hold_what_the_page_lists(office, tmp_path):
    comparison = sim.compare(office, [office], replications=2, jobs=1, keep_log=True)
    results = [comparison.baseline, *comparison.others]
    folder = write_run(
        results,
        out=tmp_path / "results",
        command="sim compare",
        scenario_texts={result.name: resolved_text(office) for result in results},
        elapsed_s=1.0,
        comparison=comparison,
    )
    files = {path.name for path in folder.iterdir() if path.is_file()}
    assert files | {"scenarios/NAME.yaml"} == set(documented("The run folder"))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest) | {"incomplete", "precision", "precise", "aims"} == set(documented("Manifest"))
    section = PAGE.split("| `scenarios` |")[1].split("\n")[0]
    assert set(manifest["scenarios"][0]) == set(re.findall(r"`([^`]+)`", section))
    differences = json.loads((folder / "differences.json").read_text())["differences"]
    assert list(differences[0]) == list(DIFFERENCE_COLUMNS)
    assert polars.read_csv(folder / "differences.csv").height == len(differences)


def test_the_resolved_scenario_gives_identical_numbers(office, tmp_path):
    path = tmp_path / "resolved" / "office.yaml"
    path.parent.mkdir()
    path.write_text(resolved_text(office), encoding="utf-8")
    first = sim.run(office, replications=2, jobs=1)
    again = sim.run(load(path), replications=2, jobs=1)
    assert again.replications.equals(first.replications)
    assert again.events.equals(first.events)
