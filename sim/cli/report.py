"""`sim report`: a run folder as a page that can be sent.

Not here: what it says and how it looks (report).
"""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(path_type=Path)
_NAME = "report.html"


@click.command()
@click.argument("folder", type=FILE, metavar="RUN")
@click.option(
    "--out",
    type=FILE,
    metavar="FILE",
    help=f"The page to write; its ending is .html. Without it: RUN/{_NAME}, written over.",
)
@click.option("--xlsx", is_flag=True, help="Also a workbook beside it, whose formulas recompute.")
@click.option("--pptx", is_flag=True, help="Also slides beside it, with charts that can be edited.")
@click.option("--pdf", is_flag=True, help="Also the page as PDF beside it, printed by Chromium.")
def report(folder: Path, out: Path | None, xlsx: bool, pptx: bool, pdf: bool) -> None:
    """Make one HTML file of a run folder: the answer, findings, business case, assumptions, method."""
    from sim.report.document import document
    from sim.report.html import render
    from sim.report.stored import read_run
    from sim.report.written import write_whole

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
    try:
        write_whole(files)
    except OSError as error:
        raise click.UsageError(
            f"{page.parent} cannot be written to: {error.strerror or error}. Name another file with --out."
        ) from None
    for path in files:
        click.echo(f"wrote {path}")


def page_to_write(folder: Path, out: Path | None, name: str) -> Path:
    """The page; refused before any work where it cannot be one."""
    if out is None:
        return folder / name
    if out.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"--out {out}: the page is HTML; end its name with .html.")
    if not out.parent.is_dir():
        raise click.UsageError(f"--out {out}: there is no folder {out.parent}. Make it, or name another one.")
    if out.is_dir():
        raise click.UsageError(f"--out {out}: this is a folder; name a file in it.")
    return out
