"""A scenario written out: everything merged, shorthand expanded, public holidays as dates; what it reads."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

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


_EMPIRICAL = re.compile(r"\bempirical\b[\s(]+([^\s(),=]+)")


def data_files(scenarios: Iterable[Scenario]) -> dict[str, bytes]:
    """The files of numbers and tickets that scenarios read, by the names they have in them.

    One that several scenarios call the same, but that is not, is left out: it has no one place beside them.
    """
    found: dict[str, set[bytes]] = {}
    for scenario in scenarios:
        for name in set(_named_files(scenario)):
            with suppress(OSError):
                found.setdefault(name, set()).add((scenario.folder / name).read_bytes())
    return {name: contents.pop() for name, contents in sorted(found.items()) if len(contents) == 1}


def _named_files(scenario: Scenario) -> Iterator[str]:
    for case in scenario.file.cases.values():
        if case.arrive is not None:
            yield from (name for name in (case.arrive.list_, case.arrive.log) if name)
    for text in _texts(scenario.tree.plain()):
        yield from _EMPIRICAL.findall(text)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
