"""The manifest of a run folder, read back: what made the run, and by which digests its files are known.

Not here: the tables (stored), writing (run_folder).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from sim.errors import RunError
from sim.experiment.aims import Aim
from sim.report.rows import aim_of

T = TypeVar("T")

FILE = "manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario of the run: where it is kept, its digest, and how many replications were finished."""

    name: str
    file: str
    sha256: str
    replications: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """What made a run. `files` are digests of the tables, empty of a folder that has none of them."""

    versions: Mapping[str, str]
    seed: int
    engine: str
    command: str
    started: str
    elapsed_s: float
    is_complete: bool
    incomplete: str  # why
    precision: float | None
    is_precise: bool
    aims: tuple[Aim, ...]  # the figures that the precision was asked of
    scenarios: tuple[Entry, ...]
    files: Mapping[str, str]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run folder.

    Raises
    ------
    RunError
        It is no run folder, or the manifest is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        raise RunError(_no_manifest(folder))
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        kind = told.get("kind", "run")
        found = _manifest(told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(
            f"{path}: this manifest cannot be read ({_reason(error)}): it is damaged, or not of sim. "
            "Copy the folder again from where it came, or repeat the run."
        ) from None
    if kind != "run":
        raise RunError(
            f"{folder}: this is what `sim {kind}` left, not a run: it holds no replications. "
            "Name the folder of `sim run` or `sim compare`."
        )
    return found


def check_digest(path: Path, expected: str, what: str) -> None:
    """Refuse a file that is not the one the manifest tells of.

    Raises
    ------
    RunError
        It is missing or has changed.
    """
    try:
        found = _digest(path)
    except OSError as error:
        raise RunError(
            f"{path}: {what} cannot be read ({error.strerror}), so the run folder is not whole. "
            "Copy it again from where it came, or repeat the run."
        ) from None
    if found != expected:
        raise RunError(
            f"{path}: {what} is not the one that was written: its sha256 is {found[:12]}…, the manifest "
            f"says {expected[:12]}…. Restore the file, or repeat the run; nothing was made of it."
        )


def digests(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    """The digest of each of these files that is there."""
    return {name: _digest(folder / name) for name in names if (folder / name).is_file()}


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _manifest(told: dict[str, Any]) -> Manifest:
    entries = tuple(_entry(each) for each in told["scenarios"])
    if not entries or len({each.name for each in entries}) < len(entries):
        raise ValueError("it names no scenario, or one twice")
    if not isinstance(told["seed"], int):
        raise ValueError(f"its seed is {told['seed']!r}, one whole number is needed")
    return Manifest(
        versions={str(name): str(each) for name, each in told["versions"].items()},
        seed=told["seed"],
        engine=_typed(str, told, "engine"),
        command=_typed(str, told, "command"),
        started=_typed(str, told, "started"),
        elapsed_s=float(told["elapsed_s"]),
        is_complete=_typed(bool, told, "complete"),
        incomplete=_typed(str, {"incomplete": "", **told}, "incomplete"),
        precision=None if told.get("precision") is None else float(told["precision"]),
        is_precise=bool(told.get("precise", True)),
        aims=tuple(aim_of(each) for each in told.get("aims", [])),
        scenarios=entries,
        files={str(name): str(each) for name, each in told.get("files", {}).items()},
    )


def _entry(told: dict[str, Any]) -> Entry:
    file = _typed(str, told, "file")
    home, _, name = file.partition("/")
    if home != "scenarios" or not name or Path(name).name != name or "\\" in name:
        raise ValueError(f"its scenario file {file!r} does not lie in scenarios/")
    return Entry(
        _typed(str, told, "name"),
        file,
        _typed(str, told, "sha256"),
        _typed(int, told, "replications"),
        _typed(bool, told, "complete"),
    )


def _typed(kind: type[T], told: dict[str, Any], key: str) -> T:
    value = told[key]
    if type(value) is not kind:  # True is an int, but no number of replications
        raise ValueError(f"its {key} is {value!r}")
    return value


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error}"
    if isinstance(error, AttributeError | TypeError):
        return "what is in it is of another kind"
    return str(error).split("\n")[0] or type(error).__name__


def _no_manifest(folder: Path) -> str:
    if not folder.exists():
        partial = folder.parent / f".{folder.name}.partial"
        if partial.is_dir():
            return _unfinished(folder)
        return f"{folder}: there is no such run folder. Run folders lie in results/, or where --out said."
    if not folder.is_dir():
        return f"{folder}: this is a file; name the run folder, which has a {FILE}."
    if folder.name.startswith(".") and folder.name.endswith(".partial"):
        return _unfinished(folder)
    if (folder / "resume").is_dir():
        return _unfinished(folder)
    inside = sorted(each.parent.name for each in folder.glob(f"*/{FILE}"))
    if inside:
        return (
            f"{folder}: this is no run folder, but {len(inside)} lie in it. "
            f"Name one; the last is {folder / inside[-1]}."
        )
    return f"{folder}: this is no run folder of sim: it has no {FILE}."


def _unfinished(folder: Path) -> str:
    name = folder.name.removeprefix(".").removesuffix(".partial")
    return (
        f"{folder}: this run is not finished: it is still going on, or its process was killed. "
        f"Go on with it by adding --resume {folder.parent / name} to its command, then read it."
    )
