"""What if: settings that are told by a page or an address, and the answers to them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.errors import RunError, SimError
from sim.experiment import run as running
from sim.experiment.compare import values_of
from sim.experiment.intervals import mean_interval
from sim.experiment.what_if import Answer, Settings, Tried, WhatIf, asking, frontier
from sim.experiment.what_if.pool import Pool
from sim.scenario.load import load

BASE = """
name: Two desks
summary: A desk and an office.
currency: USD
clock: {start: 2027-01-04, horizon: 12 months, warm_up: 1 months}
assumptions:
  returned: {value: 20%, range: [0%, 90%], source: "a guess"}
  demand:   {value: {0 months: 3 per d, 6 months: 4 per d}, range: [2 per d, 9 per d], source: "another"}
economics: {years: 1, discount_rate: 10%}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams:
  desk:   {size: 2, owns: 30, cost: 40 per hour}
  office: {size: 2, cost: 60 per hour}
cases:
  ticket:
    arrive: {rate: $demand}
    owner: desk
    value: {per_month: 100, from: solved, lasts: 2 months}
    flow: work
flows:
  work:
    limit: {cases: 40, when_full: {end: full}}
    steps:
      look:
        team: owner
        work: 1 h
        then: {back: {p: $returned, go_to: look}, lost: {p: 10%, end: lost}, on: rest}
      do:   {team: office, work: exponential mean 2 h}
      solved: {milestone: solved}
"""
PATCH = """
patch: Faster office
changes: The office has a machine.
base: base.yaml
assumptions:
  hours: {value: 1 h, range: [30 min, 2 h], source: "the maker"}
economics: {costs: {machine: {amount: 5 k}}}
flows: {work: {steps: {do: {work: exponential mean $hours}}}}
"""
OTHER = """
extends: base.yaml
name: One desk
summary: Everything at one desk.
teams: {desk: {size: 3}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("what_if")
    for name, text in {"base.yaml": BASE, "faster.yaml": PATCH, "one.yaml": OTHER}.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def what_if(folder: Path) -> Iterator[WhatIf]:
    found = WhatIf(folder / "base.yaml", [folder / "faster.yaml", folder / "one.yaml"], jobs=2)
    yield found
    found.close()


TURNED = {"values": {"office.size": 3, "$returned": 35.5}, "patches": ["Faster office"]}


def last(answers: Iterator[Answer]) -> Answer:
    *_, found = answers
    return found


# -- settings


def test_choices_are_called_as_their_files_say(what_if: WhatIf) -> None:
    assert [(each.name, each.changes, each.is_whole) for each in what_if.patches] == [
        ("Faster office", "The office has a machine.", False),
        ("One desk", "Everything at one desk.", True),
    ]
    assert (what_if.name, what_if.summary) == ("Two desks", "A desk and an office.")


def test_a_patch_brings_levers_of_its_own(what_if: WhatIf) -> None:
    today = [lever.name for lever in what_if.levers]
    here = [lever.name for lever in what_if.levers_of(Settings(patches=("Faster office",)))]
    assert [*today, "$hours"] == here


def test_a_setting_is_equal_however_it_was_told(what_if: WhatIf) -> None:
    one = what_if.checked({"values": {"office.size": 3.0, "$returned": 35}, "patches": ["Faster office"]})
    two = what_if.checked({"patches": ["Faster office"], "values": {"$returned": 35, "office.size": 3}})
    assert one == two and hash(one) == hash(two) and {one: 1}[two] == 1


def test_what_stands_as_today_is_no_difference(what_if: WhatIf) -> None:
    assert what_if.checked({"values": {"office.size": 2, "$returned": 20.00000000001}}).is_today


@pytest.mark.parametrize("told", [{}, {"values": {"$demand": 4.5}}, TURNED, {"patches": ["One desk"]}])
def test_the_setting_of_an_address_is_the_one_that_was_written(what_if: WhatIf, told: object) -> None:
    from urllib.parse import parse_qs

    settings = what_if.checked(told)
    text = what_if.encode(settings)
    assert what_if.decode(text) == settings
    read_by_a_server = parse_qs(f"s={text}").get("s", [""])[0]
    assert what_if.decode(read_by_a_server) == settings


def test_a_name_with_the_signs_of_an_address_in_it_is_still_a_name(tmp_path: Path) -> None:
    name = "a:1;on:b %3B +&=#?/é"
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "odd.yaml").write_text(PATCH.replace("Faster office", f"'{name}'"))
    what_if = WhatIf(tmp_path / "base.yaml", [tmp_path / "odd.yaml"])
    settings = what_if.checked({"patches": [name]})
    assert settings.patches == (name,)
    assert what_if.decode(what_if.encode(settings)) == settings
    assert set("&=#+? ").isdisjoint(what_if.encode(settings))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("office.size:nan", "a number is expected"),
        ("office.size:inf", "a number is expected"),
        ("office.size:1_0", "a number is expected"),
        ("office.size:٣", "a number is expected"),
        ("office.size:1e99", "admissible is 1 to 4, today it is 2"),
        ("office.size:-1", "admissible is 1 to 4"),
        ("office.size:2.5", "a whole number"),
        ("$returned:91", "admissible is 0% to 90%, today it is 20%"),
        ("offic.size:3", "Did you mean 'office.size'"),
        ("$hours:1", "lever '\\$hours': there is none"),
        ("on:Faster", "Did you mean 'Faster office'"),
        ("on:../../etc/passwd", "patch '../../etc/passwd': there is none"),
        ("office.size", "an entry is a lever and its value"),
        (":;:", "an entry is a lever and its value"),
        ("x" * 9_000, "8,000"),
        ("a:1;" * 400, "entries are too many"),
        ("\x00\x1b[31m:1", "lever '\\?\\?\\[31m'"),
        ("%", "an entry is a lever"),
        ("%ff%fe:1", "there is none of this name"),
    ],
)
def test_a_made_up_address_is_refused_with_words(what_if: WhatIf, text: str, words: str) -> None:
    with pytest.raises(RunError, match=words):
        what_if.decode(text)


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        "today",
        7,
        {"values": []},
        {"values": {"office.size": "3"}},
        {"values": {"office.size": True}},
        {"values": {"office.size": None}},
        {"values": {"office.size": float("nan")}},
        {"values": {"office.size": 10**400}},
        {"values": {"office.size": {"x": 1}}},
        {"values": {3: 3}},
        {"values": {f"x{i}": 1 for i in range(500)}},
        {"patches": "Faster office"},
        {"patches": [["Faster office"]]},
        {"patches": {"Faster office": True}},
        {"patches": ["Faster office"] * 500},
    ],
)
def test_what_a_page_would_never_tell_is_refused_with_words(what_if: WhatIf, told: object) -> None:
    with pytest.raises(RunError, match=r"expected|admissible|found"):
        what_if.checked(told)


