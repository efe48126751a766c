"""A case day by day, as `sim run` prints it where a scenario has a handful of cases.

Not here: how the journey is read from a run (metrics.journey).
"""

from __future__ import annotations

from datetime import timedelta

from sim.calendars import Int64Array
from sim.cli.layout import HOUR_MS, drawn, figure, paragraph, table
from sim.experiment.replicate import Result
from sim.metrics.journey import Activity, Day, Journey, journey
from sim.records import GROUPS, SpanState
from sim.scenario.load import Scenario

MOST_CASES = 3
"""More cases than this are told by their figures, not one by one."""

_WAITING = {
    SpanState.PAUSED: "paused",
    SpanState.QUEUE: "in the queue of",
    SpanState.QUEUE_TOGETHER: "until free together:",
    SpanState.BATCH: "for a batch of",
    SpanState.DATE: "for the next date",
    SpanState.LIMIT: "for room, an owner or an environment",
}
_COLUMNS = {
    "value": ("value-adding",),
    "must be": ("necessary",),
    "waste": ("waste",),
    "waiting": ("waiting for people", "waiting for dates and limits", "waiting outside"),
}


def journeys_text(result: Result, scenario: Scenario) -> str:
    """Every case of the first replication day by day.

    Empty where there are more than three cases, or cases were not kept: then there are many.
    """
    first = next(iter(result.runs), None)
    if first is None or first.cases is None or not 0 < len(first.cases) <= MOST_CASES:
        return ""
    facts = result.replay(first.number)
    told = [_journey_text(journey(facts, result.plan, i), result, scenario) for i in range(len(facts.cases))]
    return "\n\n".join(told)


def _journey_text(found: Journey, result: Result, scenario: Scenario) -> str:
    name = found.source if found.generation == 0 else f"{found.source}, turn {found.generation + 1}"
    end = "still open at the end of the run" if found.is_open else f"left as {found.outcome}"
    which = "" if len(result.runs) == 1 else f", first of {len(result.runs)} replications"
    head = f"{name} {found.number}, day by day ({end}{which}); working hours:"
    made = table("day", "date", "what happened", *_COLUMNS)
    made.columns[1].justify = made.columns[2].justify = "left"
    made.columns[1].no_wrap = True
    for day in found.days:
        made.add_row(str(day.number), _date(day, result, scenario), _story(day), *_hours(day.account))
    made.add_section()
    made.add_row("", "", "in all", *_hours(found.account))
    return "\n".join([paragraph(head), drawn(made)])


def _date(day: Day, result: Result, scenario: Scenario) -> str:
    when = scenario.start + timedelta(milliseconds=day.begin - result.plan.warm_up)
    return f"{when:%a %d %b}"


def _hours(account: Int64Array) -> list[str]:
    cells = []
    for groups in _COLUMNS.values():
        ms = sum(int(account[each]) for group in groups for each in GROUPS[group])
        cells.append(f"{ms / HOUR_MS:.2f}" if ms else "·")
    return cells


def _story(day: Day) -> str:
    if not day.open_ms:
        return "closed"
    return "; ".join(_told(each) for each in day.activities) or "closed for the rest of the day"


def _told(each: Activity) -> str:
    hours = f"{figure(each.business_ms / HOUR_MS)} h"
    step = each.step.replace("_", " ")
    teams = " and ".join(team.replace("_", " ") for team in each.teams)
    if each.is_work:
        return f"{step} ({teams}, {hours})"
    if each.state == SpanState.OUTSIDE:
        return f"waits: {each.why or step} ({hours})"
    return f"waits {_WAITING[each.state]} {teams} for {step} ({hours})".replace("  ", " ")
