"""The sections beside cases and flows: assumptions, calendars, economics, teams, environments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sim.scenario import schema
from sim.scenario.checks.amounts import (
    ALMOST,
    LOWEST,
    MAX_CASES,
    MAX_MEMBERS,
    check_count,
    check_number,
    check_share,
    check_work,
)
from sim.scenario.checks.desk import Desk
from sim.scenario.numbers import Constant, NumberSyntaxError, parse_number
from sim.scenario.tree import Keys
from sim.units.dimensions import YEAR_MS, Dimension

_LEAST_FOCUS = 0.01


def check_assumptions(desk: Desk) -> None:
    """The ends of ranges: of the assumption's own dimension, low before high."""
    for name, assumption in desk.file.assumptions.items():
        if assumption.range is None:
            continue
        value = desk.quiet(assumption.value)
        dimension = value.dimension if value is not None else Dimension.ANY
        path: Keys = ("assumptions", name, "range")
        ends = [
            check_number(desk, end, (*path, i), dimension, low=LOWEST, constant=True)
            for i, end in enumerate(assumption.range)
        ]
        low, high = ends
        if isinstance(low, Constant) and isinstance(high, Constant) and low.value > high.value:
            words = f"found {desk.words(low)} and {desk.words(high)}. Low comes first, then high."
            desk.say(path, words)


def check_calendars(desk: Desk) -> None:
    """Every calendar opens at some time of the run."""
    first, last = _run_dates(desk)
    if first == last:
        return
    for name, rule in desk.scenario.rules.items():
        days = (first + timedelta(days=i) for i in range((last - first).days + 1))
        if name in desk.file.calendars and (not rule.hours or not any(map(rule.opens_on, days))):
            words = f"this calendar never opens between {first} and {last}."
            desk.say(("calendars", name), words, at_key=True)


def span_ms(desk: Desk, plain: object) -> float:
    """The length of the warm-up or the horizon [ms]; 0 if it cannot be read."""
    try:
        number = parse_number(plain, desk.scenario.working_time)
    except NumberSyntaxError:
        return 0.0
    return number.value if isinstance(number, Constant) and number.value > 0 else 0.0


def beginning(desk: Desk) -> datetime:
    """The first instant of the run: the warm-up lies before month 0."""
    midnight = datetime.combine(desk.scenario.start, time())
    try:
        return midnight - timedelta(milliseconds=round(span_ms(desk, desk.file.clock.warm_up)))
    except OverflowError:
        return midnight


def _run_dates(desk: Desk) -> tuple[date, date]:
    start = desk.scenario.start
    try:
        last = start + timedelta(milliseconds=span_ms(desk, desk.file.clock.horizon))
    except OverflowError:
        return start, start
    return beginning(desk).date(), last


def check_economics(desk: Desk) -> None:
    economics = desk.file.economics
    path: Keys = ("economics",)
    check_number(desk, economics.discount_rate, (*path, "discount_rate"), Dimension.SHARE, constant=True)
    check_share(desk, economics.freed_hours, (*path, "freed_hours"), constant=True)
    check_share(desk, economics.risk.benefits, (*path, "risk", "benefits"), constant=True)
    check_number(desk, economics.risk.costs, (*path, "risk", "costs"), Dimension.SHARE, constant=True)
    years = check_count(desk, economics.years, (*path, "years"))
    horizon = span_ms(desk, desk.file.clock.horizon)
    if isinstance(years, Constant) and years.value * YEAR_MS > horizon + 1 and horizon > 0:
        desk.say(
            (*path, "years"),
            f"the business case covers {years.value:g} years, the run ends after "
            f"{desk.file.clock.horizon}. "
            f"Write `horizon: {years.value * 12:g} months` or more, or fewer years.",
        )
    for name, cost in economics.costs.items():
        _check_cost(desk, cost, (*path, "costs", name))


def _check_cost(desk: Desk, cost: schema.Cost, path: Keys) -> None:
    check_number(desk, cost.amount, (*path, "amount"), Dimension.MONEY, constant=True)
    check_number(desk, cost.running, (*path, "running"), Dimension.MONEY_RATE, constant=True)
    check_number(desk, cost.from_, (*path, "from"), Dimension.WALL_TIME, constant=True)
    if cost.amount is None and cost.running is None:
        desk.say(path, "a cost has an amount, a running price, or both.", at_key=True)
    if not isinstance(cost.when, dict):
        check_number(desk, cost.when, (*path, "when"), Dimension.WALL_TIME, constant=True)
        return
    for point in cost.when:
        check_number(desk, point, (*path, "when", point), Dimension.WALL_TIME, constant=True)
    shares = [check_share(desk, p, (*path, "when", t), constant=True) for t, p in cost.when.items()]
    total = sum(share.value for share in shares if isinstance(share, Constant))
    if None not in shares and abs(total - 1) > ALMOST:
        desk.say((*path, "when"), f"the shares make {100 * total:.15g}%. They have to make 100%.")


def check_teams(desk: Desk) -> None:
    for name, team in desk.file.teams.items():
        path: Keys = ("teams", name)
        if name in ("owner", "nobody"):
            desk.say(path, f"`{name}` has a meaning of its own. Give this team another name.", at_key=True)
        if team.size != "unlimited":
            check_number(desk, team.size, (*path, "size"), Dimension.NUMBER, high=MAX_MEMBERS)
        check_number(desk, team.cost, (*path, "cost"), Dimension.MONEY_RATE)
        desk.calendar(team.calendar, (*path, "calendar"))
        check_share(desk, team.focus, (*path, "focus"), low=_LEAST_FOCUS)
        check_count(desk, team.owns, (*path, "owns"))
        check_work(desk, team.switching, (*path, "switching"), constant=True)
        check_work(desk, team.slice, (*path, "slice"), low=1, constant=True)
        if team.other_work is not None:
            _check_other_work(desk, team.other_work, (*path, "other_work"))


def _check_other_work(desk: Desk, other: schema.OtherWork, path: Keys) -> None:
    check_number(desk, other.people, (*path, "people"), Dimension.NUMBER, high=MAX_MEMBERS)
    check_work(desk, other.work, (*path, "work"), low=1, draws=True)
    check_number(desk, other.priority, (*path, "priority"), Dimension.NUMBER, low=LOWEST)


def check_environments(desk: Desk) -> None:
    for name, environment in desk.file.environments.items():
        path: Keys = ("environments", name)
        check_number(
            desk, environment.cost, (*path, "cost"), Dimension.MONEY_RATE, askers=desk.case_types or None
        )
        check_count(desk, environment.pool, (*path, "pool"), high=MAX_CASES)
        lingers = (*path, "lingers")
        askers = desk.case_types or None
        check_number(desk, environment.lingers, lingers, Dimension.WALL_TIME, askers=askers)
