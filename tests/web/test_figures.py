"""An answer in words and numbers."""

from __future__ import annotations

from dataclasses import replace

from sim.experiment.intervals import Interval
from sim.experiment.what_if import Answer, Figure, Settings
from sim.report.templating import templates
from sim.web.figures import bars, figures_html, status_html, teams_html, tiles


def interval(mean: float, half: float = 0.0) -> Interval:
    return Interval(mean, mean - half, mean + half, 8)


LEAD_TIME = Figure(
    "lead_time",
    "ticket",
    "Lead time, mean",
    "working days",
    interval(20.0, 1.0),
    interval(18.0, 1.0),
    interval(-2.0, 0.5),
    "lower",
)
GROUPS = (
    Figure("value-adding", "ticket", "value-adding", "working days", interval(12), interval(12), interval(0)),
    Figure("waste", "ticket", "waste", "working days", interval(8), interval(6), interval(-2, 0.5), "lower"),
)
ABANDONED = Figure(
    "abandonment", "ticket", "Dropped", "%", interval(20.0), interval(17.0), interval(-3.0, 4.0), "lower"
)
COST = Figure(
    "cost_a_year", "all", "Cost a year", "money", interval(1.5e6), interval(1.6e6), interval(1e5), "lower"
)
NPV = Figure("npv", "all", "Net present value", "money", None, interval(-4e5, 1e5), None, "higher")
NO_RETURN = Figure("roi", "all", "Return on investment", "%", None, None, None, "higher")
NEVER = Figure("payback", "all", "Payback", "months", None, Interval(None, None, None, 8), None, "lower")
ANSWER = Answer(
    Settings({"desk.size": 3.0}),
    8,
    case_type="ticket",
    figures=(LEAD_TIME, ABANDONED, COST, NPV, NO_RETURN, NEVER),
    groups=GROUPS,
    teams=(Figure("utilisation", "desk", "desk", "%", interval(90), interval(60), interval(-30, 1)),),
    currency="EUR",
)


def shown(answer: Answer, name: str) -> tuple[str, str, str, str, str]:
    (found,) = [tile for tile in tiles(answer) if tile.label.startswith(name)]
    return found.today, found.here, found.change, found.range, found.verdict


def test_todays_value_stands_beside_the_one_here_and_the_change_has_its_interval() -> None:
    assert shown(ANSWER, "Lead time") == ("20.0", "18.0 d", "−2.0 d", "95 %: −2.5 to −1.5 d", "sure")


def test_a_change_of_a_share_is_in_points_and_may_be_chance() -> None:
    assert shown(ANSWER, "Dropped")[2:] == ("−3.0 points", "95 %: −7.0 to +1.0 points", "may be chance")


def test_money_is_in_one_unit_and_names_its_currency() -> None:
    assert shown(ANSWER, "Cost a year, EUR")[:3] == ("1.50", "1.60 M", "+0.10 M")
    assert shown(ANSWER, "Net present value, EUR") == ("", "−400 k", "", "95 %: −500 to −300 k", "sure")


def test_what_has_no_number_is_said() -> None:
    assert shown(ANSWER, "Return")[1] == "costs no more"
    assert shown(ANSWER, "Payback")[1] == "not within the years"


def test_bars_are_on_one_scale_and_their_parts_are_the_groups() -> None:
    today, here = bars(ANSWER)
    assert [days for _, days in today.parts] == [12, 8]
    assert (today.rest, here.rest) == (0.0, 2.0)
    assert sum(days for _, days in here.parts) + here.rest == 20.0


def test_while_nothing_is_changed_only_todays_values_are_told() -> None:
    today = replace(ANSWER, settings=Settings())
    assert shown(today, "Lead time") == ("", "20.0 d", "", "95 %: 19.0 to 21.0 d", "")
    assert not [tile for tile in tiles(today) if tile.label.startswith("Net present value")]
    assert len(bars(today)) == 1


def test_a_refusal_takes_the_place_of_figures_and_is_inert() -> None:
    html = figures_html(templates("sim.web"), Answer.refused("base.yaml:3: <script>\nsecond line"))
    assert "This cannot be run." in html
    assert "&lt;script&gt;" in html
    assert "tile" not in html


def test_how_many_replications_the_figures_are_of_is_said() -> None:
    environment = templates("sim.web")
    assert "8 replications" in status_html(environment, ANSWER)
    assert "refining" in status_html(environment, ANSWER)
    assert "done" in status_html(environment, replace(ANSWER, is_last=True))
    assert "Working" in status_html(environment, None)


def test_teams_are_told_with_their_change() -> None:
    html = teams_html(templates("sim.web"), ANSWER)
    assert "desk" in html
    assert "−30.0" in html
