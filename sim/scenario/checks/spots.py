"""Walking the flows of a file: every step, alternative and branch at its place, and what each of them calls.

Not here: anything that is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sim.scenario import schema
from sim.scenario.tree import Keys


@dataclass(frozen=True)
class Spot:
    """A step, an alternative or a branch at its place; `base` is the step that an alternative stands for."""

    flow: str
    path: Keys
    step: schema.Step
    base: schema.Step | None = None
    branch: str | None = None

    @property
    def kind(self) -> str | None:
        """The kind it is or inherits; None if it has none."""
        if self.step.kinds:
            return self.step.kinds[0]
        if self.base is not None and self.base.kinds:
            return self.base.kinds[0]
        return None

    def get(self, key: str) -> Any:
        """A key of its act, inherited by an alternative of the same kind."""
        own = getattr(self.step, key)
        if own is None and self.base is not None and self.inherits:
            return getattr(self.base, key)
        return own

    @property
    def inherits(self) -> bool:
        """Whether an alternative is of the same kind as its step."""
        return self.base is not None and self.step.kinds in ((), self.base.kinds)

    @property
    def then(self) -> Any:
        own = self.step.then
        return self.base.then if own is None and self.base is not None else own

    @property
    def patience(self) -> schema.Patience | None:
        own = self.step.patience
        return self.base.patience if own is None and self.base is not None else own


def spots(file: schema.ScenarioFile, flow: str) -> Iterator[Spot]:
    """Every step, alternative and one-step branch of a flow."""
    for name, step in file.flows[flow].steps.items():
        yield from _spots_of(Spot(flow, ("flows", flow, "steps", name), step))


def _spots_of(spot: Spot) -> Iterator[Spot]:
    yield spot
    for name, alternative in spot.step.instead.items():
        path = (*spot.path, "instead", name)
        yield from _spots_of(Spot(spot.flow, path, alternative, spot.step, spot.branch))
    for name, branch in (spot.step.parallel or {}).items():
        yield from _spots_of(Spot(spot.flow, (*spot.path, "parallel", name), branch, None, name))


def called(spot: Spot) -> Iterator[tuple[str, Keys]]:
    """The flows that a step calls, and the key that names each."""
    if spot.step.flow is not None:
        yield spot.step.flow, ("flow",)
    then = spot.step.then
    if isinstance(then, dict):
        for name, outcome in then.items():
            if outcome.do is not None:
                yield outcome.do, ("then", name, "do")
    elif isinstance(then, schema.Target) and then.do is not None:
        yield then.do, ("then", "do")


def reached(file: schema.ScenarioFile, flow: str) -> set[str]:
    """The flows that are run when this one is, itself included."""
    found: set[str] = set()
    waiting = [flow]
    while waiting:
        name = waiting.pop()
        if name in file.flows and name not in found:
            found.add(name)
            waiting.extend(one for spot in spots(file, name) for one, _ in called(spot))
    return found


def targets(then: Any) -> list[schema.Target]:
    """Every target that a `then` names."""
    if isinstance(then, dict):
        return list(then.values())
    return [then] if isinstance(then, schema.Target) else []


def leaves(file: schema.ScenarioFile, flow: str) -> set[str]:
    """The names under which a flow can be left."""
    found: set[str] = set()
    for spot in spots(file, flow):
        patience = spot.step.patience
        ways = [*targets(spot.step.then), *(targets(patience.then) if patience else ())]
        found |= {target.leave for target in ways if target.leave is not None}
    limit = file.flows[flow].limit
    if limit is not None and limit.when_full is not None and limit.when_full.leave is not None:
        found.add(limit.when_full.leave)
    return found


def circles(names: list[str], following: Callable[[str], list[str]]) -> list[tuple[str, ...]]:
    """Circles of a graph, each found once, by depth-first search in the order of `names`.

    Without recursion: a file may chain thousands of flows.
    """
    done: set[str] = set()
    found: list[tuple[str, ...]] = []
    for name in names:
        trail: list[str] = []
        waiting: list[tuple[str, bool]] = [(name, True)]
        while waiting:
            one, is_new = waiting.pop()
            if not is_new:
                done.add(trail.pop())
            elif one in trail:
                found.append(tuple(trail[trail.index(one) :]))
            elif one not in done:
                trail.append(one)
                waiting.append((one, False))
                waiting.extend((other, True) for other in reversed(following(one)))
    return found
