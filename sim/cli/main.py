"""`sim`: the commands and their options. What they print is made in the rooms beside this one.

Heavy imports stand in the commands, so that `sim --help` is instant.
"""

from __future__ import annotations

import atexit
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim.cli import arguments
from sim.cli.animate import animate
from sim.cli.explain import explain
from sim.cli.export import export
from sim.cli.report import report
from sim.cli.sensitivity import sensitivity
from sim.cli.serve import serve
from sim.cli.stdout import say
from sim.cli.tune import tune
from sim.cli.verify import verify
from sim.cli.warm_up import asked_before, put_in_place, warm_up, warmed_up
from sim.errors import EngineError, SimError

if TYPE_CHECKING:
    from sim.cli.progress import Stop
    from sim.experiment.replicate import Result
    from sim.scenario.load import Scenario

Found = TypeVar("Found")

_NEW_OBJECTS = 50_000
"""After so many more, garbage is looked for; Python would look after every 700."""


def _shared_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--replications", "-n", type=click.IntRange(1, 1_000_000), default=10, show_default=True
        ),
        click.option(
            "--precision",
            type=arguments.SHARE,
            help="Replicate until lead times (compare: differences) are this sure, such as 2%.",
        ),
        click.option(
            "--precision-of",
            metavar="METRIC[:OF]",
            multiple=True,
            callback=lambda _, __, names: list(names),
            help="A figure that --precision is of, instead of lead times; several times for several.",
        ),
        click.option(
            "--warm-up",
            metavar="LENGTH",
            help="Instead of the scenario's: a length, such as `90 days`, or `auto`: as long as it needs.",
        ),
        arguments.out,
        click.option(
            "--cases/--no-cases",
            "keep_cases",
            default=True,
            help="Keep the table of cases, and draw lead times from it; --no-cases for large runs.",
            show_default=True,
        ),
        click.option("--events", "keep_log", is_flag=True, help="Keep the event log in the run folder."),
        arguments.seed,
        arguments.engine,
        arguments.jobs,
        click.option(
            "--cluster",
            metavar="ADDRESS",
            help="Run on the workers of a Dask scheduler, such as tcp://127.0.0.1:8786.",
        ),
        click.option(
            "--resume",
            type=arguments.FILE,
            metavar="FOLDER",
            help="Go on with a run that was interrupted or killed; options not given are as they were.",
        ),
        arguments.as_json,
    ):
        command = option(command)
    return command


class Commands(click.Group):
    """A group that names the nearest command where there is none of that name."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(context)
        if args and args[0] not in names and not args[0].startswith("-"):
            near = get_close_matches(args[0], names, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            context.fail(f"no command is called {args[0]!r}. Commands: {', '.join(names)}.{hint}")
        return super().resolve_command(context, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sim")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """Simulate how ideas become value, and what a change of the flow would be worth."""
    context.obj = debug
    _say_what_engines_say()


def _say_what_engines_say() -> None:
    """Engines tell what takes long, such as being compiled for the first time: on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("sim.engines")
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)


cli.add_command(animate)
cli.add_command(explain)
cli.add_command(export)
cli.add_command(report)
cli.add_command(sensitivity)
cli.add_command(serve)
cli.add_command(tune)
cli.add_command(verify)
cli.add_command(warm_up)


