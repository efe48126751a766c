"""Batches, dates, rework and the patience of a case against renewal theory and finite sums.

Every test: 40 replications unless it says otherwise, Student-t intervals, error probability 1e-4 per test
(conftest).
"""

from __future__ import annotations

from math import log

import pytest
from scipy.optimize import brentq

CLOCK = "clock: {start: 2027-01-04, horizon: 4 weeks, warm_up: 4 days, business: always}\n"
LEAD, RATE, WAIT = ("lead_time", "case", "c"), ("throughput", "case", "c"), ("wait", "step", "c/s")


def test_batches_of_exactly_three(agrees):
    """Batches of k = 3 from Poisson arrivals, one server: wait = (k - 1)/(2 lambda) + s/(mu (1 - s)).

    Batches come as in E_k/M/1: s in (0, 1) solves s = (lambda/(lambda + mu (1 - s)))^k.
    Source: Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed., section 5.3.1 (G/M/1);
    the first term is the mean over the k places of (k - i)/lambda.
    """
    k, arrivals, service = 3, 1.2, 0.8
    root = brentq(lambda s: s - (arrivals / (arrivals + service * (1 - s))) ** k, 0, 0.999)
    formed = (k - 1) / (2 * arrivals)
    agrees(
        f"name: batches\n{CLOCK}"
        + """
teams: {server: {size: 1}}
cases: {c: {arrive: {rate: 1.2 per h}, flow: f}}
flows: {f: {steps: {s: {team: server, work: exponential mean 1.25 h, batch: {exactly: 3}}}}}
""",
        {WAIT: formed + root / (service * (1 - root))},
        given={RATE: arrivals, ("utilisation", "team", "server"): 50.0},
        within=0.12,
    )


@pytest.mark.parametrize("most", [2, 4])
def test_batches_of_up_to(agrees, most):
    """M/M^[1,k]/1: who waits when the server is free goes together, k at most; the work is one draw.

    With q cases in queue behind a busy server p_q = A r^q, r in (0, 1) the root of
    mu r^(k+1) - (lambda + mu) r + lambda = 0; idle p = mu A/lambda; Lq = A r/(1 - r)^2.
    Source: Bailey 1954, Journal of the Royal Statistical Society B 16:80; Medhi, Stochastic Models in
    Queueing Theory, 2nd ed., chapter 4 (general bulk service rule, a = 1). 30 replications.
    """
    arrivals, service = 1.2, 1.0
    root = brentq(lambda r: service * r ** (most + 1) - (arrivals + service) * r + arrivals, 0, 1 - 1e-6)
    first = 1 / (1 / (1 - root) + service / arrivals)
    queue = first * root / (1 - root) ** 2
    agrees(
        f"name: bulk\n{CLOCK}"
        + f"""
teams: {{server: {{size: 1}}}}
cases: {{c: {{arrive: {{rate: 1.2 per h}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{team: server, work: exponential mean 1 h, batch: {{up_to: {most}}}}}}}}}}}
""",
        {
            ("queue_length", "step", "c/s"): queue,
            WAIT: queue / arrivals,
            ("utilisation", "team", "server"): 100 * first / (1 - root),
        },
        given={RATE: arrivals},
        replications=30,
        within={"queue_length": 0.15, "wait": 0.15, "utilisation": 0.04},
    )


def test_release_train(agrees):
    """Poisson arrivals wait for a train on Monday and Thursday: mean residual E[X^2]/(2 E[X]).

    Gaps X are 72 h and 96 h. Source: Ross, Introduction to Probability Models, 11th ed., section 7.7 (the
    inspection paradox). Whole weeks from Monday to Monday. 16 replications.
    """
    agrees(
        """
name: release train
clock: {start: 2027-01-04, horizon: 52 weeks, warm_up: 2 weeks, business: always}
calendars: {train: {days: [Mon, Thu], at: 18:00}}
cases: {c: {arrive: {rate: 0.15 per h}, flow: f}}
flows: {f: {steps: {board: {wait: until train}}}}
""",
        {LEAD: (72**2 + 96**2) / (2 * (72 + 96)), ("time_batch_or_date", "case", "c"): 6 * 7 + 6 / 7},
        replications=16,
        within=0.05,
    )


def test_release_train_on_the_business_clock(agrees):
    """Arrivals in office hours, a train on Friday 16:00: half of the 40 h of a week in business time.

    On the wall clock the same cases wait the mean of the residual over the week's office hours: of those who
    come on day d (Monday 0) at hour h, 24 (4 - d) + 16 - h, and on Friday after 16:00 a week more.
    Source: Ross, 11th ed., section 7.7, on each clock. 16 replications.
    """
    before = [(24 * (4 - day) + 16 - 13, 8) for day in range(4)] + [(16 - 12.5, 7)]
    elapsed = (sum(mean * hours for mean, hours in before) + (7 * 24 - 0.5) * 1) / 40
    agrees(
        """
name: friday train
clock: {start: 2027-01-04, horizon: 52 weeks, warm_up: 2 weeks, business: office}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}, train: {days: Fri, at: 16:00}}
cases: {c: {arrive: {rate: 0.6 per h}, flow: f}}
flows: {f: {steps: {board: {wait: until train}}}}
""",
        {LEAD: 20.0, ("elapsed_lead_time", "case", "c"): elapsed},
        replications=16,
        within=0.05,
    )


