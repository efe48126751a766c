"""Net benefit and net present values are those of the business case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.charts import plot_net_benefit, plot_npv
from sim.charts.npv import stacked
from sim.experiment.appraisal import Appraisal
from sim.experiment.compare import Comparison
from sim.experiment.net_benefit import net_benefit
from tests.charts.conftest import cut, words


@pytest.fixture
def appraisal(comparison: Comparison) -> Appraisal:
    (found,) = comparison.appraisals
    assert found is not None
    return found


def lines(figure: Figure, label: str) -> list[tuple[list[float], list[float]]]:
    found = [line for axes in figure.axes for line in axes.lines if line.get_label() == label]
    return [(list(np.asarray(line.get_xdata())), list(np.asarray(line.get_ydata()))) for line in found]


def test_the_line_ends_at_what_came_in_less_what_was_spent(
    comparison: Comparison, appraisal: Appraisal
) -> None:
    ((months, amounts),) = lines(plot_net_benefit(comparison), "_mean")
    case = appraisal.mean_case
    paid = sum(amount for _, amount in case.adjusted_investments)
    assert months[-1] == 12 and amounts[-1] == pytest.approx(sum(case.adjusted_flows) - paid)
    assert amounts[0] == 0 and amounts[1] == pytest.approx(-paid)  # just before month 0, and at it


def test_the_band_is_the_percentiles_of_the_replications(appraisal: Appraisal) -> None:
    found = net_benefit(appraisal)
    at_end = [case.balance((1.0,))[0] for case in appraisal.cases]
    assert (found.p10[-1], found.p90[-1]) == pytest.approx(tuple(np.percentile(at_end, (10, 90))))
    assert np.all(found.p10 <= found.p90) and np.all(np.diff(found.years) > 0)


def test_the_payback_is_marked_where_the_mean_crosses_0(comparison: Comparison, appraisal: Appraisal) -> None:
    figure = plot_net_benefit(comparison)
    marks = lines(figure, "_payback")
    if appraisal.payback_months is None:
        assert not marks and "not paid back" in words(figure)
    else:
        assert marks[0][0] == [appraisal.payback_months] and marks[0][1] == [0]
        ((months, amounts),) = lines(figure, "_mean")
        assert np.interp(appraisal.payback_months, months, amounts) == pytest.approx(0, abs=1)


def test_each_replication_is_one_dot(comparison: Comparison, appraisal: Appraisal) -> None:
    figure = plot_npv(comparison)
    gains, losses = (lines(figure, label)[0][0] for label in ("_gains", "_losses"))
    assert len(gains) == sum(case.npv > 0 for case in appraisal.cases)
    assert len(gains) + len(losses) == len(appraisal.cases) == 5


def test_mean_and_percentiles_are_drawn_where_they_are(comparison: Comparison, appraisal: Appraisal) -> None:
    figure = plot_npv(comparison)
    assert lines(figure, "_mean")[0][0] == [appraisal.npv.mean]
    assert lines(figure, "_p50")[0][0] == [appraisal.npv_p50] * 2
    (span,) = [patch for patch in figure.axes[0].patches if patch.get_width() > 0]  # type: ignore[attr-defined]
    ends = span.get_x(), span.get_x() + span.get_width()  # type: ignore[attr-defined]
    assert ends == pytest.approx((appraisal.npv_p10, appraisal.npv_p90))


def test_dots_of_one_bin_stand_on_each_other() -> None:
    assert stacked([0.1, 0.2, 1.5, 0.9, -0.1], 1.0) == [(0.5, 0), (0.5, 1), (1.5, 0), (0.5, 2), (-0.5, 0)]


def test_without_replications_in_common_there_is_a_page_that_says_what_is_missing(
    comparison: Comparison,
) -> None:
    none = replace(comparison, others=(cut(comparison.others[0], 0),), appraisals=(None,))
    assert "no business case" in words(plot_npv(none))
