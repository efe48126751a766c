"""One station against the formulas for one station.

Intervals: Student-t on 16 replications (20 where said), error probability 1e-4 per test; see conftest.
"""

from __future__ import annotations

from itertools import accumulate
from math import factorial, log

import pytest

CLOCK = "clock: {start: 2027-01-04, horizon: 16 weeks, warm_up: 2 weeks, business: always}\n"


def birth_death(births, deaths):
    """Stationary distribution of a birth-death chain: p_n = p_0 * prod(births[i] / deaths[i], i < n)."""
    ratios = (up / down for up, down in zip(births, deaths, strict=True))
    weights = list(accumulate(ratios, lambda weight, ratio: weight * ratio, initial=1.0))
    return [weight / sum(weights) for weight in weights]


def test_mm1(agrees):
    """M/M/1: W = 1/(mu - lambda), L = rho/(1 - rho), utilisation rho.

    Source: Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed., section 2.2.
    Interval: t on 20 replications, error 1e-4 shared by three measures.
    """
    arrivals, service = 1.0, 1 / 0.6
    agrees(
        "name: mm1\n"
        + CLOCK
        + """
teams: {server: {size: 1}}
cases: {c: {arrive: {rate: 1 per h}, flow: f}}
flows: {f: {steps: {s: {team: server, work: exponential mean 0.6 h}}}}
""",
        {
            ("lead_time", "case", "c"): 1 / (service - arrivals),
            ("wip", "case", "c"): arrivals / (service - arrivals),
            ("utilisation", "team", "server"): 60.0,
        },
        within=0.2,
        replications=20,
    )


def test_mm3(agrees):
    """M/M/3: Wq = C(c, a)/(c mu - lambda), with C the Erlang C formula and a = lambda/mu.

    C(c, a) = B/(B + sum(a^k/k!, k < c)), B = a^c/c! * c/(c - a).
    Source: Gross et al., 4th ed., section 2.3. Interval: t on 16 replications, error 1e-4.
    """
    a, c, arrivals, service = 2.1, 3, 1.05, 0.5
    tail = a**c / factorial(c) * c / (c - a)
    erlang_c = tail / (tail + sum(a**k / factorial(k) for k in range(c)))
    agrees(
        "name: mm3\n"
        + CLOCK
        + """
teams: {servers: {size: 3}}
cases: {c: {arrive: {rate: 1.05 per h}, flow: f}}
flows: {f: {steps: {s: {team: servers, work: exponential mean 2 h}}}}
""",
        {("wait", "step", "c/s"): erlang_c / (c * service - arrivals)},
        within=0.25,
    )


@pytest.mark.parametrize("room", [2, 5])
def test_mmck(agrees, room):
    """M/M/c/K, c = 2: share refused p_K, L = sum(n p_n), p_n by birth and death; K = c is Erlang B.

    Source: Gross et al., 4th ed., sections 2.4 and 2.5; arrivals see p_n (PASTA).
    Interval: t on 16 replications, error 1e-4 shared by two measures.
    """
    p = birth_death([1.8] * room, [min(n, 2) for n in range(1, room + 1)])
    agrees(
        "name: mmck\n"
        + CLOCK
        + f"""
teams: {{servers: {{size: 2}}}}
cases: {{c: {{arrive: {{rate: 0.9 per h}}, flow: f}}}}
flows:
  f:
    limit: {{cases: {room}, when_full: {{end: refused}}}}
    steps: {{s: {{team: servers, work: exponential mean 2 h}}}}
""",
        {
            ("outcome_share", "outcome", "c:refused"): 100 * p[room],
            ("wip", "case", "c"): sum(n * p[n] for n in range(room + 1)),
        },
        within=0.2,
    )


