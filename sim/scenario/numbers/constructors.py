"""Distributions, mixtures and values over time: built here, so that each is checked when it is made.

Checks go as far as the parts are constants already; once the assumptions are put in (substitution) everything
is built anew and so checked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TypeVar

from sim.scenario.numbers.algebra import NumberSyntaxError, common
from sim.scenario.numbers.arithmetic import calculate, read_as
from sim.scenario.numbers.describe import describe, wall_text
from sim.scenario.numbers.tree import (
    Arithmetic,
    ByTrait,
    Constant,
    DistributionCall,
    FirstAgain,
    Mixture,
    Number,
    Ramp,
    Reference,
    Steps,
    count_distributions,
)
from sim.scenario.numbers.vocabulary import FAMILY_EXAMPLES, POSITIONS, SPREADS, an
from sim.units.dimensions import Dimension

N = TypeVar("N", bound=Number)


def distribution(family: str, parameters: dict[str, Number]) -> DistributionCall:
    """A distribution with its parameters checked, as far as they are constants already."""
    for name, value in parameters.items():
        _check_no_distribution(value, f"parameter '{name}' of {an(family)}")
    if family in POSITIONS:
        _ = DistributionCall(family, parameters).dimension  # units first: 1 h to 3 must not be compared
        _check_rising([parameters[name] for name in POSITIONS[family]], family)
    elif family == "normal":
        _check_parameters(family, parameters, ("mean", "sd", "from", "to"))
        _ = DistributionCall(family, parameters).dimension
        _check_rising([parameters["from"], parameters["to"]], family)
        _check_positive(family, parameters, ("sd",))
    else:
        _check_spread_family(family, parameters)
        _check_positive(family, parameters, tuple(parameters))
    _check_plain(family, parameters)
    return _checked(DistributionCall(family, parameters))


def _check_plain(family: str, parameters: Mapping[str, Number]) -> None:
    for name in ("cv", "sigma", "shape", "k"):
        admissible = (Dimension.NUMBER, Dimension.ANY, *((Dimension.SHARE,) if name == "cv" else ()))
        if name in parameters and parameters[name].dimension not in admissible:
            raise NumberSyntaxError(
                f"'{name}' of {an(family)} is a plain number, found {describe(parameters[name])}: "
                f"write '{FAMILY_EXAMPLES[family]}'"
            )
    order = parameters.get("k")
    if isinstance(order, Constant) and order.value != round(order.value):
        raise NumberSyntaxError(
            f"'k' of an erlang is a whole number, found {order.value:g}; gamma takes any shape"
        )


def _check_spread_family(family: str, parameters: Mapping[str, Number]) -> None:
    if family in ("exponential", "erlang"):
        _check_parameters(family, parameters, ("mean",) if family == "exponential" else ("k", "mean"))
        return
    spreads = SPREADS[family]
    middles = ("mean",) if family == "gamma" else ("mean", "median")
    middle = [name for name in parameters if name in middles]
    spread = [name for name in parameters if name in spreads]
    if len(middle) != 1 or len(spread) != 1 or len(parameters) != 2:
        raise NumberSyntaxError(
            f"{an(family)} has {' or '.join(middles)} and one of {', '.join(spreads)}; found "
            f"{', '.join(parameters)}: "
            f"write '{FAMILY_EXAMPLES[family]}'"
        )


def _check_parameters(family: str, parameters: Mapping[str, Number], wanted: tuple[str, ...]) -> None:
    if set(parameters) != set(wanted):
        raise NumberSyntaxError(
            f"{an(family)} has {', '.join(wanted)}; found {', '.join(parameters)}: write "
            f"'{FAMILY_EXAMPLES[family]}'"
        )


def _check_positive(family: str, parameters: Mapping[str, Number], names: tuple[str, ...]) -> None:
    for name in names:
        value = parameters[name]
        if isinstance(value, Constant) and value.value <= 0:
            raise NumberSyntaxError(
                f"'{name}' of {an(family)} must be greater than 0, found {describe(value)}"
            )


def _check_rising(values: list[Number], family: str) -> None:
    known = [value for value in values if isinstance(value, Constant)]
    for low, high in pairwise(known):
        if low.value > high.value:
            raise NumberSyntaxError(
                f"the values of {an(family)} must not fall, found {describe(low)} before {describe(high)}"
            )
    if len(values) > 1 and len(known) == len(values) and known[0].value == known[-1].value:
        raise NumberSyntaxError(f"{an(family)} from {describe(known[0])} to itself: write 'constant' instead")


def ramp(points: tuple[tuple[int, Number], ...]) -> Ramp:
    _check_instants(points, "a ramp")
    for _, value in points:
        _check_no_distribution(value, "a value of a ramp")
    return _checked(Ramp(points))


def _check_instants(points: tuple[tuple[int, Number], ...], where: str) -> None:
    for (before, _), (after, _) in pairwise(points):
        if after <= before:
            raise NumberSyntaxError(
                f"the points in time of {where} must rise, found {wall_text(before)} before "
                f"{wall_text(after)}"
            )


def _check_no_distribution(number: Number, where: str) -> None:
    if not isinstance(number, (Constant, Reference, Arithmetic, Ramp, Steps)) or count_distributions(number):
        raise NumberSyntaxError(f"{where} is a plain amount, $name or arithmetic, found {describe(number)}")


def _checked(number: N) -> N:
    """The number itself, after its dimension has been asked for once: parts that do not fit raise here."""
    _ = number.dimension
    return number


def by_trait(trait: str, levels: dict[str, Number]) -> ByTrait:
    """One number per level, all of one dimension."""
    return _checked(ByTrait(trait, levels))


def steps(points: tuple[tuple[int, Number], ...]) -> Steps:
    _check_instants(points, "a value over time")
    return _checked(Steps(points))


def mixture(parts: list[tuple[str, Number | None, Number]]) -> Mixture:
    """A mixture; the one part without a share (None) gets the rest.

    Shares that are constants must make 100%.
    """
    open_parts = [name for name, share, _ in parts if share is None]
    if len(open_parts) > 1:
        raise NumberSyntaxError(f"only one part of a mix may go without p, found {', '.join(open_parts)}")
    total: Number = Constant(0.0, Dimension.SHARE)
    for name, share, _ in parts:
        if share is not None:
            _check_share(share, f"p of '{name}'")
            total = calculate("+", total, share)
    if isinstance(total, Constant) and (
        total.value > 1 + 1e-9 or (not open_parts and total.value < 1 - 1e-9)
    ):
        raise NumberSyntaxError(
            f"the shares of a mix make {describe(total)}; they must make 100% (one may be 'rest')"
        )
    rest = calculate("-", Constant(1.0, Dimension.SHARE), total)
    return _checked(
        Mixture(tuple((name, rest if share is None else share, value) for name, share, value in parts))
    )


def _check_share(share: Number, where: str) -> None:
    read_as(share, Dimension.SHARE)
    _check_no_distribution(share, where)
    if isinstance(share, Constant) and not 0 <= share.value <= 1:
        raise NumberSyntaxError(f"{where} is {describe(share)}; a share lies between 0% and 100%")


def first_again(first: Number, again: Number) -> FirstAgain:
    """Work of the first and of later visits; `again` measures the same as `first`, or is a share of it."""
    for key, number in (("first", first), ("again", again)):
        if isinstance(number, FirstAgain):
            raise NumberSyntaxError(f"'{key}' cannot hold first and again once more")
    if again.dimension is not Dimension.SHARE:
        common([first, again], "'first' and 'again'")
    return FirstAgain(first, again)
