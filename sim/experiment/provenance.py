"""What made a result: versions, the program's own source, and what a plan says, as digests.

Two runs whose provenance agrees give the same bytes, so a finished replication of one may stand in the other.

Not here: where it is written down (unfinished, report), whose machine it was.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from sim.plan.arrays import Plan

LIBRARIES = ("simpy", "numpy", "scipy", "polars", "pydantic", "ruamel.yaml", "holidays", "numba")
"""Those that numbers depend on."""

_NUMBERS = ("calendars", "economics", "engines", "experiment", "metrics", "plan", "randomness", "records")


def versions() -> dict[str, str]:
    """Of the program, of Python, and of the libraries that numbers depend on, where they are installed."""
    found = {"sim": version("sim"), "python": platform.python_version()}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


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
    digest = sha256()
    for piece in _spelled(plan):
        digest.update(piece)
    return digest.hexdigest()


def _spelled(value: object) -> Iterator[bytes]:
    """A value as bytes that are the same in every process; containers say how long they are."""
    if isinstance(value, np.ndarray):
        yield f"{value.dtype.str}{value.shape}".encode() + value.tobytes()
    elif is_dataclass(value) and not isinstance(value, type):
        # What a class works out itself (init=False) follows from the rest.
        told = [field for field in fields(value) if field.init]
        yield f"{type(value).__name__}({len(told)}".encode()
        for field in told:
            yield from _spelled(getattr(value, field.name))
    elif isinstance(value, tuple):
        yield f"({len(value)}".encode()
        for each in value:
            yield from _spelled(each)
    else:
        yield f"{value!r};".encode()
