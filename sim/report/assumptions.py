"""Every number that scenarios assume by name, with its range and its source, as the files have it.

Not here: numbers that stand in steps and teams without a name; they are in the scenario files of the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sim.report.subject import Subject
from sim.report.words import clean
from sim.scenario.load import Scenario

_LONGEST = 160


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """A number: what it is called, its value, its range, its source, and in which scenarios it is so.

    `scenarios` is empty where it holds for all.
    """

    name: str
    value: str
    range: str
    source: str
    scenarios: tuple[str, ...] = ()


def assumption_rows(subject: Subject) -> list[AssumptionRow]:
    """The assumptions of all scenarios, then what their business cases are reckoned with."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    order: dict[str, None] = {}
    scenarios = subject.stored.scenarios
    for scenario in scenarios:
        for row in (*_assumptions(scenario), *_economics(scenario)):
            found.setdefault(row, []).append(scenario.name)
            order.setdefault(row[0])
    places = {name: i for i, name in enumerate(order)}
    return [
        AssumptionRow(*row, scenarios=() if len(names) == len(scenarios) else tuple(names))
        for row, names in sorted(found.items(), key=lambda item: places[item[0][0]])
    ]


def _assumptions(scenario: Scenario) -> Iterator[tuple[str, str, str, str]]:
    for name, each in scenario.file.assumptions.items():
        ends = "" if each.range is None else f"{written(each.range[0])} to {written(each.range[1])}"
        yield clean(name.replace("_", " ")), written(each.value), ends, _source(each.source)


def _economics(scenario: Scenario) -> Iterator[tuple[str, str, str, str]]:
    section = scenario.file.economics
    if section.years is None:
        return
    yield "discount rate", written(section.discount_rate), "", ""
    yield "years of the business case", written(section.years), "", ""
    yield "share of freed hours that counts", written(section.freed_hours), "", ""
    yield "taken off benefits for risk", written(section.risk.benefits), "", ""
    yield "put on costs for risk", written(section.risk.costs), "", ""
    for name, cost in section.costs.items():
        parts = [written(cost.amount)] if cost.amount is not None else []
        parts += [f"paid {written(cost.when)}"] if cost.amount is not None and cost.when is not None else []
        parts += [f"running {written(cost.running)}"] if cost.running is not None else []
        parts += [f"from {written(cost.from_)}"] if cost.from_ is not None else []
        yield f"cost: {clean(name.replace('_', ' '))}", ", ".join(parts), "", _source(cost.source)


def written(value: object) -> str:
    """A number as the file has it; of a long table the beginning."""
    if isinstance(value, Mapping):
        text = "; ".join(f"{key}: {written(each)}" for key, each in value.items())
    else:
        text = clean(str(value))
    if len(text) <= _LONGEST:
        return text
    cut = text[:_LONGEST].rsplit("; ", 1)[0]
    return f"{cut}; … (in full in the scenario file)"


def _source(text: str | None) -> str:
    return "not named" if text is None else clean(text)
