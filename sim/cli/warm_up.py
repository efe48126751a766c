"""`sim warm-up`, and the option --warm-up of runs: how long the warm-up must be, in words.

A scenario that gives no warm-up has none: that is what the language says, and a run does not change it unless
it is asked to.
Not here: the rule (experiment.warm_up), the picture (charts).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sim.experiment.warm_up import WarmUp
    from sim.scenario.load import Scenario

AUTO = "auto"


@click.command("warm-up")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--picture", type=click.Path(path_type=Path, dir_okay=False), help="Draw it into this PNG file."
)
@click.option("--replications", "-n", type=click.IntRange(1, 10_000), default=10, show_default=True)
@click.option("--engine", default=None, help="The engine to run on; that of runs, unless said otherwise.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def warm_up(
    file: Path, picture: Path | None, replications: int, engine: str | None, seed: int, as_json: bool
) -> None:
    """Find out how long the warm-up of FILE must be [MSER-5], from pilot runs as long as its horizon."""
    from sim import engines
    from sim.cli.progress import shown
    from sim.experiment.warm_up import find_warm_up
    from sim.scenario.load import load

    name, known = engine or engines.AUTO, (*engines.ENGINES, engines.AUTO)
    if name not in known:
        raise click.UsageError(f"no engine is called {name!r}. Engines: {', '.join(known)}.")
    scenario = load(file)
    with shown() as progress:
        found = find_warm_up(scenario, replications=replications, seed=seed, engine=name, progress=progress)
    click.echo(_document(found) if as_json else warm_up_text(found, str(scenario.file.clock.warm_up)))
    if picture is not None:
        _draw(found, picture)


def _draw(found: WarmUp, picture: Path) -> None:
    from sim.charts.warm_up import plot_warm_up

    try:
        plot_warm_up(found).savefig(picture, format="png")
    except OSError as error:
        raise click.UsageError(f"{picture} cannot be written: {error.strerror}. Name another file.") from None
    click.echo(f"drawn into {picture}", err=True)


def warm_up_text(found: WarmUp, given: str = "") -> str:
    """What each case type needs, and what to write into the file."""
    from sim.cli.layout import count, drawn, figure, paragraph, table

    made = table("case type", "cut off [days]", "cases inside then", "stable")
    for each in found.types:
        stable = "yes" if each.settles else "NO"
        made.add_row(each.case_type, figure(each.cut_days), figure(each.usual), stable)
    head = (
        f"{found.name}: {count(found.replications, 'pilot replication')} of {figure(found.pilot_days)} days "
        f"from empty, with the values of month 0; seed {found.seed}. MSER-5 cuts off the beginning of the "
        "number of cases inside; the case type that needs most decides."
    )
    advice = f"Write into the file: clock: {{warm_up: {found.days} days}}" + (
        f" (now: {given})." if given else "."
    )
    parts = [
        paragraph(head),
        drawn(made) if found.types else "No case comes before month 0.",
        paragraph(advice),
    ]
    parts += [paragraph(line) for line in warnings_of([found])]
    return "\n\n".join(parts)


def warnings_of(warm_ups: Sequence[WarmUp]) -> list[str]:
    """What must be said where nothing stable was found."""
    return [
        f"WARNING, {each.name}: no usual number of {_names(each)} cases is seen within the pilot; half of it "
        "is cut off. The scenario may be unstable, or its horizon too short for it to settle."
        for each in warm_ups
        if not each.settles
    ]


def _names(found: WarmUp) -> str:
    return ", ".join(each.case_type for each in found.types if not each.settles)


def warmed_up(scenarios: Sequence[Scenario], asked: str | None, options: dict[str, Any]) -> list[Scenario]:
    """Scenarios with the warm-up asked for: a length, or `auto`, the longest that one of them needs."""
    if asked is None:
        return list(scenarios)
    from sim.scenario.clock import with_warm_up

    length = asked
    if asked == AUTO:
        from sim.cli.progress import shown
        from sim.experiment.warm_up import find_warm_up

        chosen = {name: options[name] for name in ("seed", "engine", "jobs")}
        with shown() as progress:
            found = [find_warm_up(each, progress=progress, **chosen) for each in scenarios]
        most = max(found, key=lambda each: each.days)
        length = f"{most.days} days"
        why = f", by {most.decisive.case_type} of {most.name}" if most.decisive else ""
        click.echo(f"warm-up: {length} [MSER-5]{why}", err=True)
        for line in warnings_of(found):
            click.echo(line, err=True)
    return [with_warm_up(each, length) for each in scenarios]


def asked_before(asked: str | None, resume: Path | None) -> str | None:
    """The warm-up asked for now, or else by the run that is gone on with."""
    if asked is not None or resume is None:
        return asked
    from sim.experiment.unfinished import asked_option

    before: str | None = asked_option(resume, "warm_up")
    return before


def put_in_place(scenario: Scenario, asked: str | None) -> str | None:
    """The length that stands in a scenario because a warm-up was asked for, to be remembered."""
    return None if asked is None else str(scenario.file.clock.warm_up)


def _document(found: WarmUp) -> str:
    types = [
        {
            "case_type": each.case_type,
            "cut_days": each.cut_days,
            "usual": each.usual,
            "settles": each.settles,
            "days": each.days.tolist(),
            "inside": each.inside.tolist(),
        }
        for each in found.types
    ]
    document = {
        "scenario": found.name,
        "warm_up_days": found.days,
        "settles": found.settles,
        "replications": found.replications,
        "seed": found.seed,
        "pilot_days": found.pilot_days,
        "types": types,
    }
    return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
