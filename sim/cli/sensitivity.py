"""`sim sensitivity`: which assumption matters, and which to measure first.

Not here: the analysis (experiment.sensitivity), what it prints (sensitivity_text).
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import arguments
from sim.cli.stdout import say

if TYPE_CHECKING:
    from sim.experiment.sensitivity import Sensitivity
    from sim.scenario.load import Scenario


@click.command()
@click.argument("file", type=arguments.FILE)
@click.argument("others", type=arguments.FILE, nargs=-1, metavar="[OTHER]...")
@click.option(
    "--only",
    metavar="NAME",
    multiple=True,
    help="An assumption to move, such as background_load; several times for several. Without it: all.",
)
@click.option(
    "--of",
    metavar="METRIC[:OF]",
    multiple=True,
    help="A figure to look at, such as utilisation:compliance; several times for several.",
)
@click.option(
    "--samples",
    type=click.IntRange(min=0),
    default=512,
    show_default=True,
    help="Points all over the ranges, a power of two; 0: the tornado alone.",
)
@click.option(
    "--method",
    type=click.Choice(["surface", "saltelli"]),
    default="surface",
    show_default=True,
    help="How indices are found. saltelli assumes nothing of the figure and needs many times the runs.",
)
@click.option(
    "--inputs",
    "shape",
    type=click.Choice(["uniform", "pert"]),
    default="uniform",
    show_default=True,
    help="How an assumption lies in its range; pert: mostly near its value.",
)
@click.option(
    "--replications",
    "-n",
    type=click.IntRange(2, 1_000_000),
    default=10,
    show_default=True,
    help="At each end of the tornado.",
)
@arguments.out
@arguments.seed
@arguments.engine
@arguments.jobs
@arguments.as_json
def sensitivity(
    file: Path, others: tuple[Path, ...], out: Path, as_json: bool, only: Any, of: Any, **asked: Any
) -> None:
    """Move the assumptions of FILE within their ranges, alone and all at once: which of them matters?

    With OTHER (scenarios, or patches that are put on FILE) the figures are what those change, down to money.
    """
    from sim.cli.progress import shown, stoppable, stopwatch
    from sim.cli.sensitivity_text import sensitivity_text
    from sim.experiment.sensitivity import sensitivity as analysed
    from sim.report.sensitivity_study import sensitivity_document
    from sim.scenario.load import load, load_beside

    scenario, *rest = [load(file), *(load_beside(file, other) for other in others)]
    with stoppable() as stop, stopwatch() as elapsed:
        with shown() as progress:

            def told(finished: int, expected: int) -> None:
                # an interrupt that comes while processes start can get lost in their starting
                if stop.is_asked:
                    raise KeyboardInterrupt
                progress(finished, expected)

            found = analysed(scenario, rest, only=only, of=of, progress=told, **asked)
        if as_json:
            document = sensitivity_document(found)
            say(json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False))
        else:
            say(sensitivity_text(found))
        folder = _kept(found, [scenario, *rest], out, elapsed())
        click.echo(f"kept in {folder}", err=as_json)
    if not found.is_complete:
        click.echo("interrupted: what was finished is told and kept", err=True)
        sys.exit(stop.exit_code)


def _kept(found: Sensitivity, scenarios: Sequence[Scenario], out: Path, elapsed_s: float) -> Path:
    """The folder of the analysis; what is printed above stands, whether it can be kept or not."""
    from sim.report.sensitivity_study import sensitivity_study
    from sim.report.study_folder import write_study
    from sim.scenario.writer import data_files, resolved_text

    texts = {name: resolved_text(each) for name, each in zip(found.scenarios, scenarios, strict=True)}
    study = sensitivity_study(found, texts, data_files(scenarios))
    command = shlex.join(["sim", *sys.argv[1:]])
    try:
        return write_study(study, out=out, command=command, elapsed_s=elapsed_s)
    except OSError as error:
        click.echo(
            f"{out}: the analysis could not be kept there ({error.strerror or error}). "
            "What is printed above is whole; name another folder with --out.",
            err=True,
        )
        sys.exit(2)
