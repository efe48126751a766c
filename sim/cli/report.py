"""`sim report`: a run folder as a page that can be sent.

Not here: what it says and how it looks (report).
"""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.pages import of_run, page_to_write, write_pages

_NAME = "report.html"


@click.command()
@of_run(_NAME)
@click.option("--xlsx", is_flag=True, help="Also a workbook beside it, whose formulas recompute.")
@click.option("--pptx", is_flag=True, help="Also slides beside it, with charts that can be edited.")
@click.option("--pdf", is_flag=True, help="Also the page as PDF beside it, printed by Chromium.")
def report(folder: Path, out: Path | None, xlsx: bool, pptx: bool, pdf: bool) -> None:
    """Make one HTML file of a run folder: the answer, findings, business case, assumptions, method."""
    from sim.report.document import document
    from sim.report.html import render
    from sim.report.stored import read_run

    page = page_to_write(folder, out, _NAME)
    found = document(read_run(folder))
    files = {page: render(found).encode("utf-8")}
    if xlsx:
        from sim.report.workbook import workbook

        files[page.with_suffix(".xlsx")] = workbook(found)
    if pptx:
        from sim.report.deck import deck

        files[page.with_suffix(".pptx")] = deck(found)
    if pdf:
        from sim.report.printed import printed

        files[page.with_suffix(".pdf")] = printed(files[page])
    write_pages(files)
