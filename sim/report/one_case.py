"""Which single case a report shows from arrival to leaving: the median one of those that ended as most do.

Chosen from the table of cases of the first replication, so that nothing is run again for it.
Not here: its picture (charts.journey), the sentence beside it (so_what).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.experiment.replicate import Result
from sim.plan.arrays import Plan
from sim.records import Facts

if TYPE_CHECKING:
    import polars

_WHO = ("source", "number", "generation")


@dataclass(frozen=True, slots=True)
class OneCase:
    """A case of the first replication, by its source, number and generation, and how many ended alike."""

    replication: int
    source: str
    number: int
    generation: int
    outcome: str
    n_alike: int

    def index_in(self, facts: Facts, plan: Plan) -> int:
        """Its place in `facts.cases` of that replication."""
        names = [row.name for row in plan.sources]
        who = (self.source, self.number, self.generation)
        return next(
            i for i, row in enumerate(facts.cases) if (names[row.source], row.number, row.generation) == who
        )


def median_case(result: Result, case_type: str) -> OneCase | None:
    """The case of median business lead time; of an even number the shorter one.

    Of those that left in the window, those are looked at whose outcome is the most frequent (cases that ran
    out of patience only where no other ended). None where cases were not kept, or none left.
    """
    if not result.runs or result.runs[0].cases is None:
        return None
    left = _left(result, result.runs[0].cases, case_type)
    patient = left.filter(~left["by_patience"])
    alike = _most_frequent(patient if patient.height else left).sort("lead_time_ms", *_WHO)
    if alike.is_empty():
        return None
    row = alike.row((alike.height - 1) // 2, named=True)
    who = row["source"], row["number"], row["generation"]
    return OneCase(result.runs[0].number, *who, row["outcome"], alike.height)


def _left(result: Result, cases: polars.DataFrame, case_type: str) -> polars.DataFrame:
    """Cases that left in the window; the age of those of `start_with` is unknown."""
    import polars

    leave, plan = polars.col("leave_ms"), result.plan
    return cases.filter(
        polars.col("case_type") == case_type,
        ~polars.col("source").str.contains("@", literal=True),
        leave >= plan.warm_up,
        leave < plan.end,
    )


def _most_frequent(cases: polars.DataFrame) -> polars.DataFrame:
    import polars

    counts = cases.group_by("outcome").len().sort(["len", "outcome"], descending=[True, False])
    return cases.filter(polars.col("outcome") == counts["outcome"][0]) if counts.height else cases
