"""One case, day by day: who works on it, what it waits for, and where it is handed over and sent back.

A lane for each team, the owner's on top; business time runs from left to right, nights and closed days are
left out. What waits for a team is hatched in that team's lane; other waits have a lane of their own.
Not here: how the journey is read from a run (metrics.journey), what is drawn of it (blocks), how (drawing).
"""

from __future__ import annotations

import matplotlib
from matplotlib.figure import Figure

from sim.charts.journey.blocks import blocks_of, lanes_of, returns_of
from sim.charts.journey.drawing import body_height, day_h, draw, hours_of
from sim.charts.page import make_page, short, style
from sim.charts.value_stream_map.figures import PARTS, WORK, duration
from sim.charts.value_stream_map.words import plain, unbroken
from sim.metrics.journey import Journey, journey
from sim.plan.arrays import Plan
from sim.records import Facts

WIDTH = 13.33

__all__ = ["plot_journey"]


def plot_journey(facts: Facts, plan: Plan, case: int, *, width: float = WIDTH) -> Figure:
    """Draw the journey of a case, by its index in `facts.cases`, from arrival to leaving.

    `width` is that of the page [inches]; letters keep their size.
    """
    found = journey(facts, plan, case)
    name = _name(found, facts, plan)
    blocks = blocks_of(found, plan, case, facts)
    lanes = lanes_of(blocks)
    with style():
        title, footer = unbroken(_finding(found, name)), _footer(facts, plan, found, name)
        page = make_page(title, footer, body_height(found, lanes, width), width=width)
        with matplotlib.rc_context({"hatch.linewidth": 0.6}):
            draw(page, found, blocks, lanes, returns_of(facts, plan, case))
        return page.figure


def _finding(found: Journey, name: str) -> str:
    per_day = day_h(found)
    lead, work, adding = hours_of(found, PARTS), hours_of(found, WORK), hours_of(found, ("value-adding",))
    if lead == 0:
        return f"{name} takes no working time"
    days = f"{(lead - work) / per_day:.1f} of {lead / per_day:.1f} working days"
    if lead < per_day:
        days = f"{duration(lead - work, per_day)} of {duration(lead, per_day)}"
    so_far = " so far" if found.is_open else ""
    return (
        f"{name} waits {days}{so_far}; {_rounded(work)} of work were done, "
        f"of which {_rounded(adding)} add value"
    )


def _rounded(hours: float) -> str:
    return f"{hours:.0f} h" if hours >= 10 else duration(hours, 24.0)


def _name(found: Journey, facts: Facts, plan: Plan) -> str:
    """What the case is called: where there are others, by its number, and where it is one of them."""
    source = next(i for i, row in enumerate(plan.sources) if row.name == found.source)
    is_only = sum(row.source == source for row in facts.cases) == 1
    turn = f", turn {found.generation + 1}" if found.generation else ""
    which = "" if is_only else f" {found.number}{turn} of {short(plan.name, 36)}"
    name = short(plain(found.source)) + which
    return name[:1].upper() + name[1:]


def _footer(facts: Facts, plan: Plan, found: Journey, name: str) -> list[str]:
    n = len(found.days)
    end = f"still open at the end of the run, after {n} days" if found.is_open else f"left on day {n}"
    outcome = "" if found.is_open else f" as {short(plain(found.outcome))}"
    return [
        "Filled: somebody works on it; hatched: it waits, in the lane of the team it waits for. Nights and "
        "closed days are left out. Arrows: handed over; red: not accurate, back to an earlier step. Times in "
        "the legend are the account of the case: side-by-side work counts once, they sum to the lead time.",
        f"{short(plan.name)}: the case arrived on day 1 and {end}{outcome}. "
        f"Replication {facts.replication}, seed {facts.seed}. 1 d = {day_h(found):g} h.",
    ]
