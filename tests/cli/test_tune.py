"""`sim tune`: what it prints and keeps, what it refuses, and how it is gone on with."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars
import pytest
from click.testing import CliRunner

from sim.cli.main import cli, main

ASKED = ("--vary", "clerks=1..3", "--promise", "P85 of lead time of request <= 5 d")


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What a search printed, and its folder."""
    from .conftest import OFFICE

    folder = tmp_path_factory.mktemp("tuned")
    (folder / "office.yaml").write_text(OFFICE, encoding="utf-8")
    out = folder / "results"
    ran = CliRunner().invoke(cli, ["tune", str(folder / "office.yaml"), *ASKED, "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    (kept,) = out.iterdir()
    return ran.stdout, kept


def test_it_says_what_is_best_how_sure_that_is_and_what_one_more_is_worth(tuned: tuple[str, Path]) -> None:
    text = " ".join(tuned[0].split())
    assert "the least cost over 1 year (present value), such that P85 of lead time of request <= 5 d" in text
    assert "The best: as today. Its present value of costs over 1 year is" in text
    assert re.search(r"With 95 % confidence it misses no promise by more than 2 % of its bound", text)
    assert "clerks 2 → 3" in text
    assert "experts 1 → 2" in text
    assert all(len(line) <= 100 for line in tuned[0].splitlines())


def test_it_leaves_a_document_tables_pictures_and_what_made_them(tuned: tuple[str, Path]) -> None:
    _, folder = tuned
    document = json.loads((folder / "result.json").read_text())
    assert document["best"]["setting"] == {"clerks.size": 2}
    assert document["is_sure"]
    table = polars.read_parquet(folder / "candidates.parquet")
    assert table["clerks.size"].to_list() == sorted(table["clerks.size"])
    names = {path.name for path in folder.iterdir()}
    assert {"frontier.png", "frontier.svg", "marginal_worth.png", "marginal.csv", "manifest.json"} <= names
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["kind"], manifest["seed"], manifest["complete"]) == ("tune", 1, True)
    assert (folder / "scenarios" / "small-office.yaml").is_file()
    assert not (folder / "resume").exists()


def test_json_is_the_document_that_is_kept(office: Path, tmp_path: Path) -> None:
    asked = ["tune", str(office / "office.yaml"), "--vary", "clerks=2..3", "--maximise", "npv", "--json"]
    ran = CliRunner().invoke(
        cli, [*asked, "--out", str(tmp_path / "results"), "--delta", "20 k", "--budget", "40"]
    )
    assert ran.exit_code == 0, ran.output
    (folder,) = (tmp_path / "results").iterdir()
    told = json.loads(ran.stdout)
    assert told == json.loads((folder / "result.json").read_text())
    assert told["goal"] == "npv"
    assert told["delta"] == 20_000


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--vary", "clerk=1..2"), "Did you mean 'clerks.size'?"),
        (("--vary", "clerks=5..2"), "the least comes first"),
        (("--promise", "lead time of requests <= 3 d"), "Did you mean 'request'?"),
        (("--promise", "lead_tim:request <= 3 d"), "Did you mean 'lead_time'?"),
        (("--budget", "0"), "budget: found 0; it is replications in all"),
        (("--delta", "3 d"), "--delta '3 d'"),
        (("--delta", "0"), "an amount of money above 0"),
        (("--tolerance", "0"), "a share above 0 and below 1"),
        (("--minimise", "cost", "--maximise", "npv"), "two objectives: give one of them"),
        (("--minimise", "time"), "'time' is not 'cost'"),
        (("-n", "1"), "an interval takes 2 or more"),
        (("--resume", "nowhere"), "there is no such run folder"),
    ],
)
def test_a_mistake_is_told_in_words_with_exit_code_2(
    office: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(office)
    base = ("--promise", "lead_time:request <= 3 d")
    monkeypatch.setattr("sys.argv", ["sim", "tune", "office.yaml", *base, *options])
    with pytest.raises(SystemExit) as stop:
        main()
    heard = capsys.readouterr()
    assert stop.value.code == 2
    assert words in heard.err
    assert heard.out == ""
    assert [each.name for each in (office / "results").glob("*")] == []


def test_promises_that_nothing_keeps_name_the_nearest_and_by_how_much(office: Path, tmp_path: Path) -> None:
    asked = ["tune", str(office / "office.yaml"), "--vary", "clerks=2..3", "--out", str(tmp_path / "results")]
    ran = CliRunner().invoke(cli, [*asked, "--promise", "lead_time:request <= 1 h", "--budget", "60"])
    text = " ".join(ran.stdout.split())
    assert ran.exit_code == 0
    assert "No staffing within the bounds keeps the promises. The nearest is clerks 3 instead of 2" in text
    assert re.search(r"lead time of request is [\d.]+ h \([\d.]+ h to [\d.]+ h\) where 1 h is promised", text)


@pytest.mark.skipif(os.name != "posix", reason="signals as a terminal sends them")
def test_a_search_that_was_interrupted_goes_on_and_ends_as_it_would_have(
    office: Path, tuned: tuple[str, Path]
) -> None:
    command = [sys.executable, "-m", "sim", "tune", "office.yaml", *ASKED]
    process = subprocess.Popen(command, cwd=office, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not any(path.read_bytes().count(b"\n") > 8 for path in office.glob("results/.*/resume/*.jsonl")):
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < end, "it is too slow"
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, heard = process.communicate(timeout=60)
    assert process.returncode == 130
    (folder,) = (office / "results").iterdir()
    assert f"add --resume results/{folder.name}" in heard
    assert json.loads((folder / "manifest.json").read_text())["incomplete"] == "interrupted"
    ran = subprocess.run([*command, "--resume", str(folder)], cwd=office, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert (folder / "candidates.csv").read_text() == (tuned[1] / "candidates.csv").read_text()
    assert ran.stdout == tuned[0]
