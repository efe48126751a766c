"""What `sim check` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.plan.arrays import Plan
    from sim.scenario.load import Scenario


def check_text(scenario: Scenario, plan: Plan) -> str:
    """A scenario read back: what it holds, and what it overrides."""
    lines = [
        f"{scenario.name}: sound.",
        f"{len(plan.case_types)} case types, {len(plan.teams)} teams, {len(plan.flows)} flows, "
        f"{len(plan.steps)} steps.",
    ]
    lines += [f"override {change.path}: {change.old} -> {change.new}" for change in scenario.overrides]
    return "\n".join(lines)
