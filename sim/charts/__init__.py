"""Charts: results in, a Matplotlib figure out, one figure family per file.

A figure is a page of its own: the title states the finding in words computed from the numbers drawn, the
footer says of what and how many. Nothing here computes a metric or shows a window; `files` writes
a figure as PNG or SVG.

Names are imported when they are used: who draws two figures does not wait for the code of all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what type checkers read
    from sim.charts.causes import plot_causes as plot_causes
    from sim.charts.contributions import plot_contributions as plot_contributions
    from sim.charts.cumulative_flow import plot_cumulative_flow as plot_cumulative_flow
    from sim.charts.frontier import plot_frontier as plot_frontier
    from sim.charts.frontier import plot_marginal_worth as plot_marginal_worth
    from sim.charts.heat_map import plot_heat_map as plot_heat_map
    from sim.charts.journey import plot_journey as plot_journey
    from sim.charts.lead_time import plot_lead_time_ecdf as plot_lead_time_ecdf
    from sim.charts.money_waterfall import plot_money_by_scenario as plot_money_by_scenario
    from sim.charts.money_waterfall import plot_money_waterfall as plot_money_waterfall
    from sim.charts.net_benefit import plot_net_benefit as plot_net_benefit
    from sim.charts.npv import plot_npv as plot_npv
    from sim.charts.owner_time import plot_owner_time as plot_owner_time
    from sim.charts.sobol_indices import plot_sobol_indices as plot_sobol_indices
    from sim.charts.spread import plot_spread as plot_spread
    from sim.charts.time_spent import plot_time_spent as plot_time_spent
    from sim.charts.tornado import plot_tornado as plot_tornado
    from sim.charts.tried import plot_tried as plot_tried
    from sim.charts.value_stream_map import plot_value_stream_map as plot_value_stream_map
    from sim.charts.value_stream_map import plot_value_stream_pages as plot_value_stream_pages
    from sim.charts.warm_up import plot_warm_up as plot_warm_up
    from sim.charts.waterfall import plot_days_waterfall as plot_days_waterfall

_HOME = {
    "plot_causes": "causes",
    "plot_contributions": "contributions",
    "plot_cumulative_flow": "cumulative_flow",
    "plot_days_waterfall": "waterfall",
    "plot_frontier": "frontier",
    "plot_heat_map": "heat_map",
    "plot_journey": "journey",
    "plot_lead_time_ecdf": "lead_time",
    "plot_marginal_worth": "frontier",
    "plot_money_by_scenario": "money_waterfall",
    "plot_money_waterfall": "money_waterfall",
    "plot_net_benefit": "net_benefit",
    "plot_npv": "npv",
    "plot_owner_time": "owner_time",
    "plot_sobol_indices": "sobol_indices",
    "plot_spread": "spread",
    "plot_time_spent": "time_spent",
    "plot_tornado": "tornado",
    "plot_tried": "tried",
    "plot_value_stream_map": "value_stream_map",
    "plot_value_stream_pages": "value_stream_map",
    "plot_warm_up": "warm_up",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim.charts' has no attribute {name!r}. It has: {', '.join(__all__)}.")
    return getattr(import_module(f"sim.charts.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
