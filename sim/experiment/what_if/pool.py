"""A pool of threads for all who ask at once: lower replications first, whoever asks for them.

So a first answer, which is made of the lowest replications, comes before anybody's refinement, and two who
ask for as much take turns. What nobody wants any more is dropped from the queue, or ends within a few
milliseconds where it is running: a run looks at its event from time to time (engines.common).
Not here: what is run (asking), threads for one run alone (experiment.workers).
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sim.engines.common import heeding

T = TypeVar("T")


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pool:
    """So many threads; they are started when there is something to do, and end with the process."""

    def __init__(self, jobs: int = -1) -> None:
        if jobs < 1 and jobs != -1:
            raise ValueError(f"jobs is 1 or more, or -1 for one per core; found {jobs}")
        self._jobs = cores() if jobs == -1 else jobs
        self._threads: list[threading.Thread] = []
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._serial = itertools.count()
        self._changed = threading.Condition()
        self._is_closed = False

    def submit(self, priority: int, halt: threading.Event, work: Callable[[], T]) -> Future[T]:
        """Have something done, the lowest priority first; a future that is cancelled once `halt` is set."""
        future: Future[T] = Future()
        with self._changed:
            if self._is_closed:
                future.cancel()
                return future
            heapq.heappush(self._waiting, (priority, next(self._serial), lambda: _do(future, halt, work)))
            self._begin()
            self._changed.notify()
        return future

    def close(self) -> None:
        """No more work; what waits is dropped. What is running ends by its own event."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _begin(self) -> None:
        if len(self._threads) < self._jobs:
            thread = threading.Thread(target=self._serve, name="what-if", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return
                _, _, do = heapq.heappop(self._waiting)
            do()


def _do(future: Future[Any], halt: threading.Event, work: Callable[[], Any]) -> None:
    if halt.is_set():
        future.cancel()
    if not future.set_running_or_notify_cancel():
        return
    try:
        with heeding(halt):
            future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
