"""Pictures of an explanation: what the titles claim, and that bars are what the tables say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.figure import Figure

import sim
from sim.charts import plot_causes, plot_contributions
from sim.experiment.explain import Explanation, explain

OFFICE = """
name: An $ office
clock: {start: 2027-01-04, horizon: 12 weeks}
calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
teams: {desk: {size: unlimited}}
cases: {request: {arrive: {every: 1 d}, flow: answer}}
flows:
  answer:
    steps:
      post:  {wait: 1.5 h, why: the post}
      check: {team: desk, work: 1 h, then: {again: {p: 100%, go_to: post, at_most: 1}, fine: rest}}
"""
BIKE = "patch: A bike\nbase: office.yaml\nflows: {answer: {steps: {post: {wait: 0.5 h}}}}\n"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Explanation:
    folder = tmp_path_factory.mktemp("office")
    (folder / "office.yaml").write_text(OFFICE, encoding="utf-8")
    (folder / "bike.yaml").write_text(BIKE, encoding="utf-8")
    return explain(sim.load(folder / "bike.yaml"), replications=2)


def words(figure: Figure) -> str:
    return "\n".join(
        [*(text.get_text() for text in figure.texts)]
        + [text.get_text() for axes in figure.axes for text in axes.texts]
    )


def bars(figure: Figure, axes: int = 0) -> list[float]:
    return [float(bar.get_width()) for bar in figure.axes[axes].patches]


def test_the_title_is_the_finding_and_the_footer_says_of_how_many(found: Explanation) -> None:
    figure = plot_causes(found)
    text = words(figure)
    label = " ".join(str(figure.get_label()).split())
    assert label == "“no returns from check” buys most: 0.19 of the 0.38 days that request takes"
    assert "2 replications of every run" in text and "Seed 1" in text
    assert "no wait at post (the post)" in text and "several at once:" in text


def test_bars_are_the_days_of_the_table_and_diamonds_what_the_account_says(found: Explanation) -> None:
    figure = plot_causes(found)
    drawn = [*found.single, *found.several]
    assert bars(figure) == pytest.approx([(e.interval("lead_time").mean or 0.0) / 8 for e in drawn])
    read = [line for line in figure.axes[0].lines if line.get_label() == "_read"]
    assert [float(line.get_xdata()[0]) for line in read] == pytest.approx(
        [
            each.reading.mean / 8
            for each in drawn
            if each.reading is not None and each.reading.mean is not None
        ]
    )


def test_nothing_sure_is_not_sold_as_a_finding(found: Explanation) -> None:
    unsure = replace(found, causes=tuple(replace(e, gains={"lead_time": (-9.0, 9.5)}) for e in found.causes))
    assert str(plot_causes(unsure).get_label()).startswith("No single cause is sure to cost lead time")


def test_shares_are_drawn_with_what_a_part_does_alone_and_left_out(found: Explanation) -> None:
    figure = plot_contributions(found)
    assert bars(figure) == [pytest.approx(0.25)]
    marks = [line for line in figure.axes[0].lines if line.get_label() == "_mark"]
    assert [float(line.get_xdata()[0]) for line in marks] == [pytest.approx(0.25)] * 2
    assert "All parts together save 0.25 d of request" in str(figure.get_label())


def test_a_scenario_without_parts_or_causes_has_a_page_that_says_so(
    found: Explanation, tmp_path: Path
) -> None:
    empty = replace(found, causes=(), contributions=None)
    assert "no cause was taken away" in str(plot_causes(empty).get_label())
    assert "no parts to tell apart" in str(plot_contributions(empty).get_label())


@pytest.mark.parametrize("draw", [plot_causes, plot_contributions])
def test_nothing_is_written_outside_the_page(
    found: Explanation, draw: Callable[[Explanation], Figure]
) -> None:
    figure = draw(found)
    figure.canvas.draw()
    whole = figure.bbox
    for text in [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]:
        box = text.get_window_extent()
        assert whole.x0 <= box.x0 and box.x1 <= whole.x1, text.get_text()
