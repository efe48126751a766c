"""What the schema refuses, in plain words: each refusal at its place, with what is admissible there.

Pydantic says where and why in its own terms; here they become the language's. Not here: deep checks (checks).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Problem, ScenarioError
from sim.scenario import schema
from sim.scenario.nearest import did_you_mean
from sim.scenario.places import problem_at
from sim.scenario.reader import MAX_PROBLEMS, about_empty
from sim.scenario.tree import Keys, Node

_TAGS = ("word", "target", "outcomes")


def validated(tree: Node) -> tuple[schema.ScenarioFile, list[Problem]]:
    """The merged file without keys that it does not know, and the problems of these.

    Raises
    ------
    ScenarioError
        Something else is wrong with the form of the file.
    """
    problems = _empty_values(tree)
    plain = tree.plain()
    try:
        return schema.ScenarioFile.model_validate(plain), _none_or_raise(problems)
    except ValidationError as error:
        found = error.errors(include_url=False)
    n_before, unknown = len(problems), []
    for details in found:
        path, admissible = _trace(details["loc"], tree)
        problems.setdefault(path, _in_words(details, path, admissible, tree))
        if details["type"] == "extra_forbidden":
            unknown.append(path)
    if n_before or len(unknown) < len(found):
        raise ScenarioError(list(problems.values())[:MAX_PROBLEMS])
    try:
        return schema.ScenarioFile.model_validate(_without(plain, unknown)), list(problems.values())
    except ValidationError:
        raise ScenarioError(list(problems.values())[:MAX_PROBLEMS]) from None


def _empty_values(tree: Node) -> dict[Keys, Problem]:
    problems: dict[Keys, Problem] = {}
    for path, node in tree.walk():
        if isinstance(node.value, dict):
            for key, child in node.value.items():
                if child.value is None:
                    words = about_empty(node, key)
                    problems[(*path, key)] = problem_at(tree, (*path, key), words, at_key=True)
    return problems


def _none_or_raise(problems: dict[Keys, Problem]) -> list[Problem]:
    if problems:
        raise ScenarioError(list(problems.values())[:MAX_PROBLEMS])
    return []


def _without(plain: Any, paths: Iterable[Keys]) -> Any:
    """The plain file without some of its keys."""
    for path in paths:
        holder = plain
        for key in path[:-1]:
            holder = holder[key]
        holder.pop(path[-1], None)
    return plain


def _trace(loc: Sequence[str | int], tree: Node) -> tuple[Keys, list[Any]]:
    """The path in the file that a pydantic location means, and the types that may hold its last map.

    A location also holds the tag of the form of `then` that was tried; the file does not.
    """
    path: list[str | int] = []
    types: list[Any] = [schema.ScenarioFile]
    parents = types
    for part in loc:
        if part in _TAGS and path and path[-1] in ("then",) and len(types) > 1:
            types = [t for t in types if _has_tag(t, str(part))]
            continue
        path.append(part)
        parents, types = types, [option for t in types for option in _below(t, part)]
    return tuple(path), parents


def _has_tag(option: Any, tag: str) -> bool:
    is_model = isinstance(option, type) and issubclass(option, schema.Model)
    return {"target": is_model, "outcomes": get_origin(option) is dict}.get(tag, True)


def _below(option: Any, key: str | int) -> list[Any]:
    """The types admissible under a key of a type."""
    if isinstance(option, type) and issubclass(option, schema.Model):
        for name, info in option.model_fields.items():
            if (info.alias or name) == key:
                return _options(info.annotation)
        return []
    arguments = get_args(option)
    if get_origin(option) is dict:
        return _options(arguments[1])
    return _options(arguments[0]) if get_origin(option) is tuple else []


def _options(annotation: Any) -> list[Any]:
    """The members of a union, without annotations."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _options(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [option for part in get_args(annotation) for option in _options(part)]
    return [annotation]


def _keys_of(parents: Iterable[Any]) -> list[str]:
    models = [p for p in parents if isinstance(p, type) and issubclass(p, schema.Model)]
    return [info.alias or name for model in models for name, info in model.model_fields.items()]


def _in_words(details: ErrorDetails, path: Keys, parents: list[Any], tree: Node) -> Problem:
    kind, found, last = details["type"], details["input"], str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        keys = _keys_of(parents)
        words = f"no key is called '{last}' here. Keys here: {', '.join(keys)}."
        return problem_at(tree, path, f"{words}\n{did_you_mean(last, keys)}".strip(), at_key=True)
    if kind == "missing" and isinstance(path[-1], int):
        path, kind, last, found = path[:-1], "too_short", str(path[-2]), []
    if kind == "missing":
        return problem_at(
            tree, path, f"the key '{last}' is missing here.{_about(parents, last)}", at_key=True
        )
    if kind == "literal_error":
        admissible = [str(word) for word in _literals(parents, last)] or ["next", "done"]
        near = did_you_mean(str(found), admissible)
        return problem_at(
            tree, path, f"found {_shown(found)}. Admissible: {', '.join(admissible)}.\n{near}".strip()
        )
    return problem_at(tree, path, f"found {_shown(found)}. Admissible: {_wanted(kind, last)}.")


def _about(parents: Iterable[Any], key: str) -> str:
    for parent in parents:
        for name, info in getattr(parent, "model_fields", {}).items():
            if (info.alias or name) == key and info.description:
                return f" {info.description}"
    return ""


def _literals(parents: Iterable[Any], key: str) -> list[Any]:
    options = [option for parent in parents for option in _below(parent, key)]
    return [word for option in options for word in get_args(option) if isinstance(word, str)]


def _wanted(kind: str, key: str) -> str:
    if kind == "number":
        return "a number, such as 40, 25%, 3 h, $name or lognormal mean 2 h cv 1"
    if kind.startswith("string"):
        return "a text; a text that looks like a number is put in quotes"
    if kind.startswith("bool"):
        return "true or false"
    if kind in ("too_short", "too_long", "tuple_type"):
        return "low and high, such as [10%, 50%]" if key == "range" else "a text or a list of texts"
    if kind.startswith(("dict", "model")):
        return "a map of keys and values"
    return "something else"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return f"a map with the keys {', '.join(map(str, value))}" if value else "an empty map"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"
