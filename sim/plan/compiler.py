"""The compiler: from a scenario to the plan that engines run.

Every case type's flow is expanded: each use of a flow, branch or detour becomes steps at paths of their own
in one flat table, and `then` targets become indices of steps of the same use.

Not here: reading and checking files (scenario), numbers and conditions (lowering), arrival curves (arrivals).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from math import isfinite
from typing import TypeVar

from sim.calendars import Calendar, CalendarRule, always, build_calendar, intersect, week_length_ms
from sim.errors import PlanError
from sim.plan.arrays import (
    NONE,
    ActKind,
    ActRow,
    Alternative,
    ArrivalKind,
    CallRow,
    CaseTypeRow,
    Closing,
    EnvironmentRow,
    FlowRow,
    Need,
    NumberKind,
    Order,
    OutcomeRow,
    PatienceRow,
    Plan,
    SourceRow,
    StepRow,
    Successor,
    Target,
    TargetKind,
    TeamRow,
    TraitKind,
)
from sim.plan.arrivals import arrival_curve, parse_instant, read_list, read_log
from sim.plan.lowering import (
    Tables,
    money_per_month,
    money_per_open_hour,
    per_open_ms,
)
from sim.randomness import path_hash
from sim.records import AccountClass
from sim.scenario import schema
from sim.scenario.load import Scenario
from sim.units.dimensions import DAY_MS, WEEK_MS, YEAR_MS, Dimension

MAX_STEPS = 10_000
OTHER = "other:"
OWNER = "owner"
GIVEN_SHARES = ("true", "yes", "1", "false", "no", "0")
"""How a file of arrivals says whether a case has a trait."""

_MILLISECOND = timedelta(milliseconds=1)
_ADDS = {
    "value": AccountClass.VALUE_ADDING,
    "necessary": AccountClass.NECESSARY,
    "nothing": AccountClass.NON_ADDING,
}
_KINDS = {
    "team": ActKind.WORK,
    "wait": ActKind.WAIT,
    "flow": ActKind.FLOW,
    "parallel": ActKind.FORK,
    "milestone": ActKind.MILESTONE,
    "end": ActKind.END,
}
_NEXT = Target(TargetKind.NEXT)
_ANY_KIND = ("then", "takes", "gives_back", "patience")
_OWN_WORDS = ("when", "instead", "skip", "falls_back", "after", "before")

T = TypeVar("T")


def compile_plan(scenario: Scenario) -> Plan:
    """The plan of a scenario.

    Raises
    ------
    PlanError
        Flows call each other in a circle, they come to more than 10,000 steps, two draws would share their
        luck, or something is said that a plan cannot hold. The message names it.
    """
    return _Compiler.of(scenario).compile()


@dataclass(frozen=True, slots=True)
class _Frame:
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
class _Calendars:
    """The calendars of the plan, and the intersections that joint work needs."""

    rules: Mapping[str, CalendarRule]
    origin: datetime
    end: int
    rows: list[Calendar] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)

    def build(self) -> None:
        for name in sorted(self.rules):
            self._add(name, self._calendar(name, self.rules[name]))

    def find(self, name: str, where: str) -> int:
        return _find(self.index, name, "calendar", where)

    def joint(self, names: Iterable[str], where: str) -> int:
        """When all of these calendars are open."""
        wanted = sorted(set(names) - {"always"}) or ["always"]
        name = " and ".join(wanted)
        if name not in self.index:
            self._check_weekly(wanted, where)
            calendar = self.rows[self.index[wanted[0]]]
            for other in wanted[1:]:
                calendar = intersect(calendar, self.rows[self.index[other]])
            self._add(name, calendar)
        return self.index[name]

    def week_ms(self, name: str) -> float:
        """Open time of a mean week without holidays [ms]."""
        rule = self.rules[name]
        return week_length_ms(rule) / rule.every_weeks

    def _calendar(self, name: str, rule: CalendarRule) -> Calendar:
        return always(self.end) if name == "always" else build_calendar(rule, self.origin, self.end)

    def _add(self, name: str, calendar: Calendar) -> None:
        self.index[name] = len(self.rows)
        self.rows.append(calendar)

    def _check_weekly(self, names: list[str], where: str) -> None:
        """Joint work needs an hour in every week, holidays and single dates aside."""
        no_dates: frozenset[object] = frozenset()
        bare = [
            self._calendar(name, replace(self.rules[name], holidays=no_dates, closed=no_dates, open=no_dates))  # type: ignore[arg-type]
            for name in names
        ]
        joint = bare[0]
        for other in bare[1:]:
            joint = intersect(joint, other)
        monday = -self.origin.weekday() * DAY_MS - _of_day(self.origin) + WEEK_MS
        for week in range(monday, self.end - WEEK_MS, WEEK_MS):
            if joint.open_between(week, week + WEEK_MS) == 0:
                raise PlanError(
                    f"{where}: its people work together, but the calendars {' and '.join(names)} have no "
                    "common open time in every week; give the teams hours that overlap each week"
                )


@dataclass(slots=True)
class _Compiler:
    """The tables while they grow. Flat lists; the order of filling them is the order in `compile`."""

    scenario: Scenario
    warm_up: int
    end: int
    origin: datetime
    tables: Tables
    calendars: _Calendars
    team_index: dict[str, int]
    environment_index: dict[str, int]
    case_type_index: dict[str, int]
    flow_index: dict[str, int]
    calls: list[CallRow | None] = field(default_factory=list)
    steps: list[StepRow | None] = field(default_factory=list)
    acts: list[ActRow] = field(default_factory=list)
    frames: dict[int, _Frame] = field(default_factory=dict)  # by call
    traits_of: dict[str, tuple[int, ...]] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, scenario: Scenario) -> _Compiler:
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
            calendars=_Calendars(scenario.rules, origin, end + YEAR_MS),
            team_index=_indexed(file.teams),
            environment_index=_indexed(file.environments),
            case_type_index=_indexed(case_types),
            flow_index=_indexed(_flow_names(file)),
        )

    @property
    def file(self) -> schema.ScenarioFile:
        return self.scenario.file

    def compile(self) -> Plan:
        self.calendars.build()
        business = self.calendars.find(self.scenario.business, "clock.business")
        for name in self.case_type_index:
            self._read_traits(name)
        case_types = tuple(self._case_type(name) for name in self.case_type_index)
        teams = tuple(self._team(name) for name in self.team_index)
        environments = tuple(self._environment(name) for name in self.environment_index)
        flows = tuple(self._flow(name) for name in self.flow_index)
        sources = tuple(sorted(self._sources(), key=lambda source: source.name))
        plan = Plan(
            name=self.scenario.name,
            warm_up=self.warm_up,
            end=self.end,
            business=business,
            calendars=tuple(self.calendars.rows),
            numbers=tuple(self.tables.numbers),
            conditions=tuple(self.tables.conditions),
            traits=tuple(self.tables.traits),
            teams=teams,
            environments=environments,
            flows=flows,
            calls=tuple(_filled(self.calls)),
            steps=tuple(_filled(self.steps)),
            acts=tuple(self.acts),
            case_types=case_types,
            sources=sources,
        )
        check_luck(plan)
        return plan

    # --- teams, environments, flows

    def _team(self, name: str) -> TeamRow:
        team, where = self.file.teams[name], f"teams.{name}"
        unlimited = team.size == "unlimited"
        calendar_name = self._team_calendar(name)
        size, max_size = NONE, 0
        changes: tuple[int, ...] = ()
        if not unlimited:
            size = self.tables.number(team.size, f"{where}.size", dimension=Dimension.NUMBER)
            changes, max_size = self._size_over_time(size)
        price = money_per_open_hour(self.calendars.week_ms(calendar_name), self.scenario.working_time)
        return TeamRow(
            name=name,
            size=size,
            max_size=max_size,
            size_changes=changes,
            calendar=self.calendars.find(calendar_name, f"{where}.calendar"),
            unlimited=unlimited,
            focus=_optional(
                team.focus, lambda raw: self.tables.number(raw, f"{where}.focus", dimension=Dimension.SHARE)
            ),
            closing=Closing[team.closing.upper()],
            order=Order[team.order.upper()],
            owns=0 if team.owns is None else self.tables.count(team.owns, f"{where}.owns"),
            switching=self._fixed_work(team.switching, f"{where}.switching"),
            slice=self._fixed_work(team.slice, f"{where}.slice"),
            cost=_optional(
                team.cost,
                lambda raw: self.tables.number(
                    raw, f"{where}.cost", dimension=Dimension.MONEY_RATE, scale=price
                ),
            ),
            other_priority=_optional(
                team.other_work and team.other_work.priority,
                lambda raw: self.tables.number(raw, f"{where}.other_work.priority"),
            ),
        )

    def _size_over_time(self, size: int) -> tuple[tuple[int, ...], int]:
        changes = self.tables.floor_changes(size, self.end)
        values = [int(self.tables.expected(size, instant) + 1e-9) for instant in (0, *changes)]
        return changes, max(values)

    def _team_calendar(self, name: str) -> str:
        return self.file.teams[name].calendar or self.scenario.business

    def _fixed_work(self, raw: schema.Raw | None, where: str) -> int:
        return 0 if raw is None else self.tables.fixed_ms(raw, where, Dimension.WORK_TIME)

    def _environment(self, name: str) -> EnvironmentRow:
        environment, where = self.file.environments[name], f"environments.{name}"
        cost = self.tables.number_of_any_case(
            environment.cost if environment.cost is not None else 0,
            f"{where}.cost",
            dimension=Dimension.ANY,
            scale=money_per_month,
        )
        lingers = _optional(
            environment.lingers,
            lambda raw: self.tables.number(raw, f"{where}.lingers", dimension=Dimension.WALL_TIME),
        )
        pool = 0 if environment.pool is None else self.tables.count(environment.pool, f"{where}.pool")
        return EnvironmentRow(name, cost, pool, lingers)

    def _flow(self, name: str) -> FlowRow:
        flow = self.file.flows.get(name)  # None: a branch that is one step
        if flow is None or flow.limit is None:
            return FlowRow(name)
        return FlowRow(name, self.tables.count(flow.limit.cases, f"flows.{name}.limit.cases"))

    # --- case types

    def _read_traits(self, name: str) -> None:
        definitions = {**self.file.traits, **self.file.cases[name].traits}
        self.traits_of[name] = tuple(self.tables.trait(name, trait, f"cases.{name}") for trait in definitions)

    def _case_type(self, name: str) -> CaseTypeRow:
        case, where = self.file.cases[name], f"cases.{name}"
        expansion = _Expansion(self, name)
        call = expansion.call_flow(case.flow, name, None)
        numbers = self.tables
        row = CaseTypeRow(
            name=name,
            call=call,
            traits=self.traits_of[name],
            owner_team=_optional(
                case.owner, lambda team: _find(self.team_index, team, "team", f"{where}.owner")
            ),
            priority=_optional(case.priority, lambda raw: numbers.number(raw, f"{where}.priority", name)),
            due=_optional(case.due, lambda raw: self.business_time(raw, f"{where}.due", name)),
            population=case.arrive is not None and case.arrive.population is not None,
        )
        if case.patience is not None:
            patience = expansion.patience(case.patience, self.frames[call], f"{where}.patience")
            row = replace(row, patience=replace(patience, until=case.patience.until or ""))
        return self._with_value(row, case.value, f"{where}.value")

    def _with_value(self, row: CaseTypeRow, value: schema.Value | None, where: str) -> CaseTypeRow:
        if value is None:
            return row
        lasts = 0
        if value.lasts is not None:
            lasts = self.tables.fixed_ms(value.lasts, f"{where}.lasts", Dimension.WALL_TIME)
        return replace(
            row,
            value=self.tables.number(value.per_month, f"{where}.per_month", row.name, scale=money_per_month),
            value_from=value.from_,
            value_lasts=lasts,
            value_decay=self.tables.fixed(value.decay, f"{where}.decay", dimension=Dimension.SHARE),
        )

    def business_time(self, raw: object, where: str, case_type: str) -> int:
        """A time in working units, such as a patience; `0 days` passes too."""
        number, is_working = self.tables.wait(raw, where, case_type)
        row = self.tables.numbers[number]
        if not is_working and not (row.kind is NumberKind.CONSTANT and row.value == 0):
            raise PlanError(f"{where}: found '{raw}'; this counts in business time, for example 2 d or 1 w")
        return number

    # --- sources

    def _sources(self) -> Iterator[SourceRow]:
        for name, case in self.file.cases.items():
            if case.arrive is not None:
                yield from self._arrivals(name, case.arrive)
            for path, n_cases in case.start_with.items():
                yield self._start_with(name, path, n_cases)
        for name, team in self.file.teams.items():
            if team.other_work is not None:
                yield self._other_work(name, team.other_work)

    def _arrivals(self, name: str, arrive: schema.Arrive) -> Iterator[SourceRow]:
        where, case_type = f"cases.{name}.arrive", self.case_type_index[name]
        calendar_name = arrive.calendar or self.scenario.business
        calendar = self.calendars.find(calendar_name, f"{where}.calendar")
        bare = SourceRow(name, case_type, ArrivalKind.NONE, calendar=calendar)
        if arrive.rate is not None:
            scale = per_open_ms(self.calendars.week_ms(calendar_name), self.scenario.working_time)
            rate = self.tables.number(arrive.rate, f"{where}.rate", dimension=Dimension.RATE, scale=scale)
            if self.tables.draws(rate):
                raise PlanError(
                    f"{where}.rate: found '{arrive.rate}'; a rate is not drawn, for example 3 per d"
                )
            curve = arrival_curve(
                self.calendars.rows[calendar],
                lambda instant, before: self._rate(rate, instant, before, f"{where}.rate"),
                self.tables.knots(rate),
                self.end,
            )
            yield replace(bare, kind=ArrivalKind.RATE, curve=curve if curve.instants else None)
        elif arrive.every is not None:
            interval = self.tables.fixed_ms(arrive.every, f"{where}.every", Dimension.WORK_TIME)
            if interval < 1:
                raise PlanError(
                    f"{where}.every: found '{arrive.every}'; admissible is 1 ms or more, such as 2 d"
                )
            yield replace(bare, kind=ArrivalKind.EVERY, interval=interval)
        elif arrive.population is not None or arrive.backlog is not None:
            key = "population" if arrive.population is not None else "backlog"
            n_cases = self.tables.count(getattr(arrive, key), f"{where}.{key}", least=0)
            yield replace(bare, kind=ArrivalKind.AT_START, n_cases=n_cases)
        else:
            yield from self._instants(bare, arrive, where, name)

    def _instants(self, bare: SourceRow, arrive: schema.Arrive, where: str, name: str) -> Iterator[SourceRow]:
        folder = self.scenario.folder
        traits = [self.tables.traits[trait].name for trait in self.traits_of[name]]
        if arrive.at is not None:
            instants = sorted(parse_instant(text, self.origin, f"{where}.at") for text in arrive.at)
            yield replace(bare, kind=ArrivalKind.INSTANTS, instants=tuple(instants))
        elif arrive.list_ is not None or arrive.log is not None:
            if arrive.list_ is not None:
                given = read_list(folder, arrive.list_, self.origin, traits)
            else:
                given = read_log(folder, str(arrive.log), self.origin, traits)
            for _, values in given:
                self._check_given(values, where, name)
            yield replace(
                bare,
                kind=ArrivalKind.INSTANTS,
                instants=tuple(instant for instant, _ in given),
                given_traits=tuple(values for _, values in given) if any(v for _, v in given) else (),
            )

    def _check_given(self, values: Mapping[str, str], where: str, case_type: str) -> None:
        """Raise PlanError unless traits from a file have values that the traits know."""
        for name, text in values.items():
            trait = self.tables.traits[self.tables.trait(case_type, name, where)]
            if trait.kind is TraitKind.LEVELS:
                admissible, is_known = ", ".join(trait.levels), text in trait.levels
            elif trait.kind is TraitKind.SHARE:
                admissible, is_known = ", ".join(GIVEN_SHARES), text.lower() in GIVEN_SHARES
            else:
                admissible, is_known = "a number", _is_number(text)
            if not is_known:
                raise PlanError(f"{where}: '{name}' is '{text}' in the file; admissible: {admissible}.")

    def _rate(self, number: int, instant: int, before: bool, where: str) -> float:
        rate = self.tables.expected(number, instant, before=before)
        if rate < 0:
            raise PlanError(f"{where}: the rate is negative, {rate:g} per ms of open time, at {instant} ms")
        return rate

    def _start_with(self, name: str, path: str, n_cases: schema.Raw) -> SourceRow:
        where = f"cases.{name}.start_with.{path}"
        call, steps = self._call_of(name), []
        parts = path.split("/")
        for depth, part in enumerate(parts):
            frame = self.frames[call]
            if part not in frame.steps:
                known = ", ".join(frame.steps)
                raise PlanError(f"{where}: no step is called '{part}' in {frame.definition}. Steps: {known}.")
            steps.append(frame.steps[part])
            if depth < len(parts) - 1:
                act = self._act_of(frame.steps[part])
                if act.kind is not ActKind.FLOW:
                    raise PlanError(f"{where}: '{part}' is no flow step; a start step has no fork above it")
                call = act.calls[0]
        return SourceRow(
            f"{name}@{path}",
            self.case_type_index[name],
            ArrivalKind.AT_START,
            n_cases=self.tables.count(n_cases, where, least=0),
            start_steps=tuple(steps),
        )

    def _call_of(self, name: str) -> int:
        return next(index for index, call in enumerate(_filled(self.calls)) if call.path == name)

    def _act_of(self, step: int) -> ActRow:
        row = self.steps[step]
        assert row is not None
        return self.acts[row.act]

    def _other_work(self, name: str, other: schema.OtherWork) -> SourceRow:
        where = f"teams.{name}.other_work"
        people = self.tables.number(other.people, f"{where}.people", dimension=Dimension.NUMBER)
        work, again, share = self.tables.work(other.work, f"{where}.work", None)
        if again != NONE or share != NONE:
            raise PlanError(f"{where}.work: other work is done once; write its time without first and again")
        calendar = self.calendars.find(self._team_calendar(name), f"teams.{name}.calendar")

        def rate(instant: int, before: bool) -> float:
            mean = self.tables.expected(work, instant, before=before)
            if mean <= 0:
                raise PlanError(
                    f"{where}.work: its mean is {mean:g} ms; admissible is more than 0, such as 2 h"
                )
            return self.tables.expected(people, instant, before=before) / mean

        knots = [*self.tables.knots(people), *self.tables.knots(work)]
        curve = arrival_curve(self.calendars.rows[calendar], rate, knots, self.end)
        return SourceRow(
            f"{OTHER}{name}",
            NONE,
            ArrivalKind.RATE,
            team=self.team_index[name],
            work=work,
            curve=curve if curve.instants else None,
            calendar=calendar,
        )


@dataclass(slots=True)
class _Expansion:
    """The flows of one case type, expanded into steps at paths."""

    compiler: _Compiler
    case_type: str

    @property
    def _tables(self) -> Tables:
        return self.compiler.tables

    # --- calls

    def call_flow(self, name: str, path: str, caller: _Frame | None) -> int:
        """One use of a flow at `path`: its call, after all its steps."""
        flows = self.compiler.file.flows
        if name not in flows:
            raise PlanError(f"{path}: no flow is called '{name}'. Flows here: {', '.join(sorted(flows))}.")
        stack = caller.stack if caller is not None else ()
        if name in stack:
            circle = " → ".join((*stack[stack.index(name) :], name))
            raise PlanError(
                f"a flow calls itself: {circle}. Send the case back with `go_to`, or end this one."
            )
        flow = flows[name]
        when_full = None
        if flow.limit is not None and flow.limit.when_full is not None:
            when_full = self._when_full(flow.limit.when_full, path, caller, name)
        return self._call(name, flow.steps, path, (*stack, name), when_full=when_full)

    def _when_full(self, target: schema.Target, path: str, caller: _Frame | None, name: str) -> Target:
        where = f"flows.{name}.limit.when_full"
        if target.leave is not None:
            return Target(TargetKind.LEAVE, name=target.leave)
        if target.do is not None:
            raise PlanError(f"{where}: who is turned away makes no detour; write go_to, leave or end")
        if target.go_to is not None and (caller is None or caller.is_branch):
            raise PlanError(f"{where}: '{path}' has no flow around it in which to go to '{target.go_to}'")
        frame = caller or _Frame(name, path, {}, ())
        return self._target(target, frame, path, where, "")

    def _call(
        self,
        definition: str,
        steps: Mapping[str, schema.Step],
        path: str,
        stack: tuple[str, ...],
        *,
        is_branch: bool = False,
        when_full: Target | None = None,
    ) -> int:
        compiler = self.compiler
        first = self._reserve(path, steps)
        frame = _Frame(
            definition,
            path.rpartition("/")[0] if is_branch else path,
            {name: first + offset for offset, name in enumerate(steps)},
            stack,
            is_branch,
        )
        call = len(compiler.calls)
        compiler.calls.append(None)
        compiler.frames[call] = frame
        indices = [*frame.steps.values(), NONE]
        for position, (name, step) in enumerate(steps.items()):
            row = self._step(name, step, frame, next_step=indices[position + 1])
            compiler.steps[indices[position]] = row
        compiler.calls[call] = CallRow(compiler.flow_index[definition], first, path, when_full)
        return call

    def _reserve(self, path: str, steps: Mapping[str, schema.Step]) -> int:
        """Room for the steps of one use of a flow; the index of the first."""
        compiler = self.compiler
        first = len(compiler.steps)
        if first + len(steps) > MAX_STEPS:
            raise PlanError(
                f"the flows come to more than {MAX_STEPS:,} steps (reached at '{path}'). Every call of a "
                "flow counts its steps again, for every case type; call less deeply."
            )
        compiler.steps.extend([None] * len(steps))
        return first

    # --- steps

    def _step(self, name: str, step: schema.Step, frame: _Frame, *, next_step: int) -> StepRow:
        path = f"{frame.path}/{name}"
        if path in self.compiler.paths:
            raise PlanError(f"two steps come to the same path '{path}'; rename one of them")
        self.compiler.paths.add(path)
        # A branch of one step is its own flow, and already named after the step.
        definition = frame.definition if frame.is_branch else f"{frame.definition}.{name}"
        ordinary = self._act(step, frame, path, path, definition)
        act_index = self._add_act(ordinary)
        alternatives = tuple(
            self._alternative(key, alternative, step, ordinary, frame, definition)
            for key, alternative in step.instead.items()
        )
        return StepRow(
            path=path,
            name=name,
            case_type=self.compiler.case_type_index[self.case_type],
            when=self._tables.condition(step.when, f"{path}: when", self.case_type),
            act=act_index,
            next=next_step,
            alternatives=alternatives,
        )

    def _alternative(
        self,
        key: str,
        alternative: schema.Alternative,
        step: schema.Step,
        ordinary: ActRow,
        frame: _Frame,
        definition: str,
    ) -> Alternative:
        """What is done in place of a step. What it does not write it takes over from the step."""
        path = f"{ordinary.path}#{key}"
        written = alternative.model_fields_set - set(_OWN_WORDS)
        kind = _kind(alternative) or _kind(step)
        if alternative.skip:
            act = ActRow(ActKind.SKIP, path, f"{definition}#{key}", key, outcome_path=path)
        else:
            inherited = set(type(step).model_fields) if kind == _kind(step) else set(_ANY_KIND)
            values = {
                word: getattr(alternative if word in written else step, word)
                for word in type(step).model_fields
                if word in (written | inherited) - set(_OWN_WORDS)
            }
            whole = schema.Step.model_construct(**values)
            takes_over_calls = kind == _kind(step) and kind not in written
            act = self._act(
                whole,
                frame,
                path,
                ordinary.path,
                f"{definition}#{key}",
                alternative=key,
                calls=ordinary.calls if takes_over_calls else None,
                inherited=ordinary if "then" not in written else None,
            )
        falls_back = _optional(
            alternative.falls_back,
            lambda raw: self._tables.number(
                raw, f"{path}: falls_back", self.case_type, dimension=Dimension.SHARE
            ),
        )
        when = self._tables.condition(alternative.when, f"{path}: when", self.case_type)
        return Alternative(when, self._add_act(act), falls_back)

    def _add_act(self, act: ActRow) -> int:
        self.compiler.acts.append(act)
        return len(self.compiler.acts) - 1

    def _act(
        self,
        step: schema.Step,
        frame: _Frame,
        path: str,
        step_path: str,
        definition: str,
        *,
        alternative: str = "",
        calls: tuple[int, ...] | None = None,
        inherited: ActRow | None = None,
    ) -> ActRow:
        """One act. `calls` and the outcomes of `inherited` are the step's, which an alternative shares."""
        word = _kind(step)
        if step.skip or word is None:
            if not step.skip:
                raise PlanError(
                    f"{path}: this step says neither team, wait, flow, parallel, milestone nor end"
                )
            return ActRow(ActKind.SKIP, path, definition, alternative, outcome_path=path)
        act = ActRow(
            _KINDS[word],
            path,
            definition,
            alternative,
            takes=self._environments(step.takes, f"{path}: takes"),
            gives_back=self._environments(step.gives_back, f"{path}: gives_back"),
        )
        fill = {
            "team": self._work,
            "wait": self._wait,
            "flow": self._flow_act,
            "parallel": self._fork,
            "milestone": self._milestone,
            "end": self._end,
        }[word]
        act = fill(act, step, frame, calls)
        if step.patience is not None:
            act = replace(act, patience=self.patience(step.patience, frame, f"{path}: patience"))
        if inherited is not None:
            return replace(act, outcomes=inherited.outcomes, outcome_path=step_path)
        return replace(act, outcomes=self._outcomes(step, frame, path), outcome_path=path)

    def _environments(self, names: Iterable[str], where: str) -> tuple[int, ...]:
        index = self.compiler.environment_index
        return tuple(_find(index, name, "environment", where) for name in names)

    # --- acts

    def _work(self, act: ActRow, step: schema.Step, frame: _Frame, calls: tuple[int, ...] | None) -> ActRow:
        if step.work is None:
            raise PlanError(f"{act.path}: a step with a team says how long its `work` takes, for example 2 h")
        needs = self._needs(step, act.path)
        names = list(self.compiler.team_index)
        calendars = [self.compiler._team_calendar(names[need.team]) for need in needs]
        work, again, share = self._tables.work(step.work, f"{act.path}: work", self.case_type)
        act = replace(
            act,
            needs=needs,
            work=work,
            work_again=again,
            work_again_share=share,
            account_class=int(_ADDS[step.adds or "value"]),
            calendar=self.compiler.calendars.joint(calendars, act.path),
        )
        return act if step.batch is None else self._batch(act, step.batch)

    def _batch(self, act: ActRow, batch: schema.Batch) -> ActRow:
        where, exactly = f"{act.path}: batch", batch.exactly is not None
        raw = batch.exactly if exactly else batch.up_to
        if raw is None:
            raise PlanError(
                f"{where}: it says neither exactly nor up_to, for example {{exactly: 4, or_after: 2 d}}"
            )
        return replace(
            act,
            batch_size=self._tables.count(raw, where),
            batch_exactly=exactly,
            batch_or_after=_optional(
                batch.or_after,
                lambda raw: self.compiler.business_time(raw, f"{where}.or_after", self.case_type),
            ),
        )

    def _needs(self, step: schema.Step, path: str) -> tuple[Need, ...]:
        """Who does the work: the step's team first, then who takes part, by name."""
        asked = [(str(step.team), 1)]
        for name, n in (step.with_ or {}).items():
            asked.append((name, self._tables.count(n, f"{path}: with.{name}")))
        owner_team = self.compiler.file.cases[self.case_type].owner
        needs: list[Need] = []
        for name, n in asked:
            if name != OWNER:
                needs.append(Need(_find(self.compiler.team_index, name, "team", path), n))
            elif owner_team is None:
                raise PlanError(
                    f"{path}: it needs the owner, but cases of the type '{self.case_type}' have none; "
                    f"write `owner: <team>` at cases.{self.case_type}"
                )
            else:
                needs.append(
                    Need(_find(self.compiler.team_index, owner_team, "team", path), 1, is_owner=True)
                )
        return (needs[0], *sorted(needs[1:], key=lambda need: (need.team, not need.is_owner)))

    def _wait(self, act: ActRow, step: schema.Step, frame: _Frame, calls: tuple[int, ...] | None) -> ActRow:
        calendars, why = self.compiler.calendars, step.why or ""
        until = _until(step.wait)
        if until is not None:
            calendar = calendars.find(until, f"{act.path}: wait")
            return replace(act, kind=ActKind.UNTIL, calendar=calendar, why=why)
        wait, calendar = self.timed(step.wait, step.calendar, f"{act.path}: wait")
        return replace(act, wait=wait, calendar=calendar, why=why)

    def timed(self, raw: object, calendar: str | None, where: str) -> tuple[int, int]:
        """A time and the calendar it runs on: working units on the business calendar or the one named."""
        number, is_working = self._tables.wait(raw, where, self.case_type)
        if not is_working:
            return number, NONE
        return number, self.compiler.calendars.find(calendar or self.compiler.scenario.business, where)

    def _flow_act(
        self, act: ActRow, step: schema.Step, frame: _Frame, calls: tuple[int, ...] | None
    ) -> ActRow:
        self._check_routed(str(step.flow), step, act.path)
        return replace(act, calls=calls or (self.call_flow(str(step.flow), act.path, frame),))

    def _fork(self, act: ActRow, step: schema.Step, frame: _Frame, calls: tuple[int, ...] | None) -> ActRow:
        branches = (step.parallel or {}).items()
        return replace(
            act, calls=calls or tuple(self._branch(act, name, branch, frame) for name, branch in branches)
        )

    def _branch(self, act: ActRow, name: str, branch: schema.Step, frame: _Frame) -> int:
        """A branch is a flow of one step, named after it."""
        definition = f"{act.definition}.{name}"
        return self._call(definition, {name: branch}, f"{act.path}/{name}", frame.stack, is_branch=True)

    def _milestone(
        self, act: ActRow, step: schema.Step, frame: _Frame, calls: tuple[int, ...] | None
    ) -> ActRow:
        return replace(act, name=str(step.milestone))

    def _end(self, act: ActRow, step: schema.Step, frame: _Frame, calls: tuple[int, ...] | None) -> ActRow:
        assert step.end is not None
        act = replace(act, name=step.end.as_)
        starts = step.end.starts
        if starts is None:
            return act
        where = f"{act.path}: starts"
        after, calendar = self.timed(starts.after, None, f"{where}.after")
        successor = Successor(
            case_type=_find(self.compiler.case_type_index, starts.case, "case type", where),
            p=self._tables.number(starts.p, f"{where}.p", self.case_type, dimension=Dimension.SHARE),
            after=after,
            after_calendar=calendar,
        )
        return replace(act, successor=successor)

    # --- outcomes and targets

    def patience(self, patience: schema.Patience, frame: _Frame, where: str) -> PatienceRow:
        waiting = self.compiler.business_time(patience.waiting, f"{where}.waiting", self.case_type)
        then = patience.then
        if isinstance(then, schema.Target) and then.do is not None:
            raise PlanError(f"{where}.then: who has lost patience makes no detour; write go_to, leave or end")
        return PatienceRow(waiting, self._where_to(then, frame, "", where))

    def _outcomes(self, step: schema.Step, frame: _Frame, path: str) -> tuple[OutcomeRow, ...]:
        if step.then is None or step.then == "next":
            return ()
        if not isinstance(step.then, dict):
            return (OutcomeRow("", NONE, self._where_to(step.then, frame, path, path)),)
        left = self._outcomes_of_flows(step)
        return tuple(
            self._outcome(name, outcome, frame, path, name in left) for name, outcome in step.then.items()
        )

    def _outcome(
        self, name: str, outcome: schema.Outcome, frame: _Frame, path: str, is_left: bool
    ) -> OutcomeRow:
        where = f"{path}: then.{name}"
        # The names with which a flow leaves are matched, never drawn: 0 keeps NONE for the one rest.
        p = self._tables.constant(0.0) if is_left else NONE
        if outcome.p is not None:
            p = self._tables.number(outcome.p, f"{where}.p", self.case_type, dimension=Dimension.SHARE)
        weaken = 1.0
        if outcome.weaken is not None:
            weaken = self._tables.fixed(outcome.weaken, f"{where}.weaken", dimension=Dimension.SHARE)
        at_most = _optional(outcome.at_most, lambda raw: self._tables.count(raw, f"{where}.at_most", least=0))
        return OutcomeRow(name, p, self._target(outcome, frame, path, where, name), weaken, at_most)

    def _where_to(self, then: str | schema.Target, frame: _Frame, path: str, where: str) -> Target:
        if isinstance(then, schema.Target):
            return self._target(then, frame, path, f"{where}: then", "do")
        return _NEXT if then == "next" else Target(TargetKind.DONE)

    def _target(self, target: schema.Target, frame: _Frame, path: str, where: str, outcome: str) -> Target:
        if target.go_to is not None:
            if target.go_to not in frame.steps:
                known = ", ".join(frame.steps)
                raise PlanError(f"{where}: no step of this flow is called '{target.go_to}'. Steps: {known}.")
            return Target(TargetKind.GO_TO, step=frame.steps[target.go_to])
        if target.leave is not None:
            if frame.is_branch:
                raise PlanError(f"{where}: a branch cannot leave with '{target.leave}'; only its join routes")
            return Target(TargetKind.LEAVE, name=target.leave)
        if target.end is not None:
            if target.end.starts is not None:
                raise PlanError(f"{where}: an end that starts a case is a step; write it as one and go_to it")
            return Target(TargetKind.END, name=target.end.as_)
        if target.do is not None:
            return self._detour(target.do, frame, f"{path}/{outcome}", where)
        return _NEXT

    def _detour(self, flow: str, frame: _Frame, path: str, where: str) -> Target:
        call = self.call_flow(flow, path, frame)
        left = _leave_names(self.compiler.file, flow)
        if left:
            raise PlanError(f"{where}: the detour '{flow}' may leave with '{left[0]}', which nobody routes")
        return Target(TargetKind.DO, call=call)

    def _outcomes_of_flows(self, step: schema.Step) -> set[str]:
        """The names with which the flows that a step or its alternatives run may leave."""
        flows = {one.flow for one in (step, *(step.instead or {}).values()) if one.flow is not None}
        return {name for flow in flows for name in _leave_names(self.compiler.file, flow)}

    def _check_routed(self, flow: str, step: schema.Step, path: str) -> None:
        routed = set(step.then) if isinstance(step.then, dict) else set()
        missing = [name for name in _leave_names(self.compiler.file, flow) if name not in routed]
        if missing:
            raise PlanError(
                f"{path}: the flow '{flow}' may leave with '{missing[0]}', which this step does not route; "
                f"write then: {{{missing[0]}: {{go_to: ...}}, other: rest}}"
            )


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


