"""An animation: one replication of a run, replayed on its value-stream map in one HTML file.

`animation` works out what is shown, `render` (page) makes the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.charts.value_stream_map import value_stream_places
from sim.errors import RunError
from sim.experiment.main_case import main_case_type
from sim.experiment.replicate import Result
from sim.metrics.view import view
from sim.report.animation.map import DrawnMap, draw
from sim.report.animation.movements import Movements, replayed
from sim.report.chosen import chosen_replication, chosen_scenario, told
from sim.report.stored import StoredRun
from sim.report.words import clean
from sim.scenario.load import Scenario

__all__ = ["Animation", "Wanted", "animation"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown; None leaves the choice: baseline, main case type, first replication."""

    scenario: str | None = None
    flow: str | None = None
    replication: int | None = None
    weeks: int | None = None
    first_week: int = 0
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class Animation:
    """What an animation shows: of which scenario, case type or flow (`of`) and replication."""

    stored: StoredRun
    scenario: Scenario
    result: Result
    of: str
    is_case: bool
    replication: int
    moves: Movements
    map: DrawnMap


def animation(stored: StoredRun, wanted: Wanted | None = None) -> Animation:
    """Replay a replication of a kept run.

    Raises
    ------
    RunError
        The run has no such scenario, flow, replication or weeks, or too much happens in them.
    """
    wanted = Wanted() if wanted is None else wanted
    scenario, result = chosen_scenario(stored, wanted.scenario)
    of = _flow(result, wanted.flow)
    number = chosen_replication(result, wanted.replication)
    structure, layout = value_stream_places(result, of, depth=wanted.depth)
    seen = view(result.replay(number), result.plan)
    stations = structure.stations()
    moves = replayed(seen, stations, of, weeks=wanted.weeks, first_week=wanted.first_week)
    is_case = of in [row.name for row in result.plan.case_types]
    drawn = draw(structure, layout, moves.stations, moves.used)
    return Animation(stored, scenario, result, of, is_case, number, moves, drawn)


def _flow(result: Result, name: str | None) -> str:
    types = [row.name for row in result.plan.case_types]
    if name is None:
        name = main_case_type(result)
        if name is None:
            raise RunError(f"{clean(result.name)} has no case type, so there is nothing to show.")
    flows = [row.name for row in result.plan.flows if "." not in row.name]
    if name not in (*types, *flows):
        raise RunError(
            f"{clean(result.name)} has neither a case type nor a flow called {name!r}. "
            f"Case types: {told(types)}; flows: {told(flows)}."
        )
    return name
