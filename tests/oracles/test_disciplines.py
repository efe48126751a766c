"""Who is served first: one server, several classes, no preemption.

Every test: 40 replications unless it says otherwise, Student-t intervals, error probability 1e-4 per test
(conftest). With s_k the load of the classes up to k and W0 = sum(lambda_i E[S_i^2])/2 the mean work left in
service, class k waits W0/((1 - s_(k-1))(1 - s_k)): Cobham 1954, Operations Research 2:70; Gross, Shortle,
Thompson, Harris, Fundamentals of Queueing Theory, 4th ed., section 3.4.1.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from math import exp

import pytest
from scipy.integrate import quad

CLOCK = "clock: {start: 2027-01-04, horizon: 4 weeks, warm_up: 3 days, business: always}\n"
LOAD = ("utilisation", "team", "server")


def cobham(rates, works, squares):
    """Mean wait of each class, the first served first."""
    loads = [rate * work for rate, work in zip(rates, works, strict=True)]
    left = sum(rate * square for rate, square in zip(rates, squares, strict=True)) / 2
    return [left / ((1 - before) * (1 - upto)) for before, upto in pairwise(accumulate([0.0, *loads]))]


@pytest.mark.parametrize("works", [(0.5, 0.75), (0.5, 0.25, 0.75)])
def test_cobham(agrees, works):
    """Two and three classes by `priority`, exponential work (E[S^2] = 2 E[S]^2); names against order."""
    rates = (0.6, 0.4) if len(works) == 2 else (0.4, 0.6, 0.3)
    names = ("zeta", "eta", "alpha")[: len(works)]
    cases = "".join(
        f"  {name}: {{arrive: {{rate: {rate} per h}}, priority: {i}, flow: {name}}}\n"
        for i, (name, rate) in enumerate(zip(names, rates, strict=False))
    )
    flows = "".join(
        f"  {name}: {{steps: {{s: {{team: server, work: exponential mean {work} h}}}}}}\n"
        for name, work in zip(names, works, strict=True)
    )
    waits = cobham(rates, works, [2 * work**2 for work in works])
    agrees(
        f"name: cobham\n{CLOCK}teams: {{server: {{size: 1, order: priority}}}}\n"
        f"cases:\n{cases}flows:\n{flows}",
        {("wait", "step", f"{name}/s"): wait for name, wait in zip(names, waits, strict=True)},
        given={LOAD: 100 * sum(r * w for r, w in zip(rates, works, strict=True))},
        within=0.2,
    )


@pytest.mark.parametrize(("order", "first"), [("value", "dear"), ("cd3", "short"), ("shortest", "short")])
def test_orders_by_worth_and_length_are_priorities(agrees, order, first):
    """Two classes of constant value and work (M/D/1 by class): the order decides which is class 1 of Cobham.

    3 k a month in 1 h is worth more, but less an hour [CD3], than 1 k in 15 min. E[S^2] = E[S]^2.
    30 replications.
    """
    kinds = {"dear": (0.35, 1.0), "short": (0.8, 0.25)}
    names = sorted(kinds, key=lambda name: name != first)
    rates, works = ([kinds[name][i] for name in names] for i in (0, 1))
    waits = cobham(rates, works, [work**2 for work in works])
    agrees(
        f"name: worth\n{CLOCK}"
        + f"""
teams: {{server: {{size: 1, order: {order}}}}}
cases:
  dear: {{arrive: {{rate: 0.35 per h}}, flow: f, value: {{per_month: 3 k, from: used}}}}
  short: {{arrive: {{rate: 0.8 per h}}, flow: f, value: {{per_month: 1 k, from: used}}}}
flows:
  f: {{steps: {{s: {{team: server, work: {{by: case, dear: 1 h, short: 15 min}}}}, m: {{milestone: used}}}}}}
""",
        {("wait", "step", f"{name}/s"): wait for name, wait in zip(names, waits, strict=True)},
        given={LOAD: 100 * (0.35 + 0.2)},
        replications=30,
        within=0.22,
    )


def test_shortest_first(agrees):
    """M/M/1 with shortest work first: Wq = W0 * integral of f(x) dx/(1 - lambda * integral_0^x t f(t) dt)^2.

    For exponential work of mean m the inner integral is m - (x + m) exp(-x/m).
    Source: Phipps 1956, Operations Research 4:76; Conway, Maxwell, Miller, Theory of Scheduling, section 8-6.
    28 replications.
    """
    rate, m = 1.2, 0.5

    def slowed(x):
        return exp(-x / m) / m / (1 - rate * (m - (x + m) * exp(-x / m))) ** 2

    wait = rate * m**2 * quad(slowed, 0, 40)[0]
    agrees(
        f"name: shortest first\n{CLOCK}"
        + """
