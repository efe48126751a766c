"""Where a row of the plan stands in the file: from the name of a step as defined to the path of its keys."""

from __future__ import annotations

import re

_PART = re.compile(r"([.#])([^.#]+)")


def keys_of(definition: str) -> tuple[str, ...]:
    """The keys of a step as defined: `main.both.left` is flows, main, steps, both, parallel, left."""
    flow, *_ = re.split(r"[.#]", definition, maxsplit=1)
    keys = ["flows", flow]
    for depth, (sign, name) in enumerate(_PART.findall(definition[len(flow) :])):
        keys += ["instead" if sign == "#" else "parallel" if depth else "steps", name]
    return tuple(keys)
