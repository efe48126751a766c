"""Engine against engine: the same event log and the same accounts, for every pair and every model."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from sim.experiment.verification.bench import MODELS, Bench
from sim.experiment.verification.findings import Check, Line, same
from sim.metrics import make_tiles
from sim.metrics.accounts import account_of_tiles
from sim.plan.arrays import Plan
from sim.records import Facts

Row = tuple[object, ...]


def engine_checks() -> tuple[Check, ...]:
    """One check, with a line for each pair and model."""
    return (Check("engine against engine", engines_agree),)


def engines_agree(bench: Bench) -> Iterator[Line]:
    """Logs are compared row by row in their sorted order, accounts case by case."""
    pairs = list(combinations(bench.engines, 2))
    if not pairs:
        yield Line(
            "two engines", bench.engines[0], "another", 0.0, None, "one engine only: nothing to compare"
        )
    for first, second in pairs:
        n_rows, n_cases, wrong = 0, 0, []
        for model in MODELS:
            one, two = (bench.run(model, seed=11, engine=name) for name in (first, second))
            n_rows, n_cases = n_rows + len(one.events), n_cases + len(one.cases)
            lines = _logs(model, one, two), _accounts(model, one, two, bench.plan(model))
            wrong += [line for line in lines if not line.passed]
        pair = f"{first} and {second}, {len(MODELS)} models"
        yield same(f"{pair}: logs and accounts that differ", len(wrong), 0, f"{n_rows} rows, {n_cases} cases")
        yield from wrong


def _logs(model: str, one: Facts, two: Facts) -> Line:
    rows = [sorted(facts.events, key=lambda row: row[1:6]) for facts in (one, two)]
    shared = zip(*rows, strict=False)
    at = next((i for i, (a, b) in enumerate(shared) if tuple(a) != tuple(b)), min(map(len, rows)))
    differ = max(map(len, rows)) - at
    note = "" if not differ else f"row {at + 1} is {_row(rows[0], at)} and {_row(rows[1], at)}"
    return same(f"{model}, rows from the first that differs", differ, 0, note)


def _row(rows: list[Row], at: int) -> str:
    return " ".join(str(cell) for cell in rows[at] if cell not in ("", 0)) if at < len(rows) else "none"


def _accounts(model: str, one: Facts, two: Facts, plan: Plan) -> Line:
    """Cases whose accounts differ, matched by source, number and generation."""
    by_case = []
    for facts in (one, two):
        account = account_of_tiles(make_tiles(facts, plan), plan, len(facts.cases))
        names = ((case.source, case.number, case.generation) for case in facts.cases)
        by_case.append(dict(zip(names, account, strict=True)))
    mine, other = by_case
    differ = len(mine.keys() ^ other.keys())
    differ += sum(not np.array_equal(mine[key], other[key]) for key in mine.keys() & other.keys())
    return same(f"{model}, accounts that differ", differ, 0)
