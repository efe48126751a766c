"""A run folder read back: the inverse of `write_run`, figure for figure.

Scenarios are those of the folder, compiled anew; measures, cases and money come from its tables, and the
business case is worked out of them again. Nothing is simulated. What was changed since it was written is
refused; what another version of the program wrote is read as far as it can be, and said.

Not here: the manifest (manifest), what is made of a run (document).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.economics.flows import YearlyFlows
from sim.errors import RunError, SimError
from sim.experiment import compare as pairing
from sim.experiment import tables
from sim.experiment.appraisal import Economics, outlay, programme
from sim.experiment.compare import Comparison
from sim.experiment.provenance import versions
from sim.experiment.replicate import Replication, Result
from sim.experiment.run import appraisals
from sim.metrics import Measure
from sim.plan.arrays import Plan
from sim.plan.compiler import compile_plan
from sim.report.manifest import Entry, Manifest, check_digest, read_manifest
from sim.report.money_table import flows_by_replication
from sim.scenario.load import Scenario, load

if TYPE_CHECKING:
    import polars

    Tables = dict[str, polars.DataFrame]

_DECIDE_NUMBERS = ("sim", "numpy", "scipy")
"""Versions that figures read back depend on; the others made the run and are done with it."""


@dataclass(frozen=True)
class StoredRun:
    """A run as it was kept.

    Attributes
    ----------
    scenarios, results
        By scenario, the baseline first.
    comparison
        Of the others with the first, where the run was one.
    remarks
        What a reader has to know of it, in sentences: other versions, an interrupted run.
    """

    folder: Path
    manifest: Manifest
    scenarios: tuple[Scenario, ...]
    results: tuple[Result, ...]
    comparison: Comparison | None
    remarks: tuple[str, ...] = ()


def read_run(folder: Path, *, with_events: bool = False) -> StoredRun:
    """The run of a folder.

    Parameters
    ----------
    with_events
        Read the event log too, if it was kept; it may be large. Without it `result.events` replays it.

    Raises
    ------
    RunError
        It is no run folder, not finished, damaged, or not understood by this version of the program.
    """
    manifest = read_manifest(folder)
    _check_data_files(folder, manifest)
    scenarios = tuple(_scenario(folder, entry, manifest) for entry in manifest.scenarios)
    plans = [
        _plan(folder, entry, each, manifest)
        for entry, each in zip(manifest.scenarios, scenarios, strict=True)
    ]
    found = _tables(folder, manifest, with_events=with_events)
    economics = [programme(each) for each in scenarios]
    is_comparison = len(scenarios) > 1 and (folder / "differences.json").is_file()
    results = tuple(
        _result(folder, manifest, entry, scenario, plan, found)
        for entry, scenario, plan in zip(manifest.scenarios, scenarios, plans, strict=True)
    )
    comparison = _comparison(results, scenarios, economics) if is_comparison else None
    if comparison is None:
        results = tuple(
            replace(result, outlay=outlay(result.flows, each))
            for result, each in zip(results, economics, strict=True)
        )
    return StoredRun(folder, manifest, scenarios, results, comparison, tuple(_remarks(manifest)))


def _comparison(
    results: Sequence[Result], scenarios: Sequence[Scenario], economics: Sequence[Economics]
) -> Comparison:
    return replace(
        pairing.compare(results[0], results[1:]),
        appraisals=appraisals(results, economics),
        currency=scenarios[0].file.currency or "",
    )


# --- scenarios


def _check_data_files(folder: Path, manifest: Manifest) -> None:
    """Refuse files of numbers, which lie beside the scenarios that read them, if they have changed."""
    for name, digest in manifest.files.items():
        if name.startswith("scenarios/"):
            check_digest(folder / name, digest, "this file of numbers")


def _scenario(folder: Path, entry: Entry, manifest: Manifest) -> Scenario:
    path = folder / entry.file
    check_digest(path, entry.sha256, f"the scenario {entry.name!r}")
    try:
        return replace(load(path), name=entry.name)
    except SimError as error:
        raise RunError(_not_understood(path, manifest, error)) from None


def _plan(folder: Path, entry: Entry, scenario: Scenario, manifest: Manifest) -> Plan:
    try:
        return replace(compile_plan(scenario), name=entry.name)
    except SimError as error:
        raise RunError(_not_understood(folder / entry.file, manifest, error)) from None


def _not_understood(path: Path, manifest: Manifest, error: SimError) -> str:
    first = "\n".join(f"  {line}" for line in str(error).splitlines()[:6])
    return (
        f"{path}: this scenario cannot be read by version {versions()['sim']} of sim; version "
        f"{manifest.versions.get('sim', 'unknown')} wrote it. A scenario that reads files of numbers needs "
        f"them beside it.\n{first}"
    )


# --- tables


def _tables(folder: Path, manifest: Manifest, *, with_events: bool) -> Tables:
    """The tables of the folder, whole; those of cases, money and events only if there are any."""
    names = ["replications", "cases", "money", *(["events"] if with_events else [])]
    wanted = [
        name
        for name in names
        if name == "replications" or f"{name}.parquet" in manifest.files or _is_there(folder, name)
    ]
    return {name: _table(folder / f"{name}.parquet", manifest) for name in wanted}


def _is_there(folder: Path, name: str) -> bool:
    return (folder / f"{name}.parquet").is_file()


def _table(path: Path, manifest: Manifest) -> polars.DataFrame:
    import polars

    if path.name in manifest.files:
        check_digest(path, manifest.files[path.name], "this table")
    try:
        # memory-mapped, a file that is written over while it is read would end the process
        return polars.read_parquet(path, memory_map=False)
    except (OSError, polars.exceptions.PolarsError) as error:
        raise _damaged(path, str(error)) from None


def _damaged(path: Path, reason: str) -> RunError:
    return RunError(
        f"{path}: this table is damaged ({reason.splitlines()[0] if reason else 'unreadable'}). "
        "Copy the folder again from where it came, or repeat the run with the command in its manifest."
    )


# --- results


def _result(
    folder: Path, manifest: Manifest, entry: Entry, scenario: Scenario, plan: Plan, found: Tables
) -> Result:
    try:
        mine = {name: _of_scenario(table, entry.name) for name, table in found.items()}
        runs = tuple(_replications(plan, mine))
    except Exception as error:  # whatever a table that is not ours makes polars stumble over
        raise _damaged(folder, f"the tables of {entry.name!r}: {error}") from None
    if len(runs) != entry.replications:
        raise _damaged(
            folder / "replications.parquet",
            f"{len(runs)} replications of {entry.name!r}, the manifest says {entry.replications}",
        )
    return Result(
        name=entry.name,
        plan=plan,
        seed=manifest.seed,
        engine=manifest.engine,
        runs=runs,
        is_complete=entry.is_complete,
        incomplete=manifest.incomplete,
        precision=manifest.precision,
        is_precise=manifest.is_precise,
        aims=manifest.aims,
        currency=scenario.file.currency or "",
    )


def _of_scenario(table: polars.DataFrame, name: str) -> polars.DataFrame:
    import polars

    return table.filter(polars.col("scenario") == name).drop("scenario")


def _replications(plan: Plan, mine: Tables) -> Iterator[Replication]:
    """The replications of a scenario, by number, from its rows of each table."""
    cases = _by_replication(mine.get("cases"), tables.case_schema(plan))
    events = _by_replication(mine.get("events"), tables.event_schema())
    flows = _flows(mine.get("money"))
    measures: dict[int, list[Measure]] = {}
    for number, *measure in mine["replications"].iter_rows():
        measures.setdefault(number, []).append(Measure(*measure))
    none = tables.cases(plan, ()) if "cases" in mine else None
    for number in sorted(measures):
        yield Replication(
            number, measures[number], cases.get(number, none), events.get(number), flows.get(number)
        )


def _flows(money: polars.DataFrame | None) -> dict[int, YearlyFlows]:
    return {} if money is None else flows_by_replication(money)


def _by_replication(
    table: polars.DataFrame | None, schema: dict[str, type[polars.DataType]]
) -> dict[int, polars.DataFrame]:
    """The rows of each replication, in the columns of a schema that a table of several scenarios widened."""
    if table is None:
        return {}
    own = table.select(_as_written(table, name, kind) for name, kind in schema.items())
    return {int(key[0]): rows for key, rows in own.partition_by("replication", as_dict=True).items()}


def _as_written(table: polars.DataFrame, name: str, kind: type[polars.DataType]) -> polars.Expr:
    import polars

    column = polars.col(name)
    if kind is polars.Boolean and table.schema[name] == polars.String:
        return column == "true"  # polars makes words of truth values, but not the other way
    return column.cast(kind)


# --- what a reader has to know


def _end(why: str) -> str:
    return "was interrupted" if why in ("", "interrupted") else f"had to stop ({why.rstrip('.')})"


def _remarks(manifest: Manifest) -> Iterator[str]:
    here = versions()
    other = [
        f"{name} {manifest.versions.get(name, 'unknown')}, here {here.get(name, 'none')}"
        for name in _DECIDE_NUMBERS
        if manifest.versions.get(name) != here.get(name)
    ]
    if other:
        yield f"The run was made by other versions of the program: {'; '.join(other)}."
    if not manifest.is_complete:
        told = ", ".join(f"{each.name}: {each.replications}" for each in manifest.scenarios)
        yield (
            f"The run {_end(manifest.incomplete)}; what is here rests on the replications that were finished "
            f"({told})."
        )
    if not manifest.is_precise:
        yield "The precision that was asked for was not reached."
