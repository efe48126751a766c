"""Verification: is the program that is installed here right? Checked on this machine, without a network.

`verify` carries out the checks one after the other: luck (luck), worked examples (examples), laws that hold
in every run (laws), queueing theory (theory) and engine against engine (engine_pairs). The scenarios they
run stand in `models/`. Nothing is written; a check that breaks down has failed, and says why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sim import engines
from sim.experiment.verification.bench import Bench
from sim.experiment.verification.engine_pairs import engine_checks
from sim.experiment.verification.examples import example_checks
from sim.experiment.verification.findings import Check, Finding, Line, Verification
from sim.experiment.verification.laws import law_checks
from sim.experiment.verification.luck import luck_checks
from sim.experiment.verification.theory import theory_checks

__all__ = ["Check", "Finding", "Line", "Verification", "all_checks", "verify"]


def all_checks() -> tuple[Check, ...]:
    """Every check, in the order in which they are carried out."""
    return (*luck_checks(), *example_checks(), *law_checks(), *theory_checks(), *engine_checks())


def verify(
    *,
    engine: str = engines.AUTO,
    checks: Sequence[Check] | None = None,
    told: Callable[[str], None] | None = None,
) -> Verification:
    """Carry out the checks.

    Parameters
    ----------
    engine
        The engine that is checked: that of runs, unless said otherwise. Every pair of engines is compared
        besides, so what is found of one holds for all that agree with it.
    checks
        Those of `all_checks` to carry out; all, unless said otherwise.
    told
        Called with the name of each check before it begins.
    """
    if engine not in (*engines.ENGINES, engines.AUTO):
        known = ", ".join((*engines.ENGINES, engines.AUTO))
        raise ValueError(f"no engine is called {engine!r}. Engines: {known}.")
    bench = Bench(engine, engines.ENGINES)
    findings = []
    for check in all_checks() if checks is None else checks:
        if told is not None:
            told(check.name)
        findings.append(_carried_out(check, bench))
    return Verification(tuple(findings), engine)


def _carried_out(check: Check, bench: Bench) -> Finding:
    """A check's lines; whatever it raises is a line that failed."""
    begun = time.perf_counter()
    lines: list[Line] = []
    try:
        lines.extend(check.look(bench))
    except Exception as error:  # a broken program may raise anything, and the other checks are still of use
        lines.append(Line("comes to its end", type(error).__name__, "no error", 0.0, False, str(error)))
    return Finding(check.name, tuple(lines), time.perf_counter() - begun)
