"""Whoever runs the calls, each comes back once, and nobody is left at work when nobody listens any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from operator import neg

import pytest

from sim.experiment import replicate, workers
from sim.experiment.replicate import replicate_all
from sim.experiment.workers import Parcel, on_processes, on_threads, one_by_one
from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.scenario.load import Scenario

DESK = """
clock: {start: 2027-01-04, horizon: 1 month}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {clerks: {size: 1, cost: 40 per hour}}
traits: {urgent: 30%}
cases: {request: {arrive: {rate: 4 per d}, flow: handle}}
flows:
  handle:
    steps:
      look: {team: clerks, work: 1 h, when: urgent}
      solve: {team: clerks, work: exponential mean 1 h}
"""


@pytest.fixture
def plan(scenario: Callable[[str], Scenario]) -> Plan:
    return compile_plan(scenario(DESK))


@pytest.mark.parametrize(
    "spread",
    [
        lambda calls: one_by_one(neg, calls),
        lambda calls: on_threads(neg, calls, 3),
        lambda calls: on_processes(neg, calls, 2),
    ],
    ids=["here", "threads", "processes"],
)
def test_every_call_comes_back_once(spread):
    # a function that other processes can import too: they may find another package called `tests` than this
    assert sorted(spread([(-x,) for x in range(40)])) == list(range(40))


def test_calls_stop_when_nobody_listens_any_more_and_nobody_is_warned():
    begun: list[int] = []

    def slowly(x: int) -> int:
        begun.append(x)
        time.sleep(0.01)
        return x

    stream = on_threads(slowly, ((x,) for x in range(10_000)), 2)
    next(stream)
    stream.close()  # a warning would be an error here
    time.sleep(0.05)
    n = len(begun)
    time.sleep(0.1)
    assert len(begun) == n < 100


def test_an_error_of_a_call_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(on_threads(lambda x: 1 // x, [(x,) for x in range(10)], 2))


def test_a_parcel_is_unpacked_once_in_a_process(plan):
    parcel = Parcel.of(plan)
    found: list[Plan] = []
    threads = [threading.Thread(target=lambda: found.append(parcel.unpacked())) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found[0] == plan
    assert all(each is found[0] for each in found)
    assert Parcel.of(found[0]).unpacked() == plan


def test_only_the_engine_in_python_is_spread_over_processes():
    assert [workers.in_threads(name) for name in ("simpy", "compiled", "auto")] == [False, True, True]


def tables(plan: Plan, **options: object) -> list[object]:
    results = replicate_all([(plan, 0), (plan, 0)], replications=6, keep_log=True, **options)  # type: ignore[arg-type]
    return [frame for result in results for frame in (result.replications, result.cases, result.events)]


def same(first: list[object], second: list[object]) -> bool:
    return all(a.equals(b) for a, b in zip(first, second, strict=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize("jobs", [2, 3, -1])
@pytest.mark.parametrize("threads", [True, False])
def test_results_do_not_depend_on_who_ran_them(plan, monkeypatch, jobs, threads):
    alone = tables(plan, jobs=1)
    monkeypatch.setattr(workers, "in_threads", lambda engine: threads)
    assert same(tables(plan, jobs=jobs), alone)


def test_results_do_not_depend_on_the_order_in_which_replications_are_finished(plan, monkeypatch):
    alone = tables(plan, jobs=1)
    monkeypatch.setattr(
        workers, "one_by_one", lambda work, calls: (work(*each) for each in reversed(list(calls)))
    )
    assert same(tables(plan, jobs=1), alone)


def test_names_of_measures_are_kept_once_for_all_replications(plan):
    first, second = replicate.replicate(plan, replications=2, jobs=1).runs
    assert first.measures[0].value is not None
    assert [id(a.metric) for a in first.measures] == [id(b.metric) for b in second.measures]
    assert [id(a.of) for a in first.measures] == [id(b.of) for b in second.measures]
