"""Random small scenarios (Hypothesis), as trees that are written as JSON, which is YAML.

They reach the constructs of the language in combination: owners, slices, appointments, batches, limits,
pools, patience, closing rules, sizes, focus and rates over time, alternatives, detours, forks, successors,
populations, cases in the system at the start, other work, all orders. Times are whole or half hours, so that
many things happen at one instant. Any engine can be held to any of them.

Three things are avoided, because a run may rightly end with an error: going round within one instant (the
first step of a flow takes time; what a population is refused by does not end it), calendars that do not
overlap, and standing still (a case `z` waits past the end of the run, so that something is always pending).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

TREE = dict[str, Any]

CALENDARS = {
    "office": {"days": "Mon-Fri", "hours": "09:00-17:00", "closed": ["2027-01-07"], "open": ["2027-01-09"]},
    "late": {"days": "Mon-Sat", "hours": ["11:00-13:00", "14:00-20:00"]},
    "night": {"days": "Sun-Fri", "hours": "22:00-06:00"},
    "board": {"days": "Tue, Thu", "hours": "14:00-16:00"},
    "council": {"days": "Wed", "hours": "10:00-12:00", "every": "2 weeks", "from": "2027-01-06"},
    "train": {"days": "Mon-Fri", "at": "18:00"},
}
FILES = {
    "list.csv": "when,kind,lucky\n2027-01-04 09:00,hard,yes\n2027-01-04 09:00,easy,no\n2027-01-06 12:00,,",
    "log.csv": "case,time,kind\nA,2027-01-05 10:00,easy\nA,2027-01-05 12:00,easy\nB,2027-01-04 11:00,hard\n",
}
"""What `list` and `log` read; `write` puts them beside the scenario."""

INSTANTS = [
    "2027-01-04 09:00",
    "2027-01-04 10:00",
    "2027-01-05 16:00",
    "2027-01-08 16:30",
    "2027-01-09 10:00",
]
WORKS: list[Any] = [
    "30 min",
    "1 h",
    "2 h",
    "4 h",
    "10 h",
    "0 h",
    "uniform 1 h to 3 h",
    {"first": "3 h", "again": "50%"},
    {"first": "uniform 1 h to 2 h", "again": "30 min"},
    {"by": "kind", "hard": "4 h", "easy": "1 h"},
    {"mix": {"small": {"p": "50%", "is": "1 h"}, "large": {"p": "rest", "is": "exponential mean 2 h"}}},
    {"0 days": "1 h", "4 days": "2 h"},
    "2 * 30 min + 1 h",
]
WAITS = ["0 h", "1 h", "2 d", "2 days", "uniform 1 h to 8 h", "lognormal mean 4 h cv 1"]
CONDITIONS = ["lucky", "not lucky", "kind is hard", "points at least 3 and lucky", "points below 2 or lucky"]
ORDERS = ["fifo", "priority", "value", "cd3", "shortest", "due"]
SIZES: list[Any] = [
    1,
    2,
    3,
    {"0 days": 2, "4 days": 1},
    {"0 days": 1, "3 days": 3},
    "ramp 1 at 0 days to 3 at 9 days",
]
FOCUS: list[Any] = [None, None, None, "50%", "70%", "ramp 100% at 0 days to 40% at 9 days"]


def write(tree: TREE, folder: Path) -> Path:
    """Write a scenario and the files it reads; gives its path."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "scenario.yaml"
    path.write_text(json.dumps(tree, indent=1), encoding="utf-8")
    return path


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def put(tree: TREE, **keys: Any) -> TREE:
    """The tree with these keys, those of None left out; `from_` stands for `from`."""
    return tree | {key.rstrip("_"): value for key, value in keys.items() if value is not None}


# -- teams and environments


