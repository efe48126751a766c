"""Engines: plan in, facts and event log out. `run` picks one by name.

The order of things at one instant, the same for every engine: the smallest pending item is carried out to
its end, then the program looks again; when none is left, time moves on.

    0  what ends: work, slices, waits           by (source, number, generation, token)
    1  arrivals, successors included            by (source, number, generation)
    2  dispatch: flows with a limit, pools, teams that own, teams that work; each by name
    3  patience that has run out                by (source, number, generation), the case before its tokens

Carrying out an item moves its token through everything that takes no time, until it stands in a queue, a
wait or at a join, or its case ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.plan.arrays import Plan
from sim.records import Facts
from sim.records.tallies import Tallied

ENGINES = ("simpy", "compiled")
AUTO = "auto"
"""Whichever is fastest: today the compiled engine, which can run all that a scenario can say."""


def run(
    plan: Plan, *, seed: int = 1, replication: int = 0, engine: str = "simpy", keep_log: bool = False
) -> Facts:
    """Run one replication of a plan, in the engine of that name or in the fastest one (`auto`).

    Raises
    ------
    ValueError
        No engine has that name.
    EngineError
        The run had to stop: a runaway, or nothing can happen any more.
    """
    if engine == "simpy":
        from sim.engines import simpy_engine

        return simpy_engine.run(plan, seed=seed, replication=replication, keep_log=keep_log)
    if engine in ("compiled", AUTO):
        from sim.engines import compiled_engine

        return compiled_engine.run(plan, seed=seed, replication=replication, keep_log=keep_log)
    raise ValueError(f"no engine is called {engine!r}. Engines: {', '.join(ENGINES)}; or {AUTO}.")


def tally(
    plan: Plan,
    *,
    seed: int = 1,
    replication: int = 0,
    engine: str = "simpy",
    keep_log: bool = False,
    keep_cases: bool = True,
    money_edges: Sequence[int] = (),
) -> Tallied | None:
    """One replication as tallies that the engine keeps while it runs; None where it keeps none.

    Then its facts (`run`) tell the same. Raises EngineError as `run` does.
    """
    if engine not in ("compiled", AUTO):
        return None
    from sim.engines import compiled_engine

    if not compiled_engine.can_tally(plan):
        return None
    return compiled_engine.tally(
        plan,
        seed=seed,
        replication=replication,
        keep_log=keep_log,
        keep_cases=keep_cases,
        money_edges=money_edges,
    )
