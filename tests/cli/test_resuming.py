"""A run that was killed is gone on with, and nobody can tell it from one that was not."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from .conftest import FORM, OFFICE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as a system sends them")

SIM = [sys.executable, "-m", "sim"]
WHOLE = ("replications.parquet", "cases.parquet", "events.parquet", "summary.json", "summary.csv")
RUN = ("run", "office.yaml", "-n", "24", "--events")
COMPARE = ("compare", "office.yaml", "form.yaml", "-n", "12", "--events", "--seed", "3")
LONG = ("run", "office.yaml", "-n", "100000")


def call(office: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SIM, *arguments], cwd=office, capture_output=True, text=True, timeout=120)


def killed(office: Path, *arguments: str, after: int = 3, by: int = signal.SIGKILL) -> Path:
    """Start a command, send it a signal when so many replications are finished, and give its folder."""
    process = subprocess.Popen(
        [*SIM, *arguments], cwd=office, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + 60
    while len(pieces(office)) < after:
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < end, "it is too slow"
        time.sleep(0.002)
    process.send_signal(by)
    process.wait(timeout=60)
    (folder,) = (office / "results").iterdir()
    return folder


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office in which a run was killed, and that has the whole one too, in `whole`; not to be changed."""
    office = tmp_path_factory.mktemp("begun")
    for name, text in (("office", OFFICE), ("form", FORM)):
        (office / f"{name}.yaml").write_text(text, encoding="utf-8")
    killed(office, *RUN, "--jobs", "1", after=5)
    call(office, *RUN, "--jobs", "1", "--out", "whole")
    return office


