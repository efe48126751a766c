"""Settings: which numbers of a scenario are turned and which patches are on, and how an address says it.

    compliance.size:4;$background_load:70;on:Tool%2520image

Names are escaped twice: what reads an address takes one layer off, and then no name can be taken for a sign
between names. Text from an address is somebody else's: whatever it is, it is read or refused with words.
Not here: whether there are such levers and patches, and their bounds (choices, asking).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote, unquote

from sim.errors import RunError

MAX_CHARACTERS = 8_000
MAX_ENTRIES = 300
_ON = "on"
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?(?:e[+-]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is different from today.

    Attributes
    ----------
    values
        Lever name → its value, in the lever's unit; only of levers that are turned.
    patches
        Names of the patches and scenarios that are on.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    patches: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __hash__(self) -> int:
        return hash((frozenset(self.values.items()), self.patches))

    @property
    def is_today(self) -> bool:
        """Nothing is turned and nothing is on."""
        return not self.values and not self.patches


def plain(value: float) -> float:
    """A value as a scenario file would have it: ten digits."""
    return float(f"{value:.10g}")


def shortened(text: object, n: int = 60) -> str:
    """Somebody else's text in a message of ours: one line, printable, not longer than n characters."""
    written = text if isinstance(text, str) else type(text).__name__
    printable = "".join(c if c.isprintable() else "?" for c in written[: n + 1])
    return printable if len(printable) <= n else f"{printable[: n - 1]}…"


def encode(settings: Settings) -> str:
    """As a part of an address; empty for today."""
    entries = [f"{_escaped(name)}:{value:.10g}" for name, value in settings.values.items()]
    entries += [f"{_ON}:{_escaped(name)}" for name in settings.patches]
    return quote(";".join(entries), safe=":;$")


def decode(text: str) -> Settings:
    """The settings that a text says, before it is known whether they can be.

    Raises
    ------
    RunError
        It cannot be read.
    """
    if len(text) > MAX_CHARACTERS:
        raise RunError(f"state: {len(text):,} characters are too many; the limit is {MAX_CHARACTERS:,}.")
    entries = [entry for entry in text.split(";") if entry]
    if len(entries) > MAX_ENTRIES:
        raise RunError(f"state: {len(entries):,} entries are too many; the limit is {MAX_ENTRIES}.")
    values: dict[str, float] = {}
    patches: list[str] = []
    for entry in entries:
        name, colon, told = entry.rpartition(":")
        if not colon or not name or not told:
            raise RunError(
                f"state: found '{shortened(entry)}'; an entry is a lever and its value, such as "
                "compliance.size:4, or a patch, such as on:Tool image. Entries are set apart by `;`."
            )
        if name == _ON:
            patches.append(_unescaped(told))
        else:
            values[_unescaped(name)] = _number(_unescaped(name), told)
    return Settings(values, tuple(patches))


def _escaped(name: str) -> str:
    return quote(name, safe="$")


def _unescaped(name: str) -> str:
    """Without its escapes, of which a text that did not come through an address has one layer more."""
    return unquote(unquote(name))


def _number(name: str, told: str) -> float:
    if _NUMBER.fullmatch(told) is None:
        raise RunError(f"state: {shortened(name)} is '{shortened(told)}'; a number is expected, such as 4.")
    return float(told)