@st.composite
def team(draw: st.DrawFn, calendars: tuple[str | None, ...], sizes: list[Any]) -> TREE:
    tree = put(
        {"size": draw(st.sampled_from(sizes))},
        calendar=draw(st.sampled_from(calendars)),
        closing=draw(one_of("suspend", "finish", "fit")),
        order=draw(st.sampled_from(ORDERS)),
        focus=draw(st.sampled_from(FOCUS)),
        slice=draw(one_of(None, None, "1 h", "4 h")),
        switching=draw(one_of(None, None, "30 min")),
    )
    if draw(st.integers(0, 3)) == 0:
        people = draw(one_of(0.3, {"0 days": 0.1, "5 days": 0.6}))
        work = draw(one_of("2 h", "exponential mean 3 h"))
        tree["other_work"] = put({"people": people, "work": work}, priority=draw(one_of(None, 1, 3)))
    return tree


@st.composite
def environments(draw: st.DrawFn) -> TREE:
    return {
        "sandbox": put(
            {"cost": "10 per month"}, pool=draw(one_of(None, 1, 2)), lingers=draw(one_of(None, "1 days"))
        ),
        "licence": put(
            {}, pool=draw(one_of(None, 2)), cost={"by": "kind", "hard": "5 per month", "easy": "3 per month"}
        ),
    }


# -- steps


@st.composite
def joined(draw: st.DrawFn, team: str, owner: bool) -> Any:
    """Who takes part besides `team`."""
    others: list[Any] = [{"a": "b", "b": "a", "owner": "a"}[team], "d"]
    if team == "owner":
        others += ["c", {"a": 1, "b": 1}]
    elif owner:
        others += ["owner", {"c": 1}]
    return draw(st.sampled_from(others))


@st.composite
def work(draw: st.DrawFn, owner: bool, takes: bool, batches: bool) -> TREE:
    teams = ["a", "a", "b", "b", "n", "d", *(["owner", "owner"] if owner else [])]
    tree: TREE = {
        "team": draw(st.sampled_from(teams)),
        "work": draw(st.sampled_from(WORKS)),
        "adds": draw(one_of("value", "necessary", "nothing")),
    }
    shape = draw(one_of("alone", "alone", "joint", "joint", "batch", "patient"))
    if shape == "joint" and tree["team"] in ("a", "b", "owner"):
        tree["with"] = draw(joined(tree["team"], owner))
    if batches and draw(st.integers(0, 9)) < (9 if shape == "batch" else 1) and tree["team"] != "owner":
        tree["batch"] = draw(
            one_of({"exactly": 2, "or_after": "4 h"}, {"exactly": 3, "or_after": "1 d"}, {"up_to": 3})
        )
    if shape == "patient" or draw(st.integers(0, 9)) == 0:
        waiting = draw(one_of("0 min", "30 min", "1 h", "8 h", "exponential mean 4 h"))
        tree["patience"] = {"waiting": waiting, "then": draw(one_of("next", {"end": "lost"}))}
    if takes and draw(st.integers(0, 3)) == 0:
        tree |= draw(
            one_of(
                {"takes": "sandbox", "gives_back": "sandbox"},
                {"takes": ["sandbox", "licence"], "gives_back": "licence"},
                {"takes": "licence"},
            )
        )
    return tree


@st.composite
def alternative(draw: st.DrawFn, tree: TREE) -> TREE:
    """One thing to do in place of a step of work."""
    quick: TREE = draw(
        one_of(
            {"work": "1 h"},
            {"skip": True},
            {"wait": "2 h", "calendar": "always", "why": "automation"},
            {"flow": "answer"},
            {"work": "30 min", "then": "next"},
            {"work": "1 h", "with": "nobody"} if "with" in tree else {"adds": "nothing"},
            {"parallel": {"one": {"team": "a", "work": "1 h"}, "two": {"wait": "30 min"}}},
        )
    )
    if "skip" not in quick and draw(st.booleans()):
        quick["falls_back"] = draw(one_of("30%", "100%", "ramp 100% at 0 days to 0% at 9 days"))
    return put(dict(quick), when=draw(maybe(st.sampled_from(CONDITIONS))))


