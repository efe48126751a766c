"""Tables to lower numbers into: two case types, three traits, three assumptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.plan.lowering import Tables
from sim.scenario.numbers import parse_value
from sim.units.dimensions import WorkingTime

HOUR = 3_600_000
DAY = 24 * HOUR
OFFICE = WorkingTime(8 * HOUR, 40 * HOUR)
WARM_UP = 10 * DAY


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    traits = {"sensitive": "40%", "size": {"large": "20%", "standard": "rest"}, "lines": "uniform 1 to 9"}
    (tmp_path / "log.csv").write_text("spent\n2 h\n30 min\n", encoding="utf-8")
    return Tables(
        folder=tmp_path,
        assumptions={
            "patience": parse_value("60 d", OFFICE),
            "staff": parse_value("ramp 2 at 0 days to 4 at 10 days", OFFICE),
            "rate": parse_value("3 per year", OFFICE),
        },
        working_time=OFFICE,
        warm_up=WARM_UP,
        case_types=("idea", "plea"),
        trait_definitions={"idea": traits, "plea": {**traits, "sensitive": "10%"}},
    )
