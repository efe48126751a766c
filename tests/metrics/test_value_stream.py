"""The time of a flow by step adds up to what the metrics say of it, whatever branches it has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.metrics.value_stream import StreamTally, value_stream
from tests.conftest import HOUR, Run

FORK = """
    name: Forks
    clock: {start: 2027-01-04, horizon: 2 months, warm_up: 1 week}
    calendars:
      office: {days: Mon-Fri, hours: 09:00-17:00}
      late: {days: Mon-Fri, hours: 12:00-15:00}
    teams: {desk: {size: 2, owns: 2}, lab: {size: 2, calendar: late}}
    cases: {ticket: {arrive: {rate: 1 per d}, owner: desk, flow: handle}}
    flows:
      handle:
        steps:
          open: {team: desk, work: 10 min}
          both: {parallel: {a: inner, b: {team: desk, work: 1 h}}}
          check:
            team: desk
            work: 1 h
            then: {wrong: {p: 30%, go_to: open}, ask: {p: 20%, do: help}, ok: rest}
      inner:
        steps:
          prepare: {team: lab, work: exponential mean 1 h}
          side: {parallel: {x: {team: lab, work: 2 h}, y: {wait: 3 h}}}
      help: {steps: {answer: {team: owner, work: 30 min}}}
    """


@pytest.fixture
def run(simulate: Callable[..., Run]) -> Run:
    return simulate(FORK)


@pytest.mark.parametrize(
    ("kind", "of"), [("case", "ticket"), ("flow", "handle"), ("flow", "inner"), ("flow", "help")]
)
def test_the_times_of_all_steps_add_up_to_the_metrics(run: Run, kind: str, of: str) -> None:
    tally = value_stream(run.facts, run.plan, of, kind=kind)
    assert tally.counted > 10
    for metric, ms in (
        ("lead_time", tally.lead_time_ms),
        ("time_value_adding", tally.account[:, 0].sum()),
        ("time_person_off_shift", tally.account[:, 7].sum()),
        ("time_outside", tally.account[:, 10].sum()),
    ):
        assert run.measure(metric, of, kind) == pytest.approx(ms / HOUR / tally.counted, rel=1e-12)


def test_visits_and_accuracy_are_those_of_the_metrics(run: Run) -> None:
    tally = value_stream(run.facts, run.plan, "ticket")
    for index, step in enumerate(run.plan.steps):
        assert run.measure("visits", step.path) == pytest.approx(tally.visits[index] / tally.counted)
        if tally.complete[index]:
            share = 100 * tally.accurate[index] / tally.complete[index]
            assert run.measure("complete_and_accurate", step.path) == pytest.approx(share)


def _rows(run: Run, name: str) -> list[int]:
    return [i for i, step in enumerate(run.plan.steps) if step.name == name]


def test_a_branch_that_is_worked_on_hides_one_that_waits_but_has_its_own_time(run: Run) -> None:
    tally = value_stream(run.facts, run.plan, "ticket")
    wait = _rows(run, "y")
    assert 0 < tally.account[wait].sum() < tally.own[wait].sum()
    assert tally.own[wait].sum() == 3 * HOUR * tally.visits[wait].sum()
    alone = _rows(run, "open")
    assert (tally.account[alone] == tally.own[alone]).all()


def test_outcomes_are_counted_at_their_step(run: Run) -> None:
    tally: StreamTally = value_stream(run.facts, run.plan, "ticket")
    (check,), (opened,) = _rows(run, "check"), _rows(run, "open")
    assert tally.ways[check, "wrong"] == tally.visits[opened] - tally.counted
    assert tally.ways[check, "ask"] == tally.visits[_rows(run, "answer")].sum()


def test_an_unknown_name_is_refused_with_those_there_are(run: Run) -> None:
    with pytest.raises(ValueError, match="no flow is called 'x' in Forks; there are: "):
        value_stream(run.facts, run.plan, "x", kind="flow")
