"""One number at its place: of the right dimension, within its bounds, drawn or varying only where it may.

Every function takes what was written and its path, says what is wrong, and returns the number if it is in
order. None is returned after a problem, and for a number that is not written.
Not here: which numbers a section has (sections, cases, steps).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sim.scenario.checks.desk import NOBODY, Askers, Desk
from sim.scenario.checks.draws import check_distribution
from sim.scenario.checks.over_time import divides_by_zero, extremes, is_drawn, leaves, parts
from sim.scenario.numbers import (
    ByTrait,
    Constant,
    DistributionCall,
    FirstAgain,
    Mixture,
    Number,
    NumberSyntaxError,
    Ramp,
    describe,
    parse_value,
    read_as,
    substitute,
    suggest_working_unit,
)
from sim.scenario.tree import Keys
from sim.units.dimensions import YEAR_MS, Dimension

ALMOST = 1e-9
LOWEST = float("-inf")
MAX_MEMBERS = 10_000
MAX_CASES = 1_000_000
MAX_TIME_YEARS = 10_000

_PLAIN_PARAMETERS = ("sigma", "cv", "shape", "k")


@dataclass(frozen=True, slots=True)
class Place:
    """What a place admits beside a dimension.

    `askers` are the case types whose traits the number may ask about, `repeats` whether it may say what comes
    `first` and what `again`.
    """

    low: float = 0.0
    high: float | None = None
    draws: bool = False
    constant: bool = False
    whole: bool = False
    repeats: bool = False
    askers: Askers = NOBODY


def as_dimension(number: Number, dimension: Dimension, plain: object) -> Number:
    """As `read_as`, but a refusal quotes what was written, not how we would say it."""
    try:
        return read_as(number, dimension)
    except NumberSyntaxError as error:
        if not isinstance(plain, str):
            raise
        said = describe(number)
        raise NumberSyntaxError(str(error).replace(f"found {said} ", f"found '{plain}' ", 1)) from None


def check_number(desk: Desk, plain: object, path: Keys, dimension: Dimension, **place: Any) -> Number | None:
    """A number of one dimension. `place` are the fields of `Place`."""
    number = read(desk, plain, path)
    if number is None:
        return None
    try:
        number = as_dimension(number, dimension, plain)
    except NumberSyntaxError as error:
        desk.say(path, str(error))
        return None
    return _bounded(desk, number, path, Place(**place), dimension)


def check_share(desk: Desk, plain: object, path: Keys, **place: Any) -> Number | None:
    """A share or probability, 0% to 100%."""
    return check_number(desk, plain, path, Dimension.SHARE, **{"high": 1.0, **place})


def check_count(desk: Desk, plain: object, path: Keys, **place: Any) -> Number | None:
    """A constant whole number, 1 or more unless `low` says otherwise."""
    return check_number(
        desk, plain, path, Dimension.NUMBER, **{"low": 1, "constant": True, "whole": True, **place}
    )


def check_time(desk: Desk, plain: object, path: Keys, **place: Any) -> Number | None:
    """A time of either kind."""
    number = read(desk, plain, path)
    if number is None:
        return None
    if not number.dimension.is_time and number.dimension is not Dimension.ANY:
        found = f"found {desk.words(number)} ({number.dimension.value})"
        desk.say(path, f"{found} where a time belongs, for example 2 d or 10 days.")
        return None
    return _bounded(desk, number, path, Place(**place), number.dimension)


def check_business_time(desk: Desk, plain: object, path: Keys, **place: Any) -> Number | None:
    """A time counted in business time; `0 days` passes, since nothing is nothing on every calendar."""
    number = read(desk, plain, path)
    if number is None:
        return None
    if isinstance(number, Constant) and number.dimension is Dimension.WALL_TIME and number.value == 0:
        return number
    return _working(desk, number, plain, path, "this counts in business time", Place(**place))


def check_work(
    desk: Desk, plain: object, path: Keys, *, why: str = "work is in working time", **place: Any
) -> Number | None:
    """A time in working units; who wrote `1 day` is told to write `1 d`."""
    number = read(desk, plain, path)
    if number is None:
        return None
    return _working(desk, number, plain, path, why, Place(**place))


def _working(desk: Desk, number: Number, plain: object, path: Keys, why: str, place: Place) -> Number | None:
    if number.dimension is Dimension.WALL_TIME:
        better = suggest_working_unit(plain) if isinstance(plain, str) else None
        advice = f"write {better}" if better else "write it in s, min, h, d or w"
        found = plain if isinstance(plain, str) else desk.words(number)
        desk.say(path, f"found '{found}': {why}; {advice}.")
        return None
    try:
        number = as_dimension(number, Dimension.WORK_TIME, plain)
    except NumberSyntaxError as error:
        desk.say(path, str(error))
        return None
    return _bounded(desk, number, path, place, Dimension.WORK_TIME)


def read(desk: Desk, plain: object, path: Keys) -> Number | None:
    """The number with its assumptions put in; None for None, and after a problem if it cannot be read."""
    if plain is None:
        return None
    try:
        return substitute(parse_value(plain, desk.scenario.working_time), desk.scenario.assumptions)
    except NumberSyntaxError as error:
        desk.say(path, str(error))
        return None


def check_sum(desk: Desk, shares: Iterable[Number | None], path: Keys) -> None:
    """Probabilities that make more than 100% at some point in time are refused."""
    ends = [extremes(share) for share in shares if share is not None]
    total = sum(end[1] for end in ends if end is not None)
    if total > 1 + ALMOST:
        desk.say(path, f"the probabilities make {100 * total:.15g}%. Admissible: 100% at most.")


# --- what a place admits


def bounded(desk: Desk, number: Number, path: Keys, dimension: Dimension, **place: Any) -> Number | None:
    """A number that has been read already."""
    return _bounded(desk, number, path, Place(**place), dimension)


def _bounded(desk: Desk, number: Number, path: Keys, place: Place, dimension: Dimension) -> Number | None:
    n_before = len(desk.problems)
    if place.constant and not isinstance(number, Constant):
        desk.say(path, f"found {desk.words(number)}. Admissible: one constant value.")
        return None
    _check_form(desk, number, path, place)
    if len(desk.problems) > n_before:
        return None
    for part in parts(number):
        if isinstance(part, DistributionCall):
            check_distribution(desk, part, path, dimension)
        elif isinstance(part, ByTrait):
            desk.traits.check_by(part, path, place.askers)
    if len(desk.problems) == n_before:
        _check_bounds(desk, number, path, place)
    return number if len(desk.problems) == n_before else None


def _check_form(desk: Desk, number: Number, path: Keys, place: Place) -> None:
    """Whether this kind of number may stand here at all."""
    inner = [part for part in parts(number) if part is not number or not place.repeats]
    if any(isinstance(part, FirstAgain) for part in inner):
        desk.say(path, "first and again belong to `work`, as its outermost form: {first: 2 h, again: 50%}.")
    if not place.draws and is_drawn(number):
        desk.say(path, f"found {desk.words(number)}. Admissible: a number that is not drawn.")
    for part in parts(number):
        _check_parameters(desk, part, path)
    if divides_by_zero(number, desk.scenario.working_time):
        desk.say(path, f"found {desk.words(number)}: what stands below a division may be or become 0.")


def _check_parameters(desk: Desk, part: Number, path: Keys) -> None:
    """Inside a distribution, a ramp or the shares of a mix everything is one value."""
    match part:
        case DistributionCall(parameters=parameters):
            inner, where = list(parameters.values()), "a parameter of a distribution"
        case Mixture(parts=mixed):
            inner, where = [share for _, share, _ in mixed], "a share of a mix"
        case Ramp(points=points):
            inner, where = [value for _, value in points], "a point of a ramp"
        case _:
            return
    for value in inner:
        if not isinstance(value, Constant):
            desk.say(path, f"{where} is one value, found {desk.words(value)}. Admissible: a constant.")


def _check_bounds(desk: Desk, number: Number, path: Keys, place: Place) -> None:
    for leaf in leaves(number):
        if isinstance(leaf, DistributionCall):
            # a draw of 0 does no harm where a constant 0 would
            here = replace(place, low=min(place.low, 0.0))
            named = leaf.parameters.items()
            values = [v for name, v in named if isinstance(v, Constant) and name not in _PLAIN_PARAMETERS]
        else:
            here, values = place, [leaf] if isinstance(leaf, Constant) else []
        for value in values:
            _check_value(desk, value.value, desk.words(value), value.dimension, path, here)
        if not values and (ends := extremes(leaf, desk.scenario.working_time)) is not None:
            _check_computed(desk, leaf, ends, path, place)


def _check_computed(desk: Desk, number: Number, ends: tuple[float, float], path: Keys, place: Place) -> None:
    """The lowest and highest value that arithmetic with values over time comes to."""
    for end in dict.fromkeys(ends):
        # of rates per different units only the sign is known here
        value = Constant(end, number.dimension)
        found = desk.words(value) if number.dimension not in (Dimension.RATE, Dimension.MONEY_RATE) else ""
        words = f"{desk.words(number)}, which comes to {found or format(end, '.3g')}"
        if _check_value(desk, end, words, number.dimension, path, place):
            return


def _check_value(
    desk: Desk, value: float, found: str, dimension: Dimension, path: Keys, place: Place
) -> bool:
    """Whether a value was refused."""
    n_before = len(desk.problems)
    if value < place.low and dimension.is_time and place.low == 1:
        desk.say(path, f"found {found}. Admissible: more than 0.")
    elif value < place.low:
        bound = f"{100 * place.low:g}%" if dimension is Dimension.SHARE else f"{place.low:g}"
        desk.say(path, f"found {found}. Admissible: {bound if place.low else '0'} or more.")
    elif place.high is not None and value > place.high + ALMOST:
        desk.say(path, f"found {found}. Admissible: {_range(place, dimension)}.")
    elif place.whole and value != round(value):
        desk.say(path, f"found {found}. Admissible: a whole number.")
    elif dimension.is_time and abs(value) > MAX_TIME_YEARS * YEAR_MS:
        desk.say(path, f"found {found}. Admissible: at most {MAX_TIME_YEARS:,} years.")
    return len(desk.problems) > n_before


def _range(place: Place, dimension: Dimension) -> str:
    assert place.high is not None
    if dimension is Dimension.SHARE:
        return f"{100 * place.low:g}% to {100 * place.high:g}%"
    return f"at most {place.high:,.15g}"
