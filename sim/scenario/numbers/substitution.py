"""Assumptions put in: every `$name` replaced, units checked again, constants folded."""

from __future__ import annotations

from collections.abc import Mapping

from sim.scenario.numbers.algebra import NumberSyntaxError
from sim.scenario.numbers.arithmetic import calculate, check_one_distribution
from sim.scenario.numbers.constructors import by_trait, distribution, first_again, mixture, ramp, steps
from sim.scenario.numbers.tree import (
    Arithmetic,
    ByTrait,
    DistributionCall,
    FirstAgain,
    Mixture,
    Number,
    Ramp,
    Reference,
    Steps,
    size,
)
from sim.scenario.numbers.vocabulary import MAX_PARTS, MAX_REFERENCES, unknown


def substitute(number: Number, assumptions: Mapping[str, Number]) -> Number:
    """The same number with every `$name` replaced by its assumption, units checked again, constants folded.

    Raises
    ------
    NumberSyntaxError
        A name is unknown, assumptions refer to each other in a circle, or units do not fit together.
    """
    try:
        return _Substitution(assumptions).apply(number, ())
    except RecursionError:
        raise NumberSyntaxError("assumptions refer to each other too deeply; shorten the chain") from None


class _Substitution:
    """One walk; resolved names are kept, so that a chain of assumptions costs each of them once."""

    def __init__(self, assumptions: Mapping[str, Number]) -> None:
        self._assumptions = assumptions
        self._resolved: dict[str, Number] = {}

    def apply(self, number: Number, path: tuple[str, ...]) -> Number:
        result = self._rebuild(number, path)
        check_one_distribution(result)
        return result

    def _resolve(self, name: str, path: tuple[str, ...]) -> Number:
        if name in path:
            circle = " -> ".join(f"${step}" for step in (*path[path.index(name) :], name))
            raise NumberSyntaxError(f"assumptions refer to each other in a circle: {circle}")
        if name not in self._assumptions:
            raise NumberSyntaxError(
                unknown("assumption", f"${name}", [f"${known}" for known in self._assumptions])
            )
        if len(path) >= MAX_REFERENCES:
            raise NumberSyntaxError(
                f"assumptions refer to each other more than {MAX_REFERENCES} deep; shorten the chain"
            )
        if name not in self._resolved:
            resolved = self.apply(self._assumptions[name], (*path, name))
            if size(resolved) > MAX_PARTS:
                raise NumberSyntaxError(f"${name} grows to more than {MAX_PARTS} parts; simplify it")
            self._resolved[name] = resolved
        return self._resolved[name]

    def _rebuild(self, number: Number, path: tuple[str, ...]) -> Number:
        def again(child: Number) -> Number:
            return self.apply(child, path)

        match number:
            case Reference(name=name):
                return self._resolve(name, path)
            case Arithmetic(op=op, left=left, right=right):
                return calculate(op, again(left), again(right))
            case DistributionCall(family=family, parameters=parameters) if parameters:
                return distribution(family, {name: again(value) for name, value in parameters.items()})
            case Ramp(points=points):
                return ramp(tuple((instant, again(value)) for instant, value in points))
            case Steps(points=points):
                return steps(tuple((instant, again(value)) for instant, value in points))
            case ByTrait(trait=trait, levels=levels):
                return by_trait(trait, {level: again(value) for level, value in levels.items()})
            case Mixture(parts=parts):
                return mixture([(name, again(share), again(value)) for name, share, value in parts])
            case FirstAgain(first=first, again=later):
                return first_again(again(first), again(later))
            case _:
                return number
