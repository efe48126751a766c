"""CPU time of contenders, each in its turn in one process, and tables of what was found.

Machines are noisy and change their speed; contenders that take turns share the noise, and the best of many
rounds is what the work itself takes. So ratios are told, and times only beside them.
"""

from __future__ import annotations

import gc
import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What one run of a contender took, how many requests were done in it, and their mean lead time [h]."""

    cpu_s: float
    n_done: int
    lead_h: float

    @property
    def per_request_us(self) -> float:
        """CPU time per request [us]."""
        return 1e6 * self.cpu_s / self.n_done


def cpu_time(work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds that it takes, of all threads, and what it gives. What was garbage before is gone."""
    gc.collect()
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def in_turn(contenders: Mapping[str, Callable[[], Outcome]], rounds: int) -> dict[str, Outcome]:
    """The quickest run of each, of so many."""
    best: dict[str, Outcome] = {}
    for _ in range(rounds):
        for name, contend in contenders.items():
            found = contend()
            if name not in best or found.cpu_s < best[name].cpu_s:
                best[name] = found
    return best


def machine() -> str:
    """Processor, cores, system and Python of this machine, in a line."""
    info = Path("/proc/cpuinfo")
    named = [line for line in info.read_text().splitlines() if "model name" in line] if info.exists() else []
    name = named[0].split(":", 1)[1].strip() if named else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table that can be read as it is: the first column to the left, the others to the right."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    told = [
        "| " + " | ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) + " |"
        for line in [lines[0], rule, *lines[1:]]
    ]
    return "\n".join([f"\n{title}\n", *told])
