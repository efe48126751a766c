"""One form for everything: what may be written short is written out, before anything is merged.

Merging goes by name, so both sides have to name things alike: `data: snapshot` in a base and
`data: {instead: ...}` in a patch meet only once the first reads `data: {flow: snapshot}`.
Also here: which paths of a scenario are steps and `then`, and which maps are values, because merging asks the
same questions.
Not here: merging (extends), what is admissible (model). A form that is not understood is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sim.scenario.tree import Node

Path = tuple[str, ...]

TARGETS = ("go_to", "end", "leave", "do")
KINDS = ("team", "wait", "flow", "parallel", "milestone", "end")
REMOVE = "remove"

_TIME = re.compile(r"\d+(\.\d+)?\s*(ms|s|min|h|d|w|days?|weeks?|months?|years?)")


def expand(tree: Node) -> Node:
    """The same tree with every shorthand written out.

    `data: snapshot` in `parallel` becomes `{flow: snapshot}`; `then: a_step` `{go_to: a_step}`; an outcome's
    bare value `{p: value}`; a step's `end: name` `{as: name}`; a flow's `limit: 5` `{cases: 5}`; an
    assumption's bare value `{value: ...}`. The word `remove` and empty values stay.
    """
    return _expand(tree, ())


def is_step(path: Path) -> bool:
    """Whether a step stands at this path: in `steps`, as an alternative, or as a branch."""
    if len(path) == 4:
        return path[0] == "flows" and path[2] == "steps"
    return len(path) > 4 and path[-2] in ("instead", "parallel") and is_step(path[:-2])


def is_then(path: Path) -> bool:
    """Whether a `then` stands at this path: of a step, or of somebody's patience."""
    if len(path) < 2 or path[-1] != "then":
        return False
    owner = path[:-1]
    return is_step(owner) or _is_patience(owner)


def is_target(node: Node) -> bool:
    """Whether a `then` is one target alone, such as `{end: dropped}`."""
    return isinstance(node.value, dict) and len(node.value) == 1 and next(iter(node.value)) in TARGETS


def is_value_map(node: Node) -> bool:
    """Whether a map is a value and not a set of named things: `by`, `mix`, over time, `{first, again}`."""
    if not isinstance(node.value, dict) or not node.value:
        return False
    keys = node.value.keys()
    if any(
        isinstance(node.value[word].value, kind)
        for word, kind in (("by", str), ("mix", dict))
        if word in keys
    ):
        return True
    if keys <= {"first", "again"}:  # numbers, not two steps of these names
        return all(not isinstance(n.value, dict) or is_value_map(n) for n in node.value.values())
    return all(map(is_time, keys))


def is_time(key: str) -> bool:
    """Whether a key reads as a point in time, such as `6 months`."""
    return _TIME.fullmatch(key) is not None


def kind_of(node: Node) -> str | None:
    """The kind of a step: the first of its keys that names one."""
    if not isinstance(node.value, dict):
        return None
    return next((key for key in node.value if key in KINDS), None)


def _is_patience(path: Path) -> bool:
    if not path or path[-1] != "patience":
        return False
    return is_step(path[:-1]) or (len(path) == 3 and path[0] == "cases")


def _is_bare(node: Node) -> bool:
    """A value that may be short for a map: no map, no list, neither empty nor the word `remove`."""
    return not isinstance(node.value, dict | list) and node.value is not None and node.value != REMOVE


def _is_number(node: Node) -> bool:
    return _is_bare(node) or is_value_map(node)


def _under(key: str, node: Node) -> Node:
    """`node` as the only entry of a map, at the same place."""
    return Node({key: Node(node.value, node.place)}, node.place, node.key_place)


def _expand(node: Node, path: Path) -> Node:
    if isinstance(node.value, dict) and not is_value_map(node):
        entries = {key: _expand(child, (*path, key)) for key, child in node.value.items()}
        node = Node(entries, node.place, node.key_place)
    rule = _rule(path)
    return rule(node) if rule else node


def _rule(path: Path) -> Callable[[Node], Node] | None:
    """The rewriting for what stands at this path, if there is one."""
    if is_then(path):
        return _then
    if is_step(path) and path[-2] == "parallel":
        return lambda node: _under("flow", node) if isinstance(node.value, str) and _is_bare(node) else node
    if len(path) > 1 and path[-1] == "end" and is_step(path[:-1]):
        return lambda node: _under("as", node) if _is_bare(node) else node
    if len(path) == 3 and path[0] == "flows" and path[2] == "limit":
        return lambda node: _under("cases", node) if _is_number(node) else node
    if len(path) == 2 and path[0] == "assumptions":
        return lambda node: _under("value", node) if _is_number(node) else node
    return None


def _then(node: Node) -> Node:
    if isinstance(node.value, str) and _is_bare(node) and node.value not in ("next", "done"):
        return _under("go_to", node)
    if not isinstance(node.value, dict) or is_target(node):
        return node
    outcomes = {
        name: _under("p", outcome) if _is_number(outcome) else outcome for name, outcome in node.value.items()
    }
    return Node(outcomes, node.place, node.key_place)
