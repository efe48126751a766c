"""What an explanation tells: of each cause what it costs, and of each patch what it contributes.

Not here: how it is found out (explaining), words (cli), pictures (charts).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.experiment.explain.causes import Cause
from sim.experiment.explain.contributions import Contributions
from sim.experiment.explain.trial import GAINS, Gain, Gains
from sim.experiment.intervals import Interval, mean_interval, paired_difference, paired_differences
from sim.experiment.value_streams import Kind

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True, eq=False)
class Without:
    """The scenario without one cause (or several): what is gained, and what one would read off the account.

    `read` are the hours per case that stand under it today, by replication; None where the account does not
    tell.
    """

    cause: Cause
    gains: Gains
    read: Gain | None = None

    @property
    def name(self) -> str:
        """The scenario without it, in words."""
        return self.cause.name

    @property
    def intervals(self) -> Mapping[str, Interval]:
        """The mean gain of each kind with its 95 % interval."""
        return {name: mean_interval(gain) for name, gain in self.gains.items()}

    @property
    def reading(self) -> Interval | None:
        """Mean hours per case that stand under it today."""
        return None if self.read is None else mean_interval(self.read)

    @property
    def beyond(self) -> Interval | None:
        """How many hours it buys more than one would read off the account; None where that does not tell."""
        if self.read is None or "lead_time" not in self.gains:
            return None
        return mean_interval(paired_differences(self.gains["lead_time"], self.read))

    def interval(self, name: str) -> Interval:
        """The mean gain of one kind with its 95 % interval; without a mean where there is none."""
        return mean_interval(self.gains.get(name, ()))


@dataclass(frozen=True, slots=True)
class Untold:
    """A cause that could not be taken away, and why."""

    name: str
    why: str


@dataclass(frozen=True, eq=False)
class Explanation:
    """What costs most in a scenario, found by running it without each cause on the same luck.

    Attributes
    ----------
    name, seed, engine, currency
        Of the scenario and its runs.
    of, kind
        The case type (or flow) whose lead time it is about.
    replications
        Of each run.
    day_h
        Hours of a working day.
    years
        What money is over; None without economics.
    lead_time, throughput, in_production
        Of the scenario as it is: hours; per year; per year, without a mean where nothing brings value.
    causes
        Those that buy most lead time first.
    untold
        What could not be taken away.
    contributions
        Of the parts of a scenario made of patches.
    is_stable
        Whether the scenario settles; of one that does not, figures depend on the horizon.
    incomplete
        Why it is not complete; empty if it is.
    """

    name: str
    seed: int
    engine: str
    currency: str
    of: str
    kind: Kind
    replications: int
    day_h: float
    years: int | None
    lead_time: Interval
    throughput: Interval
    in_production: Interval
    causes: tuple[Without, ...] = ()
    untold: tuple[Untold, ...] = ()
    contributions: Contributions | None = None
    is_stable: bool = True
    incomplete: str = ""

    @property
    def single(self) -> list[Without]:
        """The causes that are no several at once, and add no hours; those that buy most lead time first."""
        return [each for each in self.causes if not each.cause.members and not each.cause.adds_hours]

    @property
    def several(self) -> list[Without]:
        """Several causes at once."""
        return [each for each in self.causes if each.cause.members and not each.cause.adds_hours]

    @property
    def more_hours(self) -> list[Without]:
        """What it would buy to work hours that nobody works today."""
        return [each for each in self.causes if each.cause.adds_hours]

    @property
    def ahead(self) -> Interval | None:
        """How many hours the first single cause buys more than the second; None of fewer than two."""
        first_two = [each.gains.get("lead_time") for each in self.single[:2]]
        if len(first_two) < 2 or None in first_two:
            return None
        return paired_difference(*first_two)  # type: ignore[arg-type]

    @property
    def interaction(self) -> Interaction | None:
        """Taken away all at once against one by one; None where that was not run."""
        for each in self.several:
            if each.cause.group == "together":
                members = [one for one in self.single if one.name in each.cause.members]
                is_told = all("lead_time" in one.gains for one in (each, *members))
                if is_told and len(members) == len(each.cause.members):
                    return Interaction.of(each, members)
        return None

    @property
    def table(self) -> polars.DataFrame:
        """One row per cause and kind of gain: group, cause, gain, unit, mean, low, high, n, reading_h.

        `reading_h` is what one would read off the account, beside the lead time only.
        """
        import polars

        rows = [
            (
                each.cause.group,
                each.name,
                name,
                GAINS[name],
                interval.mean,
                interval.low,
                interval.high,
                interval.n,
                each.reading.mean if each.reading is not None and name == "lead_time" else None,
            )
            for each in self.causes
            for name, interval in each.intervals.items()
        ]
        texts = dict.fromkeys(("group", "cause", "gain", "unit"), polars.String)
        numbers = dict.fromkeys(("mean", "low", "high"), polars.Float64)
        schema = {**texts, **numbers, "n": polars.Int64, "reading_h": polars.Float64}
        return polars.DataFrame(rows, schema=schema, orient="row")

    @property
    def document(self) -> dict[str, object]:
        """All of it, as JSON takes it."""
        told: dict[str, object] = {
            "scenario": self.name,
            "of": self.of,
            "kind": self.kind,
            "seed": self.seed,
            "engine": self.engine,
            "replications": self.replications,
            "complete": not self.incomplete,
            "incomplete": self.incomplete,
            "stable": self.is_stable,
            "currency": self.currency,
            "years": self.years,
            "day_h": self.day_h,
            "lead_time_h": _entry(self.lead_time),
            "throughput_per_year": _entry(self.throughput),
            "in_production_per_year": _entry(self.in_production),
            "causes": [_told(each) for each in self.causes],
            "untold": [{"cause": each.name, "why": each.why} for each in self.untold],
        }
        if self.interaction is not None:
            told["interaction_h"] = {
                "causes": self.interaction.n,
                "one_by_one": _entry(self.interaction.one_by_one),
                "at_once": _entry(self.interaction.at_once),
                "difference": _entry(self.interaction.difference),
            }
        if self.contributions is not None:
            told["patches"] = _parts(self.contributions)
        return told


@dataclass(frozen=True, slots=True)
class Interaction:
    """Hours of lead time saved by taking `n` causes away one by one (their sum) and all at once."""

    n: int
    one_by_one: Interval
    at_once: Interval
    difference: Interval

    @classmethod
    def of(cls, whole: Without, members: Sequence[Without]) -> Interaction:
        """Of several at once and each of them."""
        rows = list(zip(*(each.gains["lead_time"] for each in members), strict=True))
        sums = [None if any(v is None for v in row) else math.fsum(v or 0.0 for v in row) for row in rows]
        at_once = whole.gains["lead_time"]
        return cls(
            len(members), mean_interval(sums), mean_interval(at_once), paired_difference(sums, at_once)
        )


def _entry(interval: Interval | None) -> dict[str, object] | None:
    if interval is None or interval.mean is None:
        return None
    return {"mean": interval.mean, "low": interval.low, "high": interval.high, "n": interval.n}


def _told(each: Without) -> dict[str, object]:
    return {
        "group": each.cause.group,
        "cause": each.name,
        "members": list(each.cause.members),
        "changes": {".".join(path): value for path, value in each.cause.changes.items()},
        "reading_h": _entry(each.reading),
        "gains": {name: _entry(interval) for name, interval in each.intervals.items()},
    }


def _parts(found: Contributions) -> dict[str, object]:
    def entries(intervals: Mapping[str, Interval]) -> dict[str, object]:
        return {name: _entry(interval) for name, interval in intervals.items()}

    return {
        "exact": found.orders.is_exact,
        "always": list(found.always),
        "lead_time_of_base_h": _entry(found.before),
        "all": entries(found.whole),
        "each": [
            {
                "part": each.part,
                "alone": entries(each.alone),
                "left_out": entries(each.left_out),
                "share": entries(each.share),
            }
            for each in found.each
        ],
    }
