"""Sample-path recursions: given the drawn arrivals and works, each single wait is known to the millisecond.

They have no interval and no power to worry about: one case served a millisecond off fails. What is drawn is
read from the facts of the run, what must follow is worked out here.
"""

from __future__ import annotations

from heapq import heapify, heapreplace

import pytest

MONEY = "lognormal mean 5 k cv 1"
HEAD = "clock: {start: 2027-01-04, horizon: 8 weeks, business: always}\n"


def starts_and_works(run, step):
    """(begin, ms) of the works at a step, by case in order of arrival there."""
    index = next(i for i, row in enumerate(run.plan.steps) if row.path == step)
    entered = {visit.case: visit.enter for visit in run.facts.visits if visit.step == index}
    works = sorted((entered[w.case], w.case, w.begin, w.ms) for w in run.facts.works if w.step == index)
    return [(enter, begin, ms) for enter, _, begin, ms in works]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_waits_follow_lindley_and_kiefer_wolfowitz(simulate, size):
    """G/G/c, first come: a case begins when it has come and the first of c servers is free.

    For c = 1 that is W' = max(0, W + S - T). 1,500 cases with skewed works.
    Source: Lindley 1952, Proceedings of the Cambridge Philosophical Society 48:277; Kiefer, Wolfowitz 1955,
    Transactions of the American Mathematical Society 78:1.
    """
    run = simulate(
        f"name: recursion\n{HEAD}"
        + f"""
teams: {{server: {{size: {size}}}}}
cases: {{c: {{arrive: {{rate: {1.2 * size} per h}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{team: server, work: lognormal mean 45 min cv 1.5}}}}}}}}
"""
    )
    works = starts_and_works(run, "c/s")
    assert len(works) > 1500
    assert sum(begin > enter for enter, begin, _ in works) > 500
    free = [0] * size
    heapify(free)
    for enter, begin, ms in works:
        assert begin == max(enter, free[0])
        heapreplace(free, begin + ms)


def test_a_line_of_three_stations_follows_its_recursion(simulate):
    """Case n leaves station j at D(n, j) = max(D(n - 1, j), D(n, j - 1)) + S(n, j): nobody overtakes.

    Source: Tembe, Wolff 1974, Operations Research 22:824 (tandem queues as longest paths).
    """
    run = simulate(
        f"name: line\n{HEAD}"
        + """
teams: {one: {size: 1}, two: {size: 1}, three: {size: 1}}
cases: {c: {arrive: {rate: 0.8 per h}, flow: f}}
flows:
  f:
    steps:
      a: {team: one, work: gamma mean 1 h cv 1.2}
      b: {team: two, work: uniform 0 h to 2 h}
      c: {team: three, work: exponential mean 54 min}
"""
    )
    stations = [starts_and_works(run, f"c/{step}") for step in "abc"]
    assert len(stations[2]) > 900
    before = [0, 0, 0]
    for works in zip(*stations, strict=False):
        come = works[0][0]
        for j, (_, begin, ms) in enumerate(works):
            assert begin == max(before[j], come)
            come = before[j] = begin + ms


def test_the_lowest_free_number_serves(simulate):
    """Ordered entry: nobody begins with a member while a lower-numbered one is free.

    The busy share of a member falls with its number. Source: Palm 1943, Ericsson Technics 44 (ordered
    hunting).
    """
    run = simulate(
        f"name: ordered\n{HEAD}"
        + """
teams: {server: {size: 4}}
cases: {c: {arrive: {rate: 2 per h}, flow: f}}
flows: {f: {steps: {s: {team: server, work: exponential mean 1 h}}}}
"""
    )
    free = [0] * 4
    for work in sorted(run.facts.works, key=lambda work: (work.begin, work.case)):
        assert all(until > work.begin for until in free[: work.member])
        assert free[work.member] <= work.begin
        free[work.member] = work.begin + work.ms
    busy = [sum(w.ms for w in run.facts.works if w.member == member) for member in range(4)]
    assert busy == sorted(busy, reverse=True)


ORDERS = {
    "fifo": lambda case, ms, kind: case.arrive,
    "priority": lambda case, ms, kind: (3, 1, 2)[kind],
    "value": lambda case, ms, kind: -case.value,
    "cd3": lambda case, ms, kind: -case.value / max(ms, 1),
    "shortest": lambda case, ms, kind: ms,
    "due": lambda case, ms, kind: case.arrive + (2, 10, 5)[kind] * 3_600_000,
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_free_server_takes_the_first_of_the_order(simulate, order):
    """Every start, for each order: of all who wait the smallest key begins, and at once.

    Ties go to who came first. The keys are worked out here from drawn values, works, and constants.
    Source: Conway, Maxwell, Miller, Theory of Scheduling, section 8-1 (non-preemptive disciplines).
    """
    run = simulate(
        f"name: order\n{HEAD}"
        + f"""
teams: {{server: {{size: 1, order: {order}}}}}
cases:
  a: {{arrive: {{rate: 0.3 per h}}, flow: f, priority: 3, due: 2 h, value: {{per_month: {MONEY}, from: m}}}}
  b: {{arrive: {{rate: 0.3 per h}}, flow: f, priority: 1, due: 10 h, value: {{per_month: {MONEY}, from: m}}}}
  c: {{arrive: {{rate: 0.3 per h}}, flow: f, priority: 2, due: 5 h, value: {{per_month: {MONEY}, from: m}}}}
flows: {{f: {{steps: {{s: {{team: server, work: lognormal mean 1 h cv 1}}, m: {{milestone: m}}}}}}}}
"""
    )
    cases = run.facts.cases
    works = {work.case: work for work in run.facts.works}
    keys = {i: (ORDERS[order](cases[i], w.ms, cases[i].case_type), cases[i].arrive) for i, w in works.items()}
    idle_from, overtaken = 0, 0
    for i in sorted(works, key=lambda i: works[i].begin):
        begin = works[i].begin
        waiting = [j for j in works if cases[j].arrive < begin and works[j].begin >= begin and j != i]
        assert all(keys[i] < keys[j] for j in waiting)
        assert begin == max(cases[i].arrive, idle_from)
        overtaken += any(cases[j].arrive < cases[i].arrive for j in waiting)
        idle_from = begin + works[i].ms
    assert len(works) > 1000
    assert (overtaken > 100) == (order != "fifo")
