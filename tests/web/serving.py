"""A server on a free port of loopback, in a thread, and a client that says exactly what it is told to say."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sim.web.guard import App
from sim.web.server import Listening, listen, serve


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Place:
    """A server that runs."""

    port: int
    listening: Listening
    end: Callable[[], None]
    ended: Future[None]

    def ask(
        self, target: str = "/", *, method: str = "GET", body: bytes = b"", **headers: str | None
    ) -> Reply:
        """Send a request as it stands: no client tidies up the path. A header that is None is left out."""
        told = {"Host": f"127.0.0.1:{self.port}", "Connection": "close"}
        if body:
            told["Content-Length"] = str(len(body))
        told |= {key.replace("_", "-"): value for key, value in headers.items()}  # type: ignore[misc]
        lines = [f"{method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in told.items() if v is not None)]
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall("\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body)
            return _reply(connection)

    def socket(self, **headers: str | None) -> Reply:
        """Ask for the websocket."""
        told: dict[str, str | None] = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec_WebSocket_Version": "13",
            "Origin": f"http://127.0.0.1:{self.port}",
        }
        return self.ask("/websocket/", **told | headers)


def _reply(connection: socket.socket) -> Reply:
    data = b""
    while b"\r\n\r\n" not in data and (more := connection.recv(65_536)):
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    status = int(first.split(" ")[1])
    if status != 101:
        while more := connection.recv(65_536):
            body += more
    return Reply(status, headers, body)


class Loop:
    """One event loop in a thread, for all servers of the tests.

    What a page's values depend on is one graph for the whole process, with a lock that knows one loop only
    (Shiny's reactive environment): two servers on loops of their own would wait for each other for ever.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def stop(self) -> None:
        self.run(self._loop.shutdown_default_executor()).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()


LOOP = Loop()


@contextmanager
def served(app: App, host: str | None = None, closing: Callable[[], None] = lambda: None) -> Iterator[Place]:
    listening = listen(host, 0)
    ready = threading.Event()
    server = serve(app, listening, opened=ready.set, closing=closing)
    ended = LOOP.run(server.serve(sockets=[listening.socket]))
    assert ready.wait(timeout=20)
    place = Place(listening.port, listening, server.end, ended)
    try:
        yield place
    finally:
        place.end()
        ended.result(timeout=10)


class Tab:
    """A browser tab, as far as the page's protocol goes."""

    def __init__(self, place: Place) -> None:
        from websockets.sync.client import connect
        from websockets.typing import Origin

        origin = f"http://127.0.0.1:{place.port}"
        self._connection = connect(f"ws://127.0.0.1:{place.port}/websocket/", origin=Origin(origin))
        self._socket = self._connection.__enter__()

    def say(self, **message: Any) -> None:
        self._socket.send(json.dumps(message))

    def send(self, raw: str | bytes) -> None:
        self._socket.send(raw)

    def begin(self, *outputs: str, **inputs: Any) -> None:
        """Say hello, and which outputs there are to be seen."""
        seen = {f".clientdata_output_{name}_hidden": False for name in (*outputs, "echo")}
        self.say(method="init", data=inputs | seen)

    def value(self, output: str, like: str = "") -> str:
        """The next value of an output that has these words in it."""
        while True:
            told = json.loads(self._socket.recv(timeout=20))
            value = told.get("values", {}).get(output)
            text = value.get("html", "") if isinstance(value, dict) else str(value)
            if value is not None and like in text:
                return text

    def hear(self, name: str) -> object:
        """The next message of the page's own."""
        while True:
            told = json.loads(self._socket.recv(timeout=20)).get("custom", {})
            if name in told:
                return told[name]

    def close(self) -> None:
        self._connection.__exit__(None, None, None)
