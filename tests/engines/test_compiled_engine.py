"""What the compiled engine does beside running a plan: room, the cache, facts as columns."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sim.engines import compiled_engine
from sim.engines.compiled_engine import compiling, engine, layout, results, tally_layout
from sim.errors import EngineError
from sim.experiment.tables import events_of
from sim.plan import compile_plan
from sim.records.facts import Table
from tests.engines.conftest import NETWORK


@pytest.fixture
def plan(scenario):
    return compile_plan(scenario(NETWORK))


def test_a_run_goes_on_in_a_larger_memory(plan, monkeypatch):
    usual = compiled_engine.run(plan, seed=1, replication=0, keep_log=True)
    grown = []
    monkeypatch.setattr(engine, "FIRST_ROOM", layout.RESERVE + 1)
    monkeypatch.setattr(engine, "_grown", lambda words, grow=engine._grown: grown.append(1) or grow(words))
    small = compiled_engine.run(plan, seed=1, replication=0, keep_log=True)
    assert grown
    assert list(small.events) == list(usual.events)
    assert sorted(small.spans) == sorted(usual.spans)


def test_a_run_that_ran_out_of_room_within_an_instant_begins_again(plan, monkeypatch):
    usual = compiled_engine.run(plan, seed=1, replication=0, keep_log=True)
    rooms = []

    def run(*arguments, begin=engine._run):
        rooms.append(arguments[-1])
        if len(rooms) == 1:
            raise MemoryError
        return begin(*arguments)

    monkeypatch.setattr(engine, "_run", run)
    assert list(compiled_engine.run(plan, seed=1, replication=0, keep_log=True).events) == list(usual.events)
    assert rooms[1] == 8 * rooms[0]


CROWD = """
clock: {start: 2027-01-01, horizon: 4 days, warm_up: 0 days, business: always}
calendars:
  monday: {days: Mon, hours: 09:00-17:00}
teams:
  crowd: {size: 10000, calendar: monday}
cases:
  one: {arrive: {population: 10000}, flow: one}
flows:
  one: {steps: {work: {team: crowd, work: 1 h}}}
