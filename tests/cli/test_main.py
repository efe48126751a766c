"""The command, as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli.main import cli, main

SCENARIO = """
name: Two steps
clock: {start: 2027-01-04, horizon: 2 months, warm_up: 0 days, business: office}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {clerks: {size: 1}, experts: {size: 1}}
cases: {request: {arrive: {rate: 4 per d}, flow: handle}}
flows:
  handle:
    steps:
      register: {team: clerks, work: exponential mean 1 h, adds: necessary}
      solve: {team: experts, work: exponential mean 1 h}
"""

PATCH = """
patch: One more expert
base: scenario.yaml
changes: The experts are two.
teams: {experts: {size: 2}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    (tmp_path / "patch.yaml").write_text(PATCH)
    return tmp_path


def test_run_prints_lead_time_and_where_it_goes(folder):
    result = CliRunner().invoke(
        cli,
        ["run", str(folder / "scenario.yaml"), "-n", "2", "--jobs", "1", "--out", str(folder / "results")],
    )
    assert result.exit_code == 0
    assert "where the time goes" in result.output
    assert "2 replications, seed 1" in result.output


def test_json_is_one_document_with_intervals(folder):
    result = CliRunner().invoke(
        cli,
        [
            "run",
            str(folder / "scenario.yaml"),
            "-n",
            "3",
            "--jobs",
            "1",
            "--out",
            str(folder / "results"),
            "--json",
        ],
    )
    rows = json.loads(result.stdout)["metrics"]
    row = next(r for r in rows if (r["metric"], r["of"], r["kind"]) == ("lead_time", "request", "case"))
    assert row["unit"] == "h" and row["n"] == 3
    assert row["low"] < row["mean"] < row["high"]


def test_compare_puts_a_patch_on_the_base_under_its_own_name(folder):
    arguments = [
        "compare",
        str(folder / "scenario.yaml"),
        str(folder / "patch.yaml"),
        "-n",
        "3",
        "--jobs",
        "1",
    ]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0
    assert "One more expert" in result.output
    assert "lead time of request falls by" in result.output


def test_a_mistake_ends_with_its_place_and_exit_code_2(folder, monkeypatch, capsys):
    path = folder / "wrong.yaml"
    path.write_text(SCENARIO.replace("team: clerks", "team: clerk"))
    monkeypatch.setattr("sys.argv", ["sim", "check", str(path)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    message = capsys.readouterr().err
    assert "wrong.yaml:10:" in message and "Did you mean 'clerks'?" in message


def test_events_are_kept_on_request(folder):
    out = folder / "results"
    arguments = ["run", str(folder / "scenario.yaml"), "-n", "1", "--events", "--out", str(out)]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    (kept,) = out.iterdir()
    assert {"manifest.json", "events.parquet", "cases.parquet", "summary.csv"} <= {
        p.name for p in kept.iterdir()
    }


def test_cases_are_left_out_on_request_and_that_is_said(folder):
    out = folder / "results"
    arguments = ["run", str(folder / "scenario.yaml"), "-n", "2", "--no-cases", "--out", str(out)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0
    assert "without cases.parquet and lead_time.png" in result.stderr
    (kept,) = out.iterdir()
    names = {p.name for p in kept.iterdir()}
    assert {"time_spent.png", "replications.parquet"} <= names
    assert not {"cases.parquet", "lead_time.png"} & names
