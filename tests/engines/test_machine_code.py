"""The file of machine code: whatever has happened to it, or to its folder, a run goes on rightly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.engines.compiled_engine import compiling, machine_code
from sim.engines.compiled_engine.machine_code import MachineCode, file_name, read_code, write_code
from tests.engines.conftest import NETWORK

NAME = "loop.code"
SOME = MachineCode("run", ("exp", "log"), bytes(range(256)) * 3)

PROGRAM = """
import logging, sys
from pathlib import Path
from sim.engines import compiled_engine
from sim.engines.compiled_engine import compiling, machine_code
from sim.plan import compile_plan
from sim.scenario.load import load

logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stdout)
if len(sys.argv) > 2:  # what takes 20 s to compile is taken from a folder
    def compiled_code(folders=machine_code.folders):
        try:
            machine_code.folders = lambda: [Path(sys.argv[2])]
            return machine_code.read_code(machine_code.file_name(compiling.fingerprint()))
        finally:
            machine_code.folders = folders
    compiling.compiled_code = compiled_code
facts = compiled_engine.run(compile_plan(load(sys.argv[1])), seed=1, replication=0, keep_log=True)
print(len(facts.cases), hash(tuple(map(str, facts.events))))
print("numba" in sys.modules)
"""


@pytest.fixture(scope="module", autouse=True)
def code() -> MachineCode:
    """The machine code of the loop, from where it usually stands."""
    compiling.compiled_loop()
    found = read_code(file_name(compiling.fingerprint()))
    assert found is not None
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for machine code."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "code"))
    return tmp_path / "code"


def test_what_was_kept_is_read(home):
    assert read_code(NAME) is None
    assert write_code(NAME, SOME) == home / NAME
    assert read_code(NAME) == SOME
    assert [each.name for each in home.iterdir()] == [NAME]


@pytest.mark.parametrize(
    "damaged",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: b"garbage" * 100,
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda content: content.replace(b"exp", b"abc"),
        lambda content: b"\n\n\n",
    ],
)
def test_a_damaged_file_is_not_taken_for_code(home, damaged):
    write_code(NAME, SOME)
    before = (home / NAME).read_bytes()
    (home / NAME).write_bytes(damaged(before))
    assert (home / NAME).read_bytes() != before
    assert read_code(NAME) is None


def test_a_folder_that_cannot_be_written_is_passed_over(home, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    places = [tmp_path / "file" / "below", tmp_path / "second"]
    monkeypatch.setattr(machine_code, "folders", lambda: places)
    assert write_code(NAME, SOME) == tmp_path / "second" / NAME
    assert read_code(NAME) == SOME
    monkeypatch.setattr(machine_code, "folders", lambda: places[:1])
    assert write_code(NAME, SOME) is None
    assert read_code(NAME) is None


def test_code_stands_beside_the_program_or_at_home(monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    beside, at_home = machine_code.folders()
    assert beside == Path(machine_code.__file__).parent / "__pycache__"
    assert at_home == Path("/somewhere/sim")


def test_other_code_and_other_processors_have_other_files(monkeypatch):
    import llvmlite.binding

    assert file_name(1) == file_name(1) != file_name(2)
    here = file_name(1)
    monkeypatch.setattr(llvmlite.binding, "get_host_cpu_name", lambda: "another")
    assert file_name(1) != here


def test_code_that_refers_to_what_is_not_there_is_compiled_anew(home, monkeypatch):
    write_code(file_name(compiling.fingerprint()), MachineCode("run", ("no_such_function",), b"nothing"))
    monkeypatch.setattr(compiling, "compiled_code", lambda: SOME)
    monkeypatch.setattr(compiling, "linked", lambda code: code)
    assert compiling._loop.__wrapped__() is SOME
    assert read_code(file_name(compiling.fingerprint())) == SOME


# --- processes


def started(folder: Path, home: str, *arguments: str, program: str = PROGRAM) -> subprocess.Popen[str]:
    environment = {**os.environ, "NUMBA_CACHE_DIR": home, "PYTHONHASHSEED": "0"}
    return subprocess.Popen(
        [sys.executable, "-c", program, "scenario.yaml", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def told(process: subprocess.Popen[str]) -> list[str]:
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    return output.splitlines()


@pytest.fixture
def place(tmp_path, monkeypatch, code):
    """A folder with the scenario, the good machine code in `good`, and no other."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "good"))
    write_code(file_name(compiling.fingerprint()), code)
    (tmp_path / "scenario.yaml").write_text(NETWORK)
    return tmp_path


