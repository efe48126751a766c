"""A small page and a server of it, for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.web.guard import App
from tests.web.serving import LOOP, Place, served


@pytest.fixture(scope="session", autouse=True)
def _loop() -> Iterator[None]:
    LOOP.start()
    yield
    LOOP.stop()


@pytest.fixture(scope="module")
def page() -> App:
    """The smallest page of its kind: what it is told on the socket, it echoes."""
    from shiny import App as Shiny
    from shiny import Inputs, Outputs, Session, render, ui

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        @render.text
        def echo() -> str:
            return f"told {input.word()!r}"

    return Shiny(ui.page_fluid(ui.input_text("word", "Word", "none"), ui.output_text("echo")), server)


@pytest.fixture(scope="module")
def place(page: App) -> Iterator[Place]:
    with served(page) as found:
        yield found
