"""How gains are told: in a cell of a table, in a sentence, and in which unit of money.

Not here: what is told of them (explain_text, patches_text).
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.cli.layout import Scale, figure
from sim.experiment.intervals import Interval


def bought(interval: Interval, scale: Scale) -> str:
    """A gain as a sentence has it: `1.52 d (1.20 to 1.84)`."""
    text = f"{figure((interval.mean or 0.0) * scale.factor)} {scale.unit}".strip()
    if interval.low is None or interval.high is None:
        return f"{text} (one replication: may be chance)"
    if interval.low == interval.high:
        return f"{text} in every replication"
    return f"{text} ({figure(interval.low * scale.factor)} to {figure(interval.high * scale.factor)})"


def cell(interval: Interval, factor: float) -> str:
    """A gain with half its interval, both with as many decimals; 0 where it is 0 in every replication."""
    if interval.mean is None:
        return "–"
    if interval.low == interval.high == 0:
        return "0"
    mean, half = interval.mean * factor, (interval.half_width or 0.0) * abs(factor)
    largest = max(abs(mean), half)
    decimals = 0 if largest >= 1000 else 1 if largest >= 100 else 2
    text = f"{mean:,.{decimals}f}".replace("-", "−")
    return f"{text} ± {half:,.{decimals}f}" if half else text


def money_scale(intervals: Iterable[Interval], currency: str) -> Scale:
    """Thousands, or millions where amounts are large."""
    largest = max((abs(each.mean or 0.0) for each in intervals), default=0.0)
    factor, name = (1e-6, "M") if largest >= 10e6 else (1e-3, "k")
    return Scale(factor, f"{name} {currency}".strip())
