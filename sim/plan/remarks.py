"""Remarks: what is sound in a scenario but probably not meant, or will hurt when it runs. They never block.

`warnings_of` is the table of contents; each sort of remark has a word (`Kind`) and a function.
Not here: errors (scenario), offered load itself (offered_load).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sim.errors import Remark
from sim.plan.arrays import NONE, ActKind, ActRow, NumberKind, Order, Plan
from sim.plan.offered_load import Stretch, TeamLoad, first_year, last_year, mean_load, stretches
from sim.plan.places import keys_of
from sim.plan.words import Words, listed, short
from sim.randomness.distributions import Family
from sim.scenario.load import Scenario
from sim.scenario.numbers import Constant, Number, NumberSyntaxError, Ramp, Steps, parse_value, substitute
from sim.scenario.tree import Node
from sim.units.dimensions import HOUR_MS, MONTH_MS, WEEK_MS

Keys = tuple[str | int, ...]

FULL, NEARLY_FULL = 1.0, 0.95
_REFERENCE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_PROSE = ("source", "summary", "changes", "name")


class Kind(StrEnum):
    """What a remark is about."""

    OVERLOAD = "overload"
    PEAK = "overload for a time"
    NEARLY_FULL = "nearly full"
    GROWS = "grows without end"
    ORDER = "order without effect"
    SWITCHING = "switching without owners"
    SLICE = "slice without effect"
    UNUSED = "unused"
    MACHINE_TIME = "machine time on the business calendar"
    RANGE = "range without its value"
    FALL_BACK = "falls back on nothing"
    VALUE = "value without economics"


def warnings_of(scenario: Scenario, plan: Plan, loads: Sequence[Stretch] | None = None) -> tuple[Remark, ...]:
    """Every remark about a scenario; `loads` may be given if they are known."""
    eye = _Eye(scenario, plan)
    return (
        *_about_load(eye, stretches(plan) if loads is None else loads),
        *_about_order(eye),
        *_about_priority(eye),
        *_about_members(eye),
        *_about_waits(eye),
        *_about_fall_backs(eye),
        *_about_ranges(eye),
        *_about_value(eye),
        *_unused_assumptions(eye),
        *_unused_traits(eye),
        *_unused_rows(eye),
    )


@dataclass(frozen=True, slots=True)
class _Eye:
    """What all remarks look at."""

    scenario: Scenario
    plan: Plan

    def remark(self, kind: Kind, path: Keys, message: str) -> Remark:
        return Remark(kind, self.scenario.problem(path, message))

    def acts(self) -> Iterator[tuple[int, ActRow]]:
        """Every act with the index of its case type."""
        for step in self.plan.steps:
            for act in (step.act, *(one.act for one in step.alternatives)):
                yield step.case_type, self.plan.acts[act]

    def teams_of(self, case_type: int) -> set[int]:
        return {need.team for index, act in self.acts() if index == case_type for need in act.needs}


# --- load


def _about_load(eye: _Eye, parts: Sequence[Stretch]) -> Iterator[Remark]:
    for index, row in enumerate(eye.plan.teams):
        first, last = (mean_load(parts, index, *span) for span in (first_year(parts), last_year(parts)))
        path = ("teams", row.name)
        if last.share >= FULL:
            over = short((last.total - last.capacity) / HOUR_MS)
            text = f"Its queue grows by {over} h of work each week, without end."
            yield eye.remark(Kind.OVERLOAD, path, f"{_figures(parts, last, 'last')} {text}")
        elif any(part.load.teams[index].share >= FULL for part in parts):
            means = f"On average it is {100 * first.share:.1f} % in the first year"
            if first_year(parts) != last_year(parts):
                means += f" and {100 * last.share:.1f} % in the last"
            yield eye.remark(Kind.PEAK, path, f"{_peak(eye, parts, index)} {means}.")
        elif max(first.share, last.share) >= NEARLY_FULL:
            worse, name = (first, "first") if first.share > last.share else (last, "last")
            text = "So near to full, waits are long, and small changes of anything make them longer."
            yield eye.remark(Kind.NEARLY_FULL, path, f"{_figures(parts, worse, name)} {text}")
    for name, why in parts[0].load.unknown.items():
        if "grows" in why or "round" in why:
            yield eye.remark(Kind.GROWS, ("cases", name), f"{why}.")


def _figures(parts: Sequence[Stretch], load: TeamLoad, year: str) -> str:
    """What a team is asked for in the first or the last year, in numbers."""
    is_short = first_year(parts) == last_year(parts)
    asked, has = short(load.total / HOUR_MS), short(load.capacity / HOUR_MS)
    when = "" if is_short else f" in the {year} year"
    return f"It is asked for {asked} h a week{when} and has {has} h: {100 * load.share:.1f} %."


def _peak(eye: _Eye, parts: Sequence[Stretch], index: int) -> str:
    """When a team is asked for more than it can do, though not for ever."""
    words = Words(eye.plan, eye.scenario.working_time.day_ms)
    over = [part for part in parts if part.load.teams[index].share >= FULL]
    weeks = sum(part.end - part.begin for part in over) / WEEK_MS
    worst = max(over, key=lambda part: part.load.teams[index].share)
    return (
        f"In {short(weeks)} weeks of the run it is asked for more than it can do; at worst "
        f"{100 * worst.load.teams[index].share:.0f} %, from {words.month(worst.begin)} to "
        f"{short((worst.end - eye.plan.warm_up) / MONTH_MS)}. Work piles up then, and is worked off later."
    )


# --- orders that order nothing


def _about_order(eye: _Eye) -> Iterator[Remark]:
    wanted = {Order.PRIORITY: "priority", Order.VALUE: "value", Order.CD3: "value", Order.DUE: "due"}
    for index, row in enumerate(eye.plan.teams):
        word = wanted.get(row.order)
        if word is None or (word == "priority" and row.other_priority != NONE):
            continue
        types = [case for i, case in enumerate(eye.plan.case_types) if index in eye.teams_of(i)]
        if all(getattr(case, word) == NONE for case in types):
            text = f"it is ordered by {row.order.name.lower()}, but no case that comes to it has a {word}"
            yield eye.remark(
                Kind.ORDER, ("teams", row.name, "order"), f"{text}: so it works first come, first served."
            )


def _about_priority(eye: _Eye) -> Iterator[Remark]:
    by_priority = {i for i, row in enumerate(eye.plan.teams) if row.order is Order.PRIORITY}
    by_due = {i for i, row in enumerate(eye.plan.teams) if row.order is Order.DUE}
    for index, case in enumerate(eye.plan.case_types):
        teams = eye.teams_of(index)
        for word, number, orders in (("priority", case.priority, by_priority), ("due", case.due, by_due)):
            if number != NONE and not teams & orders:
                text = f"no team that works on these cases is ordered by {word} (`order: {word}`)"
                yield eye.remark(Kind.ORDER, ("cases", case.name, word), f"{text}: it changes nothing.")
    for index, row in enumerate(eye.plan.teams):
        if row.other_priority != NONE and index not in by_priority:
            path = ("teams", row.name, "other_work", "priority")
            yield eye.remark(Kind.ORDER, path, "the team is not ordered by priority: it changes nothing.")


# --- members


def _about_members(eye: _Eye) -> Iterator[Remark]:
    longest = _longest_works(eye)
    owners = {case.owner_team for case in eye.plan.case_types}
    for index, row in enumerate(eye.plan.teams):
        if row.switching and index not in owners:
            minutes = Words(eye.plan, eye.scenario.working_time.day_ms).work(row.switching)
            text = (
                f"its members own no cases, so almost every work is for another case than the one before: "
                f"this makes nearly each work {minutes} longer."
            )
            yield eye.remark(Kind.SWITCHING, ("teams", row.name, "switching"), text)
        if row.slice and longest.get(index, 0.0) <= row.slice:
            text = "no work of one person of this team is longer than this: nothing is ever put back."
            yield eye.remark(Kind.SLICE, ("teams", row.name, "slice"), text)


def _longest_works(eye: _Eye) -> dict[int, float]:
    """The longest work of one person alone, by team [ms]."""
    found: dict[int, float] = {}
    for _, act in eye.acts():
        if len(act.needs) == 1 and act.needs[0].n == 1 and not act.batch_size:
            team = act.needs[0].team
            works = [_most(eye.plan, number) for number in (act.work, act.work_again) if number != NONE]
            found[team] = max(found.get(team, 0.0), *works)
    for source in eye.plan.sources:
        if source.team != NONE:
            found[source.team] = max(found.get(source.team, 0.0), _most(eye.plan, source.work))
    return found


def _most(plan: Plan, number: int) -> float:
    """The most that a number can be; inf where that is not known."""
    row = plan.numbers[number]
    if row.kind is NumberKind.CONSTANT:
        return row.value
    if row.distribution is not None and row.distribution.family in (
        Family.CONSTANT,
        Family.UNIFORM,
        Family.TRIANGULAR,
        Family.PERT,
    ):
        return max(row.distribution.parameters)
    if row.kind in (NumberKind.STEPS, NumberKind.BY_TRAIT, NumberKind.MIXTURE):
        return max(_most(plan, child) for child in row.children)
    return float("inf")


# --- steps


def _about_waits(eye: _Eye) -> Iterator[Remark]:
    seen: set[str] = set()
    for _, act in eye.acts():
        if act.kind is not ActKind.WAIT or act.calendar != eye.plan.business or act.definition in seen:
            continue
        seen.add(act.definition)
        keys = keys_of(act.definition)
        if 0 < _most(eye.plan, act.wait) < HOUR_MS and not _is_written(
            eye.scenario.tree, (*keys, "calendar")
        ):
            text = (
                "a wait this short is counted on the business calendar and stands still overnight. "
                "If a machine does it, write `calendar: always`."
            )
            yield eye.remark(Kind.MACHINE_TIME, (*keys, "wait"), text)


def _about_fall_backs(eye: _Eye) -> Iterator[Remark]:
    seen: set[str] = set()
    for step in eye.plan.steps:
        for one in step.alternatives:
            act = eye.plan.acts[one.act]
            if one.falls_back == NONE or act.definition in seen:
                continue
            seen.add(act.definition)
            path = (*keys_of(act.definition), "falls_back")
            if act.kind is ActKind.SKIP:
                yield eye.remark(Kind.FALL_BACK, path, "what is left out cannot fail: it never falls back.")
            elif eye.plan.acts[step.act].kind is ActKind.SKIP:
                text = "the ordinary step is left out (`skip: true`): there is nothing to fall back on."
                yield eye.remark(Kind.FALL_BACK, path, text)


# --- assumptions and money


def _about_ranges(eye: _Eye) -> Iterator[Remark]:
    for name, assumption in eye.scenario.file.assumptions.items():
        if assumption.range is None:
            continue
        value = _last_value(eye.scenario.number(assumption.value))
        low, high = (_last_value(_read(eye.scenario, end)) for end in assumption.range)
        if value is None or low is None or high is None:
            continue
        if not low <= value <= high:
            ends = f"{assumption.range[0]} to {assumption.range[1]}"
            text = f"the value {assumption.value} lies outside its range, {ends}."
            yield eye.remark(Kind.RANGE, ("assumptions", name, "range"), text)


def _read(scenario: Scenario, plain: object) -> Number | None:
    try:
        return substitute(parse_value(plain, scenario.working_time), scenario.assumptions)
    except NumberSyntaxError:
        return None


def _last_value(number: Number | None) -> float | None:
    """The value of a constant, of a value over time its last."""
    if isinstance(number, Steps | Ramp):
        return _last_value(number.points[-1][1])
    return number.value if isinstance(number, Constant) else None


def _about_value(eye: _Eye) -> Iterator[Remark]:
    if eye.scenario.file.economics.years is not None:
        return
    for index, case in enumerate(eye.plan.case_types):
        orders = {eye.plan.teams[team].order for team in eye.teams_of(index)}
        if case.value != NONE and not orders & {Order.VALUE, Order.CD3}:
            text = "no money is reckoned: write `economics: {years: 3}` to see what it is worth."
            yield eye.remark(Kind.VALUE, ("cases", case.name, "value"), text)


# --- what nothing reads


def _unused_assumptions(eye: _Eye) -> Iterator[Remark]:
    texts = _references(eye.scenario.tree)
    used: set[str] = set()
    pending = [name for path, names in texts for name in names if path[:1] != ("assumptions",)]
    while pending:
        name = pending.pop()
        if name not in used:
            used.add(name)
            pending += [n for path, names in texts if path[:2] == ("assumptions", name) for n in names]
    for name in eye.scenario.file.assumptions:
        if name not in used:
            yield eye.remark(Kind.UNUSED, ("assumptions", name), f"nothing reads it: no number says ${name}.")


def _references(tree: Node) -> list[tuple[Keys, list[str]]]:
    """Where `$name` is written, prose left out."""
    found = []
    for path, node in tree.walk():
        if isinstance(node.value, str) and path and path[-1] not in _PROSE:
            found.append((path, _REFERENCE.findall(node.value)))
    return found


def _unused_traits(eye: _Eye) -> Iterator[Remark]:
    plan = eye.plan
    rows = {row.trait for row in plan.conditions} | {row.trait for row in plan.numbers}
    used = {plan.traits[index].name for index in rows - {NONE}}
    places: list[tuple[Keys, str]] = [(("traits", name), name) for name in eye.scenario.file.traits]
    for case_name, case in eye.scenario.file.cases.items():
        places += [(("cases", case_name, "traits", name), name) for name in case.traits]
    for path, name in places:
        if name not in used:
            yield eye.remark(Kind.UNUSED, path, "nothing asks about this trait.")


def _unused_rows(eye: _Eye) -> Iterator[Remark]:
    """Teams, calendars, environments and flows that no case comes to."""
    plan, file = eye.plan, eye.scenario.file
    teams = {need.team for _, act in eye.acts() for need in act.needs}
    teams |= {case.owner_team for case in plan.case_types}
    taken = {index for _, act in eye.acts() for index in act.takes}
    run = {plan.flows[call.flow].name for call in plan.calls}
    used = {
        "teams": {row.name for i, row in enumerate(plan.teams) if i in teams},
        "environments": {row.name for i, row in enumerate(plan.environments) if i in taken},
        "flows": run,
        "calendars": _calendars_used(eye),
    }
    words = {
        "teams": "no step needs this team.",
        "environments": "no step takes it.",
        "flows": "no case goes through this flow.",
        "calendars": "nothing goes by this calendar.",
    }
    for section, names in used.items():
        for name in getattr(file, section):
            if name not in names:
                yield eye.remark(Kind.UNUSED, (section, name), words[section])


def _calendars_used(eye: _Eye) -> set[str]:
    plan = eye.plan
    found = {plan.business, *(row.calendar for row in plan.teams), *(row.calendar for row in plan.sources)}
    for _, act in eye.acts():
        if act.kind in (ActKind.WAIT, ActKind.UNTIL):
            found.add(act.calendar)
        if act.successor is not None:
            found.add(act.successor.after_calendar)
    return {plan.calendars[index].name for index in found - {NONE}}


def _is_written(tree: Node, path: Keys) -> bool:
    node = tree
    for key in path:
        if not isinstance(node.value, dict) or str(key) not in node.value:
            return False
        node = node.value[str(key)]
    return True


def in_short(remarks: Sequence[Remark]) -> str:
    """One line for those who only want to run: how many remarks of which kinds."""
    kinds: dict[str, int] = {}
    for remark in remarks:
        kinds[remark.kind] = kinds.get(remark.kind, 0) + 1
    return listed([f"{n} × {kind}" if n > 1 else kind for kind, n in kinds.items()])
