"""A run in the making: its finished replications on disk, so that it can be gone on with after a kill.

    .NAME.partial/resume/       NAME/resume/ where an interrupted run has left what it had
        asked.json              what the run was asked for, and by which program
        lock                    held by the process that works on it, and free as soon as that has died
        0-0000012.zip           replication 12 of the first scenario (pieces)
        ledger.jsonl            of a search: a line for each replication

A run that is worked on is hidden as `.NAME.partial`; the folder is called NAME when people can read it. A
piece stands in for a replication only if all that could change its numbers is as it was.

Not here: the files that people read (report), what was asked for and by whom (asked), messages (cli).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.errors import RunError
from sim.experiment.asked import Asked, differences
from sim.experiment.pieces import DamagedPiece, read_piece, write_piece
from sim.experiment.replicate import Replication
from sim.plan.arrays import Plan

try:
    import fcntl
except ImportError:  # Windows has none: two processes at one folder are not noticed there
    fcntl = None  # type: ignore[assignment]

FOLDER = "resume"
LEDGER = "ledger.jsonl"
_ASKED = "asked.json"


class Unfinished:
    """The folder of a run that is not finished, locked for this process; the store of its replications.

    Attributes
    ----------
    final, partial
        What the folder is called when it can be read, and while it is worked on.
    home
        What it is called now.
    asked
        What the run was asked for.
    damaged
        How many pieces were found that cannot be trusted; those replications are run again.
    trouble
        Why finished replications are not kept any more (a full disk), if so; the run goes on without.
    """

    def __init__(self, final: Path, partial: Path, home: Path, asked: Asked, lock: int) -> None:
        self.final, self.partial, self.home, self.asked = final, partial, home, asked
        self.damaged = 0
        self.trouble: OSError | None = None
        self._lock = lock
        self._is_new = False
        self._was = home

    @classmethod
    def start(cls, final: Path, partial: Path, asked: Asked) -> Unfinished:
        """A new run, in the folder `partial` that was made for it."""
        (partial / FOLDER).mkdir()
        lock = _locked(partial)
        assert lock is not None, f"{partial} is new"
        asked.write(partial / FOLDER / _ASKED)
        run = cls(final, partial, partial, asked, lock)
        run._is_new = True
        return run

    @classmethod
    def resume(cls, folder: Path) -> Unfinished:
        """The run of a folder, by its name or by its hidden one.

        Raises
        ------
        RunError
            There is no run to go on with, or another process is at it.
        """
        final, partial = _names(folder)
        home = partial if partial.is_dir() else final
        if not (home / FOLDER / _ASKED).is_file():
            raise RunError(_nothing_to_resume(folder, home))
        lock = _locked(home)
        if lock is None:
            raise RunError(
                f"{home}: another process is working on this run. Wait until it has ended, or end it, before "
                "you go on with the run."
            )
        try:
            return cls(final, partial, home, Asked.read(home / FOLDER / _ASKED), lock)
        except BaseException:
            os.close(lock)
            raise

    @property
    def pieces(self) -> int:
        """How many finished replications are on disk."""
        lines = 0
        if self.ledger.is_file():
            with self.ledger.open("rb") as file:
                lines = sum(1 for line in file if line.strip())
        return lines + sum(1 for _ in (self.home / FOLDER).glob("*.zip"))

    @property
    def ledger(self) -> Path:
        """The file of a search, which keeps a line for each replication in place of a piece."""
        return self.home / FOLDER / LEDGER

    def begin(self, plans: Sequence[Plan]) -> None:
        """The run begins, or goes on, with these plans.

        Raises
        ------
        RunError
            It was begun with others: a data file that a scenario reads has changed.
        """
        now = self.asked.with_plans(plans)
        if self.asked.plans and (found := differences(self.asked, now)):
            raise refusal(self.home, found)
        self.asked = now
        if self.home != self.partial:
            self.home.rename(self.partial)
            self.home = self.partial
        now.write(self.home / FOLDER / _ASKED)

    def found(self, which: int, numbers: Iterable[int]) -> list[Replication]:
        """Those replications of a plan that were finished before."""
        runs = []
        for number in numbers:
            path = self._piece(which, number)
            if path.exists():
                try:
                    runs.append(read_piece(path, self._label(which, number), number))
                except DamagedPiece:
                    self.damaged += 1
        return runs

    def keep(self, which: int, run: Replication) -> None:
        """A replication of a plan is finished. What cannot be written does not end the run."""
        if self.trouble is None:
            try:
                write_piece(self._piece(which, run.number), self._label(which, run.number), run)
            except OSError as error:
                self.trouble = error

    def finished(self, *, goes_on: bool) -> None:
        """The folder is called `final` now; pieces are kept only of a run that can be gone on with."""
        self.home = self.final
        if not goes_on:
            shutil.rmtree(self.home / FOLDER, ignore_errors=True)
        self.close()

    def give_up(self, *, is_lost: bool = False) -> bool:
        """The process ends without a result; whether there is something to go on with later.

        A new run without finished replications, or whose replications lead to nothing, leaves no trace. One
        that was gone on with is left under the name it had.
        """
        if self._is_new and (is_lost or not self.pieces):
            shutil.rmtree(self.partial, ignore_errors=True)
            self.close()
            return False
        if self.home != self._was:
            with suppress(OSError):
                self.home.rename(self._was)
                self.home = self._was
        self.close()
        return True

    def close(self) -> None:
        """Others may work on the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _piece(self, which: int, number: int) -> Path:
        return self.home / FOLDER / f"{which}-{number:07d}.zip"

    def _label(self, which: int, number: int) -> str:
        """What a piece has to say of itself to be taken for this one."""
        return f"{self.asked.digest()} {which} {number}"


