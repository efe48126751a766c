"""The JSON Schema of scenario files, for editors: from the same models that check the files.

It describes files as they are written: shorthand is allowed, and patches and children may be partial.
"""

from __future__ import annotations

from typing import Any

from sim.scenario import schema

_SHORT = ("Outcome", "End", "Limit", "Assumption", "Step", "Alternative")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the files as they are written: shorthand allowed, patches may be partial."""
    written = schema.WrittenFile.model_json_schema(by_alias=True)
    written["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    written["title"] = "Scenario"
    for definition in written["$defs"].values():
        definition.pop("required", None)
    written["$defs"] = {name: _loosened(part) for name, part in written["$defs"].items()}
    written["properties"] = {name: _loosened(part) for name, part in written["properties"].items()}
    return written


def _loosened(part: Any) -> Any:
    """A piece of JSON Schema that also takes shorthand and the word `remove`."""
    if isinstance(part, list):
        return [_loosened(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[-1]
        short = [{"type": "string"}, {"type": "number"}] if name in _SHORT else [{"const": "remove"}]
        rest = {key: value for key, value in part.items() if key not in ("$ref", "default")}
        return {**rest, "anyOf": [{"$ref": part["$ref"]}, *short]}
    # anyOf: `{go_to: x}` is a target, and to a JSON Schema also an outcome called go_to
    return _with_words({"anyOf" if k == "oneOf" else k: _loosened(value) for k, value in part.items()})


def _with_words(part: dict[str, Any]) -> dict[str, Any]:
    """`then` also takes the name of a step, `with` that of a team."""
    properties = part.get("properties")
    if isinstance(properties, dict):
        for key in ("then", "with"):
            if "anyOf" in properties.get(key, {}):
                properties[key]["anyOf"].append({"type": "string"})
    return part
