"""Batches, dates and rework against renewal theory and truncated geometric sums.

Intervals: Student-t on 16 replications, error probability 1e-4 per test; see conftest.
"""

from __future__ import annotations

import pytest
from scipy.optimize import brentq

CLOCK = "clock: {start: 2027-01-04, horizon: 20 weeks, warm_up: 3 weeks, business: always}\n"


def test_batches_of_exactly_three(agrees):
    """Batches of k = 3 from Poisson arrivals, one server: wait = (k - 1)/(2 lambda) + s/(mu (1 - s)).

    Batches come as in E_k/M/1: s in (0, 1) solves s = (lambda/(lambda + mu (1 - s)))^k.
    Source: Gross et al., 4th ed., section 5.3.1 (G/M/1); the first term is the mean over the k places of
    (k - i)/lambda. Interval: t on 16 replications, error 1e-4.
    """
    k, arrivals, service = 3, 1.2, 0.5
    root = brentq(lambda s: s - (arrivals / (arrivals + service * (1 - s))) ** k, 0, 0.999)
    agrees(
        "name: batches\n"
        + CLOCK
        + """
teams: {server: {size: 1}}
cases: {c: {arrive: {rate: 1.2 per h}, flow: f}}
flows: {f: {steps: {s: {team: server, work: exponential mean 2 h, batch: {exactly: 3}}}}}
""",
        {("wait", "step", "c/s"): (k - 1) / (2 * arrivals) + root / (service * (1 - root))},
        within=0.3,
    )


def test_release_train(agrees):
    """Poisson arrivals wait for a train on Monday and Thursday: mean residual E[X^2]/(2 E[X]).

    Gaps X are 72 h and 96 h. Source: Ross, Introduction to Probability Models, 11th ed., section 7.7 (the
    inspection paradox). Whole weeks from Monday to Monday. Interval: t on 16 replications, error 1e-4.
    """
    agrees(
        """
name: release train
clock: {start: 2027-01-04, horizon: 52 weeks, warm_up: 2 weeks, business: always}
calendars: {train: {days: [Mon, Thu], at: 18:00}}
cases: {c: {arrive: {rate: 0.3 per h}, flow: f}}
flows: {f: {steps: {board: {wait: until train}}}}
""",
        {("lead_time", "case", "c"): (72**2 + 96**2) / (2 * (72 + 96))},
        within=0.05,
    )


@pytest.mark.parametrize(
    ("rule", "visits"),
    [("at_most: 2", 1 + 0.4 + 0.4**2), ("weaken: 50%, at_most: 3", 1 + 0.4 + 0.4 * 0.2 + 0.4 * 0.2 * 0.1)],
)
def test_capped_rework(agrees, rule, visits):
    """Visits to a step sent back with p_i the i-th time: 1 + p_1 + p_1 p_2 + ...; lead time visits/mu.

    Source: the tail sum of a truncated geometric count, E[N] = sum(P(N >= n)); Ross, 11th ed., section 2.4.
    Interval: t on 16 replications, error 1e-4 shared by two measures.
    """
    agrees(
        "name: capped rework\n"
        + CLOCK
        + f"""
teams: {{many: {{size: unlimited}}}}
cases: {{c: {{arrive: {{rate: 0.5 per h}}, flow: f}}}}
flows:
  f:
    steps:
      s: {{team: many, work: exponential mean 2 h, then: {{back: {{p: 40%, go_to: s, {rule}}}, ok: rest}}}}
""",
        {("visits", "step", "c/s"): visits, ("lead_time", "case", "c"): 2 * visits},
        within=0.06,
    )
