"""Where the server listens, what it says where it cannot, and how it ends."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from sim.errors import RunError
from sim.web.guard import App
from sim.web.server import PORT, listen
from tests.web.serving import Place, Tab, served


def test_loopback_needs_no_token_and_is_all_that_listens(place: Place) -> None:
    assert place.listening.door.token is None
    assert place.listening.address == f"http://127.0.0.1:{place.port}/"
    assert place.listening.socket.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_told_with_what_to_do(place: Place) -> None:
    with pytest.raises(RunError, match=rf"port {place.port} of 127.0.0.1 is taken: .* --port"):
        listen(None, place.port)


def test_without_a_port_a_free_one_is_taken_where_the_usual_one_is_not() -> None:
    places = [listen(), listen()]
    assert places[1].port not in (PORT, places[0].port)
    for each in places:
        each.socket.close()


def test_an_address_of_another_machine_is_told_with_what_is_admissible() -> None:
    with pytest.raises(RunError, match=r"--host 192\.0\.2\.1: this machine has no such address.*0\.0\.0\.0"):
        listen("192.0.2.1", 0)
    with pytest.raises(RunError, match=r"--host no\.such\.invalid: this is no address of this machine"):
        listen("no.such.invalid", 0)


def test_a_name_of_loopback_is_loopback_too() -> None:
    place = listen("localhost", 0)
    assert place.door.token is None
    place.socket.close()


def test_two_tabs_do_not_disturb_each_other(place: Place) -> None:
    one, other = Tab(place), Tab(place)
    one.begin(word="red")
    other.begin(word="blue")
    assert (one.value("echo"), other.value("echo")) == ("told 'red'", "told 'blue'")
    one.close()
    other.say(method="update", data={"word": "green"})
    assert other.value("echo") == "told 'green'"
    other.close()


@pytest.mark.filterwarnings("ignore")  # what the framework says of nonsense is its own
@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "no json",
        "[]",
        "{}",
        "null",
        '{"method": "init"}',
        '{"method": "init", "data": {"word:no.such.type": 1}}',
        '{"method": "uploadInit", "args": [[{"name": "../../x", "size": 1}]], "tag": 1}',
        '{"method": "__class__", "args": [], "tag": 1}',
        '{"data": {}, "method": "update"}',
        b"\xff\xfe\x00",
        "x" * 2_000_000,
    ],
    ids=lambda text: str(text[:30]),
)
def test_nonsense_on_a_socket_is_the_end_of_that_tab_at_most(place: Place, nonsense: str | bytes) -> None:
    from websockets.exceptions import ConnectionClosed

    mad, sane = Tab(place), Tab(place)
    try:
        mad.send(nonsense)
        mad.close()
    except (ConnectionClosed, OSError):
        pass
    sane.begin(word="still here")
    assert sane.value("echo") == "told 'still here'"
    sane.close()
    assert place.ask().status == 200


def test_it_ends_at_once_though_tabs_are_open_and_threads_at_work(page: App) -> None:
    with served(page) as place:
        tab = Tab(place)
        tab.begin(word="x")
        tab.value("echo")
        began = time.monotonic()
        place.end()
        place.ended.result(timeout=10)
        assert time.monotonic() - began < 3
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", place.port), timeout=1).close()


def test_what_works_is_told_before_connections_are_closed(page: App) -> None:
    closing = threading.Event()
    with served(page, closing=closing.set) as place:
        place.end()
        assert closing.is_set()


def test_a_tab_need_not_wait_until_others_have_their_answers() -> None:
    from shiny import App as Shiny
    from shiny import Inputs, Outputs, Session, ui

    n, tasks = 12, list[asyncio.Task[None]]()
    all_at_once = threading.Barrier(n)

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        async def answer() -> None:
            await asyncio.to_thread(all_at_once.wait, 10)
            await session.send_custom_message("met", {})

        tasks.append(asyncio.create_task(answer()))

    with served(Shiny(ui.page_fluid(), server)) as place:
        tabs = [Tab(place) for _ in range(n)]
        for tab in tabs:
            tab.begin()
        for tab in tabs:
            tab.hear("met")
            tab.close()
