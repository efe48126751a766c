"""The exception family: what went wrong, told so that the reader can mend it.

    SimError
    ├── ScenarioError    a scenario file cannot be understood; carries every problem found
    ├── PlanError        a scenario is sound but cannot be compiled (a hash collision, too many steps)
    ├── RunError         a run cannot be carried out as asked (no cluster there, a folder of another run)
    └── EngineError      a run had to stop (a runaway, a deadlock)

Wrong arguments from Python stay `ValueError` and `TypeError`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


class SimError(Exception):
    """Anything this package raises about its input or a run."""


_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a scenario file.

    `file`, `line` and `column` (from 1; 0 = unknown) say where, `key` is the dotted path of the key,
    `message` says what was found, what is admissible and what to do.
    """

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        head = f"{place}: {self.key}" if self.key else place
        body = "\n".join(f"  {_printable(line)}" for line in self.message.splitlines())
        return f"{_printable(head)}\n{body}"


def _printable(text: str) -> str:
    """A text of somebody else's with what a terminal would obey or nobody could see as an escape."""
    return "".join(ascii(c)[1:-1] if unicodedata.category(c) in _UNSEEN else c for c in text)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a sound scenario that is probably not what was meant, or will hurt; nothing is refused.

    `kind` is a word of its own for each sort of remark, `problem` says where and what.
    """

    kind: str
    problem: Problem

    def __str__(self) -> str:
        return str(self.problem)


class ScenarioError(SimError):
    """A scenario file cannot be understood. `problems` holds everything found in it, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda p: (p.file, p.line, p.column, p.key))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PlanError(SimError):
    """A scenario is sound but cannot be compiled into a plan."""


class RunError(SimError):
    """A run cannot be carried out as asked: no cluster answers, a folder is of another run."""


class EngineError(SimError):
    """A run had to stop before its horizon; the message names who and when.

    `finished`: of several replications, the result (or the comparison) of those that had been finished
    before, marked as incomplete; None where there is none.
    """

    finished: Any = None


@contextmanager
def finishing(finish: Callable[[Any], Any]) -> Iterator[None]:
    """What had been finished when a run had to stop is handed on as `finish` makes it."""
    try:
        yield
    except EngineError as error:
        if error.finished is not None:
            error.finished = finish(error.finished)
        raise
