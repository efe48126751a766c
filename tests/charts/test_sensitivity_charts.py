"""Pictures of a sensitivity analysis: what is drawn is what was found, and titles say no more than that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.charts import plot_sobol_indices, plot_spread, plot_tornado
from sim.experiment.intervals import Interval
from sim.experiment.levers import Lever
from sim.experiment.sensitivity import About, Fit, Sensitivity
from sim.experiment.sensitivity.figures import Figure
from sim.experiment.sensitivity.indices import Index
from sim.experiment.sensitivity.inputs import Input
from sim.experiment.sensitivity.spread import over_both, over_inputs, over_luck
from sim.experiment.sensitivity.surface import resampled
from sim.experiment.sensitivity.tornado import Bar, End
from tests.charts.conftest import words


def _input(name: str) -> Input:
    lever = Lever(name, "assumption", ("assumptions", name, "value"), 20.0, 10.0, 40.0, "%", whole=False)
    return Input(name, 20.0, 10.0, 40.0, "%", False, "", ((0, lever),))


def _about(low: Interval, high: Interval, quality: float = 0.9) -> About:
    values = np.linspace(-8.0, 24.0, 64)
    bar = Bar(_input("$rate"), End(10.0, low), End(35.0, high, "no more room"), Interval(0.0, None, None, 5))
    still = Interval(0.0, 0.0, 0.0, 5)
    nothing = Bar(_input("$unused"), End(10.0, still), End(40.0, still), still)
    share = Interval(0.6, 0.5, 0.7, 64)
    small = Interval(0.0, 0.0, 0.02, 64)
    return About(
        Figure(0, "lead_time", "case", "idea", "h"),
        "Desk",
        Interval(80.0, 72.0, 88.0, 5),
        (bar, nothing),
        (Index(share, Interval(0.75, 0.7, 0.8, 64)), Index(small, small)),
        (over_luck(values / 10), over_inputs(values, resampled(64, 20, 1)), over_both(values[:, None])),
        Fit(100.0, 0.1, quality, 64, 0),
    )


def _found(about: About) -> Sensitivity:
    return Sensitivity(
        scenarios=("Desk",), seed=3, engine="auto", inputs=(_input("$rate"), _input("$unused")), left_out=(),
        abouts=(about,), decision=None, method="surface", shape="uniform", replications=5, per_point=2,
        samples=64, refused=0, why="", points=np.zeros((64, 2)), seen=np.zeros((64, 1)), currency="",
        day_h=8.0,
    )  # fmt: skip


@pytest.fixture
def found() -> Sensitivity:
    """Ten days; 2 d less at the low end, 1 d more at the high end."""
    return _found(_about(Interval(-16.0, -20.0, -12.0, 5), Interval(8.0, 4.0, 12.0, 5)))


def test_bars_are_as_long_as_the_changes_in_days(found):
    figure = plot_tornado(found)
    widths = sorted(bar.get_width() for bar in figure.axes[0].patches)
    assert widths == pytest.approx([-2, 1])
    told = words(figure)
    assert "hangs most on $rate: −2.00 d at 10% and +1.00 d at 35%" in told
    assert "5 replications at each end" in told and "Seed 3" in told and "1 d = 8 h" in told
    assert "35%*" in told and "as far as the scenario is admissible" in told


def test_an_assumption_that_moves_nothing_has_no_row(found):
    assert "$unused" not in words(plot_tornado(found)).replace("$unused:", "")
    assert "1 assumption that moved it less, or not at all, left out" in words(plot_tornado(found))


def test_a_change_that_may_be_chance_is_hatched_and_said_so():
    about = _about(Interval(-16.0, -40.0, 8.0, 5), Interval(0.0, 0.0, 0.0, 5))
    figure = plot_tornado(_found(about))
    assert [bar.get_hatch() for bar in figure.axes[0].patches] == ["////"]
    assert "which may be chance" in words(figure)


def test_nothing_to_draw_is_said_on_a_page():
    still = Interval(0.0, 0.0, 0.0, 5)
    assert "No assumption moves it" in words(plot_tornado(_found(_about(still, still))))
    bare = replace(_about(still, still), indices=(), spreads=(), fit=None)
    assert "There is no sample" in words(plot_sobol_indices(_found(bare)))
    assert "There is no sample" in words(plot_spread(_found(bare)))


def test_shares_are_drawn_alone_within_together(found):
    figure = plot_sobol_indices(found)
    assert sorted(round(bar.get_width(), 9) for bar in figure.axes[0].patches) == [0, 0, 0.6, 0.75]
    told = words(figure)
    assert "$rate alone makes 60 % (50 % to 70 %)" in told
    assert "Luck makes 10 % of the variance of single replications" in told
    assert "it tells 90 %" in told


def test_a_rough_surface_ranks_nothing():
    about = _about(Interval(-16.0, -20.0, -12.0, 5), Interval(8.0, 4.0, 12.0, 5), quality=0.4)
    assert "is told but roughly" in words(plot_sobol_indices(_found(about)))


def test_three_lines_rise_from_0_to_1_and_percentiles_are_marked(found):
    figure = plot_spread(found)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 64]
    assert len(lines) == 3
    assert all((np.diff(line.get_ydata()) > 0).all() for line in lines)
    (marks,) = [line for line in figure.axes[0].lines if line.get_label() == "_percentiles"]
    assert list(marks.get_xdata()) == pytest.approx(np.percentile(np.linspace(-1.0, 3.0, 64), (10, 50, 90)))
    assert "P10 to P90 over assumptions −0.60 to 2.60 d" in words(figure)
