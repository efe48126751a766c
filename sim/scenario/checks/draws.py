"""Distributions: whether the parameters together make one, and the files that empirical ones read.

The distribution is built for a try, by the same functions that the plan will use.
Not here: whether something may be drawn at its place (amounts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sim import randomness
from sim.scenario.checks.desk import Desk
from sim.scenario.files import CsvError, read_csv
from sim.scenario.nearest import did_you_mean
from sim.scenario.numbers import Constant, DistributionCall, NumberSyntaxError, parse_number, read_as
from sim.scenario.tree import Keys
from sim.units.dimensions import Dimension

_BY_NAME: Mapping[str, Callable[..., object]] = {
    "gamma": randomness.gamma,
    "lognormal": randomness.lognormal,
    "weibull": randomness.weibull,
}
_BY_PLACE: Mapping[str, tuple[Callable[..., object], tuple[str, ...]]] = {
    "uniform": (randomness.uniform, ("low", "high")),
    "triangular": (randomness.triangular, ("low", "mode", "high")),
    "pert": (randomness.pert, ("low", "mode", "high")),
    "exponential": (randomness.exponential, ("mean",)),
    "normal": (randomness.normal, ("mean", "sd", "from", "to")),
}


def check_distribution(desk: Desk, call: DistributionCall, path: Keys, dimension: Dimension) -> None:
    """Say what is wrong with a distribution whose parameters are constants."""
    if call.family == "empirical":
        _check_column(desk, call, path, dimension)
        return
    values = {name: value.value for name, value in call.parameters.items() if isinstance(value, Constant)}
    try:
        _try(call.family, values)
    except (ValueError, ArithmeticError) as error:
        desk.say(path, f"found {desk.words(call)}, which is no distribution to draw from.\n{error}")


def _try(family: str, values: dict[str, Any]) -> None:
    if family in _BY_NAME:
        _BY_NAME[family](**values)
    elif family in _BY_PLACE:
        build, names = _BY_PLACE[family]
        build(*(values[name] for name in names))
    elif family == "erlang":
        randomness.erlang(round(values["k"]), values["mean"])


def _check_column(desk: Desk, call: DistributionCall, path: Keys, dimension: Dimension) -> None:
    """The column of an empirical distribution: it exists and each cell is a number of this place."""
    try:
        header, rows = read_csv(desk.scenario.folder, call.file)
        if call.column not in header:
            near = did_you_mean(call.column, header)
            raise CsvError(
                f"'{call.file}' has no column '{call.column}'. Columns: {', '.join(header)}.\n{near}"
            )
        if not rows:
            raise CsvError(f"'{call.file}' has no rows below its header.")
        for line, row in rows:
            _check_cell(desk, call, row[header.index(call.column)], line, dimension)
    except CsvError as error:
        desk.say(path, str(error))


def _check_cell(desk: Desk, call: DistributionCall, text: str, line: int, dimension: Dimension) -> None:
    where = f"{call.file}, line {line}, column '{call.column}'"
    try:
        number = read_as(parse_number(text, desk.scenario.working_time), dimension)
    except NumberSyntaxError as error:
        raise CsvError(f"{where}: {error}") from None
    if not isinstance(number, Constant) or number.per is not None:
        raise CsvError(
            f"{where}: found '{text[:60]}'. Admissible: one value, for example {dimension.example}."
        )
    if number.value < 0:
        raise CsvError(f"{where}: found '{text[:60]}'. Admissible: 0 or more.")
