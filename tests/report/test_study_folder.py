"""The folder of a study: whole or not at all, and no run folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars
import pytest

from sim.errors import RunError
from sim.report.manifest import read_manifest
from sim.report.study_folder import Study, write_study

STUDY = Study(
    kind="explain",
    document={"finding": 1.5},
    tables={"causes": polars.DataFrame({"cause": ["=1+1", "queue"], "days": [1.0, None]})},
    pictures={},
    scenarios={"Today": "name: Today\n", "today!": "name: today!\n"},
    seed=3,
    engine="auto",
    replications=4,
    data_files={"logs/tickets.csv": b"arrived\n"},
)


def test_it_holds_document_tables_scenarios_and_what_they_read(tmp_path: Path) -> None:
    folder = write_study(STUDY, out=tmp_path / "new", command="sim explain today.yaml", elapsed_s=2.0)
    assert folder.parent == tmp_path / "new" and "-explain-today-" in folder.name
    assert json.loads((folder / "result.json").read_text("utf-8")) == {"finding": 1.5}
    assert polars.read_parquet(folder / "causes.parquet").equals(STUDY.tables["causes"])
    assert (folder / "causes.csv").read_text("utf-8") == "cause,days\n'=1+1,1.0\nqueue,\n"
    assert (folder / "scenarios" / "logs" / "tickets.csv").read_bytes() == b"arrived\n"
    texts = {path.name: path.read_text("utf-8") for path in (folder / "scenarios").glob("*.yaml")}
    assert texts == {"today.yaml": "name: Today\n", "today-2.yaml": "name: today!\n"}
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (manifest["kind"], manifest["seed"], manifest["complete"]) == ("explain", 3, True)
    assert [each["replications"] for each in manifest["scenarios"]] == [4, 4]


def test_a_study_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    broken = replace(STUDY, document={"finding": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        write_study(broken, out=tmp_path, command="sim explain", elapsed_s=0.0)
    assert list(tmp_path.iterdir()) == []


def test_no_report_is_made_of_a_study(tmp_path: Path) -> None:
    study = replace(STUDY, incomplete="interrupted")
    folder = write_study(study, out=tmp_path, command="sim explain today.yaml", elapsed_s=0.0)
    with pytest.raises(RunError, match="this is what `sim explain` left, not a run"):
        read_manifest(folder)
