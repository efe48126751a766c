"""What Ciw can express too: five stations in series with returns, in Ciw and as a scenario, beside theory.

Ciw has no fork; so the five teams of the canonical network stand in series, wrong data is found in one of
ten cases and goes back to the data team and from there on, and the review returns one of five to modelling.
Arrivals are Poisson and work is exponential: Jackson's theorem gives the exact mean lead time. 0.8 requests
per hour rather than 1, so that means of short runs are near it. Ciw: Palmer, Knight, Harper and Hawa,
Journal of Simulation 13 (2019).
"""

from __future__ import annotations

import importlib.util
from math import factorial

import numpy as np

from benchmarks.network import loaded
from benchmarks.timing import Outcome, cpu_time
from sim.plan import compile_plan
from sim.plan.arrays import Plan

RATE, WRONG, RETURNED = 0.8, 0.1, 0.2
MEANS = 0.7, 1.5, 1.6, 3.35, 0.66
SIZES = 1, 2, 2, 5, 1
ROUTING = (
    (0.0, 1.0, 0.0, 0.0, 0.0),
    (0.0, 0.0, 1.0, 0.0, 0.0),
    (0.0, 0.0, 0.0, 1.0, 0.0),
    (0.0, WRONG, 0.0, 0.0, 1 - WRONG),
    (0.0, 0.0, 0.0, RETURNED, 0.0),
)
WARM_UP_DAYS = 20

SERIES = """
name: five stations in series
clock: {{start: 2027-01-01, horizon: {days} days, warm_up: {warm_up} days, business: always}}
teams:
  intake: {{size: 1}}
  data: {{size: 2}}
  platform: {{size: 2}}
  science: {{size: 5}}
  review: {{size: 1}}
cases:
  request: {{arrive: {{rate: 0.8 per h}}, flow: request}}
flows:
  request:
    steps:
      triage: {{team: intake, work: exponential mean 0.7 h}}
      surface: {{team: data, work: exponential mean 1.5 h}}
      provision: {{team: platform, work: exponential mean 1.6 h}}
      model:
        team: science
        work: exponential mean 3.35 h
        then: {{wrong_data: {{p: 10%, go_to: surface}}, sound: rest}}
      check:
        team: review
        work: exponential mean 0.66 h
        then: {{return: {{p: 20%, go_to: model}}, accepted: rest}}
"""


def is_installed() -> bool:
    return importlib.util.find_spec("ciw") is not None


def plan(days: int) -> Plan:
    """As a scenario, with a window of so many days."""
    return compile_plan(loaded(SERIES.format(days=days, warm_up=WARM_UP_DAYS)))


def in_ciw(days: int, seed: int) -> Outcome:
    """The same in Ciw: CPU time of the simulation alone, over warm-up and window.

    Ciw records every visit of every request. Requests are those that leave in the window.
    """
    import ciw  # type: ignore[import-untyped]

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(RATE), None, None, None, None],
        service_distributions=[ciw.dists.Exponential(1 / mean) for mean in MEANS],
        number_of_servers=list(SIZES),
        routing=[list(row) for row in ROUTING],
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    cpu_s, _ = cpu_time(lambda: simulation.simulate_until_max_time(24 * (WARM_UP_DAYS + days)))
    done = [each.data_records for each in simulation.nodes[-1].all_individuals]
    lead_times = [
        visits[-1].exit_date - visits[0].arrival_date
        for visits in done
        if visits[-1].exit_date >= 24 * WARM_UP_DAYS
    ]
    return Outcome(cpu_s * len(lead_times) / len(done), len(lead_times), float(np.mean(lead_times)))


def exact_lead_time() -> float:
    """Mean lead time [h]: sum of the mean numbers at the stations over the arrival rate.

    Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed., sections 2.3 and 4.2.
    """
    outside = np.array([RATE, 0.0, 0.0, 0.0, 0.0])
    rates = np.linalg.solve(np.eye(5) - np.array(ROUTING).T, outside)
    loads = rates * np.array(MEANS)
    return sum(mean_number(float(load), size) for load, size in zip(loads, SIZES, strict=True)) / RATE


def mean_number(load: float, size: int) -> float:
    """Mean number of requests at an M/M/c station, waiting or served; the load in servers."""
    tail = load**size / factorial(size) * size / (size - load)
    waits = tail / (sum(load**k / factorial(k) for k in range(size)) + tail)
    return load + waits * load / (size - load)
