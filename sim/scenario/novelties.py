"""Names that only a patch mentions: each is new and used, or it was meant to be one that exists.

Merging goes by name, so a slip in a patch makes a new thing beside the one it should change, in silence.
Looked at here, with the base at hand: steps and outcomes that are new but not whole, and new teams, flows,
traits, assumptions, environments, calendars and case types that nothing uses.
Not here: merging itself (merge), names that are used but do not exist (checks).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sim.errors import Problem
from sim.scenario.nearest import did_you_mean
from sim.scenario.places import problem_of
from sim.scenario.shorthand import KINDS, REMOVE, TARGETS, is_step, is_target, is_then, kind_of
from sim.scenario.tree import Node, entries_of

Path = tuple[str, ...]

_SECTIONS = {
    "assumptions": "assumption",
    "calendars": "calendar",
    "teams": "team",
    "environments": "environment",
    "traits": "trait",
    "cases": "case type",
    "flows": "flow",
}
_WORD = re.compile(r"[A-Za-z_]\w*")
_NAME = re.compile(r"\$([A-Za-z_]\w*)")
_ABOUT = ("source", "summary", "name", "changes", "patch", "why")


def check_novelties(patches: Iterable[Node], own: Node, base: Node, merged: Node) -> list[Problem]:
    """Problems of names that a patch brings and neither the base nor the file itself knows."""
    used = _Uses(merged)
    problems: list[Problem] = []
    for patch in patches:
        for path, node in _new_things(patch, (base, own)):
            words = _unused(path, used, base) if len(path) in (2, 4) else None
            if words is not None:
                problems.append(problem_of(node, path, words))
        unused = {problem.key for problem in problems}
        for path, node in _entries(patch, ()):
            if ".".join(path[:2]) not in unused and (words := _not_whole(path, node, (base, own), merged)):
                problems.append(problem_of(node, path, words))
    return problems


def _entries(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    for key, child in entries_of(node).items():
        yield (*path, key), child
        yield from _entries(child, (*path, key))


def _find(node: Node | None, path: Path) -> Node | None:
    for key in path:
        node = entries_of(node).get(key) if node is not None else None
    return node


def _new_things(patch: Node, known: tuple[Node, ...]) -> Iterator[tuple[Path, Node]]:
    """Entries of named sections, and case types' own traits, that are in the patch alone."""
    for path, node in _entries(patch, ()):
        is_section = len(path) == 2 and path[0] in _SECTIONS
        is_own_trait = len(path) == 4 and path[0] == "cases" and path[2] == "traits"
        if not (is_section or is_own_trait) or node.value == REMOVE:
            continue
        if all(_find(tree, path) is None for tree in known):
            yield path, node


# --- what nothing uses


class _Uses:
    """The names that a merged file uses, by section."""

    def __init__(self, merged: Node) -> None:
        self.names: dict[str, set[str]] = {section: set() for section in _SECTIONS}
        self.reads_files = False
        for name, case in entries_of(_find(merged, ("cases",)) or merged).items():
            if entries_of(case).keys() & {"arrive", "start_with"}:
                self.names["cases"].add(name)
        for path, node in _entries(merged, ()):
            self._look(path[-1], path, node)

    def _look(self, key: str, path: Path, node: Node) -> None:
        if key in _ABOUT:
            return
        texts = [str(item.value) for item in node.value] if isinstance(node.value, list) else [node.value]
        for text in (text for text in (*texts, key) if isinstance(text, str)):
            self.names["assumptions"].update(_NAME.findall(text))
        words = {text for text in texts if isinstance(text, str)}
        if key == "with":
            self.names["teams"] |= words | set(entries_of(node))
        elif key in ("team", "owner"):
            self.names["teams"] |= words
        elif key in ("flow", "do"):
            self.names["flows"] |= words
        elif key in ("takes", "gives_back"):
            self.names["environments"] |= words
        elif key in ("calendar", "business"):
            self.names["calendars"] |= words
        elif key == "wait":
            self.names["calendars"] |= {w.split()[-1] for w in words if w.split()[:1] == ["until"]}
        elif key == "case":
            self.names["cases"] |= words
        elif key in ("when", "by"):
            self.names["traits"].update(word for text in words for word in _WORD.findall(text))
        elif key in ("list", "log") and path[-2:-1] == ("arrive",):
            self.reads_files = True


def _unused(path: Path, used: _Uses, base: Node) -> str | None:
    section, name = path[-2], path[-1]
    if name in used.names[section] or (section == "traits" and used.reads_files):
        return None
    known = set(entries_of(_find(base, (section,)) or Node({}, base.place)))
    if len(path) == 4:
        known |= set(entries_of(_find(base, path[:3]) or Node({}, base.place)))
    kind = _SECTIONS[section]
    near = did_you_mean(name, known)
    advice = near or f"Use it, or leave it out. Here are: {', '.join(sorted(known)) or 'none'}."
    return f"only this patch mentions the {kind} '{name}', and nothing uses it.\n{advice}"


# --- what is new but not whole


def _not_whole(path: Path, node: Node, known: tuple[Node, ...], merged: Node) -> str | None:
    """Words for a step or an outcome that neither exists nor is a whole new one; None if all is well."""
    if node.value == REMOVE or any(_find(tree, path) is not None for tree in known):
        return None
    siblings = [set(entries_of(_find(tree, path[:-1]) or Node({}, node.place))) for tree in known]
    names = sorted(set().union(*siblings))
    if not names:
        return None
    if is_step(path) and path[-2] in ("steps", "parallel"):
        whole = _find(merged, path)
        if whole is None or kind_of(whole) is not None:
            return None
        what = "branch" if path[-2] == "parallel" else "step"
        rule = f"A new {what} says of which kind it is: {', '.join(KINDS)}."
    elif len(path) > 1 and is_then(path[:-1]) and not is_target(node):
        whole = _find(merged, path[:-1])
        if whole is None or is_target(whole) or entries_of(node).keys() & set(TARGETS):
            return None
        what, rule = "outcome", "A new outcome says where it leads: go_to, end, leave or do."
    else:
        return None
    near = did_you_mean(path[-1], names)
    return f"no {what} is called '{path[-1]}' here: {', '.join(names)}. {near}\n{rule}".replace(" \n", "\n")
