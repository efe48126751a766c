"""What `sim run` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_a_headline_a_ledger_the_teams_the_owners_and_the_money(command):
    result = command("run", "office.yaml", "-n", "2")
    assert result.exit_code == 0
    for words in (
        "request: ",
        "weeks for one week of value",
        "where the time goes",
        "waiting for people",
        "  person busy",
        "utilisation [%]",
        "what owners spend their time on",
        "idle while a case waits",
        "k EUR",
    ):
        assert words in result.stdout, words


@pytest.mark.parametrize("arguments", [("run", "office.yaml"), ("compare", "office.yaml", "form.yaml")])
def test_nothing_printed_is_wider_than_100_columns(command, arguments):
    result = command(*arguments, "-n", "2")
    assert result.exit_code == 0
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    assert all(line == line.rstrip() for line in result.stdout.splitlines())
    assert "\x1b" not in result.stdout


def test_the_classes_of_a_group_stand_under_it_and_sum_to_it(command):
    lines = command("run", "office.yaml", "-n", "1").stdout.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("where the time goes"))
    ledger = {}
    for line in lines[start + 2 :]:
        if not line:
            break
        name, days, percent = line[:28].strip(), *line.split()[-2:]
        ledger[name] = (float(days), float(percent))
    assert ledger["lead time"][1] == 100
    parts = ("non adding", "rework", "interrupted")
    assert ledger["waste"][0] == pytest.approx(sum(ledger[part][0] for part in parts), abs=0.02)
    groups = ("value-adding", "necessary", "waste", "waiting for people")
    groups += ("waiting for dates and limits", "waiting outside")
    assert ledger["lead time"][0] == pytest.approx(sum(ledger[group][0] for group in groups), abs=0.04)


def test_figures_of_finished_cases_are_marked_when_many_are_still_open(command, office):
    text = (office / "office.yaml").read_text().replace("rate: 1 per d", "rate: 6 per d")
    (office / "crowded.yaml").write_text(text)
    crowded = command("run", "crowded.yaml", "-n", "1").stdout
    assert "request *" in crowded
    assert "were still open at the end" in crowded
    assert "were still open" not in command("run", "office.yaml", "-n", "1").stdout


def test_jane_s_thirteen_days_come_in_order_with_their_sentence(command):
    result = command("run", str(SCENARIOS / "jane.yaml"), "-n", "1")
    text = result.stdout
    assert "10.10 d from arrival to leaving, of which 4.00 d add value and 6.10 d do not" in text.replace(
        "\n", " "
    )
    assert "process efficiency 39.6 %, 2.525 weeks for one week of value" in text.replace("\n", " ")
    lines = text[text.index("day by day") :].splitlines()
    numbers = [int(line[:3]) for line in lines if line[:2].strip().isdigit()]
    assert numbers == list(range(1, 14))
    closed = [line for line in lines if " closed" in line]
    assert ["Sat 09 Jan" in closed[0], "Sun 10 Jan" in closed[1], len(closed)] == [True, True, 2]
    assert lines[-1].split() == ["in", "all", "32.00", "0.50", "3.80", "44.50"]


def test_the_days_of_jane_are_shown_with_as_many_replications_as_are_usual(command):
    assert "day by day (left as done, first of 10 replications)" in command(
        "run", str(SCENARIOS / "jane.yaml")
    ).stdout.replace("\n", " ")


def test_many_cases_are_not_told_one_by_one(command):
    assert "day by day" not in command("run", "office.yaml", "-n", "1").stdout


def test_who_goes_which_way_through_a_flow_is_told_by_trait(command, office):
    text = (office / "office.yaml").read_text()
    text = text.replace("teams:", "traits: {known: 60%, rare: 0%}\nteams:", 1)
    text = text.replace("adds: nothing,", "adds: nothing, when: not known,", 1)
    text = text.replace("adds: necessary}", "adds: necessary, when: not rare}", 1)
    (office / "office.yaml").write_text(text)
    out = command("run", "office.yaml", "-n", "2").stdout
    table = out.split("flows by trait [d]")[1].split("\n\n")[0]
    assert [line.split()[0] for line in table.splitlines()[2:]] == [
        "handle",
        "known",
        "not",
        "prepare",
        "known",
        "not",
    ]
    assert "rare" not in table  # all go that way alike
