"""The pictures of an answer as SVG: the value stream today and here, and the settings tried so far.

They take a second or two to draw, so they follow the numbers. Not here: drawing (charts).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.charts import plot_tried
from sim.charts.files import svg_text
from sim.charts.value_stream_map import draw_value_streams
from sim.charts.value_stream_map.words import plain
from sim.experiment.replicate import Result
from sim.experiment.value_streams import ValueStream, value_stream_of
from sim.experiment.what_if import Answer, Point
from sim.report.words import count

_REPLAYED = 3
"""Replications that a map is drawn from: each is run again, since what it takes is not kept of them."""

_WIDTH = 11.0
"""Of a map [inches], so that its letters can be read in the page's column."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """SVG each; empty where there is nothing to draw."""

    value_stream: str = ""
    frontier: str = ""


class Painter:
    """Draws for all tabs; today's value stream is looked at once."""

    def __init__(self) -> None:
        self._today: ValueStream | None = None
        self._lock = threading.Lock()

    def draw(self, answer: Answer, tried: Sequence[Point]) -> Pictures:
        """The pictures of an answer."""
        return Pictures(self._value_stream(answer), _frontier(answer, tried))

    def _value_stream(self, answer: Answer) -> str:
        if answer.comparison is None or answer.case_type is None:
            return ""
        streams = [self._of_today(answer.comparison.baseline, answer.case_type)]
        if not answer.settings.is_today:
            (here,) = answer.comparison.others
            streams.append(value_stream_of(_some(here), answer.case_type))
        # how sure a difference is stands above, of more replications than are drawn here
        title = f"{count(len(streams[0].tallies), 'replication')} of {plain(answer.case_type)}, step by step"
        return svg_text(draw_value_streams(streams, width=_WIDTH, title=title))

    def _of_today(self, result: Result, case_type: str) -> ValueStream:
        some = _some(result)
        with self._lock:
            if self._today is None or len(self._today.tallies) < len(some.runs):
                self._today = value_stream_of(some, case_type)
            return self._today


def _frontier(answer: Answer, tried: Sequence[Point]) -> str:
    if answer.point is None:
        return ""
    return svg_text(plot_tried(tried, answer.point, answer.currency))


def _some(result: Result) -> Result:
    return replace(result, runs=result.runs[:_REPLAYED])
