"""What is worked out of a plan once."""

from __future__ import annotations

import dataclasses
import threading
import time

import pytest

from sim.plan.arrays import Plan
from sim.plan.remembered import remembered


def a_plan(name: str = "p") -> Plan:
    fields = {field.name: () for field in dataclasses.fields(Plan)}
    return Plan(**{**fields, "name": name, "warm_up": 0, "end": 1, "business": 0})  # type: ignore[arg-type]


def test_a_plan_is_asked_once_for_each_question():
    asked = []

    @remembered
    def double(plan: Plan, n: int) -> int:
        asked.append((plan.name, n))
        return 2 * n

    one, other = a_plan("one"), a_plan("other")
    assert [double(one, 1), double(one, 1), double(one, 2), double(other, 1)] == [2, 2, 4, 2]
    assert asked == [("one", 1), ("one", 2), ("other", 1)]


def test_two_functions_do_not_share_answers_and_errors_are_not_kept():
    @remembered
    def one(plan: Plan) -> int:
        return 1

    @remembered
    def other(plan: Plan) -> int:
        raise ValueError("no")

    plan = a_plan()
    assert one(plan) == 1
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            other(plan)


def test_only_the_plans_used_last_are_kept():
    asked = []

    @remembered
    def name(plan: Plan) -> str:
        asked.append(plan.name)
        return plan.name

    plans = [a_plan(str(i)) for i in range(20)]
    for plan in (*plans, plans[-1], plans[0]):
        assert name(plan) == plan.name
    assert asked == [*map(str, range(20)), "0"]


def test_threads_that_ask_at_once_have_it_worked_out_once():
    asked, together = [], threading.Barrier(4)

    @remembered
    def slow(plan: Plan) -> int:
        asked.append(1)
        time.sleep(0.05)
        return 7

    def ask() -> None:
        together.wait()
        assert slow(plan) == 7

    plan = a_plan()
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == [1]