def _flow_names(file: schema.ScenarioFile) -> list[str]:
    """All flows as defined, and the branches, each of which is a flow of one step."""
    names = list(file.flows)
    for flow_name, flow in file.flows.items():
        for name, step in flow.steps.items():
            names.extend(_branch_names(step, f"{flow_name}.{name}"))
    return names


def _branch_names(step: schema.Step, definition: str) -> Iterator[str]:
    for name, branch in (step.parallel or {}).items():
        yield f"{definition}.{name}"
        yield from _branch_names(branch, f"{definition}.{name}")
    for name, alternative in step.instead.items():
        yield from _branch_names(alternative, f"{definition}#{name}")


def _leave_names(file: schema.ScenarioFile, flow: str) -> list[str]:
    """The names with which a flow may leave, sorted."""
    if flow not in file.flows:
        return []
    definition, found = file.flows[flow], set()
    if definition.limit is not None and definition.limit.when_full is not None:
        found.add(definition.limit.when_full.leave)
    for step in definition.steps.values():
        for one in (step, *step.instead.values()):
            targets: list[object] = list(one.then.values()) if isinstance(one.then, dict) else [one.then]
            if one.patience is not None:
                targets.append(one.patience.then)
            found.update(target.leave for target in targets if isinstance(target, schema.Target))
    return sorted(name for name in found if name is not None)


def _kind(step: schema.Step) -> str | None:
    """The kind a step claims: the first of team, wait, flow, parallel, milestone, end."""
    return next((kind for kind in schema.STEP_KINDS if getattr(step, kind, None) is not None), None)


def _until(wait: object) -> str | None:
    """The calendar of a wait `until <calendar>`."""
    words = wait.split() if isinstance(wait, str) else []
    return words[1] if len(words) == 2 and words[0] == "until" else None


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _of_day(instant: datetime) -> int:
    """Milliseconds since midnight."""
    return (instant - datetime.combine(instant.date(), time())) // _MILLISECOND


def _optional(raw: object | None, lower: Callable[..., int]) -> int:
    """The row of an optional number, NONE where it is not written."""
    return NONE if raw is None else lower(raw)


def _indexed(names: Iterable[str]) -> dict[str, int]:
    return {name: index for index, name in enumerate(sorted(names))}


def _find(index: Mapping[str, int], name: str, what: str, where: str) -> int:
    if name not in index:
        raise PlanError(f"{where}: no {what} is called '{name}'. Here: {', '.join(index) or 'none'}.")
    return index[name]


def _filled(rows: Iterable[T | None]) -> Iterator[T]:
    for row in rows:
        assert row is not None
        yield row
