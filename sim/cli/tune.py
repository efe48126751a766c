"""`sim tune`: the cheapest staffing that keeps its promises, as a command.

Not here: the search (experiment.tune), its words (tune_text), how it is kept (searched).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import arguments
from sim.cli.stdout import say
from sim.errors import RunError

if TYPE_CHECKING:
    from sim.experiment.tune import Tuning
    from sim.report.study_folder import Study
    from sim.scenario.load import Scenario


@click.command()
@click.argument("file", type=arguments.FILE)
@click.option(
    "--vary",
    metavar="LEVER=LEAST..MOST",
    multiple=True,
    help="What may be changed, such as compliance=1..6 (a team's size), data_scientists.owns=1..4, "
    "request.limit=2..10 or '$background_load=70%..95% by 5%'; several times for several. "
    "Without it: the size of every team.",
)
@click.option(
    "--promise",
    "promises",
    metavar="BOUND",
    multiple=True,
    help="What must hold, such as 'P85 of lead time of use_case <= 90 d' or 'utilisation <= 85%'; "
    "several times for several.",
)
@click.option("--minimise", type=click.Choice(["cost"]), help="The objective, unless --maximise is given.")
@click.option("--maximise", type=click.Choice(["npv"]), help="Net present value against the file as it is.")
@click.option(
    "--delta",
    metavar="MONEY",
    help="A difference of the objective that does not matter; 1 % of what the file costs as it is, "
    "of a net present value 5 %.",
)
@click.option(
    "--tolerance",
    type=arguments.SHARE,
    default="2%",
    show_default=True,
    help="Share of its bound by which a promise may be missed.",
)
@click.option(
    "--confidence", type=arguments.SHARE, default="95%", show_default=True, help="Of the guarantee."
)
@click.option(
    "--replications",
    "-n",
    type=int,
    default=4,
    show_default=True,
    help="Of each setting at first; more go where they are needed.",
)
@click.option("--budget", type=int, default=10_000, show_default=True, help="Replications in all.")
@click.option(
    "--most",
    type=int,
    default=2_000,
    show_default=True,
    help="Settings that are all run; of a larger space only those around the best: the guarantee is local.",
)
@arguments.out
@arguments.seed
@arguments.engine
@arguments.jobs
@click.option(
    "--resume",
    type=arguments.FILE,
    metavar="FOLDER",
    help="Go on with a search that was interrupted or killed; options not given are as they were.",
)
@arguments.as_json
def tune(
    file: Path,
    out: Path,
    resume: Path | None,
    jobs: int,
    as_json: bool,
    minimise: str | None,
    maximise: str | None,
    **options: Any,
) -> None:
    """Find the cheapest staffing of FILE that keeps its promises, or that of the highest value."""
    from sim.cli.progress import shown, stoppable, stopwatch
    from sim.cli.searched import searched
    from sim.cli.tune_document import tune_document
    from sim.cli.tune_text import tune_text
    from sim.experiment.tune import tune as search
    from sim.experiment.unfinished import asked_option
    from sim.scenario.load import load

    if minimise and maximise:
        raise click.UsageError("--minimise and --maximise are two objectives: give one of them.")
    scenario = load(file)
    goal = maximise or minimise or (asked_option(resume, "goal") if resume else None) or "cost"
    asked = {**options, "goal": goal}
    asked |= {"vary": list(options["vary"]), "promises": list(options["promises"])}
    with (
        stoppable() as stop,
        stopwatch() as elapsed,
        searched(scenario, out, resume, asked, elapsed) as keeping,
    ):
        with shown() as progress:
            found = search(
                scenario,
                jobs=jobs,
                progress=progress,
                ledger=keeping,
                **{**keeping.options, "delta": _money(scenario, keeping.options["delta"])},
            )
        if found.present is None and not found.run and found.incomplete:
            click.echo("interrupted before a replication was finished: nothing to show or to keep", err=True)
            sys.exit(stop.exit_code)
        say(tune_document(found) if as_json else tune_text(found))
        keeping.end(_study(found), stop)


def _money(scenario: Scenario, written: str | None) -> float | None:
    """An amount as a scenario has it."""
    from sim.scenario.numbers import Constant, NumberSyntaxError
    from sim.units.dimensions import Dimension

    if written is None:
        return None
    try:
        number = scenario.number(written, Dimension.MONEY)
    except NumberSyntaxError as error:
        raise RunError(f"--delta {written!r}: {error} It is an amount, such as 100 k.") from None
    if not isinstance(number, Constant):
        raise RunError(f"--delta {written!r}: it is one amount, such as 100 k.")
    return number.value


def _study(found: Tuning) -> Study:
    from sim.charts.frontier import plot_frontier, plot_marginal_worth
    from sim.cli.tune_document import tune_entries
    from sim.report.study_folder import Study

    tables = {"candidates": found.candidates, "frontier": found.frontier_table}
    pictures = {} if found.incomplete else {"frontier": plot_frontier(found)}  # stopping shall be quick
    if found.marginal:
        tables["marginal"] = found.marginal_table
    if pictures and found.marginal:
        pictures["marginal_worth"] = plot_marginal_worth(found)
    return Study(
        kind="tune",
        document=tune_entries(found),
        tables=tables,
        pictures=pictures,
        scenarios={},
        seed=found.seed,
        engine=found.engine,
        replications=max((each.n for each in found.run), default=0),
        incomplete=found.incomplete,
    )
