"""A journey shows the time of one case as it was: in the lanes of those who had it, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim import engines
from sim.charts.journey import plot_journey
from sim.charts.journey.blocks import NOBODY, blocks_of, lanes_of, returns_of
from sim.metrics.journey import journey
from sim.plan import compile_plan
from sim.scenario.load import load
from tests.conftest import HOUR, Run

STORY = """
    name: Story $x_{y}$
    clock: {start: 2027-01-04, horizon: 1 months, warm_up: 0 days}
    calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
    teams: {writer: {size: 1, owns: 1}, desk: {size: 1}, board: {size: 1}}
    cases: {story: {arrive: {at: [2027-01-05 09:00]}, owner: writer, flow: tell}}
    flows:
      tell:
        steps:
          write: {team: owner, work: {first: 12 h, again: 50%}}
          read: {team: desk, work: 1 h, then: {wrong: {p: 100%, at_most: 1, go_to: write}, fine: rest}}
          talk: {team: board, with: owner, work: 2 h, adds: necessary}
          both: {parallel: {print: {team: desk, work: 3 h}, sign: {wait: 1 d, why: signature}}}
    """


def words(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text))


@pytest.fixture
def story(simulate: Callable[..., Run]) -> Run:
    return simulate(STORY)


def test_work_of_a_step_is_one_block_over_the_night_and_waits_have_their_lane(story: Run) -> None:
    found = journey(story.facts, story.plan, 0)
    blocks = blocks_of(found, story.plan, 0, story.facts)
    told = [
        (block.lane, block.activity.step, (block.end - block.begin) / HOUR, block.part) for block in blocks
    ]
    assert told == [
        ("writer (owner)", "write", 12.0, "value-adding"),
        ("writer (owner)", "write", 6.0, "waste"),
        ("writer (owner)", "talk", 2.0, "necessary"),
        ("desk", "read", 1.0, "value-adding"),
        ("desk", "read", 1.0, "waste"),
        ("desk", "print", 3.0, "value-adding"),
        ("board", "talk", 2.0, "necessary"),
        (NOBODY, "sign", 8.0, "waiting outside"),
    ]


def test_the_owner_is_on_top_and_blocks_of_a_track_do_not_overlap(story: Run) -> None:
    blocks = blocks_of(journey(story.facts, story.plan, 0), story.plan, 0, story.facts)
    assert list(lanes_of(blocks)) == ["writer (owner)", "desk", "board", NOBODY]
    for one, other in combinations(blocks, 2):
        if (one.lane, one.track) == (other.lane, other.track):
            assert one.end <= other.begin or other.end <= one.begin


def test_what_was_sent_back_is_marked_where_it_went(story: Run) -> None:
    (back,) = returns_of(story.facts, story.plan, 0)
    assert back.step == "write" and back.begin == 13 * HOUR
    assert "not accurate, back to write" in words(plot_journey(story.facts, story.plan, 0))


def test_the_title_tells_waiting_and_work_of_the_account(story: Run) -> None:
    text = words(plot_journey(story.facts, story.plan, 0))
    # 25 h of work, then 5 of the 8 h of signing
    assert (
        "Story waits 0.6 of 3.8 working days; 25\u00a0h of work were done, of which 16\u00a0h add value"
        in text
    )


def test_jane_has_thirteen_days_of_which_two_are_closed() -> None:
    plan = compile_plan(load("scenarios/jane.yaml"))
    facts = engines.run(plan, engine="auto")
    figure = plot_journey(facts, plan, 0)
    text = words(figure)
    assert "Jane waits 5.6 of 10.1 working days; 36\u00a0h of work were done" in text
    assert "day 13" in text and "day 5" in text and "day 6" not in text and "day 7" not in text
    assert "queue at" in text and "value-adding 4.0 d" in text
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    for each in figure.findobj(Text):
        if each.get_text():
            extent = each.get_window_extent(canvas.get_renderer())
            assert extent.x0 >= 0 and extent.x1 <= figure.bbox.x1, each.get_text()


def test_an_open_case_is_told_so_far(simulate: Callable[..., Run]) -> None:
    run = simulate(STORY.replace("wait: 1 d", "wait: 12 months"))
    text = words(plot_journey(run.facts, run.plan, 0))
    assert "so far" in text and "still open at the end of the run" in text and "week 2" in text
