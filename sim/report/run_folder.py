"""The run folder: all that is kept of one run, written whole or not at all.

    2026-11-24T031200-current-state-3f9a/
        manifest.json           what made it: versions, seed, engine, command, scenarios
        scenarios/<name>.yaml   the resolved scenarios
        summary.json, .csv      means with 95 % intervals
        differences.json, .csv  paired differences to the baseline, of a comparison
        cases.parquet           one row per case, if they were kept
        replications.parquet    one row per replication and measure
        money.parquet           yearly money of each replication, where a scenario has economics
        events.parquet          the event log, if it was kept
        time_spent.png
        lead_time.png           if cases were kept

Tables of several scenarios are one table with a first column `scenario`. Instants in the manifest are UTC.
"""

from __future__ import annotations

import csv
import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.compare import Comparison, summary
from sim.experiment.main_case import main_case_type
from sim.experiment.money import business_rows, outlay_rows
from sim.experiment.provenance import versions
from sim.experiment.replicate import Result
from sim.report.manifest import FILE, digests
from sim.report.money_table import money_table
from sim.report.rows import DIFFERENCE_COLUMNS, SUMMARY_COLUMNS, aim_entry, difference_entry, row_entry
from sim.report.words import inert

if TYPE_CHECKING:
    import polars

TABLES = ("replications.parquet", "cases.parquet", "money.parquet", "events.parquet")
"""The files from which figures are read back."""

_ATTEMPTS = 100
_SLUG_CHARACTERS = 48

