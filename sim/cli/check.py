"""`sim check`: a scenario read back in plain sentences; and the short warning that runs give."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.plan.arrays import Plan
    from sim.scenario.load import Scenario

NARROW, USUAL, BROAD = 60, 100, 120


def check_text(scenario: Scenario, plan: Plan, width: int = USUAL) -> str:
    """What will happen, in words; warnings last."""
    from sim.plan.describe import describe

    return describe(scenario, plan, width=width)


def page_width() -> int:
    """As wide as the terminal, within what reads well; 100 where there is none."""
    return min(max(shutil.get_terminal_size((USUAL, 24)).columns, NARROW), BROAD)


def warning_lines(pairs: Iterable[tuple[Scenario, Plan]]) -> list[str]:
    """One line for each scenario that has warnings: how many of which kind."""
    from sim.plan.remarks import in_short, warnings_of

    lines = []
    for scenario, plan in pairs:
        remarks = warnings_of(scenario, plan)
        if remarks:
            lines.append(f"{scenario.name}: warnings ({in_short(remarks)}); `sim check` tells them in full")
    return lines
