"""The contenders of the benchmarks do the same work: they agree on short runs, exactly or in the mean."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import engine_speed, growth, in_c, in_ciw, network, timing
from benchmarks.by_hand import HandWritten, Monitored
from sim import engines


def lead_time(plan, replication):
    return engine_speed.cases_and_lead_time(plan, replication)[1]


def z(means, others):
    """Difference of two means in standard errors; where one is exact, `others` is a number."""
    others = np.atleast_1d(others)
    variance = np.var(means, ddof=1) / len(means)
    if len(others) > 1:
        variance += np.var(others, ddof=1) / len(others)
    return abs(np.mean(means) - np.mean(others)) / np.sqrt(variance)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    found = in_c.compiled(tmp_path_factory.mktemp("c"))
    if found is None:
        pytest.skip("there is no gcc here")
    return found


@pytest.mark.parametrize(("engine", "days", "replication"), [("simpy", 20, 0), ("compiled", 400, 3)])
def test_every_request_leaves_the_c_program_in_the_same_millisecond(program, engine, days, replication):
    facts = engines.run(network.plan(days=days), seed=2, replication=replication, engine=engine)
    done = [(case.number, case.arrive, case.leave) for case in facts.cases if case.leave >= 0]
    told = in_c.run(program, hours=24 * days, seed=2, replication=replication, cases=True)
    assert told.cases == tuple(sorted(done))
    assert told.n_done == len(done) > 15 * days
    assert told.lead_ms == sum(leave - arrive for _, arrive, leave in done)
    assert 6 < told.n_events / told.n_done < 8


def test_the_model_written_by_hand_has_the_same_mean_lead_time():
    plan = network.plan(days=40)
    by_hand = [np.mean(model(seed).run(40 * 24)) for seed in range(4) for model in (HandWritten, Monitored)]
    assert z([lead_time(plan, number) for number in range(40)], by_hand) < 4


def test_working_hours_take_as_many_hours_of_work():
    """On one calendar with suspension all happens in the same business hours, but for rounding arrivals."""
    days = 7 * 24
    always, office = network.plan(days=5 * 8), network.plan("office", days)
    assert lead_time(office, 0) == pytest.approx(lead_time(always, 0), rel=1e-6)


def test_five_stations_in_series_have_the_lead_time_of_theory():
    plan = in_ciw.plan(100)
    assert z([lead_time(plan, number) for number in range(40)], in_ciw.exact_lead_time()) < 4


def test_ciw_has_it_too():
    if not in_ciw.is_installed():
        pytest.skip("Ciw is not installed")
    found = [in_ciw.in_ciw(20, seed) for seed in range(12)]
    assert z([run.lead_h for run in found], in_ciw.exact_lead_time()) < 4
    assert all(run.cpu_s > 0 and run.n_done > 200 for run in found)


def test_a_run_of_any_size_tells_its_events_and_memory():
    found = growth.measured(2_000, True, 1)
    assert 1_800 < found.cases < 2_200
    assert 6 < found.events / found.cases < 8
    assert found.per_event_ns > 0
    assert found.memory_mb > 20


def test_the_best_round_of_each_contender_counts():
    seconds = iter([3.0, 1.0, 2.0])
    best = timing.in_turn({"one": lambda: timing.Outcome(next(seconds), 10, 5.0)}, 3)
    assert best["one"] == timing.Outcome(1.0, 10, 5.0)
    assert best["one"].per_request_us == pytest.approx(1e5)


def test_contenders_that_do_not_agree_end_the_command():
    with pytest.raises(SystemExit, match="do not agree"):
        engine_speed.check_agree(timing.Outcome(1, 10, 5.0), timing.Outcome(1, 10, 5.1))


def test_a_table_is_markdown():
    assert timing.table("Title", ["what", "s"], [["a", "10"]]).splitlines()[1:] == [
        "Title",
        "",
        "| what |  s |",
        "| ---- | -: |",
        "| a    | 10 |",
    ]


def test_the_monitored_model_finds_the_utilisation_that_follows_from_its_input():
    model = Monitored(1)
    model.run(200 * 24)
    assert model.busy["intake"] / (200 * 24) == pytest.approx(0.7, rel=0.1)
    assert len(model.waits["data"]) > len(model.waits["intake"])
