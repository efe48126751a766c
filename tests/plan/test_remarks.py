"""Warnings: each sort told where it should be, and only there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.errors import Remark
from sim.plan import compile_plan
from sim.plan.remarks import Kind, in_short, warnings_of
from sim.scenario.load import Scenario

Remarks = Callable[..., list[Remark]]

QUIET = """
name: Quiet
clock: {start: 2027-01-04, horizon: 24 months}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: 2}}
cases: {idea: {arrive: {rate: 4 per d}, flow: main}}
flows: {main: {steps: {write: {team: desk, work: 2 h}}}}
"""


@pytest.fixture
def remarks(scenario: Callable[[str], Scenario]) -> Remarks:
    """Remarks about the quiet scenario with one or more of its lines replaced."""

    def find(**sections: str) -> list[Remark]:
        lines = [line for line in QUIET.strip().splitlines() if line.partition(":")[0] not in sections]
        text = "\n".join(lines + [f"{name}: {value}" for name, value in sections.items()])
        found = scenario(text)
        return list(warnings_of(found, compile_plan(found)))

    return find


def only(found: list[Remark]) -> Remark:
    (remark,) = found
    return remark


def test_a_quiet_scenario_has_none(remarks: Remarks) -> None:
    assert remarks() == []


def test_more_than_a_team_can_do_says_by_how_much(remarks: Remarks) -> None:
    remark = only(
        remarks(
            teams="{desk: {size: {0 months: 2, 12 months: 1}}}",
            cases="{idea: {arrive: {rate: 5 per d}, flow: main}}",
        )
    )
    assert remark.kind is Kind.OVERLOAD
    assert remark.problem.key == "teams.desk"
    assert remark.problem.line > 1
    assert "in the last year and has" in remark.problem.message
    assert "125.0 %" in remark.problem.message
    assert "each week, without end" in remark.problem.message


def test_a_peak_is_not_said_to_last_for_ever(remarks: Remarks) -> None:
    rate = "{0 months: 3 per d, 3 months: 9 per d, 4 months: 3 per d}"
    remark = only(remarks(cases=f"{{idea: {{arrive: {{rate: {rate}}}, flow: main}}}}"))
    assert remark.kind is Kind.PEAK
    assert "In 4.35 weeks of the run" in remark.problem.message
    assert "at worst 113 %, from month 3 to 4." in remark.problem.message


def test_nearly_full_is_told_from_95_percent_on(remarks: Remarks) -> None:
    steps = "{main: {steps: {write: {team: desk, work: %s}}}}"
    assert only(remarks(flows=steps % "3.84 h")).kind is Kind.NEARLY_FULL
    assert remarks(flows=steps % "3.7 h") == []


def test_a_cycle_that_grows_without_end(remarks: Remarks) -> None:
    over = "over: {end: {as: live, starts: {case: idea, after: 1 d}}}"
    flows = f"{{main: {{steps: {{write: {{team: desk, work: 1 h}}, {over}}}}}}}"
    assert only(remarks(flows=flows)).kind is Kind.GROWS


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ({"cases": "{idea: {arrive: {rate: 4 per d}, priority: 1, flow: main}}"}, "cases.idea.priority"),
        ({"cases": "{idea: {arrive: {rate: 4 per d}, due: 3 d, flow: main}}"}, "cases.idea.due"),
        ({"teams": "{desk: {size: 2, order: priority}}"}, "teams.desk.order"),
        ({"teams": "{desk: {size: 2, order: cd3}}"}, "teams.desk.order"),
        ({"teams": "{desk: {size: 2, order: due}}"}, "teams.desk.order"),
        (
            {"teams": "{desk: {size: 2, other_work: {people: 0.2, work: 1 h, priority: 2}}}"},
            "teams.desk.other_work.priority",
        ),
    ],
)
def test_orders_that_order_nothing(remarks: Remarks, sections: dict[str, str], key: str) -> None:
    remark = only(remarks(**sections))
    assert (remark.kind, remark.problem.key) == (Kind.ORDER, key)


def test_an_order_that_orders_something_is_no_remark(remarks: Remarks) -> None:
    cases = "{idea: {arrive: {rate: 4 per d}, priority: 1, flow: main}}"
    assert remarks(teams="{desk: {size: 2, order: priority}}", cases=cases) == []
    assert (
        remarks(teams="{desk: {size: 2, order: priority, other_work: {people: 0.2, work: 1 h, priority: 2}}}")
        == []
    )


def test_switching_in_a_team_that_owns_no_cases(remarks: Remarks) -> None:
    remark = only(remarks(teams="{desk: {size: 2, switching: 20 min}}"))
    assert (remark.kind, remark.problem.key) == (Kind.SWITCHING, "teams.desk.switching")
    owned = "{idea: {arrive: {rate: 4 per d}, owner: desk, flow: main}}"
    assert remarks(teams="{desk: {size: 2, owns: 3, switching: 20 min}}", cases=owned) == []


def test_a_slice_longer_than_any_work(remarks: Remarks) -> None:
    remark = only(remarks(teams="{desk: {size: 2, slice: 4 h}}"))
    assert (remark.kind, remark.problem.key) == (Kind.SLICE, "teams.desk.slice")
    drawn = "{main: {steps: {write: {team: desk, work: exponential mean 1 h}}}}"
    assert remarks(teams="{desk: {size: 2, slice: 4 h}}", flows=drawn) == []


def test_machine_time_on_the_business_calendar(remarks: Remarks) -> None:
    flows = "{main: {steps: {write: {team: desk, work: 2 h}, robot: {wait: uniform 5 min to 15 min%s}}}}"
    remark = only(remarks(flows=flows % ""))
    assert (remark.kind, remark.problem.key) == (Kind.MACHINE_TIME, "flows.main.steps.robot.wait")
    assert "calendar: always" in remark.problem.message
    assert remarks(flows=flows % ", calendar: always") == []
    assert remarks(flows=flows % ", calendar: office") == []


def test_a_range_that_does_not_contain_its_value(remarks: Remarks) -> None:
    flows = "{main: {steps: {write: {team: desk, work: $spent}}}}"
    outside = "{spent: {value: 2 h, range: [3 h, 4 h], source: assumption}}"
    remark = only(remarks(assumptions=outside, flows=flows))
    assert (remark.kind, remark.problem.key) == (Kind.RANGE, "assumptions.spent.range")
    assert remarks(assumptions=outside.replace("3 h,", "1 h,"), flows=flows) == []


def test_what_is_left_out_cannot_fall_back(remarks: Remarks) -> None:
    flows = """
  main:
    steps:
      write: {team: desk, work: 2 h, instead: {none: {when: easy, skip: true, falls_back: 10%}}}
