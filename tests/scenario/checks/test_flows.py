"""Steps, targets, calls and ways: what a plan could not hold or a case could not leave."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refused = Callable[..., str]
STEP = "{team: desk, work: 1 h}"
STEPS = [
    ("{team: desk, with: {lab: 5}, work: 1 h}", "found 5 of 'lab', which has a size of 2."),
    ("{team: desk, with: {owner: 2}, work: 1 h}", "found 2 owners. A case has one: write `with: owner`."),
    (
        "{team: desk, with: owner, work: 1 h}",
        "the owner works at flows.main.steps.a, and cases of this type have",
    ),
    ("{team: desk, work: 1 h, batch: {exactly: 0}}", "found 0. Admissible: 1 or more."),
    (
        "{team: desk, work: 1 h, batch: {exactly: 2, or_after: 3 days}}",
        "this counts in business time; write 3 d.",
    ),
    ("{team: desk, work: 1 h, patience: {waiting: 3 days, then: {end: x}}}", "this counts in business time"),
    (
        "{team: desk, work: 1 h, patience: {waiting: 3 d, then: {do: main}}}",
        "a detour (`do`) cannot stand here",
    ),
    ("{parallel: {b: {team: desk, work: 1 h, then: {leave: x}}}}", "a branch of a fork cannot leave"),
    ("{parallel: {b: {team: desk, work: 1 h, then: {go_to: a}}}}", "no step is called 'a' in this branch."),
    ("{wait: {first: 1 h, again: 50%}}", "first and again belong to `work`"),
    ("{wait: until office, calendar: night}", "`until` names its calendar itself"),
    ("{wait: until}", "no calendar is called ''"),
    (
        "{milestone: m, then: {x: {p: 10%, end: {as: y, starts: {case: idea}}}, z: rest}}",
        "is a step of its own",
    ),
    (
        "{wait: 1 h, then: {x: {p: 10%, weaken: ramp 0% at 0 days to 1% at 1 year, end: x}, y: rest}}",
        "one constant",
    ),
    ("{wait: 1 h, then: {x: {p: uniform 0% to 10%, end: x}, y: rest}}", "a number that is not drawn"),
    (
        "{wait: 1 h, then: {x: {p: 10%, at_most: 1.5, end: x}, y: rest}}",
        "found 1.5. Admissible: a whole number.",
    ),
    ("{wait: 1 h, then: {go_to: a}}", "a case that comes to a can never leave this flow."),
    (
        "{wait: 1 h - 1 h, then: {x: {p: 10%, go_to: a}, y: rest}}",
        "go round here for ever in no time: a → a.",
    ),
    ("{team: desk, work: 1 h, instead: {z: {falls_back: 120%}}}", "found 120%. Admissible: 0% to 100%."),
]


@pytest.mark.parametrize(("step", "words"), STEPS)
def test_a_step_that_no_plan_could_hold_is_refused_at_its_place(
    refused: Refused, step: str, words: str
) -> None:
    assert words in refused((STEP, step))


LIMITS = [
    ("{cases: 0}", "found 0. Admissible: 1 or more."),
    ("{cases: ramp 1 at 0 days to 2 at 1 year}", "Admissible: one constant value."),
    ("{cases: 2, when_full: {go_to: a}}", "begin with this flow: there is no step around it to go to."),
    ("{cases: 2, when_full: {do: main}}", "a detour (`do`) cannot stand here"),
    ("{cases: 2, when_full: {end: {as: x, starts: {case: idea}}}}", "is a step of its own"),
]


@pytest.mark.parametrize(("limit", "words"), LIMITS)
def test_a_limit_that_makes_no_sense_is_refused(refused: Refused, limit: str, words: str) -> None:
    assert words in refused(("main: {steps", f"main: {{limit: {limit}, steps"))


def test_people_who_work_together_meet_in_every_week(refused: Refused) -> None:
    step = (STEP, "{team: desk, with: lab, work: 1 h}")
    assert "the calendars night and office have no common open time in every week" in refused(step)
    found = refused(step, ("calendar: night", "calendar: odd"))
    assert "the calendars odd and office have no common open time in every week" in found


def chain(n: int) -> str:
    """Flows that each call the next."""
    return "".join(f"  f{i}: {{steps: {{s: {{flow: f{i + 1}}}}}}}\n" for i in range(n)) + (
        f"  f{n}: {{steps: {{s: {{wait: 1 h}}}}}}\n"
    )


def test_flows_call_each_other_so_many_deep_at_most(refused: Refused) -> None:
    found = refused(("  main:", f"{chain(300)}  main:"))
    assert "flows call each other more than 50 deep, the limit." in found


def test_calls_that_double_and_double_are_refused(refused: Refused) -> None:
    wide = "".join(
        f"  f{i}: {{steps: {{s: {{flow: f{i + 1}}}, t: {{flow: f{i + 1}}}}}}}\n" for i in range(40)
    )
    found = refused(
        (STEP, "{flow: f0}"), ("  main:", f"{wide}  f40: {{steps: {{s: {{wait: 1 h}}}}}}\n  main:")
    )
    assert "the flows come to more than 10,000 steps" in found


def test_two_steps_at_one_path_are_refused(refused: Refused) -> None:
    step = "{parallel: {x: h, z: h}, then: {x: {p: 10%, do: h}, y: rest}}"
    found = refused((STEP, step), ("  main:", "  h: {steps: {s: {wait: 1 h}}}\n  main:"))
    assert "two steps come to the same path 'idea/a/x/s'" in found


ECONOMICS = [
    ("years: 1.5", "found 1.5. Admissible: a whole number."),
    ("discount_rate: -10%", "found -10%. Admissible: 0 or more."),
    ("costs: {x: {amount: 5 k, when: -1 months}}", "found -1 months. Admissible: 0 or more."),
    ("costs: {x: {running: ramp 1 k per month at 0 days to 2 k per month at 1 year}}", "one constant value"),
    ("costs: {x: {source: none}}", "a cost has an amount, a running price, or both."),
]


@pytest.mark.parametrize(("key", "words"), ECONOMICS)
def test_a_business_case_that_cannot_be_reckoned_is_refused(refused: Refused, key: str, words: str) -> None:
    assert words in refused(("flows:\n", f"economics: {{{key}}}\nflows:\n"))


def test_unknown_keys_and_deep_problems_are_told_together(refused: Refused) -> None:
    found = refused(("{size: 2}", "{size: 2, colour: red}"), ("work: 1 h", "work: 1 day"))
    assert "no key is called 'colour' here." in found and "write 1 d." in found
