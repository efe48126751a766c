"""`sim serve`: what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli import serve as serving
from sim.cli.main import cli
from sim.errors import RunError, ScenarioError

BASE = """
name: One desk
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 1, cost: 40 per hour}}
cases: {ticket: {arrive: {rate: 3 per d}, flow: work}}
flows: {work: {steps: {look: {team: desk, work: exponential mean 2 h}}}}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.yaml"
    path.write_text(BASE)
    return path


def invoke(*arguments: object) -> None:
    """The command in this process; what it refuses is raised."""
    CliRunner().invoke(cli, ["serve", *map(str, arguments)], catch_exceptions=False, standalone_mode=False)


def test_it_prints_its_address_answers_there_and_ends_at_once_on_ctrl_c(base: Path) -> None:
    command = [sys.executable, "-m", "sim", "serve", str(base), "--port", "0"]
    environment = {
        key: value for key, value in os.environ.items() if "DISPLAY" not in key and key != "BROWSER"
    }
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        told = process.stdout.readline()
        address = re.fullmatch(r"One desk: (http://127\.0\.0\.1:\d+/)\n", told)
        assert address is not None, told + process.stderr.read()
        with urllib.request.urlopen(address[1], timeout=20) as reply:
            assert b"One desk" in reply.read()
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, err = process.communicate(timeout=20)
        assert time.monotonic() - began < 5
        assert (process.returncode, out) == (0, "")
        assert err.splitlines() == ["only this machine can open it; Ctrl-C ends it", "ended"]


def test_a_port_that_is_taken_is_refused_before_any_work(base: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(RunError, match=rf"port {port} of 127\.0\.0\.1 is taken"):
            invoke(base, "--port", port)


def test_without_the_extra_it_says_what_to_install(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "find_spec", lambda name: None if name == "shiny" else object())
    with pytest.raises(RunError, match=r"made with shiny, not installed here: pip install 'sim\[web\]'"):
        invoke(base)


def test_what_cannot_be_read_is_refused_with_its_place(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"no_such\.yaml"):
        invoke(tmp_path / "no_such.yaml", "--port", 0)
    patch = tmp_path / "patch.yaml"
    patch.write_text("patch: P\nchanges: c\nbase: base.yaml\nteams: {dusk: {size: 2}}\n")
    with pytest.raises(ScenarioError, match=r"patch\.yaml:4"):
        invoke(base, patch, "--port", 0)
    with pytest.raises(RunError, match=r"is a patch\. The first file is today's scenario"):
        invoke(patch, base, "--port", 0)


def test_with_a_token_it_says_what_the_address_is_worth() -> None:
    assert "the token in it is the key" in serving._words("secret")
    assert "secret" not in serving._words("secret")
