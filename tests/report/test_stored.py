"""What is read back from a run folder is what was written; what is not whole is refused."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars
import pytest

from sim.errors import RunError
from sim.experiment.compare import summary
from sim.experiment.money import business_rows, outlay_rows
from sim.report.rows import difference_entry, row_entry
from sim.report.stored import read_run
from sim.scenario.load import load

from .conftest import OFFICE, Kept, keep


def changed(folder: Path, **entries: Any) -> None:
    """Change the manifest of a folder."""
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **entries}))


def test_figures_differences_and_money_come_back_to_the_last_bit(compared: Kept) -> None:
    stored = read_run(compared.folder)
    assert stored.comparison is not None and compared.comparison is not None
    for before, after in zip(compared.results, stored.results, strict=True):
        assert summary(after) == summary(before)
        assert after.flows == before.flows
        assert after.plan == before.plan
    assert stored.comparison.differences == compared.comparison.differences
    assert stored.comparison.appraisals == compared.comparison.appraisals
    assert business_rows(stored.comparison) == business_rows(compared.comparison)
    assert stored.remarks == ()


def test_cases_come_back_with_traits_of_another_kind_in_another_scenario(compared: Kept) -> None:
    stored = read_run(compared.folder)
    for before, after in zip(compared.results, stored.results, strict=True):
        assert after.cases.equals(before.cases)
        assert after.cases.schema == before.cases.schema
    kinds = [result.cases.schema["trait:hard"] for result in stored.results[:2]]
    assert kinds == [polars.Boolean, polars.String]


def test_the_log_is_read_on_request_and_replayed_without(compared: Kept) -> None:
    told = read_run(compared.folder, with_events=True).results[0]
    replayed = read_run(compared.folder).results[0]
    assert told.has_log and not replayed.has_log
    assert told.events.equals(compared.results[0].events)
    assert replayed.events.equals(told.events)


def test_the_written_tables_say_what_is_read(compared: Kept) -> None:
    stored = read_run(compared.folder)
    assert stored.comparison is not None
    rows = [row for result in stored.results for row in summary(result)] + business_rows(stored.comparison)
    written = json.loads((compared.folder / "summary.json").read_text())["metrics"]
    assert [row_entry(row) for row in rows] == written
    differences = json.loads((compared.folder / "differences.json").read_text())["differences"]
    assert [difference_entry(row) for row in stored.comparison.differences] == differences


def test_a_single_run_comes_back_with_its_outlay(alone: Kept) -> None:
    stored = read_run(alone.folder)
    assert stored.comparison is None
    (result,) = stored.results
    assert outlay_rows(result) == outlay_rows(alone.results[0]) != []


def test_a_patch_is_kept_under_its_heading(compared: Kept) -> None:
    told = [(each.name, each.file.summary) for each in read_run(compared.folder).scenarios]
    assert told[1] == ("A form that checks itself", "The check is done by the form.")


def test_scenarios_of_one_name_are_told_apart(files: Path, tmp_path: Path) -> None:
    office = load(files / "office.yaml")
    kept = keep(tmp_path, [office, office], replications=2)
    stored = read_run(kept.folder)
    assert [each.name for each in stored.scenarios] == ["Small office", "Small office (2)"]
    assert [len(result.runs) for result in stored.results] == [2, 2]


def test_an_interrupted_run_is_read_and_says_so(files: Path, tmp_path: Path) -> None:
    kept = keep(tmp_path, [load(files / "office.yaml")], replications=1, is_complete=False)
    stored = read_run(kept.folder)
    assert not stored.results[0].is_complete
    assert "interrupted" in stored.remarks[0]


def test_another_version_is_read_and_said(copied: Path) -> None:
    changed(copied, versions={"sim": "0.0.1"})
    (remark, *_) = read_run(copied).remarks
    assert "sim 0.0.1, here 0.1.0" in remark


def test_a_folder_of_before_tables_had_digests_is_read(copied: Path) -> None:
    changed(copied, files={})
    (copied / "events.parquet").unlink()
    assert read_run(copied).comparison is not None


def test_files_of_numbers_are_kept_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "look.csv").write_text("minutes\n10 min\n20 min\n")
    path = tmp_path / "office.yaml"
    path.write_text(OFFICE.replace("work: 10 min,", "work: empirical data/look.csv column minutes,"))
    kept = keep(tmp_path / "runs", [load(path)], replications=1)
    (tmp_path / "data" / "look.csv").unlink()
    assert read_run(kept.folder).results[0].plan == kept.results[0].plan
    (kept.folder / "scenarios" / "data" / "look.csv").write_text("minutes\n10 min\n")
    with pytest.raises(RunError, match=r"look.csv: this file of numbers is not the one that was written"):
        read_run(kept.folder)


def test_a_run_without_a_table_of_cases_knows_that(copied: Path) -> None:
    told = {
        name: digest for name, digest in json.loads((copied / "manifest.json").read_text())["files"].items()
    }
    del told["cases.parquet"]
    (copied / "cases.parquet").unlink()
    changed(copied, files=told)
    assert not read_run(copied).results[0].has_cases


# --- what is refused


def test_a_folder_without_manifest_is_foreign(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"no run folder of sim: it has no manifest.json"):
        read_run(tmp_path)


def test_a_folder_of_run_folders_names_the_last(compared: Kept) -> None:
    with pytest.raises(RunError, match=rf"1 lie in it. Name one; the last is .*{compared.folder.name}"):
        read_run(compared.folder.parent)


def test_no_folder_and_a_file_are_told_apart(tmp_path: Path, compared: Kept) -> None:
    with pytest.raises(RunError, match="there is no such run folder"):
        read_run(tmp_path / "nowhere")
    with pytest.raises(RunError, match="this is a file; name the run folder"):
        read_run(compared.folder / "manifest.json")


@pytest.mark.parametrize("asked", ["2027-run", ".2027-run.partial"])
def test_a_run_that_is_not_finished_is_to_be_gone_on_with(tmp_path: Path, asked: str) -> None:
    (tmp_path / ".2027-run.partial" / "resume").mkdir(parents=True)
    with pytest.raises(RunError, match=r"not finished.*--resume .*/2027-run "):
        read_run(tmp_path / asked)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "damaged, or not of sim"),
        ("[]", "what is in it is of another kind"),
        ("{}", "it has no 'scenarios'"),
        ("\x00\xff", "damaged, or not of sim"),
    ],
)
def test_a_broken_manifest_is_refused(copied: Path, text: str, says: str) -> None:
    (copied / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(RunError, match=says):
        read_run(copied)


def test_a_manifest_may_not_lead_out_of_its_folder(copied: Path) -> None:
    entries = json.loads((copied / "manifest.json").read_text())["scenarios"]
    changed(copied, scenarios=[{**entries[0], "file": "scenarios/../../x.yaml"}])
    with pytest.raises(RunError, match="does not lie in scenarios/"):
        read_run(copied)


def test_a_changed_scenario_is_refused(copied: Path) -> None:
    with (copied / "scenarios" / "small-office.yaml").open("a") as file:
        file.write("# a word more\n")
    with pytest.raises(RunError, match=r"scenario 'Small office' is not the one that was written.*sha256"):
        read_run(copied)


@pytest.mark.parametrize("has_digests", [True, False])
def test_a_cut_table_is_refused(copied: Path, has_digests: bool) -> None:
    path = copied / "cases.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    if not has_digests:
        changed(copied, files={})
    with pytest.raises(RunError, match=r"cases.parquet: this table is (not the one|damaged)"):
        read_run(copied)


def test_a_missing_table_is_refused(copied: Path) -> None:
    (copied / "money.parquet").unlink()
    with pytest.raises(RunError, match=r"money.parquet: this table cannot be read"):
        read_run(copied)


@pytest.mark.parametrize("column", ["value", "scenario"])
def test_a_table_of_other_columns_is_refused(copied: Path, column: str) -> None:
    path = copied / "replications.parquet"
    polars.read_parquet(path).drop(column).write_parquet(path)
    changed(copied, files={})
    with pytest.raises(RunError, match="damaged"):
        read_run(copied)


def test_a_table_with_replications_missing_is_refused(copied: Path) -> None:
    path = copied / "replications.parquet"
    polars.read_parquet(path).filter(polars.col("replication") > 0).write_parquet(path)
    changed(copied, files={})
    with pytest.raises(RunError, match=r"2 replications of 'Small office', the manifest says 3"):
        read_run(copied)


def test_a_scenario_of_another_version_says_what_is_not_understood(copied: Path) -> None:
    path = copied / "scenarios" / "small-office.yaml"
    path.write_text(path.read_text() + "weather: fine\n")
    entries = json.loads((copied / "manifest.json").read_text())["scenarios"]
    entries[0]["sha256"] = sha256(path.read_bytes()).hexdigest()
    changed(copied, scenarios=entries, versions={"sim": "9.0"})
    with pytest.raises(
        RunError, match=r"cannot be read by version 0.1.0 of sim; version 9.0 wrote it"
    ) as refused:
        read_run(copied)
    assert "weather" in str(refused.value)


def test_a_run_without_cases_comes_back_without_cases(alone: Kept, files: Path, tmp_path: Path) -> None:
    kept = keep(tmp_path, [load(files / "office.yaml")], keep_cases=False)
    (result,) = read_run(kept.folder).results
    assert not result.has_cases
    assert result.cases.equals(alone.results[0].cases)  # run again
