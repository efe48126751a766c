"""Who runs the replications: this thread, threads, or processes. Each gives results as they are finished.

Threads share one memory, which suits an engine that runs outside the interpreter's lock; processes suit one
that is Python. A call that is spread comes back in any order, so it has to say itself what it was.

Not here: workers on other machines (cluster), what a replication is (replicate).
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import warnings
import zlib
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from sim.engines.common import heeding

T = TypeVar("T")
Calls = Iterable[tuple[Any, ...]]
"""The arguments of each call."""

_PLANS_KEPT = 16
_LOOK_S = 0.5
_parents: set[int] = set()


def in_threads(engine: str) -> bool:
    """Whether an engine's replications are spread over threads rather than processes."""
    return engine != "simpy"


def one_by_one(work: Callable[..., T], calls: Calls) -> Generator[T]:
    """Here and now."""
    for arguments in calls:
        yield work(*arguments)


def on_threads(work: Callable[..., T], calls: Calls, jobs: int) -> Generator[T]:
    """On so many threads of this process; −1 is one per core."""
    import joblib  # type: ignore[import-untyped]

    halt = threading.Event()

    def heedful(*arguments: Any) -> T:
        with heeding(halt):
            return work(*arguments)

    parallel = joblib.Parallel(n_jobs=jobs, prefer="threads", return_as="generator_unordered")
    # threads cannot be killed: they are told
    yield from ended(parallel(joblib.delayed(heedful)(*arguments) for arguments in calls), halt.set)


def on_processes(work: Callable[..., T], calls: Calls, jobs: int) -> Generator[T]:
    """On so many processes of this machine; −1 is one per core. They are kept for the next time."""
    import joblib

    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")
    with _deaf_children():
        stream = parallel(joblib.delayed(_with_parent)(os.getpid(), work, arguments) for arguments in calls)
    yield from ended(stream)


def _with_parent(parent: int, work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    """A call in a process that ends when its parent has died: joblib's would wait five minutes for more."""
    if parent not in _parents:
        _parents.add(parent)
        threading.Thread(target=_end_with, args=(parent,), name="end-with-parent", daemon=True).start()
    return work(*arguments)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(1)


def ended(stream: Generator[T], halt: Callable[[], None] = lambda: None) -> Generator[T]:
    """What joblib gives, ended with all that still works for it when nobody listens any more."""
    try:
        # Not `yield from`, which would close it before we come to it.
        for each in stream:  # noqa: UP028
            yield each
    finally:
        halt()
        with warnings.catch_warnings():
            # It warns that calls were broken off, which is what we want of it.
            warnings.simplefilter("ignore", UserWarning)
            stream.close()


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started here do not hear Ctrl-C, which the terminal sends to all: their parent ends them.

    A blocked signal stays blocked in children, and reaches this process when it is unblocked again.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    from multiprocessing import resource_tracker

    # Starting this helper process would unblock the signal: it has to run before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A value on its way to other processes, which unpack it once for all calls that it comes with.

    A plan is half a megabyte, of which an engine prepares more: neither is to be done for every replication.
    """

    digest: str
    packed: bytes

    @classmethod
    def of(cls, value: object) -> Parcel:
        """Packed, a third of its size."""
        packed = zlib.compress(pickle.dumps(value), level=1)
        return cls(sha256(packed).hexdigest(), packed)

    def unpacked(self) -> Any:
        """The value; the same object every time, in one process."""
        with _lock:
            if self.digest not in _unpacked:
                _unpacked[self.digest] = pickle.loads(zlib.decompress(self.packed))
            _unpacked.move_to_end(self.digest)
            while len(_unpacked) > _PLANS_KEPT:
                _unpacked.popitem(last=False)
            return _unpacked[self.digest]


_unpacked: OrderedDict[str, Any] = OrderedDict()
_lock = threading.Lock()
