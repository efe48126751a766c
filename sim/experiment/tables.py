"""The tables of a result: polars frames whose columns and types are the same with and without rows.

What each column means stands in docs/results.md, which a test holds to the columns here. Times are integer
milliseconds since the beginning of the warm-up, and say so in their names.
Not here: files (report), means and intervals (compare).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Int64Array
from sim.experiment.case_traits import told_traits, trait_columns
from sim.plan.arrays import Plan, TraitKind
from sim.records import EVENT_COLUMNS, CaseRow
from sim.records.event_log import TEXT_COLUMNS, EventLog

if TYPE_CHECKING:
    import polars

    from sim.experiment.replicate import Replication

    Schema = dict[str, type[polars.DataType]]

BoolArray = NDArray[np.bool_]


def replications(runs: Iterable[Replication]) -> polars.DataFrame:
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


def cases(plan: Plan, runs: Iterable[Replication]) -> polars.DataFrame:
    """One row per case of every replication, as they came; a column per trait at the end."""
    return _joined((run.cases for run in runs), case_schema(plan))


def cases_of(plan: Plan, replication: int, rows: Sequence[CaseRow]) -> polars.DataFrame:
    """The cases of one replication, in a fraction of the memory that the rows take."""
    import polars

    sources = [source.name for source in plan.sources]
    types = [case_type.name for case_type in plan.case_types]
    arrive = np.array([row.arrive for row in rows], dtype=np.int64)
    leave = np.array([row.leave for row in rows], dtype=np.int64)
    left = leave >= 0
    lead_time = plan.calendars[plan.business].open_between_array(arrive, np.where(left, leave, arrive))
    traits = trait_columns(plan)
    told = zip(*(told_traits(plan, row, traits) for row in rows), strict=True)
    columns: list[Sequence[object]] = [
        [replication] * len(rows),
        [sources[row.source] for row in rows],
        [types[row.case_type] for row in rows],
        [row.number for row in rows],
        [row.generation for row in rows],
        arrive.tolist(),
        _where(left, leave),
        _where(left, lead_time),
        _where(left, leave - arrive),
        [row.outcome if row.leave >= 0 else None for row in rows],
        [row.by_patience for row in rows],
        [row.owner + 1 if row.owner >= 0 else None for row in rows],
        [row.value for row in rows],
        *(told if rows else [()] * len(traits)),
    ]
    schema = case_schema(plan)
    return polars.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema)


def events(logs: Iterable[polars.DataFrame]) -> polars.DataFrame:
    """The event logs of replications as one, in their order."""
    return _joined(logs, event_schema())


def events_of(log: Sequence[tuple[object, ...]]) -> polars.DataFrame:
    """The event log of one replication, sorted."""
    import polars

    if isinstance(log, EventLog):
        return _events_packed(log)
    frame = polars.DataFrame(log, schema=event_schema(), orient="row")
    return frame.sort("time", "source", "number", "generation", "n")


def _events_packed(log: EventLog) -> polars.DataFrame:
    """The same from columns: no row is ever a Python object."""
    import polars

    order, texts = log.order(), polars.Series(log.texts, dtype=polars.String)
    columns = {name: column[order] for name, column in log.columns.items()}
    told = {name: texts.gather(columns[name]) for name in TEXT_COLUMNS}
    return polars.DataFrame(columns | told, schema=event_schema())


def case_schema(plan: Plan) -> Schema:
    import polars

    types_of = {TraitKind.SHARE: polars.Boolean, TraitKind.NUMBER: polars.Float64}
    traits = {
        name: polars.String if kind is None else types_of.get(kind, polars.String)
        for name, kind in trait_columns(plan).items()
    }
    return {
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
        **traits,
    }


def event_schema() -> Schema:
    import polars

    return {name: polars.String if name in TEXT_COLUMNS else polars.Int64 for name in EVENT_COLUMNS}


def _joined(frames: Iterable[polars.DataFrame], schema: Schema) -> polars.DataFrame:
    """Frames of one schema below each other, without copying what is in them."""
    import polars

    found = list(frames)
    return polars.concat(found, rechunk=False) if found else polars.DataFrame(schema=schema)


def _where(told: BoolArray, values: Int64Array) -> list[int | None]:
    return [value if tell else None for tell, value in zip(told.tolist(), values.tolist(), strict=True)]
