"""The CSV files that a scenario names: arrivals from a `list` or a `log`, columns of `empirical`.

A file lies in the scenario's folder or below it, is UTF-8 text of at most 64 MiB, and its first row names the
columns. What is wrong is told with the file's own line.
Not here: what the rows come to in a run (plan).
"""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from sim.scenario.checks.desk import Desk
from sim.scenario.nearest import did_you_mean
from sim.scenario.tree import Keys

MAX_ROWS_TOLD = 10
MAX_BYTES = 64 * 1024 * 1024
CASE_COLUMNS = ("case", "case_id", "case:concept:name")
TIME_COLUMNS = ("time", "timestamp", "time:timestamp", "start", "start_time", "at", "arrive")
YES_AND_NO = ("true", "yes", "1", "false", "no", "0")

Rows = list[tuple[int, list[str]]]
"""Line in the file and cells."""


class CsvError(ValueError):
    """A file cannot be used; the message can be shown as it is."""


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


def check_list(desk: Desk, name: str, path: Keys, case_type: str, origin: datetime) -> None:
    """A list of arrivals: an instant in the first column, traits in the others."""
    try:
        header, rows = read_csv(desk.scenario.folder, name)
        _check_some(name, rows)
        traits = desk.traits.of(case_type)
        for column in header[1:]:
            if column not in traits:
                known = ", ".join(sorted(traits)) or "none"
                raise CsvError(
                    f"'{name}': column '{column}' is no trait of '{case_type}'. Traits here: {known}.\n"
                    f"{did_you_mean(column, traits)}"
                )
        given = [(line, cells[0], dict(zip(header[1:], cells[1:], strict=True))) for line, cells in rows]
        _check_rows(desk, name, path, given, case_type, origin)
    except CsvError as error:
        desk.say(path, str(error))


def check_log(desk: Desk, name: str, path: Keys, case_type: str, origin: datetime) -> None:
    """A ticket log: columns for the case and the time; those that are traits are given to the case."""
    try:
        header, rows = read_csv(desk.scenario.folder, name)
        _check_some(name, rows)
        _column(name, header, CASE_COLUMNS, "the case")
        time = header.index(_column(name, header, TIME_COLUMNS, "the time"))
        traits = desk.traits.of(case_type)
        given = [
            (line, cells[time], {c: cell for c, cell in zip(header, cells, strict=True) if c in traits})
            for line, cells in rows
        ]
        _check_rows(desk, name, path, given, case_type, origin)
    except CsvError as error:
        desk.say(path, str(error))


def _check_some(name: str, rows: Rows) -> None:
    if not rows:
        raise CsvError(f"'{name}' has no rows below its header, so no case would ever come.")


def _column(name: str, header: list[str], admissible: tuple[str, ...], what: str) -> str:
    for column in admissible:
        if column in header:
            return column
    raise CsvError(
        f"'{name}': no column holds {what}. Columns: {', '.join(header)}. "
        f"Admissible: {', '.join(admissible)}."
    )


def _check_rows(
    desk: Desk,
    name: str,
    path: Keys,
    given: list[tuple[int, str, dict[str, str]]],
    case_type: str,
    origin: datetime,
) -> None:
    """Every row's instant and traits; after some problems the rest is left to the next try."""
    n_problems = 0
    for line, instant, traits in given:
        try:
            parse_instant(instant, origin)
            for trait, text in traits.items():
                if text.strip():
                    _check_given(desk, trait, text.strip(), case_type)
        except CsvError as error:
            desk.say(path, f"'{name}', line {line}: {error}")
            n_problems += 1
        if n_problems == MAX_ROWS_TOLD:
            return


def _check_given(desk: Desk, trait: str, text: str, case_type: str) -> None:
    """A value that a file gives to a trait is one that the trait can have."""
    kind = desk.traits.kind(case_type, trait)
    levels = desk.traits.levels(case_type, trait)
    if kind == "levels":
        admissible, is_known = ", ".join(levels), text in levels
    elif kind == "share":
        admissible, is_known = ", ".join(YES_AND_NO), text.lower() in YES_AND_NO
    else:
        admissible, is_known = "a plain number", _is_number(text)
    if not is_known:
        raise CsvError(f"found '{text[:60]}' for trait '{trait}'. Admissible: {admissible}.")


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) <= 1e15
    except ValueError:
        return False
