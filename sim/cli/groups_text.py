"""Who went which way: passages through a flow by the traits that its conditions ask about, as a table."""

from __future__ import annotations

from collections.abc import Collection

from sim.cli.layout import drawn, figure, spread, table
from sim.experiment.compare import Row

_PERCENTILES = ("lead_time_p50", "lead_time_p85", "lead_time_p95")

Rows = dict[tuple[str, str, str], Row]  # by kind, of, metric


def groups_table(rows: Rows, flows: Collection[str], day_h: float, title: str = "flows by trait") -> str:
    """The groups of these flows; nothing of a trait that all cases have, or none."""
    made = table(f"{title} [d]", "passages", "lead time", "P50", "P85", "P95")
    for flow in flows:
        whole = _mean(rows, "flow", flow, "passages")
        groups = [of for kind, of, metric in rows if _is_of(flow, kind, of, metric)]
        parts = [of for of in groups if 0 < _mean(rows, "group", of, "passages") < whole]
        if parts:
            made.add_row(flow)
        for of in parts:
            made.add_row(f"  {of.partition(':')[2]}", *_cells(rows, of, day_h))
    return drawn(made) if made.row_count else ""


def _is_of(flow: str, kind: str, of: str, metric: str) -> bool:
    return kind == "group" and metric == "passages" and of.startswith(f"{flow}:")


def _mean(rows: Rows, kind: str, of: str, metric: str) -> float:
    row = rows.get((kind, of, metric))
    return 0.0 if row is None or row.interval.mean is None else row.interval.mean


def _cells(rows: Rows, of: str, day_h: float) -> list[str]:
    lead = rows["group", of, "lead_time"]
    tail = (rows["group", of, metric].interval.mean for metric in _PERCENTILES)
    return [
        figure(_mean(rows, "group", of, "passages")),
        spread(lead.interval, 1 / day_h),
        *(figure(None if value is None else value / day_h) for value in tail),
    ]