def test_a_start_from_the_file_needs_no_numba(place):
    *messages, figures, has_numba = told(started(place, "good"))
    assert messages == []
    assert int(figures.split()[0]) > 20
    assert has_numba == "False"


@pytest.mark.parametrize(
    ("content", "remark"),
    [
        (None, "next start reads it"),
        (b"garbage", "next start reads it"),
        ("folder", "every start will compile it"),
    ],
    ids=["none", "garbage", "unwritable"],
)
def test_processes_that_start_at_once_go_on_whatever_they_find(place, content, remark):
    """It is compiled, which is said, and comes to the same; the next one finds what they have kept."""
    *_, right, _ = told(started(place, "good"))
    where = place / "code"
    if content == "folder":
        where.write_text("in the way")
    else:
        where.mkdir()
        if content is not None:
            (where / file_name(compiling.fingerprint())).write_bytes(content)
    both = [told(process) for process in [started(place, "code", "good") for _ in range(2)]]
    said = [message for *messages, figures, _ in both for message in messages]
    assert [figures for *_, figures, _ in both] == [right, right]
    assert said  # the slower one may find what the other has kept
    assert all(remark in message for message in said)
    if content != "folder":
        *messages, figures, _ = told(started(place, "code"))
        assert (messages, figures) == ([], right)


SMALL = """
from __future__ import annotations

from sim.engines.compiled_engine.memory import Reals, Words, kernel, reals_at, words_at

@kernel
def begin_run(m: Words, f: Reals) -> None:
    m[0] = 40

@kernel
def run_items(m: Words, f: Reals, n: int) -> int:
    m[1] = m[0] + n
    return 7

@kernel
def close_run(m: Words, f: Reals) -> None:
    m[2] = m[1] + 100

@kernel
def run_task(memory: int, task: int, n: int) -> int:
    m, f = words_at(memory), reals_at(memory)
    begin_run(m, f)
    found = run_items(m, f, n)
    close_run(m, f)
    return found
"""

TWO_AT_ONCE = """
import logging, os, sys, time
from pathlib import Path
import numpy as np
from sim.engines import compiled_engine
from sim.engines.compiled_engine import compiling

logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stdout)
if "compile" in sys.argv:
    import small
    sys.modules["sim.engines.compiled_engine.loop"] = compiled_engine.loop = small
    def write_code(name, code, ordinary=compiling.write_code):
        Path(f"{os.getpid()}.ready").touch()
        while len(list(Path().glob("*.ready"))) < 2:  # both have found nothing, and compiled
            time.sleep(0.01)
        return ordinary(name, code)
    compiling.write_code = write_code
words = np.zeros(4, dtype=np.int64)
print(compiling.compiled_loop()(words.ctypes.data, 0, 2), words.tolist())
print("numba" in sys.modules)
"""


def test_two_processes_that_compile_at_once_keep_what_the_next_one_reads(place):
    """Small kernels stand for the loop, which takes 20 s to compile; the way they go is the same."""
    (place / "small.py").write_text(SMALL)
    for process in [started(place, "new", "compile", program=TWO_AT_ONCE) for _ in range(2)]:
        *messages, figures, has_numba = told(process)
        assert (figures, has_numba) == ("7 [40, 42, 142, 0]", "True")
        assert ["next start reads it" in message for message in messages] == [False, True]
    assert [each.suffix for each in (place / "new").iterdir()] == [".code"]
    assert told(started(place, "new", program=TWO_AT_ONCE)) == ["7 [40, 42, 142, 0]", "False"]
