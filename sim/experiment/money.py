"""The business case as rows of a table: what a scenario costs and brings, and what a change is worth.

Not here: how it is worked out (appraisal).
"""

from __future__ import annotations

from sim.experiment.compare import Comparison, Row
from sim.experiment.intervals import Interval
from sim.experiment.replicate import Result


def outlay_rows(result: Result) -> list[Row]:
    """What a scenario costs and brings by itself, in present values; nothing without years."""
    if result.outlay is None:
        return []
    return [
        Row(result.name, metric, "money", "all", result.currency, interval)
        for metric, interval in (("cost", result.outlay.cost), ("benefit", result.outlay.benefit))
    ]


def business_rows(comparison: Comparison) -> list[Row]:
    """The business case of each scenario against the baseline, in the currency and in percent.

    Cost and benefit are present values; payback and internal rate are of the mean flows and have no interval,
    nor have percentiles of the net present value over replications.
    """
    rows = []
    for other, appraisal in zip(comparison.others, comparison.appraisals, strict=False):
        if appraisal is None:
            continue
        n, currency = len(appraisal.cases), comparison.currency
        for metric, unit, interval, scale in (
            ("cost", currency, appraisal.pv_costs, 1.0),
            ("benefit", currency, appraisal.pv_benefits, 1.0),
            ("npv", currency, appraisal.npv, 1.0),
            ("npv_p10", currency, Interval(appraisal.npv_p10, None, None, n), 1.0),
            ("npv_p50", currency, Interval(appraisal.npv_p50, None, None, n), 1.0),
            ("npv_p90", currency, Interval(appraisal.npv_p90, None, None, n), 1.0),
            ("roi", "%", appraisal.roi or Interval(None, None, None, n), 100.0),
            ("payback", "months", Interval(appraisal.payback_months, None, None, n), 1.0),
            ("irr", "%", Interval(appraisal.irr, None, None, n), 100.0),
            ("probability_of_gain", "%", appraisal.probability, 100.0),
        ):
            rows.append(Row(other.name, metric, "business", "all", unit, _scaled(interval, scale)))
    return rows


def _scaled(interval: Interval, scale: float) -> Interval:
    mean, low, high = (
        None if value is None else value * scale for value in (interval.mean, interval.low, interval.high)
    )
    return Interval(mean, low, high, interval.n)
