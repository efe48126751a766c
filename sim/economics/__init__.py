"""Economics: what a change costs, brings and is worth.

`flows` makes money of what was tallied in a replication, `cash_flow` knows what flows of money are
worth. Nothing here simulates, and nothing pairs scenarios (experiment.appraisal does).
"""

from sim.economics.cash_flow import BusinessCase, irr, npv, payback_years, roi
from sim.economics.flows import YearlyFlows, money_edges, yearly_flows

__all__ = [
    "BusinessCase",
    "YearlyFlows",
    "irr",
    "money_edges",
    "npv",
    "payback_years",
    "roi",
    "yearly_flows",
]
