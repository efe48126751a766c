"""How a run is kept: its replications while it goes on, and then the folder that people read.

Nothing is written before the run begins in earnest. What is printed stands, whether it can be kept or not.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sim.errors import EngineError, PlanError
from sim.experiment.asked import Asked, differences
from sim.experiment.replicate import Replication, Result
from sim.experiment.run import own_names
from sim.experiment.unfinished import Unfinished, alike, refusal
from sim.plan.arrays import Plan
from sim.report.run_folder import Place, reserve, write_run
from sim.scenario.writer import data_files, resolved_text

if TYPE_CHECKING:
    from sim.cli.progress import Stop
    from sim.experiment.compare import Comparison
    from sim.scenario.load import Scenario

OPTIONS = ("replications", "precision", "precision_of", "seed", "engine", "keep_log", "keep_cases")
"""The options that results depend on. How many workers there are is not among them."""


class Kept:
    """A run's folder from before the run to its end; the store of its replications.

    `options` are those of the command, filled up with those of the run that is gone on with.
    """

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
        self.texts = {name: resolved_text(each) for name, each in zip(names, scenarios, strict=True)}
        self._data_files = data_files(scenarios)
        self.options = options
        self._warm_up = warm_up
        self._out, self._elapsed = out, elapsed
        self._run: Unfinished | None = None
        self._place: Place | None = None
        self._trouble: OSError | None = None
        self._is_written = False
        self._asked = self._asked_now()
        if resume is None:
            self._name_alike()
        else:
            self._go_on_with(resume)

    def _asked_now(self) -> Asked:
        options = {name: self.options[name] for name in OPTIONS}
        if self._warm_up is not None:
            options["warm_up"] = self._warm_up
        return Asked.of(shlex.join(["sim", *sys.argv[1:]]), "", options, self.texts)

    def _name_alike(self) -> None:
        """Somebody who starts a run again after a kill would rather go on with it."""
        for run in alike(self._out, self._asked):
            click.echo(
                f"a run like this one was broken off, with {run.pieces} of its replications finished; "
                f"to go on with it, stop this one and add --resume {run.final}",
                err=True,
            )
            run.close()

    def _go_on_with(self, folder: Path) -> None:
        """Take up a run; what the command does not say is as it was."""
        self._run = run = Unfinished.resume(folder)
        self.options = {**self.options, **unsaid(run.asked.options, OPTIONS)}
        self._asked = self._asked_now()
        found = differences(run.asked, self._asked)
        if found:
            run.close()
            raise refusal(folder, found)
        self._place = Place(run.final, run.partial, datetime.fromisoformat(run.asked.started))

    # -- the store of replications

    def begin(self, plans: Sequence[Plan]) -> None:
        """The run begins: its folder is made, or taken up again."""
        try:
            if self._run is None:
                self._place = place = reserve(self._out, list(self.texts), self._elapsed())
                asked = replace(self._asked, started=place.started.isoformat(timespec="seconds"))
                self._run = Unfinished.start(place.final, place.partial, asked)
            self._run.begin(plans)
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
        if self._trouble is not None or self._place is None or self._run is None:
            raise self._trouble or OSError("the run was not begun")
        return write_run(
            results,
            out=self._out,
            command=self._run.asked.command,
            scenario_texts=self.texts,
            elapsed_s=self._elapsed(),
            comparison=comparison,
            place=self._place,
            data_files=self._data_files,
        )

    def _end_without_folder(self, error: OSError) -> None:
        click.echo(
            f"{self._out}: the run could not be kept there ({error.strerror or error}). "
            "What is printed above is whole; name another folder with --out.",
            err=True,
        )
        sys.exit(2)

    def leave(self, *, is_lost: bool) -> None:
        """The command ends; what was finished can be gone on with, unless it leads to nothing."""
        run = self._run
        if run is None or self._is_written:
            return
        n = run.pieces
        if run.give_up(is_lost=is_lost) and n:
            click.echo(
                f"{n} finished replications are kept; to go on with them, add --resume {run.final}", err=True
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


def unsaid(before: Any, names: Sequence[str]) -> dict[str, Any]:
    """Those options of the run before, of these names, that the command does not mention."""
    context = click.get_current_context()
    return {
        name: before[name]
        for name in names
        if name in before and context.get_parameter_source(name) is ParameterSource.DEFAULT
    }
