"""What can be turned, as the page shows it."""

from __future__ import annotations

from sim.experiment.levers import Lever
from sim.report.templating import templates
from sim.web.controls import Control, groups, levers_html

SIZE = Lever("desk.size", "size", ("teams", "desk", "size"), 2.0, 1.0, 4.0)
UNLIMITED = Lever("crowd.size", "size", ("teams", "crowd", "size"), None, 1.0, 2.0)
SHARE = Lever("$returned", "assumption", ("assumptions", "returned", "value"), 12.5, 10.0, 50.0, "%", False)
PRICE = Lever("$price", "assumption", ("assumptions", "price", "value"), 20.8, 8.3, 50.0, "k", False)
BEYOND = Lever("$rate", "assumption", ("assumptions", "rate", "value"), 9.0, 1.0, 5.0, "per year", False)


def control(lever: Lever, value: float | None = None) -> Control:
    (group,) = groups([lever], {} if value is None else {lever.name: value})
    return group.levers[0]


def test_levers_stand_in_groups_of_their_kind_and_assumptions_are_folded() -> None:
    found = groups([SHARE, SIZE, UNLIMITED], {})
    assert [(group.id, group.is_open, len(group.levers)) for group in found] == [
        ("size", True, 2),
        ("assumption", False, 1),
    ]


def test_a_group_in_which_something_is_turned_is_open() -> None:
    assert all(group.is_open for group in groups([SHARE, SIZE], {"$returned": 20.0}))


def test_a_slider_has_some_dozens_of_places_and_todays_is_among_them() -> None:
    for lever in (SHARE, PRICE, BEYOND):
        found = control(lever)
        step = float(found.step)
        assert (float(found.high) - float(found.low)) / step >= 30
        for value in (float(found.today), float(found.low)):
            places = (value - float(found.low)) / step
            assert abs(places - round(places)) < 1e-6


def test_a_value_beyond_the_bounds_widens_them() -> None:
    assert control(BEYOND).high == "9"
    assert control(SIZE, 7.0).high == "7"


def test_a_team_without_bounds_stands_at_no_number() -> None:
    found = control(UNLIMITED)
    assert (found.value, found.today, found.today_text) == ("", "", "unlimited")


def test_names_and_sources_are_inert() -> None:
    hostile = Lever("<b>.size", "size", ("teams", "<b>", "size"), 2.0, 1.0, 4.0, source='"><script>')
    html = levers_html(templates("sim.web"), groups([hostile], {}))
    assert "<b>" not in html
    assert "<script>" not in html
