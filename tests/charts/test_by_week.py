"""The maps of load and the lines of the cumulative flow are the numbers they were given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import QuadMesh

from sim.charts import plot_cumulative_flow, plot_heat_map
from sim.charts.cumulative_flow import counts_between
from sim.experiment.compare import values_of
from sim.experiment.replicate import Result
from sim.metrics.by_week import load_by_week
from sim.metrics.cumulative import cumulative_flow
from sim.records import Facts
from tests.charts.conftest import words

MONTH_MS = 2_629_800_000


@pytest.fixture(scope="module")
def facts(baseline: Result) -> list[Facts]:
    return [baseline.replay(0), baseline.replay(1)]


def meshes(figure: Any) -> list[np.ndarray]:
    return [
        np.ma.filled(each.get_array(), np.nan)
        for axes in figure.axes
        for each in axes.collections
        if isinstance(each, QuadMesh)
    ]


def test_the_maps_are_utilisation_and_queue_by_week(baseline: Result, facts: list[Facts]) -> None:
    load = load_by_week(facts, baseline.plan)
    busy, queue = meshes(plot_heat_map(baseline, facts))
    np.testing.assert_array_equal(busy, load.utilisation)
    np.testing.assert_array_equal(queue, load.queue)


def test_weeks_of_the_window_sum_to_the_figures_of_the_run(baseline: Result, facts: list[Facts]) -> None:
    load = load_by_week(facts[:1], baseline.plan)
    values = values_of(baseline)
    for i, team in enumerate(load.teams):
        assert load.mean_queue[i] == pytest.approx(values["queue_length", "team", team, "cases"][0])
        if not load.is_unlimited[i]:
            assert load.mean_utilisation[i] == pytest.approx(values["utilisation", "team", team, "%"][0])


def test_a_team_without_capacity_is_told_apart(baseline: Result, facts: list[Facts]) -> None:
    figure = plot_heat_map(baseline, facts)
    assert "unlimited" in words(figure)
    guild = [row.name for row in baseline.plan.teams].index("guild")
    assert np.isnan(meshes(figure)[0][guild]).all()


def test_weeks_are_counted_from_month_0_both_ways(baseline: Result, facts: list[Facts]) -> None:
    load = load_by_week(facts[:1], baseline.plan)
    assert load.edges[0] == 0 and load.edges[-1] == baseline.plan.end
    assert baseline.plan.warm_up in load.edges
    assert set(np.diff(load.edges)[1:-1]) == {7 * 86_400_000}


def test_nothing_to_sum_is_refused(baseline: Result) -> None:
    with pytest.raises(ValueError, match="at least one replication"):
        load_by_week([], baseline.plan)


def test_cases_between_the_first_and_the_last_line_are_those_inside(
    baseline: Result, facts: list[Facts]
) -> None:
    flow = cumulative_flow(facts[:1], baseline.plan, "idea")
    at = len(flow.instants) // 2
    instant = int(flow.instants[at])
    inside = sum(
        case.arrive <= instant and (case.leave < 0 or case.leave > instant)
        for case in facts[0].cases
        if baseline.plan.case_types[case.case_type].name == "idea"
    )
    counts = flow.counts[0]
    assert counts[0, at] - counts[-1, at] == inside
    assert np.all(np.diff(counts, axis=0) <= 0) and np.all(np.diff(counts, axis=1) >= 0)


def test_the_lines_drawn_are_the_mean_counts(baseline: Result, facts: list[Facts]) -> None:
    figure = plot_cumulative_flow(baseline, "idea", facts, months=(3, 9))
    flow = cumulative_flow(facts, baseline.plan, "idea")
    begin, end = (baseline.plan.warm_up + month * MONTH_MS for month in (3, 9))
    _, counts = counts_between(flow, begin, end)
    first, last = [line for line in figure.axes[0].lines if line.get_label() == "_line"]
    np.testing.assert_array_equal(first.get_ydata(), counts[0])
    np.testing.assert_array_equal(last.get_ydata(), counts[-1])
    assert counts[-1, 0] == 0
    bands = [each for each in figure.axes[0].collections if str(each.get_label()).startswith("stage")]
    assert len(bands) == len(flow.stages) <= 6


def test_neighbouring_steps_with_fewest_cases_share_a_stage(baseline: Result, facts: list[Facts]) -> None:
    flow = cumulative_flow(facts, baseline.plan, "idea", n_stages=3)
    names = [name for stage in flow.stages for name in stage]
    assert len(flow.stages) == 3
    assert names[-7:] == ["frame", "ticket", "approve", "provision", "build", "advise", "live"]


def test_the_mean_of_the_stages_is_the_work_in_progress(baseline: Result, facts: list[Facts]) -> None:
    flow = cumulative_flow(facts[:1], baseline.plan, "idea")
    wip = values_of(baseline)["wip", "case", "idea", "cases"][0]
    # midnights against business time: nothing comes or goes at night
    assert flow.mean_inside(baseline.plan.warm_up).sum() == pytest.approx(wip, rel=0.05)


@pytest.mark.parametrize("months", [(5, 3), (-9, 3), (3, 99)])
def test_months_outside_the_run_are_refused(
    baseline: Result, facts: list[Facts], months: tuple[float, float]
) -> None:
    with pytest.raises(ValueError, match="months are from -2 to 12"):
        plot_cumulative_flow(baseline, "idea", facts, months)


def test_an_unknown_case_type_lists_those_there_are(baseline: Result, facts: list[Facts]) -> None:
    with pytest.raises(ValueError, match=r"no case type 'ideas'.*idea, never"):
        cumulative_flow(facts, baseline.plan, "ideas")


def test_a_plan_without_teams_gives_a_page_that_says_so(baseline: Result, facts: list[Facts]) -> None:
    figure = plot_heat_map(replace(baseline, plan=replace(baseline.plan, teams=())), facts)
    assert not figure.axes and "at least one team" in words(figure)