"""


def test_ten_thousand_works_that_start_at_once_may_take_more_room_than_there_is(scenario, monkeypatch):
    plan, rooms = compile_plan(scenario(CROWD)), []
    usual = compiled_engine.run(plan, seed=1, replication=0)

    def run(*arguments, begin=engine._run):
        rooms.append(arguments[-1])
        return begin(*arguments)

    monkeypatch.setattr(engine, "_run", run)
    for eighths in range(10, 16):  # one of them leaves just not enough
        monkeypatch.setattr(engine, "FIRST_ROOM", eighths << 15)
        assert list(compiled_engine.run(plan, seed=1, replication=0).cases) == list(usual.cases)
    assert len(rooms) > 6


def test_room_has_a_limit_that_is_said(plan, monkeypatch):
    monkeypatch.setattr(engine, "FIRST_ROOM", layout.RESERVE + 1)
    monkeypatch.setattr(engine, "MOST_ROOM", 1 << 17)
    with pytest.raises(EngineError, match=r"needs more than .* GiB for its open cases"):
        compiled_engine.run(plan, seed=1, replication=0)


def test_memory_does_not_grow_with_the_number_of_finished_cases(scenario, monkeypatch):
    """Ten times the horizon needs hardly more room beside the plan, once what was written is taken out."""
    monkeypatch.setattr(engine, "ITEMS_BETWEEN", 1 << 12)
    used, drain = [], engine.Written.drain

    def note(written, words):
        used.append(int(words[layout.TOP]) - len(written.tables.words))
        drain(written, words)

    monkeypatch.setattr(engine.Written, "drain", note)
    peaks = []
    for horizon in ("1 year", "10 years"):
        used.clear()
        compiled_engine.run(
            compile_plan(scenario(NETWORK.replace("4 weeks", horizon))), seed=1, replication=0
        )
        peaks.append(max(used))
    assert peaks[1] < 1.2 * peaks[0]


def test_tallies_need_no_more_room_in_ten_times_the_horizon(scenario, monkeypatch):
    """Neither in the memory of the run nor beside it: nothing is kept of a case that is over."""
    monkeypatch.setattr(engine, "ITEMS_BETWEEN", 1 << 12)
    monkeypatch.setattr(results, "ROWS_BETWEEN", 1 << 8)
    room, beside, drain = [], [], engine.Written.drain

    def note(written, words):
        room.append(int(words[layout.TOP]) - len(written.tables.words))
        drain(written, words)
        beside.append(sum(len(piece) for pieces in written.pieces for piece in pieces))

    monkeypatch.setattr(engine.Written, "drain", note)
    peaks = []
    for horizon in ("1 year", "10 years"):
        room.clear()
        beside.clear()
        plan = compile_plan(scenario(NETWORK.replace("4 weeks", horizon)))
        found = compiled_engine.tally(plan, seed=1, replication=0)
        assert len(found.cases) == len(found.events) == len(found.holds) == 0
        peaks.append((max(room), max(beside)))
    assert peaks[1][0] < 1.2 * peaks[0][0]
    assert peaks[1][1] < 3 * (1 << 8)


def test_a_run_that_keeps_nothing_goes_the_same_way(plan):
    """The bare loop: what is kept changes nothing about what happens."""
    bare, _ = engine.simulate(plan, 1, 0, engine.Keeps())
    whole, _ = engine.simulate(plan, 1, 0, engine.Keeps(log=True, facts=True, cases=True, tallies=True))
    for word in (layout.NOW, layout.N_CASES, layout.N_OPEN, layout.SERIAL_ITEM):
        assert bare[word] == whole[word]


def test_an_account_that_does_not_come_to_the_lead_time_is_a_defect_that_is_told(plan, monkeypatch):
    """A word is spoilt between two items, as a defect might."""
    drain = engine.Written.drain

    def spoil(written, words):
        drain(written, words)
        if words[layout.OPEN_CASES]:
            words[words[layout.OPEN_CASES] + tally_layout.CASE_ACCOUNT] += 1

    monkeypatch.setattr(engine.Written, "drain", spoil)
    monkeypatch.setattr(engine, "ITEMS_BETWEEN", 64)
    with pytest.raises(EngineError, match=r"the account of .* sums to \d+ ms, its lead time is \d+ ms"):
        compiled_engine.tally(plan, seed=1, replication=0)


def test_replications_on_threads_are_those_one_after_the_other(plan):
    def log(replication):
        return list(compiled_engine.run(plan, seed=1, replication=replication, keep_log=True).events)

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(log, range(6)))
    assert found == [log(replication) for replication in range(6)]
    assert found[0] != found[1]


def test_a_number_that_fits_no_row_of_the_log_is_refused_and_not_cut(plan, monkeypatch):
    def memory(tables, room, new=engine._memory):
        words = new(tables, room)
        words[layout.SERIAL_CASE] = (1 << layout.SERIAL_BITS) - 10
        return words

    monkeypatch.setattr(engine, "_memory", memory)
    with pytest.raises(EngineError, match=r"case number 2147483648 does not fit .* up to 2147483647 \(2\^31"):
        compiled_engine.run(plan, seed=1, replication=0, keep_log=True)
    assert compiled_engine.run(plan, seed=1, replication=0).cases


def test_more_names_than_the_log_can_number_are_refused(plan, monkeypatch):
    monkeypatch.setattr(layout, "TEXT_BITS", 3)
    with pytest.raises(EngineError, match=r"names and paths, the event log can tell 8 apart"):
        compiled_engine.run(plan, seed=1, replication=0, keep_log=True)


def test_the_log_as_a_table_is_the_same_from_columns_and_from_rows(plan):
    events = compiled_engine.run(plan, seed=1, replication=3, keep_log=True).events
    packed = events_of(events)
    assert packed.height == len(events) > 100
    assert packed.equals(events_of(list(events)))
    assert events_of(compiled_engine.run(plan, seed=1, replication=0).events).equals(events_of([]))


def test_the_fingerprint_follows_the_code(tmp_path, monkeypatch):
    before = compiling.fingerprint()
    assert before == compiling.fingerprint() > 0
    monkeypatch.setattr(compiling, "__file__", str(tmp_path / "compiling.py"))
    (tmp_path / "flow.py").write_text("changed")
    assert compiling.fingerprint() != before


def test_without_what_numba_once_had_the_slow_way_is_taken(monkeypatch):
    from numba.core.codegen import JITCodeLibrary, JITCPUCodegen

    methods = JITCodeLibrary.get_pointer_to_function, JITCPUCodegen.set_env
    with compiling.only_for_linking():
        assert JITCodeLibrary.get_pointer_to_function is not methods[0]
    assert (JITCodeLibrary.get_pointer_to_function, JITCPUCodegen.set_env) == methods
    monkeypatch.delattr(JITCPUCodegen, "set_env")
    with compiling.only_for_linking():
        assert JITCodeLibrary.get_pointer_to_function is methods[0]


def test_facts_stay_columns_until_a_row_is_asked_for(plan):
    facts = compiled_engine.run(plan, seed=1, replication=0)
    assert isinstance(facts.spans, Table)
    assert facts.spans.array.dtype == np.int64
    assert facts.spans[0] == facts.spans[:1][0] == next(iter(facts.spans))
    assert facts.spans[0].begin == facts.spans.array[0, 4]
    assert len(facts.spans) == len(facts.spans.rows())
    assert facts.spans != [] and repr(facts.holds) == repr(list(facts.holds))


def test_facts_can_be_sent_to_another_process(plan):
    facts = compiled_engine.run(plan, seed=1, replication=0)
    sent = pickle.loads(pickle.dumps(facts))
    assert list(sent.works) == list(facts.works)
    assert repr(list(sent.cases)) == repr(list(facts.cases))