@st.composite
def step(draw: st.DrawFn, owner: bool, takes: bool, calls: bool, batches: bool, depth: int = 0) -> TREE:
    kinds = ["work", "work", "work", "wait", "until", "detour", "instead", "instead"]
    kinds += ["flow", "flow"] if calls else []
    kinds += ["fork", "fork"] if depth < 2 else []
    kind = draw(st.sampled_from(kinds))
    when = draw(st.sampled_from([None, None, None, *CONDITIONS]))
    if kind == "wait":
        return put({"wait": draw(st.sampled_from(WAITS))}, when=when, why=draw(one_of(None, "vendor")))
    if kind == "until":
        return put({"wait": f"until {draw(one_of('board', 'council', 'train', 'night'))}"}, when=when)
    if kind == "flow" and depth:
        return put({"flow": "answer"}, when=when)  # a branch cannot route what `sub` leaves with
    if kind == "flow":
        return put(
            {"flow": "sub", "then": {"bad": draw(one_of({"end": "failed"}, {})), "fine": "rest"}}, when=when
        )
    if kind == "fork":
        one = draw(work(owner, takes, batches))
        two = draw(step(owner, takes, calls, batches, depth + 1))
        two.pop("when", None)
        return put({"parallel": {"one": one, "two": two}}, when=when)
    tree = draw(work(owner, takes, batches))
    if kind == "detour":
        tree["then"] = {"again": {"p": "50%", "do": "answer", "weaken": "50%", "at_most": 2}, "ok": "rest"}
    if kind == "instead":
        tree["instead"] = {"quick": draw(alternative(tree))}
        if draw(st.booleans()):
            tree["instead"]["other"] = draw(alternative(tree))
    return put(tree, when=when)


@st.composite
def steps(draw: st.DrawFn, owner: bool, takes: bool, calls: bool, batches: bool) -> TREE:
    trees = draw(st.lists(step(owner, takes, calls, batches), min_size=1, max_size=4))
    last = trees[-1]
    if "team" in last and "then" not in last and draw(st.booleans()):
        last["then"] = draw(
            one_of(
                {"back": {"p": "50%", "go_to": "s0", "weaken": "50%", "at_most": 2}, "on": "rest"},
                {
                    "back": {"p": "ramp 60% at 0 days to 0% at 9 days", "go_to": "s0", "at_most": 3},
                    "on": "rest",
                },
                {"stop": {"p": "20%", "end": "stopped"}, "off": {"p": "20%"}, "on": "rest"},
            )
        )
    # the first takes time, so that a population does not go round within one instant
    trees.insert(0, {"team": "a", "work": "1 h"})
    return {f"s{i}": tree for i, tree in enumerate(trees)}


@st.composite
def sub_flow(draw: st.DrawFn, batches: bool, ends: bool) -> TREE:
    """A flow that others call; with `ends` a full one may end the case."""
    tree = {"s0": draw(work(False, False, batches))}
    tree["s1"] = {"team": "b", "work": "1 h", "then": {"bad": {"p": "20%", "leave": "bad"}, "fine": "rest"}}
    limits: list[Any] = [None, 1, 2, {"cases": 1, "when_full": {"leave": "bad"}}]
    limits += [{"cases": 1, "when_full": {"end": "refused"}}] if ends else []
    return put({"steps": tree}, limit=draw(st.sampled_from(limits)))


# -- cases


def arrive(population: bool = True) -> st.SearchStrategy[TREE]:
    ways: list[TREE] = [
        {"every": "4 h"},
        {"every": "4 h", "calendar": "late"},
        {"backlog": 3},
        {"rate": "2 per d"},
        {"rate": {"0 days": "1 per d", "4 days": "4 per d"}},
        {"rate": "ramp 0 per d at 0 days to 3 per d at 8 days", "calendar": "always"},
        {"list": "list.csv"},
        {"log": "log.csv"},
    ]
    ways += [{"population": 2}, {"population": 3}] if population else []
    instants = st.lists(st.sampled_from(INSTANTS), min_size=1, max_size=5)
    return st.sampled_from(ways) | instants.map(lambda at: {"at": sorted(at)})


