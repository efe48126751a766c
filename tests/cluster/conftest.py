"""A real Dask cluster on loopback: scheduler and workers are processes, started and ended by each test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from sim.scenario.load import Scenario

DESK = """
clock: {start: 2027-01-04, horizon: 1 month}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {clerks: {size: 2}}
traits: {urgent: 30%}
cases: {request: {arrive: {rate: 1 per h}, flow: handle}}
flows:
  handle:
    steps:
      register: {team: clerks, work: exponential mean 1 h, when: urgent}
      solve: {team: clerks, work: exponential mean 1 h}
"""

PATIENCE_S = 30
SETTINGS = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}
"""A scheduler looks for a dead worker that long before it has its work done elsewhere; 30 s by default."""


class Processes:
    """A scheduler and its workers, none of which outlives the test.

    Should the test itself be killed, workers end without a scheduler, and the scheduler without work.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start_scheduler(self, **settings: str) -> str:
        """Start it, and give its address."""
        found = self._folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler",
            "--no-show",
            "--idle-timeout",
            "120",
            "--scheduler-file",
            str(found),
            environment=settings,
        )
        self._wait_until(lambda: found.exists() and found.read_text().endswith("}"))
        self.address = json.loads(found.read_text())["address"]
        return self.address

    def start_worker(self, name: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker of one thread that nobody starts again when it dies."""
        options = ("--name", name, "--no-nanny", "--nthreads", "1", "--death-timeout", "10")
        return self._start("worker", self.address, *options, environment=environment)

    def start_workers(self, n: int) -> list[subprocess.Popen[bytes]]:
        """Start so many workers, and wait for all of them."""
        found = [self.start_worker(f"worker-{i}") for i in range(n)]
        self.wait_for_workers(n)
        return found

    def wait_for_workers(self, n: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=PATIENCE_S, set_as_default=False) as client:
            client.wait_for_workers(n, timeout=PATIENCE_S)

    def end(self) -> None:
        for each in self._running:
            each.kill()
        for each in self._running:
            each.wait(timeout=PATIENCE_S)

    def _start(self, kind: str, *arguments: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", kind, *arguments, "--host", "127.0.0.1", "--port", "0"]
        if kind == "worker":
            command[-2] = "--worker-port"
        # The port of its status page is taken by the first of them; none is asked for.
        command += ["--no-dashboard"]
        with (self._folder / f"{kind}-{len(self._running)}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env={**os.environ, **SETTINGS, **environment},
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process

    def _wait_until(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < end, "it did not start in time"
            time.sleep(0.05)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    found = Processes(folder)
    try:
        yield found
    finally:
        found.end()


@pytest.fixture
def desk(scenario: Callable[[str], Scenario]) -> Scenario:
    """A scenario of which a replication takes a few hundredths of a second."""
    return scenario(DESK)


def kill(process: subprocess.Popen[bytes]) -> None:
    """As the system does when memory runs out."""
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=PATIENCE_S)
