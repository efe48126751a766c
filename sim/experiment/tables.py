"""The tables of a result: polars frames whose columns and types are the same with and without rows.

What each column means stands in docs/results.md, which a test holds to the columns here. Times are integer
milliseconds since the beginning of the warm-up, and say so in their names.
Not here: files (report), means and intervals (compare).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Int64Array
from sim.experiment.case_traits import nullable, told_traits, trait_columns, words
from sim.metrics.figures import Measures, Name
from sim.plan.arrays import NONE, Plan, TraitKind
from sim.records import EVENT_COLUMNS, CaseRow
from sim.records.event_log import TEXT_COLUMNS, EventLog
from sim.records.facts import Table

if TYPE_CHECKING:
    import polars

    from sim.experiment.replicate import Replication

    Schema = dict[str, type[polars.DataType]]

Floats = NDArray[np.float64]
Values = tuple[float | None, ...]
"""Of the figures of a replication, in the order of their names."""

_N_WHOLE = CaseRow._fields.index("milestones")


def by_names(runs: Iterable[Replication]) -> list[tuple[tuple[Name, ...], list[tuple[int, Values]]]]:
    """The names of figures, with the numbers and values of all replications in a row that have just these.

    What is done for each name is then done once, and not for each replication.
    """
    found: list[tuple[tuple[Name, ...], list[tuple[int, Values]]]] = []
    for run in runs:
        told = Measures.of(run.measures)
        if not found or found[-1][0] != told.names:
            found.append((told.names, []))
        found[-1][1].append((run.number, told.values))
    return found


def replications(runs: Iterable[Replication]) -> polars.DataFrame:
    """One row per replication and measure; `value` is null where a measure is not defined."""
    import polars

    names = {name: polars.String for name in ("metric", "kind", "of", "unit")}
    schema: Schema = {"replication": polars.Int64, **names, "value": polars.Float64}
    frames = [polars.DataFrame(schema=schema)]
    for figures, rows in by_names(runs):
        named = polars.DataFrame(list(figures), schema=names, orient="row")
        numbers = np.repeat(np.array([number for number, _ in rows], dtype=np.int64), len(figures))
        values = polars.Series([value for _, told in rows for value in told], dtype=polars.Float64)
        frame = polars.concat([named] * len(rows), rechunk=False)
        frames.append(
            frame.with_columns(polars.Series("replication", numbers), values.alias("value")).select(*schema)
        )
    return polars.concat(frames, rechunk=False)


def cases(plan: Plan, found: Iterable[polars.DataFrame]) -> polars.DataFrame:
    """The cases of replications as one table, as they came; a column per trait at the end."""
    return _joined(found, case_schema(plan))


def cases_of(plan: Plan, replication: int, rows: Sequence[CaseRow]) -> polars.DataFrame:
    """The cases of one replication, in a fraction of the memory that the rows take."""
    import polars

    found = _Columns.of(plan, rows)
    source, case_type, number, generation, arrive, leave, outcome, by_patience, owner = found.whole.T
    left = leave >= 0
    lead_time = plan.calendars[plan.business].open_between_array(arrive, np.where(left, leave, arrive))
    columns = [
        np.full(len(rows), replication),
        words([row.name for row in plan.sources], source),
        words([row.name for row in plan.case_types], case_type),
        number,
        generation,
        arrive,
        nullable(leave, left),
        nullable(lead_time, left),
        nullable(leave - arrive, left),
        words(found.outcomes, np.where(left, outcome, NONE)),
        by_patience != 0,
        nullable(owner + 1, owner >= 0),
        found.value,
        *told_traits(plan, case_type, found.traits).values(),
    ]
    schema = case_schema(plan)
    return polars.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Cases as columns: `whole` are those before `milestones`, with indices of `outcomes`.

    `whole` has shape (n_cases, 9), `value` (n_cases,), `traits` (n_cases, most traits of a case type).
    """

    whole: Int64Array
    outcomes: list[str]
    value: Floats
    traits: Floats

    @classmethod
    def of(cls, plan: Plan, rows: Sequence[CaseRow]) -> _Columns:
        if isinstance(rows, Table):
            reals = np.ascontiguousarray(rows.array[:, _N_WHOLE:]).view(np.float64)
            return cls(rows.array[:, :_N_WHOLE], list(rows.texts), reals[:, 0], reals[:, 1:])
        outcomes: dict[str, int] = {}
        whole = np.zeros((len(rows), _N_WHOLE), dtype=np.int64)
        value = np.zeros(len(rows))
        traits = np.full((len(rows), max((len(each.traits) for each in plan.case_types), default=0)), np.nan)
        for i, row in enumerate(rows):
            outcome = outcomes.setdefault(row.outcome, len(outcomes))
            whole[i] = (*row[:6], outcome, row.by_patience, row.owner)
            value[i] = row.value
            traits[i, : len(row.traits)] = row.traits
        return cls(whole, list(outcomes), value, traits)


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
