"""The draft: the tables of a plan while they grow, shared by all who fill them.

Flat lists; the order of filling them is the order in `compiler`. A frame is one use of a flow while its
steps are written. Not here: what is written into them (teams, case_types, expand, sources).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sim.errors import PlanError
from sim.plan.arrays import ActRow, CallRow, NumberKind, StepRow
from sim.plan.calendars import Calendars
from sim.plan.lowering import Tables
from sim.plan.names import flow_names
from sim.plan.tables import indexed
from sim.scenario import schema
from sim.scenario.load import Scenario
from sim.units.dimensions import YEAR_MS, Dimension

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Frame:
    """One use of a flow while it is being expanded.

    `definition` is the flow as defined, `steps` are the indices of its steps at `path`, `stack` the flows
    that are being expanded, outermost first.
    """

    definition: str
    path: str
    steps: Mapping[str, int]
    stack: tuple[str, ...]
    is_branch: bool = False


@dataclass(slots=True)
class Draft:
    """The tables while they grow, and where names stand in them."""

    scenario: Scenario
    warm_up: int
    end: int
    origin: datetime
    tables: Tables
    calendars: Calendars
    team_index: dict[str, int]
    environment_index: dict[str, int]
    case_type_index: dict[str, int]
    flow_index: dict[str, int]
    calls: list[CallRow | None] = field(default_factory=list)
    steps: list[StepRow | None] = field(default_factory=list)
    acts: list[ActRow] = field(default_factory=list)
    frames: dict[int, Frame] = field(default_factory=dict)  # by call
    traits_of: dict[str, tuple[int, ...]] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, scenario: Scenario) -> Draft:
        file = scenario.file
        case_types = tuple(sorted(file.cases))
        tables = Tables(
            folder=scenario.folder,
            assumptions=scenario.assumptions,
            working_time=scenario.working_time,
            warm_up=0,
            case_types=case_types,
            trait_definitions={name: {**file.traits, **file.cases[name].traits} for name in case_types},
        )
        tables.warm_up = tables.fixed_ms(file.clock.warm_up, "clock.warm_up", Dimension.WALL_TIME)
        end = tables.warm_up + tables.fixed_ms(file.clock.horizon, "clock.horizon", Dimension.WALL_TIME)
        origin = datetime.combine(scenario.start, time()) - tables.warm_up * _MILLISECOND
        return cls(
            scenario=scenario,
            warm_up=tables.warm_up,
            end=end,
            origin=origin,
            tables=tables,
            calendars=Calendars(scenario.rules, origin, end + YEAR_MS),
            team_index=indexed(file.teams),
            environment_index=indexed(file.environments),
            case_type_index=indexed(case_types),
            flow_index=indexed(flow_names(file)),
        )

    @property
    def file(self) -> schema.ScenarioFile:
        return self.scenario.file

    def business_time(self, raw: object, where: str, case_type: str) -> int:
        """A time in working units, such as a patience; `0 days` passes too."""
        number, is_working = self.tables.wait(raw, where, case_type)
        row = self.tables.numbers[number]
        if not is_working and not (row.kind is NumberKind.CONSTANT and row.value == 0):
            raise PlanError(f"{where}: found '{raw}'; this counts in business time, for example 2 d or 1 w")
        return number
