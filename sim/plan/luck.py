"""Luck of a plan: no two draws may share a hash, since they would then share their luck.

Not here: how a draw is made (randomness), which draws a run asks for (engines).
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import PlanError
from sim.plan.arrays import NONE, Plan
from sim.randomness import path_hash


def check_luck(plan: Plan) -> None:
    """Raise PlanError if two draws of the plan would share their luck: the same hash of different keys."""
    seen: dict[int, str] = {}
    for source, path in _keys(plan):
        text = f"{source}|{path}"
        other = seen.setdefault(path_hash(source, path), text)
        if other != text:
            raise PlanError(
                f"'{text}' and '{other}' have the same hash and would share their luck; "
                "rename a step of one of them"
            )


def _keys(plan: Plan) -> Iterator[tuple[str, str]]:
    """Source and path of everything that may be drawn."""
    paths: list[set[str]] = [set() for _ in plan.case_types]
    followers: list[set[int]] = [set() for _ in plan.case_types]
    for step in plan.steps:
        acts = [plan.acts[step.act], *(plan.acts[other.act] for other in step.alternatives)]
        paths[step.case_type].update(act.path for act in acts)
        followers[step.case_type].update(act.successor.case_type for act in acts if act.successor is not None)
    for index, case_type in enumerate(plan.case_types):
        paths[index].update(plan.traits[trait].name for trait in case_type.traits)
    for source in plan.sources:
        yield source.name, ""
        for index in sorted(_reachable(source.case_type, followers)):
            yield from ((source.name, path) for path in sorted(paths[index]))


def _reachable(case_type: int, followers: list[set[int]]) -> set[int]:
    """The case types whose cases may bear the number of a source: its own, and those that follow."""
    found: set[int] = set()
    waiting = [] if case_type == NONE else [case_type]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(followers[one])
    return found
