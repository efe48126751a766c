"""A person's mistakes: told in words, with what to do, and exit code 2."""

from __future__ import annotations

import pytest

from sim.cli.main import main


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "nowhere.yaml"), "there is no such file"),
        (("run", "."), "this is a folder. Name a scenario file in it."),
        (("run", "office.yaml", "--jobs", "0"), "a number of processes, 1 or more, or -1: one per core"),
        (("run", "office.yaml", "--precision", "0"), "a share above 0 and below 1, such as 2%"),
        (("run", "office.yaml", "--seed", "-1"), "-1 is not in the range"),
        (("run", "office.yaml", "-n", "0"), "0 is not in the range"),
        (("run", "office.yaml", "--out", "office.yaml"), "is a file"),
        (("run", "office.yaml", "--engine", "simp"), "'simp' is not one of 'auto', 'compiled', 'simpy'"),
        (("run", "office.yaml", "--seeed", "1"), "Did you mean '--seed'?"),
        (("compare", "office.yaml"), "Missing argument 'OTHERS...'"),
        (("rum", "office.yaml"), "no command is called 'rum'. Commands: animate, check, compare, "),
        (("rum", "office.yaml"), "verify, warm-up. Did you mean 'run'?"),
        (("init", "office.yaml"), "office.yaml/scenario.yaml cannot be written"),
    ],
)
def test_a_mistake_is_told_in_words_with_exit_code_2(office, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(office)
    monkeypatch.setattr("sys.argv", ["sim", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    heard = capsys.readouterr()
    assert stop.value.code == 2
    assert words in heard.err
    assert heard.out == ""
    assert "Traceback" not in heard.err
    assert not (office / "results").exists()


def test_a_starter_is_never_written_over(command, office):
    (office / "there").mkdir()
    (office / "there" / "other.txt").write_text("mine")
    assert command("init", "there").exit_code == 0
    written = (office / "there" / "scenario.yaml").read_text()
    again = command("init", "there")
    assert again.exit_code == 2
    assert "exists already; nothing was written. Name another folder." in again.output
    assert (office / "there" / "scenario.yaml").read_text() == written
    assert (office / "there" / "other.txt").read_text() == "mine"
