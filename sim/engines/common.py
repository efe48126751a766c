"""What both engines do alike and neither can derive: where a run is ended, and the work of everybody else.

A run on a thread cannot be killed: whoever started it hands it an event (`heeding`) that it looks at from
time to time (`check_halted`).

Not here: how a run unfolds (the engines), what a scenario says (plan).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sim.errors import EngineError
from sim.plan.arrays import ActKind, ActRow, Need, Plan, SourceRow
from sim.records import AccountClass

MAX_ITEMS_AT_ONE_INSTANT = 100_000
MAX_QUEUE = 100_000  # a longer queue is a runaway, and ends the run

_of_thread = threading.local()


class HaltedError(EngineError):
    """Nobody wants the result of this run any more."""


@contextmanager
def heeding(halt: threading.Event) -> Iterator[None]:
    """Runs in this thread end with HaltedError once the event is set."""
    _of_thread.halt = halt
    try:
        yield
    finally:
        _of_thread.halt = None


def check_halted() -> None:
    """Raise HaltedError if the event that this thread heeds is set."""
    halt: threading.Event | None = getattr(_of_thread, "halt", None)
    if halt is not None and halt.is_set():
        raise HaltedError("the run was called off")


def act_of_other_work(plan: Plan, source: SourceRow) -> ActRow:
    """Everybody else's work for a team, as if it stood in a flow."""
    return ActRow(
        ActKind.WORK,
        path=source.name,
        definition=source.name,
        needs=(Need(source.team),),
        work=source.work,
        account_class=AccountClass.NON_ADDING,
        calendar=plan.teams[source.team].calendar,
    )
