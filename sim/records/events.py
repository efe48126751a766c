"""The event log: its columns, and the events in it.

One row is one thing that happened to one case. Rows are sorted and compared by (time, source, number,
generation, n); `n` counts the rows of a case in the order of happening.
"""

from __future__ import annotations

from enum import StrEnum

EVENT_COLUMNS = (
    "replication",
    "time",  # ms since the beginning of the warm-up
    "source",
    "number",
    "generation",
    "n",
    "token",
    "path",
    "visit",
    "event",
    "team",
    "member",  # 1-based; 0 where no person is meant
    "batch",  # 0 where there is none
    "ms",  # at start: the drawn work; at a start after a pause: the work left
    "info",
)


class Event(StrEnum):
    """What a row of the event log tells."""

    ARRIVE = "arrive"
    OWN = "own"
    ENTER = "enter"
    ENQUEUE = "enqueue"
    START = "start"
    PAUSE = "pause"
    COMPLETE = "complete"
    OUTCOME = "outcome"
    MILESTONE = "milestone"
    HOLD = "hold"
    RELEASE = "release"
    TURNED_AWAY = "turned_away"
    DROP = "drop"
    CANCEL = "cancel"
    LEAVE = "leave"
