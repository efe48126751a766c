"""One browser tab: the setting it stands at, the work that was started for it, and what it is shown.

A new setting ends the work for the one before; a tab that is closed ends its own. Numbers come first, then
the pictures, then the same with more replications.
Not here: what an answer says (figures), how it is come by (experiment.what_if).
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from shiny import Inputs, Session, reactive, render, ui

from sim.errors import SimError
from sim.experiment.what_if import Answer, Settings, Tried
from sim.web.controls import groups, levers_html
from sim.web.figures import figures_html, status_html, teams_html
from sim.web.pictures import Painter, Pictures
from sim.web.report import report

if TYPE_CHECKING:
    from jinja2 import Environment

    from sim.experiment.what_if import WhatIf

T = TypeVar("T")

_ENOUGH = 12
"""Replications from which on pictures are worth drawing before the last answer is in."""

STATE = "s"
"""The part of the address that holds a setting."""


class Tab:
    """What one tab shows, and its work."""

    def __init__(self, what_if: WhatIf, painter: Painter, session: Session, environment: Environment) -> None:
        self._what_if, self._painter = what_if, painter
        self._session, self._environment = session, environment
        self._settings = reactive.value(Settings())
        self._answer: reactive.Value[Answer | None] = reactive.value(None)
        self._pictures = reactive.value(Pictures())
        self._tried = Tried()
        self._cancelled = threading.Event()
        self._work: asyncio.Task[None] | None = None

    def serve(self, input: Inputs) -> None:
        """Say what happens when a setting comes, and what is shown."""
        self._session.on_ended(lambda: self._cancelled.set())

        @reactive.effect
        @reactive.event(input.settings)
        async def _turned() -> None:
            await self._turn(input.settings())

        self._show_numbers()
        self._show_pictures()
        self._show_levers()
        self._give_files()

    # -- work

    async def _turn(self, told: object) -> None:
        """A setting has come from the page."""
        self._cancelled.set()
        # handed back, so that the page knows which move is answered
        move = told.get("move") if isinstance(told, dict) else None
        try:
            settings = self._what_if.checked(told)
        except SimError as error:  # patches that exclude each other
            self._answer.set(Answer.refused(str(error)))
            await self._session.send_custom_message("answered", {"move": move})
            return
        self._settings.set(settings)
        state = self._what_if.encode(settings)
        await self._session.send_custom_message("state", {"query": f"?{STATE}={state}" if state else ""})
        self._cancelled = threading.Event()
        self._work = asyncio.create_task(self._refine(settings, move, self._cancelled))

    async def _refine(self, settings: Settings, move: object, cancelled: threading.Event) -> None:
        """Show answers with more and more replications, until there are enough or the setting has changed."""
        answers = self._what_if.answers(settings, cancelled.is_set)
        is_drawn = False
        while (found := await asyncio.to_thread(next, answers, None)) is not None:
            self._tried.add(found)
            if not await self._put(self._answer, found, cancelled):
                return
            await self._session.send_custom_message("answered", {"move": move})
            if found.is_last or (not is_drawn and found.replications >= _ENOUGH):
                pictures = await asyncio.to_thread(self._painter.draw, found, self._tried.points)
                if not await self._put(self._pictures, pictures, cancelled):
                    return
                is_drawn = True

    async def _put(self, value: reactive.Value[T], new: T, cancelled: threading.Event) -> bool:
        """Change what is shown, from a task of our own; False where a newer setting has come meanwhile."""
        async with reactive.lock():
            if cancelled.is_set():
                return False
            value.set(new)
            await reactive.flush()
        return True

    # -- what is shown

    def _show_numbers(self) -> None:
        @render.ui
        def status() -> ui.HTML:
            return ui.HTML(status_html(self._environment, self._answer()))

        @render.ui
        def figures() -> ui.HTML | None:
            answer = self._answer()
            return None if answer is None else ui.HTML(figures_html(self._environment, answer))

        @render.ui
        def teams() -> ui.HTML | None:
            answer = self._answer()
            return None if answer is None else ui.HTML(teams_html(self._environment, answer))

    def _show_pictures(self) -> None:
        @render.ui
        def map() -> ui.HTML:
            return ui.HTML(self._pictures().value_stream)

        @render.ui
        def frontier() -> ui.HTML:
            return ui.HTML(self._pictures().frontier)

    def _show_levers(self) -> None:
        """Levers that only a patch has, when it is on: as far as they stand, they stay."""
        chosen = reactive.calc(lambda: self._settings().patches)

        @render.ui
        @reactive.event(chosen)
        def of_patches() -> ui.HTML:
            settings = self._settings()
            own = {lever.name for lever in self._what_if.levers}
            more = [each for each in self._what_if.levers_of(settings) if each.name not in own]
            found = groups(more, settings.values, head="Of the patches: ", prefix="patch-")
            return ui.HTML(levers_html(self._environment, found))

    # -- what is given

    def _give_files(self) -> None:
        @render.ui
        def file() -> ui.Tag:
            return ui.tags.pre(self._saved(), tabindex="0")

        @render.download_button(filename=self._what_if.saved_name)
        def save() -> Iterator[str]:
            yield self._saved()

        @render.download_button(filename="report.html")
        async def report_file() -> AsyncIterator[bytes]:
            answer = self._answer()
            n = 1 if answer is None else max(1, answer.replications)
            yield await asyncio.to_thread(self._report, self._settings(), n)

    def _report(self, settings: Settings, replications: int) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            return report(self._what_if, settings, Path(folder), replications=replications).read_bytes()

    def _saved(self) -> str:
        """The setting as a scenario file, or why it cannot be one."""
        try:
            return self._what_if.saved(self._settings())
        except SimError as error:
            return f"# {error}\n"
