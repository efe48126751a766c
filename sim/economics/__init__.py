"""Economics: what a change costs, brings and is worth.

`flows` takes money and hours out of the facts of a replication, `appraisal` sets a scenario against the
baseline, `cash_flow` knows what flows of money are worth. Nothing here simulates.
"""

from sim.economics.appraisal import Appraisal, Economics, Programme, appraise, programme
from sim.economics.cash_flow import BusinessCase, irr, npv, payback_years, roi
from sim.economics.flows import YearlyFlows, yearly_flows

__all__ = [
    "Appraisal",
    "BusinessCase",
    "Economics",
    "Programme",
    "YearlyFlows",
    "appraise",
    "irr",
    "npv",
    "payback_years",
    "programme",
    "roi",
    "yearly_flows",
]