@st.composite
def patience(draw: st.DrawFn, until: str | None) -> TREE:
    tree: TREE = {"waiting": draw(one_of("4 h", "8 h", "2 d", "exponential mean 1 d"))}
    return put(
        tree,
        then=draw(one_of(None, "s0", {"end": "gone"}, "done")),
        until=draw(st.sampled_from([None, until])),
    )


@st.composite
def cases(draw: st.DrawFn, population: bool) -> TREE:
    x = put(
        {"arrive": draw(arrive(population)), "owner": "c", "flow": "main", "priority": 2, "due": "2 d"},
        value=put(
            {"per_month": draw(one_of("1 k", "uniform 1 k to 3 k")), "from": "live"},
            lasts=draw(one_of(None, "3 days")),
            decay=draw(one_of(None, "10%")),
        ),
        start_with=draw(one_of(None, {"s0": 2}, {"s0": 1, "entry/s1": 2})),
        patience=draw(maybe(patience("live"))),
        traits=draw(one_of(None, {"lucky": "90%"})),
    )
    y = put(
        {"arrive": draw(arrive(population)), "flow": "side"},
        priority=draw(one_of(1, 2, {"by": "kind", "hard": 1, "easy": 3})),
        patience=draw(maybe(patience(None))),
    )
    w = {"flow": "follow", "value": {"per_month": "500", "from": "seen"}}
    return {"x": x, "y": y, "w": w, "z": {"arrive": {"backlog": 1}, "flow": "long"}}


@st.composite
def scenarios(draw: st.DrawFn, batches: bool = True) -> TREE:
    """A small valid scenario: five teams, owners, four case types, flows they share."""
    population = draw(st.booleans())
    main = draw(steps(True, True, True, batches))
    main |= {"entry": {"flow": "sub", "then": {"bad": {}, "fine": "rest"}}, "live": {"milestone": "live"}}
    starts = draw(
        one_of(
            None, {"case": "w", "p": "50%", "after": "1 d"}, {"case": "w"}, {"case": "x", "after": "2 days"}
        )
    )
    main["over"] = {
        "end": "finished" if population or starts is None else {"as": "finished", "starts": starts}
    }
    own_limit = draw(
        one_of(None, None, 2, 3 if population else {"cases": 2, "when_full": {"end": "refused"}})
    )
    answer = {"steps": {"s0": {"team": "b", "work": "30 min"}}}
    day = ("office", "late", None, "always")
    start, warm_up = draw(
        one_of(("2027-01-04", "0 days"), ("2027-01-04", "2 days"), ("2027-01-06", "2 days"))
    )
    return {
        "name": "random",
        "clock": {
            "start": start,
            "horizon": draw(one_of("12 days", "2 weeks")),
            "warm_up": warm_up,
            "business": "office",
        },
        "calendars": CALENDARS,
        "traits": {"lucky": "40%", "kind": {"hard": "50%", "easy": "rest"}, "points": "uniform 0 to 5"},
        "teams": {
            "a": draw(team(day, SIZES)),
            "b": draw(team(day, SIZES)),
            "c": draw(team(day, SIZES)) | {"owns": draw(one_of(1, 2))},
            "d": {"size": "unlimited", "calendar": draw(one_of("office", "late")), "cost": "20 per hour"},
            "n": draw(team(("night",), [1, 2])),
        },
        "environments": draw(environments()),
        "cases": draw(cases(population)),
        "flows": {
            "main": put({"steps": main}, limit=own_limit),
            "side": {"steps": draw(steps(False, True, True, batches))},
            "sub": draw(sub_flow(batches, not population)),
            "answer": put(answer, limit=draw(one_of(None, None, 1))),
            "follow": {"steps": {"s0": {"team": "b", "work": "1 h"}, "seen": {"milestone": "seen"}}},
            "long": {"steps": {"s0": {"wait": "60 days"}}},
        },
    }
