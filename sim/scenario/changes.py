"""Changes of a scenario's values by their paths: what a search, an explanation or a slider turns.

    changed(scenario, {("teams", "compliance", "size"): 4, ("teams", "data_scientists", "owns"): REMOVE})

A path is that of the resolved scenario, in which every shorthand is written out: the number of an assumption
stands at `assumptions.name.value`, a probability at `flows.f.steps.s.then.outcome.p`. What is set takes the
place of what stood there as a whole. The changed scenario is checked as a file would be, and
`difference_text` is that file: it extends what was changed and says only what is different.
Not here: merging files (merge), which changes are worth looking at (experiment).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML

from sim.scenario.load import Scenario, from_tree
from sim.scenario.merge import is_whole
from sim.scenario.shorthand import REMOVE
from sim.scenario.tree import Keys, Node, Place

__all__ = ["REMOVE", "Changes", "changed", "difference_text", "found_at", "wholes"]

Changes = Mapping[tuple[str, ...], object]
"""The new plain value of each path; `REMOVE` takes away what stands there."""


def found_at(scenario: Scenario, path: Keys) -> object | None:
    """The plain value at a path as it is written, None where nothing is."""
    node = _node_at(scenario.tree, path)
    return None if node is None else node.plain()


def changed(scenario: Scenario, changes: Changes, name: str | None = None) -> Scenario:
    """The scenario with some values changed, called `name`, or as before.

    Raises
    ------
    ScenarioError
        It would not be sound; problems of a changed value are told at the place of the one it replaced.
    KeyError
        There is nothing to remove at a path, or something on the way to it is not a map.
    """
    tree = scenario.tree
    for path, value in changes.items():
        tree = _with(tree, path, value)
    if name is not None:
        tree = _with(tree, ("name",), name)
    return from_tree(tree, scenario.folder, scenario.overrides, name or scenario.name, scenario.files)


def wholes(scenario: Scenario, changes: Changes) -> dict[tuple[str, ...], object]:
    """The same changes, such that a file that says them is merged to the same.

    Of what is merged as a whole, such as a flow's limit, a file has to say all that is in it.
    """
    found: dict[tuple[str, ...], object] = {}
    for path, value in changes.items():
        place = _whole_above(scenario.tree, path)
        if place is None:
            found[path] = value
        else:
            before = _planted(found[place], scenario.tree.place, None) if place in found else None
            node = before or _node_at(scenario.tree, place)
            assert node is not None
            found[place] = _with(node, path[len(place) :], value).plain()
    return found


def _whole_above(tree: Node, path: tuple[str, ...]) -> tuple[str, ...] | None:
    """The nearest place on the way to a path that is merged as a whole; None without any."""
    for length in range(1, len(path)):
        node = _node_at(tree, path[:length])
        if node is None:
            return None
        if is_whole(node, path[:length]):
            return path[:length]
    return None


def _node_at(tree: Node, path: Keys) -> Node | None:
    node: Node | None = tree
    for key in path:
        node = node.value.get(str(key)) if node is not None and isinstance(node.value, dict) else None
    return node


def difference_text(
    changes: Changes, *, extends: Sequence[str], name: str, summary: str | None = None
) -> str:
    """A scenario file that extends others and says only what is different, to be put beside them."""
    plain: dict[str, Any] = {"name": name}
    if summary:
        plain["summary"] = summary
    plain["extends"] = extends[0] if len(extends) == 1 else list(extends)
    for path, value in changes.items():
        entry = plain
        for key in path[:-1]:
            entry = entry.setdefault(key, {})
        entry[path[-1]] = value
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = 110
    stream = io.StringIO()
    yaml.dump(plain, stream)
    return stream.getvalue()


def _with(node: Node, path: Keys, value: object) -> Node:
    """The tree with another value at a path; what is not on the way to it is shared with the old tree."""
    if not path:
        return _planted(value, node.place, node.key_place)
    key, rest = str(path[0]), path[1:]
    if not isinstance(node.value, dict):
        raise KeyError(f"there is no '{key}' in '{node.plain()}'")
    entries = dict(node.value)
    if value == REMOVE and not rest:
        if key not in entries:
            raise KeyError(f"there is no '{key}' here to remove")
        del entries[key]
    else:
        child = entries.get(key) or Node({} if rest else None, node.place, node.key_place or node.place)
        entries[key] = _with(child, rest, value)
    return Node(entries, node.place, node.key_place)


def _planted(value: object, place: Place, key_place: Place | None) -> Node:
    """A plain value as a tree, all of it at one place."""
    if isinstance(value, Mapping):
        entries = {str(key): _planted(each, place, place) for key, each in value.items()}
        return Node(entries, place, key_place)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Node([_planted(each, place, None) for each in value], place, key_place)
    assert value is None or isinstance(value, str | int | float | bool), value
    return Node(value, place, key_place)