@pytest.mark.parametrize(
    ("rule", "visits"),
    [
        (", at_most: 2", 1 + 0.4 + 0.4**2),
        (", weaken: 50%, at_most: 3", 1 + 0.4 + 0.4 * 0.2 + 0.4 * 0.2 * 0.1),
        (", weaken: 50%", 1 + sum(0.4**n * 0.5 ** (n * (n - 1) / 2) for n in range(1, 30))),
        ("", 1 / 0.6),
    ],
)
def test_rework(agrees, rule, visits):
    """Visits to a step sent back with p_i the i-th time: 1 + p_1 + p_1 p_2 + ...; lead time visits/mu.

    Source: the tail sum of a count, E[N] = sum(P(N >= n)); Ross, 11th ed., section 2.4. 16 replications.
    """
    agrees(
        f"name: rework\n{CLOCK}"
        + f"""
teams: {{many: {{size: unlimited}}}}
cases: {{c: {{arrive: {{rate: 0.7 per h}}, flow: f}}}}
flows:
  f:
    steps:
      s: {{team: many, work: exponential mean 2 h, then: {{back: {{p: 40%, go_to: s{rule}}}, ok: rest}}}}
""",
        {
            ("visits", "step", "c/s"): visits,
            LEAD: 2 * visits,
            ("time_value_adding", "case", "c"): 2.0,
            ("time_rework", "case", "c"): 2 * (visits - 1),
        },
        replications=16,
        within={"visits": 0.04, "lead_time": 0.08, "time_value_adding": 0.08, "time_rework": 0.18},
    )


def test_geometric_rework_of_exponential_work_is_exponential(agrees):
    """A geometric number of exponential works is exponential with mean 1/(mu (1 - p)): its percentiles.

    Source: Ross, 11th ed., section 5.2.3 (random sums of exponentials). 18 replications.
    """
    mean = 2 / 0.6
    agrees(
        f"name: geometric rework\n{CLOCK}"
        + """
teams: {many: {size: unlimited}}
cases: {c: {arrive: {rate: 0.7 per h}, flow: f}}
flows: {f: {steps: {s: {team: many, work: exponential mean 2 h, then: {back: {p: 40%, go_to: s}, ok: rest}}}}}
""",
        {("lead_time_p50", "case", "c"): log(2) * mean, ("lead_time_p85", "case", "c"): -log(0.15) * mean},
        given={RATE: 0.7},
        replications=18,
        within=0.07,
    )


def test_rework_that_is_redone_in_half_the_time(agrees):
    """`{first, again: 50%}` with p = 40 % back: lead time m + m/2 * p/(1 - p).

    Source: Wald's equation; Ross, 11th ed., section 7.2. 18 replications.
    """
    agrees(
        f"name: half again\n{CLOCK}"
        + """
teams: {many: {size: unlimited}}
cases: {c: {arrive: {rate: 0.7 per h}, flow: f}}
flows:
  f:
    steps:
      s:
        team: many
        work: {first: exponential mean 3 h, again: 50%}
        then: {back: {p: 40%, go_to: s}, ok: rest}
""",
        {LEAD: 3 + 1.5 * 0.4 / 0.6, ("time_rework", "case", "c"): 1.5 * 0.4 / 0.6},
        given={RATE: 0.7},
        replications=18,
        within={"lead_time": 0.07, "time_rework": 0.14},
    )


def test_patience_of_a_whole_case(agrees):
    """Patience of a case adds up its waits and stands still while somebody works: P(outlast) = (a/(a + d))^2.

    Two waits of rate a with work of mean w between them; patience exponential with rate d. Time waited is
    (1 - P)/d, and a share a/(a + d) of the cases comes to the work.
    Source: minimum of exponentials and lack of memory; Ross, 11th ed., section 5.2. 16 replications.
    """
    a, d, work = 1 / 5, 1 / 8, 2.0
    once = a / (a + d)
    agrees(
        f"name: patience of a case\n{CLOCK}"
        + """
teams: {many: {size: unlimited}}
cases: {c: {arrive: {rate: 1 per h}, patience: {waiting: exponential mean 8 h}, flow: f}}
flows:
  f:
    steps:
      before: {wait: exponential mean 5 h}
      s: {team: many, work: uniform 1 h to 3 h}
      after: {wait: exponential mean 5 h}
""",
        {
            ("abandonment", "case", "c"): 100 * (1 - once**2),
            ("outcome_share", "outcome", "c:done"): 100 * once**2,
            LEAD: (1 - once**2) / d + once * work,
            ("time_outside", "case", "c"): (1 - once**2) / d,
        },
        given={RATE: 1.0},
        replications=16,
        within=0.08,
    )
