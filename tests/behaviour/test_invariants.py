"""What holds in every run: checked on random small scenarios (tests/strategies.py) with `==`.

Two laws need theory's conditions and get scenarios of their own: one more member delays nobody (one FIFO
team, always on shift), and Little's law at the borders of the window.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from copy import deepcopy
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import sim
from sim import engines
from sim.metrics import classify, summarise
from sim.plan import compile_plan
from sim.plan.arrays import NONE, Plan
from sim.records import Facts
from sim.scenario.load import load
from tests.strategies import CALENDARS, TREE, scenarios, write

DAY = 86_400_000
# without shrinking: it takes minutes where every example is a run; 0.1 s an example, most of it reading
QUICK = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Callable[[TREE], Plan]:
    folder = tmp_path_factory.mktemp("random")
    return lambda tree: compile_plan(load(write(tree, folder)))


def run(plan: Plan, replication: int = 0) -> Facts:
    return engines.run(plan, seed=1, replication=replication, keep_log=True)


def ends(facts: Facts) -> list[int]:
    return [facts.end if case.leave < 0 else case.leave for case in facts.cases]


# -- every run


@QUICK
@given(tree=scenarios())
def test_classes_sum_to_the_lead_time(planned, tree):
    plan = planned(tree)
    facts = run(plan)
    business = plan.calendars[plan.business]
    stays = zip(facts.cases, ends(facts), strict=True)
    lead = [business.open_between(case.arrive, end) for case, end in stays]
    account = classify(facts, plan)
    assert account.sum(axis=1).tolist() == lead
    assert (account >= 0).all()


@QUICK
@given(tree=scenarios())
def test_nobody_works_on_two_things_at_once(planned, tree):
    plan = planned(tree)
    stretches = defaultdict(list)
    for row in run(plan).works:
        stretches[row.team, row.member].append((row.begin, row.end))
    for mine in stretches.values():
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(mine)))


@QUICK
@given(tree=scenarios())
def test_every_start_comes_to_an_end(planned, tree):
    """By a complete, a pause or a cancel; or the case is open when the run ends."""
    running: Counter[tuple[object, ...]] = Counter()
    over = set()
    for row in run(planned(tree)).events:
        case, token, event = row[2:5], row[6], row[9]
        person = (case, token, row[7], row[8], row[10], row[11])
        if event == "start":
            running[person] += 1
            assert running[person] == 1
        elif event in ("pause", "complete") and row[11]:
            running[person] -= 1
            assert running[person] == 0
        elif event == "cancel":
            for key in [key for key in running if key[:2] == (case, token)]:
                del running[key]
        elif event == "leave":
            over.add(case)
    assert [key for key, n in running.items() if n and key[0] in over] == []


@QUICK
@given(tree=scenarios())
def test_the_log_of_a_case_is_a_story_from_arrive_to_leave(planned, tree):
    """Rows are numbered in order of time, visits of a path count from 1, what completes was entered."""
    stories = defaultdict(list)
    for row in run(planned(tree)).events:
        stories[row[2:5]].append(row)
    for rows in stories.values():
        assert [row[5] for row in rows] == list(range(1, len(rows) + 1))
        assert all(before[1] <= after[1] for before, after in pairwise(rows))
        if rows[0][2].startswith("other:"):  # type: ignore[attr-defined]
            continue
        names = [row[9] for row in rows]
        assert names[0] == "arrive" and names.count("arrive") == 1
        assert names.count("leave") <= 1 and "leave" not in names[:-1]
        visits = defaultdict(list)
        for row in rows:
            if row[9] == "enter":
                visits[row[7]].append(row[8])
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in visits.values())
        entered = {(path, visit) for path, numbers in visits.items() for visit in numbers}
        assert {row[7:9] for row in rows if row[9] in ("start", "complete", "outcome")} <= entered


@QUICK
@given(tree=scenarios())
def test_work_done_is_work_drawn(planned, tree):
    """Slice by slice and person by person, on the calendar of the work."""
    plan = planned(tree)
    facts = run(plan)
    slices = {team.name: team.slice for team in plan.teams}
    drawn: dict[tuple[object, ...], Any] = {}
    left: dict[tuple[object, ...], Any] = {}
    for row in facts.events:
        key = (*row[2:5], row[7], row[8], row[14], row[10], row[11])
        if row[9] == "start":
            assert row[13] == left.get(key, row[13])
            drawn.setdefault(key, row[13])
            left[key] = row[13]
        elif row[9] == "pause":
            left[key] -= slices[row[10]]  # type: ignore[index]
            assert row[13] == left[key] > 0
        elif row[9] == "complete" and row[11]:
            assert row[13] == drawn[key]
    for work in facts.works:
        if work.complete:
            took = work.end - work.begin
            if work.calendar != NONE:
                took = plan.calendars[work.calendar].open_between(work.begin, work.end)
            assert took == work.occupied >= work.switching + work.ms


@QUICK
@given(tree=scenarios())
def test_no_limit_pool_or_owner_has_more_than_it_may(planned, tree):
    """But for cases that are in the system at the start: no limit turns them away."""
    plan = planned(tree)
    facts = run(plan)
    start = [bool(plan.sources[case.source].start_steps) for case in facts.cases]
    for index, flow in enumerate(plan.flows):
        mine = [row for row in facts.passages if row.flow == index and not start[row.case]]
        spans = [(row.enter, facts.end if row.leave < 0 else row.leave) for row in mine]
        assert flow.limit == NONE or most_at_once(spans) <= flow.limit
    for index, environment in enumerate(plan.environments):
        held = [(row.begin, row.end) for row in facts.holds if row.environment == index]
        assert environment.pool == 0 or most_at_once(held) <= environment.pool
    begins: dict[object, Any] = {row[2:5]: row[1] for row in facts.events if row[9] == "own"}
    owned = defaultdict(list)
    for case, end in zip(facts.cases, ends(facts), strict=True):
        if case.owner >= 0:
            begin = begins[plan.sources[case.source].name, case.number, case.generation]
            owned[plan.case_types[case.case_type].owner_team, case.owner].append((begin, end))
    for (team, _), spans in owned.items():
        assert most_at_once(spans) <= plan.teams[team].owns


def most_at_once(spans: list[tuple[int, int]]) -> int:
    """The largest number of stretches that overlap; one that ends makes room at that instant."""
    lasting = [(begin, end) for begin, end in spans if end > begin]
    changes = sorted([(begin, 1) for begin, _ in lasting] + [(end, -1) for _, end in lasting])
    return max(np.cumsum([change for _, change in changes]), default=0)


@QUICK
@given(tree=scenarios())
def test_littles_law_holds_in_the_window(planned, tree):
    """Cases inside, counted instant by instant from the log, are the wip of the metrics times the window."""
    plan = planned(tree)
    facts = run(plan)
    measures = {(m.metric, m.of): m.value for m in summarise(facts, plan) if m.kind == "case"}
    business = plan.calendars[plan.business]
    open_ms = business.open_between(plan.warm_up, plan.end)
    for index, row in enumerate(plan.case_types):
        changes: Counter[int] = Counter({plan.warm_up: 0, plan.end: 0})
        for case, end in zip(facts.cases, ends(facts), strict=True):
            if case.case_type == index:
                changes[min(max(case.arrive, plan.warm_up), plan.end)] += 1
                changes[max(min(end, plan.end), plan.warm_up)] -= 1
        inside, total = 0, 0
        for begin, end in pairwise(sorted(changes)):
            inside += changes[begin]
            total += inside * business.open_between(begin, end)
        assert measures["wip", row.name] == pytest.approx(total / open_ms, rel=1e-12)


@QUICK
@given(tree=scenarios())
def test_the_same_seed_gives_the_same_run(planned, tree):
    plan = planned(tree)
    first = run(plan)
    assert repr(run(plan)) == repr(first)
    assert repr(run(planned(tree))) == repr(first)


def test_any_replication_alone_is_the_one_among_many(tmp_path):
    path = write(FIXED, tmp_path)
    many = sim.run(sim.load(path), replications=4, seed=5, keep_log=True)
    alone = engines.run(compile_plan(load(path)), seed=5, replication=2, keep_log=True)
    rows = [row for row in many.events.rows() if row[0] == 2]
    assert len(rows) > 100
    assert rows == sorted(alone.events, key=lambda row: row[1:6])


def test_a_run_may_end_on_a_weekend(planned):
    """Cases that wait for Monday are open at the end; they do not stand still."""
    facts = run(
        planned(
            {
                "clock": {"start": "2027-01-04", "horizon": "6 days", "business": "office"},
                "calendars": {"office": {"days": "Mon-Fri", "hours": "09:00-17:00"}},
                "teams": {"a": {"size": 1}},
                "cases": {"y": {"arrive": {"at": ["2027-01-08 16:00", "2027-01-08 17:00"]}, "flow": "f"}},
                "flows": {"f": {"steps": {"s": {"team": "a", "work": "1 h"}}}},
            }
        )
    )
    assert [case.leave < 0 for case in facts.cases] == [False, True]


# -- two runs


def first_starts(facts: Facts) -> dict[tuple[object, ...], object]:
    """The drawn work of each visit: `ms` at its first start."""
    drawn: dict[tuple[object, ...], object] = {}
    for row in facts.events:
        if row[9] == "start":
            drawn.setdefault((*row[2:5], row[7], row[8], row[14]), row[13])
    return drawn


def traits(facts: Facts) -> dict[tuple[object, ...], object]:
    """What the traits of each case turned out to be; those never asked for left out."""
    return {
        (case.source, case.number, case.generation, i): value
        for case in facts.cases
        for i, value in enumerate(case.traits)
        if value == value
    }


def with_random_work(tree: TREE) -> TREE:
    """The same with all work drawn, so that a moved draw would show."""
    if isinstance(tree, dict):
        return {
            key: "exponential mean 2 h" if key == "work" else with_random_work(value)
            for key, value in tree.items()
        }
    return tree


@QUICK
@given(tree=scenarios(batches=False), where=st.integers(0, 3), flow=st.sampled_from(["main", "side", "sub"]))
def test_an_added_step_moves_no_other_draw(planned, tree, where, flow):
    tree = with_random_work(tree)
    more = deepcopy(tree)
    old = list(tree["flows"][flow]["steps"].items())
    new = ("added", {"team": "a", "work": "exponential mean 1 h"})
    more["flows"][flow]["steps"] = dict([*old[:where], new, *old[where:]])
    before, after = run(planned(tree)), run(planned(more))
    for facts in (first_starts, traits):
        one, two = facts(before), facts(after)
        common = one.keys() & two.keys()
        assert {key: one[key] for key in common} == {key: two[key] for key in common}
        assume(common)


CHANGES: dict[str, tuple[Any, Any]] = {
    "size": (1, 2),
    "focus": ("100%", "60%"),
    "rate": ("2 per d", "5 per d"),
    "people": (0.2, 0.5),
    "p": ("20%", "60%"),
}


@QUICK
@given(tree=scenarios(), change=st.sampled_from(sorted(CHANGES)), day=st.integers(0, 8))
def test_runs_are_identical_until_an_intervention_begins(planned, tree, change, day):
    now, later = CHANGES[change]
    place = {
        "size": tree["teams"]["a"],
        "focus": tree["teams"]["a"],
        "rate": tree["cases"]["y"]["arrive"],
        "people": tree["teams"]["b"].setdefault("other_work", {"work": "2 h"}),
        "p": tree["flows"]["sub"]["steps"]["s1"]["then"]["bad"],
    }[change]
    if change == "rate":
        place.clear()
    tree["teams"]["b"]["other_work"].setdefault("people", 0.2)
    place[change] = now
    both = []
    for value in (now, {"0 days": now, f"{day + 1} days": later}):
        place[change] = value
        plan = planned(tree)
        begins = plan.warm_up + (day + 1) * DAY
        both.append([row for row in run(plan).events if row[1] < begins])  # type: ignore[operator]
    assert both[0] == both[1]


@QUICK
@given(
    works=st.lists(st.integers(0, 5), min_size=1, max_size=12),
    hours=st.lists(st.integers(0, 23), min_size=12, max_size=12),
    size=st.integers(1, 3),
)
def test_one_more_member_delays_nobody(planned, works, hours, size):
    """One FIFO team that is always there."""

    def leaves(n: int) -> dict[str, int]:
        cases = {
            f"c{i:02}": {"arrive": {"at": [f"2027-01-04 {hours[i]:02}:00"]}, "flow": f"f{i:02}"}
            for i in range(len(works))
        }
        flows = {f"f{i:02}": {"steps": {"s": {"team": "t", "work": f"{w} h"}}} for i, w in enumerate(works)}
        plan = planned(
            {
                "clock": {"start": "2027-01-04", "horizon": "10 days", "business": "always"},
                "teams": {"t": {"size": n}},
                "cases": cases,
                "flows": flows,
            }
        )
        return {plan.sources[case.source].name: case.leave for case in run(plan).cases}

    few, more = leaves(size), leaves(size + 1)
    assert min(few.values()) >= 0
    assert all(more[name] <= few[name] for name in few)


# -- another process

FIXED: TREE = {
    "name": "fixed",
    "clock": {"start": "2027-01-04", "horizon": "12 days", "warm_up": "3 days", "business": "office"},
    "calendars": CALENDARS,
    "traits": {"lucky": "40%", "size": {"large": "30%", "small": "rest"}},
    "teams": {
        "a": {"size": 1, "order": "value", "other_work": {"people": 0.3, "work": "exponential mean 2 h"}},
        "b": {"size": 2, "calendar": "late", "closing": "fit"},
        "c": {"size": 2, "owns": 2, "slice": "1 h", "switching": "30 min"},
    },
    "environments": {"sandbox": {"pool": 1}, "licence": {"pool": 2, "lingers": "1 days"}},
    "cases": {
        "x": {
            "arrive": {"rate": "3 per d"},
            "owner": "c",
            "flow": "main",
            "patience": {"waiting": "exponential mean 3 d"},
            "value": {"per_month": "exponential mean 1 k", "from": "live"},
        },
        "y": {"arrive": {"population": 3}, "flow": "side"},
    },
    "flows": {
        "main": {
            "steps": {
                "s0": {"team": "owner", "work": "exponential mean 3 h", "takes": ["sandbox", "licence"]},
                "s1": {"parallel": {"p": {"team": "a", "work": "1 h"}, "q": {"flow": "side"}}},
                "s2": {"team": "a", "with": "b", "work": "2 h", "when": "lucky or size is large"},
                "live": {"milestone": "live"},
            }
        },
        "side": {
            "limit": 2,
            "steps": {"s0": {"team": "b", "work": "2 h", "batch": {"up_to": 2}}},
        },
    },
}
PRINT_LOG = """
import sys
from pathlib import Path
from sim import engines
from sim.plan import compile_plan
from sim.scenario.load import load
for row in engines.run(compile_plan(load(Path(sys.argv[1]))), seed=1, replication=0, keep_log=True).events:
    print(row)
"""


def test_the_hash_seed_of_python_does_not_matter(tmp_path):
    path = write(FIXED, tmp_path)
    logs = [
        subprocess.run(
            [sys.executable, "-c", PRINT_LOG, str(path)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert logs[0].count("\n") > 100
    assert logs[0] == logs[1]
