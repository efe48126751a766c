"""The space of a search: the levers, the values each may take, and the plan of a setting of them.

A setting is a tuple of (name of a lever, value), in the order of the levers; the empty one is the scenario as
it is. Where levers are sizes, cases per member and limits, the plan is that of the scenario with other rows;
where they are assumptions, the scenario is compiled once for each combination of these.
Not here: which settings are tried (select, local).
"""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.errors import RunError
from sim.experiment.appraisal import Economics, programme
from sim.experiment.levers import Lever, lever_named
from sim.experiment.tune.screening import Needed, members_needed
from sim.plan.arrays import Plan
from sim.plan.compiler import compile_plan
from sim.plan.staffing import with_staffing
from sim.scenario.changes import Changes, changed
from sim.scenario.load import Scenario

Setting = tuple[tuple[str, float], ...]
"""The value of each lever, by name."""

AS_IS: Setting = ()
_COMPILED_KEPT, _PLANS_KEPT = 64, 64
MOST_COMBINATIONS = 300
"""Of assumptions; more are not worked out beforehand, so that their settings are not screened."""


@dataclass(frozen=True, slots=True)
class Base:
    """A scenario compiled with some assumptions, before its staffing."""

    plan: Plan
    economics: Economics


class Space:
    """The settings of levers of a scenario."""

    def __init__(self, scenario: Scenario, levers: Sequence[Lever]) -> None:
        self.scenario, self.levers = scenario, tuple(levers)
        self._check()
        self.values = [lever.values() for lever in self.levers]
        self._bases: OrderedDict[Setting, Base] = OrderedDict()
        self._needed: dict[Setting, dict[str, Needed]] = {}
        self._known = {lever.name: lever for lever in self.levers}
        self._plans: OrderedDict[Setting, Plan] = OrderedDict()

    def _check(self) -> None:
        """Refuse what no scenario could be, before anything runs."""
        names = [lever.name for lever in self.levers]
        for name in names:
            if names.count(name) > 1:
                raise RunError(f"lever {name!r}: it is varied twice; give its bounds once.")
        for lever in self.levers:
            for value in (lever.low, lever.high):
                changed(self.scenario, lever.changes(value))

    @property
    def size(self) -> int:
        """How many settings there are, which may be more than could ever be listed."""
        return math.prod(len(each) for each in self.values)

    def settings(self) -> Iterator[Setting]:
        """All of them."""
        names = [lever.name for lever in self.levers]
        for values in itertools.product(*self.values):
            yield tuple(zip(names, values, strict=True))

    def __contains__(self, setting: Setting) -> bool:
        """Return whether a setting is one of them; its neighbours may lie outside of the bounds."""
        told = dict(setting)
        return all(
            any(_is_close(told[lever.name], value) for value in values)
            for lever, values in zip(self.levers, self.values, strict=True)
        )

    @property
    def present(self) -> Setting | None:
        """The setting that is the scenario as it is; None where it lies outside of the space."""
        found = []
        for lever, values in zip(self.levers, self.values, strict=True):
            near = [one for one in values if lever.present is not None and _is_close(one, lever.present)]
            if not near:
                return None
            found.append((lever.name, near[0]))
        return tuple(found)

    def lever(self, name: str) -> Lever:
        """A lever by its name, whether it is varied or not."""
        if name not in self._known:
            self._known[name] = lever_named(self.scenario, name)
        return self._known[name]

    def changes(self, setting: Setting) -> Changes:
        """What a setting changes in the scenario."""
        found: dict[tuple[str, ...], object] = {}
        for name, value in setting:
            found.update(self.lever(name).changes(value))
        return found

    def base(self, setting: Setting = AS_IS) -> Base:
        """The scenario compiled with the assumptions of a setting."""
        key = self._assumptions(setting)
        if key not in self._bases:
            scenario = changed(self.scenario, self.changes(key)) if key else self.scenario
            self._bases[key] = Base(compile_plan(scenario), programme(scenario))
        self._bases.move_to_end(key)
        while len(self._bases) > _COMPILED_KEPT:
            self._bases.popitem(last=False)
        return self._bases[key]

    def plan(self, setting: Setting) -> Plan:
        """The plan of a setting; the same object for those used last, so that engines prepare it once."""
        if setting not in self._plans:
            self._plans[setting] = self._staffed(setting)
        self._plans.move_to_end(setting)
        while len(self._plans) > _PLANS_KEPT:
            self._plans.popitem(last=False)
        return self._plans[setting]

    def _staffed(self, setting: Setting) -> Plan:
        staffing: dict[str, dict[str, int]] = {"size": {}, "owns": {}, "limit": {}}
        for name, value in setting:
            lever = self.lever(name)
            if lever.kind in staffing:
                staffing[lever.kind][lever.path[1]] = round(value)
        return with_staffing(
            self.base(setting).plan,
            sizes=staffing["size"],
            owns=staffing["owns"],
            limits=staffing["limit"],
        )

    def needed(self, setting: Setting) -> dict[str, Needed]:
        """How many members each team needs, with the assumptions of a setting."""
        key = self._assumptions(setting)
        if key not in self._needed:
            self._needed[key] = members_needed(self.base(setting).plan)
        return self._needed[key]

    def cannot_work(self, setting: Setting) -> str | None:
        """The team that surely can never keep up with its work, if one of those whose size is set cannot."""
        if self._combinations > MOST_COMBINATIONS:
            return None
        needed = self.needed(setting)
        for name, value in setting:
            lever = self.lever(name)
            team = lever.path[1]
            if lever.kind == "size" and team in needed and needed[team].surely >= round(value):
                return team
        return None

    @property
    def _combinations(self) -> int:
        """Of assumptions."""
        pairs = zip(self.levers, self.values, strict=True)
        return math.prod(len(values) for lever, values in pairs if lever.kind == "assumption")

    def _assumptions(self, setting: Setting) -> Setting:
        return tuple(pair for pair in setting if self.lever(pair[0]).kind == "assumption")


def _is_close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
