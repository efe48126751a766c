"""From a scenario to its plan: paths, targets, alternatives, needs, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from ruamel.yaml import YAML

from sim.errors import PlanError, ScenarioError
from sim.plan import compile_plan
from sim.plan.arrays import (
    NONE,
    ActKind,
    ActRow,
    ArrivalKind,
    NumberKind,
    OutcomeRow,
    Plan,
    SourceRow,
    StepRow,
    TargetKind,
    TeamRow,
)
from sim.records import AccountClass
from sim.scenario.load import load
from sim.scenario.schema import Flow

HOUR = 3_600_000
DAY = 24 * HOUR
OPEN_DAY = 8 * HOUR
MONTH = 2_629_800_000

HEAD = """
clock: {start: 2027-01-04, horizon: 2 months, warm_up: 1 months}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
  late:   {days: Mon-Fri, hours: 13:00-21:00}
  board:  {days: Tue, every: 2 weeks, from: 2027-01-05, hours: 14:00-16:00}
teams:
  desk:    {size: 2, cost: 50 per hour}
  experts: {size: 3, owns: 2, switching: 20 min, slice: 1 d}
  night:   {size: 1, calendar: late}
"""

Build = Callable[[str], Plan]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """The plan of a scenario: the head above and what the test adds."""

    def build(text: str) -> Plan:
        path = tmp_path / "scenario.yaml"
        path.write_text(HEAD + dedent(text), encoding="utf-8")
        return compile_plan(load(path))

    return build


def step_at(plan: Plan, path: str) -> StepRow:
    return next(step for step in plan.steps if step.path == path)


def act_at(plan: Plan, path: str) -> ActRow:
    return next(act for act in plan.acts if act.path == path)


def outcome_at(plan: Plan, path: str, name: str) -> OutcomeRow:
    return next(outcome for outcome in act_at(plan, path).outcomes if outcome.name == name)


def team_called(plan: Plan, name: str) -> TeamRow:
    return next(team for team in plan.teams if team.name == name)


def source_called(plan: Plan, name: str) -> SourceRow:
    return next(source for source in plan.sources if source.name == name)


NESTED = """
cases:
  idea: {arrive: {rate: 2 per d}, owner: experts, flow: main}
flows:
  main:
    steps:
      ask: {team: owner, work: 1 h}
      prepare:
        flow: get_data
        then: {wrong: {go_to: ask}, ready: rest}
      both: {parallel: {data: get_data_quietly, talk: {team: desk, work: 30 min}}}
      check:
        team: desk
        work: 2 h
        adds: necessary
        then: {again: {p: 20%, do: explain, weaken: 50%, at_most: 3}, good: rest}
      finish: {end: done_well}
  get_data:
    steps:
      copy: {team: night, with: desk, work: 1 h, then: {bad: {p: 10%, leave: wrong}, good: rest}}
  get_data_quietly:
    steps:
      load: {wait: 1 d, why: robot}
  explain:
    steps:
      answer: {team: owner, work: 15 min, adds: nothing}
