"""Jane's thirteen days: the replay checks the accounting, to the tick."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import engines
from sim.metrics import classify, summarise
from sim.plan import compile_plan
from sim.scenario import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HOUR = 3_600_000


@pytest.fixture(scope="module")
def replay():
    plan = compile_plan(load(SCENARIOS / "jane.yaml"))
    return plan, engines.run(plan, seed=1, replication=0, keep_log=True)


def test_four_days_of_ten_point_one_add_value(replay):
    plan, facts = replay
    account = classify(facts, plan)[0]
    assert account[0] == 32 * HOUR
    assert account.sum() == 808 * HOUR // 10


def test_efficiency_is_39_6_percent_and_a_week_of_value_takes_2_525_weeks(replay):
    plan, facts = replay
    values = {m.metric: m.value for m in summarise(facts, plan) if m.kind == "case"}
    assert round(values["process_efficiency"], 1) == 39.6
    assert values["lead_time"] / values["value_adding_time"] == pytest.approx(2.525, abs=1e-12)
    assert values["non_value_adding_time"] == pytest.approx(6.1 * 8, abs=1e-12)


def test_the_thirteen_days_come_in_order(replay):
    _, facts = replay
    days: dict[str, int] = {}
    for row in facts.events:
        if row[9] == "complete":
            days[str(row[7]).split("/")[-1]] = int(row[1] - 1) // (24 * HOUR) + 1
    story = ["fill_forms", "triage", "call_about_approval", "put_on_hold", "compliance_review"]
    story += ["queries_and_encryption", "no_sandbox_ticket", "provision", "install_tools"]
    assert [days[step] for step in story] == [1, 3, 4, 5, 8, 10, 11, 12, 13]


@pytest.mark.parametrize(
    "name",
    [
        "current_state.yaml",
        "self_service.yaml",
        *(f"patches/{p.name}" for p in (SCENARIOS / "patches").glob("*")),
    ],
)
def test_every_shipped_file_loads_and_compiles(name):
    assert compile_plan(load(SCENARIOS / name)).steps
