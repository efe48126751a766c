"""The JSON Schema that editors use: it takes what the language takes, and no key that it does not know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import grammar
from sim.scenario.json_schema import json_schema
from sim.scenario.reader import read_tree

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*(ROOT / "scenarios").rglob("*.yaml"), ROOT / "sim/cli/starter.yaml"])
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
KNOWN = {
    *("$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "default", "description"),
    *("enum", "examples", "items", "maxItems", "minItems", "prefixItems", "properties", "required"),
    *("title", "type"),
}


def faults(value: Any, schema: Any, root: dict[str, Any], path: str = "") -> list[str]:
    """Where a value breaks a schema, by the words of JSON Schema (2020-12) that ours uses."""
    if schema is True:
        return []
    if schema is False:
        return [f"{path}: not admitted"]
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root, path)
    found: list[str] = []
    if "anyOf" in schema and all(faults(value, option, root, path) for option in schema["anyOf"]):
        found.append(f"{path}: {str(value)[:60]} fits no option")
    if "const" in schema and value != schema["const"]:
        found.append(f"{path}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: not one of {schema['enum']}")
    if "type" in schema:
        is_bool = isinstance(value, bool) and schema["type"] != "boolean"
        if is_bool or not isinstance(value, TYPES[schema["type"]]):
            return [*found, f"{path}: {str(value)[:60]} is no {schema['type']}"]
    if isinstance(value, dict):
        found += _faults_of_map(value, schema, root, path)
    if isinstance(value, list) and "items" in schema:
        found += [
            f for i, item in enumerate(value) for f in faults(item, schema["items"], root, f"{path}/{i}")
        ]
    return found


def _faults_of_map(value: dict[str, Any], schema: Any, root: dict[str, Any], path: str) -> list[str]:
    found = [f"{path}/{key}: missing" for key in schema.get("required", ()) if key not in value]
    for key, child in value.items():
        inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", True))
        found += faults(child, inner, root, f"{path}/{key}")
    return found


def test_it_is_json_of_the_words_that_are_checked_here() -> None:
    written = json_schema()
    assert written["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(written)) == written


def test_every_reference_in_it_is_defined() -> None:
    written = json_schema()
    named = {part.split('"')[0] for part in json.dumps(written).split('"#/$defs/')[1:]}
    assert named <= set(written["$defs"])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_it_takes_every_shipped_file(path: Path) -> None:
    written = json_schema()
    assert faults(read_tree(path).plain(), written, written) == []


@pytest.mark.parametrize("form", [*grammar.MERGE, *grammar.THEN], ids=lambda form: form.example)
def test_it_takes_every_example_of_the_reference(tmp_path: Path, form: grammar.Form) -> None:
    text = (
        form.example
        if form in grammar.MERGE
        else f"{{flows: {{f: {{steps: {{s: {{then: {form.example}}}}}}}}}}}"
    )
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    written = json_schema()
    assert faults(read_tree(tmp_path / "s.yaml").plain(), written, written) == []


@pytest.mark.parametrize(
    "text",
    [
        "clok: {}",
        "teams: {desk: {sise: 2}}",
        "flows: {f: {steps: {s: {teem: desk}}}}",
        "flows: {f: {steps: {s: {then: {x: {probability: 1}}}}}}",
        "cases: {c: {arrive: {speed: 2 per d}}}",
        "calendars: {office: {days: Mon, our: 9}}",
        "teams: {desk: {order: lifo}}",
        "teams: {desk: 3}",
    ],
)
def test_it_refuses_unknown_keys_and_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    written = json_schema()
    assert faults(read_tree(tmp_path / "s.yaml").plain(), written, written)