traits: {easy: 50%}
"""
    remark = only(remarks(flows=flows))
    assert (remark.kind, remark.problem.key) == (
        Kind.FALL_BACK,
        "flows.main.steps.write.instead.none.falls_back",
    )


def test_value_without_economics(remarks: Remarks) -> None:
    flows = "{main: {steps: {write: {team: desk, work: 2 h}, live: {milestone: live}}}}"
    cases = "{idea: {arrive: {rate: 4 per d}, value: {per_month: 2 k, from: live}, flow: main}}"
    assert only(remarks(cases=cases, flows=flows)).kind is Kind.VALUE
    assert remarks(cases=cases, flows=flows, economics="{years: 1}") == []
    assert remarks(cases=cases, flows=flows, teams="{desk: {size: 2, order: value}}") == []


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ({"assumptions": "{spent: {value: 2 h, source: assumption}}"}, "assumptions.spent"),
        ({"traits": "{easy: 50%}"}, "traits.easy"),
        ({"teams": "{desk: {size: 2}, ghosts: {size: 1}}"}, "teams.ghosts"),
        ({"environments": "{box: {cost: 10 per month}}"}, "environments.box"),
        (
            {
                "clock": "{start: 2027-01-04, horizon: 24 months, business: office}",
                "calendars": "{office: {days: Mon-Fri, hours: 09:00-17:00}, "
                "night: {days: Mon-Fri, hours: 20:00-22:00}}",
            },
            "calendars.night",
        ),
        (
            {
                "flows": "{main: {steps: {write: {team: desk, work: 2 h}}}, "
                "other: {steps: {copy: {team: desk, work: 1 h}}}}"
            },
            "flows.other",
        ),
    ],
)
def test_what_nothing_reads(remarks: Remarks, sections: dict[str, str], key: str) -> None:
    remark = only(remarks(**sections))
    assert (remark.kind, remark.problem.key) == (Kind.UNUSED, key)


def test_an_assumption_read_by_another_that_is_read_counts_as_read(remarks: Remarks) -> None:
    assumptions = "{a: {value: 1 h, source: x}, b: {value: $a * 2, source: x}}"
    assert remarks(assumptions=assumptions, flows="{main: {steps: {write: {team: desk, work: $b}}}}") == []
    unread = [remark.problem.key for remark in remarks(assumptions=assumptions)]
    assert unread == ["assumptions.a", "assumptions.b"]


def test_in_short_counts_kinds(remarks: Remarks) -> None:
    found = remarks(traits="{easy: 50%, hard: 10%}", teams="{desk: {size: 2, slice: 4 h}}")
    assert in_short(found) == "slice without effect and 2 × unused"