@pytest.mark.parametrize(
    ("work", "squared_cv", "weeks"),
    [
        ("constant 0.5 h", 0.0, 16),
        ("erlang k 4 mean 0.5 h", 0.25, 16),
        ("lognormal mean 0.5 h cv 2", 4.0, 32),
    ],
)
def test_mg1(agrees, work, squared_cv, weeks):
    """M/G/1: Wq = rho * E[S] * (1 + cv^2)/(2 (1 - rho)) (Pollaczek-Khinchine).

    Source: Gross et al., 4th ed., section 5.1. Interval: t on 20 replications, error 1e-4; the waits of the
    lognormal are skewed, so that there the error is approximate.
    """
    agrees(
        f"""
name: mg1
clock: {{start: 2027-01-04, horizon: {weeks} weeks, warm_up: 2 weeks, business: always}}
teams: {{server: {{size: 1}}}}
cases: {{c: {{arrive: {{rate: 1 per h}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{team: server, work: {work}}}}}}}}}
""",
        {("wait", "step", "c/s"): 0.5 * 0.5 * (1 + squared_cv) / (2 * (1 - 0.5))},
        within=0.3,
        replications=20,
    )


def test_erlang_a(agrees):
    """M/M/n+M: share that abandons = theta E[Q]/lambda; deaths at n are min(n, c) mu + (n - c)+ theta.

    Source: Garnett, Mandelbaum, Reiman 2002, Manufacturing & Service Operations Management 4:208, section 2
    (Palm's model), cut off at 200. Interval: t on 16 replications, error 1e-4 shared by two measures.
    """
    arrivals, service, giving_up, c, top = 1.0, 0.5, 0.25, 2, 200
    deaths = [min(n, c) * service + max(n - c, 0) * giving_up for n in range(1, top + 1)]
    p = birth_death([arrivals] * top, deaths)
    queue = sum((n - c) * p[n] for n in range(c, top + 1))
    agrees(
        "name: erlang a\n"
        + CLOCK
        + """
teams: {servers: {size: 2}}
cases: {c: {arrive: {rate: 1 per h}, flow: f}}
flows:
  f:
    steps:
      s:
        team: servers
        work: exponential mean 2 h
        patience: {waiting: exponential mean 4 h, then: {end: lost}}
""",
        {
            ("outcome_share", "outcome", "c:lost"): 100 * giving_up * queue / arrivals,
            ("queue_length", "step", "c/s"): queue,
        },
        within=0.2,
    )


def test_two_classes_without_preemption(agrees):
    """M/G/1 with priorities: W_k = W0/((1 - s_(k-1))(1 - s_k)), W0 = sum(lambda_i E[S_i^2])/2.

    s_k is the load of the classes up to k; exponential work, so E[S^2] = 2 E[S]^2.
    Source: Cobham 1954, Operations Research 2:70; Gross et al., 4th ed., section 3.4.1.
    Interval: t on 20 replications, error 1e-4 shared by two measures.
    """
    loads = 0.6 * 0.5, 0.4 * 0.75
    residual = 0.6 * 0.5**2 + 0.4 * 0.75**2
    agrees(
        "name: cobham\n"
        + CLOCK
        + """
teams: {server: {size: 1, order: priority}}
cases:
  first: {arrive: {rate: 0.6 per h}, priority: 1, flow: f}
  second: {arrive: {rate: 0.4 per h}, priority: 2, flow: g}
flows:
  f: {steps: {s: {team: server, work: exponential mean 0.5 h}}}
  g: {steps: {s: {team: server, work: exponential mean 0.75 h}}}
""",
        {
            ("wait", "step", "first/s"): residual / (1 - loads[0]),
            ("wait", "step", "second/s"): residual / ((1 - loads[0]) * (1 - sum(loads))),
        },
        within=0.3,
        replications=20,
    )


def test_mm_infinity(agrees):
    """M/M/infinity: L = lambda/mu; lead times are exponential, so their 85 % point is -ln(0.15)/mu.

    Source: Gross et al., 4th ed., section 2.6. Interval: t on 16 replications, error 1e-4 shared by two.
    """
    agrees(
        "name: mm infinity\n"
        + CLOCK
        + """
teams: {many: {size: unlimited}}
cases: {c: {arrive: {rate: 0.8 per h}, flow: f}}
flows: {f: {steps: {s: {team: many, work: exponential mean 5 h}}}}
""",
        {("wip", "case", "c"): 0.8 * 5, ("lead_time_p85", "case", "c"): -log(0.15) * 5},
        within=0.1,
    )
