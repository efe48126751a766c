"""Economics: what flows of money are worth. Pure functions, no simulation."""

from sim.economics.cash_flow import BusinessCase, irr, npv, payback_years, roi

__all__ = ["BusinessCase", "irr", "npv", "payback_years", "roi"]
