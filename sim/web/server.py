"""The server: where it listens, what address it has, and how it ends.

On loopback whoever is at the machine may open the page. Beyond it the address holds a token that is drawn
anew at every start. The connection is not encrypted.
Not here: who is let in (guard), the page (page), the command (cli).
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import secrets
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

import uvicorn

from sim.errors import RunError
from sim.web.guard import MOST_TABS, App, Door, Guard

PORT = 8765
HOST = "127.0.0.1"

_LARGEST_MESSAGE = 1 << 20  # of a websocket: a setting is a few hundred characters
_LARGEST_HEAD = 1 << 15
_MOST_CONNECTIONS = 500
_GRACE_S = 1
_THREADS = 2 * MOST_TABS  # every tab has one that waits for its answers, and one that draws


@dataclass(frozen=True)
class Listening:
    """A place to listen: nobody else can take the port any more.

    Attributes
    ----------
    address
        What to open in a browser, with the token where there is one.
    """

    socket: socket.socket
    door: Door
    address: str

    @property
    def port(self) -> int:
        """The port, also where any free one was asked for."""
        port: int = self.socket.getsockname()[1]
        return port


def listen(host: str | None = None, port: int | None = None) -> Listening:
    """Take a port.

    Parameters
    ----------
    host
        An address or name of this machine; None is loopback. Beyond loopback a token is asked for.
    port
        None takes 8765, or where that is taken any free one; 0 takes any free one.

    Raises
    ------
    RunError
        The port is taken or not ours to take, or this machine has no such address.
    """
    family, address = _resolved(host or HOST)
    try:
        taken = _bound(family, address, PORT if port is None else port)
    except OSError as error:
        if port is not None or error.errno != errno.EADDRINUSE:
            raise RunError(_cannot_listen(host or HOST, PORT if port is None else port, error)) from None
        taken = _bound(family, address, 0)
    own_port: int = taken.getsockname()[1]
    door = _door(host, address, own_port)
    query = "" if door.token is None else f"?token={door.token}"
    return Listening(taken, door, f"http://{_written(host, address)}:{own_port}/{query}")


def serve(
    app: App,
    place: Listening,
    *,
    opened: Callable[[], None] = lambda: None,
    closing: Callable[[], None] = lambda: None,
) -> Server:
    """A server for an app, behind its door; `run` it.

    Parameters
    ----------
    opened
        Called when the page can be opened.
    closing
        Called as soon as it is asked to end, before connections are closed: what works should stop.
    """
    config = uvicorn.Config(
        Guard(app, place.door),
        access_log=False,  # it would write tokens
        log_config=None,
        lifespan="on",
        proxy_headers=False,  # nobody's word on where a request comes from
        server_header=False,
        ws_max_size=_LARGEST_MESSAGE,
        h11_max_incomplete_event_size=_LARGEST_HEAD,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE_S,
    )
    return Server(config, place, opened, closing)


class Server(uvicorn.Server):
    """Uvicorn's, that ends at once and without a word."""

    def __init__(
        self,
        config: uvicorn.Config,
        place: Listening,
        opened: Callable[[], None],
        closing: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._place, self._opened, self._closing = place, opened, closing

    def listen_until_ended(self) -> None:
        """Answer until Ctrl-C (SIGTERM, or `end` from another thread)."""
        with suppress(KeyboardInterrupt):
            self.run(sockets=[self._place.socket])

    def end(self) -> None:
        """Ask it to end; from any thread."""
        self._stop_work()
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's; work in threads is not waited for at the end."""
        asyncio.get_running_loop().set_default_executor(_Impatient(max_workers=_THREADS))
        await super().startup(sockets)
        if not self.should_exit:
            self._opened()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C: first of all, stop what works."""
        self._stop_work()
        super().handle_exit(sig, frame)

    def _stop_work(self) -> None:
        # what is cut off at the end is cut off on purpose, and no news
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._closing()


class _Impatient(ThreadPoolExecutor):
    """Threads that nobody waits for when the loop ends: a picture half drawn is of no use."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=True)


def _resolved(host: str) -> tuple[socket.AddressFamily, str]:
    """The address that a name has on this machine."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        words = error.strerror if isinstance(error, OSError) else "it is no name"
        raise RunError(
            f"--host {host}: this is no address of this machine ({words}). "
            "Admissible: an address of it, such as 192.168.1.20, or 0.0.0.0 for all it has."
        ) from None
    family, *_, address = found[0]
    return family, str(address[0])


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((address, port))
        found.listen(128)
    except BaseException:
        found.close()
        raise
    return found


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is taken: another program listens there. Name another one with --port, "
            "or leave --port out: then a free one is taken."
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that you do not have. Name one above 1023, such as --port {PORT}."
    if error.errno == errno.EADDRNOTAVAIL:
        return (
            f"--host {host}: this machine has no such address. "
            "Admissible: an address of it, or 0.0.0.0 for all it has."
        )
    return f"{host}, port {port}: cannot listen there ({error.strerror or error})."


def _door(host: str | None, address: str, port: int) -> Door:
    """Whom to let in: on loopback whoever calls us by a name of loopback, else who has the token."""
    own = ipaddress.ip_address(address.partition("%")[0])
    if own.is_loopback:
        return Door(frozenset({"localhost", "127.0.0.1", "::1", address, *_named(host)}))
    name = socket.gethostname().lower()
    names = {"localhost", name, f"{name}.local", address, *_named(host)}
    return Door(
        frozenset(names),
        token=secrets.token_urlsafe(32),
        cookie=f"sim_token_{port}",
        any_address=own.is_unspecified,
    )


def _named(host: str | None) -> list[str]:
    return [] if host is None else [host.lower()]


def _written(host: str | None, address: str) -> str:
    """The machine's name in an address for others, or its address."""
    own = ipaddress.ip_address(address.partition("%")[0])
    if own.is_unspecified:
        return socket.gethostname()
    name = host or address
    return f"[{name}]" if ":" in name else name
