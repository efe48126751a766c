"""One station in first-come order against the formulas for one station.

Every test: 40 replications unless it says otherwise, Student-t intervals, error probability 1e-4 per test
(conftest). What is `given` are the arrivals per hour and the load, which the input alone fixes.
"""

from __future__ import annotations

from math import exp, gamma, log

import pytest

CLOCK = "clock: {start: 2027-01-04, horizon: 4 weeks, warm_up: 3 days, business: always}\n"
LEAD, WAIT, WIP = ("lead_time", "case", "c"), ("wait", "step", "c/s"), ("wip", "case", "c")
RATE, QUEUE = ("throughput", "case", "c"), ("queue_length", "step", "c/s")
LOAD, WORK = ("utilisation", "team", "servers"), ("work_time", "step", "c/s")


@pytest.mark.parametrize(
    ("rate", "work", "arrivals", "service"),
    [
        ("1 per h", "exponential mean 0.5 h", 1.0, 2.0),
        ("32 per d", "exponential mean 18 min", 32 / 24, 60 / 18),
        ("873.6 per month", "exponential mean 0.0125 d", 873.6 / 728, 1 / 0.3),
    ],
)
def test_mm1(agrees, rate, work, arrivals, service):
    """M/M/1 at three loads and in three writings: W = 1/(mu - lambda), L = lambda W, Wq = rho W.

    In the third, a month is a twelfth of 52 business weeks (728 h here), a day 24 h.
    Source: Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed., section 2.2.
    """
    lead = 1 / (service - arrivals)
    agrees(
        f"name: mm1\n{CLOCK}"
        + f"""
teams: {{servers: {{size: 1}}}}
cases: {{c: {{arrive: {{rate: {rate}}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{team: servers, work: {work}}}}}}}}}
""",
        {LEAD: lead, WIP: arrivals * lead, WAIT: arrivals / service * lead},
        given={RATE: arrivals, LOAD: 100 * arrivals / service},
        within={"lead_time": 0.08, "wip": 0.08, "wait": 0.16},
    )


def test_mmc(agrees, erlang_c, waits_of):
    """M/M/3: P(wait > t) = C exp(-(c mu - lambda) t), Wq = C/(c mu - lambda), C by the Erlang C formula.

    Source: Gross et al., 4th ed., section 2.3.
    """
    c, arrivals, service = 3, 1.5, 1.0
    waiting, drain = erlang_c(c, arrivals / service), c * service - arrivals

    def look(facts):
        waits = waits_of(facts, 72)
        return {("late", "own", f"{t} h"): (waits > t).mean() for t in (0, 0.5)}

    agrees(
        f"name: mmc\n{CLOCK.replace('4 weeks', '3 weeks')}"
        + """
teams: {servers: {size: 3}}
cases: {c: {arrive: {rate: 1.5 per h}, flow: f}}
flows: {f: {steps: {s: {team: servers, work: exponential mean 1 h}}}}
""",
        {WAIT: waiting / drain, LEAD: waiting / drain + 1 / service}
        | {("late", "own", f"{t} h"): waiting * exp(-drain * t) for t in (0, 0.5)},
        given={RATE: arrivals, LOAD: 100 * arrivals / service / c},
        look=look,
        within={"lead_time": 0.05, "wait": 0.26, "late": 0.2},
    )


@pytest.mark.parametrize("room", [2, 5])
def test_mmck(agrees, birth_death, room):
    """M/M/c/K, c = 2: share refused p_K, L = sum(n p_n), p_n by birth and death; K = c is Erlang B.

    Source: Gross et al., 4th ed., sections 2.4 and 2.5; arrivals see p_n (PASTA). 30 replications.
    """
    p = birth_death([1.8] * room, [min(n, 2) for n in range(1, room + 1)])
    inside = sum(n * p[n] for n in range(room + 1))
    agrees(
        f"name: mmck\n{CLOCK}"
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
            WIP: inside,
            LOAD: 50 * (1.8 * (1 - p[room])),
            ("lead_time", "outcome", "c:done"): inside / (0.9 * (1 - p[room])),
        },
        given={RATE: 0.9},
        replications=30,
        within={"outcome_share": 0.14, "wip": 0.04, "utilisation": 0.04, "lead_time": 0.06},
    )


@pytest.mark.parametrize("work", ["exponential mean 3 h", "lognormal mean 3 h cv 1.5", "constant 3 h"])
def test_loss_depends_on_the_mean_work_only(agrees, birth_death, work):
    """M/G/c/c, c = 4: share refused is Erlang B of lambda E[S], whatever the law of the work.

    Source: Gross et al., 4th ed., section 5.2.2 (insensitivity, Sevastyanov 1957). 24 replications.
    """
    p = birth_death([3.0] * 4, [1, 2, 3, 4])
    agrees(
        f"name: mgcc\n{CLOCK}"
        + f"""
teams: {{servers: {{size: 4}}}}
cases: {{c: {{arrive: {{rate: 1 per h}}, flow: f}}}}
flows:
  f:
    limit: {{cases: 4, when_full: {{end: refused}}}}
    steps: {{s: {{team: servers, work: {work}}}}}
""",
        {("outcome_share", "outcome", "c:refused"): 100 * p[4], LOAD: 25 * 3 * (1 - p[4])},
        given={RATE: 1.0},
        replications=24,
        within={"outcome_share": 0.16, "utilisation": 0.055},
    )


