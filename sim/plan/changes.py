"""Changes: what a child or a patch adds to its base, found by the files that its keys were written in.

What it sets differently is recorded while files are merged (scenario); this finds what was not there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from sim.scenario.tree import Node

_TOLD_ELSEWHERE = ("name", "summary", "assumptions")
_COLLECTIONS = ("costs", "instead")
"""Keys below which each entry is an addition of its own."""


def added(tree: Node, changed: Set[str]) -> Iterator[tuple[tuple[str, ...], Node]]:
    """What other files than the base have added to it; the base is the file that sets the clock."""
    sections = tree.value if isinstance(tree.value, dict) else {}
    for name, section in sections.items():
        if "clock" in sections and name not in _TOLD_ELSEWHERE:
            yield from _added_below(section, (name,), sections["clock"].place.file, changed)


def _added_below(
    node: Node, path: tuple[str, ...], base: str, changed: Set[str]
) -> Iterator[tuple[tuple[str, ...], Node]]:
    if ".".join(path) in changed:
        return
    if path[-1] not in _COLLECTIONS and _is_foreign(node, path, base, changed):
        yield path, node
    elif isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _added_below(child, (*path, key), base, changed)


def _is_foreign(node: Node, path: tuple[str, ...], base: str, changed: Set[str]) -> bool:
    """Whether all of it was written elsewhere than in the base, and nothing of it replaces something."""
    if ".".join(path) in changed:
        return False
    if isinstance(node.value, dict) and node.value:
        return all(_is_foreign(child, (*path, key), base, changed) for key, child in node.value.items())
    return node.place.file != base


def plain_text(value: object) -> str:
    """A plain value as one would write it in a file, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {plain_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(plain_text, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else str(value)
