"""Workers of a Dask cluster, through joblib's Dask backend.

Before any work it is made sure that the scheduler answers, has workers, and that each of them would give the
same numbers as this machine. A worker that dies has its calls run again elsewhere, by Dask; a cluster that is
lost, or has no worker for long, ends the run with an error instead of a wait without end.

Not here: threads and processes of this machine (workers). Dask is imported when a cluster is asked for.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sim.errors import RunError
from sim.experiment.provenance import source_digest, versions
from sim.experiment.workers import Calls, ended

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
Told = dict[str, str] | None
"""The versions of a worker, with a digest of its source; None without the program."""

ANSWER_S = 5.0
"""How long a scheduler may take to answer, and to have a first worker [s]."""
LOST_S = 10.0
"""How long a scheduler may be gone during a run [s]."""
ALONE_S = 60.0
"""How long a run waits for a new worker when the last one is gone [s]."""
_LOOK_S = 0.5
_SHOWN = 3
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.%]+\]|[^\s:/\[\]]+):([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A scheduler that answers, with workers that give the same numbers as this machine."""

    address: str
    client: Client

    def spread(self, work: Callable[..., T], calls: Calls) -> Generator[T]:
        """Results as they are finished, from all workers there are.

        Raises
        ------
        RunError
            The scheduler is lost, has no worker for long, or a call has killed every worker that tried it.
        """
        import joblib  # type: ignore[import-untyped]

        from sim.experiment.dask_backend import CallLost, TellingBackend

        backend = TellingBackend(client=self.client)
        parallel = joblib.Parallel(backend=backend, n_jobs=-1, return_as="generator_unordered")
        here = _told_here()
        with self._watched(backend.fail):
            try:
                yield from ended(
                    parallel(joblib.delayed(_on_worker)(here, work, arguments) for arguments in calls)
                )
            except CallLost as error:
                raise RunError(f"{self.address}: {error}") from None

    @contextmanager
    def _watched(self, fail: Callable[[Exception], None]) -> Iterator[None]:
        """Looks after the cluster meanwhile, and tells `fail` when there is no hope."""
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(fail, over), name="cluster-watch", daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join(timeout=ANSWER_S)

    def _watch(self, fail: Callable[[Exception], None], over: threading.Event) -> None:
        lost = alone = 0.0
        while not over.wait(_LOOK_S):
            n_workers = self._n_workers()
            lost = lost + _LOOK_S if n_workers is None else 0.0
            alone = alone + _LOOK_S if n_workers == 0 else 0.0
            if lost >= LOST_S:
                fail(RunError(f"{self.address}: the scheduler was lost and has not come back"))
            elif alone >= ALONE_S:
                fail(RunError(f"{self.address}: the last worker was lost, and no other came in {alone:g} s"))

    def _n_workers(self) -> int | None:
        """How many workers there are; None where the scheduler does not tell."""
        try:
            if self.client.status != "running":
                return None
            return len(self.client.ncores())  # type: ignore[no-untyped-call]
        except Exception:
            return None


