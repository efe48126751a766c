"""Several stations: product forms, closed networks, fork and join, teams that work together.

Every test: 40 replications unless it says otherwise, Student-t intervals, error probability 1e-4 per test
(conftest).
"""

from __future__ import annotations

import pytest

CLOCK = "clock: {start: 2027-01-04, horizon: 4 weeks, warm_up: 4 days, business: always}\n"
LEAD, RATE = ("lead_time", "case", "c"), ("throughput", "case", "c")


def mean_value_analysis(works, population):
    """Throughput and mean time at each station of a closed exponential network that is passed in a line.

    An arriving case finds the station as with one case fewer: t_i = s_i (1 + L_i(n - 1)).
    Source: Reiser, Lavenberg 1980, Journal of the ACM 27:313.
    """
    lengths = [0.0] * len(works)
    throughput, times = 0.0, [0.0] * len(works)
    for n in range(1, population + 1):
        times = [work * (1 + length) for work, length in zip(works, lengths, strict=True)]
        throughput = n / sum(times)
        lengths = [throughput * time for time in times]
    return throughput, times


def test_jackson_with_rework(agrees):
    """Two M/M/1 stations, from the second back to the first with p: W = sum(rho_i/(1 - rho_i))/gamma.

    rho_i = gamma/((1 - p) mu_i); visits to each are 1/(1 - p).
    Source: Jackson 1957, Operations Research 5:518; Gross, Shortle, Thompson, Harris, Fundamentals of
    Queueing Theory, 4th ed., section 4.2.
    """
    outside, p = 0.6, 0.25
    loads = outside / (1 - p) * 0.6, outside / (1 - p) * 0.4
    agrees(
        f"name: jackson\n{CLOCK}"
        + """
teams: {one: {size: 1}, two: {size: 1}}
cases: {c: {arrive: {rate: 0.6 per h}, flow: f}}
flows:
  f:
    steps:
      a: {team: one, work: exponential mean 36 min}
      b: {team: two, work: exponential mean 24 min, then: {back: {p: 25%, go_to: a}, ok: rest}}
""",
        {
            LEAD: sum(load / (1 - load) for load in loads) / outside,
            ("visits", "step", "c/b"): 1 / (1 - p),
            ("wait", "step", "c/a"): loads[0] * 0.6 / (1 - loads[0]),
            ("wait", "step", "c/b"): loads[1] * 0.4 / (1 - loads[1]),
            ("complete_and_accurate", "step", "c/a"): 100 * (1 - p),
        },
        given={RATE: outside, ("utilisation", "team", "one"): 48.0, ("utilisation", "team", "two"): 32.0},
        within={"lead_time": 0.08, "visits": 0.02, "wait": 0.2, "complete_and_accurate": 0.03},
    )


@pytest.mark.parametrize(("machines", "crew"), [(5, 1), (6, 2)])
def test_machine_repair(agrees, birth_death, machines, crew):
    """N machines run 1/lambda = 10 h and are mended by c people in 1/mu = 3 h: X = E[busy] mu, a turn N/X.

    p_n (n broken) by birth (N - n) lambda and death min(n, c) mu.
    Source: Gross et al., 4th ed., section 2.7. 24 replications.
    """
    p = birth_death(
        [(machines - n) / 10 for n in range(machines)], [min(n, crew) / 3 for n in range(1, machines + 1)]
    )
    busy = sum(min(n, crew) * p[n] for n in range(machines + 1))
    agrees(
        f"""
name: machine repair
clock: {{start: 2027-01-04, horizon: 16 weeks, warm_up: 1 weeks, business: always}}
teams: {{repair: {{size: {crew}}}}}
cases: {{machine: {{arrive: {{population: {machines}}}, flow: f}}}}
flows:
  f:
    steps:
      run: {{wait: exponential mean 10 h}}
      mend: {{team: repair, work: exponential mean 3 h}}
""",
        {
            ("throughput", "case", "machine"): busy / 3,
            ("lead_time", "case", "machine"): machines * 3 / busy,
            ("utilisation", "team", "repair"): 100 * busy / crew,
            ("queue_length", "step", "machine/mend"): sum(
                max(n - crew, 0) * p[n] for n in range(machines + 1)
            ),
        },
        replications=24,
        within={"throughput": 0.04, "lead_time": 0.04, "utilisation": 0.04, "queue_length": 0.15},
    )


