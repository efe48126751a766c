"""Merging by name: what a file and its patches make of their base.

Parents are merged left to right, then the file itself; maps of named things by their entries, values as
wholes. Where two patches set the same path differently, and the file itself does not, nobody can know what
is meant: a conflict, named with both places. Every change of something that existed is an `Override`.
Not here: which files there are (extends), names that a patch alone mentions (novelties).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.errors import Problem
from sim.scenario.nearest import did_you_mean
from sim.scenario.novelties import check_novelties
from sim.scenario.places import problem_of
from sim.scenario.shorthand import KINDS, REMOVE, TARGETS, is_step, is_target, is_then, is_value_map, kind_of
from sim.scenario.tree import Node, Place, entries_of

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


@dataclass(slots=True)
class Source:
    """A file as read, in canonical form, with its parents: base first, then patches (which have none)."""

    tree: Node
    parents: list[Source] = field(default_factory=list)


def _is_removal(node: Node) -> bool:
    return node.value == REMOVE


def is_whole(node: Node, path: KeyPath) -> bool:
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


class Merger:
    """Merges trees by name; keeps what was overridden and gathers problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.overrides: dict[str, Override] = {}
        self._removed: set[KeyPath] = set()
        self._told: set[tuple[KeyPath, str, str]] = set()  # conflicts: one per path and pair of files

    def whole(self, source: Source) -> Node:
        """The tree of a file with all its parents in it."""
        patches = source.parents[1:]
        own = _without(source.tree, _NOT_FROM_PATCHES if "patch" in entries_of(source.tree) else _HEADINGS)
        result = self.whole(source.parents[0]) if source.parents else Node({}, own.place)
        bodies = [_without(patch.tree, _NOT_FROM_PATCHES) for patch in patches]
        self._conflicts(bodies, own, result)
        self._removed = set()
        base = result
        for tree in (*bodies, own):
            result = self._merge(result, tree, ())
        if "patch" in entries_of(source.tree):
            self.problems += check_novelties([own], Node({}, own.place), base, result)
        elif patches:
            self.problems += check_novelties(bodies, own, base, result)
        return result

    def _merge(self, old: Node | None, new: Node, path: KeyPath) -> Node:
        if is_whole(new, path) or (old is not None and self._replaces(old, new, path)):
            new = self._finished(new, path)
            self._record(old, new, path)
            return new
        entries = dict(entries_of(old)) if old is not None else {}
        added = entries_of(new)
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
            self.problems.append(problem_of(child, path, words))

    def _replaces(self, old: Node, new: Node, path: KeyPath) -> bool:
        """Whether a map takes the place of what was there instead of being merged into it."""
        if is_whole(old, path):
            return True
        kinds = (kind_of(old), kind_of(new))
        return is_step(path) and None not in kinds and kinds[0] != kinds[1]

    def _finished(self, new: Node, path: KeyPath) -> Node:
        """A map that comes in whole: what it says to remove cannot be there."""
        if isinstance(new.value, dict) and not is_whole(new, path):
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
        node = entries_of(step)[word]
        if len(positions) > 1:
            words = "a step stands `after` one step or `before` one, not both."
            self.problems.append(problem_of(node, path, words))
        elif anchor not in order:
            words = (
                f"no step here is called '{anchor}'. Steps: {', '.join(order)}. {did_you_mean(anchor, order)}"
            )
            self.problems.append(problem_of(node, (*path, word), words.strip()))
        else:
            order.remove(name)
            order.insert(order.index(anchor) + (word == "after"), name)

    def _circular(self, waiting: dict[str, Node], path: KeyPath) -> None:
        for name, step in waiting.items():
            word = _position(step)[0][0]
            words = f"the steps {', '.join(waiting)} are placed by each other; place one by another step."
            self.problems.append(problem_of(entries_of(step)[word], (*path, name, word), words))

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
        self.problems.append(problem_of(second[1], key, words))


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
    if path and (is_whole(patch, path) or _changes_kind(base, patch, path)):
        return {path: patch}
    found: dict[KeyPath, Node] = {}
    if is_then(path):
        found[(*path, _OUTCOMES)] = Node("outcomes", patch.place, patch.key_place)
    words = KINDS if is_step(path) else TARGETS if _is_outcome(path) else ()
    mark = _KIND if is_step(path) else _TARGET
    below = entries_of(base) if base is not None else {}
    for key, child in entries_of(patch).items():
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
    entries = entries_of(step)
    return [(word, str(entries[word].value)) for word in ("after", "before") if word in entries]


def _without(node: Node, keys: tuple[str, ...]) -> Node:
    """A map without some of its keys; anything else as it is."""
    if not isinstance(node.value, dict):
        return node
    kept = {key: child for key, child in node.value.items() if key not in keys}
    return Node(kept, node.place, node.key_place)
