"""Several stations against product forms and the exact fork and join.

Intervals: Student-t on 16 replications (20 where said), error probability 1e-4 per test; see conftest.
"""

from __future__ import annotations

CLOCK = "clock: {start: 2027-01-04, horizon: 16 weeks, warm_up: 2 weeks, business: always}\n"


def test_jackson_with_rework(agrees):
    """Two M/M/1 stations, from the second back to the first with p: W = sum(rho_i/(1 - rho_i))/gamma.

    rho_i = gamma/((1 - p) mu_i); visits to each are 1/(1 - p).
    Source: Jackson 1957, Operations Research 5:518; Gross et al., 4th ed., section 4.2.
    Interval: t on 16 replications, error 1e-4 shared by two measures.
    """
    outside, p = 0.6, 0.25
    loads = outside / (1 - p) * 0.7, outside / (1 - p) * 0.5
    agrees(
        "name: jackson\n"
        + CLOCK
        + """
teams: {one: {size: 1}, two: {size: 1}}
cases: {c: {arrive: {rate: 0.6 per h}, flow: f}}
flows:
  f:
    steps:
      a: {team: one, work: exponential mean 0.7 h}
      b: {team: two, work: exponential mean 0.5 h, then: {back: {p: 25%, go_to: a}, ok: rest}}
""",
        {
            ("lead_time", "case", "c"): sum(load / (1 - load) for load in loads) / outside,
            ("visits", "step", "c/b"): 1 / (1 - p),
        },
        within=0.2,
    )


def test_machine_repair(agrees):
    """N = 5 machines run 1/lambda = 10 h and are repaired by one in 1/mu = 3 h: X = mu (1 - p_0).

    p_n (n broken) = p_0 (lambda/mu)^n N!/(N - n)!; a turn takes N/X.
    Source: Gross et al., 4th ed., section 2.7. Interval: t on 16 replications, error 1e-4 shared by two.
    """
    n_machines, weights = 5, [1.0]
    for broken in range(n_machines):
        weights.append(weights[-1] * (n_machines - broken) * 3 / 10)
    throughput = (1 - weights[0] / sum(weights)) / 3
    agrees(
        """
name: machine repair
clock: {start: 2027-01-04, horizon: 52 weeks, warm_up: 3 weeks, business: always}
teams: {repair: {size: 1}}
cases: {machine: {arrive: {population: 5}, flow: f}}
flows: {f: {steps: {run: {wait: exponential mean 10 h}, mend: {team: repair, work: exponential mean 3 h}}}}
""",
        {
            ("throughput", "case", "machine"): throughput,
            ("lead_time", "case", "machine"): n_machines / throughput,
        },
        within=0.05,
    )


def test_fork_and_join(agrees):
    """Two alike M/M/1 branches: mean time to the join = (12 - rho)/8 * 1/(mu - lambda).

    Source: Flatto, Hahn 1984, SIAM Journal on Applied Mathematics 44:1041; as a formula in Nelson, Tantawi
    1988, IEEE Transactions on Computers 37:739, section II. Interval: t on 16 replications, error 1e-4.
    """
    arrivals, service = 0.5, 1.0
    agrees(
        "name: fork and join\n"
        + CLOCK
        + """
teams: {one: {size: 1}, two: {size: 1}}
cases: {c: {arrive: {rate: 0.5 per h}, flow: f}}
flows:
  f: {steps: {both: {parallel: {a: fa, b: fb}}}}
  fa: {steps: {s: {team: one, work: exponential mean 1 h}}}
  fb: {steps: {s: {team: two, work: exponential mean 1 h}}}
""",
        {("lead_time", "case", "c"): (12 - arrivals / service) / 8 / (service - arrivals)},
        within=0.2,
    )


def test_conwip(agrees):
    """K = 4 cases in a closed line of two exponential stations: X = G(K - 1)/G(K), G(k) = sum(a^i b^(k-i)).

    a, b are the mean works; the line is kept full by a backlog that outlasts the run, so that a release
    follows each end at once. Source: Gordon, Newell 1967, Operations Research 15:254; Hopp, Spearman,
    Factory Physics, 3rd ed., section 10.4. Interval: t on 16 replications, error 1e-4 shared by two.
    """
    limit, a, b = 4, 1.0, 0.8

    def constant(k):
        return sum(a**i * b ** (k - i) for i in range(k + 1))

    agrees(
        """
name: conwip
clock: {start: 2027-01-04, horizon: 14 weeks, warm_up: 1 weeks, business: always}
teams: {one: {size: 1}, two: {size: 1}}
cases: {c: {arrive: {backlog: 2700}, flow: f}}
flows:
  f:
    limit: {cases: 4}
    steps:
      a: {team: one, work: exponential mean 1 h}
      b: {team: two, work: exponential mean 0.8 h}
""",
        {
            ("throughput", "case", "c"): constant(limit - 1) / constant(limit),
            ("utilisation", "team", "one"): 100 * a * constant(limit - 1) / constant(limit),
        },
        within=0.05,
    )
