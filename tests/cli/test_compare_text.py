"""What `sim compare` prints."""

from __future__ import annotations

import re

import pytest


def test_one_sentence_says_what_changed_and_by_how_much(command):
    text = command("compare", "office.yaml", "form.yaml", "-n", "4").stdout.replace("\n", " ")
    assert "A form that checks itself: the lead time of request falls by " in text
    assert re.search(r"falls by [\d.]+ d \([\d.]+ to [\d.]+\), \d+ %, from [\d.]+ to [\d.]+ d; ", text)
    assert "net present value " in text and "of replications." in text


def test_a_change_without_effect_is_the_same_everywhere_and_costs_its_investment(command):
    text = command("compare", "office.yaml", "nothing.yaml", "-n", "3").stdout
    assert "stays the same in every replication" in text.replace("\n", " ")
    rows = [line for line in text.splitlines() if line.startswith("  ")]
    assert rows and all(line.endswith("the same") for line in rows)
    npv = next(line for line in text.splitlines() if line.startswith("net present value"))
    assert npv.split()[-1] == "−5.00"
    assert "not within the years" in text
    assert "internal rate of return, of the mean flows [%]" in text and "not defined" in text


def test_intervals_are_of_differences_only_never_two_side_by_side(command):
    text = command("compare", "office.yaml", "form.yaml", "-n", "4").stdout
    rows = [line for line in text.splitlines() if line.startswith("  ")]
    assert rows
    assert all(line.count(" to ") <= 1 and "±" not in line for line in rows)


def test_an_interval_that_excludes_zero_is_sure_though_those_of_the_scenarios_overlap(document):
    found = document("compare", "office.yaml", "form.yaml", "-n", "4")
    for row in found["differences"]:
        is_sure = row["low"] is not None and (row["low"] > 0 or row["high"] < 0)
        assert (row["verdict"] == "sure") == is_sure
    sure = [row for row in found["differences"] if row["verdict"] == "sure"]
    assert any(_overlap(found["metrics"], row) for row in sure)


def _overlap(metrics, row) -> bool:
    """Whether two intervals beside each other would hide what the pairing shows."""
    key = (row["metric"], row["kind"], row["of"])
    both = [each for each in metrics if (each["metric"], each["kind"], each["of"]) == key]
    a, b = ((each["low"], each["high"]) for each in both)
    return None not in (*a, *b) and a[0] < b[1] and b[0] < a[1]


def test_the_tail_of_cases_and_flows_is_shown(command):
    text = command("compare", "office.yaml", "form.yaml", "-n", "2").stdout
    flow = text[text.index("flow prepare") :]
    for p in ("P50", "P85", "P95"):
        assert f"  lead time {p} [d]" in flow


def test_one_replication_has_no_interval_and_is_never_sure(command):
    text = command("compare", "office.yaml", "form.yaml", "-n", "1").stdout
    rows = [line for line in text.splitlines() if line.startswith("  ")]
    assert rows and not any(line.endswith("sure") for line in rows)


def test_a_scenario_compared_with_itself_is_told_apart_by_a_number(command):
    result = command("compare", "office.yaml", "office.yaml", "-n", "1")
    assert result.exit_code == 0
    assert "Small office (2):" in result.stdout


@pytest.mark.parametrize(
    ("found", "put", "key"),
    [
        ("currency: EUR", "currency: USD", "currency"),
        ("horizon: 12 months", "horizon: 13 months", "clock.horizon"),
        ("warm_up: 1 month", "warm_up: 2 months", "clock.warm_up"),
        ("start: 2027-01-04", "start: 2027-01-05", "clock.start"),
        ("years: 1,", "", "economics.years"),
    ],
)
def test_scenarios_that_do_not_share_clock_currency_and_years_are_refused(command, office, found, put, key):
    text = (office / "office.yaml").read_text()
    (office / "other.yaml").write_text(text.replace(found, put).replace("Small office", "Other office"))
    result = command("compare", "office.yaml", "other.yaml", "-n", "1")
    assert result.exception is not None
    message = str(result.exception)
    assert message.startswith(f"{key}: scenarios of a comparison must share it; found Small office: ")
    assert "Other office: " in message
