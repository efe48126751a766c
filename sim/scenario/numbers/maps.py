"""Numbers written as a map: `by`, over time, `mix`, `first` and `again`; everything else is a text."""

from __future__ import annotations

from collections.abc import Mapping

from sim.scenario.numbers.algebra import NumberSyntaxError
from sim.scenario.numbers.arithmetic import read_as
from sim.scenario.numbers.constructors import by_trait, first_again, mixture, steps
from sim.scenario.numbers.text import parse_number, read_instant
from sim.scenario.numbers.tree import Number
from sim.scenario.numbers.vocabulary import MAX_DEPTH, kind_of, nearest_word
from sim.units.dimensions import Dimension, WorkingTime


def parse_value(plain: object, working_time: WorkingTime) -> Number:
    """Read a number in any form: a scalar as in `parse_number`, or one of the maps.

    The maps are `{by: trait, level: number ...}`, over time `{0 months: number, 6 months: number}`,
    `{mix: {name: {p: share, is: number}}}` (one `p` may be missing or `rest`) and
    `{first: number, again: number}`.

    Raises
    ------
    NumberSyntaxError
        As for `parse_number`; a map of no known form; shares that do not add up to 100%.
    """
    return _read_value(plain, working_time, 0)


def _read_value(plain: object, working_time: WorkingTime, depth: int) -> Number:
    if not isinstance(plain, Mapping):
        return parse_number(plain, working_time)
    if depth >= MAX_DEPTH:
        raise NumberSyntaxError(f"found maps more than {MAX_DEPTH} deep")
    keys = [str(key) for key in plain]
    entries = dict(zip(keys, plain.values(), strict=True))
    if "by" in entries:
        return _read_by(entries, working_time, depth + 1)
    if "mix" in entries:
        return _read_mix(entries, working_time, depth + 1)
    if "first" in entries or "again" in entries:
        return _read_first_again(entries, working_time, depth + 1)
    if keys and all(key[:1].isdigit() for key in keys):
        return _read_steps(entries, working_time, depth + 1)
    raise NumberSyntaxError(_map_message(keys))


def _map_message(keys: list[str]) -> str:
    near = next(
        (match for key in keys if (match := nearest_word(key, ("by", "mix", "first", "again")))), None
    )
    hint = f" Did you mean '{near}'?" if near else ""
    return (
        f"found a map with the keys {', '.join(keys) or '(none)'}. As a number, a map is {{by: "
        f"trait, level: 1 h, ...}}, "
        "over time {0 months: 40, 6 months: 50}, {mix: {name: {p: 20%, is: 1 h}, ...}} or "
        f"{{first: 2 h, again: 50%}}.{hint}"
    )


def _read_by(entries: dict[str, object], working_time: WorkingTime, depth: int) -> Number:
    trait = entries["by"]
    if not isinstance(trait, str) or not trait.isidentifier():
        raise NumberSyntaxError(
            f"'by' names a trait, found {kind_of(trait)}: {{by: size, large: 2 h, standard: 1 h}}"
        )
    plain = {level: value for level, value in entries.items() if level != "by"}
    if not plain:
        raise NumberSyntaxError(f"'by: {trait}' has no level: {{by: {trait}, large: 2 h, standard: 1 h}}")
    levels = {level: _within(level, value, working_time, depth) for level, value in plain.items()}
    return by_trait(str(trait), levels)


def _within(key: str, value: object, working_time: WorkingTime, depth: int) -> Number:
    try:
        return _read_value(value, working_time, depth)
    except NumberSyntaxError as error:
        raise NumberSyntaxError(f"{key}: {error}") from None


def _read_steps(entries: dict[str, object], working_time: WorkingTime, depth: int) -> Number:
    points = tuple(
        (read_instant(key, working_time), _within(key, value, working_time, depth))
        for key, value in entries.items()
    )
    return steps(points)


def _read_mix(entries: dict[str, object], working_time: WorkingTime, depth: int) -> Number:
    plain = entries["mix"]
    if len(entries) != 1 or not isinstance(plain, Mapping) or len(plain) < 2:
        raise NumberSyntaxError(
            "a mix has two parts or more and stands alone: {mix: {easy: {p: 80%, is: 1 h}, "
            "hard: {p: rest, is: 1 d}}}"
        )
    shares: dict[str, Number | None] = {}
    numbers: dict[str, Number] = {}
    for key, part in plain.items():
        name = str(key)
        shares[name], numbers[name] = _read_part(name, part, working_time, depth)
    return mixture([(name, share, numbers[name]) for name, share in shares.items()])


def _read_part(
    name: str, part: object, working_time: WorkingTime, depth: int
) -> tuple[Number | None, Number]:
    if not isinstance(part, Mapping) or "is" not in part or not set(part) <= {"p", "is"}:
        raise NumberSyntaxError(f"'{name}' of a mix has the keys p and is: {name}: {{p: 20%, is: 1 h}}")
    share = part.get("p", "rest")
    number = _within(name, part["is"], working_time, depth)
    if share == "rest":
        return None, number
    return read_as(_within(f"{name}.p", share, working_time, depth), Dimension.SHARE), number


def _read_first_again(entries: dict[str, object], working_time: WorkingTime, depth: int) -> Number:
    if set(entries) != {"first", "again"}:
        raise NumberSyntaxError(
            f"found the keys {', '.join(entries)}; first and again belong together: {{first: 2 "
            f"h, again: 50%}}"
        )
    first, again = (_within(key, entries[key], working_time, depth) for key in ("first", "again"))
    return first_again(first, again)
