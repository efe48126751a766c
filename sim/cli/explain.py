"""`sim explain`: what costs most, found by running again without each cause; what each patch contributes.

Not here: what is found (experiment.explain), words (explain_text), pictures (charts).
"""

from __future__ import annotations

import json
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import arguments
from sim.cli.stdout import say

if TYPE_CHECKING:
    from sim.charts.page import Drawing
    from sim.cli.progress import Stop
    from sim.experiment.explain import Explanation
    from sim.scenario.load import Scenario


@click.command()
@click.argument("file", type=arguments.FILE)
@click.argument("patches", type=arguments.FILE, nargs=-1)
@click.option(
    "--of",
    metavar="NAME",
    help="The case type or flow it is about. Without it: the case type with most cases inside.",
)
@click.option(
    "--only",
    metavar="GROUP",
    multiple=True,
    help="Only causes of this group; several times for several: team, shift, returns, waits, batching, "
    "limits, switching, focus, other_work, together, patches, steps.",
)
@click.option("--replications", "-n", type=click.IntRange(1, 1_000_000), default=10, show_default=True)
@arguments.out
@arguments.seed
@arguments.engine
@arguments.jobs
@arguments.as_json
def explain(
    file: Path, patches: tuple[Path, ...], out: Path, as_json: bool, only: tuple[str, ...], **options: Any
) -> None:
    """Explain what costs most in FILE: run it again without each cause, on the same luck.

    With PATCHES, or where FILE extends some: also what each patch contributes, alone and together.
    """
    from sim.cli.explain_text import explain_text
    from sim.cli.progress import shown, stoppable, stopwatch
    from sim.experiment.explain import explain as explain_scenario
    from sim.scenario.load import load, load_with_patches

    scenario = load_with_patches(file, patches) if patches else load(file)
    with stoppable() as stop, stopwatch() as elapsed:
        found = None
        with suppress(KeyboardInterrupt), shown() as progress:
            found = explain_scenario(scenario, only=only, progress=progress, **options)
        if found is None or (found.incomplete and not found.causes):
            click.echo("interrupted before a cause was looked at: nothing to show or to keep", err=True)
            sys.exit(stop.exit_code)
        document = json.dumps(found.document, indent=2, allow_nan=False, ensure_ascii=False)
        say(document if as_json else explain_text(found))
        _keep(found, scenario, out, elapsed())
        _end(found, stop)


def _keep(found: Explanation, scenario: Scenario, out: Path, elapsed_s: float) -> None:
    """Leave a folder, and say where; what is printed stands, whether it can be kept or not."""
    from sim.report.study_folder import Study, write_study
    from sim.scenario.writer import data_files, resolved_text

    tables = {"causes": found.table} if found.causes else {}
    if found.contributions is not None:
        tables |= {"patches": found.contributions.table, "subsets": found.contributions.subsets}
    study = Study(
        kind="explain",
        document=found.document,
        tables=tables,
        pictures={} if found.incomplete else _pictures(found),
        scenarios={found.name: resolved_text(scenario)},
        seed=found.seed,
        engine=found.engine,
        replications=found.replications,
        incomplete=found.incomplete,
        data_files=data_files([scenario]),
    )
    command = shlex.join(["sim", *sys.argv[1:]])
    try:
        folder = write_study(study, out=out, command=command, elapsed_s=elapsed_s)
    except OSError as error:
        click.echo(
            f"{out}: the explanation could not be kept there ({error.strerror or error}). "
            "What is printed above is whole; name another folder with --out.",
            err=True,
        )
        sys.exit(2)
    click.echo(f"kept in {folder}", err=True)


def _pictures(found: Explanation) -> dict[str, Drawing]:
    from sim.charts.causes import plot_causes
    from sim.charts.contributions import plot_contributions

    drawn = {"causes": plot_causes(found)} if found.causes else {}
    return drawn | ({"patches": plot_contributions(found)} if found.contributions is not None else {})


def _end(found: Explanation, stop: Stop) -> None:
    if found.incomplete:
        n = len(found.causes)
        click.echo(f"interrupted: only the causes that were finished are told ({n})", err=True)
        sys.exit(stop.exit_code)
