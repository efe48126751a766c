"""Both engines on the same plan: what is compared, and how a difference is told.

Not a test. `run_both` raises AssertionError with the first row in which the logs differ and the story of its
case so far, as each engine tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import zip_longest

from sim.engines import compiled_engine, simpy_engine
from sim.errors import EngineError
from sim.metrics import tally
from sim.plan.arrays import Plan
from sim.records import EVENT_COLUMNS, Facts

TABLES = ("spans", "works", "visits", "passages", "holds")
STORY = 30


def run_both(plan: Plan, seed: int = 1, replication: int = 0) -> Facts:
    """The facts of the compiled engine, once they are known to be those of the SimPy engine.

    Its tallies are then also held against those that metrics take from the facts.

    Raises
    ------
    EngineError
        Both engines had to stop, and say the same.
    """
    expected = outcome(simpy_engine.run, plan, seed, replication)
    found = outcome(compiled_engine.run, plan, seed, replication)
    if isinstance(expected, EngineError) or isinstance(found, EngineError):
        assert str(expected)[:5000] == str(found)[:5000]
    if isinstance(expected, EngineError):
        raise expected
    assert isinstance(expected, Facts) and isinstance(found, Facts)
    assert_same(expected, found)
    assert_same_tallies(expected, plan)
    return found


def outcome(run, plan, seed, replication):
    try:
        return run(plan, seed=seed, replication=replication, keep_log=True)
    except EngineError as error:
        return error


def assert_same(expected: Facts, found: Facts) -> None:
    """Equal logs, row by row and column by column; equal facts, whatever their order; equal cases."""
    assert {field.name for field in fields(Facts)} >= {"cases", "events", *TABLES}
    one, other = list(expected.events), list(found.events)
    if one != other:  # equal lists are compared much faster than told apart
        i = next(i for i, pair in enumerate(zip_longest(one, other)) if pair[0] != pair[1])
        raise AssertionError(tell(one, other, i))
    assert repr(list(found.cases)) == repr(list(expected.cases))  # as text, because NaN is not NaN
    for table in TABLES:
        one, other = sorted(getattr(expected, table)), sorted(getattr(found, table))
        difference = next((pair for pair in zip_longest(one, other) if pair[0] != pair[1]), None)
        assert difference is None, f"{table}: SimPy {difference[0]}, compiled {difference[1]}"
    assert (expected.end, expected.seed, expected.replication) == (found.end, found.seed, found.replication)


def assert_same_tallies(facts: Facts, plan: Plan) -> None:
    """What is summed up while the compiled engine runs is what the facts come to, to the last millisecond."""
    third = (plan.end - plan.warm_up) // 3
    edges = (plan.warm_up, plan.warm_up + third, plan.end - third)
    found = compiled_engine.tally(
        plan, seed=facts.seed, replication=facts.replication, keep_log=True, money_edges=edges
    )
    differing = list(differences(tally(facts, plan, edges), found.tallies))
    assert not differing, "\n".join(differing)
    assert repr(list(found.cases)) == repr(list(facts.cases))
    assert sorted(found.holds) == sorted(facts.holds)
    assert list(found.events) == list(facts.events)


def differences(expected: object, found: object, where: str = "tallies") -> Iterator[str]:
    """Each sum that differs, named by where it stands."""
    if is_dataclass(expected) and type(expected) is type(found):
        for field in fields(expected):
            one, other = getattr(expected, field.name), getattr(found, field.name)
            yield from differences(one, other, f"{where}.{field.name}")
    elif isinstance(expected, tuple) and isinstance(found, tuple) and len(expected) == len(found):
        for i, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from differences(one, other, f"{where}[{i}]")
    elif isinstance(expected, dict) and isinstance(found, dict):
        for key in expected.keys() | found.keys():
            yield from differences(expected.get(key), found.get(key), f"{where}[{key!r}]")
    elif expected != found:
        yield f"{where}: from facts {expected}, in the loop {found}"


def tell(expected: list[tuple[object, ...]], found: list[tuple[object, ...]], i: int) -> str:
    """The first differing row, and what its case did before it."""
    lines = [f"row {i} of the event log differs", "  ".join(EVENT_COLUMNS)]
    for name, rows in (("SimPy", expected), ("compiled", found)):
        if i >= len(rows):
            lines.append(f"{name} has no such row")
            continue
        story = [row for row in rows[: i + 1] if row[2:5] == rows[i][2:5]]
        lines.append(f"{name}:")
        lines += [f"  {row}" for row in story[-STORY:]]
    return "\n".join(lines)
