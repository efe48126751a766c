"""`sim animate`: one replication of a run folder, replayed on its map.

Not here: what is shown and how it looks (report.animation).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.pages import of_run, page_to_write, write_pages

if TYPE_CHECKING:
    from sim.report.animation import Animation

_NAME = "animation.html"


@click.command()
@of_run(_NAME)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME",
    help="Which scenario; several times for several above each other on one clock. Without it: the baseline.",
)
@click.option(
    "--flow", metavar="NAME", help="A case type or a flow. Without it: the case type with most cases inside."
)
@click.option("--replication", type=int, metavar="N", help="Which replication. Without it: the first.")
@click.option(
    "--weeks", type=click.IntRange(min=1), metavar="N", help="How many weeks. Without it: 26, or what fits."
)
@click.option(
    "--from-week",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="The first week, counted from month 0.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    metavar="N",
    help="How many levels of called flows are opened. Without it: as many as stand in one row.",
)
def animate(
    folder: Path,
    out: Path | None,
    scenarios: tuple[str, ...],
    flow: str | None,
    replication: int | None,
    weeks: int | None,
    from_week: int,
    depth: int | None,
) -> None:
    """Make one HTML file that replays a replication: cases as dots on the value-stream map."""
    from sim.report.animation import Wanted, animations
    from sim.report.animation.page import render
    from sim.report.stored import read_run

    page = page_to_write(folder, out, _NAME)
    wanted = Wanted(flow=flow, replication=replication, weeks=weeks, first_week=from_week, depth=depth)
    stored = read_run(folder)
    shown = animations(stored, wanted, scenarios or (None,))
    write_pages({page: render(shown).encode("utf-8")})
    click.echo(_told(shown, [result.name for result in stored.results]), err=True)


def _told(shown: list[Animation], names: list[str]) -> str:
    """What is on the page, and what else the run has."""
    from sim.report.words import clean, count, listed, named, plain

    here = [each.result.name for each in shown]
    stretch = shown[0].moves.stretch
    told = (
        f"shown: {clean(shown[0].of)} in {listed([plain(named(name)) for name in here])}, replication "
        f"{shown[0].replication}, {count(stretch.weeks, 'week')} of {stretch.weeks_of_run}"
    )
    others = [repr(name) for name in names if name not in here]
    return f"{told}; --scenario also takes {listed(others)}" if others else told
