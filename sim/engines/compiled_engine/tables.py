"""From a plan to the memory that a run begins with: its rows as records, and the texts they refer to.

A record is written once its parts have addresses; records that refer to each other (steps, acts, calls) get
their addresses first. Texts (names, paths) are numbers here; `results` turns them back. How words are written
is for `writing`; calendars, numbers, traits and conditions, for `number_tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from sim.calendars import Int64Array
from sim.engines.common import act_of_other_work
from sim.engines.compiled_engine import layout as at
from sim.engines.compiled_engine.number_tables import NumberWriter
from sim.engines.compiled_engine.tally_tables import write_sums
from sim.engines.compiled_engine.writing import bits
from sim.plan.arrays import (
    NONE,
    ActKind,
    ActRow,
    ArrivalKind,
    Closing,
    Need,
    NumberKind,
    OutcomeRow,
    PatienceRow,
    Plan,
    SourceRow,
    Target,
    TargetKind,
    TeamRow,
)
from sim.plan.remembered import remembered
from sim.randomness import path_hash

HEAP_CLASS = 6
STACK_CLASS = 13
MEMBERS_CLASS = 4
LINE = 8
"""Words in a line of the processor's cache."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The memory of a run before it begins, and what turns it into words again."""

    words: Int64Array
    texts: list[str]
    widths: tuple[int, ...]


@remembered
def build_tables(plan: Plan, money_edges: tuple[int, ...] = ()) -> Tables:
    """The memory of a run of this plan; seed, replication, size and what it keeps are still to be set."""
    return _Builder(plan).build(money_edges)


