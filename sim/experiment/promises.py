"""Promises: bounds that figures of a scenario shall keep, such as "P85 of lead time of use_case <= 30 d".

    promised(scenario, plan, "lead_time_p85:use_case <= 30 d")
    promised(scenario, plan, "P85 of lead time of use_case at most 30 d")     # the same
    promised(scenario, plan, "P85 of lead time <= 30 d")                      # of every case type
    promised(scenario, plan, "utilisation <= 85%")                            # of every team
    promised(scenario, plan, "throughput:use_case >= 4 per month")

The figures are those of `sim.metrics`, named as for `--precision-of`; a bound is written as a number of the
scenario is. A promise is about a figure's mean over replications: "P85 of lead time" is the mean of what the
85th percentile is in one replication. A figure of several things is promised of each of them.
Not here: what keeping a promise costs (tune), figures (metrics).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sim.errors import RunError
from sim.experiment.aims import figures_of
from sim.experiment.compare import Key
from sim.plan.arrays import Plan
from sim.plan.scales import per_open_ms
from sim.scenario.load import Scenario
from sim.scenario.nearest import did_you_mean, nearest
from sim.scenario.numbers import Constant, NumberSyntaxError
from sim.units.dimensions import HOUR_MS, Dimension

_AT_MOST = ("<=", "=<", "≤", "<", "at most", "no more than", "under", "below")
_AT_LEAST = (">=", "=>", "≥", ">", "at least", "no less than", "over", "above")
_SIGNS = "|".join(re.escape(sign) for sign in (*_AT_MOST, *_AT_LEAST))
_PROMISE = re.compile(
    rf"\s*(?P<figure>.+?)\s*(?P<sign>(?<=\s)(?:{_SIGNS})(?=[\s\d$(.-])|[<>≤≥]=?|=[<>])\s*(?P<bound>.+?)\s*"
)
_FIGURE = re.compile(
    r"(?:(?P<percentile>p\d+|median|mean|average)\s+(?:of\s+)?(?:the\s+)?)?"
    r"(?P<metric>[\w\s-]+?)(?:(?:\s*:\s*|\s+(?:of|for)\s+)(?P<of>.+))?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_KINDS = ("case", "team", "flow", "step", "outcome", "owner", "environment")
"""Where things of several kinds have a figure, or are called alike, the first of these is meant."""

_SPELLINGS = {"utilization": "utilisation", "leadtime": "lead_time", "efficiency": "process_efficiency"}


@dataclass(frozen=True, slots=True)
class Promise:
    """A bound that the mean of a figure shall keep, for one thing or for each of several.

    Attributes
    ----------
    text
        As it was written.
    figures
        What it is about: metric, kind, of, unit.
    is_at_most
        The figure shall be at most the bound; otherwise at least.
    bound
        In the unit of the figures.
    written_unit
        The unit the bound is written in, such as `d` or `%`.
    per_written
        How many of the figures' units one of the written unit is.
    """

    text: str
    figures: tuple[Key, ...]
    is_at_most: bool
    bound: float
    written_unit: str
    per_written: float

    def excess(self, value: float) -> float:
        """By how much a figure breaks the bound, in its unit; 0 or less where it keeps it."""
        return value - self.bound if self.is_at_most else self.bound - value

    def told(self, value: float) -> str:
        """A value of its figures in the unit of the bound, for readers."""
        size = value / self.per_written
        digits = f"{size:.0f}" if abs(size) >= 1000 else f"{size:.4g}" if abs(size) >= 100 else f"{size:.3g}"
        return f"{digits}{self.written_unit}" if self.written_unit == "%" else f"{digits} {self.written_unit}"

    def about(self, figure: Key) -> str:
        """The figure in words: `lead time P85 of use_case`."""
        metric, _, of, _ = figure
        return f"{_words(metric)} of {of}"


def promised(scenario: Scenario, plan: Plan, text: str) -> Promise:
    """The promise that a text makes of a scenario.

    Raises
    ------
    RunError
        It cannot be read, no figure or thing is called so (with the nearest), or the bound is of another
        kind.
    """
    match = _PROMISE.fullmatch(text)
    if match is None:
        raise RunError(
            f"promise {text!r}: not understood. Admissible: a figure, `<=` or `>=`, and a bound, such as "
            "'lead_time_p85:use_case <= 30 d', 'P85 of lead time of use_case <= 30 d' or "
            "'utilisation <= 85%'."
        )
    figures = _figures(plan, text, match["figure"])
    bound, unit, one = _bound(scenario, text, figures[0], match["bound"])
    return Promise(text.strip(), figures, match["sign"] in _AT_MOST, bound, unit, one)


def _figures(plan: Plan, text: str, written: str) -> tuple[Key, ...]:
    """The figures that are meant, of the first kind of things that has them."""
    metric, of = _read_figure(text, written)
    known = [key for key in figures_of(plan) if key[1] != "group"]
    metrics = sorted({key[0] for key in known})
    if metric not in metrics:
        raise RunError(f"promise {text!r}: {_no_metric(metric, metrics)}")
    named = [key for key in known if key[0] == metric and (of is None or key[2] == of)]
    if not named:
        things = sorted({key[2] for key in known if key[0] == metric})
        near = did_you_mean(of or "", things)
        raise RunError(
            f"promise {text!r}: there is no {metric} of {of!r}. {near} There is one of: {', '.join(things)}."
        )
    found = _of_first_kind(named)
    defined = tuple(key for key in found if not _is_never_defined(plan, key))
    if not defined:
        raise RunError(
            f"promise {text!r}: {found[0][2]} has no {metric}, because its size is not limited. "
            "Give it a size, or promise something else."
        )
    return defined


def _read_figure(text: str, written: str) -> tuple[str, str | None]:
    """Metric and thing, from `lead_time_p85:use_case` or `P85 of lead time of use_case`."""
    match = _FIGURE.fullmatch(written.strip())
    if match is None:
        raise RunError(f"promise {text!r}: {written.strip()!r} is not the name of a figure.")
    metric = re.sub(r"[\s-]+", "_", match["metric"].strip().lower())
    metric = _SPELLINGS.get(metric, metric)
    percentile = (match["percentile"] or "").lower()
    if percentile == "median":
        percentile = "p50"
    if percentile.startswith("p"):
        metric = f"{metric}_{percentile}"
    return metric, match["of"].strip() if match["of"] else None


def _no_metric(metric: str, metrics: Iterable[str]) -> str:
    stem, _, percentile = metric.rpartition("_p")
    known = set(metrics)
    if percentile.isdigit() and f"{stem}_p85" in known:
        return (
            f"of {_words(stem)} the percentiles P50, P85 and P95 are measured, and the mean; "
            f"found P{percentile}."
        )
    near = nearest(metric, known)
    # the middle and the tails of a figure are named with it: one of each is enough to choose from
    plain = sorted(each for each in known if not re.search(r"_p\d+$", each))
    hint = f" Did you mean {near!r}?" if near else ""
    return f"no figure is called {metric!r}.{hint} Figures: {', '.join(plain)}."


def _of_first_kind(keys: list[Key]) -> list[Key]:
    kind = min((key[1] for key in keys), key=_KINDS.index)
    return [key for key in keys if key[1] == kind]


def _is_never_defined(plan: Plan, key: Key) -> bool:
    """What has no capacity has no utilisation."""
    metric, kind, of, _ = key
    if metric != "utilisation":
        return False
    if kind == "team":
        return any(team.name == of and team.unlimited for team in plan.teams)
    return any(each.name == of and each.pool == 0 for each in plan.environments)


def _bound(scenario: Scenario, text: str, figure: Key, written: str) -> tuple[float, str, float]:
    """The bound in the figure's unit, the unit it is written in, and how much one of that is."""
    dimension = _dimension(figure)
    try:
        number = scenario.number(written, dimension)
        if not isinstance(number, Constant):
            raise RunError(f"promise {text!r}: a bound is one number, found {written!r}.")
        match = _NUMBER.match(written)
        unit = written[match.end() :].strip() if match else ""
        if not unit or any(sign in unit for sign in "+*/($"):
            unit = _DEFAULT_UNITS[dimension]
        one = scenario.number(f"1{unit}" if unit == "%" else f"1 {unit}".strip(), dimension)
    except NumberSyntaxError as error:
        hint = f"{_words(figure[0])} is written as {dimension.value}: {dimension.example}."
        if figure[3] == "h":
            hint += " (working days are `d`, days of the wall clock `days`)"
        raise RunError(f"promise {text!r}: {error} {hint}") from None
    assert isinstance(one, Constant)
    return _scaled(scenario, figure, number), unit, _scaled(scenario, figure, one)


_DEFAULT_UNITS = {
    Dimension.WORK_TIME: "h",
    Dimension.WALL_TIME: "days",
    Dimension.SHARE: "%",
    Dimension.RATE: "per month",
    Dimension.NUMBER: "",
}


def _dimension(figure: Key) -> Dimension:
    metric, kind, _, unit = figure
    if unit in ("h", "person h"):
        is_wall = metric.startswith("elapsed") or kind == "environment"
        return Dimension.WALL_TIME if is_wall else Dimension.WORK_TIME
    if unit == "%":
        return Dimension.SHARE
    return Dimension.RATE if unit == "per h" else Dimension.NUMBER


def _scaled(scenario: Scenario, figure: Key, number: Constant) -> float:
    """A number of the scenario in the unit of a figure."""
    unit = figure[3]
    if unit in ("h", "person h"):
        return number.value / HOUR_MS
    if unit == "%":
        return 100 * number.value
    if unit == "per h":
        working_time = scenario.working_time
        return HOUR_MS * per_open_ms(working_time.week_ms, working_time)(number)
    return number.value


def _words(metric: str) -> str:
    """`lead_time_p85` as `lead time P85`."""
    return re.sub(r"\bp(\d+)$", r"P\1", metric.replace("_", " "))