def test_the_first_file_is_a_scenario_and_no_file_comes_twice(folder: Path) -> None:
    with pytest.raises(RunError, match=r"is a patch\. The first file is today's scenario"):
        WhatIf(folder / "faster.yaml")
    with pytest.raises(RunError, match="given twice"):
        WhatIf(folder / "base.yaml", [folder / "base.yaml"])


# -- answers


def test_an_answer_is_what_compare_says_of_the_saved_file(what_if: WhatIf, folder: Path) -> None:
    settings = what_if.checked(TURNED)
    answer = next(what_if.answers(settings))
    (folder / "saved.yaml").write_text(what_if.saved(settings, "Three and a machine"))
    other = load(folder / "saved.yaml")
    assert other.name == "Three and a machine"
    told = running.compare(load(folder / "base.yaml"), [other], replications=answer.replications, jobs=1)
    assert answer.comparison is not None
    assert values_of(answer.comparison.baseline) == values_of(told.baseline)
    assert values_of(answer.comparison.others[0]) == values_of(told.others[0])
    assert answer.comparison.appraisals[0] is not None and told.appraisals[0] is not None
    assert answer.comparison.appraisals[0].cases == told.appraisals[0].cases
    lead = answer.figure("lead_time")
    hours = list(values_of(told.others[0])["lead_time", "case", "ticket", "h"].values())
    assert lead is not None and lead.here is not None
    assert lead.here.mean == pytest.approx((mean_interval(hours).mean or 0) / 8)


def test_a_limit_is_saved_with_what_happens_when_it_is_full(what_if: WhatIf, folder: Path) -> None:
    settings = what_if.checked({"values": {"work.limit": 5}, "patches": ["One desk"]})
    (folder / "limited.yaml").write_text(what_if.saved(settings, "Five"))
    saved, here = load(folder / "limited.yaml"), what_if.scenario(settings)
    assert saved.file.flows == here.file.flows and saved.file.teams == here.file.teams
    assert here.file.flows["work"].limit is not None
    assert (here.file.flows["work"].limit.cases, here.file.teams["desk"].size) == (5, 3)


