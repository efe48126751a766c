"""The warning that a scenario does not settle, with the team that cannot keep up."""

from __future__ import annotations

from math import isinf

from sim.cli.layout import figure, paragraph
from sim.experiment.intervals import Interval
from sim.experiment.replicate import Result
from sim.experiment.stability import Growth

_UNSTABLE = (
    "Lead times, waits, queues and WIP below are means of this horizon, not of a state that it settles in: a "
    "longer one makes them larger. Give the team more people or less work, or let cases give up."
)
_NOT_SETTLED = (
    "Either warm-up and horizon are too short for it to settle, or something that the offered load leaves "
    "out (switching, appointments, limits, owners) takes what the teams have left."
)


def stability_text(result: Result) -> str:
    """One paragraph for what is unstable, one for what still grows; nothing where the scenario settles."""
    found = result.growing
    unstable = [growth for growth in found if growth.verdict == "unstable" and growth.kind == "team"]
    others = [growth for growth in found if growth.verdict == "still growing"]
    parts = []
    if unstable:
        parts.append(f"UNSTABLE, {result.name}: {'; '.join(map(_told, unstable))}. {_UNSTABLE}")
    if others:
        parts.append(f"NOT SETTLED, {result.name}: {'; '.join(map(_told, others))}. {_NOT_SETTLED}")
    return "\n\n".join(map(paragraph, parts))


def _told(growth: Growth) -> str:
    what = f"the queue of {growth.of}" if growth.kind == "team" else f"the number of {growth.of} cases inside"
    text = f"{what} grows to the end of the run by {_range(growth.per_week)} cases a week"
    if growth.load is None:
        return text
    return text + (
        ", and nobody is there" if isinf(growth.load) else f", offered load {100 * growth.load:.0f} %"
    )


def _range(interval: Interval) -> str:
    text = figure(interval.mean)
    if interval.low is None or interval.high is None or interval.low == interval.high:
        return text
    return f"{text} ({figure(interval.low)} to {figure(interval.high)})"
