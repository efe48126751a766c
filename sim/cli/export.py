"""`sim export`: the event log of a run folder, for process-mining tools and spreadsheets.

Not here: what stands in the files (report.process_mining).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from sim.cli.pages import FILE, cannot_be_written, check_place

_NAME = "events"
_KINDS = (".xes", ".csv")


@click.command()
@click.argument("folder", type=FILE, metavar="RUN")
@click.option("--xes", is_flag=True, help="As XES (IEEE 1849), which process-mining tools open.")
@click.option("--csv", is_flag=True, help="As CSV, one row an event, which spreadsheets open.")
@click.option("--scenario", metavar="NAME", help="Which scenario of the run. Without it: the baseline.")
@click.option(
    "--replication",
    "replications",
    type=int,
    multiple=True,
    metavar="N",
    help="Which replication; several times for several. Without it: the first.",
)
@click.option("--all", "all_of_them", is_flag=True, help="All replications, each with cases of its own.")
@click.option(
    "--out",
    type=FILE,
    metavar="FILE",
    help=f"The file to write, ending in .xes or .csv. Without it: RUN/{_NAME}.xes or .csv, written over.",
)
def export(
    folder: Path,
    xes: bool,
    csv: bool,
    scenario: str | None,
    replications: tuple[int, ...],
    all_of_them: bool,
    out: Path | None,
) -> None:
    """Write the event log of a scenario: what happened to each case, when, and who did it."""
    from sim.report.process_mining import write_logs
    from sim.report.stored import read_run

    if all_of_them and replications:
        raise click.UsageError("--all is every replication, --replication some: give one of them.")
    paths = _paths(folder, out, [kind for kind, asked in zip(_KINDS, (xes, csv), strict=True) if asked])
    asked: Sequence[int] | None = None if all_of_them else replications or ()
    stored = read_run(folder, with_events=True)
    try:
        n_cases = write_logs(stored, paths, scenario=scenario, replications=asked)
    except OSError as error:
        raise cannot_be_written(paths[0].parent, error) from None
    for path in paths:
        click.echo(f"wrote {path}: {n_cases:,} {'case' if n_cases == 1 else 'cases'}")


def _paths(folder: Path, out: Path | None, kinds: Sequence[str]) -> list[Path]:
    """The files to write; refused before any work where it is not said which, or they cannot be."""
    if out is None:
        if not kinds:
            raise click.UsageError(
                "say what to write: --xes for process-mining tools, --csv for spreadsheets, or both."
            )
        return [folder / f"{_NAME}{kind}" for kind in kinds]
    own = out.suffix.lower()
    if own not in _KINDS:
        raise click.UsageError(f"--out {out}: an event log is XES or CSV; end its name with .xes or .csv.")
    check_place(out)
    return [out, *(out.with_suffix(kind) for kind in kinds if kind != own)]
