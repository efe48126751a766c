"""The event log for process-mining tools: XES and CSV, one trace per case.

XES as in IEEE 1849-2016 with its concept, lifecycle, time and organizational extensions. An activity is a
step that is worked at, waited at, or a milestone; arriving and leaving are activities too. Transitions:

    schedule    work enters a team's queue
    start       work or a wait begins                  resume    goes on after a pause or a closing
    suspend     a slice is over, or the calendar of the work closes
    complete    work, a wait or a milestone is done
    withdraw    work leaves the queue without having begun     pi_abort    begun work is broken off

Closings are no events of the log: they follow from the calendar of the work. Other work has no case and is
left out, and so is what a step calls: its own steps tell it. Times are ISO 8601, local, without a zone.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import quoteattr

import numpy as np

from sim.experiment.replicate import Result
from sim.plan.arrays import NONE, ActKind, ActRow, Plan
from sim.records import Event
from sim.report.chosen import chosen_replication, chosen_scenario
from sim.report.stored import StoredRun
from sim.report.words import inert
from sim.report.written import replacing

if TYPE_CHECKING:
    import polars

COLUMNS = ("case_id", "activity", "lifecycle", "timestamp", "resource", "team", "path", "visit")
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WAITS = (ActKind.WAIT, ActKind.UNTIL)
_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)

CaseKey = tuple[int, str, int, int]
"""Replication, source, number, generation."""
Row = dict[str, object]


class Entry(NamedTuple):
    """One event of a trace. `time` is in ms since the beginning of the warm-up."""

    time: int
    activity: str
    lifecycle: str
    team: str = ""
    member: int = 0
    path: str = ""
    visit: int = 0


def write_xes(
    result: Result, path: Path | str, *, start: date, replications: Sequence[int] | None = None
) -> int:
    """Write the event log of a result as XES.

    Parameters
    ----------
    start
        The date of month 0: `scenario.start`.
    replications
        Which ones; without them the first only, since a trace is one case of one future.

    Returns
    -------
    How many cases were written.
    """
    n_cases = 0
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        _write_head(file, result)
        for case, entries in traces(result, replications):
            _write_trace(file, case, entries, _clock(result.plan, start))
            n_cases += 1
        file.write("</log>\n")
    return n_cases


def write_event_csv(
    result: Result, path: Path | str, *, start: date, replications: Sequence[int] | None = None
) -> int:
    """Write the same as CSV, one row per event; what a spreadsheet would take for a formula is quoted."""
    clock, n_cases = _clock(result.plan, start), 0
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for case, entries in traces(result, replications):
            for each in entries:
                row = (case_id(case), each.activity, each.lifecycle, _iso(clock, each.time))
                rest = (_resource(each), each.team, each.path, each.visit)
                writer.writerow([inert(cell) for cell in (*row, *rest)])
            n_cases += 1
    return n_cases


def write_logs(
    stored: StoredRun,
    paths: Sequence[Path],
    *,
    scenario: str | None = None,
    replications: Sequence[int] | None = (),
) -> int:
    """Write the event log of a kept run, whole or not at all; each path ends in .xes or .csv.

    Parameters
    ----------
    scenario
        Which one; without it the baseline.
    replications
        Their numbers; none named is the first, None is all.

    Returns
    -------
    How many cases it has.

    Raises
    ------
    RunError
        The run has no such scenario or replication.
    OSError
        A file cannot be written; nothing is changed.
    """
    found, result = chosen_scenario(stored, scenario)
    if replications is None:
        numbers = [run.number for run in result.runs]
    else:
        numbers = [chosen_replication(result, number) for number in dict.fromkeys(replications or (None,))]
    start = found.start
    with replacing(paths) as hidden:
        for path, place in zip(paths, hidden, strict=True):
            write = write_xes if path.suffix.lower() == ".xes" else write_event_csv
            n_cases = write(result, place, start=start, replications=numbers)
    return n_cases


def traces(
    result: Result, replications: Sequence[int] | None = None
) -> Iterator[tuple[CaseKey, list[Entry]]]:
    """The events of each case, in order of time.

    Raises
    ------
    ValueError
        The result has no such replication.
    """
    known = [run.number for run in result.runs]
    asked = known[:1] if replications is None else list(replications)
    missing = [number for number in asked if number not in known]
    if missing:
        raise ValueError(f"there is no replication {missing[0]}. Replications: {known[0]} to {known[-1]}.")
    words = _Words.of(result.plan)
    for number in asked:
        by_case: dict[CaseKey, list[Row]] = defaultdict(list)
        for row in _log(result, number).iter_rows(named=True):
            if not str(row["source"]).startswith("other:"):
                by_case[number, row["source"], row["number"], row["generation"]].append(row)
        for case, rows in by_case.items():
            yield case, _Trace(words).read(rows)


def case_id(case: CaseKey) -> str:
    """What a case is called: `0/use_case/17/0` is replication, source, number, generation."""
    return "/".join(map(str, case))


def _log(result: Result, number: int) -> polars.DataFrame:
    import polars

    if result.has_log:
        return result.events.filter(polars.col("replication") == number)
    one = next(run for run in result.runs if run.number == number)
    return Result(result.name, result.plan, result.seed, result.engine, (one,)).events


@dataclass(frozen=True, slots=True)
class _Words:
    """What the plan says of a step by its path: its acts by alternative."""

    plan: Plan
    acts: dict[tuple[str, str], ActRow]

    @classmethod
    def of(cls, plan: Plan) -> _Words:
        found = {}
        for step in plan.steps:
            found[step.path, ""] = plan.acts[step.act]
            for each in step.alternatives:
                act = plan.acts[each.act]
                found[step.path, act.alternative] = act
        return cls(plan, found)

    def closings(self, path: str, alternative: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """(closes, opens again) of the work's calendar strictly within [begin, end)."""
        act = self.acts.get((path, alternative))
        if act is None or act.calendar == NONE:
            return
        calendar = self.plan.calendars[act.calendar]
        first = int(np.searchsorted(calendar.closes, begin, side="right"))
        last = int(np.searchsorted(calendar.opens, end, side="left"))
        closings = calendar.closes[first : last - 1].tolist()
        yield from zip(closings, calendar.opens[first + 1 : last].tolist(), strict=True)


