"""The exported log is the run: every case once, every start with its end, closings where they lie."""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from sim.experiment.replicate import Result, replicate
from sim.plan import compile_plan
from sim.report.process_mining import COLUMNS, traces, write_event_csv, write_xes
from sim.scenario.load import Scenario

Build = Callable[[str], Scenario]
START = date(2027, 1, 4)
A_DAY_AND_A_HALF = """
    clock: {start: 2027-01-04, horizon: 2 weeks}
    calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
    teams: {desk: {size: 1, other_work: {people: 0.1, work: 1 h}}}
    cases: {request: {arrive: {at: [2027-01-04 10:00, 2027-01-04 11:00, 2027-01-04 12:00]}, flow: f}}
    flows:
      f:
        steps:
          build: {team: desk, work: 12 h, patience: {waiting: 15 h, then: {end: gave_up}}}
          ship: {wait: 2 h, why: courier}
          out: {milestone: "-shipped"}
"""
SLICES = """
    clock: {start: 2027-01-04, horizon: 2 weeks}
    calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
    teams: {desk: {size: 1, slice: 2 h}}
    cases: {job: {arrive: {at: [2027-01-04 09:00, 2027-01-04 09:30]}, flow: f}}
    flows: {f: {steps: {build: {team: desk, work: 3 h}}}}
"""


@pytest.fixture
def run(scenario: Build) -> Callable[[str], Result]:
    return lambda text: replicate(
        compile_plan(scenario(text)), replications=2, engine="simpy", jobs=1, keep_log=True
    )


def told(result: Result, number: int) -> list[tuple[str, str, float]]:
    """(activity, lifecycle, hours since the start) of a case."""
    entries = next(entries for case, entries in traces(result) if case[2] == number)
    return [(each.activity, each.lifecycle, each.time / 3_600_000) for each in entries]


def plain(text: str) -> str:
    """The same without other work, so that times can be worked out by hand."""
    return text.replace(", other_work: {people: 0.1, work: 1 h}", "")


def test_work_is_suspended_where_its_calendar_closes_and_resumed_where_it_opens(
    run: Callable[[str], Result],
) -> None:
    assert told(run(plain(A_DAY_AND_A_HALF)), 1) == [
        ("arrive", "complete", 10),
        ("build", "schedule", 10),
        ("build", "start", 10),
        ("build", "suspend", 17),
        ("build", "resume", 33),
        ("build", "complete", 38),
        ("ship", "start", 38),
        ("ship", "complete", 40),
        ("-shipped", "complete", 40),
        ("leave: done", "complete", 40),
    ]


def test_work_that_was_never_begun_is_withdrawn(run: Callable[[str], Result]) -> None:
    assert told(run(plain(A_DAY_AND_A_HALF)), 3)[-2:] == [
        ("build", "withdraw", 59),
        ("leave: gave_up", "complete", 59),
    ]


def test_a_slice_that_is_over_suspends_and_the_next_one_resumes(run: Callable[[str], Result]) -> None:
    steps = [(lifecycle, hour) for name, lifecycle, hour in told(run(SLICES), 1) if name == "build"]
    assert [step for step in steps if step[0] != "schedule"] == [
        ("start", 9),
        ("suspend", 11),
        ("resume", 13),
        ("complete", 14),
    ]


def test_other_work_is_no_case(run: Callable[[str], Result], tmp_path: Path) -> None:
    result = run(A_DAY_AND_A_HALF)
    assert any(source == "other:desk" for source in result.events["source"])
    assert {case[1] for case, _ in traces(result)} == {"request"}


def test_xes_is_xml_with_one_trace_per_case_and_local_times(
    run: Callable[[str], Result], tmp_path: Path
) -> None:
    result = replace(run(plain(A_DAY_AND_A_HALF)), name='a "<&\x01')
    write_xes(result, tmp_path / "log.xes", start=START)
    root = ElementTree.parse(tmp_path / "log.xes").getroot()
    name = "{http://www.xes-standard.org/}"
    assert root.find(f"{name}string").get("value") == 'a "<&?'  # type: ignore[union-attr]
    found = root.findall(f"{name}trace")
    assert len(found) == 3
    assert found[0].find(f"{name}string").get("value") == "0/request/1/0"  # type: ignore[union-attr]
    times = [each.get("value") for each in found[0].iter(f"{name}date")]
    assert times[0] == "2027-01-04T10:00:00.000" and times == sorted(times)  # type: ignore[type-var]


def test_csv_holds_the_same_events_and_no_formula(run: Callable[[str], Result], tmp_path: Path) -> None:
    result = run(plain(A_DAY_AND_A_HALF))
    write_event_csv(result, tmp_path / "log.csv", start=START, replications=[0, 1])
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COLUMNS
    n_events = sum(len(entries) for _, entries in traces(result, [0, 1]))
    assert len(rows) == n_events and len({row[0] for row in rows}) == 6
    assert not [cell for row in rows for cell in row if cell.startswith("-")]
    assert any("'-shipped" in row for row in rows)


def test_every_start_has_an_end_and_every_suspension_a_resumption(run: Callable[[str], Result]) -> None:
    for _, entries in traces(run(A_DAY_AND_A_HALF)):
        if not entries[-1].activity.startswith("leave"):
            continue
        n = Counter(each.lifecycle for each in entries if each.activity in ("build", "ship"))
        assert n["start"] == n["complete"] + n["pi_abort"]
        assert n["suspend"] == n["resume"]


def test_an_unknown_replication_is_refused(run: Callable[[str], Result]) -> None:
    with pytest.raises(ValueError, match=r"no replication 7\. Replications: 0 to 1"):
        list(traces(run(SLICES), [7]))


def test_pm4py_opens_it_and_finds_the_flow(run: Callable[[str], Result], tmp_path: Path) -> None:
    pm4py = _pm4py()
    write_xes(run(plain(A_DAY_AND_A_HALF)), tmp_path / "log.xes", start=START)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a faster reader
        log = pm4py.read_xes(str(tmp_path / "log.xes"))
    complete = log[log["lifecycle:transition"] == "complete"]
    assert pm4py.get_start_activities(complete) == {"arrive": 3}
    assert pm4py.get_end_activities(complete) == {"leave: done": 2, "leave: gave_up": 1}
    follows, _, _ = pm4py.discover_dfg(complete)
    assert follows["build", "ship"] == 2 and follows["arrive", "leave: gave_up"] == 1
    assert set(log["org:resource"].dropna()) == {"desk 1"}


def _pm4py() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pm4py
    return pm4py
