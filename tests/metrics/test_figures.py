"""Many figures at once, with their names apart from their values."""

from __future__ import annotations

import pickle

import pytest

from sim.metrics import Measure, Measures

FIGURES = [Measure("wait", "team", "desk", "h", 1.5), Measure("wait", "team", "lab", "h", None)]


def test_figures_are_the_same_whether_their_names_stand_apart_or_not():
    told = Measures.of(FIGURES)
    assert list(told) == FIGURES and told == FIGURES and len(told) == 2
    assert told[1] == FIGURES[1] and told[:1] == FIGURES[:1] and told[-1] == FIGURES[-1]
    assert Measures.of(told) is told
    assert pickle.loads(pickle.dumps(told)) == told
    assert told != Measures.of(FIGURES[:1])


def test_every_figure_has_a_name():
    with pytest.raises(ValueError, match="1 names and 2 values"):
        Measures((("wait", "team", "desk", "h"),), (1.0, 2.0))
