"""Levers: the numbers of a scenario that a search or a slider may turn, each within bounds.

    lever_named(scenario, "compliance")            # a team's size
    lever_named(scenario, "data_scientists.owns")  # open cases per member
    lever_named(scenario, "request.limit")         # cases inside a flow at a time
    lever_named(scenario, "$background_load")      # an assumption, within its range
    bounded(scenario, "compliance=1..6")           # within other bounds

A lever is turned in the unit its bounds are written in: 85 for `85%`, 30 for `30 d`. A team's size and an
`owns` are one value from then on, whatever they were over time; of an assumption over time the lever is the
last value, and the others change in proportion.
Not here: what turning a lever does to a scenario's tree (scenario.changes), which values are tried (tune,
sensitivity), promises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sim.errors import RunError
from sim.scenario.changes import Changes, found_at
from sim.scenario.load import Scenario
from sim.scenario.nearest import did_you_mean
from sim.scenario.numbers import Arithmetic, Constant, Number, NumberSyntaxError, Ramp, Steps, calculate
from sim.units.dimensions import Dimension

Kind = Literal["size", "owns", "limit", "assumption"]

_WRITTEN = re.compile(r"\s*(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")
_BOUNDS = re.compile(
    r"\s*(?P<name>[^=]+?)\s*=\s*(?P<low>.+?)\s*\.\.\s*(?P<high>.+?)(?:\s+by\s+(?P<step>.+?))?\s*"
)


@dataclass(frozen=True, slots=True)
class Lever:
    """A number of a scenario, and the bounds within which it may be turned.

    Attributes
    ----------
    name
        As users write it, such as `compliance.size` or `$background_load`.
    present
        What it is in the scenario, its last value if it changes over time; None where that is no one number
        (a team of unlimited size, an assumption by trait).
    low, high
        Its bounds, in `unit`; the present value may lie outside.
    unit
        What follows the number in the file: `%`, `d`, `k`, `per year`, or nothing.
    whole
        Only whole numbers are admissible.
    step
        Between the values that are tried; None: as the one who tries thinks best.
    source
        Where an assumption's value comes from; empty of anything else.
    """

    name: str
    kind: Kind
    path: tuple[str, ...]
    present: float | None
    low: float
    high: float
    unit: str = ""
    whole: bool = True
    step: float | None = None
    source: str = ""
    over_time: object = None  # the value as written, where an assumption changes over time

    def changes(self, value: float) -> Changes:
        """What to change in the scenario, so that the lever stands at a value."""
        if self.over_time is None:
            return {self.path: self.written(value)}
        assert self.present
        return {self.path: _in_proportion(self.over_time, value / self.present)}

    def written(self, value: float) -> str | int | float:
        """A value as a scenario file has it."""
        plain: int | float = round(value) if self.whole else float(f"{value:.10g}")
        if isinstance(plain, float) and plain.is_integer():
            plain = int(plain)
        if not self.unit:
            return plain
        return f"{plain}%" if self.unit == "%" else f"{plain} {self.unit}"

    def values(self, at_most: int = 5) -> list[float]:
        """The values to be tried: every whole number or step, else `at_most` at even distances."""
        if self.step is None and not self.whole:
            return [self.low + (self.high - self.low) * i / (at_most - 1) for i in range(at_most)]
        step = self.step or 1.0
        count = int((self.high - self.low) / step + 1e-9) + 1
        return [self.low + step * i for i in range(count)]


def levers(scenario: Scenario) -> list[Lever]:
    """Every lever of a scenario: its teams, limits, and the assumptions that have a range, in file order."""
    return list(_all(scenario).values())


def lever_named(scenario: Scenario, name: str) -> Lever:
    """The lever of a name.

    Raises
    ------
    RunError
        There is none, or more than one; with the nearest.
    """
    return _chosen(_all(scenario), name.strip())


def bounded(scenario: Scenario, text: str) -> Lever:
    """A lever within bounds of its own: `compliance=1..6`, `$background_load=70%..95% by 5%`.

    Raises
    ------
    RunError
        It cannot be read, there is no such lever, or its bounds are the wrong way or of another kind.
    """
    match = _BOUNDS.fullmatch(text)
    if match is None:
        raise RunError(
            f"lever {text!r}: not understood. Admissible: a name, `=`, the least and the most with `..` "
            "between them, such as compliance=1..6 or '$background_load=70%..95% by 5%'."
        )
    lever = _chosen(_all(scenario), match["name"])
    low, high, step = (_read(scenario, lever, text, match[part]) for part in ("low", "high", "step"))
    assert low is not None and high is not None
    unit = _unit_of(match["high"]) if lever.kind == "assumption" else lever.unit
    factor = 1.0 if unit == lever.unit else _size(scenario, f"1 {unit}") / _size(scenario, f"1 {lever.unit}")
    if low > high:
        raise RunError(f"lever {text!r}: {match['low']} is more than {match['high']}; the least comes first.")
    if step is not None and step <= 0:
        raise RunError(f"lever {text!r}: the step must be above 0, found {match['step']}.")
    if lever.kind != "assumption" and (low < 1 or any(x is not None and x % 1 for x in (low, high, step))):
        raise RunError(f"lever {text!r}: {lever.name} is a whole number, 1 or more.")
    present = None if lever.present is None else lever.present / factor
    whole = lever.whole and all(x is None or float(x).is_integer() for x in (low, high, step))
    return replace(
        lever,
        present=present,
        low=low / factor,
        high=high / factor,
        unit=unit,
        whole=whole,
        step=None if step is None else step / factor,
    )


def _all(scenario: Scenario) -> dict[str, Lever]:
    return {
        lever.name: lever
        for lever in (*_of_teams(scenario), *_of_flows(scenario), *_of_assumptions(scenario))
    }


def _of_teams(scenario: Scenario) -> Iterator[Lever]:
    for name, team in scenario.file.teams.items():
        yield _whole(scenario, f"{name}.size", "size", ("teams", name, "size"), team.size)
        if team.owns is not None:
            yield _whole(scenario, f"{name}.owns", "owns", ("teams", name, "owns"), team.owns)


def _of_flows(scenario: Scenario) -> Iterator[Lever]:
    for name, flow in scenario.file.flows.items():
        if flow.limit is not None:
            path = ("flows", name, "limit", "cases")
            yield _whole(scenario, f"{name}.limit", "limit", path, flow.limit.cases)


def _whole(scenario: Scenario, name: str, kind: Kind, path: tuple[str, ...], raw: object) -> Lever:
    present = _last_of(scenario, raw)
    middle = 1.0 if present is None else present
    return Lever(name, kind, path, present, 1.0, max(2.0, float(round(2 * middle))))


def _of_assumptions(scenario: Scenario) -> Iterator[Lever]:
    for name, assumption in scenario.file.assumptions.items():
        if assumption.range is None:
            continue
        low, high = (_size(scenario, end) for end in assumption.range)
        unit = _unit_of(assumption.range[1])
        one = _size(scenario, f"1 {unit}") if unit not in ("", "%") else 0.01 if unit == "%" else 1.0
        present = _last_of(scenario, assumption.value)
        raw = found_at(scenario, ("assumptions", name, "value"))
        changes_over_time = not isinstance(_number(scenario, assumption.value), Constant)
        if present is None or (changes_over_time and present == 0):
            continue
        written = (assumption.value, *assumption.range)
        yield Lever(
            name=f"${name}",
            kind="assumption",
            path=("assumptions", name, "value"),
            present=present / one,
            low=low / one,
            high=high / one,
            unit=unit,
            whole=all(isinstance(each, int) for each in written) and low >= 3,
            source=assumption.source or "",
            over_time=raw if changes_over_time else None,
        )


def _chosen(known: Mapping[str, Lever], name: str) -> Lever:
    bare = name.removeprefix("assumptions.").removesuffix(".value")
    if name in known:
        return known[name]
    found = [known[each] for each in (f"{bare}.size", f"${bare}") if each in known]
    if len(found) == 1:
        return found[0]
    if found:
        raise RunError(
            f"lever {name!r}: a team and an assumption are called so. "
            f"Write '{found[0].name}' or '{found[1].name}' (in a shell with its quotes)."
        )
    near = did_you_mean(name, known) or did_you_mean(f"{bare}.size", known) or did_you_mean(f"${bare}", known)
    raise RunError(f"lever {name!r}: there is none of this name. {near} Levers: {', '.join(known)}.")


def _read(scenario: Scenario, lever: Lever, text: str, part: str | None) -> float | None:
    """A bound in the lever's unit; None where none was given."""
    if part is None:
        return None
    try:
        number = scenario.number(part)
    except NumberSyntaxError as error:
        raise RunError(f"lever {text!r}: {error}") from None
    if not isinstance(number, Constant):
        raise RunError(f"lever {text!r}: a bound is one number, found {part!r}.")
    one = scenario.number(lever.written(1.0) if not lever.whole or not lever.unit else f"1 {lever.unit}")
    assert isinstance(one, Constant)
    if one.kind is not number.kind or one.per != number.per:
        raise RunError(
            f"lever {text!r}: {lever.name} is written like '{lever.written(lever.high)}', found {part!r}."
        )
    return number.value / one.value


def _unit_of(written: object) -> str:
    match = _WRITTEN.fullmatch(str(written))
    return match[2] if match is not None else ""


def _size(scenario: Scenario, raw: object) -> float:
    number = _number(scenario, raw)
    assert isinstance(number, Constant), raw
    return number.value


def _number(scenario: Scenario, raw: object) -> Number:
    return scenario.number(raw, Dimension.ANY)


def _last_of(scenario: Scenario, raw: object) -> float | None:
    """What a number is after all its changes over time; None where that is no one value."""
    if raw == "unlimited":
        return None
    last = _last(_number(scenario, raw))
    return last.value if isinstance(last, Constant) else None


def _last(number: Number) -> Number:
    if isinstance(number, Steps | Ramp):
        return _last(number.points[-1][1])
    if isinstance(number, Arithmetic):
        return calculate(number.op, _last(number.left), _last(number.right))
    return number


def _in_proportion(written: object, factor: float) -> object:
    """A value as a file has it, times a factor."""
    if isinstance(written, Mapping):
        return {key: _in_proportion(each, factor) for key, each in written.items()}
    return f"({written}) * {100 * factor:.10g}%"  # a share times a plain number would be no share
