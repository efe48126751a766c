"""The CSV files that a scenario names: arrivals from a `list` or a `log`, columns of `empirical`.

A file lies in the scenario's folder or below it, is UTF-8 text of at most 64 MiB, and its first row names the
columns. What is wrong is told with the file's own line.
Not here: which traits a case type has (checks), what the rows come to in a run (plan).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

MAX_BYTES = 64 * 1024 * 1024
CASE_COLUMNS = ("case", "case_id", "case:concept:name")
START_COLUMNS = ("time", "timestamp", "time:timestamp", "start", "start_time", "at", "arrive")
END_COLUMNS = ("end", "end_time", "complete", "complete_time", "completed")
YES, NO = ("true", "yes", "1"), ("false", "no", "0")
"""How a file of arrivals says whether a case has a trait."""

Rows = list[tuple[int, list[str]]]
"""Line in the file and cells."""


class CsvError(ValueError):
    """A file cannot be used; the message can be shown as it is."""


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """One row of a list or log: its line, its instant as written, its case (of a log), its other cells."""

    line: int
    instant: str
    case: str
    cells: Mapping[str, str]


def read_list(folder: Path, name: str) -> tuple[list[str], list[ArrivalRow]]:
    """A `list`: the columns that stand for traits, and the rows, each with an instant in the first column."""
    header, rows = _some_rows(folder, name)
    return header[1:], [
        ArrivalRow(line, cells[0], "", dict(zip(header[1:], cells[1:], strict=True))) for line, cells in rows
    ]


def read_log(folder: Path, name: str) -> list[ArrivalRow]:
    """The rows of a ticket log. A row's instant is its start, or, where a log has only that, its end."""
    header, rows = _some_rows(folder, name)
    case = header.index(_columns(name, header, CASE_COLUMNS, "the case")[0])
    times = [
        header.index(column) for column in _columns(name, header, (*START_COLUMNS, *END_COLUMNS), "the time")
    ]
    return [
        ArrivalRow(line, _first_filled(cells, times), cells[case], dict(zip(header, cells, strict=True)))
        for line, cells in rows
    ]


def _some_rows(folder: Path, name: str) -> tuple[list[str], Rows]:
    header, rows = read_csv(folder, name)
    if not rows:
        raise CsvError(f"'{name}' has no rows below its header, so no case would ever come.")
    return header, rows


def _columns(name: str, header: Sequence[str], admissible: tuple[str, ...], what: str) -> list[str]:
    found = [column for column in admissible if column in header]
    if not found:
        raise CsvError(
            f"'{name}': no column holds {what}. Columns: {', '.join(header)}. "
            f"Admissible: {', '.join(admissible)}."
        )
    return found


def _first_filled(cells: Sequence[str], places: Sequence[int]) -> str:
    return next((cells[place] for place in places if cells[place].strip()), "")


def read_csv(folder: Path, name: str) -> tuple[list[str], Rows]:
    """The names of the columns, and the rows below them."""
    text = _text_of(folder, name)
    try:
        lines = [(i, line) for i, line in enumerate(csv.reader(text.splitlines()), start=1) if line]
    except csv.Error as error:
        raise CsvError(f"'{name}' is not a table of comma-separated values: {error}.") from None
    if not lines:
        raise CsvError(f"'{name}' is empty; its first row names the columns.")
    header = [column.strip() for column in lines[0][1]]
    if not all(header) or len(set(header)) < len(header):
        raise CsvError(f"'{name}': its first row names the columns, each once; found {', '.join(header)}.")
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            raise CsvError(f"'{name}', line {line}: found {len(cells)} cells, the header has {len(header)}.")
    return header, lines[1:]


def _text_of(folder: Path, name: str) -> str:
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise CsvError(f"'{name}' leads out of the scenario's folder; put the file into it.")
        if not path.is_file():
            raise CsvError(f"there is no file '{name}' in {folder}.")
        if path.stat().st_size > MAX_BYTES:
            raise CsvError(f"'{name}' is larger than 64 MiB, the limit.")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CsvError(f"'{name}' is not text in UTF-8. Save it as CSV in UTF-8.") from None
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, CsvError):
            raise
        raise CsvError(f"'{name}' cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    if "\0" in text:
        raise CsvError(f"'{name}' is not a text file: it holds NUL bytes.")
    return text


def parse_instant(text: str, origin: datetime) -> datetime:
    """A date or a local time such as 2027-01-04 16:12, not before the beginning of the run."""
    shown = text if len(text) <= 60 else text[:57] + "..."
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        formula = " A formula is not worked out; save its value." if text.lstrip()[:1] == "=" else ""
        raise CsvError(
            f"found '{shown}'. Admissible: a date and a time, such as 2027-01-04 09:30.{formula}"
        ) from None
    if instant.tzinfo is not None:
        raise CsvError(f"found '{shown}' with a time zone. Times are local, such as 2027-01-04 09:30.")
    if instant < origin:
        raise CsvError(f"found '{shown}', which is before the beginning of the run, {origin:%Y-%m-%d %H:%M}.")
    return instant
