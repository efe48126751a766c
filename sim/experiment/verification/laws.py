"""Laws that hold in every run, whatever the luck: conservation, Little's law, monotonicity.

What the metrics say is held against the event log, which is written apart from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from sim.experiment.verification.bench import Bench
from sim.experiment.verification.findings import Check, Line, near, same
from sim.metrics import make_tiles, summarise
from sim.metrics.accounts import account_of_tiles
from sim.plan.arrays import Plan
from sim.records import AccountClass, Facts

_EXACT = 1e-9  # relative; what is left is the rounding of doubles
_WORK_CLASSES = [
    AccountClass.VALUE_ADDING,
    AccountClass.NECESSARY,
    AccountClass.NON_ADDING,
    AccountClass.REWORK,
]

Case = tuple[object, object, object]  # source, number, generation


def law_checks() -> tuple[Check, ...]:
    """Every law."""
    return (
        Check("conservation of accounts", accounts),
        Check("conservation of cases", cases),
        Check("Little's law", little),
        Check("monotonicity", monotonicity),
    )


def accounts(bench: Bench) -> Iterator[Line]:
    """The classes of each case sum to its lead time; classes of work are the hours that people worked."""
    for model, n_replications in (("office", 3), ("mm3", 1)):
        plan, wrong, n_cases = bench.plan(model), 0, 0
        for number in range(n_replications):
            facts = bench.run(model, replication=number)
            wrong += _cases_out_of_balance(facts, plan)
            n_cases += len(facts.cases)
        yield same(f"cases of {n_cases} out of balance, {model}", wrong, 0)
    facts, plan = bench.run("rework"), bench.plan("rework")
    account = account_of_tiles(make_tiles(facts, plan), plan, len(facts.cases))
    worked = sum(row.end - row.begin for row in facts.works)
    yield same("ms accounted as work, ms worked", int(account[:, _WORK_CLASSES].sum()), worked)


def _cases_out_of_balance(facts: Facts, plan: Plan) -> int:
    account = account_of_tiles(make_tiles(facts, plan), plan, len(facts.cases)).sum(axis=1)
    business = plan.calendars[plan.business]
    ends = [facts.end if case.leave < 0 else case.leave for case in facts.cases]
    leads = [business.open_between(case.arrive, end) for case, end in zip(facts.cases, ends, strict=True)]
    return sum(int(total) != lead for total, lead in zip(account, leads, strict=True))


def cases(bench: Bench) -> Iterator[Line]:
    """Whoever arrived has left or is still inside, and has one outcome."""
    for model in ("office", "mm3", "mmck"):
        facts, plan = bench.run(model), bench.plan(model)
        stays = _stays(facts, plan)
        figures: Counter[tuple[str, str]] = Counter()
        for m in summarise(facts, plan):
            figures[m.metric, m.kind] += int(m.value or 0)  # only counts are read
        n_left, n_open = sum(end < plan.end for _, end in stays.values()), figures["open_cases", "case"]
        balanced = n_left + n_open == len(stays)
        yield Line(f"left + inside = arrived, {model}", f"{n_left} + {n_open}", len(stays), 0.0, balanced)
        yield same(f"cases of all outcomes, {model}", figures["cases", "outcome"], figures["cases", "case"])


def little(bench: Bench) -> Iterator[Line]:
    """Cases inside, counted instant by instant from the log; and L = lambda W from empty to empty."""
    for model in ("mm3", "office"):
        facts, plan = bench.run(model), bench.plan(model)
        figures = {(m.metric, m.kind): m.value for m in summarise(facts, plan) if m.kind == "case"}
        inside = _mean_inside(_stays(facts, plan), plan)
        yield near(
            f"cases inside, by the log, {model}", figures["wip", "case"] or 0.0, inside, _EXACT * inside
        )
    lead, rate = (figures[name, "case"] or 0.0 for name in ("lead_time", "throughput"))
    inside = figures["wip", "case"] or 0.0
    yield near("rate × lead time = cases inside, office", rate * lead, inside, _EXACT * inside)


def monotonicity(bench: Bench) -> Iterator[Line]:
    """One team, first come first served: one more member delays nobody, and somebody is done sooner.

    Kiefer, Wolfowitz 1955, Transactions of the American Mathematical Society 78:1: the waits of G/G/c do not
    rise with c, case by case.
    """
    few, more = (_stays(bench.run(model), bench.plan(model)) for model in ("monotone", "one_more"))
    later = sum(more[case][1] > few[case][1] for case in few)
    sooner = sum(more[case][1] < few[case][1] for case in few)
    yield same("cases that arrive, with one more member", len(more), len(few))
    yield same(f"cases of {len(few)} done later", later, 0)
    yield Line(f"cases of {len(few)} done sooner", sooner, "some", 0.0, sooner > 0)


def _stays(facts: Facts, plan: Plan) -> dict[Case, tuple[int, int]]:
    """When each case came and left, by the event log; the end of the run for one still inside."""
    came: dict[Case, int] = {}
    left: dict[Case, int] = {}
    for row in facts.events:
        case, instant = (row[2], row[3], row[4]), row[1]
        assert isinstance(instant, int)
        if row[9] == "arrive" and not str(row[2]).startswith("other:"):
            came[case] = instant
        elif row[9] == "leave":
            left[case] = instant
    return {case: (begin, left.get(case, plan.end)) for case, begin in came.items()}


def _mean_inside(stays: dict[Case, tuple[int, int]], plan: Plan) -> float:
    """Mean number of cases over the business time of the window."""
    changes: Counter[int] = Counter({plan.warm_up: 0, plan.end: 0})
    for begin, end in stays.values():
        changes[min(max(begin, plan.warm_up), plan.end)] += 1
        changes[max(min(end, plan.end), plan.warm_up)] -= 1
    business = plan.calendars[plan.business]
    inside, area = 0, 0
    for begin, end in pairwise(sorted(changes)):
        inside += changes[begin]
        area += inside * business.open_between(begin, end)
    return area / business.open_between(plan.warm_up, plan.end)
