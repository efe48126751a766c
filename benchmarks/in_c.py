"""The canonical network in C: compiles network.c where there is a gcc, and runs it.

The program draws the same luck as `sim`, so it is not only a measure of speed but a third opinion on what
happens: every request leaves in the same millisecond.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("network.c")
# without contraction, which fuses multiply and add where the processor can: another last bit
OPTIONS = ("-O3", "-std=gnu11", "-ffp-contract=off")


@dataclass(frozen=True)
class Run:
    """What the program printed; `cases` are (number, arrive [ms], leave [ms]), where asked for."""

    cpu_s: float
    n_events: int
    n_done: int
    lead_ms: int
    cases: tuple[tuple[int, int, int], ...]


def compiled(folder: Path) -> Path | None:
    """The program, compiled into a folder; None where there is no gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    program = folder / "network"
    subprocess.run([gcc, *OPTIONS, "-o", str(program), str(SOURCE), "-lm"], check=True)
    return program


def run(
    program: Path, *, hours: float, seed: int = 1, replication: int = 0, rounds: int = 1, cases: bool = False
) -> Run:
    """Run it so many times, all the same; its CPU time is the best of them."""
    words = [
        str(program),
        str(seed),
        str(replication),
        str(hours),
        str(rounds),
        *(["cases"] if cases else []),
    ]
    *rows, last = subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()
    cpu_s, n_events, n_done, lead_ms = last.split()
    told = tuple(sorted((int(a), int(b), int(c)) for a, b, c in (row.split() for row in rows)))
    return Run(float(cpu_s), int(n_events), int(n_done), int(lead_ms), told)
