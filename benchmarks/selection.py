"""Does `sim tune` find the best, and at what price? `python -m benchmarks.selection`.

Two stations in a row, each M/M/c: by Burke's theorem the mean lead time is the sum of both, and each is known
by Erlang's C formula (Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed., sections
2.3 and 4.1). So of all staffings it is known which keep a promise on the mean lead time, and which of them is
cheapest. Each search has its own seed. Counted are searches that name exactly that staffing, and searches
that do what the guarantee says (no promise missed by more than the tolerance, none that keeps it by the
tolerance is cheaper by more than the indifference zone). Both must be at least 95 of 100.

Equal allocation with the same guarantee: so many replications of every staffing that all their Student's t
intervals together (Bonferroni) are no wider than the tolerance; the deviations are those of long pilots. Its
n is that of the staffing with the greatest deviation, because all get the same. As a harder yardstick, each
staffing may also get the n of its own deviation (two stages, as Rinott's), which no equal allocation can.
Ends with exit code 1 if the best is found less often, or the search takes more than half of equal allocation.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.experiment.levers import bounded
from sim.experiment.promises import promised
from sim.experiment.tune.runs import Runs
from sim.experiment.tune.selection import Rules, Selection, select
from sim.experiment.tune.space import Setting, Space
from sim.experiment.tune.worth import Worth
from sim.scenario.load import Scenario, load

RATE, WORKS, WAGES = 1.0, (1.6, 2.4), (60, 50)
BOUNDS = ((2, 7), (3, 8))
PROMISED, TOLERANCE, ERROR, FIRST = 4.58, 0.02, 0.05, 4
TEXT = f"""
name: two stations
clock: {{start: 2027-01-04, horizon: 60 days, warm_up: 20 days, business: always}}
teams:
  front: {{size: 2, cost: {WAGES[0]} per hour}}
  back:  {{size: 3, cost: {WAGES[1]} per hour}}
cases: {{c: {{arrive: {{rate: {RATE} per h}}, flow: f}}}}
flows:
  f:
    steps:
      a: {{team: front, work: exponential mean {WORKS[0]} h}}
      b: {{team: back, work: exponential mean {WORKS[1]} h}}
"""


def station(servers: int, work: float) -> float:
    """Mean time [h] in an M/M/c station."""
    load = RATE * work
    tail = load**servers / math.factorial(servers) * servers / (servers - load)
    waits = tail / (sum(load**k / math.factorial(k) for k in range(servers)) + tail)
    return work + waits * work / (servers - load)


def true_lead_time(setting: Setting) -> float:
    """Mean lead time [h] of a staffing."""
    return sum(station(round(n), work) for (_, n), work in zip(setting, WORKS, strict=True))


def wages(setting: Setting) -> float:
    """Money per hour."""
    return sum(wage * n for (_, n), wage in zip(setting, WAGES, strict=True))


def space_of(scenario: Scenario) -> Space:
    names = ("front", "back")
    texts = [f"{name}={low}..{high}" for name, (low, high) in zip(names, BOUNDS, strict=True)]
    return Space(scenario, [bounded(scenario, text) for text in texts])


def worth_of(space: Space, seed: int) -> Worth:
    promise = promised(space.scenario, space.base().plan, f"lead_time:c <= {PROMISED} h")
    runs = Runs(space, promise.figures, years=0, budget=1_000_000, seed=seed, jobs=1)
    return Worth(runs, "cost", [promise])


def search(scenario: Scenario, seed: int, delta: float) -> Selection[Setting]:
    """One search; the budget is no matter."""
    space = space_of(scenario)
    rules = Rules(delta, (TOLERANCE * PROMISED,), ERROR, FIRST, budget=1_000_000)
    able = [each for each in space.settings() if space.cannot_work(each) is None]
    return select(able, worth_of(space, seed).sample, rules)


def equal_allocation(scenario: Scenario, pilot: int) -> tuple[int, int, int]:
    """Staffings, replications of each that all alike need, and the sum where each has its own number."""
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    space = space_of(scenario)
    worth = worth_of(space, seed=10_001)
    able = [each for each in space.settings() if space.cannot_work(each) is None]
    rows, _ = worth.sample(dict.fromkeys(able, pilot))
    needed = []
    for each in able:
        deviation, n = float(np.std(rows[each][:, 1], ddof=1)), 2
        quantile = 1 - ERROR / 2 / len(able)  # promises have half of the error, as in the search
        while stdtrit(n - 1, quantile) * deviation / math.sqrt(n) > TOLERANCE * PROMISED:
            n += 1
        needed.append(n)
    return len(able), max(needed), sum(needed)


def main(arguments: Sequence[str] | None = None) -> int:
    import joblib  # type: ignore[import-untyped]

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--searches", type=int, default=200)
    parser.add_argument("--pilot", type=int, default=200, help="replications that deviations are taken from")
    parser.add_argument("--jobs", type=int, default=-1, help="threads; -1: one per core")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.yaml"
        path.write_text(TEXT, encoding="utf-8")
        scenario = load(path)
        space = space_of(scenario)
        truth = {each: true_lead_time(each) for each in space.settings() if space.cannot_work(each) is None}
        best = min((each for each, hours in truth.items() if hours <= PROMISED), key=wages)
        per_hour = worth_of(space, 0).cost(best, 1)[0] / wages(best)  # paid hours a year
        delta = 0.01 * worth_of(space, 0).cost(best, 1)[0]
        print(
            f"{space.size} staffings, {len(truth)} can work; promised {PROMISED} h mean lead time, tolerance "
            f"{100 * TOLERANCE:g} %, indifference zone 1 % of the cost, error {100 * ERROR:g} %"
        )
        for each in sorted(truth, key=wages)[:12]:
            mark = "  the best" if each == best else ""
            print(f"  {dict(each)}  {wages(each):5.0f} an hour  {truth[each]:6.3f} h{mark}")
        began = time.monotonic()
        parallel = joblib.Parallel(n_jobs=asked.jobs, prefer="threads")
        found: list[Selection[Setting]] = parallel(
            joblib.delayed(search)(scenario, seed, delta) for seed in range(1, asked.searches + 1)
        )
        room = TOLERANCE * PROMISED
        least = min(wages(each) for each, hours in truth.items() if hours <= PROMISED - room)
        exact = sum(each.best == best for each in found)
        good = sum(
            each.best is not None
            and truth[each.best] <= PROMISED + room
            and wages(each.best) <= least + delta / per_hour
            for each in found
        )
        spent = [each.spent for each in found]
        print(f"\n{asked.searches} searches in {time.monotonic() - began:.0f} s")
        print(f"  exactly the best found       {exact} ({100 * exact / asked.searches:.1f} %)")
        print(f"  as the guarantee says        {good} ({100 * good / asked.searches:.1f} %)")
        mean = float(np.mean(spent))
        print(f"  replications of a search     {mean:.0f} on average, {min(spent)} to {max(spent)}")
        n_able, n_each, own = equal_allocation(scenario, asked.pilot)
        print(f"  equal allocation             {n_able} × {n_each} = {n_able * n_each:,}")
        print(f"  each with its own number     {own:,}")
        share = mean / (n_able * n_each)
        print(f"  the search takes             {100 * share:.1f} % and {100 * mean / own:.1f} % of these")
    return 0 if min(exact, good) >= 0.95 * asked.searches and share <= 0.5 else 1


if __name__ == "__main__":
    sys.exit(main())
