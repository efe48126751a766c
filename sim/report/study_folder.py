"""The folder of a study: what an explanation, a search or a sensitivity analysis leaves, whole or not at all.

    2026-11-24T031200-explain-current-state-3f9a/
        manifest.json           what made it: kind of study, versions, seed, engine, command, scenarios
        scenarios/<name>.yaml   the resolved scenarios it is about, and the files of numbers they read
        result.json             the study as one document
        <table>.parquet, .csv   its tables
        <picture>.png, .svg     its pictures

It lies where run folders lie and is named as they are, but holds no replications: a report is made of a run.
Not here: run folders (run_folder), what a study finds (experiment), pictures (charts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.provenance import versions
from sim.report.manifest import FILE
from sim.report.run_folder import Place, reserve, scenario_files, whole, write_json
from sim.report.words import inert

if TYPE_CHECKING:
    import polars

    from sim.charts.page import Drawing

RESULT = "result.json"


@dataclass(frozen=True, slots=True)
class Study:
    """What is kept of a study.

    Attributes
    ----------
    kind
        The word of the command that made it, such as `explain`.
    document
        All of it, as JSON takes it.
    tables, pictures
        By the name their files get, without an ending.
    scenarios
        The resolved text of each scenario that it is about, by its name.
    data_files
        The files that these read, by their names in them.
    replications
        How many of each scenario; of a search, the most.
    incomplete
        Why it is not complete; empty if it is.
    """

    kind: str
    document: Mapping[str, object]
    tables: Mapping[str, polars.DataFrame]
    pictures: Mapping[str, Drawing]
    scenarios: Mapping[str, str]
    seed: int
    engine: str
    replications: int
    incomplete: str = ""
    data_files: Mapping[str, bytes] = field(default_factory=dict)


def write_study(
    study: Study, *, out: Path, command: str, elapsed_s: float, place: Place | None = None
) -> Path:
    """Write a study into a new folder under `out` and return the folder.

    Parameters
    ----------
    command
        The command line that made it, for the manifest.
    elapsed_s
        How long it took [s]; it began that long ago.
    place
        Where it goes, if that was reserved before; what is in that folder stays there, whatever happens.

    Raises
    ------
    OSError
        It cannot be written there; nothing is left of it, unless its place was reserved before.
    """
    name = next(iter(study.scenarios), "")
    where = place or reserve(out, [f"{study.kind} {name}"], elapsed_s)
    started = where.started.isoformat(timespec="seconds")
    with whole(where, keeps=place is not None) as folder:
        _write_scenarios(study, folder / "scenarios")
        write_json(folder / RESULT, study.document)
        for stem, table in study.tables.items():
            _write_table(table, folder / stem)
        _draw(study.pictures, folder)
        head = {"command": command, "started": started, "elapsed_s": elapsed_s}
        write_json(folder / FILE, {**_manifest(study), **head})
    return where.final


def _write_scenarios(study: Study, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    files = scenario_files(list(study.scenarios))
    for name, text in study.scenarios.items():
        (folder / files[name]).write_bytes(text.encode())
    for name, content in study.data_files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _write_table(table: polars.DataFrame, stem: Path) -> None:
    """As Parquet and as CSV, in which no text is taken for a formula."""
    import polars

    table.write_parquet(stem.with_name(f"{stem.name}.parquet"))
    texts = [name for name, kind in table.schema.items() if kind == polars.String]
    safe = table.with_columns(
        polars.Series(name, [inert(cell) for cell in table[name]], dtype=polars.String) for name in texts
    )
    safe.write_csv(stem.with_name(f"{stem.name}.csv"))


def _draw(pictures: Mapping[str, Drawing], folder: Path) -> None:
    if not pictures:
        return
    from sim.charts.files import save

    for stem, figure in pictures.items():
        for ending in ("png", "svg"):
            save(figure, folder / f"{stem}.{ending}")


def _manifest(study: Study) -> dict[str, object]:
    files = scenario_files(list(study.scenarios))
    reason = {"incomplete": study.incomplete} if study.incomplete else {}
    return {
        "kind": study.kind,
        "versions": versions(),
        "seed": study.seed,
        "engine": study.engine,
        "complete": not study.incomplete,
        **reason,
        "scenarios": [
            {
                "name": name,
                "file": f"scenarios/{files[name]}",
                "sha256": sha256(text.encode()).hexdigest(),
                "replications": study.replications,
                "complete": not study.incomplete,
            }
            for name, text in study.scenarios.items()
        ],
    }
