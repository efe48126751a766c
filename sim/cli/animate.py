"""`sim animate`: one replication of a run folder, replayed on its map.

Not here: what is shown and how it looks (report.animation).
"""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.pages import of_run, page_to_write, write_pages

_NAME = "animation.html"


@click.command()
@of_run(_NAME)
@click.option("--scenario", metavar="NAME", help="Which scenario of the run. Without it: the baseline.")
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
    scenario: str | None,
    flow: str | None,
    replication: int | None,
    weeks: int | None,
    from_week: int,
    depth: int | None,
) -> None:
    """Make one HTML file that replays a replication: cases as dots on the value-stream map."""
    from sim.report.animation import Wanted, animation
    from sim.report.animation.page import render
    from sim.report.stored import read_run

    page = page_to_write(folder, out, _NAME)
    wanted = Wanted(scenario, flow, replication, weeks, from_week, depth)
    text = render(animation(read_run(folder), wanted))
    write_pages({page: text.encode("utf-8")})
