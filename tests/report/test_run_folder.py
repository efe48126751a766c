"""A run folder is written whole or not at all, and never over another."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars
import pytest

from sim.calendars import always
from sim.experiment import tables
from sim.experiment.replicate import Replication, Result
from sim.metrics import Measure
from sim.records import EVENT_COLUMNS, CaseRow
from sim.report import run_folder
from sim.report.run_folder import slug, write_run

DAY = 86_400_000
PLAN: Any = SimpleNamespace(
    warm_up=10 * DAY,
    end=100 * DAY,
    sources=(SimpleNamespace(name="idea"), SimpleNamespace(name="idea@build")),
    case_types=(SimpleNamespace(name="idea", traits=()),),
    calendars=(always(200 * DAY),),
    business=0,
    traits=(),
)


def case(arrive: float, leave: float | None, source: int = 0) -> CaseRow:
    """A case that arrives and leaves on these days."""
    left = -1 if leave is None else round(leave * DAY)
    return CaseRow(source, 0, 1, 0, round(arrive * DAY), left, "done", False, -1, {}, 0.0)


def result(name: str = "now", values: tuple[float, ...] = (1.0, 3.0), of: str = "idea") -> Result:
    runs = tuple(
        Replication(
            i,
            [Measure("time_value_adding", "case", of, "h", value)],
            tables.cases_of(PLAN, i, [case(20, 25)]),
        )
        for i, value in enumerate(values)
    )
    return Result(name, PLAN, 5, "simpy", runs)


def write(out: Path, *results: Result) -> Path:
    texts = {each.name: f"name: {each.name}\n" for each in results}
    return write_run(results, out=out, command="sim run x.yaml", scenario_texts=texts, elapsed_s=2.5)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_folder_has_every_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "results", result())
    assert list((tmp_path / "results").iterdir()) == [folder]
    assert names(folder) == {
        "manifest.json",
        "scenarios/now.yaml",
        "cases.parquet",
        "replications.parquet",
        "summary.json",
        "summary.csv",
        "time_spent.png",
        "lead_time.png",
    }


def test_manifest_says_what_made_the_run(tmp_path: Path) -> None:
    folder = write(tmp_path, replace(result(), is_complete=False))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {"sim", "python", "simpy", "numpy", "scipy", "polars"} <= set(manifest["versions"])
    assert (manifest["seed"], manifest["engine"], manifest["command"]) == (5, "simpy", "sim run x.yaml")
    assert (manifest["elapsed_s"], manifest["complete"]) == (2.5, False)
    assert datetime.fromisoformat(manifest["started"]).strftime("%Y-%m-%dT%H%M%S") == folder.name[:17]
    text = (folder / "scenarios/now.yaml").read_bytes()
    assert text == b"name: now\n"
    assert manifest["scenarios"] == [
        {
            "name": "now",
            "file": "scenarios/now.yaml",
            "sha256": sha256(text).hexdigest(),
            "replications": 2,
            "complete": False,
        }
    ]


def test_summary_has_the_means_and_intervals(tmp_path: Path) -> None:
    folder = write(tmp_path, result())
    (row,) = json.loads((folder / "summary.json").read_text())["metrics"]
    assert (row["scenario"], row["metric"], row["kind"], row["of"]) == (
        "now",
        "time_value_adding",
        "case",
        "idea",
    )
    assert (row["unit"], row["mean"], row["n"]) == ("h", 2.0, 2)
    assert row["low"] == pytest.approx(2 - 12.706, abs=1e-3)
    with (folder / "summary.csv").open(newline="") as file:
        (line,) = csv.DictReader(file)
    assert line == {key: str(value) for key, value in row.items()}
    assert row["censored"] is False


def test_tables_of_scenarios_are_one_table(tmp_path: Path) -> None:
    folder = write(tmp_path, result("now"), result("then", (5.0,)))
    table = polars.read_parquet(folder / "replications.parquet")
    assert table.select("scenario", "replication", "value").rows() == [
        ("now", 0, 1),
        ("now", 1, 3),
        ("then", 0, 5),
    ]
    assert polars.read_parquet(folder / "cases.parquet")["scenario"].to_list() == ["now", "now", "then"]


def test_events_are_written_if_there_are_any(tmp_path: Path) -> None:
    row: tuple[object, ...] = tuple(
        "x" if name in ("source", "event", "info", "path") else 1 for name in EVENT_COLUMNS
    )
    logged = replace(
        result(), runs=(Replication(0, [], tables.cases_of(PLAN, 0, []), tables.events_of([row])),)
    )
    folder = write(tmp_path, logged)
    assert polars.read_parquet(folder / "events.parquet").columns == ["scenario", *EVENT_COLUMNS]


def test_text_that_looks_like_a_formula_is_inert_in_csv(tmp_path: Path) -> None:
    folder = write(tmp_path, result("=1+1", (-2.0, -2.0), of="@x"))
    with (folder / "summary.csv").open(newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["scenario"], line["of"], line["mean"]) == ("'=1+1", "'@x", "-2.0")


def test_two_writes_never_collide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Frozen(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime(2026, 11, 24, 3, 12, tzinfo=tz)

    luck = iter(["aaaa", "aaaa", "aaaa", "bbbb"])
    monkeypatch.setattr(run_folder, "datetime", Frozen)
    monkeypatch.setattr(run_folder.secrets, "token_hex", lambda n: next(luck))
    first = write(tmp_path, result())
    before = (first / "summary.json").read_bytes()
    (tmp_path / ".2026-11-24T031157-now-aaaa.partial").mkdir()  # somebody is at it
    second = write(tmp_path, result(values=(9.0,)))
    assert (first.name, second.name) == ("2026-11-24T031157-now-aaaa", "2026-11-24T031157-now-bbbb")
    assert (first / "summary.json").read_bytes() == before


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    kept = write(tmp_path, result())
    monkeypatch.setattr(run_folder, "_draw", fail)
    with pytest.raises(type(error)):
        write(tmp_path, result())
    assert list(tmp_path.iterdir()) == [kept]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b", "a-b"),
        ("../..", "scenario"),
        ("Café now", "cafe-now"),
        ("状態", "scenario"),
        ("x" * 300, "x" * 48),
    ],
)
def test_names_are_made_safe(tmp_path: Path, name: str, safe: str) -> None:
    assert slug(name) == safe


def test_long_names_and_names_with_slashes_can_be_written(tmp_path: Path) -> None:
    folder = write(tmp_path, result("a/b" * 100), result("a-b" * 100), result("../up"))
    assert folder.parent == tmp_path
    assert len(list((folder / "scenarios").iterdir())) == 3


def test_a_scenario_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no text for 'now'"):
        write_run([result()], out=tmp_path / "r", command="", scenario_texts={}, elapsed_s=0)
    assert not (tmp_path / "r").exists()


def test_what_needs_cases_is_left_out_where_they_were_not_kept(tmp_path: Path) -> None:
    runs = tuple(replace(run, cases=None) for run in result().runs)
    folder = write(tmp_path, result(), replace(result("large"), runs=runs))
    names = {path.name for path in folder.iterdir()}
    assert {"time_spent.png", "replications.parquet"} <= names
    assert not {"cases.parquet", "lead_time.png"} & names
