"""Ctrl-C, SIGTERM, closed pipes, and folders that cannot be written: what the command leaves behind."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as a terminal sends them")

SIM = [sys.executable, "-m", "sim"]


class Terminal:
    """A command in a session of its own, its stderr on a terminal, as a person sees it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
        self.process = subprocess.Popen(
            [*SIM, *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=slave,
            start_new_session=True,
            env=environment,
        )
        os.close(slave)
        self.seen = ""

    def read(self) -> str:
        try:
            text = os.read(self.master, 65536).decode(errors="replace")
        except OSError:  # the other side has closed it
            text = ""
        self.seen += text
        return text

    def wait_for(self, pattern: str) -> None:
        while not re.search(pattern, self.seen):
            assert self.read(), f"ended before {pattern!r} was seen: {self.seen}"

    def send(self, number: int) -> None:
        """To the whole session, as a terminal does."""
        os.killpg(self.process.pid, number)

    def end(self) -> tuple[int, str]:
        """Exit code and stdout; `seen` has what came on the terminal."""
        while self.read():
            pass
        stdout, _ = self.process.communicate(timeout=60)
        os.close(self.master)
        return self.process.returncode, stdout.decode()

    def living(self) -> list[str]:
        """Processes of the session that are not dead: none may be left."""
        found = []
        for each in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = each.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid and fields[0] != "Z":
                found.append(each.parent.name)
        return found


SOME_FINISHED = r"\b[1-9]\d*/\d"


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("arguments", [("run", "office.yaml"), ("compare", "office.yaml", "form.yaml")])
def test_ctrl_c_keeps_what_was_finished_and_says_that_it_is_not_all(office, arguments, jobs):
    terminal = Terminal(office, *arguments, "-n", "100000", "--jobs", jobs)
    terminal.wait_for(SOME_FINISHED)
    terminal.send(signal.SIGINT)
    code, stdout = terminal.end()
    _check_stopped(terminal, office, code, 130)
    assert "Small office" in stdout


def test_a_second_ctrl_c_does_not_break_off_the_writing(office):
    terminal = Terminal(office, "compare", "office.yaml", "form.yaml", "-n", "100000", "--jobs", "2")
    terminal.wait_for(SOME_FINISHED)
    # all through the writing: some land in libraries that have ideas of their own about signals
    while terminal.process.poll() is None:
        terminal.send(signal.SIGINT)
        time.sleep(0.02)
    code, _ = terminal.end()
    _check_stopped(terminal, office, code, 130)


def test_sigterm_is_as_clean(office):
    terminal = Terminal(office, "run", "office.yaml", "-n", "100000", "--jobs", "2")
    terminal.wait_for(SOME_FINISHED)
    terminal.process.send_signal(signal.SIGTERM)
    code, _ = terminal.end()
    _check_stopped(terminal, office, code, 143)


def _check_stopped(terminal: Terminal, office: Path, code: int, expected: int) -> None:
    assert code == expected, terminal.seen[-500:]
    assert "interrupted: only the replications that had finished are counted" in terminal.seen
    assert "Traceback" not in terminal.seen
    (folder,) = (office / "results").iterdir()
    assert not folder.name.startswith(".")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["complete"] is False
    assert sum(each["replications"] for each in manifest["scenarios"]) >= 1
    assert json.loads((folder / "summary.json").read_text())["metrics"]
    time.sleep(0.5)
    assert terminal.living() == []


def test_progress_is_silent_where_stderr_is_no_terminal(office):
    done = _call(office, "run", "office.yaml", "-n", "2", "--jobs", "1")
    assert done.returncode == 0
    assert re.fullmatch(r"kept in results/\S+\n", done.stderr)


def test_two_runs_at_once_share_a_results_folder(office):
    runs = [
        subprocess.Popen(
            [*SIM, "run", "office.yaml", "-n", "1"],
            cwd=office,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for each in runs:
        _, message = each.communicate(timeout=120)
        assert each.returncode == 0, message
    assert len([path for path in (office / "results").iterdir() if not path.name.startswith(".")]) == 2


def test_a_folder_that_cannot_be_written_does_not_lose_the_printed_result(office):
    done = _call(office, "run", "office.yaml", "-n", "1", "--out", "/proc/none")
    assert done.returncode == 2
    assert "weeks for one week of value" in done.stdout
    assert done.stderr.startswith("/proc/none: the run could not be kept there (")
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_heard_enough_does_not_keep_the_run_from_being_kept(office):
    script = f"{' '.join(SIM)} compare office.yaml form.yaml -n 1 --jobs 1 --json | head -n 1"
    done = subprocess.run(["bash", "-c", script], cwd=office, capture_output=True, text=True, timeout=120)
    assert done.stdout == "{\n"
    assert re.fullmatch(r"kept in results/\S+\n", done.stderr)


def _call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SIM, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)


ENDLESS = """
name: A century of tickets
clock: {start: 2027-01-04, horizon: 100 years}
calendars: {office: {days: Mon-Sun, hours: 00:00-23:59}}
teams: {desk: {size: 200}}
cases: {ticket: {arrive: {rate: 100 per h}, flow: main}}
flows: {main: {steps: {answer: {team: desk, work: exponential mean 1 h}}}}
"""


@pytest.mark.parametrize("options", [("-n", "1"), ("-n", "4", "--jobs", "2")])
def test_ctrl_c_stops_within_two_seconds_in_the_middle_of_a_long_replication(office, options):
    _call(office, "run", "office.yaml", "-n", "1")  # the engine is compiled, if it was not
    (office / "endless.yaml").write_text(ENDLESS)
    run = subprocess.Popen(
        [*SIM, "run", "endless.yaml", *options], cwd=office, stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(5)  # a replication takes minutes
    assert run.poll() is None
    began = time.perf_counter()
    os.killpg(run.pid, signal.SIGINT)
    _, message = run.communicate(timeout=60)
    assert time.perf_counter() - began < 2
    assert run.returncode == 130
    assert b"interrupted before a replication was finished" in message


OVERLOADED = """
name: Overloaded
clock: {start: 2027-01-04, horizon: 12 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 1, order: shortest}, other: {size: 1}}
cases: {ticket: {arrive: {rate: 1000000 per d}, flow: main}}
flows: {main: {steps: {answer: {team: desk, work: exponential mean 1 h}}}}
"""


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_runaway_ends_soon_in_bounded_memory_and_names_the_team(office, engine):
    (office / "overloaded.yaml").write_text(OVERLOADED)
    script = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (3 << 30, 3 << 30))\n"
        "from sim.cli.main import main\n"
        "try: main()\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    arguments = ["run", "overloaded.yaml", "-n", "1", "--engine", engine]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=office, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2
    assert re.search(r"ended after 0 days and 100,\d{3} cases: 100,002 cases were open", done.stderr)
    assert "in the queue of team desk. It gets more work than it can do." in done.stderr
    assert int(done.stdout.split()[-1]) < 1_500_000  # KiB; on both engines it needs half of that
