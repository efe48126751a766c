"""One finished replication as one file, so that a run can be gone on with after its process has died.

A piece is a zip of Parquet tables and JSON: no code can hide in it, and every member has a checksum. It is
written under another name and renamed, so it is there whole or not at all; one that cannot be read, or is
not what its name says, counts as not there.

Not here: which pieces belong to a run, and whose they are (unfinished).
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.economics.flows import YearlyFlows
from sim.experiment import tables
from sim.experiment.replicate import Replication
from sim.metrics import Measure

if TYPE_CHECKING:
    import polars


class DamagedPiece(Exception):
    """A piece that is not there, not whole, or not what its name says."""


def write_piece(path: Path, label: str, run: Replication) -> None:
    """Write a replication into a file of its own, whole or not at all; `label` says which of which run."""
    being_written = path.with_name(f".{path.name}.{os.getpid()}")
    with zipfile.ZipFile(being_written, "w") as piece:
        piece.writestr("about.json", json.dumps({"label": label, "flows": _flows_told(run)}))
        piece.writestr("measures.parquet", _parquet(tables.replications([run])))
        for name, frame in (("cases", run.cases), ("events", run.events)):
            if frame is not None:
                piece.writestr(f"{name}.parquet", _parquet(frame))
    being_written.replace(path)


def read_piece(path: Path, label: str, number: int) -> Replication:
    """The replication of that label as it was written, to the last bit.

    Raises
    ------
    DamagedPiece
        There is no such piece, it is damaged, or it is another one.
    """
    try:
        return _read(path, label, number)
    # Whatever a damaged file makes the readers stumble over, it is not trusted.
    except Exception as error:
        raise DamagedPiece(f"{path}: {error}") from error


def _read(path: Path, label: str, number: int) -> Replication:
    import polars

    with zipfile.ZipFile(path) as piece:
        about = json.loads(piece.read("about.json"))
        if about["label"] != label:
            raise ValueError(f"it says that it is {about['label']!r}, not {label!r}")
        frames = {
            name.removesuffix(".parquet"): polars.read_parquet(io.BytesIO(piece.read(name)))
            for name in piece.namelist()
            if name.endswith(".parquet")
        }
    measures = [Measure(*row) for row in frames["measures"].drop("replication").rows()]
    flows = about["flows"]
    return Replication(
        number,
        measures,
        frames.get("cases"),
        frames.get("events"),
        None if flows is None else _flows(flows),
    )


def _parquet(frame: polars.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream, compression="lz4", statistics=False)
    return stream.getvalue()


def _flows_told(run: Replication) -> dict[str, Any] | None:
    return None if run.flows is None else asdict(run.flows)


def _flows(told: dict[str, Any]) -> YearlyFlows:
    """JSON has lists where there were tuples; floats come back to the last bit."""
    return YearlyFlows(
        people={team: tuple(amounts) for team, amounts in told["people"].items()},
        waste_hours={team: tuple(hours) for team, hours in told["waste_hours"].items()},
        environments=tuple(told["environments"]),
        value=tuple(told["value"]),
    )
