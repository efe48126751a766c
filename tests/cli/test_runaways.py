"""A run that cannot go on: the reason, exit code 2, and what had been finished before."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars
import pytest

import sim
from sim.engines.compiled_engine import engine as compiled
from sim.report.stored import read_run

SOME = 8  # the queue that some replications of the office reach, and others do not


@pytest.fixture(params=[("run", "office.yaml"), ("compare", "office.yaml", "form.yaml")])
def arguments(request):
    return (*request.param, "-n", "30")


def most_in_queue(monkeypatch, length: int) -> None:
    """A queue counts as a runaway from this length on, so that luck decides which replications are one."""
    monkeypatch.setattr(compiled, "MAX_QUEUE", length)


def test_what_was_finished_before_a_runaway_is_kept_and_said_to_be_incomplete(
    command, office, monkeypatch, arguments
):
    most_in_queue(monkeypatch, SOME)
    result = command(*arguments)
    assert isinstance(result.exception, sim.EngineError)
    assert "Small office" in result.stdout
    assert re.search(r"incomplete: only the replications that had finished are counted \(\d", result.stderr)
    (folder,) = (office / "results").iterdir()
    assert f"kept in {Path('results') / folder.name}" in result.stderr
    assert not (folder / "resume").exists()  # the same luck would lead to the same end
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["complete"] is False
    assert manifest["incomplete"] == str(result.exception)
    assert re.search(r"team \w+", manifest["incomplete"])
    n = polars.read_parquet(folder / "replications.parquet")["replication"].n_unique()
    assert 1 <= n < 30
    assert manifest["scenarios"][0]["replications"] == n
    assert any("had to stop" in remark for remark in read_run(folder).remarks)


def test_with_nothing_finished_there_is_the_reason_alone(command, office, monkeypatch, arguments):
    most_in_queue(monkeypatch, 1)
    result = command(*arguments)
    assert isinstance(result.exception, sim.EngineError)
    assert "team" in str(result.exception)
    assert result.stdout == ""
    assert "incomplete" not in result.stderr
    assert list((office / "results").iterdir()) == []


def test_a_precision_that_was_asked_for_keeps_its_pilot(office, monkeypatch):
    scenario = sim.load(office / "office.yaml")
    most_in_queue(monkeypatch, SOME)
    with pytest.raises(sim.EngineError) as caught:
        sim.run(scenario, precision=0.001, jobs=1)
    kept = caught.value.finished
    assert kept.incomplete == str(caught.value)
    assert not kept.is_complete
    assert not kept.is_precise
    assert len(kept.runs) >= 1
    assert [run.number for run in kept.runs] == list(range(len(kept.runs)))


def test_a_comparison_hands_on_what_was_finished_of_each_scenario(office, monkeypatch):
    baseline = sim.load(office / "office.yaml")
    other = sim.load(office / "form.yaml")
    most_in_queue(monkeypatch, SOME)
    with pytest.raises(sim.EngineError, match="team") as caught:
        sim.compare(baseline, [other], replications=30, jobs=1)
    found = caught.value.finished
    assert found.differences
    assert found.currency == "EUR"
    assert {each.incomplete for each in (found.baseline, *found.others)} == {str(caught.value)}
