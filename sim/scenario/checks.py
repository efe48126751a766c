"""Deep checks of a scenario before anything runs: names, kinds, outcomes, numbers, and where flows lead.

`check` looks at the whole file and returns every problem it finds; each says what was found, what is
admissible and the nearest word. Nothing here repairs anything.
Not here: which keys there are (schema, load), what is sound but odd and only worth a warning (describe).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.errors import Problem
from sim.scenario import schema
from sim.scenario.conditions import (
    And,
    AtLeast,
    Below,
    Condition,
    ConditionSyntaxError,
    Holds,
    Is,
    Not,
    Or,
    parse_condition,
)
from sim.scenario.nearest import did_you_mean
from sim.scenario.numbers import (
    Arithmetic,
    ByTrait,
    Constant,
    DistributionCall,
    FirstAgain,
    Mixture,
    Number,
    NumberSyntaxError,
    Ramp,
    Steps,
    describe,
    parse_number,
    parse_value,
    read_as,
    substitute,
    suggest_working_unit,
)
from sim.scenario.shorthand import is_value_map
from sim.scenario.tree import Node
from sim.units.dimensions import YEAR_MS, Dimension

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

Keys = tuple[str | int, ...]

_ALMOST = 1e-9
_ONLY = {"with_": "team", "batch": "team", "adds": "team", "work": "team", "why": "wait", "calendar": "wait"}
_TIMES = (Dimension.WORK_TIME, Dimension.WALL_TIME)


def check(scenario: Scenario) -> list[Problem]:
    """Every problem of a scenario whose keys are in order already."""
    checker = _Checker(scenario)
    checker.all()
    return checker.problems


def as_dimension(number: Number, dimension: Dimension, plain: object) -> Number:
    """As `read_as`, but a refusal quotes what was written, not how we would say it."""
    try:
        return read_as(number, dimension)
    except NumberSyntaxError as error:
        if not isinstance(plain, str):
            raise
        said = describe(number)
        raise NumberSyntaxError(str(error).replace(f"found {said} ", f"found '{plain}' ", 1)) from None


@dataclass(frozen=True)
class _Spot:
    """A step, an alternative or a branch at its place; `base` is the step that an alternative stands for."""

    flow: str
    path: Keys
    step: schema.Step
    base: schema.Step | None = None
    branch: str | None = None

    @property
    def kind(self) -> str | None:
        """The kind it is or inherits; None if it has none."""
        if self.step.kinds:
            return self.step.kinds[0]
        if self.base is not None and self.base.kinds:
            return self.base.kinds[0]
        return None

    def get(self, key: str) -> Any:
        """A key of its act, inherited by an alternative of the same kind."""
        own = getattr(self.step, key)
        if (
            own is None
            and self.base is not None
            and (not self.step.kinds or self.step.kinds == self.base.kinds)
        ):
            return getattr(self.base, key)
        return own

    @property
    def then(self) -> Any:
        own = self.step.then
        return self.base.then if own is None and self.base is not None else own

    @property
    def patience(self) -> schema.Patience | None:
        own = self.step.patience
        return self.base.patience if own is None and self.base is not None else own


@dataclass
class _Way:
    """Where a step can lead: to `steps` of its flow, to itself by `detours` (flows), out of the flow."""

    steps: list[str] = field(default_factory=list)
    detours: list[str] = field(default_factory=list)
    leaves: bool = False


class _Checker:
    """Walks the file section by section; the names of sections are those of the schema."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.file = scenario.file
        self.problems: list[Problem] = []
        self.levels = self._all_levels()

    def all(self) -> None:
        for part in (
            self._assumptions,
            self._calendars,
            self._economics,
            self._teams,
            self._environments,
            self._traits,
            self._cases,
            self._flows,
            self._calls,
            self._ways,
            self._owners,
            self._batches,
            self._populations,
        ):
            part()

    # --- telling

    def _say(self, path: Keys, message: str, *, at_key: bool = False) -> None:
        self.problems.append(self.scenario.problem(path, message, at_key=at_key))

    def _known(self, kind: str, word: str, names: Iterable[str], path: Keys, extra: str = "") -> bool:
        """Whether a name exists; a problem that lists those that do if not."""
        names = sorted(set(names))
        if word in names:
            return True
        have = ", ".join(names) if names else "none"
        plural = {"flow": "Flows", "case": "Cases"}.get(kind, f"{kind.capitalize()}s")
        words = f"no {kind} is called '{word}'{extra}. {plural} here: {have}."
        self._say(path, f"{words}\n{did_you_mean(word, names)}".strip())
        return False

    def _calendar_name(self, name: str | None, path: Keys) -> None:
        if name is not None:
            self._known("calendar", name, [*self.file.calendars, "always"], path)

    # --- numbers

    def _read(self, plain: object, path: Keys) -> Number | None:
        """The number with its assumptions put in; None and a problem if it cannot be read."""
        try:
            number = parse_value(plain, self.scenario.working_time)
            return substitute(number, self.scenario.assumptions)
        except NumberSyntaxError as error:
            self._say(path, str(error))
            return None

    def _number(
        self,
        plain: object,
        path: Keys,
        dimension: Dimension,
        *,
        low: float = 0.0,
        high: float | None = None,
        draws: bool = False,
        constant: bool = False,
        whole: bool = False,
    ) -> Number | None:
        """Check one number of the file; return it if it is in order, None after a problem or for None."""
        if plain is None:
            return None
        number = self._read(plain, path)
        if number is None:
            return None
        try:
            number = as_dimension(number, dimension, plain)
        except NumberSyntaxError as error:
            self._say(path, str(error))
            return None
        return self._bounded(number, path, low, high, draws=draws, constant=constant, whole=whole)

    def _time(self, plain: object, path: Keys, **how: Any) -> Number | None:
        """A time of either kind."""
        if plain is None:
            return None
        number = self._read(plain, path)
        if number is None:
            return None
        if number.dimension not in (*_TIMES, Dimension.ANY):
            found = f"found {describe(number, self.scenario.working_time)} ({number.dimension.value})"
            self._say(path, f"{found} where a time belongs, for example 2 d or 10 days.")
            return None
        return self._bounded(number, path, **how)

    def _work(self, plain: object, path: Keys, **how: Any) -> Number | None:
        """A time in working units; who wrote `1 day` is told to write `1 d`."""
        if plain is None:
            return None
        number = self._read(plain, path)
        if number is None:
            return None
        if number.dimension is Dimension.WALL_TIME:
            better = suggest_working_unit(plain) if isinstance(plain, str) else None
            advice = f"write {better}" if better else "write it in s, min, h, d or w"
            found = plain if isinstance(plain, str) else describe(number, self.scenario.working_time)
            self._say(path, f"found '{found}': work is in working time; {advice}.")
            return None
        try:
            number = as_dimension(number, Dimension.WORK_TIME, plain)
        except NumberSyntaxError as error:
            self._say(path, str(error))
            return None
        return self._bounded(number, path, **how)

    def _bounded(
        self,
        number: Number,
        path: Keys,
        low: float = 0.0,
        high: float | None = None,
        *,
        draws: bool = False,
        constant: bool = False,
        whole: bool = False,
    ) -> Number | None:
        n_before = len(self.problems)
        if constant and not isinstance(number, Constant):
            self._say(path, f"found {self._words(number)}. Admissible: one constant value.")
        for leaf in _leaves(number):
            self._leaf(leaf, path, low, high, draws=draws, whole=whole)
        for by in (part for part in _parts(number) if isinstance(part, ByTrait)):
            self._by(by, path)
        return number if len(self.problems) == n_before else None

    def _leaf(
        self, leaf: Number, path: Keys, low: float, high: float | None, *, draws: bool, whole: bool
    ) -> None:
        if isinstance(leaf, DistributionCall):
            if not draws:
                self._say(path, f"found {self._words(leaf)}. Admissible: a number that is not drawn.")
            elif leaf.file and not (self.scenario.folder / leaf.file).is_file():
                self._say(path, f"there is no file '{leaf.file}' in {self.scenario.folder}.")
            values = [
                v
                for key, v in leaf.parameters.items()
                if isinstance(v, Constant) and key not in ("sigma", "cv", "shape", "k")
            ]
        else:
            values = [leaf] if isinstance(leaf, Constant) else []
        for value in values:
            found = self._words(value)
            if value.value < low:
                bound = "0 or more" if low == 0 else f"{low:g} or more"
                self._say(path, f"found {found}. Admissible: {bound}.")
            elif high is not None and value.value > high + _ALMOST:
                self._say(path, f"found {found}. Admissible: 0% to {100 * high:g}%.")
            elif whole and value.value != round(value.value):
                self._say(path, f"found {found}. Admissible: a whole number.")

    def _words(self, number: Number) -> str:
        return describe(number, self.scenario.working_time)

    def _by(self, number: ByTrait, path: Keys) -> None:
        if number.trait == "case":
            for level in number.levels:
                self._known("case", level, self.file.cases, (*path, level))
            return
        if not self._known("trait", number.trait, self._trait_names, (*path, "by")):
            return
        levels = self.levels.get(number.trait)
        if not levels:
            return
        for level in number.levels:
            self._known("level", level, levels, (*path, level), f" of trait '{number.trait}'")
        missing = [level for level in sorted(levels) if level not in number.levels]
        if missing:
            self._say(path, f"a number is missing for {', '.join(missing)} of trait '{number.trait}'.")

    def _share(self, plain: object, path: Keys, **how: Any) -> Number | None:
        return self._number(plain, path, Dimension.SHARE, high=1.0, **how)

    # --- traits and conditions ---

    def _node(self, path: Keys) -> Node | None:
        node: Node | None = self.scenario.tree
        for key in path:
            node = node.value.get(str(key)) if node is not None and isinstance(node.value, dict) else None
        return node

    def _trait_maps(self) -> Iterator[tuple[Keys, Mapping[str, schema.Raw]]]:
        yield ("traits",), self.file.traits
        for name, case in self.file.cases.items():
            yield ("cases", name, "traits"), case.traits

    def _are_levels(self, raw: object, path: Keys) -> bool:
        node = self._node(path)
        return isinstance(raw, dict) and (node is None or not is_value_map(node))

    def _all_levels(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for path, traits in self._trait_maps():
            for name, raw in traits.items():
                if self._are_levels(raw, (*path, name)) and isinstance(raw, dict):
                    found.setdefault(name, set()).update(map(str, raw))
        return found

    @cached_property
    def _trait_names(self) -> set[str]:
        names = {name for _, traits in self._trait_maps() for name in traits}
        for case in self.file.cases.values():
            if case.arrive is not None:
                names |= self._columns(case.arrive.list_) | self._columns(case.arrive.log)
        return names

    def _columns(self, name: str | None) -> set[str]:
        """The columns of a list of arrivals; they are traits, too."""
        if name is None or not (self.scenario.folder / name).is_file():
            return set()
        with (self.scenario.folder / name).open(encoding="utf-8-sig", newline="") as stream:
            return {column.strip() for column in next(csv.reader(stream), [])}

    def _traits(self) -> None:
        for path, traits in self._trait_maps():
            for name, raw in traits.items():
                self._trait(raw, (*path, name))

    def _trait(self, raw: schema.Raw, path: Keys) -> None:
        if not (isinstance(raw, dict) and self._are_levels(raw, path)):
            number = self._read(raw, path)
            if number is not None:
                is_share = number.dimension is Dimension.SHARE
                self._bounded(number, path, float("-inf"), 1.0 if is_share else None, draws=True)
            return
        rest = [level for level, p in raw.items() if p == "rest"]
        shares = [self._share(p, (*path, level)) for level, p in raw.items() if p != "rest"]
        if len(rest) != 1:
            words = f"found {len(rest)} levels that are the rest. Exactly one is, such as `standard: rest`."
            self._say(path, words)
        self._sum(shares, path)

    def _sum(self, shares: Iterable[Number | None], path: Keys) -> None:
        total = sum(share.value for share in shares if isinstance(share, Constant))
        if total > 1 + _ALMOST:
            self._say(path, f"the probabilities make {100 * total:.15g}%. Admissible: 100% at most.")

    def _condition(self, text: str | None, path: Keys) -> None:
        if text is None:
            return
        try:
            condition = parse_condition(text)
        except ConditionSyntaxError as error:
            self._say(path, str(error))
            return
        for test in _tests(condition):
            if not self._known("trait", test.trait, self._trait_names, path):
                continue
            levels = self.levels.get(test.trait)
            if isinstance(test, Is) and levels:
                self._known("level", test.level, levels, path, f" of trait '{test.trait}'")
            elif levels:
                example = f"{test.trait} is {min(levels)}"
                self._say(path, f"trait '{test.trait}' has levels; ask for one of them: `{example}`.")

    # --- sections ---

    def _assumptions(self) -> None:
        for name, assumption in self.file.assumptions.items():
            if assumption.range is None:
                continue
            value = self._quiet(assumption.value)
            dimension = value.dimension if value is not None else Dimension.ANY
            path: Keys = ("assumptions", name, "range")
            ends = [
                self._number(end, (*path, i), dimension, low=float("-inf"), constant=True)
                for i, end in enumerate(assumption.range)
            ]
            low, high = ends
            if isinstance(low, Constant) and isinstance(high, Constant) and low.value > high.value:
                words = f"found {self._words(low)} and {self._words(high)}. Low comes first, then high."
                self._say(path, words)

    def _calendars(self) -> None:
        origin, end = self._run_dates()
        for name, rule in self.scenario.rules.items():
            if origin == end:
                return
            days = (origin + timedelta(days=i) for i in range((end - origin).days + 1))
            if name in self.file.calendars and (not rule.hours or not any(map(rule.opens_on, days))):
                words = f"this calendar never opens between {origin} and {end}."
                self._say(("calendars", name), words, at_key=True)

    def _span(self, plain: object) -> float:
        try:
            number = parse_number(plain, self.scenario.working_time)
        except NumberSyntaxError:
            return 0.0
        return number.value if isinstance(number, Constant) else 0.0

    def _run_dates(self) -> tuple[date, date]:
        start = self.scenario.start
        clock = self.file.clock
        try:
            return (
                start - timedelta(milliseconds=self._span(clock.warm_up)),
                start + timedelta(milliseconds=self._span(clock.horizon)),
            )
        except OverflowError:
            return start, start

    def _economics(self) -> None:
        economics, path = self.file.economics, ("economics",)
        self._number(economics.discount_rate, (*path, "discount_rate"), Dimension.SHARE, constant=True)
        self._share(economics.freed_hours, (*path, "freed_hours"), constant=True)
        self._share(economics.risk.benefits, (*path, "risk", "benefits"), constant=True)
        self._number(economics.risk.costs, (*path, "risk", "costs"), Dimension.SHARE, constant=True)
        years = self._number(economics.years, (*path, "years"), Dimension.NUMBER, constant=True)
        horizon = self._span(self.file.clock.horizon)
        if isinstance(years, Constant) and years.value * YEAR_MS > horizon + 1 and horizon > 0:
            self._say(
                (*path, "years"),
                f"the business case covers {years.value:g} years, the run ends after "
                f"{self.file.clock.horizon}. "
                f"Write `horizon: {years.value * 12:g} months` or more, or fewer years.",
            )
        for name, cost in economics.costs.items():
            self._cost(cost, (*path, "costs", name))

    def _cost(self, cost: schema.Cost, path: Keys) -> None:
        self._number(cost.amount, (*path, "amount"), Dimension.MONEY, constant=True)
        self._number(cost.running, (*path, "running"), Dimension.MONEY_RATE)
        self._number(cost.from_, (*path, "from"), Dimension.WALL_TIME, constant=True)
        if cost.amount is None and cost.running is None:
            self._say(path, "a cost has an amount, a running price, or both.", at_key=True)
        if isinstance(cost.when, dict):
            for point in cost.when:
                self._number(point, (*path, "when", point), Dimension.WALL_TIME, constant=True)
            shares = [self._share(p, (*path, "when", t), constant=True) for t, p in cost.when.items()]
            total = sum(share.value for share in shares if isinstance(share, Constant))
            if None not in shares and abs(total - 1) > _ALMOST:
                self._say((*path, "when"), f"the shares make {100 * total:.15g}%. They have to make 100%.")
        else:
            self._number(cost.when, (*path, "when"), Dimension.WALL_TIME, constant=True)

    def _teams(self) -> None:
        for name, team in self.file.teams.items():
            path: Keys = ("teams", name)
            if name in ("owner", "nobody"):
                self._say(
                    path, f"`{name}` has a meaning of its own. Give this team another name.", at_key=True
                )
            if team.size != "unlimited":
                self._number(team.size, (*path, "size"), Dimension.NUMBER)
            self._number(team.cost, (*path, "cost"), Dimension.MONEY_RATE)
            self._calendar_name(team.calendar, (*path, "calendar"))
            self._share(team.focus, (*path, "focus"))
            self._number(team.owns, (*path, "owns"), Dimension.NUMBER, low=1, constant=True, whole=True)
            self._work(team.switching, (*path, "switching"), constant=True)
            self._work(team.slice, (*path, "slice"), low=1, constant=True)
            if team.other_work is not None:
                other = team.other_work
                self._number(other.people, (*path, "other_work", "people"), Dimension.NUMBER)
                self._work(other.work, (*path, "other_work", "work"), draws=True)
                self._number(
                    other.priority, (*path, "other_work", "priority"), Dimension.NUMBER, low=float("-inf")
                )

    def _environments(self) -> None:
        for name, environment in self.file.environments.items():
            path: Keys = ("environments", name)
            self._number(environment.cost, (*path, "cost"), Dimension.MONEY_RATE)
            self._number(
                environment.pool, (*path, "pool"), Dimension.NUMBER, low=1, constant=True, whole=True
            )
            self._time(environment.lingers, (*path, "lingers"), draws=True)

    def _cases(self) -> None:
        for name, case in self.file.cases.items():
            self._case(case, ("cases", name))

    def _case(self, case: schema.Case, path: Keys) -> None:
        is_flow = self._known("flow", case.flow, self.file.flows, (*path, "flow"))
        if case.owner is not None:
            self._known("team", case.owner, self.file.teams, (*path, "owner"))
        self._number(case.priority, (*path, "priority"), Dimension.NUMBER, low=float("-inf"))
        self._time(case.due, (*path, "due"), draws=True)
        if case.arrive is not None:
            self._arrive(case.arrive, (*path, "arrive"))
        milestones = self._milestones(case.flow)
        if case.patience is not None:
            patience, at = case.patience, (*path, "patience")
            self._time(patience.waiting, (*at, "waiting"), draws=True)
            if patience.until is not None and is_flow:
                self._known("milestone", patience.until, milestones, (*at, "until"))
            if is_flow:
                self._target(patience.then, case.flow, (*at, "then"), may_do=False)
        if case.value is not None:
            at = (*path, "value")
            self._number(case.value.per_month, (*at, "per_month"), Dimension.MONEY, draws=True)
            self._number(case.value.lasts, (*at, "lasts"), Dimension.WALL_TIME, constant=True)
            self._share(case.value.decay, (*at, "decay"), constant=True)
            if is_flow:
                self._known("milestone", case.value.from_, milestones, (*at, "from"))
        for entry, n in case.start_with.items():
            self._number(n, (*path, "start_with", entry), Dimension.NUMBER, constant=True, whole=True)
            if is_flow:
                self._start(entry, case.flow, (*path, "start_with", entry))

    def _start(self, entry: str, flow: str, path: Keys) -> None:
        """`start_with` names a step of the case's flow, or a path through flow steps."""
        *outer, last = entry.split("/")
        for name in outer:
            if not self._known("step", name, self.file.flows[flow].steps, path, f" in flow '{flow}'"):
                return
            inner = self.file.flows[flow].steps[name].flow
            if inner is None or inner not in self.file.flows:
                self._say(path, f"step '{name}' runs no flow, so no case can start inside it.")
                return
            flow = inner
        self._known("step", last, self.file.flows[flow].steps, path, f" in flow '{flow}'")

    def _arrive(self, arrive: schema.Arrive, path: Keys) -> None:
        ways = ("rate", "every", "at", "list_", "log", "population", "backlog")
        used = [way.rstrip("_") for way in ways if getattr(arrive, way) is not None]
        if len(used) != 1:
            found = f"found {' and '.join(used)}" if used else "found no way to arrive"
            names = ", ".join(way.rstrip("_") for way in ways)
            self._say(path, f"{found}. Exactly one of: {names}.")
        self._number(arrive.rate, (*path, "rate"), Dimension.RATE)
        self._time(arrive.every, (*path, "every"), low=1, constant=True)
        for key in ("population", "backlog"):
            n = getattr(arrive, key)
            self._number(n, (*path, key), Dimension.NUMBER, low=1, constant=True, whole=True)
        self._calendar_name(arrive.calendar, (*path, "calendar"))
        for index, text in enumerate(arrive.at or ()):
            try:
                datetime.fromisoformat(text)
            except ValueError:
                words = f"found '{text}'. Admissible: a date and a time, such as 2027-01-04 09:30."
                self._say((*path, "at", index), words)
        for key, name in (("list", arrive.list_), ("log", arrive.log)):
            if name is not None and not (self.scenario.folder / name).is_file():
                self._say((*path, key), f"there is no file '{name}' in {self.scenario.folder}.")

    # --- steps ---

    def _spots(self, flow: str) -> Iterator[_Spot]:
        """Every step, alternative and one-step branch of a flow."""
        for name, step in self.file.flows[flow].steps.items():
            yield from self._spots_of(_Spot(flow, ("flows", flow, "steps", name), step))

    def _spots_of(self, spot: _Spot) -> Iterator[_Spot]:
        yield spot
        for name, alternative in spot.step.instead.items():
            path = (*spot.path, "instead", name)
            yield from self._spots_of(_Spot(spot.flow, path, alternative, spot.step, spot.branch))
        for name, branch in (spot.step.parallel or {}).items():
            yield from self._spots_of(_Spot(spot.flow, (*spot.path, "parallel", name), branch, None, name))

    def _milestones(self, flow: str) -> set[str]:
        reached = self._reached(flow)
        return {s.step.milestone for name in reached for s in self._spots(name) if s.step.milestone}

    def _reached(self, flow: str) -> set[str]:
        """The flows that are run when this one is, itself included."""
        found: set[str] = set()
        waiting = [flow]
        while waiting:
            name = waiting.pop()
            if name in self.file.flows and name not in found:
                found.add(name)
                waiting.extend(called for spot in self._spots(name) for called, _ in _called(spot))
        return found

    def _flows(self) -> None:
        for name, flow in self.file.flows.items():
            path: Keys = ("flows", name)
            if not flow.steps:
                self._say((*path, "steps"), "a flow has one step or more.")
            if flow.limit is not None:
                self._number(flow.limit.cases, (*path, "limit", "cases"), Dimension.NUMBER, whole=True)
                if flow.limit.when_full is not None:
                    self._one_target(flow.limit.when_full, (*path, "limit", "when_full"), may_do=False)
                    self._end(flow.limit.when_full.end, (*path, "limit", "when_full", "end"))
            for spot in self._spots(name):
                self._step(spot)

    def _step(self, spot: _Spot) -> None:
        step, path = spot.step, spot.path
        self._kind(spot)
        self._condition(step.when, (*path, "when"))
        if step.team is not None and step.team != "owner":
            self._known("team", step.team, [*self.file.teams, "owner"], (*path, "team"))
        for name, n in (step.with_ or {}).items():
            written = self._node((*path, "with"))
            is_map = written is not None and isinstance(written.value, dict)
            at: Keys = (*path, "with", name) if is_map else (*path, "with")
            self._known("team", name, [*self.file.teams, "owner"], at)
            self._number(n, at, Dimension.NUMBER, low=1, constant=True, whole=True)
        self._work(step.work, (*path, "work"), draws=True)
        if step.batch is not None:
            self._batch(step.batch, (*path, "batch"))
        self._wait(step, path)
        if step.flow is not None:
            self._known("flow", step.flow, self.file.flows, (*path, "flow"))
        if step.parallel is not None and not step.parallel:
            self._say((*path, "parallel"), "a fork has one branch or more.")
        self._end(step.end, (*path, "end"))
        for key in ("takes", "gives_back"):
            for name in getattr(step, key):
                self._known("environment", name, self.file.environments, (*path, key))
        if step.patience is not None:
            at = (*path, "patience")
            self._time(step.patience.waiting, (*at, "waiting"), draws=True)
            self._target(step.patience.then, spot.flow, (*at, "then"), branch=spot.branch, may_do=False)
        if isinstance(step, schema.Alternative):
            self._share(step.falls_back, (*path, "falls_back"))
        if step.then is not None:
            self._then(spot)

    def _kind(self, spot: _Spot) -> None:
        step, path = spot.step, spot.path
        kinds, is_alternative = step.kinds, spot.base is not None
        if len(kinds) > 1:
            self._say(path, f"found {' and '.join(kinds)}. A step is of one kind.", at_key=True)
            return
        kind = spot.kind
        if kind is None and step.work is not None:
            self._say(path, "the key 'team' is missing: who does this work?", at_key=True)
        elif kind is None and not step.skip:
            kinds_here = "team and work, wait, flow, parallel, milestone, end"
            self._say(path, f"this step has no kind. Kinds: {kinds_here}.", at_key=True)
        elif kind == "team" and spot.get("work") is None and not (is_alternative and step.skip):
            self._say(path, "the key 'work' is missing: how long does the team work?", at_key=True)
        for key, belongs in _ONLY.items():
            if kind is not None and getattr(step, key) is not None and belongs != kind:
                word = {"team": "work", "wait": "a wait"}[belongs]
                name = key.rstrip("_")
                self._say((*path, name), f"'{name}' belongs to {word}, and this is '{kind}'.", at_key=True)

    def _batch(self, batch: schema.Batch, path: Keys) -> None:
        if (batch.exactly is None) == (batch.up_to is None):
            self._say(path, "a batch has one of `exactly` and `up_to`, such as {exactly: 4, or_after: 2 d}.")
        elif batch.or_after is not None and batch.exactly is None:
            self._say((*path, "or_after"), "`or_after` belongs to `exactly`; `up_to` waits for nobody.")
        for key in ("exactly", "up_to"):
            n = getattr(batch, key)
            self._number(n, (*path, key), Dimension.NUMBER, low=1, constant=True, whole=True)
        self._time(batch.or_after, (*path, "or_after"))

    def _wait(self, step: schema.Step, path: Keys) -> None:
        self._calendar_name(step.calendar, (*path, "calendar"))
        if isinstance(step.wait, str) and step.wait.split()[:1] == ["until"]:
            name = step.wait.partition("until")[2].strip()
            self._calendar_name(name, (*path, "wait"))
        else:
            self._time(step.wait, (*path, "wait"), draws=True)

    def _end(self, end: schema.End | None, path: Keys) -> None:
        if end is None or end.starts is None:
            return
        at = (*path, "starts")
        self._known("case", end.starts.case, self.file.cases, (*at, "case"))
        self._share(end.starts.p, (*at, "p"))
        self._time(end.starts.after, (*at, "after"), draws=True)

    # --- then ---

    def _then(self, spot: _Spot) -> None:
        then, path = spot.step.then, (*spot.path, "then")
        if spot.kind == "end":
            self._say(path, "nothing comes after an end.", at_key=True)
        elif not isinstance(then, dict):
            self._target(then, spot.flow, path, branch=spot.branch)
        else:
            for name, outcome in then.items():
                self._target(outcome, spot.flow, (*path, name), branch=spot.branch, must=False)
                self._share(outcome.weaken, (*path, name, "weaken"))
                n = outcome.at_most
                self._number(n, (*path, name, "at_most"), Dimension.NUMBER, constant=True, whole=True)
            if spot.kind == "flow":
                self._routes(spot, then, path)
            else:
                self._chances(then, path)

    def _chances(self, then: Mapping[str, schema.Outcome], path: Keys) -> None:
        rest = [name for name, outcome in then.items() if outcome.p is None]
        shares = [self._share(o.p, (*path, name, "p")) for name, o in then.items() if o.p is not None]
        if not then:
            self._say(path, "there are no outcomes here. Write one or more, or leave `then` out.")
        elif not rest:
            words = "every outcome has a probability. Exactly one goes without: write `rest` for it."
            self._say(path, words, at_key=True)
        elif len(rest) > 1:
            words = f"found {', '.join(rest)} without a probability. Exactly one outcome is the rest."
            self._say((*path, rest[1]), words, at_key=True)
        self._sum(shares, path)

    def _routes(self, spot: _Spot, then: Mapping[str, schema.Outcome], path: Keys) -> None:
        """After a flow step: the names that flow leaves with, and one for its normal end."""
        flow = spot.get("flow")
        if flow not in self.file.flows:
            return
        leaves = self._leaves(flow)
        for name, outcome in then.items():
            if outcome.p is not None:
                words = (
                    f"after a flow step nothing is drawn: flow '{flow}' itself leaves with '{name}' or not."
                )
                self._say((*path, name, "p"), words)
        others = [name for name in then if name not in leaves]
        if len(others) > 1:
            odd = next(
                (name for name in others if then[name].p is None and _has_target(then[name])), others[0]
            )
            have = ", ".join(sorted(leaves)) or "none"
            words = (
                f"flow '{flow}' does not leave with '{odd}'. It leaves with: {have}; one more is the rest."
            )
            self._say((*path, odd), f"{words}\n{did_you_mean(odd, leaves)}".strip(), at_key=True)

    def _leaves(self, flow: str) -> set[str]:
        """The names under which a flow can be left."""
        found: set[str] = set()
        for spot in self._spots(flow):
            patience = spot.step.patience
            targets = [*_targets(spot.step.then), *(_targets(patience.then) if patience else ())]
            found |= {target.leave for target in targets if target.leave is not None}
        limit = self.file.flows[flow].limit
        if limit is not None and limit.when_full is not None and limit.when_full.leave is not None:
            found.add(limit.when_full.leave)
        return found

    def _one_target(
        self, target: schema.Target, path: Keys, *, must: bool = True, may_do: bool = True
    ) -> None:
        keys = [key for key in schema.TARGET_KEYS if getattr(target, key) is not None]
        if len(keys) > 1 or (must and not keys):
            found = " and ".join(keys) if keys else "no target"
            self._say(path, f"found {found}. Exactly one of go_to, end, leave, do.", at_key=True)
        if target.do is not None and not may_do:
            self._say(
                (*path, "do"), "a detour (`do`) cannot stand here; write go_to, end or leave.", at_key=True
            )

    def _target(
        self,
        then: Any,
        flow: str,
        path: Keys,
        *,
        branch: str | None = None,
        must: bool = True,
        may_do: bool = True,
    ) -> None:
        if not isinstance(then, schema.Target):
            return
        self._one_target(then, path, must=must, may_do=may_do)
        if then.go_to is not None:
            steps = [branch] if branch is not None else list(self.file.flows[flow].steps)
            where = "in this branch" if branch is not None else f"in flow '{flow}'"
            self._known("step", then.go_to, steps, (*path, "go_to"), f" {where}")
        if then.do is not None:
            self._known("flow", then.do, self.file.flows, (*path, "do"))
        if then.leave is not None and branch is not None:
            words = "a branch of a fork cannot leave: no part of a case leaves a fork but through its join."
            self._say((*path, "leave"), words, at_key=True)
        self._end(then.end, (*path, "end"))

    # --- flows that call flows ---

    def _calls(self) -> None:
        self._circles()
        for name in self.file.flows:
            for spot in self._spots(name):
                for called, key in _called(spot):
                    if called in self.file.flows:
                        self._call(spot, called, key)

    def _call(self, spot: _Spot, called: str, key: Keys) -> None:
        leaves = self._leaves(called)
        path = (*spot.path, *key)
        if key[0] == "flow" and spot.branch is None:
            then = spot.then if isinstance(spot.then, dict) else {}
            for name in sorted(leaves - set(then)):
                words = f"flow '{called}' can leave with '{name}', and this step does not route it. "
                self._say(path, f"{words}Write `then: {{{name}: {{go_to: ...}}, ...: rest}}`.")
        elif leaves:
            where = "a branch of a fork" if key[0] == "flow" else "a detour (`do`)"
            words = f"flow '{called}' can leave with '{min(leaves)}', and {where} cannot route it."
            self._say(path, words)
        limit = self.file.flows[called].limit
        if limit is not None and limit.when_full is not None and limit.when_full.go_to is not None:
            at = ("flows", called, "limit", "when_full", "go_to")
            steps = self.file.flows[spot.flow].steps
            self._known("step", limit.when_full.go_to, steps, at, f" in flow '{spot.flow}', which calls this")

    def _circles(self) -> None:
        calls = {
            name: list(dict.fromkeys(called for spot in self._spots(name) for called, _ in _called(spot)))
            for name in self.file.flows
        }
        for circle in _circles(list(calls), lambda name: [c for c in calls[name] if c in calls]):
            chain = " → ".join((*circle, circle[0]))
            words = (
                f"this flow calls itself: {chain}. For another round use go_to, or an end that starts a case."
            )
            self._say(("flows", circle[0]), words, at_key=True)
            self._has_circles = True

    # --- where flows lead ---

    _has_circles = False

    def _ways(self) -> None:
        if self._has_circles:
            return
        for name, flow in self.file.flows.items():
            if not flow.steps:
                continue
            ways = {step: self._way(name, step) for step in flow.steps}
            self._ends(name, ways)
            self._standstill(name)

    def _way(self, flow: str, name: str, *, quickly: bool = False) -> _Way:
        """Where a step can lead, its alternatives included; `quickly`: in no time, and again and again."""
        step, way = self.file.flows[flow].steps[name], _Way()
        root = _Spot(flow, ("flows", flow, "steps", name), step)
        spots = [root, *(_Spot(flow, (), alternative, step) for alternative in step.instead.values())]
        for spot in spots:
            if spot.step.skip or (spot.step.when is not None and spot.base is None):
                self._follow(None, spot, name, way)
            if spot.step.skip:
                continue
            if not quickly or self._is_quick_act(spot):
                self._lead(spot, spot.then, name, way, quickly)
            patience = spot.patience
            if patience is not None and (not quickly or self._can_be_zero(patience.waiting)):
                self._lead(spot, patience.then, name, way, quickly)
        return way

    def _lead(self, spot: _Spot, then: Any, name: str, way: _Way, quickly: bool) -> None:
        if spot.kind == "end":
            way.leaves = True
            return
        outcomes = self._possible(spot, then) if isinstance(then, dict) else [(then, True)]
        for target, for_ever in outcomes:
            if for_ever or not quickly:
                self._follow(target, spot, name, way)

    def _follow(self, target: Any, spot: _Spot, name: str, way: _Way) -> None:
        names = list(self.file.flows[spot.flow].steps)
        if target == "done" or (isinstance(target, schema.Target) and (target.leave or target.end)):
            way.leaves = True
        elif isinstance(target, schema.Target) and target.go_to is not None:
            if target.go_to in names:
                way.steps.append(target.go_to)
        elif isinstance(target, schema.Target) and target.do is not None:
            way.detours.append(target.do)
        elif name != names[-1]:
            way.steps.append(names[names.index(name) + 1])
        else:
            way.leaves = True

    def _possible(self, spot: _Spot, then: Mapping[str, schema.Outcome]) -> list[tuple[schema.Outcome, bool]]:
        """The outcomes that can happen, and whether a case may take each again and again."""
        if spot.kind == "flow":
            found = [(outcome, True) for outcome in then.values()]
            flow = spot.get("flow")
            leaves = self._leaves(flow) if flow in self.file.flows else set()
            return found if set(then) - leaves else [*found, (schema.Outcome(), True)]
        shares = {name: self._quiet(outcome.p) for name, outcome in then.items() if outcome.p is not None}
        constant = [share.value for share in shares.values() if isinstance(share, Constant)]
        freed = any(o.at_most is not None or o.weaken is not None for o in then.values())
        is_rest = freed or len(constant) < len(shares) or sum(constant) < 1 - _ALMOST
        result = []
        for name, outcome in then.items():
            share = shares.get(name)
            if (outcome.p is None and is_rest) or (
                outcome.p is not None and not (isinstance(share, Constant) and share.value <= 0)
            ):
                result.append((outcome, outcome.at_most is None))
        return result

    def _quiet(self, plain: object) -> Number | None:
        """A number without a word about what is wrong with it: that has been said."""
        try:
            return self.scenario.number(plain)
        except NumberSyntaxError:
            return None

    def _ends(self, flow: str, ways: Mapping[str, _Way]) -> None:
        good = {name for name, way in ways.items() if way.leaves}
        while more := {name for name, way in ways.items() if name not in good and good & set(way.steps)}:
            good |= more
        reached = self._from_the_first(ways)
        stuck = [name for name in ways if name in reached and name not in good]
        if stuck:
            words = (
                f"a case that comes to {', '.join(stuck)} can never leave this flow. Let an outcome of one "
            )
            self._say(("flows", flow, "steps", stuck[0]), f"{words}of them lead on.", at_key=True)

    def _from_the_first(self, ways: Mapping[str, _Way]) -> set[str]:
        """The steps that can be reached from the first one."""
        reached: set[str] = set()
        waiting = list(ways)[:1]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(ways[name].steps)
        return reached

    def _standstill(self, flow: str) -> None:
        """A loop, by go_to or do, over steps that can all be passed in no time."""
        edges: dict[str, list[str]] = {}
        for name in self.file.flows[flow].steps:
            way = self._way(flow, name, quickly=True)
            detours = [d for d in way.detours if d in self.file.flows and self._is_quick(d)]
            edges[name] = [*way.steps, *([name] if detours else [])]
        for circle in _circles(list(edges), lambda name: edges[name]):
            chain = " → ".join((*circle, circle[0]))
            words = (
                f"a case can go round here for ever in no time: {chain}. Let one of these steps take time, "
            )
            self._say(
                ("flows", flow, "steps", circle[0]), f"{words}or give the way back `at_most`.", at_key=True
            )

    def _is_quick_act(self, spot: _Spot) -> bool:
        """Whether a step can be passed in no time (until: if its calendar is open just then)."""
        kind = spot.kind
        if kind == "team":
            return self._can_be_zero(spot.get("work"))
        if kind == "wait":
            wait = spot.get("wait")
            return (isinstance(wait, str) and wait.startswith("until")) or self._can_be_zero(wait)
        if kind == "flow":
            return spot.get("flow") in self.file.flows and self._is_quick(spot.get("flow"))
        if kind == "parallel":
            branches = (spot.get("parallel") or {}).values()
            return all(b.when is not None or self._is_quick_act(_Spot(spot.flow, (), b)) for b in branches)
        return kind in ("milestone", "end", None)

    def _can_be_zero(self, plain: object) -> bool:
        number = self._quiet(plain)
        return number is not None and any(
            isinstance(leaf, Constant) and leaf.value == 0 for leaf in _leaves(number)
        )

    def _is_quick(self, flow: str) -> bool:
        """Whether a flow can be passed in no time."""
        if flow not in self._quick:
            self._quick[flow] = False
            ways = {name: self._way(flow, name, quickly=True) for name in self.file.flows[flow].steps}
            self._quick[flow] = any(ways[name].leaves for name in self._from_the_first(ways))
        return self._quick[flow]

    @cached_property
    def _quick(self) -> dict[str, bool]:
        return {}

    # --- what a case brings with it ---

    def _owners(self) -> None:
        for name, case in self.file.cases.items():
            if case.owner is not None:
                continue
            for flow in sorted(self._reached(case.flow)):
                spot = next((s for s in self._spots(flow) if _needs_owner(s.step)), None)
                if spot is not None:
                    step = ".".join(str(key) for key in spot.path)
                    words = f"the owner works at {step}, and cases of this type have none."
                    self._say(("cases", name), f"{words} Write `owner: team`.", at_key=True)
                    break

    def _batches(self) -> None:
        """An exact batch where the number of cases is limited could wait for ever."""
        limited = {flow: "a flow with a limit" for flow, f in self.file.flows.items() if f.limit is not None}
        roots = list(limited.items())
        for case in self.file.cases.values():
            if case.arrive is not None and case.arrive.population is not None:
                roots.append((case.flow, "a closed population"))
        said: set[Keys] = set()
        for root, why in roots:
            for flow in sorted(self._reached(root)):
                for spot in self._spots(flow):
                    batch = spot.step.batch
                    if batch is None or batch.exactly is None or batch.or_after is not None:
                        continue
                    if spot.path not in said:
                        said.add(spot.path)
                        words = (
                            f"an exact batch inside {why} could wait for ever. Add `or_after`, such as 2 d."
                        )
                        self._say((*spot.path, "batch"), words)

    def _populations(self) -> None:
        """The ends of a closed population start its own type; a second successor would be the same case."""
        for name, case in self.file.cases.items():
            if case.arrive is None or case.arrive.population is None:
                continue
            for flow in sorted(self._reached(case.flow)):
                for spot in self._spots(flow):
                    if spot.step.end is not None and spot.step.end.starts is not None:
                        words = (
                            f"cases of '{name}' are a closed population: each end starts the next one by "
                            "itself. Remove `starts` here, or write `backlog` instead of `population`."
                        )
                        self._say((*spot.path, "end", "starts"), words)


def _needs_owner(step: schema.Step) -> bool:
    return step.team == "owner" or "owner" in (step.with_ or {})


def _has_target(outcome: schema.Outcome) -> bool:
    return any(getattr(outcome, key) is not None for key in schema.TARGET_KEYS)


def _targets(then: Any) -> list[schema.Target]:
    if isinstance(then, dict):
        return list(then.values())
    return [then] if isinstance(then, schema.Target) else []


def _called(spot: _Spot) -> Iterator[tuple[str, Keys]]:
    """The flows that a step calls, and the key that names each."""
    if spot.step.flow is not None:
        yield spot.step.flow, ("flow",)
    then = spot.step.then
    if isinstance(then, dict):
        for name, outcome in then.items():
            if outcome.do is not None:
                yield outcome.do, ("then", name, "do")
    elif isinstance(then, schema.Target) and then.do is not None:
        yield then.do, ("then", "do")


def _circles(names: list[str], following: Callable[[str], list[str]]) -> list[tuple[str, ...]]:
    """Circles of a graph, each found once, by depth-first search in the order of `names`."""
    done: set[str] = set()
    found: list[tuple[str, ...]] = []

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            found.append(tuple(trail[trail.index(name) :]))
        elif name not in done:
            for other in following(name):
                visit(other, [*trail, name])
            done.add(name)

    for name in names:
        visit(name, [])
    return found


def _tests(condition: Condition) -> Iterator[Holds | Is | AtLeast | Below]:
    match condition:
        case Holds() | Is() | AtLeast() | Below():
            yield condition
        case Not(condition=inner):
            yield from _tests(inner)
        case And(conditions=parts) | Or(conditions=parts):
            for part in parts:
                yield from _tests(part)


def _below(number: Number) -> list[Number]:
    match number:
        case Steps(points=points) | Ramp(points=points):
            return [value for _, value in points]
        case ByTrait(levels=levels):
            return list(levels.values())
        case Mixture(parts=parts):
            return [value for _, _, value in parts]
        case FirstAgain(first=first, again=again):
            return [first, again]
        case Arithmetic(left=left, right=right):
            return [left, right]
    return []


def _parts(number: Number) -> Iterator[Number]:
    yield number
    for child in _below(number):
        yield from _parts(child)


def _leaves(number: Number) -> Iterator[Number]:
    """Constants and distributions that a number comes down to; what arithmetic makes is not known here."""
    children = [] if isinstance(number, Arithmetic) else _below(number)
    if not children and not isinstance(number, Arithmetic):
        yield number
    for child in children:
        yield from _leaves(child)
