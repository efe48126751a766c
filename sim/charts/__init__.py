"""Charts: results in, a Matplotlib figure out, one figure family per file.

A figure is a page of its own: the title states the finding in words computed from the numbers drawn, the
footer says of what and how many. Nothing here computes a metric or shows a window; `files` writes
a figure as PNG or SVG.
"""

from sim.charts.cumulative_flow import plot_cumulative_flow
from sim.charts.heat_map import plot_heat_map
from sim.charts.journey import plot_journey
from sim.charts.lead_time import plot_lead_time_ecdf
from sim.charts.money_waterfall import plot_money_by_scenario, plot_money_waterfall
from sim.charts.net_benefit import plot_net_benefit
from sim.charts.npv import plot_npv
from sim.charts.owner_time import plot_owner_time
from sim.charts.time_spent import plot_time_spent
from sim.charts.value_stream_map import plot_value_stream_map
from sim.charts.warm_up import plot_warm_up
from sim.charts.waterfall import plot_days_waterfall

__all__ = [
    "plot_cumulative_flow",
    "plot_days_waterfall",
    "plot_heat_map",
    "plot_journey",
    "plot_lead_time_ecdf",
    "plot_money_by_scenario",
    "plot_money_waterfall",
    "plot_net_benefit",
    "plot_npv",
    "plot_owner_time",
    "plot_time_spent",
    "plot_value_stream_map",
    "plot_warm_up",
]
