"""Answers: what a setting comes to after so many replications, beside today; and all that was tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.experiment.compare import Comparison
from sim.experiment.intervals import Interval
from sim.experiment.what_if.figures import Figure
from sim.experiment.what_if.settings import Settings

if TYPE_CHECKING:
    import polars

_SIDES = ("today", "here", "change")
_ENDS = ("", "_low", "_high")


@dataclass(frozen=True, slots=True)
class Point:
    """A setting as a point of the frontier: what it costs (present value) and how long cases take.

    Cost is money over the years of the business case, lead time working days; both with intervals.
    """

    settings: Settings
    title: str
    cost: Interval
    lead_time: Interval
    replications: int

    @classmethod
    def of(
        cls,
        settings: Settings,
        title: str,
        cost: Interval | None,
        lead_time: Interval | None,
        replications: int,
    ) -> Point | None:
        """None where there is no cost or no lead time."""
        if cost is None or lead_time is None or cost.mean is None or lead_time.mean is None:
            return None
        return cls(settings, title, cost, lead_time, replications)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a setting comes to.

    Attributes
    ----------
    replications
        So many of today and of the setting, on the same luck.
    comparison
        Today as the baseline, the setting as the only other; None where it was refused.
    case_type
        The kind of case that the figures are of.
    figures
        Of the flow and of money, in the order in which they are shown.
    groups
        The lead time by group, in working days.
    teams
        Utilisation by team.
    point, today
        For the frontier; None without economics, or where no case was finished.
    refusal
        Why the setting cannot be, or cannot run, in words; empty where it can.
    is_last
        No answer with more replications follows.
    took_s
        Seconds since it was asked for.
    """

    settings: Settings
    replications: int = 0
    comparison: Comparison | None = None
    case_type: str | None = None
    figures: tuple[Figure, ...] = ()
    groups: tuple[Figure, ...] = ()
    teams: tuple[Figure, ...] = ()
    point: Point | None = None
    today: Point | None = None
    currency: str = ""
    refusal: str = ""
    is_last: bool = False
    took_s: float = 0.0

    @classmethod
    def refused(cls, words: str, settings: Settings | None = None) -> Answer:
        """Of a setting that cannot be."""
        return cls(settings or Settings(), refusal=words, is_last=True)

    @property
    def table(self) -> polars.DataFrame:
        """One row per figure, groups and teams after the key figures.

        Columns: name, of, unit; of today, here and change each the mean, `_low` and `_high` of its 95 %
        interval (null where there is none); verdict.
        """
        import polars

        rows = [_row(each) for each in (*self.figures, *self.groups, *self.teams)]
        words = dict.fromkeys(("name", "of", "unit"), polars.String)
        numbers = dict.fromkeys((f"{side}{end}" for side in _SIDES for end in _ENDS), polars.Float64)
        return polars.DataFrame(rows, schema={**words, **numbers, "verdict": polars.String}, orient="row")

    def figure(self, name: str, of: str | None = None) -> Figure | None:
        """A figure by its name; of a team or group by what it is of too."""
        for each in (*self.figures, *self.groups, *self.teams):
            if each.name == name and of in (None, each.of):
                return each
        return None


def _row(figure: Figure) -> list[object]:
    sides = (getattr(figure, side) or Interval(None, None, None, 0) for side in _SIDES)
    numbers = [number for side in sides for number in (side.mean, side.low, side.high)]
    return [figure.name, figure.of, figure.unit, *numbers, figure.verdict]


@dataclass(slots=True)
class Tried:
    """The settings that one visitor has tried, today among them: each with its surest answer."""

    _points: dict[Settings, Point] = field(default_factory=dict)

    def add(self, answer: Answer) -> None:
        """Keep what an answer says of its setting and of today."""
        for point in (answer.today, answer.point):
            if point is not None:
                before = self._points.get(point.settings)
                if before is None or before.replications <= point.replications:
                    self._points[point.settings] = point

    @property
    def points(self) -> list[Point]:
        """In the order in which they were tried."""
        return list(self._points.values())


def frontier(points: Iterable[Point]) -> list[Point]:
    """Those that no other beats in cost and lead time both, by their means, cheapest first.

    Of points of which intervals overlap, which one is on the frontier may be chance.
    """
    found: list[Point] = []
    for point in sorted(points, key=lambda each: (each.cost.mean or 0.0, each.lead_time.mean or 0.0)):
        if not found or (point.lead_time.mean or 0.0) < (found[-1].lead_time.mean or 0.0):
            found.append(point)
    return found
