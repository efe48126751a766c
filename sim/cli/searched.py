"""How a search is kept: its ledger while it goes on, and then the folder of a study that people read.

Not here: runs of a scenario and comparisons (kept), what both share (underway), what a study's folder holds
(report.study_folder).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.underway import Underway
from sim.errors import EngineError, PlanError, RunError, ScenarioError
from sim.experiment.tune.ledger import FileLedger, Told
from sim.plan.compiler import compile_plan
from sim.report.study_folder import Study, write_study
from sim.scenario.writer import data_files, resolved_text

if TYPE_CHECKING:
    from sim.cli.progress import Stop
    from sim.scenario.load import Scenario


class Searched(Underway):
    """A search's folder from before its first replication to its end; its ledger."""

    kind = "search"

    def __init__(
        self,
        scenario: Scenario,
        out: Path,
        resume: Path | None,
        options: dict[str, Any],
        elapsed: Callable[[], float],
    ) -> None:
        self._scenario = scenario
        self._ledger: FileLedger | None = None
        texts = {scenario.name: resolved_text(scenario)}
        super().__init__(out, resume, options, elapsed, texts, {"search": "tune"})

    # -- the ledger

    def before(self) -> Iterator[Told]:
        """What was finished before; the folder is made, or taken up again."""
        try:
            run = self._begin([f"tune {self._scenario.name}"], [compile_plan(self._scenario)])
            self._ledger = FileLedger(run.ledger)
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
            self._end_without_folder(error)
        self._is_written = True
        click.echo(f"kept in {folder}", err=True)
        if self._run is not None:
            self._run.finished(goes_on=is_interrupted)
        if is_interrupted:
            click.echo(f"interrupted: to go on with the search, add --resume {folder}", err=True)
            sys.exit(stop.exit_code)

    def _written(self, study: Study) -> Path:
        self._close()
        run, place = self._begun()
        return write_study(
            replace(study, scenarios=self.texts, data_files=data_files([self._scenario])),
            out=self._out,
            command=run.asked.command,
            elapsed_s=self._elapsed(),
            place=place,
        )

    def leave(self, *, is_lost: bool) -> None:
        """The command ends; what was finished can be gone on with, unless it leads to nothing."""
        self._close()
        super().leave(is_lost=is_lost)

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
