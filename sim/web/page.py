"""The tuning page as a Shiny app: the page as it is sent, and what happens in each browser tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiny import App, Inputs, Outputs, Session, ui

from sim.errors import SimError
from sim.experiment.what_if import Settings
from sim.report.templating import source, templates
from sim.web.controls import groups, levers_html
from sim.web.pictures import Painter
from sim.web.tab import STATE, Tab

if TYPE_CHECKING:
    from jinja2 import Environment
    from shiny.ui._page import PageHtmlDocument
    from starlette.requests import Request

    from sim.experiment.what_if import WhatIf


def app(what_if: WhatIf) -> App:
    """The page for a scenario; every tab has its own setting, and all share today's results."""
    environment, painter = templates("sim.web"), Painter()

    def page(request: Request) -> PageHtmlDocument:
        return ui.page_html(page_html(what_if, request.query_params.get(STATE, ""), environment))

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        Tab(what_if, painter, session, environment).serve(input)

    return App(page, server)


def page_html(what_if: WhatIf, state: str, environment: Environment) -> str:
    """The page at the setting of an address; as today, and why, where that cannot be read."""
    settings, refusal = Settings(), ""
    if state:
        try:
            settings = what_if.decode(state)
        except SimError as error:
            refusal = str(error)
    return environment.get_template("tuning.html.j2").render(
        title=what_if.name,
        summary=what_if.summary,
        file=what_if.file.name,
        saved_name=what_if.saved_name,
        refusal=refusal,
        patches=what_if.patches,
        chosen=settings.patches,
        levers=levers_html(environment, groups(what_if.levers, settings.values)),
        style=source(environment, "tuning.css"),
        script=source(environment, "tuning.js"),
    )
