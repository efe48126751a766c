"""Where the steps of a scenario stand, and which of their outcomes send a case back.

A step stands in a flow, in place of another step (`instead`) or in a branch of a fork. Its definition is the
name by which a plan knows it: `flow.step`, `flow.step#alternative`, `flow.fork.branch`.
Not here: what is taken away from a step (ways), the steps of a plan (readings).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario import schema


@dataclass(frozen=True, slots=True)
class Spot:
    """A step and where it stands; `names` are those of its flow, of its step there, and of what is inside."""

    path: tuple[str, ...]
    definition: str
    flow: str
    names: tuple[str, ...]
    step: schema.Step

    @property
    def top(self) -> str:
        """The step of the flow that it is, or is inside of."""
        return self.names[0]


def spots(file: schema.ScenarioFile) -> list[Spot]:
    """All steps of a scenario, in the order of the file."""
    return [
        spot
        for flow, defined in file.flows.items()
        for name, step in defined.steps.items()
        for spot in _inside(
            Spot(("flows", flow, "steps", name), f"{flow}.{name}", flow, (name,), step),
        )
    ]


def _inside(spot: Spot) -> Iterator[Spot]:
    yield spot
    for key, mark, steps in (("instead", "#", spot.step.instead), ("parallel", ".", spot.step.parallel)):
        for name, step in (steps or {}).items():
            path = (*spot.path, key, name)
            yield from _inside(
                Spot(path, f"{spot.definition}{mark}{name}", spot.flow, (*spot.names, name), step)
            )


def labels(found: list[Spot]) -> dict[str, str]:
    """A short name for each definition: the step's own, with its flow where several flows have it."""
    flows: dict[tuple[str, ...], set[str]] = {}
    for spot in found:
        flows.setdefault(spot.names, set()).add(spot.flow)
    return {spot.definition: _label(spot, len(flows[spot.names]) > 1) for spot in found}


def _label(spot: Spot, with_flow: bool) -> str:
    name = spot.names[-1] if spot.path[-2] == "parallel" else spot.names[0]
    if spot.path[-2] == "instead":
        name = f"{name} ({spot.names[-1]})"
    return f"{spot.flow}.{name}" if with_flow else name


# --- outcomes that send back


def outcomes_of(spot: Spot) -> dict[str, schema.Outcome]:
    """The outcomes that a step writes, by name."""
    return spot.step.then if isinstance(spot.step.then, dict) else {}


def returning(spot: Spot, file: schema.ScenarioFile, found: list[Spot]) -> list[str]:
    """The outcomes with which a case has to do something again.

    They lead to this step or an earlier one, into a detour, or out of the flow under a name that a caller of
    the flow sends back.
    """
    return [name for name, outcome in outcomes_of(spot).items() if _goes_back(outcome, spot, file, found)]


def _goes_back(target: schema.Target, spot: Spot, file: schema.ScenarioFile, found: list[Spot]) -> bool:
    if target.do is not None:
        return True
    if target.go_to is not None:
        order = list(file.flows[spot.flow].steps)
        return target.go_to not in order or order.index(target.go_to) <= order.index(spot.top)
    if target.leave is not None:
        return any(
            _goes_back(outcomes_of(caller)[target.leave], caller, file, found)
            for caller in found
            if caller.step.flow == spot.flow and target.leave in outcomes_of(caller)
        )
    return False