def test_the_file_of_a_setting_says_only_what_is_different(what_if: WhatIf) -> None:
    text = what_if.saved(what_if.checked(TURNED), "My 'own': name\n\x00")
    assert text.splitlines()[1:] == [
        "extends:",
        "- base.yaml",
        "- faster.yaml",
        "teams:",
        "  office:",
        "    size: 3",
        "assumptions:",
        "  returned:",
        "    value: 35.5%",
    ]


@pytest.fixture
def short_ladder(monkeypatch: pytest.MonkeyPatch) -> tuple[int, ...]:
    """A whole ladder is 400 replications, and shows no more than a short one."""
    monkeypatch.setattr(asking, "LADDER", (2, 3, 6))
    monkeypatch.setattr(asking, "_FIRST_S", 0.0)
    monkeypatch.setattr(asking, "_SPACING_S", 0.0)
    return (2, 3, 6)


def test_answers_grow_and_the_last_has_all_replications(
    what_if: WhatIf, short_ladder: tuple[int, ...]
) -> None:
    answers = list(what_if.answers(what_if.checked({"values": {"desk.size": 3}})))
    counts = [answer.replications for answer in answers]
    assert counts == [*short_ladder]
    assert [answer.is_last for answer in answers] == [False, False, True]
    again = last(what_if.answers(what_if.checked({"values": {"desk.size": 3}})))
    assert again.figures == answers[-1].figures


def test_the_groups_of_an_answer_sum_to_the_lead_time(what_if: WhatIf) -> None:
    answer = next(what_if.answers(what_if.checked(TURNED)))
    lead = answer.figure("lead_time")
    assert lead is not None and lead.here is not None and lead.change is not None
    for side, whole in (("here", lead.here), ("today", lead.today), ("change", lead.change)):
        parts = [getattr(group, side).mean for group in answer.groups]
        assert whole is not None and sum(parts) == pytest.approx(whole.mean)


def test_the_table_of_an_answer_has_a_row_for_every_figure(what_if: WhatIf) -> None:
    answer = next(what_if.answers(what_if.checked(TURNED)))
    table = answer.table
    assert table.height == len(answer.figures) + len(answer.groups) + len(answer.teams)
    lead = answer.figure("lead_time")
    row = table.row(0, named=True)
    assert lead is not None and lead.today is not None and lead.change is not None
    assert (row["name"], row["of"], row["unit"]) == ("lead_time", "ticket", "working days")
    assert (row["today"], row["change_low"]) == (lead.today.mean, lead.change.low)
    assert Answer.refused("no").table.height == 0


def test_today_compared_with_itself_is_the_same_in_every_figure(what_if: WhatIf) -> None:
    answer = next(what_if.answers(Settings()))
    assert {figure.verdict for figure in (*answer.figures, *answer.groups, *answer.teams)} <= {
        "the same",
        None,
    }
    assert answer.figure("roi").here is None  # type: ignore[union-attr]
    assert answer.point == answer.today


def test_another_scenario_takes_the_place_of_todays_and_two_of_them_cannot(folder: Path) -> None:
    (folder / "two.yaml").write_text(OTHER.replace("One desk", "Two offices"))
    what_if = WhatIf(folder / "base.yaml", [folder / "one.yaml", folder / "two.yaml"])
    assert what_if.scenario(Settings(patches=("One desk",))).file.teams["desk"].size == 3
    with pytest.raises(RunError, match="only one of them can be on"):
        what_if.checked({"patches": ["One desk", "Two offices"]})


def test_a_setting_that_cannot_be_is_answered_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE.replace("p: 10%", "p: 30%"))
    what_if = WhatIf(tmp_path / "base.yaml")
    (answer,) = what_if.answers(what_if.checked({"values": {"$returned": 80}}))
    assert "100" in answer.refusal and answer.comparison is None and answer.is_last


