"""What made a result: versions, the program's own source, and what a plan says, as digests.

Two runs whose provenance agrees give the same bytes, so a finished replication of one may stand in the other.

Not here: where it is written down (unfinished, report), whose machine it was.
"""

from __future__ import annotations

import platform
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import NoneType
from typing import Any

import numpy as np

from sim.plan.arrays import Plan

LIBRARIES = ("simpy", "numpy", "scipy", "polars", "pydantic", "ruamel.yaml", "holidays", "numba")
"""Those that numbers depend on."""

_NUMBERS = ("calendars", "economics", "engines", "experiment", "metrics", "plan", "randomness", "records")


def versions() -> dict[str, str]:
    """Of the program, of Python, and of the libraries that numbers depend on, where they are installed."""
    return dict(_versions())


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = {"sim": version("sim"), "python": platform.python_version()}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return tuple(found.items())


@cache
def source_digest() -> str:
    """A digest of the program's source, as far as replications depend on it.

    A checkout that is worked on keeps its version number while its numbers move. It is taken once in a
    process, so that a process which was started before a change goes on to tell what it runs.
    """
    home = Path(__file__).parents[1]
    digest = sha256()
    for room in _NUMBERS:
        for path in sorted((home / room).rglob("*.py")):
            digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def plan_digest(plan: Plan) -> str:
    """A digest of all that an engine is given, data files that the scenario reads included."""
    pieces: list[bytes] = []
    _spell(plan, pieces)
    return sha256(b"".join(pieces)).hexdigest()


_PLAIN = frozenset((int, float, bool, str, NoneType))


def _spell(value: object, pieces: list[bytes]) -> None:
    """A value as bytes that are the same in every process; containers say how long they are."""
    if isinstance(value, np.ndarray):
        pieces.append(f"{value.dtype.str}{value.shape}".encode() + value.tobytes())
    elif isinstance(value, tuple):
        if _PLAIN.issuperset(map(type, value)):  # as nearly all are: thousands of instants and rates
            pieces.append(f"{value!r};".encode())
            return
        pieces.append(f"({len(value)}".encode())
        for each in value:
            _spell(each, pieces)
    elif is_dataclass(value) and not isinstance(value, type):
        names = _told(type(value))
        pieces.append(f"{type(value).__name__}({len(names)}".encode())
        for name in names:
            _spell(getattr(value, name), pieces)
    else:
        pieces.append(f"{value!r};".encode())


@cache
def _told(kind: Any) -> tuple[str, ...]:
    """The fields that say what a value is; what its class works out itself (init=False) follows from them."""
    return tuple(field.name for field in fields(kind) if field.init)
