"""Reading the CSV files that a scenario names, and what is refused in which words."""

from __future__ import annotations

from datetime import datetime

import pytest

from sim.scenario.files import CsvError, parse_instant, read_csv, read_list, read_log


@pytest.fixture
def put(tmp_path):
    def put(text: str, name: str = "log.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return put


def test_a_list_has_an_instant_and_traits_in_each_row(put):
    columns, rows = read_list(put("when,size\n2027-01-05,small\n\n2027-01-04,large\n"), "log.csv")
    assert columns == ["size"]
    assert [(row.line, row.instant, row.cells) for row in rows] == [
        (2, "2027-01-05", {"size": "small"}),
        (4, "2027-01-04", {"size": "large"}),
    ]


def test_a_row_of_a_log_has_its_start_or_else_its_end(put):
    folder = put("case_id,start_time,end_time\nA,2027-01-05,2027-01-06\nB,,2027-01-07\nC,,\n")
    assert [(row.case, row.instant) for row in read_log(folder, "log.csv")] == [
        ("A", "2027-01-05"),
        ("B", "2027-01-07"),
        ("C", ""),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ticket,time\nA,2027-01-05\n", "no column holds the case. Columns: ticket, time"),
        ("case,what\nA,2027-01-05\n", "no column holds the time. Columns: case, what"),
        ("case,time\n", "has no rows below its header"),
        ("", "is empty; its first row names the columns"),
        ("case,case\n1,2\n", "names the columns, each once"),
        ("case,time\n1,2,3\n", "line 2: found 3 cells, the header has 2"),
    ],
)
def test_a_log_that_cannot_be_used_is_refused(put, text, words):
    with pytest.raises(CsvError, match=words):
        read_log(put(text), "log.csv")


def test_a_file_outside_the_folder_or_not_there_is_refused(put, tmp_path):
    put("a\n1\n", "secret.csv")
    (tmp_path / "scenarios").mkdir()
    with pytest.raises(CsvError, match="leads out of the scenario's folder"):
        read_csv(tmp_path / "scenarios", "../secret.csv")
    with pytest.raises(CsvError, match=r"there is no file 'none\.csv'"):
        read_csv(tmp_path, "none.csv")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tomorrow", r"found 'tomorrow'\. Admissible: a date and a time, such as 2027-01-04 09:30"),
        ("", "found ''"),
        ("=NOW()", "A formula is not worked out"),
        ("2027-01-04T16:12+01:00", "with a time zone"),
        ("2026-12-31", "before the beginning of the run, 2027-01-04 00:00"),
    ],
)
def test_what_is_no_instant_of_the_run_is_refused(text, words):
    with pytest.raises(CsvError, match=words):
        parse_instant(text, datetime(2027, 1, 4))