"""


def test_a_path_is_made_of_case_type_calling_steps_branches_and_own_name(build: Build) -> None:
    assert sorted(step.path for step in build(NESTED).steps) == [
        "idea/ask",
        "idea/both",
        "idea/both/data",
        "idea/both/data/load",
        "idea/both/talk",
        "idea/check",
        "idea/check/again/answer",
        "idea/finish",
        "idea/prepare",
        "idea/prepare/copy",
    ]


def test_steps_follow_each_other_in_the_order_of_their_flow(build: Build) -> None:
    plan = build(NESTED)
    step, names = plan.steps[plan.calls[plan.case_types[0].call].first], []
    while True:
        names.append(step.name)
        if step.next == NONE:
            break
        step = plan.steps[step.next]
    assert names == ["ask", "prepare", "both", "check", "finish"]


def test_go_to_leads_to_the_step_of_the_same_flow(build: Build) -> None:
    plan = build(NESTED)
    target = outcome_at(plan, "idea/prepare", "wrong").target
    assert target.kind is TargetKind.GO_TO
    assert plan.steps[target.step].path == "idea/ask"


def test_after_a_flow_step_only_the_normal_end_is_the_rest(build: Build) -> None:
    plan = build(NESTED)
    assert outcome_at(plan, "idea/prepare", "ready").p == NONE
    assert plan.numbers[outcome_at(plan, "idea/prepare", "wrong").p].value == 0.0


def test_leave_is_told_to_the_calling_step_by_name(build: Build) -> None:
    target = outcome_at(build(NESTED), "idea/prepare/copy", "bad").target
    assert (target.kind, target.name) == (TargetKind.LEAVE, "wrong")


def test_a_detour_is_a_call_at_the_path_of_the_step_and_the_outcome(build: Build) -> None:
    plan = build(NESTED)
    outcome = outcome_at(plan, "idea/check", "again")
    call = plan.calls[outcome.target.call]
    assert outcome.target.kind is TargetKind.DO
    assert (call.path, plan.flows[call.flow].name) == ("idea/check/again", "explain")
    assert (outcome.weaken, outcome.at_most, plan.numbers[outcome.p].value) == (0.5, 3, 0.2)


def test_a_branch_is_a_flow_of_one_step(build: Build) -> None:
    plan = build(NESTED)
    calls = [plan.calls[call] for call in act_at(plan, "idea/both").calls]
    assert [call.path for call in calls] == ["idea/both/data", "idea/both/talk"]
    assert [plan.steps[call.first].name for call in calls] == ["data", "talk"]
    assert [plan.flows[call.flow].name for call in calls] == ["main.both.data", "main.both.talk"]


def test_a_step_as_defined_belongs_to_its_flow_whoever_calls_it(build: Build) -> None:
    plan = build(NESTED)
    assert act_at(plan, "idea/prepare/copy").definition == "get_data.copy"
    assert act_at(plan, "idea/both/talk").definition == "main.both.talk"


def test_joint_work_runs_on_the_hours_its_teams_share(build: Build) -> None:
    plan = build(NESTED)
    act = act_at(plan, "idea/prepare/copy")
    calendar = plan.calendars[act.calendar]
    assert [plan.teams[need.team].name for need in act.needs] == ["night", "desk"]
    assert calendar.name == "late and office"
    assert int(calendar.closes[1] - calendar.opens[1]) == 4 * HOUR


def test_the_owner_is_a_member_of_the_team_that_owns(build: Build) -> None:
    plan = build(NESTED)
    (need,) = act_at(plan, "idea/ask").needs
    assert (need.is_owner, plan.teams[need.team].name) == (True, "experts")


def test_what_work_adds_is_its_account_class(build: Build) -> None:
    plan = build(NESTED)
    assert act_at(plan, "idea/ask").account_class == AccountClass.VALUE_ADDING
    assert act_at(plan, "idea/check").account_class == AccountClass.NECESSARY
    assert act_at(plan, "idea/check/again/answer").account_class == AccountClass.NON_ADDING


def test_rows_without_an_order_of_their_own_go_by_name(build: Build) -> None:
    plan = build(NESTED)
    for rows in (plan.teams, plan.flows, plan.sources, plan.calendars[:4], plan.case_types):
        names = [row.name for row in rows]
        assert names == sorted(names)


def test_the_run_begins_with_the_warm_up_and_calendars_reach_a_year_beyond_it(build: Build) -> None:
    plan = build(NESTED)
    assert (plan.warm_up, plan.end) == (MONTH, 3 * MONTH)
    assert plan.calendars[plan.business].closes[-1] > plan.end + 360 * DAY


def test_durations_of_a_team_are_working_time(build: Build) -> None:
    experts = team_called(build(NESTED), "experts")
    assert (experts.owns, experts.switching, experts.slice) == (2, 20 * 60_000, OPEN_DAY)


ONE = """
traits: {easy: 30%, size: {large: 50%, standard: rest}}
environments: {box: {cost: 100 per month, pool: 2}}
cases:
  idea: {arrive: {rate: 2 per d}, owner: experts, flow: main}
