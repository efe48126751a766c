"""Accounts against the hand-worked cases of the semantics, precedence, and conservation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.calendars import Calendar, merged
from sim.errors import EngineError
from sim.metrics.accounts import classify, classify_window, classify_windows, make_tiles
from sim.plan.arrays import ArrivalKind, Plan, SourceRow
from sim.records import AccountClass, CaseRow, Facts, Span, SpanState

H = 3_600_000
DAY = 24 * H
OFFICE = 0
EVENING = 1
N_DAYS = 10


def daily(first: int, last: int) -> Calendar:
    """Open every day of the run from one hour to another."""
    return merged([(d * DAY + first * H, d * DAY + last * H) for d in range(N_DAYS)])


def a_plan() -> Plan:
    nothing: tuple[()] = ()
    office = daily(9, 17)
    return Plan(
        name="tiny",
        warm_up=0,
        end=N_DAYS * DAY,
        business=OFFICE,
        calendars=(office, daily(20, 22), merged([(0, N_DAYS * DAY)]), daily(13, 15)),
        numbers=nothing,
        conditions=nothing,
        traits=nothing,
        teams=nothing,
        environments=nothing,
        flows=nothing,
        calls=nothing,
        steps=nothing,
        acts=nothing,
        case_types=nothing,
        sources=(SourceRow("ticket", 0, ArrivalKind.RATE),),
    )


def a_case(arrive: int, leave: int) -> CaseRow:
    return CaseRow(0, 0, 1, 0, arrive, leave, "done", False, -1, {}, 0.0)


def a_span(
    state: SpanState, begin: int, end: int, calendar: int = OFFICE, *, case: int = 0, token: int = 0,
    account_class: int = -1, switching: int = 0, ms: int = 0,
) -> Span:  # fmt: skip
    return Span(case, token, state, 0, begin, end, calendar, account_class, switching, ms)


def some_work(
    begin: int, end: int, ms: int, account_class: int = AccountClass.VALUE_ADDING, **more: int
) -> Span:
    calendar = more.pop("calendar", OFFICE)
    return a_span(SpanState.WORK, begin, end, calendar, account_class=account_class, ms=ms, **more)


def some_facts(spans: list[Span], *cases: tuple[int, int]) -> Facts:
    return Facts(0, 1, N_DAYS * DAY, [a_case(*case) for case in cases], spans)


def hours(row: np.ndarray) -> dict[str, float]:
    return {AccountClass(i).name: ms / H for i, ms in enumerate(row) if ms}


def account_of(spans: list[Span], arrive: int, leave: int) -> dict[str, float]:
    return hours(classify(some_facts(spans, (arrive, leave)), a_plan())[0])


def test_the_night_between_two_steps_is_in_no_class() -> None:
    spans = [
        some_work(9 * H, 17 * H, 8 * H),
        a_span(SpanState.QUEUE, 17 * H, DAY + 9 * H),
        some_work(DAY + 9 * H, DAY + 10 * H, H),
    ]
    assert account_of(spans, 9 * H, DAY + 10 * H) == {"VALUE_ADDING": 9}


def test_focus_of_half_makes_half_of_the_working_time_interrupted() -> None:
    account = account_of([some_work(9 * H, 17 * H, 4 * H)], 9 * H, 17 * H)
    assert account == {"VALUE_ADDING": 4, "INTERRUPTED": 4}


def test_the_branch_that_waits_for_its_shift_counts_only_after_the_other_branch_is_done() -> None:
    spans = [
        some_work(9 * H, 11 * H, 2 * H, token=1),
        a_span(SpanState.QUEUE, 9 * H, 20 * H, EVENING, token=2),
        some_work(20 * H, 22 * H, 2 * H, token=2, calendar=EVENING),
    ]
    assert account_of(spans, 9 * H, 22 * H) == {"VALUE_ADDING": 2, "PERSON_OFF_SHIFT": 6}


def test_a_second_review_is_rework_and_the_wait_for_approval_stays_outside() -> None:
    spans = [
        some_work(9 * H, 10 * H, H),
        a_span(SpanState.OUTSIDE, 10 * H, 12 * H, -1),
        some_work(12 * H, 13 * H, H, AccountClass.NECESSARY),
        some_work(13 * H, 14 * H, H, AccountClass.REWORK),
        a_span(SpanState.OUTSIDE, 14 * H, 16 * H, -1),
        some_work(16 * H, 17 * H, H, AccountClass.REWORK),
    ]
    expected = {"VALUE_ADDING": 1, "NECESSARY": 1, "REWORK": 2, "OUTSIDE": 4}
    assert account_of(spans, 9 * H, 17 * H) == expected


def test_switching_comes_before_the_work_and_adds_nothing() -> None:
    spans = [some_work(16 * H, DAY + 11 * H, 2 * H, switching=H)]
    assert account_of(spans, 16 * H, DAY + 11 * H) == {"NON_ADDING": 1, "VALUE_ADDING": 2}


def test_work_is_interrupted_while_its_own_calendar_is_closed_in_business_hours() -> None:
    spans = [some_work(13 * H, DAY + 14 * H, 3 * H, calendar=3)]
    expected = {"VALUE_ADDING": 3, "INTERRUPTED": 2 + 4}
    assert account_of(spans, 13 * H, DAY + 14 * H) == expected


def test_under_fit_it_is_off_shift_when_it_is_too_late_to_start() -> None:
    spans = [a_span(SpanState.QUEUE, 12 * H, 17 * H, ms=3 * H)]
    row = classify(some_facts(spans, (12 * H, 17 * H)), a_plan())[0]
    # [9:00, 17:00 - 3 h + 1 ms): what fits exactly may still start
    assert row[AccountClass.PERSON_BUSY] == 2 * H + 1
    assert row[AccountClass.PERSON_OFF_SHIFT] == 3 * H - 1


def test_other_states_have_one_class() -> None:
    states = [SpanState.PAUSED, SpanState.BATCH, SpanState.DATE, SpanState.LIMIT, SpanState.QUEUE_TOGETHER]
    spans = [a_span(state, (9 + i) * H, (10 + i) * H) for i, state in enumerate(states)]
    expected = {"INTERRUPTED": 1, "PEOPLE_TOGETHER": 1, "BATCH_OR_DATE": 2, "LIMIT_OR_OWNER": 1}
    assert account_of(spans, 9 * H, 14 * H) == expected


def test_of_parallel_branches_the_smallest_class_counts_at_each_instant() -> None:
    spans = [
        a_span(SpanState.OUTSIDE, 9 * H, 17 * H, -1, token=1),
        a_span(SpanState.LIMIT, 9 * H, 12 * H, token=2),
        some_work(12 * H, 14 * H, 2 * H, AccountClass.NECESSARY, token=2),
        some_work(13 * H, 16 * H, 2 * H, token=3),
    ]
    expected = {"LIMIT_OR_OWNER": 3, "NECESSARY": 1, "VALUE_ADDING": 2, "INTERRUPTED": 1, "OUTSIDE": 1}
    assert account_of(spans, 9 * H, 17 * H) == expected


def test_a_hole_in_the_spans_is_an_engine_error() -> None:
    with pytest.raises(EngineError, match="sums to"):
        account_of([some_work(9 * H, 10 * H, H)], 9 * H, 11 * H)


def test_an_open_case_is_accounted_to_the_end_of_the_run() -> None:
    assert account_of([a_span(SpanState.QUEUE, 9 * H, N_DAYS * DAY)], 9 * H, -1) == {"PERSON_BUSY": 80}


def test_a_stretch_of_a_case_has_its_own_account() -> None:
    facts = some_facts([some_work(9 * H, 17 * H, 4 * H)], (9 * H, 17 * H))
    window = classify_window(facts, a_plan(), 0, 12 * H, 15 * H)
    assert hours(window) == {"VALUE_ADDING": 1, "INTERRUPTED": 2}


def test_a_run_without_cases_has_an_empty_account() -> None:
    assert classify(some_facts([]), a_plan()).shape == (0, 11)


@st.composite
def chains(draw: st.DrawFn, case: int, token: int, begin: int, end: int) -> list[Span]:
    """Spans without a hole from one instant to another."""
    cuts = draw(st.lists(st.integers(begin, end), max_size=5))
    edges = sorted({begin, end, *cuts})
    spans = []
    for a, b in pairwise(edges):
        state = draw(st.sampled_from(SpanState))
        calendar = draw(st.sampled_from((-1, 0, 1, 2, 3)))
        ms = draw(st.sampled_from((0, H, 5 * H, 9 * H, 40 * H)))
        spans.append(
            a_span(state, a, b, calendar, case=case, token=token, ms=ms,
                   switching=draw(st.sampled_from((0, H))), account_class=draw(st.integers(0, 3)))
        )  # fmt: skip
    return spans


@st.composite
def runs(draw: st.DrawFn) -> Facts:
    """Cases of a first part alone, a second in parallel branches, a third alone again."""
    facts = some_facts([])
    for case in range(draw(st.integers(1, 3))):
        edges = sorted(draw(st.lists(st.integers(0, N_DAYS * DAY), min_size=4, max_size=4)))
        facts.cases.append(a_case(edges[0], edges[3]))
        facts.spans += draw(chains(case, 0, edges[0], edges[1]))
        for token in range(1, draw(st.integers(2, 4))):
            facts.spans += draw(chains(case, token, edges[1], edges[2]))
        facts.spans += draw(chains(case, 0, edges[2], edges[3]))
    return facts


@settings(max_examples=150, deadline=None)
@given(runs(), st.integers(0, N_DAYS * DAY))
def test_accounts_sum_to_the_lead_time_and_the_parts_to_the_whole(facts: Facts, cut: int) -> None:
    plan = a_plan()
    account = classify(facts, plan)  # raises unless the sums are exact
    tiles = make_tiles(facts, plan)
    cases = np.arange(len(facts.cases))
    arrive, leave = (np.array([getattr(c, x) for c in facts.cases]) for x in ("arrive", "leave"))
    middle = np.clip(cut, arrive, leave)
    before = classify_windows(tiles, plan, cases, arrive, middle)
    after = classify_windows(tiles, plan, cases, middle, leave)
    assert np.array_equal(before + after, account)


@settings(max_examples=100, deadline=None)
@given(runs())
def test_accounts_agree_with_asking_calendar_by_calendar(facts: Facts) -> None:
    plan = a_plan()
    expected = np.zeros((len(facts.cases), 11), dtype=np.int64)
    edges = {t for span in facts.spans for t in _edges_of(span, plan)}
    instants = sorted(t for t in edges if 0 <= t <= N_DAYS * DAY)
    business = plan.calendars[OFFICE]
    for a, b in pairwise(instants):
        for case in range(len(facts.cases)):
            here = [s for s in facts.spans if s.case == case and s.begin <= a < s.end]
            if here:
                best = min(_class_at(span, plan, a) for span in here)
                expected[case, best] += business.open_between(a, b)
    assert np.array_equal(classify(facts, plan), expected)


def _edges_of(span: Span, plan: Plan) -> list[int]:
    edges = [span.begin, span.end]
    if span.calendar >= 0:
        calendar = plan.calendars[span.calendar]
        if span.state in (SpanState.QUEUE, SpanState.QUEUE_TOGETHER) and span.ms:
            calendar = calendar.shrunk(span.ms)
        edges += [*calendar.opens.tolist(), *calendar.closes.tolist()]
    if span.state == SpanState.WORK:
        edges += [_add(span, plan, span.switching), _add(span, plan, span.switching + span.ms)]
    return edges


def _add(span: Span, plan: Plan, ms: int) -> int:
    return span.begin + ms if span.calendar < 0 else plan.calendars[span.calendar].add(span.begin, ms)


def _class_at(span: Span, plan: Plan, t: int) -> int:
    calendar = plan.calendars[span.calendar] if span.calendar >= 0 else plan.calendars[2]
    if span.state == SpanState.WORK:
        if t >= _add(span, plan, span.switching + span.ms) or not calendar.is_open(t):
            return AccountClass.INTERRUPTED
        return AccountClass.NON_ADDING if t < _add(span, plan, span.switching) else span.account_class
    if span.state in (SpanState.QUEUE, SpanState.QUEUE_TOGETHER):
        shrunk = calendar.shrunk(span.ms) if span.ms and span.calendar >= 0 else calendar
        if not shrunk.is_open(t):
            return AccountClass.PERSON_OFF_SHIFT
        return AccountClass.PERSON_BUSY if span.state == SpanState.QUEUE else AccountClass.PEOPLE_TOGETHER
    return {
        SpanState.PAUSED: AccountClass.INTERRUPTED,
        SpanState.BATCH: AccountClass.BATCH_OR_DATE,
        SpanState.DATE: AccountClass.BATCH_OR_DATE,
        SpanState.LIMIT: AccountClass.LIMIT_OR_OWNER,
        SpanState.OUTSIDE: AccountClass.OUTSIDE,
    }[span.state]
