"""Where flows lead: every step can reach an end, and no loop is passed in no time.

Works on one flow at a time: each step has the ways on that its outcomes, its alternatives and its patience
can lead to. Not here: whether the names exist (targets), flows that call flows (calls).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.scenario import schema
from sim.scenario.checks.amounts import ALMOST
from sim.scenario.checks.desk import Desk
from sim.scenario.checks.over_time import extremes, leaves
from sim.scenario.checks.spots import Spot, circles
from sim.scenario.checks.spots import leaves as names_left_with
from sim.scenario.numbers import Constant


@dataclass
class _Way:
    """Where a step can lead: to `steps` of its flow, to itself by `detours` (flows), out of the flow."""

    steps: list[str] = field(default_factory=list)
    detours: list[str] = field(default_factory=list)
    leaves: bool = False


def check_ways(desk: Desk) -> None:
    """Every flow of the file; flows must not call each other in circles."""
    walker = _Walker(desk)
    for name, flow in desk.file.flows.items():
        if flow.steps:
            walker.check_ends(name)
            walker.check_standstill(name)


class _Walker:
    """Follows the ways of flows; remembers which flows can be passed in no time."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.flows = desk.file.flows
        self._quick: dict[str, bool] = {}

    def check_ends(self, flow: str) -> None:
        """From each step that can be reached there is a way out."""
        ways = {step: self._way(flow, step) for step in self.flows[flow].steps}
        good = {name for name, way in ways.items() if way.leaves}
        while more := {name for name, way in ways.items() if name not in good and good & set(way.steps)}:
            good |= more
        reached = _from_the_first(ways)
        stuck = [name for name in ways if name in reached and name not in good]
        if stuck:
            names = ", ".join(stuck[:10])
            words = f"a case that comes to {names} can never leave this flow. Let an outcome of one "
            self.desk.say(("flows", flow, "steps", stuck[0]), f"{words}of them lead on.", at_key=True)

    def check_standstill(self, flow: str) -> None:
        """A loop, by go_to or do, over steps that can all be passed in no time."""
        edges: dict[str, list[str]] = {}
        for name in self.flows[flow].steps:
            way = self._way(flow, name, quickly=True)
            detours = [d for d in way.detours if d in self.flows and self._is_quick(d)]
            edges[name] = [*way.steps, *([name] if detours else [])]
        for circle in circles(list(edges), lambda name: edges[name]):
            chain = " → ".join((*circle, circle[0]))
            words = (
                f"a case can go round here for ever in no time: {chain}. Let one of these steps take time, "
            )
            path = ("flows", flow, "steps", circle[0])
            self.desk.say(path, f"{words}or give the way back `at_most`.", at_key=True)

    # --- ways of one step

    def _way(self, flow: str, name: str, *, quickly: bool = False) -> _Way:
        """Where a step can lead, its alternatives included; `quickly`: in no time, and again and again."""
        step, way = self.flows[flow].steps[name], _Way()
        root = Spot(flow, ("flows", flow, "steps", name), step)
        for spot in (root, *(Spot(flow, (), alternative, step) for alternative in step.instead.values())):
            if spot.step.skip or (spot.step.when is not None and spot.base is None):
                self._follow(None, spot, name, way)
            if spot.step.skip:
                continue
            if not quickly or self._is_quick_act(spot):
                self._lead(spot, spot.then, name, way, quickly)
            patience = spot.patience
            if patience is not None and (not quickly or self._can_be_zero(patience.waiting)):
                self._lead(spot, patience.then, name, way, quickly)
        return way

    def _lead(self, spot: Spot, then: Any, name: str, way: _Way, quickly: bool) -> None:
        if spot.kind == "end":
            way.leaves = True
            return
        outcomes = self._possible(spot, then) if isinstance(then, dict) else [(then, True)]
        for target, for_ever in outcomes:
            if for_ever or not quickly:
                self._follow(target, spot, name, way)

    def _follow(self, target: Any, spot: Spot, name: str, way: _Way) -> None:
        names = list(self.flows[spot.flow].steps)
        if target == "done" or (isinstance(target, schema.Target) and (target.leave or target.end)):
            way.leaves = True
        elif isinstance(target, schema.Target) and target.go_to is not None:
            if target.go_to in names:
                way.steps.append(target.go_to)
        elif isinstance(target, schema.Target) and target.do is not None:
            way.detours.append(target.do)
        elif name != names[-1]:
            way.steps.append(names[names.index(name) + 1])
        else:
            way.leaves = True

    def _possible(self, spot: Spot, then: Mapping[str, schema.Outcome]) -> list[tuple[schema.Outcome, bool]]:
        """The outcomes that can happen, and whether a case may take each again and again."""
        if spot.kind == "flow":
            found = [(outcome, True) for outcome in then.values()]
            flow = spot.get("flow")
            names = names_left_with(self.desk.file, flow) if flow in self.flows else set()
            return found if set(then) - names else [*found, (schema.Outcome(), True)]
        shares = {name: self._most(outcome.p) for name, outcome in then.items() if outcome.p is not None}
        freed = any(o.at_most is not None or o.weaken is not None for o in then.values())
        is_rest = freed or sum(least for least, _ in shares.values()) < 1 - ALMOST
        result = []
        for name, outcome in then.items():
            possible = is_rest if outcome.p is None else shares[name][1] > 0
            if possible:
                result.append((outcome, outcome.at_most is None))
        return result

    def _most(self, plain: object) -> tuple[float, float]:
        """The lowest and highest probability; what is not known may be anything."""
        number = self.desk.quiet(plain)
        ends = extremes(number) if number is not None else None
        return ends if ends is not None else (0.0, 1.0)

    # --- in no time

    def _is_quick_act(self, spot: Spot) -> bool:
        """Whether a step can be passed in no time (until: if its calendar is open just then)."""
        kind = spot.kind
        if kind == "team":
            return self._can_be_zero(spot.get("work"))
        if kind == "wait":
            wait = spot.get("wait")
            return (isinstance(wait, str) and wait.startswith("until")) or self._can_be_zero(wait)
        if kind == "flow":
            return spot.get("flow") in self.flows and self._is_quick(spot.get("flow"))
        if kind == "parallel":
            branches = (spot.get("parallel") or {}).values()
            return all(b.when is not None or self._is_quick_act(Spot(spot.flow, (), b)) for b in branches)
        return kind in ("milestone", "end", None)

    def _can_be_zero(self, plain: object) -> bool:
        number = self.desk.quiet(plain)
        if number is None:
            return False
        ends = (leaf.value if isinstance(leaf, Constant) else _least(leaf) for leaf in leaves(number))
        return any(end is not None and end <= 0 for end in ends)

    def _is_quick(self, flow: str) -> bool:
        """Whether a flow can be passed in no time."""
        if flow not in self._quick:
            self._quick[flow] = False
            ways = {name: self._way(flow, name, quickly=True) for name in self.flows[flow].steps}
            self._quick[flow] = any(ways[name].leaves for name in _from_the_first(ways))
        return self._quick[flow]


def _least(number: Any) -> float | None:
    ends = extremes(number)
    return ends[0] if ends is not None else None


def _from_the_first(ways: Mapping[str, _Way]) -> set[str]:
    """The steps that can be reached from the first one."""
    reached: set[str] = set()
    waiting = list(ways)[:1]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(ways[name].steps)
    return reached
