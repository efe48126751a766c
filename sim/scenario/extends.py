"""A scenario from its files: what `extends` and `base` name, read and merged by name.

Parents are merged left to right, then the file itself. The first parent is the base, the others are patches;
where two patches set the same path differently, and the file itself does not, nobody can know what is meant:
a conflict, named with both places. Every change of something that existed is recorded as an `Override`.
Not here: YAML (reader), shorthand (shorthand), what the merged keys mean (model).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sim.errors import Problem, ScenarioError
from sim.scenario.nearest import did_you_mean
from sim.scenario.reader import MAX_PROBLEMS, about_empty, read_tree
from sim.scenario.shorthand import (
    KINDS,
    REMOVE,
    TARGETS,
    expand,
    is_step,
    is_target,
    is_then,
    is_value_map,
    kind_of,
)
from sim.scenario.tree import Node, Place

MAX_FILES_DEEP = 10
MAX_PARENTS = 100

KeyPath = tuple[str, ...]

_HEADINGS = ("extends", "patch", "changes", "base")
_NOT_FROM_PATCHES = (*_HEADINGS, "name", "summary")
_KIND = "(kind)"
_TARGET = "(target)"
_OUTCOMES = "(outcomes)"


@dataclass(frozen=True, slots=True)
class Override:
    """One thing that a patch or a child changed: dotted path, plain values, and where the new one stands.

    `new` is the word `remove` where something was taken away.
    """

    path: str
    old: object
    new: object
    place: Place


@dataclass(frozen=True, slots=True)
class Resolved:
    """A scenario without parents: the merged tree, what was overridden, and the files it came from."""

    tree: Node
    overrides: list[Override]
    files: tuple[Path, ...]


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
    source = _Source(nothing, [first, *(other for other in others if other is not None)])
    return _finish(loader, source)


@dataclass(slots=True)
class _Source:
    """A file as read, in canonical form, with its parents: base first, then patches (which have none)."""

    tree: Node
    parents: list[_Source] = field(default_factory=list)


def _finish(loader: _Loader, source: _Source | None) -> Resolved:
    if loader.problems or source is None:
        raise ScenarioError(loader.problems)
    merger = _Merger()
    tree = merger.whole(source)
    if merger.problems:
        raise ScenarioError(merger.problems)
    return Resolved(tree, list(merger.overrides.values()), tuple(loader.files))


class _Loader:
    """Reads a file and everything it names; gathers problems, keeps the files inside their folder."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.files: list[Path] = []

    def load(self, path: Path) -> _Source | None:
        tree = self._read(path, str(path))
        if tree is None:
            return None
        folder = path.parent.resolve()
        root = folder.parent if "patch" in _entries(tree) else folder
        source = self._with_parents(tree, path, (path.resolve(),), root)
        self._keep(path)
        return source

    def load_patch(self, path: Path) -> _Source | None:
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

    def _as_patch(self, tree: Node) -> _Source:
        if extends := _entries(tree).get("extends"):
            self._problem(
                extends, "extends", "only the first of the files that are put together may extend others."
            )
        return _Source(tree)

    def _with_parents(self, tree: Node, path: Path, stack: tuple[Path, ...], root: Path) -> _Source:
        source = _Source(tree)
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
        entries = _entries(tree)
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


def _entries(node: Node) -> dict[str, Node]:
    return node.value if isinstance(node.value, dict) else {}


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
        problems.append(_problem_at(child, path, words))
    return problems


def _empties(tree: Node) -> Iterator[tuple[tuple[str | int, ...], Node, Node]]:
    """Path, parent and node of every empty value."""
    for path, node in tree.walk():
        if isinstance(node.value, dict):
            yield from (((*path, key), node, n) for key, n in node.value.items() if n.value is None)
        elif isinstance(node.value, list):
            yield from (((*path, index), node, n) for index, n in enumerate(node.value) if n.value is None)


def _problem_at(node: Node, path: tuple[str | int, ...], message: str) -> Problem:
    place = node.key_place or node.place
    return Problem(place.file, place.line, place.column, ".".join(map(str, path)), message)


def _is_removal(node: Node) -> bool:
    return node.value == REMOVE


def _is_whole(node: Node, path: KeyPath) -> bool:
    """Whether what stands here replaces and is replaced as one: everything but a map of named things."""
    if not isinstance(node.value, dict) or is_value_map(node):
        return True
    if path and path[-1] == "batch" and is_step(path[:-1]):
        return True
    if len(path) == 3 and path[0] == "flows" and path[2] == "limit":
        return True
    return is_then(path) and is_target(node)


