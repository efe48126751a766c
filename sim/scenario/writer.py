"""A scenario written out: everything merged, shorthand expanded, public holidays as dates."""

from __future__ import annotations

import io

from ruamel.yaml import YAML

from sim.scenario.load import Scenario


def resolved_text(scenario: Scenario) -> str:
    """The resolved scenario as one YAML text; the same scenario gives the same text.

    Dates of public holidays stand in `closed`, so that the text means the same wherever it is read.
    """
    plain = scenario.tree.plain()
    assert isinstance(plain, dict)
    plain.pop("extends", None)
    # what a patch makes of a scenario is called what the patch is called
    heading = {"name": scenario.name, "summary": scenario.file.summary}
    plain = {key: value for key, value in heading.items() if value} | {
        key: value for key, value in plain.items() if key not in heading
    }
    for name, days in scenario.holidays.items():
        calendar = plain["calendars"][name]
        calendar.pop("holidays", None)
        closed = {str(day) for day in calendar.get("closed") or []} | {day.isoformat() for day in days}
        calendar["closed"] = sorted(closed)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 110
    stream = io.StringIO()
    yaml.dump(plain, stream)
    return stream.getvalue()
