"""The tree of a scenario file: plain maps, lists and scalars, each with the place it was written at.

A `Node` is what the reader makes of YAML and what merging works on; nothing here knows the language's keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file as given by the user, line and column from 1."""

    file: str
    line: int
    column: int


Keys = tuple[str | int, ...]
"""The path of a value: keys of maps, indices of lists."""

Scalar = str | int | float | bool | None


@dataclass(slots=True)
class Node:
    """A value with its place. `value` is a scalar, a list of nodes, or a dict of key -> node in file order.

    `place` is where the value stands; `key_place` where its key stands (None at the root and in lists).
    """

    value: Scalar | list[Node] | dict[str, Node]
    place: Place
    key_place: Place | None = field(default=None)

    def plain(self) -> object:
        """The same tree without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def walk(self, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Node]]:
        """Every node below and including this one, with its path of keys and list indices."""
        yield path, self
        if isinstance(self.value, dict):
            for key, node in self.value.items():
                yield from node.walk((*path, key))
        elif isinstance(self.value, list):
            for index, node in enumerate(self.value):
                yield from node.walk((*path, index))


def entries_of(node: Node) -> dict[str, Node]:
    """The entries of a map; of anything else none."""
    return node.value if isinstance(node.value, dict) else {}
