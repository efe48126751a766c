"""Queueing models whose answer is known without simulating, and what the program says of them.

Each is a scenario in `models/`. A figure passes if theory lies in its interval, and the interval is narrow
enough to tell. All intervals together miss with probability `ERROR` at most (Bonferroni): of 1,000 seeds, one
would accuse a right program. The seeds are fixed, so what passes once passes until program or model changes.

GSTH: Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from math import factorial
from zlib import crc32

from sim.experiment.verification.bench import Bench
from sim.experiment.verification.estimates import Key, estimate, figures_of
from sim.experiment.verification.findings import Check, Line

ERROR = 1e-3

LEAD, WIP, RATE = ("lead_time", "case", "c"), ("wip", "case", "c"), ("throughput", "case", "c")
WAIT, QUEUE, LOAD = (
    ("wait", "step", "c/s"),
    ("queue_length", "step", "c/s"),
    ("utilisation", "team", "servers"),
)
_WORDS = {
    "lead_time": "lead time [h]",
    "wip": "cases inside",
    "wait": "wait [h]",
    "queue_length": "queue length",
    "utilisation": "utilisation [%]",
    "throughput": "cases per h",
    "visits": "visits per case",
}


@dataclass(frozen=True, slots=True)
class Model:
    """A model, the exact means of its figures, and those that the input alone fixes.

    `within` bounds an interval's half-width relative to theory, by metric: what is wider cannot tell.
    """

    name: str
    file: str
    exact: Mapping[Key, float]
    given: Mapping[Key, float]
    within: Mapping[str, float]
    replications: int = 30

    @property
    def seed(self) -> int:
        """Of its own: with one seed all models would share their arrivals, and their errors with them."""
        return crc32(self.file.encode())


def mm1() -> Model:
    """W = 1/(mu - lambda), L = lambda W, Wq = rho W. GSTH 2.2."""
    arrivals, service = 1.0, 2.0
    lead = 1 / (service - arrivals)
    exact = {LEAD: lead, WIP: arrivals * lead, WAIT: arrivals / service * lead}
    return Model("M/M/1", "mm1", exact, {RATE: arrivals, LOAD: 50.0}, {"lead_time": 0.11, "wait": 0.22})


def mm3() -> Model:
    """Wq = C/(c mu - lambda), C the probability of having to wait (Erlang C). GSTH 2.3."""
    c, arrivals, service = 3, 2.0, 1.0
    load = arrivals / service
    tail = load**c / factorial(c) * c / (c - load)
    wait = tail / (tail + sum(load**k / factorial(k) for k in range(c))) / (c * service - arrivals)
    exact = {LEAD: wait + 1 / service, WAIT: wait}
    given = {RATE: arrivals, LOAD: 100 * load / c}
    return Model("M/M/3", "mm3", exact, given, {"lead_time": 0.1, "wait": 0.3})


def mg1() -> Model:
    """Wq = rho E[S] (1 + cv^2)/(2 (1 - rho)) (Pollaczek-Khinchine). GSTH 5.1.1."""
    load, work, cv = 0.5, 0.5, 0.8
    wait = load * work * (1 + cv**2) / (2 * (1 - load))
    exact = {LEAD: wait + work, WAIT: wait}
    return Model("M/G/1", "mg1", exact, {RATE: 1.0, LOAD: 50.0}, {"lead_time": 0.12, "wait": 0.25})


def mmck() -> Model:
    """The share refused is p_K (arrivals see time averages), L = sum n p_n. GSTH 2.4 and 2.5."""
    room, arrivals, work, c = 5, 0.9, 2.0, 2
    p = _birth_death([arrivals] * room, [min(n, c) / work for n in range(1, room + 1)])
    inside = sum(n * p[n] for n in range(room + 1))
    exact = {
        ("outcome_share", "outcome", "c:refused"): 100 * p[room],
        WIP: inside,
        ("lead_time", "outcome", "c:done"): inside / (arrivals * (1 - p[room])),
    }
    within = {"outcome_share": 0.25, "wip": 0.1, "lead_time": 0.1}
    return Model("M/M/2/5", "mmck", exact, {RATE: arrivals}, within)


def erlang_a() -> Model:
    """Share that gives up = theta E[Q]/lambda; deaths min(n, c) mu + (n - c)+ theta, cut off at 100.

    Garnett, Mandelbaum, Reiman 2002, Manufacturing & Service Operations Management 4:208, section 2.
    """
    arrivals, service, giving_up, c, top = 1.0, 0.5, 0.25, 2, 100
    deaths = [min(n, c) * service + max(n - c, 0) * giving_up for n in range(1, top + 1)]
    p = _birth_death([arrivals] * top, deaths)
    queue = sum((n - c) * p[n] for n in range(c, top + 1))
    exact = {
        ("outcome_share", "outcome", "c:gave_up"): 100 * giving_up * queue / arrivals,
        QUEUE: queue,
        LOAD: 100 * sum(min(n, c) * p[n] for n in range(top + 1)) / c,
    }
    within = {"outcome_share": 0.2, "queue_length": 0.2, "utilisation": 0.06}
    return Model("Erlang A", "erlang_a", exact, {RATE: arrivals}, within)


def rework() -> Model:
    """Stations are M/M/1 with rho_i = gamma/((1 - p) mu_i); W = sum rho_i/(1 - rho_i)/gamma. GSTH 4.2.

    Jackson 1957, Operations Research 5:518.
    """
    outside, p = 0.6, 0.25
    loads = outside / (1 - p) * 0.6, outside / (1 - p) * 0.4
    exact = {
        LEAD: sum(load / (1 - load) for load in loads) / outside,
        ("visits", "step", "c/b"): 1 / (1 - p),
        ("wait", "step", "c/a"): loads[0] * 0.6 / (1 - loads[0]),
    }
    given = {RATE: outside} | {
        ("utilisation", "team", name): 100 * load for name, load in zip(("one", "two"), loads, strict=True)
    }
    return Model("rework", "rework", exact, given, {"lead_time": 0.12, "visits": 0.03, "wait": 0.3})


def fork_join() -> Model:
    """Two alike branches: mean time to the join = (12 - rho)/8 * 1/(mu - lambda).

    Flatto, Hahn 1984, SIAM Journal on Applied Mathematics 44:1041; Nelson, Tantawi 1988, IEEE Transactions on
    Computers 37:739, section II.
    """
    arrivals, service = 0.9, 2.0
    load = arrivals / service
    given = {RATE: arrivals} | {("utilisation", "team", name): 100 * load for name in ("one", "two")}
    exact = {LEAD: (12 - load) / 8 / (service - arrivals)}
    return Model("fork and join", "fork_join", exact, given, {"lead_time": 0.12})


def batch() -> Model:
    """Wait = (k - 1)/(2 lambda) + s/(mu (1 - s)), s in (0, 1) the root of E_k/M/1. GSTH 5.3.1 (G/M/1)."""
    k, arrivals, service = 3, 1.2, 0.8
    root = 0.0
    for _ in range(200):  # from 0 the iteration rises to the root below 1
        root = (arrivals / (arrivals + service * (1 - root))) ** k
    exact = {WAIT: (k - 1) / (2 * arrivals) + root / (service * (1 - root))}
    given = {RATE: arrivals, ("utilisation", "team", "server"): 100 * arrivals / k / service}
    return Model("batch of 3", "batch", exact, given, {"wait": 0.16})


def theory_checks() -> Iterator[Check]:
    """One check for each model."""
    for model in ALL:
        yield Check(f"theory: {model.name}", partial(look, model))


def look(model: Model, bench: Bench) -> Iterator[Line]:
    """Hold every figure of a model against theory."""
    runs = figures_of(bench.replicate(model.file, replications=model.replications, seed=model.seed))
    for key, exact in {**model.exact, **model.given}.items():
        found = estimate(runs, key, model.given, ERROR / _N_FIGURES)
        bound = model.within.get(key[0], 1.0) * exact if key in model.exact else exact
        yield _line(key, found.mean, exact, found.half_width, bound)


def _line(key: Key, found: float, exact: float, half_width: float, bound: float) -> Line:
    note = ""
    if abs(found - exact) > half_width:
        note = "theory lies outside the interval"
    elif half_width > bound:
        note = f"too wide to tell: at most {bound:.2g} is admissible"
    return Line(_told(key), found, exact, half_width, not note, note)


def _told(key: Key) -> str:
    metric, kind, of = key
    if metric == "outcome_share":
        return f"{of.rpartition(':')[2].replace('_', ' ')} [%]"
    place = of.rpartition("/")[2] if kind == "step" else of
    return _WORDS[metric] + (
        f", {place}" if kind in ("step", "team") and place not in ("s", "servers") else ""
    )


def _birth_death(births: Iterable[float], deaths: Iterable[float]) -> list[float]:
    """Stationary distribution: p_n = p_0 prod(births[i]/deaths[i], i < n)."""
    ratios = (up / down for up, down in zip(births, deaths, strict=True))
    weights = list(accumulate(ratios, lambda weight, ratio: weight * ratio, initial=1.0))
    return [weight / sum(weights) for weight in weights]


ALL = (mm1(), mm3(), mg1(), mmck(), erlang_a(), rework(), fork_join(), batch())
_N_FIGURES = sum(len(model.exact) + len(model.given) for model in ALL)
