"""A scenario from its files: what `extends` and `base` name, read and merged by name.

The first file that `extends` names is the base, the others are patches. All of them lie in the folder of the
scenario or below it; the `base` of a patch may lie one folder up.
Not here: YAML (reader), shorthand (shorthand), merging (merge), what the merged keys mean (schema).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sim.errors import Problem, ScenarioError
from sim.scenario.merge import Merger, Override, Source
from sim.scenario.nearest import did_you_mean
from sim.scenario.places import problem_of
from sim.scenario.reader import MAX_PROBLEMS, about_empty, read_tree
from sim.scenario.shorthand import expand
from sim.scenario.tree import Node, Place, entries_of

__all__ = ["Override", "Resolved", "put_patches", "resolve"]

MAX_FILES_DEEP = 10
MAX_PARENTS = 100


@dataclass(frozen=True, slots=True)
class Resolved:
    """A scenario without parents: the merged tree, what was overridden, and the files it came from.

    `source` is what was merged; its own tree is what stands in the file itself, with what is never merged.
    """

    tree: Node
    overrides: list[Override]
    files: tuple[Path, ...]
    source: Source


def resolve(path: Path) -> Resolved:
    """The scenario in a file, merged with everything it extends; a patch is put on its own `base`.

    Raises
    ------
    ScenarioError
        With every problem of the files; if they can be read, with every problem of merging them.
    """
    loader = _Loader()
    source = loader.load(path)
    return _finish(loader, source)


def put_patches(base: Path, patches: list[Path]) -> Resolved:
    """The scenario `base` with patches put on it, as a file would be whose `extends` is [base, *patches].

    Raises
    ------
    ScenarioError
        As `resolve`; two patches that set one path differently are a conflict.
    """
    loader = _Loader()
    first = loader.load(base)
    others = [loader.load_patch(patch) for patch in patches]
    if first is None or None in others:
        raise ScenarioError(loader.problems)
    nothing = Node({}, Place(str(base), 1, 1))
    source = Source(nothing, [first, *(other for other in others if other is not None)])
    return _finish(loader, source)


def _finish(loader: _Loader, source: Source | None) -> Resolved:
    if loader.problems or source is None:
        raise ScenarioError(loader.problems)
    merger = Merger()
    tree = merger.whole(source)
    if merger.problems:
        raise ScenarioError(merger.problems)
    return Resolved(tree, list(merger.overrides.values()), tuple(loader.files), source)


class _Loader:
    """Reads a file and everything it names; gathers problems, keeps the files inside their folder."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.files: list[Path] = []

    def load(self, path: Path) -> Source | None:
        tree = self._read(path, str(path))
        if tree is None:
            return None
        folder = path.parent.resolve()
        root = folder.parent if "patch" in entries_of(tree) else folder
        source = self._with_parents(tree, path, (path.resolve(),), root)
        self._keep(path)
        return source

    def load_patch(self, path: Path) -> Source | None:
        tree = self._read(path, str(path))
        if tree is None:
            return None
        self._keep(path)
        return self._as_patch(tree)

    def _keep(self, path: Path) -> None:
        if path not in self.files:
            self.files.append(path)

    def _read(self, path: Path, shown: str) -> Node | None:
        try:
            tree = read_tree(path, shown)
        except ScenarioError as error:
            self.problems.extend(error.problems)
            return None
        self.problems.extend(_empty_values(tree))
        return expand(tree)

    def _problem(self, node: Node, key: str, message: str) -> None:
        place = node.place
        self.problems.append(Problem(place.file, place.line, place.column, key, message))

    def _as_patch(self, tree: Node) -> Source:
        if extends := entries_of(tree).get("extends"):
            self._problem(
                extends, "extends", "only the first of the files that are put together may extend others."
            )
        return Source(tree)

    def _with_parents(self, tree: Node, path: Path, stack: tuple[Path, ...], root: Path) -> Source:
        source = Source(tree)
        key, named = self._named(tree)
        for index, node in enumerate(named):
            target = self._target(node, key, path, stack, root)
            if target is None:
                continue
            parent_tree = self._read(target, str(target))
            if parent_tree is None:
                continue
            if index == 0:
                parent = self._with_parents(parent_tree, target, (*stack, target.resolve()), root)
            else:
                parent = self._as_patch(parent_tree)
            source.parents.append(parent)
            self._keep(target)
        return source

    def _named(self, tree: Node) -> tuple[str, list[Node]]:
        """The key that names parents, `extends` or `base`, and what it names."""
        entries = entries_of(tree)
        extends, base = entries.get("extends"), entries.get("base")
        if "patch" in entries:
            if extends is not None:
                self._problem(extends, "extends", "a patch does not extend; it names its `base`.")
            if base is None:
                words = "a patch names the file it is checked against: `base: ../current_state.yaml`."
                self._problem(entries["patch"], "base", words)
            return "base", [base] if base is not None else []
        if base is not None:
            self._problem(
                base,
                "base",
                "`base` belongs to a patch, which begins with `patch: its name`. A scenario says `extends`.",
            )
        if extends is None or extends.value is None:
            return "extends", []
        named = extends.value if isinstance(extends.value, list) else [extends]
        if len(named) > MAX_PARENTS:
            self._problem(extends, "extends", f"{len(named)} files are too many; the limit is {MAX_PARENTS}.")
            return "extends", []
        return "extends", named

    def _target(self, node: Node, key: str, path: Path, stack: tuple[Path, ...], root: Path) -> Path | None:
        """The file that an entry of `extends` or `base` names, or None and a problem."""
        name = node.value
        if not isinstance(name, str) or not 0 < len(name) <= 255 or "\0" in name:
            self._problem(node, key, "the name of a file is expected, such as `current_state.yaml`.")
            return None
        target = Path(os.path.normpath(path.parent / name))
        words = _outside(name, key, path.parent.resolve(), target, root)
        if words is None and target.resolve() in stack:
            words = f"the files go round in a loop: {_chain(stack, target)}."
        if words is None and len(stack) >= MAX_FILES_DEEP:
            words = f"files extend each other more than {MAX_FILES_DEEP} deep, the limit."
        if words is None and not target.is_file():
            words = _missing(name, target)
        if words is not None:
            self._problem(node, key, words)
            return None
        return target


