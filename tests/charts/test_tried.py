"""The settings that were tried, as points of cost and lead time."""

from __future__ import annotations

import pytest

from sim.charts import plot_tried
from sim.experiment.intervals import Interval
from sim.experiment.what_if import Point, Settings, frontier


def point(cost: float, days: float, **values: float) -> Point:
    return Point(
        Settings(values),
        "Today" if not values else "Changed",
        Interval(cost, cost - 10, cost + 10, 8),
        Interval(days, days - 1, days + 1, 8),
        8,
    )


TODAY, HERE = point(1000, 30), point(1500, 20, desk=3)
SLOWER, DEARER = point(1200, 40, desk=1), point(2000, 18, desk=4)


def test_the_frontier_leaves_out_what_another_setting_beats_in_both() -> None:
    assert frontier([DEARER, SLOWER, HERE, TODAY]) == [TODAY, HERE, DEARER]


def test_every_setting_is_a_point_with_its_intervals() -> None:
    (axes,) = plot_tried([TODAY, SLOWER, DEARER, HERE], HERE, "EUR").axes
    drawn = {
        (float(x), float(y)) for bars in axes.containers for x, y in zip(*bars[0].get_data(), strict=True)
    }
    assert drawn == {(1000, 30), (1200, 40), (2000, 18), (1500, 20)}
    assert all(bars.has_xerr and bars.has_yerr for bars in axes.containers)  # type: ignore[attr-defined]
    assert axes.get_xlabel() == "cost, present value [EUR]"


@pytest.mark.parametrize(
    ("points", "here", "words"),
    [
        ([TODAY], TODAY, "Today costs 1 k EUR and takes 30.0 working days"),
        ([TODAY, HERE], HERE, "Changed costs 500 EUR more than today and takes 10.0 working days less"),
        ([TODAY, SLOWER], SLOWER, "Changed costs 200 EUR more than today and takes 10.0 working days more"),
    ],
)
def test_the_title_says_what_the_setting_costs_and_takes(
    points: list[Point], here: Point, words: str
) -> None:
    assert plot_tried(points, here, "EUR").get_label() == words


def test_nothing_finished_is_said() -> None:
    nothing = Interval(None, None, None, 0)
    blank = Point(Settings(), "Today", nothing, nothing, 2)
    assert plot_tried([blank], blank).get_label() == "Nothing to draw yet"
