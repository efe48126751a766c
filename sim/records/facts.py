"""The facts of one replication: what an engine hands to metrics and economics, beside the event log.

All instants are ms since the beginning of the warm-up, intervals half-open. `case` is an index into
`Facts.cases`. What is still going on when the run ends is cut at the end and marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

Row = TypeVar("Row", covariant=True)


class SpanState(IntEnum):
    """What a token was doing during a span."""

    WORK = 0  # begun work; runs on `calendar`, `switching` ms first, then `ms` of work, then interrupted
    PAUSED = 1  # begun work that waits for its next slice
    QUEUE = 2  # in a team's queue; `calendar` = when everybody needed is on shift
    QUEUE_TOGETHER = 3  # the same, several people needed
    BATCH = 4  # in a team's queue, batch not ready
    DATE = 5  # waiting until a calendar opens
    LIMIT = 6  # waiting for room, for an owner or for an environment
    OUTSIDE = 7  # any other wait


class Span(NamedTuple):
    """One state of one token. `step` is an index into `Plan.steps` (-1: before the first step)."""

    case: int
    token: int
    state: SpanState
    step: int
    begin: int
    end: int
    calendar: int  # index into Plan.calendars; -1 where none applies
    account_class: int  # AccountClass of the work proper (WORK only; else -1)
    switching: int  # ms
    ms: int  # WORK: work in this stretch; QUEUE under `fit`: what must fit before closing, else 0


class WorkRow(NamedTuple):
    """One stretch of work of one person. `case` is -1 for other work, the leader's for a batch."""

    case: int
    step: int
    team: int
    member: int  # from 0
    begin: int
    end: int
    calendar: int
    account_class: int
    switching: int
    ms: int
    occupied: int  # working time taken, interruptions included
    complete: bool  # False: paused, broken off, or cut by the end of the run


class VisitRow(NamedTuple):
    """One visit of a case to a step."""

    case: int
    step: int
    visit: int
    enter: int
    complete: int  # -1: never
    sent_back: bool  # a later go_to named this step


class PassageRow(NamedTuple):
    """One passage of a token through a flow."""

    case: int
    token: int
    flow: int  # index into Plan.flows
    enter: int
    leave: int  # -1: still inside at the end of the run
    outcome: str


class HoldRow(NamedTuple):
    """An environment held by a case, lingering included."""

    case: int
    environment: int
    unit: int
    begin: int
    end: int


class CaseRow(NamedTuple):
    """One case. `leave` is -1 while it is open at the end of the run."""

    source: int
    case_type: int
    number: int
    generation: int
    arrive: int
    leave: int
    outcome: str
    by_patience: bool
    owner: int  # member from 0; -1 none
    milestones: dict[str, int]  # first time each was reached
    value: float  # money per month; 0 where the type has none
    traits: tuple[float, ...] = ()  # as the case type's `traits`: 1 or 0, level, number; NaN: never asked


class Made(Sequence[Row]):
    """Rows that are made into tuples when somebody asks for them, all at once."""

    _made: list[Row] | None = None

    def _make_rows(self) -> list[Row]:
        raise NotImplementedError

    def rows(self) -> list[Row]:
        """All rows as tuples, made when first asked for."""
        if self._made is None:
            self._made = self._make_rows()
        return self._made

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        """Return a row, or the rows of a slice."""
        return self.rows()[index]

    def __iter__(self) -> Iterator[Row]:
        """Return the rows one by one."""
        return iter(self.rows())

    def __eq__(self, other: object) -> bool:
        """Whether another sequence has the same rows."""
        return isinstance(other, Sequence) and self.rows() == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return what a list of the same rows would say."""
        return repr(self.rows())

    def __reduce__(self) -> tuple[type[list[object]], tuple[list[Row]]]:
        # To another process go the rows: what makes them cannot be sent.
        return list, (self.rows(),)


class Table(Made[Row]):
    """Rows that stand in one array.

    `array` has shape (n_rows, n_columns); where a column is a text it holds an index of `texts`, and a
    floating-point column its bits. `make` gives a row from its index and its whole numbers.
    """

    def __init__(
        self, array: NDArray[np.int64], make: Callable[[int, list[int]], Row], texts: Sequence[str] = ()
    ) -> None:
        self.array = array
        self.texts = texts
        self._make = make

    def _make_rows(self) -> list[Row]:
        return [self._make(i, row) for i, row in enumerate(self.array.tolist())]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.array)


@dataclass(slots=True)
class Facts:
    """Everything metrics needs of one replication. An engine gives lists of rows, or a `Table` of them."""

    replication: int
    seed: int
    end: int
    cases: Sequence[CaseRow] = field(default_factory=list)
    spans: Sequence[Span] = field(default_factory=list)
    works: Sequence[WorkRow] = field(default_factory=list)
    visits: Sequence[VisitRow] = field(default_factory=list)
    passages: Sequence[PassageRow] = field(default_factory=list)
    holds: Sequence[HoldRow] = field(default_factory=list)
    events: Sequence[tuple[object, ...]] = field(default_factory=list)
