"""How fast the engines are: `python -m benchmarks.engine_speed` prints the tables of README.

network       the canonical network by hand in SimPy, in C, and in both engines
ciw           five stations in series, in Ciw and in the compiled engine
growth        cost per event and memory, from 10,000 to a million cases in one run
replications  many replications on all cores

Contenders of a table run one after the other, in turn, in one process (the C program in its own); what
counts is the ratio of CPU times, the best of so many rounds. Simulation alone: whatever is compiled has been
compiled before.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import growth, in_c, in_ciw, network
from benchmarks.by_hand import HandWritten, Monitored
from benchmarks.replicated import replicated
from benchmarks.timing import Outcome, cpu_time, in_turn, machine, table
from sim.engines import compiled_engine, simpy_engine
from sim.engines.compiled_engine.engine import Keeps, simulate
from sim.metrics import Measure, measures
from sim.plan.arrays import Plan

SIMPY, C = "SimPy by hand, lead times only", "C, for this network only"
BARE, IN_HOURS = "compiled engine, bare loop", "compiled engine, bare loop in working hours"
CIW_DAYS = 200
HOUR_MS = 3_600_000


def main() -> None:
    parts = {"network": speed, "ciw": beside_ciw, "growth": by_size, "replications": on_all_cores}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(parts)}; without: all")
    parser.add_argument("--rounds", type=int, default=3, help="of each contender, the best counts")
    parser.add_argument("--logged", type=int, default=100_000, help="most cases of a run with event log")
    parser.add_argument("--replications", type=int, default=100, help="to measure 1,000 by")
    asked = parser.parse_args()
    unknown = sorted({*asked.parts} - {*parts})
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}. Parts: {', '.join(parts)}")
    print(machine())
    for part in asked.parts or parts:
        print(parts[part](asked), flush=True)


# -- the canonical network


def speed(asked: argparse.Namespace) -> str:
    """The network by all means."""
    always, office = network.plan(), network.plan("office", network.OFFICE_DAYS)
    contenders = {
        SIMPY: lambda: by_hand(HandWritten),
        "SimPy by hand, waits and busy time too": lambda: by_hand(Monitored),
        "SimPy engine": told_beside(always, lambda: simpy_engine.run(always, seed=1, replication=0)),
        BARE: told_beside(always, lambda: loop(always)),
        "  + accounts and metrics": told_beside(always, lambda: figures(always)),
        "  + event log": told_beside(always, lambda: loop(always, log=True)),
        "  + facts of every case": told_beside(always, lambda: loop(always, facts=True, cases=True)),
        IN_HOURS: told_beside(office, lambda: loop(office)),
        "  + accounts and metrics in working hours": told_beside(office, lambda: figures(office)),
    }
    with tempfile.TemporaryDirectory() as folder:
        program = in_c.compiled(Path(folder))
        if program is not None:
            contenders[C] = lambda: by_c(program)
        best = in_turn(contenders, asked.rounds)
    notes = "" if program else "\nThere is no gcc here: the C program was left out.\n"
    if program is not None:
        check_agree(best[C], best[BARE])
        notes = "\nThe C program and the engines have the same requests, and the same mean lead time.\n"
    head = [
        "the network, 22,008 h",
        "requests",
        "lead time h",
        "CPU s",
        "times as fast",
        "times C",
        "beside bare",
    ]
    return table("One replication", head, (_row(name, best) for name in best)) + "\n" + notes


def _row(name: str, best: dict[str, Outcome]) -> list[str]:
    found = best[name]
    beside_c = f"{found.cpu_s / best[C].cpu_s:.2f}" if C in best else "-"
    bare = best[IN_HOURS if name.endswith("hours") else BARE].cpu_s
    beside_bare = f"{100 * (found.cpu_s / bare - 1):+.0f} %" if name.startswith("  +") else ""
    faster = best[SIMPY].per_request_us / found.per_request_us
    return [
        name,
        f"{found.n_done:,}",
        f"{found.lead_h:.2f}",
        f"{found.cpu_s:.4f}",
        f"{faster:.1f}",
        beside_c,
        beside_bare,
    ]


def by_hand(model: type[HandWritten]) -> Outcome:
    took, lead_times = cpu_time(lambda: model(1).run(network.HOURS))
    return Outcome(took, len(lead_times), float(np.mean(lead_times)))


def by_c(program: Path) -> Outcome:
    found = in_c.run(program, hours=network.HOURS, rounds=20)
    return Outcome(found.cpu_s, found.n_done, found.lead_ms / found.n_done / HOUR_MS)


def told_beside(plan: Plan, work: Callable[[], object]) -> Callable[[], Outcome]:
    """A contender that is timed; what it would tell of its cases is worked out once, before."""
    told = cases_and_lead_time(plan)

    def contend() -> Outcome:
        return Outcome(cpu_time(work)[0], *told)

    return contend


def loop(plan: Plan, **keeps: bool) -> None:
    """The event loop, and rows of what it is asked to keep."""
    simulate(plan, 1, 0, Keeps(**keeps))


def figures(plan: Plan, replication: int = 0) -> list[Measure]:
    """All figures of a replication."""
    return measures(compiled_engine.tally(plan, seed=1, replication=replication).tallies, plan)


def cases_and_lead_time(plan: Plan, replication: int = 0) -> tuple[int, float]:
    """How many cases were counted, and their mean lead time [h]."""
    found = {each.metric: each.value for each in figures(plan, replication) if each.kind == "case"}
    return int(found["cases"] or 0), found["lead_time"] or 0.0


def check_agree(one: Outcome, other: Outcome) -> None:
    """Raise SystemExit unless two means of the same cases are equal, but for rounding to a float."""
    if one.n_done != other.n_done or abs(one.lead_h - other.lead_h) > 1e-9 * one.lead_h:
        raise SystemExit(f"the C program and the compiled engine do not agree: {one} and {other}")


# -- beside Ciw


def beside_ciw(asked: argparse.Namespace) -> str:
    """Five stations in series; each round has luck of its own, for a mean beside theory."""
    if not in_ciw.is_installed():
        return "\nCiw is not installed (pip install 'sim[bench]'): it was left out.\n"
    plan, runs = in_ciw.plan(CIW_DAYS), [in_ciw.in_ciw(CIW_DAYS, seed) for seed in range(asked.rounds)]
    ours = in_turn({"": told_beside(plan, lambda: figures(plan))}, 10 * asked.rounds)[""]
    means = [cases_and_lead_time(plan, number)[1] for number in range(100)]
    ciw = min(runs, key=lambda run: run.per_request_us)
    rows = [
        ["theory (Jackson)", "", f"{in_ciw.exact_lead_time():.2f}", "", ""],
        _beside("Ciw", ciw, [run.lead_h for run in runs], ciw),
        _beside("compiled engine", ours, means, ciw),
    ]
    head = ["five stations in series", "runs", "mean lead time h", "CPU us per request", "times as fast"]
    return table(f"Beside Ciw, {CIW_DAYS} days", head, rows) + "\n"


def _beside(name: str, found: Outcome, means: list[float], ciw: Outcome) -> list[str]:
    error = float(np.std(means, ddof=1)) / len(means) ** 0.5 if len(means) > 1 else float("nan")
    return [
        name,
        f"{len(means)}",
        f"{np.mean(means):.2f} (s.e. {error:.2f})",
        f"{found.per_request_us:.1f}",
        f"{ciw.per_request_us / found.per_request_us:.0f}",
    ]


# -- size, and many


def by_size(asked: argparse.Namespace) -> str:
    """Cost per event and memory of runs with ever more cases."""
    rows = []
    for name, keeps_log in (("compiled engine, all figures", False), ("  and event log", True)):
        first = None
        for n_cases in (10_000, 100_000, 1_000_000):
            if keeps_log and n_cases > asked.logged:
                continue
            found = growth.measured(n_cases, keeps_log, 10 if n_cases < 1_000_000 else 2)
            first = first or found
            rows.append(
                [
                    name,
                    f"{found.cases:,}",
                    f"{found.events:,}",
                    f"{found.per_event_ns:.0f}",
                    f"{100 * (found.per_event_ns / first.per_event_ns - 1):+.0f} %",
                    f"{found.memory_mb:,.0f}",
                ]
            )
    head = ["one run", "cases", "events", "CPU ns per event", "beside 10,000", "peak memory MB"]
    return table("Longer and longer runs", head, rows) + "\n"


def on_all_cores(asked: argparse.Namespace) -> str:
    """Replications as `sim.run` makes them."""
    jobs = os.cpu_count() or 1
    rows = []
    for n_jobs in sorted({1, jobs}):
        found = replicated(asked.replications, n_jobs)
        rows.append([f"{n_jobs}", f"{found.n:,}", f"{found.wall_s:.1f}", f"{found.of(1_000):.1f}"])
    head = ["threads", "replications", "s", "s for 1,000, in proportion"]
    return table("Replications of the network by sim.run, all figures included", head, rows) + "\n"


if __name__ == "__main__":
    main()