@cli.command()
@click.argument("folder", type=arguments.FILE)
def init(folder: Path) -> None:
    """Write a commented starter scenario into FOLDER."""
    from importlib.resources import files

    target = folder / "scenario.yaml"
    if target.exists():
        raise click.UsageError(f"{target} exists already; nothing was written. Name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text((files("sim.cli") / "starter.yaml").read_text("utf-8"), "utf-8")
    except OSError as error:
        raise click.UsageError(
            f"{target} cannot be written: {error.strerror}. Name another folder."
        ) from None
    click.echo(f"wrote {target}; next: sim check {target}")


@cli.command()
@click.argument("file", type=arguments.FILE)
def check(file: Path) -> None:
    """Validate FILE and read it back in plain sentences, with what it changes and what to beware of."""
    from sim.cli.check import check_text, page_width
    from sim.plan.compiler import compile_plan
    from sim.scenario.load import load

    scenario = load(file)
    say(check_text(scenario, compile_plan(scenario), page_width()))


@cli.command()
@click.argument("file", type=arguments.FILE)
@_shared_options
def run(
    file: Path, as_json: bool, out: Path, resume: Path | None, warm_up: str | None, **options: Any
) -> None:
    """Run the scenario in FILE, print where the time goes, and keep it in a run folder."""
    from sim.cli.journey_text import journeys_text
    from sim.cli.kept import kept
    from sim.cli.progress import shown, stoppable, stopwatch
    from sim.cli.run_text import run_text
    from sim.experiment.run import run as run_scenario
    from sim.scenario.load import load

    _check_options(options, resume)
    warm_up = asked_before(warm_up, resume)
    (scenario,) = warmed_up([load(file)], warm_up, options)
    with (
        stoppable() as stop,
        stopwatch() as elapsed,
        kept([scenario], out, resume, options, elapsed, put_in_place(scenario, warm_up)) as keeping,
    ):
        with shown() as progress:
            result, stopped = _finished(
                lambda: run_scenario(scenario, progress=progress, store=keeping, **keeping.options)
            )
        _leave_if_nothing([result], stop)
        if as_json:
            from sim.cli.documents import run_document

            say(run_document(result))
        else:
            parts = (run_text(result, scenario), journeys_text(result, scenario))
            say("\n\n".join(part for part in parts if part))
        _warn([result], [scenario])
        keeping.write([result], stop)
        _end_with(stopped, [result])


@cli.command()
@click.argument("base", type=arguments.FILE)
@click.argument("others", type=arguments.FILE, nargs=-1, required=True)
@_shared_options
def compare(
    base: Path,
    others: tuple[Path, ...],
    as_json: bool,
    out: Path,
    resume: Path | None,
    warm_up: str | None,
    **options: Any,
) -> None:
    """Compare BASE with OTHERS (scenarios, or patches that are put on BASE) on the same luck."""
    from sim.cli.compare_text import compare_text
    from sim.cli.documents import comparison_document
    from sim.cli.kept import kept
    from sim.cli.progress import shown, stoppable, stopwatch
    from sim.experiment.run import compare as compare_scenarios
    from sim.scenario.load import load, load_beside

    _check_options(options, resume)
    loaded = [load(base), *(load_beside(base, other) for other in others)]
    warm_up = asked_before(warm_up, resume)
    baseline, *scenarios = warmed_up(loaded, warm_up, options)
    with (
        stoppable() as stop,
        stopwatch() as elapsed,
        kept(
            [baseline, *scenarios], out, resume, options, elapsed, put_in_place(baseline, warm_up)
        ) as keeping,
    ):
        with shown() as progress:
            comparison, stopped = _finished(
                lambda: compare_scenarios(
                    baseline, scenarios, progress=progress, store=keeping, **keeping.options
                )
            )
        results = [comparison.baseline, *comparison.others]
        _leave_if_nothing(results, stop)
        say(comparison_document(comparison) if as_json else compare_text(comparison, baseline))
        _warn(results, [baseline, *scenarios])
        keeping.write(results, stop, comparison)
        _end_with(stopped, results)


@cli.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from sim.scenario.load import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


def _check_options(options: dict[str, Any], resume: Path | None) -> None:
    """Refuse options that contradict each other; a run that is gone on with may have said what is missing."""
    if options["precision_of"] and options["precision"] is None and resume is None:
        raise click.UsageError("--precision-of names figures, --precision says how sure: add it, such as 2%.")
    if options["cluster"] is not None and options["jobs"] != -1:
        raise click.UsageError(
            "--jobs is of this machine, --cluster of others: give one of them. "
            "A cluster has as many workers as were started for it."
        )


def _warn(results: Sequence[Result], scenarios: Sequence[Scenario]) -> None:
    """Say on stderr which scenarios have warnings; `sim check` tells them."""
    from sim.cli.check import warning_lines

    for line in warning_lines(
        (scenario, result.plan) for scenario, result in zip(scenarios, results, strict=True)
    ):
        click.echo(line, err=True)


def _finished(run: Callable[[], Found]) -> tuple[Found, EngineError | None]:
    """What a run found; of one that had to stop, what was finished before, and why it stopped."""
    try:
        return run(), None
    except EngineError as error:
        if error.finished is None:
            raise
        return error.finished, error


def _end_with(stopped: EngineError | None, results: Sequence[Result]) -> None:
    """A run that had to stop ends with the reason, when what was finished before is shown and kept."""
    if stopped is not None:
        n = ", ".join(str(len(result.runs)) for result in results)
        click.echo(
            f"incomplete: only the replications that had finished are counted ({n}); a run that cannot go on "
            "is an unlucky one, so the others look too good. What stopped it:",
            err=True,
        )
        raise stopped


def _leave_if_nothing(results: Sequence[Result], stop: Stop) -> None:
    """An interrupted run without a finished replication has nothing to show and nothing to keep."""
    if not any(result.runs for result in results):
        click.echo("interrupted before a replication was finished: nothing to show or to keep", err=True)
        sys.exit(stop.exit_code)


def _collect_seldom() -> None:
    """A command makes much that stays and little garbage: looking for it as often as Python does costs more.

    Of a short run's 2.5 s it was 0.15 s, and 0.25 s more at its end, when all memory goes back anyway.
    """
    gc.set_threshold(_NEW_OBJECTS)
    atexit.register(gc.freeze)


def main() -> None:
    """The command's entry: the user's mistakes end with a message and exit code 2."""
    _collect_seldom()
    try:
        cli(standalone_mode=False)
    except SimError as error:
        if "--debug" in sys.argv:
            raise
        click.echo(str(error), err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        if "--debug" in sys.argv:
            raise
        click.echo("interrupted", err=True)
        sys.exit(130)
