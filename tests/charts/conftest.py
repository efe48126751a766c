"""A small comparison with everything in it, and what tests ask of a figure."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from textwrap import dedent

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import sim
from sim.experiment.compare import Comparison
from sim.experiment.replicate import Result

BASE = """
    name: Today
    currency: EUR
    clock: {start: 2027-01-04, horizon: 12 months, warm_up: 2 months}
    economics: {discount_rate: 10%, years: 1, freed_hours: 50%, risk: {benefits: 10%, costs: 5%}}
    calendars: {office: {days: Mon-Fri, hours: 09:00-17:00}}
    teams:
      crew: {size: 4, cost: 80 per hour, owns: 2, switching: 10 min}
      desk: {size: 1, cost: 40 per hour}
      guild: {size: unlimited, cost: 90 per hour}
    cases:
      idea:
        arrive: {rate: 3 per w}
        owner: crew
        value: {per_month: lognormal mean 9 k cv 1, from: live, lasts: 6 months}
        flow: idea_flow
      never: {arrive: {rate: 0 per w}, flow: idea_flow, owner: crew}
    flows:
      idea_flow:
        steps:
          frame: {team: owner, work: exponential mean 4 h}
          ticket: {team: owner, work: 1 h, adds: nothing}
          approve: {team: desk, work: exponential mean 8 h, adds: necessary}
          provision: {wait: exponential mean 3 d, why: infrastructure}
          build:
            team: owner
            work: exponential mean 2 d
            then: {again: {p: 20%, go_to: provision}, good: rest}
          advise: {team: guild, work: 2 h}
          live: {milestone: live}
"""
OTHER = """
    extends: base.yaml
    name: Tomorrow
    economics: {costs: {pipeline: {amount: 20 k, running: 1 k per month, source: assumption}}}
    flows: {idea_flow: {steps: {provision: {wait: 10 min, calendar: always}, approve: {work: 1 h}}}}
"""


@pytest.fixture(scope="session")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Five replications of today and tomorrow."""
    folder: Path = tmp_path_factory.mktemp("scenarios")
    for name, text in (("base", BASE), ("other", OTHER)):
        (folder / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
    base, other = (sim.load(folder / f"{name}.yaml") for name in ("base", "other"))
    return sim.compare(base, [other], replications=5, engine="simpy", jobs=1)


@pytest.fixture(scope="session")
def baseline(comparison: Comparison) -> Result:
    return comparison.baseline


@pytest.fixture(scope="session")
def other(comparison: Comparison) -> Result:
    return comparison.others[0]


def cut(result: Result, n: int) -> Result:
    """Only the first replications."""
    return replace(result, runs=result.runs[:n])


def several(comparison: Comparison, names: list[str]) -> Comparison:
    """The same other scenario under several names."""
    others = tuple(replace(comparison.others[0], name=name) for name in names)
    return replace(comparison, others=others, appraisals=comparison.appraisals * len(names))


def words(figure: Figure) -> str:
    """All that is written on the page."""
    texts = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        texts += [text.get_text() for text in axes.texts]
        texts += [axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel()]
    for legend in figure.legends:
        texts += [text.get_text() for text in legend.get_texts()]
    return " ".join(texts)


def assert_legible(figure: Figure) -> None:
    """No text lies on another or is cut by the page."""
    figure.draw_without_rendering()
    page = figure.bbox
    boxes = [(text.get_text(), box) for text, box in _written(figure)]
    for told, box in boxes:
        assert page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1, f"cut: {told!r}"
        assert page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1, f"cut: {told!r}"
    for (one, a), (two, b) in combinations(boxes, 2):
        width, height = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert width <= 1 or height <= 2, f"{one!r} lies on {two!r}"


def _written(figure: Figure) -> list[tuple[Text, Bbox]]:
    texts = list(figure.texts)
    for legend in figure.legends:
        texts += legend.get_texts()
    for axes in figure.axes:
        texts += [*axes.texts, *(text for text in (axes.title, axes._left_title) if text.get_text())]
        for axis in (axes.xaxis, axes.yaxis):
            drawn = axis._update_ticks()  # only these, not those beyond the ends of the axis
            texts += [axis.label, *(label for tick in drawn for label in (tick.label1, tick.label2))]
    return [
        (text, text.get_window_extent()) for text in texts if text.get_text().strip() and text.get_visible()
    ]
