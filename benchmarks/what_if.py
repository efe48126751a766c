"""How soon does the tuning page answer? `python -m benchmarks.what_if`.

Each setting turns one team of today's scenario, as a slider does, to a value that was not tried before: so it
is compiled and run anew, while today's replications are there already. Told are the wall clock and the CPU
time of this process until the first answer, and until the last; the best and the median over the settings.
Other load on the machine makes the wall clock longer, and the first answer one of fewer replications.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.experiment.what_if import LADDER, Settings, WhatIf
from sim.experiment.what_if.pool import cores

SCENARIO = Path("scenarios/current_state.yaml")


@dataclass(frozen=True)
class Timed:
    """An answer: its replications, and the seconds of wall clock and CPU since the question."""

    replications: int
    wall_s: float
    cpu_s: float


def timed(what_if: WhatIf, settings: Settings, up_to: int) -> list[Timed]:
    """The answers to one question, up to so many replications."""
    found: list[Timed] = []
    wall, cpu = time.perf_counter(), time.process_time()
    for answer in what_if.answers(settings):
        if answer.refusal:
            raise SystemExit(answer.refusal)
        found.append(Timed(answer.replications, time.perf_counter() - wall, time.process_time() - cpu))
        if answer.replications >= up_to:
            break
    return found


def settings_of(what_if: WhatIf) -> Iterator[Settings]:
    """One more, then two more, of each team in turn."""
    sizes = [lever for lever in what_if.levers if lever.kind == "size" and lever.present is not None]
    for more in (1, 2):
        for lever in sizes:
            assert lever.present is not None
            yield what_if.checked({"values": {lever.name: lever.present + more}})


def called_off(what_if: WhatIf, settings: Settings) -> float:
    """Seconds from calling a question off until its threads are free."""
    asked: list[float] = []

    def cancelled() -> bool:
        asked.append(time.perf_counter())
        return asked[-1] - asked[0] > 0.3  # the threads are well at work by then

    list(what_if.answers(settings, cancelled))
    both = threading.Barrier(cores() + 1)  # passed when every thread has come to it
    for _ in range(cores()):
        what_if._pool.submit(0, threading.Event(), both.wait)
    both.wait()
    return time.perf_counter() - asked[-1]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--settings", type=int, default=10)
    parser.add_argument("--up-to", type=int, default=50, choices=LADDER, help="of the last answer")
    asked = parser.parse_args()
    what_if = WhatIf(SCENARIO)
    what_if.today(asked.up_to)
    questions = settings_of(what_if)
    timed(what_if, next(questions), 2)  # the first compiles what the others find
    runs = [timed(what_if, next(questions), asked.up_to) for _ in range(asked.settings)]
    print(f"{SCENARIO}, {cores()} cores, load {os.getloadavg()[0]:.1f}; {asked.settings} settings\n")
    print("| answer | replications | wall s, best | median | CPU s, best | median |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, chosen in (("first", [run[0] for run in runs]), ("last", [run[-1] for run in runs])):
        counts = sorted({each.replications for each in chosen})
        wall, cpu = [each.wall_s for each in chosen], [each.cpu_s for each in chosen]
        print(
            f"| {name} | {' to '.join(map(str, dict.fromkeys((counts[0], counts[-1]))))} | {min(wall):.2f} | "
            f"{statistics.median(wall):.2f} | {min(cpu):.2f} | {statistics.median(cpu):.2f} |"
        )
    off = [called_off(what_if, next(questions)) for _ in range(3)]
    times = ", ".join(f"{1000 * each:.0f}" for each in off)
    print(f"\ncalled off: all threads free again after {times} ms")
    what_if.close()


if __name__ == "__main__":
    main()