class _Builder(NumberWriter):
    """Writes the records of a plan one after the other."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.batches: dict[tuple[str, tuple[Need, ...]], int] = {}

    # -- all of it

    def build(self, money_edges: Sequence[int]) -> Tables:
        plan = self.plan
        self.calendars = [self.calendar(i, row) for i, row in enumerate(plan.calendars)]
        self.traits = [self.room(6) for _ in plan.traits]
        self.numbers = [self.room(at.NUM_SIZE) for _ in plan.numbers]
        self._numbers()
        self._traits()
        self.steps = [self.room(at.STEP_SIZE) for _ in plan.steps]
        self.acts = [self.room(at.ACT_SIZE) for _ in plan.acts]
        self.calls = [self.room(7) for _ in plan.calls]
        self.flows = [self.room(4) for _ in plan.flows]
        self.teams = [self.room(at.TEAM_RECORD) for _ in plan.teams]
        self.environments = [self.room(8) for _ in plan.environments]
        self.case_types = [self.room(at.TYPE_RECORD) for _ in plan.case_types]
        self.sources = [self.room(at.SOURCE_RECORD) for _ in plan.sources]
        self._case_layout()
        self._calls()
        self._lines_and_teams()
        self._acts()
        self._steps()
        self._case_types()
        self._sources()
        write_sums(self, money_edges, bits)
        self._head()
        return Tables(np.array(self.words, dtype=np.int64), self.texts.rows, self._widths())

    def _widths(self) -> tuple[int, ...]:
        most = max((len(row.traits) for row in self.plan.case_types), default=0)
        return (*at.WIDTHS[: at.T_CASE], at.WIDTHS[at.T_CASE] + most, *at.WIDTHS[at.T_CASE + 1 :])

    def _head(self) -> None:
        plan, put = self.plan, self.put
        put(0, END=plan.end, BUSINESS=self.calendars[plan.business])
        put(0, HEAP=self.room(2 << HEAP_CLASS), HEAP_CLASS=HEAP_CLASS, STACK=self.room(1 << STACK_CLASS))
        most = max((sum(need.n for need in act.needs) for act in plan.acts), default=1)
        put(0, PEOPLE=self.room(2 * most + 4))
        put(0, N_TRAITS=len(plan.traits), INSTANT=-1, WALK_INSTANT=-1)
        put(0, N_ENVIRONMENTS=len(plan.environments), ENVIRONMENTS=self.array(self.environments))
        put(0, TEAMS=self.array(self.teams))
        put(0, N_SOURCES=len(plan.sources), SOURCES=self.array(self.sources))
        put(0, N_KEYS=len(self.keys), HASHES=self._hashes())
        for table, width in enumerate(self._widths()):
            self.words[at.OUT + 4 * table + at.OUT_WIDTH] = width
        self.room(-len(self.words) % LINE)
        self.words[at.TOP] = len(self.words)

    def _hashes(self) -> int:
        """The hash of every source and path whose draws may be asked for."""
        paths: list[set[str]] = [set() for _ in self.plan.case_types]
        followers: list[set[int]] = [set() for _ in self.plan.case_types]
        for step in self.plan.steps:
            for act in self._acts_of(step.act, *(other.act for other in step.alternatives)):
                paths[step.case_type] |= {act.path, act.outcome_path}
                if act.successor is not None:
                    followers[step.case_type].add(act.successor.case_type)
        n = len(self.keys)
        hashes = [0] * (n * len(self.plan.sources))
        for index, source in enumerate(self.plan.sources):
            mine = {"", source.name, *(row.name for row in self.plan.traits)}
            waiting, seen = [source.case_type], {NONE}
            while waiting:
                if (case_type := waiting.pop()) not in seen:
                    seen.add(case_type)
                    mine |= paths[case_type]
                    waiting.extend(followers[case_type])
            for path in mine & self.keys.keys():
                hashes[index * n + self.keys[path]] = path_hash(source.name, path)
        return self.array(hashes)

    def _acts_of(self, *indices: int) -> list[ActRow]:
        return [self.plan.acts[index] for index in indices]

    # -- what a case keeps

    def _case_layout(self) -> None:
        """Where a case keeps its traits, environments, milestones, outcomes taken and steps."""
        plan = self.plan
        place = at.CASE_TRAITS + len(plan.traits)
        for address in self.environments:
            self.put(address, ENV_OFFSET=place)
            place += at.HELD_SIZE
        self.put(0, PLAIN_CLASS=(place - 1).bit_length())
        self.milestones: list[dict[str, int]] = []
        self.taken_at: dict[tuple[int, str], int] = {}
        for index, address in enumerate(self.case_types):
            end, mine = place, [i for i, step in enumerate(plan.steps) if step.case_type == index]
            acts = {i: self._acts_at(i) for i in mine}
            names = dict.fromkeys(act.name for i in mine for act in acts[i] if act.kind is ActKind.MILESTONE)
            self.milestones.append({name: end + i for i, name in enumerate(names)})
            end += len(names)
            for i in mine:
                for name in dict.fromkeys(row.name for act in acts[i] for row in act.outcomes):
                    self.taken_at[i, name] = end
                    end += 1
            self.put(address, TYPE_STEPS=self.array(self.steps[i] for i in mine), TYPE_N_STEPS=len(mine))
            for i in mine:
                self.put(self.steps[i], STEP_AT=end)
                end += at.AT_SIZE
            self.put(address, TYPE_CLASS=(end - 1).bit_length())

    def _acts_at(self, step: int) -> list[ActRow]:
        row = self.plan.steps[step]
        return self._acts_of(row.act, *(other.act for other in row.alternatives))

    # -- targets, outcomes, patience

    def target(self, row: Target | None) -> int:
        if row is None:
            return 0
        address = self.room(4)
        self.put(
            address,
            TARGET_KIND=row.kind,
            TARGET_STEP=self.one(self.steps, row.step),
            TARGET_CALL=self.one(self.calls, row.call),
            TARGET_NAME=self.texts.number(row.name),
        )
        return address

    def patience(self, row: PatienceRow | None) -> int:
        if row is None:
            return 0
        address, target = self.room(3), self.target(row.target)
        until = self.texts.number(row.until) if row.until else NONE
        self.put(address, PATIENCE_WAITING=self.numbers[row.waiting], PATIENCE_TARGET=target)
        self.put(address, PATIENCE_UNTIL=until)
        return address

    def outcomes(self, step: int, rows: tuple[OutcomeRow, ...]) -> int:
        targets = [self.target(row.target) for row in rows]
        address = self.room(at.OUTCOME_SIZE * len(rows))
        up_to = self._cumulated(rows) if self._are_fixed(rows) else [0.0] * len(rows)
        for i, row in enumerate(rows):
            self.put(
                address + at.OUTCOME_SIZE * i,
                OUTCOME_UP_TO=bits(up_to[i]),
                OUTCOME_NAME=self.texts.number(row.name),
                OUTCOME_P=self.one(self.numbers, row.p),
                OUTCOME_TARGET=targets[i],
                OUTCOME_WEAKEN=bits(row.weaken),
                OUTCOME_AT_MOST=row.at_most,
                OUTCOME_TAKEN_AT=self.taken_at[step, row.name],
            )
        return address

    def _cumulated(self, rows: tuple[OutcomeRow, ...]) -> list[float]:
        """Up to which u each outcome is taken, summed as `luck.choose` does."""
        given = [None if row.p == NONE else self.plan.numbers[row.p].value for row in rows]
        total = 0.0  # not by sum(), which newer Pythons round otherwise
        for p in given:
            total += p or 0.0
        rest = max(0.0, 1.0 - total)
        return list(accumulate(rest if p is None else p for p in given))

    # -- flows, calls, steps, acts

    def _calls(self) -> None:
        for address, row in zip(self.calls, self.plan.calls, strict=True):
            self.put(
                address,
                CALL_FLOW=self.flows[row.flow],
                CALL_FIRST=self.one(self.steps, row.first),
                CALL_PATH=self.texts.number(row.path),
                CALL_WHEN_FULL=self.target(row.when_full),
                CALL_ROLE=at.R_ROOT,
            )
            step = row.first
            while step != NONE:
                self.put(self.steps[step], STEP_CALL=address)
                step = self.plan.steps[step].next
        for index, step_row in enumerate(self.plan.steps):
            for act in (step_row.act, *(other.act for other in step_row.alternatives)):
                self._roles(index, act)

    def _roles(self, step: int, act: int) -> None:
        """Which step, and what at it, makes a call."""
        row, mine = self.plan.acts[act], {"CALL_STEP": self.steps[step], "CALL_ACT": self.acts[act]}
        role = at.R_FLOW if row.kind is ActKind.FLOW else at.R_BRANCH
        for call in row.calls:
            self.put(self.calls[call], CALL_ROLE=role, **mine)
        for outcome in row.outcomes:
            if outcome.target.kind is TargetKind.DO:
                self.put(self.calls[outcome.target.call], CALL_ROLE=at.R_DETOUR, **mine)

    def _steps(self) -> None:
        for index, (address, row) in enumerate(zip(self.steps, self.plan.steps, strict=True)):
            alternatives = [(self.test(other.when), self.acts[other.act]) for other in row.alternatives]
            for other in row.alternatives:
                falls_back = self.one(self.numbers, other.falls_back)
                self.put(self.acts[other.act], ACT_FALLS_BACK=falls_back)
            self.put(
                address,
                STEP_INDEX=index,
                STEP_PATH=self.texts.number(row.path),
                STEP_WHEN=self.test(row.when),
                STEP_ACT=self.acts[row.act],
                STEP_NEXT=self.one(self.steps, row.next),
                STEP_ALTS=self.array(word for pair in alternatives for word in pair),
                STEP_N_ALTS=len(alternatives),
            )

    def _acts(self) -> None:
        for index, row in enumerate(self.plan.steps):
            for act in (row.act, *(other.act for other in row.alternatives)):
                self._act(self.acts[act], self.plan.acts[act], index, row.case_type)

    def _act(self, address: int, row: ActRow, step: int, case_type: int) -> None:
        milestones = self.milestones[case_type] if case_type != NONE else {}
        self.put(
            address,
            ACT_KIND=row.kind,
            ACT_PATH=self.texts.number(row.path),
            ACT_KEY=self.key(row.path),
            ACT_OUTCOME_KEY=self.key(row.outcome_path),
            ACT_ALTERNATIVE=self.texts.number(row.alternative),
            ACT_NEEDS=self._needs(row.needs),
            ACT_N_NEEDS=len(row.needs),
            ACT_N_PEOPLE=sum(need.n for need in row.needs),
            ACT_HAS_OWNER=any(need.is_owner for need in row.needs),
            ACT_WORK=self.one(self.numbers, row.work),
            ACT_AGAIN=self.one(self.numbers, row.work_again),
            ACT_AGAIN_SHARE=self.one(self.numbers, row.work_again_share),
            ACT_CLASS=row.account_class,
            ACT_CALENDAR=self.one(self.calendars, row.calendar),
            ACT_BATCH=self._batch(row) if row.batch_size else 0,
            ACT_BATCH_SIZE=row.batch_size,
            ACT_BATCH_EXACTLY=row.batch_exactly,
            ACT_BATCH_OR_AFTER=self.one(self.numbers, row.batch_or_after),
            ACT_WAIT=self.one(self.numbers, row.wait),
            ACT_WHY=self.texts.number(row.why),
            ACT_CALLS=self.array(self.calls[call] for call in row.calls),
            ACT_N_CALLS=len(row.calls),
            ACT_NAME=self.texts.number(row.name),
            ACT_MILESTONE_AT=milestones.get(row.name, 0),
            ACT_TAKES=self.array(self.environments[i] for i in row.takes),
            ACT_N_TAKES=len(row.takes),
            ACT_GIVES=self.array(self.environments[i] for i in row.gives_back),
            ACT_N_GIVES=len(row.gives_back),
            ACT_PATIENCE=self.patience(row.patience),
            ACT_OUTCOMES=self.outcomes(step, row.outcomes),
            ACT_N_OUTCOMES=len(row.outcomes),
            ACT_IS_ALONE=self._is_alone(row),
            ACT_IS_PLAIN=self._is_plain(row),
            ACT_IS_FIXED=self._are_fixed(row.outcomes),
            ACT_HAS_REST=any(outcome.p == NONE for outcome in row.outcomes),
        )
        if row.successor is not None:
            self.put(
                address,
                ACT_SUCCESSOR=self.case_types[row.successor.case_type],
                ACT_SUCCESSOR_P=self.one(self.numbers, row.successor.p),
                ACT_SUCCESSOR_AFTER=self.one(self.numbers, row.successor.after),
                ACT_SUCCESSOR_CALENDAR=self.one(self.calendars, row.successor.after_calendar),
            )

    def _is_alone(self, row: ActRow) -> bool:
        if len(row.needs) != 1:
            return False
        need = row.needs[0]
        return need.n == 1 and not need.is_owner and not self.plan.teams[need.team].unlimited

    def _is_plain(self, row: ActRow) -> bool:
        if not self._is_alone(row) or row.batch_size:
            return False
        team = self.plan.teams[row.needs[0].team]
        return (
            row.calendar == team.calendar
            and self._fixed_size(team) == team.max_size
            and team.focus == NONE
            and team.closing is Closing.SUSPEND
            and team.switching == team.slice == 0
        )

    def _are_fixed(self, rows: tuple[OutcomeRow, ...]) -> bool:
        return all(
            row.p == NONE
            or (self.plan.numbers[row.p].kind is NumberKind.CONSTANT and row.weaken == 1 and row.at_most < 0)
            for row in rows
        )

    def _needs(self, needs: tuple[Need, ...]) -> int:
        return self.array(
            word for need in needs for word in (self.teams[need.team], need.n, int(need.is_owner))
        )

    def _batch(self, row: ActRow) -> int:
        key = (row.definition, row.needs)
        if key not in self.batches:
            self.batches[key] = self.room(7)
        return self.batches[key]

    # -- lines, teams, environments

    def _lines_and_teams(self) -> None:
        """Ranks in the order of dispatch: flows with a limit, pools, teams that own, teams that work."""
        rank, initial = 0, []
        for index, (address, flow) in enumerate(zip(self.flows, self.plan.flows, strict=True)):
            self.put(address, FLOW_INDEX=index, FLOW_LIMIT=flow.limit)
            if flow.limit != NONE:
                rank += 1
                self.put(address, FLOW_LINE=self._line(rank, at.L_FLOW, address, f"flow {flow.name}"))
        for index, (address, row) in enumerate(zip(self.environments, self.plan.environments, strict=True)):
            self.put(address, ENV_INDEX=index, ENV_NAME=self.texts.number(row.name), ENV_POOL=row.pool)
            self.put(address, ENV_COST=self._asks(row.cost), ENV_LINGERS=self.one(self.numbers, row.lingers))
            if row.pool:
                rank += 1
                line = self._line(rank, at.L_POOL, address, f"pool {row.name}")
                self.put(address, ENV_LINE=line, ENV_UNITS=self.room(row.pool))
        for address, team in zip(self.teams, self.plan.teams, strict=True):
            if team.owns:
                rank += 1
                line = self._line(rank, at.L_OWNERS, address, f"owners {team.name}")
                self.put(address, TEAM_OWNERS=line, TEAM_OWNED=self.room(team.max_size + 1))
                for instant in team.size_changes:
                    initial += [instant, rank, at.I_LINE_CHANGED, line]
        for index in range(len(self.teams)):
            rank += 1
            self._team(index, rank)
            for instant in self.plan.teams[index].size_changes:
                initial += [instant, rank, at.I_TEAM_CHANGE, self.teams[index]]
        self.put(0, INITIAL=self.array([*initial, NONE]))

    def _asks(self, number: int) -> int:
        """The address of a number that may ask for traits, else 0."""
        waiting = [] if number == NONE else [number]
        while waiting:
            row = self.plan.numbers[waiting.pop()]
            if row.kind is NumberKind.BY_TRAIT:
                return self.numbers[number]
            waiting.extend(row.children)
        return 0

    def _line(self, rank: int, kind: int, of: int, name: str) -> int:
        address = self.room(at.LINE_SIZE)
        self.put(address, LINE_PEND=self._pend(rank, at.I_LINE, address))
        self.put(address, LINE_RANK=rank, LINE_KIND=kind, LINE_OF=of, LINE_NAME=self.texts.number(name))
        return address

    def _pend(self, rank: int, kind: int, of: int) -> int:
        address = self.room(at.PEND_SIZE)
        self.put(address, PEND_RANK=rank, PEND_KIND=kind, PEND_REF=of)
        return address

    def _team(self, index: int, rank: int) -> None:
        row, address = self.plan.teams[index], self.teams[index]
        n = 0 if row.unlimited else row.max_size
        size_class = max(MEMBERS_CLASS, (at.MEMBER_SIZE * n - 1).bit_length())
        members = self.room(1 << size_class)
        for i in range(n):
            self.put(members + at.MEMBER_SIZE * i, MEMBER_IS_FREE=1, MEMBER_LAST=NONE)
        self.put(
            address,
            TEAM_INDEX=index,
            TEAM_NAME=self.texts.number(row.name),
            TEAM_RANK=rank,
            TEAM_SIZE=self.one(self.numbers, row.size),
            TEAM_FIXED_SIZE=self._fixed_size(row),
            TEAM_CALENDAR=self.calendars[row.calendar],
            TEAM_UNLIMITED=row.unlimited,
            TEAM_FOCUS=self.one(self.numbers, row.focus),
            TEAM_CLOSING=row.closing,
            TEAM_ORDER=row.order,
            TEAM_SWITCHING=row.switching,
            TEAM_SLICE=row.slice,
            TEAM_OTHER_PRIORITY=self.one(self.numbers, row.other_priority),
            TEAM_N_FREE=n,
            TEAM_WAKES_AT=NONE,
            TEAM_MEMBERS=members,
            TEAM_N_MEMBERS=n,
            TEAM_MEMBERS_CLASS=size_class,
            TEAM_OWNS=row.owns,
            TEAM_PEND=self._pend(rank, at.I_TEAM, address),
        )

    def _fixed_size(self, row: TeamRow) -> int:
        """The size of a team that has the same one at all times."""
        if row.unlimited or self.plan.numbers[row.size].kind is not NumberKind.CONSTANT:
            return NONE
        return int(self.plan.numbers[row.size].value + at.ALMOST)

    # -- case types, sources

    def _case_types(self) -> None:
        for index, (address, row) in enumerate(zip(self.case_types, self.plan.case_types, strict=True)):
            self.put(
                address,
                TYPE_INDEX=index,
                TYPE_CALL=self.calls[row.call],
                TYPE_OWNER_TEAM=self.one(self.teams, row.owner_team),
                TYPE_PRIORITY=self.one(self.numbers, row.priority),
                TYPE_DUE=self.one(self.numbers, row.due),
                TYPE_PATIENCE=self.patience(row.patience),
                TYPE_VALUE=self.one(self.numbers, row.value),
                TYPE_POPULATION=row.population,
                TYPE_TRAITS=self.array(row.traits),
                TYPE_N_TRAITS=len(row.traits),
            )

    def _sources(self) -> None:
        for index, (address, row) in enumerate(zip(self.sources, self.plan.sources, strict=True)):
            self.put(
                address,
                SOURCE_INDEX=index,
                SOURCE_NAME=self.texts.number(row.name),
                SOURCE_TYPE=self.one(self.case_types, row.case_type),
                SOURCE_KIND=row.kind,
                SOURCE_TEAM=self.one(self.teams, row.team),
                SOURCE_ACT=self._other_act(row) if row.case_type == NONE else 0,
                SOURCE_INTERVAL=row.interval,
                SOURCE_CALENDAR=self.one(self.calendars, row.calendar),
                SOURCE_INSTANTS=self.array(row.instants),
                SOURCE_N_INSTANTS=len(row.instants),
                SOURCE_GIVEN=self.reals(value for case in row.given_traits for value in case),
                SOURCE_N_CASES=row.n_cases,
                SOURCE_STARTS=self.array(self.steps[step] for step in row.start_steps),
                SOURCE_N_STARTS=len(row.start_steps),
            )
            if row.curve is not None:
                curve = self.array([*row.curve.instants, *row.curve.ends])
                for values in (row.curve.rates, row.curve.end_rates, row.curve.cumulative):
                    self.reals(values)
                self.put(address, SOURCE_CURVE=curve, SOURCE_N_PIECES=len(row.curve.instants))

    def _other_act(self, row: SourceRow) -> int:
        """Everybody else's work for a team, as if it stood in a flow."""
        assert row.kind is not ArrivalKind.EVERY
        address = self.room(at.ACT_SIZE)
        self._act(address, act_of_other_work(self.plan, row), NONE, NONE)
        return address