def test_fork_and_join_of_two_queues(agrees):
    """Two alike M/M/1 branches: mean time to the join = (12 - rho)/8 * 1/(mu - lambda).

    Source: Flatto, Hahn 1984, SIAM Journal on Applied Mathematics 44:1041; as a formula in Nelson, Tantawi
    1988, IEEE Transactions on Computers 37:739, section II. 24 replications.
    """
    arrivals, service = 0.9, 2.0
    agrees(
        f"name: fork and join\n{CLOCK}"
        + """
teams: {one: {size: 1}, two: {size: 1}}
cases: {c: {arrive: {rate: 0.9 per h}, flow: f}}
flows:
  f: {steps: {both: {parallel: {a: fa, b: fb}}}}
  fa: {steps: {s: {team: one, work: exponential mean 30 min}}}
  fb: {steps: {s: {team: two, work: exponential mean 30 min}}}
""",
        {LEAD: (12 - arrivals / service) / 8 / (service - arrivals)},
        given={RATE: arrivals, ("utilisation", "team", "one"): 45.0, ("utilisation", "team", "two"): 45.0},
        replications=24,
        within=0.08,
    )


def test_fork_and_join_without_queues(agrees):
    """Three branches in parallel, nobody waits: mean of the largest of three exponentials.

    E[max] = sum(1/m_i) - sum(1/(m_i + m_j)) + 1/(m_1 + m_2 + m_3) with rates m. The slower two branches are
    a fork within the other, of a wait and a flow, so that all of these are joined alike.
    Source: Ross, Introduction to Probability Models, 11th ed., section 5.2 (minimum of exponentials, and
    inclusion and exclusion). 20 replications.
    """
    a, b, c = 1 / 2, 1 / 3, 1 / 4
    largest = 1 / a + 1 / b + 1 / c - 1 / (a + b) - 1 / (a + c) - 1 / (b + c) + 1 / (a + b + c)
    agrees(
        f"name: largest of three\n{CLOCK}"
        + """
teams: {many: {size: unlimited}}
cases: {c: {arrive: {rate: 0.5 per h}, flow: f}}
flows:
  f: {steps: {all: {parallel: {a: {team: many, work: exponential mean 2 h}, others: inner}}}}
  inner: {steps: {both: {parallel: {b: {wait: exponential mean 3 h}, c: deep}}}}
  deep: {steps: {s: {team: many, work: exponential mean 4 h}}}
""",
        {LEAD: largest, ("lead_time", "flow", "inner"): 1 / b + 1 / c - 1 / (b + c)},
        given={RATE: 0.5},
        replications=20,
        within=0.07,
    )


@pytest.mark.parametrize("kept_full_by", ["backlog", "population"])
def test_conwip(agrees, kept_full_by):
    """K = 4 cases in a line of three exponential stations: throughput and times by mean value analysis.

    The line is kept full by a backlog that outlasts the run behind `limit: {cases: 4}`, so that a release
    follows each end at once; or it is a closed population of four.
    Source: Hopp, Spearman, Factory Physics, 3rd ed., section 10.4; Reiser, Lavenberg 1980. 20 replications.
    """
    works = [1.0, 0.8, 0.4]
    throughput, times = mean_value_analysis(works, 4)
    arrive = "backlog: 800" if kept_full_by == "backlog" else "population: 4"
    limit = "    limit: {cases: 4}\n" if kept_full_by == "backlog" else ""
    agrees(
        f"""
name: conwip
clock: {{start: 2027-01-04, horizon: 25 days, warm_up: 3 days, business: always}}
teams: {{one: {{size: 1}}, two: {{size: 1}}, three: {{size: 1}}}}
cases: {{c: {{arrive: {{{arrive}}}, flow: f}}}}
flows:
  f:
{limit}    steps:
      a: {{team: one, work: exponential mean 1 h}}
      b: {{team: two, work: exponential mean 48 min}}
      c: {{team: three, work: exponential mean 24 min}}
""",
        {
            RATE: throughput,
            ("utilisation", "team", "one"): 100 * throughput,
            ("utilisation", "team", "three"): 40 * throughput,
            ("lead_time", "flow", "f"): sum(times),
            ("wait", "step", "c/b"): times[1] - works[1],
        },
        replications=20,
        within={"throughput": 0.045, "utilisation": 0.07, "lead_time": 0.045, "wait": 0.15},
    )