flows:
  main:
    steps:
      first: STEP
      last: {team: desk, work: 1 h}
"""


def one(step: str) -> str:
    return ONE.replace("STEP", step)


INSTEAD = one(
    """
        team: desk
        with: owner
        work: 2 h
        adds: necessary
        takes: box
        then: {returned: {p: 20%, do: explain}, complete: rest}
        instead:
          alone:   {when: easy, with: nobody, work: 10 min}
          robot:   {when: size is large, wait: 5 min, calendar: always, falls_back: 5%}
          direct:  {when: not easy, work: 1 h, then: next}
          nothing: {skip: true}
  explain:
    steps:
      answer: {team: owner, work: 15 min}"""
)


def test_an_alternative_inherits_what_it_does_not_write(build: Build) -> None:
    plan = build(INSTEAD)
    step, alone = act_at(plan, "idea/first"), act_at(plan, "idea/first#alone")
    assert alone.needs == step.needs[:1]
    assert plan.numbers[alone.work].value == 10 * 60_000
    assert (alone.account_class, alone.takes) == (step.account_class, step.takes)


def test_inherited_outcomes_keep_the_path_of_the_step(build: Build) -> None:
    plan = build(INSTEAD)
    step, alone = act_at(plan, "idea/first"), act_at(plan, "idea/first#alone")
    assert alone.outcomes == step.outcomes
    assert alone.outcome_path == "idea/first"
    assert [s.path for s in plan.steps if s.name == "answer"] == ["idea/first/returned/answer"]


def test_an_alternative_of_another_kind_inherits_only_outcomes_environments_and_patience(
    build: Build,
) -> None:
    plan = build(INSTEAD)
    step, robot = act_at(plan, "idea/first"), act_at(plan, "idea/first#robot")
    assert (robot.kind, robot.needs, robot.work) == (ActKind.WAIT, (), NONE)
    assert (robot.takes, robot.outcomes) == (step.takes, step.outcomes)
    assert plan.calendars[robot.calendar].name == "always"


def test_then_next_drops_the_outcomes_of_the_step(build: Build) -> None:
    direct = act_at(build(INSTEAD), "idea/first#direct")
    assert (direct.outcomes, direct.outcome_path) == ((), "idea/first#direct")


def test_alternatives_keep_their_order_and_their_conditions(build: Build) -> None:
    plan = build(INSTEAD)
    alternatives = step_at(plan, "idea/first").alternatives
    assert [plan.acts[a.act].alternative for a in alternatives] == ["alone", "robot", "direct", "nothing"]
    assert alternatives[3].when == NONE
    assert plan.acts[alternatives[3].act].kind is ActKind.SKIP
    assert plan.numbers[alternatives[1].falls_back].value == 0.05


def test_a_wait_in_working_units_runs_on_the_business_calendar(build: Build) -> None:
    act = act_at(plan := build(one("{wait: 2 d}")), "idea/first")
    assert plan.calendars[act.calendar].name == "office"
    assert plan.numbers[act.wait].value == 2 * OPEN_DAY


def test_a_wait_in_days_runs_on_the_wall_clock(build: Build) -> None:
    act = act_at(plan := build(one("{wait: 2 days}")), "idea/first")
    assert act.calendar == NONE
    assert plan.numbers[act.wait].value == 2 * DAY


def test_a_wait_until_names_its_calendar(build: Build) -> None:
    act = act_at(plan := build(one("{wait: until board}")), "idea/first")
    assert (act.kind, plan.calendars[act.calendar].name) == (ActKind.UNTIL, "board")


def test_a_batch_is_exact_or_takes_what_is_there(build: Build) -> None:
    exact = act_at(
        plan := build(one("{team: desk, work: 1 h, batch: {exactly: 4, or_after: 2 d}}")), "idea/first"
    )
    assert (exact.batch_size, exact.batch_exactly) == (4, True)
    assert plan.numbers[exact.batch_or_after].value == 2 * OPEN_DAY
    loose = act_at(build(one("{team: desk, work: 1 h, batch: {up_to: 5}}")), "idea/first")
    assert (loose.batch_size, loose.batch_exactly, loose.batch_or_after) == (5, False, NONE)


def test_later_visits_have_work_of_their_own_or_a_share(build: Build) -> None:
    shared = act_at(plan := build(one("{team: desk, work: {first: 2 h, again: 50%}}")), "idea/first")
    assert (shared.work_again, plan.numbers[shared.work_again_share].value) == (NONE, 0.5)
    own = act_at(plan := build(one("{team: desk, work: {first: 2 h, again: 1 h}}")), "idea/first")
    assert (plan.numbers[own.work_again].value, own.work_again_share) == (HOUR, NONE)


def test_an_end_starts_its_successor(build: Build) -> None:
    act = act_at(
        plan := build(
            one("{end: {as: production, starts: {case: idea, p: 40%, after: 180 days}}, when: easy}")
        ),
        "idea/first",
    )
    assert act.successor is not None
    assert plan.numbers[act.successor.p].value == 0.4
    assert plan.numbers[act.successor.after].value == 180 * DAY
    assert act.successor.after_calendar == NONE


def test_patience_of_a_step_leads_where_it_says(build: Build) -> None:
    act = act_at(
        plan := build(one("{team: desk, work: 1 h, patience: {waiting: 3 d, then: last}}")), "idea/first"
    )
    assert act.patience is not None
    assert plan.numbers[act.patience.waiting].value == 3 * OPEN_DAY
    assert plan.steps[act.patience.target.step].name == "last"


def test_a_limited_flow_turns_away_to_a_step_of_the_calling_flow(build: Build) -> None:
    plan = build(
        one("{flow: small}")
        + """
  small:
    limit: {cases: 3, when_full: {go_to: last}}
    steps:
      inside: {team: desk, work: 1 h}
