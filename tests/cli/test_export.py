"""`sim export`: which log it writes where, and what it refuses without writing."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest

TRACE = "{http://www.xes-standard.org/}trace"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder; nothing in it is changed but what is exported."""
    from click.testing import CliRunner

    from sim.cli.main import cli

    from .conftest import FORM, OFFICE

    folder = tmp_path_factory.mktemp("office")
    (folder / "office.yaml").write_text(OFFICE, encoding="utf-8")
    (folder / "form.yaml").write_text(FORM, encoding="utf-8")
    files = [str(folder / "office.yaml"), str(folder / "form.yaml")]
    options = ["-n", "2", "--jobs", "1", "--out", str(folder / "runs")]
    made = CliRunner().invoke(cli, ["compare", *files, *options])
    assert made.exit_code == 0, made.output
    (found,) = (folder / "runs").iterdir()
    return found


def cases(path: Path) -> list[str]:
    """The names of the cases of an XES file."""
    return [
        str(each.attrib["value"])
        for trace in ElementTree.parse(path).getroot().iter(TRACE)
        for each in trace[:1]
    ]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_both_formats_tell_the_same_cases_of_the_first_replication(command, run):
    done = command("export", str(run), "--xes", "--csv")
    assert done.exit_code == 0, done.output
    named = cases(run / "events.xes")
    assert named and all(name.startswith("0/request/") for name in named)
    assert named == list(dict.fromkeys(row["case_id"] for row in rows(run / "events.csv")))
    assert f"events.xes: {len(named)} cases" in done.output


def test_a_scenario_and_replications_can_be_chosen(command, run, tmp_path):
    options = ("--scenario", "A form that checks itself", "--csv")
    one = tmp_path / "one.csv"
    assert command("export", str(run), *options, "--replication", "1", "--out", str(one)).exit_code == 0
    assert {row["case_id"].split("/")[0] for row in rows(one)} == {"1"}
    every = tmp_path / "all.csv"
    assert command("export", str(run), *options, "--all", "--out", str(every)).exit_code == 0
    assert [row for row in rows(every) if row["case_id"].startswith("1/")] == rows(one)
    assert {row["case_id"].split("/")[0] for row in rows(every)} == {"0", "1"}
    today = tmp_path / "today.csv"
    assert command("export", str(run), "--replication", "1", "--out", str(today)).exit_code == 0
    assert rows(today) != rows(one)


def test_the_ending_of_a_file_says_its_format_and_the_other_stands_beside_it(command, run, tmp_path):
    done = command("export", str(run), "--csv", "--out", str(tmp_path / "log.xes"))
    assert done.exit_code == 0, done.output
    assert {path.name for path in tmp_path.glob("log.*")} == {"log.xes", "log.csv"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "--xes for process-mining tools, --csv for spreadsheets"),
        (["--out", "log.txt"], "end its name with .xes or .csv"),
        (["--out", "nowhere/log.xes"], "there is no folder nowhere"),
        (["--xes", "--all", "--replication", "1"], "give one of them"),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_what_is_admissible(command, run, office, options, says):
    before = {path.name for path in run.iterdir()}
    done = command("export", str(run), *options)
    assert done.exit_code == 2 and says in done.output
    assert {path.name for path in run.iterdir()} == before and not list(office.glob("log.*"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--replication", "7"], "has no replication 7; it has 0 to 1"),
        (
            ["--scenario", "Tomorrow"],
            "is called 'Tomorrow'. There are: 'Small office'",
        ),
    ],
)
def test_what_the_run_has_not_is_named_with_what_it_has(run, tmp_path, monkeypatch, capsys, options, says):
    from sim.cli.main import main

    out = tmp_path / "log.xes"
    monkeypatch.setattr("sys.argv", ["sim", "export", str(run), "--out", str(out), *options])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2 and says in capsys.readouterr().err
    assert not list(tmp_path.glob("*log*"))


def test_a_full_disk_leaves_what_was_there_and_nothing_half_written(command, run, tmp_path, monkeypatch):
    from sim.report import process_mining

    (tmp_path / "log.xes").write_text("the log of yesterday", encoding="utf-8")

    def full(result: object, path: Path, **_: object) -> int:
        path.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(process_mining, "write_xes", full)
    done = command("export", str(run), "--out", str(tmp_path / "log.xes"))
    assert done.exit_code == 2
    assert "No space left on device" in done.output and "--out" in done.output
    assert {path.name for path in tmp_path.iterdir() if "log" in path.name} == {"log.xes"}
    assert (tmp_path / "log.xes").read_text(encoding="utf-8") == "the log of yesterday"
