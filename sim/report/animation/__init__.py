"""An animation: one replication of a run, replayed on its value-stream map in one HTML file.

`animations` works out what is shown, of one scenario or of several on one clock; `render` (page)
makes the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.charts.value_stream_map import value_stream_places
from sim.charts.value_stream_map.layout import Layout
from sim.charts.value_stream_map.structure import Structure
from sim.errors import RunError
from sim.experiment.main_case import main_case_type
from sim.experiment.replicate import Result
from sim.metrics.view import View, view
from sim.report.animation.map import DrawnMap, draw
from sim.report.animation.movements import Movements, replayed
from sim.report.chosen import chosen_replication, chosen_scenario, told
from sim.report.stored import StoredRun
from sim.report.words import clean
from sim.scenario.load import Scenario

__all__ = ["Animation", "Wanted", "animation", "animations"]

_MOST_VIEWS = 4


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
    """Replay a replication of one scenario of a kept run.

    Raises
    ------
    RunError
        The run has no such scenario, flow, replication or weeks, or too much happens in them.
    """
    wanted = Wanted() if wanted is None else wanted
    return animations(stored, wanted, [wanted.scenario])[0]


def animations(
    stored: StoredRun, wanted: Wanted, scenarios: Sequence[str | None] = (None,)
) -> list[Animation]:
    """Replay the same weeks of the same replication of several scenarios, whose luck is the same.

    Without `weeks` there are as many as fit for all of them.

    Raises
    ------
    RunError
        As above; or the scenarios do not work at the same times, so that one clock would not do for all.
    """
    if len(scenarios) > _MOST_VIEWS:
        raise RunError(f"found {len(scenarios)} scenarios; a page has room for {_MOST_VIEWS}.")
    first = _Replay.of(stored, wanted, scenarios[0])
    same = replace(wanted, flow=first.shown)
    replays = [first, *(_Replay.of(stored, same, name) for name in scenarios[1:])]
    found = [each.moves(wanted, wanted.weeks, len(replays)) for each in replays]
    weeks = min(moves.stretch.weeks for moves in found)
    found = [
        moves if moves.stretch.weeks == weeks else each.moves(wanted, weeks, len(replays))
        for each, moves in zip(replays, found, strict=True)
    ]
    _check_clock(replays, found)
    return [each.drawn(stored, moves) for each, moves in zip(replays, found, strict=True)]


@dataclass(frozen=True, slots=True)
class _Replay:
    """A replication that was run again, and the map on which it is shown."""

    scenario: Scenario
    result: Result
    shown: str
    number: int
    structure: Structure
    layout: Layout
    seen: View

    @classmethod
    def of(cls, stored: StoredRun, wanted: Wanted, name: str | None) -> _Replay:
        scenario, result = chosen_scenario(stored, name)
        shown = _flow(result, wanted.flow)
        number = chosen_replication(result, wanted.replication)
        structure, layout = value_stream_places(result, shown, depth=wanted.depth)
        return cls(
            scenario, result, shown, number, structure, layout, view(result.replay(number), result.plan)
        )

    def moves(self, wanted: Wanted, weeks: int | None, n_views: int) -> Movements:
        stations = self.structure.stations()
        first_week = wanted.first_week
        return replayed(self.seen, stations, self.shown, weeks=weeks, first_week=first_week, n_views=n_views)

    def drawn(self, stored: StoredRun, moves: Movements) -> Animation:
        is_case = self.shown in [row.name for row in self.result.plan.case_types]
        places = draw(self.structure, self.layout, moves.stations, moves.used)
        return Animation(stored, self.scenario, self.result, self.shown, is_case, self.number, moves, places)


def _check_clock(replays: Sequence[_Replay], found: Sequence[Movements]) -> None:
    clocks = [(moves.stretch.n_ticks, moves.stretch.openings()) for moves in found]
    for each, clock in zip(replays, clocks, strict=True):
        if clock != clocks[0]:
            raise RunError(
                f"{clean(replays[0].result.name)} and {clean(each.result.name)} do not work at the same "
                "times of the business calendar, so one clock does not do for both: show one at a time."
            )


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
