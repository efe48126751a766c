"""Writes down what happens: the event log and the facts of a replication. Decides nothing."""

from __future__ import annotations

import math

from sim.engines.simpy_engine.case import Case, Token
from sim.engines.simpy_engine.clock import Clock
from sim.plan.arrays import NONE, Plan
from sim.records import CaseRow, Event, Facts, HoldRow, PassageRow, Span, SpanState, VisitRow, WorkRow

NO_CASE = CaseRow(0, 0, 0, 0, 0, NONE, "", False, NONE, {}, 0.0)


class Recorder:
    """The pen of one replication."""

    def __init__(self, clock: Clock, plan: Plan, facts: Facts, keep_log: bool) -> None:
        self.clock = clock
        self.plan = plan
        self.facts = facts
        self.keep_log = keep_log
        self.open_cases: dict[int, Case] = {}
        self.cases: list[CaseRow] = []
        self.spans: list[Span] = []
        self.works: list[WorkRow] = []
        self.visits: list[VisitRow] = []
        self.passages: list[PassageRow] = []
        self.holds: list[HoldRow] = []
        self.events: list[tuple[object, ...]] = []
        facts.cases, facts.spans, facts.works, facts.visits = self.cases, self.spans, self.works, self.visits
        facts.passages, facts.holds, facts.events = self.passages, self.holds, self.events

    def log(
        self,
        case: Case,
        event: Event,
        *,
        token: int = 0,
        path: str = "",
        visit: int = 0,
        team: str = "",
        member: int = 0,
        batch: int = 0,
        ms: int = 0,
        info: str = "",
    ) -> None:
        if not self.keep_log:
            return
        case.n_rows += 1
        self.events.append(
            (
                self.facts.replication,
                int(self.clock.now),
                case.source_name,
                case.number,
                case.generation,
                case.n_rows,
                token,
                path,
                visit,
                event.value,
                team,
                member,
                batch,
                ms,
                info,
            )
        )

    # -- cases

    def open_case(self, case: Case) -> None:
        case.index = len(self.cases)
        self.cases.append(NO_CASE)
        self.open_cases[case.index] = case

    def close_case(self, case: Case, leave: int, outcome: str, by_patience: bool) -> None:
        del self.open_cases[case.index]
        self.cases[case.index] = CaseRow(
            case.source,
            case.type_index,
            case.number,
            case.generation,
            case.arrive,
            leave,
            outcome,
            by_patience,
            case.owner,
            case.milestones,
            case.value or 0.0,
            _traits(case),
        )

    # -- tokens

    def begin_span(
        self,
        token: Token,
        state: SpanState,
        step: int,
        calendar: int = NONE,
        account_class: int = NONE,
        switching: int = 0,
        ms: int = 0,
    ) -> None:
        """The token is in this state from now on."""
        self.end_span(token)
        token.span = (state, step, int(self.clock.now), calendar, account_class, switching, ms)

    def end_span(self, token: Token) -> None:
        if token.span is None:
            return
        state, step, begin, calendar, account_class, switching, ms = token.span
        token.span = None
        now = int(self.clock.now)
        if now > begin:
            self.spans.append(
                Span(
                    token.case.index,
                    token.number,
                    SpanState(state),
                    step,
                    begin,
                    now,
                    calendar,
                    account_class,
                    switching,
                    ms,
                )
            )

    def enter_step(self, token: Token, step: int, visit: int) -> None:
        case = token.case
        case.open_visits.setdefault(step, []).append(len(self.visits))
        self.visits.append(VisitRow(case.index, step, visit, int(self.clock.now), NONE, False))

    def complete_step(self, token: Token, step: int) -> None:
        row = token.case.open_visits[step][-1]
        self.visits[row] = self.visits[row]._replace(complete=int(self.clock.now))

    def send_back(self, case: Case, step: int) -> None:
        """A `go_to` names this step: what was completed there was not accurate."""
        for row in case.open_visits.pop(step, ()):
            if self.visits[row].complete != NONE:
                self.visits[row] = self.visits[row]._replace(sent_back=True)

    def enter_flow(self, token: Token, flow: int) -> int:
        self.passages.append(PassageRow(token.case.index, token.number, flow, int(self.clock.now), NONE, ""))
        return len(self.passages) - 1

    def leave_flow(self, row: int, outcome: str) -> None:
        self.passages[row] = self.passages[row]._replace(leave=int(self.clock.now), outcome=outcome)

    def work(self, row: WorkRow) -> None:
        self.works.append(row)

    def hold(self, case: Case, environment: int, unit: int, begin: int, end: int) -> None:
        self.holds.append(HoldRow(case.index, environment, unit, begin, min(end, self.plan.end)))


def _traits(case: Case) -> tuple[float, ...]:
    """What the traits of the case's type turned out to be; NaN: never asked."""
    return () if case.type is None else tuple(case.traits.get(trait, math.nan) for trait in case.type.traits)
