"""The picture of a warm-up says how long it is, and shows the cut of every case type."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.charts.warm_up import plot_warm_up
from sim.experiment.warm_up import Settling, WarmUp

DAYS = np.arange(1.0, 101.0)
RISING = Settling("idea $", DAYS, np.minimum(DAYS, 20.0), 20, True)
STEADY = Settling("ticket", DAYS, np.full(100, 3.0), 0, True)
GROWING = Settling("case", DAYS, DAYS, 50, False)


def found(*types: Settling) -> WarmUp:
    return WarmUp("today", 20 if types else 0, types, 10, 1, 100.0)


def words(figure) -> str:
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    return " ".join([*(text.get_text() for text in figure.texts), *titles])


def test_the_title_says_how_long_and_who_takes_longest(tmp_path: Path) -> None:
    figure = plot_warm_up(found(RISING, STEADY))
    assert "today is in its usual state after 20 days; idea $ takes longest" in words(figure)
    assert "ticket: cut 0.0 d, then 3.00 cases inside on average" in words(figure)
    figure.savefig(tmp_path / "warm_up.png")


def test_every_case_type_has_a_panel_with_its_cut() -> None:
    figure = plot_warm_up(found(RISING, STEADY))
    cuts = [axes.lines[-1].get_xdata()[0] for axes in figure.axes]
    assert cuts == [20.0, 0.0]


def test_what_is_not_stable_is_called_so() -> None:
    text = words(plot_warm_up(found(RISING, GROWING)))
    assert "No usual state of case is seen within 100 days" in text
    assert "not stable: half is cut" in text


def test_without_cases_before_month_0_the_page_says_so(tmp_path: Path) -> None:
    figure = plot_warm_up(found())
    assert "No case comes before month 0." in words(figure)
    figure.savefig(tmp_path / "warm_up.png")
