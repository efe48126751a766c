"""Progress on stderr, and what a run does when it is asked to stop.

A first Ctrl-C (or SIGTERM) ends the replications; what was finished is then printed and kept, during which
further ones are ignored, so that the run folder is whole.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

INTERRUPTED = 130
TERMINATED = 143  # 128 + SIGTERM


class Terminated(KeyboardInterrupt):
    """SIGTERM came: as Ctrl-C, with another exit code."""


class Stop:
    """Whether a run was asked to stop, and the exit code that tells."""

    exit_code = INTERRUPTED
    is_asked = False


@contextmanager
def stoppable() -> Iterator[Stop]:
    """SIGTERM stops a run as Ctrl-C does; the first of either counts, what comes after it is ignored."""
    # Its import puts a handler of its own in place of ours, which would break off the writing.
    import polars  # noqa: F401

    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def heard(number: int, frame: Any) -> None:
        stop.is_asked = True
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        if number == signal.SIGTERM:
            stop.exit_code = TERMINATED
            raise Terminated
        raise KeyboardInterrupt

    before = {each: signal.signal(each, heard) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        # A process that was asked to stop ends with the exit code that says so: nothing may kill it before.
        if not stop.is_asked:
            for each, handler in before.items():
                signal.signal(each, handler)


@contextmanager
def shown() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr with the time left; nothing when stderr is not a terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("replications"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("since"),
        TimeElapsedColumn(),
        TextColumn("left"),
        # The first replications come late, after the processes have started: look back over all of them.
        TimeRemainingColumn(elapsed_when_finished=False),
    )
    progress = Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
        speed_estimate_period=600,
    )
    with progress:
        task = progress.add_task("", total=None)

        def told(finished: int, expected: int) -> None:
            progress.update(task, completed=finished, total=expected)

        yield told


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Seconds since it was started."""
    began = time.monotonic()
    yield lambda: time.monotonic() - began
