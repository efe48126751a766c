"""How a search is kept: its ledger while it goes on, and then the folder of a study that people read.

Not here: runs of a scenario and comparisons (kept), what a study's folder holds (report.study_folder).
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.kept import unsaid
from sim.errors import EngineError, PlanError, RunError, ScenarioError
from sim.experiment.asked import Asked, differences
from sim.experiment.tune.ledger import FileLedger, Told
from sim.experiment.unfinished import Unfinished, alike, refusal
from sim.plan.compiler import compile_plan
from sim.report.run_folder import Place, reserve
from sim.report.study_folder import Study, write_study
from sim.scenario.writer import data_files, resolved_text

if TYPE_CHECKING:
    from sim.cli.progress import Stop
    from sim.scenario.load import Scenario


class Searched:
    """A search's folder from before its first replication to its end; its ledger.

    `options` are those of the command, filled up with those of the search that is gone on with.
    """

    def __init__(
        self,
        scenario: Scenario,
        out: Path,
        resume: Path | None,
        options: dict[str, Any],
        elapsed: Callable[[], float],
    ) -> None:
        self.options = options
        self._scenario, self._out, self._elapsed = scenario, out, elapsed
        self._texts = {scenario.name: resolved_text(scenario)}
        self._run: Unfinished | None = None
        self._place: Place | None = None
        self._ledger: FileLedger | None = None
        self._trouble: OSError | None = None
        self._is_written = False
        self._asked = self._asked_now()
        if resume is None:
            self._name_alike()
        else:
            self._go_on_with(resume)

    def _asked_now(self) -> Asked:
        options = {"search": "tune", **{name: self.options[name] for name in sorted(self.options)}}
        return Asked.of(shlex.join(["sim", *sys.argv[1:]]), "", options, self._texts)

    def _name_alike(self) -> None:
        for run in alike(self._out, self._asked):
            click.echo(
                f"a search like this one was broken off, with {run.pieces} of its replications finished; "
                f"to go on with it, stop this one and add --resume {run.final}",
                err=True,
            )
            run.close()

    def _go_on_with(self, folder: Path) -> None:
        """Take up a search; what the command does not say is as it was."""
        self._run = run = Unfinished.resume(folder)
        self.options = {**self.options, **unsaid(run.asked.options, list(self.options))}
        self._asked = self._asked_now()
        found = differences(run.asked, self._asked)
        if found:
            run.close()
            raise refusal(folder, found)
        self._place = Place(run.final, run.partial, datetime.fromisoformat(run.asked.started))

    # -- the ledger

    def before(self) -> Iterator[Told]:
        """What was finished before; the folder is made, or taken up again."""
        try:
            if self._run is None:
                name = f"tune {self._scenario.name}"
                self._place = place = reserve(self._out, [name], self._elapsed())
                asked = replace(self._asked, started=place.started.isoformat(timespec="seconds"))
                self._run = Unfinished.start(place.final, place.partial, asked)
            self._run.begin([compile_plan(self._scenario)])
            self._ledger = FileLedger(self._run.ledger)
            yield from self._ledger.before()
        except OSError as error:
            self._trouble = error

    def write(self, told: Told) -> None:
        """A replication is finished."""
        if self._ledger is not None:
            self._ledger.write(told)

    # -- the end

    def end(self, study: Study, stop: Stop) -> None:
        """Write the folder, and say where; an interrupted search ends with its exit code."""
        is_interrupted = bool(study.incomplete) and stop.is_asked
        try:
            folder = self._written(study)
        except OSError as error:
            click.echo(
                f"{self._out}: the search could not be kept there ({error.strerror or error}). "
                "What is printed above is whole; name another folder with --out.",
                err=True,
            )
            sys.exit(2)
        self._is_written = True
        click.echo(f"kept in {folder}", err=True)
        if self._run is not None:
            self._run.finished(goes_on=is_interrupted)
        if is_interrupted:
            click.echo(f"interrupted: to go on with the search, add --resume {folder}", err=True)
            sys.exit(stop.exit_code)

    def _written(self, study: Study) -> Path:
        self._close()
        if self._trouble is not None or self._run is None or self._place is None:
            raise self._trouble or OSError("the search was not begun")
        command = self._run.asked.command
        return write_study(
            replace(study, scenarios=self._texts, data_files=data_files([self._scenario])),
            out=self._out,
            command=command,
            elapsed_s=self._elapsed(),
            place=self._place,
        )

    def leave(self, *, is_lost: bool) -> None:
        """The command ends; what was finished can be gone on with, unless it leads to nothing."""
        self._close()
        run = self._run
        if run is None or self._is_written:
            return
        n = run.pieces
        if run.give_up(is_lost=is_lost) and n:
            click.echo(
                f"{n} finished replications are kept; to go on with them, add --resume {run.final}", err=True
            )

    def _close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
            self._trouble = self._trouble or self._ledger.trouble


LOST: Sequence[type[Exception]] = (EngineError, PlanError, RunError, ScenarioError)
"""The same question leads to the same end."""


@contextmanager
def searched(
    scenario: Scenario,
    out: Path,
    resume: Path | None,
    options: dict[str, Any],
    elapsed: Callable[[], float],
) -> Iterator[Searched]:
    """A search that is kept, in a new folder under `out` or in that of the search it goes on with."""
    search = Searched(scenario, out, resume, options, elapsed)
    is_lost = False
    try:
        yield search
    except tuple(LOST):
        is_lost = True
        raise
    finally:
        search.leave(is_lost=is_lost)
