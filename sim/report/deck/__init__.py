"""A report as slides with native charts and tables, which the reader can edit.

Every slide's title is its finding. Charts carry their numbers: whoever opens them can change them. The same
run gives the same bytes. python-pptx is known to this room only.

    slides      which slides there are, and what stands on each
    charts      native charts          pieces      titles, paragraphs, panels and tables

Not here: what a report says (document, so_what).
"""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO

from sim.errors import RunError
from sim.report.document import Document
from sim.report.words import clean

__all__ = ["deck", "steady"]


def deck(document: Document) -> bytes:
    """The slides of a report.

    Raises
    ------
    RunError
        python-pptx is not installed.
    """
    try:
        from pptx import Presentation
    except ImportError:
        raise RunError("slides take python-pptx, which is not installed: pip install 'sim[office]'") from None
    from sim.report.deck.pieces import foot, heading, make_wide
    from sim.report.deck.slides import slides

    presentation = Presentation()
    make_wide(presentation)
    for title, fill in slides(document):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        heading(slide, title)
        fill(slide)
        foot(slide, _source(document), len(presentation.slides))
    properties = presentation.core_properties
    properties.title, properties.author = clean(document.title)[:250], "sim report"  # 255 fit
    file = BytesIO()
    presentation.save(file)
    started = datetime.fromisoformat(document.subject.stored.manifest.started)
    return steady(file.getvalue(), started)


def _source(document: Document) -> str:
    """Where the figures of a slide come from, for whoever takes it out of the deck."""
    manifest = document.subject.stored.manifest
    n = len(document.subject.baseline.runs)
    title = clean(document.title)
    title = title if len(title) <= 80 else f"{title[:79]}…"
    return f"{title}. Run of {manifest.started[:10]}, {n} replications, seed {manifest.seed}."


def steady(package: bytes, started: datetime) -> bytes:
    """A package of parts without the instant at which it was made, nor those of the packages in it."""
    stamp = f"{started:%Y-%m-%dT%H:%M:%SZ}".encode()
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as parts, zipfile.ZipFile(made, "w") as out:
        for name in parts.namelist():
            content = parts.read(name)
            if name.endswith(".xlsx"):
                content = steady(content, started)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", lambda found: found[1] + stamp, content
                )
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
