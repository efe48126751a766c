"""Do 95 % intervals cover what they say? `python -m benchmarks.coverage`.

An experiment is what a user does: some replications of a model from its own seed, and the Student-t interval
of a mean (of paired differences for two models on the same luck). The exact mean is known from theory, so
one can count how many of so many experiments have it in their interval. Of 1,000 right ones, 926 to 971 do,
with a probability of 99.9 %. Ends with exit code 1 if a count lies outside.

Windows are at least 400 times as long as the queue takes to forget, because Student's t wants means that are
nearly normal. Those of M/M/1 at 80 % over 53 such times have a skewness of 1.07, and 94.0 of 100 intervals
cover; over 214 times it is 0.54, over 428 times 0.39. (Lindley's recursion, without this program.) Warm-ups
are eight such times (1/(mu (1 - sqrt(rho))^2); Gross, Shortle, Thompson, Harris, Fundamentals of Queueing
Theory, 4th ed., section 2.11), so that what is left of the empty beginning is far below an interval.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim import engines
from sim.experiment.intervals import Interval, mean_interval, paired_difference
from sim.experiment.replicate import replicate
from sim.plan import compile_plan
from sim.plan.arrays import Plan
from sim.scenario.load import load

CONFIDENCE, ERROR = 0.95, 1e-3

STATION = """
name: {name}
clock: {{start: 2027-01-04, horizon: {horizon} days, warm_up: {warm_up} days, business: always}}
teams: {{servers: {{size: {size}}}}}
cases: {{c: {{arrive: {{rate: {rate} per h}}, flow: f}}}}
flows: {{f: {{steps: {{s: {{team: servers, work: exponential mean {work} h}}}}}}}}
"""
REWORK = """
name: rework
clock: {start: 2027-01-04, horizon: 120 days, warm_up: 4 days, business: always}
teams: {one: {size: 1}, two: {size: 1}}
cases: {c: {arrive: {rate: 0.6 per h}, flow: f}}
flows:
  f:
    steps:
      a: {team: one, work: exponential mean 0.6 h}
      b: {team: two, work: exponential mean 0.4 h, then: {back: {p: 25%, go_to: a}, ok: rest}}
"""


@dataclass(frozen=True)
class Model:
    """A scenario (two: their difference), and the exact mean lead time [h] (the exact difference)."""

    name: str
    texts: tuple[str, ...]
    exact: float


def station(rate: float, work: float, size: int, horizon: int, warm_up: int) -> str:
    return STATION.format(name="station", rate=rate, work=work, size=size, horizon=horizon, warm_up=warm_up)


def models() -> list[Model]:
    """M/M/1: W = 1/(mu - lambda); M/M/3: Erlang C; Jackson: W = sum rho_i/(1 - rho_i)/gamma.

    Ibid., sections 2.2, 2.3 and 4.2.
    """
    load = 2.0  # of three servers
    tail = load**3 / 6 * 3 / (3 - load)
    erlang_c = tail / (tail + 1 + load + load**2 / 2)
    loads = 0.8 * 0.6, 0.8 * 0.4
    return [
        Model("M/M/1 at 80 %", (station(0.8, 1, 1, 1_600, 30),), 5.0),
        Model("M/M/3 at 67 %", (station(2, 1, 3, 200, 10),), 1 + erlang_c / (3 - 2)),
        Model("rework network", (REWORK,), sum(rho / (1 - rho) for rho in loads) / 0.6),
        Model(
            "paired difference, M/M/1 at 60 and 54 %",
            (station(0.6, 1, 1, 480, 10), station(0.6, 0.9, 1, 480, 10)),
            1 / (1 / 0.9 - 0.6) - 1 / 0.4,
        ),
    ]


@cache
def plan_of(text: str) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.yaml"
        path.write_text(text, encoding="utf-8")
        return compile_plan(load(path))


def experiment(model: Model, seed: int, replications: int, engine: str) -> Interval:
    """The interval that one experiment gives."""
    found = [_lead_times(plan_of(text), seed, replications, engine) for text in model.texts]
    if len(found) == 1:
        return mean_interval(found[0], CONFIDENCE)
    before, after = found
    return paired_difference(after, before, CONFIDENCE)


def _lead_times(plan: Plan, seed: int, replications: int, engine: str) -> list[float | None]:
    result = replicate(plan, replications=replications, seed=seed, engine=engine, jobs=1, keep_cases=False)
    return [
        next(each.value for each in run.measures if (each.metric, each.kind) == ("lead_time", "case"))
        for run in result.runs
    ]


def covers(interval: Interval, exact: float) -> bool:
    return interval.low is not None and interval.high is not None and interval.low <= exact <= interval.high


def admissible(n: int) -> tuple[int, int]:
    """How many of n right experiments cover, but for a probability of `ERROR`."""
    from scipy.stats import binom  # type: ignore[import-untyped]

    return int(binom.ppf(ERROR / 2, n, CONFIDENCE)), int(binom.ppf(1 - ERROR / 2, n, CONFIDENCE))


def measure(model: Model, experiments: int, replications: int, engine: str, jobs: int) -> list[Interval]:
    """The intervals of so many experiments, each with a seed of its own."""
    import joblib  # type: ignore[import-untyped]

    if jobs == 1:
        return [experiment(model, seed, replications, engine) for seed in range(experiments)]
    # compiled code runs outside the interpreter's lock
    prefer = "processes" if engine == "simpy" else "threads"
    parallel = joblib.Parallel(n_jobs=jobs, prefer=prefer, batch_size=10)
    found: list[Interval] = parallel(
        joblib.delayed(experiment)(model, seed, replications, engine) for seed in range(experiments)
    )
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experiments", type=int, default=1_000)
    parser.add_argument("--replications", type=int, default=20, help="of each experiment")
    parser.add_argument("--engine", default=engines.AUTO, choices=[*engines.ENGINES, engines.AUTO])
    parser.add_argument("--jobs", type=int, default=-1, help="threads or processes; -1: one per core")
    parser.add_argument("--only", default="", metavar="WORD", help="models with this word in their name")
    asked = parser.parse_args(arguments)
    low, high = admissible(asked.experiments)
    print(
        f"{asked.experiments} experiments of {asked.replications} replications each, engine {asked.engine}; "
        f"{low} to {high} intervals should cover the exact mean lead time\n"
    )
    print(f"{'model':42} {'exact [h]':>9} {'half-width':>10} {'covered':>8} {'of':>6}  verdict      s")
    is_right = True
    for model in models():
        if asked.only not in model.name:
            continue
        began = time.monotonic()
        found = measure(model, asked.experiments, asked.replications, asked.engine, asked.jobs)
        n = sum(covers(interval, model.exact) for interval in found)
        half = sum((each.half_width or 0.0) for each in found) / len(found) / abs(model.exact)
        is_right &= low <= n <= high
        print(
            f"{model.name:42} {model.exact:9.4f} {100 * half:8.1f} % {n:8} {len(found):6}  "
            f"{'ok     ' if low <= n <= high else 'OUTSIDE'} {time.monotonic() - began:6.0f}",
            flush=True,
        )
    return 0 if is_right else 1


if __name__ == "__main__":
    # by its name, so that worker processes can import what is sent to them
    from benchmarks import coverage

    sys.exit(coverage.main())
