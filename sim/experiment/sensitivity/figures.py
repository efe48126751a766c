"""The figures whose sensitivity is asked for, and the columns of a replication they are made of.

    figures_asked(plans, has_money=True, names=("utilisation:compliance",))

Of one scenario a figure is its mean over replications; of two it is the paired difference to the base. The
net present value (`npv`) and the return on investment (`roi`) are differences by themselves.
Not here: what a figure is in a replication (metrics, economics), points (points).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from sim.errors import RunError
from sim.experiment.aims import figures_of
from sim.experiment.compare import Key
from sim.experiment.sensitivity.polynomials import Floats
from sim.plan.arrays import Plan

NPV, COSTS, ROI = "npv", "pv_costs", "roi"
_KINDS = ("case", "team", "flow", "step", "outcome", "owner", "environment")
"""Where things of several kinds are called alike, the first of these is meant."""


@dataclass(frozen=True, slots=True)
class Column:
    """One number of a replication: of the scenario `which`, less the base's if it is another."""

    which: int
    key: Key


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that is looked at.

    Attributes
    ----------
    which
        The scenario it is of; 0 the base, others are told as a difference to it.
    metric, kind, of, unit
        As in the table of replications; money has the kind `business`.
    """

    which: int
    metric: str
    kind: str
    of: str
    unit: str

    @property
    def is_money(self) -> bool:
        """It is of the business case."""
        return self.kind == "business"

    @property
    def columns(self) -> tuple[Column, ...]:
        """What it is made of."""
        if not self.is_money:
            return (Column(self.which, (self.metric, self.kind, self.of, self.unit)),)
        names = (NPV, COSTS) if self.metric == ROI else (self.metric,)
        return tuple(Column(self.which, (name, self.kind, self.of, "")) for name in names)

    def values(self, found: Sequence[Floats]) -> Floats:
        """The figure in each replication of a point, from its columns; NaN where it is not defined.

        Notes
        -----
        Of the return on investment, a ratio of means, the values are those of its linear form: their mean is
        the ratio, their spread that of the ratio (the delta method; Law, Simulation Modeling and Analysis,
        5th ed., section 9.3.3).
        """
        if self.metric != ROI:
            return found[0]
        npv, costs = found
        below = float(costs.mean())
        if not below > 0:
            return np.full(len(npv), np.nan)
        ratio = float(npv.mean()) / below
        return 100 * (ratio + (npv - ratio * costs) / below)


def figures_asked(
    plans: Sequence[Plan],
    main: str | None,
    *,
    has_money: bool,
    currency: str = "",
    names: Sequence[str] = (),
) -> tuple[Figure, ...]:
    """The figures that are named, or else the money and the lead time of the main case type.

    Parameters
    ----------
    plans
        The base, and the scenarios it is compared with.
    main
        The main case type, which is meant where a name leaves it out.
    names
        `metric:of`, or `metric`; `npv` and `roi` where there is money.

    Raises
    ------
    RunError
        No figure or thing is called so, with the nearest.
    """
    money = [NPV, ROI] if has_money and len(plans) > 1 else []
    if not names:
        names = [*money, *([f"lead_time:{main}"] if main is not None else [])]
    if not names:
        raise RunError("no case type has a lead time: name a figure with --of, such as utilisation:TEAM.")
    others = range(1, len(plans)) if len(plans) > 1 else (0,)
    found = [
        Figure(which, name, "business", "all", currency if name == NPV else "%")
        if name in money
        else Figure(which, *_key(plans, name, main, money))
        for name in names
        for which in others
    ]
    return tuple(dict.fromkeys(found))


def _key(plans: Sequence[Plan], name: str, main: str | None, money: Sequence[str]) -> Key:
    """The key of a named figure that every plan has."""
    shared = set(figures_of(plans[0]))
    for plan in plans[1:]:
        shared &= set(figures_of(plan))
    known = [key for key in shared if key[1] != "group"]
    metric, colon, of = name.strip().partition(":")
    of_metric = [key for key in known if key[0] == metric]
    if not of_metric:
        raise RunError(_no_metric(name, metric, {key[0] for key in known} | set(money), plans))
    things = sorted({key[2] for key in of_metric})
    if not colon:
        of = things[0] if len(things) == 1 else main if main in things else ""
    matches = [key for key in of_metric if key[2] == of]
    if not matches:
        near = get_close_matches(of, things, n=1)
        hint = f" Did you mean {metric}:{near[0]}?" if near else ""
        what = f"there is no {metric} of {of!r}" if colon else "it is a figure of several things"
        raise RunError(f"figure {name!r}: {what}.{hint} There is one of: {', '.join(things)}.")
    return min(matches, key=lambda key: _KINDS.index(key[1]))


def _no_metric(name: str, metric: str, metrics: set[str], plans: Sequence[Plan]) -> str:
    if metric in (NPV, ROI):
        why = "the scenarios have no economics" if len(plans) > 1 else "it needs a scenario to compare with"
        return f"figure {name!r}: {why}."
    near = get_close_matches(metric, sorted(metrics), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"figure {name!r}: no figure is called {metric!r}.{hint} Figures: {', '.join(sorted(metrics))}."
