"""The tables of a result: polars frames whose columns and types are the same with and without rows.

What each column means stands in docs/results.md, which a test holds to the columns here. Times are integer
milliseconds since the beginning of the warm-up, and say so in their names.
Not here: files (report), means and intervals (compare).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.experiment.case_traits import told_traits, trait_columns
from sim.plan.arrays import Plan, TraitKind
from sim.records import EVENT_COLUMNS

if TYPE_CHECKING:
    import polars

    from sim.experiment.replicate import Replication

_WORDS = ("source", "path", "event", "team", "info")  # the other columns of the event log are whole numbers


def replications(runs: Sequence[Replication]) -> polars.DataFrame:
    """One row per replication and measure; `value` is null where a measure is not defined."""
    import polars

    schema = {
        "replication": polars.Int64,
        "metric": polars.String,
        "kind": polars.String,
        "of": polars.String,
        "unit": polars.String,
        "value": polars.Float64,
    }
    rows = [(run.number, *measure) for run in runs for measure in run.measures]
    return polars.DataFrame(rows, schema=schema, orient="row")


def cases(plan: Plan, runs: Sequence[Replication]) -> polars.DataFrame:
    """One row per case of every replication, as they came; a column per trait at the end."""
    import polars

    schema = {
        "replication": polars.Int64,
        "source": polars.String,
        "case_type": polars.String,
        "number": polars.Int64,
        "generation": polars.Int64,
        "arrive_ms": polars.Int64,
        "leave_ms": polars.Int64,
        "lead_time_ms": polars.Int64,
        "elapsed_lead_time_ms": polars.Int64,
        "outcome": polars.String,
        "by_patience": polars.Boolean,
        "owner": polars.Int64,
        "value_per_month": polars.Float64,
    }
    traits = trait_columns(plan)
    types_of = {TraitKind.SHARE: polars.Boolean, TraitKind.NUMBER: polars.Float64}
    schema |= {
        name: polars.String if kind is None else types_of.get(kind, polars.String)
        for name, kind in traits.items()
    }
    sources = [source.name for source in plan.sources]
    types = [case_type.name for case_type in plan.case_types]
    business = plan.calendars[plan.business]
    rows = []
    for run in runs:
        for case in run.cases:
            left = case.leave >= 0
            rows.append(
                (
                    run.number,
                    sources[case.source],
                    types[case.case_type],
                    case.number,
                    case.generation,
                    case.arrive,
                    case.leave if left else None,
                    business.open_between(case.arrive, case.leave) if left else None,
                    case.leave - case.arrive if left else None,
                    case.outcome if left else None,
                    case.by_patience,
                    case.owner + 1 if case.owner >= 0 else None,
                    case.value,
                    *told_traits(plan, case, traits),
                )
            )
    return polars.DataFrame(rows, schema=schema, orient="row")


def events(logs: Iterable[Sequence[tuple[object, ...]]]) -> polars.DataFrame:
    """The event logs of replications as one, sorted."""
    import polars

    schema = {name: polars.String if name in _WORDS else polars.Int64 for name in EVENT_COLUMNS}
    rows = [row for log in logs for row in log]
    frame = polars.DataFrame(rows, schema=schema, orient="row")
    return frame.sort("replication", "time", "source", "number", "generation", "n")
