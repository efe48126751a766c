"""An unstable scenario is called so, in text and in JSON, with the team's name."""

from __future__ import annotations

from pathlib import Path

import pytest

OVERLOADED = """
name: overloaded
clock: {start: 2027-01-04, horizon: 40 days, warm_up: 10 days, business: always}
teams: {clerk: {size: 1}}
cases: {c: {arrive: {rate: 1 per h}, flow: f}}
flows: {f: {steps: {s: {team: clerk, work: exponential mean 72 min}}}}
"""


@pytest.fixture
def overloaded(office: Path) -> Path:
    path = office / "overloaded.yaml"
    path.write_text(OVERLOADED, encoding="utf-8")
    return path


def test_a_run_says_that_it_is_unstable_and_names_the_team(command, overloaded):
    text = command("run", str(overloaded), "--replications", "5").stdout
    warning = " ".join(text.split("\n\n")[1].split())
    assert warning.startswith("UNSTABLE, overloaded: the queue of clerk grows to the end of the run by")
    assert "offered load 120 %" in warning
    assert "not of a state that it settles in" in warning
    assert "c is unstable and has no usual lead time; in this horizon: " in text


def test_a_comparison_says_which_scenario_is_unstable(command, overloaded):
    quicker = overloaded.with_name("quicker.yaml")
    quicker.write_text(OVERLOADED.replace("overloaded", "quicker").replace("72 min", "30 min"), "utf-8")
    text = command("compare", str(overloaded), str(quicker), "--replications", "5").stdout
    assert "UNSTABLE, overloaded" in text
    assert "UNSTABLE, quicker" not in text and "NOT SETTLED" not in text


def test_the_document_has_the_verdict_with_its_interval(document, overloaded):
    found = document("run", str(overloaded), "--replications", "5")
    assert found["stable"] is False
    team, cases = found["growing"]
    assert (team["kind"], team["of"], team["verdict"]) == ("team", "clerk", "unstable")
    assert team["load"] == pytest.approx(120)
    assert 0 < team["low"] < team["mean"] < team["high"]
    assert (cases["kind"], cases["of"], cases["load"]) == ("case", "c", None)


def test_what_settles_is_stable(document):
    found = document("run", "office.yaml", "--replications", "3")
    assert found["stable"] is True and found["growing"] == []
