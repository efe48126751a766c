"""`sim explain`: what it prints and leaves, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import polars
import pytest

from sim.cli.gains_text import bought, cell
from sim.cli.layout import Scale
from sim.experiment.intervals import Interval

MACHINE = """
patch: A machine that registers
base: office.yaml
changes: Nobody registers.
economics: {costs: {machine: {amount: 2 k}}}
flows: {prepare: {steps: {register: {wait: 6 min, calendar: always}}}}
"""


@pytest.fixture
def folder_of(office: Path):
    def only() -> Path:
        (folder,) = (office / "results").iterdir()
        return folder

    return only


def test_it_says_what_costs_most_and_shows_cause_by_cause(command, folder_of):
    result = command(
        "explain", "office.yaml", "-n", "2", "--only", "team", "--only", "returns", "--jobs", "1"
    )
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0].startswith("Small office: request takes ")
    rows = {line.split("  ")[0]: line for line in lines if "±" in line}
    assert {"one more in clerks", "clerks unlimited", "no returns from check"} <= set(rows)
    assert "NPV [k EUR]" in result.stdout and "more live a year" in result.stdout
    assert "Not told: experts unlimited: its members own cases" in " ".join(lines).replace("\n", " ")
    assert "patches" not in result.stdout

    folder = folder_of()
    assert "-explain-small-office-" in folder.name
    table = polars.read_parquet(folder / "causes.parquet")
    assert set(table["cause"]) == {
        "one more in clerks",
        "one more in experts",
        "clerks unlimited",
        "no returns from check",
    }
    assert (folder / "causes.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (folder / "causes.svg").read_bytes()[:600]
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["kind"] == "explain"


def test_patches_are_told_apart_with_a_sentence_each(command, office, folder_of):
    (office / "machine.yaml").write_text(MACHINE, encoding="utf-8")
    result = command("explain", "office.yaml", "form.yaml", "machine.yaml", "-n", "2", "--only", "patches")
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "What its 2 parts contribute" in text
    assert "A form that checks itself alone buys " in text and "A machine that registers alone buys " in text
    assert "all together" in text and "Shapley share" in text
    folder = folder_of()
    assert (folder / "patches.png").is_file() and not (folder / "causes.png").exists()
    subsets = polars.read_parquet(folder / "subsets.parquet")
    assert subsets["parts"].n_unique() == 4


def test_a_patch_that_changes_nothing_buys_nothing_and_costs_its_price(document):
    found = document("explain", "nothing.yaml", "-n", "2", "--only", "patches")
    (part,) = found["patches"]["each"]
    assert part["part"] == "A new name for the form"
    assert part["alone"]["lead_time"] == {"mean": 0.0, "low": 0.0, "high": 0.0, "n": 2}
    assert part["share"]["npv"]["mean"] == -5_000


def test_the_document_that_is_printed_is_that_which_is_kept(document, folder_of):
    found = document("explain", "office.yaml", "-n", "1", "--only", "returns", "--of", "prepare")
    assert (found["of"], found["kind"], found["complete"]) == ("prepare", "flow", True)
    (cause,) = found["causes"]
    assert cause["changes"] == {"flows.prepare.steps.check.then.wrong.p": "0%"}
    assert cause["gains"]["lead_time"]["mean"] > 0
    assert json.loads((folder_of() / "result.json").read_text("utf-8")) == found


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("office.yaml", "--only", "teams"), "there is no such group of causes. Did you mean 'team'?"),
        (
            ("office.yaml", "--of", "requests"),
            "neither a case type nor a flow is called so. Did you mean 'request'?",
        ),
        (("office.yaml", "--only", "patches"), "this scenario is not made of patches"),
        (("office.yaml", "-n", "0"), "0 is not in the range"),
        (("offices.yaml",), "offices.yaml"),
    ],
)
def test_mistakes_are_told_in_words(office, monkeypatch, capsys, arguments, words):
    from sim.cli import main

    monkeypatch.chdir(office)
    monkeypatch.setattr("sys.argv", ["sim", "explain", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    assert words in " ".join(capsys.readouterr().err.split())
    assert not (office / "results").exists()


def test_a_place_that_cannot_be_written_to_does_not_lose_what_is_printed(command, office):
    (office / "taken").write_text("a file")
    result = command("explain", "office.yaml", "-n", "1", "--only", "returns", "--out", "taken/in")
    assert result.exit_code == 2
    assert "no returns from check" in result.stdout and "name another folder with --out" in result.stderr


def test_an_interrupt_keeps_the_causes_that_were_finished(command, folder_of, monkeypatch):
    from sim.experiment.explain import explaining

    ran: list[str] = []

    def stopped(self, scenario, progress=None, beside=None, run=explaining.Runner.__call__):
        ran.append(scenario.name)
        if len(ran) == 3:
            raise KeyboardInterrupt
        return run(self, scenario, progress, beside)

    monkeypatch.setattr(explaining.Runner, "__call__", stopped)
    result = command("explain", "office.yaml", "-n", "1", "--only", "team")
    assert result.exit_code == 130
    assert "interrupted: only the causes that were finished are told (1)" in result.stderr
    folder = folder_of()
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["complete"] is False
    assert polars.read_parquet(folder / "causes.parquet")["cause"].unique().to_list() == [
        "one more in clerks"
    ]


def test_gains_are_told_with_how_sure_they_are():
    days = Scale(0.125, "d")
    assert bought(Interval(8.0, 4.0, 12.0, 5), days) == "1.00 d (0.50 to 1.50)"
    assert bought(Interval(8.0, None, None, 1), days) == "1.00 d (one replication: may be chance)"
    assert bought(Interval(8.0, 8.0, 8.0, 5), days) == "1.00 d in every replication"
    assert cell(Interval(-8.0, -12.0, -4.0, 5), 0.125) == "−1.00 ± 0.50"
    assert cell(Interval(0.0, 0.0, 0.0, 5), 1.0) == "0"
    assert cell(Interval(None, None, None, 0), 1.0) == "–"


def test_an_interrupt_before_anything_was_found_keeps_nothing(command, office, monkeypatch):
    from sim.experiment.explain import explaining

    def stopped(self, scenario, progress=None, beside=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(explaining.Runner, "__call__", stopped)
    result = command("explain", "office.yaml", "-n", "1")
    assert result.exit_code == 130
    assert result.stdout == "" and "nothing to show or to keep" in result.stderr
    assert not (office / "results").exists()


def test_of_what_does_not_settle_that_is_said(command, office):
    busy = (office / "office.yaml").read_text("utf-8").replace("rate: 1 per d", "rate: 6 per d")
    (office / "busy.yaml").write_text(busy, encoding="utf-8")
    result = command("explain", "busy.yaml", "-n", "2", "--only", "returns")
    assert "It does not settle" in result.stdout
    assert (
        "It does not settle" not in command("explain", "office.yaml", "-n", "2", "--only", "returns").stdout
    )
