"""Rooms import downward only, and each library stays in its room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

HOUSE = Path(sim.__file__).parent

# top to bottom; rooms of one line do not know each other
FLOORS = [
    ("cli",),
    ("web",),
    ("report",),
    ("charts",),
    ("calibration",),
    ("experiment",),
    ("economics",),
    ("metrics",),
    ("engines",),
    ("plan",),
    ("scenario",),
    ("calendars", "randomness"),
    ("records",),
    ("units",),
    ("errors",),
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
LIBRARIES = {
    "simpy": "engines/simpy_engine",
    "numba": "engines/compiled_engine",
    "ruamel": "scenario",
    "lark": "scenario",
    "matplotlib": "charts",
    "shiny": "web",
    "starlette": "web",
    "uvicorn": "web",
}
ABOVE_ALL = ("__init__.py", "__main__.py")  # the public face and the door: they may name any room


def files() -> list[str]:
    return sorted(path.relative_to(HOUSE).as_posix() for path in HOUSE.rglob("*.py"))


def imported(file: str) -> Iterator[str]:
    """Full names of all that a file imports, wherever the import stands; `from a import b` gives `a.b`."""
    package = ["sim", *Path(file).parent.parts]
    for node in ast.walk(ast.parse((HOUSE / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room_of(file: str) -> str:
    return Path(file).parts[0].removesuffix(".py")


def own_imports(file: str) -> list[str]:
    return [name for name in imported(file) if name.startswith("sim.")]


def upward(file: str) -> list[str]:
    """Imports of a room that is not below."""
    here = room_of(file)
    return [
        name
        for name in own_imports(file)
        if (room := name.split(".")[1]) in FLOOR and room != here and FLOOR[room] <= FLOOR[here]
    ]


def test_every_room_has_a_floor():
    assert {room_of(file) for file in files() if file not in ABOVE_ALL} <= set(FLOOR)


@pytest.mark.parametrize("file", [file for file in files() if file not in ABOVE_ALL])
def test_imports_run_downward(file):
    assert upward(file) == []


@pytest.mark.parametrize("file", [file for file in files() if file not in ABOVE_ALL])
def test_rooms_do_not_import_the_public_face(file):
    """`from sim import load` would run the whole house from within a room."""
    assert [name for name in own_imports(file) if name.split(".")[1] not in FLOOR] == []


@pytest.mark.parametrize("file", [file for file in files() if room_of(file) == "engines"])
def test_engines_know_arrays_only(file):
    """And what is worked out of them alone: what figures are about, once for a plan."""
    known = ("sim.plan.arrays.", "sim.plan.measured.", "sim.plan.remembered.")
    foreign = [
        name
        for name in own_imports(file)
        if name.startswith("sim.scenario") or (name.startswith("sim.plan") and not name.startswith(known))
    ]
    assert foreign == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_stays_in_its_room(library):
    users = [file for file in files() if any(name.split(".")[0] == library for name in imported(file))]
    assert [file for file in users if not file.startswith(LIBRARIES[library] + "/")] == []
