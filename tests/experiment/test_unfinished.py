"""Finished replications outlive their process, are those that were written, and are of this run alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.economics.flows import YearlyFlows
from sim.errors import RunError
from sim.experiment import tables
from sim.experiment.asked import Asked, differences
from sim.experiment.pieces import DamagedPiece, read_piece, write_piece
from sim.experiment.provenance import plan_digest
from sim.experiment.replicate import Options, Replication, replicate_all, run_one
from sim.experiment.unfinished import FOLDER, Unfinished, alike
from sim.metrics import Measure
from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.scenario.load import Scenario

DESK = """
clock: {start: 2027-01-04, horizon: 1 month}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {clerks: {size: 1}}
cases: {request: {arrive: {list: requests.csv}, flow: handle}}
flows: {handle: {steps: {solve: {team: clerks, work: exponential mean 1 h}}}}
"""
OPTIONS = {
    "replications": 4,
    "precision": None,
    "seed": 1,
    "engine": "simpy",
    "keep_log": True,
    "keep_cases": True,
}
TEXTS = {"desk": "name: desk\n"}


@pytest.fixture
def plan(scenario: Callable[[str], Scenario], tmp_path: Path) -> Plan:
    (tmp_path / "requests.csv").write_text("when\n2027-01-05\n2027-01-06\n", encoding="utf-8")
    return compile_plan(scenario(DESK))


def asked(**options: object) -> Asked:
    return Asked.of("sim run desk.yaml", "2027-01-04T09:00:00+00:00", {**OPTIONS, **options}, TEXTS)


def begin(folder: Path, plan: Plan) -> Unfinished:
    partial = folder / ".run.partial"
    partial.mkdir()
    run = Unfinished.start(folder / "run", partial, asked())
    run.begin([plan])
    return run


def test_a_piece_comes_back_to_the_last_bit(plan, tmp_path):
    flows = YearlyFlows({"a": (0.1 + 0.2, 1e300)}, {"a": (1 / 3,)}, (5e-324,), (-0.0,))
    run = run_one(plan, 0, 7, Options(1, "simpy", True))
    odd = [Measure("wait", "team", "x", "h", None), Measure("wait", "team", "y", "h", 0.1 + 0.2)]
    told = Replication(7, [*run.measures, *odd], run.cases, run.events, flows)
    write_piece(tmp_path / "piece.zip", "mine 7", told)
    found = read_piece(tmp_path / "piece.zip", "mine 7", 7)
    assert found.measures == told.measures
    assert found.flows == flows
    assert found.cases.equals(run.cases) and found.cases.schema == run.cases.schema
    assert found.events.equals(run.events)
    assert [path.name for path in tmp_path.glob("*.zip*")] == ["piece.zip"]


def test_a_log_that_was_not_kept_is_not_there(plan, tmp_path):
    write_piece(tmp_path / "piece.zip", "x", run_one(plan, 0, 0, Options(1, "simpy", False)))
    assert read_piece(tmp_path / "piece.zip", "x", 0).events is None


def test_any_flipped_or_missing_byte_is_noticed_or_harmless(plan, tmp_path):
    path = tmp_path / "piece.zip"
    run = run_one(plan, 0, 0, Options(1, "simpy", False))
    write_piece(path, "x", run)
    whole = path.read_bytes()
    for i in range(0, len(whole), 37):
        broken = bytearray(whole)
        broken[i] ^= 0x10
        for damaged in (bytes(broken), whole[:i]):
            path.write_bytes(damaged)
            try:
                found = read_piece(path, "x", 0)
            except DamagedPiece:
                continue
            assert found.measures == run.measures and found.cases.equals(run.cases), i


def test_a_piece_of_another_run_is_not_taken(plan, tmp_path):
    write_piece(tmp_path / "piece.zip", "theirs 0", run_one(plan, 0, 0, Options(1, "simpy", False)))
    with pytest.raises(DamagedPiece, match="it says that it is 'theirs 0', not 'mine 0'"):
        read_piece(tmp_path / "piece.zip", "mine 0", 0)


def test_a_resumed_run_has_the_result_of_a_whole_one(plan, tmp_path):
    (whole,) = replicate_all([(plan, 0)], replications=4, jobs=1, keep_log=True)
    run = begin(tmp_path, plan)
    replicate_all([(plan, 0)], replications=2, first=1, jobs=1, keep_log=True, store=run)
    run.close()  # as death does
    again = Unfinished.resume(tmp_path / "run")
    assert again.pieces == 2
    again.begin([plan])
    told: list[tuple[int, int]] = []
    (found,) = replicate_all(
        [(plan, 0)], replications=4, jobs=1, keep_log=True, store=again, progress=lambda *n: told.append(n)
    )
    assert told == [(3, 4), (4, 4)]
    for first, second in zip(result_tables(found), result_tables(whole), strict=True):
        assert first.equals(second)
    assert again.pieces == 4


def result_tables(result):
    return result.replications, result.cases, result.events


def test_a_data_file_that_has_changed_is_noticed(plan, scenario, tmp_path):
    begin(tmp_path, plan).close()
    (tmp_path / "requests.csv").write_text("when\n2027-01-05\n2027-01-07\n", encoding="utf-8")
    other = compile_plan(scenario(DESK))
    assert plan_digest(other) != plan_digest(plan)
    again = Unfinished.resume(tmp_path / "run")
    with pytest.raises(RunError, match="a file of numbers that scenario 'desk' reads has changed since"):
        again.begin([other])
    again.close()


def test_the_digest_of_a_plan_is_that_of_an_equal_plan(scenario, plan):
    assert plan_digest(plan) == plan_digest(compile_plan(scenario(DESK)))
    assert plan_digest(plan) != plan_digest(compile_plan(scenario(DESK.replace("size: 1", "size: 2"))))


def test_a_folder_is_locked_until_its_process_is_gone(plan, tmp_path):
    run = begin(tmp_path, plan)
    with pytest.raises(RunError, match="another process is working on this run"):
        Unfinished.resume(tmp_path / "run")
    run.close()
    Unfinished.resume(tmp_path / ".run.partial").close()


def test_a_full_disk_does_not_end_a_run(plan, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.experiment.unfinished.write_piece", fail)
    run = begin(tmp_path, plan)
    (found,) = replicate_all([(plan, 0)], replications=3, jobs=1, store=run)
    assert len(found.runs) == 3 and found.is_complete
    assert run.trouble is not None and run.pieces == 0
    run.close()


def test_a_run_without_a_finished_replication_leaves_nothing(plan, tmp_path):
    run = begin(tmp_path, plan)
    assert not run.give_up()
    assert not (tmp_path / ".run.partial").exists()


def test_a_run_that_was_gone_on_with_is_left_under_the_name_it_had(plan, tmp_path):
    run = begin(tmp_path, plan)
    run.keep(0, run_one(plan, 0, 0, Options(1, "simpy", True)))
    (tmp_path / ".run.partial").rename(tmp_path / "run")  # an interrupt has made it readable
    run.finished(goes_on=True)
    again = Unfinished.resume(tmp_path / "run")
    again.begin([plan])
    assert (tmp_path / ".run.partial").exists() and not (tmp_path / "run").exists()
    assert again.give_up()
    assert (tmp_path / "run" / FOLDER).exists() and not (tmp_path / ".run.partial").exists()


def test_only_runs_that_died_are_named_as_alike(plan, tmp_path):
    run = begin(tmp_path, plan)
    run.keep(0, run_one(plan, 0, 0, Options(1, "simpy", True)))
    assert alike(tmp_path, asked()) == []  # it lives
    run.close()
    (found,) = alike(tmp_path, asked())
    found.close()
    assert alike(tmp_path, asked(seed=2)) == []


def test_every_difference_has_its_line():
    assert differences(asked(), asked()) == []
    assert differences(asked(), asked(seed=2, engine="compiled")) == [
        "seed: 1 there, 2 now",
        "engine: simpy there, compiled now",
    ]


def test_tables_without_runs_have_their_columns(plan):
    assert tables.cases(plan, []).schema == tables.cases_of(plan, 0, []).schema


def test_a_piece_of_a_run_without_cases_comes_back_without_cases(plan, tmp_path):
    run = run_one(plan, 0, 3, Options(1, "simpy", keep_cases=False))
    write_piece(tmp_path / "piece.zip", "x", run)
    found = read_piece(tmp_path / "piece.zip", "x", 3)
    assert found.cases is None and found.measures == run.measures


def test_a_result_without_cases_runs_again_for_them_and_has_the_same(plan):
    (kept,) = replicate_all([(plan, 0)], replications=2, jobs=1)
    (without,) = replicate_all([(plan, 0)], replications=2, jobs=1, keep_cases=False)
    assert kept.has_cases and not without.has_cases
    assert without.replications.equals(kept.replications)
    assert without.cases.equals(kept.cases)
