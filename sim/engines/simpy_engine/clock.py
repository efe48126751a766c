"""The clock: SimPy's event loop with integer milliseconds and an order at one instant given by content.

SimPy takes events by (time, priority, insertion). Everything timed here carries its place in the order of
the instant as its priority (see `sim.engines`), above SimPy's own URGENT and NORMAL, so that what SimPy
does for a process at once is finished before the next timed item, and insertion never decides.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import Any

import simpy

from sim.calendars import FOREVER
from sim.engines.common import MAX_ITEMS_AT_ONE_INSTANT
from sim.errors import EngineError

ENDS, ARRIVALS, DISPATCH, PATIENCE = 0, 1, 2, 3

Process = Generator[simpy.Event, Any, None]


def item_key(phase: int, source: int, number: int, generation: int, token: int) -> int:
    """The place of an item in the order of its instant; `token` counts from 0, a case itself is −1."""
    return (((phase << 32 | source) << 32 | number) << 24 | generation) << 32 | (token + 1)


def dispatch_key(rank: int) -> int:
    """The place of a dispatch: after all that ends or arrives at the instant, by rank."""
    return item_key(DISPATCH, rank, 0, 0, 0)


class Item(simpy.Event):
    """Something that happens at a known instant, at its place in the order of that instant."""

    def __init__(self, clock: Clock, at: int, key: int) -> None:
        super().__init__(clock)
        self._ok = True
        self._value = None
        clock.schedule(self, key, at - clock.now)  # type: ignore[arg-type]

    def call_off(self) -> None:
        """Nobody waits for this any more."""
        if self.callbacks is not None:
            self.callbacks.clear()


class Clock(simpy.Environment):
    """SimPy's environment, counting what is planned for the present instant."""

    def __init__(self) -> None:
        super().__init__(initial_time=0)
        self._instant = -1
        self._items = 0
        self._latest: deque[str] = deque(maxlen=20)
        self._walk: tuple[int, object] = (-1, None)
        self._n_passed = 0

    def item(self, at: int, key: int, who: str) -> Item:
        """Plan an item. `who` names it in the message that ends a run stuck at one instant."""
        if at == self.now:
            self._count(who)
        return Item(self, at, key)

    def call(self, at: int, key: int, who: str, then: Callable[[], None]) -> Item:
        """Plan a call at an instant."""
        item = self.item(at, key, who)
        assert item.callbacks is not None
        item.callbacks.append(lambda _: then())
        return item

    def start(self, process: Process) -> None:
        """Start a process that runs on at once, within the present item, instead of after it."""
        starting = self.process(process).target
        assert starting is not None and starting.callbacks is not None
        callbacks, starting.callbacks = starting.callbacks, []
        for callback in callbacks:
            callback(starting)

    def happen(self, event: simpy.Event, value: object = None) -> None:
        """Let an event happen now: who waits for it runs on within the present item."""
        event._ok = True
        event._value = value
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)

    def run_to(self, end: int) -> None:
        """Carry out every item before `end`."""
        while self.peek() < end:
            self.step()

    def is_at_rest(self) -> bool:
        """Whether nothing planned will ever happen: all was called off, or is beyond every calendar."""
        return all(at >= FOREVER or not event.callbacks for at, _, _, event in self._queue)

    def pass_through(self, who: object, path: str) -> None:
        """A case enters a step. Within one item it may run on through so many, not for ever."""
        walk = (int(self.now), who)
        if walk != self._walk:
            self._walk, self._n_passed = walk, 0
        self._n_passed += 1
        self._latest.append(path)
        if self._n_passed > MAX_ITEMS_AT_ONE_INSTANT:
            self._stop()

    def _count(self, who: str) -> None:
        if self.now != self._instant:
            self._instant, self._items = int(self.now), 0
        self._items += 1
        if self._items > MAX_ITEMS_AT_ONE_INSTANT:
            self._latest.append(who)
            self._stop()

    def _stop(self) -> None:
        raise EngineError(
            f"more than {MAX_ITEMS_AT_ONE_INSTANT:,} things happened at one instant "
            f"({self.now:,} ms after the start), lastly at {', '.join(sorted(set(self._latest)))}. "
            "A loop that takes no time? Let one of these steps take some."
        )
