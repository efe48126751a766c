"""The run folder: all that is kept of one run, written whole or not at all.

    2026-11-24T031200-current-state-3f9a/
        manifest.json           what made it: versions, seed, engine, command, scenarios
        scenarios/<name>.yaml   the resolved scenarios
        summary.json, .csv      means with 95 % intervals
        cases.parquet           one row per case
        replications.parquet    one row per replication and measure
        events.parquet          the event log, if it was kept
        time_spent.png, lead_time.png

Tables of several scenarios are one table with a first column `scenario`. Instants in the manifest are UTC.
"""

from __future__ import annotations

import csv
import json
import platform
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.compare import summary
from sim.experiment.replicate import Result

if TYPE_CHECKING:
    import polars

SUMMARY_COLUMNS = ("scenario", "metric", "kind", "of", "unit", "mean", "low", "high", "n")

_ATTEMPTS = 100
_SLUG_CHARACTERS = 48
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | float | int | None


def write_run(
    results: Sequence[Result], *, out: Path, command: str, scenario_texts: dict[str, str], elapsed_s: float
) -> Path:
    """Write a run into a new folder under `out` and return the folder.

    Parameters
    ----------
    results
        One per scenario, the baseline first.
    command
        The command line that made them, for the manifest.
    scenario_texts
        The resolved YAML text of each scenario, by its name.
    elapsed_s
        How long the run took [s]; it began that long ago.

    Raises
    ------
    ValueError
        There is no result, or a result has no text.
    """
    if not results:
        raise ValueError("a run folder needs at least one result")
    missing = [result.name for result in results if result.name not in scenario_texts]
    if missing:
        raise ValueError(f"scenario_texts has no text for {', '.join(map(repr, missing))}")
    started = datetime.now(UTC) - timedelta(seconds=elapsed_s)
    manifest = _manifest(results, command, scenario_texts, started, elapsed_s)
    final, partial = _reserve(out, started, _run_slug(results))
    try:
        _write_files(results, partial, manifest, scenario_texts)
        partial.rename(final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return final


def slug(name: str) -> str:
    """A name as a safe part of a file name: a to z, digits, `-` and `_`, at most 48 characters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain)[:_SLUG_CHARACTERS].strip("-") or "scenario"


def _run_slug(results: Sequence[Result]) -> str:
    return slug("-vs-".join(dict.fromkeys(slug(result.name) for result in results)))


def _reserve(out: Path, started: datetime, name: str) -> tuple[Path, Path]:
    """A folder name nobody has, and the folder in which it is prepared.

    Making the hidden folder reserves the name: whoever had it before has either renamed it, and then the
    final folder is there, or given up.
    """
    out.mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS):
        final = out / f"{started:%Y-%m-%dT%H%M%S}-{name}-{secrets.token_hex(2)}"
        partial = out / f".{final.name}.partial"
        try:
            partial.mkdir()
        except FileExistsError:
            continue
        if not final.exists():
            return final, partial
        partial.rmdir()
    raise FileExistsError(f"{out}: no free folder name for {name!r} after {_ATTEMPTS} attempts")


def _write_files(
    results: Sequence[Result], folder: Path, manifest: dict[str, object], scenario_texts: dict[str, str]
) -> None:
    _write_json(folder / "manifest.json", manifest)
    (folder / "scenarios").mkdir()
    for name, file in _scenario_files(results).items():
        (folder / "scenarios" / file).write_bytes(scenario_texts[name].encode())
    rows = _summary_rows(results)
    _write_json(
        folder / "summary.json", {"metrics": [dict(zip(SUMMARY_COLUMNS, row, strict=True)) for row in rows]}
    )
    _write_csv(folder / "summary.csv", rows)
    _table(results, lambda result: result.cases).write_parquet(folder / "cases.parquet")
    _table(results, lambda result: result.replications).write_parquet(folder / "replications.parquet")
    if any(run.events for result in results for run in result.runs):
        _table(results, lambda result: result.events).write_parquet(folder / "events.parquet")
    _draw(results, folder)


def _manifest(
    results: Sequence[Result],
    command: str,
    scenario_texts: dict[str, str],
    started: datetime,
    elapsed_s: float,
) -> dict[str, object]:
    packages = {name: version(name) for name in ("simpy", "numpy", "polars")}
    files = _scenario_files(results)
    seeds = list(dict.fromkeys(result.seed for result in results))
    engines = list(dict.fromkeys(result.engine for result in results))
    return {
        "versions": {"sim": version("sim"), "python": platform.python_version(), **packages},
        "seed": seeds[0] if len(seeds) == 1 else seeds,
        "engine": engines[0] if len(engines) == 1 else engines,
        "command": command,
        "started": started.isoformat(timespec="seconds"),
        "elapsed_s": elapsed_s,
        "complete": all(result.is_complete for result in results),
        "scenarios": [
            {
                "name": result.name,
                "file": f"scenarios/{files[result.name]}",
                "sha256": sha256(scenario_texts[result.name].encode()).hexdigest(),
                "replications": len(result.runs),
            }
            for result in results
        ],
    }


def _scenario_files(results: Sequence[Result]) -> dict[str, str]:
    """A file name of its own for each scenario."""
    files: dict[str, str] = {}
    for name in dict.fromkeys(result.name for result in results):
        stem, n = slug(name), 1
        while f"{stem}.yaml" in files.values():
            n += 1
            stem = f"{slug(name)}-{n}"
        files[name] = f"{stem}.yaml"
    return files


def _summary_rows(results: Sequence[Result]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for row in (row for result in results for row in summary(result)):
        found = row.interval
        names = (row.scenario, row.metric, row.kind, row.of, row.unit)
        rows.append((*names, found.mean, found.low, found.high, found.n))
    return rows


def _write_json(path: Path, document: dict[str, object]) -> None:
    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _write_csv(path: Path, rows: list[tuple[Cell, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(SUMMARY_COLUMNS)
        writer.writerows([_inert(cell) for cell in row] for row in rows)


def _inert(cell: Cell) -> Cell:
    """Text that a spreadsheet would take for a formula gets a leading apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _table(results: Sequence[Result], part: Callable[[Result], polars.DataFrame]) -> polars.DataFrame:
    import polars

    frames = [
        frame.select(polars.lit(result.name).alias("scenario"), polars.all())
        for result in results
        if not (frame := part(result)).is_empty()
    ]
    # Relaxed: a column without any value, such as the owners of one scenario, has no type of its own.
    return polars.concat(frames, how="diagonal_relaxed") if frames else part(results[0])


def _draw(results: Sequence[Result], folder: Path) -> None:
    case_type = _main_case_type(results[0])
    if case_type is None:
        return
    from sim.charts.lead_time import plot_lead_time_ecdf
    from sim.charts.time_spent import plot_time_spent

    plot_time_spent(results, case_type).savefig(folder / "time_spent.png")
    plot_lead_time_ecdf(results, case_type).savefig(folder / "lead_time.png")


def _main_case_type(result: Result) -> str | None:
    """The case type with most cases in the system on average; the first of equals, None without any."""
    wip = {
        row.of: row.interval.mean or 0.0
        for row in summary(result)
        if row.kind == "case" and row.metric == "wip"
    }
    names = [case_type.name for case_type in result.plan.case_types]
    return max(names, key=lambda name: wip.get(name, 0.0), default=None)
