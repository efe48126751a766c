"""Work that goes on for a while, and the folder it is kept in: what runs and searches share.

A folder is reserved when the work begins in earnest; a process that dies leaves in it what was finished, and
the same command with `--resume` goes on there. Nothing is written before.
Not here: what is kept of a run (kept) and of a search (searched).
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from sim.experiment.asked import Asked, differences
from sim.experiment.unfinished import Unfinished, alike, refusal
from sim.plan.arrays import Plan
from sim.report.run_folder import Place, reserve


class Underway:
    """The folder of a run or a search that goes on.

    Attributes
    ----------
    kind
        What it is, in messages.
    remembered
        The options that its results depend on; None: all.
    options
        Those of the command, filled up with those of what is gone on with.
    """

    kind = "run"
    remembered: Sequence[str] | None = None

    def __init__(
        self,
        out: Path,
        resume: Path | None,
        options: dict[str, Any],
        elapsed: Callable[[], float],
        texts: dict[str, str],
        more: Mapping[str, Any],
    ) -> None:
        """Take up what is gone on with, or look whether there is any; `more` is remembered with options."""
        self.options, self.texts = options, texts
        self._out, self._elapsed, self._more = out, elapsed, dict(more)
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
        options = {name: self.options[name] for name in self._names()} | self._more
        return Asked.of(shlex.join(["sim", *sys.argv[1:]]), "", options, self.texts)

    def _names(self) -> Sequence[str]:
        return sorted(self.options) if self.remembered is None else self.remembered

    def _name_alike(self) -> None:
        """Somebody who starts anew after a kill would rather go on."""
        for run in alike(self._out, self._asked):
            click.echo(
                f"a {self.kind} like this one was broken off, with {run.pieces} of its replications "
                f"finished; to go on with it, stop this one and add --resume {run.final}",
                err=True,
            )
            run.close()

    def _go_on_with(self, folder: Path) -> None:
        """Take up what was begun; what the command does not say is as it was."""
        self._run = run = Unfinished.resume(folder)
        self.options = {**self.options, **_unsaid(run.asked.options, self._names())}
        self._asked = self._asked_now()
        found = differences(run.asked, self._asked)
        if found:
            run.close()
            raise refusal(folder, found)
        self._place = Place(run.final, run.partial, datetime.fromisoformat(run.asked.started))

    def _begin(self, names: Sequence[str], plans: Sequence[Plan]) -> Unfinished:
        """The folder is made, named after these, or taken up again."""
        if self._run is None:
            self._place = place = reserve(self._out, list(names), self._elapsed())
            asked = replace(self._asked, started=place.started.isoformat(timespec="seconds"))
            self._run = Unfinished.start(place.final, place.partial, asked)
        self._run.begin(plans)
        return self._run

    def _begun(self) -> tuple[Unfinished, Place]:
        """What is to be written whole now.

        Raises
        ------
        OSError
            It could not be kept while it went on.
        """
        if self._trouble is not None or self._place is None or self._run is None:
            raise self._trouble or OSError(f"the {self.kind} was not begun")
        return self._run, self._place

    def _end_without_folder(self, error: OSError) -> NoReturn:
        click.echo(
            f"{self._out}: the {self.kind} could not be kept there ({error.strerror or error}). "
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


def _unsaid(before: Any, names: Sequence[str]) -> dict[str, Any]:
    """Those options of before, of these names, that the command does not mention."""
    context = click.get_current_context()
    return {
        name: before[name]
        for name in names
        if name in before and context.get_parameter_source(name) is ParameterSource.DEFAULT
    }