def _outside(name: str, key: str, folder: Path, target: Path, root: Path) -> str | None:
    """Words for a name that leads out of the folder, or None. A patch's `base` may go one folder up."""
    if Path(name).is_absolute() or "\\" in name or (len(name) > 1 and name[1] == ":"):
        return f"'{name}' is an absolute path or has `\\`; name a file from this folder on, with `/`."
    steps_up = os.path.normpath(name).split("/").count("..")
    if steps_up > (1 if key == "base" else 0):
        where = "at most one folder up" if key == "base" else "in this folder or below it"
        return f"'{name}' leads out of the folder; the file has to be {where}."
    allowed = folder.parent if key == "base" else folder
    try:
        real = target.resolve()
    except (OSError, RuntimeError):
        return f"'{name}' is a link that leads nowhere."
    if not real.is_relative_to(allowed) or not real.is_relative_to(root):
        return f"'{name}' leads out of the folder of the scenario; copy the file into it."
    return None


def _chain(stack: tuple[Path, ...], target: Path) -> str:
    return " → ".join(path.name for path in (*stack, target.resolve()))


def _missing(name: str, target: Path) -> str:
    if target.is_dir():
        return f"'{name}' is a folder; name a file in it."
    siblings = [other.name for other in target.parent.glob("*.yaml")] if target.parent.is_dir() else []
    return f"there is no file '{name}'. {did_you_mean(target.name, siblings)}".strip()


def _empty_values(tree: Node) -> list[Problem]:
    """A problem for each of the first empty values of a file; what one comma cut off is told once."""
    problems: list[Problem] = []
    said: set[tuple[int, str]] = set()
    for path, parent, child in islice(_empties(tree), MAX_PROBLEMS):
        if isinstance(parent.value, list):
            words = "an empty entry of a list; leave it out."
        else:
            words = about_empty(parent, str(path[-1]))
        if "comma" in words and (id(parent), words) in said:
            continue
        said.add((id(parent), words))
        problems.append(problem_of(child, path, words))
    return problems


def _empties(tree: Node) -> Iterator[tuple[tuple[str | int, ...], Node, Node]]:
    """Path, parent and node of every empty value."""
    for path, node in tree.walk():
        if isinstance(node.value, dict):
            yield from (((*path, key), node, n) for key, n in node.value.items() if n.value is None)
        elif isinstance(node.value, list):
            yield from (((*path, index), node, n) for index, n in enumerate(node.value) if n.value is None)
