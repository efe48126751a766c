"""Choices: the patches that may be put on today's scenario, and the scenarios that may take its place.

Not here: putting them on (turned).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import RunError
from sim.scenario.load import load_beside
from sim.scenario.reader import read_tree


@dataclass(frozen=True, slots=True)
class Patch:
    """A file that can be switched on.

    Attributes
    ----------
    name
        Its heading, or its file's name; no two are called the same.
    changes
        What it changes, in words; of a scenario its summary.
    is_whole
        It is a scenario and takes the place of today's; of such only one can be on.
    """

    name: str
    changes: str
    path: Path
    is_whole: bool = False


def is_patch(path: Path) -> bool:
    """Whether a file is a patch; one that cannot be read is refused.

    Raises
    ------
    ScenarioError
        With what is wrong with its YAML.
    """
    tree = read_tree(path)
    return isinstance(tree.value, dict) and "patch" in tree.value


def read_choices(file: Path, others: Sequence[Path]) -> tuple[Patch, ...]:
    """The choices that files are beside a scenario, each of which can be put in place.

    Raises
    ------
    ScenarioError
        One of them cannot be read, or not be put on the scenario.
    RunError
        The scenario's own file is among them.
    """
    found: list[Patch] = []
    for path in others:
        if path.resolve() == file.resolve():
            raise RunError(f"{path} is given twice: the first file is today, the others are what may change.")
        scenario = load_beside(file, path)
        name, n = scenario.name, 1
        while any(each.name == name for each in found):
            n += 1
            name = f"{scenario.name} ({n})"
        found.append(Patch(name, scenario.file.summary or "", path, is_whole=not is_patch(path)))
    return tuple(found)