def test_a_lost_appointment_is_one_of_a_loss_network(agrees):
    """Work for a, for b, or for both, lost unless it can begin at once: p(state) is a product.

    States: nobody busy, a, b, a and b apart, a and b together, with weights 1, r_a, r_b, r_a r_b, r_j.
    Source: Kelly 1991, Annals of Applied Probability 1:319, section 2 (loss networks). 20 replications.
    """
    a, b, joint = 0.5, 0.8, 0.6
    total = 1 + a + b + a * b + joint
    agrees(
        f"name: loss network\n{CLOCK}"
        + """
teams: {one: {size: 1}, two: {size: 1}}
cases:
  a: {arrive: {rate: 0.5 per h}, flow: fa}
  b: {arrive: {rate: 0.4 per h}, flow: fb}
  j: {arrive: {rate: 0.4 per h}, flow: fj}
flows:
  fa: {steps: {s: {team: one, work: exponential mean 1 h, patience: {waiting: 0 h, then: {end: lost}}}}}
  fb: {steps: {s: {team: two, work: exponential mean 2 h, patience: {waiting: 0 h, then: {end: lost}}}}}
  fj:
    steps:
      s: {team: one, with: two, work: exponential mean 1.5 h, patience: {waiting: 0 h, then: {end: lost}}}
""",
        {
            ("outcome_share", "outcome", "a:lost"): 100 * (1 - (1 + b) / total),
            ("outcome_share", "outcome", "b:lost"): 100 * (1 - (1 + a) / total),
            ("outcome_share", "outcome", "j:lost"): 100 * (1 - 1 / total),
            ("utilisation", "team", "one"): 100 * (a + a * b + joint) / total,
            ("utilisation", "team", "two"): 100 * (b + a * b + joint) / total,
        },
        replications=20,
        within=0.09,
    )


def test_people_who_only_work_together_are_one_server(agrees):
    """Two teams of one that only do joint work are M/M/1: Wq = rho/(mu - lambda).

    Source: Gross et al., 4th ed., section 2.2. 24 replications.
    """
    agrees(
        f"name: pair\n{CLOCK}"
        + """
teams: {one: {size: 1}, two: {size: 1}}
cases: {c: {arrive: {rate: 1 per h}, flow: f}}
flows: {f: {steps: {s: {team: one, with: two, work: exponential mean 24 min}}}}
""",
        {("wait", "step", "c/s"): 0.4 / (2.5 - 1), LEAD: 1 / (2.5 - 1)},
        given={RATE: 1.0, ("utilisation", "team", "two"): 40.0},
        replications=24,
        within={"wait": 0.22, "lead_time": 0.1},
    )


def test_appointments_beside_own_work(agrees, stationary):
    """Two teams of one with work of their own and joint work: a Markov chain, solved numerically.

    Joint work goes first, takes both, and while it waits, who is free is kept for it. A state is (joint
    cases, of which in work; own works of a in queue, in work; the same of b); queues are cut off at 9, whose
    probability is below 1e-4 of the means. All work exponential.
    Source: global balance, Gross et al., 4th ed., section 1.9; for joint service Green 1980, Operations
    Research 28:956. Waits from mean queues by Little's law.
    """
    rates, works, top = {"j": 0.2, "a": 0.4, "b": 0.3}, {"j": 1.0, "a": 0.5, "b": 1.0}, 9

    def begin(joint, together, a, at_a, b, at_b):
        if joint > together and not (together or at_a or at_b):
            together = 1
        if joint == together == 0:
            a, at_a = (a - 1, 1) if a and not at_a else (a, at_a)
            b, at_b = (b - 1, 1) if b and not at_b else (b, at_b)
        return joint, together, a, at_a, b, at_b

    def moves(state):
        joint, together, a, at_a, b, at_b = state
        if joint < top:
            yield rates["j"], begin(joint + 1, together, a, at_a, b, at_b)
        if a < top:
            yield rates["a"], begin(joint, together, a + 1, at_a, b, at_b)
        if b < top:
            yield rates["b"], begin(joint, together, a, at_a, b + 1, at_b)
        if together:
            yield 1 / works["j"], begin(joint - 1, 0, a, at_a, b, at_b)
        if at_a:
            yield 1 / works["a"], begin(joint, together, a, 0, b, at_b)
        if at_b:
            yield 1 / works["b"], begin(joint, together, a, at_a, b, 0)

    p = stationary((0, 0, 0, 0, 0, 0), moves)
    queues = {
        "j": sum((s[0] - s[1]) * q for s, q in p.items()),
        "a": sum(s[2] * q for s, q in p.items()),
        "b": sum(s[4] * q for s, q in p.items()),
    }
    agrees(
        f"name: appointments\n{CLOCK.replace('4 weeks', '5 weeks')}"
        + """
teams: {one: {size: 1}, two: {size: 1}}
cases:
  a: {arrive: {rate: 0.4 per h}, flow: fa}
  b: {arrive: {rate: 0.3 per h}, flow: fb}
  j: {arrive: {rate: 0.2 per h}, flow: fj}
flows:
  fa: {steps: {s: {team: one, work: exponential mean 30 min}}}
  fb: {steps: {s: {team: two, work: exponential mean 1 h}}}
  fj: {steps: {s: {team: one, with: two, work: exponential mean 1 h}}}
""",
        {("queue_length", "step", f"{name}/s"): queue for name, queue in queues.items()}
        | {("wait", "step", f"{name}/s"): queue / rates[name] for name, queue in queues.items()},
        given={("utilisation", "team", "one"): 40.0, ("utilisation", "team", "two"): 50.0},
        within=0.25,
    )