def test_a_run_that_cannot_go_on_is_answered_with_the_reason(
    what_if: WhatIf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.engines.compiled_engine import engine

    settings = what_if.checked({"values": {"office.size": 1, "$demand": 9}})
    monkeypatch.setattr(engine, "MAX_QUEUE", 3)
    (answer,) = what_if.answers(settings)
    assert "It gets more work than it can do" in answer.refusal


def test_a_defect_is_answered_and_logged_and_does_not_reach_the_page(
    what_if: WhatIf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(asking, "main_case_type", lambda _: 1 / 0)
    (answer,) = what_if.answers(what_if.checked({"values": {"desk.size": 1}}))
    assert "by a defect of the program: ZeroDivisionError" in answer.refusal
    assert "desk.size:1" in caplog.text


def test_the_frontier_has_those_that_nothing_beats(what_if: WhatIf) -> None:
    tried = Tried()
    for told in ({}, {"values": {"office.size": 4}}, {"values": {"office.size": 4, "desk.size": 4}}):
        tried.add(next(what_if.answers(what_if.checked(told))))
    assert [point.title for point in tried.points][:2] == ["Two desks", "Two desks, changed"]
    assert len(tried.points) == 3
    best = frontier(tried.points)
    costs = [point.cost.mean or 0 for point in best]
    times = [point.lead_time.mean or 0 for point in best]
    assert costs == sorted(costs) and times == sorted(times, reverse=True)
    assert not any(
        other.cost.mean < point.cost.mean and other.lead_time.mean < point.lead_time.mean  # type: ignore[operator]
        for point in best
        for other in tried.points
    )


# -- work that nobody wants any more, and work of several at once


def test_a_question_that_is_called_off_ends_soon_and_leaves_no_work(folder: Path) -> None:
    (folder / "long.yaml").write_text(
        BASE.replace("12 months", "240 months").replace("years: 1", "years: 20")
    )
    what_if = WhatIf(folder / "long.yaml", jobs=1)
    what_if.today(1)
    off = threading.Event()
    found: list[Answer] = []
    asking = threading.Thread(
        target=lambda: found.extend(
            what_if.answers(what_if.checked({"values": {"office.size": 3}}), off.is_set)
        )
    )
    asking.start()
    time.sleep(0.2)
    off.set()
    asking.join(timeout=2)
    assert not asking.is_alive()
    done = threading.Event()
    what_if._pool.submit(0, threading.Event(), done.set)
    assert done.wait(timeout=5)  # the only thread is free again
    what_if.close()


def test_lower_replications_come_first_whoever_asks_and_the_dropped_do_not_run() -> None:
    pool, order, gate, dropped = Pool(1), list[str](), threading.Event(), threading.Event()
    pool.submit(0, threading.Event(), gate.wait)
    keep = threading.Event()
    asked = [
        pool.submit(number, halt, lambda name=name: order.append(name))
        for name, number, halt in (
            ("a 9", 9, keep),
            ("a 10", 10, keep),
            ("dropped", 1, dropped),
            ("b 0", 0, keep),
            ("b 9", 9, keep),
        )
    ]
    dropped.set()
    gate.set()
    asked[1].result(timeout=5)
    assert order == ["b 0", "a 9", "b 9", "a 10"]
    assert asked[2].cancelled()
    pool.close()


@pytest.mark.usefixtures("short_ladder")
def test_two_who_ask_at_once_get_what_each_would_get_alone(what_if: WhatIf, folder: Path) -> None:
    told = [{"values": {"office.size": 4}}, {"values": {"$returned": 45}}]
    found: dict[int, Answer] = {}

    def ask(i: int) -> None:
        found[i] = last(what_if.answers(what_if.checked(told[i])))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    alone = WhatIf(folder / "base.yaml", jobs=1)
    for i in range(2):
        assert found[i].figures == last(alone.answers(alone.checked(told[i]))).figures


def test_after_closing_nothing_is_answered(folder: Path) -> None:
    what_if = WhatIf(folder / "base.yaml")
    what_if.close()
    assert list(what_if.answers(Settings())) == []
    for ask in (lambda: what_if.today(1), lambda: what_if.comparison(Settings(), 1)):
        with pytest.raises(RunError, match="called off"):
            ask()


def test_a_scenario_of_other_years_cannot_take_todays_place(folder: Path) -> None:
    (folder / "other_years.yaml").write_text(
        OTHER.replace("One desk", "Later") + "clock: {horizon: 13 months}\n"
    )
    what_if = WhatIf(folder / "base.yaml", [folder / "other_years.yaml"])
    (answer,) = what_if.answers(what_if.checked({"patches": ["Later"]}))
    assert "scenarios of a comparison must share it" in answer.refusal


def test_a_patch_elsewhere_can_be_tried_but_not_saved(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "far.yaml").write_text(PATCH)
    what_if = WhatIf(folder / "base.yaml", [tmp_path / "far.yaml"])
    with pytest.raises(SimError, match="Copy it there"):
        what_if.saved(Settings(patches=("Faster office",)))
