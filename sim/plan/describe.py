"""What will happen, in words: a scenario read back to the one who wrote it, and to the one who must agree.

`describe` is the table of contents of the page. Pure text, in the order of the file.
Not here: sentences about steps (flow_words), numbers (words), warnings (remarks).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from sim.errors import Remark
from sim.plan.arrays import NONE, ArrivalKind, CaseTypeRow, Order, Plan, SourceRow, TeamRow
from sim.plan.changes import added, plain_text
from sim.plan.flow_words import calls_inside, flow_lines, leads_to
from sim.plan.offered_load import (
    OTHER_WORK,
    Stretch,
    first_year,
    last_year,
    mean_arrivals,
    mean_load,
    stretches,
)
from sim.plan.remarks import FULL, NEARLY_FULL, warnings_of
from sim.plan.words import Words, listed, short
from sim.scenario.load import Scenario
from sim.scenario.numbers import Constant
from sim.scenario.numbers import describe as say_number
from sim.scenario.shorthand import REMOVE
from sim.units.dimensions import HOUR_MS

WIDTH = 100
_UNITS = re.compile(r"(?<=\d) (?=(?:%|h|d|w|min|s|k|M|days?|weeks?|months?|years?)\b|%)")
_ORDERS = {
    Order.PRIORITY: "by priority",
    Order.VALUE: "the most valuable first",
    Order.CD3: "the most value per working time first",
    Order.SHORTEST: "the shortest first",
    Order.DUE: "the earliest due first",
}


def describe(
    scenario: Scenario,
    plan: Plan,
    *,
    width: int = WIDTH,
    loads: Sequence[Stretch] | None = None,
    remarks: Sequence[Remark] | None = None,
) -> str:
    """The scenario in plain sentences, no line longer than `width`.

    `loads` and `remarks` may be given if they are known (see `stretches`, `warnings_of`).
    """
    loads = stretches(plan) if loads is None else loads
    remarks = warnings_of(scenario, plan, loads) if remarks is None else remarks
    words = Words(plan, scenario.working_time.day_ms, scenario.file.currency)
    page = _Page(scenario, plan, words, width, loads)
    sections = (
        page.head(),
        page.cases(),
        page.flows(),
        page.teams(),
        page.environments(),
        page.overrides(),
        page.additions(),
        page.assumptions(),
        page.remarks(remarks),
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines)  # empty ones left out


@dataclass(frozen=True, slots=True)
class _Page:
    """The sections of the page, each a list of lines."""

    scenario: Scenario
    plan: Plan
    words: Words
    width: int
    loads: Sequence[Stretch]

    # --- form

    def entry(self, name: str, text: str, column: int, depth: int = 0) -> Iterator[str]:
        """A name, and what is said of it from its column on; a name too long has a line of its own."""
        margin, first = " " * column, f"{_indent(depth)}{name}"
        if len(first) > column - 2:
            yield first.rstrip()
            first = margin
        yield from self.wrapped(text, first.ljust(column), margin)

    def wrapped(self, text: str, first: str = "", margin: str = "") -> list[str]:
        """The text in lines that do not part a number from its unit."""
        bound = _UNITS.sub("\u00a0", text)
        lines = textwrap.wrap(
            bound,
            self.width,
            initial_indent=first,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return [line.replace("\u00a0", " ") for line in lines] or [first.rstrip()]

    def column(self, names: Iterable[str], depths: Iterable[int] = repeat(0)) -> int:
        """Behind the longest name, but not beyond a third of the page."""
        ends = (len(_indent(depth)) + len(name) for name, depth in zip(names, depths, strict=False))
        return min(max(ends, default=0), self.width // 3) + 2

    # --- head and cases

    def head(self) -> Iterator[str]:
        scenario, file = self.scenario, self.scenario.file
        yield f"{scenario.name}: sound."
        if file.summary:
            yield from self.wrapped(file.summary)
        span = self.words.clock(self.plan.end - self.plan.warm_up)
        warm_up = f", after {self.words.clock(self.plan.warm_up)} of warm-up" if self.plan.warm_up else ""
        day, week = scenario.working_time.day_ms, scenario.working_time.week_ms
        text = (
            f"{span} from {scenario.start} (month 0){warm_up}. Working time goes by the calendar "
            f"{scenario.business}: 1 d is {short(day / HOUR_MS)} h, 1 w is {short(week / day)} d."
        )
        yield from self.wrapped(text)

    def cases(self) -> Iterator[str]:
        yield "CASES"
        column = self.column(case.name for case in self.plan.case_types)
        for index in self._case_types():
            case = self.plan.case_types[index]
            yield from self.entry(case.name, _joined(self._case(index, case)), column)

    def _case_types(self) -> list[int]:
        """In the order of the file."""
        names = [case.name for case in self.plan.case_types]
        return [names.index(name) for name in self.scenario.file.cases]

    def _case(self, index: int, case: CaseTypeRow) -> Iterator[str]:
        sources = [source for source in self.plan.sources if source.case_type == index]
        told = [self._arrival(source, case) for source in sources]
        yield f"{_capital(listed(told))}." if told else "None arrive; they are started by the ends of others."
        yield self._rate(index, sources)
        if case.owner_team != NONE:
            yield f"Each is owned by one of {self.plan.teams[case.owner_team].name}."
        yield f"It goes through {self.plan.flows[self.plan.calls[case.call].flow].name}."
        if case.due != NONE:
            yield f"It is due {self.words.say(case.due, self.words.work)} after it arrives."
        if case.priority != NONE:
            yield f"Priority {self.words.say(case.priority, short)} (smaller goes first)."
        if case.patience is not None:
            until = f" before {case.patience.until}" if case.patience.until else ""
            patience = self.words.say(case.patience.waiting, self.words.work)
            yield f"Who has waited {patience}{until} {leads_to(self.plan, case.patience.target)}."
        if case.value != NONE:
            yield self._value(case)
        yield self._ends(case)

    def _ends(self, case: CaseTypeRow) -> str:
        """How cases end if nobody gives up."""
        ends = self.loads[0].load.ends.get(case.name, {})
        if set(ends) <= {"done"}:
            return ""
        told = [f"{name} {_percent(p)}" for name, p in sorted(ends.items(), key=lambda pair: -pair[1])]
        return f"If nobody gave up, it would end as {listed(told, 'or')}."

    def _arrival(self, source: SourceRow, case: CaseTypeRow) -> str:
        if source.kind is ArrivalKind.RATE:
            return f"{self._written_rate(case.name)} at random"
        if source.kind is ArrivalKind.EVERY:
            return f"one every {self.words.work(source.interval)}"
        if source.kind is ArrivalKind.INSTANTS:
            n = len(source.instants)
            return "one at a given time" if n == 1 else f"{n} at given times"
        if source.start_steps:
            return f"{source.n_cases} stand at {source.name.partition('@')[2]} at the start"
        if case.population:
            return f"always {source.n_cases}: each that ends starts again at once"
        return f"{source.n_cases} at the start"

    def _written_rate(self, name: str) -> str:
        arrive = self.scenario.file.cases[name].arrive
        assert arrive is not None
        rate = self.scenario.number(arrive.rate)
        return say_number(rate) if isinstance(rate, Constant) else "at a rate that changes,"

    def _rate(self, index: int, sources: Sequence[SourceRow]) -> str:
        """Cases per week, successors included."""
        name = self.plan.case_types[index].name
        spans = (first_year(self.loads), last_year(self.loads))
        first, last = (mean_arrivals(self.loads, name, *span) for span in spans)
        if name in self.loads[0].load.unknown:
            return f"{_capital(self.loads[0].load.unknown[name])}."
        if first == last == 0 or all(source.kind is ArrivalKind.INSTANTS for source in sources if sources):
            return ""
        successors = (
            ", with those that other cases start when they end" if self._has_successors(index) else ""
        )
        if short(first) == short(last):
            return f"That is {short(first)} a week{successors}."
        return f"That is {short(first)} a week in the first year and {short(last)} in the last{successors}."

    def _has_successors(self, index: int) -> bool:
        return any(act.successor is not None and act.successor.case_type == index for act in self.plan.acts)

    def _value(self, case: CaseTypeRow) -> str:
        lasts = f" for {self.words.clock(case.value_lasts)}" if case.value_lasts else " to the end of the run"
        less = f", each year {short(100 * case.value_decay)} % less" if case.value_decay else ""
        worth = self.words.say(case.value, self.words.money)
        return f"A month of it is worth {worth}, from {case.value_from} on{lasts}{less}."

    # --- flows

    def flows(self) -> Iterator[str]:
        """Every flow once, as defined; those that are called come after those that call."""
        yield "FLOWS"
        seen: set[int] = set()
        for call in self._calls():
            index = self.plan.calls[call].flow
            flow = self.plan.flows[index]
            if index in seen or "." in flow.name:
                continue
            seen.add(index)
            limit = "" if flow.limit == NONE else f" (at most {flow.limit} inside{self._when_full(call)})"
            yield f"  {flow.name}{limit}"
            lines = list(flow_lines(self.words, call))
            column = self.column((line.name for line in lines), (line.depth + 1 for line in lines))
            for line in lines:
                yield from self.entry(line.name, line.text, column, line.depth + 1)

    def _calls(self) -> Iterator[int]:
        """Calls from the outermost on, case type by case type, as their steps come."""
        for index in self._case_types():
            yield from self._calls_below(self.plan.case_types[index].call)

    def _calls_below(self, call: int) -> Iterator[int]:
        yield call
        yield from (inner for one in calls_inside(self.plan, call) for inner in self._calls_below(one))

    def _when_full(self, call: int) -> str:
        target = self.plan.calls[call].when_full
        return "" if target is None else f"; who finds it full {leads_to(self.plan, target)}"

    # --- teams and environments

    def teams(self) -> Iterator[str]:
        if not self.plan.teams:
            return
        yield "TEAMS"
        column = self.column(row.name for row in self.plan.teams)
        names = [row.name for row in self.plan.teams]
        for index in map(names.index, self.scenario.file.teams):
            row = self.plan.teams[index]
            text = _joined((f"{self._size(row)}.", *self._rules(row), self._load(index, row)))
            yield from self.entry(row.name, text, column)
        text = (
            "Offered load: hours of work that come per week, over hours that people have for it. Switching "
            "between cases, people giving up and cases turned away are not in it."
        )
        yield from self.wrapped(text, "  ", "  ")

    def _size(self, row: TeamRow) -> str:
        size = "As many as are needed" if row.unlimited else self._people(row)
        is_usual = row.calendar == self.plan.business
        text = size if is_usual else f"{size}, working hours {self.plan.calendars[row.calendar].name}"
        if row.focus != NONE:
            text += f", focus {self.words.say(row.focus, _percent)}"
        if row.cost != NONE:
            text += f", {self.words.say(row.cost, self.words.money)} an hour"
        return text

    def _people(self, row: TeamRow) -> str:
        size = self.words.say(row.size, lambda n: f"{int(n + 1e-9)}")
        if not size.isdecimal():
            return f"Size {size}"
        return f"{size} {'person' if size == '1' else 'people'}"

    def _rules(self, row: TeamRow) -> Iterator[str]:
        if row.order in _ORDERS:
            yield f"Works {_ORDERS[row.order]}."
        if 0 < row.owns < 1_000_000:
            yield f"Each may own {row.owns} open case{'' if row.owns == 1 else 's'} at a time."
        if row.switching:
            yield f"Turning to another case costs {self.words.work(row.switching)}."
        if row.slice:
            yield f"After {self.words.work(row.slice)} on one thing it looks what else waits."

    def _load(self, index: int, row: TeamRow) -> str:
        """Hours asked per week, by whom, and what that is of what the team has."""
        spans = (first_year(self.loads), last_year(self.loads))
        first, last = (mean_load(self.loads, index, *span) for span in spans)
        parts = [
            f"{name.replace(OTHER_WORK, 'other work')} {short(ms / HOUR_MS)} h"
            for name, ms in sorted(first.asked.items(), key=lambda pair: -pair[1])
            if ms > 0
        ]
        if not parts and last.total == 0:
            is_closed = any("closed" in why for why in self.loads[0].load.unknown.values())
            return "It takes what the closed population brings." if is_closed else "Nothing is asked of it."
        whom = f" ({', '.join(parts)})" if parts else ""
        if row.unlimited:
            return f"Asked for {short(first.total / HOUR_MS)} h a week{whom}."
        text = f"Asked for {short(first.total / HOUR_MS)} of {short(first.capacity / HOUR_MS)} h a week{whom}"
        return f"{text}: {self._share(index, first.share, last.share)}."

    def _share(self, index: int, begin: float, end: float) -> str:
        """Of the first year, of the last, and of the worst weeks where these are much worse."""
        worst = max(self.loads, key=lambda part: part.load.teams[index].share)
        most, peak = worst.load.teams[index].share, ""
        if most > max(begin, end) + 0.02:
            peak = f", {_flagged(most)} at its highest, from {self.words.month(worst.begin)} on"
        if _flagged(begin) == _flagged(end):
            return f"{_flagged(begin)}{peak}"
        return f"{_flagged(begin)} in the first year, {_flagged(end)} in the last{peak}"

    def environments(self) -> Iterator[str]:
        if not self.plan.environments:
            return
        yield "ENVIRONMENTS"
        column = self.column(row.name for row in self.plan.environments)
        for row in self.plan.environments:
            text = f"{self.words.say(row.cost, self.words.money)} a month while a case holds it"
            if row.lingers != NONE:
                text += f", and {self.words.say(row.lingers, self.words.clock)} longer"
            text += f"; there are {row.pool}." if row.pool else "; as many as are needed."
            yield from self.entry(row.name, text, column)

    # --- what was changed, assumed, and is odd

    def overrides(self) -> Iterator[str]:
        if self.scenario.overrides:
            yield f"CHANGED ({len(self.scenario.overrides)})"
        for one in self.scenario.overrides:
            new = "(removed)" if one.new == REMOVE else plain_text(one.new)
            yield from self.wrapped(f"{one.path}: {plain_text(one.old)} → {new}", "  ", "    ")

    def additions(self) -> Iterator[str]:
        """What a child or a patch says that its base does not: the topmost keys that another file wrote."""
        found = list(added(self.scenario.tree, {one.path for one in self.scenario.overrides}))
        if found:
            yield f"ADDED ({len(found)})"
        for path, node in found:
            yield from self.wrapped(f"{'.'.join(path)}: {plain_text(node.plain())}", "  ", "    ")

    def assumptions(self) -> Iterator[str]:
        found = self.scenario.file.assumptions
        if not found:
            return
        yield f"ASSUMED ({len(found)})"
        column = self.column(found)
        for name, one in found.items():
            text = plain_text(one.value)
            if one.range is not None:
                text += f" (between {plain_text(one.range[0])} and {plain_text(one.range[1])})"
            yield from self.entry(name, f"{text}; {one.source or 'no source given'}", column)

    def remarks(self, remarks: Sequence[Remark]) -> Iterator[str]:
        if not remarks:
            return
        yield f"WARNINGS ({len(remarks)}; they do not stop a run)"
        for one in remarks:
            at = one.problem
            yield f"  {at.file}:{at.line}:{at.column}: {at.key}" if at.line else f"  {at.file}: {at.key}"
            yield from self.wrapped(at.message, "    ", "    ")


def _flagged(share: float) -> str:
    text = f"{100 * share:.1f} %" if 0.945 <= share < 1.1 else _percent(share)
    if share >= FULL:
        return f"{text} (MORE THAN IT CAN DO)"
    return f"{text} (nearly full)" if share >= NEARLY_FULL else text


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{short(round(100 * share, 1))} %"


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(one for one in sentences if one)


def _indent(depth: int) -> str:
    return "  " * (depth + 1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
