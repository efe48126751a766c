"""The reference page of the scenario language, written from the schema.

`docs/reference.md` is what `reference_markdown` returns; a test holds the two together. Not here: any word
about a key, which stands once, in `schema`, and the examples of the small grammars (grammar).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import TypeAdapter, WithJsonSchema
from pydantic.fields import FieldInfo

from sim.scenario import grammar, schema
from sim.scenario.checks.names import MAX_NAME, SEPARATORS
from sim.scenario.numbers import FAMILY_EXAMPLES

_HEAD = """\
# The scenario language: reference

Written by `sim.scenario.reference` from the schema that also checks the files; do not edit it by hand. What
the words mean when time runs is in [meanings.md](meanings.md); a first file is in
[first-steps.md](first-steps.md).

A scenario is a YAML file. A key that is not listed here is an error. *Required* keys are required of the
merged scenario: a patch, or a file that extends another one, holds the difference only."""

_KINDS_OF_VALUE = {
    "Number": schema.NumberText,
    "Share": schema.ShareText,
    "Working time": schema.WorkText,
    "Time waited": schema.WaitText,
    "Long time": schema.LongText,
    "Money": schema.MoneyText,
    "Price": schema.PriceText,
    "Rate": schema.RateText,
    "Condition": schema.ConditionText,
}
_TITLES = {"ScenarioFile": "The file", "CasePatience": "Patience of a case", "WrittenFile": "Extending files"}
_PLAIN = {str: "text", bool: "true or false", int: "number", float: "number", type(None): ""}


def reference_markdown() -> str:
    """The whole page, with a newline at its end."""
    parts = [_HEAD, *_values(), *_grammar(), *(_section(model) for model in _models()), *_merging()]
    return "\n\n".join(parts) + "\n"


def _values() -> Iterator[str]:
    rows: list[tuple[str, ...]] = []
    for name, annotation in _KINDS_OF_VALUE.items():
        # read from the annotation: a generated JSON Schema sorts the keys of its examples
        part = _json_schema(annotation)
        rows.append((name.lower(), part["description"], _examples(part["examples"])))
    yield "## Kinds of value\n\nThey stay as they are written until the plan is compiled."
    yield _table(("kind", "what it is", "examples"), rows)


def _grammar() -> Iterator[str]:
    """Numbers, distributions, units, conditions and `then`, form by form."""
    yield "## Numbers\n\nA number may be written in each of these forms that its key admits."
    yield _forms("number", grammar.NUMBERS)
    yield (
        "### Distributions\n\nParameters are given by name, in any order; `( ) , =` read as spaces, so the "
        "textbook "
        'form works in quotes: `"lognormal(mean=2 h, cv=1)"`. Inside `{ }` write no comma: it ends the value.'
    )
    rows = [
        (f"`{family}`", words, f"`{FAMILY_EXAMPLES[family]}`") for family, words in grammar.PARAMETERS.items()
    ]
    yield _table(("family", "parameters", "example"), rows)
    yield "### Units"
    yield _forms("unit", grammar.UNITS)
    yield "## Conditions\n\nWritten under `when`; they ask about the traits of the case."
    yield _forms("condition", grammar.CONDITIONS)
    yield (
        "## Then\n\nWhere a step leads. After a `flow` step nothing is drawn: the outcomes are the names "
        "with which "
        "that flow leaves, without `p`, and one more for its normal end: `then: {refused: {end: refused}, "
        "ready: rest}`."
    )
    yield _forms("then", grammar.THEN)
    signs = " ".join(SEPARATORS.replace("`", "")) + " and the backtick"
    yield (
        f"## Names\n\nA name has at most {MAX_NAME} characters, none of {signs}, and nothing that cannot "
        "be seen. "
        "Traits and assumptions have letters a to z, digits and `_`; calendars are one word. `next done "
        "rest remove` "
        "name no step, `go_to end leave do` no outcome, `owner nobody` no team, `always` no calendar."
    )


def _merging() -> Iterator[str]:
    """What a patch or a child says of what its base has."""
    yield (
        "## Merging\n\nThe base first, then patches from left to right, then the file itself. Two patches "
        "that set "
        "one path differently are a conflict, unless the file itself sets it. A name that only a patch "
        "mentions and "
        "nothing uses is an error, and so is a new step without a kind."
    )
    yield _forms("in a patch", grammar.MERGE)


def _forms(what: str, forms: tuple[grammar.Form, ...]) -> str:
    return _table((what, "meaning"), [(f"`{form.example}`", form.meaning) for form in forms])


def _json_schema(annotation: Any) -> dict[str, Any]:
    for part in get_args(annotation):
        if isinstance(part, WithJsonSchema) and part.json_schema is not None:
            return part.json_schema
    return TypeAdapter(annotation).json_schema()


def _models() -> list[type[schema.Model]]:
    """The maps of the language, each after the one that first speaks of it."""
    found: list[type[schema.Model]] = []
    _collect(schema.ScenarioFile, found)
    return [*found, schema.WrittenFile]


def _collect(model: type[schema.Model], found: list[type[schema.Model]]) -> None:
    if model in found:
        return
    found.append(model)
    for field in model.model_fields.values():
        for part in _models_in(field.annotation):
            _collect(part, found)


def _models_in(annotation: Any) -> Iterator[type[schema.Model]]:
    if isinstance(annotation, type) and issubclass(annotation, schema.Model):
        yield annotation
    for part in get_args(annotation):
        if get_origin(annotation) is not Literal:
            yield from _models_in(part)


def _section(model: type[schema.Model]) -> str:
    above = set().union(*(base.model_fields for base in _bases(model)))
    # of what a base has too, only what is described anew
    own = {
        name for name in model.__annotations__ if name not in above or model.model_fields[name].description
    }
    rows = [_row(name, field) for name, field in model.model_fields.items() if name in own]
    lines = [f"## {_title(model)}", _one_line(model.__doc__ or "")]
    lines += [f"It also has every key of [{_title(base)}](#{_anchor(base)})." for base in _bases(model)]
    return "\n\n".join([*lines, _table(("key", "value", "default", "meaning"), rows)])


def _bases(model: type[schema.Model]) -> list[type[schema.Model]]:
    return [base for base in model.__bases__ if base is not schema.Model and issubclass(base, schema.Model)]


def _row(name: str, field: FieldInfo) -> tuple[str, ...]:
    meaning = _one_line(field.description or "")
    if field.examples:
        meaning += f" Example: {_examples(field.examples)}."
    return f"`{field.alias or name}`", _value_of(_whole(field)), _default(field), meaning


def _whole(field: FieldInfo) -> Any:
    """The annotation with its metadata, which pydantic keeps apart."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def _value_of(annotation: Any) -> str:
    """In words: what is written after the key."""
    for name, kind in _KINDS_OF_VALUE.items():
        if annotation == kind:
            return name.lower()
    if annotation in (schema.Texts, tuple[str, ...]):
        return "text or list"
    if set(get_args(annotation)) - {type(None)} == set(get_args(schema.Raw)):
        return "number"
    if isinstance(annotation, type) and issubclass(annotation, schema.Model):
        return f"[{_title(annotation)}](#{_anchor(annotation)})"
    return _value_of_parts(annotation)


def _value_of_parts(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value_of(parts[0])
    if origin is Literal:
        return " · ".join(f"`{word}`" for word in parts)
    if origin is dict:
        return f"map: name → {_value_of(parts[1])}"
    if origin is tuple:
        return f"[{', '.join(_value_of(part) for part in parts)}]"
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(text for part in parts if (text := _value_of(part))))
    return _PLAIN.get(annotation, "value")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "*required*"
    value = field.default
    if value is None or value in ({}, (), "") or isinstance(value, schema.Model):
        return ""
    return f"`{'false' if value is False else value}`"


def _title(model: type[schema.Model]) -> str:
    return _TITLES.get(model.__name__, model.__name__)


def _anchor(model: type[schema.Model]) -> str:
    return _title(model).lower().replace(" ", "-")


def _examples(values: list[Any]) -> str:
    return ", ".join(f"`{_written(value)}`" for value in values)


def _written(value: Any) -> str:
    """As it would stand in a file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_written(item)}" for key, item in value.items()) + "}"
    return value if isinstance(value, str) else json.dumps(value)


def _one_line(text: str) -> str:
    return " ".join(text.replace('"', "").split())


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    print(reference_markdown(), end="")
