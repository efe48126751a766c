"""Lines for room: limits of flows, pools of environments, owners. Who waits enters by (time, case, token)."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field

import simpy

from sim.engines.simpy_engine.case import Token
from sim.engines.simpy_engine.clock import Clock, Item, dispatch_key

ENTERED, GAVE_UP = "entered", "gave up"


@dataclass(slots=True, eq=False)
class Place:
    """A token's place in a line."""

    line: Line
    token: Token
    since: int
    entered: simpy.Event
    patience: Item | None = None

    @property
    def key(self) -> tuple[int, tuple[int, int, int], int]:
        return (self.since, self.token.case.order, self.token.number)

    def withdraw(self) -> None:
        self.line.waiting.remove(self)
        if self.patience is not None:
            self.patience.call_off()


@dataclass(slots=True, eq=False)
class Line:
    """A line before something of which there is only so much. `has_room` and `take` say of what."""

    clock: Clock
    rank: int
    name: str
    has_room: Callable[[Token], bool]
    take: Callable[[Token], None]
    waiting: list[Place] = field(default_factory=list)
    is_pending: bool = False
    is_equal: bool = True  # room for one is room for all; else those further behind are asked too

    def join(self, token: Token) -> Place:
        place = Place(self, token, int(self.clock.now), self.clock.event())
        insort(self.waiting, place, key=lambda p: p.key)
        self.changed()
        return place

    def changed(self) -> None:
        if not self.is_pending and self.waiting:
            self.is_pending = True
            self.clock.call(int(self.clock.now), dispatch_key(self.rank), self.name, self._dispatch)

    def _dispatch(self) -> None:
        """Let in whom there is room for, one after the other, each as far as it goes."""
        self.is_pending = False
        while (place := self._next()) is not None:
            place.withdraw()
            self.take(place.token)
            self.clock.happen(place.entered, ENTERED)

    def _next(self) -> Place | None:
        asked = self.waiting[:1] if self.is_equal else self.waiting
        return next((place for place in asked if self.has_room(place.token)), None)
