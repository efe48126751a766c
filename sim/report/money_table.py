"""The money of each replication as one flat table, and back: what `money.parquet` holds.

One row per replication, thing that costs or brings, and year. Floats come back to the last bit.
Not here: where money comes from (economics), what it is worth (experiment.appraisal).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.economics.flows import Yearly, YearlyFlows
from sim.experiment.replicate import Replication

if TYPE_CHECKING:
    import polars

_OF_TEAMS = ("people", "waste_hours")
_OF_ALL = ("environments", "value")


def money_table(runs: Sequence[Replication], currency: str) -> polars.DataFrame:
    """The yearly flows of those replications that have any, a row per year; `year` counts from 1."""
    import polars

    schema = {
        "replication": polars.Int64,
        "flow": polars.String,
        "team": polars.String,
        "unit": polars.String,
        "year": polars.Int64,
        "amount": polars.Float64,
    }
    rows = [
        (run.number, flow, team, "person h" if flow == "waste_hours" else currency, year, amount)
        for run in runs
        if run.flows is not None
        for flow, team, amounts in _told(run.flows)
        for year, amount in enumerate(amounts, start=1)
    ]
    return polars.DataFrame(rows, schema=schema, orient="row")


def flows_by_replication(money: polars.DataFrame) -> dict[int, YearlyFlows]:
    """The yearly flows of each replication, as they were written.

    Raises
    ------
    ValueError
        A flow is not for the same years as the others, or one is missing.
    """
    found: dict[int, dict[tuple[str, str], list[float]]] = {}
    for number, flow, team, year, amount in money.select(
        "replication", "flow", "team", "year", "amount"
    ).iter_rows():
        amounts = found.setdefault(number, {}).setdefault((flow, team), [])
        if year != len(amounts) + 1:
            raise ValueError(f"replication {number}, {flow} {team}: year {year} follows {len(amounts)}")
        amounts.append(amount)
    return {number: _flows(number, rows) for number, rows in found.items()}


def _told(flows: YearlyFlows) -> list[tuple[str, str, Yearly]]:
    """Each flow with its team; '' where it is of none."""
    of_teams = [(flow, team, each) for flow in _OF_TEAMS for team, each in getattr(flows, flow).items()]
    return [*of_teams, *((flow, "", getattr(flows, flow)) for flow in _OF_ALL)]


def _flows(number: int, rows: dict[tuple[str, str], list[float]]) -> YearlyFlows:
    missing = [flow for flow in _OF_ALL if (flow, "") not in rows]
    if missing or len({len(amounts) for amounts in rows.values()}) != 1:
        raise ValueError(f"replication {number}: {', '.join(missing) or 'some years'} not there")
    people, waste = (
        {team: tuple(amounts) for (flow, team), amounts in rows.items() if flow == kind} for kind in _OF_TEAMS
    )
    return YearlyFlows(people, waste, tuple(rows["environments", ""]), tuple(rows["value", ""]))
