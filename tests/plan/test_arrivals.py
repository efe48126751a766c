"""When cases come: curves of expected arrivals, instants, and files of them."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from pathlib import Path
from textwrap import dedent

import pytest

from sim.calendars import merged
from sim.errors import ScenarioError
from sim.plan import compile_plan
from sim.plan.arrays import NONE, ArrivalCurve, ArrivalKind, Plan, SourceRow
from sim.plan.arrivals import arrival_curve
from sim.scenario.load import load

HOUR = 3_600_000
DAY = 24 * HOUR
OPEN_DAY = 8 * HOUR

HEAD = """
clock: {start: 2027-01-04, horizon: 52 weeks, warm_up: 4 weeks, business: office}
calendars:
  office:  {days: Mon-Fri, hours: 09:00-17:00}
  weekend: {days: Sat-Sun, hours: 00:00-24:00}
teams: {desk: {size: 2TEAM}}
traits: {size: {large: 50%, small: rest}, urgent: 20%, lines: uniform 1 to 9}
cases: {idea: {arrive: ARRIVE, flow: main}}
flows: {main: {steps: {only: {team: desk, work: {by: size, large: 2 h, small: 1 h}, when: urgent}}}}
"""

Build = Callable[..., Plan]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """The plan of a scenario whose cases arrive in the way the test says."""

    def build(arrive: str, team: str = "") -> Plan:
        path = tmp_path / "scenario.yaml"
        text = HEAD.replace("ARRIVE", arrive).replace("TEAM", team)
        path.write_text(text, encoding="utf-8")
        return compile_plan(load(path))

    return build


def source_called(plan: Plan, name: str) -> SourceRow:
    return next(source for source in plan.sources if source.name == name)


def expected(curve: ArrivalCurve | None) -> float:
    assert curve is not None
    last = 0.5 * (curve.rates[-1] + curve.end_rates[-1]) * (curve.ends[-1] - curve.instants[-1])
    return curve.cumulative[-1] + last


@pytest.mark.parametrize(
    ("rate", "arrivals"),
    [
        ("52 per year", 56.0),
        ("12 per month", 144 * 56 / 52),
        ("3 per w", 168.0),
        ("2 per d", 560.0),
        ("1 per h", 2240.0),
    ],
)
def test_a_rate_is_spread_over_open_time_at_52_weeks_a_year(build: Build, rate: str, arrivals: float) -> None:
    assert expected(source_called(build(f"{{rate: {rate}}}"), "idea").curve) == pytest.approx(arrivals)


def test_a_year_of_another_calendar_is_52_of_its_weeks(build: Build) -> None:
    source = source_called(build("{rate: 52 per year, calendar: weekend}"), "idea")
    assert expected(source.curve) == pytest.approx(56.0)
    assert source.curve is not None
    assert source.curve.instants[0] == 5 * DAY


def test_the_warm_up_has_the_rate_of_month_0(build: Build) -> None:
    curve = source_called(build("{rate: {0 weeks: 2 per d, 4 weeks: 4 per d}}"), "idea").curve
    assert curve is not None
    rates = {
        begin // (7 * DAY): rate * OPEN_DAY for begin, rate in zip(curve.instants, curve.rates, strict=True)
    }
    assert [rates[week] for week in (0, 3, 7, 8, 55)] == pytest.approx([2, 2, 2, 4, 4])


def test_a_ramp_is_linear_within_each_opening(build: Build) -> None:
    curve = source_called(build("{rate: ramp 2 per d at 0 weeks to 4 per d at 10 weeks}"), "idea").curve
    assert curve is not None
    first = next(i for i, begin in enumerate(curve.instants) if begin >= 28 * DAY)
    share = (curve.instants[first] - 28 * DAY) / (70 * DAY)
    assert curve.rates[first] * OPEN_DAY == pytest.approx(2 + 2 * share)
    assert curve.end_rates[first] > curve.rates[first]
    assert curve.end_rates[-1] * OPEN_DAY == pytest.approx(4)


def test_a_jump_in_the_rate_ends_a_piece() -> None:
    office = merged([(0, 10), (20, 30)])

    def rate(instant: int, before: bool) -> float:
        return 1.0 if instant < 24 or (instant == 24 and before) else 3.0

    assert arrival_curve(office, rate, [24], 28) == ArrivalCurve(
        instants=(0, 20, 24), ends=(10, 24, 28), rates=(1, 1, 3), end_rates=(1, 1, 3), cumulative=(0, 10, 14)
    )


def test_a_bent_rate_on_a_long_opening_is_cut_into_days() -> None:
    always = merged([(0, 3 * DAY)])
    curve = arrival_curve(always, lambda instant, before: (instant / DAY) ** 2, [], 3 * DAY)
    assert curve.instants == (0, DAY, 2 * DAY)
    assert curve.rates == (0, 1, 4)


def test_other_work_is_worth_its_people(build: Build) -> None:
    other = ", other_work: {people: 1.5, work: exponential mean 2 h, priority: 3}"
    plan = build("{rate: 1 per d}", other)
    source = source_called(plan, "other:desk")
    assert (source.case_type, source.team, source.kind) == (NONE, 0, ArrivalKind.RATE)
    assert expected(source.curve) * 2 == pytest.approx(1.5 * 56 * 40)
    assert plan.numbers[plan.teams[0].other_priority].value == 3


def test_an_interval_is_business_time(build: Build) -> None:
    source = source_called(build("{every: 2 d}"), "idea")
    assert (source.kind, source.interval) == (ArrivalKind.EVERY, 2 * OPEN_DAY)


def test_instants_count_from_the_beginning_of_the_warm_up(build: Build) -> None:
    source = source_called(build("{at: [2027-01-04 16:12, 2026-12-08 09:00]}"), "idea")
    assert source.instants == (DAY + 9 * HOUR, 28 * DAY + 16 * HOUR + 12 * 60_000)


@pytest.mark.parametrize("key", ["population", "backlog"])
def test_a_population_and_a_backlog_are_there_at_the_start(build: Build, key: str) -> None:
    plan = build(f"{{{key}: 12}}")
    source = source_called(plan, "idea")
    assert (source.kind, source.n_cases) == (ArrivalKind.AT_START, 12)
    assert plan.case_types[0].population == (key == "population")


def test_a_list_gives_instants_and_traits(build: Build, tmp_path: Path) -> None:
    rows = """\
        when,size,lines
        2027-01-05 10:00,small,3
        2027-01-04 09:00,large,
        """
    (tmp_path / "ideas.csv").write_text(dedent(rows), encoding="utf-8")
    plan = build("{list: ideas.csv}")
    source = source_called(plan, "idea")
    assert source.instants == (28 * DAY + 9 * HOUR, 29 * DAY + 10 * HOUR)
    size, lines = (
        next(i for i, trait in enumerate(plan.case_types[0].traits) if plan.traits[trait].name == name)
        for name in ("size", "lines")
    )
    first, second = source.given_traits
    levels = plan.traits[plan.case_types[0].traits[size]].levels
    assert (levels[int(first[size])], levels[int(second[size])]) == ("large", "small")
    assert isnan(first[lines]) and second[lines] == 3


def test_a_log_gives_the_first_row_of_each_case(build: Build, tmp_path: Path) -> None:
    rows = """\
        case,activity,time
        A,copy,2027-01-06T10:00
        A,ask,2027-01-05T10:00
        B,ask,2027-01-04T10:00
        """
    (tmp_path / "log.csv").write_text(dedent(rows), encoding="utf-8")
    source = source_called(build("{log: log.csv}"), "idea")
    assert source.instants == (28 * DAY + 10 * HOUR, 29 * DAY + 10 * HOUR)


def test_a_log_without_a_start_gives_the_first_end_of_each_case(build: Build, tmp_path: Path) -> None:
    rows = """\
        case_id,activity,start_time,end_time
        A,copy,,2027-01-06T10:00
        A,ask,2027-01-05T10:00,2027-01-05T18:00
        B,ask,,2027-01-04T10:00
        """
    (tmp_path / "log.csv").write_text(dedent(rows), encoding="utf-8")
    source = source_called(build("{log: log.csv}"), "idea")
    assert source.instants == (28 * DAY + 10 * HOUR, 29 * DAY + 10 * HOUR)


def test_a_level_that_the_trait_has_not_is_refused(build: Build, tmp_path: Path) -> None:
    (tmp_path / "ideas.csv").write_text("when,size\n2027-01-05,huge\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"found 'huge' for trait 'size'\. Admissible: large, small"):
        build("{list: ideas.csv}")


def test_a_rate_that_is_even_between_its_jumps_is_read_once_between_each_two() -> None:
    asked: list[int] = []

    def rate(instant: int, before: bool) -> float:
        asked.append(instant)
        return 3.0 if instant > 50 * DAY or (instant == 50 * DAY and not before) else 2.0

    calendar = merged(((day * DAY, day * DAY + OPEN_DAY) for day in range(100)), "office")
    curves = [arrival_curve(calendar, rate, [50 * DAY], 100 * DAY, is_even=even) for even in (False, True)]
    assert curves[0] == curves[1]
    assert asked[-2:] == [0, 50 * DAY]
    assert len(asked) == 3 * 100 + 2
