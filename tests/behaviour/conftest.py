"""A builder for scenarios of one case type and one flow, which is all most meanings need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
name: small
clock: {start: 2027-01-04, horizon: 1 month, warm_up: 0 days, business: office}
calendars:
  office: {days: Mon-Fri, hours: 09:00-17:00}
  evening: {days: Mon-Sun, hours: 20:00-22:00}
  late: {days: Mon-Fri, hours: 11:00-19:00}
  board: {days: Tue, hours: 14:00-16:00}
traits: {lucky: 40%, size: {large: 50%, small: rest}}
"""
"""Instant 0 is Monday 2027-01-04 00:00; Tuesday is hour 24, Friday hour 96, the next Monday hour 168."""


@pytest.fixture
def small(simulate: Callable[..., Any]) -> Callable[..., Any]:
    """Run a scenario whose cases `c` go through the flow `f`; everything else as keyword or text.

    `steps` and `case` stand inside braces, `flows` and `cases` are lines below their heading, `more` follows.
    """

    def build(
        teams: str,
        steps: str,
        *,
        flows: str = "",
        case: str = "",
        arrive: str = "{at: [2027-01-04 09:00]}",
        limit: str = "",
        cases: str = "",
        more: str = "",
        **options: int,
    ) -> Any:
        text = "\n".join(
            [
                HEAD,
                f"teams: {{{teams}}}",
                "cases:",
                f"  c: {{arrive: {arrive}, flow: f{case}}}",
                *(f"  {line}" for line in cases.splitlines()),
                "flows:",
                f"  f: {{{limit}steps: {{{steps}}}}}",
                *(f"  {line}" for line in flows.splitlines()),
                more,
            ]
        )
        return simulate(text, **options)

    return build
