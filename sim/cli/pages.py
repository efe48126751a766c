"""What commands share that make files of a run folder: its argument, where they go, writing them.

Not here: what is on a page (report).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)


def of_run(name: str) -> Callable[[Command], Command]:
    """The arguments RUN and --out of a command whose page is called `name` unless it is told otherwise."""
    folder = click.argument("folder", type=FILE, metavar="RUN")
    out = click.option(
        "--out",
        type=FILE,
        metavar="FILE",
        help=f"The page to write; its ending is .html. Without it: RUN/{name}, written over.",
    )
    return lambda command: folder(out(command))


def page_to_write(folder: Path, out: Path | None, name: str) -> Path:
    """The page; refused before any work where it cannot be one."""
    if out is None:
        return folder / name
    if out.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"--out {out}: the page is HTML; end its name with .html.")
    check_place(out)
    return out


def check_place(out: Path) -> None:
    """Refuse a file for which there is no folder, or that is one."""
    if not out.parent.is_dir():
        raise click.UsageError(f"--out {out}: there is no folder {out.parent}. Make it, or name another one.")
    if out.is_dir():
        raise click.UsageError(f"--out {out}: this is a folder; name a file in it.")


def cannot_be_written(folder: Path, error: OSError) -> click.UsageError:
    """What to say where a file could not be written."""
    return click.UsageError(
        f"{folder} cannot be written to: {error.strerror or error}. Name another file with --out."
    )


def write_pages(files: Mapping[Path, bytes]) -> None:
    """Write a page and what stands beside it, whole or not at all, and say so."""
    from sim.report.written import write_whole

    folder = next(iter(files)).parent
    try:
        write_whole(files)
    except OSError as error:
        raise cannot_be_written(folder, error) from None
    for path in files:
        click.echo(f"wrote {path}")