teams: {server: {size: 1, order: shortest}}
cases: {c: {arrive: {rate: 1.2 per h}, flow: f}}
flows: {f: {steps: {s: {team: server, work: exponential mean 0.5 h}}}}
""",
        {("wait", "step", "c/s"): wait},
        given={LOAD: 60.0, ("throughput", "case", "c"): rate},
        replications=28,
        within=0.13,
    )


def test_same_allowance_makes_due_dates_first_come(replicate):
    """Where all cases have the same time to their due date, the earliest due is the first come: `==`.

    Source: Conway, Maxwell, Miller, Theory of Scheduling, section 11-1 (constant allowances). 3 replications.
    """
    text = f"""name: due\n{CLOCK}
teams: {{server: {{size: 1, order: ORDER}}}}
cases:
  a: {{arrive: {{rate: 0.7 per h}}, due: 5 h, flow: f}}
  b: {{arrive: {{rate: 0.7 per h}}, due: 5 h, flow: f}}
flows: {{f: {{steps: {{s: {{team: server, work: exponential mean 0.5 h}}}}}}}}
"""
    by_date = replicate(text.replace("ORDER", "due"), 3, seed=1)
    assert by_date == replicate(text.replace("ORDER", "fifo"), 3, seed=1)
    assert by_date[0]["wait", "team", "server"] > 0.5


def test_earliest_due_first_shifts_waits_by_the_allowance(agrees):
    """Two classes far apart in allowance wait like classes of priority: as the gap grows, EDD becomes Cobham.

    The gap (4 weeks) is longer than any busy period of the run, so that no case of the slack class overtakes.
    Source: Jackson 1960, Naval Research Logistics Quarterly 7:235 (dynamic priority between the two limits).
    """
    rates, works = (0.5, 0.5), (0.5, 0.7)
    waits = cobham(rates, works, [2 * work**2 for work in works])
    agrees(
        f"name: earliest due\n{CLOCK}"
        + """
teams: {server: {size: 1, order: due}}
cases:
  urgent: {arrive: {rate: 0.5 per h}, due: 1 h, flow: f}
  slack: {arrive: {rate: 0.5 per h}, due: 28 d, flow: g}
flows:
  f: {steps: {s: {team: server, work: exponential mean 0.5 h}}}
  g: {steps: {s: {team: server, work: exponential mean 0.7 h}}}
""",
        {("wait", "step", f"{name}/s"): wait for name, wait in zip(("urgent", "slack"), waits, strict=True)},
        given={LOAD: 60.0},
        within=0.2,
    )


@pytest.mark.parametrize("priority", [None, 1])
def test_other_work_is_a_second_stream(agrees, priority):
    """Other work of 0.3 people beside cases of load 0.2: they wait W0/(1 - rho), or W0/(1 - s_1) if first.

    The other work is a Poisson stream of rate people/E[S] into the same queue.
    Source: Gross et al., 4th ed., section 5.1.1 (Pollaczek-Khinchine with mixed work) and 3.4.1.
    """
    own, other = (0.4, 0.5), (0.15, 2.0)
    left = sum(rate * mean**2 for rate, mean in (own, other))
    last = f", priority: {priority}" if priority else ""
    agrees(
        f"name: other work\n{CLOCK.replace('4 weeks', '5 weeks')}"
        + f"""
teams:
  server: {{size: 1, order: priority, other_work: {{people: 0.3, work: exponential mean 2 h{last}}}}}
cases: {{c: {{arrive: {{rate: 0.4 per h}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{team: server, work: exponential mean 0.5 h}}}}}}}}
""",
        {("wait", "step", "c/s"): left / (1 - 0.2) if priority else left / (1 - 0.5)},
        given={LOAD: 50.0, ("throughput", "case", "c"): 0.4},
        within=0.2,
    )


def test_other_work_of_the_same_kind_loads_many_servers(agrees, erlang_c):
    """M/M/2 with one stream of cases (load 0.5) and one of other work (load 0.5): Wq of M/M/2 with both.

    Superposed Poisson streams are Poisson. Source: Kleinrock, Queueing Systems I, sections 2.4 and 3.5.
    """
    wait = erlang_c(2, 1.0) / (2 - 1.0)
    agrees(
        f"name: superposed\n{CLOCK}"
        + """
teams: {server: {size: 2, other_work: {people: 0.5, work: exponential mean 1 h}}}
cases: {c: {arrive: {rate: 0.5 per h}, flow: f}}
flows: {f: {steps: {s: {team: server, work: exponential mean 1 h}}}}
""",
        {("wait", "step", "c/s"): wait, ("lead_time", "case", "c"): wait + 1},
        given={LOAD: 50.0, ("throughput", "case", "c"): 0.5},
        within={"wait": 0.2, "lead_time": 0.06},
    )
