"""Writing the memory of a run word by word: room, arrays, the fields of records, texts by number.

Which records there are is for `number_tables` and `tables`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sim.engines.compiled_engine import layout as at
from sim.plan.arrays import NONE, Plan


@dataclass(slots=True)
class Texts:
    """Names and paths by number; the first ones have fixed numbers."""

    rows: list[str] = field(default_factory=lambda: ["", "done", "abandoned", "falls_back"])
    numbers: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = {text: number for number, text in enumerate(self.rows)}

    def number(self, text: str) -> int:
        number = self.numbers.setdefault(text, len(self.rows))
        if number == len(self.rows):
            self.rows.append(text)
        return number


def bits(value: float) -> int:
    """A floating-point number as the integer that has its bits."""
    word: int = struct.unpack("<q", struct.pack("<d", value))[0]
    return word


class Writer:
    """The words written so far, and the numbers of texts and keys."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.words: list[int] = [0] * at.HEAD_SIZE
        self.texts = Texts()
        self.keys: dict[str, int] = {"": 0}  # what draws are keyed by, beside the source

    def room(self, n: int) -> int:
        """The address of n words of zeros."""
        address = len(self.words)
        self.words.extend([0] * n)
        return address

    def array(self, values: Iterable[int]) -> int:
        """The address of these words; 0 if there are none."""
        row = list(values)
        address = len(self.words) if row else 0
        self.words.extend(row)
        return address

    def reals(self, values: Iterable[float]) -> int:
        return self.array(bits(value) for value in values)

    def put(self, address: int, **fields: int) -> None:
        """Write fields of a record, named as in the layout."""
        for name, value in fields.items():
            self.words[address + getattr(at, name)] = int(value)

    def key(self, path: str) -> int:
        return self.keys.setdefault(path, len(self.keys))

    def one(self, table: Sequence[int], index: int) -> int:
        """The address of a row, 0 for none."""
        return 0 if index == NONE else table[index]
