"""Replications on a Dask cluster: the same result, whatever happens to workers; or a clear error, in time."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim
from sim.errors import EngineError, RunError
from sim.experiment import cluster
from sim.experiment.cluster import connected

from .conftest import kill

HOUSE = Path(sim.__file__).parent


def test_a_cluster_gives_the_same_run_folder_as_one_process(processes, desk, tmp_path):
    address = processes.start_scheduler()
    processes.start_workers(2)
    shares = [("--jobs", "1"), ("--cluster", address)]
    folders = [run_folder(tmp_path, tmp_path / str(i), *options) for i, options in enumerate(shares)]
    for name in ("replications.parquet", "cases.parquet", "events.parquet", "summary.json", "summary.csv"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def run_folder(home: Path, out: Path, *options: str) -> Path:
    command = ("run", "scenario.yaml", "-n", "12", "--events", "--out", str(out), *options)
    done = subprocess.run([sys.executable, "-m", "sim", *command], cwd=home, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("kept in ")
    (folder,) = out.iterdir()
    return folder


def test_replications_of_a_worker_that_dies_run_again_elsewhere(processes, desk):
    address = processes.start_scheduler()
    first, _ = processes.start_workers(2)
    heard: list[int] = []

    def told(finished: int, expected: int) -> None:
        heard.append(finished)
        if finished == 5:
            kill(first)

    found = sim.run(desk, replications=60, cluster=address, progress=told)
    alone = sim.run(desk, replications=60, jobs=1)
    assert first.poll() is not None
    assert heard == list(range(1, 61))
    assert found.is_complete
    assert found.replications.equals(alone.replications)
    assert found.cases.equals(alone.cases)


def test_a_lost_scheduler_ends_the_run_with_an_error(processes, desk, monkeypatch):
    monkeypatch.setattr(cluster, "LOST_S", 1.0)
    address = processes.start_scheduler()
    processes.start_workers(1)

    def told(finished: int, expected: int) -> None:
        if finished == 3:
            kill(processes.scheduler)

    began = time.monotonic()
    with pytest.raises(RunError, match=r"tcp://.*: the scheduler (was lost|has dropped)"):
        sim.run(desk, replications=100_000, cluster=address, progress=told)
    assert time.monotonic() - began < 20


def test_a_cluster_without_a_worker_left_ends_the_run_with_an_error(processes, desk, monkeypatch):
    monkeypatch.setattr(cluster, "ALONE_S", 1.0)
    address = processes.start_scheduler()
    (only,) = processes.start_workers(1)

    def told(finished: int, expected: int) -> None:
        if finished == 3:
            kill(only)

    with pytest.raises(RunError, match="the last worker was lost, and no other came in 1 s"):
        sim.run(desk, replications=100_000, cluster=address, progress=told)


def test_calls_that_kill_every_worker_are_given_up(processes):
    address = processes.start_scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    processes.start_workers(2)
    with (
        pytest.raises(RunError, match="given up, because every worker that tried it died"),
        connected(address) as found,
    ):
        list(found.spread(lambda: os._exit(1), [()]))


def test_a_replication_that_cannot_go_on_is_told_as_on_this_machine(processes, scenario):
    endless = scenario(
        """
        clock: {start: 2027-01-04, horizon: 1 month}
        calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
        teams: {clerks: {size: 1}}
        cases: {request: {arrive: {backlog: 1}, flow: handle}}
        flows: {handle: {steps: {form: {team: clerks, work: 1 h, batch: {exactly: 2}}}}}
        """
    )
    address = processes.start_scheduler()
    processes.start_workers(1)
    with pytest.raises(EngineError, match="nothing can happen any more"):
        sim.run(endless, replications=4, cluster=address)


def test_workers_that_would_give_other_numbers_are_refused_by_name(processes, desk, tmp_path):
    address = processes.start_scheduler()
    processes.start_worker("without", PYTHONPATH=str(without_sim(tmp_path)))
    processes.start_worker("other", PYTHONPATH=str(with_another_sim(tmp_path)))
    processes.wait_for_workers(2)
    with pytest.raises(RunError) as refused:
        sim.run(desk, replications=4, cluster=address)
    message = str(refused.value)
    assert "has no sim" in message
    assert "has another sim: its version is 0.1.0 too, but its source differs" in message
    assert "Install the same sim in the same environment there" in message


def test_a_worker_that_joins_later_and_would_give_other_numbers_ends_the_run(processes, desk, tmp_path):
    address = processes.start_scheduler()
    processes.start_workers(1)
    path = with_another_sim(tmp_path)

    def told(finished: int, expected: int) -> None:
        if finished == 3:
            processes.start_worker("late", PYTHONPATH=str(path))

    with pytest.raises(RunError, match="a worker has joined the cluster that would not give the same"):
        sim.run(desk, replications=100_000, cluster=address, progress=told)


def without_sim(folder: Path) -> Path:
    """A folder that hides sim from the process that has it in its path."""
    there = folder / "without"
    there.mkdir()
    (there / "sitecustomize.py").write_text(
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'sim':\n"
        "            raise ModuleNotFoundError(\"No module named 'sim'\", name='sim')\n"
        "sys.meta_path.insert(0, Hidden())\n"
    )
    return there


def with_another_sim(folder: Path) -> Path:
    """A folder with a sim whose distributions are not quite ours."""
    there = folder / "other"
    shutil.copytree(HOUSE, there / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    with (there / "sim" / "randomness" / "distributions.py").open("a") as file:
        file.write("\n# half of it\n")
    return there


def test_a_cluster_without_workers_is_an_error_before_any_work(processes, desk, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_S", 1.0)
    address = processes.start_scheduler()
    with pytest.raises(RunError, match=f"has no worker, and none came within 1 s.*dask worker {address}"):
        sim.run(desk, replications=4, cluster=address)


def test_a_worker_is_not_taken_for_a_scheduler(processes, desk):
    processes.start_scheduler()
    processes.start_workers(1)
    from distributed import Client

    with Client(processes.address, set_as_default=False) as client:
        (worker,) = client.ncores()
    with pytest.raises(RunError, match=r"no Dask scheduler answers there .*it is a Worker"):
        sim.run(desk, replications=4, cluster=worker)


@pytest.mark.parametrize("kind", ["nobody", "silent", "something else"])
def test_an_address_where_no_scheduler_answers_is_an_error_in_time(desk, monkeypatch, kind):
    monkeypatch.setattr(cluster, "ANSWER_S", 1.0)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        if kind != "nobody":
            listening.listen()
        if kind == "something else":
            speak(listening)
        began = time.monotonic()
        with pytest.raises(RunError, match=f"^{address}: no Dask scheduler answers there within 1 s"):
            sim.run(desk, replications=4, cluster=address)
        assert time.monotonic() - began < 4


def speak(listening: socket.socket) -> None:
    """Whoever comes is answered in a language that is not Dask's."""
    import threading

    def answer() -> None:
        caller, _ = listening.accept()
        with caller:
            caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    threading.Thread(target=answer, daemon=True).start()


@pytest.mark.parametrize(
    "address", ["", "localhost", "localhost:8786", "http://localhost:80", "tcp://a:99999"]
)
def test_what_is_no_address_is_refused_with_an_example(desk, address):
    with pytest.raises(RunError, match=r"found '.*'; the address of a Dask scheduler, such as tcp://127"):
        sim.run(desk, replications=1, cluster=address)


def test_the_command_ends_with_exit_code_2_and_leaves_nothing(desk, tmp_path):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{bound.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "sim", "run", "scenario.yaml", "--cluster", address],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{address}: no Dask scheduler answers there within 5 s")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "results").exists()


def test_workers_here_and_elsewhere_cannot_both_be_asked_for(desk, tmp_path):
    command = ["run", "scenario.yaml", "--cluster", "tcp://127.0.0.1:1", "--jobs", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "sim", *command], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "--jobs is of this machine, --cluster of others: give one of them" in done.stderr
