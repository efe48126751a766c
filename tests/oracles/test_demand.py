"""Demand over time: counts of a Poisson process whose rate changes, and stations that are not in balance.

No warm-up brings these models into balance: the instants count from an empty beginning. Student-t intervals,
error probability 1e-4 per test, replications as said (conftest).
"""

from __future__ import annotations

from itertools import pairwise
from math import exp

import numpy as np
import pytest

HOUR = 3_600_000
DISPERSION = ("dispersion", "own", "all")


def inside_at(facts, *hours):
    """Cases in the system at instants."""
    arrive = np.array([case.arrive for case in facts.cases])
    leave = np.array([facts.end if case.leave < 0 else case.leave for case in facts.cases])
    return {
        ("inside", "own", f"{h} h"): float(((arrive <= h * HOUR) & (leave > h * HOUR)).sum()) for h in hours
    }


def dispersion(counts, means):
    """Squared deviations over the mean, averaged: 1 for Poisson counts, less or more for others."""
    return {DISPERSION: float(np.mean([(n - means[key]) ** 2 / means[key] for key, n in counts.items()]))}


def test_mm_infinity_from_empty(agrees):
    """M/M/infinity, empty at 0: mean number at t is lambda/mu (1 - exp(-mu t)), Poisson distributed.

    So the variance is the same number: squared deviations over the mean are 1 on average. 120 replications of
    one day. Source: Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed.,
    section 2.11.2.
    """
    instants, arrivals, service = (1, 3, 8, 20), 8.0, 1 / 4
    means = {("inside", "own", f"{t} h"): arrivals / service * (1 - exp(-service * t)) for t in instants}

    def look(facts):
        counts = inside_at(facts, *instants)
        return counts | dispersion(counts, means)

    agrees(
        """
name: from empty
clock: {start: 2027-01-04, horizon: 1 days, business: always}
teams: {many: {size: unlimited}}
cases: {c: {arrive: {rate: 8 per h}, flow: f}}
flows: {f: {steps: {s: {team: many, work: exponential mean 4 h}}}}
""",
        means | {DISPERSION: 1.0},
        look=look,
        replications=120,
        within={"inside": 0.2, "dispersion": 0.4},
    )


def test_number_in_system_follows_a_ramp(agrees):
    """M_t/M/infinity: m'(t) = lambda(t) - mu m(t); for lambda = a + b t, m lags behind lambda/mu by b/mu^2.

    m(t) = (a + b t)/mu - b/mu^2 + (b/mu^2 - a/mu) exp(-mu t) from empty; after the ramp it decays to c/mu.
    Source: Eick, Massey, Whitt 1993, Operations Research 41:731, theorem 1. 60 replications of ten days.
    """
    a, top, ramp, service = 1.0, 5.0, 120.0, 1 / 12
    b = (top - a) / ramp

    def mean(t):
        if t > ramp:
            return top / service + (mean(ramp) - top / service) * exp(-service * (t - ramp))
        return (a + b * t) / service - b / service**2 + (b / service**2 - a / service) * exp(-service * t)

    instants = (12, 60, 120, 132, 200)
    agrees(
        """
name: ramp
clock: {start: 2027-01-04, horizon: 10 days, business: always}
cases: {c: {arrive: {rate: ramp 1 per h at 0 days to 5 per h at 5 days}, flow: f}}
flows: {f: {steps: {s: {wait: exponential mean 12 h}}}}
""",
        {("inside", "own", f"{t} h"): mean(t) for t in instants},
        look=lambda facts: inside_at(facts, *instants),
        replications=60,
        within=0.2,
    )


@pytest.mark.parametrize(
    ("rate", "hourly"),
    [
        (
            "ramp 0 per h at 0 days to 4 per h at 4 days to 1 per h at 8 days",
            [(0, 0), (4, 4), (8, 1), (10, 1)],
        ),
        ("{0 days: 1 per h, 4 days: 3 per h, 7 days: 0.5 per h}", None),
    ],
)
def test_arrivals_follow_their_rate_over_time(agrees, rate, hourly):
    """Counts of a nonhomogeneous Poisson process: mean and variance of a window are the rate's integral.

    Windows of two days; the rate is a ramp or steps. Source: Ross, Introduction to Probability Models, 11th
    ed., section 5.4.1. 60 replications of ten days.
    """

    def rate_at(day):
        if hourly:
            return np.interp(day, *zip(*hourly, strict=True))
        return np.select([day < 4, day < 7], [1.0, 3.0], 0.5)

    edges = [0, 2, 4, 6, 8, 10]
    fine = (np.arange(24_000) + 0.5) / 2_400
    means = {
        ("count", "own", f"day {a}"): 24 * (b - a) * float(rate_at(fine[(fine > a) & (fine < b)]).mean())
        for a, b in pairwise(edges)
    }

    def look(facts):
        days = [case.arrive / HOUR / 24 for case in facts.cases]
        counts = dict(zip(edges, np.histogram(days, edges)[0].astype(float), strict=False))
        named = {("count", "own", f"day {a}"): n for a, n in counts.items()}
        return named | dispersion(named, means) | {("count", "own", "all"): sum(named.values())}

    agrees(
        f"""
name: over time
clock: {{start: 2027-01-04, horizon: 10 days, business: always}}
cases: {{c: {{arrive: {{rate: "{rate}"}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{wait: 1 h}}}}}}}}
""".replace('"{', "{").replace('}"', "}"),
        means | {DISPERSION: 1.0, ("count", "own", "all"): sum(means.values())},
        look=look,
        replications=60,
        within={"count": 0.15, "dispersion": 0.6},
    )


def test_monthly_rates_fill_office_hours_only(agrees):
    """120 a month on Mon-Fri 09:00-17:00 is 120 * 12/52 a week, the same for each weekday, none at night.

    Source: Ross, 11th ed., section 5.4.1, with a rate that is 0 while the office is closed. 40 replications
    of twelve weeks.
    """

    def look(facts):
        hours = np.array([case.arrive / HOUR for case in facts.cases])
        assert ((hours % 24 >= 9) & (hours % 24 < 17)).all()
        days = np.bincount((hours // 24 % 7).astype(int), minlength=7)
        assert not days[5:].any()
        return {("count", "own", f"weekday {day}"): float(n) for day, n in enumerate(days[:5])}

    agrees(
        """
name: office hours
clock: {start: 2027-01-04, horizon: 12 weeks, business: office}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
cases: {c: {arrive: {rate: 120 per month}, flow: f}}
flows: {f: {steps: {s: {wait: 1 h}}}}
""",
        {("count", "own", f"weekday {day}"): 120 * 12 / 52 * 12 / 5 for day in range(5)},
        look=look,
        within=0.12,
    )
