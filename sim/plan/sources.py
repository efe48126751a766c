"""Sources: where the cases of a plan come from, and the other work of its teams.

Not here: curves of arrivals and files of instants (arrivals), successors of a case (acts).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.errors import PlanError
from sim.plan.arrays import NONE, ActKind, ActRow, ArrivalKind, SourceRow
from sim.plan.arrivals import arrival_curve, first_of_each_case, given_cases, instant_ms
from sim.plan.draft import Draft
from sim.plan.over_time import draws, expected, is_even, knots
from sim.plan.scales import located, per_open_ms
from sim.plan.tables import filled
from sim.plan.teams import team_calendar
from sim.scenario import schema
from sim.scenario.files import ArrivalRow, read_list, read_log
from sim.units.dimensions import Dimension

OTHER = "other:"


def sources(draft: Draft) -> Iterator[SourceRow]:
    for name, case in draft.file.cases.items():
        if case.arrive is not None:
            yield from _arrivals(draft, name, case.arrive)
        for path, n_cases in case.start_with.items():
            yield _start_with(draft, name, path, n_cases)
    for name, team in draft.file.teams.items():
        if team.other_work is not None:
            yield _other_work(draft, name, team.other_work)


def _arrivals(draft: Draft, name: str, arrive: schema.Arrive) -> Iterator[SourceRow]:
    where, case_type = f"cases.{name}.arrive", draft.case_type_index[name]
    calendar_name = arrive.calendar or draft.scenario.business
    calendar = draft.calendars.find(calendar_name, f"{where}.calendar")
    bare = SourceRow(name, case_type, ArrivalKind.NONE, calendar=calendar)
    if arrive.rate is not None:
        scale = per_open_ms(draft.calendars.week_ms(calendar_name), draft.scenario.working_time)
        rate = draft.tables.number(arrive.rate, f"{where}.rate", dimension=Dimension.RATE, scale=scale)
        if draws(draft.tables.numbers, rate):
            raise PlanError(f"{where}.rate: found '{arrive.rate}'; a rate is not drawn, for example 3 per d")
        curve = arrival_curve(
            draft.calendars.rows[calendar],
            lambda instant, before: _rate(draft, rate, instant, before, f"{where}.rate"),
            knots(draft.tables.numbers, rate),
            draft.end,
            is_even=is_even(draft.tables.numbers, rate),
        )
        yield replace(bare, kind=ArrivalKind.RATE, curve=curve if curve.instants else None)
    elif arrive.every is not None:
        interval = draft.tables.fixed_ms(arrive.every, f"{where}.every", Dimension.WORK_TIME)
        if interval < 1:
            raise PlanError(f"{where}.every: found '{arrive.every}'; admissible is 1 ms or more, such as 2 d")
        yield replace(bare, kind=ArrivalKind.EVERY, interval=interval)
    elif arrive.population is not None or arrive.backlog is not None:
        key = "population" if arrive.population is not None else "backlog"
        n_cases = draft.tables.count(getattr(arrive, key), f"{where}.{key}", least=0)
        yield replace(bare, kind=ArrivalKind.AT_START, n_cases=n_cases)
    else:
        yield from _instants(draft, bare, arrive, where, name)


def _instants(
    draft: Draft, bare: SourceRow, arrive: schema.Arrive, where: str, name: str
) -> Iterator[SourceRow]:
    if arrive.at is not None:
        with located(f"{where}.at"):
            instants = sorted(instant_ms(text, draft.origin) for text in arrive.at)
        yield replace(bare, kind=ArrivalKind.INSTANTS, instants=tuple(instants))
    elif arrive.list_ is not None or arrive.log is not None:
        with located(where):
            rows = _rows(draft, arrive)
            traits = [draft.tables.traits[trait] for trait in draft.traits_of[name]]
            given = given_cases(rows, draft.origin, traits)
        yield replace(
            bare,
            kind=ArrivalKind.INSTANTS,
            instants=tuple(instant for instant, _ in given),
            given_traits=tuple(values for _, values in given),
        )


def _rows(draft: Draft, arrive: schema.Arrive) -> list[ArrivalRow]:
    folder = draft.scenario.folder
    if arrive.list_ is not None:
        return read_list(folder, arrive.list_)[1]
    return first_of_each_case(read_log(folder, str(arrive.log)), draft.origin)


def _rate(draft: Draft, number: int, instant: int, before: bool, where: str) -> float:
    rate = expected(draft.tables.numbers, number, instant, before=before)
    if rate < 0:
        raise PlanError(f"{where}: the rate is negative, {rate:g} per ms of open time, at {instant} ms")
    return rate


def _start_with(draft: Draft, name: str, path: str, n_cases: schema.Raw) -> SourceRow:
    where = f"cases.{name}.start_with.{path}"
    call, steps = _call_of(draft, name), []
    parts = path.split("/")
    for depth, part in enumerate(parts):
        frame = draft.frames[call]
        if part not in frame.steps:
            known = ", ".join(frame.steps)
            raise PlanError(f"{where}: no step is called '{part}' in {frame.definition}. Steps: {known}.")
        steps.append(frame.steps[part])
        if depth < len(parts) - 1:
            act = _act_of(draft, frame.steps[part])
            if act.kind is not ActKind.FLOW:
                raise PlanError(f"{where}: '{part}' is no flow step; a start step has no fork above it")
            call = act.calls[0]
    return SourceRow(
        f"{name}@{path}",
        draft.case_type_index[name],
        ArrivalKind.AT_START,
        n_cases=draft.tables.count(n_cases, where, least=0),
        start_steps=tuple(steps),
    )


def _call_of(draft: Draft, name: str) -> int:
    return next(index for index, call in enumerate(filled(draft.calls)) if call.path == name)


def _act_of(draft: Draft, step: int) -> ActRow:
    row = draft.steps[step]
    assert row is not None
    return draft.acts[row.act]


def _other_work(draft: Draft, name: str, other: schema.OtherWork) -> SourceRow:
    where = f"teams.{name}.other_work"
    people = draft.tables.number(other.people, f"{where}.people", dimension=Dimension.NUMBER)
    work, again, share = draft.tables.work(other.work, f"{where}.work", None)
    if again != NONE or share != NONE:
        raise PlanError(f"{where}.work: other work is done once; write its time without first and again")
    calendar = draft.calendars.find(team_calendar(draft, name), f"teams.{name}.calendar")

    def rate(instant: int, before: bool) -> float:
        mean = expected(draft.tables.numbers, work, instant, before=before)
        if mean <= 0:
            raise PlanError(f"{where}.work: its mean is {mean:g} ms; admissible is more than 0, such as 2 h")
        return expected(draft.tables.numbers, people, instant, before=before) / mean

    bends = [*knots(draft.tables.numbers, people), *knots(draft.tables.numbers, work)]
    is_steady = is_even(draft.tables.numbers, people) and is_even(draft.tables.numbers, work)
    curve = arrival_curve(draft.calendars.rows[calendar], rate, bends, draft.end, is_even=is_steady)
    return SourceRow(
        f"{OTHER}{name}",
        NONE,
        ArrivalKind.RATE,
        team=draft.team_index[name],
        work=work,
        curve=curve if curve.instants else None,
        calendar=calendar,
    )