def _is_outcome(path: KeyPath) -> bool:
    return len(path) > 2 and is_then(path[:-1])


def _without_target(old: dict[str, Node], new: dict[str, Node]) -> dict[str, Node]:
    """An outcome has one target: a new one takes the place of the old."""
    if not any(key in TARGETS for key in new):
        return old
    return {key: node for key, node in old.items() if key not in TARGETS or key in new}


class _Merger:
    """Merges trees by name; keeps what was overridden and gathers problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.overrides: dict[str, Override] = {}
        self._removed: set[KeyPath] = set()
        self._told: set[tuple[KeyPath, str, str]] = set()  # conflicts: one per path and pair of files

    def whole(self, source: _Source) -> Node:
        """The tree of a file with all its parents in it."""
        patches = source.parents[1:]
        own = _without(source.tree, _NOT_FROM_PATCHES if "patch" in _entries(source.tree) else _HEADINGS)
        result = self.whole(source.parents[0]) if source.parents else Node({}, own.place)
        bodies = [_without(patch.tree, _NOT_FROM_PATCHES) for patch in patches]
        self._conflicts(bodies, own, result)
        self._removed = set()
        for tree in (*bodies, own):
            result = self._merge(result, tree, ())
        return result

    def _merge(self, old: Node | None, new: Node, path: KeyPath) -> Node:
        if _is_whole(new, path) or (old is not None and self._replaces(old, new, path)):
            new = self._finished(new, path)
            self._record(old, new, path)
            return new
        entries = dict(_entries(old)) if old is not None else {}
        added = _entries(new)
        if _is_outcome(path):
            entries = _without_target(entries, added)
        for key, child in added.items():
            self._enter(entries, key, child, (*path, key))
        if len(path) == 3 and path[0] == "flows" and path[2] == "steps":
            entries = self._ordered(entries, added, path)
        return Node(entries, new.place, new.key_place)

    def _enter(self, entries: dict[str, Node], key: str, child: Node, path: KeyPath) -> None:
        if not _is_removal(child):
            entries[key] = self._merge(entries.get(key), child, path)
        elif key in entries:
            self._record(entries.pop(key), child, path)
            self._removed.add(path)
        elif path not in self._removed:
            words = f"there is no '{key}' here to remove. {did_you_mean(key, entries)}".strip()
            self.problems.append(_problem_at(child, path, words))

    def _replaces(self, old: Node, new: Node, path: KeyPath) -> bool:
        """Whether a map takes the place of what was there instead of being merged into it."""
        if _is_whole(old, path):
            return True
        kinds = (kind_of(old), kind_of(new))
        return is_step(path) and None not in kinds and kinds[0] != kinds[1]

    def _finished(self, new: Node, path: KeyPath) -> Node:
        """A map that comes in whole: what it says to remove cannot be there."""
        if isinstance(new.value, dict) and not _is_whole(new, path):
            return self._merge(None, new, path)
        return new

    def _record(self, old: Node | None, new: Node, path: KeyPath) -> None:
        if old is None or path in (("name",), ("summary",)) or old.plain() == new.plain():
            return
        key = ".".join(path)
        before = self.overrides[key].old if key in self.overrides else old.plain()
        self.overrides[key] = Override(key, before, new.plain(), new.place)

    def _ordered(self, steps: dict[str, Node], added: dict[str, Node], path: KeyPath) -> dict[str, Node]:
        """The steps with `after` and `before` of the new ones obeyed and taken out."""
        waiting = {name: steps[name] for name in added if name in steps and _position(steps[name])}
        order = list(steps)
        while waiting:
            name = next((n for n, step in waiting.items() if _position(step)[-1][1] not in waiting), None)
            if name is None:
                self._circular(waiting, path)
                break
            self._place(order, name, waiting.pop(name), (*path, name))
        return {name: _without(steps[name], ("after", "before")) for name in order}

    def _place(self, order: list[str], name: str, step: Node, path: KeyPath) -> None:
        positions = _position(step)
        word, anchor = positions[0]
        node = _entries(step)[word]
        if len(positions) > 1:
            words = "a step stands `after` one step or `before` one, not both."
            self.problems.append(_problem_at(node, path, words))
        elif anchor not in order:
            words = (
                f"no step here is called '{anchor}'. Steps: {', '.join(order)}. {did_you_mean(anchor, order)}"
            )
            self.problems.append(_problem_at(node, (*path, word), words.strip()))
        else:
            order.remove(name)
            order.insert(order.index(anchor) + (word == "after"), name)

    def _circular(self, waiting: dict[str, Node], path: KeyPath) -> None:
        for name, step in waiting.items():
            word = _position(step)[0][0]
            words = f"the steps {', '.join(waiting)} are placed by each other; place one by another step."
            self.problems.append(_problem_at(_entries(step)[word], (*path, name, word), words))

    def _conflicts(self, patches: list[Node], own: Node, base: Node) -> None:
        """A problem for every path that two patches set differently and the file leaves open."""
        decided = set(_settings(own, base))
        seen: dict[KeyPath, Node] = {}
        below: dict[KeyPath, tuple[KeyPath, Node]] = {}
        for patch in patches:
            settings = _settings(patch, base)
            for path, node in settings.items():
                if clash := _clash(path, node, seen, below):
                    self._conflict(clash, (path, node), decided)
            for path, node in settings.items():
                seen.setdefault(path, node)
                for length in range(1, len(path)):
                    below.setdefault(path[:length], (path, node))

    def _conflict(
        self, first: tuple[KeyPath, Node], second: tuple[KeyPath, Node], decided: set[KeyPath]
    ) -> None:
        path = min(first[0], second[0], key=len)
        covers = {path[:length] for length in range(1, len(path) + 1)} | {(*path, _KIND), (*path, _OUTCOMES)}
        places = [node.key_place or node.place for _, node in (first, second)]
        key = tuple(part for part in path if not part.startswith("("))
        once = (key, places[0].file, places[1].file)
        if covers & decided or once in self._told:
            return
        self._told.add(once)
        where = " and ".join(
            f"{p.file}:{p.line}:{p.column} (`{_brief(n)}`)"
            for p, (_, n) in zip(places, (first, second), strict=True)
        )
        words = f"two patches set this differently: {where}. Leave one out, or let the file itself set it."
        self.problems.append(_problem_at(second[1], key, words))


def _clash(
    path: KeyPath, node: Node, seen: dict[KeyPath, Node], below: dict[KeyPath, tuple[KeyPath, Node]]
) -> tuple[KeyPath, Node] | None:
    """What an earlier patch set here, above or below, if it is something else."""
    if path in seen:
        return (path, seen[path]) if seen[path].plain() != node.plain() else None
    if path in below:
        return below[path]
    above = next((path[:n] for n in range(1, len(path)) if path[:n] in seen), None)
    return (above, seen[above]) if above else None


def _brief(node: Node) -> str:
    value = node.plain()
    text = "{...}" if isinstance(value, dict) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _settings(patch: Node, base: Node | None, path: KeyPath = ()) -> dict[KeyPath, Node]:
    """What a patch sets, path by path: wholes as one, maps of named things by their entries.

    Kinds of steps, targets of outcomes and the form of `then` are settings of their own, so that two patches
    that disagree on them clash although they write different keys.
    """
    if path and (_is_whole(patch, path) or _changes_kind(base, patch, path)):
        return {path: patch}
    found: dict[KeyPath, Node] = {}
    if is_then(path):
        found[(*path, _OUTCOMES)] = Node("outcomes", patch.place, patch.key_place)
    words = KINDS if is_step(path) else TARGETS if _is_outcome(path) else ()
    mark = _KIND if is_step(path) else _TARGET
    below = _entries(base) if base is not None else {}
    for key, child in _entries(patch).items():
        if key in words:
            found[(*path, mark)] = Node(key, child.place, child.key_place)
        found |= _settings(child, below.get(key), (*path, key))
    return found


def _changes_kind(base: Node | None, patch: Node, path: KeyPath) -> bool:
    if base is None or not is_step(path):
        return False
    kinds = (kind_of(base), kind_of(patch))
    return None not in kinds and kinds[0] != kinds[1]


def _position(step: Node) -> list[tuple[str, str]]:
    entries = _entries(step)
    return [(word, str(entries[word].value)) for word in ("after", "before") if word in entries]


def _without(node: Node, keys: tuple[str, ...]) -> Node:
    """A map without some of its keys; anything else as it is."""
    if not isinstance(node.value, dict):
        return node
    kept = {key: child for key, child in node.value.items() if key not in keys}
    return Node(kept, node.place, node.key_place)
