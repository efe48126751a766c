"""Over real HTTP and websockets: who is let in to the page, and who is not."""

from __future__ import annotations

import re

import pytest

from sim.web.guard import App
from tests.web.serving import Place, served


def test_the_page_and_all_it_loads_come_from_this_server(place: Place) -> None:
    page = place.ask()
    assert page.status == 200
    links = re.findall(r"""(?:src|href)=["']([^"']+)""", page.text)
    assert links
    for link in links:
        assert not re.match(r"(?:[a-z]+:)?//", link), link
        assert place.ask(f"/{link}").status == 200


def test_every_answer_forbids_what_the_page_does_not_need(place: Place) -> None:
    for reply in (place.ask(), place.ask("/nothing"), place.ask(Host="evil.example")):
        policy = reply.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy and "http" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in reply.headers


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_names_of_loopback_are_ours_with_whatever_port_a_tunnel_has(place: Place, name: str) -> None:
    assert place.ask(Host=f"{name}:{place.port}").status == 200
    assert place.ask(Host=f"{name}:9999").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "localhost@evil.example",
        "192.168.1.20",
        "127.0.0.1:x",
        "[::1",
        "",
        "localhost:1:2",
        "localhost,evil.example",
    ],
)
def test_a_name_that_is_not_ours_is_refused_so_that_no_foreign_name_can_be_pointed_here(
    place: Place, host: str
) -> None:
    reply = place.ask(Host=host)
    assert reply.status in (400, 421)
    assert "shiny" not in reply.text
    assert place.socket(Host=host).status in (400, 403)


def test_a_request_without_a_name_or_with_two_is_refused(place: Place) -> None:
    assert place.ask(Host=None).status in (400, 421)
    assert place.ask(host="localhost", Host="evil.example").status in (400, 421)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:1", "file://", None]
)
def test_another_page_cannot_open_the_socket(place: Place, origin: str | None) -> None:
    assert place.socket(Origin=origin).status == 403


def test_our_own_page_opens_the_socket(place: Place) -> None:
    assert place.socket().status == 101


def test_another_page_cannot_ask_in_our_name(place: Place) -> None:
    assert place.ask(Origin="http://evil.example").status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_nothing_can_be_put_into_the_page(place: Place, method: str) -> None:
    reply = place.ask("/session/x/upload/1", method=method, body=b"x" * 100)
    assert reply.status == 405


@pytest.mark.parametrize(
    "target",
    [
        "/../../../../etc/passwd",
        "/lib/../../../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/lib/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/lib/..%5c..%5cetc%5cpasswd",
        "//etc/passwd",
        "/lib//etc/passwd",
        "/%00",
        "/lib/%0d%0aX-Evil:%201",
        "/etc/passwd",
        "/session/../../etc/passwd",
        "/session/x/download/../../../../etc/passwd",
        "/session/x/upload/y",
        "/scenarios/current_state.yaml",
        "/__shared/",
        "/.git/config",
        "/?_state_id_=../../../etc",
    ],
)
def test_no_path_leads_to_a_file_that_is_not_the_pages(place: Place, target: str) -> None:
    reply = place.ask(target)
    assert b"root:" not in reply.body and "x-evil" not in reply.headers
    assert reply.status in (404, 400) or target.startswith("/?")


def test_an_address_of_any_length_is_answered_or_refused(place: Place) -> None:
    assert place.ask("/?s=" + "x" * 100_000).status in (400, 414, 431)
    assert place.ask("/?s=" + "x" * 15_000).status == 200
    assert place.ask("/?s=" + "%" * 1_000).status == 200
    assert place.ask("/?" + "&" * 1_000).status == 200
    assert place.ask(Cookie="x" * 10_000).status == 200


# -- beyond loopback


def test_beyond_loopback_only_the_address_that_was_printed_opens_the_page(page: App) -> None:
    with served(page, "0.0.0.0") as place:
        token = place.listening.door.token
        assert token is not None and len(token) >= 40
        assert place.listening.address.endswith(f":{place.port}/?token={token}")
        for target in (
            "/",
            "/?token=",
            "/?token=x",
            f"/?token={token}x",
            f"/?token={token}&token=x",
            "/lib/",
        ):
            reply = place.ask(target)
            assert reply.status == 401 and "token" in reply.text and "set-cookie" not in reply.headers
        assert place.socket().status == 403

        first = place.ask(f"/?token={token}&s=a:1")
        assert first.status == 303 and first.headers["location"] == "/?s=a%3A1"
        assert re.search("HttpOnly; SameSite=Lax", first.headers["set-cookie"])
        cookie = first.headers["set-cookie"].partition(";")[0]
        assert place.ask(Cookie=f"other=1; {cookie}").status == 200
        assert place.socket(Cookie=cookie).status == 101
        assert place.ask(Cookie=cookie + "x").status == 401

        assert place.socket(Cookie=cookie, Origin="http://evil.example").status == 403
        assert place.ask(f"/?token={token}", Host="evil.example").status == 421
        assert place.ask(Cookie=cookie, Host="evil.example").status == 421
        assert place.ask(Cookie=cookie, Host="192.168.1.20").status == 200
        assert place.ask(f"//evil.example/?token={token}").status in (401, 404)


def test_every_start_has_a_token_of_its_own(page: App) -> None:
    with served(page, "0.0.0.0") as one, served(page, "0.0.0.0") as other:
        assert one.listening.door.token != other.listening.door.token
        assert other.ask(f"/?token={one.listening.door.token}").status == 401