@pytest.mark.parametrize("place", ["step", "case"])
def test_erlang_a(agrees, birth_death, place):
    """M/M/n+M: share that abandons = theta E[Q]/lambda; deaths at n are min(n, c) mu + (n - c)+ theta.

    The patience stands at the step or at the case: where a case waits once, both mean the same.
    Source: Garnett, Mandelbaum, Reiman 2002, Manufacturing & Service Operations Management 4:208, section 2
    (Palm's model), cut off at 100.
    """
    arrivals, service, giving_up, c, top = 1.0, 0.5, 0.25, 2, 100
    deaths = [min(n, c) * service + max(n - c, 0) * giving_up for n in range(1, top + 1)]
    p = birth_death([arrivals] * top, deaths)
    queue = sum((n - c) * p[n] for n in range(c, top + 1))
    law = "waiting: exponential mean 4 h"
    at_step = f", patience: {{{law}, then: {{end: lost}}}}" if place == "step" else ""
    at_case = f", patience: {{{law}}}" if place == "case" else ""
    agrees(
        f"name: erlang a\n{CLOCK.replace('4 weeks', '3 weeks')}"
        + f"""
teams: {{servers: {{size: 2}}}}
cases: {{c: {{arrive: {{rate: 1 per h}}, flow: f{at_case}}}}}
flows: {{f: {{steps: {{s: {{team: servers, work: exponential mean 2 h{at_step}}}}}}}}}
""",
        {
            ("abandonment", "case", "c"): 100 * giving_up * queue / arrivals,
            WAIT: queue / arrivals,
            QUEUE: queue,
            LOAD: 100 * (arrivals - giving_up * queue) / service / c,
        },
        given={RATE: arrivals},
        within={"abandonment": 0.12, "wait": 0.12, "queue_length": 0.12, "utilisation": 0.035},
    )


def _weibull_cv2(shape):
    return gamma(1 + 2 / shape) / gamma(1 + 1 / shape) ** 2 - 1


@pytest.mark.parametrize(
    ("work", "squared_cv"),
    [
        ("constant 0.5 h", 0.0),
        ("uniform 0.1 h to 0.9 h", 0.8**2 / 12 / 0.25),
        ("triangular 0.1 h to 0.2 h to 1.2 h", (0.01 + 0.04 + 1.44 - 0.02 - 0.12 - 0.24) / 18 / 0.25),
        ("erlang k 4 mean 0.5 h", 0.25),
        ("gamma mean 0.5 h cv 1.2", 1.44),
        ("lognormal mean 0.5 h cv 0.8", 0.64),
        ("weibull mean 0.5 h shape 1.5", _weibull_cv2(1.5)),
    ],
)
def test_mg1(agrees, work, squared_cv):
    """M/G/1: Wq = rho E[S] (1 + cv^2)/(2 (1 - rho)) (Pollaczek-Khinchine), for seven laws of work.

    cv^2 from the laws' own parameters: uniform (b - a)^2/12, triangular (a^2 + b^2 + c^2 - ab - ac - bc)/18,
    Weibull by the gamma function. Source: Gross et al., 4th ed., section 5.1.1.
    32 replications.
    """
    wait = 0.5 * 0.5 * (1 + squared_cv) / (2 * (1 - 0.5))
    agrees(
        f"name: mg1\n{CLOCK}"
        + f"""
teams: {{servers: {{size: 1}}}}
cases: {{c: {{arrive: {{rate: 1 per h}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{team: servers, work: {work}}}}}}}}}
""",
        {WAIT: wait, LEAD: wait + 0.5},
        given={RATE: 1.0, LOAD: 50.0},
        replications=32,
        within={"wait": 0.16, "lead_time": 0.09},
    )


def test_mm_infinity(agrees):
    """M/M/infinity: L = lambda/mu; lead times are exponential, so their p point is -ln(1 - p)/mu.

    Source: Gross et al., 4th ed., section 2.6. 24 replications.
    """
    agrees(
        f"name: mm infinity\n{CLOCK}"
        + """
teams: {many: {size: unlimited}}
cases: {c: {arrive: {rate: 1 per h}, flow: f}}
flows: {f: {steps: {s: {team: many, work: exponential mean 5 h}}}}
""",
        {
            WIP: 5.0,
            LEAD: 5.0,
            ("lead_time_p50", "case", "c"): log(2) * 5,
            ("lead_time_p85", "case", "c"): -log(0.15) * 5,
        },
        given={RATE: 1.0},
        replications=24,
        within=0.07,
    )
