"""joblib's Dask backend, which also tells of calls that will never give a result.

As it comes, it tells joblib only of results; a call that Dask gave up (it killed every worker that tried it,
the scheduler was lost) is never told of, and joblib waits for it without end. Here it fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any

from distributed import KilledWorker
from joblib._dask import DaskDistributedBackend  # type: ignore[import-untyped]

Callback = Callable[[Any], None]


class CallLost(Exception):
    """A call that will never give a result, and why."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """Stands where a result would, and is raised where it would be taken."""

    error: BaseException


class TellingBackend(DaskDistributedBackend):  # type: ignore[misc]
    """joblib's backend, by its public methods alone: what is submitted, and what comes of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._open: dict[Future[Any], Callback] = {}
        self._guard = threading.Lock()

    def effective_n_jobs(self, n_jobs: int) -> int:
        """How many calls the workers can run at once; joblib would run them here if it were one."""
        return max(2, int(super().effective_n_jobs(n_jobs)))

    def submit(self, func: Any, callback: Callback) -> Future[Any]:
        """Submit a batch of calls; `callback` is told of its failure too."""
        future: Future[Any] = super().submit(func, callback)
        with self._guard:
            self._open[future] = callback
        future.add_done_callback(self._done)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        """The result of a batch, or its failure raised."""
        if isinstance(out, _Failure):
            raise out.error
        if isinstance(out, BaseException):
            raise _in_words(out)
        return super().retrieve_result_callback(out)

    def fail(self, error: BaseException) -> None:
        """Every call that is still open has failed."""
        with self._guard:
            callbacks = list(self._open.values())
            self._open.clear()
        for callback in callbacks:
            callback(_Failure(error))

    def _done(self, future: Future[Any]) -> None:
        with self._guard:
            callback = self._open.pop(future, None)
        if callback is not None and not future.cancelled():
            error = future.exception()
            if error is not None:
                callback(_Failure(_in_words(error)))


def _in_words(error: BaseException) -> BaseException:
    if isinstance(error, KilledWorker):
        return CallLost(
            "a replication was given up, because every worker that tried it died. "
            "Does it need more memory than they have?"
        )
    if isinstance(error, CancelledError) or type(error).__name__ == "CancelledError":
        return CallLost("the scheduler has dropped the run's replications; was it restarted?")
    return error