def _on_worker(expected: dict[str, str], work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    """A call on a worker that may have joined after all others were asked."""
    if expected != _told_here():
        raise RunError("a worker has joined the cluster that would not give the same numbers as this machine")
    return work(*arguments)


@cache
def _told_here() -> dict[str, str]:
    return {**versions(), "source": source_digest()}


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The cluster at an address such as tcp://127.0.0.1:8786, ready to work.

    Raises
    ------
    RunError
        The address is none, nobody answers there, no worker is there, or a worker is not like this machine.
    """
    check_address(address)
    with _quiet():
        client = _client(address)
        try:
            _check_workers(address, client)
            yield Cluster(address, client)
        finally:
            # Takes back what was not finished.
            client.close(timeout=ANSWER_S)  # type: ignore[no-untyped-call]


def check_address(address: str) -> None:
    """Refuse what is no address of a scheduler."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found[3]) < 65536:
        raise RunError(
            f"--cluster: found {address!r}; the address of a Dask scheduler, such as tcp://127.0.0.1:8786 "
            "(`dask scheduler` prints it when it starts)"
        )


def _client(address: str) -> Client:
    try:
        from distributed import Client
        from distributed.comm.core import connect
    except ImportError:
        raise RunError(
            "--cluster needs Dask, which is not installed here; it comes with the extra `cluster`: "
            "pip install 'sim[cluster]'"
        ) from None

    async def ask_who_it_is() -> None:
        comm = await connect(address, timeout=ANSWER_S)  # type: ignore[no-untyped-call]
        await comm.write({"op": "identity", "reply": True})
        told = await comm.read()
        await comm.close()
        if told.get("type") != "Scheduler":
            raise OSError(f"it is a {told.get('type')}")

    def client() -> Client:
        # A client that nobody answers complains for long, so somebody has to answer first.
        asyncio.run(asyncio.wait_for(ask_who_it_is(), ANSWER_S))
        return Client(address, timeout=ANSWER_S, set_as_default=False)  # type: ignore[no-untyped-call]

    try:
        # Its own limit does not hold where somebody listens who is no scheduler.
        return _in_time(client)
    # Who is no scheduler may say anything, with as many kinds of error.
    except Exception as error:
        raise RunError(
            f"{address}: no Dask scheduler answers there within {ANSWER_S:g} s ({_first_line(error)}). Is it "
            "running, and is this the address it printed? Without --cluster the run stays on this machine."
        ) from None


def _check_workers(address: str, client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=ANSWER_S)
    except TimeoutError:
        raise RunError(
            f"{address}: the scheduler has no worker, and none came within {ANSWER_S:g} s. Start some, on "
            f"any machine where sim is installed: dask worker {address}"
        ) from None
    wrong = [
        line for worker, told in sorted(_told(address, client).items()) if (line := _unlike(worker, told))
    ]
    if wrong:
        more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        lines = "\n".join(f"  {line}" for line in [*wrong[:_SHOWN], *more])
        raise RunError(
            f"{address}: some workers would not give the same numbers as this machine:\n{lines}\n"
            "  Install the same sim in the same environment there, and start these workers again."
        )


def _told(address: str, client: Client) -> dict[str, Told | Exception]:
    """What each worker says of itself, in bounded time."""

    def ask() -> dict[str, Told | Exception]:
        return dict(client.run(_teller(), on_error="return"))

    try:
        return _in_time(ask)
    except TimeoutError:
        raise RunError(f"{address}: its workers do not answer within {ANSWER_S:g} s") from None


def _in_time(call: Callable[[], T]) -> T:
    """What a call gives, or TimeoutError; a call that hangs is left behind in a thread that ends with us."""
    answer: Future[T] = Future()

    def answering() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=answering, name="cluster-call", daemon=True).start()
    return answer.result(timeout=ANSWER_S + 0.5)


def _teller() -> Callable[[], Told]:
    """A function that travels as code: a worker without the program has to be able to say so."""

    def tell() -> Told:
        try:
            from sim.experiment import provenance
        except ImportError:
            try:
                import sim
            except ImportError:
                return None
            return {"sim": getattr(sim, "__version__", "unknown")}
        return {**provenance.versions(), "source": provenance.source_digest()}

    return tell


def _unlike(worker: str, told: Told | Exception) -> str | None:
    """In what a worker differs from this machine."""
    if told is None:
        return f"{worker} has no sim"
    if isinstance(told, Exception):
        return f"{worker} does not answer ({_first_line(told)})"
    here = _told_here()
    if told.keys() == {"sim"}:
        return f"{worker} has another sim ({told['sim']}, here {here['sim']})"
    differ = [name for name in here if told.get(name) != here[name]]
    if differ == ["source"]:
        return f"{worker} has another sim: its version is {here['sim']} too, but its source differs"
    words = [
        f"{name} {told.get(name, 'is missing')}, here {here[name]}" for name in differ if name != "source"
    ]
    return f"{worker} has {'; '.join(words)}" if words else None


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@contextmanager
def _quiet() -> Iterator[None]:
    """What Dask logs about lost workers and connections is told in our own words, where it matters."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
