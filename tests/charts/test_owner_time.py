"""Bars of owners' time are the measures, and only sure changes are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.container import BarContainer

from sim.charts import plot_owner_time
from sim.charts.owner_time import PARTS, owning_teams
from sim.experiment.compare import differences, summary
from sim.experiment.replicate import Result
from tests.charts.conftest import words


def test_a_bar_is_the_mean_shares_and_sums_to_100_percent(baseline: Result, other: Result) -> None:
    figure = plot_owner_time([baseline, other])
    drawn = [list(each.datavalues) for each in figure.axes[0].containers if isinstance(each, BarContainer)]
    shares = {
        row.metric.removeprefix("owner_time_"): row.interval.mean
        for row in summary(other)
        if row.kind == "owner"
    }
    assert shares.keys() == PARTS.keys()
    assert [row[1] for row in drawn] == pytest.approx([shares[part] for part in PARTS], abs=1e-9)
    assert [sum(column) for column in zip(*drawn, strict=True)] == pytest.approx([100, 100])


def test_the_title_tells_the_largest_sure_change(baseline: Result, other: Result) -> None:
    sure = [row for row in differences(baseline, other) if row.kind == "owner" and row.verdict == "sure"]
    largest = max(sure, key=lambda row: abs(row.interval.mean or 0.0))
    part = PARTS[largest.metric.removeprefix("owner_time_")][0].split(" (")[0]
    text = words(plot_owner_time([baseline, other]))
    assert f"Crew: “{part}” " in text and f"from {largest.baseline:.1f} % to " in text


def test_no_change_is_claimed_between_equals(baseline: Result) -> None:
    text = words(plot_owner_time([baseline, replace(baseline, name="again")]))
    assert "No part of the time of crew surely changes in any other scenario" in text
    assert "no sure change of 0.1 points or more" in text


def test_a_scenario_in_which_no_team_owns_gives_a_page_that_says_so(baseline: Result) -> None:
    teams = tuple(replace(row, owns=0) for row in baseline.plan.teams)
    figure = plot_owner_time([replace(baseline, plan=replace(baseline.plan, teams=teams))])
    assert not figure.axes and "No team owns cases in Today" in words(figure)


def test_only_teams_that_own_are_owners(baseline: Result) -> None:
    assert owning_teams(baseline) == ["crew"]