@pytest.fixture
def left(begun: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A copy of that office, and the folder of the run that was killed."""
    office = tmp_path / "office"
    shutil.copytree(begun, office)
    (folder,) = (office / "results").iterdir()
    return office, folder


def pieces(office: Path) -> list[Path]:
    return sorted((office / "results").glob("*/resume/*.zip"))


def same(first: Path, second: Path, *more: str) -> None:
    for name in (*WHOLE, *more):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    told = [json.loads((folder / "manifest.json").read_text()) for folder in (first, second)]
    for each in told:
        for key in ("started", "elapsed_s", "command"):
            del each[key]
    assert told[0] == told[1]


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("command", [RUN, COMPARE], ids=["run", "compare"])
def test_a_killed_run_is_gone_on_with_to_the_same_bytes(office, command, jobs):
    folder = killed(office, *command, "--jobs", jobs)
    assert folder.name.startswith(".") and folder.name.endswith(".partial")
    finished = {path.name for path in pieces(office)}
    # options that are not given are those of the run, and it may have other workers
    files = [each for each in command[:3] if each.endswith(".yaml")]
    done = call(office, command[0], *files, "--resume", str(folder), "--jobs", "1")
    assert done.returncode == 0, done.stderr
    (resumed,) = (office / "results").iterdir()
    assert resumed.name == folder.name.removeprefix(".").removesuffix(".partial")
    assert not (resumed / "resume").exists()
    assert len(finished) < 24
    whole = call(office, *command, "--jobs", "1", "--out", "whole")
    same(resumed, next((office / "whole").iterdir()), *(["differences.json"] if command is COMPARE else []))
    assert done.stdout == whole.stdout


def test_an_interrupted_run_is_gone_on_with_under_its_own_name(office):
    folder = killed(office, *RUN, "--jobs", "1", by=signal.SIGINT)
    assert json.loads((folder / "manifest.json").read_text())["complete"] is False
    done = call(office, "run", "office.yaml", "--resume", str(folder), "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (office / "results").iterdir()] == [folder.name]
    call(office, *RUN, "--jobs", "1", "--out", "whole")
    same(folder, next((office / "whole").iterdir()))


def test_only_what_is_missing_is_run_again(left):
    office, folder = left
    before = {path.name: path.stat().st_mtime_ns for path in pieces(office)}
    again = killed(
        office, "run", "office.yaml", "--resume", str(folder), "--jobs", "1", after=len(before) + 2
    )
    assert again == folder
    after = {path.name: path.stat().st_mtime_ns for path in pieces(office)}
    assert before.items() <= after.items()


def test_the_warm_up_asked_for_is_remembered(office):
    run = ("run", "office.yaml", "-n", "12", "--events", "--seed", "3", "--warm-up")
    folder = killed(office, *run, "10 days", "--jobs", "1")
    refused = call(office, *run, "1 days", "--resume", str(folder))
    assert "warm_up: 10 days there, 1 days now" in refused.stderr
    done = call(office, "run", "office.yaml", "--resume", str(folder), "--jobs", "1")
    assert done.returncode == 0, done.stderr
    call(office, *run, "10 days", "--jobs", "1", "--out", "whole")
    (kept,) = (path for path in (office / "results").iterdir() if not path.name.startswith("."))
    (whole,) = (office / "whole").iterdir()
    same(kept, whole)


def test_a_killed_run_leaves_no_process_behind(office):
    killed(office, *LONG, "--jobs", "2")
    end = time.monotonic() + 20
    while at_work_in(office):
        assert time.monotonic() < end, "its workers are still there"
        time.sleep(0.1)


def at_work_in(folder: Path) -> list[str]:
    """Processes whose working directory that is."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (each / "cwd").readlink() == folder:
                found.append(each.name)
    return found


def test_a_damaged_piece_is_run_again(left):
    office, folder = left
    first, second, third, *_ = pieces(office)
    first.write_bytes(first.read_bytes()[:-40])
    broken = bytearray(second.read_bytes())
    broken[len(broken) // 2] ^= 0xFF
    second.write_bytes(broken)
    third.write_bytes((folder / "resume" / pieces(office)[3].name).read_bytes())  # of another replication
    done = call(office, "run", "office.yaml", "--resume", str(folder), "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert "3 replications found were damaged, and run again" in done.stderr
    (resumed,) = (office / "results").iterdir()
    same(resumed, next((office / "whole").iterdir()))


@pytest.mark.parametrize(
    ("arguments", "change", "words"),
    [
        (("run", "office.yaml", "--seed", "2"), None, "seed: 1 there, 2 now"),
        (("run", "office.yaml", "-n", "25"), None, "replications: 24 there, 25 now"),
        (("run", "office.yaml", "--precision", "5%"), None, "precision: None there, 0.05 now"),
        (("run", "form.yaml"), None, "scenarios: Small office there, A form that checks itself now"),
        (("run", "office.yaml"), ("rate: 1 per d", "rate: 2 per d"), "scenario 'Small office' has changed"),
    ],
)
def test_another_run_is_refused_and_told_from_this_one(left, arguments, change, words):
    office, folder = left
    before = pieces(office)
    if change:
        file = office / "office.yaml"
        file.write_text(file.read_text().replace(*change))
    done = call(office, *arguments, "--resume", str(folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{folder}: this is not the run that was begun there:" in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert pieces(office) == before


def test_a_run_of_another_program_is_refused(left):
    office, folder = left
    asked = folder / "resume" / "asked.json"
    told = json.loads(asked.read_text())
    asked.write_text(json.dumps({**told, "versions": {**told["versions"], "numpy": "1.0"}}))
    done = call(office, "run", "office.yaml", "--resume", str(folder))
    assert done.returncode == 2
    assert re.search(r"numpy: 1\.0 there, \S+ now", done.stderr)
    asked.write_text(json.dumps({**told, "source": "0"}))
    done = call(office, "run", "office.yaml", "--resume", str(folder))
    assert "sim itself has changed since, under the same version number" in done.stderr
    asked.write_text("{")
    done = call(office, "run", "office.yaml", "--resume", str(folder))
    assert done.returncode == 2
    assert "it cannot be read: it is damaged, or another version of sim wrote it" in done.stderr


def test_two_processes_cannot_work_on_one_folder(office):
    folder = killed(office, *LONG, "--jobs", "1")
    first = subprocess.Popen(
        [*SIM, "run", "office.yaml", "--resume", str(folder), "--jobs", "1"],
        cwd=office,
        stderr=subprocess.DEVNULL,
    )
    try:
        n = len(pieces(office))
        while len(pieces(office)) <= n:  # it is at work
            assert first.poll() is None
            time.sleep(0.01)
        second = call(office, "run", "office.yaml", "--resume", str(folder))
        assert second.returncode == 2
        assert "another process is working on this run" in second.stderr
        assert first.poll() is None
    finally:
        first.kill()
        first.wait(timeout=60)


def test_who_starts_a_killed_run_again_is_told_of_it(left):
    office, folder = left
    n = len(pieces(office))
    again = call(office, *RUN, "--jobs", "1")
    name = folder.name.removeprefix(".").removesuffix(".partial")
    assert f"a run like this one was broken off, with {n} of its replications finished" in again.stderr
    assert f"--resume results/{name}" in again.stderr
    other = call(office, "run", "office.yaml", "-n", "1")
    assert "broken off" not in other.stderr


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("results/none", "there is no such run folder"),
        (".", "this is no run folder of sim"),
    ],
)
def test_what_is_no_run_is_refused(office, folder, words):
    done = call(office, "run", "office.yaml", "--resume", folder)
    assert done.returncode == 2
    assert words in done.stderr
    assert not (office / "results").exists()


def test_a_complete_run_is_not_gone_on_with(office):
    call(office, "run", "office.yaml", "-n", "1", "--jobs", "1")
    (folder,) = (office / "results").iterdir()
    before = sorted(path.name for path in folder.iterdir())
    done = call(office, "run", "office.yaml", "--resume", str(folder))
    assert done.returncode == 2
    assert "nothing is left to do there: the run is complete" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_run_that_cannot_go_on_leaves_nothing(office):
    stuck = (office / "office.yaml").read_text().replace("work: 4 h", "work: 4 h, batch: {exactly: 100000}")
    (office / "stuck.yaml").write_text(stuck.replace("rate: 1 per d", "backlog: 3"))
    done = call(office, "run", "stuck.yaml", "--jobs", "1")
    assert done.returncode == 2, done.stderr
    assert "nothing can happen any more" in done.stderr
    assert list((office / "results").iterdir()) == []