"""
    )
    call = plan.calls[act_at(plan, "idea/first").calls[0]]
    assert plan.flows[call.flow].limit == 3
    assert call.when_full is not None
    assert plan.steps[call.when_full.step].path == "idea/last"


def test_traits_of_a_case_type_override_those_of_all(build: Build) -> None:
    plan = build(
        """
traits: {easy: 30%, size: {large: 50%, standard: rest}}
environments: {box: {cost: {by: easy, true: 100 per month, false: 200 per month}}}
cases:
  idea: {arrive: {rate: 2 per d}, flow: main}
  plea: {arrive: {rate: 1 per d}, traits: {easy: 80%}, flow: main}
flows:
  main:
    steps:
      only: {team: desk, work: {by: size, large: 2 h, standard: 1 h}, when: easy, takes: box}
"""
    )
    traits = [{plan.traits[t].name: t for t in case_type.traits} for case_type in plan.case_types]
    assert traits[0]["size"] == traits[1]["size"]
    shares = [plan.numbers[plan.traits[t["easy"]].numbers[0]].value for t in traits]
    assert shares == [0.3, 0.8]
    cost = plan.numbers[plan.environments[0].cost]
    assert cost.kind is NumberKind.BY_CASE
    assert [plan.numbers[child].trait for child in cost.children] == [t["easy"] for t in traits]
    assert [plan.numbers[n].value for n in plan.numbers[cost.children[0]].children] == [200.0, 100.0]


def test_cases_start_at_the_steps_on_the_way_to_the_one_named(build: Build) -> None:
    plan = build(NESTED.replace("flow: main}", "start_with: {prepare/copy: 4, check: 2}, flow: main}", 1))
    source = source_called(plan, "idea@prepare/copy")
    assert [plan.steps[i].path for i in source.start_steps] == ["idea/prepare", "idea/prepare/copy"]
    assert (source.kind, source.n_cases) == (ArrivalKind.AT_START, 4)
    assert source_called(plan, "idea@check").n_cases == 2


def test_a_plan_is_the_same_each_time(build: Build) -> None:
    first, second = build(INSTEAD), build(INSTEAD)
    assert (first.steps, first.acts, first.numbers) == (second.steps, second.acts, second.numbers)


def test_too_many_steps_are_refused(build: Build) -> None:
    flows = "".join(
        f"\n  level{i}:\n    steps:\n" + "".join(f"      s{k}: {{flow: level{i + 1}}}\n" for k in range(10))
        for i in range(4)
    )
    leaf = "\n  level4:\n    steps:\n" + "".join(f"      s{k}: {{team: desk, work: 1 h}}\n" for k in range(2))
    with pytest.raises(ScenarioError, match="more than 10,000 steps"):
        build("\ncases:\n  idea: {arrive: {rate: 2 per d}, flow: level0}\nflows:" + flows + leaf)


@pytest.fixture
def build_unchecked(tmp_path: Path) -> Build:
    """The plan of a scenario that the scenario's own checks would refuse: the last line of defence."""

    def build(flows: str) -> Plan:
        path = tmp_path / "scenario.yaml"
        path.write_text(HEAD + one("{team: desk, work: 1 h}"), encoding="utf-8")
        scenario = load(path)
        written = {name: Flow.model_validate({"steps": steps}) for name, steps in YAML().load(flows).items()}
        return compile_plan(replace(scenario, file=scenario.file.model_copy(update={"flows": written})))

    return build