Work = tuple[int, str, str, int]  # token, path, team, member


@dataclass(slots=True)
class _Trace:
    """Turns the rows of one case into entries."""

    words: _Words
    entries: list[Entry] = field(default_factory=list)
    queued: dict[int, Row] = field(default_factory=dict)  # by token
    begun: dict[Work, Row] = field(default_factory=dict)
    paused: set[tuple[int, str]] = field(default_factory=set)  # token, path
    waiting: dict[int, Row] = field(default_factory=dict)  # by token

    def read(self, rows: Iterable[Row]) -> list[Entry]:
        for row in rows:
            self._take(row)
        # Closings lie between a start and its end, which is where they become known.
        return sorted(self.entries, key=lambda entry: entry.time)

    def _take(self, row: Row) -> None:
        event = row["event"]
        if event == Event.ARRIVE:
            self.entries.append(Entry(_time(row), "arrive", "complete"))
        elif event == Event.LEAVE:
            self.entries.append(Entry(_time(row), f"leave: {row['info']}", "complete"))
        elif event == Event.MILESTONE:
            self._add(row, "complete")
        elif event == Event.ENTER:
            self._enter(row)
        elif event == Event.ENQUEUE:
            self.queued[_token(row)] = row
            self._add(row, "schedule")
        elif event == Event.START:
            self._start(row)
        elif event in (Event.PAUSE, Event.COMPLETE):
            self._end(row, "suspend" if event == Event.PAUSE else "complete")
        elif event in (Event.DROP, Event.CANCEL):
            self._give_up(row)

    def _enter(self, row: Row) -> None:
        act = self.words.acts.get((str(row["path"]), str(row["info"])))
        if act is not None and act.kind in _WAITS:
            self.waiting[_token(row)] = row
            self._add(row, "start")

    def _start(self, row: Row) -> None:
        token, path = _token(row), str(row["path"])
        self.queued.pop(token, None)
        self.begun[token, path, str(row["team"]), _member(row)] = row
        self._add(row, "resume" if (token, path) in self.paused else "start")

    def _end(self, row: Row, transition: str) -> None:
        token, path = _token(row), str(row["path"])
        start = self.begun.pop((token, path, str(row["team"]), _member(row)), None)
        if start is not None:
            self._close_between(start, _time(row))
            self._add(row, transition)
        elif self.waiting.pop(token, None) is not None:
            self._add(row, "complete")
        if transition == "suspend":
            self.paused.add((token, path))
        else:
            self.paused.discard((token, path))

    def _close_between(self, start: Row, end: int) -> None:
        for closes, opens in self.words.closings(str(start["path"]), str(start["info"]), _time(start), end):
            self._add(start, "suspend", closes)
            self._add(start, "resume", opens)

    def _give_up(self, row: Row) -> None:
        """Patience ran out, or a token was cancelled: what it had begun or waited for ends here."""
        token, time = _token(row), _time(row)
        if token in self.queued:
            queued = self.queued.pop(token)
            paused = (token, str(queued["path"])) in self.paused
            self._add(queued, "pi_abort" if paused else "withdraw", time)
        if token in self.waiting:
            self._add(self.waiting.pop(token), "pi_abort", time)
        for work in [work for work in self.begun if work[0] == token]:
            start = self.begun.pop(work)
            self._close_between(start, time)
            self._add(start, "pi_abort", time)

    def _add(self, row: Row, transition: str, time: int | None = None) -> None:
        path = str(row["path"])
        name = str(row["info"]) if row["event"] == Event.MILESTONE else path.rpartition("/")[2]
        at = _time(row) if time is None else time
        self.entries.append(Entry(at, name, transition, str(row["team"]), _member(row), path, _visit(row)))


