"""What a net present value is made of: each benefit and each cost of a change, by name.

A part is the business case of one benefit or cost alone, replication by replication: present values are
linear, so the net present values of the parts sum to that of the whole.
Not here: which costs a scenario names, and what the whole is worth (appraisal).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sim.economics.cash_flow import BusinessCase, Dated
from sim.economics.flows import Yearly, YearlyFlows
from sim.experiment.intervals import Interval, mean_interval

Kind = Literal["value", "freed hours", "people", "environments", "named cost"]
Pair = tuple[YearlyFlows, YearlyFlows]
"""The flows of a replication in the baseline and in the other scenario."""

_BENEFITS = ("value", "freed hours")


@dataclass(frozen=True, slots=True)
class Change:
    """What a cost that scenarios name is more than in the baseline: paid once, and by year."""

    investments: tuple[Dated, ...]
    running: Yearly


@dataclass(frozen=True, slots=True)
class Part:
    """One benefit or cost of a change, in each replication.

    `of` is the team (freed hours, people) or the name of the cost; empty where the kind says it all.
    """

    kind: Kind
    of: str
    cases: tuple[BusinessCase, ...]

    @property
    def is_benefit(self) -> bool:
        """Whether it is counted among the benefits, be they negative."""
        return self.kind in _BENEFITS

    @property
    def worth(self) -> Interval:
        """What it adds to the net present value: a cost is negative, a saving positive."""
        return mean_interval([case.npv for case in self.cases])


@dataclass(frozen=True, slots=True)
class Share:
    """One or several parts together, as a reader is told of them."""

    name: str
    is_benefit: bool
    worth: Interval


def shares(parts: Sequence[Part], most: int = 10) -> list[Share]:
    """The parts that make a net present value, benefits first: named costs each, the others by kind.

    Of more than `most` the smallest named costs become one. The means sum to the mean net present value.
    """
    groups: dict[tuple[Kind, str], list[Part]] = {}
    for part in parts:
        groups.setdefault((part.kind, part.of if part.kind == "named cost" else ""), []).append(part)
    named = sorted(
        (key for key in groups if key[1]), key=lambda key: abs(_together("", groups[key]).worth.mean or 0.0)
    )
    n_joined = len(groups) - most + 1 if len(groups) > most else 0
    joined = named[:n_joined]
    found = [_together(_name(*key), members) for key, members in groups.items() if key not in joined]
    if joined:
        rest = [part for key in joined for part in groups[key]]
        found.append(_together(f"{len(joined)} other named costs", rest))
    return found


def _name(kind: Kind, of: str) -> str:
    names = {
        "value": "value of cases",
        "freed hours": "freed hours",
        "people": "people",
        "environments": "environments",
    }
    return names.get(kind, of)


def _together(name: str, parts: Sequence[Part]) -> Share:
    columns = zip(*(part.cases for part in parts), strict=True)
    worth = mean_interval([math.fsum(case.npv for case in column) for column in columns])
    return Share(name, parts[0].is_benefit, worth)


class Builder(Protocol):
    """Makes a business case at the rate and the risks of the change."""

    def __call__(self, costs: Yearly, benefits: Yearly, paid: tuple[Dated, ...]) -> BusinessCase:
        """Costs and benefits by year, and what is paid once."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Takes the parts out of paired flows."""

    pairs: Sequence[Pair]
    build: Builder

    def of(
        self, changes: Mapping[str, Change], prices: Mapping[str, Yearly], freed_hours: float
    ) -> tuple[Part, ...]:
        """Every part that is not 0 throughout, benefits first.

        `prices` are those of an hour by year, of each team whose freed hours count; `freed_hours` is the
        share of an hour that does.
        """
        years = range(self.pairs[0][0].years)

        def hours(team: str) -> Callable[[Pair], Yearly]:
            price = prices[team]
            return lambda pair: tuple(
                (pair[0].waste_hours[team][y] - pair[1].waste_hours[team][y]) * price[y] * freed_hours
                for y in years
            )

        teams = dict.fromkeys(name for pair in self.pairs for flows in pair for name in flows.people)
        found = [self._benefit("value", "", lambda pair: _more(pair[0].value, pair[1].value))]
        found += [self._benefit("freed hours", team, hours(team)) for team in prices]
        found += [self._cost("people", team, _people(team)) for team in teams]
        found.append(
            self._cost("environments", "", lambda pair: _more(pair[0].environments, pair[1].environments))
        )
        found += [self._named(name, change) for name, change in changes.items()]
        return tuple(part for part in found if any(not _is_nothing(case) for case in part.cases))

    def _benefit(self, kind: Kind, of: str, read: Callable[[Pair], Yearly]) -> Part:
        rows = [read(pair) for pair in self.pairs]
        return Part(kind, of, tuple(self.build((0.0,) * len(row), row, ()) for row in rows))

    def _cost(self, kind: Kind, of: str, read: Callable[[Pair], Yearly]) -> Part:
        rows = [read(pair) for pair in self.pairs]
        return Part(kind, of, tuple(self.build(row, (0.0,) * len(row), ()) for row in rows))

    def _named(self, name: str, change: Change) -> Part:
        none = (0.0,) * len(change.running)
        return Part(
            "named cost", name, (self.build(change.running, none, change.investments),) * len(self.pairs)
        )


def _people(team: str) -> Callable[[Pair], Yearly]:
    """What a team costs more; one that is only in one scenario costs nothing in the other."""
    return lambda pair: _more(*(flows.people.get(team, (0.0,) * flows.years) for flows in pair))


def _more(before: Yearly, here: Yearly) -> Yearly:
    return tuple(math.fsum((b, -a)) for a, b in zip(before, here, strict=True))


def _is_nothing(case: BusinessCase) -> bool:
    return not any((*case.costs, *case.benefits, *(amount for _, amount in case.investments)))
