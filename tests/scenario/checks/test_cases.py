"""How cases come, from the file itself and from CSV files beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refused = Callable[..., str]
Sound = Callable[..., None]

ARRIVALS = [
    ("{population: 1000000000}", "Admissible: at most 1,000,000."),
    ("{population: 0}", "Admissible: 1 or more."),
    ("{rate: exponential mean 3 per d}", "Admissible: a number that is not drawn."),
    ("{rate: {by: size, large: 1 per d, small: 2 per d}}", "`by: size` has no meaning here"),
    ("{rate: 1 per w - 2 per d}", "which comes to -0.225. Admissible: 0 or more."),
    ("{rate: ramp -1 per d at 0 days to 1 per d at 9 days}", "found -1 per d. Admissible: 0 or more."),
    ("{every: 1 day}", "found '1 day': an interval counts in business time; write 1 d."),
    ("{every: 0 h}", "Admissible: more than 0."),
    ("{at: 2026-12-31}", "found '2026-12-31', which is before the beginning of the run, 2027-01-04 00:00."),
    ("{at: []}", "there is no instant here"),
    ('{at: "2027-01-04T10:00+02:00"}', "with a time zone. Times are local"),
    ('{at: ["=NOW()"]}', "A formula is not worked out; save its value."),
    ("{at: 2027-02-30}", "Admissible: a date and a time, such as 2027-01-04 09:30."),
    ("{list: no.csv}", "there is no file 'no.csv'"),
    ("{list: ../secret.csv}", "'../secret.csv' leads out of the scenario's folder"),
    ("{log: /dev/zero}", "'/dev/zero' leads out of the scenario's folder"),
    ("{}", "found no way to arrive. Exactly one of: rate, every, at"),
]


@pytest.mark.parametrize(("arrive", "words"), ARRIVALS)
def test_a_way_to_arrive_that_makes_no_sense_is_refused(refused: Refused, arrive: str, words: str) -> None:
    assert words in refused(("{rate: 1 per d}", arrive))


LISTS = [
    ("", "'ideas.csv' is empty; its first row names the columns."),
    ("when\n", "has no rows below its header"),
    (b"\x00\x01\x02", "is not a text file: it holds NUL bytes"),
    (b"when\n\xff\xfe\n", "is not text in UTF-8"),
    (
        "when,colour\n2027-02-01,red\n",
        "column 'colour' is no trait of 'idea'. Traits here: pages, size, urgent.",
    ),
    ("when,siz\n2027-02-01,large\n", "Did you mean 'size'?"),
    ("when\nsoon\n", "'ideas.csv', line 2: found 'soon'. Admissible: a date and a time"),
    ('when\n"=HYPERLINK(1)"\n', "A formula is not worked out"),
    ("when\n2020-01-01\n", "before the beginning of the run"),
    ("when,size\n2027-02-01,huge\n", "found 'huge' for trait 'size'. Admissible: large, small."),
    ("when,urgent\n2027-02-01,maybe\n", "for trait 'urgent'. Admissible: true, yes, 1, false, no, 0."),
    ("when,pages\n2027-02-01,nan\n", "found 'nan' for trait 'pages'. Admissible: a plain number."),
    ("when,size\n2027-02-01\n", "line 2: found 1 cells, the header has 2."),
    ("when,size,size\n2027-02-01,large,small\n", "its first row names the columns, each once"),
    ("when\n" + "x" * 200_000 + "\n", "is not a table of comma-separated values"),
]


@pytest.mark.parametrize(("text", "words"), LISTS)
def test_a_list_of_arrivals_that_cannot_be_used_is_refused(
    refused: Refused, text: str | bytes, words: str
) -> None:
    assert words in refused(("{rate: 1 per d}", "{list: ideas.csv}"), ideas=text)


def test_bad_rows_are_told_together_up_to_ten(refused: Refused) -> None:
    found = refused(("{rate: 1 per d}", "{list: ideas.csv}"), ideas="when\n" + "soon\n" * 50)
    assert found.count("found 'soon'") == 10


def test_a_log_names_its_case_and_time_columns(refused: Refused) -> None:
    found = refused(("{rate: 1 per d}", "{log: log.csv}"), log="x,y\n1,2\n")
    assert "no column holds the case. Columns: x, y. Admissible: case, case_id, case:concept:name." in found


def test_a_list_and_a_log_that_fit_are_in_order(sound: Sound) -> None:
    sound(("{rate: 1 per d}", "{list: ideas.csv}"), ideas="\ufeffwhen,size,urgent\n2027-02-01,large,yes\n")
    sound(("{rate: 1 per d}", "{log: log.csv}"), log="case,time,other\n1,2027-02-01,2\n")


COLUMNS = [
    ("hours\n3\n", "found 3 (plain number) where working time belongs"),
    ("hours\n-1 h\n", "found '-1 h'. Admissible: 0 or more."),
    ("hours\nexponential mean 1 h\n", "Admissible: one value, for example"),
    ("days\n1 h\n", "'times.csv' has no column 'hours'. Columns: days."),
    ("hours\n", "'times.csv' has no rows below its header."),
    ("hours\n=1+1\n", "times.csv, line 2, column 'hours'"),
]


@pytest.mark.parametrize(("text", "words"), COLUMNS)
def test_a_column_of_values_that_cannot_be_drawn_from_is_refused(
    refused: Refused, text: str, words: str
) -> None:
    assert words in refused(("work: 1 h", "work: empirical times.csv column hours"), times=text)


CASES = [
    ("due: 3 days", "found '3 days': this counts in business time; write 3 d."),
    ("patience: {waiting: 3 days}", "found '3 days': this counts in business time; write 3 d."),
    ("start_with: {a: 1000000000}", "Admissible: at most 1,000,000."),
    ("patience: {waiting: 3 d, then: {do: main}}", "a detour (`do`) cannot stand here"),
    ("priority: {by: nothing, x: 1}", "no trait is called 'nothing'. Traits here: pages, size, urgent."),
]


@pytest.mark.parametrize(("key", "words"), CASES)
def test_a_case_type_that_makes_no_sense_is_refused(refused: Refused, key: str, words: str) -> None:
    assert words in refused(("flow: main}", f"flow: main, {key}}}"))


def test_a_scenario_in_which_no_case_comes_is_refused(refused: Refused) -> None:
    assert "a scenario has one case type or more" in refused(
        ("  idea: {arrive: {rate: 1 per d}, flow: main}", "  {}")
    )
    assert "no case would ever come" in refused(("arrive: {rate: 1 per d}, ", ""))