Entry = dict[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run is kept: the folder's name, the hidden one while it is made, and when the run began."""

    final: Path
    partial: Path
    started: datetime


def write_run(
    results: Sequence[Result],
    *,
    out: Path,
    command: str,
    scenario_texts: dict[str, str],
    elapsed_s: float,
    comparison: Comparison | None = None,
    place: Place | None = None,
    data_files: Mapping[str, bytes] | None = None,
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
    comparison
        What the results were compared to, where they were.
    place
        Where it goes, if that was reserved before the run; what is in that folder stays there, whatever
        happens.

    data_files
        The files that the scenarios read, by their names in them.

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
    where = place or reserve(out, [result.name for result in results], elapsed_s)
    manifest = _manifest(results, command, scenario_texts, where.started, elapsed_s)
    with whole(where, keeps=place is not None) as folder:
        for name, content in (data_files or {}).items():
            path = folder / "scenarios" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        _write_files(results, folder, manifest, scenario_texts, comparison)
    return where.final


@contextmanager
def whole(where: Place, *, keeps: bool) -> Iterator[Path]:
    """A folder to fill, which gets its name once it is whole; a failure leaves nothing, unless it keeps."""
    try:
        yield where.partial
        where.partial.rename(where.final)
    except BaseException:
        if not keeps:
            shutil.rmtree(where.partial, ignore_errors=True)
        raise


def slug(name: str) -> str:
    """A name as a safe part of a file name: a to z, digits, `-` and `_`, at most 48 characters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain)[:_SLUG_CHARACTERS].strip("-") or "scenario"


def reserve(out: Path, names: Sequence[str], elapsed_s: float = 0.0) -> Place:
    """A folder name nobody has, for a run of these scenarios, and the folder in which it is prepared.

    Making the hidden folder reserves the name: whoever had it before has either renamed it, and then the
    final folder is there, or given up.
    """
    started = datetime.now(UTC) - timedelta(seconds=elapsed_s)
    name = slug("-vs-".join(dict.fromkeys(slug(name) for name in names)))
    out.mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS):
        final = out / f"{started:%Y-%m-%dT%H%M%S}-{name}-{secrets.token_hex(2)}"
        partial = out / f".{final.name}.partial"
        try:
            partial.mkdir()
        except FileExistsError:
            continue
        if not final.exists():
            return Place(final, partial, started)
        partial.rmdir()
    raise FileExistsError(f"{out}: no free folder name for {name!r} after {_ATTEMPTS} attempts")


def _write_files(
    results: Sequence[Result],
    folder: Path,
    manifest: dict[str, object],
    scenario_texts: dict[str, str],
    comparison: Comparison | None,
) -> None:
    (folder / "scenarios").mkdir(exist_ok=True)
    for name, file in scenario_files([result.name for result in results]).items():
        (folder / "scenarios" / file).write_bytes(scenario_texts[name].encode())
    _write_rows(folder, "summary", "metrics", SUMMARY_COLUMNS, _summary_entries(results, comparison))
    if comparison is not None:
        rows = [difference_entry(row) for row in comparison.differences]
        _write_rows(folder, "differences", "differences", DIFFERENCE_COLUMNS, rows)
    if _have_cases(results):
        _table(results, lambda result: result.cases).write_parquet(folder / "cases.parquet")
    _table(results, lambda result: result.replications).write_parquet(folder / "replications.parquet")
    if any(result.flows for result in results):
        _money(results, comparison).write_parquet(folder / "money.parquet")
    if any(result.has_log for result in results):
        _table(results, lambda result: result.events).write_parquet(folder / "events.parquet")
    _draw(results, folder)
    # last, so that it can tell the digests of all that figures are read back from
    write_json(folder / FILE, {**manifest, "files": digests(folder, (*TABLES, *_beside_scenarios(folder)))})


def _beside_scenarios(folder: Path) -> list[str]:
    """The files of numbers that scenarios read."""
    paths = sorted(path for path in (folder / "scenarios").rglob("*") if path.is_file())
    return [path.relative_to(folder).as_posix() for path in paths if path.suffix != ".yaml"]


def _money(results: Sequence[Result], comparison: Comparison | None) -> polars.DataFrame:
    shared = "" if comparison is None else comparison.currency
    return _table(results, lambda result: money_table(result.runs, result.currency or shared))


def _summary_entries(results: Sequence[Result], comparison: Comparison | None) -> list[Entry]:
    rows = [row for result in results for row in summary(result)]
    rows += [row for result in results for row in outlay_rows(result)]
    rows += [] if comparison is None else business_rows(comparison)
    return [row_entry(row) for row in rows]


def _manifest(
    results: Sequence[Result],
    command: str,
    scenario_texts: dict[str, str],
    started: datetime,
    elapsed_s: float,
) -> dict[str, object]:
    files = scenario_files([result.name for result in results])
    seeds = list(dict.fromkeys(result.seed for result in results))
    engines = list(dict.fromkeys(result.engine for result in results))
    asked = results[0].precision
    precision: Entry = {}
    if asked is not None:
        precision = {
            "precision": asked,
            "precise": all(each.is_precise for each in results),
            "aims": [aim_entry(each) for each in results[0].aims],
        }
    return {
        "versions": versions(),
        "seed": seeds[0] if len(seeds) == 1 else seeds,
        "engine": engines[0] if len(engines) == 1 else engines,
        "command": command,
        "started": started.isoformat(timespec="seconds"),
        "elapsed_s": elapsed_s,
        "complete": all(result.is_complete for result in results),
        **_reason(results),
        **precision,
        "scenarios": [
            {
                "name": result.name,
                "file": f"scenarios/{files[result.name]}",
                "sha256": sha256(scenario_texts[result.name].encode()).hexdigest(),
                "replications": len(result.runs),
                "complete": result.is_complete,
            }
            for result in results
        ],
    }


def _reason(results: Sequence[Result]) -> dict[str, object]:
    """Why a run is not complete, if it is not."""
    reasons = dict.fromkeys(result.incomplete for result in results if result.incomplete)
    return {"incomplete": "; ".join(reasons)} if reasons else {}


def scenario_files(names: Sequence[str]) -> dict[str, str]:
    """A file name of its own for each scenario."""
    files: dict[str, str] = {}
    for name in dict.fromkeys(names):
        stem, n = slug(name), 1
        while f"{stem}.yaml" in files.values():
            n += 1
            stem = f"{slug(name)}-{n}"
        files[name] = f"{stem}.yaml"
    return files


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Write a document as JSON that every reader takes: no NaN, no infinity."""
    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _write_rows(folder: Path, stem: str, key: str, columns: Sequence[str], rows: list[Entry]) -> None:
    """The same rows as JSON under a key, and as CSV."""
    write_json(folder / f"{stem}.json", {key: rows})
    with (folder / f"{stem}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([inert(row[column]) for column in columns] for row in rows)


def _table(results: Sequence[Result], part: Callable[[Result], polars.DataFrame]) -> polars.DataFrame:
    import polars

    frames = [
        part(result).select(polars.lit(result.name).alias("scenario"), polars.all()) for result in results
    ]
    # A trait that only some scenarios have is a column of all, and text where its kind differs.
    return polars.concat(frames, how="diagonal_relaxed")


def _draw(results: Sequence[Result], folder: Path) -> None:
    case_type = main_case_type(results[0])
    if case_type is None:
        return
    from sim.charts.files import save
    from sim.charts.time_spent import plot_time_spent

    save(plot_time_spent(results, case_type), folder / "time_spent.png")
    if _have_cases(results):
        from sim.charts.lead_time import plot_lead_time_ecdf

        save(plot_lead_time_ecdf(results, case_type), folder / "lead_time.png")


def _have_cases(results: Sequence[Result]) -> bool:
    """Whether cases were kept; what needs them is left out otherwise, since all would be run again for it."""
    return all(result.has_cases for result in results)
