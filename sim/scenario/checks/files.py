"""What the files of arrivals say: instants of the run, and values that the traits of the case type can have.

Not here: reading the files (scenario.files).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sim.scenario.checks.desk import Desk
from sim.scenario.files import NO, YES, ArrivalRow, CsvError, parse_instant, read_list, read_log
from sim.scenario.nearest import did_you_mean
from sim.scenario.tree import Keys

MAX_ROWS_TOLD = 10


def check_list(desk: Desk, name: str, path: Keys, case_type: str, origin: datetime) -> None:
    """A list of arrivals: an instant in the first column, traits in the others."""
    try:
        columns, rows = read_list(desk.scenario.folder, name)
        traits = desk.traits.of(case_type)
        for column in columns:
            if column not in traits:
                known = ", ".join(sorted(traits)) or "none"
                raise CsvError(
                    f"'{name}': column '{column}' is no trait of '{case_type}'. Traits here: {known}.\n"
                    f"{did_you_mean(column, traits)}"
                )
        _check_rows(desk, name, path, rows, case_type, origin)
    except CsvError as error:
        desk.say(path, str(error))


def check_log(desk: Desk, name: str, path: Keys, case_type: str, origin: datetime) -> None:
    """A ticket log: columns for the case and the time; those that are traits are given to the case."""
    try:
        _check_rows(desk, name, path, read_log(desk.scenario.folder, name), case_type, origin)
    except CsvError as error:
        desk.say(path, str(error))


def _check_rows(
    desk: Desk, name: str, path: Keys, rows: Iterable[ArrivalRow], case_type: str, origin: datetime
) -> None:
    """Every row's instant and traits; after some problems the rest is left to the next try."""
    traits = desk.traits.of(case_type)
    n_problems = 0
    for row in rows:
        try:
            parse_instant(row.instant, origin)
            for column, text in row.cells.items():
                if column in traits and text.strip():
                    _check_given(desk, column, text.strip(), case_type)
        except CsvError as error:
            desk.say(path, f"'{name}', line {row.line}: {error}")
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
        admissible, is_known = ", ".join((*YES, *NO)), text.lower() in (*YES, *NO)
    else:
        admissible, is_known = "a plain number", _is_number(text)
    if not is_known:
        raise CsvError(f"found '{text[:60]}' for trait '{trait}'. Admissible: {admissible}.")


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) <= 1e15
    except ValueError:
        return False
