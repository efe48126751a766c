"""Money from a scenario file to the business case, by hand: what a case earns, what a change costs.

A year has twelve months of 730.5 h; month 0 is the beginning of the run.
"""

from __future__ import annotations

import math

import pytest

import sim
from sim.economics import money_edges, yearly_flows
from sim.metrics import tally
from sim.records.tallies import Tallied

BASE = """
name: today
summary: One idea that goes live at once.
currency: EUR
clock: {{start: 2027-01-04, horizon: 24 months, business: always}}
teams: {{a: {{size: 1, cost: 10 per hour}}}}
environments: {{box: {{cost: 100 per month}}}}
cases: {{c: {{arrive: {{backlog: 1}}, flow: f, value: {{per_month: 1 k, from: live{value}}}}}}}
flows:
  f: {{steps: {{m: {{milestone: live}}, s: {{team: a, work: 1 h, takes: box}}, w: {{wait: 3 months}}}}}}
economics:
  years: 2
  discount_rate: 0%
  freed_hours: 50%
  risk: {{benefits: 0%, costs: 10%}}
"""
CHANGE = """
patch: pipeline
changes: A pipeline that changes nothing.
economics:
  costs:
    pipeline: {amount: 120 k, when: {0 months: 50%, 6 months: 50%}, source: assumption}
    upkeep: {running: 1 k per month, from: 12 months, source: assumption}
"""


def flows_of(run):
    tallies = tally(run.facts, run.plan, money_edges(run.plan, 2))
    return yearly_flows(Tallied(tallies, run.facts.cases, run.facts.holds), run.plan, 2)


@pytest.mark.parametrize(
    ("value", "earned"),
    [
        ("", (12_000, 12_000)),
        (", lasts: 6 months", (6_000, 0)),
        (", decay: 50%", (12_000 * 0.5 / math.log(2), 12_000 * 0.25 / math.log(2))),
    ],
)
def test_a_case_earns_from_its_milestone_as_long_as_it_lasts(simulate, value, earned):
    """Decay is steady: a month at age a (in years) brings 1 k × 0.5^a."""
    run = simulate(BASE.format(value=value))
    flows = flows_of(run)
    assert flows.value == pytest.approx(earned, rel=1e-9)


def test_environments_and_people_cost_by_the_hour_they_are_there(simulate):
    """The box is held for 3 months and an hour; one person stands by for 8,766 hours a year."""
    run = simulate(BASE.format(value=""))
    flows = flows_of(run)
    assert flows.environments == pytest.approx((100 * (3 + 1 / 730.5), 0))
    assert flows.people == {"a": pytest.approx((87_660, 87_660))}


def test_a_change_without_effect_is_worth_minus_what_it_costs_to_the_cent(tmp_path):
    """120 k and twelve months of 1 k, raised by the risk of 10 %."""
    (tmp_path / "base.yaml").write_text(BASE.format(value=""), encoding="utf-8")
    (tmp_path / "change.yaml").write_text("base: base.yaml\n" + CHANGE.lstrip(), encoding="utf-8")
    base = sim.load(tmp_path / "base.yaml")
    changed = sim.load(tmp_path / "change.yaml")
    comparison = sim.compare(base, [changed], replications=2, seed=1)
    appraisal = comparison.appraisals[0]
    assert appraisal is not None
    assert appraisal.npv.mean == -132_000 * 1.1