def _time(row: Row) -> int:
    return int(row["time"])  # type: ignore[call-overload, no-any-return]


def _token(row: Row) -> int:
    return int(row["token"])  # type: ignore[call-overload, no-any-return]


def _member(row: Row) -> int:
    return int(row["member"])  # type: ignore[call-overload, no-any-return]


def _visit(row: Row) -> int:
    return int(row["visit"])  # type: ignore[call-overload, no-any-return]


def _resource(entry: Entry) -> str:
    return f"{entry.team} {entry.member}" if entry.member else ""


# --- files


def _clock(plan: Plan, start: date) -> datetime:
    """The wall-clock time at which the run begins."""
    return datetime(start.year, start.month, start.day) - timedelta(milliseconds=plan.warm_up)


def _iso(clock: datetime, time: int) -> str:
    return (clock + timedelta(milliseconds=time)).isoformat(timespec="milliseconds")


def _attribute(kind: str, key: str, value: object) -> str:
    return f'<{kind} key="{key}" value={quoteattr(_NOT_XML.sub("?", str(value)))}/>'


def _write_head(file: IO[str], result: Result) -> None:
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    file.write('<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">\n')
    for name, prefix, uri in _EXTENSIONS:
        file.write(f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n')
    file.write('<classifier name="Activity" keys="concept:name"/>\n')
    file.write(_attribute("string", "concept:name", result.name) + "\n")
    file.write(_attribute("string", "lifecycle:model", "standard") + "\n")


def _write_trace(file: IO[str], case: CaseKey, entries: list[Entry], clock: datetime) -> None:
    file.write(f"<trace>{_attribute('string', 'concept:name', case_id(case))}\n")
    for each in entries:
        parts = [
            _attribute("string", "concept:name", each.activity),
            _attribute("string", "lifecycle:transition", each.lifecycle),
            _attribute("date", "time:timestamp", _iso(clock, each.time)),
        ]
        if each.member:
            parts.append(_attribute("string", "org:resource", _resource(each)))
        if each.team:
            parts.append(_attribute("string", "org:group", each.team))
        if each.path:
            parts += [_attribute("string", "path", each.path), _attribute("int", "visit", each.visit)]
        file.write(f"<event>{''.join(parts)}</event>\n")
    file.write("</trace>\n")
