"""Who may talk to the page: an ASGI app around the page's own, for requests and for websockets.

    name       the Host header names this machine: a name that somebody points at us from outside (DNS
               rebinding) is not ours, so a foreign page cannot read what we answer
    origin     a browser says which page asks; only our own may open the socket (a websocket is not kept to
               its own site by browsers), and only our own may ask with anything but a plain GET
    token      beyond loopback, the address that was printed holds a secret; a cookie keeps it afterwards
    method     the page only reads: GET and HEAD, and the socket
    path       no way out of the folders that are served
    tabs       no more sockets at once than so many

What is refused is refused with a sentence and before the page hears of it. Every answer forbids the browser
to load anything from elsewhere, to be shown in a frame, and to guess types.
Not here: where it listens (server), what the page does (page).
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_TABS = 100
LONGEST_ADDRESS = 20_000
TOKEN = "token"

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline'",  # Shiny and the page write scripts into the page itself
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS: Mapping[str, str] = {
    "content-security-policy": "; ".join(f"{key} {value}" for key, value in _POLICY.items()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody is not let in."""

    status: int
    words: str


@dataclass(frozen=True, slots=True)
class Door:
    """Whom to let in.

    Attributes
    ----------
    names
        Names of this machine that the Host header may have.
    token
        The secret of the address; None on loopback.
    cookie
        The name of the cookie that keeps it; browsers share cookies between ports.
    any_address
        Whether every IP address may stand for this machine, where it listens on all it has: an address
        cannot be pointed elsewhere, as a name can.
    """

    names: frozenset[str]
    token: str | None = None
    cookie: str = "sim_token"
    any_address: bool = False

    def refusal(self, scope: Scope) -> Refusal | None:
        """Why a request or a socket is not let in; None where it is."""
        headers = _Headers(scope)
        return (
            self._of_name(headers)
            or self._of_method(scope)
            or self._of_path(scope)
            or self._of_origin(scope, headers)
            or self._of_token(headers)
        )

    def brings_token(self, scope: Scope) -> bool:
        """Whether this is a first visit by the address that was printed."""
        told = [value for key, value in _query(scope) if key == TOKEN]
        return self.token is not None and len(told) == 1 and self._is_token(told[0])

    def _of_name(self, headers: _Headers) -> Refusal | None:
        host = headers.only("host")
        name = None if host is None else _name_of(host)
        if name is not None and (name in self.names or (self.any_address and _is_address(name))):
            return None
        return Refusal(
            421, f"This page is not called {_shown(host)}. Open the address that `sim serve` printed."
        )

    def _of_method(self, scope: Scope) -> Refusal | None:
        if scope["type"] == "websocket" or scope["method"] in ("GET", "HEAD"):
            return None
        return Refusal(405, "This page only answers GET: nothing can be put into it.")

    def _of_path(self, scope: Scope) -> Refusal | None:
        path = scope["path"]
        if len(path) + len(scope.get("query_string", b"")) > LONGEST_ADDRESS:
            return Refusal(414, f"The address is too long; the limit is {LONGEST_ADDRESS:,} characters.")
        if ".." in path.split("/") or "\\" in path or not path.isprintable() or path.startswith("//"):
            return Refusal(404, "There is nothing of this name.")
        return None

    def _of_origin(self, scope: Scope, headers: _Headers) -> Refusal | None:
        """A browser names the page that asks; other programs name none, and may only look."""
        if headers.has("origin"):
            origin, host = headers.only("origin"), headers.only("host")
            is_ours = origin is not None and origin.partition("://")[::2] in _own_origins(host)
        else:
            is_ours = scope["type"] == "http"
        return None if is_ours else Refusal(403, "Another page may not ask in this page's name.")

    def _of_token(self, headers: _Headers) -> Refusal | None:
        if self.token is None or any(
            name == self.cookie and self._is_token(value) for name, value in headers.cookies()
        ):
            return None
        return Refusal(
            401, "Open the address that `sim serve` printed: the token in it is the key to this page."
        )

    def _is_token(self, told: str) -> bool:
        assert self.token is not None
        return secrets.compare_digest(told.encode("utf-8", "replace"), self.token.encode())


class Guard:
    """The page's app behind a door."""

    def __init__(self, app: App, door: Door) -> None:
        self._app, self._door = app, door
        self._n_tabs = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await self._open(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/" and self._door.brings_token(scope):
            refusal = Door(self._door.names, any_address=self._door.any_address).refusal(scope)
            await (self._let_in(scope, send) if refusal is None else _refuse(send, refusal))
            return
        refusal = self._door.refusal(scope)
        if refusal is not None:
            await _refuse(send, refusal)
            return
        await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """The token goes from the address, which others may see, into a cookie."""
        rest = urlencode([pair for pair in _query(scope) if pair[0] != TOKEN])
        cookie = f"{self._door.cookie}={self._door.token}; HttpOnly; SameSite=Lax; Path=/"
        headers = [("location", f"/?{rest}" if rest else "/"), ("set-cookie", cookie)]
        await _send_text(send, 303, "", headers)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._door.refusal(scope) is not None or self._n_tabs >= MOST_TABS:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        self._n_tabs += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._n_tabs -= 1


class _Headers:
    """The headers of a request: their names are in lower case, and each may come several times."""

    def __init__(self, scope: Scope) -> None:
        self._found: list[tuple[bytes, bytes]] = list(scope["headers"])

    def all(self, name: str) -> list[str]:
        return [value.decode("latin-1") for key, value in self._found if key == name.encode()]

    def has(self, name: str) -> bool:
        return bool(self.all(name))

    def only(self, name: str) -> str | None:
        """The value of a header that is there once; what comes twice may be read in two ways."""
        found = self.all(name)
        return found[0].strip().lower() if len(found) == 1 else None

    def cookies(self) -> Iterable[tuple[str, str]]:
        for header in self.all("cookie"):
            for part in header.split(";"):
                name, _, value = part.strip().partition("=")
                yield name, value


def _query(scope: Scope) -> list[tuple[str, str]]:
    try:
        text = scope.get("query_string", b"").decode("ascii")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:  # too many fields, or no text
        return []


def _name_of(host: str) -> str | None:
    """The name in a Host header, without the port; None where it is malformed."""
    if host.startswith("["):
        name, bracket, rest = host[1:].partition("]")
        return name if bracket and (not rest or _is_port(rest)) else None
    name, colon, port = host.partition(":")
    return name if name and (not colon or _is_port(f":{port}")) else None


def _is_port(text: str) -> bool:
    return text[:1] == ":" and text[1:].isdecimal() and text.isascii() and len(text) <= 6


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _own_origins(host: str | None) -> set[tuple[str, str]]:
    """Scheme and host of pages of ours; with https where something stands before us that speaks it."""
    return set() if host is None else {("http", host), ("https", host)}


def _shown(host: str | None) -> str:
    text = "" if host is None else "".join(c for c in host if c.isprintable())[:60]
    return f"'{text}'" if text else "so"


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {key.lower() for key, _ in message.get("headers", [])}
            more = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in own]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return sent


async def _refuse(send: Send, refusal: Refusal) -> None:
    await _send_text(send, refusal.status, f"{refusal.words}\n")


async def _send_text(send: Send, status: int, text: str, headers: Iterable[tuple[str, str]] = ()) -> None:
    body = text.encode()
    told = [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", str(len(body))),
        ("cache-control", "no-store"),
        *headers,
    ]
    start = {"type": "http.response.start", "status": status}
    await send({**start, "headers": [(key.encode(), value.encode()) for key, value in told]})
    await send({"type": "http.response.body", "body": body})
