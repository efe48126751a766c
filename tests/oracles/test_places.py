"""Owners, environments and limits: places that are taken and given back, as servers of a queue.

Every test: 20 to 30 replications, Student-t intervals, error probability 1e-4 per test (conftest).
"""

from __future__ import annotations

import pytest

CLOCK = "clock: {start: 2027-01-04, horizon: 4 weeks, warm_up: 4 days, business: always}\n"
LEAD, RATE = ("lead_time", "case", "c"), ("throughput", "case", "c")
PLACE = ("time_limit_or_owner", "case", "c")


@pytest.mark.parametrize(
    "places",
    [
        "owner: two people who own one case each",
        "owner: one person who owns two",
        "limit: two cases in the flow",
        "pool: two environments",
    ],
)
def test_two_places_are_two_servers(agrees, erlang_c, places):
    """Places held for an exponential wait are M/M/2: time at the door is C/(c mu - lambda).

    Nobody works, so that only the place is scarce: owners by `owns`, a limit on the flow, a pool.
    Source: Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed., section 2.3.
    """
    size, owns = (1, 2) if "one person" in places else (2, 1)
    kind = places.partition(":")[0]
    owner = f"teams: {{lead: {{size: {size}, owns: {owns}}}}}\n" if kind == "owner" else ""
    pool = "environments: {box: {pool: 2}}\n" if kind == "pool" else ""
    case = ", owner: lead" if kind == "owner" else ""
    limit = "limit: {cases: 2}, " if kind == "limit" else ""
    takes = ", takes: box, gives_back: box" if kind == "pool" else ""
    door = erlang_c(2, 1.0) / (2 - 1)
    theory = {PLACE: door, LEAD: door + 1}
    if kind == "pool":
        theory |= {("held", "environment", "box"): 1.0, ("utilisation", "environment", "box"): 50.0}
    agrees(
        f"name: {kind}\n{CLOCK}{owner}{pool}"
        + f"""
cases: {{c: {{arrive: {{rate: 1 per h}}, flow: f{case}}}}}
flows: {{f: {{{limit}steps: {{s: {{wait: exponential mean 1 h{takes}}}}}}}}}
""",
        theory,
        given={RATE: 1.0, ("time_outside", "case", "c"): 1.0},
        replications=30,
        within={"time_limit_or_owner": 0.28, "lead_time": 0.07, "held": 0.05, "utilisation": 0.05},
    )


def test_owners_who_work_one_case_at_a_time(agrees, erlang_c):
    """Two owners of one case each who do its work themselves are M/M/2.

    Source: Gross et al., 4th ed., section 2.3.
    """
    door = erlang_c(2, 1.0) / (2 - 1)
    agrees(
        f"name: owners\n{CLOCK}"
        + """
teams: {people: {size: 2, owns: 1}}
cases: {c: {arrive: {rate: 1 per h}, owner: people, flow: f}}
flows: {f: {steps: {s: {team: owner, work: exponential mean 1 h}}}}
""",
        {
            PLACE: door,
            LEAD: door + 1,
        },
        given={RATE: 1.0, ("owner_time_value_adding", "owner", "people"): 50.0},
        replications=30,
        within={"time_limit_or_owner": 0.23, "lead_time": 0.06},
    )


def test_owners_who_own_two_cases_each(agrees, stationary):
    """Two owners of at most two cases, who work on them in turn: a Markov chain, solved numerically.

    A new case goes to the owner with fewer cases (then to the lower number); it waits at the door while both
    own two. An owner may be idle while the other has two cases: it is not M/M/2. State: (cases of the one, of
    the other, at the door); the door is cut off at 60.
    Source: the shortest queue of two, Haight 1958, Biometrika 45:401, here with bounded queues; global
    balance, Gross et al., 4th ed., section 1.9. Times by Little's law.
    """
    arrivals, service, top = 1.2, 1.0, 60

    def moves(state):
        one, two, door = state
        if one == two == 2:
            if door < top:
                yield arrivals, (2, 2, door + 1)
        else:
            yield arrivals, (one + 1, two, 0) if one <= two else (one, two + 1, 0)
        if one:
            yield service, (2, two, door - 1) if door else (one - 1, two, 0)
        if two:
            yield service, (one, 2, door - 1) if door else (one, two - 1, 0)

    p = stationary((0, 0, 0), moves)
    queued = sum((max(s[0] - 1, 0) + max(s[1] - 1, 0)) * q for s, q in p.items())
    inside = sum(sum(s) * q for s, q in p.items())
    agrees(
        f"name: owners of two\n{CLOCK}"
        + """
teams: {people: {size: 2, owns: 2}}
cases: {c: {arrive: {rate: 1.2 per h}, owner: people, flow: f}}
flows: {f: {steps: {s: {team: owner, work: exponential mean 1 h}}}}
""",
        {
            ("wip", "case", "c"): inside,
            ("queue_length", "step", "c/s"): queued,
            ("wait", "step", "c/s"): queued / arrivals,
        },
        given={RATE: arrivals, ("utilisation", "team", "people"): 60.0},
        replications=24,
        within=0.12,
    )


def test_a_pool_held_over_several_steps(agrees):
    """Environments held from the first to the last step and lingering, no limit: mean number lambda E[held].

    Source: Little 1961, Operations Research 9:383 (the environments as the system, M/G/infinity).
    """
    agrees(
        f"name: held\n{CLOCK}"
        + """
teams: {many: {size: unlimited}}
environments: {box: {lingers: 0.125 days}}
cases: {c: {arrive: {rate: 0.3 per h}, flow: f}}
flows:
  f:
    steps:
      a: {team: many, work: exponential mean 2 h}
      b: {team: many, work: uniform 1 h to 3 h, takes: box}
      c: {wait: erlang k 3 mean 4 h}
      d: {team: many, work: exponential mean 1 h, gives_back: box}
      e: {wait: 5 h}
""",
        {("held", "environment", "box"): 0.3 * (2 + 4 + 1 + 3), ("wip", "case", "c"): 0.3 * 14},
        given={RATE: 0.3},
        replications=20,
        within=0.05,
    )
