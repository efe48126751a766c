"""From a path of keys to the place in a file where it stands, and a problem told there."""

from __future__ import annotations

from sim.errors import Problem
from sim.scenario.tree import Keys, Node


def problem_at(tree: Node, path: Keys, message: str, *, at_key: bool = False) -> Problem:
    """A problem at the place of a path in a tree, or of what is nearest above it."""
    node, depth = tree, 0
    for key in path:
        child = _child(node, key)
        if child is None:
            break
        node, depth = child, depth + 1
    place = node.place
    if node.key_place is not None and (at_key or depth < len(path)):
        place = node.key_place
    return Problem(place.file, place.line, place.column, ".".join(map(str, path)), message)


def _child(node: Node, key: str | int) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(str(key))
    if isinstance(node.value, list) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    return None


def problem_of(node: Node, path: Keys, message: str) -> Problem:
    """A problem at the key of a node, or where the node stands if it has none."""
    place = node.key_place or node.place
    return Problem(place.file, place.line, place.column, ".".join(map(str, path)), message)
