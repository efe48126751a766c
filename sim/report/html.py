"""A report as one HTML file that needs nothing else: no script, no font, no address.

All text goes through autoescape; only charts, which are made here, are put in as they are. A policy in the
page itself forbids the browser to load anything.
Not here: what a report says (document).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from sim.report.document import Document
from sim.report.findings import Finding
from sim.report.method import left_out, method
from sim.report.templating import source, templates
from sim.report.words import BEGIN, END, SHARE, Unit, clean, count

if TYPE_CHECKING:
    from sim.charts.page import Drawing

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Chart:
    """A finding as it stands in the page: the drawing, and what it shows in words."""

    key: str
    heading: str
    svg: Markup
    shows: str
    so_what: str


def render(document: Document) -> str:
    """The page."""
    environment = templates()
    environment.filters.update(told=told, name=name, amount=amount, unbroken=unbroken)
    page = environment.get_template("report.html.j2").render(
        it=document,
        subject=document.subject,
        manifest=document.subject.stored.manifest,
        charts=list(_charts(document.findings)),
        style=Markup(source(environment, "report.css")),
        method=method(document.subject),
        left_out=left_out(document.subject),
        count=count,
        SHARE=SHARE,
    )
    return page if page.endswith("\n") else f"{page}\n"


def told(text: str) -> Markup:
    """A sentence of ours: names in it are set apart from its direction, `code` is code."""
    safe = str(escape(text)).replace(BEGIN, "<bdi>").replace(END, "</bdi>")
    return Markup(_CODE.sub(r"<code>\1</code>", safe))


def name(text: str) -> Markup:
    """A name of somebody else's, whole, set apart from the direction of what is around it."""
    return Markup('<bdi dir="auto">') + clean(text) + Markup("</bdi>")


def amount(value: float, unit: Unit) -> str:
    """An amount in a table; nothing is a dash, which is easier to look over than a nought."""
    text = unit.number(value)
    return "–" if text.strip("0.") == "" else text


def unbroken(text: str) -> str:
    """A figure, which may go on in the next line before its interval or after a colon, nowhere else."""
    if not any(letter.isdigit() for letter in text):
        return text
    return text.replace(" ", "\u00a0").replace("\u00a0(", " (").replace(":\u00a0", ": ")


def inline_svg(text: str, key: str, shows: str) -> Markup:
    """An SVG file as a part of a page: without its heads, with names of its own, and with words for it."""
    body = text[text.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", body, flags=re.DOTALL)
    # names stand in the whole page now, so every chart has its own
    body = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', body)
    body = re.sub(r'(href="|url\()#', rf"\1#{key}-", body)
    head, rest = body.split(">", 1)
    head = re.sub(r'\s(width|height)="[^"]*"', "", head)
    label = escape(shows)
    return Markup(f'{head} role="img" aria-label="{label}" focusable="false">{rest}')


def _charts(found: Iterable[Finding]) -> Iterator[Chart]:
    from sim.charts.files import svg_text

    for finding in found:
        figure = finding.draw()
        shows = _shown(figure)
        yield Chart(
            finding.key,
            finding.heading,
            inline_svg(svg_text(figure), finding.key, shows),
            shows,
            finding.so_what,
        )


def _shown(figure: Drawing) -> str:
    """The finding of a chart, which its page is labelled with."""
    return clean(str(figure.get_label()))
