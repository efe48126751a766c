"""A value-stream map shows every step once, without overlap, and its totals are the metrics."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from sim.charts.value_stream_map import (
    MAP,
    figures_of,
    maps_of,
    plot_value_stream_map,
    plot_value_stream_pages,
    value_stream_layout,
)
from sim.charts.value_stream_map.figures import deviation, duration, mean
from sim.charts.value_stream_map.ladder import _RUNG, rungs
from sim.charts.value_stream_map.layout import Arrows, Box, Layout, lay_out
from sim.charts.value_stream_map.structure import ELSEWHERE, Kind, structure_of
from sim.charts.value_stream_map.words import best_fit, fitted, width_of
from sim.experiment.compare import values_of
from sim.experiment.intervals import Interval, mean_interval
from sim.experiment.replicate import Result, replicate
from sim.experiment.value_streams import value_stream_of
from sim.plan import compile_plan
from sim.scenario.load import Scenario

Load = Callable[[str], Scenario]

SHOP = """
    name: {name}
    clock: {{start: 2027-01-04, horizon: 2 months, warm_up: 0 days}}
    calendars: {{office: {{days: Mon-Fri, hours: 09:00-17:00}}}}
    teams: {{desk: {{size: 2, owns: 3}}, lab: {{size: 2}}}}
    cases: {{ticket: {{arrive: {{rate: 1 per d}}, owner: desk, flow: handle}}}}
    flows:
      handle:
        steps:
          open: {{team: desk, work: {work}, then: {{again: {{p: 10%, go_to: open}}, ok: rest}}}}
          both: {{parallel: {{a: inner, b: {{team: desk, work: 1 h}}}}}}
          board: {{wait: 1 d, why: board}}
          get: {{flow: deliver, then: {{bad: {{go_to: open}}, good: rest}}}}
          check:
            team: desk
            with: lab
            work: 1 h
            then:
              wrong: {{p: 20%, go_to: board}}
              ask: {{p: 20%, do: help}}
              no: {{p: 5%, end: dropped}}
              ok: rest
          close: {{team: desk, work: 5 min}}
      inner:
        steps:
          prepare: {{team: lab, work: exponential mean 1 h}}
          side: {{parallel: {{x: {{team: lab, work: 2 h}}, y: deep}}}}
      deep:
        steps:
          dig: {{team: lab, work: 1 h, then: {{no: {{p: 20%, go_to: dig}}, ok: rest}}}}
          sit: {{wait: 3 h}}
      deliver: {{steps: {{send: {{team: lab, work: 1 h, then: {{lost: {{p: 10%, leave: bad}}, ok: rest}}}}}}}}
      help: {{steps: {{answer: {{team: owner, work: 30 min}}}}}}
    """


def shop(scenario: Load, name: str = "Shop", work: str = "2 h") -> Result:
    return replicate(compile_plan(scenario(SHOP.format(name=name, work=work))), replications=3, jobs=1)


def overlaps(one: Box, other: Box) -> bool:
    return (
        one.left < other.right - 1e-9
        and other.left < one.right - 1e-9
        and one.top < other.bottom - 1e-9
        and other.top < one.bottom - 1e-9
    )


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


@pytest.mark.parametrize("depth", [0, 1, 2, 3, None])
def test_boxes_do_not_overlap_and_stay_on_the_map(scenario: Load, depth: int | None) -> None:
    layout = value_stream_layout(shop(scenario), "ticket", depth=depth)
    assert not [pair for pair in combinations(layout.boxes, 2) if overlaps(*pair)]
    for box in layout.boxes:
        assert box.left >= 0 and box.right <= layout.width and box.bottom <= layout.height + 1e-9


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_every_step_at_the_depth_is_drawn_once(scenario: Load, depth: int) -> None:
    plan = shop(scenario).plan
    structure = structure_of(plan, "ticket", "case", depth)
    boxes = [box.key for box in lay_out(structure, MAP).boxes]
    assert sorted(boxes) == sorted(station.key for station in structure.stations())
    taken = [step for station in structure.stations() for step in set(station.steps)]
    assert len(taken) == len(set(taken))
    assert {plan.steps[i].name for i in range(len(plan.steps)) if i not in taken} == set()


def test_depth_opens_flows_and_branches(scenario: Load) -> None:
    plan = shop(scenario).plan
    kinds = {
        depth: {s.name: s.kind for s in structure_of(plan, "ticket", "case", depth).stations()}
        for depth in (0, 1, 2)
    }
    assert kinds[0]["get"] is Kind.FLOW and kinds[0]["a"] is Kind.FLOW and kinds[0]["b"] is Kind.WORK
    assert kinds[1]["send"] is Kind.WORK and kinds[1]["y"] is Kind.FLOW and "a" not in kinds[1]
    assert kinds[2]["dig"] is Kind.WORK and kinds[2]["sit"] is Kind.WAIT


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_the_ladder_adds_up_to_the_lead_time_of_the_metrics(scenario: Load, depth: int) -> None:
    result = shop(scenario)
    (drawn,) = maps_of(figures_of([value_stream_of(result, "ticket")], depth=depth))
    values = {key[0]: by_run for key, by_run in values_of(result).items() if key[1:3] == ("case", "ticket")}
    found = rungs(drawn)
    assert found[-1].end == pytest.approx(mean(values["lead_time"]), rel=1e-12)
    adding = sum(hours for rung in found for part, hours in rung.parts if part == "value-adding")
    assert adding == pytest.approx(mean(values["time_value_adding"]), rel=1e-12)
    assert mean(drawn.figures.efficiency) == pytest.approx(mean(values["process_efficiency"]), rel=1e-12)


def test_box_figures_are_those_of_the_metrics(scenario: Load) -> None:
    result = shop(scenario)
    (drawn,) = maps_of(figures_of([value_stream_of(result, "ticket")], depth=0))
    values = values_of(result)
    board = next(s for s in drawn.figures.structure.stations() if s.name == "board")
    check = next(s for s in drawn.figures.structure.stations() if s.name == "check")
    accurate = values["complete_and_accurate", "step", "ticket/check", "%"]
    assert drawn.figures.accurate(check) == pytest.approx(mean(accurate))
    visits = values["visits", "step", "ticket/check", "visits per case"]
    assert drawn.figures.visits(check) == pytest.approx(mean(visits))
    queue = values["queue_length", "step", "ticket/check", "cases"]
    assert drawn.figures.standing(check.key) == pytest.approx(mean(queue))
    assert mean(drawn.figures.wait(board.key)) == pytest.approx(8 * drawn.figures.visits(board))


def test_returns_skips_and_ends_are_ways(scenario: Load) -> None:
    structure = structure_of(shop(scenario).plan, "ticket", "case", 0)
    ways = {(way.source, way.target, way.name) for way in structure.ways}
    assert ways == {
        ("open", "open", "again"),
        ("get", "open", "bad"),
        ("check", "board", "wrong"),
        ("check", "", "dropped"),
    }
    arrows = lay_out(structure, MAP).arrows
    assert sum(arrow.kind is Arrows.BACK for arrow in arrows) == 3
    assert sum(arrow.kind is Arrows.DETOUR for arrow in arrows) == 2


def test_a_long_flow_takes_several_rows_and_says_where_returns_lead(scenario: Load) -> None:
    steps = ", ".join(f"s{i}: {{team: desk, work: 5 min}}" for i in range(24))
    last = "check: {team: desk, work: 5 min, then: {wrong: {p: 20%, go_to: s0}, ok: rest}}"
    text = f"""
    name: Long
    clock: {{start: 2027-01-04, horizon: 1 months, warm_up: 0 days}}
    calendars: {{office: {{days: Mon-Fri, hours: 09:00-17:00}}}}
    teams: {{desk: {{size: 2}}}}
    cases: {{ticket: {{arrive: {{rate: 1 per d}}, flow: handle}}}}
    flows: {{handle: {{steps: {{{steps}, {last}}}}}}}
    """
    result = replicate(compile_plan(scenario(text)), replications=1, jobs=1)
    layout = value_stream_layout(result, "ticket")
    assert layout.rows == 3 and len(layout.boxes) == 25
    assert not [pair for pair in combinations(layout.boxes, 2) if overlaps(*pair)]
    assert any(" % back to 1" in text for text in words(plot_value_stream_map([result], "ticket")))


def test_a_layout_is_plain_data_with_a_place_for_every_station(scenario: Load) -> None:
    layout: Layout = value_stream_layout(shop(scenario), "ticket")
    told = json.loads(json.dumps(layout.as_dict()))
    assert {place["key"] for place in told["places"]} == {box["key"] for box in told["boxes"]}


def test_texts_lie_on_the_page_and_within_their_boxes(scenario: Load) -> None:
    long = "Very long names of things " * 12
    results = [shop(scenario), shop(scenario, long, "1 h")]
    figure = plot_value_stream_map(results, "ticket", depth=0)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    axes, renderer = figure.axes[0], canvas.get_renderer()
    drawn = [(text, text.get_window_extent(renderer)) for text in axes.texts if text.get_text().strip()]
    for text, extent in drawn:
        assert extent.x0 >= 0 and extent.x1 <= figure.bbox.x1, text.get_text()
        assert extent.y0 >= 0 and extent.y1 <= figure.bbox.y1, text.get_text()
    boxes = [patch.get_window_extent(renderer) for patch in axes.patches if isinstance(patch, Rectangle)]
    boxes = [box for box in boxes if 0.5 * figure.dpi < box.width < 1.3 * figure.dpi and box.height > 120]
    assert len(boxes) == 2 * 6  # open, a, b, get, check, close
    for text, extent in drawn:
        x, y = (extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2
        inside = [box for box in boxes if box.x0 < x < box.x1 and box.y0 < y < box.y1]
        for box in inside:
            assert box.x0 - 1 <= extent.x0 and extent.x1 <= box.x1 + 1, text.get_text()


@pytest.mark.parametrize("width", [10.0, 11.0, 13.33])
@pytest.mark.parametrize(("of", "depth"), [("ticket", 0), ("ticket", 2), ("deep", 0), ("handle", None)])
def test_no_text_lies_on_another(scenario: Load, of: str, depth: int | None, width: float) -> None:
    results = [shop(scenario), shop(scenario, "Tomorrow", "10 min")]
    figure = plot_value_stream_map(results, of, depth=depth, width=width)
    assert figure.get_figwidth() == width
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [text for text in figure.findobj(Text) if text.get_text().strip()]
    extents = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in texts]
    for (one, here), (other, there) in combinations(extents, 2):
        width = min(here.x1, there.x1) - max(here.x0, there.x0)
        height = min(here.y1, there.y1) - max(here.y0, there.y0)
        assert width < 2 or height < 3, (one, other)  # pixels; lines of a name are closer than their extents


def test_today_and_tomorrow_have_one_scale_and_sure_changes_are_told(scenario: Load) -> None:
    results = [shop(scenario, "Today", "4 h"), shop(scenario, "Tomorrow", "10 min")]
    figure = plot_value_stream_map(results, "ticket", depth=0)
    text = words(figure)
    (title,) = [each for each in text if "instead of" in each]
    assert title.startswith("Ticket takes ") and "Tomorrow" in title and "less work" in title
    maps = maps_of(figures_of([value_stream_of(result, "ticket") for result in results], depth=0))
    told = maps[1].sure_change("open")
    assert told.startswith("−") and "±" in told and told in text
    assert maps[0].sure_change("open") == ""


def test_on_pages_each_map_stands_alone_on_the_scale_of_all(scenario: Load) -> None:
    results = [shop(scenario, "Today", "4 h"), shop(scenario, "Tomorrow", "10 min")]
    together = plot_value_stream_map(results, "ticket", depth=0)
    pages = plot_value_stream_pages(results, "ticket", depth=0)
    assert len(pages) == 2
    today, tomorrow = (words(page) for page in pages)
    assert "Today" in today and "Tomorrow" not in today
    assert "Tomorrow" in tomorrow and "Today" not in tomorrow
    assert pages[1].get_label() == together.get_label()  # the finding is of both
    assert sorted(_bars(pages[0]) + _bars(pages[1])) == pytest.approx(sorted(_bars(together)))
    assert all(page.get_figheight() < 0.7 * together.get_figheight() for page in pages)


def _bars(figure: Figure) -> list[float]:
    """How wide the rungs of ladders are [inches]."""
    return [
        patch.get_width()
        for patch in figure.axes[0].patches
        if isinstance(patch, Rectangle) and patch.get_height() == _RUNG
    ]


def test_no_sure_change_is_not_claimed(scenario: Load) -> None:
    results = [shop(scenario, "Today"), shop(scenario, "Tomorrow")]
    assert any("no sure difference" in each for each in words(plot_value_stream_map(results, "ticket")))


def test_nothing_finished_gives_a_page_that_says_so(scenario: Load) -> None:
    text = """
    name: Stuck
    clock: {start: 2027-01-04, horizon: 1 months, warm_up: 0 days}
    calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
    teams: {desk: {size: 2}}
    cases: {ticket: {arrive: {rate: 1 per d}, flow: handle}}
    flows: {handle: {steps: {open: {team: desk, work: 10 min}, long: {wait: 12 months}}}}
    """
    stuck = replicate(compile_plan(scenario(text)), replications=1, jobs=1)
    assert any(
        "No ticket case was finished" in each for each in words(plot_value_stream_map([stuck], "ticket"))
    )


def test_an_unknown_name_is_refused_with_those_there_are(scenario: Load) -> None:
    with pytest.raises(
        ValueError, match="neither a case type nor a flow called 'x'; case types: ticket; flows: "
    ):
        plot_value_stream_map([shop(scenario)], "x")
    with pytest.raises(ValueError, match="at least one result"):
        plot_value_stream_map([], "ticket")


def test_times_are_told_in_the_unit_of_their_size() -> None:
    assert [duration(h, 8.0) for h in (0, 0.001, 0.2, 1.0, 7.9, 8.0, 900)] == [
        "0",
        "< 1 min",
        "12 min",
        "1.0 h",
        "7.9 h",
        "1.0 d",
        "112 d",
    ]
    assert deviation(Interval(-16.0, -20.0, -12.0, 3), 8.0) == "−2.0 ± 0.5 d"
    assert deviation(Interval(-16.0, -16.24, -15.76, 3), 8.0) == "−2.00 ± 0.03 d"
    assert deviation(Interval(-16.0, -16.24, -15.76, 3), 8.0, is_short=True) == "−2.0 ± 0.1 d"
    assert deviation(Interval(-0.6, -4.3, 3.1, 3), 8.0) == "−0.6 ± 3.7 h"  # the larger of the two decides
    assert deviation(mean_interval([2.0, 2.0]), 8.0) == "+2.0 h"


def test_names_are_wrapped_made_smaller_or_cut_to_the_room() -> None:
    assert fitted("order licences", 0.7, 8.6, lines=2, bold=True) == ["order", "licences"]
    name, size = best_fit("compliance review", 0.7, 8.6, lines=2, bold=True)
    assert name == ["compliance", "review"] and size < 8.6
    (cut,) = fitted("x" * 300, 1.0, 8.0)
    assert "…" in cut and width_of(cut, 8.0) <= 1.0


def test_a_flow_instead_of_a_step_stands_below_it_after_the_word_or(scenario: Load) -> None:
    text = """
    name: Choice
    clock: {start: 2027-01-04, horizon: 1 months, warm_up: 0 days}
    calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
    teams: {desk: {size: 2}}
    traits: {easy: 60%}
    cases: {ticket: {arrive: {rate: 1 per d}, flow: handle}}
    flows:
      handle:
        steps:
          do_it: {flow: by_hand, instead: {robot: {when: easy, flow: by_robot, falls_back: 10%}}}
          close: {team: desk, work: 5 min}
      by_hand: {steps: {dig: {team: desk, work: 3 h}}}
      by_robot: {steps: {press: {team: desk, work: 5 min}, run: {wait: 1 h, why: robot}}}
    """
    result = replicate(compile_plan(scenario(text)), replications=2, jobs=1)
    structure = structure_of(result.plan, "ticket", "case", 1)
    assert [station.key for station in structure.stations()] == ["do_it/dig", "do_it#robot", "close"]
    (drawn,) = maps_of(figures_of([value_stream_of(result, "ticket")], depth=1))
    assert rungs(drawn)[-1].end == pytest.approx(mean(drawn.figures.lead_time), rel=1e-12)
    assert "or" in words(plot_value_stream_map([result], "ticket", depth=1))


def test_what_happens_beside_a_branch_is_its_last_rung(scenario: Load) -> None:
    result = shop(scenario)
    (drawn,) = maps_of(figures_of([value_stream_of(result, "deep")], depth=0))
    values = values_of(result)["lead_time", "flow", "deep", "h"]
    found = rungs(drawn)
    assert found[-1].key == ELSEWHERE and found[-1].end == pytest.approx(mean(values), rel=1e-12)
    assert any(text.startswith("beside it") for text in words(plot_value_stream_map([result], "deep")))