def refusal(folder: Path, found: Sequence[str]) -> RunError:
    """The error of a run that is not the one in the folder."""
    lines = "\n".join(f"  {line}" for line in found)
    return RunError(
        f"{folder}: this is not the run that was begun there:\n{lines}\n"
        "  Go on with it as it was begun, or start a new run without --resume."
    )


def alike(out: Path, asked: Asked) -> list[Unfinished]:
    """Runs under a folder that were asked for the same, died, and could be gone on with; close them."""
    found = []
    for path in sorted(out.glob(f".*.partial/{FOLDER}/{_ASKED}")):
        with suppress(RunError, OSError):
            run = Unfinished.resume(path.parents[1])
            if run.pieces and not differences(run.asked, asked):
                found.append(run)
            else:
                run.close()
    return found


def asked_option(folder: Path, name: str) -> Any:
    """An option that the run of a folder was given; None where it was not, or there is no run."""
    final, partial = _names(folder)
    home = partial if partial.is_dir() else final
    try:
        return Asked.read(home / FOLDER / _ASKED).options.get(name)
    except RunError:  # who goes on with it is told
        return None


def _names(folder: Path) -> tuple[Path, Path]:
    """What a run's folder is called when it can be read, and while it is worked on."""
    if folder.name in ("", ".."):
        folder = folder.resolve()
    name = folder.name
    if name.startswith(".") and name.endswith(".partial"):
        name = name.removeprefix(".").removesuffix(".partial")
    return folder.parent / name, folder.parent / f".{name}.partial"


def _nothing_to_resume(folder: Path, home: Path) -> str:
    if not home.is_dir():
        return f"{folder}: there is no such run folder. `ls -A` shows hidden ones, of runs that were killed."
    if (home / "manifest.json").is_file():
        return f"{folder}: nothing is left to do there: the run is complete, or cannot be gone on with."
    return f"{folder}: this is no run folder of sim, or its process died before a replication was finished."


def _locked(home: Path) -> int | None:
    """The lock of a folder; None where another process holds it, or has just moved the folder away.

    The system frees it when the process dies, however it dies, so no dead owner has to be told from a living
    one.
    """
    path = home / FOLDER / "lock"
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except FileNotFoundError:
        return None
    try:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), path.stat()):
            return lock
    except OSError:
        pass
    os.close(lock)
    return None
