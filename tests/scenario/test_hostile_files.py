"""Files that are none, or that nobody should open: refused at once, in plain words, with nothing written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from sim.cli.main import main
from sim.errors import ScenarioError
from sim.scenario.load import load


def words(path: Path | str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


def test_devices_and_pipes_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "this is not an ordinary file" in words(tmp_path / "pipe.yaml")
    assert "this is not an ordinary file" in words("/dev/zero")


def test_a_folder_a_missing_file_and_an_impossible_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text("x: 1\n", encoding="utf-8")
    assert "this is a folder" in words(tmp_path)
    assert "there is no such file" in words(tmp_path / "none.yaml")
    assert "there is no such file" in words(tmp_path / "file.yaml" / "below.yaml")
    assert "there is no such file" in words("a\0b.yaml")
    assert "the file cannot be read: File name too long" in words("x" * 5000)


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text("x: 1\n", encoding="utf-8")

    def refuse(self: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "the file cannot be read: Permission denied." in words(path)


CONTENTS = [
    (b"", "the file is empty"),
    (b"# only a comment\n", "the file is empty"),
    (b"- a\n- b\n", "a scenario is a map of keys"),
    (b"just words\n", "a scenario is a map of keys"),
    (b"\x00\x01\x02", "it holds NUL bytes"),
    ("name: x\n".encode("utf-16"), "it holds NUL bytes"),
    ("name: café\n".encode("latin-1"), ":1:10\n  this file is not UTF-8"),
    (b"name: a\x1b[31m\n", "does not belong in text"),
    (rb'name: "a\e[31m"' + b"\n", "does not belong in text"),
    (rb'name: "\ud83d"' + b"\n", "does not belong in text"),
    (b"x: 1\n" + b"#" * 1024 * 1024, "larger than 1 MiB"),
]


@pytest.mark.parametrize(("content", "message"), CONTENTS)
def test_what_is_no_scenario_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "s.yaml").write_bytes(content)
    found = words(tmp_path / "s.yaml")
    assert message in found
    assert found.replace("\n", "").isprintable()


@pytest.mark.parametrize("command", [["check"], ["run", "-n", "2", "--out", "out"]])
def test_the_command_ends_with_2_and_writes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    (tmp_path / "s.yaml").write_text("teams: {desk: {sise: 2}}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["sim", *command, "s.yaml"])
    with pytest.raises(SystemExit) as caught:
        main()
    told = capsys.readouterr()
    assert caught.value.code == 2
    assert "s.yaml:1:16: teams.desk.sise\n  no key is called 'sise' here." in told.err
    assert "Traceback" not in told.err and told.out == ""
    assert [file.name for file in tmp_path.iterdir()] == ["s.yaml"]
