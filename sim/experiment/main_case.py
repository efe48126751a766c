"""The kind of case that matters most, where one has to be chosen."""

from __future__ import annotations

import math

from sim.experiment.replicate import Result
from sim.experiment.tables import by_names


def main_case_type(result: Result) -> str | None:
    """The case type with most cases in the system on average; the first of equals, None without any."""
    wip = {
        name[2]: [values[column] for _, values in rows]
        for names, rows in by_names(result.runs)
        for column, name in enumerate(names)
        if name[:2] == ("wip", "case")
    }

    def mean(name: str) -> float:
        found = [value for value in wip.get(name, []) if value is not None]
        return math.fsum(found) / len(found) if found else 0.0

    return max((row.name for row in result.plan.case_types), key=mean, default=None)
