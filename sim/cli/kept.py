"""How a run is kept: its replications while it goes on, and then the folder that people read.

What is printed stands, whether it can be kept or not.
Not here: folders of what goes on (underway), searches (searched).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.underway import Underway
from sim.errors import EngineError, PlanError
from sim.experiment.replicate import Replication, Result
from sim.experiment.run import own_names
from sim.plan.arrays import Plan
from sim.report.run_folder import write_run
from sim.scenario.writer import data_files, resolved_text

if TYPE_CHECKING:
    from sim.cli.progress import Stop
    from sim.experiment.compare import Comparison
    from sim.scenario.load import Scenario

OPTIONS = ("replications", "precision", "precision_of", "seed", "engine", "keep_log", "keep_cases")
"""The options that results depend on. How many workers there are is not among them."""


class Kept(Underway):
    """A run's folder from before the run to its end; the store of its replications."""

    remembered = OPTIONS

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        out: Path,
        resume: Path | None,
        options: dict[str, Any],
        elapsed: Callable[[], float],
        warm_up: str | None,
    ) -> None:
        names = own_names(scenarios)
        texts = {name: resolved_text(each) for name, each in zip(names, scenarios, strict=True)}
        self._data_files = data_files(scenarios)
        more = {} if warm_up is None else {"warm_up": warm_up}
        super().__init__(out, resume, options, elapsed, texts, more)

    # -- the store of replications

    def begin(self, plans: Sequence[Plan]) -> None:
        """The run begins: its folder is made, or taken up again."""
        try:
            self._begin(list(self.texts), plans)
        except OSError as error:
            self._trouble = error

    def found(self, which: int, numbers: Iterable[int]) -> list[Replication]:
        """Replications that were finished before."""
        return [] if self._run is None else self._run.found(which, numbers)

    def keep(self, which: int, run: Replication) -> None:
        """A replication is finished."""
        if self._run is not None:
            self._run.keep(which, run)

    # -- the end

    def write(self, results: Sequence[Result], stop: Stop, comparison: Comparison | None = None) -> None:
        """Write the run folder, and say where; an incomplete run ends with its exit code."""
        is_interrupted = stop.is_asked and not all(result.is_complete for result in results)
        try:
            folder = self._written(results, comparison)
        except OSError as error:
            self._end_without_folder(error)
        click.echo(f"kept in {folder}", err=True)
        if not self.options["keep_cases"]:
            click.echo("without cases.parquet and lead_time.png, as --no-cases asked", err=True)
        if self._run is not None:
            if self._run.damaged:
                click.echo(f"{self._run.damaged} replications found were damaged, and run again", err=True)
            self._run.finished(goes_on=is_interrupted)
        self._is_written = True
        if is_interrupted:
            n = ", ".join(str(len(result.runs)) for result in results)
            click.echo(f"interrupted: only the replications that had finished are counted ({n})", err=True)
            click.echo(f"to go on with it, add --resume {folder}", err=True)
            sys.exit(stop.exit_code)

    def _written(self, results: Sequence[Result], comparison: Comparison | None) -> Path:
        run, place = self._begun()
        return write_run(
            results,
            out=self._out,
            command=run.asked.command,
            scenario_texts=self.texts,
            elapsed_s=self._elapsed(),
            comparison=comparison,
            place=place,
            data_files=self._data_files,
        )


@contextmanager
def kept(
    scenarios: Sequence[Scenario],
    out: Path,
    resume: Path | None,
    options: dict[str, Any],
    elapsed: Callable[[], float],
    warm_up: str | None = None,
) -> Iterator[Kept]:
    """A run that is kept, in a new folder under `out` or in that of the run it goes on with.

    `warm_up` is what the command put in place of the scenarios' own.
    """
    run = Kept(scenarios, out, resume, options, elapsed, warm_up)
    is_lost = False
    try:
        yield run
    except (EngineError, PlanError):
        is_lost = True  # the same luck leads to the same end
        raise
    finally:
        run.leave(is_lost=is_lost)
