"""Dates and rework against renewal theory and truncated geometric sums.

Intervals: Student-t on 16 replications, error probability 1e-4 per test; see conftest.
"""

from __future__ import annotations

import pytest

CLOCK = "clock: {start: 2027-01-04, horizon: 16 weeks, warm_up: 2 weeks, business: always}\n"


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
