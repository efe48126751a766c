"""Figures of one replication against traces worked by hand."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest

from sim.calendars import merged
from sim.metrics import Measure, summarise
from sim.plan.arrays import (
    ActKind,
    ActRow,
    Alternative,
    ArrivalKind,
    CaseTypeRow,
    EnvironmentRow,
    FlowRow,
    Need,
    NumberKind,
    NumberRow,
    OutcomeRow,
    Plan,
    SourceRow,
    StepRow,
    Target,
    TargetKind,
    TeamRow,
)
from sim.records import (
    AccountClass,
    CaseRow,
    Facts,
    HoldRow,
    PassageRow,
    Span,
    SpanState,
    VisitRow,
    WorkRow,
)

H = 3_600_000
DAY = 24 * H
OFFICE, ALWAYS = 0, 1
DESK, EXPERTS = 0, 1
N_DAYS = 4


def a_plan(**changes: object) -> Plan:
    """Window: days 1 to 3, 24 business hours. Steps: `a` by the desk, `b` by both teams, `c` a wait."""
    office = merged([(d * DAY + 9 * H, d * DAY + 17 * H) for d in range(N_DAYS)])
    work = {"kind": ActKind.WORK, "calendar": OFFICE}
    plan = Plan(
        name="tiny",
        warm_up=DAY,
        end=N_DAYS * DAY,
        business=OFFICE,
        calendars=(office, merged([(0, N_DAYS * DAY)])),
        numbers=(
            NumberRow(NumberKind.CONSTANT, 1.0),
            NumberRow(NumberKind.STEPS, children=(3, 0), points=(0, 2 * DAY + 10 * H)),
            NumberRow(NumberKind.CONSTANT, 0.5),
            NumberRow(NumberKind.CONSTANT, 2.0),
        ),
        conditions=(),
        traits=(),
        teams=(
            TeamRow("desk", 0, 1, (), OFFICE, owns=3),
            TeamRow("experts", 0, 1, (), OFFICE),
        ),
        environments=(EnvironmentRow("sandbox", 0, pool=2),),
        flows=(FlowRow("whole"),),
        calls=(),
        steps=tuple(StepRow(f"case/{x}", x, 0, -1, i, -1) for i, x in enumerate("abc")),
        acts=(
            ActRow(**work, path="case/a", definition="a", needs=(Need(DESK),)),
            ActRow(**work, path="case/b", definition="b", needs=(Need(EXPERTS), Need(DESK))),
            ActRow(ActKind.WAIT, path="case/c", definition="c"),
        ),
        case_types=(CaseTypeRow("case", 0, (), owner_team=DESK, value_from="production"),),
        sources=(SourceRow("case", 0, ArrivalKind.RATE), SourceRow("case@b", 0, ArrivalKind.AT_START)),
    )
    return dataclasses.replace(plan, **changes)


def a_case(arrive: int, leave: int, outcome: str = "done", **changes: object) -> CaseRow:
    return CaseRow(0, 0, 1, 0, arrive, leave, outcome, False, -1, {}, 0.0)._replace(**changes)


def a_work(case: int, begin: int, end: int, team: int = DESK, step: int = 0, **changes: int) -> WorkRow:
    ms = changes.pop("ms", end - begin)
    row = WorkRow(case, step, team, 0, begin, end, OFFICE, AccountClass.VALUE_ADDING, 0, ms, ms, True)
    return row._replace(**changes)


def a_span(case: int, state: SpanState, begin: int, end: int, step: int = 0, **changes: int) -> Span:
    ms, account = (end - begin, AccountClass.VALUE_ADDING) if state == SpanState.WORK else (0, -1)
    return Span(case, 0, state, step, begin, end, OFFICE, account, 0, ms)._replace(**changes)


def figures(facts: Facts, plan: Plan | None = None) -> dict[tuple[str, str], float | None]:
    return {(m.of, m.metric): m.value for m in summarise(facts, plan or a_plan())}


def served_in_turn(arrivals: list[int], services: list[int]) -> Facts:
    """One server, first come first served, within one opening."""
    facts = Facts(0, 1, N_DAYS * DAY)
    free = 0
    for i, (arrive, service) in enumerate(zip(arrivals, services, strict=True)):
        start, free = max(arrive, free), max(arrive, free) + service
        facts.cases.append(a_case(arrive, free, number=i + 1, owner=0))
        facts.spans.append(a_span(i, SpanState.QUEUE, arrive, start))
        facts.spans.append(a_span(i, SpanState.WORK, start, free))
        facts.works.append(a_work(i, start, free))
        facts.visits.append(VisitRow(i, 0, 1, arrive, free, False))
        facts.passages.append(PassageRow(i, 0, 0, arrive, free, "done"))
    return facts


@pytest.fixture
def trace() -> Facts:
    # arrivals 9, 10, 11; services 2 h, 3 h, 1 h: starts 9, 11, 14; ends 11, 14, 15; waits 0, 1, 3 h
    return served_in_turn([DAY + h * H for h in (9, 10, 11)], [2 * H, 3 * H, H])


def test_a_single_server_trace_gives_the_waits_worked_out_by_hand(trace: Facts) -> None:
    got = figures(trace)
    expected = {
        ("case", "cases"): 3,
        ("case/a", "wait"): 4 / 3,
        ("case/a", "queue_length"): 4 / 24,
        ("case/a", "work_time"): 2,
        ("case/a", "visits"): 1,
        ("desk", "utilisation"): 25,
        ("desk", "wait"): 4 / 3,
        ("desk", "queue_length"): 4 / 24,
        ("desk", "busy_hours"): 6,
        ("desk", "overtime_hours"): 0,
        ("case", "visits"): 1,
        ("case", "hand_overs"): 0,
        ("case", "touch_time"): 2,
    }
    assert {key: got[key] for key in expected} == pytest.approx(expected)


def test_time_averages_obey_littles_law(trace: Facts) -> None:
    got = {(m.kind, m.metric): m.value for m in summarise(trace, a_plan())}
    for kind in ("case", "flow"):
        wip, rate, lead = (got[kind, name] for name in ("wip", "throughput", "lead_time"))
        assert wip is not None and rate is not None and lead is not None
        assert wip == pytest.approx(rate * lead)
    wait, rate = figures(trace)["case/a", "wait"], got["case", "throughput"]
    assert wait is not None and rate is not None
    assert figures(trace)["case/a", "queue_length"] == pytest.approx(rate * wait)


def test_process_efficiency_is_a_ratio_of_sums(trace: Facts) -> None:
    got = figures(trace)
    assert got["case", "lead_time"] == pytest.approx(10 / 3)
    assert got["case", "process_efficiency"] == pytest.approx(60)
    assert got["case", "value_adding_time"] == pytest.approx(2)
    assert got["case", "time_person_busy"] == pytest.approx(4 / 3)
    assert got["case", "touch_over_elapsed"] == pytest.approx(60)
    assert got["case", "lead_time_p50"] == pytest.approx(4)


def test_the_classes_together_are_the_lead_time(trace: Facts) -> None:
    got = figures(trace)
    parts = [got["case", f"time_{each.name.lower()}"] or 0.0 for each in AccountClass]
    assert sum(parts) == pytest.approx(got["case", "lead_time"])


def test_wip_counts_only_the_part_of_a_case_in_the_window() -> None:
    facts = Facts(0, 1, N_DAYS * DAY, [a_case(9 * H, DAY + 13 * H), a_case(3 * DAY + 9 * H, -1)])
    facts.spans += [
        a_span(0, SpanState.OUTSIDE, 9 * H, DAY + 13 * H),
        a_span(1, SpanState.OUTSIDE, 3 * DAY + 9 * H, 4 * DAY),
    ]
    got = figures(facts)
    assert got["case", "wip"] == pytest.approx((4 + 8) / 24)
    assert got["case", "throughput"] == pytest.approx(1 / 24)
    assert got["case", "lead_time"] == pytest.approx(12)
    assert got["case", "elapsed_lead_time"] == pytest.approx(28)
    assert (got["case", "open_cases"], got["case", "open_age"]) == (1, 8)
    assert got["case", "open_share"] == 50  # one is open, one left in the window


def test_cases_that_leave_in_the_warm_up_or_started_with_are_in_no_case_statistic() -> None:
    cases = [a_case(9 * H, 10 * H), a_case(0, DAY + 10 * H, source=1)]
    facts = Facts(0, 1, N_DAYS * DAY, cases)
    facts.spans += [
        a_span(0, SpanState.OUTSIDE, 9 * H, 10 * H),
        a_span(1, SpanState.OUTSIDE, 0, DAY + 10 * H),
    ]
    got = figures(facts)
    assert got["case", "cases"] == 0
    assert got["case", "lead_time"] is got["case", "process_efficiency"] is None
    assert got["case", "wip"] == pytest.approx(1 / 24)
    assert got["case", "throughput"] == pytest.approx(1 / 24)


def test_outcomes_milestones_and_patience_are_shares_of_the_leaving_cases() -> None:
    leave = DAY + 10 * H
    facts = Facts(0, 1, N_DAYS * DAY)
    facts.cases += [
        a_case(DAY + 9 * H, leave, "won", milestones={"production": leave}),
        a_case(DAY + 9 * H, leave, "won"),
        a_case(DAY + 9 * H, leave, "won"),
        a_case(DAY + 9 * H, leave, "abandoned", by_patience=True),
    ]
    facts.spans += [a_span(i, SpanState.OUTSIDE, DAY + 9 * H, leave) for i in range(4)]
    got = figures(facts)
    assert got["case:won", "outcome_share"] == 75
    assert got["case:abandoned", "outcome_share"] == 25
    assert got["case:won", "lead_time"] == 1
    assert (got["case", "abandonment"], got["case", "share_in_production"]) == (25, 25)


def test_an_outcome_that_no_case_had_has_a_share_of_nought(trace: Facts) -> None:
    plan = a_plan()
    outcomes = (
        OutcomeRow("bad", 0, Target(TargetKind.END, name="lost")),
        OutcomeRow("good", -1, Target(TargetKind.NEXT)),
    )
    act = dataclasses.replace(plan.acts[2], outcomes=outcomes)
    got = figures(trace, dataclasses.replace(plan, acts=(*plan.acts[:2], act)))
    assert (got["case:lost", "outcome_share"], got["case:lost", "lead_time"]) == (0, None)
    assert got["case:done", "outcome_share"] == 100


def joint_work() -> Facts:
    """Desk 9-10, joint queue 10-11, joint work 11-13, desk again 13-14 as rework; sent back once."""
    at = [DAY + h * H for h in (9, 10, 11, 13, 14)]
    facts = Facts(0, 1, N_DAYS * DAY, [a_case(at[0], at[4], owner=0)])
    states = (SpanState.WORK, SpanState.QUEUE_TOGETHER, SpanState.WORK, SpanState.WORK)
    for (a, b), state, step in zip(pairwise(at), states, (0, 1, 1, 0), strict=True):
        facts.spans.append(a_span(0, state, a, b, step))
    facts.works += [
        a_work(0, at[0], at[1]),
        a_work(0, at[2], at[3], EXPERTS, 1),
        a_work(0, at[2], at[3], DESK, 1),
        a_work(0, at[3], at[4], account_class=AccountClass.REWORK),
    ]
    facts.visits += [
        VisitRow(0, 0, 1, at[0], at[1], True),
        VisitRow(0, 1, 1, at[1], at[3], False),
        VisitRow(0, 0, 2, at[3], at[4], False),
    ]
    return facts


def test_joint_work_stands_in_the_queue_of_each_of_its_teams() -> None:
    got = figures(joint_work())
    assert got["desk", "queue_length"] == got["experts", "queue_length"] == pytest.approx(1 / 24)
    assert got["experts", "wait"] == 1
    assert got["desk", "wait"] == pytest.approx(1 / 3)


def test_joint_work_is_one_hand_over_there_and_one_back_and_touches_two_people() -> None:
    got = figures(joint_work())
    assert got["case", "hand_overs"] == 2
    assert got["case", "touch_time"] == 6


def test_a_visit_that_is_sent_back_is_not_complete_and_accurate() -> None:
    got = figures(joint_work())
    assert got["case/a", "complete_and_accurate"] == 50
    assert got["case/b", "complete_and_accurate"] == 100
    assert got["case/c", "complete_and_accurate"] is None


def test_the_shares_of_owners_time_sum_to_their_open_time() -> None:
    facts = joint_work()
    facts.works.append(a_work(-1, 2 * DAY + 9 * H, 2 * DAY + 12 * H, account_class=AccountClass.NECESSARY))
    got = {m.metric: m.value or 0.0 for m in summarise(facts, a_plan()) if m.kind == "owner"}
    assert sum(got.values()) == pytest.approx(100)
    assert got["owner_time_value_adding"] == pytest.approx(300 / 24)
    assert got["owner_time_rework"] == pytest.approx(100 / 24)
    assert got["owner_time_other_work"] == pytest.approx(300 / 24)
    assert got["owner_time_idle_while_a_case_waits"] == pytest.approx(100 / 24)


def test_a_case_without_an_owner_yet_does_not_wait_for_its_later_owner() -> None:
    at = [DAY + h * H for h in (9, 12, 14)]
    facts = Facts(0, 1, N_DAYS * DAY, [a_case(at[0], at[2], owner=0)])
    facts.spans += [
        a_span(0, SpanState.LIMIT, at[0], at[1], -1),
        a_span(0, SpanState.OUTSIDE, at[1], at[2], 2),
    ]
    got = figures(facts)
    assert got["desk", "owner_time_idle_while_a_case_waits"] == pytest.approx(200 / 24)
    assert got["desk", "owner_time_idle"] == pytest.approx(2200 / 24)


def test_other_work_and_switching_are_busy_but_interruptions_are_not() -> None:
    plan = a_plan()
    desk = dataclasses.replace(plan.teams[0], focus=2)
    facts = Facts(0, 1, N_DAYS * DAY)
    # 1 h switching and 2 h of work at half focus take 6 h
    facts.works.append(a_work(-1, DAY + 9 * H, DAY + 15 * H, ms=2 * H, switching=H))
    got = figures(facts, dataclasses.replace(plan, teams=(desk, plan.teams[1])))
    assert got["desk", "busy_hours"] == 3
    assert got["desk", "utilisation"] == pytest.approx(300 / 12)
    assert got["desk", "owner_time_interrupted"] == pytest.approx(300 / 24)


def test_a_leaving_member_is_capacity_until_the_begun_work_is_done() -> None:
    """Size 2 to 1 on day 2 at 10:00, both busy until 12:00: that day has 8 h + 3 h."""
    plan = a_plan(warm_up=2 * DAY, end=3 * DAY)
    desk = dataclasses.replace(plan.teams[0], size=1, max_size=2, size_changes=(2 * DAY + 10 * H,))
    facts = Facts(0, 1, 3 * DAY)
    for member in (0, 1):
        facts.works.append(a_work(-1, 2 * DAY + 9 * H, 2 * DAY + 12 * H, member=member))
    got = figures(facts, dataclasses.replace(plan, teams=(desk, plan.teams[1])))
    assert got["desk", "utilisation"] == pytest.approx(600 / 11)


def test_work_beyond_the_shift_is_overtime_and_not_in_utilisation() -> None:
    facts = Facts(0, 1, N_DAYS * DAY)
    facts.works.append(a_work(-1, DAY + 16 * H, DAY + 19 * H, calendar=-1))
    got = figures(facts)
    assert (got["desk", "busy_hours"], got["desk", "overtime_hours"]) == (1, 2)


def test_only_work_in_the_window_is_busy_time() -> None:
    facts = Facts(0, 1, N_DAYS * DAY)
    facts.works.append(a_work(-1, 16 * H, DAY + 10 * H, ms=2 * H))
    assert figures(facts)["desk", "busy_hours"] == 1


def test_a_team_without_limit_has_hours_but_no_utilisation() -> None:
    plan = a_plan()
    desk = TeamRow("desk", -1, 0, (), ALWAYS, unlimited=True)
    facts = Facts(0, 1, N_DAYS * DAY, works=[a_work(-1, DAY + 9 * H, DAY + 10 * H)])
    got = figures(facts, dataclasses.replace(plan, teams=(desk, plan.teams[1])))
    assert (got["desk", "utilisation"], got["desk", "busy_hours"]) == (None, 1)


def test_where_a_step_has_alternatives_the_team_that_did_the_work_had_the_queue(trace: Facts) -> None:
    plan = a_plan()
    varied = dataclasses.replace(plan.steps[0], alternatives=(Alternative(-1, 1, -1),))
    trace.works[:] = [row._replace(team=EXPERTS) for row in trace.works]
    got = figures(trace, dataclasses.replace(plan, steps=(varied, *plan.steps[1:])))
    assert got["experts", "wait"] == pytest.approx(4 / 3)
    assert got["desk", "wait"] is None


def test_an_environment_is_held_by_the_clock() -> None:
    facts = Facts(0, 1, N_DAYS * DAY, [a_case(0, -1)], [a_span(0, SpanState.OUTSIDE, 0, N_DAYS * DAY)])
    facts.holds.append(HoldRow(0, 0, 0, 0, 2 * DAY))
    got = figures(facts)
    assert got["sandbox", "held_hours"] == 24
    assert got["sandbox", "utilisation"] == pytest.approx(100 / 6)


def test_passages_have_the_account_of_their_stretch_of_the_case(trace: Facts) -> None:
    trace.passages[:] = [PassageRow(1, 0, 0, DAY + 10 * H, DAY + 12 * H, "done")]
    got = {m.metric: m.value for m in summarise(trace, a_plan()) if m.kind == "flow"}
    assert (got["passages"], got["lead_time"], got["process_efficiency"]) == (1, 2, 50)
    assert got["time_person_busy"] == 1


def test_passages_that_are_still_inside_are_a_share_of_those_and_of_those_that_left(trace: Facts) -> None:
    trace.passages.append(PassageRow(2, 0, 0, DAY + 14 * H, -1, ""))
    got = {m.metric: m.value for m in summarise(trace, a_plan()) if m.kind == "flow"}
    assert (got["passages"], got["open_share"]) == (3, 25)


def test_the_lead_time_of_a_step_is_from_entering_to_completing_it(trace: Facts) -> None:
    trace.visits.append(VisitRow(2, 0, 2, DAY + 15 * H, -1, False))  # never completed: not in the mean
    assert figures(trace)["case/a", "lead_time"] == pytest.approx((2 + 4 + 4) / 3)


def test_an_empty_run_has_figures_that_are_not_defined() -> None:
    got = summarise(Facts(0, 1, N_DAYS * DAY), a_plan())
    assert all(isinstance(m, Measure) for m in got)
    assert figures(Facts(0, 1, N_DAYS * DAY))["case", "lead_time"] is None
