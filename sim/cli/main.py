"""`sim`: the commands and their options. What they print is made in `tables`."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.errors import SimError

if TYPE_CHECKING:
    from sim.experiment.replicate import Result
    from sim.scenario.load import Scenario

FILE = click.Path(path_type=Path)


class Share(click.ParamType[float]):
    """A share such as `2%` or `0.02`."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> float:
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = float("nan")
        if not 0 < share < 1:
            self.fail(f"found {text!r}; a share above 0 and below 1, such as 2%", param, context)
        return share


SHARE = Share()


def _shared_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--replications", "-n", type=click.IntRange(1, 1_000_000), default=10, show_default=True
        ),
        click.option("--precision", type=SHARE, help="Replicate until lead times are this sure, such as 2%."),
        click.option(
            "--out", type=FILE, default=Path("results"), help="Where run folders go.", show_default=True
        ),
        click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True),
        click.option("--engine", type=click.Choice(["simpy"]), default="simpy", show_default=True),
        click.option("--jobs", type=int, default=-1, help="Processes; -1 = one per core.", show_default=True),
        click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sim")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """Simulate how ideas become value, and what a change of the flow would be worth."""
    context.obj = debug


@cli.command()
@click.argument("folder", type=FILE)
def init(folder: Path) -> None:
    """Write a commented starter scenario into FOLDER."""
    from importlib.resources import files

    target = folder / "scenario.yaml"
    if target.exists():
        raise click.UsageError(f"{target} exists already; nothing was written. Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text((files("sim.cli") / "starter.yaml").read_text("utf-8"), "utf-8")
    click.echo(f"wrote {target}; next: sim check {target}")


@cli.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Validate FILE and list what it overrides."""
    from sim.cli.tables import check_text
    from sim.plan.compiler import compile_plan
    from sim.scenario.load import load

    scenario = load(file)
    click.echo(check_text(scenario, compile_plan(scenario)))


@cli.command()
@click.argument("file", type=FILE)
@click.option("--events", is_flag=True, help="Keep the event log in the run folder.")
@_shared_options
def run(file: Path, events: bool, as_json: bool, out: Path, **options: Any) -> None:
    """Run the scenario in FILE, print where the time goes, and keep it in a run folder."""
    from sim.cli.tables import json_document, run_text
    from sim.experiment.run import run as run_scenario
    from sim.scenario.load import load

    scenario = load(file)
    with _progress(options["replications"]) as done, _stopwatch() as elapsed:
        result = run_scenario(scenario, keep_log=events, done=done, **options)
    click.echo(json_document([result]) if as_json else run_text(result, scenario))
    _keep([result], [scenario], out, elapsed())


@cli.command()
@click.argument("base", type=FILE)
@click.argument("others", type=FILE, nargs=-1, required=True)
@_shared_options
def compare(base: Path, others: tuple[Path, ...], as_json: bool, out: Path, **options: Any) -> None:
    """Compare BASE with OTHERS (scenarios, or patches that are put on BASE) on the same luck."""
    from sim.cli.tables import compare_text, comparison_document
    from sim.experiment.run import compare as compare_scenarios
    from sim.scenario.load import load, load_beside

    baseline = load(base)
    scenarios = [load_beside(base, other) for other in others]
    with _progress(options["replications"] * (1 + len(scenarios))) as done, _stopwatch() as elapsed:
        comparison = compare_scenarios(baseline, scenarios, done=done, **options)
    results = [comparison.baseline, *comparison.others]
    click.echo(comparison_document(comparison) if as_json else compare_text(comparison, baseline))
    _keep(results, [baseline, *scenarios], out, elapsed())


@cli.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from sim.scenario.load import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr with the time left; nothing when stderr is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("replications"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


@contextmanager
def _stopwatch() -> Iterator[Callable[[], float]]:
    """Seconds since it was started."""
    began = time.monotonic()
    yield lambda: time.monotonic() - began


def _keep(results: list[Result], scenarios: list[Scenario], out: Path, elapsed_s: float) -> None:
    """Write the run folder, and say where; an interrupted run ends with exit code 130."""
    from sim.report.run_folder import write_run
    from sim.scenario.writer import resolved_text

    texts = {scenario.name: resolved_text(scenario) for scenario in scenarios}
    command = shlex.join(["sim", *sys.argv[1:]])
    folder = write_run(results, out=out, command=command, scenario_texts=texts, elapsed_s=elapsed_s)
    click.echo(f"kept in {folder}", err=True)
    if not all(result.is_complete for result in results):
        click.echo("interrupted: only the replications that had finished are counted", err=True)
        sys.exit(130)


def main() -> None:
    """The command's entry: the user's mistakes end with a message and exit code 2."""
    try:
        cli(standalone_mode=True)
    except SimError as error:
        if "--debug" in sys.argv:
            raise
        click.echo(str(error), err=True)
        sys.exit(2)
