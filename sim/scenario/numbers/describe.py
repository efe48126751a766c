"""Numbers in plain words, for messages and for reading a scenario back to its writer."""

from __future__ import annotations

from collections.abc import Callable

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
)
from sim.units.dimensions import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    MONTH_MS,
    SECOND_MS,
    WEEK_MS,
    YEAR_MS,
    Dimension,
    WorkingTime,
    format_money,
)

OFFICE = WorkingTime(day_ms=8 * HOUR_MS, week_ms=40 * HOUR_MS)


def describe(number: Number, working_time: WorkingTime = OFFICE) -> str:
    """The number in plain words; `working_time` says how long a day is, so that 8 h can be called 1 d."""

    def say(child: Number) -> str:
        return describe(child, working_time)

    match number:
        case Constant():
            return _constant_text(number, working_time)
        case Reference(name=name):
            return f"${name}"
        case Arithmetic(op=op, left=left, right=right):
            return f"{_grouped(left, say)} {op} {_grouped(right, say)}"
        case DistributionCall():
            return _distribution_text(number, say)
        case Steps(points=points):
            return ", ".join(f"{say(value)} from {wall_text(instant)} on" for instant, value in points)
        case Ramp(points=points):
            legs = [f"{say(value)} at {wall_text(instant)}" for instant, value in points]
            return f"rising or falling evenly from {' to '.join(legs)}"
        case ByTrait(trait=trait, levels=levels):
            return f"by {trait}: " + ", ".join(f"{say(value)} if {level}" for level, value in levels.items())
        case Mixture(parts=parts):
            return "a mix: " + ", ".join(
                f"{say(share)} {name} ({say(value)})" for name, share, value in parts
            )
        case FirstAgain(first=first, again=again):
            later = f"{say(again)} of it" if again.dimension is Dimension.SHARE else say(again)
            return f"{say(first)} the first time, {later} when repeated"
        case _:
            raise TypeError(f"{number!r} is no number of a scenario")


def _grouped(number: Number, say: Callable[[Number], str]) -> str:
    return (
        f"({say(number)})" if isinstance(number, (Arithmetic, DistributionCall, Ramp, Steps)) else say(number)
    )


_PARAMETER_WORDS = {
    "cv": "coefficient of variation",
    "sd": "standard deviation",
    "k": "order",
    "sigma": "sigma",
    "shape": "shape",
}


def _distribution_text(call: DistributionCall, say: Callable[[Number], str]) -> str:
    words = {name: say(value) for name, value in call.parameters.items()}
    if call.family == "empirical":
        return f"a value from column {call.column} of {call.file}"
    if call.family == "constant":
        return f"always {words['value']}"
    if "low" in words:
        middle = f", most likely {words['mode']}" if "mode" in words else ""
        return f"{call.family} between {words['low']} and {words['high']}{middle}"
    ends = f", cut to {words.pop('from')} to {words.pop('to')}" if "from" in words else ""
    return (
        f"{call.family} with "
        + " and ".join(f"{_PARAMETER_WORDS.get(n, n)} {w}" for n, w in words.items())
        + ends
    )


def _constant_text(constant: Constant, working_time: WorkingTime) -> str:
    match constant.kind:
        case Dimension.WORK_TIME:
            return _time_text(constant.value, (("d", working_time.day_ms), *_CLOCK_UNITS))
        case Dimension.WALL_TIME:
            return wall_text(constant.value)
        case Dimension.SHARE:
            return f"{constant.value * 100:.10g}%"
        case Dimension.MONEY:
            return format_money(constant.value, "")
        case Dimension.RATE:
            return f"{constant.value:.10g} per {constant.per}"
        case Dimension.MONEY_RATE:
            return f"{format_money(constant.value, '')} per {constant.per}"
        case _:
            return f"{constant.value:.10g}"


_CLOCK_UNITS = (("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS))
_WALL_LENGTHS = (("years", YEAR_MS), ("months", MONTH_MS), ("weeks", WEEK_MS), ("days", DAY_MS))


def _time_text(ms: float, units: tuple[tuple[str, int], ...]) -> str:
    """In the largest unit that leaves at most two decimals, otherwise in the smallest that is not 0."""
    for unit, length in units:
        value = ms / length
        if abs(value) >= 1 and abs(value * 100 - round(value * 100)) < 1e-6:
            return f"{value:.10g} {unit}"
    unit, length = next((pair for pair in units if abs(ms) >= pair[1]), units[-1])
    return f"{ms / length:.4g} {unit}"


def wall_text(ms: float) -> str:
    if ms == 0:
        return "0 months"
    whole = next(((u, n) for u, n in _WALL_LENGTHS if ms % n == 0 and (u != "years" or ms == n)), None)
    text = f"{ms / whole[1]:.10g} {whole[0]}" if whole else _time_text(ms, _WALL_LENGTHS[1:])
    return text[:-1] if text.split()[0] == "1" else text