@pytest.mark.parametrize(
    ("flows", "message"),
    [
        ("main: {go: {flow: sub}}\nsub: {back: {flow: main}}", "a flow calls itself: main → sub → main"),
        (
            "main: {go: {flow: sub}}\nsub: {only: {team: desk, work: 1 h, then: {leave: bad}}}",
            "the flow 'sub' may leave with 'bad', which this step does not route",
        ),
        ("main: {go: {team: nobody_here, work: 1 h}}", "no team is called 'nobody_here'. Here: desk"),
        ("main: {go: {wait: until never}}", "no calendar is called 'never'. Here: always, board"),
        ("main: {go: {team: desk}}", "says how long its `work` takes"),
        ("main: {go: {when: easy}}", "says neither team, wait, flow"),
        (
            "main: {go: {parallel: {side: {team: desk, work: 1 h, then: {leave: bad}}}}}",
            "a branch cannot leave with 'bad'",
        ),
        (
            "main: {go: {team: desk, work: 1 h, patience: {waiting: 2 days, then: next}}}",
            "this counts in business time, for example 2 d",
        ),
    ],
)
def test_what_a_plan_cannot_hold_is_refused(build_unchecked: Build, flows: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        build_unchecked(flows)


def test_joint_work_without_a_common_hour_in_each_week_is_refused(build: Build) -> None:
    text = one("{team: desk, with: fortnightly, work: 1 h}")
    team = "  fortnightly: {size: 1, calendar: board}\ntraits:"
    with pytest.raises((PlanError, ScenarioError), match="no common open time in every week"):
        build(text.replace("traits:", team, 1))


def test_an_end_that_starts_a_case_must_be_a_step(build: Build) -> None:
    step = "{team: desk, work: 1 h, then: {end: {as: over, starts: {case: idea, p: 10%, after: 1 days}}}}"
    with pytest.raises(ScenarioError, match="an end that starts a case is a step"):
        build(one(step))


def test_who_owns_without_a_limit_may_own_any_number(build: Build) -> None:
    plan = build(NESTED.replace("owner: experts", "owner: desk"))
    assert team_called(plan, "desk").owns > 1_000_000
    assert team_called(plan, "night").owns == 0
